"""The database's guard of mandatory fields on every path, and that it says what the rule in Python says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Refused
from app.domain.tickets.complete import CUSTOM, missing_fields
from app.domain.tickets.draft import TicketDraft
from app.domain.tickets.fields import FIELDS, NEVER_EMPTY
from app.i18n import say
from app.models.customers import Customer
from app.models.places import Site
from app.models.tickets import (
    CustomField,
    Product,
    ProductGroup,
    Project,
    StatusField,
    Ticket,
    TicketStatus,
    TicketSubtype,
    TicketSubtype2,
    TicketType,
)
from app.services.people.roles import list_roles
from app.services.people.rows import UserDraft
from app.services.people.users import save_user
from app.services.tickets import card
from app.services.tickets.custom_fields import OwnFieldDraft, save_own_field
from app.services.tickets.statuses import StatusDraft, list_statuses, save_status
from tests.kit.factory import add_ticket, add_user, at
from tests.kit.servers import PASSWORD, Server


@dataclass
class Desk:
    """A company whose state "in work" needs a site, an own text and an own tick; ids and the three codes."""

    database: Database
    work: int
    new: int
    site: int
    serial: int
    paid: int

    @property
    def filled(self) -> dict[str, Any]:
        """What a ticket in work needs."""
        return {"site_id": self.site, "custom": {str(self.serial): "7", str(self.paid): True}}

    def add(self, status: int, **values: Any) -> int:
        """A ticket past every service; its id."""
        with self.database.transaction() as session:
            return add_ticket(session, status_id=status, **values).id

    def change(self, ticket: int, **values: Any) -> None:
        """Change a ticket past every service."""
        with self.database.transaction() as session:
            found = session.get_one(Ticket, ticket)
            for name, value in values.items():
                setattr(found, name, value)

    def run(self, statement: str, **values: Any) -> None:
        """Bare SQL."""
        with self.database.transaction() as session:
            session.execute(text(statement), values)


@contextmanager
def refused(*names: str) -> Iterator[None]:
    """It ends with a refusal that names these fields; SQLite names the first, and none of the company's own."""
    with pytest.raises(Refused) as found:
        yield
    assert found.value.code == "MISSING"
    assert any(name in say(found.value.what) for name in names)


@pytest.fixture
def desk(database: Database) -> Desk:
    backend = Backend(database)
    serial = backend.execute(save_own_field, OwnFieldDraft("Serial number"))
    paid = backend.execute(save_own_field, OwnFieldDraft("Paid", "check"))
    new, work, *_rest = backend.execute(list_statuses)
    fields = ("site_id", f"custom.{serial.id}", f"custom.{paid.id}")
    backend.execute(save_status, StatusDraft(None, fields=fields), row_id=work.id, version=work.version)
    with database.transaction() as session:
        site = Site(name="North")
        session.add(site)
        session.flush()
        return Desk(database, work.id, new.id, site.id, serial.id, paid.id)


@pytest.mark.row("R-M11")
def test_no_insert_and_no_update_gets_a_ticket_into_a_state_without_what_it_needs(desk: Desk) -> None:
    with refused("Site"):
        desk.add(desk.work)
    insert = "INSERT INTO tickets (subject, status_id, opened_at) VALUES ('Leak', :status, '2031-11-24 00:00:00+00:00')"
    with refused("Site"):
        desk.run(insert, status=desk.work)
    ticket = desk.add(desk.new)
    with refused("Site"):
        desk.run("UPDATE tickets SET status_id = :status WHERE id = :id", status=desk.work, id=ticket)
    desk.change(ticket, **desk.filled)
    desk.run("UPDATE tickets SET status_id = :status WHERE id = :id", status=desk.work, id=ticket)


@pytest.mark.row("R-M11")
def test_own_fields_are_asked_for_by_their_kind(desk: Desk) -> None:
    own = ("Serial number", "Paid", "a field of your own")
    serial, paid = str(desk.serial), str(desk.paid)
    for custom in ({}, {serial: "7"}, {serial: "7", paid: False}, {serial: "  ", paid: True}, {serial: None, paid: 1}):
        with refused(*own):
            desk.add(desk.work, site_id=desk.site, custom=custom)
    desk.add(desk.work, **desk.filled)


