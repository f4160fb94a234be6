"""What the pages of agencies take by stage, in CPU seconds: the program's own steps, timed from outside.

    CHISO_PROJECT=... python benchmarks/stages.py --pages 12

Records are invented and scored first where the project has no figures of the period; only the pages are timed.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from measured import table

PERIOD = "2022-09"
# The steps of publishing/execute.py that make a page's files, by what they are called here.
_STEPS = {
    "_run_notebook": "notebook, this side",
    "_markdown": "document",
    "write_document": "document",
    "write_tables": "tables workbook",
    "write_cases": "cases workbook",
    "render": "pandoc: HTML, Word, PDF's source",
    "finish_papers": "PDF, Word's last",
}
_KERNEL, _CHARTS, _REST = "notebook, its kernel", "of which charts", "assembling, cache"


def main() -> None:
    """Make so many pages and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=12)
    spent, pages = _spent(parser.parse_args().pages)
    whole = sum(seconds for name, seconds in spent.items() if name != _CHARTS)
    rows = [
        (name, f"{seconds / pages:.3f}", f"{seconds / whole:.0%}")
        for name, seconds in spent.items()
    ]
    rows.append((f"all, mean of {pages} agencies", f"{whole / pages:.3f}", "100%"))
    print(table(("stage", "CPU s a page", "share"), rows))


def _spent(number: int) -> tuple[dict[str, float], int]:
    """CPU seconds by stage of so many agencies' pages, spread over the tree, and how many they were."""
    from chiso.base.period import parse_period
    from chiso.commands.providing import provide_records
    from chiso.publishing import execute
    from chiso.publishing.cache import Cache
    from chiso.publishing.pages import unit_pages
    from chiso.publishing.report import preparation
    from chiso.rules.settings import load_settings
    from chiso.store.pipeline import score_period

    settings = load_settings(parse_period(PERIOD))
    provide_records(settings, lambda _said: None)
    figures = score_period(settings, lambda _said: None)
    pages = [page for page in unit_pages(figures, ()) if page.unit != figures.tree.province]
    chosen = pages[:: max(len(pages) // number, 1)][:number]
    spent = defaultdict[str, float](float)
    for name, stage in _STEPS.items():
        setattr(execute, name, _timed(getattr(execute, name), stage, spent))
    with tempfile.TemporaryDirectory(prefix="chiso-bench-") as folder:
        cache = Cache(Path(folder) / "cache")
        job = execute.new_job(
            cache, Path(folder) / "failed", "pandoc", preparation(pages, figures.tree)
        )
        # The first one starts the prepared process and loads what the others find there.
        _make(execute.make_page(chosen[0], "warm", job))
        spent.clear()
        ours, kernels = _cpu(), _kernels()
        for page in chosen:
            _make(execute.make_page(page, "timed", job))
        kernel = _kernels() - kernels
        rest = _cpu() - ours - sum(spent.values())
    found = {_KERNEL: kernel, _CHARTS: _charts(figures, [page.unit for page in chosen])}
    return {**found, **spent, _REST: max(rest, 0.0)}, len(chosen)


def _make(outcome: Any) -> None:
    if outcome.error:
        raise SystemExit(f"{outcome.name}: {outcome.error}")


def _timed(step: Callable, stage: str, spent: dict[str, float]) -> Callable:
    @wraps(step)
    def timed(*arguments: Any, **named: Any) -> Any:
        before = _cpu()
        try:
            return step(*arguments, **named)
        finally:
            spent[stage] += _cpu() - before

    return timed


def _cpu() -> float:
    """CPU of this process and of what it has run to its end."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _kernels() -> float:
    """CPU of the kernels that have ended, and of the process that they are forked from."""
    from chiso.publishing.kernel import _servers

    found = 0
    for server in _servers.values():
        fields = Path(f"/proc/{server.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        found += sum(map(int, fields[11:15]))
    return found / os.sysconf("SC_CLK_TCK")


def _charts(figures: Any, codes: list[str]) -> float:
    """CPU of drawing the charts of these agencies, once every function has been used."""
    from chiso.pages import charts

    drawn = (charts.group_chart, charts.lost_chart, charts.trend_chart, charts.strip_chart,
             charts.district_heat_map)  # fmt: skip
    for draw in drawn:
        draw(figures.unit(codes[-1]))
    before = _cpu()
    for code in codes:
        unit = figures.unit(code)
        for draw in drawn:
            draw(unit)
    return _cpu() - before


if __name__ == "__main__":
    main()
