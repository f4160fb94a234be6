"""Letters of Vietnamese text: as they are typed without accents, and at the beginning of a sentence."""

from __future__ import annotations

import unicodedata


def without_accents(text: str) -> str:
    """A text in small letters as it is typed without Vietnamese letters."""
    letters = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def capitalised(text: str) -> str:
    """`text` with a capital at its beginning; all other letters stay."""
    return text[:1].upper() + text[1:]
