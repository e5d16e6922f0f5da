"""What an administrator shapes about cards, on both engines: kept whole, and what is in use stays."""

from collections.abc import Callable

import pytest

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Conflict, Refused
from app.domain.tickets.fields import FIELDS, OPTIONAL
from app.i18n import say
from app.models.customers import Customer
from app.models.tickets import CustomField, Note, NoteKind, Numerator, Task
from app.services.processes.rows import StateDraft, TicketTypeDraft, TypeDraft
from app.services.processes.states import delete_state, list_states, save_state
from app.services.processes.ticket_types import save_ticket_type
from app.services.processes.types import list_types, save_type
from app.services.tickets.custom_fields import (
    OwnFieldDraft,
    delete_own_field,
    list_own_fields,
    save_own_field,
)
from app.services.tickets.layouts import (
    TASK,
    TICKET,
    drop_layout,
    layout_targets,
    load_layout,
    missing_of_task,
    save_layout,
)
from app.services.tickets.note_kinds import NoteKindDraft, delete_note_kind, list_note_kinds, save_note_kind
from app.services.tickets.numbering import draw
from app.services.tickets.numerators import NumeratorDraft, delete_numerator, list_numerators, save_numerator
from app.services.tickets.products import (
    ProductDraft,
    delete_product,
    delete_product_group,
    list_product_groups,
    list_products,
    save_product,
    save_product_group,
)
from app.services.tickets.projects import ProjectDraft, delete_project, list_projects, save_project
from app.services.tickets.statuses import StatusDraft, delete_status, list_statuses, move_status, save_status
from tests.kit.factory import add_ticket, add_type, add_user, at

Attempt = Callable[[], object]


@pytest.fixture
def backend(database: Database) -> Backend:
    """The owner's."""
    return Backend(database)


def refusal(attempt: Attempt) -> Refused:
    """The refusal that the attempt ends with."""
    with pytest.raises(Refused) as found:
        attempt()
    return found.value


@pytest.mark.row("R-M10", "Q7")
def test_states_ship_as_a_ticket_list_and_are_added_renamed_ordered_and_removed(backend: Backend) -> None:
    assert [row.code for row in backend.execute(list_statuses)] == ["new", "in_work", "waiting", "closed"]
    made = backend.execute(save_status, StatusDraft("With the factory"))
    backend.execute(move_status, made.id, up=True)
    assert [row.name for row in backend.execute(list_statuses)][-2:] == ["With the factory", None]
    new, *_rest = backend.execute(list_statuses)
    renamed = backend.execute(save_status, StatusDraft("Fresh"), row_id=new.id, version=new.version)
    assert (renamed.code, renamed.name) == ("new", "Fresh")
    assert refusal(lambda: backend.execute(save_status, StatusDraft("fresh"))).code == "TAKEN"
    assert refusal(lambda: backend.execute(delete_status, new.id, renamed.version)).code == "BUILT_IN"
    held = next(row for row in backend.execute(list_statuses) if row.id == made.id)
    backend.execute(delete_status, made.id, held.version)
    assert len(backend.execute(list_statuses)) == 4


@pytest.mark.row("R-M10")
def test_a_state_that_tickets_have_stays_and_keeps_closing_or_not(backend: Backend, database: Database) -> None:
    made = backend.execute(save_status, StatusDraft("Pool"))
    known = {"row_id": made.id, "version": made.version}
    with database.transaction() as session:
        for _number in range(2):
            add_ticket(session, status_id=made.id)
    for attempt in (
        lambda: backend.execute(delete_status, made.id, made.version),
        lambda: backend.execute(save_status, StatusDraft("Pool", is_closed=True), **known),
    ):
        found = refusal(attempt)
        assert (found.code, say(found.what)) == ("USED", "2 tickets still have it.")
    closed = backend.execute(list_statuses)[3]
    opened = StatusDraft(None, is_closed=False)
    kept = refusal(lambda: backend.execute(save_status, opened, row_id=closed.id, version=closed.version))
    assert kept.code == "CLOSES"


