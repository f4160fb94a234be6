"""The reader's language: the message catalogue, numbers and dates as that reader writes them.

Messages stand in the code in English and in locale/<language>/LC_MESSAGES/chiso.po in theirs.
The choice lives in the environment (LANGUAGE), where gettext looks for it, so that click's own
words and every process started from here speak the same language.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path

from chiso.base.errors import UserError
from chiso.base.rounding import half_up, percentage, shown

LANGUAGES = ("vi", "en")
DOMAIN = "chiso"
LOCALE_DIR = Path(__file__).parent / "locale"

gettext.bindtextdomain(DOMAIN, str(LOCALE_DIR))
gettext.textdomain(DOMAIN)


def use_language(language: str) -> None:
    """Speak `language` (one of LANGUAGES, else UserError) from now on, in this process and its children."""
    if language not in LANGUAGES:
        raise UserError(
            _("There is no language “{language}” here.").format(language=language),
            hint=_("Write one of: {names}").format(names=", ".join(LANGUAGES)),
        )
    os.environ["LANGUAGE"] = language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `language` for a while: for what has a language of its own, such as official letters."""
    before = current_language()
    use_language(language)
    try:
        yield
    finally:
        use_language(before)


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


def points(value: Decimal | Fraction | None) -> str:
    """Points with two decimals: 17,72; absent ones are a dash."""
    return "–" if value is None else _format(shown(value), "#,##0.00")


def one_decimal(value: Decimal | None) -> str:
    """An average with one decimal: 6,9; an absent one is a dash."""
    return "–" if value is None else decimals(value, 1)


def percent(rate: Decimal | Fraction | None) -> str:
    """A rate (0 to 1) as a percentage with two decimals: 88,62%; an absent one is a dash."""
    return "–" if rate is None else _format(percentage(rate, 2), "#,##0.00") + "%"


def tenths_percent(rate: Decimal | Fraction | None) -> str:
    """A rate (0 to 1) as a percentage with one decimal: 88,6%; for a rate of many others that one
    stands beside, which one of their dossiers should not change; an absent one is a dash."""
    return "–" if rate is None else _format(percentage(rate, 1), "#,##0.0") + "%"


def whole_percent(share: Decimal | Fraction | None) -> str:
    """A share (0 to 1) as a whole percentage: 35%; for parts of a sum; an absent one is a dash."""
    return "–" if share is None else _format(percentage(share, 0), "#,##0") + "%"


def signed_points(value: Decimal | None) -> str:
    """A difference of points with its sign: +1,25 or −0,50; an absent one is a dash."""
    if value is None:
        return "–"
    told = shown(value)
    sign = "+" if told > 0 else "−" if told < 0 else ""  # a minus as wide as the plus
    return sign + _format(abs(told), "#,##0.00")


def short_points(value: Decimal) -> str:
    """Points or maxima without trailing zeros: 6 or 0,37; for labels and rules."""
    return _format(shown(value), "#,##0.##")


def decimals(value: Decimal, digits: int) -> str:
    """A number with so many decimals: 77,5; for what is neither points nor a rate, such as ticks."""
    return _format(half_up(value, digits), "#,##0." + "0" * digits if digits else "#,##0")


def some_units(names: Sequence[str], most: int, between: str = ", ") -> str:
    """The first `most` of units, and how many there are besides."""
    rest = len(names) - most
    more = _(" and {number} more").format(number=count(rest)) if rest > 0 else ""
    return between.join(names[:most]) + more


def day(value: date) -> str:
    """A date as dd/MM/yyyy in both languages: official figures are cited that way."""
    return value.strftime("%d/%m/%Y")


def _format(value: Decimal, pattern: str) -> str:
    """`value` in the reader's signs; it comes rounded, because Babel rounds half even."""
    return _formatted(str(value), pattern, current_language())


@lru_cache(maxsize=10_000)
def _formatted(value: str, pattern: str, language: str) -> str:
    from babel.numbers import format_decimal  # deferred: keeps `chiso --help` quick

    return format_decimal(value, format=pattern, locale=language)
