"""A new project: its files copied from those that came with the program, in one step or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from chiso.base.errors import UserError
from chiso.base.files import staging_folder
from chiso.base.i18n import _
from chiso.base.locations import PACKAGE
from chiso.base.project_files import INSTALLED, project_files


def make_project(folder: Path) -> Path:
    """Make a project in a folder that is not there or is empty; its whole path.

    UserError where anything is there, or where somebody stands in it: it would be another folder then.
    """
    target = folder.resolve()
    if Path.cwd().is_relative_to(target):
        raise UserError(
            _("The project takes the place of this folder, and you stand in it."),
            file=target,
            hint=_("Name a new folder: chiso init FOLDER"),
        )
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise _is_in_use(target)
    source = _source()
    with staging_folder(target) as new:
        for path in project_files(source):
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            # Not its rights: those of an installed program may not be written by anybody.
            shutil.copyfile(source / path, new / path)
        try:
            os.rename(new, target)
        except OSError as error:
            # Somebody put something there in the meantime; the system does not replace what is not empty.
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise _is_in_use(target) from error
            raise
    return target


def _source() -> Path:
    """Where the files came with the program: in the wheel, or the clone around the package."""
    installed = PACKAGE / INSTALLED
    return installed if installed.is_dir() else PACKAGE.parent


def _is_in_use(target: Path) -> UserError:
    return UserError(
        _("There is something already; nothing was changed."),
        file=target,
        hint=_("Name a folder that is not there or is empty: chiso init FOLDER"),
    )
