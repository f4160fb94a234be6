"""What became of what letters asked: by the figures after them, and never more than these tell."""

from dataclasses import replace
from datetime import date, datetime

import pandas as pd
import pytest
from by_hand import figures

from chiso.contract.evidence import BY_ID, CASES
from chiso.contract.letters import (
    LEAD,
    MEND,
    OBLIGATION,
    OVERDUE,
    PRACTICE,
    REMINDER,
    REPORT,
    Asked,
    Letter,
    Told,
)
from chiso.contract.owed import DOING, DONE, Reported
from chiso.explain import outcomes as explain
from chiso.explain.outcomes import all_outcomes, last_outcomes, outcomes_of, summary
from chiso.pages import commentary, tables
from chiso.publishing.content import whole_content
from chiso.store import letters as register
from chiso.store import owed
from chiso.store.figures import Figures

COUNTS = {code: {} for code in ("H31", "so-tu-phap", "so-thong-tin", "vp-ubnd", "323", "11950")}
NAME = "2022-08/reminder/so-tu-phap"
DEADLINE = date(2022, 9, 9)


def letter(*asked: Asked, agency: str = "so-tu-phap", period: str = "2022-08") -> Letter:
    return Letter("", REMINDER, period, 1, agency, asked, DEADLINE, date(2022, 9, 1), "chậm")


def overdue(*names: str) -> Asked:
    return Asked(5, OVERDUE, len(names), names)


@pytest.fixture
def world(project, monkeypatch):
    """Draft and issue letters on 8/2022, and look at them with the figures of 9/2022, whose cases
    and those of the newest revision of 8/2022 are given as (unit, indicator, id, ended)."""
    monkeypatch.setattr(
        Figures,
        "folder",
        property(lambda one: project / f"{one.provenance.period}-{one.provenance.revision}"),
    )

    def made(*drafts: Letter, now=(), before=(), revision: int = 1, told=None, counts=COUNTS):
        kept = register.drafted(register.register_dir(), drafts)
        numbers = (
            Told(one.id, f"{i:02d}/UBND", date(2022, 9, 2), None, None)
            for i, one in enumerate(kept, start=1)
        )
        register.told(register.register_dir(), numbers if told is None else told)
        older = figures("2022-08", COUNTS)
        older = replace(older, provenance=replace(older.provenance, revision=revision))
        newer = figures("2022-09", counts, (older,))
        newer = replace(newer, provenance=replace(newer.provenance, revision=1))
        for one, cases in ((older, before), (newer, now)):
            rows = [
                (unit, number, name, None if end is None else int(end.timestamp()) + 7 * 3600)
                for unit, number, name, end in cases
            ]
            frame = pd.DataFrame(rows, columns=BY_ID).astype({"ended_s": "Int64", "id": str})
            one.folder.mkdir()
            frame.to_parquet(one.folder / CASES)
        return newer

    return made


def at(day: int) -> datetime:
    return datetime.fromisoformat(f"2022-09-{day:02d}T10:00:00+07:00")


def numbers(found: Figures) -> list[tuple[int, int, int, int | None]]:
    """Of the asks of the only letter: still open, mended, untold, open on the deadline."""
    (one,) = last_outcomes(found)
    return [(a.still_open, a.mended, a.untold, a.open_on_deadline) for a in one.asks]


def test_overdue_dossiers_are_finished_open_or_gone_and_told_so(world):
    cases = [
        ("so-tu-phap", 5, "in time", at(8)),
        ("so-tu-phap", 5, "on the day", at(9)),
        ("so-tu-phap", 5, "after the deadline", at(20)),
        ("so-tu-phap", 5, "open", None),
        ("so-tu-phap", 12, "gone", None),
        ("vp-ubnd", 5, "moved", None),
    ]
    names = [*(name for _unit, _number, name, _end in cases)]
    # One open, one that ended after the deadline: two were open on it.
    assert numbers(world(letter(overdue(*names)), now=cases)) == [(1, 3, 2, 2)]


def test_dossiers_of_a_district_are_those_of_its_communes_too(world):
    cases = [("11950", 5, "a", None), ("323", 5, "b", at(3))]
    assert numbers(world(letter(overdue("a", "b"), agency="323"), now=cases)) == [(1, 1, 0, 1)]


