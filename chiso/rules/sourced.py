"""Values of parameter files that say where they come from."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from chiso.base.params import Rate, parameters

Words = Annotated[str, Field(min_length=1)]


@parameters
class Limit:
    """A whole number from 1 to 1000 and where it comes from."""

    value: Annotated[int, Field(ge=1, le=1000)]
    """A whole number from 1 to 1000."""
    source: Words


@parameters
class Part:
    """A part of a whole (above 0, below 1) and where it comes from."""

    value: Annotated[Rate, Field(gt=Decimal(0), lt=Decimal(1))]
    """A part of a whole: above 0, below 1 (5%, 0,05)."""
    source: Words
