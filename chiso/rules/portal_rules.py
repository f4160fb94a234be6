"""The parameters of asking the national portal: params/portal.yml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from chiso.base.i18n import _
from chiso.base.locations import params_dir
from chiso.base.params import Day, Number, Problem, Text, parameters, remembered_parameters

# The groups of a capture, in the order in which they are asked for, after service-results.
PAGED_GROUPS = (
    "transparency",
    "dvc-progress-tree",
    "provide-online-tree",
    "formality-online-payment-tree",
    "dossier-digitized",
    "handling-satisfaction",
)
Seconds = Annotated[Number, Field(ge=0)]


@parameters
class PortalRules:
    """params/portal.yml."""

    source: Annotated[str, Field(min_length=1)]
    last_confirmed: Day
    base_url: Annotated[str, Field(pattern=r"https?://\S+")]
    """The address that is asked."""
    pause_seconds: Seconds
    """How many seconds lie between an answer and the next request."""
    retries: Annotated[int, Field(ge=0, le=10)]
    """How often a request is made again that got no answer."""
    first_wait_seconds: Seconds
    """The wait before the first time it is made again; it doubles each time."""
    longest_wait_seconds: Seconds
    """The longest such wait."""
    timeout_seconds: Annotated[Number, Field(gt=0)]
    """An answer that takes longer is given up."""
    largest_megabytes: Annotated[int, Field(ge=1)]
    """An answer that is larger is given up."""
    resume_hours: Annotated[int, Field(ge=0)]
    """An interrupted capture goes on within so many hours."""
    provinces: Annotated[int, Field(ge=1)]
    """How many provinces there are in one answer."""
    page_sizes: Mapping[str, Annotated[int, Field(ge=1)]]
    """How many entries are asked for at once, by group."""
    reference_day_keys: tuple[str, ...]
    """The fields by which an answer tells the day of its figures."""
    units: Mapping[str, str]
    """Departments of the portal that are not found by code or name: code on the portal, code in
    the tree ("" leaves it out)."""
    last_digit: Annotated[Number, Field(ge=0)]
    """A difference up to this is the portal's rounding."""
    differing_captures: Annotated[int, Field(ge=1)]
    """After so many captures in a row with other points the portal seems to count otherwise."""
    flags: Mapping[str, Text]
    """What the portal's words beside a figure mean."""


def portal_rules() -> PortalRules:
    """The rules of params/portal.yml; ParameterError if the file is wrong."""
    return remembered_parameters(params_dir() / "portal.yml", PortalRules, _problems)


def _problems(content: PortalRules) -> Iterator[Problem]:
    for group in PAGED_GROUPS:
        if group not in content.page_sizes:
            yield (("page_sizes",), _("“{group}” is missing.").format(group=group))
    for group in content.page_sizes:
        if group not in PAGED_GROUPS:
            yield (
                ("page_sizes", group),
                _("“{value}” is not allowed; allowed: {expected}.").format(
                    value=group, expected=", ".join(PAGED_GROUPS)
                ),
            )