def test_before_the_figures_reach_the_deadline_nothing_is_said_of_it(world):
    late = replace(letter(overdue("a")), deadline=date(2022, 10, 7))
    found = world(late, now=[("so-tu-phap", 5, "a", None)])
    assert numbers(found) == [(1, 0, 0, None)]
    assert last_outcomes(found)[0].answered == "not due"


def test_what_only_the_period_of_the_letter_knows_is_untold_until_it_is_measured_again(world):
    asked = Asked(12, MEND, 2, ("a", "b"))
    before = [("so-tu-phap", 12, "a", None)]
    assert numbers(world(letter(asked), before=before)) == [(0, 0, 2, None)]


def test_a_newer_revision_of_the_period_of_the_letter_tells(world):
    asked = Asked(12, MEND, 2, ("a", "b"))
    before = [("so-tu-phap", 12, "a", None)]
    assert numbers(world(letter(asked), before=before, revision=2)) == [(1, 1, 0, None)]


def test_procedures_are_counted_anew_by_the_agency_itself_in_every_period(world):
    asked = Asked(9, MEND, 2, ("1.001", "1.002"))
    now = [("so-tu-phap", 9, "1.001", None), ("vp-ubnd", 9, "1.002", None)]
    assert numbers(world(letter(asked), now=now)) == [(1, 1, 0, None)]


def test_an_agency_without_data_has_not_mended_anything(world):
    asked = Asked(9, MEND, 1, ("1.001",))
    counts = COUNTS | {"so-tu-phap": {9: (None, None)}}
    assert numbers(world(letter(asked), counts=counts)) == [(0, 0, 1, None)]


def test_a_number_without_ids_can_not_be_followed(world):
    assert numbers(world(letter(Asked(5, OVERDUE, 7)))) == [(0, 0, 7, None)]


def test_an_addressee_that_the_tree_no_longer_has_is_untold(world):
    found = world(letter(overdue("a"), agency="so-cu"), now=[("so-tu-phap", 5, "a", None)])
    assert numbers(found) == [(0, 0, 1, None)]
    assert tables.outcome_table(found).rows[0][0] == "so-cu"


def test_an_obligation_is_open_done_or_not_reported(world):
    asked = [Asked(None, OBLIGATION, 1, obligation=name) for name in ("accounts", "own-decisions")]
    reports = [("accounts", DOING, 5), ("accounts", DONE, 20), ("accounts", DOING, 40)]
    owed.report(
        owed.owed_dir(),
        [
            Reported(
                "hung-yen-2022", "so-tu-phap", name, state, date.fromordinal(738398 + day), None
            )
            for name, state, day in reports
        ],
    )
    # 31/8/2022 is day 738398; what was reported of October is of no account in September.
    assert numbers(world(letter(*asked))) == [(0, 1, 0, None), (0, 0, 1, None)]


@pytest.mark.parametrize(
    ("word", "day", "said"),
    [
        ("answered", DEADLINE, "Đã trả lời ngày 09/09/2022."),
        ("late", date(2022, 9, 10), "Trả lời ngày 10/09/2022, sau thời hạn 09/09/2022."),
        ("unanswered", None, "Sổ công văn chưa ghi nhận trả lời; thời hạn đã qua ngày 09/09/2022."),
    ],
)
def test_an_answer_is_in_time_late_or_not_in_the_register(world, word, day, said):
    told = [Told(NAME, "05/UBND", date(2022, 9, 2), day, None)]
    (one,) = last_outcomes(found := world(letter(overdue("a")), told=told))
    assert one.answered == word
    assert tables.outcome_table(found).rows[0][-1] == said


def test_drafts_and_reports_and_letters_of_other_periods_are_no_last_orders(world):
    report = replace(letter(overdue("a"), agency="H31"), kind=REPORT)
    older = letter(overdue("b"), period="2022-07")
    later = letter(overdue("c"), period="2022-09")
    found = world(letter(overdue("d")), report, older, later, told=[])
    (one,) = last_outcomes(found)
    assert (one.letter.id, one.answered) == (NAME, "not issued")
    # Nothing can have become of a letter on the very period, whose figures it was drafted from.
    assert {one.letter.period for one in all_outcomes(found)} == {"2022-07", "2022-08"}
    assert outcomes_of(found, "so-tu-phap") == ()
    said = commentary.outcome_lines(found).data.replace("\\", "")
    assert "1 dự thảo, sổ chưa có số, ngày ban hành" in said and said.count("- ") == 1


