"""A page on paper: PDF and Word from the document that makes the HTML, for those who file paper.

The layout is that of Nghị định 30/2020/NĐ-CP, Phụ lục I; it stands in reports/ (typst-template.typ
for the PDF, reference.docx and paper.openxml for Word), what both share in reports/paper.lua.
"""

from __future__ import annotations

from pathlib import Path

from chiso.base.i18n import _
from chiso.base.markdown import escape
from chiso.publishing.render import output_folder, pandoc_command, project_options, run
from chiso.publishing.typesetting import pdf
from chiso.publishing.word import complete_word_file


def heading(issuer: str) -> dict[str, str]:
    """The words on top of a paper, for the front of a document (chiso.paper): who issues it
    (data), the nation and its motto as Nghị định 30/2020/NĐ-CP has them."""
    return {
        "issuer": escape(issuer.upper()),
        "nation": escape(_("Socialist Republic of Viet Nam").upper()),
        "motto": escape(_("Independence - Freedom - Happiness")),
    }


def write_papers(folder: Path, page: str) -> None:
    """Write <page>.pdf and <page>.docx of <folder>/<page>.qmd, where the HTML page goes.

    `folder` is prepared (render.prepare). The same document gives the same bytes. UserError if
    pandoc or typst refuse it.
    """
    output = output_folder(folder)
    source = run(pandoc_command(folder, page, "typst"), folder).stdout
    standard = project_options(folder)["format"]["typst"]["pdf-standard"]
    (output / f"{page}.pdf").write_bytes(pdf(source, folder, standard))
    run(pandoc_command(folder, page, "docx"), folder)
    complete_word_file(output / f"{page}.docx")
