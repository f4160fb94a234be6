"""Who has more of the late dossiers than of the dossiers: one ordered picture for the first screen."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from matplotlib.axes import Axes

from chiso.base.i18n import _, decimals, whole_percent
from chiso.base.rounding import percentage
from chiso.explain import Carrier, carriers
from chiso.pages.charts.style import (
    HELD,
    INK,
    LOST,
    MUTED,
    TRACK,
    Chart,
    drawing,
    source_of,
    svg,
    wrapped,
)
from chiso.rules.explain_rules import explain_rules
from chiso.store.figures import Figures

_INDICATOR = 5
# An agency stands out only if it holds at least this part of the late dossiers.
_WORTH_NAMING = Decimal("0.01")
_ROW, _HEAD, _WIDTH = 0.215, 0.33, 6.0


@dataclass(frozen=True, eq=False)
class _Row:
    """An agency's shares (0 to 1) of the province's late dossiers and of all its dossiers."""

    name: str
    late: Decimal
    dossiers: Decimal
    stands_out: bool


def late_share_chart(figures: Figures, shown: int = 8) -> Chart | None:
    """Agencies by their share of the late dossiers beside that of all dossiers (indicator 5).

    Each agency without those below it, so that nothing is counted twice; of a sample the agencies
    that it holds, with their shares of the whole province; what stands out clearly
    (params/explain.yml, orders.ratio) in colour and with a mark. None where no dossier is late.
    """
    found = carriers(figures, _INDICATOR)
    if not found:
        return None
    total = max(_dossiers(figures), sum(one.denominator for one in found))
    everyone = [_row(one, total) for one in found if not one.is_rest]
    if not everyone:
        return None
    # What a sample does not hold is nobody's bar: its number is said, and it squashes no other.
    rest = next((one for one in found if one.is_rest), None)
    rows = _shown(everyone, shown)
    others = _others(everyone, rows)
    with drawing(_ROW * (len(rows) + len(others)) + _HEAD, _WIDTH) as drawn:
        height = drawn.get_figheight()
        axes = drawn.add_axes((0.42, 0.0, 0.58, 1 - _HEAD / height))
        _dumbbells(axes, rows, others)
        _key(axes, 0.17 / _ROW)
        picture = svg(drawn)
    note = _(
        "Figures: share of late dossiers / share of dossiers; each agency without those below it."
    )
    if rest:
        words = _("Not in the picture: {late} of the late dossiers, of agencies not listed here.")
        note += " " + words.format(late=_share(rest.share))
    return Chart(
        picture, _finding(everyone, rest is not None), "late-share", source_of(figures), note
    )


def _dossiers(figures: Figures) -> int:
    """All dossiers: those of the units that nobody above them counts too."""
    table = figures.scores.indicators
    rows = table[(table["indicator"] == _INDICATOR) & table["denominator"].notna()]
    held = dict(zip(rows["unit"], rows["denominator"], strict=True))
    return sum(
        int(number)
        for code, number in held.items()
        if not any(above in held for above in figures.tree.above(code))
    )


def _row(one: Carrier, total: int) -> _Row:
    dossiers = Decimal(one.denominator) / total
    exceeds = one.share >= explain_rules().orders.ratio * dossiers
    stands_out = exceeds and one.share >= _WORTH_NAMING
    return _Row(str(one.unit.name), one.share, dossiers, stands_out)


def _shown(everyone: list[_Row], most: int) -> list[_Row]:
    """Those that stand out first, then those with most late dossiers; in the order of these."""
    first = [row for row in everyone if row.stands_out][:most]
    rest = [row for row in everyone if row not in first][: most - len(first)]
    return sorted([*first, *rest], key=lambda row: -row.late)


def _others(everyone: list[_Row], rows: list[_Row]) -> list[_Row]:
    """One row for all that have none; nobody's share, so it never stands out."""
    left = [row for row in everyone if row not in rows]
    if not left:
        return []
    late = sum((row.late for row in left), Decimal(0))
    dossiers = sum((row.dossiers for row in left), Decimal(0))
    name = _("{number} other agencies").format(number=len(left))
    return [_Row(name, late, dossiers, stands_out=False)]


def _dumbbells(axes: Axes, rows: list[_Row], others: list[_Row]) -> None:
    widest = max(float(max(row.late, row.dossiers)) for row in rows)
    axes.set_xlim(-widest * 0.04, widest * 1.5)
    axes.set_ylim(len(rows) + len(others) - 0.5, -0.5)
    axes.axis("off")
    for place, row in enumerate([*rows, *others]):
        weight = "bold" if row.stands_out else "normal"
        style: Any = {"va": "center", "fontsize": 9, "fontweight": weight, "color": INK}
        name = wrapped(row.name, 30 if row.stands_out else 35)
        size = 9 if "\n" not in name else 7
        label = {**style, "fontsize": size}
        axes.text(-widest * 0.08, place, name, ha="right", linespacing=0.9, **label)
        end = 0.0 if row in others else float(max(row.late, row.dossiers))
        words = f"{_share(row.late)} / {_share(row.dossiers)}"
        axes.annotate(words, (end, place), xytext=(9, 0), textcoords="offset points", **style)
        if row not in others:
            _dumbbell(axes, place, row, widest)


def _dumbbell(axes: Axes, place: int, row: _Row, widest: float) -> None:
    late, dossiers = float(row.late), float(row.dossiers)
    colour, marker = (LOST, "^") if row.stands_out else (HELD, "o")
    axes.plot([0, max(late, dossiers)], [place, place], color=TRACK, lw=1, zorder=1)
    axes.plot([dossiers, late], [place, place], color=colour, lw=2.4, zorder=2)
    axes.plot([late], [place], marker, ms=7.5, color=colour, zorder=3)
    # A ring, so that the dot stays to be seen where both shares are the same.
    axes.plot([dossiers], [place], "o", ms=9.5, mfc="none", mec=INK, mew=1.3, zorder=4)


def _key(axes: Axes, above: float) -> None:
    """The signs in words above the rows, from the left edge of the picture."""
    places = (
        (-0.70, "o", "none", INK, _("share of dossiers")),
        (-0.34, "o", HELD, HELD, _("share of late dossiers")),
        (0.20, "^", LOST, LOST, _("late: clearly above its share")),
    )
    transform = axes.get_yaxis_transform()
    y = -0.5 - above
    for x, marker, colour, edge, words in places:
        axes.plot(
            [x], [y], marker, ms=6.5, mfc=colour, mec=edge, transform=transform, clip_on=False
        )
        axes.text(x + 0.03, y, words, fontsize=8.5, color=MUTED, va="center", transform=transform)


def _share(value: Decimal) -> str:
    """A share in whole percent, small ones with one decimal: 35%, 1,7%."""
    if value >= Decimal("0.1"):
        return whole_percent(value)
    return f"{decimals(percentage(value, 1), 1)}%"


def _finding(everyone: list[_Row], is_sample: bool) -> str:
    first = max(everyone, key=lambda row: (row.stands_out, row.late))
    words = {"unit": first.name, "late": _share(first.late), "dossiers": _share(first.dossiers)}
    if not first.stands_out and is_sample:
        return _(
            "No agency stands out of those listed here: {unit} has {late} of the late dossiers,"
            " {dossiers} of all dossiers."
        ).format(**words)
    if not first.stands_out:
        return _(
            "No agency stands out: {unit} holds most late dossiers, {late}, with {dossiers} of all"
            " dossiers."
        ).format(**words)
    return _("{unit} holds {late} of the late dossiers with {dossiers} of all dossiers.").format(
        **words
    )
