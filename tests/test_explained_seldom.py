"""What seldom happens to figures, each reckoned by hand: a part of a cohort, nothing published left over, a class
that stayed, an unknown side of a comparison."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from by_hand import TREE, figures

from chiso.base.errors import ParameterError
from chiso.contract.evidence import CASES, COMPARED
from chiso.contract.owed import NOT_DONE, Reported
from chiso.explain import carriers
from chiso.explain.certainty import certainty, other_ranks
from chiso.explain.decomposition import class_moves
from chiso.explain.explanation import aimed_total
from chiso.explain.letters import SILENT, addressed
from chiso.explain.losses import losses
from chiso.explain.orders import orders
from chiso.explain.overdue import overdue_agencies
from chiso.explain.owed import owed_in
from chiso.explain.revised import Moves, named_movers
from chiso.explain.standing import free_points, said_by_others
from chiso.explain.trends import total_trends, unit_trend
from chiso.store import owed
from chiso.store.figures import Figures

D = Decimal
# Its departments are only some of those that there are.
PARTIAL = replace(TREE, cohorts={**TREE.cohorts, "so": replace(TREE.cohorts["so"], partial=True)})


def test_within_an_agency_cases_are_its_own_and_those_below_it():
    counts = {
        "H31": {5: (70, 100)},
        "so-tu-phap": {5: (50, 60)},
        "323": {5: (20, 40)},
        "11950": {5: (5, 10)},
        "11953": {5: (9, 10)},
    }
    found = carriers(figures("2022-09", counts), 5, within="323")
    # 20 of its 40, of which 5 and 1 are those of its communes.
    assert {one.unit.code: one.cases for one in found} == {"323": 14, "11950": 5, "11953": 1}
    assert found[0].share == D("0.7")


def test_a_class_that_stayed_is_no_move_and_without_a_period_before_there_is_none():
    then = figures("2022-08", {"so-tu-phap": {}, "vp-ubnd": {5: (0, 100)}})
    now = figures("2022-09", {"so-tu-phap": {}, "vp-ubnd": {}}, (then,))
    rose, fell = class_moves(now)
    assert ([one.unit.code for one in rose], fell) == (["vp-ubnd"], ())
    assert class_moves(then) == ((), ())


def test_a_target_is_a_class_a_rank_or_points_and_nothing_else():
    counts = {"so-tu-phap": {5: (50, 100)}, "vp-ubnd": {}, "so-thong-tin": {5: (None, None)}}
    now = figures("2022-09", counts)
    unit = now.unit("so-tu-phap")
    assert aimed_total(unit, "points:90,5") == D("90.5")
    assert aimed_total(unit, "rank:1") == now.standing("vp-ubnd").total
    assert aimed_total(now.unit("so-thong-tin"), "rank:1") is None
    for target in ("rank:0", "points:100,01", "first"):
        with pytest.raises(ParameterError):
            aimed_total(unit, target)


def test_of_a_published_group_nothing_is_left_that_known_indicators_lost():
    gone = dict.fromkeys((7, 8), (None, None))
    # 12 less 2 on indicator 6 by rule.
    now = figures("2022-09", {"so-tu-phap": gone}, official=(("so-tu-phap", "III.a", "10.00"),))
    assert [(one.numbers, one.is_rest) for one in losses(now.unit("so-tu-phap"))] == [((6,), False)]


def test_in_a_part_of_a_cohort_shares_are_of_the_province_and_nobody_has_a_place():
    counts = {
        "H31": {5: (700, 1000), 9: (None, None)},
        "so-tu-phap": {5: (50, 200), 9: (1, 100)},
        "so-thong-tin": {},
        "vp-ubnd": {},
    }
    (one,) = orders(figures("2022-09", counts, tree=PARTIAL))
    # Of procedures, which do not add up to those of the province, nothing is known to share.
    assert (one.unit.code, one.indicator, one.place, one.of) == ("so-tu-phap", 5, None, None)
    assert one.share_of_failures == D(150) / 300


def test_where_the_provinces_figures_are_smaller_than_an_agencys_shares_are_of_its_cohort():
    counts = {
        "H31": {5: (99, 100)},
        "so-tu-phap": {5: (50, 200)},
        "vp-ubnd": {},
        "so-thong-tin": {},
    }
    (one,) = orders(figures("2022-09", counts))
    assert (one.share_of_failures, one.share_of_cases) == (1, D("0.5"))


def open_late(tmp_path, monkeypatch, **cases):
    rows = [
        (code.replace("_", "-"), "Hộ tịch", "in_process", 40, 5, None)
        for code, number in cases.items()
        for _ in range(number)
    ]
    columns = ["unit", "procedure", "reason", "days_late", "indicator", "ended_s"]
    table = pd.DataFrame(rows, columns=columns).astype({"ended_s": "Int64", "days_late": "Int64"})
    table.to_parquet(tmp_path / CASES)
    monkeypatch.setattr(Figures, "folder", property(lambda _self: tmp_path))


def test_who_is_on_time_more_often_than_most_is_not_named_for_what_is_open(tmp_path, monkeypatch):
    open_late(tmp_path, monkeypatch, vp_ubnd=30, so_tu_phap=10)
    counts = {
        "H31": {5: (880, 1000)},
        "so-tu-phap": {5: (60, 200)},
        "so-thong-tin": {5: (190, 200)},
        "vp-ubnd": {5: (199, 200)},
    }
    assert [one.unit.code for one in overdue_agencies(figures("2022-09", counts))] == ["so-tu-phap"]


def test_in_a_part_of_a_cohort_who_has_open_dossiers_is_named_without_a_place(
    tmp_path, monkeypatch
):
    open_late(tmp_path, monkeypatch, so_tu_phap=10)
    counts = {"H31": {5: (880, 1000)}, "so-tu-phap": {5: (60, 200)}, "vp-ubnd": {}}
    (one,) = overdue_agencies(figures("2022-09", counts, tree=PARTIAL))
    assert (one.unit.code, one.place, one.of) == ("so-tu-phap", None, None)


def test_nobody_owes_where_nothing_is_laid_down_nor_by_what_was_reported_of_another_tree(project):
    now = figures("2022-09", {"so-tu-phap": {}})
    assert now.settings.units == "hung-yen-2022"
    said = Reported("hung-yen-2025", "so-tu-phap", "accounts", NOT_DONE, date(2022, 9, 2), None)
    owed.report(owed.owed_dir(), [said])
    assert {one.state for one in owed_in(now, date(2022, 9, 30))} == {None}
    other = figures("2022-09", {"so-tu-phap": {}})
    other = replace(other, settings=replace(other.settings, units="dak-lak-2026-sample"))
    assert owed_in(other, date(2022, 9, 30)) == ()


def test_where_nothing_moved_nobody_is_named_for_it():
    now = figures("2022-09", {"H31": {}})
    moves = Moves(now.provenance, now.provenance, None, (), is_comparable=True)
    assert named_movers(now, moves) == ()


def test_a_low_place_is_among_what_others_say_of_a_unit_with_the_provinces_rate():
    names = [f"so-{number}" for number in range(4)]
    units = (TREE.units[0], *(replace(TREE.by_code["vp-ubnd"], code=name) for name in names))
    counts = {name: {5: (60 + 10 * i, 100)} for i, name in enumerate(names)}
    # As shown: with one decimal, which one dossier of many does not move.
    for rate, shown in (
        ((300, 400), D("75.0")),
        ((3001, 4000), D("75.0")),
        ((301, 400), D("75.3")),
    ):
        now = figures("2022-09", {"H31": {5: rate}, **counts}, tree=replace(TREE, units=units))
        assert said_by_others(now.unit("so-0"))[3] == [((5,), 1, 4, shown)]
    assert said_by_others(now.unit("so-3"))[3] == []
    # Procedures do not add up: nothing is said of the province's rate.
    nine = {name: {9: (1 + i, 4)} for i, name in enumerate(names)}
    now = figures("2022-09", {"H31": {}, **nine}, tree=replace(TREE, units=units))
    assert said_by_others(now.unit("so-0"))[3] == [((9,), 1, 4, None)]


def test_the_trend_of_one_unit_is_its_trend_among_all():
    earlier = tuple(
        figures(f"2022-0{month}", {"H31": {}, "vp-ubnd": {5: (90 + month, 100)}})
        for month in (6, 7)
    )
    # One that was not there before has no total then.
    now = figures("2022-08", {"H31": {}, "vp-ubnd": {}, "so-tu-phap": {}}, earlier)
    assert {code: unit_trend(now.unit(code)) for code in ("vp-ubnd", "so-tu-phap")} == {
        code: one for code, one in total_trends(now).items() if code in ("vp-ubnd", "so-tu-phap")
    }


def test_a_rate_that_another_one_multiplies_is_drawn_with_it():
    """Indicator 4 is the factor of another one in the portal's set of 2025."""
    sure = {}
    for synced in (1000, 500):
        own = {4: (synced, 1000), 5: (900, 1000)}
        now = figures("2025-09", {"so-tu-phap": own, "vp-ubnd": {4: (1000, 1000), 5: (950, 1000)}},
                      indicator_set="766-portal-2025")  # fmt: skip
        sure[synced] = certainty(now, "so")["so-tu-phap"]
    assert (sure[500].low, sure[500].high) == (2, 2)
    assert sure[1000].low <= 2 <= sure[1000].high


