"""What comes in by itself finds a state, whatever the states ask for; a bad address is told at the door."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Incomplete, Refused
from app.i18n import say
from app.models.processes import RoutingRules
from app.models.tickets import CustomField, StatusField, Ticket, TicketStatus, TicketType
from app.services.tickets.intake import Intake, accept
from tests.kit.factory import add_process, add_profile, add_user

ENQUIRY = Intake("Boiler leaks", email="c@example.org")


@pytest.fixture
def backend(database: Database) -> Backend:
    with database.transaction() as session:
        dana = add_user(session, "Dana", "administrator")
        stages = add_process(session, "Enquiry", Intake=add_profile(session, "Service", dana), Done=None)
        kind = TicketType(name="Enquiry", process_id=stages["Intake"].process_id)
        session.add_all([kind, CustomField(name="Serial number", kind="text")])
        session.flush()
        session.execute(update(RoutingRules).values(intake_type_id=kind.id))
    return Backend(database)


def demand(backend: Backend, field: str, *codes: str) -> None:
    with backend.database.transaction() as session:
        for code in codes:
            status_id = session.scalars(select(TicketStatus.id).where(TicketStatus.code == code)).one()
            session.add(StatusField(status_id=status_id, field=field))


def open_codes(backend: Backend) -> list[str]:
    with backend.database.reading() as session:
        asked = select(TicketStatus.code).where(TicketStatus.is_closed.is_(False))
        return [str(code) for code in session.scalars(asked.order_by(TicketStatus.position, TicketStatus.id))]


def state_of(backend: Backend, ticket_id: int) -> str | None:
    with backend.database.reading() as session:
        return session.get_one(TicketStatus, session.get_one(Ticket, ticket_id).status_id).code


@pytest.mark.row("R-M11", "R-F4")
def test_an_enquiry_begins_at_the_first_state_that_asks_for_nothing_it_lacks(backend: Backend) -> None:
    first, second, *_others = open_codes(backend)
    demand(backend, "handler_id", first)
    assert state_of(backend, backend.execute(accept, ENQUIRY).ticket_id) == first
    demand(backend, "custom.1", first)
    assert state_of(backend, backend.execute(accept, ENQUIRY).ticket_id) == second


@pytest.mark.row("R-M11")
def test_where_every_state_asks_for_more_the_refusal_names_every_field(backend: Backend) -> None:
    demand(backend, "custom.1", *open_codes(backend))
    demand(backend, "product_id", *open_codes(backend))
    with pytest.raises(Refused) as told:
        backend.execute(accept, ENQUIRY)
    assert told.value.code == "MISSING"
    assert all(name in say(told.value.what) for name in ("Serial number", "Product"))
    with backend.database.reading() as session:
        assert session.scalars(select(Ticket)).all() == []


@pytest.mark.parametrize("email", ["a@b.it\nBcc: z@z.it", "nobody", "a@b..it"])
def test_what_is_no_mail_address_never_becomes_a_customers(backend: Backend, email: str) -> None:
    with pytest.raises(Incomplete) as told:
        backend.execute(accept, replace(ENQUIRY, email=email))
    assert set(told.value.problems) == {"email"}