@pytest.mark.row("R-M11")
def test_a_state_says_which_fields_it_needs_and_how_many_open_tickets_lack_one(
    backend: Backend, database: Database
) -> None:
    paid = backend.execute(save_own_field, OwnFieldDraft("Paid", "check"))
    serial = backend.execute(save_own_field, OwnFieldDraft("Serial"))
    work = backend.execute(list_statuses)[1]
    with database.transaction() as session:
        add_ticket(session, status="in_work", address=" ")
        add_ticket(session, status="in_work", address="Via Po", custom={str(paid.id): False, str(serial.id): "7"})
        add_ticket(session, status="in_work", address="Via Po", custom={str(paid.id): True, str(serial.id): "7"})
        add_ticket(session, status="new")
    needs: dict[tuple[str, ...], int] = {
        ("address",): 1,
        ("address", f"custom.{serial.id}"): 1,
        (f"custom.{paid.id}",): 2,
        ("due_at", "site_id"): 3,
        (): 0,
    }
    version = work.version
    for fields, lacking in needs.items():
        row = backend.execute(save_status, StatusDraft(None, fields=fields), row_id=work.id, version=version)
        assert (row.lacking, set(row.fields)) == (lacking, set(fields))
        assert row.version > version
        version = row.version
    for field in ("priority", "no_such", "custom.99"):
        draft = StatusDraft(None, fields=(field,))
        attempt = refusal(lambda draft=draft: backend.execute(save_status, draft, row_id=work.id, version=version))
        assert attempt.code == "FIELDS"


@pytest.mark.row("R-M3")
def test_an_own_field_with_values_keeps_its_kind_and_stays(backend: Backend, database: Database) -> None:
    colour = backend.execute(save_own_field, OwnFieldDraft("Colour", "choice", ("Red", "Blue", "red ")))
    assert colour.choices == ("Red", "Blue")
    assert refusal(lambda: backend.execute(save_own_field, OwnFieldDraft("X", "choice"))).code == "CHOICES"
    assert refusal(lambda: backend.execute(save_own_field, OwnFieldDraft("X", "colour"))).code == "KIND"
    known = {"row_id": colour.id, "version": colour.version}
    with database.transaction() as session:
        ticket = add_ticket(session, custom={str(colour.id): "Red"})
        session.add(Task(user_id=add_user(session, "Avi").id, opened_at=at(0), custom={str(colour.id): "Blue"}))
        session.flush()
        ticket_id = ticket.id
    found = refusal(lambda: backend.execute(save_own_field, OwnFieldDraft("Colour"), **known))
    assert (found.code, say(found.what)) == ("USED", "1 ticket still has it.")
    assert refusal(lambda: backend.execute(delete_own_field, colour.id, colour.version)).code == "USED"
    with database.transaction() as session:
        ticket = session.get_one(type(ticket), ticket_id)
        ticket.custom = {}
    assert say(refusal(lambda: backend.execute(delete_own_field, colour.id, colour.version)).what).endswith("has it.")
    with database.transaction() as session:
        session.query(Task).update({"custom": {}})
    renamed = backend.execute(save_own_field, OwnFieldDraft("Hue", "text"), **known)
    assert (renamed.name, renamed.kind, renamed.choices) == ("Hue", "text", ())


@pytest.mark.row("R-M3", "R-M11")
def test_a_field_that_a_state_needs_stays_and_one_that_goes_leaves_the_cards(backend: Backend) -> None:
    field = backend.execute(save_own_field, OwnFieldDraft("Serial"))
    code = f"custom.{field.id}"
    state = backend.execute(save_status, StatusDraft("Shipped", fields=(code,)))
    attempts: tuple[Attempt, ...] = (
        lambda: backend.execute(delete_own_field, field.id, field.version),
        lambda: backend.execute(
            save_own_field, OwnFieldDraft("Serial", is_active=False), row_id=field.id, version=field.version
        ),
    )
    for attempt in attempts:
        assert say(refusal(attempt).what) == "This field is mandatory in the ticket state “Shipped”."
    backend.execute(save_status, StatusDraft("Shipped"), row_id=state.id, version=state.version)
    backend.execute(save_layout, TICKET, None, 0, ("subject", code, "status_id"))
    backend.execute(save_layout, TASK, None, 0, (code,), (code,))
    backend.execute(delete_own_field, field.id, field.version)
    assert backend.execute(load_layout, TICKET).fields == ("subject", "status_id")
    tasks = backend.execute(load_layout, TASK)
    assert (tasks.fields, tasks.required) == ((), ())
    assert backend.execute(list_own_fields) == ()


@pytest.mark.row("R-M3", "R-M6")
def test_a_card_shows_what_its_layout_says(backend: Backend) -> None:
    plain = backend.execute(load_layout, TICKET)
    assert plain.fields == tuple(code for code in FIELDS if code not in OPTIONAL)
    assert set(plain.available) == OPTIONAL
    general = ("status_id", "subtype2_id", "subject", "type_id")
    saved = backend.execute(save_layout, TICKET, None, 0, general)
    assert saved.fields == general
    outage = backend.execute(save_ticket_type, TicketTypeDraft("Outage")).id
    assert backend.execute(load_layout, TICKET, outage).fields == general
    own = backend.execute(save_layout, TICKET, outage, 0, ("subject", "status_id"))
    assert (own.fields, backend.execute(load_layout, TICKET).fields) == (("subject", "status_id"), general)
    with pytest.raises(Conflict):
        backend.execute(save_layout, TICKET, outage, 0, general)
    with pytest.raises(Conflict):
        backend.execute(save_layout, TICKET, None, saved.version + 1, general)
    assert backend.execute(drop_layout, TICKET, outage, own.version).fields == general
    for fields, required in (
        (("subject",), ()),
        (("subject", "status_id", "subject"), ()),
        (("subject", "status_id", "secret"), ()),
        (("subject", "status_id"), ("subject",)),
    ):
        with pytest.raises(Refused):
            backend.execute(save_layout, TICKET, None, saved.version, fields, required)
    kinds = [(target.kind, target.name) for target in backend.execute(layout_targets)]
    assert kinds == [("ticket", ""), ("ticket", "Outage"), ("task", "")]


