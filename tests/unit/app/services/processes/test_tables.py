"""The tables an administrator shapes, on both engines."""

from dataclasses import replace

import pytest

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Conflict, Refused
from app.domain.processes import MACRO_TYPES
from app.models.processes import Process
from app.models.tickets import Numerator
from app.services.processes.named import delete_practice, delete_site, list_practices, save_practice, save_site
from app.services.processes.rows import StateDraft, Subtype, Subtype2, TicketTypeDraft, TypeDraft
from app.services.processes.states import delete_state, list_states, move_state, save_state
from app.services.processes.ticket_types import (
    delete_ticket_type,
    list_ticket_types,
    offered_processes,
    save_ticket_type,
)
from app.services.processes.types import delete_type, list_types, save_type
from tests.kit.factory import add_call, add_group, add_ticket, add_type, add_user, at


@pytest.fixture
def backend(database: Database) -> Backend:
    """The owner's."""
    return Backend(database)


@pytest.mark.row("R-T4", "R-T5")
def test_activity_types_are_listed_by_practice(backend: Backend) -> None:
    office = backend.execute(save_practice, " Customer  service ")
    field = backend.execute(save_practice, "Assistance")
    for name, practice in (("Quote", office.id), ("Repair", field.id), ("Meeting", None), ("Check", field.id)):
        backend.execute(save_type, TypeDraft(name, practice))
    listed = [(row.practice, row.name) for row in backend.execute(list_types)]
    assert listed == [("Assistance", "Check"), ("Assistance", "Repair"), ("Customer service", "Quote"), ("", "Meeting")]
    assert [(row.name, row.uses) for row in backend.execute(list_practices)] == [
        ("Assistance", 2),
        ("Customer service", 1),
    ]
    with pytest.raises(Refused) as refusal:
        backend.execute(delete_practice, office.id, office.version)
    assert refusal.value.code == "USED"


@pytest.mark.row("R-T7", "R-T12", "Q13")
def test_a_type_keeps_its_time_its_colour_and_its_kind(backend: Backend) -> None:
    made = backend.execute(save_type, TypeDraft("Call", macro_type="call", expected_minutes=45, colour="#aabbcc"))
    assert (made.expected_minutes, made.colour, made.macro_type) == (45, "#AABBCC", "call")
    assert set(MACRO_TYPES) == {"call", "intervention", "appointment"}
    for wrong in (
        TypeDraft("x", expected_minutes=4),
        TypeDraft("x", expected_minutes=10081),
        TypeDraft("x", macro_type="deadline"),
        TypeDraft("x", colour="blue"),
        TypeDraft(" "),
        TypeDraft("call"),
    ):
        with pytest.raises(Refused):
            backend.execute(save_type, wrong)
    with pytest.raises(Conflict):
        backend.execute(save_type, TypeDraft("Call"), row_id=made.id, version=made.version + 1)


@pytest.mark.row("R-T21")
def test_what_is_scheduled_is_planned_by_the_back_office(backend: Backend, database: Database) -> None:
    with database.transaction() as session:
        add_group(session, "Technicians")
        office = add_group(session, "Office", is_back_office=True).id
    assert backend.execute(save_type, TypeDraft("Repair")).back_office_group_id == office
    assert backend.execute(save_type, TypeDraft("Meeting", is_schedulable=False)).back_office_group_id is None


def test_a_type_with_work_under_it_stays(backend: Backend, database: Database) -> None:
    with database.transaction() as session:
        office = add_group(session, "Office", is_back_office=True)
        add_call(session, office, add_type(session, "Repair", add_user(session, "Avi")), due_at=at(9))
    (repair,) = backend.execute(list_types)
    with pytest.raises(Refused) as refusal:
        backend.execute(delete_type, repair.id, repair.version)
    assert refusal.value.code == "USED"
    off = TypeDraft("Repair", is_active=False)
    assert backend.execute(save_type, off, row_id=repair.id, version=repair.version).is_active is False


