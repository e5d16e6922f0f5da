"""Clients that stand still at every step of every action, in the long form."""

import sys

import pytest

from tests.faults.conftest import Cabled
from tests.faults.test_every_step import steps_of
from tests.faults.test_stopped import CALLS, OVER_ONE_ROW, stand_still, steps_in_transaction
from tests.kit.fault_actions import ACTIONS
from tests.kit.history_check import broken

PATIENCE = 20.0
"""Seconds: what a session may stand idle in a transaction, and some."""

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]


@pytest.mark.row("R-X1", "U64")
@pytest.mark.parametrize("name", ACTIONS)
def test_a_client_that_stands_still_at_any_step_neither_overwrites_nor_doubles(
    cabled: Cabled, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    steps, worst = steps_of(cabled, name) if name in CALLS else steps_in_transaction(cabled, name), 0.0
    for step in range(1, steps + 1):
        for is_another in (False, True) if name in OVER_ONE_ROW else (False,):
            worst = max(worst, stand_still(cabled, name, step, is_another=is_another))
    assert broken(cabled.final()) == []
    with capsys.disabled():
        sys.stdout.write(
            f"\n{name}: stood still at {steps} steps; by 0.3 s of patience the next waited {worst:.1f} s\n"
        )


@pytest.mark.row("R-X1", "U64")
def test_the_locks_of_a_client_that_stands_still_are_free_in_time(
    cabled: Cabled, capsys: pytest.CaptureFixture[str]
) -> None:
    # As many seconds as the program's own sessions have.
    took = max(stand_still(cabled, "hand_over", step, is_another=True, patience="15s") for step in (1, 2, 3))
    with capsys.disabled():
        sys.stdout.write(f"\na client that stands still keeps its locks for {took:.1f} s\n")
    assert took < PATIENCE
