"""Files of params/: YAML read strictly into frozen dataclasses, every mistake with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast, dataclass_transform

import yaml
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

from chiso.base.errors import ParameterError
from chiso.base.i18n import _, current_language

T = TypeVar("T")
Place = tuple[str | int, ...]
Problem = tuple[Place, str]


@dataclass_transform(kw_only_default=True, frozen_default=True)
def parameters(model: type[T]) -> type[T]:
    """What every dataclass of a parameter file is: frozen, by keyword, unknown keys refused."""
    made = dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))(model)
    return cast(type[T], made)


def _as_day(value: Any) -> Any:
    """30/08/2022 as a date; anything else is left to the type."""
    match = _DAY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return value
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        raise PydanticCustomError("date_parsing", "no day of the calendar") from None


def _as_number(value: Any) -> Any:
    """0,6 as a decimal; anything else is left to the type."""
    is_local = isinstance(value, str) and _LOCAL_NUMBER.fullmatch(value)
    return value.replace(",", ".") if is_local else value


def _as_rate(value: Any) -> Any:
    """60% as the decimal 0.6; anything else is read as a number."""
    if isinstance(value, str) and value.endswith("%"):
        number = _as_number(value[:-1].rstrip())
        if _PLAIN_NUMBER.fullmatch(number):
            return Decimal(number) / 100
    return _as_number(value)


def _bounded(value: Decimal) -> Decimal:
    """A number of a size that can be reckoned with: 1e999999999 would take all memory there is."""
    if abs(value.adjusted()) > _MOST_DIGITS or len(value.as_tuple().digits) > _MOST_DIGITS:
        raise PydanticCustomError("decimal_parsing", "too many digits")
    return value


_MOST_DIGITS = 15
_DAY = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})")
_LOCAL_NUMBER = re.compile(r"\d+,\d+")
_PLAIN_NUMBER = re.compile(r"\d+(\.\d+)?")
# What editors are told that may stand there (tools/schemas.py).
_WrittenDay = Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4})$")]
_WrittenNumber = float | Annotated[str, Field(pattern=r"^\d+,\d+$")]
_WrittenRate = float | Annotated[str, Field(pattern=r"^\d+([.,]\d+)? *%$|^\d+,\d+$")]
# As Vietnamese offices write them, beside YAML's own ways: 30/08/2022, 0,6 and 60%.
Day = Annotated[date, BeforeValidator(_as_day, json_schema_input_type=_WrittenDay)]
Number = Annotated[
    Decimal,
    BeforeValidator(_as_number, json_schema_input_type=_WrittenNumber),
    AfterValidator(_bounded),
]
Rate = Annotated[
    Decimal,
    BeforeValidator(_as_rate, json_schema_input_type=_WrittenRate),
    AfterValidator(_bounded),
]


@parameters
class Text:
    """A name or sentence in both languages; without `en` the Vietnamese stands in both."""

    vi: Annotated[str, Field(min_length=1)]
    """In Vietnamese."""
    en: str = ""
    """In English; left out, the Vietnamese stands in both."""

    def __post_init__(self) -> None:
        if not self.en:
            object.__setattr__(self, "en", self.vi)

    def __str__(self) -> str:
        return self.vi if current_language() == "vi" else self.en


def read_parameters(
    path: Path,
    model: type[T],
    check: Callable[[T], Iterable[Problem]] | None = None,
    text: str | None = None,
) -> T:
    """Read `path` into `model` (a dataclass); `check` yields (place in the file, what is wrong).

    `text`: the file's beginning, where only that is YAML.

    Raises ParameterError with file, line and all mistakes at once: unreadable YAML, duplicate
    keys, unknown or missing keys, wrong values, and what `check` finds.
    """
    root = _compose(path, text)
    data, lines = _construct(path, root)
    try:
        value = TypeAdapter(model).validate_python(data)
    except ValidationError as error:
        problems = [_explain(detail) for detail in error.errors()]
    else:
        problems = list(check(value)) if check else []
    if problems:
        raise _refusal(path, lines, problems)
    return value


def said_by(path: Path) -> str:
    """What a file of YAML says, to be compared: its keys and values in their order, without its comments and
    its layout. ParameterError for one that can't be read."""
    return repr(_construct(path, _compose(path, None))[0])


