"""Online services and certified copies that units offer; changes if what is offered does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chiso.demo.agencies import Agencies
from chiso.demo.draws import Draws
from chiso.demo.procedures import Procedures

STREAM = 4


@dataclass(frozen=True)
class Service:
    """An online service for a procedure at a unit (positions)."""

    unit: int
    procedure: int
    is_public: bool


@dataclass(frozen=True)
class Offers:
    """The services, and of the communes that reported (by position) who offers certified copies."""

    services: tuple[Service, ...]
    copies: dict[int, bool]


def make_offers(procedures: Procedures, agencies: Agencies, seed: int) -> Offers:
    """Services for the procedures with an online service; a commune in twenty reports no copies."""
    draws = Draws(seed, STREAM)
    services = []
    for procedure in np.flatnonzero(procedures.offered_online()):
        for unit in _units_with(int(procedure), procedures, agencies):
            if draws.happens(850):
                services.append(Service(unit, int(procedure), draws.happens(930)))
    copies = {unit: draws.happens(620) for unit in agencies.at_level("xa") if not draws.happens(50)}
    return Offers(tuple(services), copies)


def _units_with(procedure: int, procedures: Procedures, agencies: Agencies) -> list[int]:
    """Where a service for the procedure is offered, by the levels that handle it."""
    levels = procedures.levels[procedure].split(";")
    found = [int(procedures.agency[procedure])] if "tinh" in levels else []
    if "huyen" in levels:
        found += agencies.at_level("huyen")
    if levels == ["xa"]:
        # One service for all communes of a district, and one of the province for every fifth.
        found += agencies.at_level("huyen")
        if procedure % 5 == 0:
            found += agencies.at_level("tinh")
    elif "xa" in levels:
        found += agencies.at_level("xa")[::7]
    return found