@pytest.mark.row("R-M11")
def test_what_a_state_needs_cannot_be_cleared_while_the_ticket_is_in_it(desk: Desk) -> None:
    ticket = desk.add(desk.work, **desk.filled)
    with refused("Site"):
        desk.run("UPDATE tickets SET site_id = NULL WHERE id = :id", id=ticket)
    with refused("Paid", "a field of your own"):
        desk.change(ticket, custom={str(desk.serial): "7"})
    desk.change(ticket, custom=desk.filled["custom"] | {"99": "else"}, subject="Other")
    desk.change(ticket, status_id=desk.new, site_id=None, custom={})


@pytest.mark.row("R-M11")
def test_a_ticket_whose_state_became_stricter_is_still_edited(desk: Desk) -> None:
    ticket = desk.add(desk.new)
    with desk.database.transaction() as session:
        session.add_all(StatusField(status_id=desk.new, field=field) for field in ("address", f"custom.{desk.paid}"))
    desk.change(ticket, subject="Edited")
    with refused("Address"):
        desk.add(desk.new)
    desk.change(ticket, address="Via Po")
    with refused("Address"):
        desk.change(ticket, address=" ")


@pytest.mark.row("R-M11")
def test_a_merged_ticket_is_not_asked_until_it_stands_by_itself_again(desk: Desk) -> None:
    target = desk.add(desk.new)
    merged = desk.add(desk.work, merged_into_id=target)
    desk.change(merged, subject="Edited")
    with refused("Site"):
        desk.change(merged, merged_into_id=None)


@pytest.mark.row("R-M11")
def test_the_card_names_every_field_that_is_missing(desk: Desk) -> None:
    with desk.database.transaction() as session:
        handler = add_user(session, "Avi").id
    draft = TicketDraft("Leak", status_id=desk.work, handler_id=handler)
    with pytest.raises(Refused) as found:
        Backend(desk.database).execute(card.create, draft)
    assert say(found.value.what) == "This state needs 3 fields that are empty: Site, Serial number, Paid."
    with desk.database.reading() as session:
        assert session.scalars(select(Ticket)).all() == []


@pytest.mark.row("R-M11")
def test_a_field_that_is_gone_or_unknown_is_not_asked(desk: Desk) -> None:
    with desk.database.transaction() as session:
        session.execute(delete(StatusField))
        session.add_all(StatusField(status_id=desk.work, field=field) for field in ("custom.99", "no_such"))
    desk.add(desk.work)


@pytest.mark.row("R-M11")
def test_somebody_logged_in_to_the_server_does_not_get_past_it_with_bare_sql(server: Server) -> None:
    with server.as_administrator() as backend:
        roles = {row.code: row.id for row in backend.execute(list_roles)}
        made = backend.execute(save_user, UserDraft("Ana", "ana", roles["agent"]), password=PASSWORD)
        serial = backend.execute(save_own_field, OwnFieldDraft("Serial number"))
        _new, work, *_rest = backend.execute(list_statuses)
        fields = ("address", f"custom.{serial.id}")
        backend.execute(save_status, StatusDraft(None, fields=fields), row_id=work.id, version=work.version)
        ticket = backend.execute(card.create, TicketDraft("Leak", handler_id=made.id))
    assert made.db_role is not None
    url = server.url_of(made.db_role).replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url, autocommit=True) as connection:
        for statement, values in (
            ("UPDATE tickets SET status_id = %s WHERE id = %s", (work.id, ticket.id)),
            ("INSERT INTO tickets (subject, status_id, opened_at) VALUES ('Leak', %s, now())", (work.id,)),
        ):
            with pytest.raises(psycopg.errors.CheckViolation, match=r"callboard:MISSING:address\|=Serial number"):
                connection.execute(statement, values)
        # Who may not shape states cannot take away what they ask for either.
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM status_fields")
        filled = "UPDATE tickets SET status_id = %s, address = 'Via Po', custom = %s WHERE id = %s"
        connection.execute(filled, (work.id, f'{{"{serial.id}": "7"}}', ticket.id))


# --- The rule in Python and the guard

_KINDS = ("text", "number", "date", "choice", "check")
_TEXTS = st.sampled_from([None, "", " ", "  ", "\t", "x", " x ", "ש"])
_CHECKS = st.sampled_from([None, True, False])


@dataclass
class Everything:
    """A row of everything a ticket can be linked to, an own field of each kind, and a state that asks for nothing."""

    database: Database
    status: int
    plain: int
    links: dict[str, int]
    own: dict[int, str]


