"""One page from its notebook to its files: run by papermill, written as Markdown, then as HTML.

`make_page` is the task that workers are given: it says what went wrong and never raises, and what
it makes is in the cache, complete, or not there at all.
"""

from __future__ import annotations

import os
import shutil
import threading
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import yaml

from chiso.base.errors import UserError
from chiso.base.files import fault_of, scratch_folder
from chiso.base.i18n import _, current_language, use_language
from chiso.base.locations import project_root
from chiso.base.markdown import attribute, escape, strong
from chiso.base.versions import code_hash
from chiso.publishing.cache import CASES, DATA, TABLES, Cache
from chiso.publishing.case_files import write_cases, write_causes
from chiso.publishing.comparison import write_comparison
from chiso.publishing.covers import cover
from chiso.publishing.downloads import write_tables
from chiso.publishing.kernel import KernelError, Limits, Preparation
from chiso.publishing.pages import COMPARE, Page
from chiso.publishing.paper import finish_papers
from chiso.publishing.render import KilledError, render
from chiso.rules.units import RECONCILE

# papermill changes the working directory: one page at a time in a process, whatever its threads.
_ALONE = threading.Lock()


@dataclass(frozen=True)
class Job:
    """What a worker must know beside the page: where, in which language, within which limits.

    `project` and `code`: a worker on another machine sees the same folder and has the same code.
    `writer`: "pandoc" to write the page here; Quarto writes many together, later (quarto.py).
    """

    cache: Cache
    failed: Path
    writer: str
    preparation: Preparation
    project: Path
    language: str
    code: str
    limits: Limits = field(default_factory=Limits)


class DiedTwiceError(UserError):
    """The process that ran a notebook was killed, and again when it was tried once more."""


@dataclass(frozen=True)
class Outcome:
    """What became of a page: no `error` means that its files are in the cache.

    `is_machines`: the fault is the machine's (a full disk, a process that was killed), not the
    page's; the page of an earlier run is still good.
    """

    name: str
    error: str | None = None
    is_machines: bool = False

    @property
    def reason(self) -> str:
        """The first line of the error."""
        return (self.error or "").partition("\n")[0]


def new_job(cache: Cache, failed: Path, writer: str, preparation: Preparation) -> Job:
    """A job in this process's project, language and code."""
    return Job(cache, failed, writer, preparation, project_root(), current_language(), code_hash())


def make_page(page: Page, key: str, job: Job) -> Outcome:
    """Make all files of one page and keep them in the cache under `key`.

    The executed notebook of a page that failed is moved to `job.failed`.
    """
    try:
        with _ALONE:
            _enter(job)
            with job.cache.work_folder() as work:
                executed = work / f"{page.name}.ipynb"
                error = _run_notebook(page, executed, job)
                if error:
                    return Outcome(page.name, error)
                _write_files(page, executed, job)
                executed.unlink()
                job.cache.keep(work, page.name, key)
    except OSError as error:
        return Outcome(page.name, fault_of(error), is_machines=True)
    except (KilledError, DiedTwiceError) as error:
        return Outcome(page.name, str(error), is_machines=True)
    except UserError as error:
        return Outcome(page.name, str(error))
    except Exception as error:  # a writer that fails: this page's trouble only
        return Outcome(page.name, f"{type(error).__name__}: {error}")
    return Outcome(page.name)


def _write_files(page: Page, executed: Path, job: Job) -> None:
    """Everything that is made from an executed notebook, beside it, as <page>.* or <page>-*: these
    files become the page's entry in the cache."""
    work = executed.parent
    write_document(page, work, _markdown(executed, page.name))
    about = partial(cover, page, _("Tables of the report"))
    write_tables(executed, work / f"{page.name}{TABLES}", about)
    if page.unit:
        write_cases(page, work / f"{page.name}{CASES}")
    if page.name == RECONCILE:
        write_causes(page, work)
    if page.name == COMPARE:
        write_comparison(page, work / f"{page.name}{DATA}")
    if job.writer == "pandoc":
        with scratch_folder() as folder:
            for path in work.iterdir():
                shutil.copyfile(path, folder / path.name)
            output = render(folder, [page.name], papers=page.has_papers)
            if page.has_papers:
                finish_papers(folder, page.name)
            for path in output.iterdir():
                shutil.copyfile(path, work / path.name)


