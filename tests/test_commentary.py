"""What pages say: every sentence has its number, a change is called one only by its verdict."""

import re
import shutil
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import yaml
from by_hand import TREE, figures, months
from conftest import ROOT, SAMPLE

from chiso.base.errors import ParameterError
from chiso.base.i18n import use_language
from chiso.base.params import Text
from chiso.explain import way_up
from chiso.pages import cards, commentary, own_text, tables
from chiso.pages.wording import WORDS, check_wording
from chiso.store.figures import UnitFigures

SENTENCES = (ROOT / "params/commentary/sentences.yml").read_text("utf-8")
# 60 of 100 late after a steady 20 to 23; the other agencies go on as before.
FALL = {
    "H31": [20, 22, 21, 23, 20, 60],
    "so-tu-phap": [20, 22, 21, 23, 20, 60],
    "so-thong-tin": [21, 20, 23, 21, 22, 22],
    "323": [60, 60, 60, 60, 60, 60],
    "11950": [20, 20, 20, 20, 20, 20],
    "11953": [30, 30, 30, 30, 30, 30],
}


NOTHING = dict.fromkeys(range(1, 22), (0, 0))
ONE_CASE = pd.DataFrame({"indicator": [5], "cases": [50], "mendable": [0]})
NONE_MENDABLE = pd.DataFrame(columns=["unit", "indicator", "kind", "id"])


def departments(number):
    """The tree with departments so-4, so-5 ... besides, so many in all."""
    first = next(unit for unit in TREE.units if unit.code == "so-tu-phap")
    more = (replace(first, code=f"so-{i}") for i in range(4, number + 1))
    return replace(TREE, units=(*TREE.units, *more))


def words(markdown) -> str:
    return markdown.data.replace("\\", "")


def everything(page) -> str:
    unit_parts = [
        part(unit)
        for unit in map(page.unit, [unit.code for unit in page.units])
        for part in (commentary.headline, commentary.unit_comment, commentary.notes)
    ]
    return "\n".join(
        map(
            words,
            [
                *unit_parts,
                *(
                    part(page)
                    for part in (
                        commentary.province_lead,
                        cards.order_cards,
                        commentary.province_moves,
                        commentary.province_brief,
                        commentary.not_own,
                        commentary.province_comment,
                    )
                ),
            ],
        )
    )


@pytest.fixture(scope="module")
def fall():
    return months(FALL, first="2022-04")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_sentence_without_a_number_and_no_word_left_unfilled(fall, language):
    use_language(language)
    text = everything(fall)
    # Lines of markup, names of agencies and the summary of what is folded are no sentences.
    lines = [
        line
        for line in text.splitlines()
        if line and not line.startswith(("`", "<", "**Đơn", "**Agency"))
    ]
    for line in lines:
        for sentence in re.split(r"(?<=[.])\s+(?=[A-ZĐ])", line.removeprefix("- ")):
            assert ":::" in sentence or re.search(r"\d", sentence), sentence
    markup = r":::+ \{.*?\}|```\{=html\}|\]\{\.screen\}"
    assert "None" not in text and "{" not in re.sub(markup, "", text)


def test_the_headline_says_total_class_rank_tie_and_change(fall):
    text = words(commentary.headline(fall.unit("so-thong-tin")))
    assert "đạt 93,60/100 điểm, xếp loại Xuất sắc, đứng thứ 1/2" in text
    tied = figures("2022-09", {"so-tu-phap": {}, "so-thong-tin": {}, "vp-ubnd": {5: (0, 100)}})
    text = words(commentary.headline(tied.unit("so-tu-phap")))
    assert "đứng thứ 1/3 trong khối Sở, ban, ngành, cùng hạng với 1 đơn vị khác." in text
    assert "cùng hạng" not in words(commentary.headline(tied.unit("vp-ubnd")))


