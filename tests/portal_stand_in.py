"""A stand-in for the national portal: the published sample as its answers, and a server of them."""

from __future__ import annotations

import csv
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from conftest import ROOT, SAMPLE

from chiso.base.period import Period
from chiso.portal.answers import METRICS
from chiso.portal.asking import Asking
from chiso.portal.captures import Capture
from chiso.portal.fetching import fetch
from chiso.rules.portal_rules import portal_rules

NATIONAL = "service-results"
GROUPS = {
    "transparency": "I", "dvc-progress-tree": "II", "provide-online-tree": "III.a",
    "formality-online-payment-tree": "III.b", "dossier-digitized": "IV", "handling-satisfaction": "V",
}  # fmt: skip
KEYS = {"CKMB": "I", "TDGQ": "II", "CLGQ": "III.a", "TTTT": "III.b", "MDSH": "IV", "MDHL": "V"}
MAXIMA = {
    1: 6,
    2: 4,
    3: 2,
    4: 6,
    12: 6,
    13: 4,
    14: 2,
    15: 2,
    16: 4,
    17: 2,
    18: 2,
    19: 6,
    20: 6,
    21: 6,
}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str | None) -> float | int | None:
    if not text:
        return None
    return int(text) if text.isdecimal() else float(text)


def unit_names() -> dict[str, str]:
    import yaml

    tree = yaml.safe_load((ROOT / "params/units/dak-lak-2026-sample.yml").read_text("utf-8"))
    return {unit["code"]: f"{unit['name']['vi']} - tỉnh Đắk Lắk" for unit in tree["units"]}


def national() -> list[dict[str, Any]]:
    """All provinces of the sample, in the order of their codes, not of their ranks."""
    folder = ROOT / "data/samples/provinces-2026-10-10"
    names = {row["unit"]: row["name"] for row in rows(folder / "names.csv")}
    items: dict[str, dict[str, str]] = {}
    for row in rows(folder / "official.csv"):
        items.setdefault(row["unit"], {})[row["item"]] = row["value"]
    return [
        {
            "departmentId": f"id-{code}",
            "departmentName": names[code],
            "departmentCode": "000.00.00.H37" if code == "H37" else code,
            "groupScores": {key: float(items[code][item]) for key, item in KEYS.items()},
            "totalScore": float(items[code]["total"]),
            "scoreDelta": 0.12,
        }
        for code in sorted(names)
    ]


def answers() -> dict[str, Any]:
    """Group -> data of the whole answer: the province first, then its departments."""
    counts = {(r["unit"], int(r["indicator"])): r for r in rows(SAMPLE / "counts.csv")}
    official = {(r["unit"], r["item"]): r["value"] for r in rows(SAMPLE / "official.csv")}
    codes = list(dict.fromkeys(unit for unit, _indicator in counts))

    def pair(code: str, indicator: int) -> tuple[Any, Any]:
        row = counts[code, indicator]
        return number(row["numerator"]), number(row["denominator"])

    def metric(code: str, name: str, indicator: int) -> dict[str, Any]:
        above, below = pair(code, indicator)
        return {
            "code": name, "name": name.title(), "numerator": above, "denominator": below,
            "ratio": 0, "score": number(official.get((code, str(indicator)))),
            "maxScore": MAXIMA[indicator],
        }  # fmt: skip

    def department(code: str, group: str) -> dict[str, Any]:
        points = number(official.get((code, GROUPS[group])))
        base = {
            "departmentId": f"id-{code}",
            "departmentName": unit_names()[code],
            "departmentCode": code,
        }
        if group in METRICS:
            metrics = [metric(code, name, no) for name, no in METRICS[group].items()]
            return {**base, "metrics": metrics, "totalScore": points}
        base |= {"totalScore": points, "totalMaxScore": 20, "ratio": 0, "scoreDelta": None}
        if group == "dvc-progress-tree":
            above, below = pair(code, 5)
            return {**base, "totalReceived": below, "totalOnTime": above, "avgProcessingDays": 3.84}
        if group == "formality-online-payment-tree":
            return {
                **base,
                "totalDossierOnlineFormalityPaymentSuccess": pair(code, 9)[0],
                "totalFeeFormality": pair(code, 9)[1],
                "totalFeeDossierFormality": pair(code, 10)[0],
                "totalDossierOnlinePaymentSuccess": pair(code, 11)[0],
                "totalDossierFinancialObligation": pair(code, 11)[1],
            }
        if code == codes[0]:
            names = (
                "authorityCount", "partialCount", "fullCount", "onlineDossierCount",
                "onlineServiceTotal", "channelOnlineSum", "channelTotalSum",
            )  # fmt: skip
            return {**base, **dict.fromkeys(names)}
        return base

    found: dict[str, Any] = {NATIONAL: {"overview": {}, "evaluation": national()}}
    for group in GROUPS:
        head, body = ("overview", "evaluation") if group in METRICS else ("parent", "children")
        found[group] = {
            head: department(codes[0], group),
            body: [department(code, group) for code in codes[1:]],
        }
    return found


