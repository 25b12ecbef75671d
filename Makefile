# Servicebook's commands. Each is also described without make in README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help setup demo test check lint types contracts site bench clean

help:  ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Servicebook needs Python 3.11 or newer; this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

setup: $(VENV)/.installed  ## make the environment in .venv

demo: setup  ## sample department, library, index, site, plan, service on 127.0.0.1:8000
	$(BIN)/servicebook demo

test: setup  ## run the tests
	$(BIN)/python -m pytest -n auto

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

site: setup  ## build the library's pages, every warning an error
	$(BIN)/servicebook content check
	$(BIN)/servicebook site build --strict
	$(BIN)/servicebook site build --strict --with zensical

check: lint types contracts test site  ## lint, types, import contracts, tests, site

clean:  ## remove everything derived
	rm -rf build var .cache $(VENV)
