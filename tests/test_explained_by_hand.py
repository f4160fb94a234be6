"""Figures few enough to reckon by hand: what each word of an explanation says of them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from by_hand import TREE, figures

from chiso.contract.evidence import (
    CASE_COLUMNS,
    CASE_COUNTS,
    CASES,
    HANDED_IN,
    PROCEDURE_DOSSIERS,
    RECORD_PRINTS,
)
from chiso.contract.letters import MEND, OBLIGATION, OVERDUE, PRACTICE, Asked
from chiso.explain import by_procedure, revised
from chiso.explain import record_changes as changes_module
from chiso.explain.by_procedure import costs_by_procedure
from chiso.explain.certainty import (
    Certainty,
    _drawn,
    _drawn_totals,
    _grid,
    _interpolated,
    _ranks,
    other_ranks,
)
from chiso.explain.chance import is_late_beyond_chance
from chiso.explain.comparison import changes_by_agency
from chiso.explain.decomposition import decomposition, near_next_class
from chiso.explain.explanation import explain
from chiso.explain.falling_due import due_soon, due_soon_of
from chiso.explain.letters import addressed
from chiso.explain.losses import losses
from chiso.explain.orders import orders
from chiso.explain.overdue import Overdue, overdue_agencies, overdue_in_province
from chiso.explain.owed import Owed
from chiso.explain.ownership import losses_by_indicator, losses_by_kind
from chiso.explain.priorities import first_orders
from chiso.explain.record_changes import RecordChanges, record_changes
from chiso.explain.standing import place_of, said_by_others, weakest
from chiso.explain.trends import COMMON, CONCERN, IMPROVEMENT, TOO_FEW, verdict_text
from chiso.explain.way_up import way_up
from chiso.rules.explain_rules import explain_rules
from chiso.rules.working_days import SECONDS_A_DAY, days_since_1970
from chiso.store import figures as stored_figures
from chiso.store.figures import Figures

D = Decimal
SO = ("so-tu-phap", "so-thong-tin", "vp-ubnd")


def codes(found):
    return [one.unit.code for one in found]


# ------------------------------------------------------------------- revisions of one period


def revision(number, counts, **origin):
    """A stored revision: the day in October on which it was stored is its number and four."""
    made = figures("2022-09", counts)
    kept = {"as_of": "2022-09-30", "recorded_at": f"2022-10-{number + 4:02d}T03:00:00+00:00"}
    return replace(made, provenance=replace(made.provenance, revision=number, **kept | origin))


FIRST = {
    "H31": {5: (840, 1000)},
    "so-tu-phap": {5: (180, 200)},
    "so-thong-tin": {5: (190, 200)},
    "vp-ubnd": {5: (600, 600)},
    "323": {5: (29, 29)},
}
# One gains 1,00 point, another loses 3,00, a third one 0,20 with few dossiers; the province gains 0,20.
SECOND = FIRST | {
    "H31": {5: (850, 1000)},
    "so-tu-phap": {5: (190, 200)},
    "vp-ubnd": {5: (510, 600)},
    "323": {5: (28, 29)},
}
# One loses 4,00 and 2,00 of its own, and everybody 0,60 by the province's indicator 1.
THIRD = SECOND | {
    "H31": {5: (810, 1000), 1: (9, 10)},
    "so-thong-tin": {5: (150, 200), 16: (50, 100)},
}


@pytest.fixture(autouse=True)
def empty_store(monkeypatch, tmp_path):
    """Nothing of a report that was made in this clone belongs to the figures by hand."""
    monkeypatch.setattr(stored_figures, "store_dir", lambda: tmp_path)


@pytest.fixture
def stored(monkeypatch):
    """Makes revisions the stored ones, with the dossiers that each had handed in."""

    def keep(*found, dossiers=None):
        by_number = {one.provenance.revision: one for one in found}
        monkeypatch.setattr(revised, "load_figures", lambda _period, number: by_number[number])
        # As they come, newest first: whoever asks puts them in order.
        history = [one.provenance for one in reversed(found)]
        monkeypatch.setattr(revised.revisions, "history", lambda *_where: history)
        real = Figures.evidence

        def evidence(self, name):
            if name != "handed_in" or dossiers is None:
                return real(self, name)
            number = dossiers[self.provenance.revision]
            rows = [("H31", number, 0), ("so-thong-tin", number // 2, 0)]
            return pd.DataFrame(rows, columns=HANDED_IN)

        monkeypatch.setattr(Figures, "evidence", evidence)
        return found

    return keep


@pytest.fixture
def three(stored):
    return stored(
        revision(1, FIRST),
        revision(2, SECOND, as_of="2022-10-01"),
        revision(3, THIRD, inputs={"data/2022-09/dossiers.csv": "other"}),
        dossiers={1: 1000, 2: 1000, 3: 1010},
    )


def test_every_revision_stands_beside_the_one_before_it(three):
    newest, middle, first = revised.steps(three[2], 5)
    assert (first.now.revision, first.difference, first.units, first.indicators) == (
        1,
        None,
        (),
        (),
    )
    assert (first.dossiers, first.differs) == (None, ())
    assert first.total == three[0].province.standing.total
    # The greatest change of a total comes first.
    assert [unit.code for unit in middle.units] == ["vp-ubnd", "so-tu-phap", "323"]
    assert (middle.difference, middle.indicators, middle.dossiers) == (D("0.20"), (5,), 0)
    assert middle.differs == (revised.DAY_ONLY,)
    # Of indicator 1 all lose 0,60; it is told of the province alone. 17,00 to 16,20 on 5.
    assert [unit.code for unit in newest.units] == ["so-thong-tin"]
    assert (newest.difference, newest.indicators, newest.dossiers) == (D("-1.40"), (1, 5, 16), 10)
    assert newest.differs == (revised.DATA,)
    assert [step.now.revision for step in revised.steps(three[2], 3)] == [3, 2, 1]
    assert [step.now.revision for step in revised.steps(three[2], 2)] == [3, 2]
    assert [step.now.revision for step in revised.steps(three[1], 1)] == [2]


def test_two_revisions_by_other_rules_are_not_compared(stored):
    one, two, three = stored(
        revision(1, FIRST),
        revision(2, SECOND, set_hash="b"),
        revision(3, THIRD, set_hash="b", tree_hash="c"),
    )
    newest, middle, _first = revised.steps(three, 5)
    assert (newest.differs, middle.differs) == ((revised.TREE,), (revised.SET,))
    for step in (newest, middle):
        assert (step.units, step.indicators, step.difference, step.dossiers) == ((), (), None, None)
        assert step.total is not None
    moves = revised.moves_since(two, one.provenance)
    assert not moves.is_comparable and moves and moves.agencies == () and moves.province is None


def test_what_differs_is_told_by_its_kind():
    one = revision(1, FIRST, inputs={"params/explain.yml": "a", "data/x.csv": "a"}).provenance
    kinds = {
        revised.PROGRAM: replace(one, inputs={"params/explain.yml": "b", "data/x.csv": "a"}),
        revised.DATA: replace(one, inputs={"params/explain.yml": "a", "data/x.csv": "b"}),
        revised.DAY_ONLY: replace(one, as_of="2022-09-29"),
        revised.TREE: replace(one, tree_hash="b"),
        revised.SET: replace(one, set_hash="b"),
    }
    for kind, other in kinds.items():
        assert revised.differing(one, other) == (kind,), kind
    everything = replace(one, set_hash="b", tree_hash="b", inputs={}, as_of="2022-09-29")
    assert revised.differing(one, everything) == (revised.SET, revised.TREE, revised.DATA)


def test_what_moved_is_told_of_each_agency_of_its_own_the_greatest_gain_first(three):
    moves = revised.moves_since(three[2], three[0].provenance)
    assert (moves.since.revision, moves.now.revision, moves.is_comparable) == (1, 3, True)
    assert codes(moves.agencies) == ["so-tu-phap", "323", "vp-ubnd", "so-thong-tin"]
    last = moves.agencies[-1]
    assert (last.own, last.shared, last.petitions, last.by_dossiers) == (-6, D("-0.60"), 0, -6)
    assert last.difference == D("-6.60") == last.after - last.before
    assert [change.number for change in last.changes] == [5, 16]
    assert last.dossiers == 5
    assert moves.province.difference == D("-1.20")  # 0,60 on 5 as well
    assert [change.number for change in moves.province.changes] == [1, 5]
    assert moves.province.dossiers == 10


def test_what_moved_is_told_from_the_revision_in_force_so_long_ago(three):
    newest = three[2]
    assert revised.moves_of(newest, revised.DAY).since.revision == 2
    assert revised.moves_of(newest, timedelta(days=2)).since.revision == 1
    assert revised.moves_of(newest, revised.WEEK) is None
    assert revised.moves_of(three[0], revised.DAY) is None
    assert revised.in_force_before(newest, timedelta(0)).revision == 2
    found = revised.revisions_up_to(three[1])
    assert [one.revision for one in found] == [1, 2]
    assert revised.in_force(found, date(2022, 10, 4)) is None
    assert revised.in_force(found, date(2022, 10, 5)).revision == 1
    assert revised.in_force(found, date(2022, 12, 1)).revision == 2


def test_a_correction_is_of_a_period_that_was_over_in_both(three, stored):
    assert revised.corrected(three[2]).since.revision == 2
    assert revised.corrected(three[0]) is None
    open_then = stored(revision(1, FIRST, as_of="2022-09-20"), revision(2, SECOND))
    assert revised.corrected(open_then[1]) is None
    open_now = stored(revision(1, FIRST), revision(2, SECOND, as_of="2022-09-20"))
    assert revised.corrected(open_now[1]) is None


def test_nothing_moved_unless_a_count_or_the_end_of_the_period_did(stored):
    same = stored(revision(1, FIRST), revision(2, FIRST))
    assert not revised.moves_since(same[1], same[0].provenance)
    closed = stored(revision(1, FIRST, as_of="2022-09-20"), revision(2, FIRST))
    moves = revised.moves_since(closed[1], closed[0].provenance)
    assert moves and not moves.agencies and moves.province is None


def test_a_total_that_came_or_went_has_no_difference_but_is_told(stored):
    gone = stored(revision(1, FIRST), revision(2, FIRST | {"vp-ubnd": {5: (None, None)}}))
    (move,) = revised.moves_since(gone[1], gone[0].provenance).agencies
    assert (move.before, move.after, move.difference) == (98, None, None)
    assert (move.own, move.shared, move.petitions, move.by_dossiers) == (None, None, None, 0)
    assert move.dossiers is None
    step = revised.steps(gone[1], 1)[0]
    assert ([unit.code for unit in step.units], step.indicators) == (["vp-ubnd"], (5,))
    # An agency that was not there before has no row to compare.
    new = stored(revision(1, FIRST), revision(2, FIRST | {"11950": {}}))
    assert [unit.code for unit in revised.steps(new[1], 1)[0].units] == ["11950"]


def test_only_who_has_enough_dossiers_and_moved_by_itself_is_named(three, stored):
    moves = revised.moves_since(three[1], three[0].provenance)
    assert codes(moves.agencies) == ["so-tu-phap", "323", "vp-ubnd"]
    # 29 dossiers are too few (params/daily.yml).
    assert codes(revised.named_movers(three[1], moves)) == ["so-tu-phap", "vp-ubnd"]
    thirty = stored(
        revision(1, {"H31": {}, "323": {5: (30, 30)}}),
        revision(2, {"H31": {}, "323": {5: (29, 30)}}),
    )
    moves = revised.moves_since(thirty[1], thirty[0].provenance)
    assert codes(revised.named_movers(thirty[1], moves)) == ["323"]
    # Few then, or petitions alone: no name.
    for before, now in (
        ({5: (29, 29)}, {5: (29, 30)}),
        ({20: (40, 40)}, {20: (20, 40)}),
    ):
        pair = stored(revision(1, {"H31": {}, "323": before}), revision(2, {"H31": {}, "323": now}))
        moves = revised.moves_since(pair[1], pair[0].provenance)
        assert codes(moves.agencies) == ["323"]
        assert revised.named_movers(pair[1], moves) == ()
    unit = thirty[1].unit("323")
    assert revised.dossiers_of(unit) == 30
    assert revised.dossiers_of(figures("2022-09", {"323": {5: (None, None)}}).unit("323")) == 0


PRINTS = {
    1: [
        ("dossiers", "11950", 1, 1),
        ("dossiers", "11950", 2, 1),
        ("dossiers", "11953", 3, 1),
        ("dossiers", "so-tu-phap", 4, 1),
        ("petitions", "so-tu-phap", 1, 1),
        ("dossiers", "gone", 9, 1),
    ],
    2: [
        ("dossiers", "11950", 1, 1),  # the same
        ("dossiers", "11950", 2, 2),  # another cell
        ("dossiers", "11950", 3, 1),  # another commune of the same district has it
        ("dossiers", "vp-ubnd", 5, 1),  # new
        ("petitions", "so-tu-phap", 1, 2),
        ("petitions", "323", 2, 1),
    ],
}


def test_records_that_came_went_and_changed_are_counted_at_and_above_their_unit(monkeypatch):
    prints = {number: pd.DataFrame(rows, columns=RECORD_PRINTS) for number, rows in PRINTS.items()}
    monkeypatch.setattr(Figures, "folder", property(lambda one: one.provenance.revision))
    monkeypatch.setattr(changes_module, "read_prints", lambda number, _hash: prints.get(number))
    one, two = revision(1, {"H31": {}}), revision(2, {"H31": {}})
    assert record_changes(one, two) == {
        "H31": RecordChanges(
            dossiers_added=1,
            dossiers_removed=1,
            dossiers_changed=2,
            petitions_added=1,
            petitions_changed=1,
        ),
        "323": RecordChanges(dossiers_changed=2, petitions_added=1),
        "11950": RecordChanges(dossiers_added=1, dossiers_changed=1),
        "11953": RecordChanges(dossiers_removed=1),
        "vp-ubnd": RecordChanges(dossiers_added=1),
        "so-tu-phap": RecordChanges(dossiers_removed=1, petitions_changed=1),
    }
    assert record_changes(one, one) == {}
    for pair in ((one, revision(3, {"H31": {}})), (revision(3, {"H31": {}}), one)):
        assert record_changes(*pair) is None
    assert not RecordChanges() and RecordChanges(petitions_removed=1)


# ------------------------------------------------------------------------------- where one stands


def test_a_place_is_counted_from_the_lowest_rate_of_those_with_dossiers():
    counts = {
        "H31": {5: (800, 1000), 9: (1, 2)},
        "so-tu-phap": {5: (80, 100), 9: (1, 4)},
        "so-thong-tin": {5: (80, 100), 9: (3, 4)},
        "vp-ubnd": {5: (90, 100)},
        "323": {5: (1, 2)},
    }
    now = figures("2022-09", counts)
    places = {code: place_of(now.unit(code), 5) for code in SO}
    assert [(one.place, one.of, one.rate, one.whole_rate) for one in places.values()] == [
        (1, 3, Fraction(4, 5), Fraction(4, 5)),
        (1, 3, Fraction(4, 5), Fraction(4, 5)),
        (3, 3, Fraction(9, 10), Fraction(4, 5)),
    ]
    # Procedures do not add up: nothing is said of the province's rate.
    nine = place_of(now.unit("so-thong-tin"), 9)
    assert (nine.place, nine.of, nine.whole_rate) == (2, 3, None)
    assert place_of(now.unit("H31"), 5) is None, "the tree holds one province of many"
    assert place_of(now.unit("323"), 19) is None, "no petition, no rate"
    assert place_of(now.unit("323"), 5).of == 1
    unknown = figures("2022-09", counts | {"vp-ubnd": {5: (None, None)}})
    assert place_of(unknown.unit("vp-ubnd"), 5) is None
    assert place_of(unknown.unit("so-tu-phap"), 5).of == 2
    # Who had no dossier is not among those compared, whatever its procedures are.
    empty = dict.fromkeys(range(4, 22), (0, 0)) | {9: (0, 4)}
    assert place_of(figures("2022-09", counts | {"vp-ubnd": empty}).unit("so-tu-phap"), 9).of == 2


def test_the_three_greatest_losses_are_told_with_their_place_where_it_is_low():
    names = [f"so-{number}" for number in range(8)]
    units = (TREE.units[0], *(replace(TREE.by_code[SO[0]], code=name) for name in names))
    tree = replace(TREE, units=units)
    counts = {name: {5: (90 + i, 100), 16: (0, 100)} for i, name in enumerate(names)}
    counts["so-1"] |= {12: (0, 100), 13: (10, 100), 16: (40, 100)}
    counts["so-2"] |= {13: (79, 100)}
    now = figures("2022-09", {"H31": {}, **counts}, tree=tree)
    found = weakest(now.unit("so-1"))
    # 12: 6,00; 13: 4 to 6 points of a target; 16: 2,40; 5: 1,80 is the fourth.
    assert len(found) == 3
    own = [one.own for one, _place in found]
    assert own == sorted(own, reverse=True) and 5 not in {one.numbers[0] for one, _place in found}
    # A quarter of eight are the two lowest: the one on 12 and 13; on 16 it is the highest.
    assert {one.numbers[0]: place and place.place for one, place in found} == {
        12: 1,
        13: 1,
        16: None,
    }
    second = {one.numbers[0]: place for one, place in weakest(now.unit("so-2"))}
    assert second[13].place == 2 and second[5] is None


def test_what_others_figures_say_of_a_unit_changes_with_them():
    counts = {
        "H31": {5: (900, 1000)},
        "so-tu-phap": {5: (80, 100)},
        "so-thong-tin": {5: (90, 100)},
        "vp-ubnd": {},
    }
    said = said_by_others(figures("2022-09", counts).unit("so-tu-phap"))
    standing, free, (low, high, chance), places = said
    assert (standing.rank, standing.next_rank, standing.to_next_rank) == (3, 2, 2)
    assert free.free == 12
    assert low <= 3 <= high and 0 < chance <= 1
    assert places == []
    assert said == said_by_others(figures("2022-09", counts).unit("so-tu-phap"))
    other = counts | {"so-thong-tin": {5: (91, 100)}}
    assert said != said_by_others(figures("2022-09", other).unit("so-tu-phap"))
    no_total = figures("2022-09", counts | {"so-tu-phap": {4: (None, None)}}).unit("so-tu-phap")
    assert said_by_others(no_total)[2] is None
    empty = dict.fromkeys(range(1, 22), (0, 0))
    now = figures("2022-09", counts | {"vp-ubnd": empty})
    assert said_by_others(now.unit("vp-ubnd")) == (None,)


def test_who_lacks_at_most_half_a_point_to_the_next_class_is_told_nearest_first():
    counts = {
        "so-tu-phap": {5: (58, 100)},  # 98 - 8,40 = 89,60
        "so-thong-tin": {5: (57, 100)},  # 89,40: too far
        "vp-ubnd": {5: (5750, 10000)},  # 89,50
        "323": {5: (60, 100)},  # 90,00: there
        "11950": {5: (None, None)},
        "11953": {5: (5995, 10000)},  # 89,99
    }
    found = near_next_class(figures("2022-09", counts))
    assert [(one.unit.code, str(one.band.name), one.lacking) for one in found] == [
        ("11953", "Xuất sắc", D("0.01")),
        ("so-tu-phap", "Xuất sắc", D("0.40")),
        ("vp-ubnd", "Xuất sắc", D("0.50")),
    ]


def test_other_ranks_leave_out_petitions_for_all_or_what_the_province_brings():
    counts = {
        "so-tu-phap": {20: (5, 10), 5: (99, 100)},  # 3 lost on petitions, 0,20
        "so-thong-tin": {5: (90, 100), 19: (5, 10)},  # 2 and 3
        "vp-ubnd": {5: (95, 100)},  # 1
    }
    found = {one.code: one for one in other_ranks(figures("2022-09", counts), "so")}
    assert [found[code].rank for code in SO] == [2, 3, 1]
    assert [found[code].without_petitions for code in SO] == [1, 3, 2]
    assert [found[code].without_shared for code in SO] == [2, 3, 1]
    assert [one.compared for one in found.values()] == [None] * 3
    # What is not known of one leaves it out, not the others.
    lacking = counts | {"so-thong-tin": {19: (None, None)}}
    found = {one.code: one for one in other_ranks(figures("2022-09", lacking), "so")}
    assert [found[code].without_petitions for code in SO] == [1, None, 2]
    assert list(found) == list(SO)


def test_drawn_ranks_are_competition_ranks_of_each_draw():
    drawn = np.array([[9.0, 1.0, 5.0], [9.0, 2.0, 5.0], [7.0, 3.0, 5.0], [5.0, 3.0, 6.0]])
    assert _ranks(drawn).tolist() == [[1, 4, 2], [1, 3, 2], [3, 1, 2], [4, 1, 1]]


@pytest.mark.parametrize(
    ("part", "shown"),
    [(0, "0"), (0.001, "0.01"), (0.006, "0.01"), (0.125, "0.13"), (0.996, "0.99"), (1, "1")],
)
def test_a_chance_is_never_called_sure_unless_it_is(part, shown):
    assert Certainty(1, 1, part).shown_probability == D(shown)


# --------------------------------------------------------------------------- losses and changes


def test_losses_are_told_most_first_with_their_names_and_rests_of_published_groups():
    gone = dict.fromkeys((7, 8), (None, None))
    counts = {"so-tu-phap": gone | {5: (90, 100), 16: (50, 100)}}
    official = (("so-tu-phap", "III.a", "7.50"),)
    found = losses(figures("2022-09", counts, official=official).unit("so-tu-phap"))
    # 12 - 7,5 = 4,5, of which 2 on indicator 6 by rule. Equal losses: by number.
    assert [(one.numbers, one.label, one.points, one.is_rest) for one in found] == [
        ((7, 8), "7, 8", D("2.50"), True),
        ((5,), "5", D("2.00"), False),
        ((6,), "6", D("2.00"), False),
        ((16,), "16", D("2.00"), False),
    ]
    book = figures("2022-09", counts).book
    group = next(str(one.name) for one in book.set.groups if one.code == "III.a")
    assert [one.name for one in found] == [
        group,
        *(str(book.rule(n).indicator.name) for n in (5, 6, 16)),
    ]


def test_what_a_group_lost_beside_its_known_indicators_gains_by_as_much_as_less_is_lost():
    gone = {"so-tu-phap": dict.fromkeys((7, 8), (None, None))}
    for before, after, gained in (("7.50", "9.00", "1.50"), ("9.00", "7.50", "-1.50")):
        official = [(("so-tu-phap", "III.a", points),) for points in (before, after)]
        then = figures("2022-08", gone, official=official[0])
        now = figures("2022-09", gone, (then,), official=official[1])
        found = decomposition(now.unit("so-tu-phap"))
        effects = {one.numbers: (one.rate, one.scope, one.is_shared) for one in found.effects}
        assert effects == {(7, 8): (D(gained), 0, False)}
    # Of a group of which nothing was published before, all that is lost now is lost since.
    then = figures("2022-08", {"so-tu-phap": {}})
    now = figures("2022-09", gone, (then,), official=official[0])
    found = decomposition(now.unit("so-tu-phap"))
    assert [one.rate for one in found.effects if one.numbers == (7, 8)] == [D("-1.00")]


def test_losses_of_all_agencies_are_summed_by_indicator_and_by_whose_they_are():
    counts = {
        "H31": {1: (50, 100)},
        "so-tu-phap": {5: (90, 100), 19: (1, 2)},
        "so-thong-tin": {5: (80, 100), 20: (5, 10)},
        "vp-ubnd": {5: (80, 100)},
    }
    now = figures("2022-09", counts)
    five, twenty = losses_by_indicator(now)
    assert (five.number, five.agencies, five.total, five.most) == (5, 3, 10, 4)
    assert five.mean == D(10) / 3 and five.worst == ("so-thong-tin", "vp-ubnd")
    assert (twenty.number, twenty.agencies, twenty.total, twenty.mean) == (20, 1, 3, 1)
    found = [(one.number, one.kind, one.points, one.agencies) for one in losses_by_kind(now)]
    assert found == [
        # Half of the province's 6 points on indicator 1, for each of the three.
        (5, "own", 10, 3),
        (1, "shared", 9, 3),
        (6, "structural", 6, 3),
        (19, "chance", 3, 1),
        (20, "own", 3, 1),
    ]


def test_a_change_is_parted_into_rate_scope_petitions_and_what_is_shared():
    before = {
        "H31": {1: (100, 100)},
        "so-tu-phap": {5: (80, 100), 9: (4, 8), 20: (10, 10), 16: (50, 100)},
    }
    after = {
        "H31": {1: (50, 100)},
        "so-tu-phap": {5: (90, 100), 9: (4, 16), 20: (5, 10), 16: (0, 0)},
    }
    then = figures("2022-08", before)
    now = figures("2022-09", after, (then,))
    found = decomposition(now.unit("so-tu-phap"))
    effects = {one.numbers: (one.rate, one.scope, one.is_shared) for one in found.effects}
    nine = effects.pop((9,))
    assert effects == {
        (1,): (-3, 0, True),
        (5,): (2, 0, False),
        # Nothing to count any more: no points by rule, which is no worse work.
        (16,): (0, -2, False),
        (20,): (-3, 0, False),
    }
    # As many procedures as before among twice as many: all of it is scope.
    assert nine[0] == 0 and nine[1] < 0 and not nine[2]
    assert (found.shared, found.petitions, found.rounding) == (-3, -3, 0)
    assert found.own == 2 - 2 - 3 + nine[1]
    assert found.total == found.own + found.shared
    assert (found.petitions_before, found.petitions_after) == (10, 10)
    (change,) = changes_by_agency(now)
    assert (change.own, change.shared, change.petitions) == (found.own, -3, -3)
    assert change.by_dossiers == found.own + 3
    assert (change.petitions_before, change.petitions_after) == (10, 10)
    assert (change.rank_before, change.rank_after) == (1, 1)
    assert change.after - change.before == change.difference == found.total


def test_one_unit_explained_as_a_whole():
    counts = {
        "H31": {5: (820, 1000), 11: (500, 1000)},
        "so-tu-phap": {5: (50, 200), 11: (90, 100)},
        "so-thong-tin": {5: (190, 200)},
        "vp-ubnd": {5: (580, 600)},
    }
    now = figures("2022-09", counts, (figures("2022-08", counts),))
    one = explain(now.unit("so-tu-phap"))
    assert (one.period, one.revision, one.target, one.has_dossiers) == ("2022-09", 0, "class", True)
    assert (
        one.lost.points == 100 - one.unit.standing.total == sum(x.points for x in one.by_indicator)
    )
    assert one.change.total == 0
    assert (one.aim, one.way.aim, one.way.total_after >= one.aim) == (90, 90, True)
    assert one.certainty.low == one.certainty.high == 3
    assert one.orders == ()
    bare = explain(now.unit("so-tu-phap"), "points:99", has_period=False)
    assert (bare.period, bare.revision, bare.change, bare.aim) == (None, None, None, 99)
    assert bare.way is None, "2 of 100 points are lost by rule"
    province = explain(now.province, "rank:1")
    assert (province.aim, province.way) == (None, None)
    assert province.orders == orders(now) != ()
    assert [order.deadline for order in explain(now.province, has_period=False).orders] == [
        None
    ] * len(province.orders)
    top = explain(now.unit("vp-ubnd"))
    assert (top.aim, top.way) == (None, None)


# ------------------------------------------------------------------------------- what falls due


def test_what_falls_due_stands_by_agency_with_the_letters_that_go_out_now():
    today = date(2022, 9, 14)
    rows = pd.DataFrame(
        [
            ("so-tu-phap", 15, 2),
            ("so-tu-phap", 14, 1),
            ("vp-ubnd", 16, 5),
            ("so-thong-tin", 14, 9),
            ("323", 15, 2),
            ("323", 20, 7),
        ],
        columns=["unit", "due_day", "dossiers"],
    )
    rows["due_day"] = [days_since_1970(date(2022, 9, day)) for day in rows["due_day"]]
    found = due_soon(rows, TREE, today, date(2022, 9, 20))
    rule = found.rule.working_days_before
    assert found.letters_until == date(2022, 9, 14 + rule) and found.letter_day == today
    told = [
        (one.unit.code, one.cases, one.letters, list(one.by_day.values())) for one in found.agencies
    ]
    letters = {15: {"so-tu-phap": 2, "323": 2}, 16: {"vp-ubnd": 5}}
    now = {}
    for day in range(15, 15 + rule):
        now |= letters.get(day, {})
    assert told == [
        (code, *pair)
        for code, *pair in sorted(
            [
                ("so-tu-phap", 3, now.get("so-tu-phap", 0), [1, 2]),
                ("vp-ubnd", 5, now.get("vp-ubnd", 0), [5]),
                ("so-thong-tin", 9, 0, [9]),
                ("323", 9, now.get("323", 0), [2, 7]),
            ],
            key=lambda one: (-one[2], -one[1], one[0]),
        )
    ]
    assert (found.cases, found.cases_today, found.letters) == (26, 10, sum(now.values()))
    assert found.letter_of(date(2022, 9, 19)) < date(2022, 9, 19)
    assert (found.today, found.until) == (today, date(2022, 9, 20))


def test_only_an_open_period_says_what_falls_due(monkeypatch):
    now = figures("2022-09", {"H31": {}})
    rows = pd.DataFrame(
        [("so-tu-phap", days_since_1970(date(2022, 9, 15)), 2)],
        columns=["unit", "due_day", "dossiers"],
    )
    monkeypatch.setattr(Figures, "evidence", lambda _self, name: rows if name == "due" else None)
    assert due_soon_of(now) is None
    running = replace(now, settings=replace(now.settings, as_of=date(2022, 9, 14)))
    found = due_soon_of(running)
    assert (found.today, found.until, found.cases) == (date(2022, 9, 14), date(2022, 9, 19), 2)
    monkeypatch.setattr(Figures, "evidence", lambda _self, _name: rows.iloc[:0])
    assert due_soon_of(running) is None


def test_procedures_without_records_cost_nothing():
    assert (
        costs_by_procedure(figures("2022-09", {"so-tu-phap": {5: (1, 9)}}).unit("so-tu-phap")) == ()
    )


# ------------------------------------------------------------------- with the cases behind them

LATE, PAPER, FILES = 5, 8, 13
RECORDED = {
    **{unit.code: {} for unit in TREE.units},
    "H31": {5: (1740, 2000), 8: (1800, 2000), 13: (1390, 2000), 21: (1740, 2000)},
    "so-tu-phap": {5: (140, 200), 8: (50, 200), 13: (20, 200), 21: (140, 200)},
    "so-thong-tin": {5: (100, 200), 8: (190, 200), 13: (180, 200), 21: (100, 200)},
    "vp-ubnd": {5: (590, 600), 13: (190, 200), 21: (590, 600)},
}


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """The figures above with the cases behind them: of one agency three dossiers are open and overdue."""
    rows = [
        ("so-tu-phap", LATE, "o2", "Hộ tịch", "in_process", 31, None, False),
        ("so-tu-phap", LATE, "o1", "Đất đai", "waiting", 30, None, False),
        ("so-tu-phap", LATE, "o3", "Hộ tịch", "in_process", 1, None, False),
        ("so-tu-phap", LATE, "again", "Hộ tịch", "asked_again", -3, None, False),
        ("so-tu-phap", FILES, "b", "Hộ tịch", "components", None, None, True),
        ("so-tu-phap", FILES, "a", "Hộ tịch", "components", None, None, True),
    ]
    for unit, number, reason, late, many in (
        ("so-tu-phap", LATE, "ended", 9, 56),
        ("so-tu-phap", FILES, "components", None, 178),
        ("so-tu-phap", PAPER, "online", None, 150),
        ("so-thong-tin", LATE, "ended", 2, 100),
    ):
        rows += [
            (unit, number, f"{reason}-{n}", "Hộ tịch", reason, late, 1, False) for n in range(many)
        ]
    columns = ["unit", "indicator", "id", "procedure", "reason", "days_late", "ended_s", "mendable"]
    whole = dict.fromkeys(("days_late", "ended_s", "received_s", "due_s"), "Int64")
    cases = (
        pd.DataFrame(rows, columns=columns)
        .assign(kind="dossier")
        .reindex(columns=CASE_COLUMNS)
        .astype(whole)
    )
    cases.to_parquet(tmp_path / CASES)
    counted = cases.groupby(["unit", "indicator"], as_index=False).agg(
        cases=("id", "size"), mendable=("mendable", "sum"), days_late=("days_late", "max")
    )
    counted.assign(digest="").to_csv(tmp_path / "case_counts.csv", index=False)
    monkeypatch.setattr(Figures, "folder", property(lambda _self: tmp_path))
    return figures("2022-09", RECORDED)


def test_orders_of_records_say_what_can_still_be_mended_and_until_when(recorded):
    found = [
        (one.unit.code, one.indicator, one.failures, one.mendable, one.deadline)
        for one in orders(recorded)
    ]
    assert found[0] == ("so-tu-phap", FILES, 180, 2, date(2022, 10, 7))
    # Of the others nothing can be mended any more: no day for it.
    assert set(found[1:]) == {
        ("so-thong-tin", LATE, 100, 0, None), ("so-tu-phap", PAPER, 150, 0, None), ("so-tu-phap", LATE, 60, 0, None),
        ("so-thong-tin", 21, 100, 0, None), ("so-tu-phap", 21, 60, 0, None),
    }  # fmt: skip


def test_a_letter_asks_for_open_dossiers_by_their_ids_then_for_what_can_be_mended_then_for_the_next_period(
    recorded,
):
    found = addressed(recorded, {})
    asked = {
        draft.unit.code: [
            (one.asked.indicator, one.asked.what, one.asked.count, one.asked.dossiers, one.long)
            for one in draft.tasks
        ]
        for draft in found.drafts
    }
    assert asked == {
        "so-tu-phap": [
            # One of three is over its limit by more than 30 days.
            (LATE, OVERDUE, 3, ("o1", "o2", "o3"), 1),
            (FILES, MEND, 2, ("a", "b"), 0),
            (PAPER, PRACTICE, 150, (), 0),
            # 21 fails by the same dossiers: it is asked for once.
            (LATE, PRACTICE, 60, (), 0),
        ],
        "so-thong-tin": [(LATE, PRACTICE, 100, (), 0)],
    }
    own = next(draft for draft in found.drafts if draft.unit.code == "so-tu-phap")
    assert [one.order and one.order.indicator for one in own.tasks] == [None, FILES, PAPER, LATE]
    assert [one.owed for one in own.tasks] == [None] * 4


def test_where_dossiers_are_open_and_overdue_nobody_is_ordered_for_what_is_late_already(recorded):
    first, second = first_orders(recorded)
    assert isinstance(first, Overdue)
    assert (first.unit.code, first.cases, first.waiting, first.long) == ("so-tu-phap", 3, 1, 1)
    assert first.procedures == (("Hộ tịch", 2), ("Đất đai", 1))
    assert (first.share, first.share_of_cases, first.place, first.of) == (1, D("0.1"), 1, 3)
    assert (first.includes_below, first.deadline) == (False, date(2022, 10, 7))
    assert second.unit.code == "so-thong-tin" and second.indicator != LATE
    assert first_orders(recorded, 1) == (first,)
    (agency,) = overdue_agencies(recorded)
    assert agency == first
    whole = overdue_in_province(recorded)
    assert (whole.unit.code, whole.cases, whole.share, whole.share_of_cases) == ("H31", 3, 1, 1)
    assert (whole.includes_below, whole.place, whole.of) == (True, None, None)


def test_of_bare_counts_nobody_is_ordered_first_for_what_can_not_be_undone_but_for_being_late():
    found = first_orders(figures("2022-09", RECORDED))
    assert [(one.unit.code, one.indicator) for one in found] == [
        ("so-thong-tin", LATE),
        ("so-tu-phap", FILES),
    ]


def test_a_verdict_has_words():
    words = {one: verdict_text(one) for one in (COMMON, IMPROVEMENT, CONCERN, TOO_FEW)}
    assert words == {
        COMMON: "trong mức dao động thường",
        IMPROVEMENT: "tiến bộ rõ rệt",
        CONCERN: "giảm sút rõ rệt",
        TOO_FEW: "chưa đủ số kỳ để kết luận",
    }


# ------------------------------------------------------------------------- what is drawn anew

NOTHING = dict.fromkeys(range(1, 22), (0, 0))
RULES = explain_rules().certainty


def streams(number):
    return [np.random.default_rng([7, i]) for i in range(number)]


def beta_binomial(numerator, denominator, rate):
    """Mean and variance of drawn numerators: a Beta of own cases and two at the cohort's rate, then binomial."""
    met, missed = numerator + 2 * rate, denominator - numerator + 2 * (1 - rate)
    whole = met + missed
    mean = denominator * met / whole
    return mean, mean * missed / whole * (whole + denominator) / (whole + 1)


