"""What pandoc leaves out of a Word file: whole rows, a mark on every page, pictures beside SVGs, lines as
long as they should be, the country of the language."""

from __future__ import annotations

import os
import re
import textwrap
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree

from chiso.publishing.typesetting import pngs

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_SVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PREFIX, _VALUE = {"w": _WORD}, f"{{{_WORD}}}val"
_EMBED = f"{{{_OFFICE}}}embed"
# What reports/paper-layout.lua asks for a table, and the paragraphs' style in reports/reference.docx.
_LETTERS = {"Table Text": "TableText", "Table Small": "TableSmall"}
_DOCUMENT, _LINKS = "word/document.xml", "word/_rels/document.xml.rels"
_TYPES, _STYLES, _SETTINGS = "[Content_Types].xml", "word/styles.xml", "word/settings.xml"
# Word checks the spelling of a language of a country.
_LANGUAGES = {"vi": "vi-VN", "en": "en-GB"}
# What stands over a line (Nghị định 30/2020/NĐ-CP, Phụ lục I: a third to a half as long): style -> how wide its
# place in reports/paper.openxml is, and a letter of its on average, in twentieths of a point.
_OVER_LINES = {"Issuer": (3900, 150), "Title": (9354, 130)}
_PART = 0.42
# The day that every part of the archive bears, so that the same document has the same bytes.
_DAY = (2000, 1, 1, 0, 0, 0)


def complete_word_file(path: Path) -> None:
    """Rows that no page break divides, letters of cells, the mark of page 1 on every page, appendices
    counted anew, lines below words, a PNG for every SVG (Word before 2016 and LibreOffice show that
    one), the language as Word knows it. The same file gives the same bytes."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    document = etree.fromstring(parts[_DOCUMENT])
    for row in document.iter(f"{{{_WORD}}}tr"):
        _keep_whole(row)
    for table in document.iter(f"{{{_WORD}}}tbl"):
        _letter_cells(table)
    _add_pictures(document, parts)
    _mark_every_page(document, parts)
    _count_appendices_anew(document)
    _fit_lines(document)
    _name_language(parts)
    parts[_DOCUMENT] = _xml(document)
    temporary = path.with_name(f".{path.name}")
    with zipfile.ZipFile(temporary, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _DAY), content, zipfile.ZIP_DEFLATED)
    os.replace(temporary, path)


def _keep_whole(row: etree._Element) -> None:
    properties = row.find(f"{{{_WORD}}}trPr")
    if properties is None:
        properties = etree.Element(f"{{{_WORD}}}trPr")
        row.insert(0, properties)
    properties.insert(0, etree.Element(f"{{{_WORD}}}cantSplit"))


def _letter_cells(table: etree._Element) -> None:
    """The style that reports/paper-layout.lua asks for a table is that of the paragraphs in its cells."""
    asked = table.find("w:tblPr/w:tblStyle", _PREFIX)
    letters = None if asked is None else _LETTERS.get(asked.get(_VALUE, ""))
    if asked is None or letters is None:
        return
    for style in table.iterfind("w:tr/w:tc/w:p/w:pPr/w:pStyle", _PREFIX):
        style.set(_VALUE, letters)
    asked.set(_VALUE, "Table")


def _add_pictures(document: etree._Element, parts: dict[str, bytes]) -> None:
    links = etree.fromstring(parts[_LINKS])
    targets = {link.get("Id", ""): link.get("Target", "") for link in links}
    vectors = dict[str, str]()  # what names an SVG here -> the PNG beside it
    for blip in document.iter(f"{{{_DRAWING}}}blip"):
        vector = blip.find(f".//{{{_SVG}}}svgBlip")
        if vector is None or blip.get(_EMBED):
            continue
        number = vector.get(_EMBED, "")
        vectors[number] = f"{targets[number].removesuffix('.svg')}.png"
        blip.set(_EMBED, f"{number}png")
    drawn = pngs([parts[f"word/{targets[number]}"] for number in vectors]) if vectors else []
    for (number, picture), content in zip(vectors.items(), drawn, strict=True):
        parts[f"word/{picture}"] = content
        link = etree.SubElement(links, f"{{{_PACKAGE}/relationships}}Relationship")
        link.set("Id", f"{number}png")
        link.set("Type", f"{_OFFICE}/image")
        link.set("Target", picture)
    parts[_LINKS] = _xml(links)
    types = etree.fromstring(parts[_TYPES])
    if not any(known.get("Extension") == "png" for known in types):
        default = etree.Element(f"{{{_PACKAGE}/content-types}}Default")
        default.set("Extension", "png")
        default.set("ContentType", "image/png")
        types.insert(0, default)
        parts[_TYPES] = _xml(types)


def _mark_every_page(document: etree._Element, parts: dict[str, bytes]) -> None:
    """Repeat the paragraph of the style Mark in the header that bears the page's number."""
    words: Any = document.xpath(
        "//w:p[w:pPr/w:pStyle/@w:val='Mark']//w:t/text()", namespaces=_PREFIX
    )
    if not words:
        return
    for name in parts:
        if re.fullmatch(r"word/header\d*\.xml", name) and b" PAGE " in parts[name]:
            header = etree.fromstring(parts[name])
            paragraph = next(header.iter(f"{{{_WORD}}}p"))
            run = etree.SubElement(paragraph, f"{{{_WORD}}}r")
            properties = etree.SubElement(run, f"{{{_WORD}}}rPr")
            etree.SubElement(properties, f"{{{_WORD}}}b")
            etree.SubElement(properties, f"{{{_WORD}}}sz").set(_VALUE, "20")
            etree.SubElement(run, f"{{{_WORD}}}tab")
            etree.SubElement(run, f"{{{_WORD}}}t").text = "".join(words)
            parts[name] = _xml(header)


