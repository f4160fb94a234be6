"""What a unit's page says: headline, where points are lost and why, what to do, what changed, notes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from IPython.display import Markdown

from chiso.base.i18n import (
    count,
    day,
    percent,
    points,
    short_points,
    tenths_percent,
    whole_percent,
)
from chiso.base.markdown import bullets, division, escape, strong
from chiso.explain import Carrier, carriers, cohort_standing
from chiso.explain.certainty import certainty
from chiso.explain.ownership import Lost, all_lost, has_dossiers, ownership
from chiso.explain.standing import SHOWN, Place, weakest
from chiso.pages.commentary import movement
from chiso.pages.commentary.advice import to_do
from chiso.pages.commentary.origins import formed
from chiso.pages.own_text import with_own_text
from chiso.pages.wording import about_cases, listed, sentence
from chiso.rules.indicators import NUMBERS
from chiso.scoring.score import OFFICIAL
from chiso.store.figures import Figures, UnitFigures


def headline(unit: UnitFigures) -> Markdown:
    """Where the unit stands, and how its total compares with the periods before."""
    sentences = [strong(words) for words in _reliance(unit)]
    sentences.append(strong(standing_sentence(unit)))
    if unit.figures.settings.is_provisional:
        sentences.append(escape(sentence("provisional", day=day(unit.figures.settings.as_of))))
    if has_dossiers(unit):
        sentences += map(escape, movement.total_moved(unit))
        # The province's moves stand in its brief.
        if unit.unit.level != "tinh":
            sentences += map(escape, movement.standing_moved(unit))
    sentences += map(escape, formed(unit))
    return Markdown(division(" ".join(sentences), "headline"))


def _reliance(unit: UnitFigures) -> Iterable[str]:
    """What has to be known before any figure of the unit is read: that none or few were taken in."""
    accepted, aside = unit.handed_in
    name, bad = str(unit.unit.name), count(aside)
    if unit.unit in unit.figures.silent:
        yield sentence("all_set_aside" if aside else "silent", unit=name, aside=bad)
    elif aside > accepted:
        rows = count(accepted + aside)
        yield sentence("mostly_set_aside", unit=name, aside=bad, rows=rows)


def unit_comment(unit: UnitFigures) -> Markdown:
    """Where the unit itself loses points and what to do first, beside each other; then what it does
    not lose itself, who holds it back, what changed, how certain its place is; and the analyst's own
    text, which replaces or follows it."""
    if not has_dossiers(unit):
        return Markdown(with_own_text(unit, bullets([*_not_own(unit), *_rest_without(unit)])))
    lists = [one for one in (_lost(unit), to_do(unit)) if one]
    panels = "\n\n".join(division(one, "panel") for one in lists)
    below = [
        *_not_own(unit),
        *_held_back(unit),
        *movement.indicators_moved(unit),
        *_certain(unit),
        *movement.against_next_class(unit),
    ]
    parts = [f"::::: {{.panels .first}}\n{panels}\n:::::"] if lists else []
    parts.append(bullets(below))
    automatic = "\n\n".join(part for part in parts if part)
    # The province's text stands in its brief.
    return Markdown(automatic if unit.unit.level == "tinh" else with_own_text(unit, automatic))


def standing_sentence(unit: UnitFigures, with_rank: bool = True) -> str:
    """Total, class and rank, with the ties of the rank; or why there is no total; of a unit without
    dossiers the total alone, with a rank only where one was published. `with_rank`: False where
    the rank is told elsewhere."""
    standing = unit.standing
    if standing.total is None:
        published = set(unit.groups[unit.groups["basis"] == OFFICIAL]["group"])
        present = sum(
            bool(row.basis) or unit.rules[row.indicator].indicator.group in published
            for row in unit.indicator_rows
        )
        missing = len(NUMBERS) - present
        return sentence("standing_incomplete", unit=unit.unit.name, missing=missing)
    words = {
        "unit": unit.unit.name,
        "total": points(standing.total),
        "max": short_points(standing.max_total),
        "band": standing.band,
    }
    is_ranked = with_rank and standing.rank is not None and standing.cohort_size is not None
    if not has_dossiers(unit) and not (is_ranked and standing.rank_is_published):
        return sentence("standing_no_dossiers", **words)
    if not is_ranked:
        return sentence("standing_unranked", **words)
    words |= {"rank": standing.rank, "size": standing.cohort_size}
    if unit.unit.level == "tinh" and standing.rank_is_published and has_dossiers(unit):
        return sentence("standing_published_province", **words)
    words["cohort"] = unit.figures.tree.cohorts[unit.unit.cohort].name
    if not has_dossiers(unit):
        return sentence("standing_no_dossiers_published", **words)
    tied = cohort_standing(unit).tied
    if standing.rank_is_published:
        return sentence("standing_published_rank", **words)
    return (
        sentence("standing_tied", tied=tied, **words)
        if tied
        else sentence("standing_ranked", **words)
    )


def _lost(unit: UnitFigures) -> str:
    """How many points are lost, how many of them the unit's own, and the most of those by indicator."""
    lost = all_lost(unit)
    if not lost.points:
        return ""
    words = {"lost": points(lost.points), "own": points(lost.own)}
    if not lost.own:
        return strong(sentence("lost_none_own", **words))
    key = "lost_all_own" if lost.own == lost.points else "lost_own"
    items = [_lost_item(unit, one, place) for one, place in weakest(unit)]
    return f"{strong(sentence(key, **words))}\n\n{bullets(items)}"


