"""What pages say of a difference from the portal: dossiers, points, and what is not known."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pandas as pd
import pytest
from by_hand import figures

from chiso.pages import tables
from chiso.reconcile.steps import STEP_COLUMNS
from chiso.store import reconciled
from chiso.store.reconciled import Reconciled

UNIT = "so-tu-phap"


def line_of(numbers, points, left, dossiers):
    """The line of a unit's page: counts (ours, the portal's), points, what is unexplained, ids."""
    made = figures("2022-09", {UNIT: {5: (10, 20)}})
    line = {
        "unit": UNIT,
        "indicator": 5,
        **dict(zip(("ours_numerator", "ours_denominator"), numbers[0], strict=True)),
        **dict(zip(("portal_numerator", "portal_denominator"), numbers[1], strict=True)),
        "points": points and Decimal(points),
        "unexplained_numerator": left[0],
        "unexplained_denominator": left[1],
    }
    rows = pd.DataFrame(
        {
            "dossier_id": list(dossiers),
            "unit": UNIT,
            "portal_unit": None,
            "procedure_id": "1.000001",
            "cause": "not_synced",
            "indicators": "5",
        }
    )
    made.__dict__["reconciled"] = Reconciled(
        captured=datetime(2022, 10, 8, 9),
        has_list=False,
        made_from="",
        table={
            "lines": pd.DataFrame([line], dtype=object),
            "parts": pd.DataFrame(columns=STEP_COLUMNS),
            "dossiers": rows,
        }.__getitem__,
    )
    return tables.reconcile_line(made.unit(UNIT)).data.replace("\\", "")


@pytest.mark.parametrize(
    ("numbers", "points", "left", "dossiers", "said"),
    [
        (((10, 20), (10, 20)), "0", (0, 0), "", "số liệu trên Cổng khớp với hồ sơ của tỉnh."),
        (
            *(((10, 20), (9, 20)), "0.3", (0, 0), "a"),
            "Cổng tính khác 1 hồ sơ: thấp hơn 0,30 điểm so với hồ sơ của tỉnh. Chưa đồng bộ",
        ),
        (
            *(((10, 20), (10, 18)), "-0.6", (0, 0), "ab"),
            "Cổng tính khác 2 hồ sơ: cao hơn 0,60 điểm so với hồ sơ của tỉnh.",
        ),
        (((10, 20), (20, 40)), "0", (0, 0), "ab", "Cổng tính khác 2 hồ sơ: số điểm không đổi."),
        (
            *(((10, 20), (9, 20)), "0.3", (1, 0), ""),
            "số liệu trên Cổng khác hồ sơ của tỉnh, chưa rõ do hồ sơ nào: thấp hơn 0,30 điểm",
        ),
        (
            *(((10, 20), (20, 40)), None, (-10, -20), ""),
            "số liệu trên Cổng khác hồ sơ của tỉnh, chưa rõ do hồ sơ nào: số điểm không đổi.",
        ),
    ],
)
def test_a_line_says_dossiers_and_points_and_what_is_not_known(
    numbers, points, left, dossiers, said
):
    text = line_of(numbers, points, left, dossiers)
    assert said in text
    assert ("Còn phần chưa giải thích được" in text) == any(left)
    assert " 0 hồ sơ" not in text


def test_a_reconciliation_with_a_line_without_data_is_kept_and_read(tmp_path):
    """Counts beside an empty cell stay whole numbers; else the page beside the portal is never made."""
    columns = [*("unit", "indicator", "ours_numerator", "ours_denominator")]
    columns += ["portal_numerator", "portal_denominator", "points"]
    lines = [("H31", 4, 3, 5, 1, 5, None), ("H31", 5, None, None, 2, 2, None)]
    found = SimpleNamespace(
        lines=pd.DataFrame(lines, columns=columns, dtype=object),
        unexplained=lambda line: None if line["ours_numerator"] is None else (2, 0),
        parts=pd.DataFrame(columns=["unit", "cause"]),
        dossiers=pd.DataFrame(columns=["unit"]),
        captured=datetime(2022, 10, 4),
    )
    origin = SimpleNamespace(province="H31", period="2022-09", revision=1)
    reconciled.keep(tmp_path, origin, found, SimpleNamespace(listed=None), "key")
    read = reconciled.read(tmp_path, origin)
    assert read is not None
    left = read.lines[["unexplained_numerator", "unexplained_denominator"]].to_numpy().tolist()
    assert left == [[2, 0], [None, None]]
