"""Lighthouse's scores for the pages. See lighthouse.sh."""

import argparse
import subprocess
import time

from host import REPOSITORY, Vitrine, fresh_folder, system

PATHS = ["/", "/d/machine", "/sources", "/explore?q=node_load1"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vitrine", required=True)
    parser.add_argument("--wait", type=int, default=60, help="seconds of data before the pages are looked at")
    options = parser.parse_args()
    with fresh_folder() as folder, Vitrine(options.vitrine, folder, {"this-machine": system("1s")}) as vitrine:
        vitrine.first("/readyz")
        time.sleep(options.wait)
        addresses = [f"http://127.0.0.1:{vitrine.port}{path}" for path in PATHS]
        raise SystemExit(subprocess.run(["node", "run.mjs", *addresses], cwd=REPOSITORY / "tests/lighthouse").returncode)


main()
