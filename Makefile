# Variables: PYTHON=python3.12 (which Python makes the environment), VENV=.venv313 (where it is kept),
# ARGS=... (handed to test, mutations, bench, simulate and lock).
VENV ?= .venv
PYTHON ?=
ARGS ?=

# Asking for a Python has its own stamp, so that an environment made with another one is noticed.
asked := $(if $(PYTHON),-for-$(notdir $(PYTHON)))
runtime := $(VENV)/runtime$(asked).stamp
dev := $(VENV)/dev$(asked).stamp
set_up = VENV='$(VENV)' PYTHON='$(PYTHON)' bash scripts/setup.sh

.PHONY: help setup setup-dev demo test load references mutations attack bad-input check format docs bench bench-sources bench-estimates bench-disclosure simulate simulate-programme lock fresh-machine clean

help:  ## List what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: $(runtime)  ## Install what the reports need: Python packages and WeasyPrint's system libraries

setup-dev: $(dev)  ## The same, with what the tests, checks and benchmarks need

$(runtime): requirements/runtime.txt pyproject.toml
	@$(set_up) runtime
	@touch $@

$(dev): requirements/dev.txt $(runtime)
	@$(set_up) dev
	@touch $@

demo: $(runtime)  ## Make the example programmes' reports, from inbox to PDF
	@$(VENV)/bin/impact demo

test: $(dev)  ## Run the tests
	@# Two workers, a core each: more threads would only wait for each other.
	@POLARS_MAX_THREADS=1 $(VENV)/bin/python -m pytest -n 2 --dist worksteal $(ARGS)

load: $(dev)  ## Run the tests that are left out of `make test` for their size
	@$(VENV)/bin/python -m pytest -n 2 -m load $(ARGS)

references: $(dev)  ## Print every published number beside what the project computes: all must match
	@$(VENV)/bin/python -m tests.reference

mutations: $(dev)  ## Write known faults into a copy of the code, one by one: does a test notice each?
	@$(VENV)/bin/python -m tests.mutations $(ARGS)

attack: $(dev)  ## Thirty nights of published files against whoever keeps and subtracts them all
	@$(VENV)/bin/python -m tests.attack $(ARGS)

bad-input: $(dev)  ## Prove the catalogue of bad input, case by case
	@$(VENV)/bin/python -m pytest tests/bad_input $(ARGS)

check: $(dev)  ## Check format, lint, types, SQL and import contracts; change nothing
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/sqlfluff lint sql
	$(VENV)/bin/lint-imports

format: $(dev)  ## Format the code and mend what the linter can mend
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

docs: $(runtime)  ## Write the generated docs again
	@$(VENV)/bin/python -m flows.documentation

bench: $(dev)  ## Measure the pipeline's speed and memory
	@$(VENV)/bin/python -m benchmarks $(ARGS)

bench-sources: $(dev)  ## Measure how fast each kind of source is landed, beside a bare rival
	@$(VENV)/bin/python -m benchmarks.sources $(ARGS)

bench-estimates: $(dev)  ## Measure how fast estimates are made, beside bare means and pandas
	@$(VENV)/bin/python -m benchmarks.estimates $(ARGS)

bench-disclosure: $(dev)  ## Protect and audit a national release, and measure what is shown of it
	@$(VENV)/bin/python -m benchmarks.disclosure $(ARGS)

simulate: $(dev)  ## Check on data with a known truth that each method holds what it promises
	@$(VENV)/bin/python -m benchmarks.simulation $(ARGS)

simulate-programme: $(dev)  ## The same of the whole way from answers to estimates, 200 times
	@$(VENV)/bin/python -m benchmarks.coverage $(ARGS)

# An environment that has uv is left as it is: to set it up again would point its editable install to this tree.
$(VENV)/bin/uv:
	@$(MAKE) --no-print-directory $(dev)

lock: $(VENV)/bin/uv  ## Write requirements/ again from pyproject.toml; ARGS=--upgrade takes newer versions
	@VENV='$(VENV)' bash scripts/lock.sh $(ARGS)

fresh-machine:  ## Prove that the last commit's demo runs on a bare Debian 12 (root only)
	@bash scripts/fresh-machine.sh

clean:  ## Remove the environment, the caches and build/; the data in state/ stay
	@rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
