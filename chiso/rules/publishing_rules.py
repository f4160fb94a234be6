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
    """Where the site for everybody stands: a folder or an address such as s3://bucket/766; never a
    password."""
    internal: _Words
    """Where the internal site stands, likewise."""


@parameters
class PublicLimits:
    """What the public does not see."""

    fewest_dossiers: Annotated[int, Field(ge=0, le=1000)]
    """Units with fewer dossiers of indicator 5 have no public page; 0: all have."""


@parameters
class PublishingRules:
    """params/publish.yml."""

    last_confirmed: Day
    source: _Words
    places: Places
    """Where each site stands."""
    # At least two: who reads the version before the newest one must be able to go on.
    kept: Annotated[int, Field(ge=2, le=100)]
    """How many versions of each period stay, the newest among them."""
    public: PublicLimits
    """What the public does not see."""


def publishing_rules() -> PublishingRules:
    """The rules of params/publish.yml; ParameterError if the file is wrong."""
    return remembered_parameters(params_dir() / "publish.yml", PublishingRules)