@pytest.mark.row("R-T10", "R-T43")
def test_an_activity_type_needs_fields_of_its_own_before_its_tasks_close(backend: Backend, database: Database) -> None:
    serial, paid = (
        backend.execute(save_own_field, OwnFieldDraft(*draft)) for draft in (("Serial",), ("Paid", "check"))
    )
    codes = (f"custom.{serial.id}", f"custom.{paid.id}")
    with database.transaction() as session:
        repair, visit = add_type(session, "Repair").id, add_type(session, "Visit").id
    backend.execute(save_layout, TASK, repair, 0, codes, codes)
    backend.execute(save_layout, TASK, None, 0, codes, codes[:1])
    with database.reading() as session:
        assert missing_of_task(session, repair, None) == codes
        assert missing_of_task(session, repair, {str(serial.id): " ", str(paid.id): True}) == codes[:1]
        assert missing_of_task(session, repair, {str(serial.id): "7", str(paid.id): True}) == ()
        assert missing_of_task(session, visit, {}) == codes[:1]
        assert missing_of_task(session, None, {str(serial.id): "7"}) == ()


@pytest.mark.row("R-T8")
def test_a_numerator_shows_the_next_number_and_never_gives_one_twice(backend: Backend, database: Database) -> None:
    made = backend.execute(save_numerator, NumeratorDraft("Interventions", " INT-", 5, 42))
    assert made.next == "INT-00042"
    with database.transaction() as session:
        add_ticket(session, number=draw(session, made.id))
    (row,) = backend.execute(list_numerators)
    assert (row.next, row.version) == ("INT-00043", made.version)
    known = {"row_id": made.id, "version": made.version}
    back = refusal(lambda: backend.execute(save_numerator, NumeratorDraft("Interventions", "INT-", 5, 42), **known))
    assert (back.code, say(back.what)) == ("NEXT", "The number INT-00042 was given out already.")
    wider = backend.execute(save_numerator, NumeratorDraft("Interventions", "INT-", 7), **known)
    assert wider.next == "INT-0000043"
    for wrong in (NumeratorDraft("x", digits=13), NumeratorDraft("x", "p" * 21), NumeratorDraft("x", next_number=0)):
        with pytest.raises(Refused):
            backend.execute(save_numerator, wrong)
    kind = backend.execute(save_ticket_type, TicketTypeDraft("Outage", numerator_id=made.id))
    assert refusal(lambda: backend.execute(delete_numerator, made.id, wider.version)).what.count == 1
    backend.execute(save_ticket_type, TicketTypeDraft("Outage"), row_id=kind.id, version=kind.version)
    backend.execute(delete_numerator, made.id, wider.version)


@pytest.mark.row("R-T8", "R-T9")
def test_an_activity_type_numbers_its_tasks_and_notifies_or_not(backend: Backend, database: Database) -> None:
    with database.transaction() as session:
        numerator = Numerator(name="Tasks")
        session.add(numerator)
        session.flush()
        draft = TypeDraft("Repair", numerator_id=numerator.id, notifies=False)
    backend.execute(save_type, draft)
    (row,) = backend.execute(list_types)
    assert (row.numerator_id, row.notifies) == (draft.numerator_id, False)
    assert backend.execute(save_type, TypeDraft("Call")).notifies


@pytest.mark.row("R-T3")
def test_a_state_of_work_may_wait_for_somebody_else(backend: Backend, database: Database) -> None:
    made = backend.execute(save_state, StateDraft("Waits for parts", "#7A3E9D", is_waiting=True))
    assert [row.is_waiting for row in backend.execute(list_states) if row.id == made.id] == [True]
    both = StateDraft("Odd", "#7A3E9D", is_final=True, is_waiting=True)
    assert refusal(lambda: backend.execute(save_state, both)).code == "WAITS"
    with database.transaction() as session:
        session.add(Task(user_id=add_user(session, "Avi").id, opened_at=at(0), state_id=made.id))
    found = refusal(lambda: backend.execute(delete_state, made.id, made.version))
    assert (found.code, found.what.count) == ("USED", 1)