def test_the_province_page_says_in_three_lines_what_became_of_the_last_orders(world):
    practice = Asked(8, PRACTICE, 500)
    told = [
        Told(NAME, "05/UBND", date(2022, 9, 2), DEADLINE, "đã xong"),
        Told("2022-08/reminder/vp-ubnd", "06/UBND", date(2022, 9, 2), date(2022, 9, 12), None),
        Told("2022-08/reminder/323", "07/UBND", date(2022, 9, 2), None, None),
    ]
    found = world(
        letter(overdue("a", "b"), Asked(12, MEND, 3, ("x", "y", "z"))),
        letter(overdue("c"), practice, agency="vp-ubnd"),
        letter(Asked(5, LEAD, 900), agency="323"),
        letter(overdue("d"), agency="so-thong-tin"),
        now=[
            ("so-tu-phap", 5, "a", at(5)),
            ("so-tu-phap", 5, "b", None),
            ("vp-ubnd", 5, "c", at(20)),
        ],
        told=told,
    )
    lines = commentary.outcome_lines(found).data.replace("\\", "").splitlines()
    assert lines == [
        "- Công văn kỳ tháng 8/2022: yêu cầu 3 đơn vị khắc phục 6 trường hợp (3 công văn đã ban hành).",
        "- Đã khắc phục 2, chưa xong 1; 3 trường hợp chưa có số liệu sau công văn."
        " Hết thời hạn còn 2 hồ sơ quá hạn chưa xong.",
        "- Trả lời: 1 đúng hạn, 1 chậm, 1 chưa ghi nhận trả lời."
        " 1 dự thảo chưa có số, ngày trong sổ nên không tính.",
    ]  # fmt: skip
    rows = tables.outcome_table(found).rows
    assert [list(row[3:7]) for row in rows] == [[5, 1, 1, 3], [1, 1, 0, 0], [None] * 4]
    said = commentary.unit_outcome(found.unit("323")).data.replace("\\", "")
    assert "không theo dõi được theo từng trường hợp" in said and "chưa ghi nhận trả lời" in said


def test_of_two_letters_on_a_period_the_last_one_counts_its_cases(world):
    register.drafted(register.register_dir(), [letter(overdue("a", "b"))])
    first = Told(NAME, "05/UBND", date(2022, 9, 2), None, None)
    register.told(register.register_dir(), [first])
    second = replace(first, id=f"{NAME}/2", number="09/UBND")
    found = world(letter(overdue("b")), now=[("so-tu-phap", 5, "b", None)], told=[second])
    whole = summary(last_outcomes(found))
    assert (whole.issued, whole.agencies, whole.asked, whole.still_open) == (2, 1, 1, 1)


def test_a_page_is_another_where_the_register_says_something_else(world):
    found = world(letter(overdue("a")), told=[])
    before = whole_content(found).shows
    fresh = replace(found)
    assert whole_content(fresh).shows == before
    register.told(register.register_dir(), [Told(NAME, "05/UBND", date(2022, 9, 2), None, None)])
    assert whole_content(replace(found)).shows != before


def test_a_name_from_the_register_is_shown_as_plain_text(world):
    told = [Told(NAME, "<script>5</script>|*", date(2022, 9, 2), None, None)]
    found = world(letter(overdue("a")), told=told)
    for shown in (
        tables.outcome_table(found).markdown,
        commentary.unit_outcome(found.unit("so-tu-phap")).data,
    ):
        assert "<script>" not in shown and "\\<script\\>" in shown


def test_without_a_register_pages_say_nothing_of_letters(world):
    found = figures("2022-09", COUNTS)
    assert explain.last_outcomes(found) == ()
    assert commentary.outcome_lines(found).data == ""
    assert not tables.outcome_table(found) and not tables.open_owed_table(found)
    assert not tables.unit_owed_table(found.unit("so-tu-phap"))
