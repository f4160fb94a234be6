"""Obligations that are no figures: what is laid down, what was reported, and what pages say of it."""

from datetime import date

import pytest
import yaml
from by_hand import figures

from chiso.base.errors import ParameterError
from chiso.base.locations import params_dir
from chiso.contract.owed import DOING, DONE, NOT_DONE, Reported
from chiso.explain.owed import open_obligations, owed_in
from chiso.pages import tables
from chiso.pages.registers import write_owed
from chiso.rules.owed_rules import load_obligations, trees_with_obligations
from chiso.rules.units import load_tree
from chiso.store import owed

TREE = "hung-yen-2022"
COUNTS = {code: {} for code in ("H31", "so-tu-phap", "vp-ubnd", "323", "11950")}
ON = date(2022, 9, 30)


def report(*entries: tuple[str, str | None, date | None], agency: str = "so-tu-phap") -> None:
    owed.report(
        owed.owed_dir(),
        [Reported(TREE, agency, task, state, day, None) for task, state, day in entries],
    )


def state_of(task: str, on: date = ON) -> tuple[str | None, date | None]:
    owing = owed_in(figures("2022-09", COUNTS), on)
    one = next(one for one in owing if (one.agency, one.obligation.id) == ("so-tu-phap", task))
    return one.state, one.since


def sep(day: int) -> date:
    return date(2022, 9, day)


def test_evidence_is_what_was_written_last_or_nothing(project):
    def shown():
        owing = owed_in(figures("2022-09", COUNTS), ON)
        return {one.obligation.id: one.evidence for one in owing if one.agency == "so-tu-phap"}

    assert set(shown().values()) == {""}
    report(("accounts", DONE, sep(2)))
    assert set(shown().values()) == {""}
    owed.report(
        owed.owed_dir(), [Reported(TREE, "so-tu-phap", "accounts", DONE, sep(3), "12/BC-STP")]
    )
    assert shown()["accounts"] == "12/BC-STP" and set(shown().values()) == {"", "12/BC-STP"}


@pytest.mark.parametrize("name", trees_with_obligations())
def test_every_file_names_who_owes_what_by_when_and_its_source(name):
    tree = load_tree(name)
    content = load_obligations(name, tree)
    assert all(one.source and one.deadline.en for one in content.obligations)
    assert {one.id for one in content.obligations} >= {
        "accounts", "own-decisions", "same-content", "true-status", "reconciled", "synchronised",
    }  # fmt: skip
    levels = {unit.level for unit in tree.units if content.owed_by(unit.code, tree)}
    assert levels == ({"so", "huyen"} if "huyen" in tree.cohorts else {"so", "xa"})
    assert [one.id for one in content.owed_by("vnpt", tree)] == ["synchronised"]


