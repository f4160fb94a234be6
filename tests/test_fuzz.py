"""Files damaged at random: every reader reads them or refuses them with a message, and nothing else."""

import io
import itertools
import json
import re
import subprocess
import sys
import zipfile

import exports
import pytest
from conftest import ROOT
from hostile_bytes import HEADER, ROW, page, parquet, records_of, xls, xlsx, xml_2003
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chiso.base.errors import UserError
from chiso.base.params import read_parameters
from chiso.base.period import parse_period
from chiso.contract.counts import COUNT_COLUMNS, OFFICIAL_COLUMNS
from chiso.portal.handed_in import take_in
from chiso.rules.indicators import NUMBERS, load_rules
from chiso.rules.units import load_tree
from chiso.scoring.score import score
from chiso.sources.given import ITEMS, read_given
from chiso.sources.mappings import System, _problems
from chiso.sources.records import load_records

TREE = exports.tree()
SAMPLE = ROOT / "data/samples/dak-lak-2026-10-10"
BOOK = load_rules("766-portal-2026")


def given_figures(path):
    score(*read_given(path, None, None, BOOK), BOOK)


def published_figures(path):
    counts = SAMPLE / "counts.csv"
    tree = load_tree("dak-lak-2026-sample")
    score(*read_given(counts, path, tree, BOOK), BOOK, tree)


def records(path):
    (path.parent / "procedures.csv").write_text(exports.PROCEDURES, encoding="utf-8")
    held = load_records(path.parent, TREE)
    counts = held.counts
    assert (counts["rows_in"] == counts["accepted"] + counts["set_aside"]).all()


def answers() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", json.dumps({"data": {"overview": {"x": 1}, "evaluation": []}}))
    return buffer.getvalue()


# Name of the file, a good one, and who reads it.
SEEDS = {
    "a workbook": ("so.xlsx", xlsx(), records),
    "an old workbook": ("so.xls", xls(), records),
    "a page": ("so.xls", page(), records),
    "XML of 2003": ("so.xls", xml_2003(b"<Row><Cell><Data>x</Data></Cell></Row>" * 9), records),
    "a table": ("dossiers.csv", HEADER + ROW.encode() * 9, records),
    "text of Excel": ("so.txt", (HEADER.decode().replace(",", "\t") + ROW).encode("utf-16"), records),
    "Parquet": ("dossiers.parquet", parquet(), records),
    "JSON": ("a.json", records_of({}, {"MaHoSo": "b"}), records),
    "counts": ("counts.csv", (SAMPLE / "counts.csv").read_bytes()[:3_000], given_figures),
    "official results": ("official.csv", (SAMPLE / "official.csv").read_bytes()[:3_000], published_figures),
    "a set": ("x.yml", (ROOT / "params/indicators/766-2022.yml").read_bytes(), lambda p: load_rules(str(p))),
    "a tree": ("x.yml", (ROOT / "params/units/dak-lak-2026-sample.yml").read_bytes(), lambda p: load_tree(str(p))),
    "a mapping": (
        "x.yml",
        (ROOT / "params/sources/so-theo-doi.yml").read_bytes(),
        lambda p: read_parameters(p, System, _problems),
    ),
    "answers": ("x.zip", answers(), lambda p: take_in(p, parse_period("2026"), "H15")),
}  # fmt: skip
# What is put in: bytes that formats take for their own, numbers at their edges, letters of orders.
BYTES = st.one_of(
    st.binary(min_size=1, max_size=8),
    st.sampled_from([
        b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"\n", b"\r", b"<", b">", b"&#0;", b"]]>",
        b"{", b"[", b"PK\x03\x04", b"-1", b"1e999999999", b"9" * 40, b"\x7f\xff\xff\xff", b"=1+1", b"&a", b"*a", b"!!", b": ",
    ]),
)  # fmt: skip
CHANGES = st.lists(
    st.tuples(st.sampled_from(["put", "over", "cut", "twice"]), st.floats(0, 1), BYTES, st.integers(1, 200)),
    min_size=1,
    max_size=6,
)  # fmt: skip


