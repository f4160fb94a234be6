"""What is made again: only what changed, after a failure, after a kill, by two runs at once."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import run_chiso
from few_pages import FEW, PAGES, break_unit, keep_short, text_of

from chiso.base.period import parse_period
from chiso.pages import charts, commentary, tables
from chiso.publishing.content import Content, unit_contents
from chiso.rules.settings import load_settings
from chiso.store.pipeline import score_period


def test_one_unit_is_made_again_and_the_rest_of_the_site_stays(small):
    assert (
        run_chiso("report", "--period", "2026", "--unit", "H15.15", project=small).returncode == 0
    )
    site = small / "reports/_site/2026"
    assert not (site / "H15.120.html").exists()
    index = (site / "index.html").read_text("utf-8")
    assert "chưa lập" in index and 'href="H15.120.html"' not in index
    assert (
        run_chiso("report", "--period", "2026", "--unit", "H15.120", project=small).returncode == 0
    )
    assert (site / "H15.15.html").is_file() and (site / "H15.120.html").is_file()
    assert "chưa lập" not in (site / "index.html").read_text("utf-8")


def test_changed_figures_make_a_new_revision_and_the_page_says_which(built):
    counts = built / "data/samples/dak-lak-2026-10-10/counts.csv"
    text = counts.read_text("utf-8")
    counts.write_text(text.replace("H15.15,5,579,587", "H15.15,5,570,587"), encoding="utf-8")
    done = run_chiso("report", "--period", "2026", "--unit", "H15.15", project=built)
    assert done.returncode == 0
    page = text_of(built / "reports/_site/2026/H15.15.html")
    assert "số liệu lần 2" in page and "19,42" in page
    # Ours and the published figure both stand there.
    assert re.search(r"5\s+19,42\s+19,73", page)
    history = run_chiso("history", project=built).stdout
    assert len(history.splitlines()) == 3


def test_a_page_is_of_the_revision_in_which_its_figures_were_last_changed(built):
    counts = built / "data/samples/dak-lak-2026-10-10/counts.csv"
    text = counts.read_text("utf-8")
    counts.write_text(text.replace("H15.15,5,579,587", "H15.15,5,570,587"), encoding="utf-8")
    assert (
        run_chiso("report", "--period", "2026", "--unit", "H15.15", project=built).returncode == 0
    )
    shown = {
        page: re.findall(r"số liệu lần (\d+)", text_of(built / f"reports/_site/2026/{page}.html"))
        for page in (*FEW, "index")
    }
    assert shown == {"H15": ["2"], "H15.15": ["2"], "H15.120": ["1"], "index": ["2"]}
    origin = text_of(built / "reports/_site/2026/H15.120.html").partition("Nguồn gốc")[2]
    assert re.search(r"Số liệu lần\s+1\s", origin)


def contents_after(path: Path, old: str, new: str, period: str) -> dict[str, Content]:
    """What pages show after a change of counts."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    settings = load_settings(parse_period(period))
    return unit_contents(score_period(settings, lambda _said: None))


def differ(one: dict[str, Content], other: dict[str, Content]) -> set[str]:
    return {unit for unit in one if one[unit] != other[unit]}


def test_a_page_follows_what_it_says_of_its_cohort_and_no_other_figure_of_a_neighbour(project):
    counts = project / "data/samples/dak-lak-2026-10-10/counts.csv"
    first = contents_after(counts, "H15.15,5,579,587", "H15.15,5,579,587", "2026")
    second = contents_after(counts, "H15.15,5,579,587", "H15.15,5,570,587", "2026")
    assert differ(first, second) == {"H15", "H15.15", "H15.16"}, "an edge of its cohort moved"
    assert {second[unit].revision for unit in ("H15.15", "H15.16")} == {2}
    # The same rate of twice as many dossiers: no total is another.
    third = contents_after(counts, "H15.15,5,570,587", "H15.15,5,1140,1174", "2026")
    assert differ(second, third) == {"H15", "H15.15"}


def test_one_units_change_is_shown_by_its_page_and_by_those_that_speak_of_it(project):
    """Five communes of one district, from 90 to 50 of 100 on every indicator."""
    communes = ["12331", "12334", "12382", "12385", "12388"]
    folder = project / "data/2022-09"
    folder.mkdir(parents=True)
    rows = [
        f"{code},{number},{90 - 10 * place},100"
        for place, code in enumerate(communes)
        for number in range(1, 22)
    ]
    path = folder / "counts.csv"
    path.write_text("\n".join(["unit,indicator,numerator,denominator", *rows, ""]), "utf-8")
    same = ("12382,5,70,100",) * 2
    first = contents_after(path, *same, "2022-09")
    assert all(content.revision == 1 for content in first.values())
    second = contents_after(path, "12382,5,70,100", "12382,5,69,100", "2022-09")
    # The next one below says how far it is to the third.
    assert differ(first, second) == {"12382", "12385"}
    third = contents_after(path, "12382,5,69,100", "12382,5,5,100", "2022-09")
    # The fourth is third now; with the rate of the cohort, the ranks that others may have move too.
    assert differ(second, third) == set(communes)
    fourth = contents_after(path, "12331,20,90,100", "12331,20,,", "2022-09")
    assert differ(third, fourth) == set(communes), "one total is gone"


