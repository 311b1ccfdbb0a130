# Two commands on a fresh machine: `make brief` and `make test`. Both set up all they need.
PYTHON ?= python3
UV_VERSION := 0.13.9
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := $(UV) run --frozen --no-sync
CASE ?= belarus-2020
MINUTES ?= 30
KILLS ?= 200
# Where the tests find data that may not be committed; they skip, saying so, where it is absent.
# Compiled at installation, so that the first brief is as fast as the second.
export UV_COMPILE_BYTECODE := 1
export HALFWAY_SHARED ?= $(abspath ../shared)

.PHONY: brief test lint types layers unit ratios bench docs format lock clean fuzz faults sheets browser cluster

brief: .venv/ready
	@$(RUN) python -m compileall -q src
	$(RUN) halfway brief $(CASE) -o out/$(CASE).html

test: lint types layers unit

lint: .venv/ready-dev
	$(RUN) ruff check .
	$(RUN) ruff format --check .

types: .venv/ready-dev
	$(RUN) mypy

layers: .venv/ready-dev
	$(RUN) lint-imports

unit: .venv/ready-dev
	$(RUN) pytest -n 2 --dist worksteal

ratios: .venv/ready
	$(RUN) python -m benchmarks.ratios

# Torn inputs by the hundred thousand; what fails is kept in out/fuzz/faults with its smallest input.
fuzz: .venv/ready-dev
	$(RUN) python -m tests.hostile.campaign --minutes $(MINUTES)

# Role sheets: every case of the catalogue with every role, where the suite tries one role a case.
sheets: .venv/ready-dev
	$(RUN) python -m tests.sheets.catalogue

# The web app in a real browser; the tests skip, saying so, where there is no Chromium.
browser: .venv/ready-dev
	$(UV) sync --frozen --quiet --inexact --group browser --python $(PYTHON)
	$(RUN) pytest -q tests/browser

# Every verb that writes, killed at random moments.
faults: .venv/ready-dev
	$(RUN) python -m tests.hostile.kills --times $(KILLS)

# One digest for a serial run, a Dask cluster and three shards killed six times, over 216 chunks.
cluster: .venv/ready-dev
	HALFWAY_CHUNKS=216 $(RUN) pytest -q tests/explore/test_cluster.py

bench: .venv/ready-bench
	$(RUN) python -m benchmarks.ratios
	$(RUN) pytest -q -m peer
	$(RUN) python -m benchmarks

docs: .venv/ready-docs
	$(RUN) python docs/generate.py
	$(RUN) python docs/audit_pages.py
	$(RUN) python docs/problem_codes.py
	$(RUN) python docs/python_api.py
	$(RUN) python docs/base_rates.py
	$(RUN) mkdocs build --strict

format: .venv/ready-dev
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

lock: | $(UV)
	$(UV) lock

clean:
	rm -rf .venv .tools out site

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/ready: pyproject.toml uv.lock | $(UV)
	$(UV) sync --frozen --quiet --no-default-groups --inexact --python $(PYTHON)
	@touch $@

.venv/ready-dev: pyproject.toml uv.lock | $(UV)
	$(UV) sync --frozen --quiet --inexact --python $(PYTHON)
	@touch $@

.venv/ready-docs: pyproject.toml uv.lock | $(UV)
	$(UV) sync --frozen --quiet --inexact --group docs --python $(PYTHON)
	@touch $@

.venv/ready-bench: pyproject.toml uv.lock | $(UV)
	$(UV) sync --frozen --quiet --inexact --group bench --python $(PYTHON)
	@touch $@
