# Trunkline's everyday commands. Needs make, a POSIX shell and Python >= 3.11; everything else goes into .venv.
# Paths are relative throughout: make splits absolute ones at the spaces in them.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help install demo cluster test check format screens day bench simulate faults wheel lock upgrade clean

PY := .venv/bin/python
# A person's PYTHONPATH or user-wide pip settings must not leak into the project's own environment. Bytecode is kept:
# compiling the sources anew takes each of the many processes that tests and demos start a second.
unexport PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_HASHES VIRTUAL_ENV
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

# make test TESTS=tests/domain ARGS='-k offer -x'   ·   make simulate SEEDS=100000   ·   make demo ARGS='--seconds 60'
TESTS ?= tests
ARGS ?=
SEEDS ?= 20000
# make faults KILLS=50 ARGS='--stores sqlite --json'
KILLS ?= 200
# One worker more than cores: it does what starts no whole centre, while centres on the others wait (LANES in
# tests/lanes.py; with more centres at once they wait for one another). Each may run a PostgreSQL of its own, hence the
# cap.
WORKERS ?= $(shell echo $$(($$(nproc 2>/dev/null || echo 1) + 1)))
PYTEST := $(PY) -m pytest -n $(WORKERS) --maxprocesses 8
# PostgreSQL's sockets have at most 107 bytes of path: a long TMPDIR leaves them no room.
SHORT_TMPDIR := if [ "$$(printf %s "$${TMPDIR:-/tmp}" | wc -c)" -gt 40 ]; then TMPDIR=/tmp; export TMPDIR; fi

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

install: ## create .venv with the locked dependencies (does nothing when up to date)
	@sh requirements/install.sh

demo: install ## run a small centre with simulated customers and agents
	@.venv/bin/trunkline demo $(ARGS)

cluster: install ## the same as a cluster: PostgreSQL, Kafka and two processes of each role, on this machine
	@$(SHORT_TMPDIR); $(PY) -m tests.cluster .venv/bin/trunkline demo --cluster $(ARGS)

test: install ## run every test (TESTS=tests/domain, ARGS='-k offer')
	@$(SHORT_TMPDIR); $(PYTEST) $(TESTS) $(ARGS)

check: install ## lint, format, types, layers, lock, the desk
	@$(PY) requirements/lock.py --check
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m pyright
	@.venv/bin/lint-imports
	@$(PY) web/desk/build.py --check

format: install ## mend what ruff and biome can mend by themselves
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .
	@$(PY) web/desk/build.py --format

screens: install ## pictures of every page of the desk, light and dark, into docs/screens
	@$(PY) -m tests.desk.screens

day: install ## a day of calls, texts and mails by hand on every page, each step a picture in docs/screens
	@$(PY) -m tests.desk.day_screens

bench: install ## measure against the ceilings of the same machine, as JSON
	@$(SHORT_TMPDIR); $(PY) -m bench $(ARGS)

simulate: install ## deterministic simulation over SEEDS seeds
	@$(SHORT_TMPDIR); TRUNKLINE_SIMULATION_SEEDS=$(SEEDS) $(PYTEST) --timeout 0 tests/simulation $(ARGS)

faults: install ## kill a whole centre under load KILLS times on each store; prints what came of it
	@$(SHORT_TMPDIR); $(PY) -m tests.faults --kills $(KILLS) $(ARGS)

wheel: install ## a wheel into dist/, its router compiled (needs a C compiler and Python's headers)
	@rm -rf build/sdist
	@$(PY) -m hatchling build -t sdist -d build/sdist
	@HATCH_BUILD_HOOK_ENABLE_MYPYC=1 $(PY) -m pip wheel --quiet --no-deps --no-build-isolation -w dist build/sdist/*.tar.gz
	@ls dist/*.whl

lock: install ## resolve pyproject.toml into requirements/*.lock (needs a network)
	@$(PY) requirements/lock.py
	@sh requirements/install.sh

upgrade: install ## the same, with the newest versions
	@$(PY) requirements/lock.py --upgrade
	@sh requirements/install.sh

clean: ## remove what these commands made
	@rm -rf .venv build dist web/static/desk web/desk/node_modules .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name .git -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +
