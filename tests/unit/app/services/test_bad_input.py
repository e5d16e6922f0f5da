"""What people and files bring along: kept letter by letter on both engines, or refused by name, nothing half-done."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.backend import Backend
from app.db.database import Database
from app.domain.customers import CustomerDraft
from app.domain.dialer.rules import CampaignDraft
from app.domain.errors import Refused, UserError
from app.domain.processes.flow import ProcessDraft, StageDraft
from app.domain.spreadsheet import csv_text
from app.domain.tickets.draft import TicketDraft
from app.domain.tickets.order import TicketFilter
from app.models.company import Company
from app.models.customers import Customer
from app.models.people import Role
from app.services.customers import card as customers
from app.services.customers import listing as customer_list
from app.services.dialer.campaigns import save as save_campaign
from app.services.dialer.pauses import save_pause
from app.services.mail.lists import save_list
from app.services.people.groups import save_group
from app.services.people.roles import save_role
from app.services.people.rows import GroupDraft, RoleDraft, UserDraft
from app.services.people.users import save_user
from app.services.processes.flow_saving import save_process
from app.services.processes.named import save_practice, save_site
from app.services.processes.profiles import save_profile
from app.services.processes.rows import TicketTypeDraft, TypeDraft
from app.services.processes.ticket_types import save_ticket_type
from app.services.processes.types import save_type
from app.services.tickets import card as tickets
from app.services.tickets import listing as ticket_list
from app.services.tickets.custom_fields import OwnFieldDraft, save_own_field
from app.services.tickets.notes import write
from app.services.tickets.products import ProductDraft, save_product, save_product_group
from app.services.tickets.projects import ProjectDraft, save_project
from app.services.tickets.reminders import ReminderDraft
from app.services.tickets.reminders import add as remind
from app.services.tickets.saved_filters import keep
from tests.kit.factory import add_user

ODD = {
    "bidi override": "abc\u202egnp.exe\u202c",
    "isolates": "\u2067abc\u2069\u2066x",
    "formula": "=HYPERLINK(1)",
    "at": "@SUM(1;2)",
    "braces": "{name} {0} {{x}} %(y)s ${z}",
    "quotes": 'O\'Brien "q" `t`; DROP TABLE users; --',
    "percent": "100%_sure\\n",
    "markup": "<b>x</b> &amp; <img src=//x>",
    "emoji": "👩‍👩‍👧 e\u0301 שָׁלוֹם",
    "mixed": "אב-123 (ABC) ١٢٣",
}
"""Kept as they are."""

UNKEEPABLE = {"NUL": "a\0b", "surrogate": "a\ud800b"}
"""Refused by name."""

Save = Callable[[Backend, str], Any]

_DONE = StageDraft(-2, "Done", is_final=True)
_STAGES = (StageDraft(-1, "Intake", is_intake=True, next=(-2,)), _DONE)
_numbers = count(1)


def _fresh() -> str:
    """A name that nothing has."""
    return f"Name {next(_numbers)}"


def _process_with(stage: str) -> ProcessDraft:
    return ProcessDraft(_fresh(), (StageDraft(-1, stage, is_intake=True, next=(-2,)), _DONE))


def _process_about(about: str) -> ProcessDraft:
    return ProcessDraft(_fresh(), _STAGES, about)


def _ticket_about(about: str) -> TicketDraft:
    return TicketDraft("Leak", about, handler_id=1)


def _customer_with(notes: str) -> CustomerDraft:
    return CustomerDraft("Rossi", notes=notes)


def _saves() -> dict[str, tuple[str, Save]]:
    """Everything with a text that people edit: where it is kept, and the service."""
    soon = datetime.now(UTC) + timedelta(days=1)

    def by(service: Callable[..., Any], make: Callable[[str], Any] = str, *more: Any, **named: Any) -> Save:
        return lambda backend, typed: backend.execute(service, make(typed), *more, **named)

    return {
        "site": ("sites.name", by(save_site)),
        "practice": ("practices.name", by(save_practice)),
        "product group": ("product_groups.name", by(save_product_group)),
        "product": ("products.name", by(save_product, ProductDraft)),
        "project": ("projects.name", by(save_project, ProjectDraft)),
        "group": ("groups.name", by(save_group, GroupDraft)),
        "role": ("roles.name", by(save_role, RoleDraft)),
        "user": ("users.name", by(save_user, lambda typed: UserDraft("noa", typed, 4))),
        "activity type": ("activity_types.name", by(save_type, TypeDraft)),
        "ticket type": ("ticket_types.name", by(save_ticket_type, TicketTypeDraft)),
        "own field": ("custom_fields.name", by(save_own_field, OwnFieldDraft)),
        "profile": ("profiles.name", by(save_profile, str, "worker")),
        "process": ("processes.name", by(save_process, lambda typed: ProcessDraft(typed, _STAGES))),
        "stage": ("stages.name", by(save_process, _process_with)),
        "process text": ("processes.description", by(save_process, _process_about)),
        "pause": ("pause_reasons.name", by(save_pause)),
        "mailing list": ("mailing_lists.name", by(save_list, str, ())),
        "campaign": ("campaigns.name", by(save_campaign, CampaignDraft)),
        "script": ("campaigns.script", by(save_campaign, lambda typed: CampaignDraft(_fresh(), script=typed))),
        "customer": ("customers.name", by(customers.create, CustomerDraft)),
        "address": ("customers.address", by(customers.create, lambda typed: CustomerDraft("Rossi", address=typed))),
        "customer's notes": ("customers.notes", by(customers.create, _customer_with)),
        "subject": ("tickets.subject", by(tickets.create, lambda typed: TicketDraft(typed, handler_id=1))),
        "description": ("tickets.description", by(tickets.create, _ticket_about)),
        "note": ("notes.text", by(write, str, customer_id=1)),
        "reminder": ("reminders.text", by(remind, lambda typed: ReminderDraft(soon, typed))),
        "saved filter": ("saved_filters.name", by(keep, str, {}, is_shared=False)),
    }  # fmt: skip


SAVES = _saves()


@pytest.fixture
def backend(database: Database) -> Backend:
    """The administrator's, in a company."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Galil", country="IL", time_zone="Asia/Jerusalem", language="en"))
        assert session.scalars(select(Role.id).where(Role.code == "agent")).one() == 4
        dana = add_user(session, "Dana", "administrator")
        customer = Customer(name="Zed", search="zed")
        session.add(customer)
        session.flush()
        assert (dana.id, customer.id) == (1, 1)
        return Backend(database, actor=dana.id)


