"""Every file of params/, read as its own reader reads it; changes when a kind of file comes or goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from chiso.base.errors import ParameterError, UserError
from chiso.base.i18n import _
from chiso.base.locations import locate, params_dir
from chiso.base.period import parse_period
from chiso.pages.own_text import read_own_text
from chiso.pages.wording import check_wording
from chiso.rules.assignments import load_assignments, unknown_units
from chiso.rules.daily_rules import daily_rules
from chiso.rules.explain_rules import explain_rules
from chiso.rules.handling_rules import handling_rules
from chiso.rules.indicators import load_rules
from chiso.rules.letter_rules import letter_rules
from chiso.rules.maps import load_tiles
from chiso.rules.mergers import load_mergers
from chiso.rules.owed_rules import load_obligations
from chiso.rules.paper_rules import paper_rules
from chiso.rules.portal_rules import portal_rules
from chiso.rules.procedure_list_rules import procedure_list_rules
from chiso.rules.publishing_rules import publishing_rules
from chiso.rules.reconcile_rules import reconcile_rules
from chiso.rules.settings import load_settings, named_files
from chiso.rules.trend_rules import trend_rules
from chiso.rules.units import load_tree
from chiso.rules.working_days import calendar_file
from chiso.sources.mappings import read_system

# Files of params/ that are one of a kind, by name.
_SINGLE: dict[str, Callable[[], object]] = {
    "calendar": calendar_file,
    "daily": daily_rules,
    "defaults": lambda: _require_named("defaults"),
    "explain": explain_rules,
    "handling": handling_rules,
    "letters": letter_rules,
    "papers": paper_rules,
    "portal": portal_rules,
    "procedure_lists": procedure_list_rules,
    "publish": publishing_rules,
    "reconcile": reconcile_rules,
    "trends": trend_rules,
}
# Folders of params/ whose files are one of a kind each, by folder.
_FOLDERS: dict[str, Callable[[Path], object]] = {
    "indicators": lambda path: load_rules(path.stem),
    "units": lambda path: load_mergers(load_tree(path.stem)),
    "assignments": lambda path: _assignments(path),
    "obligations": lambda path: load_obligations(path.stem, load_tree(path.stem)),
    "maps": lambda path: load_tiles(path.stem, load_tree(path.stem)),
    "sources": lambda path: read_system(path),
    "periods": lambda path: _period(path),
}


def parameter_files() -> tuple[Path, ...]:
    """The YAML files of params/, and analysts' texts, in the order of their names."""
    return tuple(
        sorted(
            path
            for path in params_dir().rglob("*")
            if path.suffix in (".yml", ".md") and not path.name.startswith(".")
        )
    )


def check_shared() -> None:
    """UserError for the first mistake in a file that reports of every period are made by."""
    for read in _SINGLE.values():
        read()


def faults() -> Iterator[str]:
    """What is wrong with the files of params/: one text a file, all its mistakes in it."""
    for path in parameter_files():
        try:
            _read(path)
        except UserError as error:
            yield str(error)


def _read(path: Path) -> None:
    place = path.relative_to(params_dir())
    kind = place.parts[0]
    if len(place.parts) == 1 and path.suffix == ".yml" and path.stem in _SINGLE:
        _SINGLE[path.stem]()
    elif len(place.parts) == 2 and path.suffix == ".yml" and kind in _FOLDERS:
        _FOLDERS[kind](path)
    elif place.as_posix() == "commentary/sentences.yml":
        check_wording()
    elif len(place.parts) == 3 and kind == "commentary" and path.suffix == ".md":
        read_own_text(path)
    elif kind != "letters":  # templates are filled in when a letter is written
        raise ParameterError(
            _("Nothing reads a file of this name in this place."),
            file=path,
            hint=_("Folders of params/: {folders}. Files beside them: {files}.").format(
                folders=", ".join(sorted((*_FOLDERS, "commentary", "letters"))),
                files=", ".join(f"{name}.yml" for name in _SINGLE),
            ),
        )


def _period(path: Path) -> None:
    load_settings(parse_period(path.stem))
    _require_named(f"periods/{path.stem}")


def _require_named(name: str) -> None:
    for kind, used in named_files(name):
        locate(used, kind)


def _assignments(path: Path) -> None:
    content = load_assignments(path.stem)
    unknown = unknown_units(content, load_tree(content.units))
    if unknown:
        raise ParameterError(
            _("The tree “{tree}” has no unit {units}.").format(
                tree=content.units, units=", ".join(unknown)
            ),
            file=path,
            hint=_("Correct the code under “bodies”, or the tree's name under “units”."),
        )
