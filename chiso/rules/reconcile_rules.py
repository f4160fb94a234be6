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
    source: Words


@parameters
class DuplicateRule:
    """How far apart two dossiers of one request may have been filed."""

    hours: Hours
    source: Words


@parameters
class EdgeRule:
    """How many hours another clock is behind that of Viet Nam."""

    clock_hours: Hours
    source: Words


@parameters
class ReconcileRules:
    """params/reconcile.yml; its comments say what each number means."""

    last_confirmed: Day
    other_system: CodeRule
    mapping: CodeRule
    duplicates: DuplicateRule
    edges: EdgeRule
    found_part: Part


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
