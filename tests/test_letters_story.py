"""Months of letters in a row: who gets them, what became of them, what is proposed, in one report."""

from __future__ import annotations

import re

import pytest
from conftest import make_project
from docx import Document as WordFile
from letters_cast import (
    AGAIN,
    MENDS,
    MONTHS,
    NEVER_ANSWERS,
    ONLY_STRUCTURAL,
    WITHOUT,
    Play,
    few_agencies,
    of,
    write_records,
)
from pypdf import PdfReader

from chiso.base.i18n import count, percent, points, use_language
from chiso.contract.letters import REMINDER
from chiso.explain.letters import NOT_OWN, WITHOUT_DOSSIERS, shortfalls
from chiso.explain.outcomes import ANSWERED, LATE, UNANSWERED, last_outcomes, outcomes_of
from chiso.explain.proposals import proposals
from chiso.publishing.lettering import draft_letters
from chiso.publishing.letters import letters_dir, report
from chiso.rules.letter_rules import letter_rules
from chiso.store import letters as register


def played(folder, patch, months):
    """The months up to the last one, of which nothing is issued; the first one's letters are mended."""
    use_language("vi")
    make_project(folder)
    patch.setenv("CHISO_PROJECT", str(folder))
    few_agencies(folder)
    write_records(folder, dossiers_per_month=4_000)
    play = Play(folder)
    for name in months:
        play.month(name)
        if name != months[-1]:
            play.issue(name, mends=name == months[0])
    return play


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        yield played(tmp_path_factory.mktemp("two") / "project", patch, MONTHS[:2])


def body(play, month):
    """The words of the report of a month."""
    text = report(play.figures[month], play.decided[month].letters).body
    return " ".join(text.replace("\\", "").split())


def test_each_of_the_cast_plays_its_part(two):
    figures, decided = two.figures[MONTHS[1]], two.decided[MONTHS[1]]
    why = {one.unit.code: one.why for one in decided.addressed.without}
    assert why[ONLY_STRUCTURAL] == NOT_OWN and why[WITHOUT] == WITHOUT_DOSSIERS
    written = {one.addressee for one in decided.letters}
    assert {AGAIN, NEVER_ANSWERS} <= written
    answers = {one.letter.addressee: one.answered for one in last_outcomes(figures)}
    assert (answers[AGAIN], answers[NEVER_ANSWERS], answers[MENDS]) == (LATE, UNANSWERED, ANSWERED)


def test_what_was_mended_is_told_and_proposes_nothing(two):
    (outcome,) = outcomes_of(two.figures[MONTHS[1]], MENDS)
    asked = sum(ask.asked.count for ask in outcome.followed)
    assert asked > 50
    assert sum(ask.mended for ask in outcome.followed) == asked
    assert MENDS not in {one.unit.code for one in proposals(two.figures[MONTHS[1]])}


def test_the_report_counts_what_the_register_has(two):
    text = body(two, MONTHS[1])
    kept = [one for one in register.letters(register.register_dir()) if one.period == MONTHS[0]]
    issued = [one for one in kept if one.kind == REMINDER and one.is_issued]
    found = last_outcomes(two.figures[MONTHS[1]])
    sizes = {
        word: sum(one.answered == word for one in found) for word in (ANSWERED, LATE, UNANSWERED)
    }
    assert (sizes[LATE], sizes[UNANSWERED]) == (1, 1)
    assert f"Sổ theo dõi ghi nhận {len(issued)} công văn đôn đốc của tháng 7/2022" in text
    assert f"{sizes[ANSWERED]} công văn được báo cáo đúng hạn, 1 báo cáo muộn" in text
    asks = [ask for one in found for ask in one.followed]
    words = {
        name: count(sum(getattr(ask, name) for ask in asks)) for name in ("mended", "still_open")
    }
    all_asked = count(sum(ask.asked.count for ask in asks))
    assert f"Trong {all_asked} trường hợp được yêu cầu" in text
    assert f"đã hoàn thành {words['mended']}, còn {words['still_open']} chưa hoàn thành" in text


