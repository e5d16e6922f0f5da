"""The simulated office in small: every promise kept, and each check able to see that one was broken."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from app.cli.simulate import office_audit, office_day, office_desktop, pgbench
from app.cli.simulate.desk import Hold
from app.cli.simulate.office_desktop import Done, Record
from app.cli.simulate.office_setting import Setting, setting
from app.db.database import Database

WANTED = {"claim", "book", "hand over", "note", "search tickets"}


@pytest.fixture(scope="module")
def made(postgres_server: str) -> Iterator[Setting]:
    """An office of eight."""
    with setting(postgres_server, 8, customers=200, tickets=60) as found:
        yield found


@pytest.fixture(scope="module")
def records(made: Setting) -> Iterator[list[Record]]:
    """What they did in a second and a half, in one process; where that was too short for this machine, in longer."""
    with pytest.MonkeyPatch.context() as patience:
        for times in (1, 4, 16):
            patience.setattr(office_desktop, "LISTENS", 1.0 * times)
            patience.setattr(office_audit, "_WITHIN", 1.0 * times)
            found = office_desktop.work_together(made, made.seats, threading.Barrier(1), 1.5 * times, 0.1)
            if _done(found) >= WANTED and not office_audit.visible_after(found)[1]:
                break
        yield found


def _done(records: list[Record]) -> set[str]:
    return {each.action for record in records for each in record.done}


@pytest.mark.row("F4")
def test_a_small_office_keeps_every_promise(made: Setting, records: list[Record]) -> None:
    assert office_audit.violations(made.url, records) == dict.fromkeys(office_audit.violations(made.url, records), 0), [
        record.failures for record in records
    ]
    assert _done(records) >= WANTED
    waits, missed = office_audit.visible_after(records)
    assert (missed, bool(waits)) == (0, True)


def test_each_desktop_logs_in_as_itself(made: Setting, records: list[Record]) -> None:
    database = Database(made.url)
    with database.reading() as session:
        writers = set(session.scalars(text("SELECT DISTINCT by_id FROM notes")))
    database.close()
    assert len(writers) > 1
    assert None not in writers
    assert {seat.kind for seat in made.seats} == {"agent", "planner", "worker"}


def test_the_audit_sees_what_was_broken(made: Setting) -> None:
    writer, deaf = Record(1, made.seats[0].user_id), Record(2, made.seats[1].user_id)
    writer.done.append(Done("note", 10.0, 0.1, "notes", 999_999_999))
    deaf.heard.append(("notes", frozenset({1}), 10.2))
    deaf.failures.append("_note: KeyError")
    for record, got in ((writer, 5.0), (deaf, 6.0)):
        record.holds.append(Hold(record.user_id, "+972501", f"r{got}", got, got, 9.0, 9.0))
    found = office_audit.violations(made.url, [writer, deaf])
    assert found["acknowledged rows that are missing"] == 1
    assert found["desktops never told of a row"] == 1
    assert found["people with two agents at once"] == 1
    assert found["actions that failed"] == 1


def test_a_table_told_whole_counts_as_told() -> None:
    writer, other = Record(1, 1), Record(2, 2)
    writer.done.append(Done("note", 10.0, 0.1, "notes", 7))
    other.heard.append(("notes", None, 10.4))
    waits, missed = office_audit.visible_after([writer, other])
    assert (round(waits[0], 2), missed) == (0.3, 0)


def test_the_report_counts_times_and_compares(made: Setting, records: list[Record]) -> None:
    actions = office_day._actions(records)
    assert sum(each.done for each in actions.values()) == sum(len(record.done) for record in records)
    assert all(each.p50_ms <= each.p99_ms for each in actions.values())


@pytest.mark.parametrize("is_there", [True, False])
def test_the_server_is_measured_with_its_own_program_or_by_hand(
    postgres_server: str, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    if not is_there:
        monkeypatch.setattr(pgbench, "program", lambda server: None)
    rate, by = pgbench.measure(postgres_server, 1.0, clients=2, scale=1)
    assert (rate > 0, by) == (True, "pgbench -N" if is_there and pgbench.program(postgres_server) else "psycopg")
