"""A month of people's data and of texts that are orders: nothing of the first is found in what is made of
it, nothing of the second is obeyed."""

import gzip
import html
import io
import json
import re
import shutil
import subprocess
import unicodedata
import urllib.parse
import zipfile
import zlib
from contextlib import suppress
from functools import cache

import openpyxl
import pandas as pd
import pytest
from conftest import ROOT
from hostile_month import (
    AGENCIES,
    COMMUNE,
    FIELD,
    OVER,
    PERIOD,
    PROCEDURE,
    ROWS,
    TERM,
    UNIT,
    within,
    world,
)  # fmt: skip
from pypdf import PdfReader

from chiso.base.excel import Cover, Sheet, write_workbook
from chiso.base.files import sha256
from chiso.base.letters import without_accents
from chiso.cli import commands
from chiso.contract.tables import TABLES
from chiso.rules.units import load_tree
from chiso.sources.mappings import load_systems
from chiso.sources.personal import WITHIN_TEXT
from chiso.sources.records import load_records

# As they are looked for: without accents, case and spelling of any format.
NEEDLES = re.compile(r"(bi mat yen|0987[ .]?65[0-9. ]{0,6}|0331120\d*|@kin\.vn|bimatyen)[^ ]{0,30}")
OF_FILES = re.compile(r"hoang lan|0912[ .]?34")


@pytest.mark.parametrize(
    ("text", "has"),
    [
        *((text, True) for text in within("Khai sinh")),
        ("Lê A, 098.765.4321", True), ("Lê A 0987.65.43.21", True), ("CCCD 033 112 000 111", True),
        ("SĐT84987654321", True), ("gửi a.b@c.vn", True), ("0987\u00a0654\u00a0321", True),
        ("Đăng ký khai sinh (1.001193.000.00.00.H31)", False), ("Mã 000.00.17.22.H31-220905-0001", False),
        ("Vốn từ 300.000.000 đồng đến 84.500.000.000 đồng", False), ("34/QĐ-UBND ngày 05/09/2022", False),
        ("Thông tư 02/2020/TT-VPCP, mẫu 01-02-2022", False), ("tinh;huyen;xa", False), (PERIOD, False),
    ],
)  # fmt: skip
def test_a_number_of_somebody_within_a_text_is_told_from_other_numbers(text, has):
    assert bool(re.search(WITHIN_TEXT, text)) == has


def plain(text: str) -> str:
    """A text as NEEDLES are written: no accents, no case, no spelling of HTML, addresses or JSON."""
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    text = html.unescape(urllib.parse.unquote(text))
    text = without_accents(unicodedata.normalize("NFC", text)).casefold()
    return re.sub(r"[\s_\u00a0]+", " ", re.sub(r"<[^>]*>|[\u200b\u00ad]", "", text) + " " + text)


def texts_of(name: str, content: bytes):
    """All texts in the bytes of a file: as they are, unpacked, and as readers show them."""
    yield name
    yield content.decode("utf-8", "replace")
    if b"\0" in content:
        yield content.decode("utf-16", "replace")
    if name.endswith(".parquet"):
        yield pd.read_parquet(io.BytesIO(content)).to_csv()
    if name.endswith(".gz"):
        yield from texts_of(name[:-3], gzip.decompress(content))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for one in archive.namelist():
                yield from texts_of(one, archive.read(one))
    if content.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(content))
        yield str(reader.metadata)
        yield from (one.extract_text() for one in reader.pages)
        for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S):
            with suppress(zlib.error):
                yield zlib.decompress(packed).decode("latin-1")


@cache
def plain_texts(ending: str, content: bytes) -> str:
    """All texts in the bytes of a file whose name ends so, as NEEDLES are written. Most pages lie in several
    folders, and are looked through for several things."""
    return "\n".join(plain(text) for text in texts_of(ending, content))


def found(needles, files):
    """File -> what of the needles is in it."""
    told = {}
    for path in files:
        texts = (plain(path.name), plain_texts("".join(path.suffixes), path.read_bytes()))
        hits = {hit.group(0) for text in texts for hit in needles.finditer(text)}
        if hits:
            told[path.name] = sorted(hits)[:5]
    return told


@pytest.fixture(scope="module")
def month(tmp_path_factory):
    return world(tmp_path_factory.mktemp("canaries"), OVER)


