"""Letters of a month of the demo as files: layout, the same in Word and PDF, every number from the store."""

import re
import zipfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import click
import openpyxl
import pandas as pd
import pytest
from conftest import make_project
from docx import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Pt
from pypdf import PdfReader

from chiso.base.i18n import count, percent, points, use_language
from chiso.base.params import Text
from chiso.base.period import parse_period
from chiso.cli import commands
from chiso.contract.letters import LEAD, MEND, OVERDUE, PRACTICE
from chiso.demo.write import DemoRequest, write_demo
from chiso.explain.letters import addressed, letter_deadline
from chiso.publishing.lettering import Decided, Wanted, decide, draft_letters
from chiso.publishing.letters import Document, letters_dir, reminder, write_documents
from chiso.rules.settings import load_settings
from chiso.store import letters as register
from chiso.store.figures import Figures
from chiso.store.pipeline import score_period

HOSTILE = (
    "Sở #let x = 1 @ai $y^2$ <b>đậm</b> \\u{1f} [a](b) ]) #[ */ // {{< meta >}} \"q\" 'r' `z` ~_*"
)
DEADLINE = "09/09/2022"
# A lead agency, a department and a district with its communes.
FEW = ("vp-ubnd", "so-tai-nguyen", "328")


@dataclass(frozen=True)
class World:
    """A month of a small demo: all that is decided, the documents of all letters by code, and the few
    that were written and kept."""

    figures: Figures
    decided: Decided
    documents: dict[str, Document]
    written: Decided
    folder: Path

    def files(self):
        """The letters that were written, with their files' path without ending."""
        for draft in self.written.addressed.drafts:
            yield draft, self.folder / f"cong-van-{draft.unit.code}"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    use_language("vi")
    folder = make_project(tmp_path_factory.mktemp("letters") / "project")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHISO_PROJECT", str(folder))
        write_demo(DemoRequest(folder / "data" / "demo", dossiers_per_month=6000))
        figures = score_period(load_settings(parse_period("2022-08")), lambda _text: None)
        decided = decide(figures, wanted(figures), lambda _text: None)
        documents = {
            draft.unit.code: reminder(figures, draft, letter.deadline)
            for draft, letter in zip(decided.addressed.drafts, decided.letters, strict=True)
        }
        few = decide(figures, wanted(figures, units=FEW), lambda _text: None)
        draft_letters(figures, few, lambda _text: None)
        yield World(figures, decided, documents, few, letters_dir("2022-08"))


def wanted(figures, units=(), on=None):
    return Wanted(units, (), (), "", on or figures.settings.as_of)


@pytest.fixture(scope="module")
def hostile(world, tmp_path_factory):
    """The folder with the letter of an agency whose name is hostile."""
    use_language("vi")
    figures, draft = world.figures, world.written.addressed.drafts[0]
    unit = replace(draft.unit, name=Text(vi=HOSTILE))
    tree = replace(figures.tree, units=tuple(unit if one == draft.unit else one for one in figures.tree.units))  # fmt: skip
    document = reminder(replace(figures, tree=tree), replace(draft, unit=unit), date(2022, 10, 7))
    folder = tmp_path_factory.mktemp("hostile")
    write_documents(folder, [document], lambda _text: None)
    return folder, document.name


def word_text(path):
    """All words of a Word file in their order, tables too."""
    document = WordFile(str(path))
    return "".join(node.text or "" for node in document.element.body.iter(qn("w:t")))


def squeezed(text):
    return re.sub(r"\s+", "", text)


def plain(document):
    """The words of a document, as they are written before any writer sees them."""
    return " ".join(document.body.replace("\\", "").split())


def test_there_are_letters_of_every_kind_of_task(world):
    kinds = {task.asked.what for draft in world.decided.addressed.drafts for task in draft.tasks}
    assert {OVERDUE, MEND, PRACTICE, LEAD} <= kinds


def test_word_and_pdf_have_the_same_words_in_the_same_order(world):
    for _draft, base in world.files():
        pages = PdfReader(base.with_suffix(".pdf")).pages
        pdf = squeezed("".join(page.extract_text() for page in pages))
        for paragraph in WordFile(str(base.with_suffix(".docx"))).paragraphs:
            if paragraph.text.strip():
                assert squeezed(paragraph.text) in pdf
        tables = WordFile(str(base.with_suffix(".docx"))).tables
        cells = {squeezed(cell.text) for one in tables for row in one.rows for cell in row.cells}
        assert all(cell in pdf for cell in cells if "Nơinhận" not in cell and "Dữliệu" not in cell)


