"""Data frames and figures of an analyst's own, shown as the house shows its tables and charts."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

import matplotlib
import pandas as pd
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler
from matplotlib.ticker import ScalarFormatter

from chiso.base.i18n import _, count, day
from chiso.pages.charts.style import (
    GRADES,
    HELD,
    LOST,
    MUTED,
    STYLE,
    WIDTH,
    Chart,
    number_ticks,
    svg,
)
from chiso.pages.tables.table import Field, Kind, Table, Value

# Rows of a data frame that a page shows: as many as pandas itself would show.
_SHOWN = 60
_INLINE = "module://matplotlib_inline.backend_inline"
_tables, _charts = itertools.count(1), itertools.count(1)


def show_own_parts(shell: InteractiveShell) -> None:
    """From now on the notebook of `shell` shows data frames, Stylers (with their caption) and figures
    of matplotlib and seaborn in the house style, whether shown as a last line or by plt.show()."""
    set_own_style()
    shown = cast(DisplayFormatter, shell.display_formatter).ipython_display_formatter
    shown.for_type(pd.DataFrame, _show_frame)
    shown.for_type(pd.Series, lambda series: _show_frame(series.to_frame()))
    shown.for_type(Figure, _show_figure)
    # What is drawn is shown by itself at the end of its cell.
    for module, name in (("matplotlib.axes._base", "_AxesBase"), ("seaborn.axisgrid", "_BaseGrid")):
        shown.for_type_by_name(module, name, lambda _drawn: True)
    shown.for_type_by_name(
        "pandas.io.formats.style",
        "Styler",
        lambda styled: _show_frame(styled.data, styled.caption),
    )


def set_own_style() -> None:
    """From now on figures of this process are drawn in the house style and shown in the notebook.

    The first time matplotlib reads what every installed package offers.
    """
    matplotlib.rcParams["backend"] = _INLINE
    matplotlib.rcParams.update(STYLE)
    matplotlib.rcParams["figure.figsize"] = (WIDTH, 0.68 * WIDTH)
    matplotlib.rcParams["axes.prop_cycle"] = cycler(color=[HELD, LOST, MUTED, *GRADES[:0:-1]])


def own_table(frame: pd.DataFrame, caption: str, anchor: str) -> Table:
    """A data frame as a table of the house: its index too where it has names or is no mere count;
    whole numbers as counts, other numbers with two decimals, an absent value as none."""
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    rows = frame.head(_SHOWN)
    if len(frame) > _SHOWN:
        caption = _("{caption} ({shown} of {number} rows)").format(
            caption=caption, shown=_SHOWN, number=count(len(frame))
        )
    kinds = [_kind(frame.iloc[:, i]) for i in range(frame.shape[1])]
    return Table(
        anchor=anchor,
        sheet=caption,
        caption=caption,
        fields=tuple(
            Field(_heading(name), kind) for name, kind in zip(frame.columns, kinds, strict=True)
        ),
        rows=[
            [_value(cell, kind) for cell, kind in zip(row, kinds, strict=True)]
            for row in rows.itertuples(index=False, name=None)
        ],
    )


def _show_frame(frame: pd.DataFrame, caption: str | None = None) -> bool:
    number = next(_tables)
    display(
        own_table(
            frame, caption or _("Table {number}").format(number=number), f"own-table-{number}"
        )
    )
    return True


def _show_figure(figure: Figure) -> bool:
    number = next(_charts)
    title = _taken_title(figure) or _("Chart {number}").format(number=number)
    for axes in figure.axes:
        _style(axes)
    if figure.get_layout_engine() is None:
        figure.set_layout_engine("constrained")
    with matplotlib.rc_context(STYLE):
        picture = svg(figure)
    display(Chart(picture, title, f"own-{number}", _("Source: compiled by the report's author.")))
    from matplotlib import pyplot  # deferred: only who draws with it needs it

    # Shown once: matplotlib would show every open figure again at the end of the cell.
    pyplot.close(figure)
    return True


def _taken_title(figure: Figure) -> str:
    """The title, which the page shows above the picture, taken out of the picture."""
    title = figure.get_suptitle()
    if title:
        figure.suptitle("")
        return title
    if len(figure.axes) == 1:
        title = figure.axes[0].get_title()
        figure.axes[0].set_title("")
    return title


def _style(axes: Axes) -> None:
    """Numbers as the reader writes them, and no lines around the picture but its two axes."""
    for axis in (axes.xaxis, axes.yaxis):
        if isinstance(axis.get_major_formatter(), ScalarFormatter):
            number_ticks(axis)
    for side in {"top", "right"} & set(axes.spines):
        axes.spines[side].set_visible(False)


def _heading(name: object) -> str:
    if isinstance(name, tuple):
        return " / ".join(map(str, name))
    return _("Item") if name == "index" else str(name)


def _kind(column: pd.Series) -> Kind:
    """Numbers that are all whole are counts, whether pandas keeps them as such or, for want of
    one of them, as floats."""
    present = column.dropna()
    if present.empty or not all(
        isinstance(cell, int | float | Decimal | Fraction) and not isinstance(cell, bool)
        for cell in present.tolist()
    ):
        return "text"
    return "count" if all(cell == int(cell) for cell in present.tolist()) else "points"


def _value(cell: Any, kind: Kind) -> Value:
    if pd.api.types.is_scalar(cell) and pd.isna(cell):
        return None
    if kind == "count":
        return int(cell)
    if kind == "points":
        return cell if isinstance(cell, Decimal | Fraction) else Decimal(str(cell))
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    return day(cell) if isinstance(cell, date) else str(cell)