def kept(backend: Backend, place: str) -> list[str]:
    """What stands in a column."""
    table, column = place.split(".")
    with backend.database.reading() as session:
        return [row[0] for row in session.execute(text(f"SELECT {column} FROM {table}"))]


def rows(backend: Backend) -> dict[str, int]:
    """How many rows each table has."""
    from app.models import Base

    with backend.database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


@pytest.mark.row("R-X1")
def test_odd_letters_are_kept_as_they_are_wherever_something_is_typed(backend: Backend) -> None:
    changed = []
    for what, (place, save) in SAVES.items():
        for number, (name, odd) in enumerate(ODD.items()):
            typed = f"{odd} {number}"
            if what == "user" and number:
                continue
            try:
                save(backend, typed)
            except UserError as refusal:
                changed.append(f"{what} refuses {name}: {refusal}")
                continue
            if typed not in kept(backend, place):
                changed.append(f"{what} changes {name}: {kept(backend, place)}")
    assert not changed, "\n".join(changed)


@pytest.mark.row("R-X1")
def test_what_no_database_keeps_is_refused_by_name_and_leaves_nothing(backend: Backend) -> None:
    before = rows(backend)
    for what, (_place, save) in SAVES.items():
        for name, bad in UNKEEPABLE.items():
            with pytest.raises(Refused) as refusal:
                save(backend, bad)
            assert refusal.value.code == "LETTER", what
            code = "U+0000" if name == "NUL" else "U+D800"
            assert refusal.value.what.fields == {"text": "a\ufffdb", "character": code}
    assert rows(backend) == before


def test_a_million_letters_are_kept_or_refused_and_nothing_else_happens(backend: Backend) -> None:
    long = "long text " * 100_000
    for what, (place, save) in SAVES.items():
        before = rows(backend)
        refusal = refused(save, backend, long)
        if refusal is None:
            assert any(len(each or "") >= len(long.strip()) for each in kept(backend, place)), what
        else:
            assert "refused this change" not in refusal, (what, refusal)
            assert rows(backend) == before, what


def refused(do: Callable[..., Any], *args: Any) -> str | None:
    """What was said, or None where it was done."""
    try:
        do(*args)
    except UserError as refusal:
        return str(refusal)
    return None


@pytest.mark.parametrize(
    "bad", [*UNKEEPABLE.values(), "%", "_", "\\", "'", '"', "*", "(", "NEAR", "a OR b", "-", "{x}"]
)
def test_a_search_for_anything_is_an_answer(backend: Backend, bad: str) -> None:
    customers_before = ("100% Wool", "Underscore_1", "Back\\slash", "Plain")
    for name in customers_before:
        backend.execute(customers.create, CustomerDraft(name))
        backend.execute(tickets.create, TicketDraft(name, handler_id=1))
    asked: tuple[Callable[[], Any], ...] = (
        lambda: backend.execute(customer_list.page, bad),
        lambda: backend.execute(customer_list.find, bad),
        lambda: backend.execute(ticket_list.page, TicketFilter(text=bad)),
    )
    for ask in asked:
        assert ("cannot be kept" in (refused(ask) or "")) is (bad in UNKEEPABLE.values())


def test_signs_of_patterns_are_letters_in_a_search(backend: Backend) -> None:
    # A line stands between words, as a space does.
    for name in ("100% Wool", "1009 Wool", "Under_score", "Underscore"):
        backend.execute(customers.create, CustomerDraft(name))
    found = {row.name for row in backend.execute(customer_list.page, "100%").rows}
    assert found == {"100% Wool"}
    assert {row.name for row in backend.execute(customer_list.page, "Under_score").rows} == {
        "Under_score",
        "Underscore",
    }


def test_a_table_for_a_spreadsheet_holds_no_formula() -> None:
    written = csv_text([list(ODD.values())])
    cells = [line for line in written.replace('"', "").split(",") if line]
    assert not any(cell[0] in "=+-@\t\r" for cell in cells)
