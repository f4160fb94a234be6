"""The shapes of the portal's answers: what an answer has to hold to be read as figures.

As seen on https://dichvucong.gov.vn in 2026 (docs/en/portal.md). Fields that are not named here are
kept in the raw answer and ignored; one that is named and is missing or of another kind means that the
portal has changed, and nothing is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from chiso.base.errors import InputError
from chiso.base.i18n import _
from chiso.base.period import Period

NATIONAL = "service-results"
# The portal's keys of the six groups, in 2025 too.
GROUP_KEYS = {
    "CKMB": "I",
    "TDGQ": "II",
    "CLGQ": "III.a",
    "TTTT": "III.b",
    "MDSH": "IV",
    "MDHL": "V",
}
# Group -> metric code -> indicator. A metric of no points (0) is not read.
METRICS = {
    "transparency": {
        "PUBLISH_ON_TIME": 1,
        "PUBLIC_UPDATE_ON_TIME": 2,
        "PUBLIC_CONTENT_FULL": 3,
        "DOSSIER_SYNC": 4,
    },
    "dossier-digitized": {
        "ORIGINAL_RESULT_AVAILABLE": 12,
        "SO_HOA_GIAY_TO_GIAI_QUYET": 13,
        "REUSED_DIGITIZED_DATA": 14,
        "ELECTRONIC_CERTIFIED_COPY": 15,
        "SYNCED_WITH_DVCQG_PERSONAL_STORAGE": 16,
        "CITIZEN_DATA_CONNECTED_FORMALITY": 17,
        "CITIZEN_DATA_CONNECTED_DOSSIER": 18,
    },
    "handling-satisfaction": {
        "PETITION_PROCESSING_ON_TIME": 19,
        "PETITION_HANDLING_SATISFACTION": 20,
        "DOSSIER_RECEIVING_SATISFACTION": 21,
    },
}
_FLAG = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")


def plain_code(code: str) -> str:
    """The code of a department without the empty levels before it: 000.00.00.H37 is H37."""
    return re.sub(r"^(?:0+\.)+", "", code.strip())


def _number(value: Any) -> Any:
    """A JSON number as it stands there; a text, true or a list is another kind of field."""
    if value is None or isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise PydanticCustomError("portal_number", "no number")


def _count(value: Any) -> Any:
    """A whole number of at least 0, also one that is written as 12.0."""
    number = _number(value)
    if number is None:
        return None
    if number != number.to_integral_value() or number < 0:
        raise PydanticCustomError("portal_count", "no count")
    return int(number)


Figure = Annotated[Decimal | None, BeforeValidator(_number)]
Tally = Annotated[int | None, BeforeValidator(_count)]
Score = Annotated[Figure, Field(validation_alias=AliasChoices("totalScore", "score"))]
_Code = Annotated[str, Field(min_length=1), BeforeValidator(lambda value: _as_code(value))]


def _as_code(value: Any) -> Any:
    return plain_code(value) if isinstance(value, str) else value


class _Part(BaseModel):
    """A part of an answer; unknown fields are kept."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True, alias_generator=to_camel)


class Metric(_Part):
    """One figure of a department in a group that has metrics."""

    code: str
    numerator: Tally
    denominator: Tally
    score: Figure

    @property
    def flags(self) -> tuple[str, ...]:
        """The portal's own words about the figure."""
        extra = self.model_extra or {}
        told = (extra.get("note"), extra.get("dataQualityStatus"), extra.get("flag"))
        several = extra.get("flags")
        return _flags([*told, *(several if isinstance(several, list) else ())])


class Root(_Part):
    """The province in an answer about its departments."""

    department_id: str
    department_name: str
    department_code: _Code | None = None


class Department(_Part):
    """A department of the province."""

    department_id: str
    department_name: str
    department_code: _Code


class Measured(_Part):
    """What a department has in a group that has metrics."""

    metrics: tuple[Metric, ...]
    total: Score = None

    @field_validator("metrics", mode="before")
    @classmethod
    def _as_tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value


class MeasuredRoot(Root, Measured):
    """The province in a group that has metrics."""


class MeasuredDepartment(Department, Measured):
    """A department in a group that has metrics."""


class _Progress(_Part):
    total_received: Tally
    total_on_time: Tally
    avg_processing_days: Figure = None
    total: Score


