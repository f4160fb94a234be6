"""A page made again whenever something that it is made from is saved, and shown in a browser meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from watchfiles import Change, watch

from chiso.base.files import scratch_folder
from chiso.base.i18n import _, one_decimal
from chiso.base.locations import project_root
from chiso.base.period import Period
from chiso.base.versions import PACKAGE
from chiso.publishing.one_page import Made, Maker, Wanted
from chiso.publishing.preview_server import Shown, serving

# Milliseconds that a change is waited for before it is looked whether the page is made.
_TICK = 100
# What the process that makes the page reads anew each time, below the project's folder.
_READ_EACH_TIME = ("notebooks", "reports", "params/commentary")


def preview(period: Period, unit: str, port: int, tell: Callable[[str], None]) -> None:
    """Show the page of a unit that has stored figures until Ctrl-C, made again after every change.

    Nothing of it is kept: site and store stay as they are. A page that can't be made leaves the last
    good one in the browser, below the reason. UserError where the port is in use.
    """
    shown = Shown(unit, notice=_("The page is being made ..."))
    with serving(shown, port) as address, scratch_folder() as folder:
        tell(_("Preview of {unit}, {period}: {address} (Ctrl+C ends it)").format(
            unit=unit, period=period.label, address=address
        ))  # fmt: skip
        maker = Maker(Wanted(period.name, unit, folder))
        try:
            _follow(maker, shown, tell)
        except KeyboardInterrupt:
            tell(_("The preview has ended."))
        finally:
            maker.stop()


def _follow(maker: Maker, shown: Shown, tell: Callable[[str], None]) -> None:
    """Make the page, and again whenever something was saved; ends by KeyboardInterrupt alone."""
    since, saved = time.monotonic(), ""
    maker.begin(afresh=True)
    for changes in watch(
        *_watched(), watch_filter=_matters, rust_timeout=_TICK, yield_on_timeout=True, step=50
    ):
        if changes:
            paths = sorted({Path(path) for _kind, path in changes})
            since, saved = time.monotonic(), _named(paths)
            maker.begin(afresh=not all(map(_is_read_each_time, paths)))
        made = maker.result()
        if made:
            _show(made, shown)
            tell(_told(made, saved, time.monotonic() - since))


def _show(made: Made, shown: Shown) -> None:
    if made.files:
        shown.replace(made.files, made.note)
    else:
        words = _("The page could not be made; below is the last one that could: {error}")
        if not shown.html:
            words = _("The page could not be made: {error}")
        shown.notice = words.format(error=made.error)


def _told(made: Made, saved: str, seconds: float) -> str:
    words = _("made in {seconds} seconds") if made.files else _("could not be made: {error}")
    said = words.format(seconds=one_decimal(Decimal(seconds)), error=made.error)
    return "\n  ".join(filter(None, [f"{saved}: {said}" if saved else said, made.note]))


def _watched() -> list[Path]:
    return [*(project_root() / name for name in ("notebooks", "params", "reports")), PACKAGE]


def _matters(_kind: Change, path: str) -> bool:
    """Whether a page may be made from a file: not what editors leave beside it, nor what was built."""
    name = _relative(Path(path))
    if name.name.endswith(("~", ".tmp")) or any(part.startswith(".") for part in name.parts):
        return False
    if name.parts[0] == "reports":
        return not name.parts[1].startswith("_") or name.parts[1] == "_quarto.yml"
    return name.parts[0] in ("notebooks", "params") or name.suffix in (".py", ".po")


def _is_read_each_time(path: Path) -> bool:
    return any(_relative(path).is_relative_to(folder) for folder in _READ_EACH_TIME)


def _relative(path: Path) -> Path:
    """As seen from the project; the package may be elsewhere."""
    root = project_root()
    return path.relative_to(root if path.is_relative_to(root) else PACKAGE.parent)


def _named(paths: list[Path]) -> str:
    # Many programs save by way of a second file, which is gone by now.
    there = [path for path in paths if path.exists()] or paths
    names = [_relative(path).as_posix() for path in there]
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