# The files of the project have 5 levels and some thousand places; a few lines can claim far more.
_DEEPEST, _MOST_PLACES = 50, 200_000
_remembered: dict[tuple[Path, tuple[int, int], str], Any] = {}


def remembered_parameters(
    path: Path, model: type[T], check: Callable[[T], Iterable[Problem]] | None = None
) -> T:
    """As `read_parameters`, but a file that has not changed since is not read again."""
    found = path.stat() if path.is_file() else None
    key = (path, (found.st_mtime_ns, found.st_size) if found else (0, 0), str(model))
    if key not in _remembered:
        _remembered[key] = read_parameters(path, model, check)
    return cast(T, _remembered[key])


def _refusal(path: Path, lines: dict[Place, int], problems: list[Problem]) -> ParameterError:
    """One error for all mistakes of a file; the first gives the line, each one has its own."""
    placed = [(_line(lines, place), place, message) for place, message in problems]
    placed.sort(key=lambda item: item[0])
    texts = [
        _("line {line}, {place}: {message}").format(
            line=line, place=".".join(map(str, place)) or _("the file"), message=message
        )
        for line, place, message in placed
    ]
    return ParameterError(
        "\n  ".join(texts), file=path, line=placed[0][0], hint=_("Correct the file and run again.")
    )


def _line(lines: dict[Place, int], place: Place) -> int:
    """The line of `place`, or of the nearest part of it that the file has."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def read_text(path: Path) -> str:
    """The UTF-8 text of a file; ParameterError where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ParameterError(
            _("This file does not exist."), file=path, hint=_("Check the name; see params/.")
        ) from None
    except UnicodeDecodeError:
        raise ParameterError(
            _("This file is not UTF-8 text."), file=path, hint=_("Save it again as UTF-8.")
        ) from None


