"""What notebooks draw: SVG charts in one house style, each with an alt text that says the finding.

Narrow on purpose (5 inches): the letters stay readable when a phone shrinks the picture.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
import seaborn as sns
from matplotlib.figure import Figure

from chiso.explain import losses
from chiso.figures import Figures, UnitFigures
from chiso.i18n import _, points, short_points

INK, MUTED, TRACK = "#1b2733", "#5b6770", "#e3e8ec"
# Okabe-Ito blue and vermilion: told apart by colour-blind readers and in grey.
HELD, LOST = "#0072b2", "#d55e00"
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "chiso",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Segoe UI", "Arial"],
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "hatch.color": MUTED,
}
WIDTH = 5.0
# A heat map of more agencies than this shows colours only.
ANNOTATED = 40
_LABEL_WIDTH = 58


@dataclass(frozen=True)
class Chart:
    """An SVG picture with the sentence that stands for it; Jupyter shows it as it is."""

    svg: str
    title: str
    alt: str
    name: str

    def _repr_mimebundle_(self, **_options: object) -> tuple[dict[str, str], dict[str, object]]:
        mime = "image/svg+xml"
        about = {"title": self.title, "alt": self.alt, "name": self.name}
        return {mime: self.svg}, {mime: about}


def group_chart(unit: UnitFigures) -> Chart:
    """Points of the six groups against their maxima."""
    groups = list(unit.groups.itertuples())
    names = {group.code: str(group.name) for group in unit.figures.book.set.groups}
    with _figure(0.62 * len(groups) + 0.1) as figure:
        axes = _bare_axes(figure, len(groups), float(max(row.max_points for row in groups)))
        for place, row in enumerate(groups):
            held = 0.0 if row.points is None else float(row.points)
            shown = _("no data") if row.points is None else points(row.points)
            axes.barh(place, float(row.max_points), height=0.3, color=TRACK)
            axes.barh(place, held, height=0.3, color=HELD)
            _bar_label(axes, place, f"{row.group}. {names[row.group]}")
            axes.annotate(
                f"{shown} / {short_points(row.max_points)}",
                (float(row.max_points), place),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
            )
        svg = _svg(figure)
    scored = [row for row in groups if row.points is not None and row.max_points]
    alt = _("Points by group.")
    if scored:
        best = max(scored, key=lambda row: row.points / row.max_points)
        last = min(scored, key=lambda row: row.points / row.max_points)
        alt = _(
            "Points by group: nearest to its maximum is {best} ({best_points} of {best_max}),"
            " furthest from it {last} ({last_points} of {last_max})."
        ).format(
            best=names[best.group],
            best_points=points(best.points),
            best_max=short_points(best.max_points),
            last=names[last.group],
            last_points=points(last.points),
            last_max=short_points(last.max_points),
        )
    return Chart(svg, _("Points by group"), alt, "groups")


def lost_chart(unit: UnitFigures, shown: int = 8) -> Chart:
    """Where most points are lost, largest first."""
    rows = losses(unit)[:shown]
    with _figure(0.62 * max(len(rows), 1) + 0.1) as figure:
        axes = _bare_axes(figure, max(len(rows), 1), float(rows[0].points) if rows else 1.0)
        for place, loss in enumerate(rows):
            axes.barh(place, float(loss.points), height=0.3, color=LOST)
            _bar_label(axes, place, f"{loss.label}. {loss.name}")
            axes.annotate(
                points(loss.points),
                (float(loss.points), place),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
            )
        if not rows:
            axes.text(0, 0, _("No points are lost."))
        svg = _svg(figure)
    alt = _("No points are lost.")
    if rows:
        alt = _("Most points are lost on {items}.").format(
            items="; ".join(f"{loss.name} ({points(loss.points)})" for loss in rows[:3])
        )
    return Chart(svg, _("Where points are lost"), alt, "lost")


def heat_map(figures: Figures) -> Chart:
    """Agencies by indicators: the share of the maximum that each holds; hatched where there is none."""
    order = [unit.code for unit in figures.units]
    shares = _shares(figures, order)
    with _figure(0.27 * len(order) + 1.0, width=9.0) as figure:
        axes = figure.add_axes((0.34, 0.02, 0.65, 1 - 0.75 / (0.27 * len(order) + 1.0)))
        axes.set_facecolor("white")
        axes.patch.set_hatch("////")
        sns.heatmap(
            shares * 100,
            ax=axes,
            mask=np.isnan(shares),
            cmap="cividis",
            vmin=0,
            vmax=100,
            cbar=False,
            linewidths=0.6,
            linecolor="white",
            # Numbers and single cells would make a page of 190 agencies ten times heavier.
            annot=len(order) <= ANNOTATED,
            rasterized=len(order) > ANNOTATED,
            fmt=".0f",
            annot_kws={"size": 8},
            xticklabels=[str(rule.indicator.number) for rule in figures.book.rules],
            yticklabels=[_short(str(figures.tree.unit(code).name), 34) for code in order],
        )
        axes.xaxis.tick_top()
        axes.tick_params(length=0, labelsize=9)
        axes.tick_params(axis="y", rotation=0)
        axes.set_xlabel("")
        axes.set_title(
            _("Indicator, percent of its maximum (hatched: no data)"),
            fontsize=10,
            color=MUTED,
            pad=6,
        )
        svg = _svg(figure)
    title = _("Share of the maximum by agency and indicator")
    return Chart(svg, title, _heat_map_finding(figures, shares), "heat-map")


def _heat_map_finding(figures: Figures, shares: np.ndarray) -> str:
    means = {
        number: float(np.nanmean(column))
        for number, column in enumerate(shares.T, start=1)
        if not np.isnan(column).all()
    }
    if not means:
        return _("No indicator has points.")
    weakest = min(means, key=lambda number: means[number])
    return _(
        "Share of the maximum by agency and indicator; the lowest column is indicator {number}, {name}."
    ).format(number=weakest, name=figures.book.rule(weakest).indicator.name)


def _shares(figures: Figures, order: list[str]) -> np.ndarray:
    """points / max_points, units x 21 indicators; NaN where there are no points."""
    rows = {code: i for i, code in enumerate(order)}
    shares = np.full((len(order), len(figures.book.rules)), np.nan)
    for row in figures.scores.indicators.itertuples():
        if row.points is not None and row.max_points:
            shares[rows[row.unit], row.indicator - 1] = float(row.points / row.max_points)
    return shares


@contextmanager
def _figure(height: float, width: float = WIDTH) -> Iterator[Figure]:
    with matplotlib.rc_context(STYLE):
        yield Figure(figsize=(width, height))


def _bare_axes(figure: Figure, bars: int, widest: float):
    """Axes for labelled bars from zero, first on top, room for the values at the right."""
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0, widest * 1.28)
    axes.set_ylim(bars - 0.65, -0.75)
    axes.axis("off")
    return axes


def _bar_label(axes, place: int, text: str) -> None:
    axes.annotate(
        _short(text, _LABEL_WIDTH),
        (0, place - 0.22),
        xytext=(0, 2),
        textcoords="offset points",
        va="bottom",
        fontsize=10,
        color=INK,
    )


def _short(text: str, width: int) -> str:
    return textwrap.shorten(text, width, placeholder="…")


def _svg(figure: Figure) -> str:
    """The figure as SVG text without anything that changes from run to run."""
    buffer = io.StringIO()
    figure.savefig(
        buffer,
        format="svg",
        transparent=True,
        metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
    )
    text = buffer.getvalue()
    return text[text.index("<svg") :]
