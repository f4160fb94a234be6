"""The corpus of hostile files of everything but records: counts, official results, parameters, mappings of
exports, answers of the national portal. None can be read."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from conftest import ROOT
from hostile_bytes import parquet, xlsx

COUNTS, OFFICIAL = "unit,indicator,numerator,denominator\n", "unit,item,value\n"
SET = (ROOT / "params/indicators/766-2022.yml").read_text("utf-8")
TREE = (ROOT / "params/units/dak-lak-2026-sample.yml").read_text("utf-8")
SOURCE = (ROOT / "params/sources/so-theo-doi.yml").read_text("utf-8")


@dataclass(frozen=True)
class Hostile:
    """A file: who reads it, its name, its bytes, and what the message says beside its name."""

    reader: str
    name: str
    content: Callable[[], bytes]
    says: str = ""


def text(reader: str, name: str, content: str, says: str = "") -> Hostile:
    return Hostile(reader, name, content.encode, says)


def changed(reader: str, good: str, old: str, new: str, says: str = "") -> Hostile:
    """A good file of parameters with one thing changed in it."""
    assert old in good, old
    return text(reader, "x.yml", good.replace(old, new, 1), says)


def packed(entries: dict[str, bytes], **how) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name, how.get("when", (2026, 10, 10, 12, 0, 0)))
            info.external_attr = how.get("mode", 0o644) << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def damaged(content: bytes, at: int, value: bytes) -> bytes:
    """Bytes with some of them put in place of what stood there."""
    return content[:at] + value + content[at + len(value) :]


def garbled(way: int) -> bytes:
    """A zip whose one file is packed in a way that is named, and then written over."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", way) as archive:
        archive.writestr("a.json", json.dumps(list(range(999))))
    content = bytearray(buffer.getvalue())
    content[50:90] = b"\xff" * 40
    return bytes(content)


def lying() -> bytes:
    """A zip that says of its one file that it is smaller than it is."""
    content = packed({"a.json": b"[" + b" " * 5_000 + b"]"})
    directory = content.index(b"PK\x01\x02")
    return damaged(content, directory + 24, (7).to_bytes(4, "little"))


def locked() -> bytes:
    """A zip whose one file says that it has a password."""
    content = packed({"a.json": b"[]"})
    return damaged(damaged(content, 6, b"\x01"), content.index(b"PK\x01\x02") + 8, b"\x01")


def answer(data: object) -> bytes:
    return packed({"transparency.json": json.dumps({"code": "OK", "data": data}).encode()})


BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
)
OTHERS: dict[str, Hostile] = {
    # Counts and official results.
    "counts: nothing": text("counts", "counts.csv", ""),
    "counts: bytes of zero": Hostile("counts", "counts.csv", lambda: bytes(4_000)),
    "counts: noise": Hostile("counts", "counts.csv", lambda: bytes(range(256)) * 40),
    "counts: UTF-16": Hostile("counts", "counts.csv", lambda: (COUNTS + "A,5,1,2\n").encode("utf-16")),
    "counts: a workbook": Hostile("counts", "counts.csv", xlsx),
    "counts: a workbook by its name too": Hostile("counts", "counts.xlsx", xlsx),
    "counts: a page": text("counts", "counts.csv", "<html><script>alert(1)</script></html>"),
    "counts: Parquet of another table": Hostile("counts", "counts.parquet", parquet, "indicator"),
    "counts: Parquet cut off": Hostile("counts", "counts.parquet", lambda: parquet()[:-30]),
    "counts: Parquet of lists": Hostile(
        "counts",
        "counts.parquet",
        lambda: parquet(indicator=[[5]], numerator=[{"a": 1}], denominator=[b"\xff"]),
        "indicator",
    ),
    "counts: a formula": text("counts", "counts.csv", COUNTS + "A,5,=1+1,2\n", "=1+1"),
    "counts: an order in a formula": text("counts", "counts.csv", COUNTS + "A,5,\"=cmd|' /C calc'!A0\",2\n", "cmd"),
    "counts: a number of 100,000 digits": text("counts", "counts.csv", COUNTS + f"A,5,{'9' * 100_000},2\n", "numerator"),
    "counts: a number with a power": text("counts", "counts.csv", COUNTS + "A,5,1e9999,2\n", "1e9999"),
    "counts: no number and one without end": text("counts", "counts.csv", COUNTS + "A,5,nan,inf\n", "nan"),
    "counts: more than there are": text("counts", "counts.csv", COUNTS + "A,5,3,2\n", "3"),
    "counts: less than nothing": text("counts", "counts.csv", COUNTS + "A,5,-1,2\n", "-1"),
    "counts: a header twice": text("counts", "counts.csv", "unit,unit,indicator,numerator,denominator\nA,B,5,1,2\n", "unit"),
    "counts: a quote that never ends": text("counts", "counts.csv", COUNTS + '"A,5,1,2\n' * 99),
    "counts: rows of any length": text("counts", "counts.csv", COUNTS + "A,5,1,2,3,4,5\nB\n"),
    "counts: thousands of mistakes": text("counts", "counts.csv", COUNTS + "A,x,y,z\n" * 2_000, "dòng 2"),
    "counts: a unit of HTML": text("counts", "counts.csv", COUNTS + "<img src=x onerror=alert(1)>,5,x,2\n", "numerator"),
    "official: a class that is an order": text("official", "official.csv", OFFICIAL + "A,'; DROP,1\n", "DROP"),
    "official: points of many digits": text("official", "official.csv", OFFICIAL + "A,total,99.999999999999\n", "99.99"),
    "official: points with a power": text("official", "official.csv", OFFICIAL + "A,total,1E+2\n", "1E+2"),
    "official: points above all": text("official", "official.csv", OFFICIAL + "A,total,100.01\n", "100.01"),
    "official: noise": Hostile("official", "official.csv", lambda: bytes(range(255, 0, -1)) * 40),
    "official: a rank of zero": text("official", "official.csv", OFFICIAL + "A,rank,0\n", "“0”"),
    "official: the same twice": text("official", "official.csv", OFFICIAL + "A,5,1\nA,5,1\n", "A, 5"),
    # Parameters.
    "set: nothing": text("set", "x.yml", ""),
    "set: a list": text("set", "x.yml", "- 1\n- 2\n"),
    "set: a text": text("set", "x.yml", "chỉ là chữ"),
    "set: noise": Hostile("set", "x.yml", lambda: bytes(range(1, 256)) * 40),
    "set: UTF-16": Hostile("set", "x.yml", lambda: SET.encode("utf-16")),
    "set: cut off in a text": text("set", "x.yml", SET[:500] + '"'),
    "set: references that grow without end": text("set", "x.yml", BOMB),
    "set: a reference to itself": text("set", "x.yml", "a: &a [*a]\n"),
    "set: deeper than any": text("set", "x.yml", "[" * 20_000),
    "set: deeper than any, and closed": text("set", "x.yml", "{a: " * 3_000 + "1" + "}" * 3_000),
    "set: an order to Python": changed("set", SET, "digits: 2", "digits: !!python/object/apply:os.system [id]"),
    "set: a file of the machine": changed("set", SET, "digits: 2", "digits: !include /etc/passwd"),
    "set: merged keys": changed("set", SET, "digits: 2", "<<: {digits: 2}"),
    "set: a key twice": changed("set", SET, "digits: 2", "digits: 2\ndigits: 2", "digits"),
    "set: a total beyond any number": changed("set", SET, "total: 100", "total: 1e999999999", "total"),
    "set: points beyond any number": changed("set", SET, "max_points: 20\n", "max_points: 1e999999999\n", "max_points"),
    "set: a target next to nothing": changed("set", SET, "value: 0.50", "value: 1e-999999999", "value"),
    "set: a target of many digits": changed("set", SET, "value: 0.50", f"value: 0.{'1' * 100_000}", "value"),
    "set: a million digits": changed("set", SET, "digits: 2", "digits: 1000000", "digits"),
    "set: digits of many digits": changed("set", SET, "digits: 2", f"digits: {'9' * 10_000}", "digits"),
    "set: points without end": changed("set", SET, "max_points: 20\n", "max_points: .inf\n", "inf"),
    "set: a day that is none": changed("set", SET, "last_confirmed: 2026-11-23", "last_confirmed: 9999-99-99"),
    "tree: a unit above itself": text(
        "tree", "x.yml", TREE.replace("cohort: tinh}", "cohort: tinh, parent: H15}", 1), "cấp trên"
    ),
    "tree: a code that is a path": text("tree", "x.yml", TREE.replace("H15.15", "../../x", 1), "../../x"),
    "tree: a code that is HTML": text("tree", "x.yml", TREE.replace("H15.15", "<b>x</b>", 1), "<b>x</b>"),
    # How an export calls its columns.
    "mapping: nothing": text("mapping", "x.yml", ""),
    "mapping: a table that is none": changed("mapping", SOURCE, "  dossiers:", "  hồ_sơ:", "hồ_sơ"),
    "mapping: a column that is none": changed("mapping", SOURCE, "      received_at:", "      ngay_nao_do:", "ngay_nao_do"),
    "mapping: a key that is none": text("mapping", "x.yml", SOURCE + "\nchay_lenh: rm\n", "chay_lenh"),
    "mapping: references that grow without end": text("mapping", "x.yml", BOMB),
    # Answers of the national portal that somebody saved.
    "answers: nothing": Hostile("answers", "x.zip", lambda: b""),
    "answers: no zip": Hostile("answers", "x.zip", lambda: b"PK\x03\x04" + bytes(99)),
    "answers: a zip of nothing": Hostile("answers", "x.zip", lambda: packed({})),
    "answers: a zip cut off": Hostile("answers", "x.zip", lambda: packed({"a.json": b"{}" * 999})[:-40]),
    "answers: a zip without its first byte": Hostile("answers", "x.zip", lambda: packed({"a.json": b"{}" * 999})[1:]),
    "answers: a zip packed wrongly": Hostile("answers", "x.zip", lambda: garbled(zipfile.ZIP_DEFLATED)),
    "answers: a zip packed wrongly by bzip2": Hostile("answers", "x.zip", lambda: garbled(zipfile.ZIP_BZIP2)),
    "answers: a zip packed wrongly by xz": Hostile("answers", "x.zip", lambda: garbled(zipfile.ZIP_LZMA)),
    "answers: a file above the zip's folder": Hostile("answers", "x.zip", lambda: packed({"../../up.json": b"{}"}), "up.json"),
    "answers: a file at the root": Hostile("answers", "x.zip", lambda: packed({"/etc/x.json": b"{}"}), "x.json"),
    "answers: a path of Windows": Hostile("answers", "x.zip", lambda: packed({"..\\..\\up.json": b"{}"}), "up.json"),
    "answers: a link": Hostile("answers", "x.zip", lambda: packed({"a.json": b"/etc/passwd"}, mode=0o120777)),
    "answers: a zip in a zip": Hostile("answers", "x.zip", lambda: packed({"a.json": packed({"b.json": b"{}"})})),
    "answers: much room in few bytes": Hostile("answers", "x.zip", lambda: packed({"a.json": b" " * 300_000_000}), "MB"),
    "answers: more files than answers": Hostile("answers", "x.zip", lambda: packed({f"{i}.json": b"{}" for i in range(600)}), "500"),
    "answers: a size that is not true": Hostile("answers", "x.zip", lying),
    "answers: a password": Hostile("answers", "x.zip", locked),
    "answers: a day that is none": Hostile("answers", "x.zip", lambda: packed({"a.json": b"{}"}, when=(1980, 0, 0, 0, 0, 0))),
    "answers: JSON deeper than any": Hostile("answers", "x.zip", lambda: packed({"a.json": b"[" * 100_000 + b"]" * 100_000})),
    "answers: half a letter": Hostile("answers", "x.zip", lambda: packed({"a.json": b'{"data": "\xff"}'})),
    "answers: a list": Hostile("answers", "x.zip", lambda: packed({"a.json": b"[1, 2]"})),
    "answers: of nobody": Hostile("answers", "x.zip", lambda: answer(None)),
    "answers: numbers as words": Hostile(
        "answers",
        "x.zip",
        lambda: answer({"overview": {"departmentCode": "H15", "totalScore": "nhiều"}, "evaluation": "x"}),
    ),
    "answers: a number of 100,000 digits": Hostile(
        "answers", "x.zip", lambda: packed({"a.json": b'{"data": ' + b"9" * 100_000 + b"}"})
    ),
    "answers: a description that is none": Hostile(
        "answers", "x.zip", lambda: packed({"capture.json": b'{"captured": "h\xc3\xb4m qua"}', "a.json": b"{}"}), "capture.json"
    ),
}  # fmt: skip
