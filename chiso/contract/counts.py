"""The pivot of everything: counts by unit and indicator, and results that an authority published."""

# indicator: 1 to 21; numerator and denominator both empty = no data.
COUNT_COLUMNS = ["unit", "indicator", "numerator", "denominator"]
# item: 1 to 21, I, II, III.a, III.b, IV, V, total, class, rank, cohort_size.
OFFICIAL_COLUMNS = ["unit", "item", "value"]
