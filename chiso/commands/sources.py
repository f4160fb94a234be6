"""`chiso sources new`: a file of params/sources/ proposed from the header of a new system's export."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chiso.base.i18n import _, count
from chiso.base.terminal import tell, tell_table

if TYPE_CHECKING:
    from chiso.sources.mappings import System
    from chiso.sources.proposing import Proposal

_PERSONAL, _NOTHING = "p", ""


def command() -> click.Command:
    """The command with its options."""
    new = click.Command(
        "new",
        callback=_new,
        help=_(
            "Proposes how the columns of an export are read that no file of params/sources/ describes,"
            " asks what its header does not tell, and writes the file into a folder to be tried:"
            " params/ stays as it is."
        ),
        epilog=_("Example: chiso sources new so-theo-doi-moi.xlsx"),
        params=[
            click.Argument(["file"], type=click.Path(path_type=Path)),
            click.Option(
                ["--name"],
                help=_("What the file of params/sources/ is called; without it after the export."),
            ),
            click.Option(
                ["--params", "folder"],
                type=click.Path(path_type=Path),
                default=Path("params-thu"),
                show_default=True,
                help=_("A folder with edited copies of files, as they lie in params/."),
            ),
        ],
    )
    return click.Group(
        "sources",
        commands=[new],
        help=_("How exports of systems are read: params/sources/."),
        epilog=_("Example: chiso sources new so-theo-doi-moi.xlsx"),
    )


def _new(file: Path, name: str | None, folder: Path) -> None:
    from chiso.base import clock
    from chiso.base.errors import InputError
    from chiso.base.files import write_files
    from chiso.sources.mappings import load_systems, read_system
    from chiso.sources.proposing import propose, read_by, written

    if not file.is_file():
        raise InputError(_("This is no file."), file=file, hint=_("Name the export itself."))
    called = _called(name, file)
    target = folder / "sources" / f"{called}.yml"
    _require_new(target)
    systems = load_systems()
    proposal = propose(file, systems)
    _tell_known(proposal)
    proposal = _with_headings(proposal)
    if proposal.missing:
        raise InputError(
            _("No column of this file is {columns}: without it no row can be read.").format(
                columns=", ".join(map(proposal.meaning, proposal.missing))
            ),
            file=file,
            hint=_("Export it with that column, or run again and say which one it is."),
        )
    today = clock.vietnam_day(clock.now())
    read = read_by(file, read_system(target, written(proposal, called, systems, today)))
    codes = _codes(proposal, read.words, systems)
    unknown = [
        f"{proposal.meaning(column)}: {word}"
        for column, words in read.words.items()
        for word in words
        if word not in codes.get(column, {})
    ]
    text = written(proposal, called, systems, today, codes, unknown)
    write_files(target.parent, {target.name: text})
    tell(
        "\n"
        + _("{rows} records of {file} are read by {target}.").format(
            rows=count(read.records), file=file.name, target=target
        )
    )
    for one in (*proposal.unknown, *unknown):
        tell(_("Not known: {what}").format(what=one))
    tell(_("Look it through, then: make rules PERIOD=... PARAMS={folder}").format(folder=folder))


def _called(name: str | None, file: Path) -> str:
    from chiso.base.errors import ParameterError
    from chiso.base.letters import without_accents
    from chiso.base.locations import SAFE_NAME

    called = name or re.sub(r"[^a-z0-9]+", "-", without_accents(file.stem.casefold())).strip("-")
    if not SAFE_NAME.fullmatch(called):
        raise ParameterError(
            _("“{name}” can't be the name of a file.").format(name=called),
            hint=_("Give --name: letters without accents, figures, hyphens."),
        )
    return called


def _require_new(target: Path) -> None:
    from chiso.base.errors import ParameterError
    from chiso.base.locations import params_dir

    for path in (target, params_dir() / "sources" / target.name):
        if path.exists():
            raise ParameterError(
                _("This file is there already."), file=path, hint=_("Give --name another name.")
            )


def _tell_known(proposal: Proposal) -> None:
    tell(_("Table: {table}").format(table=proposal.table.heading))
    head: Sequence[str] = (_("heading"), _("column"), _("what it holds"))
    rows = [
        (", ".join(texts), name, proposal.meaning(name)) for name, texts in proposal.columns.items()
    ]
    tell_table([head, *rows])
    if proposal.personal:
        tell(
            _("About people, never read: {headings}").format(headings=", ".join(proposal.personal))
        )


def _with_headings(proposal: Proposal) -> Proposal:
    """The proposal with what the analyst says of headings that nobody knows; where nobody answers
    they stay unknown."""
    if not proposal.unknown:
        return proposal
    free = proposal.free
    tell("\n" + _("Columns without a heading so far:"))
    for number, name in enumerate(free, start=1):
        tell(f"  {number:>2}  {proposal.meaning(name)}")
    words = _("What is “{heading}”? A number, p: about a person, Enter: not needed")
    columns, personal = dict(proposal.columns), list(proposal.personal)
    answered = []
    allowed = [_NOTHING, _PERSONAL, *(str(i + 1) for i in range(len(free)))]
    for heading in proposal.unknown:
        answer = _asked(words.format(heading=heading), allowed)
        if answer is None:
            break
        answered.append(heading)
        if answer == _PERSONAL:
            personal.append(heading)
        elif answer:
            name = free[int(answer) - 1]
            columns[name] = (*columns.get(name, ()), heading)
    unknown = tuple(one for one in proposal.unknown if one not in answered)
    return replace(proposal, columns=columns, personal=tuple(personal), unknown=unknown)


def _codes(
    proposal: Proposal, unknown: Mapping[str, Sequence[str]], systems: Sequence[System]
) -> dict[str, dict[str, str]]:
    """What the analyst says of words that nobody knows, by column."""
    from chiso.sources.proposing import known_words

    codes: dict[str, dict[str, str]] = {}
    for column, new in unknown.items():
        known = known_words(systems, proposal.table.name, column)
        tell("\n" + _("What {column} may be:").format(column=proposal.meaning(column)))
        for code, words in known.items():
            tell(f"  {code:>4}  {words[0]}")
        for word in new:
            question = _("What is “{heading}”? A code, Enter: not known")
            answer = _asked(question.format(heading=word), [_NOTHING, *known])
            if answer is None:
                return codes
            if answer:
                codes.setdefault(column, {})[word] = answer
    return codes


def _asked(question: str, allowed: Sequence[str]) -> str | None:
    """The answer, asked again until it is one that is allowed; None where nobody answers."""
    while True:
        try:
            answer = str(click.prompt(question, default="", show_default=False)).strip()
        except click.Abort:
            return None
        if answer in allowed:
            return answer
        tell(_("Allowed: {answers}").format(answers=", ".join(filter(None, allowed))))
