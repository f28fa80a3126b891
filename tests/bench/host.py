"""Vitrine as it is measured, and how a measure is told."""

import json
import os
import platform
import re
import subprocess
import tempfile
import time
from pathlib import Path

from peers import Process, free_port, get

REPOSITORY = Path(__file__).resolve().parents[2]


class Vitrine(Process):
    """Runs with the given sources and channels, and nothing else; further settings by name."""

    def __init__(self, binary, folder, sources, channels=None, dashboards=None, **settings):
        config = Path(folder, "config")
        config.mkdir(exist_ok=True)
        settings |= {"sources": sources, "channels": channels or {}}
        # JSON is YAML.
        Path(config, "bench.yaml").write_text(json.dumps(settings))
        port = free_port()
        flags = {
            "--config": config,
            "--data-dir": Path(folder, "data"),
            "--dashboards-dir": dashboards or REPOSITORY / "dashboards",
            "--listen": f"127.0.0.1:{port}",
        }
        command = [binary, "serve"] + [str(part) for flag in flags.items() for part in flag]
        super().__init__(command, port, Path(folder, "log"))

    def count(self, name):
        """The sum of a counter over its labels."""
        text = get(self.port, "/metrics")[1].decode()
        return sum(float(value) for value in re.findall(rf"(?m)^{name}(?:{{.*}})? (\S+)$", text))

    def per_collection(self, seconds):
        """Processor seconds per second, and per poll, over so long a time."""
        self.first("/readyz")
        time.sleep(5)
        polls, used = self.count("vitrine_source_collections_total"), self.cpu()
        time.sleep(seconds)
        used, polls = self.cpu() - used, self.count("vitrine_source_collections_total") - polls
        if self.count("vitrine_source_faults_total"):
            self.fail("has sources that failed")
        return used / seconds, polls / seconds


def http_check(port, every):
    origin = f"http://127.0.0.1:{port}"
    return {"plugin": "http-check", "every": every, "with": {"url": f"{origin}/"}, "grant": {"http": [origin]}}


def system(every):
    return {"plugin": "system", "every": every, "grant": ["system"]}


class Report:
    """What was measured, where, and of which programs; ends with 1 where a promise was missed."""

    def __init__(self, programs):
        self.missed = []
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}, Linux {platform.release()} {platform.machine()}")
        print("; ".join(version(program) for program in programs), flush=True)

    def head(self, text):
        print(f"\n{text}", flush=True)

    def row(self, what, figure, unit, note=""):
        shown = f"{figure:.2f}" if figure < 10 else f"{figure:.0f}"
        print(f"  {what:<58}{shown:>9} {unit:<4}{note}", flush=True)

    def promise(self, what, figure, most, unit):
        kept = figure <= most
        print(f"  {what:<58}{figure:>9.2f} {unit:<4} at most {most:.2f}: {'kept' if kept else 'MISSED'}", flush=True)
        if not kept:
            self.missed.append(what)

    def end(self):
        if self.missed:
            raise SystemExit(f"\nmissed: {'; '.join(self.missed)}")
        print("\nall promises kept")


def fresh_folder():
    return tempfile.TemporaryDirectory(prefix="vitrine-bench-")


def memory_row(report, what, vitrine):
    figures = vitrine.memory()
    parts = ", ".join(f"{name} {figures[name]:.1f}" for name in ("RssAnon", "RssFile", "RssShmem", "Pss"))
    report.row(what, figures["VmRSS"], "MiB", f" {parts}; {vitrine.threads()} threads")
    return figures["VmRSS"]


def version(binary):
    told = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True)
    return (told.stdout or told.stderr).splitlines()[0].split(" (")[0]
