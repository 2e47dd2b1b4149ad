# Each target makes what it needs: an environment in .venv, and on a Linux machine without a
# display also a virtual one. Variables to set on the command line:
#   PYTHON       the Python (3.11 or newer) that .venv is made with
#   PIP_ARGS     more arguments for pip install (constraints.txt has an example)
#   PYTEST_ARGS  arguments for pytest: make test PYTEST_ARGS="-k tiles -x"
#   WORKERS      how many tests run at a time; by default one for each CPU
# and in the environment, for test and parity:
#   GREYFILL_GOLDEN  a folder with all arrays of the reference implementations, not only the tests'

PYTHON ?= python3
PIP_ARGS ?=
PYTEST_ARGS ?=
WORKERS ?= logical

VENV := .venv
BIN := $(VENV)/bin
WITH_DISPLAY := scripts/with_display.sh

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help venv demo test lint typecheck bench parity docs clean system-libraries

help: ## show this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /|/' | \
	while IFS='|' read -r target text; do printf '  make %-10s %s\n' "$$target" "$$text"; done

venv: $(VENV)/.installed-dev ## make .venv with everything for development

demo: system-libraries $(VENV)/.installed-qt ## run the demo and write its results to demo_output/
	$(WITH_DISPLAY) $(BIN)/napari-greyfill demo --output demo_output

test: system-libraries $(VENV)/.installed-test ## run the tests
	OMP_NUM_THREADS=1 $(WITH_DISPLAY) $(BIN)/python -m pytest -n $(WORKERS) $(PYTEST_ARGS)

lint: system-libraries typecheck ## check style, format, types, imports and the napari manifest
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo
	QT_QPA_PLATFORM=offscreen NAPARI_CONFIG= $(BIN)/npe2 validate napari-greyfill --imports

typecheck: $(VENV)/.installed-lint ## check types only
	$(BIN)/mypy src

bench: system-libraries $(VENV)/.installed-bench ## run the benchmarks
	$(WITH_DISPLAY) $(BIN)/python -m benchmarks

parity: $(VENV)/.installed-test ## compare with the reference implementations, write docs/parity.md
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.parity

docs: system-libraries $(VENV)/.installed-docs ## build the documentation in docs/_build/html, and check its links
	OMP_NUM_THREADS=1 QT_QPA_PLATFORM=offscreen NAPARI_CONFIG= \
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html
	$(BIN)/python scripts/check_site.py docs/_build/html

clean: ## delete all that was built, but not .venv
	rm -rf build dist src/*.egg-info docs/_build demo_output .coverage htmlcov
	rm -rf docs/auto_examples docs/docks docs/generated docs/reference
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path "./$(VENV)/*" -prune -exec rm -rf {} +

system-libraries:
	@scripts/system_libraries.sh

# The environment. An empty file .venv/.installed-GROUP says that the package and the
# dependency group GROUP of pyproject.toml are installed as these files now ask for them.

$(VENV)/.installed-%: pyproject.toml constraints.txt | $(VENV)/.created
	$(BIN)/python -m pip install $(PIP_ARGS) -c constraints.txt -e . --group $*
	touch $@

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: set PYTHON, as in make PYTHON=python3.12 test")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --upgrade "pip>=25.1"
	touch $@
