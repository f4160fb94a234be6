"""The JSON Schemas that editors use: up to date, kept by every file that ships, broken by wrong ones."""

import json
import re

import jsonschema
import pytest
import yaml
from babel.messages.pofile import read_po
from conftest import ROOT
from schemas import FOLDER, KINDS, key_words, schema_files, schema_of

from chiso.base.i18n import LOCALE_DIR, speaking
from chiso.base.params import parameters, read_parameters
from chiso.rules.working_days import CalendarFile

FILES = {
    path: name
    for name, (_model, globs) in KINDS.items()
    for glob in globs
    for path in (ROOT / "params").glob(glob)
}


@parameters
class KeyWithoutWords:
    source: str
    of_one_s_own: str


class AsEditorsRead(yaml.SafeLoader):
    """YAML 1.2, which editors read: a date is text, only true and false are yes and no."""


AsEditorsRead.yaml_implicit_resolvers = {
    first: [(tag, found) for tag, found in rules if not tag.endswith((":timestamp", ":bool"))]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
AsEditorsRead.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf")
)


def mistakes(name: str, text: str) -> list[str]:
    schema = json.loads((ROOT / FOLDER / f"{name}.json").read_text("utf-8"))
    content = yaml.load(text, Loader=AsEditorsRead)
    return [
        error.json_path for error in jsonschema.Draft202012Validator(schema).iter_errors(content)
    ]


def test_they_are_those_that_the_program_makes():
    for name, content in schema_files().items():
        assert (ROOT / name).read_text("utf-8") == content, "run: make docs"


def test_every_key_says_what_it_means_in_both_languages():
    with speaking("en"):
        schemas = [schema_of(name) for name in KINDS]
    shapes = [shape for one in schemas for shape in (one, *one.get("$defs", {}).values())]
    keys = [key for shape in shapes for key in shape.get("properties", {}).values()]
    with (LOCALE_DIR / "vi/LC_MESSAGES/chiso.po").open("rb") as file:
        known = {one.id for one in read_po(file) if "key of params/" in one.auto_comments}
    assert len(keys) > 200 and {key["description"] for key in keys} == known


def test_a_new_key_has_to_say_what_it_means():
    with pytest.raises(KeyError, match="of_one_s_own"):
        key_words(KeyWithoutWords)
    assert key_words(CalendarFile)["extra_days"].startswith("Days that")


def test_every_parameter_file_has_exactly_one():
    assert set(FILES) == set((ROOT / "params").rglob("*.yml"))
    ties = json.loads((ROOT / ".vscode/settings.json").read_text("utf-8"))["yaml.schemas"]
    tied = [path for globs in ties.values() for glob in globs for path in ROOT.glob(glob)]
    assert sorted(tied) == sorted(FILES)
    assert all((ROOT / schema).is_file() for schema in ties)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "params")))
def test_what_ships_keeps_to_its_schema(path):
    assert mistakes(FILES[path], path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("indicators/766-2022.yml", "when_empty: full", "when_empty: half", "$.indicators"),
        ("indicators/766-2022.yml", "digits: 2", "digit: 2", "$"),
        ("indicators/766-2022.yml", "value: 0.50", "value: một nửa", "$.indicators[7].target[0]"),
        ("daily.yml", "value: 45", "value: 0", "$.watch_days"),
        ("daily.yml", "2026-11-30", "30-11-2026", "$.last_confirmed"),
        ("defaults.yml", "cases: internal", "cases: all", "$.cases"),
        ("defaults.yml", "from: 01/01/2022", "form: 01/01/2022", "$.units"),
    ],
)
def test_a_wrong_file_is_told_where_it_is_wrong(file, old, new, place):
    path = ROOT / "params" / file
    text = path.read_text("utf-8")
    assert old in text
    found = mistakes(FILES[path], text.replace(old, new, 1))
    assert any(one.startswith(place) for one in found), found


@pytest.mark.parametrize(
    "text",
    ["units: hung-yen-2022", "source: portal", "as_of: 30/08/2022", "as_of: 2022-08-30"],
)
def test_what_the_program_takes_beside_the_usual_form_is_no_mistake(text):
    assert mistakes("periods", text) == []


@pytest.mark.parametrize("written", ["0.65", "0,65", "65%", '"65 %"', "62,5%"])
def test_a_rate_may_be_written_as_offices_do(written):
    text = (ROOT / "params/indicators/766-2022.yml").read_text("utf-8")
    assert mistakes("indicators", text.replace("value: 0.50", f"value: {written}", 1)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "params")))
def test_every_day_of_every_file_may_be_written_as_offices_do(path, tmp_path):
    text = path.read_text("utf-8")
    local = re.sub(r"(?<=: )(\d{4})-(\d{2})-(\d{2})\b", r"\3/\2/\1", text)
    (tmp_path / path.name).write_text(local, "utf-8")
    read_parameters(tmp_path / path.name, KINDS[FILES[path]][0])
    assert mistakes(FILES[path], local) == []
