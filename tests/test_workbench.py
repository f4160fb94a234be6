"""What an analyst adds to a notebook stands on the page as the house's own parts do."""

import copy
import json
import re

import nbformat
import pytest
from conftest import ROOT, make_project, run_chiso
from docx import Document
from few_pages import keep_few
from IPython.core.interactiveshell import InteractiveShell
from jupyterlab_server.translation_utils import get_language_packs
from nbclient import NotebookClient
from openpyxl import load_workbook

from chiso.pages.cell_errors import load_ipython_extension
from chiso.publishing.cache import TABLES
from chiso.publishing.engine import papermill

UNIT = "H15.15"


def add_cells(project, *sources, notebook="unit", at=1000):
    """Cells at the end of a notebook, or before its cell `at`, as an analyst types them."""
    path = project / "notebooks" / f"{notebook}.ipynb"
    content = json.loads(path.read_text("utf-8"))
    for i, source in enumerate(sources):
        content["cells"].insert(
            at + i,
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"own-{i}",
                "metadata": {},
                "outputs": [],
                "source": source,
            },
        )
    path.write_text(json.dumps(content), "utf-8")


# The recipe for a chart of one's own (test_explore.py).
CHART = json.loads((ROOT / "notebooks/explore.ipynb").read_text("utf-8"))["cells"][-1]["source"]
OWN = (
    "import pandas as pd\n"
    "import matplotlib.pyplot as plt\n"
    "import seaborn as sns\n"
    "frame = pd.DataFrame({'Xã': ['=1+1', None], 'Hồ sơ': [12345, None], 'Tỷ lệ': [0.5, 1.25],"
    " 'Ngày': pd.to_datetime(['2022-08-30', None])})",
    "show(section('muc-rieng', frame, title='Mục riêng'))",
    "frame.style.set_caption('Bảng của tôi')",
    "pd.Series({'a': 1}, name='Số')",
    "plt.plot([0, 0.5], [1000, 2000])\nplt.title('Hồ sơ <b>tăng</b>')\nplt.show()",
    "fig, ax = plt.subplots()\nax.bar(['a', 'b'], [1, 2])\nfig",
    "sns.barplot(frame, x='Xã', y='Tỷ lệ')",
    "sns.relplot(frame, x='Hồ sơ', y='Tỷ lệ')",
    "'chỉ để xem'",
    "pd.DataFrame({'Số': range(1000, 2234)})",
    "import sys\nassert not revision or 'ipywidgets' not in sys.modules",
    "".join(CHART),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A project in which an analyst added parts of their own, reported, and what its page was before."""
    project = make_project(tmp_path_factory.mktemp("own") / "project")
    keep_few(project)

    def made():
        done = run_chiso("report", "--period", "2026", "--unit", UNIT, project=project)
        assert done.returncode == 0, done.stderr
        return (project / f"reports/_site/2026/{UNIT}.html").read_text("utf-8")

    before = made()
    add_cells(project, *OWN)
    return project, before, made()


def test_own_tables_charts_and_sections_look_like_those_of_the_house(built):
    project, _before, html = built
    captions = re.findall(r"<caption><span>(.*?)</span></caption>", html)
    assert captions[-4:] == [
        "Bảng 1",
        "Bảng của tôi",
        "Bảng 3",
        "Bảng 4 (60 trong 1.234 dòng)",
    ]
    for text in ("12.345", "0,50", "1,25", "30/08/2022", "–", "Mục riêng", "Hồ sơ &lt;b&gt;tăng"):
        assert text in html
    assert 'id="muc-rieng"' in html
    assert ">1.059<" in html and ">1.060<" not in html
    own = re.findall(r'id="chart-own-\d"', html)
    assert own == [f'id="chart-own-{number}"' for number in range(1, 6)]
    # Numbers of axes are the reader's, and nothing of Python's is on the page.
    assert "1.200" in html and "0,5" in html
    for text in ("&lt;Figure", "&lt;Axes", "FacetGrid", "Line2D", "chỉ để xem", "NaN", "NaT"):
        assert text not in html
    site = project / "reports/_site/2026"
    own_sheet = load_workbook(site / f"{UNIT}{TABLES}")["Bảng của tôi"]
    assert ["=1+1", 12345, 0.5, "30/08/2022"] in [
        [cell.value for cell in row] for row in own_sheet.rows
    ]
    words = "".join(Document(site / f"{UNIT}.docx").element.body.itertext())
    for text in ("Mục riêng", "Bảng của tôi", "Hồ sơ <b>tăng</b>", "Điểm mất theo chỉ số"):
        assert text in words


def test_the_rest_of_the_page_stays_and_the_guide_is_not_on_it(built):
    _project, before, html = built
    charts = re.compile(r'<svg[^>]*id="chart-(?!own).*?</svg>', re.DOTALL)
    assert charts.findall(before) and charts.findall(html) == charts.findall(before)
    assert "docs/vi/workbench.md" not in html


def test_a_notebook_that_is_opened_shows_what_was_reported_last(built, tmp_path, monkeypatch):
    """As JupyterLab runs it: its own parameters, an ordinary kernel, in the notebooks' folder."""
    project, _before, _html = built
    monkeypatch.setenv("CHISO_PROJECT", str(project))
    run = tmp_path / "run.ipynb"
    papermill.execute_notebook(
        str(project / "notebooks/unit.ipynb"),
        str(run),
        cwd=str(project / "notebooks"),
        kernel_name="python3",
        progress_bar=False,
    )
    cells = json.loads(run.read_text("utf-8"))["cells"]
    shown = [output for cell in cells for output in cell.get("outputs", ())]
    assert [one for one in shown if "text/markdown" in one.get("data", {})]
    assert not [one for one in shown if one["output_type"] == "error"]


def opened(project, *more, first=None):
    """The outputs of a notebook's first cells and more of them, as JupyterLab runs them: as one text each."""
    notebook = nbformat.read(project / "notebooks/unit.ipynb", as_version=4)
    guide, parameters, begin, *_rest = notebook.cells
    parameters.source = first or parameters.source
    run = [guide, parameters, begin]
    for source in more:
        run += [nbformat.v4.new_code_cell(source), copy.deepcopy(parameters), copy.deepcopy(begin)]
    notebook.cells = [*run, nbformat.v4.new_code_cell("print(page.unit.code, period, unit)")]
    place = {"metadata": {"path": str(project / "notebooks")}}
    NotebookClient(notebook, kernel_name="python3", resources=place).execute()
    return [
        "".join(str(one.get("text") or one.get("data")) for one in cell.outputs)
        for cell in notebook.cells[1:]
    ]


FORM = "application/vnd.jupyter.widget-view+json"


def test_the_form_chooses_what_the_parameters_leave_empty(built, monkeypatch):
    monkeypatch.setenv("CHISO_PROJECT", str(built[0]))
    choose = (
        "from chiso.pages.parameter_form import _form\n"
        "f = _form()\n"
        "print(f.period.options, [code for _name, code in f.unit.options], f.unit.value)\n"
        "f.unit.value = 'H15.120'\n"
        "print(f.told.value)"
    )
    _cell, begun, said, _cell, again, shown = opened(built[0], choose)
    assert FORM in begun and FORM in again
    assert "(('năm 2026', '2026'),) ['H15.15', 'H15.120'] H15.15" in said
    assert "Để xem lựa chọn này: bấm Chạy (Run)" in said
    assert shown == "H15.120  H15.120\n"


def test_what_stands_in_the_parameters_wins_over_the_form(built, monkeypatch):
    monkeypatch.setenv("CHISO_PROJECT", str(built[0]))
    typed = 'period = "2026"\nunit = "H15.120"\nrevision = 0\nhistory = ""\nlang = "vi"'
    _cell, begun, shown = opened(built[0], first=typed)
    assert FORM not in begun and shown == "H15.120 2026 H15.120\n"


def test_no_page_is_made_with_the_form(built):
    """Nothing of it is on the page; that its package is not loaded, a cell of OWN says."""
    _project, _before, html = built
    assert "widget-view" not in html


def test_without_a_period_the_last_one_is_proposed(built, small, chiso):
    done = chiso("report", project=built[0])
    assert done.returncode == 2 and "Kỳ lập báo cáo gần nhất: 2026." in done.stderr
    done = chiso("check", project=small)
    assert done.returncode == 2 and "bộ số liệu mẫu: PERIOD=2026" in done.stderr


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("section('muc-rieng', '?')", "Mục “muc-rieng” chưa có tên. (dòng 1 của ô: section("),
        ("section('Mục', '?', title='x')", "“Mục” không dùng làm mã của mục được"),
        ("x = 1\nprint(khong_co)", "(dòng 2 của ô: print(khong_co))"),
        ("import pandas as pd\npd.read_csv('khong-co.csv')", "(dòng 2 của ô: pd.read_csv("),
        ("x = 1\nprint('a' 1)", "(dòng 2 của ô: print('a' 1))"),
        ("def f():\n    return 1 / 0\nf()", "(dòng 3 của ô: f(); dòng 2 của ô: return 1 / 0)"),
        ("if 1:\n    x = 1\n  y = 2", "(dòng 3 của ô: y = 2)\n  → Thụt đầu dòng không đều"),
        ("import pandsa", "(dòng 1 của ô: import pandsa)\n  → Không có gói phần mềm mang tên này"),
        ("%khong_co", "(dòng 1 của ô: get_ipython().run_line_magic('khong_co', ''))\n  → Xem lại"),
    ],
)
def test_an_error_tells_the_analysts_line(monkeypatch, cell, told):
    shell = InteractiveShell()
    load_ipython_extension(shell)
    said = []
    monkeypatch.setattr(shell, "_showtraceback", lambda kind, error, lines: said.extend(lines))
    shell.run_cell("from chiso.pages.sections import section")
    assert not shell.run_cell(cell).success
    assert len(said) == 1 and told in said[0] and "site-packages" not in said[0]


