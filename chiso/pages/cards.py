"""The orders that come first, each as a card: what, which agency, how many, until when, where the list is."""

from __future__ import annotations

from dataclasses import dataclass

from IPython.display import Markdown

from chiso.base.i18n import count, day, percent
from chiso.base.letters import capitalised
from chiso.base.markdown import escape, link, strong
from chiso.explain.carrying import BY_PROCEDURE
from chiso.explain.orders import STAYS, Order, is_from_counts
from chiso.explain.overdue import Overdue
from chiso.explain.priorities import first_orders
from chiso.pages.wording import about_cases, sentence
from chiso.rules.explain_rules import explain_rules
from chiso.store.figures import Figures

_FENCE = ":::::"


def order_cards(figures: Figures) -> Markdown:
    """The first orders beside each other; empty where there is nobody to name."""
    cards = [f":::: {{.order}}\n{_card(*one)}\n::::" for one in order_words(figures)]
    if not cards:
        return Markdown("")
    return Markdown(f"{_FENCE} {{.orders}}\n" + "\n\n".join(cards) + f"\n{_FENCE}")


def agency_name(one: Order | Overdue) -> str:
    """The agency by name, with those below it where they are counted in."""
    name = str(one.unit.name)
    return sentence("with_below", unit=name) if one.includes_below else name


def counted_in(number: int) -> str:
    """What an indicator counts: dossiers, procedures, services, communes or petitions."""
    if number in BY_PROCEDURE or number < 4:
        return sentence("counted_procedures")
    kinds = {7: "services", 15: "communes", 19: "petitions", 20: "petitions"}
    return sentence(f"counted_{kinds.get(number, 'dossiers')}")


@dataclass(frozen=True)
class OrderWords:
    """An order in words: the agency, what it is to do, why it is named, until when."""

    agency: str
    what: str
    why: str
    until: str


def order_words(figures: Figures) -> tuple[tuple[Order | Overdue, OrderWords], ...]:
    """The first orders, each with its words; wherever they stand they are worded so."""
    from_counts = is_from_counts(figures)
    return tuple((one, _words(one, figures, from_counts)) for one in first_orders(figures))


def _words(one: Order | Overdue, figures: Figures, from_counts: bool) -> OrderWords:
    what, why = _overdue(one) if isinstance(one, Overdue) else _order(one, figures, from_counts)
    return OrderWords(agency_name(one), what, why, _until(one, from_counts))


def _card(one: Order | Overdue, words: OrderWords) -> str:
    listed = link(sentence("card_list"), f"{one.unit.code}.html#cases")
    last = f"{escape(words.until)} [{listed}]{{.screen}}"
    return "\n\n".join([strong(words.agency), escape(words.what), escape(words.why), last])


def _overdue(one: Overdue) -> tuple[str, str]:
    days = explain_rules().orders.long_overdue_days
    what = sentence("card_overdue", cases=count(one.cases), long=count(one.long), days=days)
    share, cases = percent(one.share), percent(one.share_of_cases)
    why = sentence("card_overdue_share", share=share, cases=cases)
    return what, why


def _order(one: Order, figures: Figures, from_counts: bool) -> tuple[str, str]:
    cases = count(one.mendable or one.failures)
    if from_counts and one.indicator in STAYS:
        what = sentence("card_review", cases=cases)
    else:
        action = about_cases("action", one.indicator, figures.book, cases=cases)
        what = f"{capitalised(action)}."
    words = {
        "share": percent(one.share_of_failures),
        "cases": percent(one.share_of_cases),
        "counted": counted_in(one.indicator),
    }
    key = "card_share" if one.place is None else "card_share_placed"
    key = "card_share_lowest" if one.place == 1 else key
    return what, sentence(key, place=one.place, of=one.of, **words)


def _until(one: Order | Overdue, from_counts: bool) -> str:
    if one.deadline is not None:
        is_sum = from_counts and isinstance(one, Order) and one.indicator not in STAYS
        return sentence(
            "card_deadline_counts" if is_sum else "card_deadline", day=day(one.deadline)
        )
    rate = one.rate_to_reach if isinstance(one, Order) else None
    return sentence("card_next_period", rate=percent(rate))
