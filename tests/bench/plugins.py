"""What many plugins cost. Started by plugins.sh."""

import argparse
import statistics
import time
from pathlib import Path

from component import write_copy
from host import REPOSITORY, Report, Vitrine, fresh_folder, http_check, memory_row, system
from peers import Target

MEGABYTES = 1.048576
# So many guests stay alive beside the sources': those of panels and channels.
OTHERS = 100
# Seconds; the first start compiles all.
PATIENCE = 900


def settle(vitrine, sources, seconds):
    """Waits until each source was polled once, and for so long after that."""
    deadline = time.perf_counter() + 60
    while vitrine.count("vitrine_source_collections_total") < sources:
        if time.perf_counter() > deadline:
            vitrine.fail(f"has not polled all of {sources} sources")
        time.sleep(0.5)
    polled = time.perf_counter() - vitrine.started
    if vitrine.count("vitrine_source_faults_total"):
        vitrine.fail("has sources that failed")
    time.sleep(seconds)
    return polled


def at_rest(report, options, folder, make, count):
    """MiB with so many instances, each of which has collected once and keeps its guest."""
    sources = {f"idle-{number}": make(number) for number in range(count)}
    plugins = {"max_guests": options.instances + OTHERS, "total_memory_mib": 4 * options.instances + 1024}
    with Vitrine(options.vitrine, folder, sources, plugins=plugins) as vitrine:
        ready = vitrine.first("/readyz", PATIENCE)
        polled = settle(vitrine, count, options.rest)
        resident = memory_row(report, f"resident with {count}", vitrine)
        pss = vitrine.memory()["Pss"]
        guests = vitrine.count("vitrine_plugin_guests")
        report.row("  guests alive", guests, "", f" ready after {ready:.2f} s, each polled once after {polled:.2f} s")
    if guests < count:
        raise SystemExit(f"only {guests:.0f} of {count} guests were kept: nothing is measured")
    return resident, pss


def idle(report, options, what, make):
    report.head(f"Idle instances of `{what}`, every 1 h, {options.rest} s after each was polled")
    with fresh_folder() as folder:
        # Compiles, so that the starts that are measured do not.
        with Vitrine(options.vitrine, folder, {"idle-0": make(0)}) as vitrine:
            vitrine.first("/readyz", PATIENCE)
        one, one_shared = at_rest(report, options, folder, make, 1)
        many, many_shared = at_rest(report, options, folder, make, options.instances)
    others = options.instances - 1
    report.row("per instance, pages of one file counted once", (many_shared - one_shared) / others * MEGABYTES, "MB")
    report.promise(f"resident memory per instance of `{what}`", (many - one) / others * MEGABYTES, 0.5, "MB")


def fill(folder, bundled, originals, count):
    """So many plugin files, no two alike."""
    plugins = Path(folder, "plugins")
    plugins.mkdir()
    names = {}
    for number in range(count):
        original = originals[number % len(originals)]
        name = f"{original}-{number}"
        write_copy(Path(bundled, f"{original}.wasm"), plugins, name)
        names[name] = original
    return plugins, names


def warm(report, options, makes):
    report.head(f"Start with {options.plugins} different plugin files, an instance of each")
    with fresh_folder() as folder:
        plugins, names = fill(folder, options.bundled, list(makes), options.plugins)
        sources = {name: {**makes[original](0), "plugin": name} for name, original in names.items()}
        ask = {"sources": sources, "plugins": {"folder": str(plugins)}}
        with Vitrine(options.vitrine, folder, **ask) as vitrine:
            cold = vitrine.first("/readyz", PATIENCE)
            settle(vitrine, options.plugins, 0)
        starts, used, bare = [], [], []
        for _ in range(options.starts):
            with Vitrine(options.vitrine, folder, **ask) as vitrine:
                starts.append(vitrine.first("/readyz") * 1000)
                used.append(vitrine.cpu() * 1000)
                settle(vitrine, options.plugins, 0)
    with fresh_folder() as folder:
        for _ in range(options.starts + 1):
            with Vitrine(options.vitrine, folder, {}) as vitrine:
                bare.append(vitrine.first("/readyz") * 1000)
    report.row("start until ready, compiling", cold, "s")
    report.row("warm start without sources and files, median", statistics.median(bare[1:]), "ms")
    report.row("processor time of a warm start, median", statistics.median(used), "ms")
    spread = f"{min(starts):.0f} to {max(starts):.0f} ms"
    report.promise(f"warm start until ready, median of {len(starts)}, {spread}", statistics.median(starts), 300, "ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vitrine", required=True, help="the release binary")
    parser.add_argument("--instances", type=int, default=1000)
    parser.add_argument("--rest", type=int, default=30, help="seconds of rest before memory is read")
    parser.add_argument("--plugins", type=int, default=50, help="different plugin files, each compiled once")
    parser.add_argument("--bundled", default=REPOSITORY / "host/app/bundled", help="plugin files of the binary's own age")
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--only", choices=["idle", "warm"])
    options = parser.parse_args()
    report = Report([options.vitrine])
    with Target() as target:
        makes = {"http-check": lambda _: http_check(target.port, "1h"), "system": lambda _: system("1h")}
        if options.only in (None, "idle"):
            idle(report, options, "http-check", makes["http-check"])
        if options.only in (None, "warm"):
            warm(report, options, makes)
    report.end()


if __name__ == "__main__":
    main()
