# Every target prepares what it needs; `make demo` and `make test` are the two a newcomer runs.
export PYTHON ?= python3
BIN := .venv/bin
KAFKA := .venv/kafka
DATA ?=
ARGS ?=

.DEFAULT_GOAL := test
.PHONY: demo test lint style types layers sizes bench model parts clean

# ARGS goes to pytest: make test ARGS='tests/features -x'
test: .venv/ready parts
	$(BIN)/python -m pytest $(ARGS)

# Four targets, so that `make -k lint` shows everything at once.
lint: style types layers sizes

style: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready
	$(BIN)/mypy

layers: .venv/ready
	$(BIN)/lint-imports

sizes: .venv/ready
	$(BIN)/python tools/file_sizes.py

demo: .venv/ready
	$(BIN)/stillwatch demo

bench: .venv/ready
	$(BIN)/python benchmarks/run.py

model: .venv/ready
	@test -n "$(DATA)" || { echo "make model needs DATA=<folder of corpora and practice worlds>" >&2; exit 2; }
	$(BIN)/python -m models.build --data "$(DATA)"

# What the tests run for real: an Apache Kafka broker, so Java and, to fetch its jars, Maven.
parts: .venv/ready $(KAFKA)/ready
	@tools/system.sh java

$(KAFKA)/ready: tools/kafka/pom.xml tools/kafka/fetch.sh
	@tools/system.sh java maven
	@tools/kafka/fetch.sh $(KAFKA)

.venv/ready: requirements.lock pyproject.toml
	@tools/system.sh venv
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

clean:
	rm -rf .venv build dist out *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
