"""The check of the ledger: it finds nothing where nothing is wrong, and names whatever is, on both engines."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Refused
from app.domain.points.differences import words
from app.i18n import say
from app.models.company import Company
from app.models.customers import Customer
from app.models.people import User
from app.models.points import PointsCheck, PointsEntry
from app.models.tickets import Reminder
from app.services.points.verifying import ALARM, Verified, is_due, keep, last, look, verify
from tests.kit.factory import add_process, add_profile, add_user
from tests.kit.points_factory import add_scored_task, add_setting, enter

AT = datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.fixture
def ledger(database: Database) -> Database:
    """Dana and Avi, a customer, and six rows, one of them a reversal."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="he"))
        add_user(session, "Boss", "administrator")
        dana, avi = add_user(session, "Dana", "agent"), add_user(session, "Avi", "agent")
        rossi = Customer(name="Rossi")
        session.add(rossi)
        stages = add_process(session, "Sale", Called=add_profile(session, "Sales", dana, avi), Sold=None)
        add_setting(session, stages["Called"], 0, "0.5", every_time=True)
        add_setting(session, stages["Sold"], "10.0001", 3)
        for number in range(2):
            task = add_scored_task(session, dana, rossi)
            enter(session, task, stages["Called"], (dana, avi)[number], AT + timedelta(days=number))
            enter(session, task, stages["Sold"], dana, AT + timedelta(days=number))
            # A second time at a stage that scores once: no row, and nothing is missing.
            enter(session, task, stages["Sold"], dana, AT + timedelta(days=10))
        reverse(session, 4, AT + timedelta(days=20))
    return database


def reverse(session: Session, row_id: int, at: datetime) -> None:
    """Take a row back."""
    row = session.get_one(PointsEntry, row_id)
    same = ("task_id", "customer_id", "worker_id", "stage_id", "setting_id", "process", "stage", "is_redemption")
    back = PointsEntry(
        reverses_id=row.id, at=at, day=at.date(), customer_points=-row.customer_points,
        worker_points=-row.worker_points, note="by mistake", **{name: getattr(row, name) for name in same},
    )  # fmt: skip
    session.add(back)
    session.flush()


def test_smoke(ledger: Database) -> None:
    told: list[tuple[int, int]] = []
    found = verify(Backend(ledger).execute, lambda *at: told.append(at), steps=True)
    assert (found.entries, found.wrong, found.differences) == (5, 0, ())
    assert told[-1][0] == told[-1][1]
    kept = Backend(ledger).execute(last)
    assert kept is not None and kept.entries == 5
