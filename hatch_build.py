"""What the wheel has besides the modules: the files that `chiso init` makes a project from, and messages in
Vietnamese."""

import runpy
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ProjectHook(BuildHookInterface):
    """Run by hatchling for every build; an editable install reads everything where it lies."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files to the wheel and compile its catalogues."""
        if version == "editable":
            return
        root = Path(self.root)
        known = runpy.run_path(str(root / "chiso" / "base" / "project_files.py"))
        for path in known["project_files"](root):
            inside = f"chiso/{known['INSTALLED']}/{path.as_posix()}"
            build_data["force_include"][str(root / path)] = inside
        for source in (root / "chiso" / "base" / "locale").rglob("*.po"):
            with source.open("rb") as words, source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(words))