def has_moments(drawn, mean, variance):
    """Whether draws have a mean and a variance, as near as so many tell."""
    error = (variance / len(drawn)) ** 0.5
    return abs(drawn.mean() - mean) < 4 * error + 1e-9 and abs(drawn.var() / variance - 1) < 0.25


@pytest.mark.parametrize(
    ("numerators", "rate"),
    [
        ((60, 80, 99), 0.8),  # 239 of 300 in whole percents
        ((100, 100, 100), 0.995),  # a cohort without failures is not faultless
        ((0, 0, 0), 0.005),
    ],
)
def test_cases_are_drawn_at_own_rates_beside_two_cases_at_the_cohorts(numerators, rate):
    own, of = np.array(numerators), np.array([100, 100, 100])
    drawn = _drawn(own, of, streams(3), RULES)
    assert drawn.shape == (3, RULES.draws) and (drawn >= 0).all() and (drawn <= 100).all()
    for place, numerator in enumerate(numerators):
        mean, variance = beta_binomial(numerator, 100, rate)
        error = (variance / RULES.draws) ** 0.5
        assert abs(drawn[place].mean() - mean) < 4 * error, numerator
        if variance > 1:
            assert has_moments(drawn[place], mean, variance), numerator
    # One case says little: two others weigh more.
    one = _drawn(np.array([0, 90]), np.array([1, 99]), streams(2), RULES)[0]
    assert abs(one.mean() - 1.8 / 3) < 0.06