def words_of(unit) -> list[str]:
    """All that an agency's page says in words and tables; of the strip of dots its sentence."""
    shown = [
        tables.key_facts(unit), tables.way_table(unit), tables.indicator_table(unit), tables.group_table(unit),
        tables.duty_table(unit), tables.nearby(unit), tables.difference_table(unit),
        commentary.headline(unit), commentary.unit_comment(unit), commentary.notes(unit),
    ]  # fmt: skip
    strip = charts.strip_chart(unit)
    return [*(getattr(one, "data", repr(one)) for one in shown), strip.title if strip else ""]


@pytest.mark.parametrize("seed", range(6))
def test_whenever_a_page_would_say_something_else_it_is_made_again(project, seed):
    """Counts of one commune after another change at random, often those of a neighbour."""
    chance = random.Random(seed)
    communes = ["12331", "12334", "12382", "12385", "12388"]
    counts = {
        (code, number): (chance.randint(30, 100), 100)
        for code in communes
        for number in range(1, 22)
    }
    folder = project / "data/2022-09"
    folder.mkdir(parents=True)
    before: dict[str, tuple[list[str], str]] = {}
    for _change in range(6):
        lines = [f"{code},{number},{n},{d}" for (code, number), (n, d) in counts.items()]
        text = "\n".join(["unit,indicator,numerator,denominator", *lines, ""])
        (folder / "counts.csv").write_text(text, "utf-8")
        figures = score_period(load_settings(parse_period("2022-09")), lambda _said: None)
        contents = unit_contents(figures)
        now = {code: (words_of(figures.unit(code)), contents[code].shows) for code in communes}
        for code, (words, shows) in before.items():
            assert words == now[code][0] or shows != now[code][1], code
        before = now
        one = chance.choice(communes), chance.choice([4, 5, 11, 12, 19, 20, 21])
        counts[one] = chance.choice([(0, 0), (chance.randint(0, 100), 100), (99, 100)])


