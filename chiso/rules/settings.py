"""What a period's report is made of: params/periods/<period>.yml over params/defaults.yml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, TypeAdapter

from chiso.base.errors import ParameterError
from chiso.base.i18n import _, day
from chiso.base.locations import locate, params_dir, project_root
from chiso.base.params import Day, Problem, Text, parameters, read_parameters, remembered_parameters
from chiso.base.period import Period
from chiso.rules.units import Tree, load_tree

# A folder of invented records holds a file of this name.
ILLUSTRATION_MARK = "DEMO"
DATED = ("units", "indicator_set", "assignments")
_FOLDER_OF = {"units": "units", "indicator_set": "indicators", "assignments": "assignments"}


class NotInForceError(ParameterError):
    """Nothing is dated for a day: a line of parameters is to be added."""


@parameters
class Choice:
    """A file of params/ that holds from a day on, until the next one does."""

    from_: Annotated[Day, Field(alias="from")]
    use: Annotated[str, Field(min_length=1)]
    """The name of the file, without .yml."""


# The results that `chiso fetch` keeps, as a source: the newest whole capture of the period.
PORTAL = "portal"
_CAPTURES = "data/portal/{period}"


def _as_source(value: Any) -> Any:
    """“portal” alone stands for the captures of the national portal."""
    if value != PORTAL:
        return value
    name = {
        "vi": "Kết quả công bố trên Cổng Dịch vụ công quốc gia",
        "en": "Results published on the National Public Service Portal",
    }
    return {"name": name, "folder": _CAPTURES}


def _as_choices(value: Any) -> Any:
    """A name alone holds on every day."""
    return ({"from": date.min, "use": value},) if isinstance(value, str) else value


# Who may see something: everybody who reads the site, or only those inside.
Audience = Literal["public", "internal"]
Dated = Annotated[
    tuple[Choice, ...],
    BeforeValidator(_as_choices, json_schema_input_type=str | tuple[Choice, ...]),
]


@parameters
class Source:
    """Where the figures come from: a folder with counts.csv and, if there is one, official.csv,
    or with records (contract tables or exports)."""

    name: Text
    folder: Annotated[str, Field(min_length=1)]
    """The folder with the figures, seen from the project; {period} stands for the period."""
    captured: Day | None = None
    """The day on which the figures were taken over, where it is known."""


@parameters
class Illustration:
    """Invented records for periods from one day to another that have no figures of their own."""

    name: Text
    folder: Annotated[str, Field(min_length=1)]
    """The folder of the invented records."""
    from_: Annotated[Day, Field(alias="from")]
    """The first day of periods that may have invented records."""
    to: Day
    """The last day of periods that may have invented records."""


@parameters
class SettingsFile:
    """params/defaults.yml, or a file of params/periods/, which says only what is other."""

    units: Dated = ()
    """The tree of units: a file of params/units/, one name or a list by day."""
    indicator_set: Dated = ()
    """The indicator set: a file of params/indicators/, one name or a list by day."""
    assignments: Dated = ()
    """Who leads what: a file of params/assignments/, one name or a list by day."""
    source: Annotated[
        Source | None,
        BeforeValidator(_as_source, json_schema_input_type=Literal["portal"] | Source | None),
    ] = None
    """Where the figures come from; `portal` alone: what `chiso fetch` took over."""
    as_of: Day | None = None
    """The last day that the figures cover; left out: the last day of the period."""
    illustration: Illustration | None = None
    """Invented records for periods that have no figures of their own."""
    cases: Audience | None = None
    """Who may read workbooks of single cases, with the ids of dossiers: internal, public."""


@dataclass(frozen=True)
class Settings:
    """The settings in force for one period."""

    period: Period
    units: str
    indicator_set: str
    assignments: str | None
    source_name: Text
    folder: Path
    captured: date | None
    as_of: date
    is_illustrative: bool
    cases: Audience
    # Whether the figures are those of a capture of the national portal, below `folder`.
    is_portal: bool = False

    @property
    def is_provisional(self) -> bool:
        """Whether the period was still open when the figures were taken."""
        return not self.period.is_closed(self.as_of)

    @property
    def counts(self) -> Path | None:
        """The file of counts, if they were handed in ready."""
        path = self.folder / "counts.csv"
        return path if path.is_file() else None

    @property
    def has_records(self) -> bool:
        """Whether counts are to be measured from records."""
        return self.counts is None and not self.is_portal

    @property
    def official(self) -> Path | None:
        """The file of official results, if there is one."""
        path = self.folder / "official.csv"
        return path if path.is_file() else None


def load_settings(period: Period) -> Settings:
    """The settings of `period`: its own file's, else the defaults that hold on its last day.

    Assignments and invented figures belong to a tree: a period that names another tree, or for
    invented figures another source, does not inherit them. Where the source's folder is absent, and
    that of each of its months, captures of the national portal take its place, else the illustration
    if it covers the period; whatever is made from it says so.

    Raises NotInForceError where nothing holds on that day, ParameterError if a file is wrong.
    """
    defaults = remembered_parameters(_defaults(), SettingsFile, _problems)
    path = params_dir() / "periods" / f"{period.name}.yml"
    own = read_parameters(path, SettingsFile, _problems) if path.is_file() else SettingsFile()
    source = own.source or defaults.source
    if source is None:
        raise ParameterError(
            _("The key “{key}” is missing.").format(key="source"), file=_defaults()
        )
    invented = own.illustration
    if not own.source and not own.units:
        invented = invented or defaults.illustration
    duties = own.assignments or (() if own.units else defaults.assignments)
    folder = _folder(source.folder, period)
    illustrative = (folder / ILLUSTRATION_MARK).is_file()
    months = [_folder(source.folder, month) for month in period.months]
    is_real = folder.exists() or any(month.exists() for month in months)
    if not is_real and any(_folder(_CAPTURES, period).glob("[!.]*/capture.json")):
        source = TypeAdapter(Source).validate_python(_as_source(PORTAL))
        folder = _folder(source.folder, period)
    elif invented and not is_real and _covers(invented, period):
        source = Source(name=invented.name, folder=invented.folder)
        folder, illustrative = _folder(invented.folder, period), True
    return Settings(
        period=period,
        units=_required("units", own.units or defaults.units, period),
        indicator_set=_required(
            "indicator_set", own.indicator_set or defaults.indicator_set, period
        ),
        assignments=_chosen(duties, period.last_day),
        source_name=source.name,
        folder=folder,
        captured=source.captured,
        as_of=own.as_of or defaults.as_of or period.last_day,
        is_illustrative=illustrative,
        cases=own.cases or defaults.cases or "internal",
        is_portal=source.folder == _CAPTURES,
    )


def named_files(name: str) -> tuple[tuple[str, str], ...]:
    """Folder of params/ and name of each file that `name` (defaults, periods/2026) says is in force;
    ParameterError if it is wrong."""
    content = remembered_parameters(params_dir() / f"{name}.yml", SettingsFile, _problems)
    return tuple((_FOLDER_OF[key], one.use) for key in DATED for one in getattr(content, key))


def tree_in_force(settings: Settings, of_records: bool, name: str | None = None) -> Tree:
    """The tree of the period (or the one called `name`), if it was in force then.

    It has to hold on the period's last day and, where records are counted (`of_records`), on its
    first one too: before its first day its codes and names meant other agencies, or none.
    Raises ParameterError, which names the line to add, for any other period.
    """
    tree, period = load_tree(name or settings.units), settings.period
    file, first = locate(name or settings.units, "units"), period.start.date()
    if not tree.is_in_force(period.last_day):
        ended = tree.valid_to and tree.valid_to < period.last_day
        raise NotInForceError(
            _("“{tree}” holds {validity}, not on {day}.").format(
                tree=tree.name, validity=_validity(tree), day=day(period.last_day)
            ),
            file=file,
            hint=_line_to_add(
                "units", tree.valid_to + timedelta(1) if ended and tree.valid_to else first
            ),
        )
    if of_records and not tree.is_in_force(first):
        raise NotInForceError(
            _(
                "“{tree}” holds {validity}, but {period} begins before: its records belong in part"
                " to other agencies."
            ).format(tree=tree.name, validity=_validity(tree), period=period.label),
            file=file,
            hint=_("Choose periods that begin on {day} or later, or hand in counts.csv.").format(
                day=day(tree.valid_from)
            ),
        )
    return tree


def _validity(tree: Tree) -> str:
    first = day(tree.valid_from)
    if tree.valid_to is None:
        return _("from {first} on").format(first=first)
    return _("from {first} to {last}").format(first=first, last=day(tree.valid_to))


def _defaults() -> Path:
    return params_dir() / "defaults.yml"


def _required(key: str, choices: tuple[Choice, ...], period: Period) -> str:
    found = _chosen(choices, period.last_day)
    if found is None:
        raise NotInForceError(
            _("Nothing is named for {day} under “{key}”.").format(
                day=day(period.last_day), key=key
            ),
            file=_defaults(),
            hint=_line_to_add(key, period.start.date()),
        )
    return found


def _chosen(choices: tuple[Choice, ...], on: date) -> str | None:
    """The newest of the choices that have begun."""
    begun = [choice for choice in choices if choice.from_ <= on]
    return max(begun, key=lambda choice: choice.from_).use if begun else None


def _line_to_add(key: str, first: date) -> str:
    folder = _FOLDER_OF[key]
    return _(
        "Add to “{key}” in params/defaults.yml the line “- {{from: {day}, use: NAME}}”, with the NAME"
        " of a file of params/{folder}/ that holds from that day; or name it for one period alone in"
        " params/periods/."
    ).format(key=key, day=day(first), folder=folder)


def _problems(content: SettingsFile) -> Iterator[Problem]:
    for key in DATED:
        choices: tuple[Choice, ...] = getattr(content, key)
        days = Counter(choice.from_ for choice in choices)
        for i, choice in enumerate(choices):
            if days[choice.from_] > 1:
                yield (
                    (key, i, "from"),
                    _("two entries begin on {day}.").format(day=day(choice.from_)),
                )
    for key in ("source", "illustration"):
        place = getattr(content, key)
        if place and not _is_inside(place.folder):
            yield (
                (key, "folder"),
                _(
                    "“{folder}” is outside the project: name a folder in it, as data/{{period}}."
                ).format(folder=place.folder),
            )


def _is_inside(folder: str) -> bool:
    """Whether a name stays in the project. What is elsewhere can be linked to from data/: a file is
    known by its name in the project, the same on every machine."""
    parts = Path(folder).parts
    return not Path(folder).is_absolute() and ".." not in parts


def _folder(template: str, period: Period) -> Path:
    return project_root() / template.replace("{period}", period.name)


def _covers(invented: Illustration, period: Period) -> bool:
    """Whether the invented records begin early enough to hold the end of the period."""
    return invented.from_ <= period.last_day <= invented.to
