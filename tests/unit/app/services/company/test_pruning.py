"""What nobody asks for any more is cleared, and nothing younger, whoever asks for it."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from app.backend import Backend
from app.db import changes
from app.db.database import Database
from app.db.feed import FLOOR
from app.domain.errors import Refused, UserError
from app.models.changes import ChangeLog, Operation
from app.services.company import pruning
from app.services.company.pruning import ANSWERS_KEPT, CHANGES_KEPT, clear, prune
from app.services.people.logins import set_password
from tests.kit.factory import add_site, add_user
from tests.kit.servers import PASSWORD, Server

HOUR = timedelta(hours=1)


def _write_down(session: Session, *, changes_at: list[timedelta], answers_at: list[timedelta]) -> None:
    """Rows of these ages and none other."""
    now = datetime.now(UTC)
    for table in (ChangeLog, Operation):
        session.execute(delete(table))
    log = [
        {"table_name": "sites", "row_id": number, "at": now - age, "xid": 3} for number, age in enumerate(changes_at)
    ]
    session.execute(insert(ChangeLog), log)
    answers = [{"op_id": f"o{number}", "service": "s", "at": now - age} for number, age in enumerate(answers_at)]
    if answers:
        session.execute(insert(Operation), answers)


def _left(session: Session) -> tuple[list[int], list[str]]:
    rows = select(ChangeLog.row_id).where(ChangeLog.xid == 3).order_by(ChangeLog.row_id)
    return list(session.scalars(rows)), list(session.scalars(select(Operation.op_id).order_by(Operation.op_id)))


@pytest.mark.row("R-X1", "F4")
def test_only_what_is_old_is_cleared_and_it_leaves_no_answer_behind(database: Database) -> None:
    assert 2 * FLOOR <= CHANGES_KEPT, "a desktop reads everything anew long before it could miss a row"
    young, old = CHANGES_KEPT - HOUR, CHANGES_KEPT + HOUR
    with database.transaction() as session:
        _write_down(session, changes_at=[old, old, young], answers_at=[ANSWERS_KEPT + HOUR, ANSWERS_KEPT - HOUR])
    backend = Backend(database)
    assert clear(backend.execute) == 3
    with database.reading() as session:
        assert _left(session) == ([2], ["o1"])
    assert clear(backend.execute) == 0


def test_it_goes_by_portions_and_stops_between_them(database: Database) -> None:
    old = [CHANGES_KEPT + HOUR] * 5001
    with database.transaction() as session:
        _write_down(session, changes_at=old, answers_at=[])
    backend, stop = Backend(database), Event()
    assert backend.execute(prune) == pruning.PORTION
    assert backend.execute(prune) == 1
    with database.transaction() as session:
        _write_down(session, changes_at=old, answers_at=[])
    stop.set()
    assert clear(backend.execute, stop) == pruning.PORTION


@pytest.mark.row("R-X1")
def test_a_log_cleared_to_its_end_loses_no_news(database: Database) -> None:
    with database.transaction() as session:
        add_site(session, "North")
    mark = changes.latest(database)
    with database.transaction() as session:
        session.execute(delete(ChangeLog))
    assert changes.latest(database).seq >= mark.seq
    with database.transaction() as session:
        south = add_site(session, "South").id
    assert changes.since(database, mark).tables == {"sites": frozenset({south})}


@pytest.mark.row("F3", "R-X3")
def test_an_agent_clears_what_is_old_and_deletes_nothing_by_himself(server: Server) -> None:
    with server.as_administrator() as boss, closing(Database(server.url)) as owner:
        with owner.transaction() as session:
            _write_down(session, changes_at=[CHANGES_KEPT + HOUR, HOUR], answers_at=[ANSWERS_KEPT + HOUR, HOUR])
            dana = add_user(session, "Dana", "agent").id
        boss.execute(set_password, dana, PASSWORD)
    with server.as_user(f"{server.name}_u{dana}") as agent, closing(Database(server.url)) as owner:
        for table in ("change_log", "operations"):
            with pytest.raises(Refused), agent.database.transaction() as session:
                session.execute(text(f"DELETE FROM {table}"))
        assert agent.execute(prune) == 2
        with owner.transaction() as session:
            rows, answers = _left(session)
            assert rows == [1]
            assert "o1" in answers
            assert "o0" not in answers
            session.execute(text("UPDATE users SET is_active = false WHERE id = :id"), {"id": dana})
        with pytest.raises(UserError):
            agent.execute(prune)