def test_a_drawn_total_is_the_total_with_the_drawn_rates():
    counts = {code: NOTHING | {5: (n, 100)} for code, n in zip(SO, (60, 80, 90), strict=True)}
    now = figures("2022-09", {"H31": {1: (5, 10)}, **counts})
    drawn = _drawn_totals(now, list(SO), RULES)
    assert drawn.shape == (3, RULES.draws)
    for place, n in enumerate((60, 80, 90)):
        # 20 points for all on time; what is the province's, or by rule, stays in every draw.
        stays = float(now.standing(SO[place]).total) - 0.2 * n
        numerators = (drawn[place] - stays) / 0.2
        assert np.allclose(numerators, np.round(numerators), atol=1e-6)
        mean, variance = beta_binomial(n, 100, 0.77)
        assert has_moments(numerators, mean, variance)
    # A stream of each unit's own: who else is drawn moves nothing while the cohort's rate is the same.
    assert abs(np.corrcoef(drawn[1], drawn[0])[0, 1]) < 0.2
    now = figures("2022-09", dict.fromkeys(SO, NOTHING | {5: (60, 100)}))
    assert (_drawn_totals(now, [SO[0]], RULES)[0] == _drawn_totals(now, list(SO), RULES)[0]).all()


def test_who_is_late_is_not_satisfied_in_the_same_draw():
    def drawn_of(**own):
        counts = {int(number[1:]): count for number, count in own.items()}
        now = figures("2022-09", {"H31": NOTHING, SO[0]: NOTHING | counts})
        return _drawn_totals(now, [SO[0]], RULES)[0] - float(now.standing(SO[0]).total)

    alone = drawn_of(_5=(60, 100))
    on_time = 60 + alone / 0.2
    # 6 points at 90%: one dossier of 100 is 0,0667 points.
    satisfied = 50 + (drawn_of(_5=(60, 100), _21=(50, 100)) - alone) / 6 * 90
    # As many dossiers: those on time in the draw, less complaints drawn for themselves.
    complaints = on_time - satisfied
    assert complaints.min() > -0.2 and has_moments(complaints, *beta_binomial(10, 100, 0.1))
    assert np.corrcoef(satisfied, on_time)[0, 1] > 0.7
    # Not as many: the two are counted over other dossiers and drawn each for itself.
    other = drawn_of(_5=(60, 100), _21=(45, 90)) - alone
    assert abs(np.corrcoef(other, on_time)[0, 1]) < 0.2


