"""Pages on paper: what stands on them, in PDF and in Word, and that nothing in data breaks them."""

import re
import zipfile
from datetime import date

import pytest
import yaml
from conftest import ROOT
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont
from pypdf import PdfReader

from chiso.base.columns import shares
from chiso.base.errors import UserError
from chiso.base.i18n import use_language
from chiso.base.markdown import Column, attribute, division, escape, heading, link, strong, table
from chiso.base.params import Text
from chiso.base.period import parse_period
from chiso.publishing import paper
from chiso.publishing.render import render
from chiso.rules.paper_rules import paper_rules
from chiso.rules.units import Cohort, Tree, Unit, load_tree

HOSTILE = (
    "Sở #let x = 1 @ai $y^2$ <b>đậm</b> \\u{1f} [a](b) ]) #[ */ // {{< meta >}} \"q\" 'r' `z` ~_*"
)
SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="360pt" height="{height}pt"
 viewBox="0 0 360 {height}"><rect width="200" height="20" y="20" style="fill: #0072b2"/>
<text x="4" y="15" style="font: 11px 'DejaVu Sans', Verdana">Tiến độ, kết quả giải quyết</text></svg>"""
ALT = f'Mất nhiều điểm nhất: "{HOSTILE}".'


SUBJECT = f"Kết quả phục vụ người dân, doanh nghiệp theo Bộ chỉ số 766, năm 2026 của {HOSTILE}"
PLACE = "Đắk Lắk, ngày tháng năm"


def frame():
    """The frame of a department whose name is hostile, and what stands at the end."""
    province = Unit(code="H15", name=Text(vi="UBND tỉnh Đắk Lắk"), level="tinh", cohort="x")
    unit = Unit(code="H15.15", name=Text(vi=HOSTILE), level="so", cohort="x", parent="H15")
    cohorts = {"x": Cohort(name=Text(vi="Khối"))}
    tree = Tree(Text(vi="Cây"), "H15", cohorts, (province, unit), date.min, None)
    words = paper.frame(tree, "H15.15", parse_period("2026"))
    return {**words, "data": escape("(lần 1)"), "origin": escape("Nguồn số liệu: cổng.")}


def body():
    """A page with everything that pages are made of."""
    names = [*(f"Sở thứ {number}" for number in range(1, 60)), HOSTILE]
    columns = [Column("Số", "right"), Column("Đơn vị"), *(Column(c, "right") for c in "ABCDEFG")]
    rows = [
        [str(place), link(name, f"u{place}.html"), *["98,64%"] * 7]
        for place, name in enumerate(names, 1)
    ]
    chart = f'![](./chart.svg){{.inline-svg #chart-a alt="{attribute(ALT)}"}}'
    return "\n\n".join(
        [
            division(strong(f"{HOSTILE} đạt 76,37 điểm") + escape("."), "headline"),
            division("- **76,37** trên 100 điểm\n- **Khá** xếp loại\n- **1/11** hạng", "facts"),
            "Đoạn văn có [địa chỉ](https://vanban.chinhphu.vn) và chữ ữ ợ ẫ ằ ỷ – “ngoặc” 'đơn'.",
            heading("Điểm theo nhóm", "groups"),
            division(chart, "chart .groups"),
            division("[Tải bảng](H15.xlsx)", "downloads"),
            "Xem [bảng](tables.xlsx) ở [trang tỉnh](H15.html) và [mục dưới](#absent).",
            "<details><summary>Chi tiết</summary>\n\nPhần mở ra.\n\n</details>",
            heading("Quá sâu", "deep", level=4),
            table(columns, rows, anchor="table-a", caption="Điểm của các đơn vị."),
            division(escape("Chưa lập được."), "failed"),
            heading("Đơn vị liên quan", "related"),
            division("- [Sở Y tế](so-y-te.html)", "nearby"),
        ]
    )


def write_page(folder, content, **front):
    use_language("vi")
    about = {
        "title": escape(HOSTILE),
        "subtitle": escape("Bộ chỉ số 766, năm 2026"),
        "lang": "vi",
        "chiso": {
            "paper": frame(),
            "mark": escape("Dữ liệu minh họa"),
            "footer": escape("Lập bằng chiso."),
        },
        **front,
    }
    text = f"---\n{yaml.safe_dump(about, allow_unicode=True, width=1000)}---\n\n{content}\n"
    (folder / "H15.15.qmd").write_text(text, encoding="utf-8")
    (folder / "chart.svg").write_text(SVG.format(height=240), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """The folder with the PDF and the Word file of one page."""
    folder = write_page(tmp_path_factory.mktemp("paper"), body())
    output = render(folder, ["H15.15"], papers=True)
    paper.finish_papers(folder, "H15.15")
    return output


@pytest.fixture(scope="module")
def pdf(papers):
    return PdfReader(papers / "H15.15.pdf")


@pytest.fixture(scope="module")
def word(papers):
    return Document(str(papers / "H15.15.docx"))


@pytest.fixture
def one(tmp_path):
    """Makes the papers of a page with a given body in a folder of its own."""

    def made(content, **front):
        output = render(write_page(tmp_path, content, **front), ["H15.15"], papers=True)
        paper.finish_papers(tmp_path, "H15.15")
        return output

    return made


def plain(text):
    return re.sub(r"\s+", "", text)


def all_text(pdf):
    return plain("".join(page.extract_text() for page in pdf.pages))


def placed_words(page):
    """The words of a page with the points at which they begin, from the lower left corner."""
    found = []

    def note(text, cm, at, _font, _size):
        x = at[4] * cm[0] + at[5] * cm[2] + cm[4]
        y = at[4] * cm[1] + at[5] * cm[3] + cm[5]
        if text.strip():
            found.append((x, y, text.strip()))

    page.extract_text(visitor_text=note)
    return found


def test_the_pdf_is_a4_with_the_numbers_from_page_2_on_top(pdf):
    assert len(pdf.pages) >= 3
    for number, page in enumerate(pdf.pages, 1):
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
        on_top = [(x, text) for x, y, text in placed_words(page) if y > 842 - 56.7]
        numbers = [x for x, text in on_top if text == str(number)]
        assert len(numbers) == (0 if number == 1 else 1)
        # The middle of what the margins of 30 and 15 mm leave.
        assert all(abs(x - (85 + (595 - 85 - 42.5) / 2)) < 8 for x in numbers)
    assert min(x for x, _y, _text in placed_words(pdf.pages[-1])) >= 85


def test_page_1_has_the_heading_of_an_official_paper(pdf):
    first = plain(pdf.pages[0].extract_text())
    for words in (
        "UBND TỈNH ĐẮK LẮK",
        HOSTILE.upper(),
        "Số:/BC-…",
        PLACE,
        "BÁO CÁO",
        SUBJECT,
        "(lần 1)",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
    ):
        assert plain(words) in first
    assert all(plain("Dữ liệu minh họa") in plain(p.extract_text()) for p in pdf.pages)
    assert plain("CỘNG HÒA") not in plain(pdf.pages[1].extract_text())


def fonts(page):
    for font in page["/Resources"].get("/Font", {}).values():
        yield font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
    for form in page["/Resources"].get("/XObject", {}).values():
        if "/Resources" in form.get_object():
            yield from fonts(form.get_object())


def test_every_font_is_in_the_pdf_and_charts_are_vectors(pdf):
    seen = set()
    for page in pdf.pages:
        for descriptor in fonts(page):
            assert {"/FontFile2", "/FontFile3"} & set(descriptor), descriptor
            seen.add(str(descriptor["/FontName"]).partition("+")[2])
        assert list(page.images) == []
    # As wide as Times New Roman, for all that is no chart.
    assert {"LiberationSerif", "LiberationSerif-Bold", "DejaVuSans"} <= {
        name.removesuffix("-Identity-H") for name in seen
    }
    assert plain("Tiến độ, kết quả giải quyết") in all_text(pdf)


def test_the_pdf_can_be_listened_to(pdf):
    root = pdf.trailer["/Root"]
    assert root["/Lang"] == "vi" and root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1" in root["/Metadata"].get_data()
    assert plain(pdf.metadata.title) == plain(SUBJECT)
    kinds, alts = [], []

    def walk(element):
        element = element.get_object() if hasattr(element, "get_object") else element
        if isinstance(element, list):
            for part in element:
                walk(part)
        elif isinstance(element, dict):
            kinds.append(element.get("/S"))
            alts.append(element.get("/Alt"))
            walk(element.get("/K", []))

    walk(root["/StructTreeRoot"])
    assert plain(attribute_of(ALT)) in {plain(alt) for alt in alts if alt}
    assert {"/H1", "/H2", "/Table", "/TH", "/Figure"} <= set(kinds)
    assert "/H3" not in kinds and "/H4" not in kinds


def attribute_of(text):
    """`text` as an attribute keeps it."""
    return text.translate(str.maketrans("{}", "()"))


def test_a_long_table_has_its_head_on_every_page(pdf):
    pages = [plain(page.extract_text()) for page in pdf.pages]
    with_rows = [text for text in pages if "Sởthứ" in text]
    assert len(with_rows) >= 2
    assert all("SốĐơnvịABCDEFG" in text for text in with_rows)


def test_words_from_data_are_only_words(pdf, word):
    shown = all_text(pdf)
    # On top, in the title of the table's row, in the headline.
    assert shown.count(plain(HOSTILE)) >= 3
    assert plain("ữ ợ ẫ ằ ỷ – “ngoặc” 'đơn'") in shown.replace("’", "'").replace("‘", "'")
    cells = [cell.text for row in word.tables[-2].rows for cell in row.cells]
    assert HOSTILE in cells
    assert plain(HOSTILE) in plain("".join(p.text for p in word.paragraphs))


def test_what_only_a_screen_needs_stays_away(pdf, word):
    texts = [all_text(pdf), plain("".join(p.text for p in word.paragraphs))]
    for text in texts:
        assert plain("Tải bảng") not in text
        assert plain("Đơn vị liên quan") not in text and plain("Sở Y tế") not in text
        assert plain("Xem ở trang tỉnh và mục dưới.") in text
        assert plain("Phần mở ra.") in text and plain("Chưa lập được.") in text
    targets = [
        note.get_object()["/A"]["/URI"]
        for page in pdf.pages
        for note in page.get("/Annots", [])
        if "/A" in note.get_object()
    ]
    assert set(targets) == {"https://vanban.chinhphu.vn"}
    links = [rel.target_ref for rel in word.part.rels.values() if rel.is_external]
    assert links == ["https://vanban.chinhphu.vn"]


def test_the_word_file_has_the_page_and_letters_of_an_official_paper(word):
    section = word.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(side.mm) for side in sides] == [20, 20, 30, 15]
    assert section.different_first_page_header_footer
    header = section.header._element.xml
    assert " PAGE " in header and "Dữ liệu minh họa" in section.header.paragraphs[0].text
    assert section.first_page_header.paragraphs[0].text == ""
    for name in ("Normal", "Body Text", "First Paragraph", "Heading 1", "Title"):
        assert word.styles[name].font.name == "Times New Roman"
    assert word.styles["Body Text"].font.size == word.styles["Normal"].font.size == Pt(13)
    assert word.styles["Body Text"].paragraph_format.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY
    assert word.core_properties.title == SUBJECT
    styles = word.styles.element
    assert [one.get(qn("w:val")) for one in styles.iter(qn("w:lang"))] == ["vi-VN"]


def test_the_word_file_begins_and_ends_as_a_report_does(word):
    (left, right), (number, place) = (row.cells for row in word.tables[0].rows)
    assert left.text.split("\n")[:2] == ["UBND TỈNH ĐẮK LẮK", HOSTILE.upper()]
    assert right.text.split("\n")[:2] == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
    ]
    assert plain(number.text) == plain("Số:/BC-… Dữ liệu minh họa")
    assert plain(place.text) == plain(PLACE) and place.paragraphs[0].runs[0].style is not None
    assert place.paragraphs[0].style.font.italic
    styles = [paragraph.style.name for paragraph in word.paragraphs]
    assert styles[:4] == ["Kind", "Title", "Title", "Data"] and "Headline" in styles
    assert [p.text for p in word.paragraphs[:2]] == ["BÁO CÁO", SUBJECT]
    to, signer = word.tables[-1].rows[0].cells
    assert to.text.split("\n") == [
        "Nơi nhận:",
        "- UBND tỉnh Đắk Lắk (để báo cáo);",
        "- Văn phòng UBND tỉnh (Trung tâm PVHCC);",
        "- Lưu: VT.",
    ]
    assert signer.text.strip() == "GIÁM ĐỐC"
    assert (word.paragraphs[-1].style.name, word.paragraphs[-1].text) == (
        "Closing",
        "Nguồn số liệu: cổng.",
    )


def test_the_pdf_ends_with_who_gets_it_who_signs_it_and_where_figures_come_from(pdf):
    last = plain(pdf.pages[-1].extract_text())
    parts = ["Nơi nhận:", "- UBND tỉnh Đắk Lắk (để báo cáo);", "- Lưu: VT.", "Nguồn số liệu: cổng."]
    places = [last.find(plain(part)) for part in parts]
    assert places[0] > -1 and places == sorted(places) and last.endswith(plain(parts[-1]))
    assert plain("GIÁM ĐỐC") in last


@pytest.mark.parametrize(
    "issuer", ["SỞ Y TẾ", "UBND XÃ TÂN DÂN", "UBND TỈNH HƯNG YÊN", "VĂN PHÒNG UBND TỈNH"]
)
def test_the_line_below_who_issues_a_word_file_is_a_third_to_a_half_of_the_words(one, issuer):
    made = one("a", chiso={"paper": {**frame(), "issuer": escape(issuer)}})
    word = Document(str(made / "H15.15.docx"))
    _superior, words, line = word.tables[0].rows[0].cells[0].paragraphs
    assert (words.text, line.text) == (issuer, "")
    font = ImageFont.truetype(ROOT / "reports/fonts/LiberationSerif-Bold.ttf", 1000)
    long = Pt(font.getlength(issuer) / 1000 * words.style.font.size.pt)
    sides = line.paragraph_format.left_indent + line.paragraph_format.right_indent
    assert 1 / 3 <= (Twips(3900) - sides) / long <= 1 / 2


def test_headings_of_the_word_file_are_in_order(word):
    assert [p.text for p in word.paragraphs if p.style.name.startswith("Heading")] == [
        "Điểm theo nhóm",
        "Quá sâu",
    ]
    assert {p.style.name for p in word.paragraphs if p.style.name.startswith("Heading")} == {
        "Heading 1",
        "Heading 2",
    }


def test_tables_of_the_word_file_repeat_their_head_and_keep_rows_whole(word):
    rows = word.tables[-2]._tbl.tr_lst
    assert rows[0].find(f".//{qn('w:tblHeader')}") is not None
    assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)
    widths = [int(column.get(qn("w:w"))) for column in word.tables[-2]._tbl.tblGrid.gridCol_lst]
    assert widths[1] == max(widths) and sum(widths) <= Mm(165).twips + 60
    assert word.tables[-2].rows[1].cells[0].paragraphs[0].style.name == "Table Small"


def test_cells_of_the_word_file_have_letters_by_the_number_of_columns(one):
    columns = [Column(f"Cột {place}") for place in range(7)]
    few = table(columns[:6], [["a"] * 6], anchor="few", caption="Ít cột")
    many = table(columns, [["a"] * 6 + [""]], anchor="many", caption="Nhiều cột")
    found = Document(str(one(f"{few}\n\n{many}") / "H15.15.docx")).tables
    letters = [
        {paragraph.style.name for cell in shown._cells for paragraph in cell.paragraphs}
        for shown in found
        if shown.rows[0].cells[0].text == "Cột 0"
    ]
    assert letters == [{"Table Text"}, {"Table Small"}]
    assert {shown.style.name for shown in found} == {"Table"}


def test_no_number_is_broken_where_a_table_has_many_columns(one):
    """98,64% is 27,75 points wide in letters of 9; a cell has 3 points at either side."""
    long = (
        "Tỷ lệ hồ sơ TTHC được số hóa có kết nối, đồng bộ với danh mục hồ sơ của cá nhân, tổ chức"
    )
    columns = [Column("Tên"), *(Column(c, "right") for c in "ABCDEFGHI"), Column("Cách tính")]
    rows = [[escape(long), *["98,64%"] * 9, escape(long)]] * 3
    made = table(columns, rows, anchor="table-a", caption="Các chỉ số.")
    grid = Document(str(one(made) / "H15.15.docx")).tables[-2]._tbl.tblGrid.gridCol_lst
    widths = [int(column.get(qn("w:w"))) for column in grid]
    assert Mm(165).pt * min(widths) / sum(widths) - 6 >= 27.75


_CELL = st.text("aă 1,", max_size=40)


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.lists(st.lists(_CELL, min_size=n, max_size=n), min_size=1)
    )
)
def test_columns_share_the_line_and_the_longest_word_fits_while_there_is_room(rows):
    found = shares(rows)
    assert sum(found) == pytest.approx(1) and min(found) > 0
    letters = 467 / (4.5 if len(found) > 6 else 5.25)
    longest = [max(len(word) for cell in cells for word in cell.split(" ")) for cells in zip(*rows)]  # noqa: B905
    if sum(1.25 * max(word, 4) + 2 for word in longest) <= letters:
        for share, word in zip(found, longest, strict=True):
            assert share * letters >= min(word, 24)


def test_an_indicator_with_its_number_is_no_item_of_a_list(tmp_path):
    """Typst takes "16." at the beginning of a cell for an item, indents it and leaves no room."""
    made = table([Column("Chỉ số")], [["16. Tỷ lệ hồ sơ"]], anchor="table-a", caption="B")
    render(write_page(tmp_path, made), ["H15.15"], papers=True)
    assert "[16.~Tỷ lệ hồ sơ]" in (tmp_path / "H15.15.typ").read_text("utf-8")


def test_the_finding_of_a_chart_stays_on_the_page_of_its_picture(word):
    (picture,) = (p for p in word.paragraphs if p._p.findall(f".//{qn('w:drawing')}"))
    assert picture.style.name == "Chart" and picture.style.paragraph_format.keep_with_next


def test_charts_of_the_word_file_are_vectors_with_a_picture_for_older_programs(papers, word):
    with zipfile.ZipFile(papers / "H15.15.docx") as archive:
        names = archive.namelist()
        pictures = [name for name in names if name.endswith(".png")]
        assert len(pictures) == len([name for name in names if name.endswith(".svg")]) == 1
        assert archive.read(pictures[0]).startswith(b"\x89PNG")
        assert {info.date_time for info in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        xml = archive.read("word/document.xml").decode()
    assert "asvg:svgBlip" in xml and re.search(r'<a:blip r:embed="rId\d+png"', xml)
    described = [
        part.get("descr") for part in word.element.iter(qn("wp:docPr")) if part.get("descr")
    ]
    assert [plain(text) for text in described] == [plain(attribute_of(ALT))]
    assert len(word.inline_shapes) == 1 and word.inline_shapes[0].width <= Mm(165)


def test_the_same_document_gives_the_same_bytes(papers, one):
    again = one(body())
    for kind in ("pdf", "docx"):
        name = f"H15.15.{kind}"
        assert (again / name).read_bytes() == (papers / name).read_bytes()


def test_a_letter_that_no_font_has_costs_no_paper(one):
    output = one("Tên có hình \U0001f9ff và chữ 测.")
    assert plain("Tên có hình") in all_text(PdfReader(output / "H15.15.pdf"))
    assert "\U0001f9ff và chữ 测" in "\n".join(
        one.text for one in Document(str(output / "H15.15.docx")).paragraphs
    )


def test_a_chart_too_high_for_a_page_is_its_sentence(tmp_path):
    write_page(tmp_path, division('![](./high.svg){alt="Cột thấp nhất là chỉ số 6."}', "chart"))
    (tmp_path / "high.svg").write_text(SVG.format(height=2000), encoding="utf-8")
    output = render(tmp_path, ["H15.15"], papers=True)
    paper.finish_papers(tmp_path, "H15.15")
    assert plain("Cột thấp nhất là chỉ số 6.") in all_text(PdfReader(output / "H15.15.pdf"))
    word = Document(str(output / "H15.15.docx"))
    assert len(word.inline_shapes) == 0
    assert any(p.text == "Cột thấp nhất là chỉ số 6." for p in word.paragraphs)


def test_a_page_without_heading_and_mark_has_none(one):
    output = one("Chữ.", chiso={})
    assert all_text(PdfReader(output / "H15.15.pdf")).endswith("Chữ.")
    word = Document(str(output / "H15.15.docx"))
    assert len(word.tables) == 0 and word.paragraphs[0].style.name == "Title"


def test_an_analyst_may_write_whatever_markdown_has(one):
    output = one(
        "Ý kiến[^1].\n\n> Trích dẫn\n\n---\n\n1. Một\n    - Hai\n\n```python\nx = '#$@'\n```\n\n"
        "Thuật ngữ\n:   Giải nghĩa\n\n![](chart.svg)\n\n~~bỏ~~ H~2~O x^2^ `mã` $a_1 + b$\n\n[^1]: Chú thích."
    )
    shown = all_text(PdfReader(output / "H15.15.pdf"))
    for words in ("Trích dẫn", "Hai", "x = '#$@'", "Giải nghĩa", "Chú thích."):
        assert plain(words) in shown


def test_what_typst_refuses_is_told_in_its_own_words(one):
    with pytest.raises(UserError, match=r"typst.*unknown variable: nope"):
        one("```{=typst}\n#nope\n```")


def test_the_frame_is_in_the_readers_language(monkeypatch):
    monkeypatch.setenv("LANGUAGE", "en")
    words = paper.frame(load_tree("hung-yen-2022"), "H31", parse_period("2022-09"))
    assert words["nation"] == "SOCIALIST REPUBLIC OF VIET NAM"
    assert words["issuer"] == "PEOPLE\\'S COMMITTEE OF HƯNG YÊN PROVINCE"
    assert words["motto"].startswith("Independence") and words["kind"] == "REPORT"


@pytest.mark.parametrize(
    ("code", "superior", "issuer", "place", "symbol", "signer"),
    [
        ("H31", None, "UBND TỈNH HƯNG YÊN", "Hưng Yên", "UBND", "TM. ỦY BAN NHÂN DÂN|CHỦ TỊCH"),
        ("so-tu-phap", "UBND TỈNH HƯNG YÊN", "SỞ TƯ PHÁP", "Hưng Yên", "…", "GIÁM ĐỐC"),
        ("vp-ubnd", "UBND TỈNH HƯNG YÊN", "VĂN PHÒNG UBND TỈNH", "Hưng Yên", "…", "CHÁNH VĂN PHÒNG"),
        ("thanh-tra", "UBND TỈNH HƯNG YÊN", "THANH TRA TỈNH", "Hưng Yên", "…", "CHÁNH THANH TRA"),
        ("328", "UBND TỈNH HƯNG YÊN", "UBND THỊ XÃ MỸ HÀO", "Mỹ Hào", "UBND", "TM. ỦY BAN NHÂN DÂN|CHỦ TỊCH"),
        ("11950", "UBND THÀNH PHỐ HƯNG YÊN", "UBND PHƯỜNG LAM SƠN", "Lam Sơn", "UBND", "TM. ỦY BAN NHÂN DÂN|CHỦ TỊCH"),
    ],
)  # fmt: skip
def test_the_frame_follows_the_tree(code, superior, issuer, place, symbol, signer):
    use_language("vi")
    words = paper.frame(load_tree("hung-yen-2022"), code, parse_period("2022-09"))
    assert words.get("superior") == superior and words["issuer"] == issuer
    blank = "\u00a0" * 6
    assert words["number"] == f"Số:{blank}{escape(f'/BC-{symbol}')}"
    assert words["place"] == f"{place}, ngày{blank}tháng{blank}năm{blank}"
    assert words["signer"] == [escape(line) for line in signer.split("|")]
    to = " ".join(words["recipients"])
    assert ("Văn phòng UBND tỉnh" in to) == (code != "vp-ubnd") and to.endswith(escape("Lưu: VT."))
    assert superior is None or f"{escape('(để báo cáo);')}" in to


def test_a_short_name_is_not_broken_between_the_lines_of_a_subject():
    use_language("vi")
    tree = load_tree("hung-yen-2022")
    subject = paper.frame(tree, "so-y-te", parse_period("2022-09"))["subject"]
    assert subject.endswith("tháng 9\\/2022 của Sở\u00a0Y\u00a0tế")


def test_a_ward_that_is_a_number_keeps_its_kind_where_the_place_is_written():
    use_language("vi")
    rules = paper_rules()
    assert (
        rules.place(
            Unit(code="1", name=Text(vi="UBND phường 5"), level="xa", cohort="x", parent="H")
        )
        == "Phường 5"
    )
    assert (
        rules.place(
            Unit(code="1", name=Text(vi="UBND xã Tân Lập"), level="xa", cohort="x", parent="H")
        )
        == "Tân Lập"
    )


def test_every_agency_of_every_tree_has_a_signer():
    for path in sorted((ROOT / "params" / "units").glob("*.yml")):
        for unit in load_tree(path.stem).units:
            assert str(paper_rules().signer(unit).title)


def test_where_figures_come_from_is_no_section_of_a_report(one):
    text = "Đầu.\n\n## Nguồn gốc {#provenance}\n\nMã kiểm tra 0123abcd\n\n## Sau {#after}\n\nCuối."
    output = one(text)
    for shown in (
        all_text(PdfReader(output / "H15.15.pdf")),
        plain("".join(p.text for p in Document(str(output / "H15.15.docx")).paragraphs)),
    ):
        assert "Mãkiểmtra" not in shown and "Đầu." in shown and "Cuối." in shown


def test_orders_and_large_figures_stand_side_by_side(one):
    cards = "::::: {.orders}\n" + "\n".join(
        f":::: {{.order}}\n**Việc {n}**\n\nHạn {n}/10\n::::" for n in (1, 2, 3)
    ) + "\n:::::"  # fmt: skip
    output = one(cards + "\n\n" + division("- **69,18** điểm\n- **Khá** loại", "facts"))
    tops = {
        text: y
        for _x, y, text in placed_words(PdfReader(output / "H15.15.pdf").pages[0])
        if re.fullmatch(r"Việc \d", text)
    }
    assert len(tops) == 3 and len({round(y) for y in tops.values()}) == 1
    word = Document(str(output / "H15.15.docx"))
    assert [[cell.text for cell in word.tables[n].rows[0].cells] for n in (1, 2)] == [
        ["Việc 1\nHạn 1/10", "Việc 2\nHạn 2/10", "Việc 3\nHạn 3/10"],
        ["69,18 điểm", "Khá loại"],
    ]


def test_the_brief_is_a_page_of_its_own(one):
    output = one(division("Tóm tắt.", "brief") + "\n\nSau đó.")
    first, second = (
        plain(page.extract_text()) for page in PdfReader(output / "H15.15.pdf").pages[:2]
    )
    assert plain("Tóm tắt.") in first and plain("Sau đó.") in second
    xml = Document(str(output / "H15.15.docx")).element.xml
    assert xml.index("Tóm tắt.") < xml.index('w:br w:type="page"') < xml.index("Sau đó.")


def test_a_name_that_begins_like_markup_is_only_a_name(one):
    words = {
        **frame(),
        "issuer": escape("- Sở"),
        "recipients": [escape("= Một;"), escape("+ Hai.")],
    }
    shown = all_text(PdfReader(one("Chữ.", chiso={"paper": words}) / "H15.15.pdf"))
    assert plain("- Sở") in shown and plain("- = Một;- + Hai.") in shown


def test_who_signs_stands_with_the_last_words(one, tmp_path):
    """However far the words reach, the page of the signer has some of them."""
    for lines in range(26, 32):
        words = "\n\n".join([*["Một dòng."] * lines, "- Một.\n- Lưu ý cuối."])
        output = one(words)
        last = plain(PdfReader(output / "H15.15.pdf").pages[-1].extract_text())
        assert plain("GIÁM ĐỐC") in last and plain("Lưu ý cuối.") in last, lines
    document = Document(str(output / "H15.15.docx"))
    (kept,) = (p for p in document.paragraphs if p.text == "Lưu ý cuối.")
    assert kept.style.paragraph_format.keep_with_next
    assert kept._p.getnext().find(f".//{qn('w:keepNext')}") is not None
