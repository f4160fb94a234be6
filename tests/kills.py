"""Runs of `chiso` that are killed, with all that they started, at random moments: what has to hold of each."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from processes import gone, marked, start_marked

from chiso.base import clock

# Path -> content; of a link, where it leads.
State = dict[str, bytes]
_STAGED = ".building-"


@dataclass(frozen=True)
class Scene:
    """A run: what is made ready before it, and its arguments."""

    prepare: Callable[[], None]
    arguments: tuple[str, ...]


def nothing_more(_now: State, _after: State) -> None:
    """No more has to hold than what holds of every command."""


def kill_at_random(
    project: Path,
    roots: Iterable[Path],
    scenes: Sequence[Scene],
    moments: int,
    whole: Callable[[State, State], None] = nothing_more,
) -> None:
    """Kill `moments` runs, by turns of every scene, each somewhere between its begin and its end.

    All runs take the moment of the first one for theirs: what is dated is the same on both sides of midnight.
    After each kill a file below `roots` is as it was before the run or as a run leaves it that nobody
    disturbs, and `whole` holds of what is there and of what such a run leaves. The next run leaves the very
    same bytes, and of the killed one neither process nor anything half-written, there or where what is temporary is kept.
    """
    places = tuple(roots)
    temporary = project.parent / "tmp"
    temporary.mkdir(exist_ok=True)
    chance = random.Random(766)
    at = f"{clock.now().astimezone(clock.VIETNAM):%Y-%m-%dT%H:%M:%S}"
    start = partial(_start, project, temporary, at)
    known = [_undisturbed(start, places, scene) for scene in scenes]
    for moment in range(moments):
        scene, (after, seconds) = scenes[moment % len(scenes)], known[moment % len(scenes)]
        within = chance.uniform(0.05, 1) * seconds
        while True:
            scene.prepare()
            before, mark = state(places), f"{project}-{moment}-{within}"
            running = start(scene, mark)
            time.sleep(within)
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            if running.wait() == -signal.SIGKILL:
                break
            within *= 0.7  # it had ended before: what is tried is a kill
        assert gone(mark), marked(mark)
        now = {name: content for name, content in state(places).items() if _STAGED not in name}
        for name, content in now.items():
            assert content in (before.get(name), after.get(name)), (moment, within, name)
        whole(now, after)
        began = time.monotonic()
        assert start(scene, mark).wait() == 0
        # How long a run takes changes with what else the machine does.
        known[moment % len(scenes)] = after, time.monotonic() - began
        assert gone(mark), marked(mark)
        left = state(places)
        assert sorted(left) == sorted(after), (moment, within)
        assert [name for name in left if left[name] != after[name]] == [], (moment, within)
        assert list(temporary.iterdir()) == [], (moment, within)


def state(roots: Iterable[Path]) -> State:
    """All that is below some folders, locks aside; without when a revision was stored."""
    found = {}
    for root in roots:
        for path in root.rglob("*"):
            if path.is_symlink():
                found[str(path)] = os.fsencode(path.readlink())
            elif path.is_dir():
                if _STAGED in path.name:
                    found[str(path)] = b""
            elif path.suffix != ".lock":
                found[str(path)] = _without_time(path)
    return found


def _without_time(path: Path) -> bytes:
    content = path.read_bytes()
    if path.name != "provenance.json":
        return content
    fields = json.loads(content)
    return repr({k: fields[k] for k in fields if k not in ("recorded_at", "seal")}).encode()


def _undisturbed(
    start: Callable[[Scene, str], subprocess.Popen], places: Sequence[Path], scene: Scene
) -> tuple[State, float]:
    """What a run leaves that nobody disturbs, and how long it takes."""
    scene.prepare()
    began = time.monotonic()
    assert start(scene, "undisturbed").wait() == 0
    return state(places), time.monotonic() - began


def _start(project: Path, temporary: Path, at: str, scene: Scene, mark: str) -> subprocess.Popen:
    return start_marked(
        project, mark, *scene.arguments, at=at, LANGUAGE="vi", TMPDIR=str(temporary)
    )
