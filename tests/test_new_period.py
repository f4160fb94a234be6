"""`chiso new-period`: a folder, what to put there, and what comes next."""

import pytest


def test_a_folder_is_made_and_what_is_next_is_said(project, chiso):
    done = chiso("new-period", "--period", "2022-11", project=project)
    assert done.returncode == 0, done.stderr
    folder = project / "data/2022-11"
    assert list(folder.iterdir()) == []
    assert "Đã tạo data/2022-11/." in done.stdout and "190 đơn vị" in done.stdout
    said = done.stdout.splitlines()
    assert said[-4:] == [
        f"  make {target} PERIOD=2022-11" for target in ("check", "report", "letters", "publish")
    ]
    # An empty folder is no month of invented records.
    refused = chiso("report", "--period", "2022-11", project=project)
    assert refused.returncode == 2 and "data/2022-11" in refused.stderr


def test_what_is_there_stays(project, chiso):
    folder = project / "data/2022-11"
    folder.mkdir(parents=True)
    (folder / "counts.csv").write_text("unit,indicator,numerator,denominator\n", "utf-8")
    done = chiso("new-period", "--period", "2022-11", project=project)
    assert done.returncode == 0 and "data/2022-11/ đã có, gồm 1 tệp." in done.stdout
    assert (folder / "counts.csv").read_text("utf-8").startswith("unit,")


def test_a_period_with_a_folder_of_its_own_keeps_it(project, chiso):
    done = chiso("new-period", "--period", "2026", project=project)
    assert "data/samples/dak-lak-2026-10-10/ đã có" in done.stdout
    assert not (project / "data/2026").exists()


@pytest.mark.parametrize(
    ("period", "told"),
    [("../x", "không phải là một kỳ báo cáo"), ("2025-01", "params/defaults.yml")],
)
def test_a_period_that_cannot_be_is_refused_and_nothing_made(project, chiso, period, told):
    before = sorted((project / "data").iterdir())
    done = chiso("new-period", "--period", period, project=project)
    assert done.returncode == 2 and told in done.stderr
    assert sorted((project / "data").iterdir()) == before
