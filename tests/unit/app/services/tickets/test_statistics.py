"""Counting tickets by what they are about."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, select

from app.backend import Backend
from app.domain.tickets.periods import Step, steps
from app.models.company import Company
from app.models.tickets import Product, ProductGroup, Project, Ticket, TicketStatus, TicketSubtype, TicketType
from app.services.tickets import statistics


@pytest.fixture
def counted(database):
    """Twelve tickets of January to March in a company of Jerusalem."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
        session.add_all([TicketType(name="Boiler"), TicketType(name="Meter"), ProductGroup(name="Heating")])
        session.add_all([Project(name="Tower")])
        session.flush()
        session.add_all([TicketSubtype(type_id=1, name="Cold"), Product(name="B3", group_id=1), Product(name="B4")])
        session.flush()
        new = session.scalars(select(TicketStatus.id).where(TicketStatus.code == "new")).one()
        rows = [
            {
                "status_id": new,
                "type_id": 1 if n < 7 else 2 if n < 10 else None,
                "subtype_id": 1 if n < 2 else None,
                "product_id": 1 + n % 2 if n < 5 else None,
                "product_group_id": 1 if n < 5 and n % 2 == 0 else None,
                "project_id": 1 if n == 3 else None,
                "opened_at": datetime(2031, 1 + n // 5, 28, 22, 30, tzinfo=UTC),
                "closed_at": datetime(2031, 6, 1, tzinfo=UTC) if n % 3 == 0 else None,
                "subject": f"S{n}",
            }
            for n in range(12)
        ]
        session.execute(insert(Ticket), rows)
    return Backend(database)


def told(backend, by, **asked):
    return [(share.name, share.total, share.open) for share in backend.execute(statistics.shares, by, **asked)]


@pytest.mark.row("R-M7")
def test_tickets_are_counted_by_type_the_most_first_and_those_without_last(counted):
    assert told(counted, "type_id") == [("Boiler", 7, 4), ("Meter", 3, 2), (None, 2, 2)]
    assert told(counted, "type_id", open_only=True) == [("Boiler", 4, 4), ("Meter", 2, 2), (None, 2, 2)]
    (cold, bare) = counted.execute(statistics.shares, "subtype_id")
    assert (cold.name, cold.under, cold.total, bare.total) == ("Cold", "Boiler", 2, 10)


@pytest.mark.row("R-M17")
def test_products_and_their_groups_are_counted(counted):
    assert told(counted, "product_id") == [("B3", 3, 2), ("B4", 2, 1), (None, 7, 5)]
    assert told(counted, "product_group_id")[0] == ("Heating", 3, 2)


@pytest.mark.row("R-M19")
def test_projects_are_counted(counted):
    assert told(counted, "project_id") == [("Tower", 1, 0), (None, 11, 8)]


def test_a_period_is_of_the_days_of_the_company(counted):
    """Half past ten in the evening in UTC is the next day in Jerusalem."""
    assert told(counted, "type_id", first=date(2031, 1, 28), last=date(2031, 1, 28)) == []
    assert told(counted, "type_id", first=date(2031, 1, 29), last=date(2031, 1, 29)) == [("Boiler", 5, 3)]


def test_time_is_counted_in_months_and_weeks(counted):
    months = counted.execute(statistics.spans, Step.MONTH, date(2031, 1, 1), date(2031, 4, 30))
    # 28 February at half past ten in the evening is the first of March there, and so on.
    assert [(span.first, span.total, span.open) for span in months] == [
        (date(2031, 1, 1), 5, 3),
        (date(2031, 2, 1), 0, 0),
        (date(2031, 3, 1), 7, 5),
        (date(2031, 4, 1), 0, 0),
    ]
    weeks = counted.execute(statistics.spans, Step.WEEK, date(2031, 1, 1), date(2031, 4, 30))
    assert sum(span.total for span in weeks) == 12
    assert {span.first: span.total for span in weeks if span.total}[date(2031, 1, 27)] == 5


def test_steps_cover_the_days():
    assert steps(Step.MONTH, date(2030, 11, 20), date(2031, 1, 1)) == [
        date(2030, 11, 1),
        date(2030, 12, 1),
        date(2031, 1, 1),
    ]
    assert steps(Step.WEEK, date(2031, 1, 1), date(2031, 1, 6)) == [date(2030, 12, 30), date(2031, 1, 6)]