def test_a_change_is_called_one_only_by_its_verdict(fall):
    changed = words(commentary.headline(fall.unit("so-tu-phap")))
    assert "giảm 8,00 điểm (94,00 → 86,00); có thay đổi theo hướng giảm sút" in changed
    # July to September of 2022 and three before: the first of six periods to the last.
    assert "Từ tháng 4/2022 (6 kỳ), tổng điểm giảm 8,00 điểm." in changed
    assert "Giảm 1 bậc, từ thứ 1 xuống thứ 2." in changed
    assert "Từ loại Xuất sắc xuống Tốt, thiếu 4,00 điểm." in changed
    usual = words(commentary.headline(fall.unit("so-thong-tin")))
    assert "tổng điểm không đổi (93,60 → 93,60), trong mức dao động thường" in usual
    few = months({"so-tu-phap": [20, 90]}, first="2022-08")
    text = words(commentary.headline(few.unit("so-tu-phap")))
    assert "Mới có 2/5 kỳ: chưa đủ cơ sở đánh giá xu hướng." in words(
        commentary.notes(few.unit("so-tu-phap"))
    )
    assert "cơ sở đánh giá" not in text
    assert "thay đổi theo hướng" not in text and "dao động thường" not in text


def test_a_period_that_has_not_ended_gets_no_verdict(fall):
    open_one = replace(fall, settings=replace(fall.settings, as_of=date(2022, 9, 10)))
    text = words(commentary.headline(open_one.unit("so-tu-phap")))
    assert "chưa kết luận" in text and "thay đổi theo hướng" not in text
    brief = words(commentary.province_brief(open_one))
    assert "biểu đồ kiểm soát" not in brief and "10/09/2022" in text


def test_without_a_period_before_nothing_is_compared():
    page = figures("2022-09", {"H31": {}, "so-tu-phap": {}, "323": {}, "11950": {}})
    assert "So với" not in everything(page)


def test_a_unit_reads_why_it_loses_who_holds_it_back_and_what_to_do(fall):
    text = words(commentary.unit_comment(fall.unit("so-tu-phap")))
    assert "Mất 14,00 điểm, trong đó 12,00 điểm do đơn vị; nhiều nhất:" in text
    # The other department has 78,00%: half of two is not the lowest quarter, so no place is told.
    assert "- 12,00 điểm: 60/100 hồ sơ quá hạn (chỉ số 5)\n" in text
    assert (
        "Mất 2,00 điểm không do đơn vị: 2,00 điểm vì chỉ số cấp tỉnh,"
        " đơn vị không được tính điểm (chỉ số 6)." in text
    )
    assert "Thiếu 4,00 điểm để lên loại Xuất sắc: khắc phục ít nhất 20 trường hợp" in text
    assert "giải quyết đúng hạn thêm 20 hồ sơ (chỉ số 5, 4,00 điểm)" in text
    district = words(commentary.unit_comment(fall.unit("323")))
    assert (
        "Chưa đạt chỉ số 5 (Tỷ lệ hồ sơ xử lý đúng hạn), nhiều nhất:"
        " Đơn vị 11953 30/100, chiếm 60%; Đơn vị 11950 20/100, chiếm 40%." in district
    )
    assert "nhiều nhất: Đơn vị" not in words(commentary.unit_comment(fall.unit("11950")))


def test_a_low_rate_is_told_with_its_place_and_the_provinces_rate():
    late = {"so-tu-phap": (50, 100), "so-thong-tin": (80, 100), "vp-ubnd": (90, 100)}
    counts = {"H31": {5: (220, 300)}} | {code: {5: pair} for code, pair in late.items()}
    counts["so-4"] = {}
    unit = figures("2022-09", counts, tree=departments(4)).unit("so-tu-phap")
    text = words(commentary.unit_comment(unit))
    assert "đạt 50,00%, thấp nhất trong 4 đơn vị cùng khối; toàn tỉnh 73,3%" in text
    counts |= {f"so-{i}": {} for i in range(5, 9)} | {"so-4": {5: (40, 100)}}
    unit = figures("2022-09", counts, tree=departments(8)).unit("so-tu-phap")
    assert "đạt 50,00%, thấp thứ 2/8 trong khối" in words(commentary.unit_comment(unit))


def test_an_agency_without_dossiers_gets_neither_advice_nor_a_place():
    counts = {"H31": {1: (20, 100)}, "so-tu-phap": NOTHING, "vp-ubnd": {5: (90, 100)}}
    before = figures("2022-08", {**counts, "so-tu-phap": {}})
    unit = figures("2022-09", counts, (before,)).unit("so-tu-phap")
    total = str(unit.standing.total).replace(".", ",")
    headline = words(commentary.headline(unit))
    assert f"không phát sinh hồ sơ trong kỳ; điểm theo quy định là {total}/100." in headline
    text = headline + words(commentary.unit_comment(unit)) + words(commentary.notes(unit))
    for word in ("thứ ", "loại", "thấp", "khắc phục", "Thiếu", "giảm"):
        assert word not in text, word
    assert "4,80 điểm theo số liệu chung của tỉnh (chỉ số 1)" in text
    facts = words(tables.key_facts(unit))
    assert total in facts and "hạng" not in facts and "loại" not in facts
    assert not tables.way_table(unit)


