# `make demo` and `make test` work on a bare Linux machine with Python 3.11 to 3.13; everything else follows from them.
SHELL := /bin/bash
BIN := .venv/bin
# What the caller's shell has set for another Airflow or another Python must not reach ours.
CLEAN := env -u PYTHONPATH -u PYTHONHOME -u PYTHONDONTWRITEBYTECODE -u AIRFLOW_HOME
PYTEST := $(CLEAN) $(BIN)/python -m pytest
# uv believes whom the system does, as pip does: many companies have certificates of their own.
export UV_SYSTEM_CERTS := 1
# Two more than the cores of a small machine: the tests of a running Airflow, three groups, wait more than they work.
WORKERS := 4
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --generate-hashes $(ARGS)

.PHONY: help demo test test-fast test-lowest test-js drill drill-celery simulate lint lint-js format docs bench bench-scale bench-throughput wheel dist-mwaa lock audit venv clean

help:
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: venv ## start everything and deliver the sample jobs; ONCE=1 checks the totals, stops and exits; EXECUTOR=celery: on two Celery workers; DEMO_STATE=folder keeps its state there instead of in .demo
	@$(if $(filter celery,$(EXECUTOR)),scripts/celery)
	@$(CLEAN) $(if $(filter celery,$(EXECUTOR)),.venv-celery/bin,$(BIN))/python -m demo $(if $(ONCE),--once) $(if $(EXECUTOR),--executor "$(EXECUTOR)") \
	   $(if $(DEMO_STATE),--state "$(DEMO_STATE)")

test: venv ## the whole suite on real servers, four groups of tests at a time; WORKERS=0: one test after another
	@scripts/optional-programs
	@$(CLEAN) $(BIN)/python -m tests.suite -n $(WORKERS) --dist loadscope --no-loadscope-reorder $(ARGS)

test-fast: venv ## the tests that need no server
	@$(PYTEST) -m "not integration and not live" $(ARGS)

test-lowest: venv ## the tests that need no server, with the lowest versions that pyproject.toml allows
	@scripts/lowest $(ARGS)

test-js: ## the tests of the page's scripts that need no browser; needs Node
	@scripts/check-page test

drill: venv ## only the live tests, which cause faults, with a table of what was left afterwards
	@$(PYTEST) tests/airflow -m live -v $(ARGS)

drill-celery: venv ## kill a Celery worker in each step, while the other takes over; takes three minutes
	@scripts/celery
	@$(CLEAN) .venv-celery/bin/python -m demo.celery_drill

simulate: venv ## a million interleavings of the delivery protocol, with kills in between; ARGS="--seed 4711" runs one again
	@$(CLEAN) $(BIN)/python -m tests.simulator $(ARGS)

lint: venv lint-js ## ruff, mypy strict, layer rules, and the page's scripts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(CLEAN) $(BIN)/mypy
	@$(CLEAN) $(BIN)/lint-imports
	@$(BIN)/deptry plugins dags

lint-js: venv ## types of the page's scripts against the API, and ESLint; needs Node, which nothing that is shipped needs
	@$(CLEAN) scripts/check-page lint

format: venv ## let ruff fix and format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: venv ## the documentation site in .docs/site, from docs/ and the code; checks every link and anchor
	@$(CLEAN) $(BIN)/python -m docs.site

bench: venv ## compare extract, compress, upload and parse with other tools: a table of ratios
	@$(CLEAN) $(BIN)/python -m bench $(ARGS)

bench-scale: venv ## 10,000 jobs through a real Dag processor: time, CPU per file, memory, how soon a change is seen; then one look of the auditor; takes half an hour
	@$(CLEAN) $(BIN)/python -m bench.scale
	@$(CLEAN) $(BIN)/python -m bench.audit

bench-throughput: venv ## export jobs per hour, compared with Dags whose tasks do nothing, on one Airflow; takes some five minutes
	@$(CLEAN) $(BIN)/python -m bench.throughput

wheel: venv ## dist/airflow_export_jobs-…-py3-none-any.whl, and beside it the list of its dependencies (CycloneDX)
	@rm -rf build dist && $(CLEAN) $(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	@$(CLEAN) $(BIN)/python scripts/sbom.py dist/*.whl
	@rm -rf build && ls dist

dist-mwaa: venv ## dist/mwaa, the files for Amazon MWAA: plugins.zip, requirements.txt, startup.sh and the Dag file
	@$(CLEAN) $(BIN)/python scripts/dist_mwaa.py

lock: venv ## update both locks from requirements-dev.txt and requirements-celery.txt; ARGS=--upgrade takes the newest versions
	@$(COMPILE) --output-file requirements-lock.txt requirements-dev.txt
	@sed -i '1i # Every package of the demo, the tests and the lint, pinned with its hashes. Made from requirements-dev.txt by `make lock`.' requirements-lock.txt
	@$(COMPILE) --output-file requirements-celery-lock.txt requirements-celery.txt
	@sed -i '1i # Every package of the demo on Celery, pinned with its hashes. Made from requirements-celery.txt by `make lock`.' requirements-celery-lock.txt

audit: venv ## ask a vulnerability service about every locked package; also fails if it cannot be asked
	@$(CLEAN) $(BIN)/python scripts/audit.py $(ARGS)

venv:
	@scripts/bootstrap

clean: ## remove everything that make created; the demo must not be running
	rm -rf .venv .venv-celery .venv-lowest .demo .docs node_modules types/generated