def _enter(job: Job) -> None:
    """Be in the job's project; UserError where this machine does not see it as its own."""
    if not job.project.is_dir():
        raise UserError(
            _("This worker does not see the project's folder {folder}.").format(folder=job.project)
        )
    os.environ["CHISO_PROJECT"] = str(job.project)
    use_language(job.language)
    if code_hash() != job.code:
        raise UserError(_("This worker has another version of the program."))


def _run_notebook(page: Page, executed: Path, job: Job) -> str | None:
    """Run the notebook and keep it as `executed`; what went wrong, in one text, or None.

    A kernel that died is tried once more: somebody killed it, or the machine was short of memory.
    """
    # Deferred: who only asks for a page to be made runs no notebook.
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from chiso.publishing.engine import execute

    run = partial(execute, page.notebook, executed, page.parameters, job.preparation, job.limits)
    try:
        try:
            run()
        except (KernelError, RuntimeError):
            run()
    except PapermillExecutionError as error:
        told = f"{error.ename}: {error.evalue}" if error.evalue else error.ename
        if error.ename == "MemoryError":
            told = _("A cell asked for more than the {limit} MB that a page may use.").format(
                limit=job.limits.memory_mb
            )
        return _keep_failed(executed, job.failed, told)
    except CellTimeoutError:
        return _("A cell ran for longer than {limit} seconds.").format(
            limit=job.limits.cell_seconds
        )
    except (DeadKernelError, KernelError):
        raise DiedTwiceError(_("The process that ran the notebook died twice.")) from None
    return None


def _keep_failed(executed: Path, folder: Path, error: str) -> str:
    """Keep the executed notebook of a failed page for the analyst; `error` with the number of its cell.

    Who opens the notebook counts its cells without the one in which papermill hands over the
    parameters, and reads in their own language what papermill marks in English.
    """
    import nbformat
    from papermill.execute import ERROR_MARKER_TAG

    notebook = nbformat.read(executed, as_version=4)
    tags = [set(cell.metadata.get("tags", ())) for cell in notebook.cells]
    top, mark = (i for i, its in enumerate(tags) if ERROR_MARKER_TAG in its)
    number = sum(
        cell.cell_type == "code" and "injected-parameters" not in its
        for cell, its in zip(notebook.cells[: mark + 2], tags, strict=False)
    )
    told = _("code cell {number}: {error}").format(number=number, error=error)
    notebook.cells[top].source = strong(told)
    notebook.cells[mark].source = strong(_("The error is in this cell:"))
    nbformat.write(notebook, executed)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.move(executed, folder / executed.name)
    return told


def write_document(page: Page, folder: Path, body: str) -> None:
    """Write <name>.qmd: what the page says about itself, then its body."""
    front = yaml.safe_dump(dict(page.front), allow_unicode=True, sort_keys=False, width=1000)
    (folder / f"{page.name}.qmd").write_text(f"---\n{front}---\n\n{body}", encoding="utf-8")


def _markdown(executed: Path, name: str) -> str:
    """The executed notebook as Markdown; its figures are written as <name>_N.svg beside it."""
    body, resources = _exporter(project_root()).from_filename(
        str(executed), resources={"unique_key": name, "output_files_dir": "."}
    )
    for file, content in resources["outputs"].items():
        (executed.parent / file).write_bytes(content)
    return body


@cache
def _exporter(root: Path):
    from nbconvert import MarkdownExporter

    return MarkdownExporter(
        template_name="document",
        extra_template_basedirs=[str(root / "reports" / "nbconvert")],
        filters={"document_attribute": attribute, "document_text": escape},
    )
