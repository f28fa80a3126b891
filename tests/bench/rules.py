"""What rules cost, and how long from a sample over its threshold to the notice, beside Prometheus and Alertmanager. Started by rules.sh."""

import argparse
import http.client
import http.server
import json
import random
import re
import statistics
import struct
import threading
import time
from pathlib import Path

import snappy
from host import Report, Vitrine, fresh_folder
from metrics import HEADERS
from peers import Process, free_port, get
from samples import field, varint

# Of each hundred rules so many fire, and as many record a series.
FIRING, RECORDING = 1, 10
GROUP = 100


def sample(labels, value, at):
    pairs = b"".join(field(1, field(1, name.encode()) + field(2, text.encode())) for name, text in sorted(labels.items()))
    return field(1, pairs + field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + varint(at)))


def push(port, series, at=None):
    at = at or int(time.time() * 1000)
    body = snappy.compress(b"".join(sample(labels, value, at) for labels, value in series))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/api/v1/write", body, HEADERS)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    if answer.status not in (200, 204):
        raise SystemExit(f"{answer.status} to a write: {said[:300].decode()}")


def load(count):
    """One series for each rule; few are over the threshold."""
    for number in range(count):
        labels = {"__name__": "disk_used_ratio", "instance": f"10.0.{number // 100}.{number % 100}:9100", "serial": str(number)}
        yield labels, 0.95 if number % 100 < FIRING else 0.5


def many(count, interval):
    """As many rules as series, in groups of a hundred."""

    def rule(number):
        if number % 100 >= 100 - RECORDING:
            return {"record": f"disk_free_{number}", "expr": f'1 - disk_used_ratio{{serial="{number}"}}'}
        annotations = {"summary": "{{ $labels.instance }} is {{ $value | humanizePercentage }} full"}
        rule = {"alert": f"DiskFull{number}", "expr": f'disk_used_ratio{{serial="{number}"}} > 0.9'}
        return rule | {"labels": {"severity": "page"}, "annotations": annotations}

    starts = range(0, count, GROUP)
    rules = ([rule(number) for number in range(start, start + GROUP)] for start in starts)
    groups = [{"name": f"disks-{start}", "interval": interval, "rules": one} for start, one in zip(starts, rules)]
    return {"groups": groups}


def one():
    rule = {"alert": "Slow", "expr": "latency > 1", "labels": {"severity": "page"}}
    return {"groups": [{"name": "latency", "interval": "1s", "rules": [rule]}]}


