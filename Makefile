# Every target prepares what it needs; `make demo` and `make test` are the two a newcomer runs.
export PYTHON ?= python3
BIN := .venv/bin
KAFKA := .venv/kafka
SPARK := .venv/spark
CLIENT := .venv/client
LITELLM := .venv/litellm
PACKAGES := features models streaming detector
DATA ?=
JOBS ?= auto
ARGS ?=

.DEFAULT_GOAL := test
.PHONY: demo test soak lint style types layers sizes bench model report parts kernels clean

# ARGS goes to pytest: make test ARGS='tests/features -x'. Tests of a file share what they start, so files are
# what is dealt out; JOBS=0 runs them one after the other.
test: .venv/ready parts kernels
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile $(ARGS)

# Not in CI: half an hour of everything that can go wrong. SOAK_MINUTES and SOAK_SEED change how long and what.
soak: parts kernels
	$(BIN)/python -m tests.soak.run

# Five targets, so that `make -k lint` shows everything at once.
lint: style types layers sizes secrets

style: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready
	$(BIN)/mypy
	$(BIN)/mypy --config-file client/pyproject.toml client/src

layers: .venv/ready
	$(BIN)/lint-imports

sizes: .venv/ready
	$(BIN)/python tools/file_sizes.py

# ARGS goes to the command: make demo ARGS='--speed 10000'
demo: .venv/ready kernels
	$(BIN)/stillwatch demo $(ARGS)

bench: .venv/ready kernels .venv/quixstreams/ready
	$(BIN)/python benchmarks/run.py

model: .venv/ready kernels
	@test -n "$(DATA)" || { echo "make model needs DATA=<folder of corpora and practice worlds>" >&2; exit 2; }
	$(BIN)/python -m models.text.train --data "$(DATA)"
	$(BIN)/python -m detector.build --data "$(DATA)"

# Graded: practice/dev and a simulated world that taught nothing; the experiments learn from the others.
report: .venv/ready kernels
	@test -n "$(DATA)" || { echo "make report needs DATA=<folder of corpora and practice worlds>" >&2; exit 2; }
	$(BIN)/python -m detector.training --data "$(DATA)" --out out/worlds --only simulated-901
	$(BIN)/stillwatch evaluate "$(DATA)/practice/dev" out/worlds/simulated-901 \
		--train "$(DATA)/practice/train" --full --out out/evaluation --write-docs docs/detection.md
	$(BIN)/python -m tools.detection out/evaluation/evaluation.json

# Numba's cache notices a change in a kernel's own file, but not in one that it calls: forget compiled
# kernels once any source is newer than the oldest of them.
kernels:
	@oldest=$$(find $(PACKAGES) -name '*.nbi' -printf '%T@ %p\n' | sort -n | head -n 1 | cut -d' ' -f2-); \
	if [ -n "$$oldest" ] && [ -n "$$(find $(PACKAGES) -name '*.py' -newer "$$oldest" -print -quit)" ]; then \
		find $(PACKAGES) -name '*.nb[ic]' -delete; \
	fi

# What the tests run for real: PostgreSQL, nginx, Caddy, Chromium, systemd's checker, an Apache Kafka broker, and Apache
# Spark with its connector to Kafka, so Java and, to fetch the jars of both, Maven.
parts: .venv/ready $(KAFKA)/ready $(SPARK)/ready $(CLIENT)/ready $(LITELLM)/ready
	@tools/system.sh java postgres nginx caddy chromium systemd

$(KAFKA)/ready $(SPARK)/ready: .venv/%/ready: tools/%/pom.xml tools/maven/fetch.sh
	@tools/system.sh java maven
	@tools/maven/fetch.sh $< $(@D)

# What a gateway has without us, to try the built client in; and a real gateway, whose versions are not ours.
$(CLIENT)/ready: client/requirements.lock | .venv/ready
$(LITELLM)/ready: client/litellm.lock | .venv/ready
$(CLIENT)/ready $(LITELLM)/ready:
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

.venv/ready: requirements.lock pyproject.toml client/pyproject.toml
	@tools/system.sh venv
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . -e ./client
	touch $@

# Wheels and source distributions of what is committed; tools/release.sh makes a signed release of them.
.PHONY: dist sbom
dist: .venv/ready
	$(BIN)/python -m tools.release_build --out dist

# Not in CI, which has no container engine: the image, tried as compose.yaml runs it. ARGS='--engine podman'.
.PHONY: image
image: .venv/ready
	$(BIN)/python -m tools.image $(ARGS)

# What ships with it: the bill of materials (CycloneDX) and the licences, which fails on one that may not ship.
sbom: .venv/ready
	@mkdir -p dist
	$(BIN)/python -m tools.sbom --time "$$(git log -1 --format=%ct)" --out dist/stillwatch.cdx.json
	$(BIN)/python -m tools.licences --out dist/licences.md

# Not in CI, which replays what is kept: decoders under atheris, so many minutes each. FUZZ=name for one of them.
.PHONY: fuzz audit secrets
FUZZ_MINUTES ?= 1
FUZZ ?=
fuzz: .venv/ready
	$(BIN)/python -m tests.fuzz.run --minutes $(FUZZ_MINUTES) $(FUZZ)

# Fails where the advisory services cannot be reached, unless AUDIT=when-reachable: then the log says so.
AUDIT ?= required
audit: .venv/ready
	$(BIN)/python -m tools.audit $(if $(filter when-reachable,$(AUDIT)),--when-reachable)

secrets: .venv/ready
	$(BIN)/python -m tools.audit_secrets --history

# The documentation as a site in out/site; a link that leads nowhere, or anything from elsewhere, fails it.
.PHONY: site
site: .venv/ready
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

clean:
	rm -rf .venv build dist out *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A peer of the stream benchmark, which needs another confluent-kafka than ours.
.venv/quixstreams/ready: .venv/ready
	$(PYTHON) -m venv .venv/quixstreams
	.venv/quixstreams/bin/python -m pip install --quiet --disable-pip-version-check quixstreams==3.28.1
	touch $@
