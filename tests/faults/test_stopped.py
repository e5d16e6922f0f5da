"""A client stands still in the middle of an action and goes on later: nothing waits for it long, nothing is doubled."""

import time
from uuid import uuid4

import pytest

from app.domain.errors import UserError
from tests.faults.conftest import Cabled
from tests.faults.test_every_step import ask_again, is_step
from tests.kit.history_check import broken
from tests.kit.stopped_client import stopped_client

OVER_ONE_ROW = ("book", "move", "hand_over", "score")
"""Actions on a row as somebody saw it: of two who saw the same, one is refused."""


def stand_still(cabled: Cabled, name: str, step: int, *, is_another: bool, patience: str = "300ms") -> float:
    """One action whose client stands still there; meanwhile it is asked for again by its key, or by somebody else.

    Gives the seconds that one had to wait.
    """
    action, key = cabled.floor.make(name), str(uuid4())
    before = cabled.floor.counted(action)
    with stopped_client(cabled.proxy, cabled.names, action, key, step, is_step, patience) as client:
        started, refused = time.monotonic(), ""
        try:
            ask_again(cabled, action, str(uuid4()) if is_another else key)
        except UserError as refusal:
            refused = type(refusal).__name__
        took = time.monotonic() - started
        told = client.goes_on()
    if is_another:
        assert (refused == "") != (told == "done"), f"{name}, step {step}: {refused or 'done'} and {told}"
    else:
        assert (refused, told) == ("", "done"), f"{name}, step {step}"
    after = cabled.floor.counted(action)
    assert {each: after[each] - before[each] for each in after} == dict(action.grow), f"{name}, step {step}"
    return took


@pytest.mark.row("R-X1", "U64", "F5")
@pytest.mark.parametrize("is_another", [False, True], ids=["asked again", "somebody else"])
def test_a_client_that_stood_still_neither_overwrites_nor_doubles(cabled: Cabled, *, is_another: bool) -> None:
    # At its second question, with the task locked; the time a lock is kept for it is the soak's to measure.
    stand_still(cabled, "hand_over", 2, is_another=is_another)
    assert broken(cabled.final()) == []
