"""What became of letters: what was asked is mended, still open, or not told by the records; answers."""

from __future__ import annotations

from dataclasses import dataclass

from chiso.contract.letters import Asked, Letter

ANSWERED, LATE, UNANSWERED, NOT_DUE = "answered", "late", "unanswered", "not due"
# The register knows no number and date of it: it may never have been sent.
NOT_ISSUED = "not issued"


@dataclass(frozen=True)
class Ask:
    """What became of one thing asked; `still_open` + `mended` + `untold` = `asked.count`.

    `untold`: of so many the figures say nothing after the letter. `open_on_deadline`: how many were
    open at the end of that day; None where the figures end before it, or don't know the days.
    """

    asked: Asked
    still_open: int
    mended: int
    untold: int
    open_on_deadline: int | None


@dataclass(frozen=True)
class Outcome:
    """What became of a letter by figures after it. `asked`, `still_open`, `mended`: of all its cases
    that can be followed (not: practice, lead). `answered`: answered, late, unanswered, not due, or
    not issued."""

    letter: Letter
    asks: tuple[Ask, ...]
    answered: str