@pytest.mark.row("R-M16")
def test_products_have_groups_and_those_tickets_have_stay(backend: Backend, database: Database) -> None:
    boilers = backend.execute(save_product_group, "Boilers")
    small = backend.execute(save_product, ProductDraft("B20", " B 20 ", boilers.id))
    other = backend.execute(save_product, ProductDraft("Tap"))
    assert [(row.group, row.name, row.code) for row in backend.execute(list_products)] == [
        ("Boilers", "B20", "B 20"),
        ("", "Tap", None),
    ]
    assert refusal(lambda: backend.execute(save_product, ProductDraft("Other", "b 20"))).code == "TAKEN"
    assert [row.uses for row in backend.execute(list_product_groups)] == [1]
    with database.transaction() as session:
        add_ticket(session, product_id=small.id)
    for attempt in (
        lambda: backend.execute(delete_product_group, boilers.id, boilers.version),
        lambda: backend.execute(delete_product, small.id, small.version),
    ):
        assert refusal(attempt).what.count == 1
    off = ProductDraft("B20", "B 20", boilers.id, is_active=False)
    assert not backend.execute(save_product, off, row_id=small.id, version=small.version).is_active
    backend.execute(delete_product, other.id, other.version)


@pytest.mark.row("R-M18")
def test_projects_have_sub_projects_in_one_level_and_a_customer(backend: Backend, database: Database) -> None:
    with database.transaction() as session:
        customer = Customer(name="Rossi", search="rossi")
        session.add(customer)
        session.flush()
        customer_id = customer.id
    network = backend.execute(save_project, ProjectDraft("Network", customer_id=customer_id))
    cables = backend.execute(save_project, ProjectDraft("Cables", network.id))
    attic = backend.execute(save_project, ProjectDraft("Attic"))
    assert [(row.parent, row.name, row.customer, row.parts) for row in backend.execute(list_projects)] == [
        ("", "Attic", "", 0),
        ("", "Network", "Rossi", 1),
        ("Network", "Cables", "Rossi", 0),
    ]
    assert refusal(lambda: backend.execute(save_project, ProjectDraft("cables", network.id))).code == "TAKEN"
    deeper = refusal(lambda: backend.execute(save_project, ProjectDraft("Copper", cables.id)))
    known = {"row_id": network.id, "version": network.version}
    turned = refusal(lambda: backend.execute(save_project, ProjectDraft("Network", attic.id), **known))
    assert (deeper.code, turned.code) == ("PARENT", "PARENT")
    with database.transaction() as session:
        add_ticket(session, project_id=network.id, subproject_id=cables.id)
    assert refusal(lambda: backend.execute(delete_project, cables.id, cables.version)).code == "USED"
    backend.execute(delete_project, attic.id, attic.version)


def test_a_note_kind_with_notes_stays_and_built_in_ones_keep_their_bell(backend: Backend, database: Database) -> None:
    made = backend.execute(save_note_kind, NoteKindDraft("Danger", is_alert=True))
    with database.transaction() as session:
        session.add(Note(kind_id=made.id, ticket_id=add_ticket(session).id, text="Dog", at=at(0)))
    assert refusal(lambda: backend.execute(delete_note_kind, made.id, made.version)).what.count == 1
    alert = next(row for row in backend.execute(list_note_kinds) if row.code == "alert")
    turned = NoteKindDraft(None, is_alert=False)
    kept = refusal(lambda: backend.execute(save_note_kind, turned, row_id=alert.id, version=alert.version))
    assert kept.code == "BUILT_IN"
    named = backend.execute(save_note_kind, NoteKindDraft("Bell", True), row_id=alert.id, version=alert.version)
    assert named.name == "Bell"


def test_shaping_cards_is_for_administrators(backend: Backend, database: Database) -> None:
    with database.transaction() as session:
        noa = add_user(session, "Noa", "manager").id
        rows = (CustomField(name="Serial", kind="text"), NoteKind(name="Danger"), Numerator(name="Tickets"))
        session.add_all(rows)
    asking = backend.acting_as(noa)
    for attempt in (
        lambda: asking.execute(save_status, StatusDraft("x")),
        lambda: asking.execute(save_own_field, OwnFieldDraft("x")),
        lambda: asking.execute(save_layout, TICKET, None, 0, ("subject", "status_id")),
        lambda: asking.execute(save_product, ProductDraft("x")),
        lambda: asking.execute(save_product_group, "x"),
        lambda: asking.execute(save_project, ProjectDraft("x")),
        lambda: asking.execute(save_numerator, NumeratorDraft("x")),
        lambda: asking.execute(save_note_kind, NoteKindDraft("x")),
    ):
        assert refusal(attempt).code == "FORBIDDEN"
