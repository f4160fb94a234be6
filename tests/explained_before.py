"""An invented province of seven months, all that is explained of it, and where that is written down.

    python tests/explained_before.py

writes it anew, after a change that was meant: what moved is then seen line by line in the change of
tests/reference/explained.json, and belongs in CHANGELOG.md. Nothing here says what is right: that do the
examples by hand. It says that nothing moved unnoticed.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
from by_hand import TREE, figures

from chiso import explain
from chiso.base.i18n import use_language
from chiso.base.params import Text
from chiso.explain import (
    by_procedure,
    certainty,
    decomposition,
    explanation,
    letters,
    orders,
    ownership,
    priorities,
    revised,
    standing,
    trends,
    way_up,
)
from chiso.rules.indicators import Indicator
from chiso.rules.units import Tree, Unit
from chiso.store.figures import Figures, UnitFigures

KEPT = Path(__file__).parent / "reference" / "explained.json"
_PARENTS = {
    "H31": ("tinh", None), "so-tu-phap": ("so", "H31"), "so-thong-tin": ("so", "H31"), "vp-ubnd": ("so", "H31"),
    "so-y-te": ("so", "H31"), "so-noi-vu": ("so", "H31"), "so-xay-dung": ("so", "H31"), "323": ("huyen", "H31"),
    "325": ("huyen", "H31"), "326": ("huyen", "H31"), "11950": ("xa", "323"), "11953": ("xa", "323"),
    "11956": ("xa", "323"), "11992": ("xa", "325"), "11995": ("xa", "325"), "12010": ("xa", "326"),
}  # fmt: skip
_MONTHS = [f"2022-{number:02d}" for number in range(3, 10)]
_SIZES = (0, 3, 20, 80, 300, 1200)


def province(indicator_set: str = "766-2022") -> Figures:
    """The last of seven months with those before it: agencies of every size, with gaps, and with ends that
    get better, worse and stay."""
    random = Random(766)
    tree = dataclasses.replace(TREE, units=tuple(map(_unit, _PARENTS)))
    size = {code: random.choice(_SIZES[1:]) for code in _PARENTS} | {"12010": 0, "H31": 4000}
    rate = {(code, i): random.betavariate(8, 1.2) for code in _PARENTS for i in range(1, 22)}
    course = {code: random.choice((-0.04, 0, 0.02)) for code in _PARENTS}
    made: list[Figures] = []
    for month, name in enumerate(_MONTHS):
        counts = {
            code: {
                i: _count(random, size[code], rate[code, i] + month * course[code])
                for i in range(1, 22)
            }
            for code in _PARENTS
        }
        made.append(figures(name, counts, tuple(made), indicator_set, tree))
    return made[-1]


def _unit(code: str) -> Unit:
    level, parent = _PARENTS[code]
    name = Text(vi=f"Đơn vị {code}", en=f"Agency {code}")
    return Unit(code=code, name=name, level=level, cohort=level, parent=parent)


def _count(random: Random, size: int, rate: float) -> tuple[int | None, int | None]:
    if random.random() < 0.05:
        return None, None
    cases = round(size * random.uniform(0.6, 1.2))
    return sum(random.random() < rate for _case in range(cases)), cases


_OF_ALL: tuple[Callable[[Figures], Any], ...] = (
    explain.pareto, explain.changes_by_agency, explain.class_table, explain.follow_up, explain.losses_by_indicator,
    decomposition.class_moves, decomposition.near_next_class, orders.orders, orders.compared, ownership.losses_by_kind,
    ownership.without_dossiers, priorities.first_orders, trends.total_trends, letters.shortfalls,
)  # fmt: skip
_OF_ONE: tuple[Callable[[UnitFigures], Any], ...] = (
    explain.changes, explain.total_change, explain.losses, explain.cohort_standing,
    explain.free_points, explain.said_by_others, decomposition.decomposition, decomposition.direction,
    explanation.explain, ownership.ownership, standing.weakest, trends.unit_trend, way_up.next_band,
    way_up.most_reachable, revised.dossiers_of, by_procedure.costs_by_procedure,
)  # fmt: skip


def explained(whole: Figures) -> dict[str, Any]:
    """Everything that is explained of figures, by function and what it is of."""
    use_language("vi")
    found = {function.__name__: function(whole) for function in _OF_ALL}
    for number in range(1, 22):
        found[f"carriers {number}"] = explain.carriers(whole, number)
        found[f"carriers {number} 323"] = explain.carriers(whole, number, "323")
    for cohort in whole.tree.cohorts:
        found[f"certainty {cohort}"] = certainty.certainty(whole, cohort)
        found[f"other_ranks {cohort}"] = certainty.other_ranks(whole, cohort)
    for unit in map(whole.unit, _PARENTS):
        code = unit.unit.code
        found |= {f"{function.__name__} {code}": function(unit) for function in _OF_ONE}
        found[f"own_orders {code}"] = orders.own_orders(whole, code)
        found[f"places {code}"] = [standing.place_of(unit, i) for i in range(1, 22)]
        for target in ("rank:1", "points:90"):
            found[f"aimed_total {target} {code}"] = explanation.aimed_total(unit, target)
        for aim in (Decimal("75.5"), Decimal("92")):
            found[f"way_up {aim} {code}"] = way_up.way_up(unit, aim, every_case=True)
    # Of this set a rate is a factor of another one.
    other = province("766-portal-2025")
    for cohort in other.tree.cohorts:
        found[f"certainty {cohort} 2025"] = certainty.certainty(other, cohort)
    return {name: _plain(value) for name, value in found.items()}


def _plain(value: Any) -> Any:
    """As JSON has it, without what only leads to other figures."""
    if isinstance(value, Unit):
        return value.code
    if isinstance(value, UnitFigures):
        return value.unit.code
    if isinstance(value, Indicator):
        return value.number
    if isinstance(value, Figures | Tree):
        return type(value).__name__
    if isinstance(value, pd.DataFrame):
        return value.astype(str).to_dict("list")
    if dataclasses.is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    if isinstance(value, list | tuple | Iterator):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal | Fraction | date):
        return str(value)
    return value if isinstance(value, int | str | None) else f"{value:.9g}"


if __name__ == "__main__":
    lines = (
        f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
        for name, value in explained(province()).items()
    )
    KEPT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
