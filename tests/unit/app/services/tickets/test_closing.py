"""A ticket closes with its tasks only when each of them could be closed by itself."""

import pytest

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Refused
from app.domain.tickets.draft import TicketDraft
from app.i18n import say
from app.models.customers import Customer
from app.models.tickets import CustomField, Layout, Task, TicketType
from app.services.tickets import card
from app.services.tickets.advancing import Update, advance
from app.services.tickets.merging import merge
from app.services.tickets.tasks import NewTask, create
from tests.kit.factory import add_type, add_user


@pytest.mark.row("R-T43", "U17")
def test_a_ticket_does_not_close_while_a_task_lacks_a_field_its_kind_needs(database: Database) -> None:
    with database.transaction() as session:
        dana = add_user(session, "Dana", "agent").id
        repair = add_type(session, "Repair", is_schedulable=False)
        field = CustomField(name="Serial number", kind="text")
        session.add(field)
        session.flush()
        code = f"custom.{field.id}"
        session.add(Layout(kind="task", activity_type_id=repair.id, fields=[code], required=[code]))
        kind = TicketType(name="Repair", activity_type_id=repair.id)
        session.add(kind)
        session.flush()
        draft = TicketDraft(subject="Leak", type_id=kind.id, handler_id=dana)
    backend = Backend(database, actor=dana)
    saved = backend.execute(card.create, draft)
    with pytest.raises(Refused) as refusal:
        backend.execute(card.close, saved.id, saved.version)
    assert refusal.value.code == "MISSING"
    assert say(refusal.value.what) == "The task needs a field that is empty: Serial number."
    with database.reading() as session:
        assert session.get_one(Task, 1).closed_at is None
    with database.transaction() as session:
        session.get_one(Task, 1).custom = {code.removeprefix("custom."): "B-77"}
    assert backend.execute(card.close, saved.id, saved.version).is_closed


@pytest.mark.row("R-F13")
def test_the_tasks_of_a_merged_ticket_are_those_of_the_customer_who_goes_on(database: Database) -> None:
    with database.transaction() as session:
        dana = add_user(session, "Dana", "agent").id
        rossi, bianchi = Customer(name="Rossi"), Customer(name="Bianchi")
        session.add_all([rossi, bianchi])
        session.flush()
        ids = rossi.id, bianchi.id
    backend = Backend(database, actor=dana)
    first, second = (
        backend.execute(card.create, TicketDraft(subject="Leak", customer_id=customer, handler_id=dana))
        for customer in ids
    )
    backend.execute(merge, first.id, first.version, second.id, with_other_customer=True)
    with database.reading() as session:
        assert [session.get_one(Task, key).customer_id for key in (1, 2)] == [ids[1], ids[1]]


@pytest.mark.row("R-T43", "U17")
def test_a_task_of_its_own_does_not_close_either_until_the_field_is_filled_with_the_same_update(
    database: Database,
) -> None:
    with database.transaction() as session:
        dana = add_user(session, "Dana", "agent").id
        repair = add_type(session, "Repair", is_schedulable=False).id
        field = CustomField(name="Serial number", kind="text")
        session.add(field)
        session.flush()
        code, key = f"custom.{field.id}", str(field.id)
        session.add(Layout(kind="task", activity_type_id=repair, fields=[code], required=[code]))
    backend = Backend(database, actor=dana)
    task = backend.execute(create, NewTask("Leak", activity_type_id=repair, user_id=dana))
    with pytest.raises(Refused) as refusal:
        backend.execute(advance, task.task_id, task.version, Update(closes=True, custom={key: " "}))
    assert refusal.value.code == "MISSING"
    assert backend.execute(advance, task.task_id, task.version, Update(closes=True, custom={key: "B-77"})).is_closed
