"""`chiso sources new`: what the header of an unknown export tells, what is asked, and what is written."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from exports import IDENTITY, NAME, PHONE, save_xlsx

from chiso.rules.units import load_tree
from chiso.sources.mappings import read_system
from chiso.sources.records import load_records

HOW_TO = (ROOT / "docs/vi/phan-mem-moi.md").read_text("utf-8")
(EXPORT,) = re.findall(r"```csv\n(.*?)```", HOW_TO, re.S)
ANSWERS = [text.strip("`") for text in re.findall(r"là (?:cột|giá trị) nào\? \| (\S+) \|", HOW_TO)]
ANSWERS = ["" if text == "(Enter)" else text for text in ANSWERS]


def new(project, file, answers=(), *more):
    """`chiso sources new` with lines typed; what is not answered ends with the input."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("chiso")), "sources", "new", str(file), *more],
        cwd=project,
        env={"CHISO_PROJECT": str(project), "LANGUAGE": "vi", "PATH": "/usr/bin:/bin"},
        input="".join(f"{line}\n" for line in answers),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def export(project):
    path = project / "so-moi.csv"
    path.write_text(EXPORT, encoding="utf-8")
    return path


def test_the_example_of_the_how_to(project, export):
    done = new(project, export, ANSWERS)
    assert done.returncode == 0, done.stderr
    written = project / "params-thu/sources/so-moi.yml"
    content = yaml.safe_load(written.read_text("utf-8"))
    (shown,) = re.findall(r"```yaml\n(.*?)```", HOW_TO, re.S)
    dossiers = content["tables"]["dossiers"]
    assert dossiers["columns"] == yaml.safe_load(shown)["tables"]["dossiers"]["columns"]
    assert dossiers["values"]["status"]["Chờ ký số"] == 4
    assert dossiers["personal"] == ["Họ tên công dân"]
    assert "Đọc được 2 bản ghi của so-moi.csv" in done.stdout
    assert not list((project / "params/sources").glob("so-moi*"))
    assert "Nguyễn" not in done.stdout + written.read_text("utf-8")


def test_what_is_written_reads_the_export(project, export):
    """In force, the file makes records of an export that nothing could read before."""
    new(project, export, ANSWERS)
    (project / "params-thu/sources/so-moi.yml").rename(project / "params/sources/so-moi.yml")
    records = project / "records"
    records.mkdir()
    export.rename(records / export.name)
    held = load_records(records, load_tree("hung-yen-2022"))
    rows = held.tables["dossiers"].order_by("dossier_id").to_pandas()
    assert rows["status"].tolist() == [4, 10] and rows["unit"].tolist() == ["so-tu-phap"] * 2


def test_what_nobody_answers_stands_above_the_file(project, export):
    done = new(project, export, ANSWERS[:1])
    assert done.returncode == 0, done.stderr
    text = (project / "params-thu/sources/so-moi.yml").read_text("utf-8")
    assert text.startswith(
        "# Chưa rõ: Ngày giờ nhận\n# Chưa rõ: Ghi chú\n# Chưa rõ: trạng thái hồ sơ: Chờ ký số\n"
    )
    assert "Chưa rõ: Ghi chú" in done.stdout


def test_an_answer_that_cannot_be_is_asked_again(project, export):
    done = new(project, export, ["99", *ANSWERS])
    assert done.returncode == 0 and "Chỉ nhận:" in done.stdout


def test_a_register_without_a_status_tells_it_by_its_days(project):
    path = project / "so.xlsx"
    header = ["TT", "Số biên nhận của dân", "Thủ tục hành chính giải quyết", "Họ tên", "SĐT", "CCCD",
              "Ngày nhận hồ sơ giấy", "Ngày trả KQ dân"]  # fmt: skip
    row = ["1", "A-1", "Cấp phiếu", NAME, PHONE, IDENTITY, "05/09/2022", "07/09/2022"]
    save_xlsx(path, {"Sổ": [["SỔ"], header, row]})
    done = new(project, path, ["1", "25", "5", "7"])
    assert "Traceback" not in done.stderr
    told = done.stdout + done.stderr
    assert not any(text in told for text in (NAME, PHONE, IDENTITY))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("khong-co.csv", None, "khong-co.csv"),
        ("trong.csv", "", "trong.csv"),
        ("thu.csv", "a;b\n1;2\n", "không dòng nào"),
        ("ho-so.json", "[]", "tiêu đề"),
        ("thieu.csv", "Mã TTHC;Ngày hẹn trả\n1.1;2\n", "mã hồ sơ"),
    ],
)
def test_a_file_that_cannot_be_described_is_refused_and_nothing_written(
    project, name, content, told
):
    path = project / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    done = new(project, path)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert told in done.stderr.casefold() and not (project / "params-thu").exists()


def test_a_file_that_is_there_is_not_overwritten(project, export):
    assert new(project, export, ANSWERS).returncode == 0
    assert "--name" in new(project, export, ANSWERS).stderr
    assert "--name" in new(project, export, ANSWERS, "--name", "../x").stderr
    assert "--name" in new(project, export, ANSWERS, "--name", "so-theo-doi").stderr
    assert read_system(project / "params-thu/sources/so-moi.yml").name.vi == "so-moi"
