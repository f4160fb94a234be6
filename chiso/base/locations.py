"""Where the project's folders are, and how a name becomes a file inside them, never outside."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from chiso.base.errors import ParameterError, UserError
from chiso.base.i18n import _

_PROJECT = "CHISO_PROJECT"
# Where the program itself is.
PACKAGE = Path(__file__).resolve().parent.parent
# ASCII letters and digits, single dots, _ and - between them: never a path.
SAFE_NAME = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")


def project_root() -> Path:
    """The project's folder: $CHISO_PROJECT, else the current folder or the nearest one around it that is
    a project, else the one around this package.

    Raises UserError where there is none: the package is installed, and the user stands elsewhere.
    """
    named = os.environ.get(_PROJECT, "")
    return _root(named, "" if named and Path(named).is_absolute() else str(Path.cwd()))


@cache
def _root(named: str, current: str) -> Path:
    """Found once for a folder that one is in: a page asks for it hundreds of times. Whole, because
    kernels and writers run in folders of their own."""
    if named:
        return Path(named).resolve()
    here = Path(current)
    found = next(
        (place for place in (here, *here.parents, PACKAGE.parent) if _is_project(place)), None
    )
    if found is None:
        raise UserError(
            _("{folder} is no project of chiso.").format(folder=here),
            hint=_("Go to the folder of yours, or make one: chiso init FOLDER"),
        )
    return found.resolve()


def _is_project(folder: Path) -> bool:
    return (folder / "params" / "defaults.yml").is_file() and (folder / "notebooks").is_dir()


@contextmanager
def another_project(folder: Path) -> Iterator[None]:
    """What happens meanwhile happens in the project in `folder`."""
    before = os.environ.get(_PROJECT)
    os.environ[_PROJECT] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[_PROJECT]
        else:
            os.environ[_PROJECT] = before


def params_dir() -> Path:
    """params/ of the project."""
    return project_root() / "params"


def locate(name: str, kind: str) -> Path:
    """The file of params/<kind>/ called `name`, or the file at the path `name` (ends in .yml).

    Raises ParameterError, which lists the names there are.
    """
    if name.endswith((".yml", ".yaml")):
        return Path(name)
    path = params_dir() / kind / f"{name}.yml"
    if SAFE_NAME.fullmatch(name) and path.is_file():
        return path
    known = ", ".join(sorted(file.stem for file in (params_dir() / kind).glob("*.yml")))
    raise ParameterError(
        _("“{name}” is not in params/{kind}.").format(name=name, kind=kind),
        hint=_("There are: {known}. Or give the path of a .yml file.").format(known=known),
    )
