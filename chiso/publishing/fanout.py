"""Pages side by side through joblib: processes of this machine (loky) or a dask cluster's workers.

A worker that dies takes no finished page with it: what is not in the cache is handed out again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from joblib import Parallel, delayed, parallel_config

from chiso.base.errors import ParameterError
from chiso.base.i18n import _
from chiso.base.processes import die_with
from chiso.publishing.execute import Job, Outcome, make_page
from chiso.publishing.pages import Page

Watch = Callable[[int], None]
# How often workers may die before the pages that are left are given up.
_ATTEMPTS = 3
_SECONDS_TO_CONNECT = 10


def make_pages(
    pages: list[Page], keys: Mapping[str, str], job: Job, jobs: int, engine: str, watch: Watch
) -> list[Outcome]:
    """Make `pages`, `jobs` at a time or as many as a cluster has workers; outcomes by name.

    `engine`: empty for this machine, else the address of a dask scheduler. `watch` is told how many
    pages are done. Raises ParameterError if the cluster can't be reached.
    """
    outcomes: dict[str, Outcome] = {}
    with _workers(engine, jobs):
        for _attempt in range(_ATTEMPTS):
            left = [page for page in pages if page.name not in outcomes]
            if not left:
                break
            try:
                for outcome in _together(left, keys, job, engine):
                    outcomes[outcome.name] = outcome
                    watch(len(outcomes))
            except Exception as error:
                if not _is_loss_of_a_worker(error):
                    raise
                # What was finished before is in the cache, told or not.
                found = [page.name for page in left if job.cache.has(page.name, keys[page.name])]
                outcomes |= {name: Outcome(name) for name in found}
    died = _("The processes that make pages died again and again.")
    return [outcomes.get(page.name, Outcome(page.name, died, is_machines=True)) for page in pages]


def _together(
    pages: list[Page], keys: Mapping[str, str], job: Job, engine: str
) -> Iterator[Outcome]:
    """The outcomes as pages are finished."""
    owner = None if engine else os.getpid()
    # A batch of one: a finished page counts at once, and a lost worker loses one page.
    parallel = Parallel(batch_size=1, return_as="generator_unordered")
    yield from parallel(delayed(_task)(page, keys[page.name], job, owner) for page in pages)


def _task(page: Page, key: str, job: Job, owner: int | None) -> Outcome:
    """Runs in the worker."""
    if owner not in (None, os.getpid()):
        die_with(owner)
    return make_page(page, key, job)


@contextmanager
def _workers(engine: str, jobs: int) -> Iterator[None]:
    """The workers that joblib uses meanwhile."""
    if not engine:
        with parallel_config(backend="loky", n_jobs=jobs):
            yield
        return
    try:
        from distributed import Client
    except ImportError:
        raise ParameterError(
            _("A cluster needs the package “distributed”, which is not installed."),
            hint=_("Install it with: pip install 'chiso[dask]'"),
        ) from None
    try:
        client = Client(engine, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ParameterError(
            _("The scheduler at {address} can't be reached ({reason}).").format(
                address=engine, reason=str(error).partition("\n")[0]
            ),
            hint=_(
                "Start it with `dask scheduler`, or leave --engine out to work on this machine."
            ),
        ) from None
    with client:
        if not client.scheduler_info()["workers"]:
            raise ParameterError(
                _("The scheduler at {address} has no workers.").format(address=engine),
                hint=_("Start some with: dask worker {address} --nthreads 1").format(
                    address=engine
                ),
            )
        with parallel_config(backend="dask", client=client):
            yield


def _is_loss_of_a_worker(error: Exception) -> bool:
    from concurrent.futures.process import BrokenProcessPool

    return isinstance(error, BrokenProcessPool) or type(error).__name__ == "KilledWorker"
