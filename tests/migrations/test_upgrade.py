"""A database of the last release, with work in it, brought up to date."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.backend import Backend
from app.db import schema
from app.db.database import Database
from app.models.points import CustomerBalance, PointsEntry, WorkerDay
from app.models.tickets import Task
from app.services.tickets import card
from app.services.tickets.advancing import Update, advance

RELEASED = "0006"

_ROWS = (
    "INSERT INTO company (id, name, country, time_zone, language) VALUES (1, 'Ponte', 'IT', 'Europe/Rome', 'it')",
    "INSERT INTO users (login, name, role_id) SELECT 'dana', 'Dana', id FROM roles WHERE code = 'administrator'",
    "INSERT INTO users (login, name, role_id) SELECT 'avi', 'Avi', id FROM roles WHERE code = 'technician'",
    "INSERT INTO customers (name, email, search) VALUES ('Rossi', 'rossi@example.org', 'rossi')",
    (
        "INSERT INTO tickets (customer_id, status_id, subject, handler_id, opened_at, search) "
        "VALUES (1, 1, 'Boiler leaks', 1, '2026-01-05 08:00:00.000000', 'boiler leaks')"
    ),
    "INSERT INTO tasks (ticket_id, user_id, title, opened_at) VALUES (1, 2, 'Go', '2026-01-05 08:00:00.000000')",
    (
        "INSERT INTO tasks (ticket_id, user_id, title, opened_at, closed_at) "
        "VALUES (1, 2, 'Was', '2026-01-05 08:00:00.000000', '2026-01-06 08:00:00.000000')"
    ),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database at the last released step."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'released.sqlite'}"
    else:
        url = request.getfixturevalue("empty_postgresql_url")
    with closing(Database(url)) as database:
        schema.upgrade(database, to=RELEASED)
        with database.transaction() as session:
            for row in _ROWS:
                session.execute(text(row))
        yield database


def test_what_was_there_is_counted_known_and_worked_on(released: Database) -> None:
    schema.upgrade(released)
    with released.reading() as session:
        loads = session.execute(text("SELECT user_id, open_tasks FROM user_loads ORDER BY user_id")).all()
        assert [tuple(row) for row in loads] == [(1, 0), (2, 1)]
        assert set(session.execute(text("SELECT customer_id FROM tasks")).scalars()) == {1}
        task = session.get_one(Task, 1)
    backend = Backend(released, actor=2)
    assert backend.execute(advance, task.id, task.version, Update(note="Done", closes=True)).is_closed
    dana = backend.acting_as(1)
    loaded = dana.execute(card.load, 1)
    assert loaded.draft.subject == "Boiler leaks"
    assert dana.execute(card.close, 1, loaded.version).is_closed


_SCORED = (
    "INSERT INTO processes (name) VALUES ('Meetings')",
    (
        "INSERT INTO stages (process_id, name, position, customer_points, worker_points) "
        "VALUES (1, 'Held', 1, {twenty}, {two})"
    ),
    (
        "INSERT INTO stages (process_id, name, position, customer_points, worker_points, scores_every_time) "
        "VALUES (1, 'Called', 2, 0, {two}, {yes})"
    ),
    "INSERT INTO stages (process_id, name, position) VALUES (1, 'Done', 3)",
    "UPDATE tasks SET customer_id = 1",
)
_STEP = (
    "INSERT INTO task_steps (task_id, at, by_id, to_stage_id, rule, customer_points, worker_points) "
    "VALUES (1, '{at}', {by}, {stage}, 'by_hand', {customer}, {worker})"
)


@pytest.mark.row("R-P7", "Q12", "U51")
def test_points_that_steps_bore_become_rows_of_the_ledger(released: Database) -> None:
    schema.upgrade(released, to="0016")
    scale = 10_000 if released.is_sqlite else 1
    with released.transaction() as session:
        for row in _SCORED:
            session.execute(text(row.format(twenty=20 * scale, two=2 * scale, yes=1 if released.is_sqlite else "true")))
        # Held scored 15 when it was entered first; Called was entered twice, the second time by the machine alone.
        for at, by, stage, customer, worker in (
            ("2026-01-31 22:59:00.000000", 1, 1, 15, 2),
            ("2026-01-31 23:01:00.000000", 2, 2, 0, 2),
            ("2026-02-02 08:00:00.000000", 1, 1, 20, 2),
            ("2026-02-03 08:00:00.000000", "NULL", 2, 0, 2),
            ("2026-02-04 08:00:00.000000", 2, 2, 0, 2),
            ("2026-02-04 09:00:00.000000", 2, 3, 0, 0),
        ):
            values = {"customer": customer * scale, "worker": worker * scale}
            session.execute(text(_STEP.format(at=at, by=by, stage=stage, **values)))
    schema.upgrade(released)
    with released.transaction() as session:
        entries = session.scalars(select(PointsEntry).order_by(PointsEntry.id)).all()
        assert [(e.stage, e.worker_id, e.day, e.customer_points, e.worker_points, e.occasion) for e in entries] == [
            ("Held", 1, date(2026, 1, 31), 15, 2, 1),
            ("Called", 2, date(2026, 2, 1), 0, 2, 1),
            ("Called", 2, date(2026, 2, 4), 0, 2, 3),
        ]
        assert [entry.setting_id is None for entry in entries] == [True, False, False]
        days = session.execute(select(WorkerDay.user_id, WorkerDay.day, WorkerDay.points).order_by(WorkerDay.day)).all()
        assert [tuple(row) for row in days] == [
            (1, date(2026, 1, 31), 2), (2, date(2026, 2, 1), 2), (2, date(2026, 2, 4), 2),
        ]  # fmt: skip
        balance = session.scalars(select(CustomerBalance)).one()
        assert (balance.customer_id, balance.balance, balance.earned, balance.entries) == (1, 15, 15, 1)
    with released.transaction() as session:
        session.execute(
            text(
                "INSERT INTO task_steps (task_id, at, by_id, to_stage_id, rule) "
                "VALUES (2, '2026-03-01 08:00:00.000000', 2, 1, 'by_hand')"
            )
        )
        newest = session.scalars(select(PointsEntry).order_by(PointsEntry.id.desc()).limit(1)).one()
        assert (newest.customer_points, newest.worker_points, newest.worker_id) == (20, 2, 2)