def test_two_runs_at_the_same_time_lose_no_page(small):
    keep_short(small)
    runs = [
        subprocess.Popen(
            [
                str(Path(sys.executable).with_name("chiso")),
                "report",
                "--period",
                "2026",
                "--unit",
                unit,
            ],
            env={**os.environ, "CHISO_PROJECT": str(small), "LANGUAGE": "vi"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for unit in FEW[1:]
    ]
    assert [run.wait() for run in runs] == [0, 0]
    states = json.loads((small / "reports/_site/2026/states.json").read_text("utf-8"))
    assert states["pages"] == dict.fromkeys(FEW, "ready")


def made(done: subprocess.CompletedProcess) -> int:
    """How many pages a run says that it made."""
    assert done.returncode == 0, done.stderr
    found = re.search(r"lần này lập (\d+) trang", done.stdout)
    if found is None:
        assert "Không có gì thay đổi" in done.stdout
        return 0
    return int(found.group(1))


def test_only_what_changed_is_made_again(short):
    def run(*more: str) -> int:
        return made(run_chiso("report", "--period", "2026", *more, project=short))

    def edit(name: str, old: str, new: str) -> None:
        path = short / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    site = short / "reports/_site/2026"
    before = site.stat().st_ino
    assert run() == 0
    assert site.stat().st_ino == before, "nothing was written"
    other = (site / "H15.120.html").read_bytes()
    edit("data/samples/dak-lak-2026-10-10/counts.csv", "H15.15,5,579,587", "H15.15,5,570,587")
    # the agency, the province, the index, method, data quality, the comparison, the national view, and
    # from now on the changes by day
    assert run() == 8
    assert (site / "H15.120.html").read_bytes() == other
    own = short / "params/commentary/2026/H15.120.md"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(
        "---\nmode: follow\nwritten_on: {}\n---\nLời của chuyên viên.\n", encoding="utf-8"
    )
    assert run() == 1
    edit("notebooks/index.ipynb", "begin(period", "begin( period")
    assert run() == 1
    edit("reports/page.css", "--ink: #1b2733", "--ink: #1b2734")
    assert run() == len(FEW) + len(PAGES) + 1
    (site / "H15.120.html").unlink()
    run()
    assert (site / "H15.120.html").is_file()
    assert run("--force") == len(FEW) + len(PAGES) + 1
    assert run() == 0


def test_a_page_that_failed_is_tried_again_and_no_other(short):
    break_unit(short, "H15.120")
    assert run_chiso("report", "--period", "2026", project=short).returncode == 1
    done = run_chiso("report", "--period", "2026", project=short)
    assert done.returncode == 1
    assert "lần này lập 0 trang" in done.stdout and "H15.120" in done.stderr


def test_a_killed_run_leaves_the_last_good_site(short):
    site = short / "reports/_site/2026"
    before = {path.name: path.read_bytes() for path in site.iterdir()}
    running = subprocess.Popen(
        [str(Path(sys.executable).with_name("chiso")), "report", "--period", "2026", "--force"],
        env={**os.environ, "CHISO_PROJECT": str(short)},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    staging = f".2026.building-{running.pid}-*"
    while not list(site.parent.glob(staging)):
        assert running.poll() is None, "it ended before it was killed"
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert {path.name: path.read_bytes() for path in site.iterdir()} == before
    assert made(run_chiso("report", "--period", "2026", project=short)) == 0
    assert not list(site.parent.glob(staging))
    assert {path.name: path.read_bytes() for path in site.iterdir()} == before


def test_a_damaged_file_is_made_again_in_the_site_and_in_the_cache(short):
    site = short / "reports/_site/2026"
    page, workbook = site / "H15.120.html", site / "H15.15.xlsx"
    good = {path: path.read_bytes() for path in (page, workbook)}
    page.write_bytes(good[page][:-1] + b"?")
    workbook.write_bytes(b"")
    assert made(run_chiso("report", "--period", "2026", project=short)) == 0, "the cache has them"
    assert {path: path.read_bytes() for path in good} == good
    page.write_bytes(b"")
    (cached,) = (short / "reports/.cache/2026/H15.120").glob("*/H15.120.html")
    cached.write_bytes(b"")
    assert made(run_chiso("report", "--period", "2026", project=short)) == 1
    assert page.read_bytes() == good[page]


@pytest.mark.parametrize("text", ["{", "[]", '{"files": 5}', '{"files": {"H15": ["H15.html"]}}'])
def test_an_altered_record_of_the_last_run_is_no_record(short, text):
    states = short / "reports/_site/2026/states.json"
    states.write_text(text, encoding="utf-8")
    done = run_chiso("report", "--period", "2026", "--unit", "H15.15", project=short)
    assert done.returncode == 0, done.stderr
    assert json.loads(states.read_text("utf-8"))["pages"]["H15.15"] == "ready"


def change_cell(project: Path, notebook: str, more: str) -> None:
    path = project / "notebooks" / f"{notebook}.ipynb"
    content = json.loads(path.read_text("utf-8"))
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    code[1]["source"] = [*code[1]["source"], "\n" + more]
    path.write_text(json.dumps(content), encoding="utf-8")


def test_a_fault_of_the_machine_keeps_the_last_good_page_and_marks_it(built):
    page = built / "reports/_site/2026/H15.120.html"
    before, notebook = page.read_text("utf-8"), built / "notebooks/unit.ipynb"
    good = notebook.read_bytes()
    change_cell(built, "unit", "import os\nif unit == 'H15.120': os.kill(os.getpid(), 9)")
    for _run in range(2):
        done = run_chiso("report", "--period", "2026", project=built)
        assert done.returncode == 1 and "H15.120" in done.stderr
        marked = page.read_text("utf-8")
        assert marked.count("Trang này là của lần lập trước") == 1
        assert re.sub(r'<p class="failed">[^<]*</p>', "", marked) == before
        assert "chưa lập được" in (page.parent / "index.html").read_text("utf-8")
    notebook.write_bytes(good)
    assert run_chiso("report", "--period", "2026", project=built).returncode == 0
    assert page.read_text("utf-8") == before


def test_nothing_is_published_where_the_index_or_all_pages_failed(short):
    site = short / "reports/_site/2026"
    before = {path.name: path.read_bytes() for path in site.iterdir()}
    index = (short / "notebooks/index.ipynb").read_bytes()
    change_cell(short, "index", "raise OSError('hỏng')")
    done = run_chiso("report", "--period", "2026", project=short)
    assert done.returncode == 1 and "vẫn giữ nguyên" in done.stderr
    assert {path.name: path.read_bytes() for path in site.iterdir()} == before
    (short / "notebooks/index.ipynb").write_bytes(index)
    for notebook in ("unit", "province", "method", "data_quality"):
        change_cell(short, notebook, "raise OSError('hỏng')")
    done = run_chiso("report", "--period", "2026", project=short)
    assert done.returncode == 1 and "vẫn giữ nguyên" in done.stderr
    assert {path.name: path.read_bytes() for path in site.iterdir()} == before
