"""What params/letters/report.md may say: the office's own report of a period, in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from IPython.display import Markdown

from chiso.base.i18n import count, day, percent, points, signed_points, whole_percent
from chiso.base.markdown import Column, escape, table
from chiso.contract.letters import LEAD, OBLIGATION, OVERDUE, Asked, Letter
from chiso.explain.carrying import BY_PROCEDURE
from chiso.explain.comparison import changes, total_change
from chiso.explain.falling_due import due_soon_of
from chiso.explain.letters import shortfalls
from chiso.explain.outcomes import (
    ANSWERED,
    LATE,
    NOT_DUE,
    UNANSWERED,
    last_outcomes,
    summary,
)
from chiso.explain.owed import owed_in
from chiso.explain.ownership import losses_by_kind
from chiso.explain.proposals import Proposal, Reminded, Repeated, proposals
from chiso.pages.commentary.falling_due import due_words
from chiso.pages.commentary.movement import moved
from chiso.pages.wording import about_cases
from chiso.rules.indicators import RuleBook
from chiso.rules.letter_rules import letter_rules
from chiso.store.figures import Figures, UnitFigures

# So many indicators that cost the province most are told, each with so many agencies.
_LOSSES, _NAMED = 5, 3


def report_words(figures: Figures, letters: Sequence[Letter]) -> dict[str, Any]:
    """All words of the template; `letters`: the reminders of the period, drafted or issued."""
    settings, standing = figures.settings, figures.province.standing
    change = total_change(figures.province)
    has_total = standing.total is not None and standing.band is not None
    return {
        "province": str(figures.province.unit.name),
        "period": settings.period.label,
        "as_of": day(settings.as_of),
        "is_provisional": settings.is_provisional,
        "law": list(letter_rules().law_on(settings.period.last_day)),
        "total": points(standing.total) if has_total else "",
        "max": count(int(standing.max_total)),
        "band": str(standing.band.name) if standing.band else "",
        "before": change.period if change else "",
        "moved": moved(change.difference) if change and change.difference is not None else "",
        "groups": group_table(figures),
        "losses": list(_losses(figures)),
        "not_own": list(_not_own(figures)),
        "agencies": [_agency(figures, letter) for letter in letters],
        "number": count(len(letters)),
        "last": _last(figures),
        "due": " ".join(due_words(soon)) if (soon := due_soon_of(figures)) else "",
        "proposals": [_proposal(figures, one) for one in proposals(figures)],
        "rules": _rules(),
    }


def group_table(figures: Figures) -> Markdown:
    """Points by group beside those of the period before, as Markdown."""
    names = {group.code: str(group.name) for group in figures.book.set.groups}
    before = figures.province.groups_before
    rows = []
    for row in figures.province.group_rows:
        then = before.get(row.group)
        difference = None if then is None or row.points is None else row.points - then
        rows.append(
            [
                escape(f"{row.group}. {names[row.group]}"),
                points(row.max_points),
                points(row.points),
                points(then),
                escape(signed_points(difference)),
            ]
        )
    period = figures.settings.period
    columns = [
        Column("Nhóm chỉ số"),
        Column("Tối đa", "right"),
        Column(f"Kỳ này ({period.label})", "right"),
        Column("Kỳ trước" + (f" ({period.previous.label})" if before else ""), "right"),
        Column("Tăng, giảm", "right"),
    ]
    caption = f"Điểm theo nhóm của {figures.province.unit.name}"
    return Markdown(table(columns, rows, anchor="groups", caption=caption))


def _losses(figures: Figures) -> Iterator[dict[str, Any]]:
    """The indicators that cost the province most, and which agencies have most of it."""
    change = {one.number: one.difference for one in changes(figures.province)}
    rows = [row for row in figures.province.indicator_rows if row.points_lost]
    rows.sort(key=lambda row: (-row.points_lost, row.indicator))
    for row in rows[:_LOSSES]:
        number, difference = row.indicator, change.get(row.indicator)
        yield {
            "number": str(number),
            "name": str(figures.book.rule(number).indicator.name),
            "lost": points(row.points_lost),
            "gap": _gap(figures.book, number, row.numerator or 0, row.denominator)
            if row.denominator
            else "",
            "rate": percent(row.rate) if row.denominator else "",
            "moved": moved(difference) if difference else "",
            "most": list(_most(figures, number)),
        }


def _most(figures: Figures, number: int) -> Iterator[dict[str, str]]:
    """Of the agencies that fall short in an indicator beyond chance those with most cases, each as its
    own letter says, with those below it; a share of the province's where cases add up."""
    whole = figures.province.counts[number]
    failing = (whole.denominator or 0) - (whole.numerator or 0)
    found = []
    for code, numbers in shortfalls(figures).items():
        if number in numbers:
            counted = figures.unit(code).counts[number]
            found.append(((counted.denominator or 0) - (counted.numerator or 0), code))
    for cases, code in sorted(found, key=lambda one: (-one[0], one[1]))[:_NAMED]:
        adds_up = number not in BY_PROCEDURE and failing >= cases > 0
        yield {
            "agency": str(figures.tree.unit(code).name),
            "cases": count(cases),
            "share": percent(Decimal(cases) / failing) if adds_up else "",
        }


