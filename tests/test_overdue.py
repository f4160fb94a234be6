"""Dossiers that are open and overdue: how many, of which procedures, who is named for them."""

import pandas as pd
import pytest
from by_hand import figures

from chiso.contract.evidence import CASES
from chiso.explain.overdue import Overdue, overdue_agencies, overdue_in_province
from chiso.explain.priorities import first_orders
from chiso.pages import cards, commentary
from chiso.store.figures import Figures

COUNTS = {
    "H31": {5: (880, 1000)},
    "so-tu-phap": {5: (130, 200)},
    "so-thong-tin": {5: (190, 200)},
    "vp-ubnd": {5: (570, 600)},
}


@pytest.fixture
def open_late(tmp_path, monkeypatch):
    """The figures with 40 dossiers open and overdue: 30 of one agency, 10 of another."""
    rows = [("so-tu-phap", "Hộ tịch", "in_process", 40)] * 18
    rows += [("so-tu-phap", "Đất đai", "in_process", 30)] * 8
    rows += [("so-tu-phap", "Đất đai", "waiting", 3)] * 4
    rows += [("vp-ubnd", "Khen thưởng", "in_process", 2)] * 10
    # Neither open nor overdue: ended late; open within the limit; of another indicator.
    frame = pd.DataFrame(rows, columns=["unit", "procedure", "reason", "days_late"])
    frame = frame.assign(indicator=5, ended_s=None)
    others = pd.DataFrame(
        [
            ("so-tu-phap", "Hộ tịch", "ended", 9, 5, 1),
            ("so-tu-phap", "Hộ tịch", "asked_again", -4, 5, None),
            ("so-tu-phap", "Hộ tịch", "online", 9, 8, None),
        ],
        columns=["unit", "procedure", "reason", "days_late", "indicator", "ended_s"],
    )
    whole = pd.concat([frame, others]).astype({"ended_s": "Int64", "days_late": "Int64"})
    whole.to_parquet(tmp_path / CASES)
    monkeypatch.setattr(Figures, "folder", property(lambda _self: tmp_path))
    return figures("2022-09", COUNTS)


def test_what_is_open_and_overdue_is_counted_with_its_procedures(open_late):
    found = overdue_in_province(open_late)
    assert (found.cases, found.waiting, found.long) == (40, 4, 18)
    assert found.procedures == (("Hộ tịch", 18), ("Đất đai", 12), ("Khen thưởng", 10))


def test_named_is_whose_share_clearly_exceeds_its_share_of_the_dossiers(open_late):
    (one,) = overdue_agencies(open_late)
    assert (one.unit.code, one.cases, one.place, one.of) == ("so-tu-phap", 30, 1, 3)
    assert (float(one.share), float(one.share_of_cases)) == (0.75, 0.2)
    assert isinstance(first_orders(open_late)[0], Overdue)


def test_of_several_the_one_with_most_stands_first(open_late):
    rows = pd.read_parquet(open_late.folder / CASES)
    among = rows.index[rows["unit"] == "vp-ubnd"].append(rows.index[:12])
    rows.loc[among, "unit"] = "so-thong-tin"
    rows.to_parquet(open_late.folder / CASES)
    now = figures("2022-09", COUNTS | {"so-thong-tin": {5: (130, 200)}})
    found = [(one.unit.code, one.cases) for one in overdue_agencies(now)]
    assert found == [("so-thong-tin", 22), ("so-tu-phap", 18)]


def test_the_page_says_how_many_are_open_how_long_and_where(open_late):
    text = commentary.province_brief(open_late).data.replace("\\", "")
    assert "Có 40 hồ sơ quá hạn chưa xong, trong đó 18 quá 30 ngày." in text
    assert "3 thủ tục có nhiều nhất: Hộ tịch (18); Đất đai (12); Khen thưởng (10)." in text
    card = cards.order_cards(open_late).data.replace("\\", "")
    assert "Giải quyết xong 30 hồ sơ quá hạn chưa xong (18 quá 30 ngày)." in card
    assert "75,00% số quá hạn chưa xong, 20,00% số hồ sơ." in card


def test_without_records_nothing_is_said_of_open_dossiers():
    now = figures("2022-09", COUNTS)
    assert overdue_in_province(now) is None and overdue_agencies(now) == ()
