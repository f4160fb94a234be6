"""One page of stored figures made again and again, in a process that is kept: `chiso preview` asks for it.

The process has what every page needs loaded already, so a page takes a second or two. What it has
loaded would be old after a change of parameters, words or code: then it is started afresh.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from chiso.base.catalogue import compile_catalogues
from chiso.base.errors import UserError
from chiso.base.files import fault_of, sha256
from chiso.base.i18n import _
from chiso.base.locations import params_dir, project_root
from chiso.base.processes import die_with
from chiso.base.terminal import tell_aside

# Under which name the cache has the page: there is one at a time.
KEY = "preview"


@dataclass(frozen=True)
class Wanted:
    """The page of a unit (its code) in a period (its name), and the folder to make it in."""

    period: str
    unit: str
    folder: Path


@dataclass(frozen=True)
class Made:
    """What became of it. `files`: where its HTML and its other files are, unless there is an `error`;
    `note`: what the reader has to know of its figures."""

    files: Path | None = None
    error: str = ""
    note: str = ""


class Maker:
    """The process that makes the page."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._process: tuple | None = None
        self.is_busy = False

    def begin(self, afresh: bool) -> None:
        """Begin to make the page as its files are now; what is being made is given up.

        `afresh`: by a new process.
        """
        if afresh or self.is_busy:
            self.stop()
        if self._process is None:
            self._process = self._start()
        self.is_busy = True
        self._process[1].send(None)

    def result(self) -> Made | None:
        """What was made, once; None while there is nothing."""
        if not self.is_busy or self._process is None or not self._process[1].poll():
            return None
        self.is_busy = False
        try:
            return self._process[1].recv()
        except EOFError:
            self.stop()
            return Made(error=_("The process that made the page was killed."))

    def stop(self) -> None:
        """End the process, and whatever it started."""
        if self._process is not None:
            process, channel = self._process
            process.kill()
            process.join()
            channel.close()
        self._process, self.is_busy = None, False

    def _start(self) -> tuple:
        # Started, not forked: this process has threads.
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(self._wanted, theirs, os.getpid()))
        process.start()
        theirs.close()
        return process, ours


def _serve(wanted: Wanted, channel: Connection, owner: int) -> None:
    """Make the page whenever it is asked for; runs in the process."""
    die_with(owner)
    is_first = True
    while True:
        channel.recv()
        channel.send(_make(wanted, is_first))
        is_first = False


def _make(wanted: Wanted, is_first: bool) -> Made:
    """The page; what went wrong is told, never raised."""
    try:
        if is_first:
            compile_catalogues()
        return _make_page(wanted)
    except OSError as error:
        return Made(error=fault_of(error))
    except UserError as error:
        return Made(error=str(error))
    except Exception as error:  # whatever it is: the next change may mend it
        return Made(error=f"{type(error).__name__}: {error}")


def _make_page(wanted: Wanted) -> Made:
    """As a report makes it (report.py), but of the figures that are stored, and not into the site."""
    from chiso.pages.own_text import check_texts
    from chiso.publishing.cache import Cache
    from chiso.publishing.execute import make_page, new_job
    from chiso.publishing.pages import check_parameters, unit_pages
    from chiso.publishing.report import preparation
    from chiso.store.pipeline import newest_stored

    figures = newest_stored(wanted.period)
    check_texts(figures, tell_aside)
    pages = unit_pages(figures, (wanted.unit,))
    page = next(page for page in pages if page.name == wanted.unit)
    check_parameters([page])
    cache = Cache(wanted.folder)
    job = new_job(cache, wanted.folder / "failed", "pandoc", preparation([page], figures.tree))
    outcome = make_page(page, KEY, job)
    if outcome.error:
        return Made(error=outcome.error)
    return Made(cache.entry(page.name, KEY), note=_note(figures.provenance.inputs, wanted.period))


def _says(path: Path, known: str) -> bool:
    """Whether a file is the one with that hash, a set's or a tree's other comments left aside."""
    from chiso.store.figures import store_dir
    from chiso.store.revisions import kept_as

    if sha256(path) == known:
        return True
    return path.is_relative_to(params_dir()) and kept_as(store_dir(), path) == known


def _note(inputs: dict[str, str], period: str) -> str:
    """Which files the stored figures were made from are others now."""
    root = project_root()
    changed = [
        name
        for name, known in inputs.items()
        if not (root / name).is_file() or not _says(root / name, known)
    ]
    if not changed:
        return ""
    return _(
        "The figures are those stored last; changed since: {files}. To score them: make report"
        " PERIOD={period}"
    ).format(files=", ".join(changed[:3]) + (" …" if len(changed) > 3 else ""), period=period)
