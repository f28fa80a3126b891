#!/usr/bin/env bash
# What rules cost, and how long from a sample over its threshold to the notice, beside Debian's Prometheus and Alertmanager.
# Exits 1 where Vitrine misses what it promises. Options go to rules.py: see `--help`.
set -euo pipefail
cd "$(dirname "$0")/../.."

packages=()
command -v prometheus >/dev/null || packages+=(prometheus)
command -v prometheus-alertmanager >/dev/null || packages+=(prometheus-alertmanager)
/usr/bin/python3 -c 'import snappy' 2>/dev/null || packages+=(python3-snappy)
if [ ${#packages[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "missing: run \`sudo apt-get install --no-install-recommends ${packages[*]}\`" >&2
    exit 2
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"
  # They are started below, on ports of their own, and only as long as they are measured.
  if [ -d /run/systemd/system ]; then
    for service in prometheus prometheus-alertmanager; do
      systemctl disable --now --quiet "$service" 2>/dev/null || true
    done
  fi
fi

if [ -z "${VITRINE:-}" ]; then
  cargo build --release --quiet --package vitrine
  VITRINE="${CARGO_TARGET_DIR:-target}/release/vitrine"
fi
# Debian's own Python: it is the one that python3-snappy belongs to.
exec /usr/bin/python3 tests/bench/rules.py --vitrine "$VITRINE" "$@"
