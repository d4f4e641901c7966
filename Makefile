# Two commands do everything: `make run` and `make test`.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
  command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
PYTHON := $(or $(PYTHON),python3)
PY := .venv/bin/python
# Folders of tests that need no child process and no model to be trained.
PURE := $(addprefix tests/,core data models system training evaluation use projects cli ui scripts)
# Tests among these that load the models' libraries.
HEAVY := tests/core/templates/test_chat_template.py tests/use/test_foreground.py tests/use/test_snippets.py \
  tests/scripts/test_check_suggested.py

# Tests among these that harm processes and backups on purpose: they belong to the faults.
HARM := tests/data/files/test_reader.py tests/system/backup/test_restore_hostile.py

# Where this is set, each of the tests' many processes would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run setup setup-dev test lint unit models families postgresql faults pages browser journeys bench \
  fuzz office reliability lock audit ollama-template exports deployment deployment-check ray

run: setup
	@$(PY) scripts/run.py

setup:
	@$(PYTHON) scripts/setup.py

setup-dev:
	@$(PYTHON) scripts/setup.py --dev

test: setup-dev lint unit models postgresql faults pages browser

lint:
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

unit:
	@$(PY) -m pytest -n 2 tests/storage $(PURE) tests/jobs tests/test_layers.py tests/test_kinds.py tests/test_tables.py tests/test_rights.py tests/test_unguarded.py \
	  --ignore tests/jobs/worker --ignore tests/jobs/launchers $(addprefix --ignore ,$(HEAVY) $(HARM))

# Trainer and model server, on real models and on tiny ones of many architectures.
models:
	@$(PY) -m pytest -n 2 -m "not release" tests/engine $(HEAVY)

# Every family of models that the field uses, one line each: a tiny one of its real configuration.
families:
	@$(PY) scripts/families.py

# Real processes, killed and starved as life does it.
faults:
	@$(PY) -m pytest -n 2 -m "not release" tests/jobs/worker tests/jobs/launchers tests/faults $(HARM)

# The tests of what is kept and of the queue again, on a PostgreSQL server of their own.
postgresql:
	@$(PY) -m pytest -n 2 --database postgresql --ignore tests/jobs/launchers/test_shared_watch.py tests/storage \
	  tests/jobs/worker tests/jobs/launchers tests/faults/test_worker_death.py \
	  tests/faults/test_one_worker.py tests/jobs/test_job.py tests/jobs/test_ingest_events.py \
	  tests/system/backup tests/system/accounts \
	  tests/faults/test_queue_under_load.py::test_every_job_is_claimed_once \
	  tests/faults/test_queue_under_load.py::test_no_read_modify_write_is_lost \
	  tests/faults/test_queue_under_load.py::test_pages_look_on_while_a_run_writes

pages:
	@$(PY) -m pytest -n 2 -m "not release" tests/pages

browser:
	@$(PY) -m pytest -n 2 -m "not release" tests/browser

# Before a release: every journey, the long ones too, with pictures of the pages in test-results/, wide and
# narrow, light and dark.
journeys:
	@WORKBENCH_PHOTOGRAPHS=1 $(PY) -m pytest --timeout 1800 tests/browser
	@$(PY) -m pytest -m release tests/faults tests/engine tests/pages

bench:
	@$(PY) scripts/bench.py
	@$(PY) scripts/bench_step.py
	@$(PY) scripts/bench_doctor.py
	@$(PY) scripts/bench_data.py
	@$(PY) scripts/serving/bench_serving.py
	@$(PY) scripts/serving/bench_encoder.py

# Damaged files of every kind, brought as the pages do.
fuzz:
	@$(PY) scripts/fuzz_readers.py

# Answered workbooks of several writers, opened by LibreOffice where it is installed.
office:
	@$(PY) scripts/data/check_office.py

reliability:
	@$(PY) scripts/reliability.py

# The templates for Ollama, rendered by Go, against our own prompts; skipped without Go.
ollama-template:
	@$(PY) scripts/exports/ollama_template.py

# The bundled models exported in every form, with their certificates.
exports:
	@$(PY) scripts/exports/check_exports.py

# What compose.yaml starts, on loopback: two web processes, restarts, an upgrade. Needs PostgreSQL,
# Caddy and Chromium; bubblewrap, where it is there, confines them as containers are.
deployment:
	@$(PY) -m pytest -n 0 tests/deployment
	@$(PY) scripts/deployment/check_upgrade.py

# The files of a deployment, by the linters of each.
deployment-check:
	@$(PY) scripts/deployment/check.py

# A real Ray cluster on this computer, and a bucket: what is lost, cut off and killed, row by row. Ray
# lies in a folder of its own, since a bucket's library wants an older version of what the app has.
RAY := .venv/share/slm-workbench/ray
ray: setup-dev
	@$(PY) -m pip install --quiet --upgrade --target $(RAY) --no-deps --require-hashes \
	  -r locks/ray.txt -r locks/ray-tests.txt
	@PYTHONPATH=$(CURDIR)/$(RAY) $(PY) -m pytest -n 0 tests/jobs/process/remote
	@PYTHONPATH=$(CURDIR)/$(RAY) $(PY) scripts/ray/recovery.py

# What the requirements need, down to the last package, for all machines: written to locks/.
lock:
	@$(PYTHON) scripts/lock.py

# Which of the locked packages are known to be unsafe.
audit:
	@$(PYTHON) scripts/audit.py
