"""How papermill runs a notebook here: by an engine of ours, its own extension point, which has the cells
run in a process forked from a prepared one (kernel.py).

Where the system has no safe fork, papermill's own engine runs the same cells in an ordinary kernel,
which is found in no folder and so installed in none.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from traitlets.config import Config

from chiso.base.files import scratch_folder
from chiso.base.locations import project_root
from chiso.pages.cell_errors import EXTENSION
from chiso.publishing.kernel import Limits, Preparation, can_fork, fork_server

_NAME = "chiso"


class ForkedEngine(Engine):
    """Runs the cells of a notebook in a process forked from this one's prepared process."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        preparation: Preparation,
        limits: Limits,
        **_options: Any,
    ) -> None:
        """Run cells up to the first that fails. CellTimeoutError where one takes too long, KernelError
        where the process dies."""
        server = fork_server(preparation)
        with server.cell_process(str(project_root()), limits.memory_mb) as process:
            for index, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, index)
                try:
                    if cell.cell_type != "code" or not cell.source.strip():
                        continue
                    done = process.run(cell.source, limits.cell_seconds)
                    cell.execution_count = done["execution_count"]
                    cell.outputs = nbformat.from_dict(done["outputs"])
                    if not done["is_good"]:
                        nb_man.cell_exception(cell, cell_index=index)
                        break
                except TimeoutError:
                    raise CellTimeoutError.error_from_timeout_and_cell(
                        "too long", limits.cell_seconds, cell
                    ) from None
                finally:
                    nb_man.cell_complete(cell, cell_index=index)


papermill_engines.register(_NAME, ForkedEngine)


class OrdinaryKernel(AsyncKernelManager):
    """A manager of one kernel specification."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """A Python kernel of this environment that tells of errors as pages do."""
        return KernelSpec(
            argv=[
                sys.executable,
                "-m",
                "ipykernel_launcher",
                "-f",
                "{connection_file}",
                "--log-level=CRITICAL",
                # No database of what was typed, and no thread that writes it.
                "--HistoryManager.enabled=False",
                f"--ext={EXTENSION}",
            ],
            display_name="Python 3",
            language="python",
        )


def execute(
    notebook: Path,
    executed: Path,
    parameters: Mapping[str, str | int],
    preparation: Preparation,
    limits: Limits,
) -> None:
    """Run a notebook with `parameters` and keep it as `executed`.

    Raises PapermillExecutionError for a cell that fails, CellTimeoutError for one that takes too long,
    and KernelError or RuntimeError where the process that runs them dies.
    """
    run = partial(
        papermill.execute_notebook,
        str(notebook),
        str(executed),
        parameters=dict(parameters),
        progress_bar=False,
        request_save_on_cell_execute=False,
        cwd=str(project_root()),
    )
    if can_fork():
        run(engine_name=_NAME, preparation=preparation, limits=limits)
        return
    with scratch_folder() as sockets:
        run(**_ordinary(sockets, limits))


def _ordinary(sockets: Path, limits: Limits) -> dict[str, Any]:
    """What papermill's own engine is told: nothing listens on a port, sockets are in a folder of their own
    with a short path (the system allows about 100 characters), so no two kernels can take the same one."""
    mixin = {"transport": "ipc", "ip": f"{sockets}/k", "connection_file": f"{sockets}/kernel.json"}
    return {
        "kernel_manager_class": OrdinaryKernel,
        "kernel_name": "python3",
        "execution_timeout": limits.cell_seconds,
        # A busy machine is no error; a cell that never ends meets the limit above.
        "iopub_timeout": limits.cell_seconds,
        "config": Config(ConnectionFileMixin=mixin),
    }
