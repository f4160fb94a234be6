"""Notebooks executed by papermill, one a page, side by side, and turned into Markdown documents."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from chiso.errors import ParameterError
from chiso.i18n import _
from chiso.locations import project_root
from chiso.markdown import attribute
from chiso.publishing.downloads import write_tables

# Kernels run side by side: each keeps to one thread.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)


@dataclass(frozen=True)
class Page:
    """One page to make: its name (file name without ending), notebook and parameters.

    `front`: what the document says about itself (title, language, links) for the writer.
    """

    name: str
    notebook: Path
    parameters: Mapping[str, str | int]
    front: Mapping[str, object]


@dataclass(frozen=True)
class Outcome:
    """What became of a page: no `error` means that its document is in the folder."""

    name: str
    error: str | None = None

    @property
    def reason(self) -> str:
        """The first line of the error."""
        return (self.error or "").partition("\n")[0]


def check_parameters(pages: Iterable[Page]) -> None:
    """ParameterError where a notebook lacks a parameter that it gets, or one has no value.

    papermill itself only warns of it.
    """
    import papermill

    declared: dict[Path, set[str]] = {}
    for page in pages:
        if page.notebook not in declared:
            declared[page.notebook] = set(papermill.inspect_notebook(str(page.notebook)))
        odd = declared[page.notebook] ^ set(page.parameters)
        if odd:
            raise ParameterError(
                _("the parameters cell and the report do not agree on: {names}.").format(
                    names=", ".join(sorted(odd))
                ),
                file=page.notebook,
                hint=_("Restore the cell tagged “parameters”."),
            )


def execute_pages(pages: list[Page], folder: Path, jobs: int) -> Iterator[Outcome]:
    """Make the documents of `pages` in `folder`, `jobs` at a time; outcomes as they come in."""
    from joblib import Parallel, delayed

    parallel = Parallel(n_jobs=min(jobs, max(len(pages), 1)), return_as="generator_unordered")
    yield from parallel(delayed(execute_page)(page, folder) for page in pages)


def execute_page(page: Page, folder: Path) -> Outcome:
    """Run one notebook and write <name>.qmd and its figures; an error is told, not raised.

    The executed notebook of a page that failed stays in `folder` as <name>.ipynb.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    os.environ.update(ONE_THREAD)
    executed = folder / f"{page.name}.ipynb"
    try:
        # Sockets in files of its own: nothing listens, and no two kernels can take the same port.
        # A short path, because the system allows about 100 characters for a socket's name.
        with TemporaryDirectory(prefix="chiso-") as sockets:
            papermill.execute_notebook(
                str(page.notebook),
                str(executed),
                parameters=dict(page.parameters),
                kernel_name="python3",
                progress_bar=False,
                cwd=str(project_root()),
                config=Config(ConnectionFileMixin={"transport": "ipc", "ip": f"{sockets}/k"}),
            )
        write_document(page, folder, _markdown(executed, page.name, folder))
        write_tables(executed, folder / f"{page.name}.xlsx")
        executed.unlink()
    except PapermillExecutionError as error:
        return Outcome(page.name, f"{error.ename}: {error.evalue}")
    except Exception as error:  # a kernel that died, a full disk: this page's trouble only
        return Outcome(page.name, f"{type(error).__name__}: {error}")
    return Outcome(page.name)


def write_document(page: Page, folder: Path, body: str) -> None:
    """Write <name>.qmd: what the page says about itself, then its body."""
    front = yaml.safe_dump(dict(page.front), allow_unicode=True, sort_keys=False, width=1000)
    (folder / f"{page.name}.qmd").write_text(f"---\n{front}---\n\n{body}", encoding="utf-8")


def _markdown(executed: Path, name: str, folder: Path) -> str:
    """The executed notebook as Markdown; its figures are written as <name>_N.svg beside it."""
    from nbconvert import MarkdownExporter

    exporter = MarkdownExporter(
        template_name="document",
        extra_template_basedirs=[str(project_root() / "reports" / "nbconvert")],
        filters={"document_attribute": attribute},
    )
    body, resources = exporter.from_filename(
        str(executed), resources={"unique_key": name, "output_files_dir": "."}
    )
    for file, content in resources["outputs"].items():
        (folder / file).write_bytes(content)
    return body
