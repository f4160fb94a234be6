"""The analyst's own text, params/commentary/<period>/<unit>.md, and whether it went stale.

Above the text stands a head between two lines of ---: `mode` (replace or follow the automatic text)
and `written_on`, the figures it was written on. A text whose figures have changed since is shown as
it is, but named in the check.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from chiso.base.errors import ParameterError
from chiso.base.files import write_files
from chiso.base.i18n import _, current_language
from chiso.base.locations import params_dir
from chiso.base.params import Problem, parameters, read_parameters, read_text
from chiso.base.period import Period
from chiso.base.rounding import shown
from chiso.pages.own_text.safe_markdown import safe_markdown
from chiso.rules.indicators import NUMBERS
from chiso.store.figures import Figures, UnitFigures

_ITEMS = ("total", *map(str, NUMBERS))
_RULE = "---"


@parameters
class Head:
    """What stands above an analyst's text."""

    mode: Literal["replace", "follow"] = "follow"
    written_on: dict[str, Decimal | None]


@dataclass(frozen=True)
class OwnText:
    """An analyst's text on one unit: its head, and Markdown as it was written."""

    head: Head
    body: str


@dataclass(frozen=True)
class StaleText:
    """A figure (`item`: total, 1 .. 21) that has changed since a text was written on it."""

    unit: str
    file: Path
    item: str
    was: Decimal | None
    now: Decimal | None


def own_text_file(period: Period, unit: str) -> Path:
    """Where the text on a unit (a code of the tree, never a path) of a period stands."""
    return params_dir() / "commentary" / period.name / f"{unit}.md"


def with_own_text(unit: UnitFigures, automatic: str) -> str:
    """`automatic` (Markdown) with the analyst's text in its place or after it.

    The text is Vietnamese: it replaces nothing where another language is read.
    """
    path = own_text_file(unit.figures.settings.period, unit.unit.code)
    own = read_own_text(path) if path.is_file() else None
    if own is None or not own.body:
        return automatic
    text = f'::: {{.own-text lang="vi"}}\n{safe_markdown(own.body)}\n:::'
    replaces = own.head.mode == "replace" and current_language() == "vi"
    return text if replaces else f"{automatic}\n\n{text}"


def read_own_text(path: Path) -> OwnText:
    """The text in a file; ParameterError if its head is missing or wrong."""
    first, *lines = read_text(path).splitlines() or [""]
    if first.strip() != _RULE or _RULE not in [line.strip() for line in lines]:
        raise ParameterError(
            _("the head between two lines of --- is missing."),
            file=path,
            line=1,
            hint=_("Run `chiso comment --period PERIOD --unit UNIT`, which writes it."),
        )
    end = [line.strip() for line in lines].index(_RULE)
    head = read_parameters(path, Head, _problems, "\n".join([first, *lines[:end]]))
    return OwnText(head, "\n".join(lines[end + 1 :]).strip())


def write_own_text(unit: UnitFigures) -> Path:
    """Create the file of a unit's text with the figures of now; in one that is there, only the
    figures are renewed: the analyst has read it again."""
    path = own_text_file(unit.figures.settings.period, unit.unit.code)
    own = read_own_text(path) if path.is_file() else OwnText(Head(written_on={}), "")
    lines = [
        _RULE,
        "# " + _("follow: after the automatic text; replace: in its place."),
        f"mode: {own.head.mode}",
        "# "
        + _("The figures the text was written on; `chiso check` names the text when they change."),
        "written_on:",
        *(
            f'  "{item}": {"null" if value is None else f"{shown(value):f}"}'
            for item, value in _figures(unit).items()
        ),
        _RULE,
    ]
    write_files(path.parent, {path.name: "\n".join([*lines, own.body, ""])})
    return path


def stale_texts(figures: Figures) -> tuple[StaleText, ...]:
    """The figures that have changed since the texts of a period were written on them, by file.

    ParameterError for a text that no unit of the tree has, and for a wrong head.
    """
    found = []
    folder = own_text_file(figures.settings.period, "x").parent
    for path in sorted(folder.glob("*.md")):
        if path.stem not in figures.tree.by_code:
            raise ParameterError(
                _("The unit “{code}” is not in “{tree}”.").format(
                    code=path.stem, tree=figures.tree.name
                ),
                file=path,
                hint=_("Name the file after the code of a unit, as so-tu-phap.md."),
            )
        now = _figures(figures.unit(path.stem))
        for item, was in read_own_text(path).head.written_on.items():
            if now[item] != was:
                found.append(StaleText(path.stem, path, item, was, now[item]))
    return tuple(found)


def _figures(unit: UnitFigures) -> dict[str, Decimal | None]:
    held = {row.indicator: row.points for row in unit.indicator_rows}
    return {"total": unit.standing.total, **{str(n): held.get(n) for n in NUMBERS}}


def _problems(head: Head) -> Iterator[Problem]:
    for item in head.written_on:
        if item not in _ITEMS:
            yield (
                ("written_on", item),
                _("“{value}” is not allowed; allowed: {expected}.").format(
                    value=item, expected=", ".join(_ITEMS)
                ),
            )
