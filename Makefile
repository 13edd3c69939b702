# Needs Python 3.11 or later and make. Every target sets up its own virtual environment first.
PYTHON ?= python3
VENV ?= .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

.PHONY: lab test build lint clean

lab: $(VENV)/.ready   ## open the lessons in JupyterLab
	$(BIN)/python -m gpt2_ref lab $(LAB_OPTIONS)

test: $(VENV)/.ready lint   ## everything that CI runs
	$(BIN)/python -m gpt2_ref build --check
	$(BIN)/python -m pytest

build: $(VENV)/.ready   ## make the notebooks from solutions/*.py
	$(BIN)/python -m gpt2_ref build

lint: $(VENV)/.ready
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .

# One file stands for the installed environment: made again when the requirements change.
$(VENV)/.ready: requirements.txt pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or later is needed, this is ' + sys.version)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt
	$(BIN)/python -c "open('$(VENV)/.ready', 'w').close()"

clean:   ## remove the environment; work/ is never touched
	$(PYTHON) -c "import shutil; shutil.rmtree('$(VENV)', ignore_errors=True)"
