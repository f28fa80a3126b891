#!/usr/bin/env bash
# How fast pages are: a dashboard of 30 panels over 6 h of 15-second data, evaluated anew and from the same tick, beside a
# static file and beside FastAPI with Jinja2; and what a thousand live viewers cost. Needs `wrk` (on Debian: apt-get install
# wrk) and Python's venv. Exits 1 where Vitrine misses what it promises. Options go to pages.py: see `--help`.
set -euo pipefail
cd "$(dirname "$0")/../.."

command -v wrk >/dev/null || { echo "missing: wrk (on Debian: apt-get install wrk)" >&2; exit 2; }
if [ -z "${VITRINE:-}" ]; then
  cargo build --release --quiet --package vitrine
  VITRINE="${CARGO_TARGET_DIR:-target}/release/vitrine"
fi
if [ -z "${STATIC_FILE:-}" ]; then
  cargo build --release --quiet --package vitrine-web --example static_file
  STATIC_FILE="${CARGO_TARGET_DIR:-target}/release/examples/static_file"
fi
venv="${XDG_CACHE_HOME:-$HOME/.cache}/vitrine/bench-venv"
if [ ! -x "$venv/bin/uvicorn" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet fastapi jinja2 'uvicorn[standard]'
fi
ulimit -n 16384 2>/dev/null || true
exec python3 tests/bench/pages.py --vitrine "$VITRINE" --static "$STATIC_FILE" --python "$venv/bin/python" "$@"
