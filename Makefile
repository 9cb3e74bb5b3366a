# make demo   environment, install, solve the base scenario, which says where map and report are
# make test   environment with development tools, then everything that must hold
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
RUN ?= runs/base
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo test lint format types bench floor pictures wheel clean help
.DELETE_ON_ERROR:

help:
	@sed -n '1,2s/^# //p' $(MAKEFILE_LIST)
	@echo "also: lint format types bench floor pictures wheel clean"

demo: $(VENV)/.ready
	@$(BIN)/planner solve scenarios/base.yaml --out $(RUN)

test: lint types $(VENV)/.chromium
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: $(VENV)/.ready-dev
	$(BIN)/mypy

format: $(VENV)/.ready-dev
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: $(VENV)/.ready-dev
	$(BIN)/python -m pytest -m bench --benchmark-columns=min,median,rounds

# the oldest versions pyproject.toml allows, in an environment of their own; `make test` has the newest
floor: $(VENV)/.ready-dev
	$(BIN)/python -m tests.floors > $(VENV)/floors.txt
	$(PYTHON) -m venv --clear $(VENV)-floor
	$(VENV)-floor/bin/python -m pip --disable-pip-version-check install --quiet -c $(VENV)/floors.txt --editable '.[dev]'
	$(VENV)-floor/bin/python -m pytest -n 2 --dist worksteal $(FLOOR)

# the pictures of README.md: solves the base case, draws its map, opens its report in Chromium
pictures: $(VENV)/.ready-dev $(VENV)/.chromium
	$(BIN)/python -m tests.pictures

wheel: $(VENV)/.ready-dev
	$(PIP) wheel --quiet --no-deps --wheel-dir dist .
	@ls dist/*.whl

clean:
	rm -rf $(VENV) $(VENV)-floor dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .benchmarks
	find planner tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "setting up $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "no environment could be made; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.ready: pyproject.toml | $(BIN)/python
	@echo "installing the planner"
	@$(PIP) install --quiet --editable .
	@touch $@

$(VENV)/.ready-dev: pyproject.toml | $(BIN)/python
	@echo "installing the planner with development tools"
	@$(PIP) install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.ready

# Browser tests need a Chromium; without one they are skipped, so a failure here stops nothing.
$(VENV)/.chromium: | $(VENV)/.ready-dev
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
		command -v google-chrome >/dev/null || { \
		test "$$(id -u)" = 0 && command -v apt-get >/dev/null && echo "installing chromium" && \
		apt-get update -qq >/dev/null 2>&1 && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium \
		>/dev/null 2>&1; } || echo "no chromium: browser tests will be skipped"
	@touch $@
