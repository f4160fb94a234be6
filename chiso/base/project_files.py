"""What a project has besides the program: which files of a clone, or of the wheel, a new project begins with.

Read by hatch_build.py too, before the package is installed: nothing but the standard library.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

# What an analyst gets with `git clone`, without the program, its checks and figures of one's own.
PARTS = (
    "notebooks", "params", "reports", "data/samples", "docs", "Makefile", "README.vi.md",
    "LICENSE", "NOTICE", "SECURITY.md", "CHANGELOG.md", ".gitignore",
    ".vscode/settings.json",
)  # fmt: skip
# Where the wheel has them, in the package.
INSTALLED = "project"


def project_files(root: Path) -> Iterator[Path]:
    """The files of the project `root` that a new one begins with, as paths below `root`; not what is
    built, in folders of a part that begin with _ or a dot."""
    for part in PARTS:
        found = [root / part] if (root / part).is_file() else (root / part).rglob("*")
        for path in sorted(found):
            below = path.relative_to(root / part)
            if path.is_file() and not any(folder.name[:1] in "_." for folder in _above(below)):
                yield path.relative_to(root)


def _above(below: Path) -> Iterator[Path]:
    yield from (folder for folder in below.parents if folder.name)
