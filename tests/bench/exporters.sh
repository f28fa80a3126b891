#!/usr/bin/env bash
# What a check, a scrape, idling and starting cost, beside Debian's blackbox and node exporters, in one run.
# Exits 1 where Vitrine misses what it promises. Options go to exporters.py: see `--help`.
set -euo pipefail
cd "$(dirname "$0")/../.."

packages=()
command -v prometheus-blackbox-exporter >/dev/null || packages+=(prometheus-blackbox-exporter)
command -v prometheus-node-exporter >/dev/null || packages+=(prometheus-node-exporter)
if [ ${#packages[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "missing: run \`sudo apt-get install --no-install-recommends ${packages[*]}\`" >&2
    exit 2
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"
  # They are started below, on ports of their own, and only as long as they are measured.
  if [ -d /run/systemd/system ]; then
    systemctl disable --now --quiet "${packages[@]}"
  fi
fi

if [ -z "${VITRINE:-}" ]; then
  cargo build --release --quiet --package vitrine
  VITRINE="${CARGO_TARGET_DIR:-target}/release/vitrine"
fi
exec python3 tests/bench/exporters.py --vitrine "$VITRINE" "$@"
