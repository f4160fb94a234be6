"""The reader's language: the message catalogue, numbers and dates as that reader writes them.

Messages stand in the code in English and in locale/<language>/LC_MESSAGES/chiso.po in theirs.
The choice lives in the environment (LANGUAGE), where gettext looks for it, so that click's own
words and every process started from here speak the same language.
"""

from __future__ import annotations

import gettext
import os
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

LANGUAGES = ("vi", "en")
DOMAIN = "chiso"
LOCALE_DIR = Path(__file__).parent / "locale"

gettext.bindtextdomain(DOMAIN, str(LOCALE_DIR))
gettext.textdomain(DOMAIN)


def use_language(language: str) -> None:
    """Speak `language` (one of LANGUAGES) from now on, in this process and its children."""
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is not one of {LANGUAGES}")
    os.environ["LANGUAGE"] = language


def current_language() -> str:
    """The language in use: vi unless `use_language` chose another."""
    language = os.environ.get("LANGUAGE", "vi").split(":")[0]
    return language if language in LANGUAGES else "vi"


def _(message: str) -> str:
    """`message` (English, as in the catalogue) in the reader's language."""
    return _catalogue(os.environ.get("LANGUAGE", "")).gettext(message)


@cache
def _catalogue(_language: str) -> gettext.NullTranslations:
    """What gettext finds for the language in use; it would look for the file at every message."""
    return gettext.translation(DOMAIN, str(LOCALE_DIR), fallback=True)


def count(value: int | None) -> str:
    """A whole number with grouped thousands: 12.345; an absent one is a dash."""
    return "–" if value is None else _format(Decimal(value), "#,##0")


def points(value: Decimal | None) -> str:
    """Points with two decimals: 17,72; absent ones are a dash."""
    return "–" if value is None else _format(value, "#,##0.00")


def percent(rate: Decimal | None) -> str:
    """A rate (0 to 1) as a percentage with two decimals: 88,62%; an absent one is a dash."""
    return "–" if rate is None else _format(rate * 100, "#,##0.00") + "%"


def whole_percent(share: Decimal) -> str:
    """A share (0 to 1) as a whole percentage: 35%; for parts of a sum."""
    return _format(share * 100, "#,##0") + "%"


def signed_points(value: Decimal | None) -> str:
    """A difference of points with its sign: +1,25 or −0,50; an absent one is a dash."""
    if value is None:
        return "–"
    sign = "+" if value > 0 else "−" if value < 0 else ""  # a minus as wide as the plus
    return sign + _format(abs(value), "#,##0.00")


def short_points(value: Decimal) -> str:
    """Points or maxima without trailing zeros: 6 or 0,37; for labels and rules."""
    return _format(value, "#,##0.##")


def day(value: date) -> str:
    """A date as dd/MM/yyyy in both languages: official figures are cited that way."""
    return value.strftime("%d/%m/%Y")


def _format(value: Decimal, pattern: str) -> str:
    from babel.numbers import format_decimal  # deferred: keeps `chiso --help` quick

    return format_decimal(value, format=pattern, locale=current_language())