def test_one_petition_is_told_as_chance_and_not_as_the_agencys_loss():
    before = figures("2022-08", {"so-tu-phap": {}})
    now = figures("2022-09", {"so-tu-phap": {19: (0, 1), 20: (0, 1)}}, (before,))
    text = words(commentary.unit_comment(now.unit("so-tu-phap")))
    assert "Mất 14,00 điểm, trong đó 0,00 điểm do đơn vị." in text
    assert "12,00 điểm do 1 phản ánh, kiến nghị (chỉ số 19, 20)" in text
    assert "Riêng phản ánh, kiến nghị (0 kỳ trước, 1 kỳ này) làm tổng điểm giảm 12,00 điểm." in text
    # The headline does not call one petition a collapse.
    assert "Không kể phản ánh, kiến nghị, tổng điểm không đổi." in words(
        commentary.headline(now.unit("so-tu-phap"))
    )
    # Told once, by what it counts: not again among the indicators that moved.
    assert text.count("12,00 điểm") == 2 and "6,00 → 0,00" not in text


def test_what_a_denominator_alone_moved_is_said_and_petitions_are_apart():
    before = figures("2022-08", {"so-tu-phap": {7: (8, 10), 19: (1, 2), 20: (1, 1)}})
    now = figures("2022-09", {"so-tu-phap": {7: (8, 20), 19: (2, 2), 20: (1, 2)}}, (before,))
    text = words(commentary.unit_comment(now.unit("so-tu-phap")))
    # 19 brings 3,00 and 20 costs 3,00: together nothing, so each stands among those that moved.
    assert "Riêng phản ánh, kiến nghị (" not in text
    assert "chỉ số 19 (" in text and "chỉ số 20 (" in text
    assert "giảm 1,60 điểm (3,20 → 1,60), do mẫu số từ 10 thành 20" in text
    now = figures("2022-09", {"so-tu-phap": {7: (8, 20), 19: (2, 2), 20: (2, 2)}}, (before,))
    text = words(commentary.unit_comment(now.unit("so-tu-phap")))
    assert "Riêng phản ánh, kiến nghị (1 kỳ trước, 2 kỳ này) làm tổng điểm tăng 3,00 điểm." in text
    moved = text.partition("Ngoài phản ánh, kiến nghị, các chỉ số thay đổi nhiều nhất")[2]
    assert "chỉ số 7 (" in moved and "chỉ số 19" not in moved


def test_what_is_zero_by_rule_and_what_has_nothing_to_count_are_told_apart():
    unit = figures("2022-09", {"so-tu-phap": NOTHING, "323": {11: (0, 0)}}).unit("323")
    text = words(commentary.unit_comment(unit))
    assert "2,00 điểm vì chỉ số cấp tỉnh, đơn vị không được tính điểm (chỉ số 6)" in text
    assert "6,00 điểm vì không phát sinh, 0/0 (chỉ số 11)" in text
    empty = figures("2022-09", {"so-tu-phap": NOTHING | {7: (0, 15), 10: (0, 8)}})
    text = words(commentary.unit_comment(empty.unit("so-tu-phap")))
    assert "Mất 6,00 điểm còn lại ở chỉ số 7, 10." in text


def test_no_score_and_no_figures_are_told_apart():
    unit = figures("2022-09", {"so-tu-phap": {12: (0, 0), 13: (None, None)}}).unit("so-tu-phap")
    text = words(commentary.notes(unit))
    assert "1 chỉ số không có điểm vì mẫu số bằng 0: 12." in text
    assert "1 chỉ số chưa có số liệu: 13." in text


def test_what_the_province_moved_is_apart_from_what_the_agency_moved():
    before = figures("2022-08", {"H31": {}, "so-tu-phap": {5: (90, 100)}})
    now = figures("2022-09", {"H31": {1: (50, 100)}, "so-tu-phap": {5: (95, 100)}}, (before,))
    text = words(commentary.unit_comment(now.unit("so-tu-phap")))
    assert (
        "Thay đổi so với tháng 8/2022: phần của đơn vị tăng 1,00 điểm,"
        " phần số liệu chung của tỉnh giảm 3,00 điểm." in text
    )


