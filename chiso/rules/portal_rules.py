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
    """params/portal.yml; its comments say what each number means."""

    source: Annotated[str, Field(min_length=1)]
    last_confirmed: Day
    base_url: Annotated[str, Field(pattern=r"https?://\S+")]
    pause_seconds: Seconds
    retries: Annotated[int, Field(ge=0, le=10)]
    first_wait_seconds: Seconds
    longest_wait_seconds: Seconds
    timeout_seconds: Annotated[Number, Field(gt=0)]
    largest_megabytes: Annotated[int, Field(ge=1)]
    resume_hours: Annotated[int, Field(ge=0)]
    provinces: Annotated[int, Field(ge=1)]
    page_sizes: Mapping[str, Annotated[int, Field(ge=1)]]
    reference_day_keys: tuple[str, ...]
    units: Mapping[str, str]
    last_digit: Annotated[Number, Field(ge=0)]
    differing_captures: Annotated[int, Field(ge=1)]
    flags: Mapping[str, Text]


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
