"""How fast pages are, and what viewers cost. See pages.sh."""

import argparse
import asyncio
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from host import Report, Vitrine, fresh_folder, system
from peers import Process, free_port, get
from viewers import Crowd

PANELS, HOURS, STEP, SERIES = 30, 6, 15, 4
DASHBOARD = "/d/bench?range=6h"


def dashboard():
    kinds = ["timeseries", "timeseries", "timeseries", "stat", "gauge", "table"]
    panels = [
        {"title": f"Panel {place}", "show": kinds[place % len(kinds)], "query": f'bench_{place}{{core=~".+"}}', "width": 4, "legend": "{{core}}"}
        for place in range(PANELS)
    ]
    return {"title": "Bench", "range": "6h", "refresh": "15s", "panels": panels}


def fill(port):
    """Six hours of samples, 15 s apart, for each panel's series."""
    now = int(time.time())
    for place in range(PANELS):
        lines = []
        for core in range(SERIES):
            for at in range(now - HOURS * 3600 - 600, now, STEP):
                value = (at // STEP * (place + 3) * (core + 7)) % 1000 / 10
                lines.append(f'bench_{place}{{core="{core}"}} {value} {at * 1000}')
        request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/import/prometheus", "\n".join(lines).encode() + b"\n", method="POST")
        with urllib.request.urlopen(request) as answer:
            answer.read()


def first_byte(port, rounds, longer=0):
    """Milliseconds until the first byte of a page whose panels were all evaluated for it."""
    taken, count = [], evaluations(port)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for place in range(rounds):
        # Each range is a scope of its own, so that each request finds nothing evaluated.
        began = time.perf_counter()
        connection.request("GET", f"/d/bench?from=now-{6 * 3600 + longer + place}s")
        answer = connection.getresponse()
        taken.append((time.perf_counter() - began) * 1000)
        answer.read()
    evaluated = (evaluations(port) - count) / rounds
    return statistics.median(taken), evaluated


def evaluations(port):
    text = get(port, "/metrics")[1].decode()
    return float(re.search(r"(?m)^vitrine_web_panel_evaluations_total (\S+)$", text)[1])


def rate(process, path, seconds, connections=8):
    """Requests per second, and per second of processor time."""
    used = process.cpu()
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"http://127.0.0.1:{process.port}{path}"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used = process.cpu() - used
    if "Non-2xx" in told:
        raise SystemExit(f"{path} was refused:\n{told}")
    requests = int(re.search(r"(\d+) requests in", told)[1])
    return float(re.search(r"Requests/sec:\s+(\S+)", told)[1]), requests / used


def pages(report, options, vitrine, folder):
    report.head(f"A dashboard of {PANELS} panels over {HOURS} h of {STEP} s data, {SERIES} series each")
    first_byte(vitrine.port, 5, 600)
    median, evaluated = first_byte(vitrine.port, 60)
    report.row("panels evaluated for each page", evaluated, "")
    report.promise("first byte, all panels evaluated, p50", median, 15, "ms")
    body = get(vitrine.port, DASHBOARD)[1]
    report.row("size of the page", len(body) / 1024, "KiB")
    Path(folder, "page.html").write_bytes(body)
    port = free_port()
    with Process([options.static, f"127.0.0.1:{port}", str(Path(folder, "page.html"))], port) as static:
        static.first("/")
        ours, theirs = [], []
        for _ in range(3):
            theirs.append(rate(static, "/", options.seconds)[0])
            ours.append(rate(vitrine, DASHBOARD, options.seconds)[0])
        report.row("static file, requests per second", statistics.median(theirs), "1/s")
        report.row("page within its ticks, requests per second", statistics.median(ours), "1/s")
        report.promise("static file's rate over the page's", statistics.median(theirs) / statistics.median(ours), 1 / 0.6, "×")


def beside_fastapi(report, options, vitrine, folder):
    report.head("Beside FastAPI and Jinja2, which draw the same points for each request")
    text = get(vitrine.port, DASHBOARD)[1].decode()
    data = re.findall(r'<script type="application/json" class="panel-data">(.*?)</script>', text, re.S)
    charts = [json.loads(one) for one in data]
    # Those of our panels that are no charts are charts there, so that both have thirty.
    Path(folder, "data.json").write_text(json.dumps([charts[place % len(charts)] for place in range(PANELS)]))
    port = free_port()
    command = [options.python, "-m", "uvicorn", "peer_page:app", "--port", str(port), "--log-level", "error", "--app-dir", str(Path(__file__).parent)]
    os.environ["PAGE_DATA"] = str(Path(folder, "data.json"))
    with Process(command, port, Path(folder, "peer-log")) as peer:
        peer.first("/")
        theirs = rate(peer, "/", options.seconds, 2)[1]
        ours = rate(vitrine, DASHBOARD, options.seconds)[1]
    report.row("FastAPI + Jinja2, pages per processor second", theirs, "")
    report.row("Vitrine, pages per processor second", ours, "")
    report.promise("theirs of ours", theirs / ours, 1 / 20, "×")


def viewers(report, options, vitrine):
    report.head("Live viewers of the dashboard")
    alone = asyncio.run(watch(vitrine, 1, options.watch))
    report.row("evaluations a second for one viewer", alone["evaluations"], "1/s")
    for count in options.viewers:
        seen = asyncio.run(watch(vitrine, count, options.watch))
        report.row(f"{count} viewers: joined, lost", seen["joined"], "", f" {seen['lost']} lost, {seen['rounds']} rounds told to all")
        if seen["joined"] < count or seen["lost"]:
            report.missed.append(f"{count} viewers did not hold")
        report.promise(f"{count} viewers: evaluations beside one viewer's", seen["evaluations"] / max(alone["evaluations"], 1e-9), 1.2, "×")
        if count <= 1000:
            report.promise(f"{count} viewers: memory of each", seen["memory"], 30, "kB")
            report.promise(f"{count} viewers: delivery after the first, p99", seen["p99"], 150, "ms")
        else:
            report.row(f"{count} viewers: memory of each", seen["memory"], "kB")
            report.row(f"{count} viewers: delivery after the first, p99", seen["p99"], "ms")


async def watch(vitrine, count, seconds):
    crowd = Crowd()
    # Memory that the page itself took is not the viewers'.
    before = vitrine.memory()["VmRSS"]
    joined = await crowd.join(vitrine.port, "/live/bench?range=6h", count)
    await asyncio.sleep(3)
    crowd.rounds.clear()
    counted, began, lost = evaluations(vitrine.port), time.perf_counter(), crowd.lost
    await asyncio.sleep(seconds)
    per_second = (evaluations(vitrine.port) - counted) / (time.perf_counter() - began)
    memory = (vitrine.memory()["VmRSS"] - before) * 1024 / count
    delays, rounds = crowd.delays(count * 0.99)
    lost = crowd.lost - lost
    crowd.leave()
    await asyncio.sleep(1)
    p99 = delays[int(len(delays) * 0.99)] * 1000 if delays else float("inf")
    return {"joined": joined, "lost": lost, "rounds": rounds, "evaluations": per_second, "memory": memory, "p99": p99}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vitrine", required=True)
    parser.add_argument("--static", required=True, help="the example `static_file` of vitrine-web")
    parser.add_argument("--python", required=True, help="a Python with fastapi, jinja2 and uvicorn")
    parser.add_argument("--seconds", type=int, default=5, help="of each measure of a rate")
    parser.add_argument("--watch", type=int, default=30, help="seconds that viewers look on")
    parser.add_argument("--viewers", type=int, nargs="*", default=[1000, 5000])
    parser.add_argument("--only", choices=["pages", "viewers"])
    options = parser.parse_args()
    report = Report([options.vitrine, sys.executable])
    with fresh_folder() as folder:
        shown = Path(folder, "dashboards")
        shown.mkdir()
        Path(shown, "bench.yaml").write_text(json.dumps(dashboard()))
        with Vitrine(options.vitrine, folder, {"this-machine": system("1s")}, dashboards=shown, max_viewers=6000) as vitrine:
            vitrine.first("/readyz")
            fill(vitrine.port)
            if options.only in (None, "pages"):
                pages(report, options, vitrine, folder)
                beside_fastapi(report, options, vitrine, folder)
            if options.only in (None, "viewers"):
                viewers(report, options, vitrine)
    report.end()


main()
