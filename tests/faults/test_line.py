"""A line that is cut, slow or crowded, a server without room, a clock that is wrong, a stranger's open transaction."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import uuid4

import psycopg
import pytest
import time_machine

from app.backend import Backend
from app.db.changes import latest, since
from app.db.database import Database
from app.domain.errors import DatabaseUnavailable, NoRoom
from app.services.dialer import attempts, claiming
from app.services.tickets import notes
from tests.faults.conftest import Cabled
from tests.kit.history_check import History, Recorder, lost_notes, lost_writes, unheard
from tests.kit.standby import until
from tests.kit.whole_office import backends

AT_ONCE = 40


@contextmanager
def locked_row(cabled: Cabled, timeout: str = "60s") -> Iterator[psycopg.Connection]:
    """A desktop in the middle of its transaction, behind the cable: it has locked a customer."""
    with closing(psycopg.connect(cabled.proxy.url)) as connection:
        connection.execute(f"SET idle_in_transaction_session_timeout = '{timeout}'".encode())
        connection.execute("SELECT id FROM customers WHERE id = 1 FOR UPDATE")
        yield connection


def free_within(cabled: Cabled) -> float:
    """The seconds until somebody else gets the customer."""
    started = time.monotonic()
    cabled.watch.execute("SET lock_timeout = '30s'")
    cabled.watch.execute("UPDATE customers SET version = version WHERE id = 1")
    return time.monotonic() - started


@pytest.mark.row("R-X1", "U64")
def test_the_lock_of_a_killed_client_is_free_at_once(cabled: Cabled) -> None:
    with locked_row(cabled):
        cabled.proxy.cut_all()
        # A hundredth of a second on a quiet machine; the timeouts that would free it without this are far away.
        assert free_within(cabled) < 5.0


@pytest.mark.row("R-X1", "U64")
def test_the_lock_of_a_client_whose_cable_was_cut_ends_with_its_patience(cabled: Cabled) -> None:
    with locked_row(cabled, "400ms"):
        cabled.proxy.cut_all(server_learns=False)
        assert free_within(cabled) < 10.0
    with cabled.hands["Boss"].database.engine.connect() as connection:
        shown = connection.exec_driver_sql("SELECT current_setting('idle_in_transaction_session_timeout')").scalar_one()
        assert shown not in ("0", ""), "a program whose cable was cut must not keep its locks"


@pytest.mark.row("R-X1")
def test_on_a_slow_line_a_call_takes_one_journey(cabled: Cabled) -> None:
    cabled.watch.execute("DELETE FROM claims")
    with closing(Database(cabled.proxy.url)) as database:
        dana = backends(database, cabled.names)["Dana"]
        warm = dana.execute(claiming.next_customer, cabled.names.campaign)
        assert warm is not None
        dana.execute(attempts.let_go, warm.request_id)
        cabled.proxy.delay = 0.1
        with cabled.proxy.counted() as seen:
            started = time.monotonic()
            claimed = dana.execute(claiming.next_customer, cabled.names.campaign)
            took = time.monotonic() - started
        assert claimed is not None
        assert took >= 0.2, "the line was not slow"
        assert seen.round_trips <= 2
        cabled.proxy.delay = 0.0
        dana.execute(attempts.let_go, claimed.request_id)


@pytest.mark.row("U64", "F5")
@pytest.mark.parametrize("is_in_flight", [False, True], ids=["quiet", "in flight"])
def test_a_cut_cable_that_is_plugged_in_again_loses_nothing(cabled: Cabled, *, is_in_flight: bool) -> None:
    recorder = Recorder("Dana")
    with closing(Database(cabled.proxy.url)) as database:
        dana = backends(database, cabled.names)["Dana"]
        dana.execute(notes.write, f"first {uuid4()}", customer_id=1)
        key, text = str(uuid4()), f"cut {uuid4()}"
        if is_in_flight:
            trap = cabled.proxy.cut(at=2)
        else:
            cabled.proxy.cut_all()
        with recorder.asking("note", key, text):
            dana.once(key).execute(notes.write, text, customer_id=1)
        assert not is_in_flight or trap.sprung.is_set()
        cabled.proxy.refuse()
        gone, lost = str(uuid4()), f"gone {uuid4()}"
        with pytest.raises(DatabaseUnavailable), recorder.asking("note", gone, lost):
            dana.once(gone).execute(notes.write, lost, customer_id=1)
        cabled.proxy.restore()
        with recorder.asking("note", gone, lost):
            dana.once(gone).execute(notes.write, lost, customer_id=1)
    history, final = History.of(recorder.events), cabled.final()
    assert lost_writes(history, final) + lost_notes(history, final) == []
    assert len(history.acknowledged("note")) == 2


def saved(recorder: Recorder, backend: Backend, key: str, text: str) -> bool:
    """Whether a note was saved at this attempt."""
    with suppress(DatabaseUnavailable), recorder.asking("note", key, text):
        backend.once(key).execute(notes.write, text, customer_id=1)
        return True
    return False


@pytest.mark.row("U64", "R-X1")
def test_forty_desktops_that_come_back_at_once_all_get_in(cabled: Cabled) -> None:
    recorders = [Recorder(str(uuid4())) for _each in range(AT_ONCE)]
    with ExitStack() as desktops, ThreadPoolExecutor(AT_ONCE) as pool:
        opened = [desktops.enter_context(closing(Database(cabled.proxy.url))) for _each in recorders]
        together = Barrier(AT_ONCE)

        def come_back(place: int) -> None:
            dana = backends(opened[place], cabled.names)["Dana"]
            together.wait(60)
            key, text = str(uuid4()), f"back {uuid4()}"
            told = recorders[place]
            # Whoever is not let in yet presses Save once more.
            until(lambda: saved(told, dana, key, text), "they are let in")

        for _round in range(2):
            list(pool.map(come_back, range(AT_ONCE)))
            cabled.proxy.cut_all()
    history, final = History.of(*(recorder.events for recorder in recorders)), cabled.final()
    assert len(history.acknowledged()) == 2 * AT_ONCE
    assert lost_writes(history, final) + lost_notes(history, final) == []
    until(lambda: not cabled.stuck(), "no session of a line that was cut keeps a lock")


@pytest.mark.row("U64", "F5")
def test_a_full_disk_is_told_at_once_and_keeps_what_was_typed(cabled: Cabled) -> None:
    full = "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
    cabled.watch.execute(f"{full} 'No space left on device' USING ERRCODE = '53100'; END $$")
    cabled.watch.execute("CREATE TRIGGER full_disk BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION no_room()")
    key, text = str(uuid4()), f"full {uuid4()}"
    recorder = Recorder("Dana")
    try:
        with pytest.raises(NoRoom), recorder.asking("note", key, text):
            cabled.hands["Dana"].once(key).execute(notes.write, text, customer_id=1)
        assert cabled.hands["Dana"].execute(notes.trail, 1) is not None, "what is there can be read"
    finally:
        cabled.watch.execute("DROP FUNCTION no_room CASCADE")
    with recorder.asking("note", key, text):
        cabled.hands["Dana"].once(key).execute(notes.write, text, customer_id=1)
    assert lost_notes(History.of(recorder.events), cabled.final()) == []


@pytest.mark.row("R-X1")
def test_a_client_whose_clock_is_an_hour_off_writes_the_servers_time(cabled: Cabled) -> None:
    cabled.watch.execute("DELETE FROM claims")
    before = datetime.now(UTC)
    for hours in (-1, 1):
        with time_machine.travel(before + timedelta(hours=hours), tick=True):
            claimed = cabled.hands["Avi"].execute(claiming.next_customer, cabled.names.campaign)
            assert claimed is not None
            result = attempts.Result(
                claimed.request_id, claimed.campaign_id, claimed.customer_id, claimed.person, claimed.entry_id,
                cabled.names.results["No answer"], claimed_at=claimed.claimed_at,
            )  # fmt: skip
            assert cabled.hands["Avi"].execute(attempts.finish, result).was_held
            cabled.hands["Avi"].execute(notes.write, f"hour {hours} {before}", customer_id=1)
        asked = (
            "SELECT finished_at FROM call_attempts WHERE request_id = %s UNION ALL SELECT at FROM notes WHERE text = %s"
        )
        found = cabled.watch.execute(asked, [claimed.request_id, f"hour {hours} {before}"]).fetchall()
        for moment in (claimed.claimed_at, *(row[0] for row in found)):
            assert abs(moment - before) < timedelta(minutes=10), f"{hours} h off: {moment}"


@pytest.mark.row("F4", "R-X1")
def test_a_strangers_open_transaction_holds_the_feed_back_and_costs_no_change(cabled: Cabled) -> None:
    database = cabled.hands["Boss"].database
    mark, known = latest(database), cabled.final().changes
    with psycopg.connect(cabled.url) as stranger:
        stranger.execute("SELECT pg_current_xact_id()")
        cabled.hands["Dana"].execute(notes.write, f"held back {uuid4()}", customer_id=2)
        assert since(database, mark).tables == {}, "what might still be overtaken is not told"
        # As if it had gone on for seven seconds, then for a minute: late is no alarm yet.
        cabled.watch.execute("UPDATE change_log SET at = at - interval '7 seconds'")
        late = since(database, mark)
        assert (late.is_late, late.is_held_back) == (True, False)
        cabled.watch.execute("UPDATE change_log SET at = at - interval '60 seconds'")
        held = since(database, mark)
        assert held.is_held_back
        assert held.tables == {}
        stranger.execute("INSERT INTO practices (name) VALUES ('A stranger''s')")
    told = since(database, mark)
    assert not told.is_held_back
    assert unheard(cabled.final(), told.tables, known) == []
    assert "notes" in told.tables