class _Payment(_Part):
    total_dossier_online_payment_success: Tally
    total_dossier_financial_obligation: Tally
    total_dossier_online_formality_payment_success: Tally
    total_fee_dossier_formality: Tally
    total_fee_formality: Tally
    total: Score


class _OnlineTotal(_Part):
    total: Score


class _Online(_OnlineTotal):
    authority_count: Tally
    partial_count: Tally
    full_count: Tally
    online_dossier_count: Tally
    online_service_total: Tally
    channel_online_sum: Tally
    channel_total_sum: Tally


class ProgressRoot(Root, _Progress):
    """The province in `dvc-progress-tree`."""


class ProgressDepartment(Department, _Progress):
    """A department in `dvc-progress-tree`."""


class PaymentRoot(Root, _Payment):
    """The province in `formality-online-payment-tree`."""


class PaymentDepartment(Department, _Payment):
    """A department in `formality-online-payment-tree`."""


class OnlineRoot(Root, _Online):
    """The province in `provide-online-tree`."""


class OnlineDepartment(Department, _OnlineTotal):
    """A department in `provide-online-tree`: its points alone."""


class GroupScores(_Part):
    """The points of a province in the six groups."""

    model_config = ConfigDict(alias_generator=None)

    CKMB: Figure
    TDGQ: Figure
    CLGQ: Figure
    TTTT: Figure
    MDSH: Figure
    MDHL: Figure


class Province(Department):
    """A province in `service-results`."""

    group_scores: GroupScores
    total_score: Figure

    @property
    def points(self) -> dict[str, Decimal]:
        """Item (I ... V, total) -> what the portal shows; none for what it does not show."""
        shown = {item: getattr(self.group_scores, key) for key, item in GROUP_KEYS.items()}
        shown["total"] = self.total_score
        return {item: value for item, value in shown.items() if value is not None}


# Group -> the two lists of its data: the province, its departments.
_SHAPES: Mapping[str, tuple[str, type[Root] | None, str, type[Department]]] = {
    NATIONAL: ("", None, "evaluation", Province),
    **dict.fromkeys(METRICS, ("overview", MeasuredRoot, "evaluation", MeasuredDepartment)),
    "dvc-progress-tree": ("parent", ProgressRoot, "children", ProgressDepartment),
    "provide-online-tree": ("parent", OnlineRoot, "children", OnlineDepartment),
    "formality-online-payment-tree": ("parent", PaymentRoot, "children", PaymentDepartment),
}
# A field that only this group's answers have.
_MARKS = {
    "dvc-progress-tree": "totalOnTime",
    "provide-online-tree": "authorityCount",
    "formality-online-payment-tree": "totalFeeFormality",
}


class Answer:
    """One answer of a group, checked; `root` is absent in service-results."""

    def __init__(self, group: str, content: Mapping[str, Any], name: str) -> None:
        self.group, self._content = group, content
        data = content["data"]
        head, root_model, body, model = _SHAPES[group]
        if not isinstance(data, dict):
            raise _changed(group, "data", name)
        if not isinstance(data.get(body), list):
            raise _changed(group, f"data.{body}", name)
        self.root = (
            _read(root_model, data.get(head), group, f"data.{head}", name) if root_model else None
        )
        self.departments: tuple[Any, ...] = tuple(
            _read(model, row, group, f"data.{body}[{i}]", name)
            for i, row in enumerate(data[body])
            if group != NATIONAL or _is_province(row)
        )
        for one in (self.root, *self.departments) if group in METRICS else ():
            absent = sorted(METRICS[group].keys() - {metric.code for metric in one.metrics})
            if absent:
                raise _changed(group, f"{one.department_name}: metrics {', '.join(absent)}", name)

    @cached_property
    def announced(self) -> int | None:
        """How many departments the group has by the answer's own word; None where it says nothing."""
        return self._paging("total")

    @cached_property
    def pages(self) -> int | None:
        """How many pages the group has by the answer's own word."""
        return self._paging("totalPages")

    @cached_property
    def page(self) -> int | None:
        """Which page this is by the answer's own word."""
        return self._paging("currentPage")

    def _paging(self, key: str) -> int | None:
        paging = self._content["data"].get("pagination")
        value = paging.get(key) if isinstance(paging, dict) else None
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def told_days(self, keys: Iterable[str]) -> Iterator[date]:
        """The days that the answer says its figures are of."""
        for place in self._places():
            for key in keys:
                found = _day(place.get(key))
                if found:
                    yield found

    def contradicts(self, period: Period) -> str | None:
        """The period that the answer names, where it is another one."""
        for place in self._places():
            year, month, quarter = (place.get(key) for key in ("year", "month", "quarter"))
            if isinstance(year, int) and year != period.year:
                return str(year)
            if period.kind == "month" and isinstance(month, int) and month != period.number:
                return f"{month}/{period.year}"
            if period.kind == "quarter" and isinstance(quarter, int) and quarter != period.number:
                return f"{quarter}/{period.year}"
            if place.get("timeType") in ("year", "quarter", "month") and (
                place["timeType"] != period.kind
            ):
                return str(place["timeType"])
            days = _day(place.get("fromDate")), _day(place.get("toDate"))
            if days[0] and days[0] != period.start.date():
                return str(place["fromDate"])
        return None

    def _places(self) -> Iterator[Mapping[str, Any]]:
        """Where an answer may say what it is about."""
        data = self._content["data"]
        head = _SHAPES[self.group][0]
        for place in (self._content, data, data.get(head)):
            if isinstance(place, dict):
                yield place
                for key in ("request", "params", "filter", "query", "period", "timeRange"):
                    if isinstance(place.get(key), dict):
                        yield place[key]


