"""JSON Schemas of the files of params/, for editors: docs/schemas/ and .vscode/settings.json.

They are made from the dataclasses that read the files (`make docs`). Editors then offer keys and underline mistakes
while somebody types, and say in Vietnamese what each key means; what is right in the end the program decides,
which also knows the relations between the parts of a file.

What a key means stands below it in its dataclass, in Vietnamese in the catalogue of messages.
"""

from __future__ import annotations

import ast
import inspect
import json
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from chiso.base.i18n import _, speaking
from chiso.base.params import Text
from chiso.rules.assignments import AssignmentFile
from chiso.rules.daily_rules import DailyRules
from chiso.rules.explain_rules import ExplainRules
from chiso.rules.handling_rules import HandlingRules
from chiso.rules.indicators import IndicatorSet
from chiso.rules.letter_rules import LetterRules
from chiso.rules.maps import MapFile
from chiso.rules.owed_rules import ObligationFile
from chiso.rules.paper_rules import PaperRules
from chiso.rules.portal_rules import PortalRules
from chiso.rules.procedure_list_rules import ProcedureListRules
from chiso.rules.publishing_rules import PublishingRules
from chiso.rules.reconcile_rules import ReconcileRules
from chiso.rules.settings import SettingsFile
from chiso.rules.trend_rules import TrendRules
from chiso.rules.units import UnitFile
from chiso.rules.working_days import CalendarFile
from chiso.sources.mappings import System

ROOT = Path(__file__).parent.parent
FOLDER = "docs/schemas"
# Schema -> what reads the files, and which files of params/ they are.
KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "assignments": (AssignmentFile, ("assignments/*.yml",)),
    "calendar": (CalendarFile, ("calendar.yml",)),
    "daily": (DailyRules, ("daily.yml",)),
    "explain": (ExplainRules, ("explain.yml",)),
    "handling": (HandlingRules, ("handling.yml",)),
    "indicators": (IndicatorSet, ("indicators/*.yml",)),
    "letters": (LetterRules, ("letters.yml",)),
    "maps": (MapFile, ("maps/*.yml",)),
    "obligations": (ObligationFile, ("obligations/*.yml",)),
    "papers": (PaperRules, ("papers.yml",)),
    "periods": (SettingsFile, ("defaults.yml", "periods/*.yml")),
    "portal": (PortalRules, ("portal.yml",)),
    "procedure-lists": (ProcedureListRules, ("procedure_lists.yml",)),
    "publish": (PublishingRules, ("publish.yml",)),
    "reconcile": (ReconcileRules, ("reconcile.yml",)),
    "sentences": (dict[str, Text], ("commentary/sentences.yml",)),
    "sources": (System, ("sources/*.yml",)),
    "trends": (TrendRules, ("trends.yml",)),
    "units": (UnitFile, ("units/*.yml",)),
}

# What is said of these keys wherever their dataclass says nothing else.
EVERYWHERE = {
    "source": "Where this comes from: the document, article and day, or a convention of the project.",
    "last_confirmed": "The day on which this was last compared with its sources.",
    "from": "The first day on which this holds.",
    "valid_from": "The first day on which this holds.",
    "valid_to": "The last day on which this holds; left out: it still does.",
    "name": "What readers see.",
}


@cache
def key_words(model: type) -> dict[str, str]:
    """Key of a parameter file -> what it means, in English, as it stands below the field.

    Pydantic could keep that too (use_attribute_docstrings), but would read the source of every module whenever
    the program starts.
    """
    body = ast.parse(inspect.cleandoc(inspect.getsource(model))).body[0].body  # type: ignore[attr-defined]
    words = {}
    for field, below in zip(body, [*body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            key = field.target.id.rstrip("_")  # from_, is_ and with_: words of Python
            said = below.value if isinstance(below, ast.Expr) else None
            is_said = isinstance(said, ast.Constant)
            words[key] = " ".join(said.value.split()) if is_said else EVERYWHERE[key]  # type: ignore
    return words


class _WithWords(GenerateJsonSchema):
    """A schema that says of every key what it means, in the language that is spoken."""

    def dataclass_schema(self, schema: Any) -> dict[str, Any]:
        made = super().dataclass_schema(schema)
        for told in ("title", "description"):  # name and docstring: for who reads the code
            made.pop(told, None)
        words = key_words(schema["cls"])
        for key, one in made["properties"].items():
            one.pop("title", None)
            one["description"] = _(words[key])
        return made


def schema_files() -> dict[str, str]:
    """Path in the project -> content, of every schema and of the settings that tie them to files."""
    ties = {f"./{FOLDER}/{name}.json": _paths(files) for name, (_, files) in KINDS.items()}
    with speaking("vi"):  # analysts, whoever edits params/
        schemas = {f"{FOLDER}/{name}.json": _text(schema_of(name)) for name in KINDS}
    return {
        **schemas,
        ".vscode/settings.json": _text({"yaml.schemas": ties}),
    }


def schema_of(name: str) -> dict[str, Any]:
    """The schema of a kind of file, titled by its files, in the language that is spoken."""
    model, files = KINDS[name]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **TypeAdapter(model).json_schema(schema_generator=_WithWords),
        "title": ", ".join(_paths(files)),
    }


def _paths(files: tuple[str, ...]) -> list[str]:
    return [f"params/{file}" for file in files]


def _text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def write_schemas() -> None:
    """Write them into the project."""
    for name, content in schema_files().items():
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(content, encoding="utf-8")
