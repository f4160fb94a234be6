"""A page that is made again as its files are saved: what a browser shows, what the terminal says, what is left."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from conftest import run_chiso
from processes import MARK, gone, marked

UNIT = "H15.15"


class Preview:
    """`chiso preview` of a project, its words in a file; as a browser asks it."""

    def __init__(self, project, folder):
        self.project, self.mark, self._said = project, str(folder), folder / "said"
        self.process = subprocess.Popen(
            [str(Path(sys.executable).with_name("chiso")), "preview", "--period", "2026",
             "--unit", UNIT, "--port", "0"],
            env={**os.environ, MARK: self.mark, "PYTHONDONTWRITEBYTECODE": ""},
            stdout=self._said.open("w"), stderr=subprocess.STDOUT, start_new_session=True,
            # What is started in the background, as tests may be, would not hear Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
        self.address = self.until(lambda: re.search(r"http\S+", self.said()))[0]

    def said(self):
        return self._said.read_text("utf-8")

    def get(self, name="", **headers):
        url = self.address.rpartition("/")[0] + f"/{name}"
        asked = urllib.request.Request(url, headers=headers)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.read()

    def page(self):
        return self.get().decode("utf-8")

    def notice(self):
        return json.loads(self.get("state.json"))["notice"]

    def until(self, found, seconds=120):
        """What `found` finds in the end."""
        deadline = time.monotonic() + seconds
        while not (it := found()):
            assert self.process.poll() is None and time.monotonic() < deadline, self.said()
            time.sleep(0.05)
        return it

    def end(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)


@pytest.fixture
def preview(built, tmp_path):
    running = Preview(built, tmp_path)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait(30)


def main_of(html):
    return re.search(r"<main.*</main>", html, re.DOTALL)[0]


def change(path, old, new):
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")


def files(project):
    """What is kept of a project: pages and figures."""
    folders = ("reports/_site", "reports/_internal", "data")
    found = (path for name in folders for path in (project / name).rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in found}


def test_what_is_saved_is_seen_and_what_is_broken_leaves_the_last_good_page(preview):
    project, before = preview.project, files(preview.project)
    preview.until(lambda: main_of(preview.page()) if "<main" in preview.page() else None)
    reported = (project / f"reports/_site/2026/{UNIT}.html").read_text("utf-8")
    assert main_of(preview.page()) == main_of(reported), "as make report makes it"
    assert preview.get(f"{UNIT}.pdf")[:4] == b"%PDF"

    notebook = project / "notebooks/unit.ipynb"
    whole = notebook.read_text("utf-8")
    own = "\"show(section('own', tables.group_table(page), title='Mục riêng'))\""
    change(notebook, '"commentary.headline(page)"', own)
    preview.until(lambda: "Mục riêng" in preview.page())
    assert "notebooks/unit.ipynb: đã dựng trang, " in preview.said()
    good = preview.page()

    change(notebook, own, '"khong_co"')
    told = "ô mã thứ 3: NameError: name 'khong_co' is not defined (dòng 1 của ô: khong_co)"
    preview.until(lambda: told in preview.notice())
    preview.until(lambda: f"notebooks/unit.ipynb: không dựng được trang: {told}" in preview.said())
    assert preview.page() == good
    notebook.write_text(whole[:3000], "utf-8")
    preview.until(lambda: "Tệp này không phải sổ tay đọc được" in preview.notice())
    assert preview.page() == good
    notebook.write_text(whole, "utf-8")
    preview.until(lambda: preview.notice() == "" and "Mục riêng" not in preview.page())

    run_chiso("comment", "--period", "2026", "--unit", UNIT, project=project)
    own_text = project / f"params/commentary/2026/{UNIT}.md"
    own_text.write_text(own_text.read_text("utf-8") + "\nLời của chuyên viên.\n", "utf-8")
    preview.until(lambda: "Lời của chuyên viên." in preview.page())

    params = project / "params/explain.yml"
    whole = params.read_text("utf-8")
    params.write_text(whole + "half: [", "utf-8")
    preview.until(lambda: "params/explain.yml:" in preview.notice())
    params.write_text(whole, "utf-8")
    preview.until(lambda: preview.notice() == "")

    (indicators,) = (project / "params/indicators").glob("766-portal-2026.yml")
    made = preview.said().count("đã dựng trang")
    indicators.write_text(indicators.read_text("utf-8") + "# đổi\n", "utf-8")
    preview.until(lambda: preview.said().count("đã dựng trang") > made)
    assert preview.notice() == "", "a comment is nothing that figures are made from"
    change(indicators, "round_percentage: true", "round_percentage: false")
    preview.until(lambda: "make report PERIOD=2026" in preview.notice())
    assert "params/indicators/766-portal-2026.yml đã thay đổi" in preview.notice()

    assert preview.end() == 0 and gone(preview.mark)
    said = preview.said()
    assert said.endswith("Đã dừng xem thử.\n") and "Traceback" not in said
    assert files(project) == before


def test_a_browser_loads_it_again_and_is_told_why_not(preview, browser):
    page, wrong = browser.new_page(), []
    page.add_init_script(
        "addEventListener('securitypolicyviolation', (e) => console.error(e.violatedDirective))"
    )
    page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(preview.address)
    page.get_by_text("Đang dựng trang").wait_for()
    page.locator("h1").wait_for(timeout=120_000)
    style = preview.project / "reports/page.css"
    whole = style.read_text("utf-8")
    style.write_text(whole + "\nh1 { letter-spacing: 7px; }\n", "utf-8")
    page.wait_for_function("() => getComputedStyle(document.querySelector('h1')).letterSpacing === '7px'", timeout=120_000)  # fmt: skip
    change(preview.project / "notebooks/unit.ipynb", '"commentary.headline(page)"', '"1 / 0"')
    notice = page.get_by_role("status")
    notice.wait_for(timeout=120_000)
    assert "ô mã thứ 3: ZeroDivisionError" in notice.inner_text()
    assert page.locator("h1").is_visible() and page.locator("svg").count() > 0
    assert wrong == []

    names = {"Host": "example.org"}
    with pytest.raises(urllib.error.HTTPError, match="403"):
        preview.get("state.json", **names)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        preview.get("../params/explain.yml")

    # A preview that is killed takes with it what it started.
    preview.process.kill()
    preview.process.wait(30)
    assert gone(preview.mark), marked(preview.mark)
    page.get_by_text("Đã dừng xem thử").wait_for()
    page.close()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("2026", "--unit", "so-khong-co"), "so-khong-co"),
        (("2026", "--unit", "../x"), "../x"),
        (("2022-13", "--unit", UNIT), "2022-9T"),
        (("2022-09", "--unit", "so-tu-phap"), "make report PERIOD=2022-09"),
        (("2026",), "--unit"),
    ],
)
def test_a_mistake_is_one_message(small_project, chiso, arguments, told):
    done = chiso("preview", "--port", "0", "--period", *arguments, project=small_project)
    assert done.returncode == 2 and told in done.stderr and "Traceback" not in done.stderr


def test_a_port_that_is_in_use_is_told(small_project, chiso):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = chiso("preview", "--period", "2026", "--unit", UNIT, "--port", str(port), project=small_project)  # fmt: skip
    assert done.returncode == 2 and f"Cổng {port}" in done.stderr and "PORT=0" in done.stderr
