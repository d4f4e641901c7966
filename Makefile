# Two commands do everything: `make run` and `make test`.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
PYTHON := $(or $(PYTHON),python3)
PY := .venv/bin/python

.PHONY: run setup test lint unit postgresql pages browser bench

run: setup
	@$(PY) scripts/run.py

setup:
	@$(PYTHON) scripts/setup.py

setup-dev:
	@$(PYTHON) scripts/setup.py --dev

test: setup-dev lint unit postgresql pages browser

lint:
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

unit:
	@$(PY) -m pytest -n 2 tests --ignore tests/pages --ignore tests/browser

# The tests of what is kept and of the queue again, on a PostgreSQL server of their own.
postgresql:
	@$(PY) -m pytest -n 2 --database postgresql tests/storage \
	  tests/workbench/test_worker.py tests/workbench/test_worker_process.py \
	  tests/workbench/test_jobs.py tests/workbench/test_ingestion.py \
	  tests/workbench/test_backup.py tests/workbench/test_restore.py

pages:
	@$(PY) -m pytest -n 2 tests/pages

browser:
	@$(PY) -m pytest tests/browser

bench:
	@$(PY) scripts/bench.py