def read_answer(raw: bytes, group: str | None, name: str) -> Answer:
    """The answer in `raw`; without `group` by what it holds. `name`: how messages call it.

    InputError where it is no JSON, says that something went wrong, or has another shape.
    """
    try:
        content = json.loads(raw, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise InputError(
            _("This is no JSON: a page of the portal instead of its figures, or half an answer."),
            file=name,
            hint=_("Fetch it again later; what was kept before is unchanged."),
        ) from None
    if not isinstance(content, dict) or "data" not in content:
        raise _changed(group or "?", "data", name)
    if content.get("code") != "OK":
        raise InputError(
            _("The portal answers “{code}”: {message}.").format(
                code=str(content.get("code"))[:40], message=str(content.get("message"))[:200]
            ),
            file=name,
            hint=_("Fetch it again later; what was kept before is unchanged."),
        )
    return Answer(group or _group_of(content, name), content, name)


def _refuse_constant(text: str) -> Any:
    raise ValueError(text)


def _group_of(content: Mapping[str, Any], name: str) -> str:
    """The group whose answer this is, by what it holds."""
    data = content["data"] if isinstance(content["data"], dict) else {}
    parent, rows = data.get("parent"), data.get("evaluation")
    for group, mark in _MARKS.items():
        if isinstance(parent, dict) and mark in parent:
            return group
    if isinstance(rows, list) and any(isinstance(r, dict) and "groupScores" in r for r in rows):
        return NATIONAL
    overview = data.get("overview")
    metrics = overview.get("metrics") if isinstance(overview, dict) else None
    codes = {m.get("code") for m in metrics or () if isinstance(m, dict)}
    for group, known in METRICS.items():
        if codes & known.keys():
            return group
    raise InputError(
        _("This is none of the portal's answers: {groups}.").format(groups=", ".join(_SHAPES)),
        file=name,
        hint=_("Hand in the answers alone, as the portal gave them."),
    )


def _is_province(row: Any) -> bool:
    """Whether a row of service-results is a province; ministries and totals may stand there too."""
    code = row.get("departmentCode") if isinstance(row, dict) else None
    return not isinstance(code, str) or re.fullmatch(r"H\d{2}", plain_code(code)) is not None


def _read(model: type[Root] | type[Department], row: Any, group: str, place: str, name: str) -> Any:
    try:
        return model.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _changed(group, ".".join([place, *map(str, first["loc"])]), name) from None


def _changed(group: str, field: str, name: str) -> InputError:
    return InputError(
        _("The portal's answer of “{group}” has another form than before: {field}.").format(
            group=group, field=field
        ),
        file=name,
        hint=_(
            "Nothing is taken over, the last good capture stays. Send the answer to whoever looks"
            " after the program (chiso/portal/answers.py)."
        ),
    )


def _flags(told: Iterable[Any]) -> tuple[str, ...]:
    found = (word for text in told if isinstance(text, str) for word in _FLAG.findall(text))
    return tuple(dict.fromkeys(found))


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
