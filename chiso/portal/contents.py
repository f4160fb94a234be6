"""What a capture holds, group by group, and whether it is whole and of the province and period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chiso.base.errors import InputError
from chiso.base.i18n import _, count
from chiso.base.period import Period
from chiso.portal.answers import NATIONAL, Answer, read_answer
from chiso.portal.captures import Capture
from chiso.rules.portal_rules import PAGED_GROUPS, portal_rules

_SHOWN = 10


@dataclass(frozen=True)
class Contents:
    """The answers of a capture: group -> its pages in order."""

    groups: Mapping[str, tuple[Answer, ...]]

    @property
    def provinces(self) -> tuple[Any, ...]:
        """The provinces of service-results (answers.Province)."""
        return self.departments(NATIONAL)

    def departments(self, group: str) -> tuple[Any, ...]:
        """The departments of a group, of all its pages."""
        return tuple(one for page in self.groups.get(group, ()) for one in page.departments)

    def root(self, group: str) -> Any:
        """The province in a group."""
        return self.groups[group][0].root

    def told_days(self) -> tuple[date, ...]:
        """The days that the answers say their figures are of."""
        keys = portal_rules().reference_day_keys
        return tuple(
            day for pages in self.groups.values() for page in pages for day in page.told_days(keys)
        )


def contents_of(capture: Capture, wanted: Iterable[str] = (NATIONAL, *PAGED_GROUPS)) -> Contents:
    """The answers of a kept capture, of the groups `wanted`; InputError where they were altered
    since."""
    held = [kept for kept in capture.answers if kept.group in set(wanted)]
    groups: dict[str, list[Answer]] = {}
    for kept in sorted(held, key=lambda one: one.page):
        name = str(capture.folder / kept.file)
        groups.setdefault(kept.group, []).append(read_answer(capture.raw(kept), kept.group, name))
    return Contents({group: tuple(pages) for group, pages in groups.items()})


def require_own(answer: Answer, province: str, root: str, period: Period, name: str) -> None:
    """InputError where an answer is of another province or another period.

    `root`: the portal's id of the province; "" where it is not known yet.
    """
    other = answer.contradicts(period)
    if other:
        raise InputError(
            _("This answer is of another period: {other}, not {period}.").format(
                other=other, period=period.name
            ),
            file=name,
            hint=_("Nothing is stored. Hand in the answers of {period}.").format(
                period=period.name
            ),
        )
    if answer.root is None:
        return
    code = answer.root.department_code or ""
    is_other = code != province if code else root != "" and answer.root.department_id != root
    strangers = [
        one.department_code
        for one in answer.departments
        if province not in one.department_code.split(".")
    ]
    if is_other or strangers:
        raise InputError(
            _("This answer is of another province: {other}, not {province}.").format(
                other=answer.root.department_name if is_other else ", ".join(strangers[:_SHOWN]),
                province=province,
            ),
            file=name,
            hint=_("Nothing is stored. Hand in the answers of {province}.").format(
                province=province
            ),
        )


def root_of(national: Answer, province: str, name: str) -> str:
    """The portal's id of a province, from service-results; InputError where it is not there."""
    found = [one for one in national.departments if one.department_code == province]
    if len(found) != 1:
        raise InputError(
            _("The portal's list of provinces does not have “{province}”.").format(
                province=province
            ),
            file=name,
            hint=_("There are: {codes}. Give one of them with --province.").format(
                codes=", ".join(sorted(one.department_code for one in national.departments))
            ),
        )
    return str(found[0].department_id)


def lacking(contents: Contents) -> dict[str, str]:
    """What is missing to a whole capture: group -> what, in words; nothing of a whole one.

    A group is whole with as many departments as it announces, each once, and the same ones as the
    other groups have; service-results with all provinces.
    """
    found: dict[str, str] = {}
    wanted = portal_rules().provinces
    if len({one.department_code for one in contents.provinces}) < wanted:
        found[NATIONAL] = _("{there} of {wanted} provinces").format(
            there=count(len(contents.provinces)), wanted=count(wanted)
        )
    codes = {
        group: [one.department_code for one in contents.departments(group)]
        for group in PAGED_GROUPS
        if group in contents.groups
    }
    everybody = {code for held in codes.values() for code in held}
    for group in PAGED_GROUPS:
        if group not in codes:
            found[group] = _("no answer")
            continue
        held, pages = codes[group], contents.groups[group]
        announced = max((page.announced or 0 for page in pages), default=0)
        absent = sorted(everybody - set(held))
        twice = sorted({code for code in held if held.count(code) > 1})
        if len(held) < announced:
            found[group] = _("{there} of {wanted} agencies").format(
                there=count(len(held)), wanted=count(announced)
            )
        elif absent:
            found[group] = _("without {codes}").format(codes=_some(absent))
        elif twice:
            found[group] = _("{codes} more than once").format(codes=_some(twice))
        elif not held:
            found[group] = _("no agency")
    return found


def require_whole(contents: Contents, name: str, hint: str) -> None:
    """InputError that names what is missing to a whole capture."""
    found = lacking(contents)
    if found:
        raise InputError(
            _("The capture is incomplete: {list}.").format(
                list="; ".join(f"{group}: {what}" for group, what in found.items())
            ),
            file=name,
            hint=hint,
        )


def _some(codes: Iterable[str]) -> str:
    every = list(codes)
    return ", ".join(every[:_SHOWN]) + (" …" if len(every) > _SHOWN else "")
