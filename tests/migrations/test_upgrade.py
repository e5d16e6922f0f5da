"""A database of the last release, with work in it, brought up to date."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from app.backend import Backend
from app.db import schema
from app.db.database import Database
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
