"""Many tickets at once: each is changed or refused by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.backend import Backend
from app.domain.errors import Conflict, UserError
from app.domain.tickets.draft import TicketDraft
from app.i18n import say
from app.models.tickets import (
    Product,
    ProductGroup,
    StatusField,
    Task,
    Ticket,
    TicketStatus,
    TicketSubtype,
    TicketType,
)
from app.services.tickets import bulk, card
from tests.kit.factory import add_presence, add_user, add_visit, at


@pytest.fixture
def office(database):
    """A backend, an agent, and three open tickets of his."""
    with database.transaction() as session:
        agent = add_user(session, "Dana", "agent").id
        session.add_all([TicketType(name="Boiler"), TicketType(name="Meter")])
        session.flush()
        session.add(TicketSubtype(type_id=1, name="Cold"))
        group = ProductGroup(name="Heating")
        session.add(group)
        session.flush()
        session.add(Product(name="Boiler 3", group_id=group.id))
    backend = Backend(database).acting_as(agent)
    drafts = [TicketDraft(subject=f"S{n}", handler_id=agent, type_id=1, subtype_id=1) for n in range(3)]
    return backend, agent, [backend.execute(card.create, draft).id for draft in drafts]


def status(database, code: str) -> int:
    with database.reading() as session:
        return session.scalars(select(TicketStatus.id).where(TicketStatus.code == code)).one()


def test_fields_that_hang_on_a_changed_one_follow_it_and_go_back(office, database):
    backend, agent, (first, *_others) = office
    version = backend.execute(bulk.versions, [first])[first]
    wanted = {"type_id": 2, "priority": 0, "product_id": 1, "responsible_id": agent}
    changed = backend.execute(bulk.change, first, version, wanted)
    draft = backend.execute(card.load, first).draft
    assert (draft.type_id, draft.subtype_id, draft.priority, draft.is_priority_by_hand) == (2, None, 0, True)
    assert (draft.product_id, draft.product_group_id, draft.responsible_id) == (1, 1, agent)
    backend.execute(bulk.change, first, changed.version, changed.before)
    draft = backend.execute(card.load, first).draft
    assert (draft.type_id, draft.subtype_id, draft.priority, draft.is_priority_by_hand) == (1, 1, 2, False)
    assert (draft.product_id, draft.product_group_id, draft.responsible_id) == (None, None, None)


@pytest.mark.row("U16")
def test_a_mandatory_field_is_not_skipped_by_a_bulk_close(office, database):
    backend, _agent, tickets = office
    closed = status(database, "closed")
    with database.transaction() as session:
        session.add(StatusField(status_id=closed, field="product_id"))
        session.execute(update(Ticket).where(Ticket.id == tickets[0]).values(product_id=1))
    seen = backend.execute(bulk.versions, tickets)
    said = []
    for ticket in tickets:
        try:
            backend.execute(bulk.change, ticket, seen[ticket], {"status_id": closed})
        except UserError as refused:
            said.append(say(refused.what))
    assert said == ["This state needs a field that is empty: Product."] * 2
    with database.reading() as session:
        done = set(session.scalars(select(Ticket.id).where(Ticket.closed_at.is_not(None))))
    assert done == {tickets[0]}


def test_a_visit_still_to_come_keeps_its_ticket_open(office, database):
    backend, _agent, (first, *_others) = office
    with database.transaction() as session:
        technician = add_user(session, "Avi")
        add_presence(session, technician, at(8), at(16))
        task = session.scalars(select(Task).where(Task.ticket_id == first)).one()
        add_visit(session, technician, at(9), at(9) + timedelta(hours=1), task_id=task.id)
    version = backend.execute(bulk.versions, [first])[first]
    with pytest.raises(UserError, match="visit of"):
        backend.execute(bulk.change, first, version, {"status_id": status(database, "closed")})


def test_what_somebody_changed_meanwhile_is_a_conflict(office):
    backend, agent, (first, *_others) = office
    version = backend.execute(bulk.versions, [first])[first]
    backend.execute(bulk.change, first, version, {"priority": 3})
    with pytest.raises(Conflict):
        backend.execute(bulk.change, first, version, {"responsible_id": agent})


def test_what_is_so_already_is_not_written(office):
    backend, agent, (first, *_others) = office
    version = backend.execute(bulk.versions, [first])[first]
    assert backend.execute(bulk.change, first, version, {"handler_id": agent}).version == version


def test_only_fields_meant_for_many_are_taken(office):
    backend, _agent, (first, *_others) = office
    with pytest.raises(ValueError, match="description"):
        backend.execute(bulk.change, first, 1, {"description": 3})
