"""Who may do what with tasks, processes and mailboxes, by log-ins of their own on a real server."""

from typing import Any

import pytest
from sqlalchemy import select, text

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Refused
from app.domain.processes.flow import ProcessDraft, StageDraft
from app.domain.processes.routing import Rule
from app.models.customers import Customer
from app.models.mail import MailTemplate, OutboxMessage
from app.models.people import User
from app.models.processes import StageOpening
from app.models.tickets import Note, Task, Ticket
from app.services.mail import accounts
from app.services.mail.accounts import AccountDraft
from app.services.people.roles import list_roles
from app.services.people.rows import UserDraft
from app.services.people.users import save_user
from app.services.processes.flow_saving import save_process
from app.services.processes.profiles import save_profile, set_user_profiles
from app.services.tickets import card, merging
from app.services.tickets.advancing import Update, advance
from app.services.tickets.tasks import NewTask, create
from tests.kit.factory import add_process, add_profile, add_ticket
from tests.kit.servers import PASSWORD, Server

ROLES = ("read_only", "agent", "technician", "back_office", "manager")
TEXT = {"en": {"subject": "{task}", "body": "Hello {handler}"}}


def hire(backend: Backend, login: str, role: str) -> Any:
    """A user of this role with a log-in of his own and a mail address."""
    role_id = next(each.id for each in backend.execute(list_roles) if each.code == role)
    draft = UserDraft(login, login.title(), role_id, email=f"{login}@office.test")
    return backend.execute(save_user, draft, password=PASSWORD)


def furnish(server: Server, levi: int, noa: int) -> dict[str, int]:
    """Levi visits, Noa quotes; whoever comes to the quote opens an order, and mails go out on the way."""
    database = Database(server.url)
    try:
        with database.transaction() as session:
            field = add_profile(session, "Field", session.get_one(User, levi))
            sales = add_profile(session, "Sales", session.get_one(User, noa))
            order = add_process(session, "Order", Place=sales, Done=None)
            stages = add_process(session, "Repair", Visit=field, Quote=sales, Done=None)
            session.add(StageOpening(stage_id=stages["Quote"].id, opens_stage_id=order["Place"].id))
            given = MailTemplate(name="Given", event="task_given", recipient="handler", texts=TEXT)
            stage = MailTemplate(name="Quote", event="stage", recipient="customer", texts=TEXT)
            customer = Customer(name="Bianchi", email="bianchi@home.test")
            session.add_all([given, stage, customer])
            session.flush()
            stages["Quote"].mail_template_id = stage.id
            ticket = add_ticket(session, customer_id=customer.id)
            return {"visit": stages["Visit"].id, "quote": stages["Quote"].id, "ticket": ticket.id}
    finally:
        database.close()


@pytest.mark.row("R-F9", "R-F13", "R-F23", "R-X4")
def test_a_technician_hands_his_task_on_with_all_that_follows_from_it(server: Server) -> None:
    with server.as_administrator() as root:
        levi, noa = hire(root, "levi", "technician"), hire(root, "noa", "agent")
        keys = furnish(server, levi.id, noa.id)
        task = root.execute(create, NewTask("Boiler", ticket_id=keys["ticket"], stage_id=keys["visit"]))
        assert task.user_id == levi.id
    with server.as_user(levi.db_role) as backend:
        change = Update(stage_id=keys["quote"], is_automatic=True, note="Burner is worn")
        done = backend.execute(advance, task.task_id, task.version, change)
        assert (done.user_id, done.rule, len(done.opened)) == (noa.id, Rule.ONLY_ONE, 1)
        with backend.database.reading() as session:
            assert session.scalars(select(Note.text)).all() == ["Burner is worn"]
            assert session.get_one(Task, done.opened[0]).user_id == noa.id
            assert session.get_one(Ticket, keys["ticket"]).handler_id == noa.id
            events = session.scalars(select(OutboxMessage.event).where(OutboxMessage.created_by_id == levi.id))
            assert sorted(events) == ["stage", "task_given", "task_given"]


@pytest.mark.row("R-T1")
def test_what_each_role_may_not_is_refused_in_words_and_changes_nothing(server: Server) -> None:
    with server.as_administrator() as root:
        people = {
            role: hire(root, role, role) for role in ("read_only", "agent", "technician", "back_office", "manager")
        }
        keys = furnish(server, people["technician"].id, people["agent"].id)
        task = root.execute(create, NewTask("Boiler", ticket_id=keys["ticket"], stage_id=keys["visit"]))
        ticket = root.execute(card.load, keys["ticket"])
    account = AccountDraft("office@rossi.test", smtp_host="evil.example")
    process = ProcessDraft("Mine", stages=(StageDraft(-1, "Start", is_intake=True),))
    work: list[tuple[Any, ...]] = [
        (advance, task.task_id, task.version, Update(note="x")),
        (create, NewTask("x", user_id=people["agent"].id)),
    ]
    shape: list[tuple[Any, ...]] = [
        (accounts.save_account, account),
        (save_process, process),
        (save_profile, "Mine", "worker"),
        (set_user_profiles, people["agent"].id, ()),
    ]
    for role, person in people.items():
        with server.as_user(person.db_role) as backend:
            for service, *given in (*shape, *(work if role == "read_only" else ())):
                assert refusal(backend, service, *given) == "FORBIDDEN", (role, service)
            # Nor past the services: the server itself says no.
            for statement in STATEMENTS[:-1] if role != "read_only" else STATEMENTS:
                with pytest.raises(Refused) as told, backend.database.transaction() as session:
                    session.execute(text(statement))
                assert told.value.code == "FORBIDDEN", (role, statement)
    with server.as_user(people["technician"].db_role) as backend:
        assert refusal(backend, card.close, ticket.id, ticket.version) == "FORBIDDEN"
        assert refusal(backend, merging.merge, ticket.id, ticket.version, ticket.id) == "FORBIDDEN"


def refusal(backend: Backend, service: Any, *given: Any) -> str:
    """The code of a refusal."""
    with pytest.raises(Refused) as told:
        backend.execute(service, *given)
    return told.value.code


STATEMENTS = (
    "UPDATE mail_accounts SET smtp_host = 'evil.example'",
    "INSERT INTO mail_accounts (is_office, address) VALUES (true, 'x@y.z')",
    "UPDATE stages SET profile_id = NULL",
    "INSERT INTO user_profiles (user_id, profile_id) VALUES (1, 1)",
    "UPDATE user_loads SET open_tasks = 0",
    "UPDATE task_steps SET note = ''",
    "DELETE FROM task_steps",
    "UPDATE outbox_messages SET to_address = 'x@y.z'",
    "UPDATE tasks SET closed_at = now()",
)
"""What nobody but the administrator may; the last one is what somebody who only reads may not."""
