"""The method page's entries: definition, source, options in force and an example by hand."""

import re
from dataclasses import replace

import pytest
from by_hand import TREE, figures

from chiso.base.i18n import use_language
from chiso.pages.method import method_entries
from chiso.pages.tables import indicator_table
from chiso.rules.indicators import MeasureOptions, load_rules


def entries(page):
    return {entry.number: entry for entry in method_entries(page.book, page)}


@pytest.mark.parametrize("name", ["766-2022", "766-portal-2025", "766-portal-2026"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_indicator_has_all_its_words_in_both_languages(name, language):
    use_language(language)
    found = entries(figures("2022-09", {"H31": {}}, indicator_set=name))
    assert list(found) == list(range(1, 22))
    for entry in found.values():
        texts = [entry.label, entry.group, entry.definition, entry.source, entry.example]
        assert all(texts) and "None" not in " ".join(texts)
        is_vietnamese = bool(re.search("[ạảãáàâăđêôơưấầẩậắặếềệốồộớờợứừựịỉĩíìọỏúùủụ]", entry.source))
        assert is_vietnamese or language == "en"
        assert len({name for name, _value in entry.options}) == len(entry.options)


def test_the_example_is_the_arithmetic_on_the_provinces_numbers():
    counts = {"H31": {5: (393087, 443565), 8: (200, 1000), 21: (392869, 443565), 12: (0, 0)}}
    found = entries(figures("2022-09", counts))
    # 20 x 393087/443565 = 17,724
    expected = "Đơn vị H31: 393.087/443.565 = 88,62%; 20 × (393.087/443.565) = 17,72 điểm."
    assert found[5].example == expected
    # 6 x 0,2 / 0,5 = 2,4
    assert found[8].example == "Đơn vị H31: 200/1.000 = 20,00%; 6 × (200/1.000) / 50% = 2,40 điểm."
    # 6 x 0,8857 / 0,9 = 5,905
    assert found[21].example.endswith("6 × (392.869/443.565) / 90% = 5,90 điểm.")
    # FULL: 100/100 against a target of 80%
    assert found[13].example == (
        "Đơn vị H31: 100/100 = 100,00%; 4 × (100/100) / 80% vượt điểm tối đa: 4,00 điểm."
    )
    assert found[12].example == "Đơn vị H31: 0/0; không có điểm."
    assert found[19].example == "Đơn vị H31: 0/0; 6,00 điểm."


def test_where_the_province_has_no_counts_another_units_are_named():
    page = figures(
        "2022-09",
        {
            "H31": dict.fromkeys((5, 7, 12), (None, None)),
            "so-tu-phap": {5: (1, 2), 7: (None, None), 12: (None, None)},
        },
        official=(("H31", "12", "5.50"), ("H31", "III.a", "8.00")),
    )
    found = entries(page)
    assert found[5].example == "Đơn vị so-tu-phap: 1/2 = 50,00%; 20 × (1/2) = 10,00 điểm."
    assert found[12].example == "Đơn vị H31: 5,50 điểm theo kết quả công bố, không kèm số đếm."
    assert found[7].example == (
        "Đơn vị H31: 8,00 điểm của nhóm III.a theo kết quả công bố, không kèm số đếm."
    )
    nothing = dict.fromkeys(range(1, 22), (None, None))
    assert entries(figures("2022-09", {"so-tu-phap": nothing}, tree=TREE))[5].example == ""


def test_options_are_those_in_force():
    page = figures("2022-09", {"H31": {}})
    options = {number: dict(entry.options) for number, entry in entries(page).items()}
    assert options[1]["Phạm vi"] == "mọi đơn vị lấy theo số liệu của tỉnh"
    assert options[8]["Mục tiêu"].startswith("50% từ ngày 23/06/2022: mục tiêu đến năm 2025")
    assert options[8]["Điểm"] == "điểm tối đa × tỷ lệ / 50%, không quá điểm tối đa"
    assert options[15]["Khi không phát sinh"] == "mẫu số bằng 0: điểm tối đa"
    assert options[5]["So với thời hạn"] == "theo ngày và giờ"
    own = replace(
        page.book,
        set=replace(
            page.book.set, measures=MeasureOptions(comparison="date"), not_applicable="exclude"
        ),
    )
    changed = {entry.number: dict(entry.options) for entry in method_entries(own, page)}
    assert changed[5]["So với thời hạn"] == "chỉ theo ngày"
    assert changed[15]["Khi không phát sinh"].startswith("mẫu số bằng 0: không tính")
    assert "So với thời hạn" not in changed[8]
    portal = figures("2022-09", {"H31": {11: (179460, 204757)}}, indicator_set="766-portal-2026")
    # 179460/204757 = 87,6453%, rounded first: 6 x 87,65% = 5,259
    assert entries(portal)[11].example.endswith("= 87,65%; 6 × 87,65% = 5,26 điểm.")
    payment = dict(method_entries(load_rules("766-portal-2026"), page)[8].options)
    assert payment["Điểm"].endswith("làm tròn tỷ lệ % đến hai chữ số thập phân trước")


def test_a_set_says_whose_dossiers_it_counts():
    own, portal = (
        {number: dict(entry.options) for number, entry in entries(page).items()}
        for page in (
            figures("2022-09", {"H31": {}}),
            figures("2022-09", {"H31": {}}, indicator_set="766-portal-2026"),
        )
    )
    for number in (12, 13, 14, 16, 18):
        assert own[number]["Hồ sơ được tính"] == "tiếp nhận trong kỳ"
        assert portal[number]["Hồ sơ được tính"].startswith("tiếp nhận trong kỳ và từ kỳ trước")
    assert own[12]["TTHC được tính"] != portal[12]["TTHC được tính"]
    assert "Hồ sơ được tính" not in own[8] and "Hồ sơ được tính" not in own[17]
    assert own[17]["Sử dụng dữ liệu dân cư"] == own[18]["Sử dụng dữ liệu dân cư"]


def test_the_strict_reading_of_8_is_told_where_it_is_in_force():
    page = figures("2022-09", {"H31": {}})
    measures = replace(page.book.set.measures, strict_online=True, population_data="vneid")
    strict = replace(page.book, set=replace(page.book.set, measures=measures))
    found = {entry.number: dict(entry.options) for entry in method_entries(strict, page)}
    assert "kết quả điện tử" in found[8]["Trực tuyến"]
    assert "VNeID" in found[18]["Sử dụng dữ liệu dân cư"]
    assert "Trực tuyến" not in dict(entries(page)[8].options)


def test_a_factor_and_a_rescaled_group_are_said_with_their_arithmetic():
    counts = dict.fromkeys((1, 2, 3), (None, None)) | {4: (40, 100), 8: (20, 100)}
    page = figures("2022-09", {"H31": counts}, indicator_set="766-portal-2025")
    found = entries(page)
    options = {number: dict(entry.options) for number, entry in found.items()}
    assert options[8]["Điểm"] == (
        "điểm tối đa × tỷ lệ × tỷ lệ của chỉ số 4 / 50%, không quá điểm tối đa"
    )
    assert options[1]["Khi không phát sinh"] == (
        "không có số liệu: không tính, các chỉ số còn lại hưởng toàn bộ điểm của nhóm"
    )
    assert options[6]["Phạm vi"] == "không tính cho sở, ban, ngành: 0 điểm"
    assert found[4].example == "Đơn vị H31: 40/100 = 40,00%; 18 × (40/100) = 7,20 điểm."
    assert found[8].example == (
        "Đơn vị H31: 20/100 = 20,00%; 6 × (20/100) × (40/100) / 50% = 0,96 điểm."
    )
    assert found[1].example == ""
    # 6 x 0,9 x 0,6 / 0,5 = 6,48
    above = figures(
        "2022-09", {"H31": {4: (60, 100), 8: (90, 100)}}, indicator_set="766-portal-2025"
    )
    assert entries(above)[8].example.endswith("vượt điểm tối đa: 6,00 điểm.")


def test_the_page_of_a_unit_shows_the_factor_beside_the_rate():
    counts = dict.fromkeys((1, 2, 3), (None, None)) | {4: (40, 100), 8: (20, 100)}
    page = figures("2022-09", {"323": counts}, indicator_set="766-portal-2025")
    table = indicator_table(page.unit("323"))
    rows = {row[0]: row for row in table.rows}
    rate = [field.heading for field in table.fields].index("Tỷ lệ")
    assert rows[8][rate].shown.replace("\\", "") == "20,00% × 40,00% (chỉ số 4)"
    assert rows[5][rate] == 1
    assert rows[1][2].shown == "không tính"
    assert "điểm tối đa 18 thay cho 6" in rows[4][-1].value
    assert "không có số liệu: không tính" in rows[1][-1].value
    usual = indicator_table(figures("2022-09", {"323": {}}).unit("323"))
    assert {row[0]: row for row in usual.rows}[8][rate] == 1