def test_a_rate_between_two_thousandths_has_points_between_theirs():
    book = figures("2022-09", {"H31": {}}).book
    points = _interpolated(book, 5, np.array([0, 0.1235, 0.5, 1]))
    assert points == pytest.approx([0, 2.47, 10, 20], abs=0.006)
    # 6 points from 90% on.
    assert _interpolated(book, 21, np.array([0.45, 0.9, 1])) == pytest.approx([3, 6, 6], abs=0.006)
    assert len(_grid(book, 5)) == 1001


# ------------------------------------------------------------------------- what procedures cost


def test_points_of_procedures_are_parted_by_cases_and_what_is_not_known_is_empty(monkeypatch):
    """4 points of indicator 16 at 4 of 10: 2,40 lost by six cases, 0,40 a case."""
    cases = ["A"] + ["B"] + ["Q"] * 4
    names = {"A": "Tên A", "B": "Tên B", "Q": None}
    of_procedures = pd.DataFrame(
        [(16, "so-tu-phap", "dossier", code, names[code]) for code in cases],
        columns=["indicator", "unit", "kind", "procedure_id", "procedure"],
    )
    about = pd.DataFrame(
        [
            ("so-tu-phap", "A", 5, 0, "day", 3, 2, 5 * SECONDS_A_DAY),
            ("so-tu-phap", "B", 5, 1, "", None, 0, 0),
            ("so-tu-phap", "Q", None, None, "", None, 0, 0),
        ],
        columns=PROCEDURE_DOSSIERS,
    ).astype({"dossiers": "Int64", "late": "Int64"})
    counted = pd.DataFrame([("so-tu-phap", 16, 6, 6, None, "")], columns=CASE_COUNTS)
    tables = {"case_counts": counted, "procedure_dossiers": about}
    monkeypatch.setattr(by_procedure, "read_procedure_cases", lambda *_where: of_procedures)
    monkeypatch.setattr(Figures, "evidence", lambda _self, name: tables[name])
    unit = figures("2022-09", {"so-tu-phap": {16: (4, 10)}}).unit("so-tu-phap")
    found = [
        (one.code, one.name, one.points, one.dossiers, one.late, one.mean, one.max_term)
        for one in costs_by_procedure(unit)
    ]
    assert found == [
        ("Q", "Q", Fraction(8, 5), None, None, None, None),
        # As many points: more late dossiers first.
        ("B", "Tên B", Fraction(2, 5), 5, 1, None, None),
        ("A", "Tên A", Fraction(2, 5), 5, 0, Fraction(5, 2), 3),
    ]
    assert {one.numbers for one in costs_by_procedure(unit)} == {(16,)}


