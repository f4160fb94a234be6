"""The office's workbooks: what is filled in is read back whole, or its rows are named and nothing is."""

import string
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiso.base.errors import InputError
from chiso.commands.register import command
from chiso.contract.letters import OVERDUE, REMINDER, Asked, Letter, Told
from chiso.contract.owed import DOING, DONE, Reported
from chiso.pages.registers import write_letters, write_owed
from chiso.store import event_log, owed
from chiso.store import letters as register
from chiso.store.letters_workbook import ANSWER, ANSWERED_ON, DATED, ENTRIES, ID, NUMBER, read_told
from chiso.store.owed_workbook import AGENCY, DAY, EVIDENCE, STATE, TASK, TREE, read_reported

AGENCIES = ("so-tu-phap", "so-y-te", "323")
NAMES = [f"2022-09/reminder/{code}" for code in AGENCIES]
SHEET, OWED_SHEET = "Sổ công văn", "hung-yen-2022"


def draft(code: str) -> Letter:
    asked = (Asked(5, OVERDUE, 2, ("H31-1", "H31-2")),)
    return Letter(
        "", REMINDER, "2022-09", 1, code, asked, date(2022, 10, 14), date(2022, 10, 3), "chậm"
    )


@pytest.fixture
def folder(tmp_path) -> Path:
    """A register with one letter that was issued and three later ones that have no number yet."""
    folder = tmp_path / "letters"
    (issued,) = register.drafted(folder, [replace(draft("323"), period="2022-08")])
    register.told(folder, [Told(issued.id, "07/UBND", date(2022, 9, 4), None, None)])
    register.drafted(folder, map(draft, AGENCIES))
    return folder


def fill(path: Path, sheet: str, key: str, cells: dict[tuple[str, str], object]) -> None:
    """Write cells as an office does: in the row with a key, in the column with a heading."""
    book = openpyxl.load_workbook(path)
    table = book[sheet]
    columns = {cell.value: cell.column for cell in table[3]}
    rows = {row[columns[key] - 1].value: row[0].row for row in table.iter_rows(min_row=4)}
    for (name, heading), value in cells.items():
        table.cell(rows[name], columns[heading]).value = value
    book.save(path)


def filled(folder: Path, cells: dict[tuple[str, str], object]) -> Path:
    """A new workbook of the register, with cells filled in."""
    path = folder.parent / "filled.xlsx"
    write_letters(path, folder)
    fill(path, SHEET, ID, cells)
    return path


