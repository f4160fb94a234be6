"""Our figures beside the portal's: which causes, which agencies, which indicators, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import pandas as pd
from IPython.display import Markdown

from chiso.base.excel import Sheet
from chiso.base.i18n import _, count, day, points
from chiso.base.markdown import bullets, escape, link
from chiso.pages.cause_words import cause_words
from chiso.pages.tables.table import Cell, Field, Table, Value, linked
from chiso.rules.units import RECONCILE
from chiso.store.figures import Figures, UnitFigures
from chiso.store.reconciled import Reconciled


def reconcile_lead(figures: Figures) -> Markdown | None:
    """What the two sides differ by, and whether all of it is explained; None without a capture."""
    found = figures.reconciled
    if found is None:
        return None
    province = figures.tree.province
    number = len(_dossiers(found, figures, province))
    texts = [_differing(found, province, number), _unexplained(found)]
    texts.append(
        _("The portal's own list of dossiers was joined dossier by dossier.")
        if found.has_list
        else _(
            "The portal's list of dossiers was not at hand: causes are told from our records, where"
            " they fit the portal's counts."
        )
    )
    return Markdown(bullets(texts))


def _differing(found: Reconciled, unit: str, number: int) -> str:
    """How the portal's figures of a unit differ, `number` dossiers of it known to be the cause."""
    moment, stake = f"{found.captured:%H:%M}", _stake(found, unit)
    words = {"time": moment, "day": day(found.captured), "number": count(number)}
    if not number and not stake and unit not in set(_open_lines(found.lines)["unit"]):
        return _("At {time} on {day} the portal had the same figures.").format(**words)
    words["by"] = _by_points(stake)
    if not number:
        return _(
            "At {time} on {day} the portal's figures differed from our records, it is not known by"
            " which dossiers: {by}."
        ).format(**words)
    return _("At {time} on {day} the portal counted {number} dossiers otherwise: {by}.").format(
        **words
    )


def _by_points(stake: Decimal) -> str:
    size = points(abs(stake))
    if stake > 0:
        return _("{points} points fewer than by our records").format(points=size)
    if stake < 0:
        return _("{points} points more than by our records").format(points=size)
    return _("the points are the same")


def _unexplained(found: Reconciled) -> str:
    left = _open_lines(found.lines)
    if not len(left):
        return _("All differences are explained.")
    return _(
        "Not wholly explained: {number} figures of {agencies} agencies, in the last column below."
    ).format(number=count(len(left)), agencies=count(left["unit"].nunique()))


def _open_lines(lines: pd.DataFrame) -> pd.DataFrame:
    """The lines of which something is not explained."""
    left = lines[["unexplained_numerator", "unexplained_denominator"]].fillna(0).astype("int64")
    return lines[(left != 0).any(axis=1)]


def _stake(found: Reconciled, unit: str) -> Decimal:
    """Points by our counts less those by the portal's, of the indicators that both score."""
    return sum(found.lines[found.lines["unit"] == unit]["points"].dropna(), Decimal(0))


def _dossiers(found: Reconciled, figures: Figures, unit: str) -> pd.DataFrame:
    """The dossiers that the two sides count otherwise for a unit and those below it."""
    below = figures.tree.below(unit)
    here, there = (found.dossiers[name].isin(below) for name in ("unit", "portal_unit"))
    # Between two agencies below it nothing changes for the unit itself.
    within = here & there & (found.dossiers["cause"] == "mapping")
    return found.dossiers[(here | there) & ~within]


def cause_table(figures: Figures) -> Table | None:
    """By cause: dossiers, points of the province, what to do and whom to ask; most dossiers first."""
    found = figures.reconciled
    if found is None:
        return None
    sizes = found.dossiers["cause"].value_counts()
    own = found.parts[found.parts["unit"] == figures.tree.province]
    words = cause_words()
    rows = []
    for cause in sorted(words, key=lambda cause: -int(sizes.get(cause, 0))):
        number = int(sizes.get(cause, 0))
        if not number:
            continue
        lost = [value for value in own[own["cause"] == cause]["points"] if value is not None]
        told = words[cause]
        rows.append([told.name, number, sum(lost, Decimal(0)), told.todo, told.ask or None])
    return Table(
        anchor="table-causes",
        sheet=_("Causes"),
        caption=_(
            "Why the portal's figures differ, the most dossiers first; points of the province, ours"
            " less the portal's. A dossier has one cause."
        ),
        fields=(
            Field(_("Cause")),
            Field(_("Dossiers"), "count"),
            Field(_("Points"), "difference"),
            Field(_("What to do")),
            Field(_("Whom to ask")),
        ),
        rows=rows,
    )


