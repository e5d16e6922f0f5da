"""Imports and the mandatory fields of states: the row is refused with the fields named, and nothing of it stays."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.backend import Backend
from app.db.database import Database
from app.domain.imports.fields import Kind
from app.models.tickets import StatusField, Task, Ticket, TicketStatus, TicketType
from app.services.imports.report import Report
from app.services.tickets.custom_fields import OwnFieldDraft, save_own_field
from app.services.tickets.statuses import StatusDraft, list_statuses, save_status
from tests.kit.factory import add_ticket

Import = Callable[..., Report]
HEADER = "unique_key,complaint_type,status,incident_address,borough"


@pytest.fixture
def strict(company: Database) -> Database:
    """A closed state that needs an address and a field of the company's own, and one in work that needs a site."""
    backend = Backend(company)
    serial = backend.execute(save_own_field, OwnFieldDraft("Serial number"))
    _new, work, _waiting, closed = backend.execute(list_statuses)
    for state, fields in ((closed, ("address", f"custom.{serial.id}")), (work, ("site_id",))):
        draft = StatusDraft(None, state.is_closed, fields)
        backend.execute(save_status, draft, row_id=state.id, version=state.version)
    return company


def refused_rows(path: Path) -> list[tuple[str, str]]:
    """Line and reason of each refused row."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(row[0], row[1]) for row in list(csv.reader(file))[1:]]


def count(database: Database, model: type[Any]) -> int:
    """How many rows there are."""
    with database.reading() as session:
        return session.execute(select(func.count()).select_from(model)).scalar_one()


@pytest.mark.row("R-M11")
def test_a_call_that_lacks_what_its_state_needs_is_refused_by_name(
    import_lines: Import, strict: Database, tmp_path: Path
) -> None:
    aside = tmp_path / "refused.csv"
    lines = (
        "1,Heating,Open,,North",
        "2,Plumbing,Closed,,North",
        "3,Heating,In Progress,1 MAIN STREET,",
        "4,Heating,In Progress,1 MAIN STREET,North",
    )
    assert import_lines(Kind.CALLS, HEADER, *lines, refused=aside) == Report(4, 2, 0, 0, 2)
    assert refused_rows(aside) == [
        ("3", "This state needs 2 fields that are empty: Address, Serial number."),
        ("4", "This state needs a field that is empty: Site."),
    ]
    assert (count(strict, Ticket), count(strict, Task)) == (2, 2)
    with strict.reading() as session:
        # The type only the refused row named is not there either.
        assert list(session.scalars(select(TicketType.name))) == ["Heating"]


@pytest.mark.row("R-M11")
def test_a_known_call_is_not_closed_without_what_that_needs(
    import_lines: Import, strict: Database, tmp_path: Path
) -> None:
    import_lines(Kind.CALLS, HEADER, "1,Heating,Open,,North")
    aside = tmp_path / "refused.csv"
    closing = "1,Heating,Closed,2 MAIN STREET,North"
    assert import_lines(Kind.CALLS, HEADER, closing, refused=aside) == Report(1, 0, 0, 0, 1)
    assert refused_rows(aside) == [("2", "This state needs a field that is empty: Serial number.")]
    with strict.reading() as session:
        ticket = session.execute(select(Ticket)).scalar_one()
        assert (ticket.closed_at, ticket.address) == (None, None)
        assert session.execute(select(Task.closed_at)).scalar_one() is None


@pytest.mark.row("R-M11")
def test_a_call_that_was_there_before_its_state_became_stricter_goes_on(import_lines: Import, strict: Database) -> None:
    with strict.transaction() as session:
        work = session.scalars(select(TicketStatus.id).where(TicketStatus.code == "in_work")).one()
        before = add_ticket(session, external_key="1", status="new", site_id=None)
        fields = session.scalars(select(StatusField).where(StatusField.status_id == work)).all()
        for field in fields:
            session.delete(field)
        session.flush()
        before.status_id = work
        session.flush()
        session.add(StatusField(status_id=work, field="site_id"))
    assert import_lines(Kind.CALLS, HEADER, "1,Heating,In Progress,9 MAIN STREET,") == Report(1, 0, 1, 0, 0)


@pytest.mark.row("R-M11")
def test_the_guard_of_the_database_stands_behind_the_look_at_the_rows(
    import_lines: Import, strict: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.imports.completeness.Completeness.check", lambda *_rows: None)
    aside = tmp_path / "refused.csv"
    lines = ("1,Heating,In Progress,,", "2,Heating,In Progress,,North")
    assert import_lines(Kind.CALLS, HEADER, *lines, refused=aside) == Report(2, 1, 0, 0, 1)
    assert refused_rows(aside) == [("2", "This state needs a field that is empty: Site.")]
