"""Stretches of an agent's day: one open at a time, ended by the next, or by the last sign of a desk that died."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.backend import Backend
from app.domain.errors import Refused
from app.models.dialer import DeskSign, DeskSpan, PauseReason
from app.services.dialer import spans
from tests.kit.factory import add_user

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def agent(database, clock) -> Backend:
    with database.transaction() as session:
        user = add_user(session, "Dana", "agent").id
    return Backend(database, actor=user, clock=clock)


def kept(database) -> list[tuple[str, datetime, datetime | None]]:
    with database.reading() as session:
        return [
            (span.state, span.started_at, span.ended_at)
            for span in session.scalars(select(DeskSpan).order_by(DeskSpan.id))
        ]


def test_one_stretch_ends_where_the_next_begins(database, agent, clock):
    with database.transaction() as session:
        reason = session.scalars(select(PauseReason.id)).first()
    waiting = agent.execute(spans.enter, "waiting")
    clock.move(10)
    assert agent.execute(spans.enter, "waiting") == waiting
    clock.move(10)
    assert agent.execute(spans.enter, "paused", pause_reason_id=reason) > waiting
    clock.move(30)
    agent.execute(spans.leave)
    agent.execute(spans.leave)
    middle, end = START + timedelta(seconds=20), START + timedelta(seconds=50)
    assert kept(database) == [("waiting", START, middle), ("paused", middle, end)]


def test_a_desk_that_died_ends_with_its_last_sign(database, agent, clock):
    agent.execute(spans.enter, "talking")
    clock.move(30)
    agent.execute(spans.sign)
    clock.move(3600)
    agent.execute(spans.enter, "talking")
    again = START + timedelta(seconds=3630)
    assert kept(database) == [("talking", START, START + timedelta(seconds=30)), ("talking", again, None)]
    with database.reading() as session:
        assert session.scalars(select(DeskSign.seen_at)).all() == [again]


def test_a_clock_that_is_put_back_makes_no_stretch_end_before_it_began(database, agent, clock):
    agent.execute(spans.enter, "waiting")
    clock.move(-30)
    agent.execute(spans.enter, "talking")
    assert kept(database) == [("waiting", START, START), ("talking", START - timedelta(seconds=30), None)]


def test_who_does_not_dial_has_no_desk(database, clock):
    with database.transaction() as session:
        technician = add_user(session, "Avi", "technician").id
    with pytest.raises(Refused):
        Backend(database, actor=technician, clock=clock).execute(spans.enter, "waiting")
    assert kept(database) == []
