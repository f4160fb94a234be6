"""Letters of Vietnamese text: as they are typed without accents, and at the beginning of a sentence."""

from __future__ import annotations

import re
import unicodedata

_NO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_TONES = "[\u0300\u0301\u0303\u0309\u0323]"
_TONE_FIRST = re.compile(rf"(o(?=.[ae])|u(?=.y))({_TONES})([aey])")
_Y_ALONE = re.compile(rf"(?<=[hklmst])y({_TONES}?)(?![a-z])")


def without_accents(text: str) -> str:
    """A text in small letters as it is typed without Vietnamese letters."""
    letters = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def capitalised(text: str) -> str:
    """`text` with a capital at its beginning; all other letters stay."""
    return text[:1].upper() + text[1:]


def plain(text: str) -> str:
    """A header, word or name without what exports write differently: Unicode form, case, spaces and
    characters without width, where the tone stands (hoà, hòa), i for y (xử lí, xử lý)."""
    text = unicodedata.normalize("NFD", _NO_WIDTH.sub("", text).casefold())
    text = _Y_ALONE.sub(r"i\1", _TONE_FIRST.sub(r"\1\3\2", text))
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip(" :.*")
