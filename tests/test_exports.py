"""Every kind of export is read without an analyst's hand, and nobody's data come along."""

import json
import shutil
import unicodedata
import zipfile
from dataclasses import replace

import exports
import pandas as pd
import pytest
from conftest import ROOT

from chiso.base.errors import InputError
from chiso.sources.codes import from_json
from chiso.sources.mappings import ListRule, SourceTable, load_systems
from chiso.sources.records import load_records
from chiso.sources.set_aside import write_set_aside

TREE = exports.tree()
COLUMNS = ["dossier_id", "procedure_id", "unit", "status", "received_at", "due_at", "returned_at"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "procedures.csv").write_text(exports.PROCEDURES, encoding="utf-8")
    return tmp_path


def read(records):
    table = records.tables["dossiers"].select(*COLUMNS).to_pandas().sort_values("dossier_id")
    moments = {name: table[name].dt.strftime("%Y-%m-%d %H:%M") for name in COLUMNS[4:]}
    table = table.assign(**moments).astype(object)
    return table.where(table.notna(), None).to_numpy().tolist()


def tables(folder):
    """The same dossiers in every form: name -> what writes them."""
    printed, two = exports.printed(), exports.DOSSIERS[:2]
    return {
        "printed register": lambda: exports.save_xlsx(
            folder / "so.xlsx", {"Sheet1": printed}, exports.MERGED
        ),
        "without the row of numbers": lambda: exports.save_xlsx(
            folder / "so.xlsx", {"Sheet1": exports.printed(numbers=False)}, exports.MERGED
        ),
        "Excel 97": lambda: exports.save_xls(folder / "so.xls", {"Sheet1": printed}),
        "Excel 97 that calls itself .xlsx": lambda: exports.save_xls(
            folder / "so.xlsx", {"Sheet1": printed}
        ),
        "template": lambda: exports.save_xlsx(
            folder / "Sổ theo dõi hồ sơ_2022_10_03_08_15.xlsx", {"Sheet1": exports.template()}
        ),
        "older system": lambda: exports.save_xls(folder / "so.xls", {"Sổ": exports.older()}),
        "page that calls itself .xls": lambda: exports.save_html(folder / "so.xls", printed),
        "page without a word of UTF-8": lambda: exports.save_html(folder / "so.xls", printed, True),
        "two sheets and notes": lambda: exports.save_xlsx(
            folder / "so.xlsx",
            {
                "Ghi chú": [["Số liệu lấy ngày 03/10/2022"]],
                "Tháng 9 (1)": exports.printed(two),
                "Tháng 9 (2)": exports.template(exports.DOSSIERS[2:]),
            },
        ),
        "two files": lambda: (
            exports.save_xlsx(folder / "a.xlsx", {"Sheet1": exports.template(two)}),
            exports.save_html(folder / "b.xls", exports.printed(exports.DOSSIERS[2:])),
        ),
        "service": lambda: exports.save_json(folder / "dong-bo.json"),
        "CSV of a register": lambda: save_csv(folder / "so.csv", printed[4:], "utf-8"),
        "CSV with a mark, semicolons": lambda: save_csv(
            folder / "so.csv", exports.older(), "utf-8-sig", ";"
        ),
        "text of Excel": lambda: save_csv(folder / "so.csv", exports.older(), "utf-16", "\t"),
    }


KINDS = list(tables(None))


def save_csv(path, rows, encoding, delimiter=","):
    frame = pd.DataFrame(rows).map(lambda cell: cell or "")
    frame.to_csv(path, index=False, header=False, encoding=encoding, sep=delimiter)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_export_tells_the_same_dossiers(folder, kind):
    tables(folder)[kind]()
    records = load_records(folder, TREE)
    assert read(records) == exports.READ
    assert records.set_aside.empty