TEXT = st.text(alphabet=string.ascii_letters + "ăâđêôơưÁỹ /-&+.'\"", max_size=30)
ANSWERS = st.one_of(st.none(), TEXT.map(str.strip).filter(bool))
DAYS = st.integers(0, 300)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.booleans(), TEXT, DAYS, st.none() | DAYS, ANSWERS), max_size=3))
def test_what_an_office_fills_in_comes_back_as_it_is(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("office") / "letters"
    register.drafted(folder, map(draft, AGENCIES))
    told, cells = [], {}
    for i, (is_text, symbol, days, wait, answer) in enumerate(rows):
        dated = date(2022, 10, 3) + timedelta(days)
        number = f"{i + 1:02d}/{symbol}".strip()
        answered = None if wait is None else dated + timedelta(wait)
        one = Told(NAMES[i], number, dated, answered, answer if answered else None)
        told.append(one)
        for heading, value in (
            (NUMBER, number), (DATED, dated), (ANSWERED_ON, answered), (ANSWER, one.answer),
        ):  # fmt: skip
            is_day = isinstance(value, date)
            cells[NAMES[i], heading] = f"{value:%d/%m/%Y}" if is_day and is_text else value
    found = read_told(filled(folder, cells), folder)
    assert sorted(found, key=lambda one: one.id) == sorted(told, key=lambda one: one.id)
    register.told(folder, found)
    # Written anew and handed back as it is, it tells nothing new.
    assert read_told(filled(folder, {}), folder) == ()


def test_an_old_workbook_takes_nothing_back(folder):
    old = filled(folder, {(NAMES[0], NUMBER): "05/UBND", (NAMES[0], DATED): "4/10/2022"})
    register.told(folder, [Told(NAMES[1], "06/UBND", date(2022, 10, 5), None, None)])
    (one,) = read_told(old, folder)
    assert one == Told(NAMES[0], "05/UBND", date(2022, 10, 4), None, None)


def test_a_cell_that_was_emptied_is_taken_back(folder):
    register.told(folder, [Told(NAMES[0], "05/UBND", date(2022, 10, 4), date(2022, 10, 9), "xong")])
    path = filled(folder, {(NAMES[0], ANSWERED_ON): None, (NAMES[0], ANSWER): None})
    assert read_told(path, folder) == (Told(NAMES[0], "05/UBND", date(2022, 10, 4), None, None),)


GOOD = {NUMBER: "05/UBND", DATED: date(2022, 10, 4)}
MISTAKES = {
    "a letter that is not in the register": (
        {(NAMES[0], ID): "2022-09/reminder/so-la"}, "dòng 6, cột “Mã công văn”, giá trị"
        " “2022-09/reminder/so-la”: không có công văn này trong sổ",
    ),
    "a row without a letter": ({(NAMES[0], ID): None}, "dòng 6, cột “Mã công văn”, giá trị “”"),
    "a letter twice": ({(NAMES[0], ID): NAMES[1]}, "dòng 6.*đã có ở dòng 5"),
    "a day that is none": ({(NAMES[0], DATED): "31/02/2022"}, "giá trị “31/02/2022”: không phải ngày"),
    "a day as a bare number": ({(NAMES[0], DATED): 44838}, "giá trị “44838”: không phải ngày"),
    "a day to come": ({(NAMES[0], DATED): "04/10/2199"}, "là ngày chưa đến"),
    "a day before the period": ({(NAMES[0], DATED): "04/10/2021"}, "trước ngày 01/09/2022"),
    "a number without its day": ({(NAMES[0], DATED): None}, "cột “Ngày ban hành”.*cùng nhau"),
    "a day without its number": ({(NAMES[0], NUMBER): None}, "cột “Số, ký hiệu”.*cùng nhau"),
    "an answer before the letter": (
        {(NAMES[0], ANSWERED_ON): "03/10/2022"}, "cột “Ngày trả lời”.*trước ngày 04/10/2022",
    ),
    "an answer without its day": ({(NAMES[0], ANSWER): "xong"}, "phải ghi ngày trả lời"),
    "an answer to a draft": (
        {(NAMES[2], ANSWERED_ON): "05/10/2022"}, "trước hết ghi số và ngày của công văn",
    ),
    "a formula": ({(NAMES[0], NUMBER): "=1+4"}, "là công thức"),
    "somebody's telephone": (
        {(NAMES[0], ANSWER): "gọi 0912345678"}, "giá trị “…”: có số điện thoại",
    ),
    "one number of two letters": (
        {(NAMES[1], NUMBER): "5/UBND", (NAMES[1], DATED): date(2022, 12, 1)},
        "giá trị “5/UBND”: công văn khác trong năm đã có số này: 2022-09/reminder/so-tu-phap .dòng 6",
    ),
    "a bare number that another letter has": (
        {(NAMES[1], NUMBER): 5, (NAMES[1], DATED): date(2022, 12, 1)}, "giá trị “5”: công văn khác",
    ),
    "a number that the register has": (
        {(NAMES[0], NUMBER): "07/UBND"}, "đã có số này: 2022-08/reminder/323 .dòng 7",
    ),
    "a row of another register": ({(NAMES[0], ENTRIES): 77}, "cột “Bản sổ”, giá trị “77”"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_place_and_nothing_is_read(folder, name):
    cells, told = MISTAKES[name]
    good = {(NAMES[0], heading): value for heading, value in GOOD.items()}
    path = filled(folder, {**good, **{key: v for key, v in cells.items() if key[1] != ID}})
    fill(path, SHEET, ID, {key: v for key, v in cells.items() if key[1] == ID})
    with pytest.raises(InputError, match=told) as error:
        read_told(path, folder)
    assert "filled.xlsx: trang tính “Sổ công văn”, dòng" in str(error.value)


def test_the_number_of_a_letter_may_come_again_in_another_year(folder):
    rows = {(NAMES[0], NUMBER): "05/UBND", (NAMES[0], DATED): date(2022, 12, 30)}
    rows |= {(NAMES[1], NUMBER): "05/UBND", (NAMES[1], DATED): date(2023, 1, 5)}
    assert len(read_told(filled(folder, rows), folder)) == 2


def test_two_offices_that_change_the_same_cell_are_told(folder):
    one = filled(folder, {(NAMES[0], NUMBER): "05/UBND", (NAMES[0], DATED): "04/10/2022"})
    register.told(folder, [Told(NAMES[0], "06/UBND", date(2022, 10, 4), None, None)])
    with pytest.raises(InputError, match=r"cột “Số, ký hiệu”.*sổ đã có “06/UBND”"):
        read_told(one, folder)


def test_all_mistakes_of_a_workbook_are_told_at_once(folder):
    path = filled(folder, {(name, DATED): "mai" for name in NAMES})
    with pytest.raises(InputError) as error:
        read_told(path, folder)
    assert str(error.value).count("giá trị “mai”: không phải ngày") == 3


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty.xlsx: Tệp này rỗng"),
        (b"a,b\n1,2\n", "không phải tệp Excel"),
        (b"PK\x03\x04 no archive", "Không mở được tệp bảng tính này"),
    ],
)
def test_a_file_that_is_no_workbook_is_named(folder, content, told):
    path = folder.parent / "empty.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError, match=told):
        read_told(path, folder)


def test_a_workbook_without_the_columns_is_named(folder):
    path = folder.parent / "other.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(InputError, match=r"Không có trang tính nào có dòng tiêu đề.*“Mã công văn”"):
        read_told(path, folder)


def owed_book(tmp_path: Path, cells: dict[tuple[str, str], object]) -> tuple[Path, Path]:
    """The workbook of obligations with cells of the row of so-noi-vu's accounts filled in."""
    folder, path = tmp_path / "obligations", tmp_path / "owed.xlsx"
    write_owed(path, folder)
    book = openpyxl.load_workbook(path)
    table = book[OWED_SHEET]
    columns = {cell.value: cell.column for cell in table[3]}
    row = next(
        row[0].row
        for row in table.iter_rows(min_row=4)
        if (row[columns[AGENCY] - 1].value, row[columns[TASK] - 1].value)
        == ("so-noi-vu", "accounts")
    )
    for heading, value in cells.items():
        table.cell(row, columns[heading]).value = value
    book.save(path)
    return path, folder


def test_what_is_reported_of_an_obligation_comes_back(tmp_path):
    cells = {STATE: "Đã  thực hiện", DAY: "5.9.2022", EVIDENCE: "BC 12/SNV"}
    path, folder = owed_book(tmp_path, cells)
    told = Reported("hung-yen-2022", "so-noi-vu", "accounts", DONE, date(2022, 9, 5), "BC 12/SNV")
    assert read_reported(path, folder) == (told,)
    owed.report(folder, [told])
    owed.report(folder, [told])
    assert event_log.size(folder) == 1 and owed.reported(folder) == (told,)
    assert read_reported(owed_book(tmp_path, {})[0], folder) == ()
    emptied, _folder = owed_book(tmp_path, dict.fromkeys((STATE, DAY, EVIDENCE)))
    (back,) = read_reported(emptied, folder)
    assert (back.state, back.day, back.evidence) == (None, None, None)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({TREE: "hung-yen-1997"}, "cột “Bộ máy”, giá trị “hung-yen-1997”"),
        ({AGENCY: "so-la"}, "cột “Mã đơn vị”, giá trị “so-la”: không có đơn vị"),
        ({TASK: "commune-rights"}, "không phải nghĩa vụ của đơn vị này; gồm: accounts, own-"),
        ({TASK: "own-decisions"}, "đã có ở dòng"),
        ({STATE: "gần xong"}, "“gần xong”: không phải tình trạng; các từ được dùng: đã thực hiện"),
        ({STATE: "đang thực hiện"}, "phải ghi ngày bắt đầu"),
        ({EVIDENCE: "BC 12"}, "phải ghi tình trạng"),
        ({STATE: "đang thực hiện", DAY: "01/08/2022"}, "trước ngày 30/08/2022"),
        ({STATE: "đang thực hiện", DAY: "01/08/2199"}, "là ngày chưa đến"),
    ],
)
def test_a_mistake_in_an_obligation_is_named_with_its_place(tmp_path, cells, told):
    path, folder = owed_book(tmp_path, cells)
    with pytest.raises(InputError, match=told) as error:
        read_reported(path, folder)
    assert "owed.xlsx: trang tính “hung-yen-2022”, dòng" in str(error.value)


