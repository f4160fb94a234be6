"""What an indicator counts: the flags of its denominator and numerator, for counts and for cases.

Source: Bộ chỉ số 766 (Quyết định 766/QĐ-TTg) as docs/en/assumptions.md reads it. A numerator is always a
part of its denominator, so the cases that an indicator lacks are the rows with the one flag and
without the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chiso.rules.indicators import MeasureOptions


@dataclass(frozen=True)
class Definition:
    """Rows with the flag `denominator`; of these, those with the flag `numerator`.

    `where`: a flag of the dossier's procedure, and the value that it must have.
    `needs`: the flags that the numerator is made of, if more than itself; what a case lacks is the
    first of them that it does not have.
    """

    numerator: str
    denominator: str = "received"
    where: tuple[str, bool] | None = None
    needs: tuple[str, ...] = ()


PAPER, NO_PAPER = ("returns_paper", True), ("returns_paper", False)


def dossier_shares(options: MeasureOptions) -> dict[int, tuple[Definition, ...]]:
    """Flags of `dossier_facts` by indicator; one with two shares adds them up."""
    files = "population" if options.dossier_population == "processed" else "received"
    online: tuple[Definition, ...] = (Definition("online"),)
    if options.strict_online:
        strict = Definition("online_with_result", where=PAPER, needs=("online", "result"))
        online = (strict, Definition("online", where=NO_PAPER))
    return {
        4: (Definition("synced"),),
        5: (Definition("on_time", "population"),),
        8: online,
        11: (Definition("to_pay_paid", "to_pay", ("has_fee", True)),),
        12: (Definition("result", files, PAPER if options.result_scope == "paper" else None),),
        # Components and, where the procedure returns a paper, the result as files.
        13: (
            Definition("components_and_result", files, PAPER),
            Definition("components", files, NO_PAPER),
        ),
        14: (Definition("reused", files),),
        16: (Definition("from_store", files),),
        18: (Definition("population_data", files),),
        21: (Definition("on_time", "population"),),
    }


# Taken off the numerator of 21 besides: each dossier once a cause, so one can be taken off twice.
COMPLAINED = "complained"

# Verdicts of `ScopedProcedures` on procedures alone.
PROCEDURE_VERDICTS = {1: "published", 2: "made_public", 3: "complete", 6: "online"}
# Procedures with a flag; of these, those with a dossier of the unit that has a flag.
PROCEDURES_WITH_DOSSIERS = {
    9: ("has_fee", "paid"),
    10: ("has_fee", "fee_filled"),
    17: ("for_citizens", "connected"),
}
SERVICES = {7: Definition("used", "public")}
COPIES = {15: Definition("offered", "commune")}
PETITIONS = {19: Definition("in_time", "population"), 20: Definition("content", "received")}
# Counts of several agencies that are, summed, those of one agency that does the work of all: each
# dossier and petition is one agency's alone. Not so of procedures, services and communes (the same
# ones in every agency), of 4 (the greater of two counts in each) and of 21 (never below 0 in each).
ADDING_UP = frozenset(dossier_shares(MeasureOptions())) - {4, 21} | frozenset(PETITIONS)
# Online dossiers that make a service used.
ONLINE_OF_SERVICE = "online_or_submitted"


def summed_flags(shares: Mapping[int, tuple[Definition, ...]]) -> tuple[str, ...]:
    """The flags of dossiers that are summed up by unit and procedure."""
    flags = {flag for each in shares.values() for one in each for flag in _flags(one)}
    flags |= {of for _flag, of in PROCEDURES_WITH_DOSSIERS.values()}
    return tuple(sorted(flags | {COMPLAINED, ONLINE_OF_SERVICE}))


def _flags(share: Definition) -> tuple[str, str]:
    return share.numerator, share.denominator


# By indicator: table -> columns.
Needs = dict[int, dict[str, str]]
# Tables and columns that an indicator can't do without (| parts columns of which one is enough).
# Not here: what only steps in for an empty cell or refines it. Without the table of decisions its
# columns are looked for in procedures.
_END = "done_at|returned_at|ended_at"
BY_TERM = f"received_at due_at {_END}"
_START = "sent_at forwarded_at"
_HANDLED = "refused_at supplement_asked_at answered_at published_at"


def needs_of(options: MeasureOptions) -> Needs:
    """By indicator: table -> the columns of it that must be there."""
    paper = {"procedures": "returns_paper"}
    # What was carried into the period is told by when it ended.
    files = f"received_at {_END}" if options.dossier_population == "processed" else "received_at"
    used = "vneid_account" if options.population_data == "vneid" else "population_data"
    strict = options.strict_online
    of_paper = options.result_scope == "paper"
    return {
        1: {"procedures": "", "decisions": "decision_date basis_effective_date"},
        2: {"procedures": "", "decisions": "decision_date made_public_at"},
        3: {"procedures": "made_public_at parts_complete"},
        4: {"dossiers": "received_at synced_at", "national_counts": "?received"},
        5: {"dossiers": BY_TERM},
        6: {"procedures": "online"},
        7: {"services": "public", "dossiers": "procedure_id received_at channel"},
        8: {**paper, "dossiers": "procedure_id received_at channel result_file"}
        if strict
        else {"dossiers": "received_at channel"},
        9: {"procedures": "has_fee", "dossiers": "procedure_id received_at paid_online"},
        10: {"procedures": "has_fee", "dossiers": "procedure_id received_at fee_total"},
        11: {
            "procedures": "has_fee",
            "dossiers": "procedure_id received_at fee_lines_zero paid_online",
        },
        12: {**(paper if of_paper else {}), "dossiers": f"procedure_id {files} result_file"},
        13: {**paper, "dossiers": f"procedure_id {files} components_file result_file"},
        14: {"dossiers": f"{files} reused"},
        15: {"certified_copies": "offered"},
        16: {"dossiers": f"{files} from_store"},
        17: {"procedures": "for_citizens", "dossiers": f"procedure_id received_at {used}"},
        18: {"dossiers": f"{files} {used}"},
        19: {"petitions": f"{_START} {_HANDLED}"},
        20: {"petitions": f"first_received_at {_START} disliked raised_again {_HANDLED}"},
        21: {"dossiers": f"{BY_TERM} petitioned disliked"},
    }
