"""What an export says, as the codes of the contract: unit, procedure, status, values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from chiso.base.letters import plain, without_accents
from chiso.contract.tables import TABLES
from chiso.sources.agencies import Agencies
from chiso.sources.headers import Found
from chiso.sources.mappings import ListRule, SourceTable
from chiso.sources.personal import WITHIN_TEXT

# Name of a procedure as it is compared -> the ids of all procedures that have it.
Procedures = Mapping[str, frozenset[str]]


def coded(found: Found, agencies: Agencies, procedures: Procedures) -> pd.DataFrame:
    """The rows of an export with codes where it has names; a name that fits nothing, or more than
    one unit or procedure, stays as it is and is set aside by the checks."""
    frame, mapping = found.frame.copy(), found.header.mapping
    for name, codes in _words(found).items():
        if name in frame:
            frame[name] = _each(frame[name], lambda text, c=codes: _code_of(text, c) or text)
    if mapping.status_by and "status" not in frame:
        frame["status"] = _status(frame, mapping)
    if "procedure_name" in frame and procedures:
        named = _each(
            frame["procedure_name"], lambda text: _only(procedures.get(plain(text)), text)
        )
        frame["procedure_id"] = _first(frame.get("procedure_id"), named)
    if "procedure_id" in frame and procedures:
        frame["procedure_id"] = _each(
            frame["procedure_id"], lambda text: _only(procedures.get(plain(text)), text)
        )
    if {"dossier_id", "unit", "unit_name"} & set(frame):
        frame["unit"] = _units(frame, found, agencies)
    for name in {"agency", "handled_by"} & set(frame):
        frame[name] = _each(frame[name], lambda text: agencies.only(text) or text)
    return frame.drop(columns=["unit_name", "procedure_name"], errors="ignore")


def _words(found: Found) -> dict[str, dict[str, str]]:
    """Column -> what it may say in words, as words are compared -> the code."""
    system, mapping = found.header.system, found.header.mapping
    words = {
        name: {plain(text): str(code) for text, code in values.items()}
        for name, values in mapping.values.items()
    }
    answers = dict.fromkeys(map(plain, system.no), "0") | dict.fromkeys(map(plain, system.yes), "1")
    for column in TABLES[found.header.table].columns:
        if column.kind == "boolean" and answers:
            words[column.name] = answers | words.get(column.name, {})
    return words


def _code_of(text: str, codes: Mapping[str, str]) -> str | None:
    """The code of a word; one that is typed without accents is the one word that it can be."""
    word = plain(text)
    if word not in codes and word.isascii():
        meant = {code for known, code in codes.items() if without_accents(known) == word}
        return meant.pop() if len(meant) == 1 else None
    return codes.get(word)


def unknown_words(found: Found) -> Iterator[tuple[str, str, int]]:
    """Column, word and number of rows of what a column of codes says in words that nobody knows.

    A word is named only if most of it is of the known ones and nobody's number is in it: what stands
    in the wrong column may be a person's, and is nameless here ("").
    """
    columns = {column.name: column for column in TABLES[found.header.table].columns}
    for name, codes in _words(found).items():
        if name not in found.frame or not (
            columns[name].allowed or columns[name].kind == "boolean"
        ):
            continue
        parts = {part for known in codes for part in without_accents(known).split()}
        told: Counter[str] = Counter()
        for text, number in found.frame[name].dropna().value_counts().items():
            if text.strip() and not _is_number(text.strip()) and _code_of(text, codes) is None:
                held = without_accents(plain(text)).split()
                is_near = 2 * sum(part in parts for part in held) > len(held)
                is_told = is_near and not re.search(WITHIN_TEXT, text)
                told[" ".join(text.split()) if is_told else ""] += number
        yield from ((name, word, number) for word, number in told.items())


def _units(frame: pd.DataFrame, found: Found, agencies: Agencies) -> pd.Series:
    """By the unit's column, else the dossier's id, else the agency's name, else that of the row
    above a block of rows. The heading speaks only for a table that names no unit at all."""
    unit = pd.Series(None, index=frame.index, dtype=object)
    if "unit" in frame:
        unit = _each(frame["unit"], lambda text: agencies.only(text) or text)
    if unit.notna().all():
        return unit
    if "dossier_id" in frame:
        unit = _first(unit, _each(frame["dossier_id"], lambda text: agencies.of_dossier(text)))
    if "unit_name" in frame:
        names = frame["unit_name"]
        unit = _first(unit, _each(names, lambda text: agencies.only(text) or text))
    fits = {text: bool(agencies.named(text)) for text in set(found.sections)}
    sections = [text if fits[text] else None for text in found.sections]
    if any(sections):
        blocks = pd.Series(sections, index=frame.index, dtype=object)
        return _first(unit, _each(blocks, lambda text: agencies.only(text) or text))
    if "unit" in frame or "unit_name" in frame:
        return unit
    heading = agencies.heading(found.title)
    return unit.where(unit.notna(), heading) if heading else unit


def _status(frame: pd.DataFrame, mapping: SourceTable) -> pd.Series:
    status = pd.Series(None, index=frame.index, dtype=object)
    for rule in mapping.status_by:
        applies = frame[rule.filled].notna() if rule.filled in frame else not rule.filled
        status = status.mask(status.isna() & applies, str(rule.status))
    return status


def _only(codes: frozenset[str] | None, text: str) -> str:
    """The one code that a name stands for, else the name itself."""
    return next(iter(codes)) if codes and len(codes) == 1 else text


def _first(one: pd.Series | None, other: pd.Series) -> pd.Series:
    return other if one is None else one.where(one.notna(), other)


def _each(texts: pd.Series, code_of: Any) -> pd.Series:
    """`code_of` of every text, asked once for each that occurs."""
    codes = {text: code_of(text) for text in texts.dropna().unique()}
    return texts.map(codes.get).astype(object).where(texts.notna(), None)


def from_json(records: list[dict[str, Any]], mapping: SourceTable) -> pd.DataFrame:
    """Records of a service as text by canonical name, `_number`, their place from 1 on, and
    `_step`, that of their message in a log."""
    names = {header: name for name, headers in mapping.columns.items() for header in headers}
    present = {header for record in records for header in record}
    lists = {
        name: rules
        for name, rules in mapping.lists.items()
        if any(_field(rule).partition(".")[0] in present for rule in rules)
    }
    rows = []
    for number, record in enumerate(records, start=1):
        row: dict[str, Any] = {"_number": number, "_step": record.get("_step", 0)}
        row |= {name: _text(record.get(header)) for header, name in names.items()}
        row |= {name: _told(record, rules) for name, rules in lists.items()}
        rows.append(row)
    kept = ["_number", "_step", *(names[h] for h in names if h in present), *lists]
    return pd.DataFrame(rows, columns=kept, dtype=object)


def with_known_names(records: list[dict[str, Any]], mapping: SourceTable) -> list[dict[str, Any]]:
    """The records with the fields called as the system's file does: programs change the case of the
    letters (maHoSo)."""
    known = {header for headers in mapping.columns.values() for header in headers}
    for rule in (rule for rules in mapping.lists.values() for rule in rules):
        known.update(_field(rule).split("."), rule.where, rule.unless)
    names = {name.casefold(): name for name in known}
    return [_renamed(record, names) for record in records]


def _renamed(record: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {
        names.get(key.casefold(), key): (
            [_renamed(one, names) if isinstance(one, dict) else one for one in value]
            if isinstance(value, list)
            else value
        )
        for key, value in record.items()
    }


def _field(rule: ListRule) -> str:
    ways = (rule.any, rule.any_equal, rule.is_, rule.count, rule.first, rule.last, rule.sum)
    return next(filter(None, ways), rule.all_zero or rule.any_above)


def _told(record: dict[str, Any], rules: tuple[ListRule, ...]) -> str | None:
    """What the first rule that says anything but no says, else no, else nothing."""
    told = [_by_rule(record, rule) for rule in rules if _applies(record, rule)]
    return next((text for text in told if text not in (None, "0")), next(iter(told), None))


def _applies(record: dict[str, Any], rule: ListRule) -> bool:
    def has(name: str, value: str) -> bool:
        return _text(record.get(name)) == value

    return all(has(*pair) for pair in rule.where.items()) and not any(
        has(*pair) for pair in rule.unless.items()
    )


def _by_rule(record: dict[str, Any], rule: ListRule) -> str | None:
    if rule.is_:
        return str(int(_text(record.get(rule.is_)) == rule.value))
    place, _dot, name = _field(rule).partition(".")
    entries = record.get(place)
    texts = [_text(entry.get(name)) for entry in entries or () if isinstance(entry, dict)]
    filled = [text for text in texts if text]
    if rule.any or rule.any_equal:
        return str(int(rule.value in filled if rule.any_equal else bool(filled)))
    if rule.count:
        return str(len(filled))
    if rule.first or rule.last:
        return (min if rule.first else max)(filled, key=_moment, default=None)
    if rule.sum and not all(map(_is_number, filled)):
        return ", ".join(filled)
    prices = [float(text) for text in filled if _is_number(text)]
    if rule.sum:
        return f"{sum(prices):.0f}" if prices else None
    if rule.any_above:
        return str(int(any(prices)))
    return str(int(bool(prices) and len(prices) == len(texts) and not any(prices)))


def _moment(text: str) -> tuple[str, ...]:
    """A key that orders 30/08/2022 14:05 and 20220830140500 by time."""
    day, _space, hour = text.partition(" ")
    return (*reversed(day.split("/")), hour)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, dict | list):
        return None
    if isinstance(value, bool):
        return str(int(value))
    return str(value).strip() or None
