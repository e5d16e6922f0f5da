"""The poll of a desktop: it is told what the log holds, at little cost, and more rarely where nobody looks."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.bus import Bus, FeedState, RowsChanged
from app.db import changes
from app.db.changes import POLL, POLL_OF_MANY
from app.db.database import Database
from app.db.feed import PERIOD, UNATTENDED, Feed
from tests.kit.factory import add_site
from tests.kit.standby import until

Rows = list[tuple[str, int]]

_WRITTEN = text("INSERT INTO change_log (table_name, row_id, at) VALUES (:table, :row, '2026-11-23 12:00:00')")
_ROWS = st.lists(st.tuples(st.sampled_from(["visits", "tasks", "notes"]), st.integers(1, 4)), min_size=1, max_size=5)
_ORDERS = st.sampled_from(["polls", "opens", "commits", "undoes"])


def write(session: Session, rows: Rows) -> None:
    """Rows of the log past the triggers: of many tables, and quickly."""
    session.execute(_WRITTEN, [{"table": table, "row": row_id} for table, row_id in rows])


class Reader:
    """A desktop that polls when it is told to and keeps what it heard."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._mark = changes.latest(database)
        self._are_many = False
        self.named: set[tuple[str, int]] = set()
        self.whole: set[str] = set()

    def poll(self) -> None:
        """Hear what is new; what was told of a table as a whole says nothing of its rows."""
        seen = changes.since(self._database, self._mark, are_many=self._are_many)
        self._mark, self._are_many = seen.mark, seen.are_many
        for table, ids in seen.tables.items():
            if ids is None:
                self.whole.add(table)
            else:
                self.named |= {(table, row_id) for row_id in ids}

    def knows(self, rows: set[tuple[str, int]]) -> bool:
        """Whether each of these was told, by its id or with its whole table."""
        return all(row in self.named or row[0] in self.whole for row in rows)


class Writer:
    """Another desktop: it writes at once, and on a server beside it in a transaction that stays open for a while."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open: Session | None = None
        self.committed: set[tuple[str, int]] = set()

    def write(self, rows: Rows) -> None:
        """Write and commit."""
        with self._database.transaction() as session:
            write(session, rows)
        self.committed |= set(rows)

    def open(self) -> None:
        """Begin a transaction whose row bears an early number, however late it is committed."""
        # A file has one writer at a time: nobody else would get in.
        if self._open is None and not self._database.is_sqlite:
            self._open = Session(self._database.engine)
            write(self._open, [("visits", 9)])

    def end(self, *, commits: bool) -> None:
        """Commit what is open, or undo it."""
        if self._open is not None:
            if commits:
                self._open.commit()
                self.committed.add(("visits", 9))
            self._open.close()
            self._open = None


@contextmanager
def writer(database: Database) -> Iterator[Writer]:
    """Another desktop on this database; what it leaves open is undone."""
    with closing(Database(database.url)) as elsewhere:
        one = Writer(elsewhere)
        try:
            yield one
        finally:
            one.end(commits=False)


@pytest.mark.row("R-X1")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(_ROWS, _ORDERS), max_size=14), limit=st.integers(0, 8))
def test_what_is_told_is_what_the_log_holds(database: Database, steps: list[Rows | str], limit: int) -> None:
    """Whatever is committed, undone or still open between the polls; where rows are too many, their tables are told."""
    with pytest.MonkeyPatch.context() as patch, writer(database) as others:
        patch.setattr(changes, "LIMIT", limit)
        reader = Reader(database)
        for step in steps:
            if isinstance(step, list):
                others.write(step)
            elif step == "polls":
                reader.poll()
            elif step == "opens":
                others.open()
            else:
                others.end(commits=step == "commits")
            assert reader.named <= others.committed
        others.end(commits=True)

        def has_heard() -> bool:
            reader.poll()
            return reader.knows(others.committed)

        until(has_heard, "the desktop knows of every row")
        assert reader.named <= others.committed
        assert reader.whole <= {table for table, _row in others.committed}
        assert limit or not reader.named


@pytest.mark.row("R-X1")
def test_what_many_desktops_ask_at_every_moment_costs_the_server_little(postgresql_url: str) -> None:
    """By the index whatever the log holds, and planned once for a session instead of at each poll."""
    with closing(Database(postgresql_url)) as database:
        with database.transaction() as session:
            filled = (
                "INSERT INTO change_log (table_name, row_id, xid) SELECT 'notes', n, n FROM generate_series(3, 30000) n"
            )
            session.execute(text(filled))
            session.execute(text("ANALYZE change_log"))
        mark = changes.latest(database)
        for _poll in range(12):
            mark = changes.since(database, mark).mark
        with database.reading() as session:
            asked = "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement LIKE '%array_agg%'"
            custom, generic = (sum(each) for each in zip(*session.execute(text(asked)).all(), strict=True))
            assert custom <= generic + 5
            assert generic
            session.execute(text("SET plan_cache_mode = force_generic_plan"))
            connection = session.connection()
            for number, poll in enumerate((POLL, POLL_OF_MANY)):
                statement = poll.replace(":xid", "$1").replace(":limit", "$2")
                connection.exec_driver_sql(f"PREPARE poll{number}(bigint, bigint) AS {statement}")
                plan = connection.exec_driver_sql(f"EXPLAIN EXECUTE poll{number}(3, 1001)").scalars().all()
                assert "change_log" in "".join(plan)
                assert "Seq Scan" not in "".join(plan)


@pytest.mark.row("R-X1")
def test_a_desktop_that_nobody_touches_asks_more_rarely(database: Database) -> None:
    feed = Feed(database, Bus())

    def is_about(period: float) -> bool:
        return all(0.8 * period <= feed._pause(0) <= 1.2 * period for _each in range(20))

    assert is_about(PERIOD)
    feed.attend(False)
    assert is_about(UNATTENDED)
    feed.attend(True)
    assert is_about(PERIOD)


@pytest.mark.row("R-X1")
def test_who_comes_back_to_his_desktop_is_told_at_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.db.feed.UNATTENDED", 3600.0)
    bus, online, told = Bus(), Event(), Event()
    bus.subscribe(FeedState, lambda _state: online.set())
    bus.subscribe(RowsChanged, lambda event: told.set() if event.table == "sites" else None)
    with closing(Database(database.url)) as mine:
        feed = Feed(mine, bus, period=0.02)
        feed.attend(False)
        feed.start()
        try:
            assert online.wait(30)
            with database.transaction() as session:
                add_site(session, "North")
            feed.attend(True)
            assert told.wait(30)
        finally:
            feed.stop()
