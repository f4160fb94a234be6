"""Pages of the documents that the program writes itself: commands, indicators, headings of exports,
parameters, functions (tools/api_pages.py). Changes if what they tell of is to be told otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import click
from api_pages import api_pages
from blocks import block, page, table
from schemas import KINDS, ROOT, schema_of

from chiso.base.i18n import LANGUAGES, _, current_language, day, speaking
from chiso.base.markdown import escape
from chiso.cli import commands
from chiso.contract.tables import TABLES
from chiso.pages.method import method_entries
from chiso.pages.tables.method import method_card
from chiso.rules.assignments import load_assignments, names
from chiso.rules.indicators import RuleBook, load_rules
from chiso.sources.mappings import load_systems

FOLDER = "reference"
_WIDTH = 90
# The shape of a text in both languages (base.params.Text): told of as one value.
_BILINGUAL = "Text"
# Keys that lead to a key.
Path = tuple[str, ...]
# As `make help` reads them.
_TARGET = re.compile(r"^([a-z-]+):.*## (.*) \| (.*)$", re.MULTILINE)


def reference_pages() -> dict[str, str]:
    """Path below docs/ -> Markdown, of every page."""
    pages = {}
    for language in LANGUAGES:
        with speaking(language):
            place = f"{language}/{FOLDER}"
            pages[f"{place}/commands.md"] = _commands()
            pages[f"{place}/parameters.md"] = _parameters()
            for path in sorted((ROOT / "params/indicators").glob("*.yml")):
                pages[f"{place}/indicators-{path.stem}.md"] = _indicators(load_rules(path.stem))
    with speaking("vi"):
        pages[f"vi/{FOLDER}/exports.md"] = _exports()
    with speaking("en"):
        pages |= {f"en/{FOLDER}/{name}": text for name, text in api_pages().items()}
    return pages


def _commands() -> str:
    """Every command as --help tells of it, in the reader's language; for Vietnamese readers make's first."""
    group = commands()
    parts = [f"# {_('Commands')}", block(_help(group, None))]
    if current_language() == "vi":
        parts += ["## Lệnh của make", _targets("Makefile"), "### Dành cho người phát triển"]
        parts += ["Chỉ có trong bản sao mã nguồn.", _targets("develop.mk"), "## Lệnh của chiso"]
    parent = group.make_context("chiso", [], resilient_parsing=True, terminal_width=_WIDTH)
    for name, command in group.commands.items():
        parts += [f"### chiso {name}", block(_help(command, parent))]
    return page(parts)


def _targets(makefile: str) -> str:
    """The targets of a file of make."""
    rows = _TARGET.findall((ROOT / makefile).read_text("utf-8"))
    return table(("Lệnh", "Việc", "Ví dụ"), [[f"`make {a}`", b, f"`{c}`"] for a, b, c in rows])


def _help(command: click.Command, parent: click.Context | None) -> str:
    name = command.name if parent else "chiso"
    with command.make_context(
        name, [], parent=parent, resilient_parsing=True, terminal_width=_WIDTH
    ) as context:
        return command.get_help(context)


def _indicators(book: RuleBook) -> str:
    """A set: its classes, and each indicator as the method page of a report tells of it, with its bodies."""
    held = book.set
    until = f"–{day(held.valid_to)}" if held.valid_to else ""
    bands = "; ".join(f"{band.name} ≥ {band.at_least}" for band in held.classes)
    facts = (
        (_("Source"), held.source),
        (_("In force"), f"{day(held.valid_from)}{until}"),
        (_("Classes"), bands),
    )
    parts = [
        f"# {escape(held.name)}",
        "\n".join(f"- {name}: {escape(value)}" for name, value in facts),
    ]
    for group, entries in groupby(method_entries(book), key=lambda entry: entry.group):
        parts.append(f"## {escape(group)}")
        for entry in entries:
            parts += [str(method_card(entry).data), "\n".join(_bodies(entry.number))]
    return page(parts)


def _bodies(number: int) -> Iterator[str]:
    """Who leads and who coordinates an indicator, by each assignment that ships."""
    for path in sorted((ROOT / "params/assignments").glob("*.yml")):
        content = load_assignments(path.stem)
        for role, word in (("lead", _("Leading")), ("coordinating", _("Coordinating"))):
            if found := names(content, number, role):  # type: ignore[arg-type]
                since = day(content.valid_from)
                yield f"- {word} ({path.stem}, {since}): {escape('; '.join(found))}"


def _exports() -> str:
    """Which headings of exports are known, by the systems of params/sources/."""
    parts = [
        "# Tiêu đề cột đọc được trong tệp xuất",
        "Viết hoa, dấu cách, cách gõ dấu không ảnh hưởng. Cột không có ở đây thì không đọc. Hệ thống đặt tên khác: thêm tên vào"
        " tệp tương ứng của `params/sources/`, không sửa mã ([các bảng](../records.md)).",
    ]
    for system in load_systems():
        shown = {name: table for name, table in system.tables.items() if table.columns}
        if not system.file.startswith("params/") or not shown:
            continue
        parts += [f"## {system.name}", f"Tệp `{system.file}`. Nguồn: {escape(system.source)}."]
        for name, read in shown.items():
            known = {column.name: column.heading for column in TABLES[name].columns}
            known |= {"unit_name": "Đơn vị (tên)", "procedure_name": "Thủ tục (tên)"}
            rows = [
                [f"`{column}`", escape(known.get(column, "")), escape("; ".join(headings))]
                for column, headings in read.columns.items()
            ]
            parts.append(f"### {TABLES[name].heading} (`{name}`)")
            parts.append(table(("Cột", "Ý nghĩa", "Tiêu đề trong tệp xuất"), rows))
    return page(parts)


def _parameters() -> str:
    """Every kind of file of params/ with its keys, from the schemas that editors use."""
    parts = [
        "# " + _("Keys of parameter files"),
        _(
            "Editors that know JSON Schema show the same while somebody types (VS Code with the YAML extension)."
            " A › B: the key B within A; …: a name of one's own, or each entry. A key that is not listed is refused."
        ),
    ]
    for name in KINDS:
        schema = schema_of(name)
        rows = list(_keys(schema, schema.get("$defs", {}), ()))
        head = (_("Key"), _("What it means"), _("Value"), _("Needed"))
        parts += [f"## {schema['title']}"]
        parts += [table(head, rows) if rows else f"{_kind(schema)}."]
    return page(parts)


def _keys(shape: dict[str, Any], shapes: dict[str, Any], above: Path) -> Iterator[list[str]]:
    """A row of every key, those within a key below it."""
    needed = shape.get("required", ())
    for key, one in shape.get("properties", {}).items():
        path = (*above, key)
        is_needed = _("yes") if key in needed else ""
        yield [f"`{' › '.join(path)}`", one["description"], _kind(one), is_needed]
        for steps, inner in _shapes_in(one):
            yield from _keys(shapes[inner], shapes, (*path, *steps))


def _shapes_in(one: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """The shapes that a value may have, each with the steps that lead there; no bilingual text."""
    if "$ref" in one and _shape_name(one) != _BILINGUAL:
        yield (), _shape_name(one)
    for way in one.get("anyOf", ()):
        yield from _shapes_in(way)
    if entries := one.get("items") or _by_name(one):
        yield from ((("…", *steps), shape) for steps, shape in _shapes_in(entries))


def _by_name(one: dict[str, Any]) -> dict[str, Any]:
    """What stands under names of one's own, which may have to keep to a pattern."""
    patterns = one.get("patternProperties", {})
    held = next(iter(patterns.values()), one.get("additionalProperties"))
    return held if isinstance(held, dict) else {}


