"""Where the project's folders are, and how a name becomes a file inside them, never outside."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

from chiso.base.errors import ParameterError
from chiso.base.i18n import _

_AROUND = str(Path(__file__).parent.parent.parent)
# ASCII letters and digits, single dots, _ and - between them: never a path.
SAFE_NAME = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")


def project_root() -> Path:
    """The project's folder: $CHISO_PROJECT, else the one around this package."""
    folder = os.environ.get("CHISO_PROJECT") or _AROUND
    return _whole(folder, "" if Path(folder).is_absolute() else str(Path.cwd()))


@cache
def _whole(folder: str, _from: str) -> Path:
    """The folder from the root, because kernels and writers run in folders of their own; found once: a
    page asks for it hundreds of times."""
    return Path(folder).resolve()


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
