"""What published versions were made from is kept as long as one of them needs it, and no longer."""

from __future__ import annotations

import json

import pytest

from chiso.base.locations import params_dir, project_root
from chiso.base.period import parse_period
from chiso.publishing.kept import keep, let_go, read_kept
from chiso.publishing.release import Release
from chiso.store.revisions import Provenance

PERIOD = "2026"
ORIGIN = Provenance(
    period=PERIOD, province="H15", units="dak-lak-2026-sample", indicator_set="766-portal-2026", source={},
    captured="", as_of="2026-10-10", inputs={}, code_version="", code_hash="", packages={}, revision=1,
)  # fmt: skip


@pytest.fixture
def release(project, tmp_path):
    """Makes a release, of inputs that no other release has."""

    def made(text: str) -> Release:
        (params_dir() / "letters/reminder.md").write_text(text, encoding="utf-8")
        folder = tmp_path / text
        folder.mkdir()
        (folder / "index.html").write_text(text, encoding="utf-8")
        return Release(parse_period(PERIOD), "H15", ORIGIN, folder, "vi", "pandoc")

    return made


def note(one: Release):
    return project_root() / "data/kept" / PERIOD / f"{one.version}.json"


def files() -> set[str]:
    found = (project_root() / "data/kept/files").glob("*/*")
    return {path.name for path in found}


def needed(*releases: Release) -> set[str]:
    kept = [read_kept(PERIOD, one.version) for one in releases]
    return {digest for one in kept for digest in one.inputs.values()}


def test_what_one_version_alone_was_made_from_goes_with_it_and_nothing_else(release):
    first = release("first")
    keep(first, "public", "site")
    before = files()
    second = release("second")
    keep(second, "public", "site")
    assert let_go(PERIOD, "site", {first.version, second.version}) == (0, 0)
    (alone,) = needed(first) - needed(second)
    assert let_go(PERIOD, "site", {second.version}) == (1, 1)
    assert not note(first).exists() and files() == needed(second)
    assert before - files() == {alone}


def test_the_last_one_takes_everything(release):
    one = release("only")
    keep(one, "public", "site")
    number = len(needed(one))
    assert number > 100
    assert let_go(PERIOD, "site", ()) == (1, number)
    assert files() == set() and not note(one).exists()


def test_a_version_stays_while_another_place_has_it(release):
    one = release("one")
    for address in ("site", "s3://bucket/766"):
        keep(one, "public", address)
    assert let_go(PERIOD, "site", ()) == (0, 0)
    assert files() == needed(one)
    assert let_go(PERIOD, "elsewhere", ()) == (0, 0)
    assert let_go(PERIOD, "s3://bucket/766", ())[0] == 1


def test_of_what_nobody_noted_the_places_nothing_goes(release):
    """As what was kept before places were noted: it may be published where nobody knows."""
    one = release("one")
    keep(one, "public", "site")
    told = json.loads(note(one).read_text("utf-8"))
    del told["places"]
    note(one).write_text(json.dumps(told), encoding="utf-8")
    keep(one, "public", "site")
    assert let_go(PERIOD, "site", ()) == (0, 0)
    assert files() == needed(one)


def test_while_a_note_cant_be_read_no_file_goes(release):
    first = release("first")
    keep(first, "public", "site")
    second = release("second")
    keep(second, "public", "site")
    note(second).write_text("{", encoding="utf-8")
    before = files()
    assert let_go(PERIOD, "site", {second.version}) == (1, 0)
    assert files() == before


def test_what_a_killed_run_left_goes_with_the_next(release):
    first = release("first")
    keep(first, "public", "site")
    second = release("second")
    keep(second, "public", "site")
    note(first).unlink()
    assert let_go(PERIOD, "site", ())[0] == 1
    assert files() == set()