def _shape_name(one: dict[str, Any]) -> str:
    return str(one["$ref"]).rpartition("/")[2]


def _kind(one: dict[str, Any]) -> str:
    """A short word for what a key holds."""
    if pattern := one.get("pattern", ""):
        is_number = r"\d" in pattern
        return _("day") if r"\d{4}" in pattern else _("number") if is_number else _("text")
    if "$ref" in one:
        return "`{vi: …, en: …}`" if _shape_name(one) == _BILINGUAL else _("the keys below")
    if "enum" in one or "const" in one:
        return ", ".join(f"`{value}`" for value in one.get("enum", [one.get("const")]))
    if "anyOf" in one:
        ways = (_kind(way) for way in one["anyOf"] if way.get("type") != "null")
        return _(" or ").join(dict.fromkeys(ways))
    if one.get("type") == "array":
        items = one.get("items") or (one.get("prefixItems") or [{}])[0]
        return _("a list: {entry}").format(entry=_kind(items))
    if one.get("type") == "object":
        return _("by name: {entry}").format(entry=_kind(_by_name(one)))
    if one.get("format") == "time":
        return _("time")
    return {
        "string": _("text"),
        "boolean": "`true`, `false`",
        "integer": _("whole number"),
        "number": _("number"),
    }[one["type"]]
