"""What typst compiles, with the same fonts on every machine: a source to PDF, SVGs to PNG."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from chiso.base.errors import UserError
from chiso.base.i18n import _
from chiso.base.locations import project_root

# Dots per inch of a picture for a program that can't show SVG.
_DPI = 150
# What typst did not need for so many compilations, it forgets.
_REMEMBERED = 10


def pdf(source: bytes, folder: Path, standard: Any) -> bytes:
    """The PDF of a typst source whose pictures are in `folder`; UserError if typst refuses it.

    `standard`: one that typst knows, such as "ua-1", a PDF that can be listened to.
    """
    import typst

    try:
        return typst.compile(source, root=str(folder), font_paths=_fonts(), pdf_standards=standard)
    except typst.TypstError as error:
        raise UserError(
            _("{program} failed with code {code}: {said}").format(
                program="typst", code=1, said=error
            ),
            hint=_("Try the other writer with --writer, or send this message to the developers."),
        ) from error


def pngs(svgs: Sequence[bytes]) -> list[bytes]:
    """SVGs as PNG on white, drawn as in the PDF; all at once, because typst takes as long to begin as to
    draw one."""
    import typst

    source = (
        "#set page(width: auto, height: auto, margin: 0mm, fill: white)\n"
        + "#pagebreak()\n".join(
            f'#image(bytes(sys.inputs.at("{place}")), format: "svg")\n'
            for place in range(len(svgs))
        )
    )
    drawn = typst.compile(
        source.encode(),
        format="png",
        ppi=_DPI,
        font_paths=_fonts(),
        sys_inputs={str(place): svg.decode("utf-8") for place, svg in enumerate(svgs)},
    )
    # Of one page typst gives the picture itself.
    return drawn if isinstance(drawn, list) else [drawn]


def forget() -> None:
    """Let go of what typst remembers of papers for the next ones: they have little in common, and of
    ten pages it is 170 MB. Nothing else of its package does so than to compile."""
    import typst

    for _age in range(_REMEMBERED):
        typst.compile(b"", format="svg", font_paths=_fonts())


@cache
def _fonts() -> Any:
    """typst's own fonts, that of papers and those of the charts, never the system's."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=font_folders())


def font_folders() -> list[str]:
    """The folders of the fonts of papers (as wide as Times New Roman) and of charts (matplotlib's)."""
    charts = files("matplotlib") / "mpl-data" / "fonts" / "ttf"
    return [str(project_root() / "reports" / "fonts"), str(charts)]
