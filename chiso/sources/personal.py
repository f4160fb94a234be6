"""What of an exported table may be read: the one place where people's data stops.

A column is read only if its heading is that of a column of the contract, which has no personal one
(contract/tables.py), and if nothing above it is personal: a part of a merged cell about the applicant
is about the applicant, whatever it is called. Which headings are personal stands with each system in
params/sources/.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from chiso.sources.mappings import SourceTable, plain


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
