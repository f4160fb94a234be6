"""`chiso rules`: the files of params/, and what edited copies of them would change for whom."""

import re
from decimal import Decimal

import pytest
import yaml
from conftest import ROOT

from chiso.base.params import Text
from chiso.explain.trial import Result, moved
from chiso.pages.trial import in_figures, in_letters, rows
from chiso.publishing.parameter_files import faults, parameter_files
from chiso.publishing.trial import faults_of

SET = "indicators/766-portal-2026.yml"
KHA = "at_least: 70, below: 80"
HOW_TO = ROOT / "docs/vi/doi-quy-tac.md"


def edited(project, place, old, new):
    """A folder with an edited copy of one file."""
    folder = project / "params-thu"
    target = folder / place
    target.parent.mkdir(parents=True, exist_ok=True)
    text = (project / "params" / place).read_text("utf-8")
    assert text.count(old) >= 1, old
    target.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def as_is(project):
    return {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}


def test_all_files_of_the_project_are_right(chiso):
    done = chiso("rules")
    assert done.returncode == 0, done.stderr
    assert f"{len(parameter_files())} tệp trong params/ đều hợp lệ." in done.stdout


@pytest.mark.parametrize("others_need_it", [False, True])
def test_every_kind_of_file_is_read(project, others_need_it):
    """A key that no reader knows is found in every file."""
    broken = [
        path
        for path in parameter_files()
        if path.parent.name != "letters"
        and (path.parent.name == "units" or path.stem == "defaults") == others_need_it
    ]
    for path in broken:
        with path.open("a", encoding="utf-8") as file:
            file.write("\nkhong_co: 1\n")
    found = "\n".join(faults())
    assert [path for path in broken if str(path) not in found] == []


VIETNAMESE = re.compile(
    "[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.I
)


def test_comments_are_in_the_language_of_those_who_edit_the_files():
    texts = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in parameter_files()
        if path.suffix == ".yml"
        for line in path.read_text("utf-8").splitlines()
        if line.lstrip().startswith("#")
    ]
    assert texts
    english = [text for text in texts if not VIETNAMESE.search(text)]
    assert [text for text in english if "{" not in text and "make register" not in text] == []


def sources_in(value):
    """The Vietnamese words of every `source` in a file of parameters."""
    if isinstance(value, dict):
        source = value.get("source", "")
        yield source.get("vi", "") if isinstance(source, dict) else source
        value = [one for key, one in value.items() if key != "source"]
    for one in value if isinstance(value, list) else ():
        yield from sources_in(one)


def test_sources_are_in_that_language_too():
    paths = [path for path in parameter_files() if path.suffix == ".yml"]
    told = {text for path in paths for text in sources_in(yaml.safe_load(path.read_text("utf-8")))}
    assert len(told) > 50
    assert [text for text in told if text and not VIETNAMESE.search(text)] == []


@pytest.mark.parametrize(
    ("place", "text", "told"),
    [
        ("defaults.yml", "units: khong-co\n", "khong-co"),
        ("units.yml", "x: 1\n", "mang tên này"),
        ("khac/x.yml", "x: 1\n", "mang tên này"),
        ("periods/2027-13.yml", "units: hung-yen-2025\n", "2027-13"),
        ("commentary/2026/H15.15.md", "không có phần đầu\n", "---"),
    ],
)
def test_a_file_in_the_wrong_place_or_that_names_what_is_not_there(project, place, text, told):
    path = project / "params" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    (wrong,) = faults()
    assert told in wrong


def test_an_assignment_to_an_agency_that_the_tree_does_not_have(project):
    folder = edited(project, "assignments/hung-yen-2025.yml", "unit: so-tu-phap", "unit: so-cu")
    (wrong,) = faults_of(folder)
    assert "so-cu" in wrong and str(folder / "assignments/hung-yen-2025.yml") in wrong


def test_what_would_change_for_whom_and_nothing_is_kept(small, chiso):
    """65.49 points of the province are Khá from 65 on; nobody else changes."""
    folder = edited(small, SET, KHA, "at_least: 65, below: 80")
    path = folder / SET
    path.write_text(path.read_text("utf-8").replace("below: 70", "below: 65"), encoding="utf-8")
    before = as_is(small)
    done = chiso("rules", "--period", "2026", "--params", folder, project=small)
    assert done.returncode == 0, done.stderr
    assert f"Khác với params/: {SET}" in done.stdout
    assert "Trong 3 đơn vị: đổi tổng điểm 0, đổi xếp loại 1, đổi thứ hạng 0." in done.stdout
    (row,) = re.findall(r"^UBND tỉnh Đắk Lắk \(H15\).*", done.stdout, re.MULTILINE)
    assert "65,49" in row and "Trung bình → Khá" in row
    assert "Công văn đôn đốc: không đổi." in done.stdout
    assert as_is(small) == before


def test_a_target_changes_points_of_its_indicator(small, chiso):
    folder = edited(small, SET, KHA, KHA)
    path = folder / SET
    path.write_text(
        re.sub(r"(number: 9\n.*?value: )0.80", r"\g<1>1.00", path.read_text("utf-8"), flags=re.S)
    )
    done = chiso("rules", "--period", "2026", "--params", folder, project=small)
    assert done.returncode == 0, done.stderr
    changed = re.findall(r"^.*\((H15[.\d]*)\).*→.*  9: −[\d,]+$", done.stdout, re.MULTILINE)
    assert changed and f"đổi tổng điểm {len(changed)}," in done.stdout


