"""The list that `chiso check` ends with: what is done, what to look at, what lacks, what to do next."""

from datetime import date

import pytest

from chiso.base.period import parse_period
from chiso.explain.volumes import Unusual, Volumes
from chiso.pages import checklist
from chiso.pages.checklist import DONE, LACKS, LOOK, listed
from chiso.rules.units import load_tree

PERIOD = parse_period("2022-12")


def dossiers(folder, rows):
    folder.mkdir(parents=True, exist_ok=True)
    head = "dossier_id,procedure_id,unit,status,channel,received_at,due_at,done_at,returned_at"
    lines = [f"{i},1.000001,{unit},{status},2,{day},,," for i, unit, status, day in rows]
    (folder / "dossiers.csv").write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    return folder


ROWS = [("A-1", "323", 4, "05/09/2022"), ("A-2", "so-y-te", 4, "31/08/2022"), ("A-3", "323", 77, "05/09/2022")]  # fmt: skip


def test_the_list_of_a_period_with_records(project, chiso):
    dossiers(project / "data/2022-09", ROWS)
    done = chiso("check", "--period", "2022-09", project=project)
    assert done.returncode == 0, done.stderr
    told = done.stdout.partition("Trước khi lập báo cáo tháng 9/2022:\n")[2]
    assert "✓ đạt       Số liệu: 1 tệp" in told
    assert "! cần xem   Bản ghi không hợp lệ: 1/3 (33,33%); nhiều nhất: phải là một trong" in told
    assert "→ sửa trong " in told and "set-aside/2022-09.xlsx" in told
    # The province, the city and the department have dossiers, 187 units have none.
    assert "! cần xem   Đơn vị chưa có số liệu: 187:" in told and "và 177 đơn vị khác" in told
    assert "Hồ sơ tiếp nhận: 1; chưa đủ kỳ để đánh giá (cần 5 kỳ)" in told
    assert "✓ đạt       Chỉ tiêu và các quy tắc khác: hợp lệ" in told
    assert "make fetch PERIOD=2022-09" in told


def test_rows_that_a_week_and_its_month_share_are_no_mistake(project, chiso):
    """The week's export tells two of the month's dossiers again, one of them as it was then."""
    dossiers(project / "data/2022-09", ROWS)
    (project / "data/2022-09/dossiers.csv").rename(project / "data/2022-09/Sổ 323_2022_10_03.csv")
    week = [ROWS[0], ("A-2", "so-y-te", 2, "31/08/2022")]
    dossiers(project / "tuần", week)
    (project / "tuần/dossiers.csv").rename(project / "data/2022-09/Sổ 323_2022_09_26.csv")
    done = chiso("check", "--period", "2022-09", project=project)
    assert done.returncode == 0, done.stderr
    total = next(line for line in done.stdout.splitlines() if line.startswith("tổng"))
    assert total.split()[-5:] == ["5", "2", "1", "2", "0"], "rows, accepted, wrong, twice, others"
    head, _, rest = done.stdout.partition("Bản ghi không hợp lệ, chờ sửa:\n")
    wrong, _, rest = rest.partition("Bản ghi trùng hoặc đã được thay, không tính hai lần, không phải sửa:\n")  # fmt: skip
    again = rest.partition("Trước khi lập báo cáo")[0]
    assert head and "phải là một trong" in wrong and "bị lặp lại" not in wrong
    assert "bị lặp lại, nội dung giống nhau" in again and "trạng thái mới hơn" in again
    told = "Bản ghi không hợp lệ: 1/5 (20,00%); nhiều nhất: phải là một trong"
    assert f"! cần xem   {told}" in done.stdout
    assert "; 2 bản ghi trùng hoặc đã được thay, không tính hai lần" in done.stdout
    assert "hỏi đơn vị có phát sinh hồ sơ không" in done.stdout


def test_rows_that_lost_nothing_are_done():
    item = checklist.rows_set_aside(4, 0, 2, "", "")
    assert item.state == DONE and not item.next
    assert item.text == "Bản ghi: 4, không bản ghi nào sai; 2 bản ghi trùng hoặc đã được thay, không tính hai lần"  # fmt: skip


def test_a_file_of_parameters_with_a_mistake_is_told(project, chiso):
    dossiers(project / "data/2022-09", ROWS)
    path = project / "params/indicators/766-portal-2026.yml"
    path.write_text(path.read_text("utf-8").replace("value: 0.50", "value: 5"), encoding="utf-8")
    done = chiso("check", "--period", "2022-09", project=project)
    assert done.returncode == 0
    assert "✗ chưa đạt  Tệp tham số có lỗi: 1" in done.stdout


def test_counts_that_were_handed_in_have_their_list_too(small, chiso):
    done = chiso("check", "--period", "2026", project=small)
    assert done.returncode == 0, done.stderr
    assert "Số liệu: tử số, mẫu số của 3 đơn vị, kết quả công bố của 3 đơn vị" in done.stdout
    assert "Kỳ báo cáo kéo dài đến 31/12/2026: số liệu là tạm tính" in done.stdout
    path = small / "data/samples/dak-lak-2026-10-10/counts.csv"
    path.write_text(path.read_text("utf-8") + "X,1,1,2\n", encoding="utf-8")
    assert chiso("check", "--period", "2026", project=small).returncode == 2


@pytest.mark.parametrize(
    ("today", "published", "state", "told"),
    [
        (date(2022, 12, 31), None, LOOK, "tạm tính"),
        (date(2023, 1, 1), None, LOOK, "make fetch PERIOD=2022-12"),
        (date(2023, 1, 1), date(2022, 12, 20), LOOK, "20/12/2022"),
        (date(2023, 1, 1), date(2022, 12, 31), DONE, "31/12/2022"),
    ],
)
def test_when_a_comparison_is_closed(today, published, state, told):
    item = checklist.comparison(PERIOD, today, published)
    assert item.state == state and told in f"{item.text} {item.next}"


def test_every_line_has_its_mark_in_words_and_what_to_do():
    tree = load_tree("hung-yen-2022")
    odd = Volumes((Unusual("323", None, 7),), 3, 90, 70)
    items = [
        checklist.rows_set_aside(10, 0, 0, "", ""),
        checklist.agencies_without_data([]),
        checklist.dossiers_received(odd, tree),
        checklist.dossiers_received(Volumes((), 3, 90, 91), tree),
        checklist.dossiers_received(Volumes((), 0, None, None), tree),
        checklist.own_texts(2, PERIOD),
        checklist.parameters(1, "x"),
    ]
    assert [item.state for item in items] == [DONE, DONE, LOOK, DONE, LOOK, LOOK, LACKS]
    text = "\n".join(listed(items))
    assert "bất thường: UBND thành phố Hưng Yên – → 7" in text
    assert "trong mức dao động thường" in text and "make comment PERIOD=2022-12" in text
    assert all(line.startswith(("✓ đạt", "! cần xem", "✗ chưa đạt", " ")) for line in listed(items))
