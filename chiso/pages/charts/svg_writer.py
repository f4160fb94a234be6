"""matplotlib's writer of SVG, with one difference: what a line of text measures is worked out once.

matplotlib forgets it with every picture, and shaping a line takes longer than writing it; most lines
(names of groups, indicators and classes, ticks) are the same on every page.
"""

from __future__ import annotations

import codecs
from functools import lru_cache
from typing import Any, cast

from matplotlib import cbook
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.textpath import TextToPath

_measuring = TextToPath()


class _Renderer(RendererSVG):
    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        # The file: which one a family stands for is a setting that may have changed.
        return _measured(s, prop, ismath, findfont(prop))


@lru_cache(maxsize=4096)
def _measured(
    text: str, letters: FontProperties, is_math: Any, _file: str
) -> tuple[float, float, float]:
    return _measuring.get_text_width_height_descent(text, letters, is_math)


class FigureCanvas(FigureCanvasSVG):
    """What matplotlib looks for in the module that `savefig(backend=...)` names."""

    def print_svg(
        self,
        filename: Any,
        *,
        bbox_inches_restore: Any = None,
        metadata: Any = None,
        **_of_other_formats: Any,
    ) -> None:
        """As matplotlib's own, by the renderer above."""
        with cbook.open_file_cm(filename, "w", encoding="utf-8") as opened:
            # The figure keeps this canvas: who saves it later may want bytes.
            wants_text = cbook.file_requires_unicode(opened)
            file = opened if wants_text else codecs.getwriter("utf-8")(opened)
            dots = self.figure.dpi
            self.figure.dpi = self.fixed_dpi
            width, height = self.figure.get_size_inches()
            wide, high = width * self.fixed_dpi, height * self.fixed_dpi
            renderer = MixedModeRenderer(
                self.figure,
                width,
                height,
                dots,
                _Renderer(wide, high, file, image_dpi=dots, metadata=metadata),
                bbox_inches_restore=bbox_inches_restore,
            )
            # It hands over what it does not do itself: a renderer to all but the checker of types.
            self.figure.draw(cast(RendererBase, renderer))
            renderer.finalize()
