"""What goes out of the site of a period: which files an audience gets, and whether they may go out."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from chiso.base.errors import InputError, ParameterError, UserError
from chiso.base.files import hashes, only_one
from chiso.base.i18n import _
from chiso.base.period import Period
from chiso.explain.revised import dossiers_of
from chiso.publishing.cache import CASES, DATA, HTML, file_names
from chiso.publishing.entry import ENTRY, cases_page, notice_page
from chiso.publishing.report import is_up_to_date
from chiso.publishing.site import Site, folders_of, read_site
from chiso.rules.publishing_rules import publishing_rules
from chiso.rules.settings import Audience, load_settings
from chiso.rules.units import COMPARE, CORRECTION, DAILY, INDEX, PROCEDURES_PAGE, QUALITY, RECONCILE
from chiso.store.figures import Figures, load_figures, newest_figures
from chiso.store.pipeline import compared_revisions, is_scored
from chiso.store.revisions import Provenance

# Pages that count the records of all agencies.
COUNTING = (QUALITY, RECONCILE, PROCEDURES_PAGE, DAILY, CORRECTION)
# So many pages are named where some are amiss.
_FEW = 10
CASES_PAGE = f"cases{HTML}"


@dataclass(frozen=True)
class Release:
    """The files of a period in a folder, ready to go out, and where its figures come from."""

    period: Period
    province: str
    origin: Provenance
    folder: Path
    language: str
    writer: str

    @property
    def version(self) -> str:
        """The name of these very files: the revision, and a hash of all names and contents."""
        text = json.dumps(hashes(self.folder.iterdir()), sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        return f"r{self.origin.revision:03d}-{digest[:12]}"

    @property
    def pages(self) -> tuple[str, ...]:
        """The names of its pages."""
        return tuple(sorted(path.stem for path in self.folder.glob(f"*{HTML}")))


def stage(period: Period, audience: Audience, folder: Path) -> Release:
    """Copy what an audience gets of a period's site into `folder`.

    UserError where there is nothing that may go out: no site, invented figures, pages that failed, are
    absent or were altered, a site of older figures, codes of dossiers among what is public.
    """
    settings = load_settings(period)
    newest = newest_figures(settings)
    if newest is None:
        raise _unfinished(period, _("nothing is scored yet"))
    compared = compared_revisions(settings)
    figures = load_figures(period.name, newest.provenance.revision, compared)
    if figures.settings.is_illustrative:
        raise ParameterError(
            _("The figures of {period} are invented: they are not published.").format(
                period=period.label
            ),
            hint=_("Put real figures into data/{period}/ and make the report.").format(
                period=period.name
            ),
        )
    if audience == "public" and settings.cases == "public":
        raise ParameterError(
            _("The site of {period} holds the codes of dossiers (cases: public).").format(
                period=period.label
            ),
            hint=_(
                "Say `cases: internal` and make the report, or publish it for those inside alone."
            ),
        )
    folders = folders_of(settings)
    with only_one(folders.pages):
        site = read_site(folders, figures.provenance.revision)
        _require_finished(figures, site)
        for page in site.written.files:
            for path in folders.files(page):
                if audience == "internal" or not path.name.endswith(CASES):
                    shutil.copyfile(path, folder / path.name)
    if audience == "public":
        _leave_out(figures, folder)
    else:
        _list_cases(figures, folder)
    return Release(
        period,
        str(figures.province.unit.name),
        figures.provenance,
        folder,
        site.written.language,
        site.written.writer,
    )


def _require_finished(figures: Figures, site: Site) -> None:
    """UserError where the site is not whole, or not what a report made now would leave."""
    written, period = site.written, figures.settings.period
    if written.revision is None:
        raise _unfinished(period, _("its site is not made yet"))
    states = [name for name, state in written.pages.items() if state != "ready"]
    # Without its key a page was not made as it should be (report.py).
    failed = sorted({*states, *(set(written.files) - set(written.keys))})
    if failed:
        names = ", ".join(failed[:_FEW]) + (" …" if len(failed) > _FEW else "")
        raise _unfinished(
            period, _("these pages are absent or failed: {names}").format(names=names)
        )
    if not (is_scored(load_settings(period)) and is_up_to_date(figures)):
        raise _unfinished(
            period, _("its figures, texts, parameters or the program changed since it was made")
        )


def _unfinished(period: Period, what: str) -> UserError:
    return InputError(
        _("{period} can't be published: {what}.").format(period=period.label, what=what),
        hint=_("Run: make report PERIOD={period}").format(period=period.name),
    )


def _leave_out(figures: Figures, folder: Path) -> None:
    """Put a page that says so in the place of what the province does not make public."""
    least = publishing_rules().public.fewest_dossiers
    few = {unit.code for unit in figures.agencies if dossiers_of(figures.unit(unit.code)) < least}
    if not few:
        return
    crumb = (ENTRY, _("All agencies"))
    for code in sorted(few):
        words = _(
            "The page of this agency is not public: it had fewer than {number} dossiers. Its total and"
            " its class stand in the list of all agencies."
        ).format(number=least)
        _replace(folder, code, notice_page(str(figures.tree.unit(code).name), words, crumb))
    for page in COUNTING:
        if (folder / f"{page}{HTML}").is_file():
            words = _("This page is not public: it counts dossiers of agencies with few of them.")
            _replace(folder, page, notice_page(_("Not public"), words, crumb))
    _without(folder / f"{COMPARE}{DATA}", few)


def _replace(folder: Path, page: str, content: bytes) -> None:
    for name in file_names(page):
        (folder / name).unlink(missing_ok=True)
    (folder / f"{page}{HTML}").write_bytes(content)


def _without(script: Path, units: Iterable[str]) -> None:
    """Take agencies out of the figures that the comparison shows."""
    begin, _equals, text = script.read_text(encoding="utf-8").partition("=")
    content = json.loads(text.rstrip().removesuffix(";"))
    for code in units:
        content["units"].pop(code, None)
    told = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    script.write_text(f"{begin}={told};\n", encoding="utf-8")


def _list_cases(figures: Figures, folder: Path) -> None:
    """A page that leads to the workbooks of cases, where there are any."""
    names = {unit.code: str(unit.name) for unit in figures.units}
    found = sorted(path.name for path in folder.iterdir() if path.name.endswith(CASES))
    files = [
        (names.get(name.removesuffix(CASES), name.removesuffix(CASES)), name) for name in found
    ]
    if files:
        title = _("Cases to mend, {period}").format(period=figures.settings.period.label)
        page = cases_page(title, files, (f"{INDEX}{HTML}", _("All agencies")))
        (folder / CASES_PAGE).write_bytes(page)