@pytest.fixture
def everything(database: Database) -> Everything:
    with database.transaction() as session:
        customer, kind, site = Customer(name="Rossi", search="rossi"), TicketType(name="A"), Site(name="North")
        group, product, project = ProductGroup(name="G"), Product(name="P"), Project(name="J")
        statuses = [TicketStatus(name=name) for name in ("Strict", "Plain")]
        fields = [CustomField(name=kind, kind=kind) for kind in _KINDS]
        session.add_all((customer, kind, site, group, product, project, *statuses, *fields))
        session.flush()
        subtype = TicketSubtype(type_id=kind.id, name="B")
        session.add(subtype)
        session.flush()
        subtype2 = TicketSubtype2(subtype_id=subtype.id, name="C")
        user = add_user(session, "Ana")
        session.add(subtype2)
        session.flush()
        links = {
            "customer_id": customer.id, "type_id": kind.id, "subtype_id": subtype.id, "subtype2_id": subtype2.id,
            "responsible_id": user.id, "handler_id": user.id, "site_id": site.id, "product_group_id": group.id,
            "product_id": product.id, "project_id": project.id, "subproject_id": project.id,
        }  # fmt: skip
        own = {field.id: field.kind for field in fields}
        return Everything(database, statuses[0].id, statuses[1].id, links, own)


@st.composite
def _cards(draw: st.DrawFn) -> dict[str, Any]:
    values: dict[str, Any] = {code: draw(st.booleans()) for code in FIELDS if code not in NEVER_EMPTY}
    for code in ("subject", "description", "address"):
        values[code] = draw(_TEXTS)
    values[CUSTOM] = [draw(st.one_of(st.just(...), _CHECKS if kind == "check" else _TEXTS)) for kind in _KINDS]
    return values


def _columns(drawn: dict[str, Any], everything: Everything) -> dict[str, Any]:
    """The drawn card as columns of a ticket."""
    values: dict[str, Any] = {name: key if drawn[name] else None for name, key in everything.links.items()}
    values["due_at"] = datetime(2031, 11, 24, tzinfo=UTC) if drawn["due_at"] else None
    values |= {"subject": drawn["subject"] or "", "description": drawn["description"] or ""}
    values["address"] = drawn["address"]
    pairs = zip(everything.own, drawn[CUSTOM], strict=True)
    values[CUSTOM] = {str(key): value for key, value in pairs if value is not ...}
    return values


@pytest.mark.row("R-M11")
@settings(max_examples=60)
@given(first=_cards(), second=_cards(), picked=st.sets(st.integers(0, len(FIELDS) + 4)))
def test_the_rule_in_python_says_what_the_guard_says(
    everything: Everything, first: dict[str, Any], second: dict[str, Any], picked: set[int]
) -> None:
    codes = [code for code in FIELDS if code not in NEVER_EMPTY] + [f"custom.{key}" for key in everything.own]
    required = [code for place, code in enumerate(codes) if place in picked]
    before, after = (_columns(drawn, everything) for drawn in (first, second))
    with everything.database.transaction() as session:
        session.execute(delete(StatusField))
        session.execute(delete(Ticket))
        ticket = Ticket(status_id=everything.status, opened_at=at(0), **before)
        session.add(ticket)
        session.flush()
        ticket_id = ticket.id
        session.add_all(StatusField(status_id=everything.status, field=code) for code in required)

    def is_refused(**values: Any) -> bool:
        try:
            with everything.database.transaction() as session:
                found = session.get_one(Ticket, ticket_id)
                for name, value in values.items():
                    setattr(found, name, value)
        except Refused as refusal:
            return refusal.code == "MISSING"
        return False

    lacking = {
        name: set(missing_fields(values, required, everything.own))
        for name, values in (("before", before), ("after", after))
    }
    # In the same state only what was filled is asked for; in another state everything is.
    assert is_refused(**after) == bool(lacking["after"] - lacking["before"])
    assert not is_refused(status_id=everything.plain, **after)
    assert is_refused(status_id=everything.status) == bool(lacking["after"])


@pytest.mark.row("R-M11")
def test_a_tab_is_something_a_tick_is_true_alone_and_a_field_that_is_gone_is_not_asked() -> None:
    values = {"address": "\t", CUSTOM: {"1": 1, "2": " "}}
    codes = ("address", "custom.1", "custom.2", "custom.9")
    assert missing_fields(values, codes, {1: "check", 2: "text"}) == ("custom.1", "custom.2")