def test_what_can_no_longer_be_mended_is_for_the_next_period(monkeypatch):
    # 50/100: 10 lost; of the 50 late none can be mended, so rates are told: 60% brings 90.
    unit = figures("2022-09", {"323": {5: (50, 100)}}).unit("323")
    monkeypatch.setattr(UnitFigures, "case_counts", property(lambda _unit: ONE_CASE))
    monkeypatch.setattr(way_up, "read_mendable", lambda *_of: NONE_MENDABLE)
    text = words(commentary.unit_comment(unit))
    assert (
        "Thiếu 2,00 điểm để lên loại Xuất sắc, các trường hợp còn khắc phục được không đủ" in text
    )
    assert "chỉ số 5 (Tỷ lệ hồ sơ xử lý đúng hạn): 60,00%, kỳ này 50,00%" in text
    assert "khắc phục ít nhất" not in text and not tables.way_table(unit)


def test_a_class_that_the_agency_alone_can_not_reach_is_called_that():
    lost = dict.fromkeys((1, 2), (0, 100))
    unit = figures("2022-09", {"H31": lost, "323": {5: (90, 100)}}).unit("323")
    text = words(commentary.unit_comment(unit))
    # 98 - 10 of the province - 2; all of its own brings 88.
    assert "Thiếu 4,00 điểm để lên loại Xuất sắc; đạt hết các chỉ số của đơn vị" in text
    assert "tổng điểm là 88,00." in text


def test_what_a_unit_inherits_is_not_called_its_own():
    page = figures("2022-09", {"H31": {1: (20, 100)}, "so-tu-phap": {}})
    text = words(commentary.unit_comment(page.unit("so-tu-phap")))
    assert "4,80 điểm theo số liệu chung của tỉnh (chỉ số 1)" in text
    assert "80/100 TTHC" not in text
    assert "80/100 TTHC công bố chậm" in words(commentary.unit_comment(page.unit("H31")))


@pytest.mark.parametrize(
    "counts",
    [
        {"so-tu-phap": {5: (90, 100)}},
        {"so-tu-phap": dict.fromkeys(range(1, 22), (0, 0))},
        {"so-tu-phap": {}, "vp-ubnd": dict.fromkeys(range(1, 22), (None, None))},
    ],
    ids=["one agency only", "nothing to count anywhere", "another without figures"],
)
def test_whatever_is_missing_a_page_is_made(counts):
    page = figures("2022-09", counts)
    text = "\n".join(
        words(part(page.unit("so-tu-phap")))
        for part in (
            commentary.headline,
            tables.key_facts,
            commentary.unit_comment,
            commentary.notes,
        )
    )
    assert "None" not in text and "So với" not in text and "–/" not in text


def test_notes_say_where_free_points_decide_a_rank():
    page = figures("2022-09", {"so-tu-phap": {19: (1, 2)}, "vp-ubnd": {5: (90, 100)}})
    text = words(commentary.notes(page.unit("vp-ubnd")))
    assert "12,00 điểm của các chỉ số 19, 20 là do trong kỳ không phát sinh" in text
    assert "nếu không tính các chỉ số 19, 20 thì đơn vị đứng thứ 2 thay vì thứ 1" in text


def test_a_unit_with_no_figures_and_one_with_perfect_ones():
    nothing = dict.fromkeys(range(1, 22), (None, None))
    page = figures("2022-09", {"H31": {}, "so-tu-phap": nothing, "so-thong-tin": {}, "323": {}})
    assert "thiếu số liệu của 17/21 chỉ số" in words(commentary.headline(page.unit("so-tu-phap")))
    absent = page.unit("vp-ubnd")  # no figures at all
    assert "thiếu số liệu của 21/21 chỉ số" in words(commentary.headline(absent))
    assert words(commentary.unit_comment(absent)) == words(commentary.notes(absent)) == ""
    everything(page)
    assert "1 đơn vị chưa có tổng điểm" in words(commentary.province_brief(page))


def first_screen(page):
    return "\n".join(
        words(part(page))
        for part in (commentary.province_lead, cards.order_cards, commentary.province_moves)
    )


