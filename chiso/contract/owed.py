"""What was reported of obligations that are no figures, as their register hands it on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

DONE, DOING, NOT_DONE = "done", "doing", "not done"
STATES = (DONE, DOING, NOT_DONE)


@dataclass(frozen=True)
class Reported:
    """What is known of an obligation of an agency on a day.

    `tree`: name of the file in params/units/ and params/obligations/. `agency`: a unit's code there,
    or the key of a body outside the tree. `obligation`: its id. `state`: of STATES; None takes back
    what was reported by mistake. `evidence`: the number of a document, or where it can be seen.
    """

    tree: str
    agency: str
    obligation: str
    state: str | None
    day: date | None
    evidence: str | None
