"""What a letter asks, in a few words; changes if the short form does, on a terminal as in the register."""

from __future__ import annotations

from chiso.base.i18n import count
from chiso.contract.letters import LEAD, MEND, OBLIGATION, OVERDUE, PRACTICE, Asked
from chiso.pages.wording import about_cases, sentence
from chiso.rules.indicators import RuleBook
from chiso.rules.owed_rules import ObligationFile


def asked_words(asked: Asked, book: RuleBook, obligations: ObligationFile | None) -> str:
    """One thing that a letter asks."""
    cases = count(asked.count)
    if asked.what == OBLIGATION:
        known = obligations.obligations if obligations else ()
        names = [str(one.name) for one in known if one.id == asked.obligation]
        return names[0] if names else str(asked.obligation)
    number = asked.indicator or 0
    if asked.what == OVERDUE:
        return sentence("asked_overdue", cases=cases)
    if asked.what == MEND:
        action = about_cases("action", number, book, cases=cases)
        return sentence("asked_mend", action=action, number=number)
    key = {PRACTICE: "asked_practice", LEAD: "asked_lead"}[asked.what]
    return sentence(key, number=number, cases=cases)
