#!/usr/bin/env bash
# What many plugins cost: the memory of idle instances, and a start with code from the cache.
# Exits 1 where Vitrine misses what it promises. Options go to plugins.py: see `--help`.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ ! -f host/app/bundled/http-check.wasm ]; then
  echo "missing: run \`make plugins\`" >&2
  exit 2
fi
if [ -z "${VITRINE:-}" ]; then
  cargo build --release --quiet --package vitrine
  VITRINE="${CARGO_TARGET_DIR:-target}/release/vitrine"
fi
exec python3 tests/bench/plugins.py --vitrine "$VITRINE" "$@"
