"""Raw SQL against the audit log, as every role with a log-in of its own, as the owner, and in the file of one seat."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import UserError
from app.domain.history import sentence
from app.i18n import say
from app.models.customers import Customer
from app.models.tickets import Task
from app.services.company.profile import set_up
from app.services.company.rows import CompanyDraft
from app.services.history import card
from app.services.people.logins import set_password
from tests.kit.factory import add_ticket, add_user, at
from tests.kit.servers import PASSWORD, make_ready, remove

pytestmark = pytest.mark.row("R-X5")

ROLES = ("administrator", "manager", "back_office", "agent", "technician", "read_only")
ATTACKS = (
    "UPDATE audit_log SET user_id = 1",
    "UPDATE audit_log SET changes = NULL",
    "DELETE FROM audit_log",
    "TRUNCATE audit_log",
    "INSERT INTO audit_log (area, table_name, row_id, verb) VALUES ('card', 'tickets', 1, 'update')",
    "INSERT INTO audit_log (id, area, table_name, verb) OVERRIDING SYSTEM VALUE VALUES (1, 'card', 'x', 'update')",
    "ALTER TABLE tickets DISABLE TRIGGER tickets_audit_update",
    "DROP TRIGGER tickets_audit_update ON tickets",
    "DROP TABLE audit_log CASCADE",
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION audit_tickets() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
)
Doors = dict[str, Database]


@pytest.fixture(scope="module")
def doors(postgres_server: str) -> Iterator[Doors]:
    """Two tickets, one of them the technician's, with a history; opened by a log-in of every role and the owner."""
    name = "t_audited"
    server = make_ready(postgres_server, name)
    with server.as_administrator() as boss:
        boss.execute(set_up, CompanyDraft("Acqua", "IL", "Asia/Jerusalem", "en"))
        with closing(Database(server.url)) as owner, owner.transaction() as session:
            users = {role: add_user(session, role.title(), role) for role in ROLES}
            ids = {role: user.id for role, user in users.items()}
            mine = add_ticket(session, "His", handler_id=ids["technician"])
            add_ticket(session, "Another")
            session.add(Task(ticket_id=mine.id, user_id=ids["technician"], opened_at=at(0)))
        for user_id in ids.values():
            boss.execute(set_password, user_id, PASSWORD)
    opened = {role: Database(server.url_of(f"{name}_u{user_id}")) for role, user_id in ids.items()}
    opened["owner"] = Database(server.url)
    with opened["agent"].transaction() as session:
        session.execute(text("UPDATE tickets SET priority = 1"))
    yield opened
    for door in opened.values():
        door.close()
    remove(postgres_server, name)


_SUM = text("SELECT md5(string_agg(a::text, ';' ORDER BY id)) FROM audit_log AS a")


@pytest.mark.parametrize("role", ROLES)
def test_nobody_changes_the_log(doors: Doors, role: str) -> None:
    with closing(doors["owner"].engine.connect()) as owner:
        before = owner.execute(
            text("SELECT md5(string_agg(a::text, ';' ORDER BY id)) FROM audit_log AS a")
        ).scalar_one()
        for attack in ATTACKS:
            with doors[role].engine.connect() as connection, pytest.raises(ProgrammingError):
                connection.execute(text(attack))
        assert owner.execute(_SUM).scalar_one() == before


@pytest.mark.parametrize("attack", ATTACKS[:6])
def test_its_owner_does_not_either(doors: Doors, attack: str) -> None:
    with doors["owner"].engine.connect() as connection, pytest.raises(IntegrityError, match="callboard:KEPT"):
        connection.execute(text(attack))


def test_who_did_it_is_who_logged_in(doors: Doors) -> None:
    agent, owner = doors["agent"], doors["owner"]
    with agent.transaction(actor=1) as session:
        # What a psql could say of itself does not matter.
        session.execute(text("SET application_name = 'somebody else'"))
        session.execute(text("SET ROLE callboard_agent"))
        session.execute(text("UPDATE tickets SET subject = 'Louder' WHERE id = 2"))
    with owner.reading() as session:
        row = session.execute(
            text(
                "SELECT a.user_id, u.name, a.login = u.db_role, a.address, a.xid IS NOT NULL FROM audit_log AS a "
                "JOIN users AS u ON u.id = a.user_id ORDER BY a.id DESC LIMIT 1"
            )
        ).one()
        mine = session.scalar(text("SELECT id FROM users WHERE name = 'Agent'"))
    assert tuple(row) == (mine, "Agent", True, "127.0.0.1", True)