@pytest.mark.parametrize("kind", KINDS)
def test_decomposed_unicode_is_the_same_text(folder, kind, monkeypatch):
    decomposed = tuple(
        exports.Dossier(*(unicodedata.normalize("NFD", value) for value in vars(one).values()))
        for one in exports.DOSSIERS
    )
    monkeypatch.setattr(exports, "DOSSIERS", decomposed)
    for make in (exports.printed, exports.template, exports.older):
        monkeypatch.setattr(make, "__defaults__", (decomposed, *make.__defaults__[1:]))
    tables(folder)[kind]()
    assert read(load_records(folder, TREE)) == exports.READ


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_the_contracts_own_tables(folder, ending):
    frame = pd.DataFrame(exports.READ, columns=COLUMNS).astype({"status": "int64"})
    frame["chủ hồ sơ"] = exports.NAME
    path = folder / f"dossiers-2022-09.{ending}"
    if ending == "csv":
        frame.to_csv(path, index=False, encoding="utf-8-sig")
    elif ending == "xlsx":
        frame.to_excel(path, index=False)
    else:
        moments = {name: pd.to_datetime(frame[name]) for name in COLUMNS[4:]}
        frame.assign(**moments).to_parquet(path)
    records = load_records(folder, TREE)
    assert read(records) == exports.READ
    assert "chủ hồ sơ" not in records.tables["dossiers"].columns


def test_what_the_lists_of_the_service_tell(folder):
    exports.save_json(folder / "dong-bo.json", exports.DOSSIERS[:2])
    row, other = load_records(folder, TREE).tables["dossiers"].to_pandas().to_dict("records")
    assert (row["components_file"], row["result_file"], other["result_file"]) == (True, True, False)
    assert (row["reused"], row["from_store"], row["population_data"]) == (True, False, True)
    assert (row["fee_total"], row["fee_lines_zero"], row["channel"]) == (8000, False, 2)
    assert row["supplement_count"] == 2
    assert row["supplement_asked_at"] == pd.Timestamp("2022-09-05 09:00")
    assert row["supplement_done_at"] == pd.Timestamp("2022-09-07 08:00")


REUSED = {
    # fields of the dossier, fields of its only document: reused?
    "a province's, digitised": ({"HoSoCoThanhPhanSoHoa": "1"}, {}, True),
    "a province's, said to be its own": (
        {"NoiNopHoSo": "2", "HoSoCoThanhPhanSoHoa": "1"}, {}, True,
    ),
    "a province's, by its document": ({"NoiNopHoSo": "2"}, {"DuocSoHoa": "1"}, False),
    "the portal's, by its document": ({"NoiNopHoSo": "1"}, {"DuocSoHoa": "1"}, True),
    "the portal's, by the province's field": (
        {"NoiNopHoSo": 1, "HoSoCoThanhPhanSoHoa": "1"}, {"DuocSoHoa": "0"}, False,
    ),
    "a document used again, a province's": ({"NoiNopHoSo": "2"}, {"DuocTaiSuDung": "1"}, True),
    "a document used again, the portal's": ({"NoiNopHoSo": "1"}, {"DuocTaiSuDung": "1"}, True),
    "nothing": ({}, {"DuocSoHoa": "0"}, False),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "document", "reused"), REUSED.values(), ids=REUSED)
def test_who_made_a_dossier_decides_what_tells_that_it_reuses_data(
    folder, fields, document, reused
):
    record = exports.service_record(exports.DOSSIERS[0], **fields, TaiLieuNop=[document])
    (folder / "dong-bo.json").write_text(json.dumps([record]), encoding="utf-8")
    table = load_records(folder, TREE).tables["dossiers"].to_pandas()
    assert table["reused"].tolist() == [reused]


POPULATION = {
    # fields of the dossier: any use of population data? the verified login?
    "the login": ({"TaiKhoanDuocXacThucVoiVNeID": "1"}, True, True),
    "a document of the store": (
        {"TaiKhoanDuocXacThucVoiVNeID": "0", "TaiLieuNop": [{"DuocLayTuKhoDMQG": 1}]}, True, False,
    ),
    "the population database": (
        {"TaiKhoanDuocXacThucVoiVNeID": "0", "DSKetNoiCSDL": [{"MaCSDL": "7"}]}, True, False,
    ),
    "another database": (
        {"TaiKhoanDuocXacThucVoiVNeID": "0", "DSKetNoiCSDL": [{"MaCSDL": "3"}]}, False, False,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "used", "login"), POPULATION.values(), ids=POPULATION)