def _compose(path: Path, text: str | None) -> yaml.Node:
    content = read_text(path) if text is None else text
    try:
        _require_flat(path, content)
        root = yaml.compose(content, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ParameterError(
            _("This is not readable YAML: {problem}.").format(
                problem=_yaml_problem(str(getattr(error, "problem", error)))
            ),
            file=path,
            line=mark.line + 1 if mark else None,
            hint=_("Check indentation, colons and quotes near this line."),
        ) from None
    if root is None:
        raise ParameterError(_("This file is empty."), file=path, line=1)
    return root


def _yaml_problem(told: str) -> str:
    """What the reader of YAML says, in the reader's language; what it says seldom, as it says it."""
    known = {
        "mapping values are not allowed": _(
            "a colon stands where none may, or one is missing in the line above"
        ),
        "did not find expected key": _("this line is not indented as the ones above it"),
        "did not find expected '-'": _("this line is not indented as the ones above it"),
        "could not find expected ':'": _("a colon is missing behind a key"),
        "did not find expected ',' or '}'": _("a comma or the bracket } is missing"),
        "did not find expected ',' or ']'": _("a comma or the bracket ] is missing"),
        "unexpected end of stream": _("a quotation mark is not closed"),
        "cannot start any token": _("a tab, @, % or ` begins a value here: use spaces, or quotes"),
        "undefined alias": _("* begins a value here: put the text in quotes"),
        "did not find expected node content": _("a value is missing between two commas"),
        "control characters are not allowed": _("a character that can't be seen stands here"),
        "unknown escape character": _("a \\ in double quotes: write it twice, or use ' '"),
    }
    return next((words for part, words in known.items() if part in told), told)


def _require_flat(path: Path, content: str) -> None:
    """ParameterError for a file nested so deep that composing it would end the process."""
    depth = 0
    for event in yaml.parse(content, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ParameterError(
                _("More than {number} levels stand within each other here.").format(
                    number=_DEEPEST
                ),
                file=path,
                line=event.start_mark.line + 1 if event.start_mark else None,
                hint=_("Check indentation, colons and quotes near this line."),
            )


def _construct(path: Path, root: yaml.Node) -> tuple[Any, dict[Place, int]]:
    """Plain data with Decimal instead of float, and the line of every key and item."""
    lines: dict[Place, int] = {}
    constructor = yaml.constructor.SafeConstructor()

    def build(node: yaml.Node, place: Place) -> Any:
        lines.setdefault(place, node.start_mark.line + 1)
        if len(lines) > _MOST_PLACES:
            raise ParameterError(
                _("References to references make this file too large to read."),
                file=path,
                line=node.start_mark.line + 1,
                hint=_("Write the values out where they are needed."),
            )
        if isinstance(node, yaml.MappingNode):
            mapping: dict[Any, Any] = {}
            for key_node, value_node in node.value:
                key = build(key_node, (*place, f"?{len(lines)}"))
                line = key_node.start_mark.line + 1
                if key in mapping:
                    raise ParameterError(
                        _("the key “{key}” stands here twice.").format(key=key),
                        file=path,
                        line=line,
                        hint=_("Keep one of the two."),
                    )
                lines[(*place, key)] = line
                mapping[key] = build(value_node, (*place, key))
            return mapping
        if isinstance(node, yaml.SequenceNode):
            return [build(item, (*place, i)) for i, item in enumerate(node.value)]
        if node.tag == "tag:yaml.org,2002:float":
            return _decimal(node.value)
        return constructor.construct_object(node)

    try:
        return build(root, ()), lines
    except (yaml.YAMLError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise ParameterError(
            _("This is not readable YAML: {problem}.").format(
                problem=str(error).splitlines()[0] if str(error) else type(error).__name__
            ),
            file=path,
            hint=_("Check dates, tags and references in this file."),
        ) from None


def _decimal(text: str) -> Decimal | str:
    """A YAML float as the decimal that stands there; .inf and .nan stay text and are refused."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


_DATE_ERRORS = (
    "date_type",
    "date_parsing",
    "date_from_datetime_parsing",
    "date_from_datetime_inexact",
)
_NUMBER_ERRORS = ("decimal_type", "decimal_parsing", "finite_number")


def _explain(detail: Any) -> Problem:
    """A pydantic error as (place, sentence in the reader's language)."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "invalid_key" and str(detail["input"]).isdigit():
        # {value: 0,6} is YAML for two keys, value and 6.
        message = _('in “{{ }}” a number with a comma needs quotes: value: "0,6".').format()
        return tuple(detail["loc"]), message
    sentences = {
        "missing": _("this key is missing."),
        "missing_argument": _("this key is missing."),
        "unexpected_keyword_argument": _("this key is unknown here."),
        "extra_forbidden": _("this key is unknown here."),
        **dict.fromkeys(_DATE_ERRORS, _("“{value}” is no date; write 30/08/2022 or 2022-08-30.")),
        **dict.fromkeys(
            _NUMBER_ERRORS, _("“{value}” is no number; write 0,6 or 0.6 (a rate: 60%).")
        ),
        "literal_error": _("“{value}” is not allowed; allowed: {expected}."),
        "greater_than": _("{value} must be greater than {gt}."),
        "greater_than_equal": _("{value} must be at least {ge}."),
        "less_than_equal": _("{value} must be at most {le}."),
        "string_pattern_mismatch": _("“{value}” has characters that a code may not have."),
        "string_type": _("“{value}” must be a text here: put it in quotes."),
        "string_too_short": _("a text is missing here."),
        **dict.fromkeys(
            ("int_type", "int_parsing", "int_from_float"),
            _("“{value}” is no whole number."),
        ),
        **dict.fromkeys(("bool_type", "bool_parsing"), _("“{value}” is neither true nor false.")),
        **dict.fromkeys(("time_type", "time_parsing"), _("“{value}” is no time; write 07:30.")),
        "too_short": _("one entry at least is expected here."),
        "string_too_long": _("this text is too long."),
        "dataclass_type": _("keys and values are expected here."),
        "list_type": _("a list is expected here."),
        "tuple_type": _("a list is expected here."),
        "dict_type": _("keys and values are expected here."),
    }
    template = sentences.get(kind, _("“{value}” can't be used here ({technical})."))
    message = template.format(
        value=_shorten(detail.get("input")), technical=detail["msg"], **_plain(context)
    )
    return tuple(detail["loc"]), message


def _shorten(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _plain(context: dict[str, Any]) -> dict[str, Any]:
    keep = {key: context.get(key, "") for key in ("expected", "gt", "ge", "le")}
    return {key: str(value).replace(" or ", ", ") for key, value in keep.items()}
