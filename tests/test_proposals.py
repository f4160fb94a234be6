"""What the office proposes: only of closed periods, beyond chance, after letters that are in the register."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from by_hand import TREE, figures

from chiso.base.errors import ParameterError
from chiso.contract.letters import MEND, PRACTICE, REMINDER, Asked, Letter, Told
from chiso.explain.letters import shortfalls
from chiso.explain.proposals import proposals
from chiso.pages.letters.report_words import report_words
from chiso.pages.letters.template import fill_in
from chiso.rules.letter_rules import letter_rules
from chiso.store import letters as register

ALL: dict[str, dict] = {unit.code: {} for unit in TREE.units}
WHO, OTHERS = "so-tu-phap", ("so-thong-tin", "vp-ubnd")
MONTHS = ("2022-08", "2022-09", "2022-10", "2022-11")
# Indicator 13 with a target of 80%: the one is far below the others.
LOW, GOOD = {13: (20, 200)}, {13: (190, 200)}


def month(name, low=True, earlier=(), **own):
    """A month in which WHO does far worse than the others, or not."""
    counts = {**ALL, "H31": {13: (1390, 2000)}, **dict.fromkeys(OTHERS, GOOD)}
    counts[WHO] = LOW if low else GOOD
    return figures(name, {**counts, **own}, tuple(earlier))


def course(*low, **options):
    """Months in a row, the last of them with the others before it."""
    made = [month(name, is_low) for name, is_low in zip(MONTHS, low[:-1], strict=False)]
    return month(MONTHS[len(low) - 1], low[-1], made, **options)


def issue(period, number, *, code=WHO, asked=None, answered=None):
    """A letter of a period in the register, with its number and date."""
    year, name = (int(part) for part in period.split("-"))
    dated = date(year + name // 12, name % 12 + 1, 5)
    asks = (asked or Asked(13, MEND, 180),)
    deadline = dated.replace(day=15)
    draft = Letter("", REMINDER, period, 1, code, asks, deadline, dated, "kết quả thấp")
    (kept,) = register.drafted(register.register_dir(), (draft,))
    told = Told(
        kept.id,
        f"{number:02d}/UBND-PVHCC&KSTT",
        dated,
        answered,
        "đã báo cáo" if answered else None,
    )
    register.told(register.register_dir(), (told,))


@pytest.fixture(autouse=True)
def in_a_project(project):
    return project


def test_who_falls_short_again_after_a_letter_is_proposed_for(project):
    issue("2022-08", 12, answered=date(2022, 9, 10))
    (one,) = proposals(course(True, True))
    assert one.unit.code == WHO
    (repeated,) = one.repeated
    assert (repeated.indicator, repeated.times, repeated.cases, repeated.of) == (13, 2, 180, 200)
    assert [(b.period.name, b.cases, b.of) for b in repeated.before] == [("2022-08", 180, 200)]
    assert one.for_repeated == letter_rules().proposals.fell_short[0]
    assert one.for_unanswered is None


def test_the_more_often_the_further_the_step():
    issue("2022-08", 12, answered=date(2022, 9, 10))
    issue("2022-09", 40, answered=date(2022, 10, 10))
    (one,) = proposals(course(True, True, True))
    assert one.repeated[0].times == 3
    assert one.for_repeated == letter_rules().proposals.fell_short[-1]


def test_without_a_letter_in_the_register_nothing_is_proposed():
    assert proposals(course(True, True, True)) == ()
    draft = Letter(
        "",
        REMINDER,
        "2022-09",
        1,
        WHO,
        (Asked(13, MEND, 180),),
        date(2022, 10, 10),
        date(2022, 10, 3),
        "x",
    )
    register.drafted(register.register_dir(), (draft,))
    assert proposals(course(True, True, True)) == (), (
        "a draft without a number may never have been sent"
    )


def test_an_open_period_is_no_offence():
    issue("2022-08", 12, answered=date(2022, 9, 10))
    now = course(True, True)
    is_open = replace(now, settings=replace(now.settings, as_of=date(2022, 9, 20)))
    assert proposals(is_open) == ()


def test_a_month_that_newer_figures_show_as_good_is_no_offence():
    issue("2022-08", 12, answered=date(2022, 9, 10))
    assert proposals(course(False, True)) == ()


def test_a_month_without_dossiers_is_no_offence():
    issue("2022-08", 12, answered=date(2022, 9, 10))
    nothing = dict.fromkeys(range(1, 22), (0, 0))
    before = month("2022-08", **{WHO: nothing})
    assert proposals(month("2022-09", True, [before])) == ()
    assert not shortfalls(before)[WHO]


def test_who_is_better_now_is_not_proposed_for():
    issue("2022-08", 12, answered=date(2022, 9, 10))
    assert proposals(course(True, False)) == ()


def test_who_has_made_progress_since_is_not_proposed_for():
    issue("2022-08", 12, answered=date(2022, 9, 10))
    made = [month("2022-08")]
    for numerator, is_named in ((55, True), (56, False)):
        # 180 of 200 failed; a fifth less is 144.
        now = month("2022-09", True, made, **{WHO: {13: (numerator, 200)}})
        assert 13 in shortfalls(now)[WHO]
        assert bool(proposals(now)) is is_named


def test_overdue_dossiers_that_go_with_another_letter_are_no_shortfall_of_their_own(monkeypatch):
    issue("2022-08", 12, asked=Asked(5, "overdue", 2, ("a", "b")), answered=date(2022, 9, 10))
    monkeypatch.setattr("chiso.explain.outcomes._word", lambda *_args: ("open", None))
    assert proposals(course(True, True)) == (), "in time it is as good as the others"


def test_a_letter_about_something_else_does_not_count():
    issue("2022-08", 12, asked=Asked(5, PRACTICE, 30), answered=date(2022, 9, 10))
    assert proposals(course(True, True)) == ()


def test_chance_is_no_offence():
    issue("2022-08", 12, answered=date(2022, 9, 10))
    few = {13: (1, 2)}
    made = [month("2022-08", **{WHO: few})]
    assert proposals(month("2022-09", True, made, **{WHO: few})) == ()


def test_what_was_all_mended_does_not_count(monkeypatch):
    issue("2022-08", 12, asked=Asked(13, MEND, 2, ("a", "b")), answered=date(2022, 9, 10))
    monkeypatch.setattr("chiso.explain.outcomes._word", lambda *_args: ("mended", None))
    assert proposals(course(True, True)) == ()
    monkeypatch.setattr("chiso.explain.outcomes._word", lambda *_args: ("open", None))
    (one,) = proposals(course(True, True))
    assert [(b.asked, b.still_open, b.untold) for b in one.repeated[0].before] == [(2, 2, 0)]


def test_letters_left_unanswered_are_a_proposal_of_their_own():
    issue("2022-08", 12)
    assert proposals(course(True, False)) == (), "one may be a register that is not up to date"
    issue("2022-09", 40)
    (one,) = proposals(course(True, True, False))
    assert one.for_repeated is None and one.repeated == ()
    assert [item.letter.number[:2] for item in one.unanswered] == ["12", "40"]
    assert one.for_unanswered == letter_rules().proposals.unanswered[0]


def test_the_report_names_the_letters_and_their_figures():
    issue("2022-08", 12)
    issue("2022-09", 40)
    now = course(True, True, True)
    kept = register.letters(register.register_dir())
    text = fill_in("report", report_words(now, kept[:1])).replace("\\", "")
    assert "Sổ theo dõi ghi nhận 1 công văn đôn đốc của tháng 9/2022" in text
    assert "1 đã quá hạn mà chưa ghi nhận báo cáo (Đơn vị so-tu-phap)" in text
    assert "3 kỳ chưa đạt, kỳ này 180/200 hồ sơ chưa số hóa, đạt 10,00%" in text
    for number, period in (("12", "tháng 8/2022"), ("40", "tháng 9/2022")):
        assert f"Công văn số {number}/UBND-PVHCC&KSTT" in text
        assert f"({period} đạt 10,00%" in text
    assert f"**đề xuất {letter_rules().proposals.fell_short[-1].propose};" in text
    assert "Dự thảo 1 công văn" in text or "dự thảo 1 công văn đôn đốc" in text


def test_a_report_about_nothing_blames_nobody():
    now = month("2022-09", low=False)
    text = fill_in("report", report_words(now, ())).replace("\\", "")
    assert "Kỳ này không có đơn vị nào phải đôn đốc bằng công văn." in text
    assert "Sổ theo dõi chưa ghi nhận công văn đôn đốc nào" in text
    assert "Chưa có đơn vị nào từ 2 kỳ trở lên" in text


def test_steps_in_the_wrong_order_are_refused(project):
    path = project / "params/letters.yml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("    - times: 3\n", "    - times: 2\n", 1), encoding="utf-8")
    with pytest.raises(ParameterError, match="times"):
        letter_rules()
