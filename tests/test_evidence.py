"""Evidence: what was wrong with whose rows, what the records lack, and that none of it is altered."""

import json

import pandas as pd
import pytest
from test_records import GOOD, folder_with
from test_store import ORIGIN, scores_of

from chiso.base.errors import InputError
from chiso.contract import evidence
from chiso.contract.evidence import (
    CASE_COLUMNS,
    CASES,
    COMPARED,
    GAPS,
    HANDLING,
    PROCESSING_TIMES,
    SET_ASIDE,
    read_small,
)
from chiso.contract.faults import FAULTS, reason_of
from chiso.measures.findings import gather
from chiso.rules.indicators import MeasureOptions
from chiso.rules.units import load_tree
from chiso.sources.records import load_records
from chiso.store import revisions

TREE = load_tree("hung-yen-2022")
OTHER = {"unit": "so-tu-phap"}
WITHOUT_POINTS = (
    pd.DataFrame(columns=HANDLING),
    pd.DataFrame(columns=PROCESSING_TIMES),
    pd.DataFrame(columns=COMPARED),
)


def evidence_of(folder, rows):
    return gather(
        pd.DataFrame(columns=CASE_COLUMNS).astype({"mendable": bool}),
        load_records(folder_with(folder, rows), TREE),
        TREE,
        MeasureOptions(),
        *WITHOUT_POINTS,
    )


@pytest.fixture
def spoiled(tmp_path):
    """Three bad rows of two agencies, one of them wrong twice, and one of no known agency."""
    rows = [
        GOOD,
        GOOD | {"dossier_id": "b", "status": "99", "due_at": "khi nào xong"},
        GOOD | OTHER | {"dossier_id": "c", "status": "99"},
        GOOD | {"dossier_id": "d", "unit": "Nguyễn Văn An"},
    ]
    return evidence_of(tmp_path, rows)


def test_rows_set_aside_are_told_by_unit_and_by_what_is_wrong(spoiled):
    aside = spoiled.set_aside
    assert list(aside.columns) == SET_ASIDE
    own = {unit: rows.set_index("faults")["rows"].to_dict() for unit, rows in aside.groupby("unit")}
    assert own[GOOD["unit"]] == {"due_at:unreadable status:values": 1}
    assert own[OTHER["unit"]] == {"status:values": 1}
    assert own[TREE.province] == {
        "due_at:unreadable status:values": 1, "status:values": 1, "unit:unit": 1,
    }  # fmt: skip
    assert sum(own[TREE.province].values()) == spoiled.rows["set_aside"].sum()


def test_what_stands_in_place_of_an_agency_is_not_kept(spoiled):
    assert "Nguyễn" not in "".join(spoiled.texts.values())


def test_evidence_is_the_same_in_both_languages(tmp_path, monkeypatch):
    rows = [GOOD, GOOD | {"dossier_id": "b", "status": "99"}]
    vietnamese = evidence_of(tmp_path, rows).texts
    monkeypatch.setenv("LANGUAGE", "en")
    assert evidence_of(tmp_path, rows).texts == vietnamese


def test_every_fault_has_words():
    assert all(reason_of(fault) for fault in FAULTS)


def test_what_the_records_lack_is_told_by_indicator(tmp_path):
    gaps = evidence_of(tmp_path, [GOOD]).gaps
    assert list(gaps.columns) == GAPS
    assert set(gaps["unit"]) == set(TREE.by_code)
    own = gaps[gaps["unit"] == GOOD["unit"]]
    lacks = own.groupby("indicator")[["table", "column"]].agg(list)
    assert lacks.loc[19].tolist() == [["petitions"], [""]]
    assert "due_at" not in own["column"].tolist()


def test_columns_that_one_agency_lacks_are_told_of_it_and_those_above(tmp_path):
    folder = folder_with(tmp_path, [GOOD])
    with_fee = {**GOOD, **OTHER, "dossier_id": "z", "reused": "true"}
    pd.DataFrame([with_fee]).to_csv(folder / "dossiers-2.csv", index=False)
    records = load_records(folder, TREE)
    cases = pd.DataFrame(columns=CASE_COLUMNS).astype({"mendable": bool})
    gaps = gather(cases, records, TREE, MeasureOptions(), *WITHOUT_POINTS).gaps
    assert set(gaps[gaps["column"] == "reused"]["unit"]) == {
        GOOD["unit"],
        *TREE.above(GOOD["unit"]),
    }


@pytest.mark.parametrize("name", [CASES, "set_aside.csv", "gaps.csv", "case_counts.csv"])
@pytest.mark.parametrize("how", ["gone", "cut", "another"])
def test_evidence_that_was_altered_is_refused(tmp_path, spoiled, name, how):
    kept = revisions.record(tmp_path, scores_of(5), ORIGIN, spoiled).provenance
    path = revisions.folder_of(tmp_path, kept) / name
    content = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-9] if how == "cut" else content + b"\n1,2,3,4\n")
    with pytest.raises(InputError, match="bị sửa"):
        revisions.load(tmp_path, "H31", "2022-09", 1)


def test_evidence_is_read_back_as_it_was(tmp_path, spoiled):
    kept = revisions.record(tmp_path, scores_of(5), ORIGIN, spoiled).provenance
    folder = revisions.folder_of(tmp_path, kept)
    assert read_small(folder, "set_aside").equals(spoiled.set_aside)
    assert json.loads((folder / "provenance.json").read_text("utf-8"))["cases_hash"]
    assert revisions.load(tmp_path, "H31", "2022-09", 1).provenance == kept


def test_a_revision_stored_before_the_measures_without_points_still_loads(
    tmp_path, spoiled, monkeypatch
):
    later = ("handling", "processing_times", "compared")
    before = {name: fields for name, fields in evidence._TABLES.items() if name not in later}
    with monkeypatch.context() as then:
        then.setattr(evidence, "_TABLES", before)
        kept = revisions.record(tmp_path, scores_of(5), ORIGIN, spoiled).provenance
    folder = revisions.folder_of(tmp_path, kept)
    assert not (folder / "handling.csv").exists()
    assert revisions.load(tmp_path, "H31", "2022-09", 1).provenance == kept
    for name in later:
        assert read_small(folder, name).empty