def written(made):
    """All files but those that came with the project, those that were handed in, copies of them too, and
    the workbook of rows set aside."""
    handed = [path for folder in made.handed_in for path in folder.rglob("*") if path.is_file()]
    copies = {sha256(path) for path in handed}
    shipped = {
        made.project / path.relative_to(ROOT)
        for name in ("notebooks", "params", "data/samples")
        for path in (ROOT / name).rglob("*")
    }
    return [
        path
        for path in made.project.rglob("*")
        if path.is_file()
        and path not in handed
        and path not in shipped
        and not (path.name in copies and path.name == sha256(path))
    ]


def test_the_canaries_are_looked_for_as_they_may_be_written():
    """What the search must find."""
    one, two = "Bí Mật Yến7", "0987650007"
    for text in (
        one, unicodedata.normalize("NFD", one), one.upper(), "BI MAT YEN7", html.escape(one),
        one.encode("ascii", "xmlcharrefreplace").decode(), json.dumps(one), urllib.parse.quote(one),
        one.replace(" ", "_"), two, "0987.65 0007", "Bí&nbsp;Mật <b>Yến7</b>", "yen7@kin.vn", "BiMatYen7", "033112000007",
    ):  # fmt: skip
        assert NEEDLES.search(plain(text)), text


def test_good_rows_count_and_canaries_are_set_aside(month):
    """The month is no empty one: nothing is found because nothing was read."""
    (aside,) = (month.project / "data" / PERIOD / "set-aside").iterdir()
    assert len(found(NEEDLES, [aside])) == 1
    held = load_records(month.handed_in[0], load_tree("hung-yen-2022"))
    accepted = {name: table.to_pandas() for name, table in held.tables.items()}
    assert {"A-0", "B-0", "D-0", "E-0", "F-0", "J-1", "C-0", "P-0"} <= set(
        accepted["dossiers"].dossier_id
    )
    assert set(accepted) == set(TABLES)
    for name, table in accepted.items():
        assert len(table), name
        assert not NEEDLES.search(plain(table.to_csv())), name
    counted = held.counts.set_index(["table", "file"])
    assert (counted["rows_in"] == counted["accepted"] + counted["set_aside"]).all()
    assert (
        "Hồ sơ: " in month.say[f"check --period {PERIOD}"]
        and "due_at" not in month.say[f"check --period {PERIOD}"]
    )


def test_every_known_column_of_every_source_is_in_an_export():
    """A source that is described later needs its canaries here."""
    assert {name for system in load_systems() for name in system.tables} <= set(ROWS)
    files = {system.file for system in load_systems() if system.tables}
    assert files == {
        "set-aside", "", "params/sources/bang-chuan.yml", "params/sources/csdlqg-tthc.yml",
        "params/sources/dich-vu-cong.yml",
        "params/sources/dong-bo-ho-so.yml", "params/sources/so-theo-doi.yml",
    }  # fmt: skip
    for name, good in ROWS.items():
        assert set(good) <= {column.name for column in TABLES[name].columns}


def test_no_canary_is_in_any_file_or_word_but_the_workbook_of_rows_set_aside(month):
    files = written(month)
    kinds_of = {path.suffix for path in files}
    assert {
        ".html",
        ".pdf",
        ".docx",
        ".xlsx",
        ".svg",
        ".json",
        ".csv",
        ".parquet",
        ".txt",
        ".png",
        ".log",
    } <= kinds_of
    assert found(NEEDLES, files) == {}
    assert found(NEEDLES, [path for path in month.scratch.rglob("*") if path.is_file()]) == {}
    for command, told in month.say.items():
        assert NEEDLES.findall(plain(told)) == [], command


def test_every_command_that_reads_what_was_handed_in_was_run(month):
    """A command that is added later is run there too. What is left: `demo` invents, `init` and `new-period` make a
    folder, `score` reads counts, `report` is what `daily` does, `preview` shows a page of it
    and ends by Ctrl-C (test_preview.py), `unpublish` takes away, `verify` makes again what `daily` made."""
    run = {command.partition(" ")[0] for command in month.say}
    assert set(commands().commands) - run == {
        "demo",
        "init",
        "new-period",
        "score",
        "sources",
        "report",
        "rules",
        "status",
        "open",
        "preview",
        "unpublish",
        "verify",
    }


