"""What a published version was made from, kept so that it can be made again: data/kept/.

files/<first two signs>/<hash> holds every file once, whatever it was called; <period>/<version>.json says
which files stood where, which program made the pages and by which packages. It holds what was handed in
as it came, so it is as confidential as data/ itself. What is published nowhere any more is kept no longer.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

from chiso.base.errors import InputError
from chiso.base.files import hashes, only_one, sha256, staged_file, write_files
from chiso.base.i18n import _
from chiso.base.locations import params_dir, project_root
from chiso.base.period import parse_period
from chiso.base.versions import PACKAGE, code_hash, package_versions
from chiso.publishing.release import Release
from chiso.publishing.remake import templates
from chiso.rules.settings import Audience, load_settings
from chiso.store.figures import store_dir
from chiso.store.pipeline import compared_revisions

# Beside the period's own figures pages may show what lies here.
_BESIDE = ("samples", "portal", "letters", "obligations")
# The note by which figures are not measured again; measuring them is what is asked for.
_NOTE = "inputs.json"


@dataclass(frozen=True)
class Kept:
    """What a version was made from: file -> hash (paths of the project), folders that have to be there,
    and what came out: file -> hash of the published files.

    `places`: the addresses where it is published; None of what was kept before they were noted.
    """

    period: str
    audience: Audience
    revision: int
    language: str
    writer: str
    code_hash: str
    packages: Mapping[str, str]
    inputs: Mapping[str, str]
    folders: tuple[str, ...]
    published: Mapping[str, str]
    places: tuple[str, ...] | None = None


def keep(release: Release, audience: Audience, address: str) -> None:
    """Keep what a release was made from, before it goes out to the place at an address."""
    with only_one(_place()):
        inputs = {}
        for name, path in _made_from(release):
            digest = sha256(path)
            _keep_file(path, digest)
            inputs[name] = digest
        told = Kept(
            period=release.period.name,
            audience=audience,
            revision=release.origin.revision,
            language=release.language,
            writer=release.writer,
            code_hash=code_hash(),
            packages=package_versions(),
            inputs=inputs,
            folders=_folders(release),
            published=hashes(release.folder.iterdir()),
            places=_places(_note(release.period.name, release.version), address),
        )
        _write(told, release.version)


def let_go(period: str, address: str, there: Collection[str]) -> tuple[int, int]:
    """Keep no longer the versions of a period that were published at an address, are not among those that
    are `there` now, and are published nowhere else; how many versions went, and how many files."""
    with only_one(_place()):
        gone = 0
        for path in sorted((_place() / period).glob("*.json")):
            kept = _read(path)
            if path.stem in there or not kept or not kept.places or address not in kept.places:
                continue
            if others := tuple(one for one in kept.places if one != address):
                _write(replace(kept, places=others), path.stem)
            else:
                path.unlink()
                gone += 1
        return gone, _sweep() if gone else 0


def _sweep() -> int:
    """Remove the files that nothing which is kept names; none while a note can't be read, for nobody knows
    what it names."""
    notes = [_read(path) for path in _place().glob("*/*.json")]
    if None in notes:
        return 0
    named = {digest for one in notes if one for digest in one.inputs.values()}
    unnamed = [path for path in (_place() / "files").glob("*/*") if path.name not in named]
    for path in unnamed:
        path.unlink()
    return len(unnamed)


def _places(note: Path, address: str) -> tuple[str, ...] | None:
    """Where a version is published once it is at `address`; None where nobody knows where else it is."""
    if not note.exists():
        return (address,)
    before = _read(note)
    if before is None or before.places is None:
        return None
    return tuple(sorted({*before.places, address}))


def read_kept(period: str, version: str) -> Kept:
    """What is kept of a version; InputError where nothing is, or it can't be read."""
    path = _note(period, version)
    found = _read(path)
    if found is None:
        raise InputError(
            _("What this version was made from is not kept on this machine, or was altered."),
            file=path,
            hint=_("Run it where the period was published, or restore data/kept/ from a backup."),
        )
    return found


def lay_out(kept: Kept, project: Path) -> None:
    """Put the kept files where they stood, in a project of their own; InputError for one that is gone
    or was altered."""
    for name, digest in kept.inputs.items():
        source = _file(digest)
        if not source.is_file() or sha256(source) != digest:
            raise InputError(
                _("The kept file of {name} is gone or was altered.").format(name=name),
                file=source,
                hint=_("Restore data/kept/ from a backup."),
            )
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, project / name)
    for name in kept.folders:
        (project / name).mkdir(parents=True, exist_ok=True)


def _made_from(release: Release) -> Iterator[tuple[str, Path]]:
    """Every file that the pages depend on, by its path in the project: the program among them."""
    root, settings = project_root(), load_settings(release.period)
    data = [settings.folder, *(root / "data" / name for name in _BESIDE)]
    places = [params_dir(), *data, store_dir() / release.origin.province, store_dir() / "rules"]
    found = {path for place in places for path in place.rglob("*") if path.name != _NOTE}
    found |= {*templates(), *(root / "notebooks").glob("*.ipynb")}
    for path in sorted(found):
        if path.is_file() and not _is_staged(path.relative_to(root)):
            yield path.relative_to(root).as_posix(), path
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.mo")]):
        yield f"chiso/{path.relative_to(PACKAGE).as_posix()}", path
    for name in ("pyproject.toml", "requirements.lock"):
        path = PACKAGE.parent / name
        if path.is_file():
            yield name, path


def _is_staged(path: Path) -> bool:
    """Whether a file is a lock, or one that somebody is writing."""
    return path.parts[0] == "data" and any(part.startswith(".") for part in path.parts)


def _folders(release: Release) -> tuple[str, ...]:
    """The folders of the periods that it is compared with: their figures are in the store, but without its
    folder a period has none."""
    compared = compared_revisions(load_settings(release.period)).split()
    found = [load_settings(parse_period(one.rpartition(":")[0])).folder for one in compared]
    return tuple(path.relative_to(project_root()).as_posix() for path in found)


def _place() -> Path:
    return project_root() / "data" / "kept"


def _note(period: str, version: str) -> Path:
    return _place() / period / f"{version}.json"


def _read(note: Path) -> Kept | None:
    """What a note says; None where it is not there, or can't be read."""
    try:
        return TypeAdapter(Kept).validate_json(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _write(kept: Kept, version: str) -> None:
    note = _note(kept.period, version)
    text = json.dumps(asdict(kept), ensure_ascii=False, indent=1, sort_keys=True)
    write_files(note.parent, {note.name: f"{text}\n"})


def _file(digest: str) -> Path:
    return _place() / "files" / digest[:2] / digest


def _keep_file(path: Path, digest: str) -> None:
    target = _file(digest)
    if target.is_file() and target.stat().st_size == path.stat().st_size:
        return
    with staged_file(target) as staged:
        shutil.copyfile(path, staged)
    shutil.copymode(path, target)  # for no more eyes than what was handed in
