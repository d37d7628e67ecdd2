# Shuzheng: every target sets up what it needs.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := requirements-dev.lock
INSTALLED := $(VENV)/.installed
COMPILE := $(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --no-annotate --no-emit-find-links \
	--no-emit-index-url --no-emit-trusted-host --strip-extras
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help install gen docs lint style types imports protos words test demo up bench lock clean

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

test: $(INSTALLED) ## Run the whole suite (ARGS="tests/unit -x" for a part)
	$(BIN)/python -m pytest $(ARGS)

demo: $(INSTALLED) ## Drive the whole journey once and show what happened
	$(BIN)/shuzheng demo

up: $(INSTALLED) ## Keep the embedded system running until Ctrl-C
	$(BIN)/shuzheng up

bench: $(INSTALLED) ## Measure the hot paths against a bare gRPC echo
	$(BIN)/python -m bench $(ARGS)

lock: $(INSTALLED) ## Resolve the dependencies of pyproject.toml anew
	$(COMPILE) --upgrade --all-extras --output-file=$(LOCK) pyproject.toml
	$(COMPILE) --constraint=$(LOCK) --output-file=requirements.lock pyproject.toml

clean: ## Remove what was made here, and the environment
	rm -rf $(VENV) var build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
