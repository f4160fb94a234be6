"""What a digest says: the total and its change, the first orders, who moved, where the page is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chiso.base.i18n import _, day
from chiso.base.terminal import visible
from chiso.explain.falling_due import due_soon_of
from chiso.explain.revised import DAY, WEEK, moves_of
from chiso.pages.cards import OrderWords, order_words
from chiso.pages.commentary.daily import since_words, who_words
from chiso.pages.commentary.falling_due import due_words
from chiso.pages.commentary.movement import total_moved
from chiso.pages.commentary.unit import standing_sentence
from chiso.pages.marks import mark_of
from chiso.store.figures import Figures

# No line is longer: a name that somebody wrote must not push the orders out.
_LINE, _NAME = 240, 80


@dataclass(frozen=True)
class Digest:
    """Plain words, each of one line; `mark` is empty where figures are final and real.

    `changes`: against the days and the period before; `moved`: who moved since the day before;
    `due`: what falls due soon, of an open period; `origin`: which revision of when; `page`: the file of the province's page, in the project.
    """

    title: str
    mark: str
    total: str
    changes: tuple[str, ...]
    orders: tuple[OrderWords, ...]
    moved: tuple[str, ...]
    due: tuple[str, ...]
    origin: str
    page: str


def digest_of(figures: Figures) -> Digest:
    """The digest of a period's figures; agencies are named as on the province's page."""
    period, province = figures.settings.period, figures.province
    told = figures.provenance
    return Digest(
        title=_("Indicator set 766 · {unit} · {period}").format(
            unit=_clipped(str(province.unit.name), _NAME), period=period.label
        ),
        mark=mark_of(figures.settings),
        total=_clipped(standing_sentence(province)),
        changes=tuple(map(_clipped, _changes(figures))),
        orders=tuple(
            OrderWords(
                _clipped(words.agency, _NAME),
                _clipped(words.what),
                _clipped(words.why),
                _clipped(words.until, _NAME),
            )
            for _order, words in order_words(figures)
        ),
        moved=tuple(map(_clipped, _moved(figures))),
        due=tuple(map(_clipped, _due(figures))),
        origin=_("Revision {revision}, stored on {day}; figures up to {until}.").format(
            revision=told.revision, day=day(told.stored_on), until=day(figures.settings.as_of)
        ),
        page=f"reports/_site/{period.name}/{figures.tree.province}.html",
    )


def _changes(figures: Figures) -> Iterator[str]:
    seen = set()
    for ago in (DAY, WEEK):
        moves = moves_of(figures, ago)
        if moves and moves.since.revision not in seen:
            seen.add(moves.since.revision)
            yield since_words(moves)
    # The first sentence is the total's; the others explain it.
    yield from list(total_moved(figures.province))[:1]


def _moved(figures: Figures) -> Iterator[str]:
    moves = moves_of(figures, DAY)
    if moves:
        yield from who_words(figures, moves)


def _due(figures: Figures) -> Iterator[str]:
    soon = due_soon_of(figures)
    if soon:
        yield from due_words(soon)


def _clipped(text: str, most: int = _LINE) -> str:
    """One line of at most so many characters, without what a reader's program would obey."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
