.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
UV := $(VENV)/bin/uv
REQS := infra/requirements

.PHONY: help
help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

ifeq ($(OS),Windows_NT)
$(error Plain Windows cannot run this; install WSL2 and run it there)
endif

$(UV): $(VENV)/.cli

$(VENV)/.cli: $(REQS)/bootstrap.txt $(REQS)/cli.txt pyproject.toml
	@PYTHON="$(PYTHON)" infra/environment.sh cli

$(VENV)/.dev: $(REQS)/bootstrap.txt $(REQS)/cli.txt $(REQS)/dev.txt $(REQS)/dev-nodeps.txt pyproject.toml
	@PYTHON="$(PYTHON)" infra/environment.sh dev

.PHONY: dev lock
dev: $(VENV)/.dev ## make .venv with everything the tests need

.PHONY: build-aws
ARCH ?= x86_64
build-aws: $(VENV)/.cli ## build functions and layers for AWS (ARCH=x86_64 or arm64)
	@$(VENV)/bin/python -m aam_local.build_aws --architecture $(ARCH)

lock: $(UV) ## compile every lock of dependencies anew
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(VENV)/bin/python infra/requirements/lock.py $(UPGRADE)

.PHONY: demo test test-live check bench openapi
demo: $(VENV)/.cli ## a real recording to checked minutes (FILE=x or TRANSCRIPT=y for your own, LANGUAGE=uk)
	@$(VENV)/bin/aam demo $(if $(FILE),--file "$$FILE") $(if $(TRANSCRIPT),--transcript "$$TRANSCRIPT") $(if $(filter command,$(firstword $(origin LANGUAGE))),--language "$$LANGUAGE")

test: $(VENV)/.dev ## every test, the embedded stack included, in two processes (ARGS=… for pytest, in one)
	@ls .aam/models/*/model.bin >/dev/null 2>&1 || $(VENV)/bin/aam engines add whisper \
		|| echo "Going on without Whisper: its tests are skipped."
	@$(VENV)/bin/python -m pytest $(or $(ARGS),-n 2)

test-live: $(VENV)/.dev ## a few tiny calls of the real Deepgram and OpenAI with your keys; says what they cost
	@AAM_LIVE=1 $(VENV)/bin/python -m pytest -q -s tests/contract/live

check: $(VENV)/.dev ## format, lint, types, import rules, template and state machine, OpenAPI drift
	@$(VENV)/bin/ruff format --check -q . || { echo "Run 'make format'."; exit 1; }
	@$(VENV)/bin/ruff check -q .
	@$(VENV)/bin/mypy
	@MYPYPATH=. $(VENV)/bin/mypy $(filter-out functions/api/app.py,$(wildcard functions/*/app.py))
	@MYPYPATH=functions/api $(VENV)/bin/mypy functions/api
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/cfn-lint template.yaml
	@$(VENV)/bin/python -m pytest -q -m "not built" tests/infra tests/unit/api/test_openapi.py

bench: $(VENV)/.dev ## measure what has a limit: one line a figure, exit 1 on a MISS (ONLY=name for one)
	@$(VENV)/bin/python -m tests.benchmarks $(ONLY)

.PHONY: fresh
fresh: ## the demo on a machine that has never seen it, as root and as an ordinary user (RUN=test, ONLY=newcomer)
	@$(PYTHON) -P infra/fresh.py $(or $(RUN),demo) $(if $(ONLY),--only "$(ONLY)") $(if $(ARGS),--args="$(ARGS)")

.PHONY: format
format: $(VENV)/.dev ## format the code
	@$(VENV)/bin/ruff format -q .
	@$(VENV)/bin/ruff check -q --fix .

openapi: $(VENV)/.dev ## write docs/openapi.json anew
	@$(VENV)/bin/python functions/api/openapi.py > docs/openapi.json

.PHONY: policy
policy: $(VENV)/.dev ## write what comes of infra/retention.yaml anew
	@PYTHONPATH=layers/core $(VENV)/bin/python -P infra/docs/policy.py

.PHONY: docs
docs: $(VENV)/.dev ## write the pages that are made from the code anew
	@$(VENV)/bin/python -m aam.artifacts.reference > docs/sections.md
	@$(VENV)/bin/python -P infra/docs/error_page.py > docs/errors.md
