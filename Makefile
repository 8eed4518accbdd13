# The developer's door. From a fresh clone with Python 3.11+ and make, nothing else by hand.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SOURCES := bot tests benchmarks docs .ci
VERSIONS := 3.11 3.12 3.13
# Test processes: one more than two cores, as the tests over the wire mostly wait for each other.
AT_ONCE ?= 3
# Hundreds of processes import perfbot in a run: where Python is forbidden to keep what it compiled, each compiles anew.
COMPILED := PYTHONDONTWRITEBYTECODE=
# What makes the package and does not run it (setuptools: what Python 3.11 puts into every environment): 12 MB.
# `make develop` has them again.
BUILD_ONLY := setuptools hatchling editables pathspec tomlkit trove-classifiers packaging
TIMES ?= 1000000
SEED ?= 1
LOCKED := pictures parquet warehouse postgres google meta microsoft platforms currency mcp oauth

.PHONY: help setup develop demo demo-live test coverage test-all test-chaos test-spark test-snowflake check audit hooks format fuzz bench bench-advice bench-details bench-questions learn shape mutants schema lock wheel clean
help: ## say what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.ready ## make .venv with perfbot in it
develop: $(VENV)/.develop ## the same, with what tests and checks need

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "perfbot needs Python 3.11 or newer: make setup PYTHON=/path/to/python3.11")'
	@echo "Setting up $(VENV) (about a minute the first time) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@$(BIN)/python -m pip uninstall -qq --yes $(BUILD_ONLY)
	@touch $@

$(VENV)/.develop: $(VENV)/.ready requirements-dev.lock
	@echo "Adding what tests and checks need …"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.spark: $(VENV)/.develop requirements-spark.lock
	@echo "Adding Apache Spark, beside everything else (450 MB) …"
	@$(PIP) --require-hashes --no-deps --upgrade --target $(VENV)/spark -r requirements-spark.lock
	@touch $@

$(VENV)/.snowflake: $(VENV)/.develop requirements-snowflake.lock
	@echo "Adding Snowflake's dialect, beside everything else (39 MB) …"
	@$(PIP) --require-hashes --no-deps --upgrade --target $(VENV)/snowflake -r requirements-snowflake.lock
	@touch $@

demo: setup ## open the bot in a local workspace, on real-looking numbers
	@$(BIN)/perfbot demo $(ARGS)

demo-live: develop ## watch perfbot connect to local Google Ads, Meta and Microsoft servers, and pull
	@$(BIN)/python -m bot.app.live $(ARGS)

test: develop ## run every test
	@$(COMPILED) $(BIN)/python -m pytest -n $(AT_ONCE) --dist loadfile --no-loadscope-reorder $(ARGS)

coverage: develop ## the same, and print which lines of bot/ no test ran
	@$(COMPILED) $(BIN)/python -m pytest -n $(AT_ONCE) --dist loadfile --no-loadscope-reorder --cov --cov-report=term:skip-covered $(ARGS)

test-all: ## every test on each Python of VERSIONS that is here, with coverage
	@failed=; for version in $(VERSIONS); do \
	  python=$$(.ci/python $$version) || { echo "Python $$version is not here: passed over."; continue; }; \
	  venv=.venv-$$version; test -x .venv/bin/python$$version && venv=.venv; \
	  echo "Python $$version"; test $$version = 3.11 || export COVERAGE_CORE=sysmon; \
	  $(MAKE) --no-print-directory coverage PYTHON=$$python VENV=$$venv || failed="$$failed $$version"; \
	done; test -z "$$failed" || { echo "Tests fail on Python$$failed."; exit 1; }

test-chaos: develop ## kill it at every point and break what it stands on (SEED=1; docs/reliability.md)
	@$(BIN)/python -m tests.chaos --seed $(SEED) $(ARGS)

test-spark: $(VENV)/.spark ## the tests of judging on a local Apache Spark (needs Java 17)
	@command -v java >/dev/null || test -n "$$JAVA_HOME" || { echo "Spark needs Java 17 or newer: apt-get install default-jre-headless"; exit 1; }
	@PYTHONPATH=$(CURDIR)/$(VENV)/spark $(BIN)/python -m pytest -q tests/spark $(ARGS)

test-snowflake: $(VENV)/.snowflake ## a warehouse's queries as Snowflake's own dialect writes them
	@PYTHONPATH=$(CURDIR)/$(VENV)/snowflake $(BIN)/python -m pytest -q tests/snowflake $(ARGS)

check: develop ## ruff, mypy strict, import-linter, rules, locks, secrets
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/perfbot rules check
	@$(BIN)/python .ci/lock_audit.py
	@$(BIN)/python .ci/secret_scan.py

audit: ## look the pinned versions up for known faults (pip-audit by pipx; needs the network)
	pipx run pip-audit --disable-pip --require-hashes -r requirements.lock -r requirements-dev.lock

hooks: develop ## run what check runs before each commit here
	@$(BIN)/pre-commit install

format: develop ## let ruff format and mend
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)

fuzz: develop ## throw TIMES=1000000 inputs of ten kinds at it (docs/reliability.md)
	@$(BIN)/python -m tests.fuzz --times $(TIMES) --seed $(SEED) $(ARGS)

bench: develop ## the benchmarks: ratios against a floor, in one run
	@$(BIN)/python -m benchmarks $(ARGS)

bench-advice: develop ## perfbot's advice against other policies in simulated markets
	@$(BIN)/python -m benchmarks.advice $(ARGS)

bench-details: develop ## what is found below campaigns, and flagged wrongly, where the truth is known
	@$(BIN)/python -m benchmarks.details $(ARGS)

bench-questions: develop ## questions two marketers type: how many are answered right
	@$(BIN)/python -m benchmarks.questions $(ARGS)

learn: develop ## learn from bot/question/examples anew how questions are read
	@$(BIN)/python -m benchmarks.questions.learning $(ARGS)

mutants: develop ## change the core a little, here and there, and count which changes a test notices
	@$(BIN)/python -m benchmarks.mutants $(ARGS)

shape: develop ## what the house looks like in numbers, beside what it is to be
	@$(BIN)/python -m benchmarks.shape $(ARGS)

schema: develop ## write rules/schema.json anew from the code
	@$(BIN)/python -c 'import json; from pathlib import Path; from bot.rules_files import schema; Path("rules/schema.json").write_text(json.dumps(schema(), indent=1) + "\n", encoding="utf-8")'

wheel: develop ## build the wheel into dist/
	@$(BIN)/python -m hatchling build -t wheel

lock: ## pin anew what pyproject.toml allows (needs uv)
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --quiet -o requirements.lock
	uv pip compile pyproject.toml $(foreach extra,$(LOCKED),--extra $(extra)) --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --quiet -c requirements.lock -o requirements-dev.lock
	uv pip compile pyproject.toml $(foreach extra,postgres platforms google meta microsoft oauth mcp,--extra $(extra)) \
	  --group build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	  --no-header --quiet -c requirements-dev.lock -o deploy/requirements.lock
	echo "pyspark" | uv pip compile - --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --quiet -c requirements-dev.lock -o requirements-spark.lock
	printf "snowflake-sqlalchemy\nsnowflake-connector-python\n" | uv pip compile - --no-deps --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet -o requirements-snowflake.lock

clean: ## remove what was made here
	rm -rf .venv .venv-* .coverage dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
