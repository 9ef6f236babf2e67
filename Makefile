# The only task runner: `make` prints what there is.

PYTHON ?= python3
BIN := .venv/bin
PRICES ?=
SECURITIES ?=
DEMO := $(if $(PRICES),--prices $(PRICES)) $(if $(SECURITIES),--securities $(SECURITIES))
WORKERS ?= 2
WAREHOUSE := $(or $(KARDASHEV_DB),warehouse/kardashev.duckdb)
RESOLVE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header
NO_CUDA := grep --invert-match --extended-regexp '^(nvidia|cuda|triton)'

.DEFAULT_GOAL := help
.PHONY: help demo build tour dashboard docs check browser test postgres test-long bench lint lock clean

help:  ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else f"Python 3.11 to 3.13 is needed, {sys.executable} is {v[0]}.{v[1]}: say make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

.venv/dashboard: .venv/installed requirements-dashboard.lock
	$(BIN)/python -m pip install --quiet --requirement requirements-dashboard.lock
	@touch $@

demo: .venv/installed  ## land a demo tournament, build it, show it; PRICES=, SECURITIES= for your own
	$(BIN)/kardashev demo $(DEMO)
	$(BIN)/dbt build --quiet --exclude-resource-type unit_test
	$(BIN)/kardashev tour

build: .venv/installed  ## build what is due of the landing
	$(BIN)/dbt build --exclude-resource-type unit_test

tour: .venv/installed  ## what the built warehouse shows
	$(BIN)/kardashev tour

dashboard: .venv/dashboard  ## what is published, in a browser on this machine
	$(BIN)/kardashev dashboard

docs: .venv/installed  ## the documentation as a site that opens offline: target/site/index.html
	$(BIN)/dbt parse --quiet
	$(BIN)/dbt docs generate --quiet --static $(if $(wildcard $(WAREHOUSE)),,--no-compile --empty-catalog)
	$(BIN)/kardashev docs

lint: .venv/installed  ## style, and the project's conventions over dbt's manifest
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfluff lint --processes 2 models tests/singular
	$(BIN)/sqlfluff lint --processes 2 --templater placeholder kardashev/landing kardashev/replay \
		kardashev/dashboard kardashev/inspection
	$(BIN)/pytest tests/project

check: lint .venv/dashboard  ## the fast checks: everything but whole builds and the browser
	$(BIN)/pytest --numprocesses $(WORKERS) tests/kernels tests/landing tests/cli tests/dashboard \
		--ignore tests/dashboard/test_browser.py

browser:  # for the dashboard's tests, from the system's packages
	@.ci/browser

test: check browser  ## every check, whole builds and a real browser included
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder tests/warehouse tests/dashboard/test_browser.py

postgres:  # for the lake's long tests, from the system's packages
	@.ci/postgres

test-long: test postgres  ## and what takes minutes: a build killed at every place, more drawn files, other clients
	$(BIN)/pytest --numprocesses $(WORKERS) -m long tests/kernels tests/landing
	$(BIN)/pytest --numprocesses $(WORKERS) -m long tests/warehouse

bench: .venv/dashboard  ## CPU seconds and memory of whole builds, and of each kernel, at real size
	$(BIN)/python tests/bench/build.py
	$(BIN)/python tests/bench/nodes.py
	$(BIN)/python tests/bench/backfill.py
	$(BIN)/python tests/bench/door.py
	$(BIN)/python tests/bench/judging.py
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/bench/scores.py
	$(BIN)/python tests/bench/portfolio.py
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/bench/contribution.py
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/bench/coverage.py
	$(BIN)/python tests/bench/stability.py
	$(BIN)/python tests/bench/standings.py
	$(BIN)/python tests/bench/object_storage.py
	$(BIN)/python tests/bench/dashboard.py
	$(BIN)/python tests/bench/publication.py

lock: .venv/installed  ## resolve the environment anew into requirements.lock, and what the dashboard adds
	$(BIN)/python -m pip install --quiet uv
	$(RESOLVE) --extra dev pyproject.toml | $(NO_CUDA) > requirements.lock
	$(RESOLVE) --extra dev --extra dashboard --constraint requirements.lock pyproject.toml | $(NO_CUDA) | \
		grep --invert-match --line-regexp --fixed-strings --file requirements.lock > requirements-dashboard.lock

clean:  ## remove what builds and tests wrote; landing/ and warehouse/ stay
	rm -rf target logs .pytest_cache .ruff_cache .hypothesis