def test_names_of_files_and_sheets_stay_with_the_analyst(month):
    """They are told on the terminal and kept beside the data, which are the analyst's, and nowhere else."""
    assert "Hoàng Lan" in month.say[f"check --period {PERIOD}"]
    own = (month.project / "data/store", month.project / "data/kept")
    files = [path for path in written(month) if not set(own) & set(path.parents)]
    assert found(OF_FILES, files) == {}


# ------------------------------------------------------------------------------------------ orders


@pytest.fixture
def watched(browser):
    """A browser's page, and everything that it said, asked of other hosts or was made to do."""
    context = browser.new_context()
    context.add_init_script(
        "window.ran = (what) => console.error(`ran ${what}`);"
        "addEventListener('securitypolicyviolation',"
        " (e) => console.error(`${e.violatedDirective} ${e.blockedURI}`));"
    )
    page, told = context.new_page(), []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
    page.on("popup", lambda popup: told.append(popup.url))
    page.on(
        "request",
        lambda asked: asked.url.startswith(("file:", "data:")) or told.append(asked.url),
    )
    yield page, told
    context.close()


def press_all(page):
    """Open, sort and choose whatever can be; where links lead."""
    for fold in page.locator("details > summary").all():
        fold.click()
    for button in page.locator("main button:visible").all():
        if button.get_attribute("type") == "button" and not button.get_attribute("data-save"):
            button.click()
    for box in page.locator("main select:visible").all():
        for i in range(box.locator("option").count()):
            box.select_option(index=i)
    for box in page.locator("main input[type=search]:visible").all():
        box.fill("<img src=x onerror=ran(90)>")
    # Of a link in a picture `href` is no text.
    return page.locator("a").evaluate_all(
        "all => all.map((one) => new URL(one.getAttribute('href') ?? '', location).href)"
    )


def pages_of(month):
    """What is published, and the entry above it; a page that both audiences get is looked at once."""
    place = month.project / "reports/_published"
    files = [path for path in sorted(place.rglob("*.html")) if "current" not in path.parts]
    return list({path.read_bytes(): path for path in files}.values())


def test_no_text_is_obeyed_by_a_browser_on_any_page(month, watched):
    page, told = watched
    files = pages_of(month)
    names = {path.stem for path in files}
    assert {
        "index",
        "H31",
        UNIT,
        "so-y-te",
        COMMUNE,
        "compare",
        "national",
        "procedures",
        "reconcile",
        "cases",
    } <= names
    assert {"data-quality", "method"} <= names
    for path in files:
        page.goto(path.as_uri())
        leads = press_all(page)
        assert told == [], path.name
        assert {url.partition(":")[0] for url in leads} <= {"file", "data"}, path.name


def test_no_address_is_obeyed_by_a_browser(month, watched):
    page, told = watched
    folder = next(path.parent for path in pages_of(month) if path.name == "compare.html")
    order = urllib.parse.quote('"><img src=x onerror=ran(91)><script>ran(92)</script>')
    for address in (
        f"compare.html?a={order}&b={order}", "compare.html?a=javascript:ran(93)&b=__proto__",
        "compare.html?a=constructor&b=toString", f"compare.html?a={UNIT}&b=so-y-te#{order}",
        f"compare.html?a={COMMUNE}&b=11950", f"index.html#tim={order}&khoi={order}&loai=__proto__",
        "index.html#tim=javascript:ran(94)", f"index.html?{order}#{order}", f"{UNIT}.html#{order}",
    ):  # fmt: skip
        page.goto("about:blank")
        page.goto(f"{folder.as_uri()}/{address}")
        page.locator("main").wait_for()
        assert told == [], address
    page.goto(f"{folder.as_uri()}/compare.html?a=so-y-te&b={COMMUNE}")
    assert page.locator(".compared").count() == 3
    for url in page.locator("a").evaluate_all("all => all.map((one) => one.href)"):
        assert url.startswith("file:"), url


def test_what_is_watched_for_is_noticed(month, watched):
    """The same texts, put into a page as they are."""
    page, told = watched
    path = next(path for path in pages_of(month) if path.stem == UNIT)
    text = path.read_text("utf-8")
    bad = "".join([*AGENCIES.values(), PROCEDURE, FIELD, TERM])
    other = path.with_name("bad.html")
    other.write_text(text.replace("</main>", f"{bad}</main>"), "utf-8")
    try:
        page.goto(other.as_uri())
        assert len(told) >= 5
        other.write_text(f"<!DOCTYPE html><main>{bad}</main>", "utf-8")
        page.goto(other.as_uri())
        assert {"ran 1", "ran 2", "ran 3"} <= set(told)
    finally:
        other.unlink()


