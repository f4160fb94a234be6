"""The files that pages are made from, as hashes: code, notebook, templates, parameters, words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from chiso.base.files import sha256
from chiso.base.locations import params_dir, project_root
from chiso.publishing.pages import Page, page_key
from chiso.rules.settings import Settings
from chiso.store import revisions

PACKAGE = Path(__file__).resolve().parent.parent


def page_keys(pages: Iterable[Page], settings: Settings, shared: str) -> dict[str, str]:
    """For every page, by name, the hash of all that it is made from; `shared` is `shared_hash`'s."""
    notebooks: dict[Path, str] = {}
    keys = {}
    for page in pages:
        if page.notebook not in notebooks:
            notebooks[page.notebook] = sha256(page.notebook)
        own = params_dir() / "commentary" / settings.period.name / f"{page.name}.md"
        words = sha256(own) if own.is_file() else ""
        keys[page.name] = page_key(page, f"{shared} {notebooks[page.notebook]} {words}")
    return keys


def shared_hash(settings: Settings, writer: str) -> str:
    """The hash of what all pages of a period have in common, the figures aside."""
    digest = hashlib.sha256(f"{writer} {revisions.package_versions()}".encode())
    roots = [(PACKAGE, _code()), (project_root(), [*_templates(), *_parameters(settings)])]
    for root, files in roots:
        for path in sorted(files):
            name = path.relative_to(root).as_posix()
            digest.update(f"{name} {sha256(path)}\n".encode())
    return digest.hexdigest()


def code_hash() -> str:
    """The hash of the package as it is on this machine; a cluster's workers must have the same."""
    names = ((path.relative_to(PACKAGE).as_posix(), sha256(path)) for path in sorted(_code()))
    return hashlib.sha256(repr(list(names)).encode()).hexdigest()


def _code() -> Iterator[Path]:
    """The modules of the package, and its catalogues in the form that is read."""
    yield from PACKAGE.rglob("*.py")
    yield from PACKAGE.rglob("*.mo")


def _templates() -> Iterator[Path]:
    """Everything in reports/ that was not built: no folder that begins with _ or a dot."""
    reports = project_root() / "reports"
    for path in reports.iterdir():
        if path.name[0] not in "._":
            yield from (found for found in (path, *path.rglob("*")) if found.is_file())
    yield reports / "_quarto.yml"


def _parameters(settings: Settings) -> Iterator[Path]:
    """Everything in params/, but the settings of other periods, what analysts wrote about a page
    (it belongs to that page alone) and mappings of exports (they act through the figures)."""
    params = params_dir()
    own = params / "periods" / f"{settings.period.name}.yml"
    for path in params.rglob("*"):
        folder, *below = path.relative_to(params).parts
        if not path.is_file() or folder == "sources":
            continue
        if folder == "periods" and path != own:
            continue
        if folder == "commentary" and len(below) > 1:
            continue
        yield path