def test_every_number_of_every_letter_is_that_of_the_store(world):
    figures = world.figures
    table, totals = figures.scores.indicators, figures.scores.totals.set_index("unit")
    cases = pd.read_parquet(figures.folder / "cases.parquet")
    whole = table[table["unit"] == "H31"].set_index("indicator")
    for draft in world.decided.addressed.drafts:
        said = plain(world.documents[draft.unit.code])
        own = table[table["unit"] == draft.unit.code].set_index("indicator")
        mine = cases[cases["unit"].isin(list(figures.tree.below(draft.unit.code)))]
        five = own.loc[5]
        assert f"có {count(five.denominator)} hồ sơ phải giải quyết" in said
        assert f"trong đó {count(five.numerator)} hồ sơ đúng hạn, đạt {percent(five.rate)}" in said
        assert f"tổng điểm {points(totals.loc[draft.unit.code, 'total'])}/100" in said
        for task in draft.tasks:
            number = task.asked.indicator
            row = (whole if task.asked.what == LEAD else own).loc[number]
            if task.asked.what != OVERDUE:
                failing = count(row.denominator - row.numerator)
                assert re.search(rf"(- |Toàn tỉnh có ){failing}/{count(row.denominator)} ", said)
            if task.order:
                assert f"đạt {percent(row.rate)}" in said
            if task.asked.dossiers:
                assert set(task.asked.dossiers) == ids(mine, draft, task)
                assert f" {count(len(task.asked.dossiers))} " in said
        numbers = re.findall(r"\(chỉ số (\d+)", said)
        assert {int(one) for one in numbers} == {t.asked.indicator for t in draft.tasks}


def ids(cases, draft, task):
    """The cases of a task, found once more."""
    found = cases[cases["indicator"] == task.asked.indicator]
    if task.asked.what == OVERDUE:
        return set(found[(found["days_late"] > 0) & found["ended_s"].isna()]["id"])
    if task.asked.indicator in (6, 9, 10, 17):
        found = found[found["unit"] == draft.unit.code]
    return set(found[found["mendable"]]["id"])


def test_the_workbook_holds_exactly_the_cases_that_are_asked(world):
    for draft, base in world.files():
        listed = [task for task in draft.tasks if task.asked.dossiers]
        book = openpyxl.load_workbook(base.with_suffix(".xlsx"))
        for task in listed:
            overdue = task.asked.what == OVERDUE
            name = "Đã quá hạn" if overdue else f"Chỉ số {task.asked.indicator}"
            rows = [[cell.value for cell in row] for row in book[name].iter_rows()]
            head = next(i for i, row in enumerate(rows) if "Mã hồ sơ, mã khác" in row)
            place = rows[head].index("Mã hồ sơ, mã khác")
            assert {row[place] for row in rows[head + 1 :]} == set(task.asked.dossiers)


def test_the_register_has_what_the_letters_ask(world):
    kept = register.letters(register.register_dir())
    assert kept == world.written.letters
    asked = {d.unit.code: tuple(t.asked for t in d.tasks) for d in world.written.addressed.drafts}
    assert {one.addressee: one.asked for one in kept} == asked


def test_drafting_again_writes_nothing(world):
    stamps = {path: path.stat().st_mtime_ns for path in world.folder.iterdir()}
    said: list[str] = []
    again = decide(world.figures, wanted(world.figures, FEW[:1], date(2026, 1, 5)), said.append)
    assert again.letters == world.written.letters[:1]
    assert draft_letters(world.figures, again, said.append) == ()
    assert {path: path.stat().st_mtime_ns for path in world.folder.iterdir()} == stamps
    assert "không có gì thay đổi" in said[-1]
    assert register.letters(register.register_dir()) == world.written.letters


def test_no_personal_data_stands_in_a_letter(world):
    personal = re.compile(r"\b0\d{9}\b|\b\d{12}\b|@")
    assert not any(personal.search(plain(one)) for one in world.documents.values())


@pytest.fixture(scope="module")
def letter(world):
    return WordFile(str(next(world.files())[1].with_suffix(".docx")))


def paragraphs(document):
    """All paragraphs, those in tables too, by their style."""
    found = {}
    for element in document.element.body.iter(qn("w:p")):
        style = element.pPr.pStyle.val if element.pPr is not None and element.pPr.pStyle is not None else "Normal"  # fmt: skip
        text = "".join(node.text or "" for node in element.iter(qn("w:t")))
        found.setdefault(style, []).append(text)
    return found


