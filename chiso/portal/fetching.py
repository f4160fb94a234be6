"""A capture fetched from the portal: group by group, page by page, each answer kept as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, Protocol

from chiso.base.errors import InputError, ParameterError
from chiso.base.files import only_one
from chiso.base.i18n import _, count
from chiso.base.period import Period
from chiso.portal.answers import NATIONAL, Answer, read_answer
from chiso.portal.asking import Asking
from chiso.portal.captures import Capture, Unfinished, moment, now, reference_day, require_province
from chiso.portal.contents import Contents, lacking, require_own, require_whole, root_of
from chiso.rules.portal_rules import PAGED_GROUPS

_TIME_TYPES = ("year", "quarter", "month")
# A portal that goes on giving new pages without saying how many there are is not followed further.
_MOST_PAGES = 50


class Bar(Protocol):
    """What shows how far it is."""

    def update(self, number: int) -> object:
        """So many groups more are there."""


def fetch(
    period: Period,
    province: str,
    asking: Asking,
    progress: Callable[[int], AbstractContextManager[Bar]],
) -> Capture:
    """Fetch the results of a province (its code, H31) and of all provinces, and keep them.

    Takes up what an interrupted run has left. Raises InputError where the portal refuses or fails,
    where an answer has changed its form or is of another province or period, and where the capture
    is incomplete; earlier captures stay as they are in any case.
    """
    require_province(province)
    if period.kind not in _TIME_TYPES:
        raise ParameterError(
            _("The portal publishes months, quarters and years; not {period}.").format(
                period=period.label
            ),
            hint=_("Fetch a month, a quarter or the year."),
        )
    if period.start > now():
        raise ParameterError(
            _("{period} has not begun yet.").format(period=period.label),
            hint=_("Check the period."),
        )
    unfinished = Unfinished(period, province)
    with only_one(unfinished.folder, asking.tell):
        unfinished.take_up(now() - timedelta(hours=asking.rules.resume_hours))
        if unfinished.answers:
            asking.tell(
                _("{number} answers of an interrupted run are there already.").format(
                    number=count(len(unfinished.answers))
                )
            )
        with progress(1 + len(PAGED_GROUPS)) as bar:
            contents = _Run(unfinished, asking).all_groups(bar)
        _require_whole(contents, unfinished, asking)
        moments = [one.fetched for one in unfinished.answers]
        first, last = moment(min(moments)), moment(max(moments))
        day = reference_day(period, first, contents.told_days())
        return unfinished.finish(last, day, asking.base_url)


def _require_whole(contents: Contents, unfinished: Unfinished, asking: Asking) -> None:
    """InputError of an incomplete capture, whose incomplete groups are to be asked for again."""
    for group in lacking(contents):
        unfinished.drop(group)
    require_whole(
        contents,
        asking.base_url,
        _(
            "It does not take the place of the last whole one. Run the same command again later: only"
            " what is missing is asked for."
        ),
    )


def period_body(period: Period) -> dict[str, Any]:
    """How a question names a period."""
    body: dict[str, Any] = {"timeType": period.kind, "year": period.year}
    if period.kind != "year":
        body[period.kind] = period.number
    return body


class _Run:
    """The groups of one capture, one question after the other."""

    def __init__(self, unfinished: Unfinished, asking: Asking) -> None:
        self.unfinished, self.asking = unfinished, asking
        self.period, self.province = unfinished.period, unfinished.province
        self.root = ""

    def all_groups(self, bar: Bar) -> Contents:
        """All answers, kept; each one checked before."""
        body = period_body(self.period) | {"departmentType": "ADMINISTRATIVE_UNIT"}
        national = self._answer(NATIONAL, 1, body)
        self.root = root_of(national, self.province, self._name(NATIONAL))
        bar.update(1)
        groups: dict[str, tuple[Answer, ...]] = {NATIONAL: (national,)}
        for group in PAGED_GROUPS:
            groups[group] = tuple(self._pages(group))
            bar.update(1)
        return Contents(groups)

    def _pages(self, group: str) -> Iterator[Answer]:
        """The pages of a group: as many as it announces, else until one is not full or brings
        nothing new (the portal then gives everything at once)."""
        size = self.asking.rules.page_sizes[group]
        body = self._period_of(group) | {"rootDepartmentId": self.root, "pageSize": size}
        known: set[str] = set()
        for page in range(1, _MOST_PAGES + 1):
            answer = self._answer(group, page, body | {"currentPage": page}, known)
            codes = {one.department_code for one in answer.departments}
            if not codes - known:
                return
            yield answer
            known |= codes
            if answer.pages is not None and page >= answer.pages:
                return
            if answer.pages is None and len(answer.departments) != size:
                return
        raise InputError(
            _("“{group}” has more than {number} pages.").format(
                group=group, number=count(_MOST_PAGES)
            ),
            file=self._name(group),
            hint=_("Raise its page size in params/portal.yml."),
        )

    def _period_of(self, group: str) -> dict[str, Any]:
        if group != "handling-satisfaction":
            return period_body(self.period)
        return {
            "fromDate": self.period.start.date().isoformat(),
            "toDate": self.period.last_day.isoformat(),
        }

    def _answer(
        self, group: str, page: int, body: dict[str, Any], known: set[str] | None = None
    ) -> Answer:
        """The answer, from what is kept or from the portal; kept only if it is one, and not if it
        holds nothing but departments that are `known`."""
        kept = self.unfinished.find(group, page)
        if kept and kept.request == body:
            return read_answer(self.unfinished.raw(kept), group, self._name(group))
        reply = self.asking.post(group, body)
        answer = read_answer(reply.raw, group, self._name(group))
        require_own(answer, self.province, self.root, self.period, self._name(group))
        if not known or {one.department_code for one in answer.departments} - known:
            self.unfinished.add(
                group, page, body, reply.raw, status=reply.status, fetched=reply.fetched
            )
        return answer

    def _name(self, group: str) -> str:
        return f"{self.asking.base_url.rstrip('/')}/{group}"
