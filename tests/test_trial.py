"""Two results of one period beside each other, by figures that can be reckoned by hand."""

from decimal import Decimal

from by_hand import TREE, figures

from chiso.explain.trial import moved, results

D = Decimal
LETTERS = {"so-tu-phap": ("5: 60",)}
# A late dossier of 100 costs 0.20 points of 98.
BEFORE = {"H31": {}, "so-tu-phap": {5: (40, 100)}, "vp-ubnd": {}, "so-thong-tin": {5: (90, 100)}}


def held(counts, letters=LETTERS):
    return results(figures("2022-09", counts), letters)


def test_a_result_is_what_is_said_of_a_unit():
    found = held(BEFORE)
    assert list(found) == ["H31", "so-tu-phap", "so-thong-tin", "vp-ubnd"]
    one = found["so-tu-phap"]
    assert (one.name, one.total) == (TREE.unit("so-tu-phap").name, D("86.00"))
    assert (str(one.band), one.rank, one.cohort_size, one.asked) == ("Tốt", 3, 3, ("5: 60",))
    assert one.points[5] == D("8.00") and one.points[6] == 0 and len(one.points) == 21
    assert found["vp-ubnd"].asked is None and str(found["vp-ubnd"].band) == "Xuất sắc"
    unknown = held({"H31": {}, "vp-ubnd": dict.fromkeys(range(1, 22), (None, None))})["vp-ubnd"]
    assert (unknown.total, unknown.band, unknown.rank) == (None, None, None)


def test_who_is_as_before_did_not_move():
    assert moved(held(BEFORE), held(BEFORE)) == ()


def test_what_moved_is_told_apart():
    after = BEFORE | {"so-tu-phap": {5: (50, 100)}, "so-thong-tin": {5: (None, None)}}
    found = moved(held(BEFORE), held(after, {"vp-ubnd": ("4: 600",)}))
    assert [one.code for one in found] == ["so-tu-phap", "so-thong-tin", "vp-ubnd"]
    own, unknown, asked = found
    # 86.00 -> 88.00, Tốt as before; one rank better, as another one has no total any more.
    assert own.moved_points == {5: D("2.00")}
    told = (own.has_other_total, own.has_other_class, own.has_other_rank, own.has_other_letter)
    assert told == (True, False, True, True)
    # Points that are not known on one side moved by no number.
    assert unknown.moved_points == {} and unknown.has_other_class
    assert asked.has_other_letter and not asked.has_other_total and asked.moved_points == {}


def test_who_came_and_who_went_is_other_in_everything_and_has_no_points_that_moved():
    gone = {code: counts for code, counts in BEFORE.items() if code != "so-tu-phap"}
    for before, after in ((BEFORE, gone), (gone, BEFORE)):
        found = {one.code: one for one in moved(held(before), held(after))}
        one = found["so-tu-phap"]
        assert one.has_other_total and one.has_other_class and one.has_other_rank
        assert one.has_other_letter and one.moved_points == {}
        assert (one.before is None, one.after is None) == (before is gone, after is gone)
    assert [one.code for one in moved(held(BEFORE), held(gone))][-1] == "so-tu-phap"
