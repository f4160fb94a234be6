"""Makes reports/reference.docx, the styles and the page of the Word files: `python tools/reference.py`.

Sizes, margins and places are those of Nghị định 30/2020/NĐ-CP, Phụ lục I. Whoever would rather
change a style in Word opens reference.docx, changes it there and leaves this script alone.
"""

import io
import subprocess
from pathlib import Path

import pypandoc
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_TAB_ALIGNMENT as TAB
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Mm, Pt, RGBColor

FACE = "Times New Roman"
BLACK = RGBColor(0, 0, 0)
BOX = "".join(
    f'<w:{side} w:val="single" w:sz="{{size}}" w:space="4" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right")
)
TABLE_LINES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="595959"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def main() -> None:
    """Write reference.docx where the other templates are."""
    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    default = subprocess.run(command, check=True, capture_output=True).stdout
    document = Document(io.BytesIO(default))
    page(document)
    styles(document)
    table_style(document)
    document.save(str(Path(__file__).parent.parent / "reports" / "reference.docx"))


def page(document) -> None:
    """A4, its margins, and the page's number on top from page 2."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.style = style(document, "Header", 13, ALIGN.LEFT)
    # In the middle, with room at the right for the mark of illustrative data.
    number.style.paragraph_format.tab_stops.add_tab_stop(Mm(82.5), TAB.CENTER)
    number.style.paragraph_format.tab_stops.add_tab_stop(Mm(165), TAB.RIGHT)
    number.add_run().add_tab()
    for kind in ("begin", None, "end"):
        run = number.add_run()._r
        if kind:
            run.append(parse_xml(f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'))
        else:
            run.append(parse_xml(f"<w:instrText {nsdecls('w')}> PAGE </w:instrText>"))
    _ = section.first_page_header.paragraphs[0].text


def styles(document) -> None:
    """Every paragraph style that pandoc or the filter uses, in black Times New Roman."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    fonts(defaults.find(".//" + qn("w:rPr")))
    for known in document.styles:
        if known.type == WD_STYLE_TYPE.PARAGRAPH:
            known.font.color.rgb = BLACK
            fonts(known.element.get_or_add_rPr())
    language = defaults.find(".//" + qn("w:lang"))
    if language is not None:
        language.set(qn("w:val"), "vi-VN")
    style(document, "Normal", 13, None, after=6)
    for name in ("Body Text", "First Paragraph"):
        style(document, name, 13, ALIGN.JUSTIFY, after=6, indent=Cm(1))
    style(document, "Compact", 13, ALIGN.JUSTIFY, after=3)
    style(document, "Headline", 13, ALIGN.JUSTIFY, after=6, indent=Cm(1))
    style(document, "Kind", 14, ALIGN.CENTER, before=14, bold=True)
    style(document, "Title", 13, ALIGN.CENTER, before=4, bold=True)
    style(document, "Subtitle", 13, ALIGN.CENTER, after=12).base_style = document.styles["Normal"]
    style(document, "Heading 1", 14, ALIGN.LEFT, before=14, after=6, bold=True)
    style(document, "Heading 2", 13, ALIGN.LEFT, before=12, after=6, bold=True)
    style(document, "Heading 3", 13, ALIGN.LEFT, before=10, after=4, bold=True, italic=True)
    style(document, "Superior", 12, ALIGN.CENTER)
    style(document, "Issuer", 12, ALIGN.CENTER, bold=True)
    style(document, "Nation", 12, ALIGN.CENTER, bold=True)
    style(document, "Motto", 13, ALIGN.CENTER, bold=True)
    style(document, "Number", 13, ALIGN.CENTER, before=6)
    style(document, "About", 12, ALIGN.CENTER, before=6)
    style(document, "Addressed", 13, ALIGN.CENTER, before=18, after=12)
    style(document, "Place", 13, ALIGN.CENTER, before=6, italic=True)
    style(document, "Data", 12, ALIGN.CENTER, before=2, after=8, italic=True)
    mark = style(document, "Mark", 13, ALIGN.CENTER, before=8, bold=True)
    mark.paragraph_format.left_indent = mark.paragraph_format.right_indent = Cm(1)
    box(mark, 8)
    box(style(document, "Failed", 13, ALIGN.LEFT, before=6, after=6, bold=True), 8)
    style(document, "Chart", 13, ALIGN.CENTER, before=6, after=4)
    style(document, "Chart Source", 10, ALIGN.LEFT, after=4)
    style(document, "Table Caption", 11, ALIGN.LEFT, before=8, after=3, italic=True)
    style(document, "Table Text", 10.5, None, before=1, after=1)
    style(document, "Table Small", 9, None, before=1, after=1)
    style(document, "Card", 11, ALIGN.LEFT, before=2, after=2)
    style(document, "Brief", 11, ALIGN.JUSTIFY, after=1)
    style(document, "Recipients", 12, ALIGN.LEFT, bold=True, italic=True)
    style(document, "Recipient", 11, ALIGN.LEFT)
    style(document, "Signer", 13, ALIGN.CENTER, bold=True)
    style(document, "Appendix Name", 14, ALIGN.CENTER, after=3, bold=True)
    style(document, "Appendix Title", 13, ALIGN.CENTER, after=3, bold=True)
    style(document, "Appendix Of", 13, ALIGN.CENTER, after=9, italic=True)
    style(document, "Closing", 9.5, ALIGN.LEFT, before=14)
    page_end = style(document, "PageEnd", 1, ALIGN.LEFT)
    page_end.paragraph_format.line_spacing = Pt(1)
    style(document, "Last Words", 13, ALIGN.JUSTIFY, after=3)
    style(document, "Last Paragraph", 13, ALIGN.JUSTIFY, after=3, indent=Cm(1))
    for name in ("Table Caption", "Chart", "Last Words", "Last Paragraph"):
        document.styles[name].paragraph_format.keep_with_next = True


