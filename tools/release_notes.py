"""What a release says of itself: a section of CHANGELOG.md by kind of change, on the standard output.

    python tools/release_notes.py [VERSION]

VERSION: 0.1.0; without one the newest section, which is the unreleased one while there is any.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).parent.parent / "CHANGELOG.md"
UNRELEASED = "Unreleased"
# In the order in which they are read, with their headings.
KINDS = {"New": "New", "Changed": "Changed", "Fixed": "Mended"}
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_ENTRY = re.compile(r"^- \*\*(\w+)\*\* (.+?)(?=^- |^#|\Z)", re.MULTILINE | re.DOTALL)


def sections(text: str) -> dict[str, str]:
    """The sections of a changelog, newest first: "Unreleased", or a version (of "## 0.1.0 (30/11/2026)")."""
    parts = _SECTION.split(text)[1:]
    return {title.split(" ")[0]: body for title, body in zip(parts[::2], parts[1::2], strict=True)}


def entries(section: str) -> list[tuple[str, str]]:
    """(kind, text in one line) of every entry."""
    return [(kind, " ".join(words.split())) for kind, words in _ENTRY.findall(section)]


def notes(text: str, version: str | None = None) -> str:
    """The notes of a version, of the newest section without one. KeyError for one that is not there."""
    known = sections(text)
    title = version or next(iter(known))
    found = entries(known[title])
    lines = [f"# chiso {title}", ""]
    for kind, heading in KINDS.items():
        told = [f"- {words}" for one, words in found if one == kind]
        if told:
            lines += [f"## {heading}", "", *told, ""]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Print the notes; 2 where the changelog has no such version."""
    text = CHANGELOG.read_text("utf-8")
    try:
        print(notes(text, *arguments), end="")
    except KeyError as missing:
        print(
            f"CHANGELOG.md has no section {missing}: {', '.join(sections(text))}", file=sys.stderr
        )
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:2]))