def test_the_brief_has_at_most_nine_points_and_says_who_moved_of_its_own(fall):
    text = words(commentary.province_brief(fall))
    assert 3 <= len([line for line in text.splitlines() if line.startswith("- ")]) <= 9
    assert "loại Xuất sắc (" in text
    assert "Theo biểu đồ kiểm soát: 0 đơn vị có thay đổi tốt lên, 1 đơn vị giảm sút, 4" in text
    assert "So với tháng 8/2022, do kết quả của chính đơn vị: 0 đơn vị tăng điểm, 1" in text
    assert "Giảm nhiều nhất: Đơn vị so-tu-phap, 8,00 điểm." in text
    for phrase in (
        "chênh",
        "chuyển",
        "0 đơn vị giữ nguyên",
        "không phải thấp nhất",
        "nhiều nhất là",
    ):
        assert phrase not in text


def test_the_total_stands_in_one_line_with_all_comparable_periods(fall):
    text = words(commentary.province_lead(fall))
    assert "Đơn vị H31 đạt 88,00/100 điểm" in text
    assert (
        "Tháng 4/2022: 96,00; …; tháng 7/2022: 95,40; tháng 8/2022: 96,00; tháng 9/2022: 88,00:"
        " giảm 8,00 điểm qua 6 kỳ." in text
    )
    alone = words(commentary.province_lead(figures("2022-09", {"H31": {}})))
    assert "Mới có 1 kỳ (tháng 9/2022), chưa có kỳ trước để so sánh." in alone


def test_a_card_says_what_who_how_many_until_when_and_where_the_list_is():
    counts = {
        "H31": {5: (820, 1000)},
        "so-tu-phap": {5: (100, 200)},
        "so-thong-tin": {5: (190, 200)},
        "vp-ubnd": {5: (530, 600)},
    }
    text = words(cards.order_cards(figures("2022-09", counts)))
    assert "**Đơn vị so-tu-phap**" in text
    # Of bare counts nobody knows which are still open, and what has ended late stays late.
    assert "Rà soát 100 hồ sơ chưa đúng hạn; giải quyết xong hồ sơ còn tồn." in text
    # 100 of 180 late with 200 of 1000 dossiers, and the lowest rate of three.
    assert "55,56% số chưa đạt, 20,00% số hồ sơ; thấp nhất trong 3 đơn vị." in text
    assert "Hạn 07/10/2022. [[Danh sách](so-tu-phap.html#cases)]{.screen}" in text
    assert "thêm" not in text


def test_counts_alone_ask_for_nothing_that_stays_as_it_is():
    counts = {
        "H31": {8: (730, 1000)},
        "so-tu-phap": {8: (10, 200)},
        "so-thong-tin": {8: (190, 200)},
        "vp-ubnd": {8: (530, 600)},
    }
    now = figures("2022-09", counts)
    assert not cards.order_cards(now).data
    (row,) = tables.order_table(now).rows
    assert row[2] is None and row[3] == 190


def test_a_card_of_counts_alone_says_that_it_is_not_known_what_can_be_mended():
    counts = {
        "H31": {16: (820, 1000)},
        "so-tu-phap": {16: (100, 200)},
        "so-thong-tin": {16: (190, 200)},
        "vp-ubnd": {16: (530, 600)},
    }
    text = words(cards.order_cards(figures("2022-09", counts)))
    assert "thêm 100 hồ sơ" in text and "55,56% số chưa đạt, 20,00% số hồ sơ" in text
    assert "Hạn 07/10/2022; số tổng hợp, chưa rõ còn khắc phục được bao nhiêu." in text


def test_who_has_most_cases_but_does_better_is_not_named():
    counts = {
        "H31": {5: (800, 1000)},
        "so-tu-phap": {5: (340, 400)},
        "so-thong-tin": {5: (40, 80)},
        "vp-ubnd": {5: (10, 40)},
    }
    text = words(cards.order_cards(figures("2022-09", counts)))
    assert "so-tu-phap" not in text and "Đơn vị so-thong-tin" in text


def test_classes_are_told_by_name():
    before = figures("2022-08", {"H31": {}, "so-tu-phap": {}, "vp-ubnd": {5: (50, 100)}})
    now = figures(
        "2022-09", {"H31": {}, "so-tu-phap": {5: (58, 100)}, "vp-ubnd": {5: (95, 100)}}, (before,)
    )
    text = words(commentary.province_moves(now))
    assert "1 đơn vị lên loại, 1 xuống loại, 1 thiếu không quá 0,5 điểm để lên loại" in text
    assert "- Lên loại Xuất sắc (1): Đơn vị vp-ubnd." in text
    assert "- Xuống loại Tốt (1): Đơn vị so-tu-phap." in text
    assert "- Thiếu không quá 0,5 điểm để lên loại Xuất sắc (1): Đơn vị so-tu-phap (0,40)." in text


