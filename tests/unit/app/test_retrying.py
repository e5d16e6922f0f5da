"""What happens when the line breaks: each row of the retry table, on a real server through a cable."""

from collections.abc import Iterator
from contextlib import closing
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app import backend as backends
from app.backend import Backend, Request
from app.bus import Settled
from app.db.database import Database
from app.domain.errors import Conflict, NoRoom, OutcomeUnknown, ReadOnlyServer, Refused
from app.models.places import Site
from app.services.context import reads, writes
from app.services.saving import seen
from tests.kit.factory import add_site, add_user
from tests.kit.proxy import Proxy, Side, commits

pytestmark = pytest.mark.row("R-X1", "F4", "U64")


@writes
def add(session: Session, name: str) -> int:
    """Add one site."""
    site = Site(name=name)
    session.add(site)
    session.flush()
    return site.id


@writes
def wait_too_long(session: Session, state: str) -> None:
    """Run into what the server gives up waiting for."""
    session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'enough' USING ERRCODE = '{state}'; END $$"))


@reads
def count(session: Session) -> int:
    """How many sites there are."""
    return session.scalar(select(func.count()).select_from(Site)) or 0


@pytest.fixture
def proxy(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    monkeypatch.setattr(backends, "_pause", lambda number: None)
    with Proxy(postgresql_url) as made:
        yield made


@pytest.fixture
def far(proxy: Proxy) -> Iterator[Backend]:
    """A desktop at the other end of the cable, its line up."""
    with closing(Database(proxy.url)) as database:
        made = Backend(database)
        made.execute(count)
        yield made


def _raising(state: str, times: int) -> Any:
    left = [times]

    @writes
    def add_after(session: Session, name: str) -> int:
        added = add(session, name)
        if left[0]:
            left[0] -= 1
            session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'made' USING ERRCODE = '{state}'; END $$"))
        return added

    return add_after


@pytest.mark.parametrize("state", ["40001", "40P01", "55P03", "57P01", "57P02", "57P03", "08006", "25006"])
def test_what_passes_is_tried_again_and_done_once(far: Backend, state: str) -> None:
    far.execute(_raising(state, 2), "North")
    assert far.execute(count) == 1


@pytest.mark.parametrize(("state", "error"), [("53100", NoRoom), ("53300", NoRoom), ("25006", ReadOnlyServer)])
def test_what_does_not_pass_is_told_and_nothing_is_written(far: Backend, state: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        far.execute(_raising(state, 99), "North")
    assert far.execute(count) == 0


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("side", list(Side))
def test_a_line_that_breaks_at_any_message_leaves_one_row(far: Backend, proxy: Proxy, side: Side, before: bool) -> None:
    far.execute(add, "first")
    with proxy.counted() as seen:
        far.execute(add, "second")
    steps = seen.front if side is Side.FRONT else seen.back
    for at in range(1, steps + 1):
        proxy.cut(at, side=side, before=before)
        far.execute(add, f"{side.value} {at}")
        proxy.disarm()
    assert far.execute(count) == 2 + steps


def _lose_the_answer(proxy: Proxy, asking: Backend | Request, *, before: bool = True) -> None:
    """Add one site over a line that breaks at the commit, before it arrives or after, and does not come back."""
    proxy.cut(when=commits, before=before, and_refuse=True)
    with pytest.raises(OutcomeUnknown):
        asking.execute(add, "North")


def _told(backend: Backend, told: list[Settled]) -> list[bool]:
    """What the person is told once the server is no longer at it."""
    while not told:
        backend.settle()
    return [each.was_saved for each in told]


def test_an_answer_to_commit_that_never_came_is_looked_up_and_settled_once(far: Backend, proxy: Proxy) -> None:
    told: list[Settled] = []
    far.bus.subscribe(Settled, told.append)
    _lose_the_answer(proxy, far, before=False)
    far.settle()
    assert told == [], "the server does not answer yet"
    proxy.restore()
    assert _told(far, told) == [True]
    far.settle()
    assert len(told) == 1
    first = far.execute(add, "North")
    assert far.execute(count) == 1, "asked again, it is the answer of the first time"
    assert first > 0


_HOLD_UP = """
    CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER held_up AFTER INSERT ON sites DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION hold_up();
"""


def test_a_commit_still_under_way_is_waited_for_before_anything_is_said(
    far: Backend, proxy: Proxy, postgresql_url: str
) -> None:
    told: list[Settled] = []
    far.bus.subscribe(Settled, told.append)
    with psycopg.connect(postgresql_url, autocommit=True) as other:
        other.execute(_HOLD_UP)
        other.execute("SELECT pg_advisory_lock(1)")
        _lose_the_answer(proxy, far, before=False)
        proxy.restore()
        far.settle()
        assert told == [], "the server is still at it"
        other.execute("SELECT pg_advisory_unlock(1)")
    assert _told(far, told) == [True]
    assert far.execute(count) == 1


@writes
def rename(session: Session, site_id: int, version: int, name: str) -> int:
    """Rename a site that was seen in this version."""
    site = seen(session, Site, site_id, version)
    site.name = name
    session.flush()
    return site.version


def test_a_commit_that_arrives_late_is_nobody_elses(
    far: Backend, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = far.execute(add, "North")
    looked: list[str] = []
    look = Request._stored

    def too_early(request: Request, session: Session) -> Any:
        looked.append("")
        return None if len(looked) == 1 else look(request, session)

    monkeypatch.setattr(Request, "_stored", too_early)
    proxy.cut(when=commits, before=False)
    assert far.execute(rename, site, 1, "South") == 2, "its own change is no conflict"
    assert len(looked) == 2
    with pytest.raises(Conflict):
        far.execute(rename, site, 1, "West")


def test_who_waits_behind_his_own_lost_commit_is_not_told_that_it_failed(far: Backend, proxy: Proxy) -> None:
    locked: list[bool] = []

    @writes
    def add_behind(session: Session, name: str) -> int:
        if locked:
            session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'locked' USING ERRCODE = '55P03'; END $$"))
        locked.append(True)
        return add(session, name)

    proxy.cut(when=commits)
    with pytest.raises(OutcomeUnknown):
        far.execute(add_behind, "North")


def test_what_is_sent_again_by_whoever_made_it_is_not_settled_besides(far: Backend, proxy: Proxy) -> None:
    told: list[Settled] = []
    far.bus.subscribe(Settled, told.append)
    request = Request(far, str(uuid4()), is_new=True, resends=True)
    _lose_the_answer(proxy, request)
    proxy.restore()
    far.settle()
    assert told == [], "it is no use to tell that it is not saved while it is being sent again"
    request.execute(add, "North")
    assert far.execute(count) == 1


def test_what_is_asked_again_while_it_is_looked_up_is_told_once(
    far: Backend, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Settled] = []
    far.bus.subscribe(Settled, told.append)
    _lose_the_answer(proxy, far, before=False)
    proxy.restore()
    look = Request.was_saved

    def while_asked_again(request: Request) -> bool | None:
        far.execute(add, "North")
        return look(request)

    monkeypatch.setattr(Request, "was_saved", while_asked_again)
    far.settle()
    assert told == []
    with pytest.raises(Refused):  # the next one of the same words is a new one
        far.execute(add, "North")


def test_a_commit_that_never_arrived_is_said_not_to_be_saved(far: Backend, proxy: Proxy) -> None:
    told: list[Settled] = []
    far.bus.subscribe(Settled, told.append)
    _lose_the_answer(proxy, far)
    proxy.restore()
    assert _told(far, told) == [False]
    far.execute(add, "North")
    assert far.execute(count) == 1


def test_nobody_is_given_the_answer_of_another(postgresql_url: str) -> None:
    with closing(Database(postgresql_url)) as database:
        with database.transaction() as session:
            dana, avi = add_user(session, "Dana").id, add_user(session, "Avi").id
        op_id = str(uuid4())
        Backend(database, actor=dana).once(op_id).execute(add, "North")
        with pytest.raises(Refused):
            Backend(database, actor=avi).once(op_id).execute(add, "South")
        assert Backend(database).execute(count) == 1


def test_the_first_click_after_a_restart_does_not_fail(far: Backend, proxy: Proxy, postgresql_url: str) -> None:
    far.execute(add, "North")
    proxy.cut_all()
    assert far.execute(count) == 1
    with psycopg.connect(postgresql_url, autocommit=True) as other:
        mine = "datname = current_database() AND pid <> pg_backend_pid()"  # other tests have theirs on this server
        other.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}")
    far.execute(add, "South")
    assert far.execute(count) == 2


def test_a_statement_somebody_stopped_is_tried_again(far: Backend, postgresql_url: str) -> None:
    is_there = Event()

    @writes
    def slow(session: Session) -> int:
        if not is_there.is_set():
            is_there.set()
            session.execute(text("SELECT pg_sleep(20)"))
        return add(session, "North")

    def stop() -> None:
        is_there.wait(60)
        with psycopg.connect(postgresql_url, autocommit=True) as other:
            asked = (
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity "
                "WHERE query LIKE '%pg_sleep(20)%' AND pid <> pg_backend_pid()"
            )
            while not other.execute(asked).fetchall():
                pass

    stopping = Thread(target=stop)
    stopping.start()
    far.execute(slow)
    stopping.join()
    assert far.execute(count) == 1


def test_a_commit_that_only_this_server_has_is_not_taken_for_saved(far: Backend, proxy: Proxy) -> None:
    """A wait for the standby that was cut short is a warning, not an error."""
    with far.database.transaction() as session:
        add_site(session, "first")
    warned = iter([True])

    @writes
    def add_with_warning(session: Session, name: str) -> int:
        added = add(session, name)
        if next(warned, False):
            words = "canceling wait for synchronous replication; the transaction has already committed locally"
            kept = "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RAISE WARNING '" + words
            session.execute(text(kept + "'; RETURN NULL; END $f$"))
            session.execute(
                text(
                    "CREATE CONSTRAINT TRIGGER warn AFTER INSERT ON operations DEFERRABLE INITIALLY DEFERRED "
                    "FOR EACH ROW EXECUTE FUNCTION warn()"
                )
            )
        return added

    with proxy.counted() as counted:
        far.execute(add_with_warning, "North")
    seen = [each for each in counted.messages if each.kind == "P" and b"pg_logical_emit_message" in each.data]
    assert len(seen) == 1, "a commit behind it was waited for"
    assert far.execute(count) == 2


@pytest.mark.parametrize(("state", "words"), [("55P03", "has not finished"), ("57014", "took too long")])
def test_what_the_server_gave_up_is_said_in_words(far: Backend, state: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as told:
        far.execute(wait_too_long, state)
    assert told.value.code == "BUSY"