def test_indicators_of_a_procedure_stand_by_their_points_and_only_with_points_of_its_own(
    monkeypatch,
):
    """2,40 points of 16 by six cases, 2,00 of 5 by ten; the 2 points of 6 are nobody's own."""
    of_procedures = pd.DataFrame(
        [(number, "so-tu-phap", "dossier", "A", "Tên A") for number in (5, 6, 16)],
        columns=["indicator", "unit", "kind", "procedure_id", "procedure"],
    )
    counted = pd.DataFrame(
        [
            ("so-tu-phap", number, cases, cases, None, "")
            for number, cases in ((5, 10), (6, 4), (16, 6))
        ],
        columns=CASE_COUNTS,
    )
    about = pd.DataFrame([], columns=PROCEDURE_DOSSIERS)
    tables = {"case_counts": counted, "procedure_dossiers": about}
    monkeypatch.setattr(by_procedure, "read_procedure_cases", lambda *_where: of_procedures)
    monkeypatch.setattr(Figures, "evidence", lambda _self, name: tables[name])
    counts = {"so-tu-phap": {16: (4, 10), 5: (90, 100)}}
    (one,) = costs_by_procedure(figures("2022-09", counts).unit("so-tu-phap"))
    assert (one.numbers, one.points) == ((16, 5), Fraction(2, 5) + Fraction(1, 5))


