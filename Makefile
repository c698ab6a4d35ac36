# `make` or `make help` lists the targets. Everything runs in .venv, made on first use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := "$(CURDIR)/$(BIN)/python"
STAMP := $(VENV)/.installed
DEMO := build/demo-project

.DEFAULT_GOAL := help
.PHONY: help venv demo test test-fast zoo lint check golden cases bench clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: $(STAMP)  ## create .venv and install the compiler with its development tools

# Installed again only when what it is installed from has changed.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing into $(VENV); the first time takes a while."
	@if command -v uv >/dev/null 2>&1; then \
		{ [ -x $(BIN)/python ] || uv venv --quiet --python "$$(command -v $(PYTHON))" $(VENV); } && \
		uv pip install --quiet --python $(BIN)/python -c constraints.txt -e '.[dev]'; \
	else \
		{ [ -x $(BIN)/pip ] || $(PYTHON) -m venv $(VENV); } && \
		{ $(BIN)/pip install --quiet uv && $(BIN)/uv pip install --quiet \
			--python $(BIN)/python -c constraints.txt -e '.[dev]' || \
		{ echo "uv, which is faster, can't; pip installs"; \
			$(BIN)/pip install --quiet --no-compile -c constraints.txt -e '.[dev]'; }; }; \
	fi
	@touch $@

demo: $(STAMP)  ## draw a sample table, compile it, train, evaluate, predict
	$(PY) examples/make_sample.py examples/sample
	rm -rf $(DEMO) && mkdir -p $(dir $(DEMO))
	$(BIN)/autom3l-compile examples/sample.yaml -o $(DEMO)
	cd $(DEMO) && $(PY) -m plant_clinic.train configs/base.toml --out runs/base
	cd $(DEMO) && $(PY) -m plant_clinic.evaluate runs/base
	cd $(DEMO) && $(PY) -m plant_clinic.predict runs/base \
		"$(CURDIR)/examples/sample/plants.csv" predictions.csv
	@head -n 4 $(DEMO)/predictions.csv
	@echo "Now read $(DEMO)/README.md: the project is yours."

test: $(STAMP)  ## all tests
	$(PY) -m pytest -n auto --dist worksteal -m "not every_card"

test-fast: $(STAMP)  ## the tests that take no minute
	$(PY) -m pytest -n auto --dist worksteal -m "not slow"

zoo: $(STAMP)  ## encode with every card, which takes a while
	$(PY) -m pytest -n auto --dist worksteal tests/test_zoo_blocks.py

lint: $(STAMP)  ## ruff, black and mypy, changing nothing
	$(BIN)/ruff check
	$(BIN)/black --check .
	$(BIN)/mypy

check: lint test  ## what CI runs

golden: $(STAMP)  ## rewrite generated/ from templates; its diff is the review
	$(PY) -m pytest tests/test_golden.py --update-golden

cases: $(STAMP)  ## rewrite the expected messages of tests/cases
	$(PY) -m pytest tests/test_cases.py --update-cases

bench: $(STAMP)  ## measure on the data sets of ../shared (skips where absent)
	$(PY) benchmarks/real_data.py

clean:  ## remove .venv, build/, the drawn sample and caches
	rm -rf $(VENV) build dist examples/sample .pytest_cache .mypy_cache .ruff_cache