def test_population_data_and_the_verified_login_are_two_facts(folder, fields, used, login):
    record = exports.service_record(exports.DOSSIERS[0], **{"DSKetNoiCSDL": [], **fields})
    (folder / "dong-bo.json").write_text(json.dumps([record]), encoding="utf-8")
    table = load_records(folder, TREE).tables["dossiers"].to_pandas()
    assert table[["population_data", "vneid_account"]].values.tolist() == [[used, login]]


def test_states_of_services_say_whether_they_are_public(folder):
    states = {
        "DV1": "Đang công khai",
        "DV2": "Chờ dừng công khai",
        "DV3": "Đang kiểm thử",
        "DV4": "Đã dừng công khai",
        "DV5": "Chưa công khai",
        "DV6": "Không rõ",
    }
    rows = [
        ["Danh mục dịch vụ công trực tuyến"],
        ["Mã DVC", "Mã TTHC", "Đơn vị áp dụng", "Trạng thái"],
    ]
    rows += [[code, "1.000001", "Sở Tư pháp", state] for code, state in states.items()]
    exports.save_xlsx(folder / "dich-vu.xlsx", {"Sheet1": rows})
    exports.save_xlsx(folder / "so.xlsx", {"Sheet1": exports.printed()}, exports.MERGED)
    records = load_records(folder, TREE)
    table = records.tables["services"].to_pandas().sort_values("service_id")
    assert table["public"].tolist() == [True, True, True, False, False]
    assert set(table["unit"]) == {"so-tu-phap"}
    aside = records.set_aside[records.set_aside["table"] == "services"]
    assert aside[["column", "fault"]].values.tolist() == [["public", "unreadable"]]


def test_a_procedure_has_a_fee_if_one_of_its_fees_is_above_0():
    columns = {"procedure_id": ("MaTTHC",)}
    rules = {"has_fee": (ListRule(any_above="DanhSachPhi.SoTien"),)}
    fees = {"A": ["0", "50000"], "B": ["0", "0"], "C": [], "D": [0, None]}
    records = [
        {"MaTTHC": code, "DanhSachPhi": [{"SoTien": fee} for fee in own]}
        for code, own in fees.items()
    ]
    table = from_json(records, SourceTable(columns=columns, lists=rules))
    assert table["has_fee"].tolist() == ["1", "0", "0", "0"]


def test_rows_below_and_between_the_records_are_counted_apart(folder):
    exports.save_xlsx(folder / "so.xlsx", {"Sheet1": exports.printed()}, exports.MERGED)
    counts = load_records(folder, TREE).counts.set_index("file").loc["so.xlsx"]
    assert (counts["rows_in"], counts["accepted"], counts["others"]) == (3, 3, 4)


def test_a_unit_is_told_by_the_dossiers_id_then_by_name_then_by_the_heading(folder):
    def one(number, agency):
        return exports.Dossier(number, "Đăng ký khai sinh", agency, "05/09/2022", "", "")

    rows = exports.printed((one("000.07.22.H31-220905-0001", ""), one("A-1", "UBND P. Lam Sơn")))
    exports.save_xlsx(folder / "a.xlsx", {"Sheet1": rows})
    rows = exports.template((one("B-1", ""),))
    exports.save_xlsx(folder / "b.xlsx", {"Sheet1": [["UBND HUYỆN VĂN LÂM"], *rows]})
    units = {row[0]: row[2] for row in read(load_records(folder, TREE))}
    assert units == {"000.07.22.H31-220905-0001": "so-tu-phap", "A-1": "11950", "B-1": "325"}


