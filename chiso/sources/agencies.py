"""Which unit of the tree an export means: by identification code, by a dossier's id, by name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from chiso.rules.units import Tree, Unit
from chiso.sources.mappings import plain

# As offices shorten them; the words for an agency itself say nothing about which one it is.
_SHORT = {
    "tp": "thành phố",
    "tx": "thị xã",
    "tt": "thị trấn",
    "p": "phường",
    "x": "xã",
    "h": "huyện",
    "t": "tỉnh",
}
_OFFICE = re.compile(r"^(ủy ban nhân dân|uỷ ban nhân dân|ubnd)\b")
_DOSSIER_ID = re.compile(r"([0-9A-Za-z]+(?:\.[0-9A-Za-z]+)*)-\d{6}-\d+")


class Agencies:
    """The units of a tree by everything that an export may call them."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._codes = {unit.code: unit.code for unit in tree.units} | {
            unit.identification: unit.code for unit in tree.units if unit.identification
        }
        self._names: dict[str, set[str]] = defaultdict(set)
        for unit in tree.units:
            for name in self._ways_to_say(unit):
                self._names[comparable(name)].add(unit.code)

    def _ways_to_say(self, unit: Unit) -> Iterable[str]:
        """The unit's name, alone and with the units above it."""
        name = unit.name.vi
        yield name
        above = unit.parent
        while above is not None:
            parent = self._tree.unit(above)
            yield f"{unit.name.vi} {parent.name.vi}"
            name = f"{name} {parent.name.vi}"
            yield name
            above = parent.parent

    def of_code(self, text: str) -> str | None:
        """The unit with that code or identification code."""
        return self._codes.get(text.strip())

    def of_dossier(self, dossier_id: str) -> str | None:
        """The unit whose identification code a dossier's id begins with, as in
        000.17.22.H56-210531-0001."""
        match = _DOSSIER_ID.fullmatch(dossier_id.strip())
        return self._codes.get(match.group(1)) if match else None

    def named(self, text: str) -> frozenset[str]:
        """All units that a name fits."""
        return frozenset(self._names.get(comparable(text), ()))

    def only(self, text: str) -> str | None:
        """The one unit that a code or a name stands for."""
        fits = self.named(text)
        return self.of_code(text) or (next(iter(fits)) if len(fits) == 1 else None)

    def ambiguous(self, texts: Iterable[str]) -> frozenset[str]:
        """Those of the texts that are names of more than one unit."""
        return frozenset(
            text for text in texts if text not in self._codes and len(self.named(text)) > 1
        )

    def heading(self, texts: Iterable[str]) -> str | None:
        """The one unit that stands in the heading above a table, the lowest of a line of units."""
        found = {code for text in texts for line in text.splitlines() for code in self.named(line)}
        lowest = [code for code in found if not any(self._is_above(code, o) for o in found)]
        return lowest[0] if len(lowest) == 1 else None

    def _is_above(self, upper: str, lower: str) -> bool:
        above = self._tree.unit(lower).parent
        while above is not None and above != upper:
            above = self._tree.unit(above).parent
        return above == upper


def comparable(name: str) -> str:
    """A name as it is compared: no case, no punctuation, short forms written out."""
    words = re.sub(r"[.,;:()\-–/]+", " ", plain(name)).split()
    text = " ".join(_SHORT.get(word, word) for word in words)
    return _OFFICE.sub("", text).strip()
