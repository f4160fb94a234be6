"""No figure of an explanation moves unnoticed (explained_before.py): what CHANGELOG.md says of each change."""

import json

import pytest
from explained_before import KEPT, explained, province

BEFORE = json.loads(KEPT.read_text("utf-8"))


@pytest.fixture(scope="module")
def now():
    return json.loads(json.dumps(explained(province())))


def test_the_same_things_are_explained(now):
    assert list(now) == list(BEFORE)


@pytest.mark.parametrize("kind", sorted({name.partition(" ")[0] for name in BEFORE}))
def test_what_is_explained_is_as_before(now, kind):
    """A change that was meant: python tests/explained_before.py, and what moved into CHANGELOG.md."""
    for name, before in BEFORE.items():
        if name.partition(" ")[0] == kind:
            assert now[name] == before, name
