"""The indicator set of 2025 on the way through: a period of 2025 from counts to its pages."""

import csv
from decimal import Decimal

import pytest
from by_hand import FULL, figures
from few_pages import FEW, text_of

from chiso.explain.way_up import way_up
from chiso.pages import commentary

PERIOD = """units: dak-lak-2026-sample
indicator_set: 766-portal-2025
source: {name: {vi: "Tính tay", en: "By hand"}, folder: data/2025-10}
"""
WITHOUT_1_TO_3 = dict.fromkeys((1, 2, 3), (None, None))


@pytest.fixture
def october(project):
    """A project with counts of October 2025 for three agencies, the commune with few synchronised."""
    own = {"H15.120": WITHOUT_1_TO_3 | {4: (40, 100), 8: (20, 100)}}
    folder = project / "data/2025-10"
    folder.mkdir()
    with (folder / "counts.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["unit", "indicator", "numerator", "denominator"])
        for unit in FEW:
            for number, count in (FULL | own.get(unit, {})).items():
                out.writerow([unit, number, *("" if part is None else part for part in count)])
    (project / "params/periods/2025-10.yml").write_text(PERIOD, encoding="utf-8")
    return project


def test_a_report_of_2025_shows_factor_and_rescaling(october, chiso):
    done = chiso("report", "--period", "2025-10", project=october)
    assert done.returncode == 0, done.stderr
    site = october / "reports/_site/2025-10"
    page = " ".join(text_of(site / "H15.120.html").split())
    # 4: 18 x 0,4 = 7,20; 8: 6 x 0,2 x 0,4 / 0,5 = 0,96; 100 - 10,80 - 5,04.
    for words in (
        "84,16", "20,00% × 40,00% (chỉ số 4)", "không tính",
        "điểm tối đa 18 thay cho 6 vì không tính các chỉ số không có số liệu trong nhóm",
        "80/100 hồ sơ không nộp trực tuyến hoặc chưa có kết quả điện tử và nhân với tỷ lệ 40,00%",
    ):  # fmt: skip
        assert words in page, words
    method = " ".join(text_of(site / "method.html").split())
    assert "tỷ lệ của chỉ số 4 / 50%" in method
    assert "các chỉ số còn lại hưởng toàn bộ điểm của nhóm" in method


def comment(counts):
    page = figures("2022-09", {"323": WITHOUT_1_TO_3 | counts}, indicator_set="766-portal-2025")
    return commentary.unit_comment(page.unit("323")).data.replace("\\", "")


def test_a_loss_by_the_factor_alone_is_called_that():
    # All of 8 is online with a result; 6 x 1 x 0,4 / 0,5 = 4,80.
    assert "1,20 điểm, do nhân với tỷ lệ 40,00% của chỉ số 4" in comment({4: (40, 100)})


def test_an_action_names_what_it_lifts_and_says_what_it_brings():
    # 4: 40/100 loses 10,80; 5: 10 late. 10 cases: 1,80 on 4 and 1,20 on 8, then at its maximum.
    said = comment({4: (40, 100), 5: (90, 100)})
    assert (
        "đồng bộ thêm 10 hồ sơ lên Cổng Dịch vụ công quốc gia (chỉ số 4, nâng cả chỉ số 8: 3,00 điểm)"
        in said
    )


def test_at_the_top_an_action_brings_no_more_than_its_cases():
    # 4: 90/100; 8: 45/100: 6 x 0,45 x 0,9 / 0,5 = 4,86; all online: 6. Total 100 - 1,80 - 1,14.
    # All of 4: 1,80 and 8 at 6 x 0,45 / 0,5 = 5,40, 0,54 more.
    said = comment({4: (90, 100), 8: (45, 100)})
    assert "1,80 điểm: 10/100" in said and "1,14 điểm: 55/100" in said
    # At the top of its cohort nothing is to be reached; all that fails together brings 2,94.
    assert "khắc phục" not in said
    page = figures(
        "2022-09",
        {"323": WITHOUT_1_TO_3 | {4: (90, 100), 8: (45, 100)}},
        indicator_set="766-portal-2025",
    )
    found = way_up(page.unit("323"), Decimal(100))
    assert found.needed == Decimal("2.94") == sum(step.points for step in found.steps)
    # 10 of 4, and 5 of 8 up to its target of 50%.
    assert (found.cases, found.total_after) == (15, Decimal("100.00"))
