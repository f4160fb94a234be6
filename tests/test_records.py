"""Folders of contract tables: what is accepted, what is set aside and why, what can't be read."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from chiso.base.errors import InputError
from chiso.base.period import parse_period
from chiso.demo.span import COVERED
from chiso.demo.write import DemoRequest, write_demo
from chiso.measures.counts import measure
from chiso.measures.findings import find
from chiso.rules.indicators import MeasureOptions
from chiso.rules.units import load_tree
from chiso.sources.given import read_counts
from chiso.sources.records import load_records

TREE = load_tree("hung-yen-2022")
GOOD = {
    "dossier_id": "a", "procedure_id": "P1", "unit": "323", "status": "9", "channel": "2",
    "received_at": "05/09/2022 08:00", "due_at": "2022-09-09 17:00:00", "done_at": "07/09/2022",
}  # fmt: skip


def folder_with(tmp_path: Path, rows: list[dict[str, str]], name: str = "dossiers.csv") -> Path:
    pd.DataFrame([{"procedure_id": "P1"}]).to_csv(tmp_path / "procedures.csv", index=False)
    table = pd.DataFrame(rows)
    if name.endswith(".xlsx"):
        table.to_excel(tmp_path / name, index=False, startrow=2)
    else:
        table.to_csv(tmp_path / name, index=False)
    return tmp_path


@pytest.mark.parametrize("name", ["dossiers.csv", "dossiers.xlsx", "dossiers-2022 09.csv"])
def test_good_rows_are_read_with_their_types(tmp_path, name):
    records = load_records(folder_with(tmp_path, [GOOD | {"họ tên": "Nguyễn Văn A"}], name), TREE)
    table = records.tables["dossiers"].to_pandas()
    assert table.loc[0, "received_at"] == pd.Timestamp("2022-09-05 08:00")
    assert (table.loc[0, "status"], table.loc[0, "channel"]) == (9, 2)
    assert "họ tên" not in table.columns
    assert records.set_aside.empty


@pytest.mark.parametrize(
    ("spoiled", "column"),
    [
        ({"dossier_id": ""}, "dossier_id"),
        ({"dossier_id": "  "}, "dossier_id"),
        ({"unit": "999"}, "unit"),
        ({"procedure_id": "P9"}, "procedure_id"),
        ({"status": "11"}, "status"),
        ({"status": "chín"}, "status"),
        ({"channel": "0"}, "channel"),
        ({"received_at": "hôm qua"}, "received_at"),
        ({"received_at": "31/02/2022"}, "received_at"),
        ({"due_at": "09/09/0222"}, "due_at"),
        ({"due_at": "04/09/2022"}, "due_at"),
        ({"done_at": "04/09/2022"}, "done_at"),
        ({"submitted_at": "07/09/2022"}, "received_at"),
    ],
)
def test_a_bad_row_is_set_aside_with_row_column_value_and_reason(tmp_path, spoiled, column):
    rows = [GOOD | {"submitted_at": ""}, GOOD | {"submitted_at": "", "dossier_id": "b"} | spoiled]
    records = load_records(folder_with(tmp_path, rows), TREE)
    assert records.tables["dossiers"].count().execute() == 1
    found = records.set_aside.to_dict("records")
    assert {(row["row"], row["column"]) for row in found} == {(3, column)}
    if column in spoiled:
        assert (found[0]["value"] or "") == spoiled[column].strip()
    assert found[0]["reason"]
    counts = records.counts.set_index("file").loc["dossiers.csv"]
    assert (counts["rows_in"], counts["accepted"], counts["set_aside"]) == (2, 1, 1)


def test_all_reasons_of_a_row_are_told_at_once(tmp_path):
    bad = GOOD | {"dossier_id": "b", "status": "11", "channel": "7", "due_at": "x"}
    records = load_records(folder_with(tmp_path, [GOOD, bad]), TREE)
    assert sorted(records.set_aside["column"]) == ["channel", "due_at", "status"]


def test_the_same_key_twice(tmp_path):
    same, other = (
        [GOOD, GOOD],
        [GOOD | {"dossier_id": "b"}, GOOD | {"dossier_id": "b", "status": "4"}],
    )
    records = load_records(folder_with(tmp_path, same + other), TREE)
    assert records.tables["dossiers"].dossier_id.to_pandas().tolist() == ["a"]
    assert records.set_aside["row"].tolist() == [3, 4, 5]


def test_a_number_with_a_dot_is_a_thousand(tmp_path):
    rows = [GOOD | {"fee_total": "1.234"}, GOOD | {"dossier_id": "b", "fee_total": "12,5"}]
    table = load_records(folder_with(tmp_path, rows), TREE).tables["dossiers"].to_pandas()
    assert table["fee_total"].tolist() == [1234, 12.5]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("dossiers.csv", b"", "dossiers.csv"),
        ("dossiers.csv", b"dossier_id,unit\na,323\n", "procedure_id"),
        ("dossiers.parquet", b"not parquet", "dossiers.parquet"),
        ("dossiers.xlsx", b"PK broken", "dossiers.xlsx"),
        (
            "dossiers.csv",
            "dossier_id,procedure_id,unit,status\ná,é,à,õ\n".encode("latin-1"),
            "dossiers.csv",
        ),
        ("readme.txt", b"", "dossiers.parquet"),
    ],
)
def test_what_cant_be_read_is_one_clear_error(tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_records(tmp_path, TREE)
    assert says in str(caught.value) and "→" in str(caught.value)


def test_a_workbook_without_the_header_names_what_it_lacks(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["STT", "Mã hồ sơ"])
    workbook.save(tmp_path / "dossiers.xlsx")
    with pytest.raises(InputError, match="dossier_id"):
        load_records(tmp_path, TREE)


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "records"
    write_demo(DemoRequest(out, dossiers_per_month=2_000))
    return out


def test_every_row_of_the_demo_is_accepted_or_set_aside_as_it_was_made(demo):
    counts = load_records(demo, TREE).counts
    assert (counts["rows_in"] == counts["accepted"] + counts["set_aside"]).all()
    made = pd.read_csv(demo / "truth/set-aside.csv").groupby("file")["rows"].sum()
    assert counts.set_index("file")["set_aside"].to_dict() == made.to_dict()


@pytest.mark.parametrize("period", [str(name) for name in COVERED])
def test_the_demos_true_counts_come_back_exactly(demo, period):
    counts = measure(load_records(demo, TREE).tables, TREE, parse_period(period))
    truth = read_counts(demo / f"truth/{period}.csv")
    assert counts.values.tolist() == truth.values.tolist()


def test_what_is_on_time_is_counted_by_the_other_comparison_too(tmp_path):
    """Done on the day that it was due but an hour later: late to the minute, in time by days."""
    due = GOOD | {"due_at": "2022-09-09 16:00:00", "done_at": "09/09/2022 17:00"}
    records = load_records(folder_with(tmp_path, [GOOD, due | {"dossier_id": "b"}]), TREE)
    for comparison, ours, other in (("instant", 1, 2), ("date", 2, 1)):
        options = MeasureOptions(comparison=comparison)
        counts, evidence = find(records, TREE, parse_period("2022-09"), options, None)
        both = []
        for table in (counts, evidence.compared):
            row = table[(table["unit"] == GOOD["unit"]) & (table["indicator"] == 5)].iloc[0]
            both.append((row["numerator"], row["denominator"]))
        assert both == [(ours, 2), (other, 2)]
        assert set(evidence.compared["indicator"]) == {5, 21}
