"""What a period's report is made of: params/periods/<period>.yml, else params/defaults.yml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from chiso.base.locations import params_dir, project_root
from chiso.base.params import Text, parameters, read_parameters
from chiso.base.period import Period

# A folder of invented records holds a file of this name.
ILLUSTRATION_MARK = "DEMO"


@parameters
class Source:
    """Where the figures come from: a folder with counts.csv and, if there is one, official.csv,
    or with records (contract tables or exports).

    `folder` is relative to the project; {period} in it stands for the period's name. `captured`:
    the day on which the figures were taken over, where that is known.
    """

    name: Text
    folder: Annotated[str, Field(min_length=1)]
    captured: date | None = None


@parameters
class Illustration:
    """Invented records for periods from one day to another that have no figures of their own."""

    name: Text
    folder: Annotated[str, Field(min_length=1)]
    from_: Annotated[date, Field(alias="from")]
    to: date


@parameters
class SettingsFile:
    """A file of params/periods/, or params/defaults.yml."""

    units: str
    indicator_set: str
    source: Source
    assignments: str | None = None
    # The last day that the figures cover; the period's last day if absent.
    as_of: date | None = None
    illustration: Illustration | None = None


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
    def official(self) -> Path | None:
        """The file of official results, if there is one."""
        path = self.folder / "official.csv"
        return path if path.is_file() else None


def load_settings(period: Period) -> Settings:
    """The settings of `period`; ParameterError if the file is wrong.

    Where the source's folder is absent and the illustration covers the period, the illustration
    takes its place; whatever is made from it says so.
    """
    own = params_dir() / "periods" / f"{period.name}.yml"
    path = own if own.is_file() else params_dir() / "defaults.yml"
    content = read_parameters(path, SettingsFile)
    source, folder = content.source, _folder(content.source.folder, period)
    invented = content.illustration
    illustrative = (folder / ILLUSTRATION_MARK).is_file()
    if invented and not folder.exists() and _covers(invented, period):
        source = Source(name=invented.name, folder=invented.folder)
        folder, illustrative = _folder(invented.folder, period), True
    return Settings(
        period=period,
        units=content.units,
        indicator_set=content.indicator_set,
        assignments=content.assignments,
        source_name=source.name,
        folder=folder,
        captured=source.captured,
        as_of=content.as_of or period.last_day,
        is_illustrative=illustrative,
    )


def _folder(template: str, period: Period) -> Path:
    return project_root() / template.replace("{period}", period.name)


def _covers(invented: Illustration, period: Period) -> bool:
    """Whether the invented records begin early enough to hold the end of the period."""
    return invented.from_ <= period.last_day <= invented.to
