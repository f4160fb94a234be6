"""What of an exported table may be read: the one place where people's data stops.

A column is read only if its heading is that of a column of the contract, which has no personal one
(contract/tables.py), and if nothing above it is personal: a part of a merged cell about the applicant
is about the applicant, whatever it is called. Which headings are personal stands with each system in
params/sources/.

An id is one by its form alone, because a row that was shifted has a name or a phone number there. Any
other text may have words, but nobody's number or address in it.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from chiso.base.letters import plain
from chiso.sources.mappings import SourceTable

# A letter; or letters, figures and . - _ /, at least one figure, never more than six letters in a row:
# a name that is written without spaces is longer.
ID = (
    r"^([A-Za-z]|([A-Za-z]{0,6}[-._/]+)*[A-Za-z]{0,6}[0-9]"
    r"[-._/0-9]*([A-Za-z]{1,6}[-._/0-9]+)*[A-Za-z]{0,6})$"
)
LONGEST_ID = 60
# Between the parts of a number as people write it; the third is a space that does not break.
_GAP = "[ .\u00a0-]"
# A telephone number, and a citizen's identity number (which begins with that of a province, 001 to
# 096), in one or in the usual groups.
_NUMBERS = (
    "0[0-9]{9}|84[35789][0-9]{8}|0[0-9]{11}"
    f"|0[0-9]{{3}}({_GAP}[0-9]{{3}}){{2}}|0[0-9]{{2}}{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}"
    f"|0[0-9]{{3}}({_GAP}[0-9]{{2}}){{3}}|0[0-9]{{2}}({_GAP}[0-9]{{3}}){{3}}"
    f"|0[0-9]{{2}}{_GAP}[0-9]{{3}}({_GAP}[0-9]{{2}}){{2}}"
)
# One of them alone: whoever has such ids says so with the source (`ids`).
OF_A_PERSON = f"^({_NUMBERS})$"
# Somebody's number or address within other words: those numbers, nine figures, as older identity cards
# have, the number as it is called from abroad, an e-mail address. What has a point before it is part
# of a code (1.001193.000.00.00.H31).
WITHIN_TEXT = (
    rf"[^\s@]@[^\s@]|\+84{_GAP}?[0-9]{{2,3}}({_GAP}?[0-9]{{2,4}}){{2,3}}"
    rf"|(^|[^0-9.])({_NUMBERS}|[0-9]{{9}})([^0-9]|$)"
)


def personal_headings(mapping: SourceTable) -> frozenset[str]:
    """The headings of a system's table that are about people, as headings are compared."""
    return frozenset(plain(header) for header in mapping.personal)


def readable(
    labels: Sequence[str], above: Sequence[Set[str]], personal: Set[str]
) -> dict[int, str]:
    """Position -> heading of the columns that may be looked at; `above`: for each, every text over
    it."""
    return {
        position: label for position, label in enumerate(labels) if not personal & above[position]
    }