def test_a_total_that_was_published_or_is_unknown_is_not_scored_by_the_other_comparison(
    monkeypatch,
):
    rows = [(code, 5, 50, 100) for code in ("so-tu-phap", "vp-ubnd", "so-thong-tin")]
    real = Figures.evidence

    def evidence(self, name):
        return pd.DataFrame(rows, columns=COMPARED) if name == "compared" else real(self, name)

    monkeypatch.setattr(Figures, "evidence", evidence)
    counts = {"so-tu-phap": {}, "vp-ubnd": {5: (60, 100)}, "so-thong-tin": {5: (None, None)}}
    found = {one.code: one.compared for one in other_ranks(figures("2022-09", counts), "so")}
    assert found == {"so-tu-phap": 1, "vp-ubnd": 1, "so-thong-tin": None}


def test_who_sent_nothing_that_counts_is_told_so_instead_of_a_letter(monkeypatch):
    now = figures("2022-09", {"H31": {}, "so-tu-phap": {}, "vp-ubnd": {}})
    silent = (TREE.by_code["so-tu-phap"],)
    monkeypatch.setattr(Figures, "silent", silent)
    found = addressed(now, {})
    assert next(one.why for one in found.without if one.unit.code == "so-tu-phap") == SILENT


def test_without_an_annex_who_is_named_is_asked_whoever_leads():
    counts = {
        "H31": {13: (1390, 2000)},
        "so-tu-phap": {13: (20, 200)},
        "so-thong-tin": {13: (180, 200)},
        "vp-ubnd": {13: (190, 200)},
    }
    found = addressed(figures("2022-09", counts, assignments=None), {})
    assert [one.unit.code for one in found.drafts] == ["so-tu-phap"]


def test_a_rank_without_petitions_is_known_only_of_a_whole_cohort_with_known_petitions():
    counts = {"so-tu-phap": {19: (0, 10)}, "vp-ubnd": {5: (90, 100)}}
    # 92.00 and 96.00; without the petitions (12 points, of which the first has 6) 86.00 and 84.00.
    now = figures("2022-09", counts)
    ranks = {code: free_points(now.unit(code)) for code in counts}
    assert [(one.rank, one.rank_without) for one in ranks.values()] == [(2, 1), (1, 2)]
    for told in (
        figures("2022-09", counts, tree=PARTIAL),
        figures("2022-09", {**counts, "so-thong-tin": {19: (None, None)}},
                official=(("so-thong-tin", "total", "50.00"),)),
    ):  # fmt: skip
        assert free_points(told.unit("so-tu-phap")).rank_without is None
