# Bestill. `make` alone tells what there is.
PYTHON ?= $(firstword $(foreach version,3.13 3.12 3.11 3.14,$(if $(shell python$(version) -c 'import venv' 2>/dev/null && echo yes),python$(version))) python3)
VENV := .venv
BIN := $(VENV)/bin
# Containers are often told to keep no compiled Python, and then the tests compile theirs anew in every process.
unexport PYTHONDONTWRITEBYTECODE
TRANSLATIONS := $(patsubst %.po,%.mo,$(wildcard booking/translations/*/LC_MESSAGES/messages.po))

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | awk -F'|' '{printf "  make %-14s %s\n", $$1, $$2}'

run: $(VENV)/installed $(TRANSLATIONS) ## start everything: database, demo centre, web server, worker
	@exec $(BIN)/python -m booking.serve

install: $(VENV)/installed $(TRANSLATIONS) ## what a server needs, and nothing for tests

test: $(VENV)/installed-dev $(TRANSLATIONS) ## every check and every test
	@$(MAKE) --no-print-directory -j2 check browser
	$(BIN)/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder
	$(BIN)/python -m tests.support.days

# What decides: pure functions, the heart, one database. No browser, no server, no network, no long past.
FAST := $(addprefix tests/,architecture kernel centre capacity/test_places.py capacity/test_heads.py bookings agreements \
	programmes releases door outbox importing running/test_check.py mail/test_letter_kinds.py reports/test_log_words.py \
	test_settings.py test_kept_texts.py test_translations.py)

test-fast: $(VENV)/installed-dev $(TRANSLATIONS) ## a choice of the tests that answers in a minute, on SQLite
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(FAST) -k "not postgresql"

test-days: $(VENV)/installed-dev $(TRANSLATIONS) ## what depends on the date, on odd days (DEMO_CLOCK=2026-12-24 make test: all on one)
	$(BIN)/python -m tests.support.days

check: types rules ## ruff, types, the dependency rule, templates

types: $(VENV)/installed-dev
	$(BIN)/mypy

rules: $(VENV)/installed-dev $(TRANSLATIONS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	@$(BIN)/python -m tests.support.advisories

audit: $(VENV)/installed-dev ## ask osv.dev about every locked package, and fail when there is something to do
	$(BIN)/python -m tests.support.advisories --strict

sbom: $(VENV)/installed-dev ## sbom.json: what the product is made of (CycloneDX 1.6)
	$(BIN)/python -m tests.support.sbom > sbom.json

bench: $(VENV)/installed-dev $(TRANSLATIONS) ## measure, and print the table of budgets
	$(BIN)/python -m benchmarks

chaos: $(VENV)/installed-dev $(TRANSLATIONS) ## random work while all is killed, frozen and cut off: CHAOS="--operations 100000 --kills 50"
	$(BIN)/python -m tests.chaos $(CHAOS)

drill: $(VENV)/installed-dev $(TRANSLATIONS) ## what fails and how long until a ticket is sold again, beside its bound: DRILL="primary copy"
	$(BIN)/python -m tests.drill $(DRILL)

mutants: $(VENV)/installed-dev $(TRANSLATIONS) ## put deliberate faults in, one at a time, and see the tests fail: MUTANTS="money door"
	$(BIN)/python -m tests.mutants $(MUTANTS)

vipps-double: $(VENV)/installed-dev ## a stand-in for Vipps, beside it the settings for the server
	@echo "VIPPS_CLIENT_ID=client-x VIPPS_CLIENT_SECRET=client-secret-x VIPPS_SUBSCRIPTION_KEY=subscription-x VIPPS_MERCHANT_SERIAL_NUMBER=123456 VIPPS_WEBHOOK_SECRET=whsec-x VIPPS_API_BASE=http://localhost:12112 VIPPS_PAY_PAGES=http://localhost:12112 make run"
	$(BIN)/python -m tests.vipps_double --port 12112 --webhook-secret whsec-x

stripe-double: $(VENV)/installed-dev ## a stand-in for Stripe, to click through the real payment flow
	$(BIN)/python -m tests.stripe_double --port 12111

lock: ## resolve requirements.in and requirements-dev.in anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" requirements.in -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -c requirements.txt requirements-dev.in -o requirements-dev.txt

translations: $(VENV)/installed-dev ## take new texts into the catalogues
	$(BIN)/pybabel -q extract -F booking/translations/babel.cfg -k lazy_gettext -k lazy_pgettext:1c,2 --no-location --sort-output --omit-header -o .build-messages.pot .
	for lang in nb nn lv; do $(BIN)/pybabel -q update -N --no-wrap --ignore-obsolete -l $$lang -d booking/translations -i .build-messages.pot || exit 1; done
	rm -f .build-messages.pot

clean: ## take away what was built; the instance folder stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

%.mo: %.po | $(VENV)/installed
	@$(BIN)/pybabel -q compile -i $< -o $@

browser: $(VENV)/installed-dev
	@$(BIN)/python -m tests.support.chromium

.PHONY: help run install test test-fast test-days check types rules audit sbom bench chaos drill mutants stripe-double vipps-double lock \
	translations clean browser
.DEFAULT_GOAL := help
