"""A page on paper: PDF and Word from the document that makes the HTML, for those who file paper.

The layout is that of Nghị định 30/2020/NĐ-CP, Phụ lục I; it stands in reports/ (typst-template.typ
for the PDF, reference.docx and paper.openxml for Word), what both share in reports/paper*.lua.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from chiso import __version__
from chiso.base.i18n import _, day
from chiso.base.markdown import escape
from chiso.base.period import Period
from chiso.base.processes import give_back_memory
from chiso.publishing.render import output_folder, project_options
from chiso.publishing.typesetting import forget, pdf
from chiso.rules.paper_rules import Signer, paper_rules
from chiso.rules.units import Tree, Unit
from chiso.store.figures import Figures

_NO_BREAK = "\u00a0"
_SHORT_NAME = 40
# Bytes of a PDF that took more than 100 MB to set: a province's.
_LARGE = 600_000


def frame(tree: Tree, code: str, period: Period) -> dict[str, object]:
    """The words around the report of a unit, for the front of its document (chiso.paper), with
    room for the clerk's number and date: who issues it, the nation and its motto, kind and subject,
    who gets it and who signs it. Order and places: Nghị định 30/2020/NĐ-CP, Phụ lục I."""
    unit, rules = tree.unit(code), paper_rules()
    above = tree.unit(unit.parent) if unit.parent else None
    seat = above if above and unit.level == "so" else unit
    signer = rules.signer(unit)
    return {
        **({"superior": escape(str(above.name).upper())} if above else {}),
        "issuer": escape(str(unit.name).upper()),
        **letterhead(seat, f"/BC-{signer.symbol or '…'}"),
        "kind": escape(_("Report").upper()),
        "subject": _(
            "Results of serving citizens and businesses by Indicator set 766, {period}, {unit}"
        ).format(period=escape(period.label), unit=_in_one(unit)),
        **ending(_recipients(unit, above), _signer(signer)),
    }


def letterhead(seat: Unit, symbol: str) -> dict[str, object]:
    """Number, nation, motto, place and date of a paper, with room for the clerk's number and date;
    `seat`: whose place it is dated from, `symbol`: what stands behind the number."""
    blank = _NO_BREAK * 6
    return {
        "number": _("No.: {blank}{symbol}").format(blank=blank, symbol=escape(symbol)),
        "nation": escape(_("Socialist Republic of Viet Nam").upper()),
        "motto": escape(_("Independence - Freedom - Happiness")),
        "place": _("{place}, day {blank} month {blank} year {blank}").format(
            place=escape(paper_rules().place(seat)), blank=blank
        ),
    }


def ending(recipients: Iterable[str], signer: Iterable[str]) -> dict[str, object]:
    """Who gets a paper and who signs it; all words are data."""
    return {
        "to": escape(_("Recipients:")),
        "recipients": [escape(one) for one in recipients],
        "signer": [escape(one.upper()) for one in signer],
    }


def in_one_line(text: str) -> str:
    """Words (data) between which no line is broken."""
    return escape(text).replace(" ", _NO_BREAK)


def _in_one(unit: Unit) -> str:
    """The unit's name, not broken between lines if it is short enough for one."""
    name = str(unit.name)
    return in_one_line(name) if len(name) <= _SHORT_NAME else escape(name)


def _recipients(unit: Unit, above: Unit | None) -> list[str]:
    office = _("Office of the Provincial People's Committee (public service centre)")
    if above is None:
        found = [
            _("Chairman and Vice Chairmen of the province"),
            office,
            _("Agencies that are rated"),
        ]
    elif unit.name.vi.startswith("Văn phòng UBND"):
        found = [_("{superior} (to report)").format(superior=above.name)]
    else:
        found = [_("{superior} (to report)").format(superior=above.name), office]
    return [*(f"{one};" for one in found), _("Archive: VT.")]


def _signer(signer: Signer) -> list[str]:
    """The lines above the signature."""
    if signer.on_behalf is None:
        return [str(signer.title)]
    return [_("On behalf of {body}").format(body=signer.on_behalf), str(signer.title)]


def origin(figures: Figures, revision: int) -> dict[str, str]:
    """What the figures of a paper are: `data` below its subject, `origin` at its very end."""
    settings = figures.settings
    words = {"day": day(settings.as_of), "revision": revision}
    return {
        "data": escape(_("(figures up to {day}, revision {revision})").format(**words)),
        "origin": escape(
            _("Source of the figures: {source}. Rules: {rules}. Made with chiso {version}.").format(
                source=settings.source_name, rules=figures.book.set.source, version=__version__
            )
        ),
    }


def finish_papers(folder: Path, page: str) -> None:
    """Make <page>.pdf and <page>.docx of what render(..., papers=True) left of <page>, where the HTML
    page is. The same document gives the same bytes. UserError if typst refuses it."""
    # Deferred: which pages there are is asked of this module too.
    from chiso.publishing.word import complete_word_file

    output = output_folder(folder)
    standard = project_options(folder)["format"]["typst"]["pdf-standard"]
    source = (folder / f"{page}.typ").read_bytes()
    paper = pdf(source, folder, standard)
    (output / f"{page}.pdf").write_bytes(paper)
    complete_word_file(output / f"{page}.docx")
    forget()
    if len(paper) > _LARGE:
        give_back_memory()
