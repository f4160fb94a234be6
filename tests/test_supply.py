"""What the project is made of: its licence, those of the packages it installs, what it may rely on in them,
and advisories."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from datetime import date
from importlib import metadata

import audit
import pytest
from conftest import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCK = audit.locked(ROOT / "requirements.lock")
DECLARED = {
    canonicalize_name((one := Requirement(text)).name): one for text in PROJECT["dependencies"]
}
# What a program under Apache-2.0 may import and be handed on with; told of by packages in many words.
ALLOWED = re.compile(
    r"\b(MIT(-0|-CMU)?|0?BSD|Apache|ISC|ISCL|PSF|Python Software Foundation|MPL|Mozilla Public|Zlib|CC0|Unlicense)\b"
)
# Comes in the one version that another package names, as a part of it.
PARTS = {"pydantic-core": "pydantic"}
# Imported as it is and never changed, which the LGPL asks of those who use a library.
LESSER = {"psycopg"}
# Packages that bring a program under the GPL: it is called as a program of its own, not imported.
CALLED = {"pypandoc-binary": "pandoc"}


def licence_of(package: metadata.Distribution) -> str:
    about = package.metadata
    classified = [
        one.split("::")[-1].strip()
        for one in about.get_all("Classifier") or []
        if one.startswith("License ::")
    ]
    return about.get("License-Expression") or " OR ".join(classified) or about.get("License") or ""


def installed() -> dict[str, metadata.Distribution]:
    """The packages of the lock that are installed here; some are for other systems."""
    found = {canonicalize_name(one.metadata["Name"]): one for one in metadata.distributions()}
    return {name: one for name, one in found.items() if name in LOCK}


def test_the_project_says_its_licence_and_those_of_what_it_ships():
    assert PROJECT["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text("utf-8")
    notice = (ROOT / "NOTICE").read_text("utf-8")
    assert "SIL Open Font License" in notice and (ROOT / "reports/fonts/OFL.txt").is_file()


def test_every_package_may_be_used_under_the_projects_licence():
    packages = installed()
    assert len(packages) > 100
    refused = {name: licence_of(one) for name, one in packages.items()}
    refused = {name: told for name, told in refused.items() if not ALLOWED.search(told)}
    assert set(refused) == LESSER, refused
    assert "LGPL" in refused["psycopg"]


def test_what_is_under_the_gpl_is_called_and_never_imported():
    """The package around pandoc is under MIT; of it we use the path of the program and its calls."""
    assert "MIT" in licence_of(metadata.distribution("pypandoc_binary"))
    assert set(CALLED) <= set(LOCK)


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.module, alias.name) for alias in node.names)


def test_every_package_that_is_imported_is_declared():
    """What only comes with another package may go with it."""
    owners = metadata.packages_distributions()
    optional = PROJECT["optional-dependencies"]
    known = {
        *DECLARED,
        *PARTS,
        *(canonicalize_name(Requirement(o).name) for n in ("spark", "dask") for o in optional[n]),
    }
    lacking = {}
    for path in (ROOT / "chiso").rglob("*.py"):
        for module, _name in imports_of(path):
            top = module.split(".")[0]
            if top in sys.stdlib_module_names or top == "chiso":
                continue
            if not {canonicalize_name(owner) for owner in owners[top]} & known:
                lacking.setdefault(top, path.name)
    assert lacking == {}


def is_private(module: str, name: str) -> bool:
    return any(
        part.startswith("_") and not part.startswith("__") for part in f"{module}.{name}".split(".")
    )


def private_parts(folder):
    """Packages of which the code below `folder` imports what begins with _, or replaces a part."""
    for path in folder.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        modules = {}
        for module, name in imports_of(path):
            top = module.split(".")[0]
            if top in sys.stdlib_module_names or top == "chiso":
                continue
            modules[name or top] = top
            if is_private(module, name):
                yield top
        for node in ast.walk(tree):
            for target in node.targets if isinstance(node, ast.Assign) else ():
                owner = (
                    getattr(target, "value", None) if isinstance(target, ast.Attribute) else None
                )
                if isinstance(owner, ast.Name) and owner.id in modules:
                    yield modules[owner.id]


def test_a_package_of_which_a_private_part_is_used_has_an_upper_bound(tmp_path):
    replaced = "from ipykernel import kernelapp\nkernelapp.IOPubThread = None\n"
    (tmp_path / "a.py").write_text(f"import yaml\n{replaced}from click._compat import WIN\n")
    assert set(private_parts(tmp_path)) == {"ipykernel", "click"}
    owners = metadata.packages_distributions()
    for name in {canonicalize_name(owners[top][0]) for top in private_parts(ROOT / "chiso")}:
        assert "<" in str(DECLARED[name].specifier), name


def test_both_locks_have_a_hash_for_every_package_and_agree():
    more = audit.locked(ROOT / "requirements-dev.lock")
    assert {name: versions for name, versions in more.items() if name in LOCK} == LOCK
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        entries = re.split(r"\n(?=[A-Za-z0-9])", text)
        assert all(
            "--hash=sha256:" in entry for entry in entries if "==" in entry.partition("\n")[0]
        )


def test_the_bill_of_materials_has_every_package_of_the_lock(tmp_path):
    out = tmp_path / "sbom.json"
    done = subprocess.run(
        ["make", "-s", "-C", str(ROOT), "sbom", f"OUT={out}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    bill = json.loads(out.read_text("utf-8"))
    assert bill["bomFormat"] == "CycloneDX" and bill["metadata"]["component"]["name"] == "chiso"
    told = {(canonicalize_name(one["name"]), one["version"]) for one in bill["components"]}
    assert told == {(name, version) for name, versions in LOCK.items() for version in versions}


ADVISORY = {"id": "A-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "Some_Package"}}]}


@pytest.mark.parametrize(
    ("events", "version", "hit"),
    [
        ([{"introduced": "0"}, {"fixed": "2"}], "1.9", True),
        ([{"introduced": "0"}, {"fixed": "2"}], "2", False),
        ([{"introduced": "1.5"}], "1.4", False),
        ([{"introduced": "0"}, {"last_affected": "2"}], "2", True),
        ([{"introduced": "0"}, {"last_affected": "2"}], "2.0.1", False),
        ([{"introduced": "0"}, {"fixed": "1"}, {"introduced": "3"}, {"fixed": "4"}], "3.5", True),
        ([{"introduced": "0"}, {"fixed": "1"}, {"introduced": "3"}, {"fixed": "4"}], "2", False),
    ],
)
def test_an_advisory_names_the_versions_of_its_ranges(tmp_path, events, version, hit):
    (tmp_path / "lock").write_text(f"some-package=={version} \\\n    --hash=sha256:0\n", "utf-8")
    affected = ADVISORY["affected"][0] | {"ranges": [{"type": "ECOSYSTEM", "events": events}]}
    text = json.dumps(ADVISORY | {"affected": [affected]})
    (tmp_path / "A-1.json").write_text(text, "utf-8")
    found = audit.found(tmp_path, [tmp_path / "lock"])
    assert (found.read, bool(found.told)) == (1, hit)


def test_an_advisory_that_was_withdrawn_names_nothing_and_no_advisories_are_no_answer(tmp_path):
    (tmp_path / "lock").write_text("some-package==1\n", "utf-8")
    affected = ADVISORY["affected"][0] | {"versions": ["1"]}
    (tmp_path / "A-1.json").write_text(json.dumps(ADVISORY | {"affected": [affected]}), "utf-8")
    assert audit.found(tmp_path, [tmp_path / "lock"]).told == ["some-package 1: A-1 "]
    withdrawn = ADVISORY | {"affected": [affected], "withdrawn": "2026-01-01"}
    (tmp_path / "A-1.json").write_text(json.dumps(withdrawn), "utf-8")
    assert audit.found(tmp_path, [tmp_path / "lock"]) == audit.Audit(0, None, [])
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools/audit.py"), str(tmp_path)],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("told", "age", "is_old"),
    [
        ({"modified": "2026-09-01T10:00:00Z"}, "2026-09-01 (90 days old)", False),
        ({"modified": "2026-08-31T10:00:00Z"}, "2026-08-31 (91 days old)", True),
        ({"published": "2026-11-30T00:00:00Z"}, "2026-11-30 (0 days old)", False),
        # What was withdrawn says how new the copy is all the same.
        ({"modified": "2026-11-29T00:00:00Z", "withdrawn": "2026-11-29"}, "(1 days old)", False),
        ({}, "nobody knows", True),
    ],
)
def test_how_old_the_advisories_are_is_told_with_a_warning_where_they_are_old(
    tmp_path, told, age, is_old
):
    (tmp_path / "lock").write_text("some-package==1\n", "utf-8")
    (tmp_path / "A-1.json").write_text(json.dumps(ADVISORY | told), "utf-8")
    lines = [f"id: A-2\naffected: []\n{name}: 2020-01-01T00:00:00Z\n" for name in told]
    (tmp_path / "A-2.yaml").write_text(lines[0] if lines else "id: A-2\naffected: []\n", "utf-8")
    said = audit.found(tmp_path, [tmp_path / "lock"]).age(date(2026, 11, 30))
    assert age in said and ("WARNING" in said) == is_old
