# pepperchain, for people who work on it. `make help` lists what it does. Needs python3 (3.11 or later) and make, no more.
# On Windows, or without make: `python scripts/install.py`, then `.venv\Scripts\python -m pepperchain demo` (docs/operators.md).

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
UV := $$(command -v uv || echo $(VENV)/bin/uv)
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= auto
PYTEST := $(PY) -m pytest
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" $(LOCK_FLAGS)

.PHONY: help run test check format test-sqlite test-postgres test-browser chromium bench screenshots wheel lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.run ## set everything up and serve the demo on http://127.0.0.1:8000 (HOST=, PORT=)
	@exec $(PY) -m pepperchain demo --host $(HOST) --port $(PORT)

# Every part runs even when one before it failed, so that one run tells all.
test: $(VENV)/.dev ## set everything up, then `make check` and every test: SQLite, PostgreSQL, browser
	@failed=; \
	$(MAKE) check || failed="$$failed check"; \
	$(MAKE) test-sqlite || failed="$$failed test-sqlite"; \
	$(MAKE) test-postgres || failed="$$failed test-postgres"; \
	$(MAKE) test-browser || failed="$$failed test-browser"; \
	if [ -n "$$failed" ]; then echo "make test: failed in$$failed"; exit 1; fi

check: $(VENV)/.dev ## lint, format, types, staircase, words, templates, migrations against models, house rules
	@failed=; \
	step() { echo "== $$*"; "$$@" || failed=yes; }; \
	step $(PY) -m ruff check .; \
	step $(PY) -m ruff format --check .; \
	step $(PY) -m mypy; \
	step $(PY) -c "from importlinter.cli import lint_imports_command as run; run()" --no-logo; \
	step $(PY) -m pepperchain.web.catalogue check; \
	step $(PY) -m pepperchain.web.lint; \
	step $(PYTEST) -q --durations-min=1 tests/test_house.py tests/test_house_files.py tests/test_schema.py; \
	[ -z "$$failed" ]

format: $(VENV)/.dev ## put imports and layout in order
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

test-sqlite: $(VENV)/.dev ## the suite on SQLite
	PEPPERCHAIN_TEST_ENGINE=sqlite $(PYTEST) -n $(WORKERS) -m "not browser" --ignore=tests/browser tests

test-postgres: $(VENV)/.dev ## the suite on PostgreSQL (PEPPERCHAIN_TEST_POSTGRES_URL=, or one started for the purpose)
	PEPPERCHAIN_TEST_ENGINE=postgres $(PYTEST) -n $(WORKERS) -m "not browser" --ignore=tests/browser tests

test-browser: $(VENV)/.dev ## the browser tests (CHROMIUM=path of a Chromium or Chrome)
	@CHROMIUM=$$($(PY) scripts/chromium.py) && export CHROMIUM && \
	PEPPERCHAIN_TEST_ENGINE=sqlite $(PYTEST) -n $(WORKERS) -m browser tests/browser

bench: $(VENV)/.dev ## the speed promises, measured
	$(PY) -m benchmarks $(ARGS)

screenshots: $(VENV)/.dev ## the pictures of README.md, into docs/screenshots/
	@CHROMIUM=$$($(PY) scripts/chromium.py) && export CHROMIUM && $(PY) scripts/screenshots.py

wheel: $(VENV)/.dev ## the wheel and the source archive, into dist/
	$(PY) -m hatchling build

lock: $(VENV)/.dev ## remake the lock files from pyproject.toml (LOCK_FLAGS=--upgrade for newer releases)
	$(COMPILE) --output-file requirements-tools.lock --group tools
	$(COMPILE) --output-file requirements.lock pyproject.toml
	$(COMPILE) --output-file requirements-dev.lock pyproject.toml --group dev \
		--constraint requirements.lock --constraint requirements-tools.lock

clean: ## remove what the targets above made, the environment too; the data folder stays
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.run: requirements.lock requirements-tools.lock pyproject.toml scripts/install.py
	@$(PYTHON) scripts/install.py
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements-tools.lock pyproject.toml scripts/install.py
	@$(PYTHON) scripts/install.py dev
	@touch $@ $(VENV)/.run
