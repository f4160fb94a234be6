"""Small provinces whose figures can be reckoned by hand: a tree, counts, periods before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from chiso.base.params import Text
from chiso.base.period import parse_period
from chiso.contract.counts import COUNT_COLUMNS, OFFICIAL_COLUMNS
from chiso.rules.indicators import load_rules
from chiso.rules.settings import Settings, load_settings
from chiso.rules.units import Cohort, Tree, Unit
from chiso.scoring.score import score
from chiso.store.figures import Figures
from chiso.store.revisions import Provenance

# Every indicator at its maximum, without a petition: 100 points less 2 for indicator 6.
FULL = dict.fromkeys(range(1, 22), (100, 100)) | {19: (0, 0), 20: (0, 0)}
_LEVELS = {
    "H31": ("tinh", None),
    "so-tu-phap": ("so", "H31"),
    "so-thong-tin": ("so", "H31"),
    "vp-ubnd": ("so", "H31"),
    "323": ("huyen", "H31"),
    "11950": ("xa", "323"),
    "11953": ("xa", "323"),
}
_COHORTS = {
    "tinh": Cohort(name=Text(vi="Cấp tỉnh", en="Province"), partial=True),
    "so": Cohort(name=Text(vi="Sở, ban, ngành", en="Departments")),
    "huyen": Cohort(name=Text(vi="UBND cấp huyện", en="Districts")),
    "xa": Cohort(name=Text(vi="UBND cấp xã", en="Communes")),
}
TREE = Tree(
    Text(vi="Tỉnh tính tay", en="By hand"),
    "H31",
    _COHORTS,
    tuple(
        Unit(
            code=code,
            name=Text(vi=f"Đơn vị {code}", en=f"Agency {code}"),
            level=level,
            cohort=level,
            parent=parent,
        )
        for code, (level, parent) in _LEVELS.items()
    ),
    date(2022, 1, 1),
    None,
)


def figures(
    period: str,
    counts: dict[str, dict[int, tuple[int | None, int | None]]],
    earlier: tuple[Figures, ...] = (),
    indicator_set: str = "766-2022",
    tree: Tree = TREE,
    assignments: str | None = "hung-yen-2022",
    official: tuple[tuple[str, str, str], ...] = (),
) -> Figures:
    """A scored period; each unit has FULL but for what `counts` says."""
    rows = [
        (code, number, *pair)
        for code, own in counts.items()
        for number, pair in {**FULL, **own}.items()
    ]
    book = load_rules(indicator_set)
    # Of any period, also of one before the set: its figures are made by hand.
    settings: Settings = replace(
        load_settings(parse_period("2022-09")),
        period=parse_period(period),
        as_of=parse_period(period).last_day,
        assignments=assignments,
        is_illustrative=False,
    )
    provenance = Provenance(
        period=period,
        province=tree.province,
        units="by-hand",
        indicator_set=indicator_set,
        source={"vi": "Tính tay", "en": "By hand"},
        captured="",
        as_of="",
        inputs={},
        code_version="",
        code_hash="",
        packages={},
    )
    given = pd.DataFrame(official, columns=OFFICIAL_COLUMNS, dtype=object)
    scores = score(
        pd.DataFrame(rows, columns=COUNT_COLUMNS, dtype=object),
        given,
        book,
        tree,
    )
    return Figures(settings, book, tree, scores, provenance, given, earlier)


def months(
    late: dict[str, list[int]], first: str = "2022-01", of: int = 100, **options: object
) -> Figures:
    """Months in a row that differ only in dossiers late (indicator 5) of `of`, by unit; the last
    one with the others before it. A late dossier of 100 costs 0,20 points."""
    periods = [parse_period(first)]
    length = len(next(iter(late.values())))
    while len(periods) < length:
        last = periods[-1]
        year, month = (last.year, last.number + 1) if last.number < 12 else (last.year + 1, 1)
        periods.append(parse_period(f"{year}-{month:02d}"))
    made: list[Figures] = []
    for i, period in enumerate(periods):
        counts = {code: {5: (of - values[i], of)} for code, values in late.items()}
        before = tuple(made) if i == length - 1 else ()
        made.append(figures(period.name, counts, before, **options))  # type: ignore[arg-type]
    return made[-1]
