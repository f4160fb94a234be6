"""What a period's report is made of: params/periods/<period>.yml, else params/defaults.yml."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from chiso.errors import InputError
from chiso.i18n import _
from chiso.locations import params_dir, project_root
from chiso.params import Text, parameters, read_parameters
from chiso.period import Period


@parameters
class Source:
    """Where the figures come from: a folder with counts.csv and, if there is one, official.csv.

    `folder` is relative to the project; {period} in it stands for the period's name. `captured`:
    the day on which the figures were taken over, where that is known.
    """

    name: Text
    folder: Annotated[str, Field(min_length=1)]
    captured: date | None = None


@parameters
class SettingsFile:
    """A file of params/periods/, or params/defaults.yml."""

    units: str
    indicator_set: str
    source: Source
    assignments: str | None = None
    # The last day that the figures cover; the period's last day if absent.
    as_of: date | None = None


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

    @property
    def is_provisional(self) -> bool:
        """Whether the period was still open when the figures were taken."""
        return not self.period.is_closed(self.as_of)

    @property
    def counts(self) -> Path:
        """The file of counts."""
        return self.folder / "counts.csv"

    @property
    def official(self) -> Path | None:
        """The file of official results, if there is one."""
        path = self.folder / "official.csv"
        return path if path.is_file() else None

    def require_counts(self) -> Path:
        """The file of counts; InputError that says how to hand it in where it is absent."""
        if not self.counts.is_file():
            raise InputError(
                _("There are no figures for {period}.").format(period=self.period.name),
                file=self.counts,
                hint=_(
                    "Put counts.csv (unit,indicator,numerator,denominator) there, or name another"
                    " folder in params/periods/{period}.yml. A published sample: PERIOD=2026"
                ).format(period=self.period.name),
            )
        return self.counts


def load_settings(period: Period) -> Settings:
    """The settings of `period`; ParameterError if the file is wrong."""
    own = params_dir() / "periods" / f"{period.name}.yml"
    path = own if own.is_file() else params_dir() / "defaults.yml"
    content = read_parameters(path, SettingsFile)
    folder = project_root() / content.source.folder.replace("{period}", period.name)
    return Settings(
        period=period,
        units=content.units,
        indicator_set=content.indicator_set,
        assignments=content.assignments,
        source_name=content.source.name,
        folder=folder,
        captured=content.source.captured,
        as_of=content.as_of or period.last_day,
    )