def test_one_petition_is_told_as_one_and_never_ranks_first():
    late, one_petition = {5: (90, 100)}, {19: (0, 1), 20: (0, 1)}
    before = figures("2022-08", {"H31": {}, "so-tu-phap": {}, "vp-ubnd": {}, "323": late})
    now = figures(
        "2022-09", {"H31": {}, "so-tu-phap": one_petition, "vp-ubnd": late, "323": {}}, (before,)
    )
    text = words(commentary.province_brief(now))
    assert "tăng nhiều nhất: Đơn vị 323, 2,00 điểm. Giảm nhiều nhất: Đơn vị vp-ubnd, 2,00" in text
    assert "nhiều nhất: Đơn vị so-tu-phap giảm 12,00 điểm (kỳ trước 0 phản ánh, kỳ này 1)." in text


def test_an_agency_without_dossiers_is_named_once_as_such():
    page = figures("2022-09", {"H31": {}, "so-tu-phap": {}, "so-thong-tin": {}, "vp-ubnd": NOTHING})
    text = first_screen(page) + words(commentary.province_brief(page))
    assert text.count("vp-ubnd") == 1
    assert "Đơn vị vp-ubnd không phát sinh hồ sơ trong kỳ; điểm theo quy định là" in text


def test_what_is_not_their_own_is_told_once_with_its_points():
    page = figures("2022-09", {"H31": {1: (50, 100)}, "so-tu-phap": {1: (50, 100), 7: (0, 0)}})
    text = words(commentary.not_own(page))
    assert "2,00 điểm ở chỉ số 6 (" in text and "theo quy định 1 đơn vị không được tính" in text
    assert "ở chỉ số 7 (" in text and "1 đơn vị không phát sinh (0/0), không thuộc trách" in text
    assert "ở chỉ số 1 (" in text and "theo số liệu chung của tỉnh" in text


def test_a_province_of_one_agency_or_of_nothing_says_what_is_missing():
    one = figures("2022-09", {"so-tu-phap": {5: (50, 100)}})
    assert "thiếu số liệu của 21/21 chỉ số" in words(commentary.province_lead(one))
    nothing = figures("2022-09", {"H31": NOTHING, "so-tu-phap": NOTHING, "323": NOTHING})
    text = first_screen(nothing) + words(commentary.province_brief(nothing))
    assert "chưa có kỳ trước" in text and text.count("không phát sinh hồ sơ trong kỳ") >= 2
    assert cards.order_cards(nothing).data == ""


def test_a_sample_orders_nothing_of_those_it_does_not_hold():
    cohorts = {code: replace(cohort, partial=True) for code, cohort in TREE.cohorts.items()}
    counts = {"H31": {5: (500, 1000)}, "so-tu-phap": {5: (90, 100)}}
    page = figures("2022-09", counts, tree=replace(TREE, cohorts=cohorts))
    text = words(commentary.province_brief(page))
    assert "98% trong 500 trường hợp chưa đạt thuộc các đơn vị không có trong số liệu này" in text
    assert "thấp nhất" not in text and cards.order_cards(page).data == ""
    # Procedures do not add up, and a part of a cohort is nothing to have a share of.
    counts = {"H31": {}, "so-tu-phap": {9: (1, 9)}, "vp-ubnd": {9: (9, 10)}}
    page = figures("2022-09", counts, tree=replace(TREE, cohorts=cohorts))
    assert cards.order_cards(page).data == ""


def test_names_are_escaped():
    name = Text(vi="Sở <b>[x](http://a)</b> {{< include /etc/passwd >}}", en="x")
    units = tuple(
        replace(unit, name=name) if unit.code == "so-tu-phap" else unit for unit in TREE.units
    )
    page = figures("2022-09", {"so-tu-phap": {5: (1, 2)}}, tree=replace(TREE, units=units))
    for part in (commentary.headline, commentary.unit_comment):
        assert "<b>" not in part(page.unit("so-tu-phap")).data
    assert "{{<" not in commentary.headline(page.unit("so-tu-phap")).data


EMPTY = (
    *("nhìn chung", "tương đối", "đáng kể", "cơ bản", "tích cực", "cần cố gắng", "quan tâm"),
    *("generally", "significant", "relatively", "positive", "efforts", "various"),
)


