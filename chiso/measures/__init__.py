"""Records to counts: numerator and denominator of the 21 indicators for every unit of a tree."""
