"""Vitrine beside the exporters that it takes the place of. Started by exporters.sh."""

import argparse
import json
import statistics
import time
from pathlib import Path

from host import Report, Vitrine, fresh_folder, http_check, memory_row, system
from peers import Process, Target, drive, free_port, get

# What the source `system` reads; the rest of node_exporter's default is not asked of it.
NARROW = ["cpu", "loadavg", "meminfo", "filesystem", "diskstats", "netdev", "stat", "time", "uname"]
# As Prometheus asks.
GZIP = {"Accept": "text/plain;version=0.0.4", "Accept-Encoding": "gzip"}
MICRO = 1e6


def idle(options):
    with fresh_folder() as folder, Vitrine(options.vitrine, folder, {}) as vitrine:
        return vitrine.per_collection(options.seconds / 2)[0]


def collections(options, sources):
    with fresh_folder() as folder, Vitrine(options.vitrine, folder, sources) as vitrine:
        return vitrine.per_collection(options.seconds)


def ours(report, options, what, sources, resting):
    """Processor seconds per poll, what the host uses anyway included."""
    used, polls = collections(options, sources)
    report.row(f"vitrine, {len(sources)} × `{what}` every 1 s, stored", used / polls * MICRO, "µs", f" {polls:.0f}/s")
    report.row("  less what it uses without sources", (used - resting) / polls * MICRO, "µs")
    return used / polls


def checks(report, options, target, resting):
    report.head("Processor time per HTTP check (plain HTTP, this machine, no kept connection)")
    with fresh_folder() as folder:
        module = {"prober": "http", "http": {"preferred_ip_protocol": "ip4"}}
        config = Path(folder, "blackbox.yml")
        config.write_text(json.dumps({"modules": {"http_2xx": module}}))
        port = free_port()
        command = ["prometheus-blackbox-exporter", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}"]
        with Process(command, port) as blackbox:
            blackbox.first("/-/healthy")
            path = f"/probe?module=http_2xx&target=http://127.0.0.1:{target.port}/"
            ask = dict(path=path, wanted=b"probe_success 1")
            paced = drive(blackbox, count=options.pace * options.seconds, pause=1 / options.pace, **ask)
            dense = drive(blackbox, count=options.checks, **ask)
    report.row(f"blackbox_exporter, {options.pace} a second", paced * MICRO, "µs")
    report.row(f"blackbox_exporter, {options.checks} one after the other", dense * MICRO, "µs")
    sources = {f"check-{number}": http_check(target.port, "1s") for number in range(options.pace)}
    own = ours(report, options, "http-check", sources, resting)
    report.row("vitrine ÷ blackbox_exporter, one after the other", own / dense, "", "")
    report.promise("vitrine ÷ blackbox_exporter, at the same pace", own / paced, 1 / 3, "")


def scrapes(report, options, resting):
    report.head("Processor time per reading of this machine")
    narrow = ["--collector.disable-defaults", "--web.disable-exporter-metrics", *(f"--collector.{name}" for name in NARROW)]
    costs = {}
    for what, flags in (("default", []), ("what `system` reads", narrow)):
        port = free_port()
        command = ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}", *flags]
        with Process(command, port) as node:
            node.first("/metrics")
            lines = [line for line in get(port, "/metrics")[1].decode().splitlines() if not line.startswith("#")]
            for way, headers in (("gzip, as Prometheus asks", GZIP), ("plain", {"Accept-Encoding": "identity"})):
                costs[what, way] = drive(node, "/metrics", options.scrapes, headers)
                note = f" {len(lines)} samples"
                report.row(f"node_exporter, {what}, {way}", costs[what, way] * MICRO, "µs", note)
    sources = {f"machine-{number}": system("1s") for number in range(options.readers)}
    own = ours(report, options, "system", sources, resting)
    report.promise("vitrine ÷ node_exporter, default, plain", own / costs["default", "plain"], 1 / 2, "")
    report.row("vitrine ÷ node_exporter, what `system` reads, plain", own / costs["what `system` reads", "plain"], "")


def ten(target):
    sources = {f"check-{number}": http_check(target.port, "30s") for number in range(7)}
    sources |= {f"machine-{number}": system("15s") for number in range(2)}
    channels = {"mail": {"plugin": "email", "with": {"to": ["admin@example.org"]}, "grant": ["mail"]}}
    return sources, channels


def rest(report, options, target):
    report.head("Ten instances (2 × system, 7 × http-check, e-mail) and the panels, at rest")
    with fresh_folder() as folder:
        with Vitrine(options.vitrine, folder, *ten(target)) as vitrine:
            cold = vitrine.first("/d/machine")
            time.sleep(options.rest)
            memory_row(report, f"resident, {options.rest} s after a start that compiled", vitrine)
        starts = []
        for _ in range(options.starts):
            with Vitrine(options.vitrine, folder, *ten(target)) as vitrine:
                starts.append(vitrine.first("/d/machine"))
        with Vitrine(options.vitrine, folder, *ten(target)) as vitrine:
            vitrine.first("/readyz")
            time.sleep(options.rest)
            resident = memory_row(report, f"resident, {options.rest} s after a warm start", vitrine)
            for _ in range(20):
                get(vitrine.port, "/d/machine")
            time.sleep(2)
            memory_row(report, "  and after 20 pages", vitrine)
    report.promise("resident memory", resident * 1.048576, 40, "MB")
    report.row("start to first page, compiling", cold, "s")
    spread = f"{min(starts):.2f} to {max(starts):.2f} s"
    report.promise(f"start to first page, median of {len(starts)}, {spread}", statistics.median(starts), 1, "s")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vitrine", required=True, help="the release binary")
    parser.add_argument("--pace", type=int, default=100, help="HTTP checks a second")
    parser.add_argument("--readers", type=int, default=50, help="readings of this machine a second")
    parser.add_argument("--seconds", type=int, default=30, help="how long Vitrine is watched at each task")
    parser.add_argument("--checks", type=int, default=2000)
    parser.add_argument("--scrapes", type=int, default=500)
    parser.add_argument("--rest", type=int, default=60, help="seconds of rest before memory is read")
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--only", choices=["checks", "scrapes", "rest"])
    options = parser.parse_args()
    names = [options.vitrine, "prometheus-blackbox-exporter", "prometheus-node-exporter"]
    report = Report(names)
    with Target() as target:
        resting = 0 if options.only == "rest" else idle(options)
        if options.only in (None, "checks"):
            checks(report, options, target, resting)
        if options.only in (None, "scrapes"):
            scrapes(report, options, resting)
        if options.only in (None, "rest"):
            rest(report, options, target)
    report.end()


if __name__ == "__main__":
    main()
