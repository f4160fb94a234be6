"""What an indicator counts: the flags of its denominator and numerator, for counts and for cases.

Source: Bộ chỉ số 766 (Quyết định 766/QĐ-TTg) as docs/assumptions.md reads it. A numerator is always a
part of its denominator, so the cases that an indicator lacks are the rows with the one flag and
without the other.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """Rows with the flag `denominator`; of these, those with the flag `numerator`.

    `where`: a flag of the dossier's procedure, and the value that it must have.
    """

    numerator: str
    denominator: str = "received"
    where: tuple[str, bool] | None = None


# Flags of `dossier_facts`; an indicator with two shares adds them up.
DOSSIERS: dict[int, tuple[Share, ...]] = {
    4: (Share("synced"),),
    5: (Share("on_time", "population"),),
    8: (Share("online"),),
    11: (Share("to_pay_paid", "to_pay", ("has_fee", True)),),
    12: (Share("result", where=("returns_paper", True)),),
    # Components and, where the procedure returns a paper, the result as files.
    13: (
        Share("components_and_result", where=("returns_paper", True)),
        Share("components", where=("returns_paper", False)),
    ),
    14: (Share("reused"),),
    16: (Share("from_store"),),
    18: (Share("population_data"),),
    21: (Share("on_time", "population"),),
}
# Taken off the numerator of 21 besides: each dossier once a cause, so one can be taken off twice.
COMPLAINED = "complained"

# Verdicts of `ScopedProcedures` on procedures alone.
PROCEDURE_VERDICTS = {1: "published", 2: "made_public", 3: "complete", 6: "online"}
# Procedures with a flag; of these, those with a dossier of the unit that has a flag of SUMS.
PROCEDURES_WITH_DOSSIERS = {
    9: ("has_fee", "paid"),
    10: ("has_fee", "fee_filled"),
    17: ("for_citizens", "population_data"),
}
SERVICES = {7: Share("used", "public")}
COPIES = {15: Share("offered", "commune")}
PETITIONS = {19: Share("in_time", "population"), 20: Share("content", "received")}