# Style, size, bold, italic, alignment; the sizes of Phụ lục I.
LAYOUT = [
    ("Nation", 12, True, None, ALIGN.CENTER),
    ("Motto", 13, True, None, ALIGN.CENTER),
    ("Issuer", 12, True, None, ALIGN.CENTER),
    ("Number", 13, None, None, ALIGN.CENTER),
    ("About", 12, None, None, ALIGN.CENTER),
    ("Place", 13, None, True, ALIGN.CENTER),
    ("Addressed", 13, None, None, ALIGN.CENTER),
    ("Body Text", 13, None, None, ALIGN.JUSTIFY),
    ("Signer", 13, True, None, ALIGN.CENTER),
    ("Recipients", 12, True, True, ALIGN.LEFT),
    ("Recipient", 11, None, None, ALIGN.LEFT),
    ("Appendix Name", 14, True, None, ALIGN.CENTER),
    ("Appendix Title", 13, True, None, ALIGN.CENTER),
    ("Appendix Of", 13, None, True, ALIGN.CENTER),
]


@pytest.mark.parametrize(("name", "size", "bold", "italic", "align"), LAYOUT)
def test_letters_have_the_sizes_and_styles_of_the_decree(letter, name, size, bold, italic, align):
    style = letter.styles[name]
    assert (style.font.size, style.font.bold, style.font.italic) == (Pt(size), bold, italic)
    assert style.paragraph_format.alignment == align
    assert style.element.rPr.rFonts.get(qn("w:ascii")) == "Times New Roman"
    assert str(style.font.color.rgb) == "000000"


def test_the_body_is_indented_and_its_paragraphs_are_apart(letter):
    shape = letter.styles["Body Text"].paragraph_format
    assert (round(shape.first_line_indent.cm, 2), shape.space_after) == (1.0, Pt(6))
    assert shape.line_spacing == 1.0
    assert letter.styles["About"].paragraph_format.space_before == Pt(6)


def test_pages_are_a4_with_the_margins_and_every_appendix_counts_its_own(letter):
    assert len(letter.sections) == 3
    for section in letter.sections:
        size = (section.page_width.mm, section.page_height.mm)
        assert size == pytest.approx((210, 297), abs=0.1)
        assert section.left_margin.mm == pytest.approx(30, abs=0.1)
        assert section.right_margin.mm == pytest.approx(15, abs=0.1)
        assert section.top_margin.mm == section.bottom_margin.mm == pytest.approx(20, abs=0.1)
        assert section.different_first_page_header_footer
    starts = [s._sectPr.find(qn("w:pgNumType")) for s in letter.sections]
    assert starts[0] is None
    assert [one.get(qn("w:start")) for one in starts[1:]] == ["1", "1"]


def test_the_parts_of_a_letter_stand_in_their_places(letter):
    found = paragraphs(letter)
    assert found["Nation"] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"]
    assert found["Motto"][0] == "Độc lập - Tự do - Hạnh phúc"
    assert " ".join(found["Issuer"][0].split()) == "ỦY BAN NHÂN DÂN TỈNH HƯNG YÊN"
    assert re.fullmatch(r"Số:\s+/UBND-PVHCC&KSTT", found["Number"][0])
    assert found["About"] == ["V/v khắc phục nội dung chưa đạt theo Bộ chỉ số 766, tháng 8/2022"]
    assert re.fullmatch(r"Hưng Yên, ngày\s+tháng\s+năm\s*", found["Place"][0])
    assert found["Addressed"] == ["Kính gửi: Văn phòng UBND tỉnh"]
    assert found["Recipients"] == ["Nơi nhận:"]
    assert found["Recipient"][-1] != ""
    assert (found["AppendixName"], len(found["AppendixOf"])) == (["Phụ lục I", "Phụ lục II"], 2)
    # The office does not sign a letter to itself by order of the chairman.
    assert found["Signer"][:2] == ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]


def test_recipients_end_with_the_archive_and_the_chief_of_office_signs(world):
    _draft, base = list(world.files())[1]
    found = paragraphs(WordFile(str(base.with_suffix(".docx"))))
    lines = [line for line in found["Recipient"] if line]
    assert lines[0] == "- Như trên;"
    assert lines[-1] == "- Lưu: VT, PVHCC&KSTT."
    assert all(line.startswith("- ") and line.endswith((";", ".")) for line in lines)
    assert found["Signer"][:2] == ["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"]