def style(document, name, size, align, *, before=0, after=0, bold=False, italic=False, indent=None):
    """The paragraph style `name`, made if it is absent, with these letters and distances."""
    known = {found.name: found for found in document.styles}
    found = known.get(name) or document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if name not in known:
        found.base_style = document.styles["Normal"]
    fonts(found.element.get_or_add_rPr())
    for spacing in found.element.get_or_add_rPr().findall(qn("w:spacing")):
        spacing.getparent().remove(spacing)
    # Where a style says nothing, the bold first row of a table shows.
    found.font.size, found.font.bold, found.font.italic = Pt(size), bold or None, italic or None
    found.font.color.rgb = BLACK
    shape = found.paragraph_format
    shape.alignment, shape.first_line_indent = align, indent or Cm(0)
    shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), 1.0
    return found


def fonts(properties) -> None:
    """Times New Roman for every script."""
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    names = " ".join(f'w:{script}="{FACE}"' for script in ("ascii", "hAnsi", "cs", "eastAsia"))
    properties.insert(0, parse_xml(f"<w:rFonts {nsdecls('w')} {names}/>"))


def box(found, size) -> None:
    """A line around the paragraph."""
    properties = found.element.get_or_add_pPr()
    lines = f"<w:pBdr {nsdecls('w')}>{BOX.format(size=size)}</w:pBdr>"
    # Where the schema wants it: after what keeps lines together, before shading and spacing.
    following = [properties.find(qn(f"w:{tag}")) for tag in ("spacing", "ind", "jc")]
    first = next(element for element in following if element is not None)
    first.addprevious(parse_xml(lines))


def table_style(document) -> None:
    """Thin lines everywhere; the first row in bold on grey."""
    table = document.styles["Table"].element
    for old in table.findall(qn("w:tblPr")) + table.findall(qn("w:tblStylePr")):
        table.remove(old)
    sides = "".join(f'<w:{side} w:w="60" w:type="dxa"/>' for side in ("left", "right"))
    table.append(
        parse_xml(
            f"<w:tblPr {nsdecls('w')}><w:tblBorders>{TABLE_LINES}</w:tblBorders>"
            f"<w:tblCellMar>{sides}</w:tblCellMar></w:tblPr>"
        )
    )
    table.append(
        parse_xml(
            f'<w:tblStylePr {nsdecls("w")} w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr>'
            '<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/></w:tcPr></w:tblStylePr>'
        )
    )


if __name__ == "__main__":
    main()
