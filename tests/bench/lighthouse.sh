#!/usr/bin/env bash
# Lighthouse's scores for the pages, with its phone settings: performance, accessibility, best practices, 95 at least.
# Needs Chromium and npm. The host watches this machine for a minute before.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ -z "${VITRINE:-}" ]; then
  cargo build --release --quiet --package vitrine
  VITRINE="${CARGO_TARGET_DIR:-target}/release/vitrine"
fi
[ -d tests/lighthouse/node_modules ] || (cd tests/lighthouse && npm ci --ignore-scripts --no-audit --no-fund --silent)
exec python3 tests/bench/lighthouse.py --vitrine "$VITRINE" "$@"
