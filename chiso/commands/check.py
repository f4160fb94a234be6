"""`chiso check`: which rows of the records are set aside, why, and a workbook to correct them in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chiso.base.i18n import _
from chiso.base.terminal import tell, watched
from chiso.commands.options import period_option
from chiso.commands.providing import provide_records

if TYPE_CHECKING:
    from chiso.contract.records import Records
    from chiso.measures.definitions import Needs
    from chiso.rules.units import Tree


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "check",
        callback=_check,
        help=_(
            "Check the records of a period: rows accepted and set aside by file, and a workbook of"
            " all rows that were set aside, to be corrected and handed in again."
        ),
        epilog=_("Example: chiso check --period 2022-09"),
        params=[
            period_option(),
            click.Option(
                ["--records"],
                help=_(
                    "A folder of exports, or a database such as postgres://user@host/name;"
                    " without it the records of the period's settings."
                ),
            ),
            click.Option(
                ["--out"],
                type=click.Path(path_type=Path),
                help=_(
                    "The workbook of rows set aside; without it set-aside/<period>.xlsx in the"
                    " folder of the records."
                ),
            ),
        ],
    )


def _check(period: str, records: str | None, out: Path | None) -> None:
    from chiso.base.files import require_targets
    from chiso.base.period import parse_period
    from chiso.measures.definitions import needs_of
    from chiso.pages.commentary import check_texts
    from chiso.rules.indicators import load_rules
    from chiso.rules.settings import load_settings, tree_in_force
    from chiso.sources.folder import files_of_records
    from chiso.sources.records import load_records
    from chiso.sources.set_aside import workbook_place, write_set_aside
    from chiso.store.figures import newest_figures
    from chiso.store.pipeline import require_figures

    settings = load_settings(parse_period(period))
    if out:
        require_targets([out], files_of_records(Path(records or settings.folder)))
    tree = tree_in_force(settings, of_records=True)
    stored = newest_figures(settings)
    if stored:
        check_texts(stored, tell)
    if not records:
        provide_records(settings, tell)
        require_figures(settings)
    place = records or settings.folder
    held = load_records(place, tree, partial(watched, words=_("Checking")))
    _print(_by_file(held))
    if len(held.set_aside):
        tell()
        _print(_by_reason(held))
    _tell_remarks(held, needs_of(load_rules(settings.indicator_set).set.measures))
    tell()
    _print(_by_agency(held, tree))
    if held.cells:
        path = out or workbook_place(place, settings.period.name)
        path = write_set_aside(held, tree, path, keep=out is None)
        tell()
        tell(
            _(
                "Rows to correct: {file}\n"
                "  → Correct the cells there, then put the file into the folder of the records"
                " and check again."
            ).format(file=path)
        )


def _by_file(held: Records) -> list[Sequence[Any]]:
    from chiso.base.i18n import count

    numbers = ["rows_in", "accepted", "set_aside", "others"]
    head = (_("table"), _("file"), _("rows"), _("accepted"), _("set aside"), _("other rows"))
    rows = [
        (row["table"] or _("no table"), row["file"], *(count(row[name]) for name in numbers))
        for _i, row in held.counts.iterrows()
    ]
    total = (_("total"), "", *(count(int(held.counts[name].sum())) for name in numbers))
    return [head, *rows, total]


def _by_agency(held: Records, tree: Tree) -> list[Sequence[Any]]:
    """Of every agency: its files, rows accepted and set aside; what names none stands last."""
    from chiso.base.i18n import count

    own = held.agencies[held.agencies["table"].isin(["dossiers", "petitions"])]
    known = own["unit"].isin(tree.by_code)
    named = [(str(unit.name), own[own["unit"] == unit.code]) for unit in tree.units]
    rows = []
    for name, part in [*named, (_("no agency of the tree"), own[~known])]:
        sizes = (count(int(part[column].sum())) for column in ("accepted", "set_aside"))
        files = ", ".join(sorted(set(part["file"]))) or _("handed in nothing")
        rows.append((name, *sizes, files))
    return [
        (_("agency"), _("accepted"), _("set aside"), _("files")),
        *rows[: None if len(own[~known]) else -1],
    ]


def _by_reason(held: Records) -> list[Sequence[Any]]:
    from chiso.base.i18n import count
    from chiso.contract.tables import named

    keys = ["table", "column", "reason"]
    sizes = held.set_aside.groupby(keys).size()
    rows = [
        (named(table, column), reason, count(int(number)))
        for (table, column, reason), number in sizes.items()
    ]
    return [(_("column"), _("reason"), _("rows")), *rows]


def _tell_remarks(held: Records, needs: Needs) -> None:
    """How files were read, where that is not plain."""
    if held.remarks:
        tell("\n" + _("How the files were read:"))
    for remark in held.remarks:
        place = " / ".join(filter(None, (remark.file, remark.sheet)))
        numbers = _indicators_of(remark.column, needs)
        costs = _("indicators {numbers}: no data").format(numbers=", ".join(map(str, numbers)))
        tell(f"  {place}: {remark.text}" + (f" ({costs})" if numbers else ""))


def _indicators_of(place: str, needs: Needs) -> list[int]:
    """The indicators that can't do without a column (dossiers.due_at)."""
    table, _dot, column = place.partition(".")
    return [n for n, need in needs.items() if column and column in need.get(table, "").split()]


def _print(rows: list[Sequence[str]]) -> None:
    """Rows as columns under each other; the first row heads them, numbers stand to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(width) if cell[:1].isdigit() and i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        tell("  ".join(cells).rstrip())
