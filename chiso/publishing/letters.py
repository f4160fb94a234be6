"""Letters as files: DOCX and PDF in the layout of Nghị định 30/2020/NĐ-CP, and all cases as a workbook.

They go to reports/_letters/<period>/, which is no part of a site. What somebody changed is kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from tqdm import tqdm

from chiso.base.excel import write_workbook
from chiso.base.files import scratch_folder
from chiso.base.i18n import _, speaking
from chiso.base.locations import project_root
from chiso.base.markdown import escape
from chiso.contract.letters import REMINDER, REPORT, Letter
from chiso.explain.letters import Draft
from chiso.pages.letters.appendices import appendices, case_sheets
from chiso.pages.letters.report_words import report_words
from chiso.pages.letters.template import fill_in
from chiso.pages.letters.words import reminder_words
from chiso.pages.marks import mark_of
from chiso.publishing import paper
from chiso.publishing.drafts import Kept, keep_drafts
from chiso.publishing.render import pandoc_command, prepare, run
from chiso.rules.letter_rules import letter_rules
from chiso.store.figures import Figures

# How the files of a kind of letter begin; behind it the code of the addressee.
_BEGIN = {REMINDER: "cong-van", REPORT: "bao-cao"}


@dataclass(frozen=True)
class Document:
    """A letter to be written: the name of its files, its Markdown, what it says about itself (front),
    and the sheets of its workbook (none: no workbook)."""

    name: str
    body: str
    front: Mapping[str, Any]
    sheets: tuple[Any, ...] = ()


def letters_dir(period: str) -> Path:
    """Where the drafts of a period go."""
    return project_root() / "reports" / "_letters" / period


def file_name(kind: str, addressee: str) -> str:
    """What the files of a letter are called, without ending."""
    return f"{_BEGIN[kind]}-{addressee}"


def reminder(figures: Figures, draft: Draft, deadline: date) -> Document:
    """The document of a reminder, in Vietnamese whatever the reader's language."""
    name = file_name(REMINDER, draft.unit.code)
    workbook = f"{name}.xlsx"
    unit = figures.unit(draft.unit.code)
    cases = unit.cases
    with speaking("vi"):
        written = fill_in("reminder", reminder_words(figures, draft, deadline))
        body = f"{written}\n\n{appendices(figures, draft, cases, workbook)}"
        sheets = tuple(case_sheets(unit, draft, cases))
        return Document(name, body, _front(figures, _frame(figures, draft)), sheets)


def report(figures: Figures, letters: Sequence[Letter]) -> Document:
    """The document of the office's report of a period to its province, in Vietnamese; `letters`: the
    reminders of the period."""
    province, period = figures.province.unit, figures.settings.period
    office = letter_rules().office_of(figures.tree) or province
    with speaking("vi"):
        body = fill_in("report", report_words(figures, letters))
        rules = letter_rules()
        recipients = [f"{one};" for one in ("Như trên", *rules.recipients)]
        frame = paper.frame(figures.tree, office.code, period) | {
            "subject": escape(rules.report_about_of(period)),
            "recipients": [escape(one) for one in (*recipients, rules.archive)],
            "addressed": escape(f"Kính gửi: {province.name}"),
        }
        return Document(file_name(REPORT, province.code), body, _front(figures, frame))


def write_documents(
    folder: Path, documents: Iterable[Document], tell: Callable[[str], None]
) -> tuple[Kept, ...]:
    """Write <name>.docx, .pdf and, where there are cases, .xlsx of each document into `folder`; see
    `keep_drafts` for what was changed by hand. UserError if pandoc or typst refuse one; files that
    were there stay as they were."""
    wanted = list(documents)
    if not wanted:
        return ()
    with scratch_folder() as scratch, ThreadPoolExecutor(os.cpu_count()) as pool:
        output = prepare(scratch)
        made = pool.map(lambda one: _made(scratch, output, one), wanted)
        bar = tqdm(made, total=len(wanted), desc=_("Letters"), unit=_("letter"))
        bundles = dict(zip((one.name for one in wanted), bar, strict=True))
    return keep_drafts(folder, bundles, tell)


def _made(scratch: Path, output: Path, one: Document) -> dict[str, bytes]:
    """The files of a letter by their endings."""
    front = yaml.safe_dump(dict(one.front), allow_unicode=True, width=1000)
    (scratch / f"{one.name}.qmd").write_text(f"---\n{front}---\n\n{one.body}\n", encoding="utf-8")
    run(pandoc_command(scratch, one.name, papers=True), scratch)
    paper.finish_papers(scratch, one.name)
    endings = ["docx", "pdf"]
    if one.sheets:
        write_workbook(output / f"{one.name}.xlsx", list(one.sheets))
        endings.append("xlsx")
    return {ending: (output / f"{one.name}.{ending}").read_bytes() for ending in endings}


def _front(figures: Figures, frame: dict[str, object]) -> dict[str, object]:
    mark = mark_of(figures.settings)
    about = {"paper": frame, **({"mark": escape(mark)} if mark else {})}
    return {"lang": "vi", "chiso": about}


def _frame(figures: Figures, draft: Draft) -> dict[str, object]:
    """The words around a reminder: the province issues it, its office follows it up."""
    rules, tree = letter_rules(), figures.tree
    province, office = figures.province.unit, rules.office_of(tree)
    body, _space, place = str(province.name).partition(" ")
    issuer = [*(["Ủy ban nhân dân"] if body == "UBND" else [body]), place]
    above = [tree.unit(code) for code in tree.above(draft.unit.code)]
    copies = [str(one.name) for one in above if one != province]
    if office and office != draft.unit:
        copies.append(str(office.name))
    recipients = ["Như trên", *rules.recipients, *copies]
    return {
        # Each part in one line.
        "issuer": " ".join(paper.in_one_line(one.upper()) for one in issuer),
        **paper.letterhead(province, f"/{rules.symbol}"),
        "about": escape(f"V/v {rules.about_of(figures.settings.period)}"),
        "addressed": escape(f"Kính gửi: {draft.unit.name}"),
        **paper.ending(
            [*(f"{one};" for one in recipients), rules.archive],
            rules.signer_to_office if draft.unit == office else rules.signer,
        ),
    }
