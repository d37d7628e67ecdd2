# Shuzheng: every target sets up what it needs.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements-dev.lock
INSTALLED := $(VENV)/.installed
COMPILE := $(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --no-annotate --no-emit-find-links \
	--no-emit-index-url --no-emit-trusted-host --strip-extras
FOREIGN := tests/foreign/node_modules/.installed tests/foreign/.python/.installed
# Extras of the container image.
SERVED := http paper telemetry
DEBIAN := openssl poppler-utils softhsm2
ARGS ?=
# Two workers, because most tests wait more than they work.
EVERYTHING := -n 2 --dist loadfile
INNER := -n 2 --dist loadfile tests/unit tests/contract --ignore=tests/contract/test_imports.py
LONG := -n 2 --dist loadfile -m '' tests/faults tests/model tests/fuzz tests/soak

.DEFAULT_GOAL := help
.PHONY: help install gen docs lint style types imports protos words foreign debian test quick nightly demo up bench lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-10s %s\n", $$1, $$2}'

install: $(INSTALLED) ## Create .venv from the lock

$(INSTALLED): $(LOCK) pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

gen: $(INSTALLED) ## Generate gen/ from protos/
	$(BIN)/python tools/gen.py

docs: $(INSTALLED) ## Generate the reference pages of docs/
	$(BIN)/python -m tools.docs

lint: style types imports protos words ## Check style, types, imports, protos, words and freshness
	$(BIN)/python -m tools.docs --check

style: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/mypy

imports: $(INSTALLED)
	$(BIN)/lint-imports

protos: $(INSTALLED)
	$(BIN)/python tools/gen.py --check
	$(BIN)/python tools/gen.py --lint

words: $(INSTALLED)
	$(BIN)/python -m tools.words

foreign: $(FOREIGN) ## Install other people's verifiers, for the tests (docs/interoperability.md)

tests/foreign/node_modules/.installed: tests/foreign/package.json tests/foreign/package-lock.json
	npm ci --prefix $(dir $<) --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

tests/foreign/.python/.installed: tests/foreign/requirements.txt | $(INSTALLED)
	rm -rf $(@D)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --ignore-requires-python \
		--target $(@D) -r $<
	@touch $@

# Where this is not possible (no root, no apt-get, no network), the tests that need them are skipped and say so.
debian: ## Install the Debian packages that tests need, where they are missing and root can
	@missing="$$(for name in $(DEBIAN); do dpkg-query --status $$name >/dev/null 2>&1 || echo $$name; done)"; \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "apt-get install" $$missing; \
		{ timeout 120 apt-get -qq update && DEBIAN_FRONTEND=noninteractive timeout 120 \
			apt-get -qq install --yes --no-install-recommends $$missing; } >/dev/null 2>&1 \
			|| echo "not installed:" $$missing; \
	fi

test: $(INSTALLED) $(FOREIGN) debian ## Run the whole suite (ARGS="tests/unit -x" for a part)
	$(BIN)/python -m pytest $(or $(ARGS),$(EVERYTHING))

quick: style types imports ## Check what usually breaks, in two minutes
	$(BIN)/python -m pytest $(INNER)

# Every fault again and again, and as many more requests and examples.
nightly: $(INSTALLED) $(FOREIGN) debian ## Run what is long: faults, models and fuzz ten times over, soak
	SHUZHENG_EFFORT=10 $(BIN)/python -m pytest $(LONG)

demo: $(INSTALLED) ## Drive the whole journey once and show what happened
	$(BIN)/shuzheng demo

up: $(INSTALLED) ## Keep the embedded system running until Ctrl-C
	$(BIN)/shuzheng up

bench: $(INSTALLED) ## Measure the hot paths against a bare gRPC echo
	$(BIN)/python -m bench $(ARGS)

lock: $(INSTALLED) ## Resolve the dependencies of pyproject.toml anew
	$(COMPILE) --upgrade --all-extras --output-file=$(LOCK) pyproject.toml
	$(COMPILE) $(SERVED:%=--extra=%) --constraint=$(LOCK) --output-file=requirements.lock pyproject.toml

clean: ## Remove what was made here, and the environment
	rm -rf $(VENV) $(dir $(FOREIGN)) var build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