@pytest.mark.row("R-T3")
def test_states_have_colours_and_an_order(backend: Backend) -> None:
    built_in = backend.execute(list_states)
    assert len({row.colour for row in built_in}) == len(built_in)
    parts = backend.execute(save_state, StateDraft("Waiting for parts", "#7A3E9D"))
    backend.execute(move_state, parts.id, up=True)
    assert [row.name or row.code for row in backend.execute(list_states)] == [
        "new", "confirmed", "on_the_way", "Waiting for parts", "done",
    ]  # fmt: skip
    new = built_in[0]
    renamed = backend.execute(save_state, StateDraft("Fresh", new.colour), row_id=new.id, version=new.version + 0)
    assert (renamed.name, renamed.code) == ("Fresh", "new")
    again = backend.execute(save_state, StateDraft(None, new.colour), row_id=new.id, version=renamed.version)
    assert again.name is None
    with pytest.raises(Refused):
        backend.execute(delete_state, new.id, again.version)
    held = next(row for row in backend.execute(list_states) if row.id == parts.id)
    backend.execute(delete_state, parts.id, held.version)
    assert len(backend.execute(list_states)) == len(built_in)


@pytest.mark.row("R-M4", "R-M5", "R-M6")
def test_ticket_types_keep_the_sub_types_tickets_have(backend: Backend, database: Database) -> None:
    wanted = (Subtype("Line"), Subtype("Cable", parts=(Subtype2("Copper"), Subtype2("Fibre"))), Subtype("line "))
    made = backend.execute(save_ticket_type, TicketTypeDraft("Telephone", None, wanted))
    cable, line = made.subtypes
    assert [part.name for part in cable.parts] == ["Copper", "Fibre"]
    assert (cable.name, line.name, line.parts) == ("Cable", "Line", ())
    known = {"row_id": made.id, "version": made.version}
    renamed = replace(cable, name="Wire", parts=(replace(cable.parts[1], name="Glass"), Subtype2("Radio")))
    changed = backend.execute(save_ticket_type, TicketTypeDraft("Telephone", None, (renamed,)), **known)
    (wire,) = changed.subtypes
    assert (wire.id, wire.name) == (cable.id, "Wire")
    assert [(part.name, part.id == cable.parts[1].id) for part in wire.parts] == [("Glass", True), ("Radio", False)]
    with database.transaction() as session:
        add_ticket(session, type_id=made.id, subtype_id=wire.id, subtype2_id=wire.parts[0].id)
    known["version"] = changed.version
    for lost in ((), (replace(wire, parts=()),)):
        with pytest.raises(Refused) as refusal:
            backend.execute(save_ticket_type, TicketTypeDraft("Telephone", None, lost), **known)
        assert (refusal.value.code, refusal.value.what.count) == ("USED", 1)
    with pytest.raises(Conflict):
        backend.execute(save_ticket_type, TicketTypeDraft("Telephone", None, (wire,)), row_id=made.id, version=1)
    with pytest.raises(Refused) as refusal:
        backend.execute(delete_ticket_type, made.id, changed.version)
    assert (refusal.value.code, refusal.value.what.count) == ("USED", 1)


@pytest.mark.row("R-M9")
def test_a_ticket_type_has_a_priority_a_process_and_a_numerator(backend: Backend, database: Database) -> None:
    with database.transaction() as session:
        process, numerator = Process(name="Repair"), Numerator(name="Tickets", prefix="T-")
        session.add_all((process, numerator))
        session.flush()
        draft = TicketTypeDraft("Outage", None, (), 4, 0, process.id, numerator.id)
    made = backend.execute(save_ticket_type, draft)
    assert (made.priority, made.due_hours, made.process, made.numerator_id) == (0, 4, "Repair", draft.numerator_id)
    assert [row.name for row in backend.execute(offered_processes)] == ["Repair"]
    with pytest.raises(Refused) as refusal:
        backend.execute(save_ticket_type, TicketTypeDraft("Other", priority=4))
    assert refusal.value.code == "PRIORITY"
    backend.execute(delete_ticket_type, made.id, made.version)
    assert backend.execute(list_ticket_types) == ()


def test_sites_are_named_once(backend: Backend) -> None:
    north = backend.execute(save_site, "North")
    with pytest.raises(Refused) as refusal:
        backend.execute(save_site, "north")
    assert refusal.value.code == "TAKEN"
    backend.execute(save_site, "NORTH", row_id=north.id, version=north.version)
    backend.execute(delete_site, north.id, north.version + 1)


def test_shaping_tables_is_for_administrators(backend: Backend, database: Database) -> None:
    with database.transaction() as session:
        noa = add_user(session, "Noa", "back_office").id
    planner = backend.acting_as(noa)
    for attempt in (
        lambda: planner.execute(save_site, "North"),
        lambda: planner.execute(save_type, TypeDraft("Repair")),
        lambda: planner.execute(save_state, StateDraft("x", "#7A3E9D")),
        lambda: planner.execute(save_ticket_type, TicketTypeDraft("x")),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "FORBIDDEN"