# ------------------------------------------------------------------- whom a letter goes to


@pytest.mark.parametrize(
    ("cases", "elsewhere", "of", "is_beyond"),
    [
        (14, 10, 500, False),  # 10 of 500 elsewhere: 14 or more are no rarity
        (30, 10, 500, True),
        (14, 4, 800, False),  # 4 of 200: 16 are to be expected
        (5, 0, 500, True),  # nowhere else any
        (30, 10, 1000, False),  # there is nobody else
    ],
)
def test_open_overdue_dossiers_are_held_against_those_of_all_others(
    cases, elsewhere, of, is_beyond
):
    counts = {"H31": {5: (900, 1000)}, SO[0]: {5: (of - cases, of)}, SO[1]: {}, SO[2]: {}}
    now = figures("2022-09", counts)
    share = D(cases) / (cases + elsewhere)
    late = Overdue(
        TREE.unit(SO[0]), cases, 0, 0, (), share, D(of) / 1000, False, 1, 3, date(2022, 10, 7)
    )
    assert is_late_beyond_chance(now, late) is is_beyond


def test_what_is_owed_is_a_reason_for_a_letter_once_its_day_is_over(monkeypatch):
    def owed(name, is_past):
        return Owed("a", "A", SimpleNamespace(id=name), "doing", None, "", is_past)

    held = {SO[0]: [owed("past", True), owed("to come", False)], SO[1]: [owed("to come", False)]}
    monkeypatch.setattr(
        "chiso.explain.letters.open_obligations", lambda _figures, code, _on: held.get(code, [])
    )
    found = addressed(figures("2022-09", {unit.code: {} for unit in TREE.units}), {})
    asked = {draft.unit.code: [one.asked for one in draft.tasks] for draft in found.drafts}
    assert asked == {SO[0]: [Asked(None, OBLIGATION, 1, obligation="past")]}
    # Beside anything else it is told before its day as well.
    beside = RECORDED | {"so-tu-phap": {13: (20, 200)}, "so-thong-tin": {13: (190, 200)}}
    found = addressed(figures("2022-09", beside), {})
    own = next(draft for draft in found.drafts if draft.unit.code == SO[0])
    asks = [(one.asked.what, one.asked.count, one.asked.obligation) for one in own.tasks]
    assert asks[-2:] == [(OBLIGATION, 1, "past"), (OBLIGATION, 1, "to come")]
    assert [one.owed is not None for one in own.tasks[-2:]] == [True, True]