def test_orders_stand_on_pages_and_papers_as_they_were_written_and_no_file_is_read(month):
    """By pandoc, typst, Word and Quarto's braces: none of them opens a file that a text names."""

    def squeezed(text):
        return re.sub(r"\s+", "", text)

    site = month.project / "reports/_site" / PERIOD
    for code, name in AGENCIES.items():
        shown = html.unescape(
            re.search("<h1>(.*?)</h1>", (site / f"{code}.html").read_text("utf-8"), re.S)[1]
        )
        assert squeezed(shown) == squeezed(name), code
        paper = "".join(one.extract_text() for one in PdfReader(site / f"{code}.pdf").pages)
        assert squeezed(name) in squeezed(paper), code
    own = squeezed("".join(one.extract_text() for one in PdfReader(site / f"{UNIT}.pdf").pages))
    assert squeezed('#read("/etc/passwd")') in own and squeezed("\\input{/etc/passwd}") in own
    assert found(re.compile(r"root.?x.?0.?0"), written(month)) == {}


def workbooks(month):
    found = [path for path in written(month) if path.suffix == ".xlsx"]
    found += (month.project / "data" / PERIOD / "set-aside").iterdir()
    kinds = {path.parts[-2] for path in found} | {path.name for path in found}
    assert {
        "cases.xlsx",
        "so-cong-van.xlsx",
        "so-nghia-vu.xlsx",
        f"{UNIT}.xlsx",
        "2022-09-14.xlsx",
    } <= kinds
    assert any(path.name.endswith("-cases.xlsx") for path in found)
    return found


BEGINS = ("=", "+", "-", "@", "\t", "\r")


def test_no_cell_of_any_workbook_is_a_formula(month):
    begun = set()
    for path in workbooks(month):
        for sheet in openpyxl.load_workbook(path):
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                assert cell.data_type != "f", (path.name, sheet.title, cell.coordinate)
                if isinstance(cell.value, str) and cell.value.startswith(BEGINS):
                    begun.add(cell.value[0])
    assert {"=", "+", "@"} <= begun


CELLS = [
    "=1+1", "+1+1", "-1+1", "@SUM(1+1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "'=1+1", "=cmd|' /C calc'!A0",
    "=DDE(\"soffice\";\"/etc/passwd\";\"A1\")", "=HYPERLINK(\"https://example.org\";\"x\")",
    "=WEBSERVICE(\"https://example.org\")", "{=1+1}", "of:=1+1", "=1+1\ttab", "﹦1+1", "＝1+1",
]  # fmt: skip


@pytest.mark.long
def test_no_cell_of_any_workbook_runs_in_libreoffice(month, tmp_path):
    """Every workbook of the month, and one of orders alone, as LibreOffice reads and calculates it."""
    program = shutil.which("soffice")
    assert program, "LibreOffice is missing: apt-get install libreoffice-calc"
    orders = tmp_path / "orders.xlsx"
    table = pd.DataFrame(dict.fromkeys(CELLS, CELLS))
    cover = Cover(CELLS[0], tuple(zip(CELLS, CELLS, strict=True)), tuple(CELLS))
    write_workbook(orders, [Sheet("=1+1", table, CELLS[0])], cover)
    formula = tmp_path / "formula.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = "=20+22"
    book.save(formula)
    files, target = [formula, orders, *workbooks(month)], tmp_path / "opened"
    for number, path in enumerate(files):
        shutil.copyfile(path, tmp_path / f"{number}.xlsx")
    names = [str(tmp_path / f"{number}.xlsx") for number in range(len(files))]
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        [program, profile, "--headless", "--convert-to", "fods", "--outdir", str(target), *names],
        check=True, capture_output=True,
    )  # fmt: skip
    opened = [(target / f"{number}.fods").read_text("utf-8") for number in range(len(files))]
    assert 'table:formula="of:=20+22"' in opened[0] and ">42<" in opened[0]
    for path, text in zip(files[1:], opened[1:], strict=True):
        assert "table:formula" not in text and "dde-" not in text, path
    shown = html.unescape(opened[1].replace("<text:tab/>", "\t"))
    for text in CELLS:
        assert text.strip() in shown, text
    assert 'office:value-type="float"' not in opened[1]
