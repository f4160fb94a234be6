"""Mistakes that a user can make and mend: what is wrong, where, and what to do."""

from __future__ import annotations

from pathlib import Path

# Exit codes of `chiso`: some units failed and the rest is built; the input is wrong.
SOME_FAILED, WRONG_INPUT = 1, 2


class UserError(Exception):
    """A mistake of the user's; the command line shows it without a traceback and exits with 2.

    `message` says what is wrong, `hint` what to do; file, line, row and column say where. Each
    layer completes what it knows by passing the fields on.
    """

    def __init__(
        self,
        message: str,
        *,
        file: Path | str | None = None,
        line: int | None = None,
        hint: str | None = None,
    ) -> None:
        self.message, self.file, self.line, self.hint = message, file, line, hint
        super().__init__(str(self))

    def __str__(self) -> str:
        place = "" if self.file is None else f"{self.file}"
        if place and self.line is not None:
            place += f":{self.line}"
        text = f"{place}: {self.message}" if place else self.message
        return f"{text}\n  → {self.hint}" if self.hint else text


class ParameterError(UserError):
    """A file of params/ or an argument that can't be used as it is."""


class InputError(UserError):
    """A file of figures or records that can't be used as it is."""
