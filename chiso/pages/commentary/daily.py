"""What the page of changes by day says first: since the day before and since seven days before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from IPython.display import Markdown

from chiso.base.i18n import _, count, day, points, signed_points
from chiso.base.markdown import division, escape, strong
from chiso.explain.falling_due import due_soon_of
from chiso.explain.record_changes import RecordChanges
from chiso.explain.revised import (
    DAY,
    WEEK,
    Moves,
    UnitMove,
    corrected,
    differing,
    moves_of,
    named_movers,
)
from chiso.pages.commentary.falling_due import due_words
from chiso.pages.commentary.movement import moved
from chiso.pages.revision_words import changes_of_records, correction_words, difference_words
from chiso.pages.wording import sentence
from chiso.store.figures import Figures

_NAMED = 3


def daily_lead(figures: Figures) -> Markdown:
    """What falls due soon, how the province's total moved since the day before and the week before, and
    who moved most."""
    told = figures.provenance
    first = _("Revision {revision}, stored on {day}.").format(
        revision=told.revision, day=day(told.stored_on)
    )
    parts = [strong(first)]
    if figures.settings.is_provisional:
        parts.append(escape(sentence("provisional", day=day(figures.settings.as_of))))
    else:
        parts.append(escape(_("The period is over: what moves now are later corrections.")))
    soon = due_soon_of(figures)
    if soon:
        parts.append(escape(" ".join(due_words(soon))))
    seen = set()
    for ago in (DAY, WEEK):
        moves = moves_of(figures, ago)
        if moves is None or moves.since.revision in seen:
            continue
        seen.add(moves.since.revision)
        parts += [strong(since_words(moves)), *map(escape, who_words(figures, moves))]
    return Markdown(division("\n\n".join(parts), "headline"))


def correction_lead(figures: Figures) -> Markdown:
    """What a later revision of a period that is over changed, and what of the records did it."""
    moves = corrected(figures)
    if moves is None:
        return Markdown("")
    now, since = moves.now, moves.since
    first = _(
        "Revision {revision}, stored on {day}, replaces revision {older}. What differs: {what}."
    )
    told = first.format(
        revision=now.revision,
        day=day(now.stored_on),
        older=since.revision,
        what=difference_words(differing(since, now)),
    )
    parts = [strong(told), strong(since_words(moves))]
    records = changes_of_records(figures) if moves.is_comparable else None
    if records is not None:
        own = correction_words(records.get(figures.tree.province, RecordChanges()))
        none = _("no dossier and no petition is another")
        parts.append(escape(_("Records of the whole province: {what}.").format(what=own or none)))
    elif moves.is_comparable:
        parts.append(
            escape(_("Which records are others is not known: they were not kept to be compared."))
        )
    return Markdown(division("\n\n".join(parts), "headline"))


def since_words(moves: Moves) -> str:
    """One sentence: the province's total against that of an older revision, and how many moved."""
    words = {"day": day(moves.since.stored_on), "revision": moves.since.revision}
    if not moves.is_comparable:
        return _(
            "Not compared with {day} (revision {revision}): the indicator set or the list of agencies"
            " is another since."
        ).format(**words)
    number = count(len(moves.agencies))
    if moves.province is None and not moves.agencies:
        return _("Since {day} (revision {revision}): no figure moved.").format(**words)
    if moves.province is None or moves.province.difference is None:
        return _("Since {day} (revision {revision}): figures of {number} agencies moved.").format(
            number=number, **words
        )
    return _(
        "Since {day} (revision {revision}): the province's total {moved} ({before} → {after});"
        " figures of {number} agencies moved."
    ).format(
        moved=moved(moves.province.difference),
        before=points(moves.province.before),
        after=points(moves.province.after),
        number=number,
        **words,
    )


def who_words(figures: Figures, moves: Moves) -> Iterable[str]:
    """Who gained and who lost most of its own, with names only where dossiers are enough."""
    found = named_movers(figures, moves)
    gained = [move for move in found if move.by_dossiers > 0][:_NAMED]
    lost = [move for move in reversed(found) if move.by_dossiers < 0][:_NAMED]
    if gained:
        yield _("Gained most of their own: {list}.").format(list=_list(gained))
    if lost:
        yield _("Lost most of their own: {list}.").format(list=_list(lost))


def _list(found: Sequence[UnitMove]) -> str:
    return "; ".join(f"{move.unit.name} ({signed_points(move.by_dossiers)})" for move in found)
