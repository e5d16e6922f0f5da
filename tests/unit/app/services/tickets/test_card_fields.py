from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Incomplete, Refused
from app.domain.tickets.draft import TicketDraft
from app.domain.tickets.order import TicketFilter
from app.models.customers import Customer
from app.models.mail import MailTemplate, OutboxMessage
from app.models.tickets import (
    CustomField,
    Layout,
    Numerator,
    Product,
    ProductGroup,
    Project,
    StatusField,
    TicketStatus,
    TicketSubtype,
    TicketSubtype2,
    TicketType,
)
from app.services.tickets import card, listing
from app.services.tickets.lists import lists
from tests.kit.factory import add_group, add_user, at


class Desk:
    """One agent, two types with what hangs under them, and fields of the company's own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            self.dana = add_user(session, "Dana", "agent").id
            add_group(session, "Back office", is_back_office=True)
            numerator = Numerator(name="Support", prefix="INT-", digits=4, next_number=41)
            self.add(session, numerator)
            support = TicketType(name="Support", priority=0, numerator_id=numerator.id)
            advice = TicketType(name="Advice")
            self.add(session, support, advice)
            self.support, self.advice = support.id, advice.id
            install = TicketSubtype(type_id=support.id, name="Install")
            self.add(session, install)
            level = TicketSubtype2(subtype_id=install.id, name="On site")
            heaters, pumps = ProductGroup(name="Heaters"), ProductGroup(name="Pumps")
            house = Project(name="House")
            self.add(session, level, heaters, pumps, house)
            boiler, roof = Product(name="Boiler", group_id=heaters.id), Project(name="Roof", parent_id=house.id)
            garden = Project(name="Garden")
            self.add(session, boiler, roof, garden)
            self.install, self.level, self.boiler, self.heaters, self.pumps = (
                each.id for each in (install, level, boiler, heaters, pumps)
            )
            self.house, self.roof, self.garden = house.id, roof.id, garden.id
            own = [
                CustomField(name="Serial", kind="text"),
                CustomField(name="Parts", kind="number"),
                CustomField(name="Bought", kind="date"),
                CustomField(name="Colour", kind="choice", choices=["Red", "Blue"]),
                CustomField(name="Insured", kind="check"),
            ]
            self.add(session, *own)
            self.serial, self.parts, self.bought, self.colour, self.insured = (str(each.id) for each in own)
        self.backend = Backend(database, actor=self.dana, clock=lambda: at(8))

    @staticmethod
    def add(session: Any, *rows: object) -> None:
        session.add_all(rows)
        session.flush()

    def create(self, **fields: Any) -> card.Saved:
        values = {"subject": "Boiler leaks", "handler_id": self.dana} | fields
        return self.backend.execute(card.create, TicketDraft(**values))

    def draft(self, number: int) -> TicketDraft:
        return self.backend.execute(card.load, number).draft

    def save(self, number: int, **fields: Any) -> card.Saved:
        known = self.backend.execute(card.load, number)
        return self.backend.execute(card.save, number, known.version, replace(known.draft, **fields))

    def demand(self, code: str, *fields: str) -> int:
        """The state with this code asks for these fields from now on."""
        with self.database.transaction() as session:
            status_id = session.scalars(select(TicketStatus.id).where(TicketStatus.code == code)).one()
            session.add_all(StatusField(status_id=status_id, field=field) for field in fields)
            return status_id


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.mark.row("R-M4", "R-M5", "R-M6", "R-M16", "R-M18")
def test_a_card_keeps_its_classification_and_its_links(desk):
    chosen = {
        "type_id": desk.support,
        "subtype_id": desk.install,
        "subtype2_id": desk.level,
        "product_group_id": desk.heaters,
        "product_id": desk.boiler,
        "project_id": desk.house,
        "subproject_id": desk.roof,
    }
    draft = desk.draft(desk.create(**chosen).id)
    assert {name: getattr(draft, name) for name in chosen} == chosen


@pytest.mark.row("R-M5", "R-M6", "R-M16", "R-M18")
@pytest.mark.parametrize(
    ("above", "below"),
    [
        ({"type_id": "advice"}, {"subtype_id": "install"}),
        ({"type_id": "support"}, {"subtype2_id": "level"}),
        ({"product_group_id": "pumps"}, {"product_id": "boiler"}),
        ({"project_id": "garden"}, {"subproject_id": "roof"}),
        ({}, {"subproject_id": "roof"}),
    ],
)
def test_what_does_not_belong_together_is_refused_at_its_field(desk, above, below):
    chosen = {name: getattr(desk, which) for name, which in (above | below).items()}
    with pytest.raises(Incomplete) as told:
        desk.create(**chosen)
    assert set(told.value.problems) == set(below)
    assert desk.backend.execute(listing.count).number == 0


@pytest.mark.row("R-M8", "R-M9", "Q6")
def test_the_type_sets_the_priority_until_somebody_does(desk):
    saved = desk.create(type_id=desk.support)
    assert desk.draft(saved.id).priority == 0
    desk.save(saved.id, type_id=desk.advice)
    desk.save(saved.id, priority=3)
    assert desk.draft(saved.id).is_priority_by_hand
    desk.save(saved.id, type_id=desk.support)
    assert desk.draft(saved.id).priority == 3
    assert desk.draft(desk.create(type_id=desk.support, priority=1, is_priority_by_hand=True).id).priority == 1


@pytest.mark.row("R-T43")
@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("parts", "2.50", "two"),
        ("bought", "2031-02-03", "3.2.2031"),
        ("colour", "Red", "Green"),
        ("insured", True, "yes"),
        ("serial", "SN 1", 7),
    ],
)
def test_own_fields_keep_what_their_kind_allows(desk, field, good, bad):
    key = getattr(desk, field)
    saved = desk.create(custom={key: good})
    assert desk.draft(saved.id).custom == {key: good}
    with pytest.raises(Incomplete) as told:
        desk.save(saved.id, custom={key: bad})
    assert set(told.value.problems) == {f"custom.{key}"}


def test_a_choice_taken_off_the_list_stays_where_it_was_made(desk):
    saved = desk.create(custom={desk.colour: "Red"})
    with desk.database.transaction() as session:
        session.get_one(CustomField, int(desk.colour)).choices = ["Blue"]
    desk.save(saved.id, subject="Still red")
    assert desk.draft(saved.id).custom == {desk.colour: "Red"}


@pytest.mark.row("R-M11", "U17", "U18")
def test_every_road_into_a_state_names_all_it_lacks(desk):
    closed = desk.demand("closed", "product_id", f"custom.{desk.serial}")
    saved = desk.create()
    roads = (
        lambda: desk.create(status_id=closed),
        lambda: desk.save(saved.id, status_id=closed),
        lambda: desk.backend.execute(card.close, saved.id, saved.version),
    )
    for road in roads:
        with pytest.raises(Refused) as told:
            road()
        assert told.value.code == "MISSING"
        assert told.value.what.count == 2
        assert "Serial" in str(told.value.what.fields)
        assert "Product" in str(told.value.what.fields)
    ready = desk.save(saved.id, product_id=desk.boiler, custom={desk.serial: "SN 1"})
    assert desk.backend.execute(card.close, saved.id, ready.version).is_closed


@pytest.mark.row("R-M11")
def test_reopening_meets_what_the_first_state_asks_for(desk):
    saved = desk.create()
    closed = desk.backend.execute(card.close, saved.id, saved.version)
    desk.demand("new", "address")
    with pytest.raises(Refused, match="field that is empty"):
        desk.backend.execute(card.reopen, saved.id, closed.version)


@pytest.mark.row("R-M11")
def test_what_a_ticket_lacked_before_its_state_asked_may_wait_and_what_it_had_may_not_go(desk):
    saved = desk.create(address="Herzl 4")
    desk.demand("new", "address", "product_id")
    desk.save(saved.id, subject="Still leaks")
    with pytest.raises(Refused) as told:
        desk.save(saved.id, address="")
    assert told.value.code == "MISSING"
    assert desk.draft(saved.id).address == "Herzl 4"


@pytest.mark.row("R-M11")
def test_the_database_has_the_last_word_past_the_services(desk):
    saved = desk.create()
    closed = desk.demand("closed", f"custom.{desk.serial}")
    with desk.database.engine.connect() as connection, pytest.raises(DBAPIError, match="callboard:MISSING"):
        connection.execute(text(f"UPDATE tickets SET status_id = {closed} WHERE id = {saved.id}"))


@pytest.mark.row("R-T8")
def test_a_numerator_numbers_the_tickets_of_its_type_and_the_number_is_found(desk):
    first, second = desk.create(type_id=desk.support), desk.create(type_id=desk.support, subject="Another")
    assert (first.number, second.number) == ("INT-0041", "INT-0042")
    assert desk.create().number.isdecimal()
    desk.save(second.id, subject="Something else")
    page = desk.backend.execute(listing.page, TicketFilter(text="int-0042"))
    assert [row.id for row in page.rows] == [second.id]
    assert desk.backend.execute(card.load, second.id).number == "INT-0042"


@pytest.mark.row("R-M3")
def test_the_lists_bring_layouts_and_what_states_ask_for(desk):
    status = desk.demand("waiting", "address")
    with desk.database.transaction() as session:
        session.add(Layout(kind="ticket", fields=["subject", "status_id"]))
        session.add(Layout(kind="ticket", ticket_type_id=desk.support, fields=["subject", f"custom.{desk.serial}"]))
        session.add(Layout(kind="task", fields=[f"custom.{desk.serial}"]))
    found = desk.backend.execute(lists)
    assert found.layouts == {None: ("subject", "status_id"), desk.support: ("subject", f"custom.{desk.serial}")}
    assert found.required == {status: ("address",)}
    assert {each.priority for each in found.types} == {0, None}


def test_opening_and_closing_by_hand_tell_the_customer_where_a_template_says_so(desk):
    with desk.database.transaction() as session:
        customer = Customer(name="Rossi", email="rossi@example.com")
        texts = {"en": {"subject": "Ticket {ticket}", "body": "Thanks"}}
        templates = [
            MailTemplate(name=event, event=event, recipient="customer", texts=texts)
            for event in ("ticket_opened", "ticket_closed")
        ]
        session.add_all([customer, *templates])
        session.flush()
        customer_id = customer.id
    saved = desk.create(customer_id=customer_id)
    desk.backend.execute(card.close, saved.id, saved.version)
    with desk.database.reading() as session:
        events = session.scalars(select(OutboxMessage.event).order_by(OutboxMessage.id)).all()
    assert events == ["ticket_opened", "ticket_closed"]