def test_mistakes_are_told_by_the_users_own_file(small, chiso):
    folder = edited(small, SET, KHA, "at_least: 66, below: 80")
    before = as_is(small)
    done = chiso("rules", "--period", "2026", "--params", folder, project=small)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert f"{folder / SET}:" in done.stderr and "Số tệp có lỗi: 1" in done.stderr
    assert as_is(small) == before


@pytest.mark.parametrize("folder", ["params", "khong-co", "trong"])
def test_a_folder_that_is_none_to_try(project, chiso, folder):
    (project / "trong").mkdir()
    done = chiso("rules", "--params", project / folder, project=project)
    assert done.returncode == 2 and "Lỗi" in done.stderr


def test_a_period_alone_asks_for_the_folder(project, chiso):
    done = chiso("rules", "--period", "2026", project=project)
    assert done.returncode == 2 and "--params" in done.stderr


def result(total, rank, asked=None, **points):
    held = {int(name[1:]): Decimal(value) for name, value in points.items()}
    band = Text(vi="Khá" if total >= 70 else "Trung bình", en="")
    return Result(Text(vi="Sở Tư pháp"), Decimal(total), band, rank, 18, held, asked)


def test_units_that_come_and_go_and_letters_that_change():
    before = {
        "a": result(69, 2, None, i5="0.00"),
        "b": result(60, 3, ("việc 1", "việc 2")),
        "c": result(50, 4, ("việc 1",)),
        "d": result(40, 5),
    }
    after = {
        "a": result(71, 1, ("việc 1",), i5="2.00"),
        "b": result(60, 3, ("việc 1", "việc 3")),
        "c": result(50, 4),
        "e": result(40, 5),
    }
    found = moved(before, after)
    assert [one.code for one in found] == ["a", "b", "c", "e", "d"]
    assert in_figures(found, 5) == (
        "Trong 5 đơn vị: đổi tổng điểm 3, đổi xếp loại 3, đổi thứ hạng 3."
    )
    assert [tuple(row) for row in rows(found)[1:]] == [
        ("Sở Tư pháp (a)", "69,00 → 71,00", "Trung bình → Khá", "2/18 → 1/18", "5: +2,00"),
        ("Sở Tư pháp (e)", "40,00", "chỉ có khi áp dụng tệp đã sửa", "", ""),
        ("Sở Tư pháp (d)", "40,00", "không còn", "", ""),
    ]
    assert in_letters(found) == [
        "Sở Tư pháp (a): nay có công văn",
        "  + việc 1",
        "Sở Tư pháp (b): công văn đổi nội dung",
        "  - việc 2",
        "  + việc 3",
        "Sở Tư pháp (c): nay không có công văn",
        "  - việc 1",
    ]


def edits(block):
    """File, the file it is a copy of, and its lines of an edit as the how-to writes it."""
    for part in re.split(r"^# ", block, flags=re.MULTILINE)[1:]:
        head, _newline, lines = part.partition("\n")
        place, _comma, made = head.partition(", ")
        origin = {"": place, "tệp mới": ""}.get(made, made.removeprefix("chép từ "))
        yield place, origin, lines.splitlines()


def hunks(lines):
    """Old and new lines that belong together: an old part begins after a new one has ended."""
    found, last = [([], [])], " "
    for line in lines:
        if last == "+" and line[0] != "+":
            found.append(([], []))
        last = line[0]
        for side, sign in enumerate("-+"):
            if last in (" ", sign):
                found[-1][side].append(line[1:])
    return found


@pytest.mark.parametrize("block", re.findall(r"```diff\n(.*?)```", HOW_TO.read_text("utf-8"), re.S))
def test_every_example_of_the_how_to_is_right(project, block):
    folder = project / "params-thu"
    for place, origin, lines in edits(block):
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        text, at = (project / "params" / origin).read_text("utf-8") if origin else "", 0
        for old, new in hunks(lines):
            before, after = ("".join(f"{line}\n" for line in side) for side in (old, new))
            at = text.index(before, at)
            text = text[:at] + after + text[at + len(before) :]
            at += len(after)
        target.write_text(text, encoding="utf-8")
    assert list(faults_of(folder)) == []


@pytest.mark.parametrize(
    "text",
    [
        "a: b: c", "a:\n  b: 1\n c: 2", "a\nb: 1", "{a: 1 b: 2}", "[1 2", "a: 'x", "a: @x", "a:\n\tb: 1",
        "{a: ,, b}", 'a: "\\q"', "a: \x07", "a: *x", "- a\nb: 1", "chance: {value: 5%, source: }", "about: 1",
        "proposals: {periods_before: 1.5}", "signer: []", "law: [{cite: [1]}]",
    ],
)  # fmt: skip
def test_no_english_of_a_library_stands_in_what_is_told_of_a_file(project, text):
    (project / "params/letters.yml").write_text(text, encoding="utf-8")
    (wrong,) = [fault for fault in faults() if "letters.yml" in fault]
    assert not re.search(r"\b(did not|found|expected|should|valid|input|allowed)\b", wrong, re.I), (
        wrong
    )
