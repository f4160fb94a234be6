"""The command line: help, exit codes, messages; never a traceback for a user's mistake."""

import csv

import pytest
from conftest import ROOT, SAMPLE

COUNTS = SAMPLE / "counts.csv"


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_score_writes_the_four_tables_with_their_columns(chiso, tmp_path):
    done = chiso(
        "score", "--counts", COUNTS, "--set", "766-portal-2026", "--official",
        SAMPLE / "official.csv", "--units", "dak-lak-2026-sample", "--out", tmp_path / "out",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    tables = {
        path.stem: path.read_text("utf-8").splitlines() for path in (tmp_path / "out").iterdir()
    }
    assert {name: lines[0] for name, lines in tables.items()} == {
        "indicators": "unit,indicator,numerator,denominator,rate,points,max_points,points_lost,basis",
        "groups": "unit,group,points,max_points,basis",
        "totals": "unit,level,total,max_total,complete,class,rank,cohort_size,basis",
        "differences": "unit,item,ours,official",
    }
    assert [len(tables[name]) - 1 for name in ("indicators", "groups", "totals")] == [441, 126, 21]
    assert tables["indicators"][5] == "H15,5,393087,443565,0.8861993169,17.72,20.00,2.28,computed"
    assert tables["totals"][1] == "H15,tinh,65.49,100.00,True,Trung bình,7,34,mixed"


def test_score_without_a_tree_ranks_all_units_in_one_cohort(chiso, tmp_path):
    counts = tmp_path / "counts.csv"
    lines = [f"{unit},{n},{cases},4" for unit, cases in (("X", 1), ("Y", 3)) for n in range(1, 22)]
    counts.write_text("unit,indicator,numerator,denominator\n" + "\n".join(lines), encoding="utf-8")
    done = chiso("score", "--counts", counts, "--set", "766-2022", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    found = [(row["unit"], row["level"], row["rank"]) for row in rows(tmp_path / "out/totals.csv")]
    assert found == [("X", "", "2"), ("Y", "", "1")]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["score", "--set", "766-2022", "--out", "x"], "--counts"),
        (["score", "--counts", COUNTS, "--set", "767", "--out", "x"], "766-2022"),
        (["score", "--counts", "no.csv", "--set", "766-2022", "--out", "x"], "no.csv"),
        (["score", "--counts", COUNTS, "--set", "766-2022", "--units", "hung-yen-2022", "--out", "x"],
         "H15"),
        (["report"], "--period"),
        (["report", "--period", "2022-13"], "2022-9T"),
        (["report", "--period", "../2026"], "2022-9T"),
        (["report", "--period", "2023-09"], "counts.csv"),
        (["report", "--period", "2024"], "hung-yen-2022"),
        (["report", "--period", "2025"], "hung-yen-2025"),
        (["measure", "--period", "2022-09", "--records", "nothing", "--out", "x/c.csv"], "nothing"),
        (["report", "--period", "2026", "--unit", "../x"], "../x"),
        (["report", "--period", "2026", "--writer", "quarto"], "Quarto"),
        (["report", "--period", "2026", "--jobs", "0"], "jobs"),
        (["history", "--period", "x"], "2022-9T"),
        (["due", "--period", "2022-09", "--as-of", "hôm qua"], "“hôm qua” không phải là ngày giờ. Viết 30/09/2022"),
        (["nothing"], "nothing"),
        # As make calls it where UNIT= or INDICATOR= was forgotten.
        (["explain", "--period", "2026", "--unit", ""], "Chưa nêu đơn vị.\n  → Viết UNIT=MÃ"),
        (["cases", "--period", "2026", "--unit", "H15", "--indicator", ""], "'' không phải là số hợp lệ."),
    ],
)  # fmt: skip
def test_a_mistake_is_one_message_in_vietnamese_and_exit_code_2(chiso, project, arguments, says):
    before = sorted(project.rglob("*"))
    done = chiso(*arguments, project=project)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert says in done.stderr and "Lỗi" in done.stderr
    after = [path for path in sorted(project.rglob("*")) if "store" not in path.parts]
    assert after == before, "nothing is half-written"


def test_the_same_in_english(chiso, project):
    done = chiso("--lang", "en", "report", "--period", "2023-09", project=project)
    assert done.returncode == 2
    assert "There are no figures for 2023-09" in done.stderr


@pytest.mark.parametrize("command", ["demo", "measure", "score", "report", "history"])
def test_every_command_has_help_with_an_example_and_stands_in_the_readmes(chiso, command):
    done = chiso(command, "--help")
    assert done.returncode == 0
    assert f"chiso {command}" in done.stdout and "Ví dụ:" in done.stdout
    assert command in chiso("--help").stdout
    for readme in ("README.md", "README.vi.md"):
        assert f"chiso {command}" in (ROOT / readme).read_text("utf-8")


def test_history_of_an_empty_store_says_how_to_begin(chiso, project):
    done = chiso("history", project=project)
    assert done.returncode == 0
    assert "chiso report --period 2026" in done.stdout


def test_what_comes_from_data_is_shown_on_the_terminal_and_not_obeyed(chiso, tmp_path):
    records = tmp_path / "records"
    records.mkdir()
    (records / "dossiers.csv").write_text(
        "dossier_id,procedure_id,unit,status,received_at\n"
        "A-1,1.000001,\x1b[31m323\u202e,4\x1b]0;x\x07,05/09/2022\n",
        encoding="utf-8",
    )
    done = chiso("check", "--period", "2022-09", "--records", records)
    missing = chiso("score", "--counts", "\x1b[31m.csv", "--set", "766-2022", "--out", "x")
    told = done.stdout + done.stderr + missing.stderr
    assert not {"\x1b", "\x07", "\u202e"} & set(told)
    assert "\\u001b[31m.csv" in missing.stderr


def test_out_never_overwrites_what_is_read_nor_what_is_no_file(chiso, tmp_path):
    records = tmp_path / "records"
    records.mkdir()
    dossiers = records / "dossiers.csv"
    dossiers.write_text("dossier_id,procedure_id,unit,status\nA-1,1.000001,323,4\n", "utf-8")
    before = dossiers.read_bytes()
    call = ("measure", "--period", "2022-09", "--records", records)
    link = tmp_path / "link.csv"
    link.symlink_to(dossiers)
    for option, target in [
        *(("--out", path) for path in (dossiers, link, "/dev/null", tmp_path)),
        ("--also", dossiers),
    ]:
        more = () if option == "--out" else ("--out", tmp_path / "counts.csv")
        done = chiso(*call, option, target, *more)
        assert done.returncode == 2 and "--out" in done.stderr, (option, target)
    checked = chiso("check", "--period", "2022-09", "--records", records, "--out", dossiers)
    scored = chiso("score", "--counts", COUNTS, "--set", "766-portal-2026", "--out", COUNTS.parent)
    assert checked.returncode == 2 and dossiers.read_bytes() == before
    assert scored.returncode == 2 or COUNTS.is_file()
