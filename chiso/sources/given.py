"""Figures handed in as files: counts (numerator, denominator) and official results.

Columns of counts: unit, indicator (1..21), numerator, denominator; both empty = no data.
Columns of official results: unit, item, value; items: 1..21, I, II, III.a, III.b, IV, V, total,
class, rank, cohort_size. CSV (UTF-8, with or without a BOM) or Parquet. Other columns are ignored.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

from chiso.base.errors import InputError
from chiso.base.i18n import _
from chiso.contract.counts import COUNT_COLUMNS, OFFICIAL_COLUMNS
from chiso.rules.indicators import GROUPS, NUMBERS, RuleBook
from chiso.rules.units import Tree

POINT_ITEMS = (*map(str, NUMBERS), *GROUPS, "total")
WHOLE_ITEMS = ("rank", "cohort_size")
ITEMS = (*POINT_ITEMS, "class", *WHOLE_ITEMS)
# One trailing .0 is what programs write of whole numbers; 1.000 would be a thousand in Vietnamese.
_WHOLE = re.compile(r"\d{1,15}(?:\.0)?")
_POINTS = re.compile(r"\d{1,3}(?:\.\d{1,2})?")
# So many mistakes are told in full, and so many letters of a value.
_SHOWN, _LONGEST = 10, 60


@dataclass(frozen=True)
class Mistake:
    """What is wrong in one cell; `line` counts from 1 with the header."""

    line: int
    column: str
    value: str
    reason: str


def read_counts(path: Path) -> pd.DataFrame:
    """The counts in `path`: unit (str), indicator (int), numerator, denominator (int or None).

    Raises InputError that names every wrong cell (the first ten in full).
    """
    table = _read_text(path, COUNT_COLUMNS)
    _refuse(path, [*_count_mistakes(table), *_twice(table, ["unit", "indicator"])])
    table = table.reset_index(drop=True)
    table["indicator"] = pd.Series([_whole(text) for text in table["indicator"]], dtype=object)
    for column in ("numerator", "denominator"):
        table[column] = pd.Series([_whole(text) for text in table[column]], dtype=object)
    return table


def read_official(path: Path) -> pd.DataFrame:
    """The official results in `path`: unit, item, value (str; points as plain decimals).

    Raises InputError that names every wrong cell (the first ten in full).
    """
    table = _read_text(path, OFFICIAL_COLUMNS)
    _refuse(path, [*_official_mistakes(table), *_twice(table, ["unit", "item"])])
    table = table[table["value"] != ""].reset_index(drop=True)
    whole = table["item"].isin(WHOLE_ITEMS)
    table.loc[whole, "value"] = [str(_whole(text)) for text in table.loc[whole, "value"]]
    return table


def read_given(
    counts: Path, official: Path | None, tree: Tree | None, book: RuleBook
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counts and official results (an empty table without a file), all of units in `tree`, points
    within the maxima of `book`."""
    counted = read_counts(counts)
    _refuse_unknown_units(counts, counted["unit"], tree)
    return counted, read_results(official, tree, book)


def read_results(official: Path | None, tree: Tree | None, book: RuleBook) -> pd.DataFrame:
    """Official results (no rows without a file) of units in `tree`, points within the maxima of
    `book`; InputError else."""
    if official is None:
        return pd.DataFrame(columns=OFFICIAL_COLUMNS, dtype=object)
    published = read_official(official)
    _refuse_unknown_units(official, published["unit"], tree)
    _refuse(official, list(_above_maximum(published, book)))
    return published


def _refuse_unknown_units(path: Path, units: Iterable[str], tree: Tree | None) -> None:
    """InputError that names the units of `path` that `tree` does not have."""
    if tree is None:
        return
    unknown = sorted({unit for unit in units if unit not in tree.by_code})
    if unknown:
        raise InputError(
            _("These units are not in “{tree}”: {units}.").format(
                tree=tree.name, units=", ".join(unknown[:_SHOWN])
            )
            + (" …" if len(unknown) > _SHOWN else ""),
            file=path,
            hint=_("Correct the codes, or give the tree they belong to with --units."),
        )


def _read_text(path: Path, columns: list[str]) -> pd.DataFrame:
    """The named columns of a CSV or Parquet file, every cell as stripped text."""
    try:
        parquet = path.suffix.lower() == ".parquet"
        table = pd.read_parquet(path) if parquet else _read_csv(path)
    except FileNotFoundError:
        raise InputError(
            _("This file does not exist."), file=path, hint=_("Check the path.")
        ) from None
    except UnicodeDecodeError:
        raise InputError(
            _("This file is not UTF-8 text."), file=path, hint=_("Save it again as CSV UTF-8.")
        ) from None
    except (pd.errors.ParserError, pd.errors.ParserWarning, OSError, ValueError) as error:
        raise InputError(
            _("This file can't be read as a table ({problem}).").format(
                problem=str(error).splitlines()[0]
            ),
            file=path,
            hint=_("Hand in a CSV (UTF-8) or Parquet file with the columns {columns}.").format(
                columns=", ".join(columns)
            ),
        ) from None
    table.columns = [str(column).strip() for column in table.columns]
    twice = sorted({name for name in table.columns if list(table.columns).count(name) > 1})
    if set(twice) & set(columns):
        raise InputError(
            _("These columns stand there twice: {columns}.").format(columns=", ".join(twice)),
            file=path,
            line=1,
            hint=_("Keep one of each."),
        )
    absent = [column for column in columns if column not in table.columns]
    if absent:
        raise InputError(
            _("These columns are missing: {columns}.").format(columns=", ".join(absent)),
            file=path,
            line=1,
            hint=_("The first row must have the columns {columns}.").format(
                columns=", ".join(columns)
            ),
        )
    texts = pd.DataFrame(
        {column: [_text(value) for value in table[column]] for column in columns}, dtype=object
    )
    # Blank lines are nothing, but they count where a row is named by its number.
    return texts[(texts != "").any(axis=1)]


