"""The two writers of pages: what both are given, how they are called, and pandoc's HTML.

Quarto (quarto.py) writes where it is installed, else pandoc. Both take their options from
reports/_quarto.yml, so a page does not depend on which one wrote it.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import yaml

from chiso.base.errors import ParameterError, UserError
from chiso.base.i18n import _
from chiso.base.locations import project_root
from chiso.publishing.finish import finish_page

WriterName = Literal["auto", "quarto", "pandoc"]
# Under a C locale both programs fail on file names that are not ASCII. The day on which a Word file
# was packed is in its bytes: always the same one. Colours would stand in messages as signs.
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "SOURCE_DATE_EPOCH": "946684800",
    "NO_COLOR": "1",
}
PROJECT_FILES = (
    "_quarto.yml",
    "page.html",
    "page.css",
    "page.js",
    "page.lua",
    "charts.js",
    "compare.js",
    "index.js",
    "paper.lua",
    "paper-layout.lua",
    "papers.lua",
    "paper.typst",
    "typst-template.typ",
    "typst-show.typ",
    "paper.openxml",
    "reference.docx",
)
# Options of a format in _quarto.yml that pandoc knows by the same name.
_OPTIONS = ("from", "template", "css", "wrap", "columns")
# Haskell's garbage: young in the processor's cache, old left alone in a process that soon ends.
_MEMORY = ("+RTS", "-A16m", "-O64m", "-RTS")
# Writes the papers of a page beside its HTML.
PAPERS = "papers.lua"
# How much of what a program said is shown, where its error begins, and what is no trouble.
_TAIL = 2000
_ERROR = re.compile(r"^error\b", re.IGNORECASE | re.MULTILINE)
_WARNING = re.compile(r"\(W\)|\[?WARN(ING)?\b")


class RenderError(UserError):
    """The writer failed; its own words are in the message."""


class KilledError(RenderError):
    """The writer was killed, and again when it was tried once more."""


def choose_writer(wanted: WriterName) -> Literal["quarto", "pandoc"]:
    """The writer to use; ParameterError if Quarto is asked for and not installed."""
    if wanted == "pandoc":
        return "pandoc"
    if shutil.which("quarto"):
        return "quarto"
    if wanted == "quarto":
        raise ParameterError(
            _("Quarto is not installed, or not on the PATH."),
            hint=_("Install it (conda-forge: quarto), or run with --writer pandoc."),
        )
    return "pandoc"


def prepare(folder: Path) -> Path:
    """Make `folder` a Quarto project of its own; returns the folder that its pages go to.

    Once, before any page is written: several processes may read what it copies.
    """
    for name in PROJECT_FILES:
        shutil.copyfile(project_root() / "reports" / name, folder / name)
    output = output_folder(folder)
    output.mkdir(exist_ok=True)
    return output


def render(folder: Path, pages: Sequence[str], papers: bool = False) -> Path:
    """Write <page>.html for every <page>.qmd of `folder` with pandoc; returns the folder that holds
    them. Nothing outside `folder` is read or written. `papers`: leave there what paper.finish makes
    the PDF and the Word file of."""
    output = prepare(folder)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda page: run(pandoc_command(folder, page, papers), folder), pages))
    for page in pages:
        finish_page(output / f"{page}.html")
    return output


def pandoc_command(folder: Path, page: str, papers: bool = False) -> list[str]:
    """The pandoc call that does for one page what reports/_quarto.yml asks of Quarto; with `papers`
    for its PDF and its Word file too (reports/papers.lua)."""
    import pypandoc

    options = project_options(folder)["format"]["html"]
    return [
        pypandoc.get_pandoc_path(),
        f"{page}.qmd",
        "--to=html",
        "--standalone",
        *(f"--{name}={options[name]}" for name in _OPTIONS if name in options),
        *(f"--lua-filter={name}" for name in ((PAPERS,) if papers else ())),
        *(f"--lua-filter={name}" for name in options["filters"]),
        "--embed-resources",
        *_MEMORY,
        f"--output={output_folder(folder) / page}.html",
    ]


def output_folder(folder: Path) -> Path:
    """Where the pages of the project in `folder` go."""
    return folder / project_options(folder)["project"]["output-dir"]


def project_options(folder: Path) -> dict:
    """What _quarto.yml in `folder` says."""
    text = (folder / "_quarto.yml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.CSafeLoader)


def run(
    command: list[str], folder: Path, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the program in `folder`, with `more` in its environment; RenderError with its errors if it
    fails.

    One that was killed is tried once more, as a kernel is: the machine was short of memory.
    """
    for _attempt in range(2):
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **ENVIRONMENT, **(more or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode >= 0:
            break
    if done.returncode and os.strerror(errno.ENOSPC).encode() in done.stderr:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if done.returncode:
        kind = KilledError if done.returncode < 0 else RenderError
        raise kind(
            _("{program} failed with code {code}: {said}").format(
                program=Path(command[0]).name, code=done.returncode, said=last_words(done)
            ),
            hint=_("Try the other writer with --writer, or send this message to the developers."),
        )
    return done


def last_words(done: subprocess.CompletedProcess[bytes]) -> str:
    """What the program said of its error, or said at all, without its warnings."""
    lines = map(str.strip, done.stderr.decode("utf-8", "replace").splitlines())
    said = "\n".join(line for line in lines if line and not _WARNING.match(line))
    error = _ERROR.search(said)
    return said[error.start() if error else 0 :][-_TAIL:]