def test_nothing_is_owed_before_its_day_and_communes_get_their_rights_from_districts(project):
    tree = load_tree(TREE)
    content = load_obligations(TREE, tree)
    assert content.owed_by("323", tree, date(2022, 8, 29)) == ()
    assert "commune-rights" in [one.id for one in content.owed_by("323", tree, date(2022, 8, 30))]
    assert content.owed_by("11950", tree) == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: f.update(units="hung-yen-2025"), "“hung-yen-2025” không phải danh mục"),
        (lambda f: f["bodies"]["vp_ubnd"].update(unit="vp-cu"), "“vp-cu” không phải đơn vị"),
        (lambda f: f["bodies"].update({"vp-ubnd": {"name": {"vi": "x"}}}), "đã có đơn vị mang mã"),
        (lambda f: f["obligations"][1].update(id="accounts"), "“accounts” có nhiều hơn một lần"),
        (lambda f: f["obligations"][0].update(by=["cap_xa"]), "“cap_xa”"),
        (
            lambda f: f["obligations"][0].update(due="2022-08-01"),
            "01/08/2022 trước ngày 30/08/2022",
        ),
        (lambda f: f["obligations"][0].pop("source"), "source"),
        (lambda f: f["obligations"][0].update(done=True), "done"),
        (lambda f: f.update(obligations=[]), "obligations"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_line(project, change, told):
    path = params_dir() / "obligations" / f"{TREE}.yml"
    content = yaml.safe_load(path.read_text("utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ParameterError, match=told) as error:
        load_obligations(TREE, load_tree(TREE))
    assert f"{TREE}.yml:" in str(error.value)


def test_what_nobody_reported_is_neither_open_nor_done(project):
    assert state_of("accounts") == (None, None)
    assert open_obligations(figures("2022-09", COUNTS), "so-tu-phap", ON) == ()


def test_open_is_since_the_first_day_of_the_run_up_to_now(project):
    report(("accounts", NOT_DONE, sep(5)), ("accounts", DOING, sep(12)))
    assert state_of("accounts") == (DOING, sep(5))
    report(("accounts", DONE, sep(20)))
    assert state_of("accounts") == (DONE, sep(20))
    report(("accounts", NOT_DONE, sep(28)))
    assert state_of("accounts") == (NOT_DONE, sep(28))
    # As it stood on a day: what was reported of later days is left out.
    assert state_of("accounts", sep(21)) == (DONE, sep(20))
    assert state_of("accounts", sep(4)) == (None, None)


def test_a_day_that_is_told_again_holds_as_it_was_told_last(project):
    report(("accounts", DONE, sep(5)))
    report(("accounts", NOT_DONE, sep(5)))
    assert state_of("accounts") == (NOT_DONE, sep(5))
    report(("accounts", None, None))
    assert state_of("accounts") == (None, None)


def test_what_is_longest_open_comes_first(project):
    report(
        ("accounts", DOING, sep(20)),
        ("true-status", NOT_DONE, sep(5)),
        ("own-decisions", DONE, sep(1)),
    )
    found = open_obligations(figures("2022-09", COUNTS), "so-tu-phap", ON)
    assert [one.obligation.id for one in found] == ["true-status", "accounts"]


def test_pages_show_what_is_open_since_when_and_what_is_not_known(project):
    report(("accounts", NOT_DONE, sep(20)), ("own-decisions", DONE, sep(1)))
    report(("synchronised", DOING, sep(5)), agency="vnpt")
    now = figures("2022-09", COUNTS)
    rows = tables.open_owed_table(now).rows
    assert [row[-2:] for row in rows] == [
        ["đang thực hiện", "05/09/2022"],
        ["chưa thực hiện", "20/09/2022"],
    ]
    assert rows[0][0] == "VNPT Hưng Yên"
    owing = owed_in(now, ON)
    assert f"chưa xong 2, đã thực hiện 1; chưa có thông tin {len(owing) - 3}" in (
        tables.open_owed_table(now).caption
    )
    unit = tables.unit_owed_table(now.unit("so-tu-phap"))
    assert [row[2] for row in unit.rows] == [
        "chưa thực hiện", "đã thực hiện", "chưa có thông tin", "chưa có thông tin",
    ]  # fmt: skip
    assert "không có nghĩa là chưa thực hiện" in unit.caption


def test_a_day_by_which_it_was_due_is_told_as_passed_while_it_is_not_done(project):
    path = params_dir() / "obligations" / f"{TREE}.yml"
    text = path.read_text("utf-8").replace(
        "from: 30/08/2022", "from: 30/08/2022\n    due: 15/09/2022", 1
    )
    path.write_text(text, encoding="utf-8")
    report(("accounts", DOING, sep(5)))
    row = tables.unit_owed_table(figures("2022-09", COUNTS).unit("so-tu-phap")).rows[0]
    assert row[1] == "15/09/2022, đã quá hạn"
    report(("accounts", DONE, sep(20)))
    row = tables.unit_owed_table(figures("2022-09", COUNTS).unit("so-tu-phap")).rows[0]
    assert row[1] == "15/09/2022"


def test_the_workbook_is_the_same_bytes_for_the_same_register(project, tmp_path):
    report(("accounts", NOT_DONE, sep(20)))
    for name in ("one.xlsx", "two.xlsx"):
        write_owed(tmp_path / name, owed.owed_dir())
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
