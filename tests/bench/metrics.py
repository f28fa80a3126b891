"""What taking, keeping and asking for samples costs, beside Prometheus and VictoriaMetrics. Started by metrics.sh."""

import argparse
import http.client
import itertools
import json
import os
import re
import socket
import statistics
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

import million
from host import Report, Vitrine, fresh_folder
from peers import Process, free_port, get
from samples import DAY, HOUR, Load

# The largest share of a second's processor time that counts as doing nothing.
QUIET = 0.03
HEADERS = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}


class Prometheus(Process):
    name = "Prometheus"
    query = ""
    files = ""

    def __init__(self, folder):
        config = Path(folder, "prometheus.yml")
        config.write_text("{}")
        self.data, port = Path(folder, "data"), free_port()
        flags = [f"--config.file={config}", f"--storage.tsdb.path={self.data}", f"--web.listen-address=127.0.0.1:{port}"]
        more = ["--web.enable-remote-write-receiver", "--storage.tsdb.retention.time=30d", "--log.level=warn"]
        super().__init__(["prometheus", *flags, *more], port, Path(folder, "log"))
        self.first("/-/ready")

    def condense(self):
        """Its newest hours stay in the log; there is no asking for more."""


class VictoriaMetrics(Process):
    name = "VictoriaMetrics"
    # It keeps answers, and would be measured by its cache.
    query = "&nocache=1"
    files = ""

    def __init__(self, folder):
        self.data, port = Path(folder, "data"), free_port()
        flags = [f"-storageDataPath={self.data}", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=2"]
        super().__init__(["victoria-metrics", *flags, "-loggerLevel=WARN"], port, Path(folder, "log"))
        self.first("/health")

    def condense(self):
        get(self.port, "/internal/force_flush")
        get(self.port, "/internal/force_merge")


class Ours(Vitrine):
    name = "Vitrine"
    query = ""
    # Beside these lie compiled plugins and people's alerts.
    files = "samples.db"

    def __init__(self, binary, folder, **settings):
        super().__init__(binary, folder, {}, **settings)
        self.data = Path(folder, "data")
        self.first("/readyz")

    def condense(self):
        """What is left is sealed as it stops."""


def settle(process, patience=90):
    """Waits until it does nothing for three seconds."""
    quiet, deadline = 0, time.perf_counter() + patience
    while quiet < 3 and time.perf_counter() < deadline:
        before = process.cpu()
        time.sleep(1)
        quiet = quiet + 1 if process.cpu() - before < QUIET else 0


def write(process, bodies):
    """Samples sent; each request waits for the answer to the one before."""
    connection = http.client.HTTPConnection("127.0.0.1", process.port, timeout=60)
    sent = 0
    for count, body in bodies:
        connection.request("POST", "/api/v1/write", body, HEADERS)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status not in (200, 204):
            raise SystemExit(f"{process.name} answers {answer.status} to a write: {said[:300].decode()}")
        sent += count
    connection.close()
    return sent


def on_disk(process):
    """Bytes that its samples take."""
    files = (Path(root, file) for root, _, files in os.walk(process.data) for file in files)
    return sum(file.stat().st_blocks * 512 for file in files if file.name.startswith(process.files))


class Asker:
    """A client that costs next to nothing, so that what is timed is the server."""

    def __init__(self, port, path):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Memory that is there costs nothing while the clock runs.
        self.room = bytearray(16 << 20)
        self.request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()

    def ask(self):
        """Milliseconds, and the beginning of the answer."""
        room, got, end, length = memoryview(self.room), 0, -1, None
        began = time.perf_counter()
        self.socket.sendall(self.request)
        while True:
            got += self.socket.recv_into(room[got:])
            if end < 0 and (end := self.room.find(b"\r\n\r\n", 0, got)) >= 0:
                stated = re.search(rb"content-length: *(\d+)", bytes(room[:end]).lower())
                length = end + 4 + int(stated[1]) if stated else None
            if end >= 0 and (got == length if length else room[got - 5 : got] == b"0\r\n\r\n"):
                return (time.perf_counter() - began) * 1000, bytes(room[:400])


def fetch(process, path):
    """The same answer, read by a real client."""
    with urllib.request.urlopen(f"http://127.0.0.1:{process.port}{path}", timeout=60) as answer:
        return json.loads(answer.read())["data"]["result"]


def ask(process, query, start, end, step, count):
    """Answer, median milliseconds, processor milliseconds for each."""
    words = {"query": query, "start": start / 1000, "end": end / 1000, "step": step / 1000}
    path = f"/api/v1/query_range?{urllib.parse.urlencode(words)}{process.query}"
    asker = Asker(process.port, path)
    for _ in range(5):
        _, whole = asker.ask()
        if not whole.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{process.name} answers to {path}: {whole.decode()}")
    used = process.cpu()
    times = [asker.ask()[0] for _ in range(count)]
    used = (process.cpu() - used) * 1000 / count
    asker.socket.close()
    return fetch(process, path), statistics.median(times), used


def agree(name, ours, theirs):
    """Same series, same moments, same values."""

    def table(result):
        return {one["metric"].get("serial", ""): {at: float(value) for at, value in one["values"]} for one in result}

    ours, theirs = table(ours), table(theirs)
    if ours.keys() != theirs.keys():
        raise SystemExit(f"{name} finds {len(theirs)} series, and we {len(ours)}")
    for serial, values in ours.items():
        others = theirs[serial]
        if values.keys() != others.keys():
            raise SystemExit(f"{name} has {len(others)} values of series {serial}, and we {len(values)}")
        for at, value in values.items():
            if abs(value - others[at]) > 1e-9 * max(abs(value), abs(others[at])):
                raise SystemExit(f"{name} has {others[at]} at {at} in series {serial}, and we {value}")


def take(report, process, bodies, figures):
    """Ingest: processor time, wall time, memory and disk."""
    history, main = bodies
    write(process, history)
    settle(process, 20)
    before, began = process.cpu(), time.perf_counter()
    sent = write(process, main)
    wall, acknowledged = time.perf_counter() - began, process.cpu() - before
    settle(process)
    used, memory = process.cpu() - before, process.memory()
    process.condense()
    settle(process)
    report.row(f"{process.name}: processor time per sample", used / sent * 1e9, "ns", f" {acknowledged / sent * 1e9:.0f} until all was acknowledged")
    report.row(f"{process.name}: wall time per sample", wall / sent * 1e9, "ns")
    report.row(f"{process.name}: resident, at most", memory["VmHWM"], "MiB", f" {memory['VmRSS']:.0f} at rest")
    figures[process.name] = {"cpu": used / sent, "memory": memory["VmHWM"], "disk": on_disk(process)}


def queries(load):
    end = load.end
    return {
        "one series, 7 days to 1,000 points": ('http_requests_total{serial="0"}', end - 7 * DAY, end, 7 * DAY // 1000, 1000),
        "100 series, 24 h, step 5 min": ('{serial=~"[1-9]|[1-9][0-9]|100"}', end - DAY, end, 300_000, 100),
        "rate of 400 series, 1 h, step 15 s": ("rate(http_requests_total[310s])", end - HOUR, end, 15_000, 30),
        "sum by of 400 rates, 12 h, step 1 min": ("sum by (job) (rate(http_requests_total[310s]))", end - 12 * HOUR, end, 60_000, 30),
    }


def beside(report, options):
    load = Load(options.series, int(time.time() * 1000))
    bodies = list(load.history(options.batch)), list(load.main(options.batch))
    sent = sum(count for count, _ in bodies[1])
    report.head(f"Remote write of {sent:,} samples, {options.batch:,} a request, {options.series:,} series every 15 s")
    figures, answers = {}, {}
    makes = {"Prometheus": Prometheus, "VictoriaMetrics": VictoriaMetrics, "Vitrine": lambda folder: Ours(options.vitrine, folder)}
    for name, make in makes.items():
        if name in options.without:
            continue
        with fresh_folder() as folder:
            with make(folder) as process:
                take(report, process, bodies, figures)
                for what, (query, start, end, step, count) in queries(load).items():
                    answers.setdefault(what, {})[name] = ask(process, query, start, end, step, count)
            # Some seal what is left as they stop, and some write it anew: what is smaller counts.
            size = min(figures[name]["disk"], on_disk(process)) / sum(count for part in bodies for count, _ in part)
            report.row(f"{name}: on disk per sample", size, "B")
            figures[name]["disk"] = size
    for what, by_name in answers.items():
        report.head(f"Query: {what}")
        for name, (result, wall, used) in by_name.items():
            points = sum(len(one["values"]) for one in result)
            report.row(name, wall, "ms", f" {used:.2f} ms of processor time, {len(result)} series, {points} points")
    if options.without:
        return
    for what, by_name in answers.items():
        for name in ("Prometheus", "VictoriaMetrics"):
            if "rate" not in what or name == "Prometheus":
                agree(name, by_name["Vitrine"][0], by_name[name][0])
    promises(report, figures, {what: {name: wall for name, (_, wall, _) in by_name.items()} for what, by_name in answers.items()})


def durability(report, options, requests=300):
    """What it costs that each commit waits for the disk: one sender, whose requests are small or as large as agents send."""
    report.head(f"Durability: {requests} requests, one after the other")
    # Fewer would wait for others to be committed with.
    for batch in (500, options.batch):
        for kind in ("normal", "full"):
            load = Load(options.series, int(time.time() * 1000))
            bodies = list(itertools.islice(load.main(batch), 2 * requests))
            with fresh_folder() as folder, Ours(options.vitrine, folder, store={"durability": kind}) as vitrine:
                # The first ones make the series.
                write(vitrine, bodies[:requests])
                settle(vitrine, 20)
                used, walls = vitrine.cpu(), []
                for body in bodies[requests:]:
                    began = time.perf_counter()
                    write(vitrine, [body])
                    walls.append((time.perf_counter() - began) * 1000)
                used = (vitrine.cpu() - used) / (requests * batch) * 1e9
                slow = statistics.quantiles(walls, n=100)[98]
                note = f" {slow:.1f} ms the slowest of a hundred, {used:.0f} ns of processor time a sample"
                report.row(f"{kind}, {batch:,} samples a request: median", statistics.median(walls), "ms", note)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vitrine", required=True, help="the release binary")
    parser.add_argument("--series", type=int, default=1000, help="series that are written for 12 hours every 15 s")
    parser.add_argument("--batch", type=int, default=2000, help="samples of one request; agents send 2,000")
    parser.add_argument("--without", action="append", default=[], choices=["Prometheus", "VictoriaMetrics", "Vitrine"])
    parser.add_argument("--only", choices=["beside", "durability", "million"])
    parser.add_argument("--million", type=int, default=1_000_000, help="active series of the second part")
    options = parser.parse_args()
    report = Report([options.vitrine, "prometheus"])
    # Debian's build of it does not know its own version.
    subprocess.run(["dpkg-query", "--show", "victoria-metrics"], check=False)
    if options.only in (None, "beside"):
        beside(report, options)
    if options.only in (None, "durability"):
        durability(report, options)
    if options.only in (None, "million"):
        room = {"max_series": 2 * options.million, "max_source_series": 2 * options.million}
        with fresh_folder() as folder, Ours(options.vitrine, folder, store=room) as vitrine:
            million.measure(report, vitrine, write, options.million)
            settle(vitrine)
            report.row("resident at rest", vitrine.memory()["VmRSS"], "MiB", f" {vitrine.memory()['VmHWM']:.0f} at most")
    report.end()


def promises(report, figures, walls):
    report.head("Beside the others")
    ours, victoria, prometheus = (figures[name] for name in ("Vitrine", "VictoriaMetrics", "Prometheus"))
    report.promise("ingest, processor time, of VictoriaMetrics'", ours["cpu"] / victoria["cpu"], 0.5, "")
    report.promise("ingest, processor time, of Prometheus's", ours["cpu"] / prometheus["cpu"], 0.25, "")
    report.promise("bytes per sample, of VictoriaMetrics'", ours["disk"] / victoria["disk"], 1.25, "")
    report.promise("memory during ingest, of VictoriaMetrics'", ours["memory"] / victoria["memory"], 0.5, "")
    report.promise("memory during ingest, of Prometheus's", ours["memory"] / prometheus["memory"], 0.5, "")
    for what, most in (("one series, 7 days to 1,000 points", 0.5), ("100 series, 24 h, step 5 min", 0.5)):
        by_name = walls[what]
        report.promise(f"{what}, of VictoriaMetrics'", by_name["Vitrine"] / by_name["VictoriaMetrics"], most, "")
    by_name = walls["one series, 7 days to 1,000 points"]
    report.promise("one series, 7 days to 1,000 points, of Prometheus's", by_name["Vitrine"] / by_name["Prometheus"], 0.125, "")


if __name__ == "__main__":
    main()
