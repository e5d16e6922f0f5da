"""One action, one transaction, once: on both engines."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.backend import Backend
from app.bus import Bus, RowsChanged
from app.db.calling import call
from app.db.database import Database
from app.domain.errors import Conflict, NotFound, Refused
from app.domain.words import message
from app.models.places import Site
from app.services.context import announce, now, reads, writes
from tests.kit.factory import add_user


@dataclass(frozen=True, slots=True)
class SiteRow:
    """What the services below give back."""

    id: int
    name: str
    made_at: datetime
    tags: tuple[str, ...] = ()


@writes
def add(session: Session, name: str) -> SiteRow:
    """Add one site and tell this desktop."""
    site = Site(name=name)
    session.add(site)
    session.flush()
    announce(session, RowsChanged("sites", frozenset({site.id})))
    return SiteRow(site.id, name, now(session), ("new",))


@writes
def add_and_fail(session: Session, name: str) -> None:
    """Change something, then find that it must not be."""
    add(session, name)
    raise NotFound(message("gone"))


@writes
def add_silently(session: Session, name: str) -> None:
    """Add one site and say nothing of it."""
    add(session, name)


@writes
def rename(session: Session, site_id: int, version: int, name: str) -> None:
    """Rename as somebody who saw that version."""
    site = session.get_one(Site, site_id)
    assert site.version >= version
    session.execute(text("UPDATE sites SET version = version + 1 WHERE id = :id"), {"id": site_id})
    site.name = name


@reads
def count(session: Session) -> int:
    """How many sites there are."""
    return session.scalar(select(func.count()).select_from(Site)) or 0


@pytest.fixture
def backend(database: Database) -> Backend:
    return Backend(database)


def test_a_write_is_committed_and_then_told(backend: Backend) -> None:
    told: list[RowsChanged] = []
    seen: list[int] = []

    def hear(event: RowsChanged) -> None:
        told.append(event)
        seen.append(backend.execute(count))

    backend.bus.subscribe(RowsChanged, hear)
    row = backend.execute(add, "North")
    assert told == [RowsChanged("sites", frozenset({row.id}))]
    assert seen == [1], "who is told can read it already"


def test_a_failed_write_leaves_nothing_and_tells_nobody(backend: Backend) -> None:
    told: list[RowsChanged] = []
    backend.bus.subscribe(RowsChanged, told.append)
    with pytest.raises(NotFound):
        backend.execute(add_and_fail, "North")
    assert backend.execute(count) == 0
    assert told == []


@pytest.mark.row("R-X1")
def test_the_same_request_a_hundred_times_is_one_row_and_one_answer(backend: Backend) -> None:
    op_id = str(uuid4())
    answers = {backend.once(op_id).execute(add, "North") for _ in range(100)}
    assert len(answers) == 1
    assert backend.execute(count) == 1


@pytest.mark.row("F3", "F5")
def test_nobody_is_given_what_another_was_told_under_his_key(backend: Backend) -> None:
    with backend.database.transaction() as session:
        mine, other = (add_user(session, name, "agent").id for name in ("Dana", "Noa"))
    op_id = str(uuid4())
    told = backend.acting_as(other).once(op_id).execute(add, "North")
    with pytest.raises(Refused) as refused:
        backend.acting_as(mine).once(op_id).execute(add, "South")
    assert refused.value.code == "TAKEN"
    assert backend.execute(count) == 1
    assert backend.acting_as(other).once(op_id).execute(add, "North") == told


@pytest.mark.row("R-X1")
def test_a_request_without_an_answer_is_repeated_too(backend: Backend) -> None:
    op_id = str(uuid4())
    for _again in range(2):
        backend.once(op_id).execute(add_silently, "North")
    assert backend.execute(count) == 1


@pytest.mark.row("R-X1")
def test_the_same_request_at_once_from_two_threads_is_one_row(backend: Backend) -> None:
    op_id, answers, start = str(uuid4()), [], Barrier(2)

    def ask() -> None:
        start.wait()
        answers.append(backend.once(op_id).execute(add, "North"))

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 2
    assert answers[0] == answers[1]
    assert backend.execute(count) == 1


def test_a_taken_name_is_told_in_words(backend: Backend) -> None:
    backend.execute(add, "North")
    with pytest.raises(Refused) as refusal:
        backend.execute(add, "North")
    assert refusal.value.code == "TAKEN"


def test_an_old_version_never_overwrites(backend: Backend) -> None:
    row = backend.execute(add, "North")
    with pytest.raises(Conflict):
        backend.execute(rename, row.id, 1, "South")
    with backend.database.reading() as session:
        assert session.scalars(select(Site.name)).all() == ["North"]


def test_a_broken_connection_is_taken_up_again(postgresql_url: str) -> None:
    backend = Backend(Database(postgresql_url), Bus())
    backend.execute(add, "North")
    with backend.database.engine.connect() as other:
        other.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    backend.execute(add, "South")
    assert backend.execute(count) == 2
    backend.database.close()


def test_the_clock_is_the_databases(backend: Backend) -> None:
    moment = backend.execute(add, "North").made_at
    with backend.database.reading() as session:
        assert abs((now(session) - moment).total_seconds()) < 60
    assert moment.utcoffset() is not None


@writes
def stumble(session: Session, words: str) -> None:
    """Ask what no server understands, the usual way and the short one."""
    session.execute(text("SELECT :words FROM nothing_of_the_kind"), {"words": words})


def test_what_people_wrote_is_not_in_the_log_beside_an_error(backend: Backend):
    with pytest.raises(DBAPIError) as failed:
        backend.execute(stumble, "Cohen owes us a visit")
    assert "nothing_of_the_kind" in str(failed.value)
    assert "Cohen" not in str(failed.value)


def test_nor_where_the_driver_is_asked_straight(postgresql_url: str):
    with (
        closing(Database(postgresql_url)) as database,
        pytest.raises(DBAPIError) as failed,
        database.calling() as session,
    ):
        call(session, "SELECT %s FROM nothing_of_the_kind", ["Cohen"])
    assert "Cohen" not in str(failed.value)