def body_of(data: Any) -> bytes:
    return json.dumps({"code": "OK", "data": data, "message": None}, ensure_ascii=False).encode()


def save(folder: Path, found: dict[str, Any]) -> Path:
    """The answers as somebody saves them by hand."""
    folder.mkdir(parents=True)
    for group, data in found.items():
        (folder / f"{group}.json").write_bytes(body_of(data))
    return folder


@dataclass
class Portal:
    """What the server gives; `fault` may answer a question instead: (status, raw) or None."""

    answers: dict[str, Any]
    fault: Callable[[str, dict[str, Any], int], tuple[int, bytes] | None] = lambda *_: None
    paging: bool = True
    slow: float = 0
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    url: str = ""

    def reply(self, group: str, body: dict[str, Any]) -> tuple[int, bytes]:
        self.asked.append((group, body))
        planted = self.fault(group, body, len(self.asked))
        if planted:
            return planted
        data = dict(self.answers[group])
        key = "evaluation" if "evaluation" in data else "children"
        if self.paging and "pageSize" in body and key in data:
            every, size, page = data[key], body["pageSize"], body["currentPage"]
            data[key] = every[(page - 1) * size : page * size]
            data["pagination"] = {
                "total": len(every), "totalPages": -(-len(every) // size),
                "currentPage": page, "pageSize": size,
            }  # fmt: skip
        return 201, body_of(data)


@contextmanager
def serving(portal: Portal) -> Iterator[Portal]:
    """The portal at a local address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            portal.at_once += 1
            portal.most_at_once = max(portal.most_at_once, portal.at_once)
            try:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                time.sleep(portal.slow)
                status, raw = portal.reply(self.path.rpartition("/")[2], body)
                if status == 0:  # half an answer, and gone
                    self.send_response(201)
                    self.send_header("Content-Length", str(2 * len(raw)))
                    self.end_headers()
                    self.wfile.write(raw)
                    return
                self.send_response(status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)
            except (BrokenPipeError, ConnectionResetError):
                pass
            finally:
                portal.at_once -= 1

        def log_message(self, *_arguments: object) -> None:
            """Nothing: a test says what was asked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    portal.url = f"http://127.0.0.1:{server.server_port}/evaluation"
    try:
        yield portal
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ask(
    portal: Portal, period: Period, province: str = "H15", told: list[str] | None = None
) -> Capture:
    """A capture fetched from the stand-in."""
    asking = Asking(portal_rules(), portal.url, (told if told is not None else []).append)
    return fetch(period, province, asking, lambda _groups: nullcontext(_NoBar()))


class _NoBar:
    def update(self, _number: int) -> None:
        """Nothing is shown."""


def hurry(project: Path, **changes: object) -> None:
    """No pauses in params/portal.yml of a project."""
    import re

    path = project / "params/portal.yml"
    text = path.read_text(encoding="utf-8")
    values = {
        "pause_seconds": 0, "first_wait_seconds": 0, "longest_wait_seconds": 0, "retries": 2,
        "timeout_seconds": 5, **changes,
    }  # fmt: skip
    for key, value in values.items():
        text = re.sub(rf"^( *{key}): .*$", rf"\1: {value}", text, flags=re.M)
    path.write_text(text, encoding="utf-8")
