"""The causes of differences from the portal in the reader's words: what each is, what to do, whom to ask."""

from __future__ import annotations

from dataclasses import dataclass

from chiso.base.i18n import _
from chiso.reconcile import causes


@dataclass(frozen=True)
class CauseWords:
    """`name`: the cause; `todo`: what mends it; `ask`: who can, empty where nobody has to."""

    name: str
    todo: str
    ask: str


def cause_words() -> dict[str, CauseWords]:
    """By cause, in their order (reconcile/causes.CAUSES)."""
    operator = _("Operator of the one-stop system")
    agency = _("The agency itself")
    portal = _("Operator of the national portal")
    words = {
        causes.NOT_SYNCED: CauseWords(
            _("Not synchronised"), _("Send these dossiers to the portal again."), operator
        ),
        causes.SYNCED_LATER: CauseWords(
            _("Synchronised after the capture"),
            _("Nothing: look at the next capture."),
            "",
        ),
        causes.OTHER_SYSTEM: CauseWords(
            _("Handled in a ministry's central system"),
            _("Ask for that system's export and add it to the records."),
            _("The ministry's system, through the lead department"),
        ),
        causes.DUPLICATE: CauseWords(
            _("Perhaps one request with two codes"),
            _("Look at each pair; keep one code and close the other."),
            agency,
        ),
        causes.MAPPING: CauseWords(
            _("Counted for another agency"),
            _("Correct the code of the agency on the system that is wrong."),
            operator,
        ),
        causes.RECEIVED_LATE: CauseWords(
            _("Received late: the portal counts from submission"),
            _("Receive online dossiers within the hours that the rule gives."),
            agency,
        ),
        causes.EDGE: CauseWords(
            _("At the edge of the period"),
            _("Compare the clocks of the two systems."),
            operator,
        ),
        causes.STATUS: CauseWords(
            _("Status or data not the same"),
            _("Send the present status of these dossiers again."),
            operator,
        ),
        causes.COMPARISON: CauseWords(
            _("What counts as on time is compared otherwise"),
            _("Agree on the rule; no dossier has to be changed."),
            portal,
        ),
    }
    return {cause: words[cause] for cause in causes.CAUSES}