def reconcile_agency_table(figures: Figures) -> Table | None:
    """Agencies that the portal counts otherwise: dossiers, points and the cause of most of them."""
    found = figures.reconciled
    if found is None:
        return None
    left = set(_open_lines(found.lines)["unit"])
    rows: list[tuple[int, list[Value | Cell]]] = []
    for unit in figures.agencies:
        dossiers, stake = _dossiers(found, figures, unit.code), _stake(found, unit.code)
        if not len(dossiers) and unit.code not in left:
            continue
        told: list[Value | Cell] = [
            linked(str(unit.name), f"{unit.code}.html"),
            len(dossiers),
            stake,
            _main_causes(dossiers),
            _("no") if unit.code in left else _("yes"),
        ]
        rows.append((len(dossiers), told))
    rows.sort(key=lambda pair: -pair[0])
    return Table(
        anchor="table-reconcile-agencies",
        sheet=_("By agency"),
        caption=_(
            "Agencies that the portal counts otherwise, the most dossiers first; communes stand in"
            " their district too. Where an agency has few dossiers, one of them moves many points."
        ),
        fields=(
            Field(_("Agency")),
            Field(_("Dossiers"), "count"),
            Field(_("Points"), "difference"),
            Field(_("Most dossiers by cause")),
            Field(_("Wholly explained")),
        ),
        rows=[row for _size, row in rows],
    )


def _main_causes(dossiers: pd.DataFrame, most: int = 2) -> str:
    """The causes of most dossiers with their numbers."""
    words, sizes = cause_words(), dossiers["cause"].value_counts()
    order = list(words)
    top = sorted(sizes.items(), key=lambda pair: (-pair[1], order.index(str(pair[0]))))[:most]
    return "; ".join(f"{words[str(cause)].name}: {count(int(number))}" for cause, number in top)


def reconcile_indicator_table(unit: UnitFigures) -> Table | None:
    """Both sides' counts by indicator, what causes explain of the difference and what they don't."""
    found = unit.figures.reconciled
    if found is None:
        return None
    names = {rule.indicator.number: str(rule.indicator.name) for rule in unit.figures.book.rules}
    lines = found.lines[found.lines["unit"] == unit.unit.code]
    rows = []
    for row in lines.to_dict("records"):
        ours = (row["ours_numerator"], row["ours_denominator"])
        portal = (row["portal_numerator"], row["portal_denominator"])
        if ours == portal:
            continue
        left = (row["unexplained_numerator"], row["unexplained_denominator"])
        rows.append(
            [
                row["indicator"],
                names[row["indicator"]],
                _pair(ours),
                _pair(portal),
                row["points"],
                "–" if None in left else _pair(left) if any(left) else _("nothing"),
            ]
        )
    return Table(
        anchor="table-reconcile-indicators",
        sheet=_("By indicator"),
        caption=_("Indicators that differ: numerator/denominator on both sides."),
        fields=(
            Field(_("No."), "count"),
            Field(_("Indicator")),
            Field(_("By our records")),
            Field(_("By the portal")),
            Field(_("Points"), "difference"),
            Field(_("Unexplained")),
        ),
        rows=rows,
    )


def _pair(pair: Iterable[int | None]) -> str:
    return "/".join("–" if number is None else count(int(number)) for number in pair)


def reconcile_line(unit: UnitFigures) -> Markdown | None:
    """A line for a unit's page: how the portal counts it, why, and the way to the whole."""
    found = unit.figures.reconciled
    if found is None:
        return None
    dossiers = _dossiers(found, unit.figures, unit.unit.code)
    text = _differing(found, unit.unit.code, len(dossiers))
    if len(dossiers):
        text += " " + _("{causes}.").format(causes=_main_causes(dossiers))
    if unit.unit.code in set(_open_lines(found.lines)["unit"]):
        text += " " + _("Not all of it is explained.")
    way = link(_("Reconciliation with the portal"), f"{RECONCILE}.html")
    return Markdown(f"{escape(text)} {way}.")


def cause_sheets(figures: Figures, cause: str) -> list[Sheet]:
    """The dossiers of one cause, for whoever mends them; no sheet where there are none."""
    found = figures.reconciled
    if found is None:
        return []
    rows = found.dossiers[found.dossiers["cause"] == cause]
    if not len(rows):
        return []
    names = {unit.code: str(unit.name) for unit in figures.tree.units}
    words = cause_words()[cause]
    table = pd.DataFrame(
        {
            _("Dossier"): rows["dossier_id"],
            _("Agency by our records"): rows["unit"].map(names),
            _("Agency by the portal"): rows["portal_unit"].map(names),
            _("Procedure"): rows["procedure_id"],
            _("Indicators"): rows["indicators"].str.replace(" ", ", "),
        },
        dtype=object,
    )
    table = table.where(table.notna(), None).sort_values([*table.columns[1:3], table.columns[0]])
    note = _("{cause}: {number} dossiers. {todo}").format(
        cause=words.name, number=count(len(rows)), todo=words.todo
    )
    return [Sheet(_("Dossiers"), table, note)]