def test_no_sentence_holds_an_empty_phrase():
    for key, text in yaml.safe_load(SENTENCES).items():
        for shown in text.values():
            assert not [phrase for phrase in EMPTY if phrase in shown.lower()], key


def test_every_sentence_is_known_and_none_is_left_over():
    assert set(yaml.safe_load(SENTENCES)) == set(WORDS)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Mất {lost} điểm", "Mất {lots} điểm", "{lots}"),
        ("Mất {lost} điểm", "Mất {lost.__class__} điểm", "lost.__class__"),
        ("Mất {lost} điểm", "Mất {lost!r} điểm", "{lost}"),
        ("Mất {lost} điểm", "Mất {lost điểm", "ngoặc"),
        ("Mất {lost} điểm", "Mất điểm", "lost_own"),
        (
            "Mất {lost} điểm, trong đó {own} điểm do đơn vị.",
            "Mất nhiều điểm.",
            "lost_none_own.vi: câu không có",
        ),
        ("lost_own:", "lost_onw:", "lost_onw"),
        ("action_21:", "action_22:", "action_21"),
    ],
)
def test_wording_that_could_not_be_filled_in_is_refused_with_its_line(project, old, new, says):
    path = project / "params/commentary/sentences.yml"
    assert old in SENTENCES
    path.write_text(SENTENCES.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        check_wording()
    assert str(caught.value).startswith(f"{path}:") and says in str(caught.value)


def test_an_analyst_can_reword_a_sentence(project, fall):
    path = project / "params/commentary/sentences.yml"
    path.write_text(SENTENCES.replace("Mất {lost} điểm", "Hụt {lost} điểm", 1), encoding="utf-8")
    assert "Hụt 14,00 điểm" in words(commentary.unit_comment(fall.unit("so-tu-phap")))


# The analyst's own text.


@pytest.fixture
def page(project):
    return figures("2022-09", {"H31": {}, "so-tu-phap": {5: (90, 100)}})


def write(page, mode, body, unit="so-tu-phap"):
    path = own_text.write_own_text(page.unit(unit))
    text = path.read_text("utf-8").replace("mode: follow", f"mode: {mode}")
    path.write_text(text + body, encoding="utf-8")
    return path


@pytest.mark.programs
def test_an_own_text_follows_or_replaces_the_automatic_one(page, project):
    unit = page.unit("so-tu-phap")
    automatic = commentary.unit_comment(unit).data
    path = write(page, "follow", "Đã **rà soát** 10 hồ sơ.\n")
    assert path == project / "params/commentary/2022-09/so-tu-phap.md"
    assert commentary.unit_comment(unit).data.startswith(automatic)
    assert "Đã **rà soát** 10 hồ sơ\\." in commentary.unit_comment(unit).data
    path.write_text(path.read_text("utf-8").replace("follow\n", "replace\n"), encoding="utf-8")
    replaced = commentary.unit_comment(unit).data
    assert replaced.startswith('::: {.own-text lang="vi"}') and automatic not in replaced
    use_language("en")
    assert commentary.unit_comment(unit).data.count("own-text") == 1
    assert "points are lost" in commentary.unit_comment(unit).data


@pytest.mark.programs
def test_the_provinces_text_stands_in_the_brief_alone(page):
    write(page, "replace", "Một ý kiến.", unit="H31")
    assert "own-text" in commentary.province_brief(page).data
    assert "own-text" not in commentary.unit_comment(page.unit("H31")).data


def test_an_empty_text_replaces_nothing(page):
    write(page, "replace", "\n")
    assert "own-text" not in commentary.unit_comment(page.unit("so-tu-phap")).data


@pytest.mark.programs
def test_a_text_goes_stale_when_a_figure_changes_and_is_renewed_on_request(page):
    path = write(page, "follow", "Đã rà soát.\n")
    assert own_text.stale_texts(page) == ()
    later = figures("2022-09", {"H31": {}, "so-tu-phap": {5: (80, 100), 16: (None, None)}})
    stale = [(one.item, str(one.was), str(one.now)) for one in own_text.stale_texts(later)]
    assert stale == [("total", "96.00", "None"), ("5", "18.00", "16.00"), ("16", "4.00", "None")]
    assert {one.file for one in own_text.stale_texts(later)} == {path}
    told = []
    own_text.check_texts(later, told.append)
    (line,) = told
    assert line.startswith(str(path)) and "--unit so-tu-phap" in line
    assert "tổng điểm 96,00 → –; chỉ số 5 18,00 → 16,00; chỉ số 16 4,00 → –" in line
    public = commentary.unit_comment(later.unit("so-tu-phap")).data
    assert "Đã rà soát" in public and "18.00" not in public
    own_text.write_own_text(later.unit("so-tu-phap"))
    assert own_text.stale_texts(later) == ()
    assert path.read_text("utf-8").endswith("Đã rà soát.\n")


HOSTILE = """<script src="https://evil.example/x.js"></script>

![chart](https://evil.example/x.png) and <img src=x onerror=alert(1)> & [here](javascript:alert(1))

:::: {.headline}

```{=html}
<iframe src="https://evil.example"></iframe>
```

{{< include /etc/passwd >}} $x$ [a]{.b} [site](https://dichvucong.gov.vn/a?b=c_(d)&e="f)

# Heading

- one *two*
  - three

1. four

[r]: https://evil.example/ref "t"
"""


@pytest.mark.programs
def test_an_own_text_can_neither_break_the_page_nor_load_anything(page):
    import pypandoc

    write(page, "replace", HOSTILE)
    text = commentary.unit_comment(page.unit("so-tu-phap")).data
    html = pypandoc.convert_text(text, "html", format="markdown")
    tags = set(re.findall(r"<(\w+)", html))
    assert tags <= {"div", "p", "a", "strong", "em", "ul", "li", "ol"}, tags
    assert re.findall(r'href="([^"]*)"', html) == [
        "https://dichvucong.gov.vn/a?b=c_(d)&amp;e=%22f"
    ] or all(
        address.startswith("https://dichvucong.gov.vn")
        for address in re.findall(r'href="([^"]*)"', html)
    )
    assert "src=" not in re.sub(r"&lt;.*?&gt;", "", html) and "{{<" not in text
    assert "<strong>Heading</strong>" in html and "<em>two</em>" in html
    assert html.count("<div") == html.count("</div>") == 1
    assert "<li>" in html and "headline" in html


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Không có phần đầu.", "---"),
        ("---\nmode: follow\n", "---"),
        ("---\nmode: append\nwritten_on: {}\n---\nx", "append"),
        ("---\nmode: follow\nwritten_on: {VI: 1}\n---\nx", "VI"),
        ("---\nmode: follow\nwritten_om: {}\n---\nx", "written_om"),
        ("---\nmode: [\n---\nx", "YAML"),
    ],
)
def test_a_wrong_head_is_refused_with_file_and_reason(page, project, text, says):
    path = project / "params/commentary/2022-09/so-tu-phap.md"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    for use in (
        lambda: commentary.unit_comment(page.unit("so-tu-phap")),
        lambda: own_text.stale_texts(page),
    ):
        with pytest.raises(ParameterError) as caught:
            use()
        assert str(caught.value).startswith(f"{path}:") and says in str(caught.value)


