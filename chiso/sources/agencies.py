"""Which unit of the tree an export means: by identification code, by a dossier's id, by name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from chiso.base.letters import plain
from chiso.rules.units import Tree, Unit

# As offices shorten them; the words for an agency itself say nothing about which one it is.
_SHORT = {
    "tp": "thành phố",
    "tx": "thị xã",
    "tt": "thị trấn",
    "p": "phường",
    "x": "xã",
    "h": "huyện",
    "t": "tỉnh",
    "vp": "văn phòng",
}
_COUNTER = re.compile(
    r"^(bộ phận (?:một cửa|tiếp nhận(?: (?:và|&) trả kết quả)?)|bp một cửa)(?: của)? "
)
_NUMBERED = re.compile(r"^(?:\d{1,3}|[ivx]{1,5}|[a-z])[.)]\s*")
_OFFICE = re.compile(r"\b(ủy ban nhân dân|uỷ ban nhân dân|ubnd)\b")
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
            for name in filter(None, self._ways_to_say(unit)):
                self._names[name].add(unit.code)

    def _ways_to_say(self, unit: Unit) -> Iterable[str]:
        """The unit's name as it is compared, alone, with the units above it, and in initials."""
        name = own = comparable(unit.name.vi)
        yield own
        yield _initials(own)
        above = unit.parent
        while above is not None:
            parent = self._tree.unit(above)
            over = comparable(parent.name.vi)
            name = f"{name} {over}"
            yield from (f"{own} {over}", name, f"{own} {over}".replace("tỉnh tỉnh", "tỉnh"))
            yield f"{_initials(own)} {over}" if _initials(own) else ""
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
        """All units that a name fits: as it stands, or without the number of its place in a list."""
        ways = (comparable(text), comparable(_NUMBERED.sub("", plain(text))), _compact(text))
        return frozenset(next((self._names[way] for way in ways if way in self._names), ()))

    def only(self, text: str) -> str | None:
        """The one unit that a code or a name stands for."""
        fits = self.named(text)
        return self.of_code(text) or (next(iter(fits)) if len(fits) == 1 else None)

    def full_name(self, code: str) -> str:
        """The unit's name, with the one above it where another unit has the same name."""
        unit = self._tree.unit(code)
        if self.only(unit.name.vi) == code or unit.parent is None:
            return unit.name.vi
        return f"{unit.name.vi}, {self._tree.unit(unit.parent).name.vi}"

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
    text = _COUNTER.sub("", plain(name))
    words = re.sub(r"[.,;:()\-–/]+", " ", text).split()
    text = " ".join(_SHORT.get(word, word) for word in words)
    return " ".join(_OFFICE.sub("", text).split())


def _initials(name: str) -> str:
    """sở tài nguyên và môi trường as sở tnmt."""
    first, *rest = name.split() or [""]
    return f"{first} {''.join(word[0] for word in rest if word != 'và')}" if first == "sở" else ""


def _compact(name: str) -> str:
    """Sở TN&MT as sở tnmt; nothing for what does not begin like that."""
    first, _space, rest = plain(name).partition(" ")
    short = re.match(r"[\w&.,\- ]{2,14}$", rest)
    return f"{first} {re.sub(r'[^0-9a-zđ]', '', rest)}" if first == "sở" and short else "?"
