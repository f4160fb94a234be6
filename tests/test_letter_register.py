"""The register of letters: what is drafted, chosen and told stays, whoever writes and whatever is killed."""

import os
import random
import signal
import time
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from chiso.base.errors import InputError
from chiso.contract.letters import MEND, OVERDUE, REMINDER, Asked, Letter, Told
from chiso.store import event_log
from chiso.store import letters as register

FIRST = Letter(
    "",
    REMINDER,
    "2022-09",
    1,
    "so-tu-phap",
    (Asked(5, OVERDUE, 2, ("H31-1", "H31-2")), Asked(12, MEND, 40)),
    date(2022, 10, 14),
    date(2022, 10, 3),
    "tỷ lệ đúng hạn thấp nhất khối",
)
NAME = "2022-09/reminder/so-tu-phap"
NUMBERED = Told(NAME, "05/UBND-KSTT", date(2022, 10, 4), None, None)
MOMENTS = 20


def test_a_letter_reads_back_as_it_was_drafted(tmp_path):
    (kept,) = register.drafted(tmp_path, [FIRST])
    assert kept == replace(FIRST, id=NAME)
    assert register.letters(tmp_path) == (kept,)


def test_the_same_draft_on_a_later_day_adds_nothing(tmp_path):
    (kept,) = register.drafted(tmp_path, [FIRST])
    again = register.drafted(tmp_path, [replace(FIRST, drafted_on=date(2022, 10, 5), revision=2)])
    assert again == (kept,) and event_log.size(tmp_path) == 1


def test_another_draft_replaces_the_one_without_a_number(tmp_path):
    register.drafted(tmp_path, [FIRST])
    (kept,) = register.drafted(tmp_path, [replace(FIRST, reason="hồ sơ quá hạn")])
    assert register.letters(tmp_path) == (kept,) and kept.id == NAME


def test_after_a_letter_with_a_number_another_draft_is_a_later_letter(tmp_path):
    register.drafted(tmp_path, [FIRST])
    register.told(tmp_path, [NUMBERED])
    (same,) = register.drafted(tmp_path, [FIRST])
    assert (same.id, same.number, same.is_issued) == (NAME, "05/UBND-KSTT", True)
    (second,) = register.drafted(tmp_path, [replace(FIRST, reason="hồ sơ quá hạn")])
    assert (second.id, second.number) == (f"{NAME}/2", None)
    register.told(tmp_path, [replace(NUMBERED, id=f"{NAME}/2", number="09/UBND-KSTT")])
    (third,) = register.drafted(tmp_path, [replace(FIRST, reason="lần ba")])
    assert third.id == f"{NAME}/3"
    assert [one.number for one in register.letters(tmp_path)] == [
        "05/UBND-KSTT", "09/UBND-KSTT", None,
    ]  # fmt: skip


def test_what_is_told_again_adds_nothing_and_what_is_corrected_holds(tmp_path):
    register.drafted(tmp_path, [FIRST])
    register.told(tmp_path, [NUMBERED, replace(NUMBERED, id="2022-09/reminder/nobody")])
    register.told(tmp_path, [NUMBERED])
    assert event_log.size(tmp_path) == 2
    register.told(tmp_path, [replace(NUMBERED, number="06/UBND-KSTT")])
    assert register.letters(tmp_path)[0].number == "06/UBND-KSTT"
    assert register.letters(tmp_path, entries=2)[0].number == "05/UBND-KSTT"


def test_the_newest_choice_on_an_agency_holds_in_its_period_alone(tmp_path):
    day = date(2022, 10, 3)
    register.choice(tmp_path, "2022-09", "323", True, "đang sáp nhập", day)
    register.choice(tmp_path, "2022-09", "323", True, "đang sáp nhập", date(2022, 10, 4))
    assert event_log.size(tmp_path) == 1
    register.choice(tmp_path, "2022-09", "323", False, "lãnh đạo yêu cầu", day)
    (chosen,) = register.choices(tmp_path, "2022-09").values()
    assert (chosen.leave_out, chosen.reason) == (False, "lãnh đạo yêu cầu")
    assert register.choices(tmp_path, "2022-10") == {}


def test_an_entry_that_is_gone_or_damaged_is_named(tmp_path):
    register.drafted(tmp_path, [FIRST])
    register.told(tmp_path, [NUMBERED])
    entry = tmp_path / "000002.json"
    for text in ('{"event": "told"', "", "[]\n", '{"event": "told", "number": 5}\n', "\udcff\n"):
        entry.write_text(text, encoding="utf-8", errors="surrogateescape")
        with pytest.raises(InputError, match=r"000002\.json: Không đọc được mục này"):
            register.letters(tmp_path)
    entry.rename(tmp_path / "000003.json")
    with pytest.raises(InputError, match=r"000002\.json: Mục này của sổ không còn"):
        register.letters(tmp_path)


def in_a_child(work) -> int:
    """`work` in a process of its own, which ends without what tests do at their end."""
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            work()
            os._exit(0)
        os._exit(1)
    return child


def write_many(folder: Path, who: str, told: Path, number: int) -> None:
    """Draft letters and number them; what was kept is noted after it."""
    with told.open("a", encoding="utf-8") as notes:
        for i in range(number):
            one = replace(FIRST, addressee=f"{who}-{i}")
            (kept,) = register.drafted(folder, [one])
            register.told(folder, [replace(NUMBERED, id=kept.id, number=f"{i}/{who}")])
            notes.write(f"{kept.id}\n")
            notes.flush()


def test_two_writers_at_once_lose_nothing(tmp_path):
    folder = tmp_path / "letters"
    children = [
        in_a_child(lambda who=who: write_many(folder, who, tmp_path / who, 25))
        for who in ("so", "xa")
    ]
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    found = register.letters(folder)
    assert len(found) == 50 and all(one.is_issued for one in found)


def test_a_register_whose_writer_is_killed_at_any_moment_keeps_all_that_was_told(tmp_path):
    folder, notes, chance = tmp_path / "letters", tmp_path / "notes", random.Random(766)
    for moment in range(MOMENTS):
        child = in_a_child(lambda m=moment: write_many(folder, f"m{m}", notes, 100_000))
        time.sleep(chance.uniform(0.0, 0.08))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = {one.id: one for one in register.letters(folder)}
        kept = notes.read_text("utf-8").splitlines() if notes.exists() else []
        assert all(found[name].is_issued for name in kept)
        (after,) = register.drafted(folder, [replace(FIRST, addressee=f"after-{moment}")])
        assert register.letters(folder)[-1] == after
        assert list(folder.glob(".*")) == []
    assert len(kept) > 1
