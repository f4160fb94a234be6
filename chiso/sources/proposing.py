"""What the header of an export nobody has described yet may mean: a file of params/sources/ proposed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

import yaml

from chiso.base.errors import InputError
from chiso.base.i18n import _
from chiso.base.letters import plain, without_accents
from chiso.contract.tables import TABLES, ContractTable
from chiso.sources.apart import read_apart
from chiso.sources.folder import READERS
from chiso.sources.grids import as_text, kind_of
from chiso.sources.headers import HEADER_ROWS, SEARCHED_ROWS, find_table, labels_of
from chiso.sources.mappings import NAMES, System, words_of
from chiso.sources.personal import WITHIN_TEXT

# A heading this near to a known one (difflib) is proposed to mean the same.
_NEAR = 0.82
# What headings about people have in them, as they are compared and without accents.
_PERSONAL = re.compile(
    r"\b(ho ten|ho va ten|ten (nguoi|chu|ca nhan|cong dan|to chuc)|nguoi (nop|nhan|yeu cau)|chu ho so|dia chi"
    r"|dien thoai|sdt|di dong|cccd|cmnd|can cuoc|giay to|email|thu dien tu|ngay sinh|trich yeu|ky nhan)\b"
)
# A column of codes says the same few words again and again.
_MOST_WORDS = 40
_NUMBERING = {"tt", "stt", "so tt", "so thu tu"}


@dataclass(frozen=True)
class Proposal:
    """What is known of an export: its table, the headings of each column, headings about people, and
    headings of no known meaning."""

    table: ContractTable
    columns: Mapping[str, tuple[str, ...]]
    personal: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def free(self) -> tuple[str, ...]:
        """Columns of the table that no heading has yet."""
        named = [name for name in NAMES if self.table.name == "dossiers"]
        return tuple(
            name
            for name in (*(column.name for column in self.table.columns), *named)
            if name not in self.columns
        )

    def meaning(self, name: str) -> str:
        """What a column holds, in words."""
        if name in NAMES:
            return {"unit_name": "tên đơn vị xử lý", "procedure_name": "tên thủ tục"}[name]
        return self.table.column(name).meaning

    @property
    def missing(self) -> tuple[str, ...]:
        """Columns that such a table can't do without and that no heading has; a name stands for a
        code, a status can be told by the other columns."""
        instead = {"unit": "unit_name", "procedure_id": "procedure_name"}
        held = {*self.columns, "status"}
        return tuple(
            name
            for name in self.table.needed
            if name not in held and instead.get(name) not in self.columns
        )


def propose(path: Path, systems: Sequence[System]) -> Proposal:
    """What the first sheet with a header says, by the headings that `systems` know. InputError for a
    file without one, or of a kind that needs no mapping."""
    kind = kind_of(path)
    if kind not in READERS:
        raise InputError(
            _("This file has no header of a table that could be mapped."),
            file=path,
            hint=_("Name a workbook, CSV or HTML file as the system exports it."),
        )
    best: tuple[int, Proposal] | None = None
    for grid in read_apart(READERS[kind], path):
        texts = [[as_text(cell) or "" for cell in row] for row in grid.rows[:SEARCHED_ROWS]]
        for depth in range(1, HEADER_ROWS + 1):
            for top in range(len(texts) - depth + 1):
                labels, _above = labels_of(texts[top : top + depth])
                for table in TABLES.values():
                    found = _by_headings(labels, table, systems)
                    weight = len(found.columns) * 3 + len(found.personal)
                    if len(found.columns) >= 2 and (best is None or weight > best[0]):
                        best = weight, found
    if best is None:
        raise InputError(
            _("No row of this file looks like the header of a table that is known."),
            file=path,
            hint=_("docs/vi/records.md lists the tables and their columns."),
        )
    return best[1]


def known_words(systems: Sequence[System], table: str, column: str) -> dict[str, list[str]]:
    """Code -> the words that systems have for it."""
    found: dict[str, list[str]] = {}
    for word, code in words_of(systems, table, column).items():
        found.setdefault(code, []).append(word)
    return found


def written(
    proposal: Proposal,
    name: str,
    systems: Sequence[System],
    on: date,
    codes: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    unknown_words: Sequence[str] = (),
) -> str:
    """The file of params/sources/ for a proposal; `codes`: of columns of codes what new words mean,
    beside the words that `systems` know. What is not known yet stands above, as remarks."""
    table = proposal.table.name
    values = {
        column: {
            word: int(code) if code.isdecimal() else code
            for word, code in {
                **words_of(systems, table, column),
                **codes.get(column, {}),
            }.items()
        }
        for column in proposal.columns
        if column in codes or words_of(systems, table, column)
    }
    own: dict[str, object] = {"columns": {key: list(of) for key, of in proposal.columns.items()}}
    if values:
        own["values"] = values
    if table == "dossiers" and "status" not in proposal.columns:
        own["status_by"] = [
            {"filled": "returned_at", "status": 10},
            {"filled": "done_at", "status": 9},
            {"filled": "ended_at", "status": 8},
            {"status": 4},
        ]
    if proposal.personal:
        own["personal"] = list(proposal.personal)
    content = {
        "name": {"vi": name},
        "source": "Tiêu đề cột của tệp xuất",
        "last_confirmed": on,
        "yes": list(dict.fromkeys(word for one in systems for word in one.yes)),
        "no": list(dict.fromkeys(word for one in systems for word in one.no)),
        "tables": {table: own},
    }
    remarks = [f"# Chưa rõ: {text}\n" for text in (*proposal.unknown, *unknown_words)]
    return "".join(remarks) + yaml.safe_dump(
        content, allow_unicode=True, sort_keys=False, width=120, default_flow_style=None
    )


@dataclass(frozen=True)
class Read:
    """What a system's file finds in an export: rows of records, and of each column of codes the words
    that the file does not know (nothing that has a person's number in it)."""

    records: int
    words: Mapping[str, tuple[str, ...]]


def read_by(path: Path, system: System) -> Read:
    """What an export holds as a system's file has it."""
    records, words = 0, dict[str, tuple[str, ...]]()
    for grid in read_apart(READERS[kind_of(path)], path):
        found = find_table(grid, (system,))
        if found is None:
            continue
        records += len(found.frame)
        for column in TABLES[found.header.table].columns:
            if column.allowed and column.name in found.frame:
                known = found.header.mapping.values.get(column.name, {})
                codes = {str(value) for value in column.allowed}
                texts = found.frame[column.name].dropna().map(lambda text: " ".join(text.split()))
                new = _new_words(texts.unique(), {plain(word) for word in known} | codes)
                words[column.name] = tuple(dict.fromkeys((*words.get(column.name, ()), *new)))
    return Read(records, {name: new for name, new in words.items() if new})


def _new_words(texts: Sequence[str], known: set[str]) -> list[str]:
    new = [
        text
        for text in texts
        if text and plain(text) not in known and not re.search(WITHIN_TEXT, text)
    ]
    return new if len(new) <= _MOST_WORDS else []


def _by_headings(
    labels: Sequence[str], table: ContractTable, systems: Sequence[System]
) -> Proposal:
    """What the headings of a row mean for a table."""
    known = _known(table, systems)
    personal = {
        plain(text)
        for one in systems
        if table.name in one.tables
        for text in one.tables[table.name].personal
    }
    columns: dict[str, tuple[str, ...]] = {}
    about_people, unknown = [], []
    # Known headings first: what is near to one of them is another column.
    for text in sorted(labels, key=lambda text: plain(text) not in known):
        label = plain(text)
        bare = without_accents(label)
        if not label or bare in _NUMBERING or re.fullmatch(r"[\d().]+", label):
            continue
        if label in personal or _PERSONAL.search(bare):
            about_people.append(text)
            continue
        free = [word for word, name in known.items() if name not in columns]
        near = difflib.get_close_matches(label, free, 1, _NEAR)
        name = known.get(label) or (known[near[0]] if near else "")
        if name:
            columns[name] = (*columns.get(name, ()), text)
        else:
            unknown.append(text)
    return Proposal(table, columns, tuple(about_people), tuple(dict.fromkeys(unknown)))


def _known(table: ContractTable, systems: Sequence[System]) -> dict[str, str]:
    """Heading as it is compared -> column, by all systems."""
    known: dict[str, str] = {}
    for one in systems:
        if table.name in one.tables:
            for name, headers in one.tables[table.name].columns.items():
                for header in headers:
                    known.setdefault(plain(header), name)
    return known
