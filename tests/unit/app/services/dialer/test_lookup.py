"""Who calls: found by the index among all customers; hidden and garbled numbers find nobody."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event

from app.backend import Backend
from app.db.database import Database
from app.models.company import Company
from app.models.customers import Customer, CustomerPhone
from app.models.dialer import CallAttempt
from app.services.dialer.lookup import Caller, caller


def fill(database: Database) -> tuple[int, int]:
    """Two who share a number; the second was called yesterday."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Acqua", country="IT", time_zone="Europe/Rome", language="en"))
        both = [Customer(name=name, search="") for name in ("Dana Rossi", "Avi Rossi")]
        for each in both:
            each.phones = [CustomerPhone(raw="06 1234 5678", e164="+390612345678")]
        session.add_all(both)
        session.flush()
        moment = datetime(2031, 1, 1, tzinfo=UTC)
        session.add(
            CallAttempt(op_id="1", kind="inbound", customer_id=both[1].id, person="+390612345678", finished_at=moment)
        )
        return both[0].id, both[1].id


@pytest.mark.row("U40")
@pytest.mark.parametrize(
    "number",
    [
        "0612345678",
        "+390612345678",
        "00390612345678",
        "390612345678",
        "sip:+390612345678@pbx.test;user=phone",
        "\u202a06 1234-5678\u202c",
    ],
)
def test_a_caller_is_found_however_the_telephone_writes_the_number(database: Database, number: str) -> None:
    _first, last = fill(database)
    found = Backend(database).execute(caller, number)
    assert found == Caller(last, "Avi Rossi", "+390612345678", 1)


@pytest.mark.parametrize(
    "number",
    ["", "anonymous", "Unknown", "sip:anonymous@anonymous.invalid", "\x01\r\n", "'; --", "1" * 5000, "+", "דנה"],
)
def test_what_is_no_number_finds_nobody(database: Database, number: str) -> None:
    fill(database)
    assert Backend(database).execute(caller, number) is None


@pytest.mark.row("U40")
def test_the_index_answers(database: Database) -> None:
    fill(database)
    asked: list[tuple[str, object]] = []
    engine = database.engine

    def keep(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        if "customer_phones" in statement:
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", keep)
    Backend(database).execute(caller, "0612345678")
    event.remove(Engine, "before_cursor_execute", keep)
    ((statement, parameters),) = asked
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            # A table this small is quicker read whole; what counts is that the index can answer.
            connection.exec_driver_sql("SET enable_seqscan = off")
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        else:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = "\n".join(str(row) for row in plan)
    assert "ix_customer_phones_e164" in steps
    assert "Seq Scan" not in steps
    assert "SCAN customer" not in steps
