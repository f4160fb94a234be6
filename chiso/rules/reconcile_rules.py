"""The parameters of the reconciliation with the portal (params/reconcile.yml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from chiso.base.i18n import _
from chiso.base.locations import params_dir
from chiso.base.params import Day, Problem, parameters, remembered_parameters
from chiso.rules.sourced import Part, Words

Hours = Annotated[int, Field(ge=1, le=240)]


@parameters
class CodeRule:
    """A pattern that is looked for in the id of a dossier."""

    code: Words
    """A regular expression that is looked for in the id of a dossier."""
    source: Words


@parameters
class DuplicateRule:
    """How far apart two dossiers of one request may have been filed."""

    hours: Hours
    """At most so many hours lie between two dossiers of one request."""
    source: Words


@parameters
class EdgeRule:
    """How many hours another clock is behind that of Viet Nam."""

    clock_hours: Hours
    """How many hours the other clock is behind."""
    source: Words


@parameters
class ReconcileRules:
    """params/reconcile.yml."""

    last_confirmed: Day
    other_system: CodeRule
    """Ids of dossiers that a ministry's system handles."""
    mapping: CodeRule
    """The agency in the id of a dossier: the group called `unit`."""
    duplicates: DuplicateRule
    """When two dossiers are taken for one request."""
    edges: EdgeRule
    """Dossiers that another clock moves over the edge of the period."""
    found_part: Part
    """At least this part of what a cause changes must be in the difference."""


def reconcile_rules() -> ReconcileRules:
    """The rules of params/reconcile.yml; ParameterError if the file is wrong."""
    return remembered_parameters(_path(), ReconcileRules, _problems)


def _path() -> Path:
    return params_dir() / "reconcile.yml"


def _problems(content: ReconcileRules) -> Iterator[Problem]:
    for key in ("other_system", "mapping"):
        try:
            pattern = re.compile(getattr(content, key).code)
        except re.error as error:
            yield (key, "code"), _("is no regular expression: {problem}.").format(problem=error)
            continue
        if key == "mapping" and "unit" not in pattern.groupindex:
            yield (key, "code"), _("needs a group called “unit”.")
