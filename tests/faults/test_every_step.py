"""The line breaks, or the client dies, at every step of every action: asked again by its key it is done once."""

from collections.abc import Callable
from contextlib import closing
from uuid import uuid4

import pytest

import app.backend
from app.db.database import Database
from app.domain.errors import DatabaseUnavailable
from tests.faults.conftest import Cabled
from tests.kit.fault_actions import ACTIONS, Action
from tests.kit.history_check import broken
from tests.kit.proxy import Message, Side
from tests.kit.standby import until
from tests.kit.whole_office import backends

When = Callable[[Message], bool]


def is_step(message: Message) -> bool:
    """What makes the server act: a question of its own, or the end of one that was put in parts."""
    return message.side is Side.FRONT and message.kind in "QS"


def is_answer(message: Message) -> bool:
    """The end of an answer."""
    return message.side is Side.BACK and message.kind == "Z"


def steps_of(cabled: Cabled, name: str) -> int:
    """How many times a client waits in this action, once connected."""
    action = cabled.floor.make(name)
    with closing(Database(cabled.proxy.url)) as database, cabled.proxy.counted() as seen:
        backends(database, cabled.names)[action.user].execute(action.service, *action.arguments, **action.named)
    return sum(is_step(message) for message in seen.messages if not message.is_starting)


def cut_at(cabled: Cabled, name: str, step: int, side: Side, when: When, *, dies: bool) -> None:
    """One action over a line that breaks there; the client asks again itself, or dies and another one asks."""
    action, key = cabled.floor.make(name), str(uuid4())
    before = cabled.floor.counted(action)
    trap = cabled.proxy.cut(at=step, side=side, when=lambda message: not message.is_starting and when(message))
    with closing(Database(cabled.proxy.url)) as database:
        mine = backends(database, cabled.names)[action.user]
        answer = None
        try:
            answer = mine.once(key).execute(action.service, *action.arguments, **action.named)
        except DatabaseUnavailable:
            assert dies, f"{name}, step {step}: the line is whole again, and the client has given up"
    assert trap.sprung.wait(10), f"{name} has no step {step}"
    again = ask_again(cabled, action, key)
    assert answer in (None, again), f"{name}, step {step}: another answer"
    after = cabled.floor.counted(action)
    assert {each: after[each] - before[each] for each in after} == dict(action.grow), f"{name}, step {step}"


def ask_again(cabled: Cabled, action: Action, key: str) -> object:
    """What the next client is told under the same key."""
    return cabled.hands[action.user].once(key).execute(action.service, *action.arguments, **action.named)


@pytest.mark.row("R-X1", "U64", "F5")
@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_whose_line_breaks_at_any_step_is_done_once(
    cabled: Cabled, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in range(1, steps_of(cabled, name) + 1):
        # Before and after the server has heard it, clients that die and clients that ask again themselves, take turns;
        # the long form lets each break everywhere.
        dies = step % 4 > 1
        with monkeypatch.context() as patch:
            if dies:
                patch.setattr(app.backend, "ATTEMPTS", 1)
            side, when = ((Side.FRONT, is_step), (Side.BACK, is_answer))[step % 2]
            cut_at(cabled, name, step, side, when, dies=dies)
    until(lambda: not cabled.stuck(), "no session of a dead client keeps a lock")
    assert broken(cabled.final()) == []
