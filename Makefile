# `make demo` and `make test` need Python 3.11 or newer, make, and the package registries: nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test unit chaos model fuzz lint format lock readers bench clean

demo: $(READY)  ## the whole path on the embedded stack, with a consumer killed in mid-ledger
	$(BIN)/ledgerstream demo

test: $(READY)  ## every test, in three processes, each with servers of its own: they wait more than they work
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder

unit: $(READY)  ## the tests that need no server
	$(BIN)/python -m pytest tests/unit

MINUTES ?= 2

chaos: $(READY)  ## the whole system under faults for MINUTES, by SEED (a random one is printed), and the proof: docs/chaos.md
	$(BIN)/python -m tests.chaos --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

lint: $(READY)  ## formatter, linter, strict types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY)  ## what a ledger costs; latency and throughput; simulated and (with LEDGERSTREAM_LEDGERS) real ledgers
	$(BIN)/python -m benchmarks.decoding
	$(BIN)/python -m benchmarks.pipeline
	$(BIN)/python -m benchmarks.backfill

EXAMPLES ?= 60
STEPS ?= 15
model: $(READY)  ## the model beside the system, for longer than `make test` does: EXAMPLES=… STEPS=… SEED=…
	$(BIN)/python -m tests.model --examples $(EXAMPLES) --steps $(STEPS) $(if $(SEED),--seed $(SEED))

TARGET ?= rows
SECONDS ?= 60

fuzz: $(READY)  ## bytes that nobody wrote: TARGET is record, payload, readers, rows or lake, for SECONDS
	$(BIN)/uv pip install --quiet atheris
	$(BIN)/python -m tests.fuzz $(TARGET) .fuzz/$(TARGET) $(SECONDS)

readers: $(READY)  ## the readers of XDR, from the stellar-sdk that is installed
	$(BIN)/python -m schemas.xdr

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-annotate --no-header

lock:  ## resolve the dependencies anew, with hashes, for every platform; of them, what runs and what builds the image
	$(COMPILE) --extra local --group dev pyproject.toml --output-file requirements.lock
	$(COMPILE) --constraint requirements.lock pyproject.toml --output-file deploy/requirements.txt
	$(COMPILE) --constraint requirements.lock --group build --output-file deploy/build-requirements.txt

clean:
	rm -rf $(VENV) dist build

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("ledgerstream needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)
