# What cannot be done by cargo alone: the browser's files, the bundled plugins, and what tests need from outside.
# `make help` lists the targets.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# In CI the target folder lies outside the clone, so that the next run is warm.
ifeq ($(CI),true)
export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vitrine/target
endif

BUNDLED := $(filter-out plugins/README.md,$(wildcard plugins/*))
say = @printf '\033[1m==> %s\033[0m\n' '$(1)'

.PHONY: help run build assets plugins guests fetch-guest stations sdks test openmetrics promql pictures fuzz kills browser exporter prometheus alertmanager postgres poppler lint bench clean

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: build ## Build everything and start the host with ./config and ./dashboards
	$(call say,starting Vitrine (Ctrl-C stops it))
	cargo run --release --quiet --package vitrine -- serve

build: assets plugins ## Build the host in release
	$(call say,building the host in release; the first time this takes some minutes)
	cargo build --release --package vitrine

assets: host/web/assets/dist/app.js ## Bundle the browser's files

host/web/assets/dist/app.js: host/web/assets/package-lock.json host/web/assets/build.mjs host/web/assets/fonts.mjs $(wildcard host/web/assets/src/*) $(wildcard host/web/assets/src/*/*)
	$(call say,bundling the browser files)
	@command -v npm >/dev/null || { echo 'npm is missing: install Node.js 20 or later (on Debian: apt-get install nodejs npm)' >&2; exit 1; }
	cd host/web/assets && npm ci --ignore-scripts --no-audit --no-fund && npm run --silent build

plugins: ## Compile the bundled plugins to components
	$(call say,compiling the bundled plugins)
	cargo run --quiet --package vitrine-pack -- build $(BUNDLED) --out host/app/bundled

guests: fetch-guest ## Compile the guests that tests need
	$(call say,compiling the guests for tests)
	cargo run --quiet --package vitrine-pack -- build tests/misbehaving tests/caller tests/echo-guest --out tests/components

FETCH := tests/fetch-guest

# By another toolchain, and no two builds give the same bytes: so it is made once, and kept by what it is made of.
fetch-guest:
	@command -v npm >/dev/null || { echo 'npm is missing: install Node.js 20 or later (on Debian: apt-get install nodejs npm)' >&2; exit 1; }
	@key=$$(cat $(FETCH)/*.json $(FETCH)/build.mjs $(FETCH)/src/* wit/*.wit | sha256sum | cut -c1-24); \
	kept="$${XDG_CACHE_HOME:-$$HOME/.cache}/vitrine/components/fetch-guest-$$key.wasm"; \
	if [ ! -f "$$kept" ]; then \
	  printf '\033[1m==> compiling the guest that asks by fetch; this gets a toolchain of 200 MB, and throws it away\033[0m\n'; \
	  work=$$(mktemp -d) && trap 'rm -rf "$$work"' EXIT && cp -r $(FETCH)/. "$$work" && mkdir -p "$${kept%/*}" && \
	  (cd "$$work" && npm ci --ignore-scripts --no-audit --no-fund --silent) && \
	  node "$$work/build.mjs" --source "$$work/src/index.js" --wit wit --out "$$work/out.wasm" && \
	  cp "$$work/out.wasm" "$$kept.part$$$$" && mv "$$kept.part$$$$" "$$kept" || exit 1; \
	fi; \
	rm -f tests/components/fetch-guest.wasm; mkdir -p tests/components/bare && cp "$$kept" tests/components/bare/fetch-guest.wasm

STATION := sdk/examples/weather-station

stations: python-venv ## Build the example source in Rust, JavaScript and Python
	$(call say,building the weather station in three languages; the first time this gets their toolchains)
	cargo run --quiet --package vitrine-pack -- build $(STATION)/rust $(STATION)/js $(STATION)/python --out tests/components/stations

.PHONY: python-venv
python-venv:
	@python3 -c 'import ensurepip, venv' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    printf '\033[1m==> installing python3-venv\033[0m\n'; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3 python3-venv; \
	  else \
	    echo 'python3 or its venv is missing: run `sudo apt-get install python3 python3-venv`' >&2; exit 1; \
	  fi; }

sdks: assets ## Test the SDKs for JavaScript and Python, and their example
	$(call say,testing the SDKs for JavaScript and Python)
	@command -v python3 >/dev/null || { echo 'python3 is missing: install Python 3.11 or later (on Debian: apt-get install python3)' >&2; exit 1; }
	host/web/assets/node_modules/.bin/tsc --project sdk/js
	cd $(STATION)/js && npm ci --ignore-scripts --no-audit --no-fund --silent
	cd sdk/js && node --test --test-reporter=dot
	cd $(STATION)/js && node --test --test-reporter=dot
	cd sdk/python && python3 -m unittest discover --quiet --top-level-directory . --start-directory tests
	cd $(STATION)/python && PYTHONPATH=../../../python python3 -m unittest discover --quiet --top-level-directory . --start-directory tests

browser: ## Get the browser for the tests, where it is missing and can be had
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    printf '\033[1m==> installing Chromium for the browser tests\033[0m\n'; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; \
	  else \
	    echo 'Chromium is missing: run `sudo apt-get install chromium`' >&2; exit 1; \
	  fi; }

# Without what it recommends: that would start a service.
exporter: ## Get the exporter to compare with, where it is missing and can be had
	@command -v prometheus-node-exporter >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    printf '\033[1m==> installing the node exporter for a test\033[0m\n'; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus-node-exporter; \
	  else \
	    echo 'The node exporter is missing: run `sudo apt-get install --no-install-recommends prometheus-node-exporter`' >&2; exit 1; \
	  fi; }

# Without what it recommends, as above.
prometheus: ## Get Prometheus for the tests, where it is missing and can be had
	@{ command -v prometheus && command -v promtool; } >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    printf '\033[1m==> installing Prometheus for the tests\033[0m\n'; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus; \
	  else \
	    echo 'Prometheus is missing: run `sudo apt-get install --no-install-recommends prometheus`' >&2; exit 1; \
	  fi; }

# As above; of the package only its client is wanted.
alertmanager: ## Get Alertmanager's client for the tests, where it is missing and can be had
	@command -v amtool >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    printf '\033[1m==> installing amtool for the tests\033[0m\n'; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus-alertmanager; \
	  else \
	    echo 'amtool is missing: run `sudo apt-get install --no-install-recommends prometheus-alertmanager`' >&2; exit 1; \
	  fi; }

postgres: ## Get PostgreSQL for the tests, where it is missing and can be had
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    printf '\033[1m==> installing PostgreSQL for the tests of databases\033[0m\n'; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql; \
	  else \
	    echo 'PostgreSQL is missing: run `sudo apt-get install postgresql`' >&2; exit 1; \
	  fi; }

poppler: ## Get what reads PDF in the tests, where it is missing and can be had
	@{ command -v pdftotext && command -v pdfinfo; } >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    printf '\033[1m==> installing Poppler for the tests of PDF\033[0m\n'; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq poppler-utils; \
	  else \
	    echo 'Poppler is missing: run `sudo apt-get install poppler-utils`' >&2; exit 1; \
	  fi; }

tests/peers/node_modules: tests/peers/package-lock.json
	$(call say,getting the mail server for the tests)
	cd tests/peers && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

test: assets plugins guests stations browser exporter prometheus alertmanager postgres poppler tests/peers/node_modules lint sdks ## Run all tests
	$(call say,building and running all tests; the first time this takes some minutes)
	cd host/web/assets && npm run --silent check && npm test --silent
	FUZZ_SECONDS=$(SECONDS_PER_TARGET) cargo test --workspace --exclude vitrine-tests
	cargo build --package vitrine
	cargo test --package vitrine-tests -- --test-threads 4
	@$(MAKE) --no-print-directory openmetrics promql

CONFORMANCE := ../shared/conformance

openmetrics: ## Hold the parser of metrics against OpenMetrics' own cases, where they are at hand
	@if [ -d $(CONFORMANCE)/openmetrics ]; then \
	  cargo run --quiet --package vitrine-tests --bin openmetricstest -- $(CONFORMANCE)/openmetrics; \
	else \
	  printf '\033[1m==> LEFT OUT: the cases of OpenMetrics are not in $(CONFORMANCE)/openmetrics\033[0m\n'; \
	fi

promql: ## Hold the engine against Prometheus's own cases, where they are at hand
	@if [ -d $(CONFORMANCE)/promql ]; then \
	  cargo run --quiet --package vitrine-tests --bin promqltest -- $(CONFORMANCE)/promql/*.test; \
	else \
	  printf '\033[1m==> LEFT OUT: the cases of Prometheus are not in $(CONFORMANCE)/promql\033[0m\n'; \
	fi

pictures: assets plugins browser ## Make the pictures of the README and of mails anew
	cargo build --package vitrine
	cargo test --package vitrine-tests -- shipped::the_pictures_for_the_readme mail::
	cp "$${CARGO_TARGET_DIR:-target}"/screenshots/{readme,mail}-*.webp host/web/assets/screenshots/

# How long `make test` tries each fuzz target.
SECONDS_PER_TARGET ?= 10

fuzz: ## Try whatever bytes on the sandbox's border, in exporters' texts and at the doors for samples, SECONDS=600 for each target
	FUZZ_SECONDS=$(or $(SECONDS),60) cargo test --package vitrine-plugin --test fuzz -- --test-threads 2
	FUZZ_SECONDS=$(or $(SECONDS),60) cargo test --package vitrine-exposition --lib tests::fuzz -- --test-threads 2
	FUZZ_SECONDS=$(or $(SECONDS),60) cargo test --package vitrine-monitor --test fuzz_push -- --test-threads 2

kills: assets plugins tests/peers/node_modules ## Kill the host 240 times between a sample and the receipt of its notice, KILLS=480 as often as that
	cargo build --package vitrine
	KILLS=$(or $(KILLS),240) cargo test --package vitrine-tests --test features -- --nocapture kills::

lint: assets plugins ## Check formatting and lints
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- --deny warnings

bench: assets plugins ## Run the benchmarks in benches/
	cargo bench --package vitrine-plugin --package vitrine-web --package vitrine-query --package vitrine-monitor --package vitrine-exposition

clean: ## Remove what was built
	cargo clean
	rm -rf host/web/assets/dist host/web/assets/fonts host/web/assets/node_modules host/app/bundled tests/components tests/peers/node_modules
