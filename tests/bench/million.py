"""A million active series: taking them, finding them, adding some of them up. Started by metrics.sh."""

import struct
import time
import urllib.parse
import json

import snappy

from peers import get
from samples import field, varint

STEP = 15_000
METRICS = 100
BATCH = 10_000


def requests(count, at, value):
    """One sample for each of `count` series: 100 metrics on 100 machines each, and as many parts as it takes."""
    stamp = struct.pack("<d", value)
    entries = []
    for number in range(count):
        metric, machine, part = number % METRICS, number // METRICS % 100, number // (METRICS * 100)
        labels = {
            "__name__": f"load_{metric}_total",
            "instance": f"10.1.{machine}.1:9100",
            "job": f"team-{machine % 10}",
            "part": f"part-{part}",
        }
        named = b"".join(field(1, field(1, name.encode()) + field(2, text.encode())) for name, text in labels.items())
        entries.append(field(1, named + field(2, b"\x09" + stamp + b"\x10" + varint(at))))
        if len(entries) == BATCH:
            yield BATCH, snappy.compress(b"".join(entries))
            entries = []
    if entries:
        yield len(entries), snappy.compress(b"".join(entries))


def asked(report, vitrine, what, path, count=10):
    times = []
    for _ in range(count):
        began, used = time.perf_counter(), vitrine.cpu()
        status, body = get(vitrine.port, path)
        times.append((time.perf_counter() - began) * 1000)
        if status != 200:
            raise SystemExit(f"{path} is answered with {status}: {body[:300].decode()}")
    data = json.loads(body)["data"]
    found = len(data if isinstance(data, list) else data.get("result", data))
    report.row(what, sorted(times)[len(times) // 2], "ms", f" {found} in the answer, {max(times):.0f} ms at most")


def instant(query, at):
    return "/api/v1/query?" + urllib.parse.urlencode({"query": query, "time": at / 1000})


def measure(report, vitrine, write, count, rounds=4):
    """`write` sends the bodies and answers how many samples they held."""
    report.head(f"{count:,} active series, one sample of each every 15 s")
    now = int(time.time() * 1000) // STEP * STEP - rounds * STEP
    for number in range(rounds):
        at = now + number * STEP
        bodies = list(requests(count, at, float(number)))
        used, began = vitrine.cpu(), time.perf_counter()
        sent = write(vitrine, bodies)
        used, wall = vitrine.cpu() - used, time.perf_counter() - began
        what = "new series" if number == 0 else f"round {number + 1}"
        resident = vitrine.memory()["VmRSS"]
        report.row(f"{what}: processor time per sample", used / sent * 1e9, "ns", f" {wall:.1f} s in all, {resident:.0f} MiB resident")
    asked(report, vitrine, "values of a label with 100", "/api/v1/label/instance/values")
    asked(report, vitrine, "values of a label, of one metric", "/api/v1/label/part/values?match[]=load_7_total")
    asked(report, vitrine, "names of labels", "/api/v1/labels")
    asked(report, vitrine, "one series by three matchers", instant('load_7_total{instance="10.1.7.1:9100",part="part-3"}', at))
    asked(report, vitrine, "a machine's series, by regular expression", instant('{instance=~"10[.]1[.]7[.]1:.*",part="part-3"}', at))
    asked(report, vitrine, "sum by (job) of 10,000 series", instant("sum by (job) (load_7_total)", at))
    asked(report, vitrine, "sum by (job) of 10,000 rates", instant("sum by (job) (rate(load_7_total[1m]))", at))
    asked(report, vitrine, "state of the store", "/api/v1/status/tsdb")
