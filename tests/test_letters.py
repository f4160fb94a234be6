"""Who gets a letter, for what, until when; the wording's template and the rules."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import comb

import pandas as pd
import pytest
from by_hand import TREE, figures
from hypothesis import given
from hypothesis import strategies as st

from chiso.base.errors import InputError, ParameterError
from chiso.contract.evidence import CASE_COUNTS
from chiso.contract.letters import LEAD, MEND, OVERDUE, PRACTICE, Asked, Choice, Letter
from chiso.explain import letters as who
from chiso.explain.chance import chance_of
from chiso.explain.letters import addressed, letter_deadline
from chiso.explain.orders import orders
from chiso.explain.outcomes import ANSWERED, NOT_DUE, UNANSWERED, Ask, Outcome
from chiso.pages.letters import words
from chiso.pages.letters.asked import asked_words
from chiso.pages.letters.listing import listing
from chiso.pages.letters.template import fill_in
from chiso.publishing.lettering import Wanted, decide
from chiso.rules.letter_rules import letter_rules
from chiso.rules.units import Unit
from chiso.store import letters as register
from chiso.store.figures import Figures

ALL: dict[str, dict] = {code: {} for code in (unit.code for unit in TREE.units)}
DAY = date(2022, 10, 3)


def world(period="2022-09", **own):
    """All agencies at their best but for what is said; keys are codes with _ for -."""
    counts = {code.replace("_", "-"): value for code, value in own.items()}
    return figures(period, {**ALL, **counts})


def asked(found, code):
    """What an agency is asked: indicator, what, how many."""
    drafts = {draft.unit.code: draft for draft in found.drafts}
    return [(t.asked.indicator, t.asked.what, t.asked.count) for t in drafts[code].tasks]


def why(found, code):
    return next(one.why for one in found.without if one.unit.code == code)


WEAK = {"H31": {13: (1390, 2000)}, "so_tu_phap": {13: (20, 200)}, "so_thong_tin": {13: (180, 200)}, "vp_ubnd": {13: (190, 200)}}  # fmt: skip


def test_an_agency_is_asked_for_what_it_leads_and_does_far_worse_than_its_cohort():
    found = addressed(world(**WEAK), {})
    assert [draft.unit.code for draft in found.drafts] == ["so-tu-phap"]
    assert asked(found, "so-tu-phap") == [(13, MEND, 180)]
    assert found.drafts[0].why == who.OWN


def test_every_agency_is_either_written_to_or_told_why_not():
    found = addressed(world(**WEAK), {})
    codes = [one.unit.code for one in (*found.drafts, *found.without)]
    assert sorted(codes) == sorted(set(ALL) - {"H31"})


def test_who_leads_nothing_of_what_it_lost_gets_no_letter_and_who_leads_it_does():
    # Synchronisation is led by the Office; a third of the province's points are lost on it.
    now = world(H31={4: (1400, 2000)}, so_tu_phap={4: (20, 200)})
    assert [one.indicator for one in orders(now)] == [4]
    found = addressed(now, {})
    assert why(found, "so-tu-phap") == who.NOT_LEAD
    assert asked(found, "vp-ubnd") == [(4, LEAD, 600)]
    assert found.drafts[0].why == who.LEADS


def test_who_is_late_and_does_not_lead_what_is_on_time_was_not_asked_above(monkeypatch):
    naming, unit = who._Naming(world()), TREE.unit("so-tu-phap")
    naming.late = {unit.code}
    assert naming.why_none(unit) == who.ASKED_ABOVE
    monkeypatch.setattr(who._Naming, "_leads", lambda _self, _unit: frozenset({4}))
    assert naming.why_none(unit) == who.NOT_LEAD


def test_a_lead_agency_is_not_written_to_where_the_province_loses_little():
    found = addressed(world(H31={4: (1900, 2000)}, so_tu_phap={4: (20, 200)}), {})
    assert found.drafts == ()


def test_shared_and_structural_losses_are_no_reason():
    found = addressed(world(H31={1: (5, 10)}, so_tu_phap={7: (0, 0)}), {})
    assert why(found, "so-tu-phap") == who.NOT_OWN
    # The Office does not lead 1 alone.
    assert why(found, "vp-ubnd") == who.NOT_OWN


def test_an_agency_without_dossiers_gets_no_letter():
    none = dict.fromkeys(range(4, 22), (0, 0))
    found = addressed(world(**WEAK, **{"323": none, "11950": none, "11953": none}), {})
    assert why(found, "323") == who.WITHOUT_DOSSIERS


def test_few_cases_are_chance():
    few = {"H31": {13: (1990, 2000)}, "so_tu_phap": {13: (1, 3)}, "so_thong_tin": {13: (160, 200)}, "vp_ubnd": {13: (160, 200)}}  # fmt: skip
    now = world(**few)
    assert "so-tu-phap" in [one.unit.code for one in orders(now)]
    assert why(addressed(now, {}), "so-tu-phap") == who.CHANCE


def test_what_the_district_is_asked_is_not_asked_of_its_communes_once_more():
    below = {"H31": {13: (1000, 2000)}, "323": {13: (100, 700)}, "11950": {13: (10, 300)}, "11953": {13: (80, 300)}}  # fmt: skip
    other = Unit(code="330", name=TREE.unit("323").name, level="huyen", cohort="huyen", parent="H31")  # fmt: skip
    tree = replace(TREE, units=(*TREE.units, other))
    now = figures("2022-09", {**ALL, **below, "330": {13: (650, 700)}}, tree=tree)
    assert {"323", "11950"} <= {one.unit.code for one in orders(now)}
    found = addressed(now, {})
    assert asked(found, "323") == [(13, MEND, 600)]
    assert why(found, "11950") == who.ASKED_ABOVE


def test_an_analyst_leaves_one_out_and_adds_another():
    choices = {
        "so-tu-phap": Choice("2022-09", "so-tu-phap", True, "sáp nhập", DAY),
        "so-thong-tin": Choice("2022-09", "so-thong-tin", False, "theo chỉ đạo", DAY),
    }
    found = addressed(world(**{**WEAK, "so_thong_tin": {13: (150, 200)}}), choices)
    assert why(found, "so-tu-phap") == who.LEFT_OUT
    assert asked(found, "so-thong-tin") == [(13, MEND, 50)]
    assert found.drafts[0].why == who.ADDED


def test_communes_of_a_district_that_is_left_out_are_not_called_asked_through_it():
    below = {"H31": {13: (1000, 2000)}, "11950": {13: (10, 300)}, "11953": {13: (280, 300)}}
    choices = {"323": Choice("2022-09", "323", True, "đã làm việc trực tiếp", DAY)}
    found = addressed(world(**below, **{"323": {13: (290, 600)}}), choices)
    assert asked(found, "11950") == [(13, MEND, 290)]


def test_of_bare_counts_nothing_is_asked_that_nobody_knows_to_be_open():
    """What was handed in on paper stays so; files (13) can still be digitised."""
    paper = {"H31": {8: (1390, 2000)}, "so_tu_phap": {8: (20, 200)}, "so_thong_tin": {8: (180, 200)}, "vp_ubnd": {8: (190, 200)}}  # fmt: skip
    both = {code: {**WEAK[code], **paper[code]} for code in WEAK}
    now = world(**both)
    named = {one.indicator for one in orders(now) if one.unit.code == "so-tu-phap"}
    assert named == {8, 13}
    assert asked(addressed(now, {}), "so-tu-phap") == [(13, MEND, 180)]


def test_who_lacks_only_what_bare_counts_leave_open_was_not_asked_above():
    paper = {"H31": {8: (1390, 2000)}, "so_tu_phap": {8: (20, 200)}, "so_thong_tin": {8: (180, 200)}, "vp_ubnd": {8: (190, 200)}}  # fmt: skip
    found = addressed(world(**paper), {})
    assert why(found, "so-tu-phap") == who.STAY
    assert "so-tu-phap" not in [draft.unit.code for draft in found.drafts]


def test_who_leads_beside_others_is_asked_for_its_own_procedures_with_a_letter_it_gets_anyway(
    monkeypatch,
):
    """All departments lead indicator 1, of which the province lost half."""
    cases = pd.DataFrame(
        [
            (code, number, cases, open_, None, "")
            for code, number, cases, open_ in (
                ("so-tu-phap", 13, 180, 0),
                ("so-tu-phap", 1, 3, 3),
                ("vp-ubnd", 1, 2, 2),
            )
        ],
        columns=CASE_COUNTS,
    )
    real = Figures.evidence
    monkeypatch.setattr(
        Figures,
        "evidence",
        lambda self, name: cases if name == "case_counts" else real(self, name),
    )
    found = addressed(world(**{**WEAK, "H31": {**WEAK["H31"], 1: (5, 10)}}), {})
    assert asked(found, "so-tu-phap") == [(13, PRACTICE, 180), (1, LEAD, 3)]
    assert [draft.unit.code for draft in found.drafts] == ["so-tu-phap"], "not for that alone"


def test_a_letter_is_drafted_today_one_of_invented_figures_on_their_day():
    settings = world().settings
    assert who.drafting_day(settings, DAY) == DAY
    invented = replace(settings, is_illustrative=True)
    assert who.drafting_day(invented, DAY) == settings.as_of != DAY


def test_a_letter_that_has_its_number_is_not_drafted_again():
    assert why(addressed(world(**WEAK), {}, {"so-tu-phap"}), "so-tu-phap") == who.ISSUED


def test_the_deadline_is_that_of_the_pages_or_leaves_as_many_working_days():
    settings = world().settings
    assert letter_deadline(settings, date(2022, 9, 30)) == date(2022, 10, 7)
    # Friday: five working days later.
    assert letter_deadline(settings, date(2022, 10, 14)) == date(2022, 10, 21)


@given(st.integers(1, 40), st.integers(0, 40), st.fractions(Fraction(1, 50), Fraction(49, 50)))
def test_chance_is_the_tail_of_the_binomial_distribution(cases, failures, rate):
    failures = min(failures, cases)
    found = chance_of(failures, cases, float(rate))
    if failures <= cases * float(rate):
        assert found == 1
        return
    exact = sum(
        comb(cases, k) * rate**k * (1 - rate) ** (cases - k) for k in range(failures, cases + 1)
    )
    assert found == pytest.approx(float(exact), rel=1e-9)


def test_chance_of_many_cases_and_of_what_never_fails():
    assert chance_of(5519, 13_764, 0.15) == pytest.approx(0, abs=1e-200)
    assert chance_of(1, 10, 0.0) == 0
    assert chance_of(0, 10, 0.0) == 1


@pytest.mark.parametrize(
    ("on", "cited", "absent"),
    [
        (date(2022, 9, 30), "61/2018", "118/2025"),
        (date(2025, 6, 30), "61/2018", "118/2025"),
        (date(2025, 7, 31), "118/2025", "61/2018"),
        (date(2026, 10, 31), "118/2025", "61/2018"),
    ],
)
def test_the_law_is_cited_by_the_date_of_the_period(on, cited, absent):
    law = "; ".join(letter_rules().law_on(on))
    assert cited in law
    assert absent not in law
    assert "766/QĐ-TTg" in law


def test_a_fault_in_the_rules_is_named_with_its_line(project):
    path = project / "params" / "letters.yml"
    text = path.read_text("utf-8").replace("to: 30/06/2025", "to: 30/06/2020")
    path.write_text(text.replace("{period}", "{kỳ}"), "utf-8")
    with pytest.raises(ParameterError, match=r"letters\.yml:\d+: .*about"):
        letter_rules()
    path.write_text(text, "utf-8")
    with pytest.raises(ParameterError, match=r"law\.1\.to: ngày này trước"):
        letter_rules()


def draft_words(own=WEAK, code="so-tu-phap"):
    now = world(**own)
    draft = next(one for one in addressed(now, {}).drafts if one.unit.code == code)
    return words.reminder_words(now, draft, date(2022, 10, 7))


def test_a_letter_says_the_total_before_the_shortfall_and_one_deadline():
    text = fill_in("reminder", draft_words()).replace("\\", "")
    order = ["Thực hiện Quyết định số 766/QĐ-TTg", "có 100 hồ sơ phải giải quyết", "Tuy nhiên, còn nội dung sau chưa đạt (chi tiết tại Phụ lục)", "- 180/200 hồ sơ chưa số hóa; đạt 10,00%", "1. Giao Giám đốc Đơn vị so-tu-phap", "**chậm nhất ngày 07/10/2022**", "- Số hóa thêm 180 hồ sơ (chỉ số 13, chủ trì)", "2. Giao Đơn vị", "Yêu cầu Đơn vị so-tu-phap"]  # fmt: skip
    order[7] = "2. Giao Trung tâm"
    places = [text.find(one) for one in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    assert text.count("**") == 2
    assert text.endswith("./.")


def test_a_lead_agency_is_told_of_the_province_and_with_whom():
    own = {"H31": {4: (1400, 2000)}, "so_tu_phap": {4: (20, 200)}}
    text = fill_in("reminder", draft_words(own, "vp-ubnd")).replace("\\", "")
    assert "Toàn tỉnh có 600/2.000 hồ sơ chưa đồng bộ" in text
    assert "phối hợp với Sở, ban, ngành, UBND cấp huyện, UBND cấp xã, VNPT Hưng Yên" in text


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Sở Y tế", "Giám đốc Sở Y tế"),
        ("Văn phòng UBND tỉnh", "Chánh Văn phòng UBND tỉnh"),
        ("Thanh tra tỉnh", "Chánh Thanh tra tỉnh"),
        ("Ban Quản lý các khu công nghiệp", "Trưởng Ban Quản lý các khu công nghiệp"),
    ],
)
def test_the_head_of_an_agency_is_called_as_in_a_letter(name, title):
    unit = replace(TREE.unit("so-tu-phap"), name=replace(TREE.name, vi=name, en=name))
    assert words.head_of(unit) == title


def outcome(still_open=0, mended=0, untold=0, answered=NOT_DUE):
    task = Asked(5, OVERDUE, still_open + mended + untold)
    letter = Letter("2022-08/reminder/so-tu-phap", "reminder", "2022-08", 1, "so-tu-phap", (task,), date(2022, 9, 8), date(2022, 9, 1), "", "05/UBND-KSTT", date(2022, 9, 2))  # fmt: skip
    return Outcome(letter, (Ask(task, still_open, mended, untold),), answered)


@pytest.mark.parametrize(
    ("became", "said", "unsaid"),
    [
        (outcome(41, 271, answered=UNANSWERED), "Tuy nhiên, đến ngày 30/09/2022 còn 41 trường hợp chưa hoàn thành, UBND tỉnh chưa nhận được báo cáo kết quả.", "đã hoàn thành"),
        (outcome(41, 271, answered=ANSWERED), "còn 41 trường hợp chưa hoàn thành.", "chưa nhận được"),
        (outcome(0, 312, answered=ANSWERED), "đã hoàn thành các trường hợp này.", "Tuy nhiên, đến"),
        (outcome(0, 0, 312), "Số liệu tháng 9/2022 không thể hiện kết quả của 312 trường hợp.", "Tuy nhiên, đến"),
        (outcome(0, 300, 12), "Số liệu tháng 9/2022 không thể hiện kết quả của 12 trường hợp.", "đã hoàn thành"),
        (outcome(0, 0, 312, UNANSWERED), "Tuy nhiên, đến ngày 30/09/2022 UBND tỉnh chưa nhận được báo cáo kết quả.", "chưa hoàn thành"),
    ],
)  # fmt: skip
def test_an_earlier_letter_is_cited_with_what_became_of_it(monkeypatch, became, said, unsaid):
    monkeypatch.setattr(words, "all_outcomes", lambda _figures: (became,))
    text = " ".join(fill_in("reminder", draft_words()).replace("\\", "").split())
    cited = "Công văn số 05/UBND-KSTT ngày 02/09/2022 về việc khắc phục nội dung chưa đạt theo Bộ chỉ số 766, tháng 8/2022, yêu cầu Đơn vị so-tu-phap hoàn thành"  # fmt: skip
    assert text.startswith(f"UBND tỉnh đã có {cited}")
    assert "chậm nhất ngày 08/09/2022." in text
    assert said in text
    assert unsaid not in text


def test_an_unknown_word_of_a_template_is_named_with_its_line(project):
    path = project / "params" / "letters" / "reminder.md"
    path.write_text(path.read_text("utf-8") + "\n{{ tên_lạ }}\n", "utf-8")
    line = path.read_text("utf-8").splitlines().index("{{ tên_lạ }}") + 1
    with pytest.raises(ParameterError, match=rf"reminder\.md:{line}: .*tên_lạ.*agency"):
        fill_in("reminder", draft_words())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("một\n{% if agency %}\nhai", r"reminder\.md:\d: "),
        ("một\n\n{{ dossiers.nothing }}", r"reminder\.md:3: .*nothing"),
        ("{{ agency.__class__.__mro__ }}", r"reminder\.md:1: .*__class__"),
    ],
)
def test_a_template_that_cannot_be_filled_in_is_named_with_its_line(project, text, fault):
    (project / "params" / "letters" / "reminder.md").write_text(text, "utf-8")
    with pytest.raises(ParameterError, match=fault):
        fill_in("reminder", draft_words())


def wanted(**more):
    given = {"units": (), "leave_out": (), "add": (), "reason": "", "drafted_on": DAY}
    return Wanted(**{**given, **more})


def test_a_choice_is_kept_with_its_reason_and_holds_from_then_on(project):
    now, said = world(**WEAK), []
    first = decide(now, wanted(leave_out=("so-tu-phap",), reason="sáp nhập"), said.append)
    assert register.choices(register.register_dir(), "2022-09") == {}
    one = first.choices[0]
    register.choice(
        register.register_dir(), one.period, one.addressee, one.leave_out, one.reason, one.by_day
    )
    again = decide(now, wanted(), said.append)
    assert again.letters == ()
    assert "chuyên viên bỏ ra (1): Đơn vị so-tu-phap (sáp nhập)" in listing(
        now, again.addressed, ()
    )


def test_a_kept_choice_on_an_agency_that_the_tree_no_longer_has_is_told(project):
    register.choice(register.register_dir(), "2022-09", "so-cu", True, "đã bỏ", DAY)
    said = []
    found = decide(world(**WEAK), wanted(), said.append)
    assert len(found.letters) == 1
    assert "“so-cu”" in said[0]
    assert str(register.register_dir()) in said[0]


def test_a_choice_that_cannot_be_carried_out_is_refused(project):
    now = world(**WEAK)
    with pytest.raises(ParameterError, match="so-la"):
        decide(now, wanted(add=("so-la",), reason="x"), print)
    with pytest.raises(InputError, match="H31"):
        decide(now, wanted(units=("H31",)), print)
    with pytest.raises(InputError, match="vừa bỏ ra vừa thêm vào: so-tu-phap"):
        both = ("so-tu-phap",)
        decide(now, wanted(add=both, leave_out=both, reason="x"), print)
    with pytest.raises(InputError, match="Không có gì để yêu cầu Đơn vị 11950"):
        decide(now, wanted(add=("11950",), reason="x"), print)


def test_a_letter_drafted_again_keeps_its_day_and_its_deadline(project):
    first = decide(world(**WEAK), wanted(), print).letters
    register.drafted(register.register_dir(), first)
    later = decide(world(**WEAK), wanted(drafted_on=date(2022, 10, 20)), print).letters
    assert later == first
    worse = {**WEAK, "so_tu_phap": {13: (10, 200)}}
    other = decide(world(**worse), wanted(drafted_on=date(2022, 10, 20)), print).letters
    assert other[0].deadline == date(2022, 10, 27)


def test_the_listing_names_addressee_reason_figures_and_deadline(project):
    now = world(**WEAK)
    found = decide(now, wanted(), print)
    text = listing(now, found.addressed, found.letters)
    assert "Đơn vị so-tu-phap (so-tu-phap): kết quả chưa đạt ở chỉ số 13" in text
    (asked,) = found.letters[0].asked
    words = asked_words(asked, now.book, None)
    assert "180" in words and "(chỉ số 13)" in words, "as in the register"
    assert f"  - {words}: kỳ này 10,00%, chung 69,50%\n" in text
    assert "hạn 10/10/2022" in text
