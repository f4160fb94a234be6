"""The store: a revision for every change of figures, kept whole, never altered."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pandas as pd
import pytest
from damage import HARMS, damage

from chiso.base.errors import InputError
from chiso.base.files import sha256
from chiso.contract.counts import COUNT_COLUMNS, OFFICIAL_COLUMNS
from chiso.rules.indicators import load_rules
from chiso.scoring.score import score
from chiso.store import reconciled, revisions


def scores_of(on_time: int):
    counts = pd.DataFrame([("A", 5, on_time, 10)], columns=COUNT_COLUMNS, dtype=object)
    official = pd.DataFrame(columns=OFFICIAL_COLUMNS, dtype=object)
    return score(counts, official, load_rules("766-2022"))


ORIGIN = revisions.Provenance(
    period="2022-09",
    province="H31",
    units="hung-yen-2022",
    indicator_set="766-2022",
    source={"vi": "thử", "en": "test"},
    captured="",
    as_of="2022-09-30",
    inputs={"counts.csv": "0" * 64},
    code_version="0",
    code_hash="0",
    packages={},
    set_hash="a" * 64,
    tree_hash="a" * 64,
)


def test_a_new_revision_only_when_figures_differ(tmp_path):
    first = revisions.record(tmp_path, scores_of(5), ORIGIN)
    again = revisions.record(tmp_path, scores_of(5), ORIGIN)
    other = revisions.record(tmp_path, scores_of(6), ORIGIN)
    back = revisions.record(tmp_path, scores_of(5), ORIGIN)
    numbers = [item.provenance.revision for item in (first, again, other, back)]
    assert numbers == [1, 1, 2, 3]
    assert [item.revision for item in revisions.history(tmp_path)] == [1, 2, 3]
    assert [item.revision for item in revisions.history(tmp_path, period="2022-10")] == []


def test_what_is_read_back_is_what_was_scored(tmp_path):
    scores = scores_of(5)
    revisions.record(tmp_path, scores, ORIGIN)
    held = revisions.load(tmp_path, "H31", "2022-09", 1).scores
    for name in ("indicators", "groups", "totals", "differences"):
        assert getattr(held, name).values.tolist() == getattr(scores, name).values.tolist()
    row = held.indicators.iloc[4]
    assert (row["numerator"], row["rate"], row["points"]) == (5, Decimal("0.5"), Decimal("10.00"))
    assert held.indicators.iloc[0]["points"] is None
    assert not held.totals.iloc[0]["complete"]


def test_an_altered_revision_is_refused(tmp_path):
    revisions.record(tmp_path, scores_of(5), ORIGIN)
    path = tmp_path / "H31/2022-09/r001/indicators.csv"
    path.write_text(path.read_text("utf-8").replace(",10.00,", ",11.00,"), encoding="utf-8")
    with pytest.raises(InputError, match="bị sửa"):
        revisions.load(tmp_path, "H31", "2022-09", 1)


@pytest.mark.parametrize(
    "name", ["indicators.csv", "groups.csv", "totals.csv", "differences.csv", "official.csv",
             "provenance.json"],
)  # fmt: skip
@pytest.mark.parametrize("harm", HARMS)
def test_damage_to_any_file_of_a_revision_is_refused_and_nothing_is_stored_beside_it(
    tmp_path, name, harm
):
    revisions.record(tmp_path, scores_of(5), ORIGIN)
    folder = tmp_path / "H31/2022-09/r001"
    damage(folder / name, harm)
    before = sorted(tmp_path.rglob("*"))
    for read in (
        lambda: revisions.load(tmp_path, "H31", "2022-09", 1),
        lambda: revisions.record(tmp_path, scores_of(6), ORIGIN),
    ):
        with pytest.raises(InputError, match=r"bị sửa.*\n  → Khôi phục"):
            read()
    assert sorted(tmp_path.rglob("*")) == before


def test_a_bit_that_leaves_provenance_readable_is_noticed(tmp_path):
    revisions.record(tmp_path, scores_of(5), ORIGIN)
    path = tmp_path / "H31/2022-09/r001/provenance.json"
    path.write_text(path.read_text("utf-8").replace("2022-09-30", "2022-09-20"), "utf-8")
    with pytest.raises(InputError, match="bị sửa"):
        revisions.history(tmp_path)


def test_a_copy_of_rules_that_is_damaged_is_made_anew_while_its_file_is_there(tmp_path):
    path = tmp_path / "set.yml"
    path.write_text("code: x\n", encoding="utf-8")
    found = revisions.keep_copy(tmp_path, path)
    for harm in HARMS:
        damage(tmp_path / f"rules/{found}.yml", harm)
        assert revisions.keep_copy(tmp_path, path) == found
        assert revisions.copy_of(tmp_path, found).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("name", ["about.json", "lines.csv", "parts.csv", "dossiers.csv"])
def test_a_reconciliation_that_is_damaged_counts_as_none_and_is_made_anew(tmp_path, name, harm):
    origin = revisions.record(tmp_path, scores_of(5), ORIGIN).provenance
    table = pd.DataFrame({"unit": ["A"], "indicator": [5], "points": [Decimal("1.25")]})
    found = SimpleNamespace(
        captured=datetime(2022, 10, 1),
        lines=table,
        parts=table,
        dossiers=table.set_index(pd.Index(["x"])),
        unexplained=lambda _row: None,
    )
    side = SimpleNamespace(listed=None)
    reconciled.keep(tmp_path, origin, found, side, "key")  # type: ignore[arg-type]
    assert reconciled.read(tmp_path, origin).made_from == "key"
    damage(reconciled.folder_of(tmp_path, origin) / name, harm)
    assert reconciled.read(tmp_path, origin) is None
    reconciled.keep(tmp_path, origin, found, side, "key")  # type: ignore[arg-type]
    assert reconciled.read(tmp_path, origin).lines["points"].tolist() == [Decimal("1.25")]


def test_what_a_killed_run_leaves_is_not_a_revision(tmp_path):
    left = tmp_path / "H31/2022-09/.r001.99999"
    left.mkdir(parents=True)
    (left / "provenance.json").write_text("{", encoding="utf-8")
    assert revisions.history(tmp_path) == []
    assert revisions.record(tmp_path, scores_of(5), ORIGIN).provenance.revision == 1


def test_runs_at_the_same_time_take_different_numbers(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: revisions.record(tmp_path, scores_of(n), ORIGIN), range(8)))
    found = revisions.history(tmp_path)
    assert sorted(item.revision for item in found) == list(range(1, 9))
    assert len({item.figures_hash for item in found}) == 8


def test_provenance_says_where_everything_came_from(tmp_path):
    revisions.record(tmp_path, scores_of(5), ORIGIN)
    text = (tmp_path / "H31/2022-09/r001/provenance.json").read_text("utf-8")
    assert {"source", "captured", "inputs", "indicator_set", "code_hash", "packages"} <= set(
        json.loads(text)
    )


def test_a_missing_revision_says_how_to_find_one(tmp_path):
    with pytest.raises(InputError, match="chiso history"):
        revisions.load(tmp_path, "H31", "2022-09", 1)


def test_revisions_of_one_period_are_read_without_those_of_others(tmp_path):
    revisions.record(tmp_path, scores_of(5), ORIGIN)
    broken = tmp_path / "H31/2022-08/r001/provenance.json"
    broken.parent.mkdir(parents=True)
    broken.write_text("{", encoding="utf-8")
    assert len(revisions.history(tmp_path, "H31", "2022-09")) == 1
    with pytest.raises(InputError, match="bị sửa"):
        revisions.history(tmp_path)


def test_of_one_period_the_last_is_by_number_even_where_the_clock_was_set_back(
    tmp_path, monkeypatch
):
    def stored(period, on_time, day):
        monkeypatch.setattr(revisions.clock, "now", lambda: datetime(2026, 11, day, tzinfo=UTC))
        revisions.record(tmp_path, scores_of(on_time), replace(ORIGIN, period=period))

    assert revisions.last_stored(tmp_path) is None
    stored("2022-08", 5, day=20)
    stored("2022-09", 5, day=25)
    stored("2022-09", 6, day=24)
    for period in (None, "2022-09"):
        last = revisions.last_stored(tmp_path, period)
        assert (last.period, last.revision) == ("2022-09", 2)
    assert revisions.last_stored(tmp_path, "2022-08").revision == 1
    assert revisions.last_stored(tmp_path, "2022-07") is None


def test_another_set_or_tree_is_another_revision(tmp_path):
    numbers = [
        revisions.record(tmp_path, scores_of(5), replace(ORIGIN, **rules)).provenance.revision
        for rules in ({}, {"set_hash": "b" * 64}, {"set_hash": "b" * 64}, {"tree_hash": "c" * 64})
    ]
    assert numbers == [1, 2, 2, 3]


def test_a_comment_or_the_layout_makes_no_other_set_or_tree_and_a_value_does(tmp_path):
    path = tmp_path / "set.yml"

    def kept(text):
        path.write_text(text, encoding="utf-8")
        return revisions.keep_copy(tmp_path, path)

    first = kept("# One.\ncode: x\ntargets: {5: 0.90, 6: 1}\n")
    assert first == sha256(path), "stored before: found by the bytes"
    assert kept("# Một.\n\ncode: 'x'\ntargets:\n  5: 0.90  # của Bộ\n  6: 1\n") == first
    assert len(list((tmp_path / "rules").iterdir())) == 1
    others = [
        kept(f"code: x\ntargets: {targets}\n")
        for targets in ("{5: 0.91, 6: 1}", "{6: 1, 5: 0.90}", "{5: 0.90}", "{5: '0.90', 6: 1}")
    ]
    assert len({first, *others}) == 5
    # Bytes that are there are found as they are, whatever else says the same.
    (tmp_path / "rules" / f"{first}.yml").unlink()
    again = kept("# Two.\ncode: x\ntargets: {5: 0.90, 6: 1}\n")
    assert again != first
    assert kept("# One.\ncode: x\ntargets: {5: 0.90, 6: 1}\n") == again


def test_an_altered_copy_stands_for_no_file_of_the_same_words(tmp_path):
    path = tmp_path / "set.yml"
    path.write_text("# One.\ncode: x\n", encoding="utf-8")
    first = revisions.keep_copy(tmp_path, path)
    revisions.copy_of(tmp_path, first).write_text("code: y\n", encoding="utf-8")
    path.write_text("code: y\n", encoding="utf-8")
    assert revisions.keep_copy(tmp_path, path) == sha256(path)


def test_a_copy_of_rules_that_was_altered_is_refused(tmp_path):
    path = tmp_path / "set.yml"
    path.write_text("code: x\n", encoding="utf-8")
    found = revisions.keep_copy(tmp_path, path)
    assert revisions.copy_of(tmp_path, found).read_bytes() == path.read_bytes()
    revisions.copy_of(tmp_path, found).write_text("code: y\n", encoding="utf-8")
    with pytest.raises(InputError, match=found):
        revisions.copy_of(tmp_path, found)
