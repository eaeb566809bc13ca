# Every target prepares what it needs; `make demo` and `make test` are the two a newcomer runs.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint bench model docs parts clean

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@