def test_one_deadline_stands_in_bold(world):
    for _draft, base in world.files():
        document = WordFile(str(base.with_suffix(".docx")))
        written = word_text(base.with_suffix(".docx"))
        bold = "".join(run.text for one in document.paragraphs for run in one.runs if run.bold)
        assert bold == f"chậm nhất ngày {DEADLINE}"
        assert written.count(f"ngày {DEADLINE}") == 1


def test_pages_of_the_pdf_are_numbered_from_the_second_and_anew_in_appendices(world):
    reader = PdfReader(next(world.files())[1].with_suffix(".pdf"))
    texts = [page.extract_text() for page in reader.pages]
    first = [i for i, text in enumerate(texts) if "Phụ lục I" in text and "Kèm theo" in text]
    for start, end in zip([0, *first], [*first, len(texts)], strict=True):
        for number, text in enumerate(texts[start:end], 1):
            head = text.split("\n", 1)[0].replace("Dữ liệu minh họa", "").strip()
            assert (head == str(number)) == (number > 1), (start, number, head)


# The same layout in the PDF: words, size, font.
PDF_LAYOUT = [
    ("CỘNG HÒA XÃ HỘI", 12, "Bold"),
    ("Độc lập", 13, "Bold"),
    ("V/v khắc phục", 12, ""),
    ("Hưng Yên, ngày", 13, "Italic"),
    ("Kính gửi:", 13, ""),
    ("Thực hiện Quyết định", 13, ""),
    ("Nơi nhận:", 12, "BoldItalic"),
    ("- Như trên;", 11, ""),
    ("PHÓ CHỦ TỊCH", 13, "Bold"),
    ("Phụ lục I", 14, "Bold"),
    ("KẾT QUẢ THEO CHỈ SỐ", 13, "Bold"),
    ("(Kèm theo Công văn số", 13, "Italic"),
]


@pytest.fixture(scope="module")
def placed(world):
    """The words of a letter's PDF with their size and the style of their font."""
    found = []

    def note(text, _cm, _at, font, size):
        name = str(font["/BaseFont"]) if font else ""
        found.append((text.strip(), round(size), name.rpartition("Serif")[2].lstrip("-")))

    for page in PdfReader(next(world.files())[1].with_suffix(".pdf")).pages:
        page.extract_text(visitor_text=note)
    return found


@pytest.mark.parametrize(("words", "size", "style"), PDF_LAYOUT)
def test_the_pdf_has_the_sizes_and_styles_of_the_decree(placed, words, size, style):
    assert [one[1:] for one in placed if one[0].startswith(words)][:1] == [(size, style)]


def test_a_hostile_name_stands_as_it_is_in_word_and_pdf(hostile):
    folder, name = hostile
    assert squeezed(HOSTILE) in squeezed(word_text(folder / f"{name}.docx"))
    pdf = squeezed("".join(p.extract_text() for p in PdfReader(folder / f"{name}.pdf").pages))
    assert squeezed(f"Kính gửi: {HOSTILE}") in pdf
    assert squeezed(f"Yêu cầu {HOSTILE} khẩn trương triển khai") in pdf
    with zipfile.ZipFile(folder / f"{name}.docx") as archive:
        assert b"<b>" not in archive.read("word/document.xml")
    book = openpyxl.load_workbook(folder / f"{name}.xlsx")
    assert not any(c.data_type == "f" for s in book for row in s.iter_rows() for c in row)


def test_figures_without_records_give_letters_without_lists(project):
    settings = load_settings(parse_period("2026"))
    figures = score_period(settings, lambda _text: None)
    found = addressed(figures, {})
    assert found.drafts
    assert not any(task.asked.dossiers for draft in found.drafts for task in draft.tasks)
    document = reminder(figures, found.drafts[0], letter_deadline(settings, settings.as_of))
    (kept,) = write_documents(project / "out", [document], lambda _text: None)
    assert [path.suffix for path in kept.files] == [".docx", ".pdf"]
    said = word_text(kept.files[0])
    assert "Phụ lụcKẾT QUẢ THEO CHỈ SỐ" in said
    assert "61/2018" not in said
    assert "118/2025" in said


def test_the_command_lists_and_keeps_nothing_on_a_dry_run(project, chiso):
    done = chiso("letters", "--period", "2026", "--dry-run", project=project)
    assert done.returncode == 0, done.stderr
    assert "Có công văn: " in done.stdout
    assert not (project / "reports" / "_letters").exists()
    assert not (project / "data" / "letters").exists()


def test_a_choice_without_its_reason_is_refused():
    call = ["letters", "--period", "2026", "--leave-out", "H15.15"]
    with pytest.raises(click.UsageError, match="--reason"):
        commands().main(call, standalone_mode=False)
