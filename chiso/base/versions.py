"""Which program makes figures and pages: a hash of its code, and the versions of what it stands on."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.metadata import requires, version
from platform import python_version

from chiso.base.files import sha256
from chiso.base.locations import PACKAGE

_NAME = re.compile(r"[A-Za-z0-9._-]+")


@cache
def code_hash() -> str:
    """The hash of the package as it is on this machine: its modules, and its catalogues in the form
    that is read."""
    found = sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.mo")])
    names = [(path.relative_to(PACKAGE).as_posix(), sha256(path)) for path in found]
    return hashlib.sha256(repr(names).encode()).hexdigest()


@cache
def package_versions() -> dict[str, str]:
    """The versions of Python and of every direct dependency of the distribution, extras aside: a
    corrected calendar of holidays or another engine may give other figures."""
    wanted = [one for one in requires("chiso") or () if "extra ==" not in one]
    names = sorted(found.group() for one in wanted if (found := _NAME.match(one)))
    return {"python": python_version(), **{name: version(name) for name in names}}
