"""`chiso check`: what stands between a period's records and its report, and a workbook to correct rows in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chiso.base.i18n import _
from chiso.base.terminal import tell, tell_table, watched
from chiso.commands.options import period_option
from chiso.commands.providing import provide_records

if TYPE_CHECKING:
    import pandas as pd

    from chiso.base.period import Period
    from chiso.contract.records import Records
    from chiso.measures.definitions import Needs
    from chiso.pages.checklist import Item
    from chiso.rules.settings import Settings
    from chiso.rules.units import Tree
    from chiso.store.figures import Figures


def command() -> click.Command:
    """The command with its options."""
    return click.Command(
        "check",
        callback=_check,
        help=_(
            "Check a period before its report: rows accepted and set aside by file, a workbook of all"
            " rows that were set aside, to be corrected and handed in again, and a list of what is done"
            " and what to do next."
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
    from chiso.pages.checklist import listed
    from chiso.pages.own_text import check_texts
    from chiso.rules.settings import load_settings, tree_in_force
    from chiso.sources.folder import files_of_records
    from chiso.store.figures import newest_figures
    from chiso.store.pipeline import require_figures

    settings = load_settings(parse_period(period))
    if out:
        require_targets([out], files_of_records(Path(records or settings.folder)))
    of_records = records is not None or settings.has_records
    tree = tree_in_force(settings, of_records=of_records)
    stored = newest_figures(settings)
    if stored:
        check_texts(stored, tell)
    if not records:
        provide_records(settings, tell)
        require_figures(settings)
    if of_records:
        found = _of_records(settings, tree, records or settings.folder, out)
    else:
        found = _of_counts(settings, tree)
    tell("\n" + _("Before the report of {period}:").format(period=settings.period.label))
    for line in listed([*found, *_of_the_period(settings, tree, stored)]):
        tell(line)


def _of_records(settings: Settings, tree: Tree, place: str | Path, out: Path | None) -> list[Item]:
    """Reads the records, tells what was set aside, and what stands in the list of them."""
    from chiso.contract.faults import is_lost
    from chiso.explain.volumes import volumes
    from chiso.measures.counts import hold
    from chiso.measures.definitions import needs_of
    from chiso.measures.handling import received
    from chiso.pages import checklist
    from chiso.rules.indicators import load_rules
    from chiso.sources.records import load_records
    from chiso.store.pipeline import compared_with

    held = load_records(place, tree, partial(watched, words=_("Checking")))
    waiting = is_lost(held.set_aside["fault"])
    lost, not_lost = held.set_aside[waiting], held.set_aside[~waiting]
    tell_table(_by_file(held))
    _tell_reasons(_("Rows that are set aside until they are corrected:"), lost)
    _tell_reasons(_("Rows that stand twice or were replaced, none counts twice:"), not_lost)
    options = load_rules(settings.indicator_set).set.measures
    _tell_remarks(held, needs_of(options))
    tell()
    tell_table(_by_agency(held, tree))
    path = _to_correct(held, tree, place, settings.period, out) if held.cells else None
    measured = hold(held.tables, tree, settings.period, options, None, held.gaps)
    beside = volumes(received(measured), settings.period, compared_with(settings))
    sums = held.counts[["rows_in", "lost", "not_lost"]].sum()
    reasons = lost.groupby("reason").size()
    return [
        checklist.Item(
            checklist.DONE, _("Data: {files} files").format(files=held.counts["file"].nunique())
        ),
        checklist.rows_set_aside(
            int(sums.rows_in),
            int(sums.lost),
            int(sums.not_lost),
            str(reasons.idxmax()) if len(reasons) else "",
            str(path or ""),
        ),
        checklist.agencies_without_data([unit for unit in tree.units if unit.code in held.silent]),
        checklist.dossiers_received(beside, tree),
    ]


def _tell_reasons(words: str, lines: pd.DataFrame) -> None:
    """Tells why rows were set aside, of lines as in Records.set_aside; nothing of none."""
    if len(lines):
        tell("\n" + words)
        tell_table(_by_reason(lines))


def _to_correct(
    held: Records, tree: Tree, place: str | Path, period: Period, out: Path | None
) -> Path:
    """Writes the workbook of rows that are set aside, and tells where it lies."""
    from chiso.sources.set_aside import workbook_place, write_set_aside

    path = write_set_aside(held, tree, out or workbook_place(place, period.name), keep=out is None)
    tell()
    tell(
        _(
            "Rows to correct: {file}\n"
            "  → Correct the cells there, then put the file into the folder of the records"
            " and check again."
        ).format(file=path)
    )
    return path


def _of_counts(settings: Settings, tree: Tree) -> list[Item]:
    """What stands in the list of counts that were handed in or that the portal published."""
    from chiso.pages import checklist
    from chiso.portal.as_source import in_newest_capture, read_captured
    from chiso.rules.indicators import load_rules
    from chiso.sources.given import read_given

    if settings.counts:
        book = load_rules(settings.indicator_set, settings.period.last_day)
        counts, official = read_given(settings.counts, settings.official, tree, book)
    else:
        counts, official, _published = read_captured(
            in_newest_capture(settings, tree.province), tree
        )
    told = {*counts["unit"], *official["unit"]}
    words = _("Data: counts of {units} units, published results of {published}")
    numbers = {"units": counts["unit"].nunique(), "published": official["unit"].nunique()}
    return [
        checklist.Item(checklist.DONE, words.format(**numbers)),
        checklist.agencies_without_data([unit for unit in tree.units if unit.code not in told]),
    ]


def _of_the_period(settings: Settings, tree: Tree, stored: Figures | None) -> list[Item]:
    """What stands in the list of texts, rules and the comparison with the portal."""
    from chiso.base import clock
    from chiso.pages import checklist
    from chiso.pages.own_text import stale_texts
    from chiso.portal.captures import newest
    from chiso.publishing.parameter_files import faults
    from chiso.rules.indicators import load_rules

    period = settings.period
    stale = {one.file for one in stale_texts(stored)} if stored else set()
    capture = newest(period, tree.province)
    book = load_rules(settings.indicator_set, period.last_day)
    today = clock.vietnam_day(clock.now())
    published = settings.as_of if settings.official else None
    return [
        checklist.own_texts(len(stale), period),
        checklist.parameters(sum(1 for _fault in faults()), str(book.set.name)),
        checklist.comparison(period, today, capture.reference_day if capture else published),
    ]


def _by_file(held: Records) -> list[Sequence[Any]]:
    from chiso.base.i18n import count

    numbers = {
        "rows_in": _("rows"),
        "accepted": _("accepted"),
        "lost": _("set aside"),
        "not_lost": _("twice or replaced"),
        "others": _("other rows"),
    }
    rows = [
        (row["table"] or _("no table"), row["file"], *(count(row[name]) for name in numbers))
        for _i, row in held.counts.iterrows()
    ]
    total = (_("total"), "", *(count(int(held.counts[name].sum())) for name in numbers))
    return [(_("table"), _("file"), *numbers.values()), *rows, total]


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


def _by_reason(lines: pd.DataFrame) -> list[Sequence[Any]]:
    """How many rows have which reason, in which column, of lines as in Records.set_aside."""
    from chiso.base.i18n import count
    from chiso.contract.tables import named

    keys = ["table", "column", "reason"]
    sizes = lines.groupby(keys).size()
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
