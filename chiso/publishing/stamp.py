"""What every page says alike of the revision that it shows: its subtitle and its table of origin.

Both change with the figures of any agency. A page whose own content stayed is not made again for
them: they are taken over into it, so the site shows one revision and one origin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from chiso.figures import Figures
from chiso.publishing.execute import write_document
from chiso.publishing.pages import Page
from chiso.publishing.render import render

_BLOCKS = (
    re.compile(r'<p class="subtitle">.*?</p>', re.DOTALL),
    re.compile(r'<div id="table-provenance".*?</table>\s*</div>', re.DOTALL),
)


@dataclass(frozen=True)
class Stamp:
    """The two blocks as HTML, of one revision."""

    blocks: tuple[str, ...]

    def put(self, html: str) -> str:
        """`html` with these blocks in the place of its own; ValueError where it lacks one."""
        for pattern, block in zip(_BLOCKS, self.blocks, strict=True):
            html, found = pattern.subn(lambda _match, text=block: text, html)
            if found != 1:
                raise ValueError("a page without the blocks of its revision")
        return html


def can_be_stamped(path: Path) -> bool:
    """Whether a page has the blocks; one of another template may lack them, and is made again."""
    html = path.read_text(encoding="utf-8")
    return all(len(pattern.findall(html)) == 1 for pattern in _BLOCKS)


def stamp_of(figures: Figures, page: Page) -> Stamp | None:
    """The blocks of a revision, as the writer writes them on `page`; None if they can't be found."""
    from chiso import tables

    with TemporaryDirectory(prefix="chiso-") as name:
        folder = Path(name)
        write_document(page, folder, tables.provenance(figures).data + "\n")
        path = render(folder, [page.name], "pandoc") / f"{page.name}.html"
        html = path.read_text(encoding="utf-8")
    found = [pattern.findall(html) for pattern in _BLOCKS]
    return Stamp(tuple(texts[0] for texts in found)) if all(map(len, found)) else None