def damaged(content: bytes, changes) -> bytes:
    for kind, where, given_bytes, length in changes:
        at = int(where * len(content))
        before, after = content[:at], content[at:]
        content = {
            "put": before + given_bytes + after,
            "over": before + given_bytes + after[len(given_bytes) :],
            "cut": before + after[length:],
            "twice": before + after[:length] * 2 + after[length:],
        }[kind]
    return content


folders = itertools.count(1)


def try_one(kind, changes, tmp_path):
    name, content, read = SEEDS[kind]
    path = tmp_path / f"{next(folders)}" / name
    path.parent.mkdir()
    path.write_bytes(damaged(content, changes))
    try:
        read(path)
    except UserError as error:
        assert str(error) and "Traceback" not in str(error)


FEW = settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(FEW, max_examples=200)


@pytest.mark.parametrize("kind", SEEDS)
@FEW
@given(changes=CHANGES)
def test_a_damaged_file_is_read_or_refused(kind, project, tmp_path, changes):
    try_one(kind, changes, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("kind", SEEDS)
@MANY
@given(changes=CHANGES)
def test_many_damaged_files_are_read_or_refused(kind, project, tmp_path, changes):
    try_one(kind, changes, tmp_path)


# Good files that coverage leads on from, by what is made of them.
GUIDED = {
    "counts": ["counts"],
    "register": ["a page", "XML of 2003", "a table", "text of Excel", "a workbook"],
}


@pytest.mark.long
@pytest.mark.parametrize("target", GUIDED)
def test_files_that_coverage_leads_to_are_read_or_refused(target, tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for kind in GUIDED[target]:
        (corpus / kind).write_bytes(SEEDS[kind][1])
    program = [sys.executable, ROOT / "tests/fuzz_covered.py", target, corpus]
    done = subprocess.run(
        [*program, "-runs=4000", "-seed=1", "-max_len=20000"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    covered = [int(number) for number in re.findall(r"cov: (\d+)", done.stderr)]
    # It is led: what it reaches grows beyond what good files reach.
    assert covered[-1] > covered[0]


CELL = st.one_of(
    st.integers(-5, 10**16).map(str),
    st.sampled_from(["", "0", "5.0", "1,5", "٣", "1e5", "nan", "A", "=1", "H15", "100.00", "Tốt"]),
    st.text(max_size=4),
)


def table(columns, names):
    """Rows of which most are right in everything but one cell."""
    row = st.tuples(st.sampled_from(["A", "B", "H15", ""]), names, *[CELL for _c in columns[2:]])
    return st.lists(row.map(list), max_size=25)


@settings(max_examples=40, deadline=None)
@given(
    counts=table(COUNT_COLUMNS, st.sampled_from([*map(str, NUMBERS), "0", "22"])),
    official=table(OFFICIAL_COLUMNS, st.sampled_from([*ITEMS, "x"])),
    good=st.booleans(),
)
def test_whatever_counts_are_handed_in_they_are_scored_or_refused(
    counts, official, good, tmp_path_factory
):
    import csv

    folder = tmp_path_factory.mktemp("figures")
    if good:
        counts = [[u or "A", i, "3", "7"] for u, i, *_more in counts if i not in ("0", "22")]
        counts = list({(u, i): [u, i, *more] for u, i, *more in counts}.values())
    for name, columns, rows in (
        ("counts.csv", COUNT_COLUMNS, counts),
        ("official.csv", OFFICIAL_COLUMNS, official),
    ):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([columns, *rows])
    try:
        found = score(*read_given(folder / "counts.csv", folder / "official.csv", None, BOOK), BOOK)
    except UserError as error:
        assert str(error)
        return
    for row in found.indicators.itertuples():
        assert row.points is None or 0 <= row.points <= row.max_points
    for row in found.totals.itertuples():
        assert (row.total is not None) == bool(row.complete)