def test_a_name_that_fits_two_agencies_is_set_aside_never_guessed(folder):
    units = [
        replace(unit, name=TREE.unit("11950").name) if unit.code == "11986" else unit
        for unit in TREE.units
    ]
    twofold = replace(TREE, units=tuple(units))
    one = exports.Dossier("A-1", "Đăng ký khai sinh", "UBND phường Lam Sơn", "05/09/2022", "", "")
    exports.save_xlsx(folder / "a.xlsx", {"Sheet1": exports.printed((one,))})
    records = load_records(folder, twofold)
    assert records.set_aside["column"].tolist() == ["unit"]
    assert records.set_aside["reason"].tolist() == ["đúng với nhiều cơ quan: ghi rõ mã đơn vị"]


def test_statistics_by_agency_are_refused_with_what_to_export_instead(folder):
    rows = [
        ["THỐNG KÊ TÌNH HÌNH GIẢI QUYẾT HỒ SƠ"],
        ["Đơn vị", "Tiếp nhận trong kỳ", "", "Đã giải quyết", ""],
        ["", "Tổng số", "Kỳ trước chuyển sang", "Đúng hạn", "Quá hạn"],
        ["UBND TP. Hưng Yên", 100, 5, 90, 10],
        ["Tổng cộng", 100, 5, 90, 10],
    ]
    exports.save_xlsx(folder / "thong-ke.xlsx", {"Sheet1": rows})
    with pytest.raises(InputError, match="Sổ theo dõi hồ sơ"):
        load_records(folder, TREE)


@pytest.mark.parametrize("kind", KINDS)
def test_personal_data_never_leave_the_reader(folder, kind):
    """Not with good rows, not with bad ones, not into the workbook, not on the terminal."""
    tables(folder)[kind]()
    bad = tuple(
        exports.Dossier(f"x{i}", "Không có", "Không rõ", "hôm qua", one.due, "")
        for i, one in enumerate(exports.DOSSIERS)
    )
    exports.save_xlsx(folder / "bad.xlsx", {"Sheet1": exports.printed(bad)}, exports.MERGED)
    exports.save_json(folder / "bad.json", bad)
    records = load_records(folder, TREE)
    assert len(records.cells["dossiers"]) == 6
    path = write_set_aside(records, TREE, folder / "set-aside" / "x.xlsx")
    held = "\n".join(table.to_pandas().to_csv() for table in records.tables.values())
    held += records.set_aside.to_csv() + records.cells["dossiers"].to_csv()
    with zipfile.ZipFile(path) as archive:
        held += "\n".join(archive.read(name).decode() for name in archive.namelist())
    assert [text for text in exports.PERSONAL if text in held] == []


def test_no_personal_header_is_mapped_onto_a_column():
    for system in load_systems():
        for table in system.tables.values():
            mapped = {header for headers in table.columns.values() for header in headers}
            assert not mapped & set(table.personal)


def test_a_phone_in_a_column_with_a_known_name_below_a_personal_one_is_not_read(folder):
    """By position: a part of a merged cell about the applicant is personal, whatever it is called."""
    rows = [
        ["Mã hồ sơ", "Tên TTHC", "Chủ hồ sơ", "", "Nhận hồ sơ"],
        ["", "", "Đơn vị", "Ngày nộp", ""],
        ["A-1", "Đăng ký khai sinh", exports.NAME, exports.PHONE, "05/09/2022"],
    ]
    exports.save_xlsx(folder / "a.xlsx", {"Sheet1": [["UBND HUYỆN VĂN LÂM"], *rows]})
    records = load_records(folder, TREE)
    assert records.set_aside.empty
    row = records.tables["dossiers"].to_pandas().to_dict("records")[0]
    assert row["unit"] == "325" and "submitted_at" not in row


def test_the_command_reads_a_file_with_spaces_and_accents(folder, chiso):
    shutil.copytree(ROOT / "params", folder / "params")
    records = folder / "Số liệu tháng 9"
    records.mkdir()
    shutil.move(folder / "procedures.csv", records)
    exports.save_xlsx(records / "Sổ theo dõi hồ sơ_2022_10_03_08_15.xlsx", {"S": exports.older()})
    done = chiso("check", "--period", "2022-09", "--records", records, project=folder)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
