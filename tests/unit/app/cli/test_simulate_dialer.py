"""The simulation of the dial desk: a small run on both engines, and that its audit finds what is wrong."""

import importlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from app.cli import main
from app.cli.simulate import desk, proof
from app.cli.simulate.call_centre import CallCentre, call_centre
from app.cli.simulate.desk import Hold, Log
from app.cli.simulate.dialer import run
from app.cli.simulate.dialer_audit import double_holds, idle_while_eligible, max_release, percentile
from app.db.database import Database
from app.services.context import calls, op_id
from app.services.dialer.claiming import Claimed
from tests.kit.dial_factory import add_attempt, add_campaign, add_entry, add_pool
from tests.kit.factory import add_user

AT = 1_700_000_000.0
dialer = importlib.import_module("app.cli.simulate.dialer")


@pytest.fixture(params=["sqlite", "postgresql"])
def centre(request: pytest.FixtureRequest) -> Iterator[CallCentre]:
    """A tiny call centre on each engine in turn."""
    is_sqlite = request.param == "sqlite"
    server = None if is_sqlite else str(request.getfixturevalue("postgres_server"))
    with call_centre(server, 4, 200, embedded=is_sqlite) as made:
        yield made


@dataclass
class Audit:
    """An empty dial desk, and what desks say they saw."""

    database: Database
    log: Log

    def saw(self, person: str, got: float, let_go: float, request_id: str) -> None:
        """A hold by the desk's own clock."""
        self.log.holds.append(Hold(1, person, request_id, got, got, let_go, let_go))


@pytest.fixture
def audit(database: Database) -> Audit:
    """Nothing seen yet."""
    return Audit(database, Log())


@pytest.mark.row("F1", "U22")
def test_a_small_run_keeps_every_promise(centre: CallCentre) -> None:
    report = run(centre, 1.0, kill=True, pace=0.3, compares=False)
    assert report.is_right, report
    assert report.served > 0
    assert 0 < report.p50_ms <= report.p95_ms <= report.p99_ms


@pytest.mark.row("F1")
def test_a_dial_desk_that_gives_one_person_to_everybody_is_found_out(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    @calls
    def careless(session: Session, campaign_id: int, _filters: object = None) -> Claimed:
        at = datetime.now(UTC)
        return Claimed(op_id(session), 1, campaign_id, 1, "+972510000001", at, at, True, "READY", {})

    monkeypatch.setattr(desk, "next_customer", careless)
    with call_centre(None, 3, 50, embedded=True) as made:
        report = run(made, 0.5, kill=False, pace=0.2, compares=False)
    assert report.double_holds > 0
    assert not report.is_right


@pytest.mark.row("F1")
def test_the_command_prints_what_was_found(postgres_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialer, "STORM_SECONDS", 0.5)
    monkeypatch.setattr(dialer, "_ratio", partial(dialer._ratio, rounds=1, each=20))
    words = ["simulate", "dialer", "--agents", "3", "--customers", "1000", "--minutes", "0.05", "--kill"]
    done = CliRunner().invoke(main, [*words, "--server", postgres_server, "--json"])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert list(report) == [
        "served", "double_holds", "idle_while_eligible", "max_release_s", "p50_ms", "p95_ms", "p99_ms", "ratio_to_sql",
    ]  # fmt: skip
    assert report["served"] > 0
    assert report["ratio_to_sql"] > 0


def test_a_run_that_is_given_up_leaves_nothing_behind() -> None:
    def give_up(done: int, _total: int) -> None:
        if done >= 1:
            raise KeyboardInterrupt

    before = set(threading.enumerate())
    with call_centre(None, 3, 50, embedded=True) as made, pytest.raises(KeyboardInterrupt):
        run(made, 60.0, kill=True, progress=give_up, pace=0.3, compares=False)
    assert set(threading.enumerate()) <= before


def test_without_a_postgresql_the_proof_runs_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    homes: list[object] = []

    class Nowhere:
        def __init__(self, **_settings: object) -> None:
            homes.append(self)

        @property
        def url(self) -> str:
            raise RuntimeError("no PostgreSQL on this computer")

        def close(self) -> None:
            homes.remove(self)

    monkeypatch.setattr("app.adapters.throwaway.Run", Nowhere)
    found = proof.prove(lambda _done, _total: None, agents=2, customers=50, seconds=0.5, pace=0.2)
    assert not found.is_postgresql
    assert found.is_right, found
    assert homes == [], "the server that would not start has left nothing"


# --- The audit


def test_the_desks_own_clocks_show_a_double_hold(audit: Audit) -> None:
    audit.saw("+97250", AT, AT + 5, "one")
    audit.saw("+97251", AT + 1, AT + 2, "two")
    audit.saw("+97250", AT + 5, AT + 6, "three")
    assert double_holds(audit.database, audit.log) == 0
    audit.saw("+97250", AT + 5.5, AT + 9, "four")
    assert double_holds(audit.database, audit.log) == 1


@pytest.mark.parametrize(("minutes", "found"), [(5, 1), (11, 0)])
def test_the_database_shows_a_call_within_the_lock_of_another(audit: Audit, minutes: int, found: int) -> None:
    start = datetime(2026, 3, 1, 9, tzinfo=UTC)
    with audit.database.transaction() as session:
        anna, ben = add_user(session, "Anna", role="agent"), add_user(session, "Ben", role="agent")
        entry = add_entry(session, add_pool(session, add_campaign(session, "Spring", anna, ben, lock_minutes=10)))
        for user, at, request_id in ((anna, start, "one"), (ben, start + timedelta(minutes=minutes), "two")):
            add_attempt(session, user, entry, at=at, claimed_at=at, was_held=True, request_id=request_id)
    assert double_holds(audit.database, audit.log) == found


def test_an_empty_answer_is_wrong_only_while_somebody_was_free(centre: CallCentre) -> None:
    database = Database(centre.url)
    log = Log(empty=[(centre.few_id, AT, AT + 1)])
    assert idle_while_eligible(database, centre, log, 20.0) == 1
    people = {f"+9725{10000000 + (number // 2 * 2 if number <= 220 else number)}" for number in range(201, 241)}
    for person in people:
        log.holds.append(Hold(1, person, person, AT - 1, AT - 1, AT + 2, AT + 2))
    assert idle_while_eligible(database, centre, log, 20.0) == 0
    log.holds[0].is_free = log.holds[0].let_go = AT - 0.5
    assert idle_while_eligible(database, centre, log, 20.0) == 1
    database.close()


def test_a_late_release_is_seen(audit: Audit) -> None:
    died = datetime(2026, 3, 1, 9, tzinfo=UTC)
    with audit.database.transaction() as session:
        anna = add_user(session, "Anna", role="agent")
        entry = add_entry(session, add_pool(session, add_campaign(session, "Spring", anna)))
        add_attempt(session, anna, entry, kind="lost", at=died + timedelta(seconds=70), request_id="one")
    assert max_release(audit.database, audit.log) == 0.0
    audit.log.deaths["one"] = died.timestamp()
    assert max_release(audit.database, audit.log) == 70.0


def test_the_times_are_told_by_their_share() -> None:
    times = [number / 1000 for number in range(1, 101)]
    assert (percentile(times, 0.5), percentile(times, 0.99), percentile([], 0.5)) == (51.0, 100.0, 0.0)
