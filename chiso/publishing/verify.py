"""A published period made again from what is kept of it, in a temporary project, and compared byte by byte."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chiso.base.errors import InputError, UserError
from chiso.base.files import scratch_folder
from chiso.base.i18n import _, count, current_language
from chiso.base.period import Period
from chiso.base.versions import package_versions
from chiso.publishing.kept import Kept, lay_out, read_kept
from chiso.publishing.place import Place
from chiso.publishing.publish import place_of, published
from chiso.rules.settings import Audience

# Run with the kept program, in a process of its own: the report, and what goes out of it.
_REPORT = "from chiso.cli import main; main()"
_STAGE = (
    "import sys; from pathlib import Path; from chiso.base.period import parse_period;"
    " from chiso.publishing.release import stage;"
    " stage(parse_period(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))"
)


@dataclass(frozen=True)
class Verified:
    """How many files were compared, what differs by the name of the file (a sentence each), and packages that
    are others now than when it was made (name, then, now)."""

    version: str
    compared: int
    differences: dict[str, str]
    packages: tuple[tuple[str, str, str], ...]


def verify(
    period: Period, audience: Audience, address: str | None, tell: Callable[[str], None]
) -> Verified:
    """Make the newest published version of a period again and compare it with what is at its place.

    UserError where it is not published there, nothing is kept of it, or it can't be made again.
    """
    place = place_of(audience, address)
    shown = published(place, audience).periods.get(period.name)
    if shown is None:
        raise InputError(
            _("{period} is not published at {place}.").format(
                period=period.label, place=place.address
            ),
            hint=_("Run: make publish PERIOD={period}").format(period=period.name),
        )
    kept = read_kept(period.name, shown.version)
    with scratch_folder() as project:
        lay_out(kept, project)
        tell(
            _("Making {period}, revision {revision}, again from {files} kept files ...").format(
                period=period.label, revision=kept.revision, files=count(len(kept.inputs))
            )
        )
        made = project / "made-again"
        made.mkdir()
        _make_again(kept, project, made)
        differences = _compare(place, f"{period.name}/{shown.version}", made)
        if differences:
            _tell_revision(kept, project, tell)
        names = {path.name for path in made.iterdir()} | set(differences)
    return Verified(shown.version, len(names), differences, _others(kept))


def _make_again(kept: Kept, project: Path, target: Path) -> None:
    """The report of the kept project by the kept program, and in `target` what goes out of it."""
    writer = ["--writer", kept.writer]
    report = ["--lang", kept.language, "report", "--period", kept.period, *writer]
    for code, arguments in ((_REPORT, report), (_STAGE, [kept.period, kept.audience, str(target)])):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=project,
            env={
                **os.environ,
                "CHISO_PROJECT": str(project),
                "PYTHONPATH": str(project),
                "LANGUAGE": kept.language or current_language(),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        if done.returncode:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise UserError(
                _("It can't be made again: {said}").format(said="\n  ".join(lines[-5:])),
                hint=_("Restore data/kept/ from a backup, or install the packages of that day."),
            )


def _compare(place: Place, folder: str, made: Path) -> dict[str, str]:
    """By the name of a file, in what the one at the place differs from the one that was made."""
    ours = {path.name for path in made.iterdir()}
    theirs = place.names(folder)
    found = dict.fromkeys(theirs - ours, _("is published, but is not made again"))
    for name in sorted(ours):
        again, there = (made / name).read_bytes(), place.read(f"{folder}/{name}")
        if there is None:
            found[name] = _("is not there any more")
        elif there != again:
            found[name] = _difference(there, again)
    return dict(sorted(found.items()))


def _difference(there: bytes, again: bytes) -> str:
    """Where two contents part: the line of a text, the byte of anything else."""
    both = zip(there, again, strict=False)
    place = next(
        (i for i, (one, other) in enumerate(both) if one != other), min(len(there), len(again))
    )
    try:
        there.decode()
    except UnicodeDecodeError:
        words = _("differs from byte {place} on ({there} bytes, made again {again})")
        return words.format(
            place=count(place + 1), there=count(len(there)), again=count(len(again))
        )
    return _("differs from line {line} on").format(line=count(there[:place].count(b"\n") + 1))


def _tell_revision(kept: Kept, project: Path, tell: Callable[[str], None]) -> None:
    """Say where the figures themselves, measured again, are others than those of the revision."""
    stored = list(project.glob(f"data/store/*/{kept.period}/r*"))
    newest = max((int(path.name[1:]) for path in stored), default=0)
    if newest > kept.revision:
        tell(_("The figures themselves are others when they are counted again."))


def _others(kept: Kept) -> tuple[tuple[str, str, str], ...]:
    now = package_versions()
    names = sorted({*kept.packages, *now})
    pairs = [(name, kept.packages.get(name, "–"), now.get(name, "–")) for name in names]
    return tuple((name, then, today) for name, then, today in pairs if then != today)