class Prometheus(Process):
    name = "Prometheus"

    def __init__(self, folder, rules, alertmanager=None):
        file = Path(folder, "rules.yml")
        file.write_text(json.dumps(rules))
        config = {"global": {"evaluation_interval": "1s"}, "rule_files": [str(file)]}
        if alertmanager:
            config["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager.port}"]}]}]}
        settings, port = Path(folder, "prometheus.yml"), free_port()
        settings.write_text(json.dumps(config))
        flags = [f"--config.file={settings}", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"]
        super().__init__(["prometheus", *flags, "--web.enable-remote-write-receiver", "--log.level=warn"], port, Path(folder, "log"))
        self.first("/-/ready")
        # What it sends before it knows its receivers is lost, and comes again much later.
        while alertmanager and b"prometheus_notifications_alertmanagers_discovered 1" not in get(port, "/metrics")[1]:
            time.sleep(0.1)


class Alertmanager(Process):
    def __init__(self, folder, url):
        route = {"receiver": "hook", "group_by": ["alertname", "n"], "group_wait": "0s", "group_interval": "1s"}
        config = {"route": route, "receivers": [{"name": "hook", "webhook_configs": [{"url": url}]}]}
        settings, port = Path(folder, "alertmanager.yml"), free_port()
        settings.write_text(json.dumps(config))
        flags = [f"--config.file={settings}", f"--storage.path={folder}/alerts", f"--web.listen-address=127.0.0.1:{port}"]
        super().__init__(["prometheus-alertmanager", *flags, "--cluster.listen-address=", "--log.level=warn"], port, Path(folder, "am"))
        self.first("/-/ready")


class Ours(Vitrine):
    name = "Vitrine"

    def __init__(self, binary, folder, rules, url=None):
        alerts = Path(folder, "config", "alerts")
        alerts.mkdir(parents=True)
        Path(alerts, "rules.yaml").write_text(json.dumps(rules))
        channels = {"hook": {"plugin": "webhook", "with": {"url": url}, "grant": {"http": [url.rpartition("/")[0]]}}} if url else {}
        if url:
            route = {"receiver": "hook", "group_by": ["alertname", "n"], "group_wait": "0s", "group_interval": "1s"}
            routes = {"global": {"rate": "off"}, "route": route, "receivers": [{"name": "hook", "channels": ["hook"]}]}
            Path(folder, "config", "routes.yaml").write_text(json.dumps(routes))
        super().__init__(binary, folder, {}, channels)
        self.first("/readyz")


class Hook(http.server.BaseHTTPRequestHandler):
    """Notes when the notice of each alert came first."""

    protocol_version = "HTTP/1.1"
    came = {}
    news = threading.Condition()

    def do_POST(self):
        at = time.perf_counter()
        body = self.rfile.read(int(self.headers["content-length"]))
        with self.news:
            for number in re.findall(rb'"n":"(\d+)"', body):
                self.came.setdefault(int(number), at)
            self.news.notify_all()
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def cost(report, make, options):
    """Processor seconds of one evaluation of all rules."""
    seconds = int(options.interval[:-1])
    with fresh_folder() as folder, make(folder, many(options.rules, options.interval)) as process:
        push(process.port, load(options.rules))
        time.sleep(2 * seconds + 5)
        fired = alerts(process)
        push(process.port, load(options.rules))
        time.sleep(1)
        evaluated, used, began = evaluations(process), process.cpu(), time.perf_counter()
        time.sleep(options.intervals * seconds)
        used, took, evaluated = process.cpu() - used, time.perf_counter() - began, evaluations(process) - evaluated
        if not 0.9 <= evaluated / (options.rules * took / seconds) <= 1.1:
            process.fail(f"evaluated {evaluated:.0f} rules in {took:.0f} s")
        used = used / (evaluated / options.rules)
        note = f" {fired} alerts fire; {process.memory()['VmRSS']:.0f} MiB resident"
        report.row(f"{process.name}: processor time of {options.rules:,} rules, once", used, "s", note)
    expected = sum(number % 100 < FIRING for number in range(options.rules))
    if fired != expected:
        raise SystemExit(f"{process.name} has {fired} alerts, not {expected}")
    return used


def evaluations(process):
    name = "vitrine_rule_evaluations_total" if process.name == "Vitrine" else "prometheus_rule_evaluations_total"
    text = get(process.port, "/metrics")[1].decode()
    return sum(float(value) for value in re.findall(rf"(?m)^{name}(?:{{.*}})? (\S+)$", text))


def alerts(process):
    data = json.loads(get(process.port, "/api/v1/alerts")[1])["data"]["alerts"]
    return sum(alert["state"] == "firing" for alert in data)


def wait(report, name, process, rounds):
    """Milliseconds from a push to its notice."""
    time.sleep(3)
    Hook.came.clear()
    waits, source = [], random.Random(7)
    for number in range(rounds):
        # Whatever moment of the interval it is.
        time.sleep(source.uniform(0.3, 1.3))
        began = time.perf_counter()
        push(process.port, [({"__name__": "latency", "n": str(number)}, 2.0)])
        with Hook.news:
            if not Hook.news.wait_for(lambda: number in Hook.came, timeout=20):
                process.fail(f"does not tell of alert {number}")
        waits.append((Hook.came[number] - began) * 1000)
    median, slow = statistics.median(waits), statistics.quantiles(waits, n=10)[8]
    report.row(f"{name}: from the sample to the notice, median", median, "ms", f" {slow:.0f} the slowest of ten, {min(waits):.0f} the quickest")
    return median


def latency(report, options):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/in"
    if "Prometheus" not in options.without:
        with fresh_folder() as folder, Alertmanager(folder, url) as alertmanager, Prometheus(folder, one(), alertmanager) as prometheus:
            wait(report, "Prometheus and Alertmanager", prometheus, options.rounds)
    with fresh_folder() as folder, Ours(options.vitrine, folder, one(), url) as vitrine:
        median = wait(report, "Vitrine", vitrine, options.rounds)
    report.promise("from the sample to the notice, median", median, 300, "ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vitrine", required=True, help="the release binary")
    parser.add_argument("--rules", type=int, default=10_000, help="rules, and series")
    parser.add_argument("--interval", default="5s", help="of all groups, in seconds")
    parser.add_argument("--intervals", type=int, default=10, help="how many of them are measured")
    parser.add_argument("--rounds", type=int, default=40, help="notices that are timed")
    parser.add_argument("--without", action="append", default=[], choices=["Prometheus"])
    parser.add_argument("--only", choices=["cost", "latency"])
    options = parser.parse_args()
    report = Report([options.vitrine, "prometheus", "prometheus-alertmanager"])
    if options.only in (None, "cost"):
        report.head(f"{options.rules:,} rules over as many series, every {options.interval}")
        makes = {"Prometheus": Prometheus, "Vitrine": lambda folder, rules: Ours(options.vitrine, folder, rules)}
        used = {name: cost(report, make, options) for name, make in makes.items() if name not in options.without}
        if len(used) == 2:
            report.promise("processor time, of Prometheus's", used["Vitrine"] / used["Prometheus"], 0.5, "")
    if options.only in (None, "latency"):
        report.head("From a pushed sample over its threshold to the notice, interval 1 s, no group wait")
        latency(report, options)
    report.end()


if __name__ == "__main__":
    main()
