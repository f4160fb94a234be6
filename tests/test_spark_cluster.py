"""`chiso measure --engine spark://…` on a cluster of its own: the same counts as without."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pyspark
import pytest

from chiso.demo.write import DemoRequest, write_demo

HOME = Path(pyspark.__file__).parent
DEPLOY = "org.apache.spark.deploy"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def cluster(tmp_path):
    """A master and a worker of this test alone."""
    local = {"SPARK_HOME": str(HOME), "SPARK_LOCAL_IP": "127.0.0.1"}
    env = {**os.environ, **local, "SPARK_WORKER_DIR": str(tmp_path / "work")}
    address = f"spark://127.0.0.1:{free_port()}"
    here = ["--host", "127.0.0.1", "--webui-port", "0"]
    log = tmp_path / "cluster.log"
    started = []

    def start(name, *arguments):
        call = [HOME / "bin/spark-class", f"{DEPLOY}.{name}", *here, *arguments]
        with log.open("a") as out:
            started.append(
                subprocess.Popen(call, env=env, stdout=out, stderr=out, start_new_session=True)
            )

    def wait_for(words):
        until = time.monotonic() + 120
        while words not in log.read_text("utf-8", errors="replace"):
            assert time.monotonic() < until, log.read_text("utf-8")
            time.sleep(0.2)

    try:
        start("master.Master", "--port", address.rpartition(":")[2])
        wait_for("I have been elected leader")
        start("worker.Worker", "--cores", "2", "--memory", "1g", address)
        wait_for("Successfully registered with master")
        yield address
    finally:
        for process in reversed(started):
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def test_a_cluster_counts_as_one_machine_does(cluster, chiso, project, tmp_path, monkeypatch):
    records = tmp_path / "records"
    write_demo(DemoRequest(records, dossiers_per_month=500))
    # Each table costs Spark seconds and tells nothing new: tests/test_measures.py counts them on Spark too.
    for path in records.glob("*.parquet"):
        if path.stem not in ("dossiers", "procedures"):
            path.unlink()
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    call = ("measure", "--period", "2022-09", "--records", records)
    alone, spread = tmp_path / "alone.csv", tmp_path / "spread.csv"
    assert chiso(*call, "--out", alone, project=project).returncode == 0
    done = chiso(*call, "--engine", cluster, "--out", spread, project=project)
    assert done.returncode == 0, done.stderr
    assert "WARN WindowExec" not in done.stderr
    rows = alone.read_text("utf-8").splitlines()
    assert spread.read_text("utf-8").splitlines() == rows
    assert sum(",," not in row for row in rows) > 1_000
