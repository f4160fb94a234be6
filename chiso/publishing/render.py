"""Documents to HTML pages by one of two writers: Quarto where it is installed, else pandoc.

Both take their options from reports/_quarto.yml, so a page does not depend on which one wrote it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import yaml

from chiso.errors import ParameterError, UserError
from chiso.i18n import _
from chiso.locations import project_root

WriterName = Literal["auto", "quarto", "pandoc"]
# Under a C locale both programs fail on file names that are not ASCII.
ENVIRONMENT = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
PROJECT_FILES = ("_quarto.yml", "page.html", "page.css", "page.js", "index.js")
_TAIL = 2000


class RenderError(UserError):
    """The writer failed; its own words are in the message."""


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


def render(folder: Path, pages: Sequence[str], writer: Literal["quarto", "pandoc"]) -> Path:
    """Write <page>.html for every <page>.qmd of `folder`; returns the folder that holds them.

    `folder` becomes a Quarto project of its own: nothing outside it is read or written.
    """
    for name in PROJECT_FILES:
        shutil.copyfile(project_root() / "reports" / name, folder / name)
    output = folder / _project(folder)["project"]["output-dir"]
    output.mkdir()
    if writer == "quarto":
        _run(["quarto", "render", str(folder)], folder)
    else:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda page: _run(pandoc_command(folder, page), folder), pages))
    absent = [page for page in pages if not (output / f"{page}.html").is_file()]
    if absent:
        raise RenderError(
            _("The writer made no page for {pages}.").format(pages=", ".join(absent[:5]))
        )
    return output


def pandoc_command(folder: Path, page: str) -> list[str]:
    """The pandoc call that does for one page what reports/_quarto.yml asks of Quarto."""
    import pypandoc

    project = _project(folder)
    options = project["format"]["html"]
    return [
        pypandoc.get_pandoc_path(),
        f"{page}.qmd",
        f"--from={options['from']}",
        "--to=html5",
        "--standalone",
        f"--template={options['template']}",
        f"--css={options['css']}",
        f"--wrap={options['wrap']}",
        f"--columns={options['columns']}",
        *(["--embed-resources"] if options["embed-resources"] else []),
        f"--output={project['project']['output-dir']}/{page}.html",
    ]


def _project(folder: Path) -> dict:
    return yaml.safe_load((folder / "_quarto.yml").read_text(encoding="utf-8"))


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **ENVIRONMENT},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()[-_TAIL:]
        raise RenderError(
            _("{program} failed with code {code}: {said}").format(
                program=Path(command[0]).name, code=done.returncode, said=said
            ),
            hint=_("Try the other writer with --writer, or send this message to the developers."),
        )