@pytest.mark.row("R-X1")
def test_what_two_do_at_once_is_told_of_each_and_leaves_no_gap(doors: Doors) -> None:
    def work(role: str) -> None:
        for turn in range(12):
            with doors[role].transaction() as session:
                session.execute(text("SELECT id FROM tickets WHERE id = 1 FOR UPDATE"))
                session.execute(text("UPDATE tickets SET subject = :said WHERE id = 1"), {"said": f"{role} {turn}"})

    with ThreadPoolExecutor(2) as both:
        list(both.map(work, ("agent", "back_office")))
    with doors["owner"].reading() as session:
        rows = session.execute(
            text(
                "SELECT u.name, changes -> 'subject' ->> 0, changes -> 'subject' ->> 1 FROM audit_log AS a "
                "JOIN users AS u ON u.id = a.user_id WHERE table_name = 'tickets' AND row_id = 1 "
                "AND changes ? 'subject' ORDER BY a.id"
            )
        ).all()
    assert len(rows) == 24
    assert all(new.startswith(who.lower()) for who, _old, new in rows)
    assert all(before[2] == after[1] for before, after in pairwise(rows))


def seen(door: Database, where: str = "true") -> int:
    """How many rows of the log this log-in sees."""
    with door.reading() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM audit_log WHERE {where}")) or 0)


def test_who_sees_a_card_sees_its_history(doors: Doors) -> None:
    tickets = "table_name = 'tickets' AND verb = 'update'"
    for role in ("administrator", "manager", "back_office", "agent", "read_only"):
        assert seen(doors[role], f"{tickets} AND row_id = 2") > 0, role
    assert seen(doors["technician"], f"{tickets} AND row_id = 1") > 0
    assert seen(doors["technician"], f"{tickets} AND row_id = 2") == 0
    assert seen(doors["technician"], "table_name = 'tasks'") == 1


def test_people_and_settings_are_for_who_administers(doors: Doors) -> None:
    assert seen(doors["administrator"], "area = 'settings'") > 0
    for role in ROLES[1:]:
        assert seen(doors[role], "area = 'settings'") == 0, role


def test_the_history_reads_as_each_log_in(doors: Doors) -> None:
    found = Backend(doors["read_only"]).execute(card.read, "tickets", 1)
    assert "Agent changed Priority from Medium to High" in [say(sentence(each)) for each in found.changes]


# --- The file of one seat


@pytest.fixture
def file(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    with database.transaction(actor=3) as session:
        session.add(Customer(name="Rossi", search="rossi"))
    yield database
    database.close()


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE audit_log SET user_id = 4",
        "DELETE FROM audit_log",
        "REPLACE INTO audit_log (id, at, area, table_name, verb) VALUES (1, '2026-01-01', 'card', 'x', 'update')",
        "INSERT INTO audit_log (at, area, table_name, verb) VALUES ('2026-01-01', 'card', 'customers', 'update')",
        (
            "INSERT INTO audit_log (at, user_id, area, table_name, verb) "
            "VALUES (strftime('%Y-%m-%d %H:%M:%f000', 'now'), 9, 'card', 'customers', 'update')"
        ),
    ],
)
def test_the_log_of_a_file_is_kept_too(file: Database, attack: str) -> None:
    with pytest.raises(UserError), file.transaction(actor=3) as session:
        session.execute(text(attack))
    assert seen(file, "user_id = 3 AND table_name = 'customers' AND verb = 'insert'") == 1


def test_a_file_written_past_the_program_is_refused(file: Database) -> None:
    raw = sqlite3.connect(str(file.url.database))
    with closing(raw), pytest.raises(sqlite3.OperationalError, match="acting_user"):
        raw.execute("UPDATE customers SET name = 'Bianchi'")


def test_a_connection_that_goes_back_forgets_who_acted(file: Database) -> None:
    with file.engine.begin() as connection:
        connection.execute(text("UPDATE customers SET name = 'Bianchi'"))
    with file.reading() as session:
        assert session.scalar(text("SELECT user_id FROM audit_log ORDER BY id DESC LIMIT 1")) is None