def test_jupyterlab_tells_of_an_error_above_begin_in_the_same_way(tmp_path, monkeypatch):
    """As `make lab` starts it."""
    (path,) = re.findall(r'JUPYTER_PATH="([\w/]+)', (ROOT / "Makefile").read_text("utf-8"))
    monkeypatch.setenv("JUPYTER_PATH", str(ROOT / path))
    monkeypatch.delenv("LANGUAGE")
    wrong = ("period = khong_co", "import pandsa", "begin('2022-99', 0, '', 'vi')")
    sources = (*wrong[:2], f"from chiso.pages.notebook import begin\n{wrong[2]}")
    notebook = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, sources)])
    NotebookClient(notebook, kernel_name="python3", allow_errors=True).execute(cwd=str(tmp_path))
    for cell, line in zip(notebook.cells, wrong, strict=True):
        (shown,) = cell.outputs[-1].traceback
        assert f" của ô: {line})\n  → " in shown


def test_a_page_that_fails_names_the_line(small, chiso):
    add_cells(small, "x = 1\nprint(khong_co)")
    add_cells(small, "import pandsa", notebook="province", at=0)
    done = chiso("report", "--period", "2026", "--unit", UNIT, project=small)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    for told in (
        "ô mã thứ 20: NameError: name 'khong_co' is not defined (dòng 2 của ô: print(khong_co))",
        "ô mã thứ 1: ModuleNotFoundError: No module named 'pandsa' (dòng 1 của ô: import pandsa)",
    ):
        assert told in done.stderr
    (failed,) = (small / "reports/_failed/2026").glob(f"{UNIT}.ipynb")
    cells = json.loads(failed.read_text("utf-8"))["cells"]
    assert "ô mã thứ 20" in "".join(cells[0]["source"])
    assert "".join(cells[-2]["source"]) == "**Ô sau đây có lỗi\\:**"
    (shown,) = [one["traceback"] for one in cells[-1]["outputs"] if one["output_type"] == "error"]
    assert len(shown) == 1


@pytest.mark.parametrize("text", ['{"cells": [{"cell_ty', "[]", "{}", '{"cells": 1}'])
def test_a_notebook_that_is_none_is_one_message(small, chiso, text):
    (small / "notebooks/unit.ipynb").write_text(text, "utf-8")
    done = chiso("report", "--period", "2026", "--unit", UNIT, project=small)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "unit.ipynb: Tệp này không phải sổ tay đọc được" in done.stderr
    assert list((small / "reports/_site").rglob("*.html")) == []


def test_every_notebook_says_what_it_is_and_how_to_change_it():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        first = json.loads(path.read_text("utf-8"))["cells"][0]
        lines = [line for line in "".join(first["source"]).split("\n") if line]
        assert len(lines) == 3 and "make report" in lines[2], path.stem


def test_jupyterlab_speaks_vietnamese_and_asks_no_other_host():
    settings = json.loads((ROOT / "notebooks/lab/overrides.json").read_text("utf-8"))
    packs, _problems = get_language_packs()
    assert settings["@jupyterlab/translation-extension:plugin"]["locale"] in packs
    assert settings["@jupyterlab/apputils-extension:notification"] == {
        "fetchNews": "false",
        "checkForUpdates": False,
    }
