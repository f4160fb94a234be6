"""The analyst's own text beside the automatic sentences: how it is written, shown and checked."""

from chiso.pages.own_text.checking import check_texts
from chiso.pages.own_text.texts import (
    StaleText,
    read_own_text,
    stale_texts,
    with_own_text,
    write_own_text,
)

__all__ = [
    "StaleText",
    "check_texts",
    "read_own_text",
    "stale_texts",
    "with_own_text",
    "write_own_text",
]
