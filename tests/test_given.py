"""Counts and official results handed in as files: what is read, and what is refused and how."""

import pandas as pd
import pytest

from chiso.base.errors import InputError
from chiso.rules.indicators import load_rules
from chiso.rules.units import load_tree
from chiso.sources.given import read_counts, read_given, read_official

HEADER = "unit,indicator,numerator,denominator\n"


def written(tmp_path, text, name="counts.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_counts_are_read_with_empty_as_no_data(tmp_path, encoding):
    path = written(tmp_path, HEADER + "323,5,1,2\n323,6,,\n 323 ,7, 3 ,4.0\n", encoding=encoding)
    assert read_counts(path).values.tolist() == [
        ["323", 5, 1, 2],
        ["323", 6, None, None],
        ["323", 7, 3, 4],
    ]


def test_columns_in_any_order_and_others_ignored(tmp_path):
    path = written(tmp_path, "ghi chú,denominator,unit,numerator,indicator\nx,2,A,1,5\n")
    assert read_counts(path).values.tolist() == [["A", 5, 1, 2]]


def test_parquet_is_read_like_csv(tmp_path):
    path = tmp_path / "counts.parquet"
    pd.DataFrame(
        {"unit": ["A", "A"], "indicator": [5, 6], "numerator": [1, None], "denominator": [2, None]}
    ).to_parquet(path)
    assert read_counts(path).values.tolist() == [["A", 5, 1, 2], ["A", 6, None, None]]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (HEADER + ",5,1,2\n", ["2", "unit"]),
        (HEADER + "A,22,1,2\n", ["2", "indicator", "22"]),
        (HEADER + "A,0,1,2\n", ["indicator", "0"]),
        (HEADER + "A,x,1,2\n", ["indicator", "x"]),
        (HEADER + "A,5,1,2\nA,6,-1,2\n", ["3", "numerator", "-1"]),
        (HEADER + "A,5,1.5,2\n", ["numerator", "1.5"]),
        (HEADER + "A,5,1e3,2\n", ["numerator", "1e3"]),
        (HEADER + "A,5,12.000,998\n", ["numerator", "12.000"]),
        (HEADER + f"A,5,{'9' * 16},2\n", ["numerator"]),
        (HEADER + "7,5,1,2,9\n", ["counts.csv"]),
        ("unit,unit ,indicator,numerator,denominator\nA,B,5,1,2\n", ["unit"]),
        (HEADER + "A,5,1,2\n\n\nA,6,x,2\n", ["5", "numerator"]),
        (HEADER + "A,5,1,hai\n", ["denominator", "hai"]),
        (HEADER + "A,5,1,\n", ["denominator"]),
        (HEADER + "A,5,,1\n", ["numerator"]),
        (HEADER + "A,5,1,2\nA,5,1,2\n", ["3", "A, 5"]),
        ("unit,indicator,numerator\nA,5,1\n", ["denominator"]),
        ("", ["counts.csv"]),
        ("\x00\x01", ["counts.csv"]),
    ],
)
def test_a_wrong_file_is_refused_with_row_column_and_value(tmp_path, text, places):
    path = written(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_counts(path)
    message = str(caught.value)
    assert str(path) in message and "→" in message
    for place in places:
        assert place in message


def test_ten_mistakes_are_told_in_full_and_the_rest_counted(tmp_path):
    path = written(tmp_path, HEADER + "".join(f"A,{n},x,1\n" for n in range(1, 16)))
    with pytest.raises(InputError) as caught:
        read_counts(path)
    assert "dòng 11" in str(caught.value)
    assert "dòng 12" not in str(caught.value)
    assert "5 lỗi khác" in str(caught.value)


def test_latin_1_and_absent_files_are_refused(tmp_path):
    with pytest.raises(InputError, match="UTF-8"):
        read_counts(written(tmp_path, HEADER + "Sở é,5,1,2\n", encoding="utf-16"))
    with pytest.raises(InputError, match="Không có tệp"):
        read_counts(tmp_path / "nothing.csv")
    with pytest.raises(InputError, match=r"counts\.parquet"):
        read_counts(written(tmp_path, "not parquet", name="counts.parquet"))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("A,22,1", "22"),
        ("A,iii,1", "iii"),
        ("A,5,x", "x"),
        ("A,5,NaN", "NaN"),
        ("A,total,101", "101"),
        ("A,15,1.005", "1.005"),
        ("A,15,1_0", "1_0"),
        ("A,cohort_size,0", "0"),
        ("A,rank,1.5", "1.5"),
        (",5,1", "unit"),
    ],
)
def test_wrong_official_results_are_refused(tmp_path, row, says):
    path = written(tmp_path, f"unit,item,value\nB,5,1\n{row}\n", name="official.csv")
    with pytest.raises(InputError) as caught:
        read_official(path)
    assert says in str(caught.value) and "dòng 3" in str(caught.value)


def test_official_results_without_a_value_are_left_out(tmp_path):
    path = written(tmp_path, "unit,item,value\nA,5,\nA,rank,7.0\nA,class,Khá\n")
    assert read_official(path).values.tolist() == [["A", "rank", "7"], ["A", "class", "Khá"]]


def test_published_points_above_the_maximum_are_refused(tmp_path):
    counts = written(tmp_path, HEADER)
    official = written(tmp_path, "unit,item,value\nA,15,50\n", name="official.csv")
    with pytest.raises(InputError, match="A, 15"):
        read_given(counts, official, None, load_rules("766-2022"))


def test_units_unknown_to_the_tree_are_named(tmp_path):
    path = written(tmp_path, HEADER + "323,5,1,2\nX1,5,1,2\nX2,5,1,2\n")
    with pytest.raises(InputError) as caught:
        read_given(path, None, load_tree("hung-yen-2022"), load_rules("766-2022"))
    assert "X1, X2" in str(caught.value) and "323" not in str(caught.value)


def test_a_numerator_above_its_denominator_is_refused_with_its_row(tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text("unit,indicator,numerator,denominator\nA,5,3,4\nA,8,5,4\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"dòng 3, cột numerator, “5”: lớn hơn mẫu số"):
        read_counts(path)