def test_a_text_of_no_unit_is_named(page, project):
    path = write(page, "follow", "x")
    shutil.copy(path, path.with_name("so-tu-pháp.md"))
    with pytest.raises(ParameterError, match="so-tu-pháp"):
        own_text.stale_texts(page)


def test_chiso_comment_writes_the_file_of_a_stored_period(chiso, project):
    done = chiso("comment", "--period", "2026", "--unit", "H15.15", project=project)
    assert done.returncode == 2 and "chiso report --period 2026" in done.stderr
    from chiso.base.period import parse_period
    from chiso.rules.settings import load_settings
    from chiso.store.pipeline import score_period

    assert SAMPLE.is_dir()
    score_period(load_settings(parse_period("2026")), lambda _text: None)
    done = chiso("comment", "--period", "2026", "--unit", "H15.15", project=project)
    path = project / "params/commentary/2026/H15.15.md"
    assert done.returncode == 0 and str(path) in done.stdout, done.stderr
    assert 'total": 76.37' in path.read_text("utf-8")
    for unit in ("../../x", "H15.999", ""):
        done = chiso("comment", "--period", "2026", "--unit", unit, project=project)
        assert done.returncode == 2 and "Traceback" not in done.stderr
    assert [file.name for file in path.parent.iterdir()] == ["H15.15.md"]
    path.write_text(path.read_text("utf-8").replace("76.37", "76.40"), encoding="utf-8")
    done = chiso("check", "--period", "2026", project=project)
    assert (
        f"{path}: số liệu đã thay đổi từ khi viết nhận xét: tổng điểm 76,40 → 76,37." in done.stdout
    )