def _count_appendices_anew(document: etree._Element) -> None:
    """An appendix is a section behind the first one; its pages are numbered on their own."""
    for section in list(document.iter(f"{{{_WORD}}}sectPr"))[1:]:
        number = etree.Element(f"{{{_WORD}}}pgNumType")
        number.set(f"{{{_WORD}}}start", "1")
        margins = section.find(f"{{{_WORD}}}pgMar")
        if margins is not None:
            # Where the schema wants it: behind the margins.
            margins.addnext(number)


def _fit_lines(document: etree._Element) -> None:
    """The line below who issues a paper, and below its subject, is a part of the longest line of words."""
    words = dict.fromkeys(_OVER_LINES, "")
    for paragraph in document.iter(f"{{{_WORD}}}p"):
        style = paragraph.find("w:pPr/w:pStyle", _PREFIX)
        name = "" if style is None else style.get(_VALUE, "")
        if name not in words:
            continue
        place = paragraph.find("w:pPr/w:ind", _PREFIX)
        if place is None:
            words[name] = "".join(text.text or "" for text in paragraph.iter(f"{{{_WORD}}}t"))
            continue
        width, letter = _OVER_LINES[name]
        lines = textwrap.wrap(words[name], width // letter, break_long_words=False)
        longest = min(max(map(len, lines), default=0) * letter, width)
        for side in ("left", "right"):
            place.set(f"{{{_WORD}}}{side}", str(round((width - _PART * longest) / 2)))


def _name_language(parts: dict[str, bytes]) -> None:
    """vi becomes vi-VN, in the styles and for the fonts of the theme."""
    styles, settings = etree.fromstring(parts[_STYLES]), etree.fromstring(parts[_SETTINGS])
    named = next(styles.iter(f"{{{_WORD}}}lang"))
    known = _LANGUAGES.get(named.get(_VALUE, ""), named.get(_VALUE, ""))
    for element in (named, *settings.iter(f"{{{_WORD}}}themeFontLang")):
        element.set(_VALUE, known)
    parts[_STYLES], parts[_SETTINGS] = _xml(styles), _xml(settings)


def _xml(element: etree._Element) -> bytes:
    return etree.tostring(element, xml_declaration=True, encoding="UTF-8", standalone=True)
