# The list of habits: `make run` and `make test` are all that a newcomer needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
WORKERS ?= 2
.DEFAULT_GOAL := help
.PHONY: help install run test check bench messages lock clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed ## virtual environment with the locked dependencies

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.13" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The locks are complete: nothing is resolved, so a release of tomorrow cannot upset an install (`--no-deps`).
# The project itself is put on the path rather than built: its own code needs no network and no compiler.
$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

run: install ## set everything up and serve on http://127.0.0.1:8000 until Ctrl-C
	@test -e "$${LIBRARY_INSTANCE:-instance}/index/current" || $(BIN)/library init
	@exec $(BIN)/library serve --port $(PORT)

test: $(VENV)/.installed-dev ## the whole test suite, with coverage
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) -m "not slow"
	$(BIN)/coverage run -m pytest -n $(WORKERS) -m slow tests/browser
	$(BIN)/coverage run -m pytest -m slow --ignore tests/browser
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

check: $(VENV)/.installed-dev ## lint, types, architecture contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

TEXTS := library/translations
# What changed in the code is carried into every language's catalogue, new messages empty; then they are compiled.
messages: $(VENV)/.installed ## renew the catalogues of the interface's languages (docs/translating.md)
	$(BIN)/pybabel --quiet extract --mapping $(TEXTS)/babel.cfg --keyword _ --keyword ngettext:1,2 --no-wrap --sort-by-file --add-location file --project "Knowledge library" --output $(TEXTS)/messages.pot .
	$(BIN)/pybabel --quiet update --input-file $(TEXTS)/messages.pot --output-dir $(TEXTS) --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel --quiet compile --directory $(TEXTS)

benchmarks/.data/debian.jsonl:
	$(BIN)/python -m benchmarks.corpus $@ --cache benchmarks/.data/packages

bench: $(VENV)/.installed-dev benchmarks/.data/debian.jsonl ## benchmarks, with ratios to peers measured in the same run
	$(BIN)/python -m benchmarks.search
	@missed=0; for command in fuzz load suggest; do echo; $(BIN)/python -m benchmarks.$$command || missed=1; done; exit $$missed

lock: ## renew both lock files (needs uv)
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --quiet -o requirements.lock
	uv pip compile pyproject.toml --group build --group dev --group bench --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --quiet -o requirements-dev.lock

clean: ## remove what was set up and measured (not the instance)
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*
