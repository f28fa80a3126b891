"""Samples as a machine room has them, and the remote-write requests that carry them."""

import random
import struct

import snappy

STEP = 15_000
HOUR = 3_600_000
DAY = 24 * HOUR


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def counter(source):
    pace, value = source.choice([0.2, 3, 40, 900]), source.randrange(10_000_000)
    while True:
        yield float(value)
        value += int(source.expovariate(1 / (pace * STEP / 1000)))


def seconds(source):
    """A counter of processor time: hundredths."""
    share, value = source.random(), source.randrange(1_000_000)
    while True:
        yield value / 100
        value += int(100 * STEP / 1000 * share * source.uniform(0.5, 1.5))


def pages(source):
    """Memory: whole pages, that mostly stay where they are."""
    value = source.randrange(1 << 20)
    while True:
        yield float(value * 4096)
        if source.random() < 0.3:
            value = max(0, value + source.randrange(-500, 500))


def celsius(source):
    value = source.uniform(200, 700)
    while True:
        yield round(value) / 10
        value += source.uniform(-4, 4)


def noise(source):
    """Ratios and latencies with all their digits."""
    while True:
        yield source.lognormvariate(-4, 0.4)


KINDS = [
    ("http_requests_total", counter, 4),
    ("node_cpu_seconds_total", seconds, 2),
    ("process_resident_memory_bytes", pages, 2),
    ("node_hwmon_temp_celsius", celsius, 1),
    ("http_request_latency_seconds", noise, 1),
]


class Series:
    """One series: its labels, when it begins, and its values in order of time."""

    def __init__(self, number, start):
        kinds = [kind for *kind, share in KINDS for _ in range(share)]
        self.name, make = kinds[number % len(kinds)]
        self.start = start
        self.values = make(random.Random(number))
        self.labels = {
            "__name__": self.name,
            "datacenter": f"eu-{number % 3}",
            "instance": f"10.0.{number // 100}.{number % 100}:9100",
            "job": ("node", "shop", "queue")[number % 3],
            "serial": str(number),
        }
        labels = b"".join(
            field(1, field(1, name.encode()) + field(2, value.encode())) for name, value in sorted(self.labels.items())
        )
        # A moment of this century takes six bytes, so each entry is as long as the next.
        self.prefix = varint(1 << 3 | 2) + varint(len(labels) + 18) + labels + b"\x12\x10\x09"


class Load:
    """`count` series to the moment `end`: the first over a week, the next hundred over a day, all over half a day."""

    def __init__(self, count, end):
        self.end = end // STEP * STEP
        self.begin = self.end - 12 * HOUR
        starts = [self.end - 7 * DAY] + [self.end - DAY] * 100
        self.series = [Series(n, starts[n] if n < len(starts) else self.begin) for n in range(count)]

    def requests(self, start, end, size):
        """Bodies with `size` samples each, as an agent sends them: one sample for each series, in order of time."""
        body, count = [], 0
        for time in range(start, end, STEP):
            stamp = b"\x10" + varint(time)
            for series in self.series:
                if series.start > time:
                    continue
                body += (series.prefix, struct.pack("<d", next(series.values)), stamp)
                count += 1
                if count == size:
                    yield count, snappy.compress(b"".join(body))
                    body, count = [], 0
        if count:
            yield count, snappy.compress(b"".join(body))

    def history(self, size):
        """What came before all series are there."""
        return self.requests(self.end - 7 * DAY, self.begin, size)

    def main(self, size):
        return self.requests(self.begin, self.end + STEP, size)