def test_the_command_reads_what_was_filled_in_and_stops_at_a_mistake(project, chiso, capsys):
    def run(*read: Path) -> None:
        command().callback(read)

    folder, obligations = project / "data" / "letters", project / "data" / "obligations"
    register.drafted(folder, map(draft, AGENCIES))
    run()
    book = folder / "so-cong-van.xlsx"
    fill(book, SHEET, ID, {(NAMES[0], NUMBER): "05/UBND", (NAMES[0], DATED): "04/10/2022"})
    copy = project / "copy.xlsx"
    write_owed(copy, obligations)
    fill(copy, OWED_SHEET, AGENCY, {("vnpt", STATE): "đang thực hiện", ("vnpt", DAY): "05/09/2022"})
    run(copy)
    assert "so-cong-van.xlsx: 1 dòng mới" in (said := capsys.readouterr().out)
    assert "copy.xlsx: 1 dòng mới" in said
    assert register.letters(folder)[0].is_issued
    assert owed.reported(obligations)[0].state == DOING
    fill(book, SHEET, ID, {(NAMES[1], DATED): "mai"})
    filled_in = book.read_bytes()
    refused = chiso("register", project=project)
    assert (
        refused.returncode == 2 and "dòng 5, cột “Ngày ban hành”, giá trị “mai”" in refused.stderr
    )
    assert "Traceback" not in refused.stderr and book.read_bytes() == filled_in
