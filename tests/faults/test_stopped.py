"""A client stands still in the middle of an action and goes on later: nothing waits for it long, nothing is doubled."""

import time
from contextlib import closing
from uuid import uuid4

import pytest

from app.db.database import Database
from app.domain.errors import UserError
from tests.faults.conftest import Cabled
from tests.faults.test_every_step import When, ask_again, is_step
from tests.kit.history_check import broken
from tests.kit.proxy import Message
from tests.kit.stopped_client import stopped_client
from tests.kit.whole_office import backends

CALLS = ("claim", "finish")
"""Actions that are one statement, and so no transaction of more."""
OVER_ONE_ROW = ("book", "move", "hand_over", "score")
"""Actions on a row as somebody saw it: of two who saw the same, one is refused."""


def in_transaction() -> When:
    """Steps from the transaction's beginning on: what a new connection asks before is nobody's work."""
    begun: list[Message] = []

    def counts(message: Message) -> bool:
        if message.says(b"pg_advisory_xact_lock"):
            begun.append(message)
        return bool(begun) and is_step(message)

    return counts


def steps_in_transaction(cabled: Cabled, name: str) -> int:
    """How many times a client waits in this action's transaction."""
    action, counts = cabled.floor.make(name), in_transaction()
    with closing(Database(cabled.proxy.url)) as database, cabled.proxy.counted() as seen:
        asked = backends(database, cabled.names)[action.user].once(str(uuid4()))
        asked.execute(action.service, *action.arguments, **action.named)
    return sum(map(counts, seen.messages))


def stand_still(cabled: Cabled, name: str, step: int, *, is_another: bool, patience: str = "300ms") -> float:
    """One action whose client stands still there; meanwhile it is asked for again by its key, or by somebody else.

    Gives the seconds that one had to wait.
    """
    action, key = cabled.floor.make(name), str(uuid4())
    before = cabled.floor.counted(action)
    counts = is_step if name in CALLS else in_transaction()
    with stopped_client(cabled.proxy, cabled.names, action, key, step, counts, patience) as client:
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
    # After its first words, at its key, and with all but the commit done; every step between is the soak's.
    step = 1 if is_another else steps_in_transaction(cabled, "hand_over") - 1
    stand_still(cabled, "hand_over", step, is_another=is_another)
    assert broken(cabled.final()) == []
