"""Where results are published, how many versions stay, what the public does not see (params/publish.yml)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chiso.base.locations import params_dir
from chiso.base.params import Day, parameters, remembered_parameters

_Words = Annotated[str, Field(min_length=1)]


@parameters
class Places:
    """The place of each audience's site."""

    public: _Words
    internal: _Words


@parameters
class PublicLimits:
    """What the public does not see."""

    fewest_dossiers: Annotated[int, Field(ge=0, le=1000)]


@parameters
class PublishingRules:
    """params/publish.yml; the comments of the file say what each entry means."""

    last_confirmed: Day
    source: _Words
    places: Places
    # At least two: who reads the version before the newest one must be able to go on.
    kept: Annotated[int, Field(ge=2, le=100)]
    public: PublicLimits


def publishing_rules() -> PublishingRules:
    """The rules of params/publish.yml; ParameterError if the file is wrong."""
    return remembered_parameters(params_dir() / "publish.yml", PublishingRules)