def _lost_item(unit: UnitFigures, lost: Lost, place: Place | None) -> str:
    """One loss of the unit's own: the cases that make it, where the points follow from counts, and
    its place in the cohort where that is low."""
    number, label = lost.numbers[0], ", ".join(map(str, lost.numbers))
    words = {"number": label, "lost": points(lost.own)}
    if len(lost.numbers) > 1:
        return sentence("lost_item", name=_name_of_rest(unit, number), **words)
    gap, rule = gap_of(unit, number), unit.rules[number]
    if rule.factor is not None and rule.factor < 1:
        words |= {"factor": percent(rule.factor), "other": str(rule.indicator.factor_of)}
        key = "lost_item_multiplied" if gap else "lost_item_factor"
        text = sentence(key, gap=gap, **words)
    elif gap:
        text = sentence("lost_item_counted", gap=gap, **words)
    else:
        text = sentence("lost_item", name=str(rule.indicator.name), **words)
    return text + (f"; {_place(place)}" if place else "")


def _name_of_rest(unit: UnitFigures, number: int) -> str:
    """The name of the group that an indicator is of."""
    code = unit.rules[number].indicator.group
    return next(str(one.name) for one in unit.figures.book.set.groups if one.code == code)


def _place(place: Place) -> str:
    key = "place_lowest" if place.place == 1 else "place_low"
    text = sentence(key, rate=percent(place.rate), place=place.place, of=place.of)
    if place.whole_rate is None:
        return text
    return f"{text}; {sentence('whole_province', rate=tenths_percent(place.whole_rate))}"


def gap_of(unit: UnitFigures, number: int) -> str:
    """What fails on an indicator, in cases: 60/400 hồ sơ quá hạn; empty without counts."""
    row = unit.indicators[unit.indicators["indicator"] == number].iloc[0]
    if not row["denominator"] or row["numerator"] is None or row["basis"] == OFFICIAL:
        return ""
    cases = row["denominator"] - row["numerator"]
    if cases <= 0:
        return ""
    of = count(row["denominator"])
    return about_cases("gap", number, unit.figures.book, cases=count(cases), of=of)


def _not_own(unit: UnitFigures) -> Iterable[str]:
    """What is lost but not by the unit's own cases, once and by name."""
    found = ownership(unit)
    items = []
    zero = {
        number
        for number, rule in unit.rules.items()
        if unit.unit.level in rule.indicator.zero_levels
    }
    parts = {
        "shared": [one for one in found if one.shared],
        "zero": [one for one in found if one.structural and one.numbers[0] in zero],
        "nothing": [one for one in found if one.structural and one.numbers[0] not in zero],
        "chance": [one for one in found if one.chance],
    }
    for key, lost in parts.items():
        if lost:
            numbers = [one.numbers[0] for one in lost]
            total = sum((one.points - one.own for one in lost), Decimal(0))
            words = {"points": points(total), "list": listed(numbers)}
            if key == "chance":
                words["cases"] = count(
                    max(unit.counts[number].denominator or 0 for number in numbers)
                )
            items.append(sentence(f"lost_{key}", **words))
    if items:
        whole = all_lost(unit)
        yield sentence("not_own", points=points(whole.points - whole.own), list="; ".join(items))


def _rest_without(unit: UnitFigures) -> Iterable[str]:
    """The other points that a unit without dossiers lacks, so that all are told; no advice on them."""
    lost = [one for one in ownership(unit) if one.own]
    if lost:
        own = sum((one.own for one in lost), Decimal(0))
        yield sentence(
            "lost_without_dossiers",
            points=points(own),
            list=listed(sorted(number for one in lost for number in one.numbers)),
        )


def _held_back(unit: UnitFigures) -> Iterable[str]:
    """Which of the units below carry most of what is lost on the costliest indicators."""
    if unit.unit.level == "tinh" or not unit.figures.tree.children(unit.unit.code):
        return
    for lost, _place_in_cohort in weakest(unit):
        number = lost.numbers[0]
        found = carriers(unit.figures, number, within=unit.unit.code)
        if len(lost.numbers) == 1 and len(found) > 1:
            items = [
                sentence("held_back_item", **carrier_words(unit.figures, number, one))
                for one in found[:SHOWN]
            ]
            name = unit.figures.book.rule(number).indicator.name
            yield sentence("held_back", number=number, name=name, list="; ".join(items))


def carrier_words(figures: Figures, number: int, one: Carrier) -> dict[str, object]:
    """Name, cases and share of a carrier; one with units below it is named without them."""
    name = str(one.unit.name)
    if figures.tree.children(one.unit.code):
        name = sentence("own_part", unit=name)
    cases, of = count(one.cases), count(one.denominator)
    gap = about_cases("gap", number, figures.book, cases=cases, of=of)
    share = whole_percent(one.share)
    return {"unit": name, "gap": gap, "cases": cases, "of": of, "share": share}


def _certain(unit: UnitFigures) -> Iterable[str]:
    """The range of ranks, and the chance of the class."""
    found, standing = certainty(unit.figures, unit.unit.cohort).get(unit.unit.code), unit.standing
    if found is None or unit.unit.level == "tinh":
        return
    words = {"band": standing.band, "chance": whole_percent(found.shown_probability)}
    if found.low is None or found.high is None:
        yield sentence("certain_class", **words)
    elif found.low == found.high:
        yield sentence("certain_rank", rank=standing.rank, **words)
    else:
        yield sentence("certain_ranks", low=found.low, high=found.high, **words)