def _not_own(figures: Figures) -> Iterator[dict[str, str]]:
    """What agencies lose by the province's figures, by rule or by few cases: nobody's fault alone."""
    words = {
        "shared": "số liệu chung của tỉnh, tính như nhau cho mọi đơn vị",
        "structural": "ở đơn vị không phát sinh trường hợp hoặc không được tính chỉ số",
        "chance": "ở đơn vị có quá ít trường hợp để kết luận",
    }
    numbers: dict[str, list[int]] = {}
    for one in losses_by_kind(figures):
        if one.kind in words:
            numbers.setdefault(one.kind, []).append(one.number)
    for kind, why in words.items():
        if kind in numbers:
            listed = ", ".join(str(number) for number in sorted(numbers[kind]))
            yield {"numbers": listed, "why": why}


def _agency(figures: Figures, letter: Letter) -> dict[str, Any]:
    unit = figures.unit(letter.addressee)
    return {
        "agency": str(unit.unit.name),
        "tasks": [_task(unit, asked) for asked in letter.asked],
    }


def _task(unit: UnitFigures, asked: Asked) -> str:
    """What an agency is asked, by its own figures."""
    book, number = unit.figures.book, asked.indicator
    if asked.what == OBLIGATION or number is None:
        return _obligation(unit, asked)
    if asked.what == OVERDUE:
        return f"{count(asked.count)} hồ sơ quá hạn chưa giải quyết xong"
    if asked.what == LEAD:
        return f"chủ trì chỉ số {number} ({count(asked.count)} TTHC chưa đạt)"
    counted = unit.counts[number]
    gap = _gap(book, number, counted.numerator or 0, counted.denominator or 0)
    return f"{gap} (chỉ số {number})"


def _obligation(unit: UnitFigures, asked: Asked) -> str:
    owed = owed_in(unit.figures, unit.figures.settings.as_of)
    return next(str(one.obligation.name) for one in owed if one.obligation.id == asked.obligation)


def _gap(book: RuleBook, number: int, numerator: int, denominator: int) -> str:
    cases = count(max(denominator - numerator, 0))
    return about_cases("gap", number, book, cases=cases, of=count(denominator))


def _last(figures: Figures) -> dict[str, Any] | None:
    """What became of the letters of the period before; None without any that was issued."""
    found = last_outcomes(figures)
    told = summary(found) if found else None
    if told is None or not told.issued:
        return None
    return {
        "period": figures.settings.period.previous.label,
        "issued": count(told.issued),
        "answered": count(told.answers.get(ANSWERED, 0)),
        "late": count(told.answers.get(LATE, 0)),
        "unanswered": count(told.answers.get(UNANSWERED, 0)),
        "unanswered_by": [
            _name(figures, one.letter.addressee) for one in found if one.answered == UNANSWERED
        ],
        "not_due": count(told.answers.get(NOT_DUE, 0)) if told.answers.get(NOT_DUE) else "",
        "asked": count(told.asked),
        "mended": count(told.mended),
        "open": count(told.still_open),
        "untold": count(told.untold) if told.untold else "",
        "open_on_deadline": "" if told.open_on_deadline is None else count(told.open_on_deadline),
    }


def _name(figures: Figures, code: str) -> str:
    """The name of an addressee, of one that the tree no longer has its code."""
    unit = figures.tree.by_code.get(code)
    return str(unit.name) if unit else code


def _proposal(figures: Figures, one: Proposal) -> dict[str, Any]:
    steps = [step.propose for step in (one.for_repeated, one.for_unanswered) if step]
    return {
        "agency": str(one.unit.name),
        "repeated": [_repeated(figures, item) for item in one.repeated],
        "unanswered": [
            {"number": item.letter.number, "dated": day(item.letter.dated)}
            for item in one.unanswered
            if item.letter.dated
        ]
        if one.for_unanswered
        else [],
        "propose": "; ".join(steps),
    }


def _repeated(figures: Figures, one: Repeated) -> dict[str, Any]:
    return {
        "number": str(one.indicator),
        "name": str(figures.book.rule(one.indicator).indicator.name),
        "times": count(one.times),
        "rate": _rate(one.cases, one.of),
        "gap": _gap(figures.book, one.indicator, one.of - one.cases, one.of),
        "letters": [_reminded(item) for item in one.before],
    }


def _reminded(one: Reminded) -> dict[str, str]:
    letter = one.outcome.letter
    return {
        "period": one.period.label,
        "number": letter.number or "",
        "dated": day(letter.dated) if letter.dated else "",
        "rate": _rate(one.cases, one.of),
        "asked": count(one.asked) if one.asked else "",
        "open": count(one.still_open) if one.still_open else "",
        "untold": count(one.untold) if one.untold else "",
        "is_unanswered": "1" if one.outcome.answered == UNANSWERED else "",
    }


def _rate(cases: int, of: int) -> str:
    return percent(Decimal(of - cases) / of) if of else "–"


def _rules() -> dict[str, str]:
    """By which rules something is proposed, in words."""
    rules = letter_rules().proposals
    return {
        "since": day(rules.since),
        "periods": count(rules.periods_before),
        "times": count(rules.fell_short[0].times),
        "unanswered": count(rules.unanswered[0].times),
        "progress": whole_percent(rules.progress.value),
    }