def test_the_way_up_takes_only_the_cases_that_can_still_be_mended_each_for_all_it_lacks(
    monkeypatch,
):
    """A case of 5 is worth 0,20 and one of 16 0,04; the total is 94."""
    rows = [
        (5, "dossier", "both"),
        (16, "dossier", "both"),
        (16, "dossier", "one"),
        (16, "dossier", "one"),
        (16, "dossier", "two"),
        (1, "procedure", "province"),
        (12, "dossier", "costs nothing"),
    ]
    mendable = pd.DataFrame(rows, columns=["indicator", "kind", "id"])
    counted = pd.DataFrame([("so-tu-phap", 5, 10, 1, None, "")], columns=CASE_COUNTS)
    monkeypatch.setattr("chiso.explain.way_up.read_mendable", lambda *_where: mendable)
    monkeypatch.setattr(Figures, "evidence", lambda _self, _name: counted)
    unit = figures("2022-09", {"so-tu-phap": {5: (90, 100), 16: (50, 100)}}).unit("so-tu-phap")
    assert unit.standing.total == 94
    one = way_up(unit, D("94.24"))
    assert one.from_records and one.is_proved
    assert [(bundle.indicators, bundle.cases) for bundle in one.bundles] == [((5, 16), 1)]
    assert [(step.number, step.cases, step.points) for step in one.steps] == [
        (5, 1, D("0.20")),
        (16, 1, D("0.04")),
    ]
    everything = way_up(unit, D("94.32"))
    assert [(bundle.indicators, bundle.cases) for bundle in everything.bundles] == [
        ((5, 16), 1),
        ((16,), 2),
    ]
    assert (everything.cases, everything.total_after) == (3, D("94.32"))
    assert way_up(unit, D("94.33")) is None
    as_if = way_up(unit, D("94.33"), every_case=True)
    assert (as_if.cases, as_if.from_records) == (2, False)