def claims_hold(play, month):
    """Every claim of a month's proposals has its figure in the store and its letter in the register;
    for whom something is proposed."""
    figures, text = play.figures[month], body(play, month)
    kept = {one.id: one for one in register.letters(register.register_dir())}
    found = proposals(figures)
    for one in found:
        name = str(one.unit.name)
        assert f"- {name}: " in text
        for item in one.repeated:
            assert item.indicator in shortfalls(figures)[one.unit.code]
            row = figures.unit(one.unit.code).counts[item.indicator]
            assert (item.cases, item.of) == (row.denominator - row.numerator, row.denominator)
            assert f"kỳ này {count(item.cases)}/{count(item.of)}" in text
            for before in item.before:
                letter = kept[before.outcome.letter.id]
                assert letter.is_issued and letter.addressee == one.unit.code
                assert f"Công văn số {letter.number} ngày {letter.dated:%d/%m/%Y}" in text
                then = next(e for e in figures.earlier if e.settings.period == before.period)
                rate = then.unit(one.unit.code).counts[item.indicator].rate
                assert f"({before.period.label} đạt {percent(rate)}" in text
    return {one.unit.code: one for one in found}


def test_who_falls_short_again_is_proposed_for_with_figures_and_letters(two):
    found = claims_hold(two, MONTHS[1])
    assert AGAIN in found and WITHOUT not in found and ONLY_STRUCTURAL not in found
    assert found[AGAIN].for_repeated == letter_rules().proposals.fell_short[0]
    assert found[NEVER_ANSWERS].for_unanswered is None, "one letter alone may not be noted yet"


def test_the_report_says_the_points_of_the_province(two):
    text, figures = body(two, MONTHS[1]), two.figures[MONTHS[1]]
    standing, before = figures.province.standing, figures.previous.province.standing
    assert f"đạt {points(standing.total)}/100 điểm" in text
    assert before.total != standing.total
    for row in figures.province.groups.itertuples():
        then = figures.previous.province.groups
        then = then[then["group"] == row.group]["points"].iloc[0]
        assert f"| {points(row.max_points)} | {points(row.points)} | {points(then)} |" in text


def test_the_report_is_written_beside_the_letters_and_kept(two):
    figures, decided = two.figures[MONTHS[1]], two.decided[MONTHS[1]]
    files = draft_letters(figures, decided, lambda _said: None)
    folder = letters_dir(MONTHS[1])
    assert {folder / f"bao-cao-H31.{ending}" for ending in ("docx", "pdf")} <= set(files)
    (kept,) = [one for one in register.letters(register.register_dir()) if one.kind != REMINDER]
    assert kept.id == f"{MONTHS[1]}/report/H31" and kept.deadline is None
    pages = PdfReader(folder / "bao-cao-H31.pdf").pages
    pdf = re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))
    paragraphs = WordFile(str(folder / "bao-cao-H31.docx")).paragraphs
    assert any(one.text == "BÁO CÁO" and one.style.name == "Kind" for one in paragraphs)
    assert any(one.text.startswith("Kính gửi: UBND tỉnh") for one in paragraphs)
    for one in paragraphs:
        assert re.sub(r"\s+", "", one.text) in pdf, one.text
    assert not draft_letters(figures, decided, lambda _said: None), (
        "again there is nothing to write"
    )


@pytest.mark.long
def test_six_months(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        play = played(tmp_path_factory.mktemp("six") / "project", patch, MONTHS)
        for month in MONTHS[1:]:
            found = claims_hold(play, month)
            assert not {ONLY_STRUCTURAL, WITHOUT} & set(found)
        steps = letter_rules().proposals
        assert found[AGAIN].for_repeated == steps.fell_short[-1]
        assert found[NEVER_ANSWERS].for_unanswered == steps.unanswered[-1]
        last = play.decided[MONTHS[-1]]
        assert of(last.letters, AGAIN).asked
        draft_letters(play.figures[MONTHS[-1]], last, lambda _said: None)
        assert (letters_dir(MONTHS[-1]) / "bao-cao-H31.pdf").is_file()
