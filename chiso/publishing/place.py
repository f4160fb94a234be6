"""The place that results are published to: a folder, or any store that fsspec knows by its address.

A version of a period is a folder of its own that is never touched again. It is written whole before
anything leads to it; then single files are replaced, each in one step, that lead to it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chiso.base.errors import ParameterError, UserError
from chiso.base.files import (
    fault_of,
    replace_folder,
    staged_prefix,
    staging_folder,
    tidy_staged,
    write_files,
)
from chiso.base.i18n import _
from chiso.base.locations import project_root

# Beside the versions of a period, in a folder: the newest one under a name that stays.
CURRENT = "current"


class PlaceError(UserError):
    """The place can't be reached, read or written."""


@dataclass(frozen=True)
class Place:
    """A folder on this machine (`folder`), or a store of objects (`store`, below `root`)."""

    address: str
    folder: Path | None = None
    store: Any = None
    root: str = ""

    def read(self, name: str) -> bytes | None:
        """The content of a file; None where there is none."""
        with self._told():
            try:
                if self.folder:
                    return (self.folder / name).read_bytes()
                return self.store.cat_file(f"{self.root}/{name}")
            except (FileNotFoundError, NotADirectoryError):
                return None

    def names(self, folder: str) -> set[str]:
        """The names of the files in a version's folder; none where there is no such folder."""
        with self._told():
            if self.folder:
                place = self.folder / folder
                return {path.name for path in place.iterdir()} if place.is_dir() else set()
            self.store.invalidate_cache()
            found = self.store.find(f"{self.root}/{folder}")
            return {path.rpartition("/")[2] for path in found}

    def versions(self, period: str) -> set[str]:
        """The folders of versions of a period, complete or not."""
        with self._told():
            if self.folder:
                place = self.folder / period
                found = list(place.iterdir()) if place.is_dir() else []
                return {path.name for path in found if path.is_dir() and not path.is_symlink()}
            self.store.invalidate_cache()
            base = f"{self.root}/{period}/"
            paths = self.store.find(base)
            return {
                path.partition(base)[2].partition("/")[0]
                for path in paths
                if "/" in path.partition(base)[2]
            }

    def put_folder(self, source: Path, target: str) -> None:
        """Write the files of a folder as a version, to which nothing leads yet."""
        with self._told():
            if self.folder:
                place = self.folder / target
                with staging_folder(place) as staged:
                    shutil.copytree(
                        source, staged, copy_function=shutil.copyfile, dirs_exist_ok=True
                    )
                    staged.chmod(0o755)
                    replace_folder(staged, place)
            else:
                files = sorted(source.iterdir())
                names = [f"{self.root}/{target}/{path.name}" for path in files]
                self.store.put([str(path) for path in files], names)

    def put(self, name: str, content: bytes, work: Path) -> None:
        """Replace one file in one step; `work`: a folder to write in meanwhile."""
        folder, _slash, file = name.rpartition("/")
        with self._told():
            if self.folder:
                write_files(self.folder / folder, {file: content})
                return
            # By way of a file: the store tells its kind by its name.
            staged = work / file
            staged.write_bytes(content)
            self.store.put_file(str(staged), f"{self.root}/{name}")
            staged.unlink()

    def point(self, period: str, version: str) -> None:
        """Of a folder: let the name that stays lead to a version, in one step."""
        if not self.folder:
            return
        with self._told():
            link = self.folder / period / CURRENT
            tidy_staged(link.parent)
            staged = link.with_name(f"{staged_prefix(CURRENT)}link")
            staged.symlink_to(version)
            os.replace(staged, link)

    def remove(self, name: str) -> None:
        """Remove a file or a folder, if it is there."""
        with self._told():
            if self.folder:
                path = self.folder / name
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
            elif self.store.exists(f"{self.root}/{name}"):
                self.store.rm(f"{self.root}/{name}", recursive=True)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong with the place as an error that names it: each kind of store has its own."""
        try:
            yield
        except UserError:
            raise
        except Exception as error:
            said = fault_of(error) if isinstance(error, OSError) else str(error)
            raise PlaceError(
                _("The place {place} can't be used: {said}").format(place=self.address, said=said),
                hint=_(
                    "Check the address, the network and the right to write there, and run again."
                ),
            ) from error


def open_place(address: str) -> Place:
    """The place at an address; a path without a scheme is of the project.

    ParameterError for an address that nobody here knows, or that holds a password.
    """
    parts = urlsplit(address)
    if "://" not in address:
        return Place(address, folder=(project_root() / address))
    if "@" in parts.netloc:
        raise ParameterError(
            _("The address of a place must not hold a name or password."),
            hint=_("Give keys by the environment, as the store's own documentation says."),
        )
    import fsspec

    try:
        store, root = fsspec.core.url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise ParameterError(
            _("The address {place} can't be used: {said}").format(place=address, said=error),
            hint=_(
                "Give a folder, or an address as s3://bucket/766 (.venv/bin/uv pip install s3fs)."
            ),
        ) from None
    if "file" in (store.protocol if isinstance(store.protocol, tuple) else (store.protocol,)):
        return Place(address, folder=Path(root))
    return Place(address, store=store, root=root.rstrip("/"))
