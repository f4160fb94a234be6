"""What each indicator costs the agencies of their own, and who loses or carries most of it."""

from __future__ import annotations

from chiso.base.i18n import _, count, percent, whole_percent
from chiso.base.markdown import escape, link
from chiso.explain import ParetoItem, losses_by_indicator, pareto
from chiso.pages.tables.table import Cell, Field, Table, Value
from chiso.store.figures import Figures


def loss_table(figures: Figures) -> Table:
    """Each indicator that costs points: how many agencies, how much, who loses most, who carries
    most of the cases."""
    carried = {item.number: item for item in pareto(figures)}
    rows: list[list[Value | Cell]] = []
    for loss in losses_by_indicator(figures):
        item = carried.get(loss.number)
        rows.append(
            [
                loss.number,
                str(figures.book.rule(loss.number).indicator.name),
                loss.agencies,
                loss.total,
                None if item is None else item.share,
                loss.mean,
                loss.most,
                _worst(figures, loss.worst),
                _carriers(item),
            ]
        )
    return Table(
        anchor="table-losses",
        sheet=_("Points lost"),
        caption=_(
            "Points that agencies lose of their own by indicator, most first; agencies without dossiers"
            " and the province itself are not counted."
        ),
        fields=(
            Field(_("No."), "count"),
            Field(_("Indicator")),
            Field(_("Agencies that lose points"), "count"),
            Field(_("Points lost in all"), "points"),
            Field(_("Share"), "share"),
            Field(_("Points lost on average"), "points"),
            Field(_("Most"), "points"),
            Field(_("Lost by")),
            Field(_("Who carries most cases")),
        ),
        rows=rows,
    )


def _worst(figures: Figures, codes: tuple[str, ...], shown: int = 2) -> Cell:
    if len(codes) == len(figures.units) - 1:
        words = _("every agency")
        return Cell(words, escape(words))
    names = [str(figures.tree.unit(code).name) for code in codes[:shown]]
    links = [link(name, f"{code}.html") for name, code in zip(names, codes, strict=False)]
    more = len(codes) - shown
    tail = [_("{number} more").format(number=more)] if more > 0 else []
    return Cell(", ".join([*names, *tail]), ", ".join([*links, *map(escape, tail)]))


def _carriers(item: ParetoItem | None, shown: int = 1) -> Cell:
    """The agencies with most cases lost, with their share of all of them."""
    found = [] if item is None else item.carriers[:shown]
    texts, links = [], []
    for carrier in found:
        name = _("others in the province") if carrier.is_rest else str(carrier.unit.name)
        told = _("{share}: {cases} cases, rate {rate}").format(
            share=whole_percent(carrier.share),
            cases=count(carrier.cases),
            rate=percent(carrier.rate),
        )
        texts.append(f"{name} ({told})")
        target = escape(name) if carrier.is_rest else link(name, f"{carrier.unit.code}.html")
        links.append(f"{target} {escape(f'({told})')}")
    return Cell("; ".join(texts) or None, "; ".join(links) or escape("–"))