def _read_csv(path: Path) -> pd.DataFrame:
    """All cells as text; a row longer than the header is an error, never a shift of columns."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        table = pd.read_csv(
            path,
            header=None,  # pandas would call the second of two equal headers otherwise
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
            index_col=False,
            skip_blank_lines=False,
        )
    return table[1:].reset_index(drop=True).set_axis(table.iloc[0].map(_text), axis="columns")


def _text(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    return str(value).strip()


def _whole(text: str) -> int | None:
    return int(text.split(".")[0]) if text else None


def _count_mistakes(table: pd.DataFrame) -> Iterator[Mistake]:
    for line, row in zip(table.index + 2, table.itertuples(index=False), strict=True):
        if not row.unit:
            yield Mistake(line, "unit", "", _("must not be empty"))
        if not _WHOLE.fullmatch(row.indicator) or _whole(row.indicator) not in NUMBERS:
            yield Mistake(line, "indicator", row.indicator, _("must be a number from 1 to 21"))
        for column in ("numerator", "denominator"):
            text = getattr(row, column)
            if text and not _WHOLE.fullmatch(text):
                yield Mistake(
                    line, column, text, _("must be a whole number of at least 0, like 1234")
                )
        if _are_more(row.numerator, row.denominator):
            yield Mistake(line, "numerator", row.numerator, _("is more than the denominator"))
        if bool(row.numerator) != bool(row.denominator):
            column = "denominator" if row.numerator else "numerator"
            yield Mistake(
                line, column, "", _("numerator and denominator are both filled or both empty")
            )


def _are_more(numerator: str, denominator: str) -> bool:
    """Whether more were counted than there are; each of the 21 rates is a part of a whole."""
    texts = (numerator, denominator)
    if not all(_WHOLE.fullmatch(text) for text in texts):
        return False
    above, below = (int(text.split(".")[0]) for text in texts)
    return above > below


def _official_mistakes(table: pd.DataFrame) -> Iterator[Mistake]:
    for line, row in zip(table.index + 2, table.itertuples(index=False), strict=True):
        if not row.unit:
            yield Mistake(line, "unit", "", _("must not be empty"))
        if row.item not in ITEMS:
            yield Mistake(
                line, "item", row.item, _("must be one of {items}").format(items=", ".join(ITEMS))
            )
        elif not row.value:
            continue
        elif row.item in POINT_ITEMS and not _is_points(row.value):
            yield Mistake(line, "value", row.value, _("must be points from 0 to 100, like 17.72"))
        elif row.item in WHOLE_ITEMS and not (_WHOLE.fullmatch(row.value) and _whole(row.value)):
            yield Mistake(line, "value", row.value, _("must be a whole number, like 7"))


def _above_maximum(published: pd.DataFrame, book: RuleBook) -> Iterator[Mistake]:
    maxima = {str(rule.indicator.number): rule.indicator.max_points for rule in book.rules}
    maxima |= {group.code: group.max_points for group in book.set.groups}
    for line, row in enumerate(published.itertuples(index=False), start=2):
        if row.item in maxima and Decimal(row.value) > maxima[row.item]:
            reason = _("is more than the maximum of {maximum} points").format(
                maximum=maxima[row.item]
            )
            yield Mistake(line, "value", row.value, f"{row.unit}, {row.item}: {reason}")


def _is_points(text: str) -> bool:
    return _POINTS.fullmatch(text) is not None and Decimal(text) <= 100


def _twice(table: pd.DataFrame, key: list[str]) -> Iterator[Mistake]:
    for index in table.index[table.duplicated(key)]:
        value = ", ".join(table.loc[index, key])
        yield Mistake(int(index) + 2, "+".join(key), value, _("stands here more than once"))


def _shorten(value: str) -> str:
    return value if len(value) <= _LONGEST else value[: _LONGEST - 3] + "..."


def _refuse(path: Path, mistakes: list[Mistake]) -> None:
    if not mistakes:
        return
    mistakes.sort(key=lambda mistake: mistake.line)
    texts = [
        _("row {line}, column {column}, “{value}”: {reason}").format(
            line=item.line, column=item.column, value=_shorten(item.value), reason=item.reason
        )
        for item in mistakes[:_SHOWN]
    ]
    if len(mistakes) > _SHOWN:
        texts.append(_("and {number} more").format(number=len(mistakes) - _SHOWN))
    raise InputError(
        "\n  ".join(texts),
        file=path,
        line=mistakes[0].line,
        hint=_("Correct these cells and run again."),
    )
