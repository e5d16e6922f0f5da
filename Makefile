# Every command does its own set-up first; the second time that is quick.
BIN := .venv/bin
WORKERS ?= 2
ONLY ?=
LANGUAGES := he it

.PHONY: run test setup lint rows bench soak golden messages

run: setup
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then exec $(BIN)/callboard; fi; \
	echo "There is no display here, so the tour is performed on an off-screen window."; \
	$(BIN)/callboard tour --out build/tour && \
	echo "Its pictures and its transcript (tour.json) are in build/tour. With a display, make run opens the window."

test: lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

setup:
	@packaging/debian/setup

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

rows: setup
	@$(BIN)/python -m tests.kit.rows

bench: setup
	$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY))

soak: setup
	CALLBOARD_TEST_LOGINS=1 $(BIN)/python -m pytest -n $(WORKERS) -k "postgresql or server" tests/unit tests/scenarios
	$(BIN)/python -m pytest -m soak --timeout 3600

# Who may do what on the server, written down anew; the commit's difference is what a reviewer reads.
golden: setup
	$(BIN)/python -m pytest tests/security -k "looked_over or breaks_it" -n 0 --write-golden

messages: setup
	@mkdir -p build
	$(BIN)/pybabel -q extract --no-default-keywords -k _ -k _n:1,2 -k N_ -k message -k counted:1,2 -k plural:2,3 \
		--add-location=file --sort-output --no-wrap --project Callboard --omit-header -o build/callboard.pot app ui
	@for language in $(LANGUAGES); do \
		po=resources/i18n/$$language.po; \
		if [ -e $$po ]; then $(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --no-wrap \
			--ignore-pot-creation-date -l $$language -i build/callboard.pot -o $$po; \
		else $(BIN)/pybabel -q init --no-wrap -l $$language -i build/callboard.pot -o $$po; fi; \
	done
