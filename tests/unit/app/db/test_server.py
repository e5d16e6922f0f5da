"""A server made ready, and what each log-in may do on it: said with bare psycopg, no code of the program between."""

from collections.abc import Callable

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url, text

from app.backend import Backend
from app.bootstrap import open_database, try_connection
from app.db import schema
from app.db.database import Database
from app.db.server import GROUPS, initialise
from app.domain.errors import DatabaseUnavailable, Refused, SchemaMismatch
from app.domain.people import ROLES
from app.models.tickets import Ticket
from app.services.company.profile import add_first_administrator
from app.services.company.rows import FirstAdministrator
from app.services.context import writes
from app.services.people.logins import entry, set_password
from app.services.people.roles import list_roles
from app.services.people.rows import UserDraft, UserRow
from app.services.people.users import list_users, save_user, set_active
from migrations import grants
from tests.kit.databases import database_at
from tests.kit.factory import add_user
from tests.kit.servers import PASSWORD, Server


def hire(backend: Backend, login: str, role: str = "agent") -> UserRow:
    """A user with a log-in, made by an administrator."""
    role_id = next(row.id for row in backend.execute(list_roles) if row.code == role)
    return backend.execute(save_user, UserDraft(login, login.title(), role_id), password=PASSWORD)


def denied(connection: psycopg.Connection, statement: str) -> bool:
    """Whether the server refuses the statement for want of a right."""
    try:
        connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        connection.rollback()
        return True
    return False


@pytest.mark.row("R-T1")
def test_an_administrator_makes_a_user_who_logs_in_by_himself(server: Server) -> None:
    with server.as_administrator() as backend:
        made = hire(backend, "noa")
    assert made.db_role == f"{server.name}_u{made.id}"
    with psycopg.connect(server.url_of(made.db_role)) as connection:
        assert connection.execute("SELECT name FROM users WHERE login = 'noa'").fetchone() == ("Noa",)
        connection.execute("INSERT INTO customers (name) VALUES ('Rossi')")
        for statement in (
            "UPDATE users SET name = 'x'",
            "INSERT INTO users (login, name, role_id) VALUES ('x', 'x', 1)",
            "SELECT * FROM user_passwords",
            "CREATE TABLE mine (id int)",
            "CREATE TEMP TABLE mine (id int)",
            "SELECT create_login(1, 'x')",
            "SELECT set_login_password(1, 'x')",
            f"SET ROLE {server.name}_owner",
            f"SET ROLE {server.name}_logins",
            "SELECT rolpassword FROM pg_authid",
            "DELETE FROM change_log",
            "SELECT lo_create(0)",
        ):
            connection.commit()
            assert denied(connection, statement), statement


def test_who_did_it_is_who_logged_in(server: Server) -> None:
    """Neither the program's actor nor psql can sign with somebody else's name."""

    @writes
    def add_ticket(session, user_id: int) -> int:  # type: ignore[no-untyped-def]
        status = session.execute(text("SELECT id FROM ticket_statuses WHERE code = 'new'")).scalar_one()
        ticket = Ticket(status_id=status, created_by_id=user_id, opened_at=session.scalar(text("SELECT now()")))
        session.add(ticket)
        session.flush()
        session.refresh(ticket)
        assert ticket.created_by_id is not None
        return ticket.created_by_id

    with server.as_administrator() as backend:
        noa = hire(backend, "noa")
    assert noa.db_role
    with server.as_user(noa.db_role) as backend:
        backend.actor = 1
        assert backend.execute(add_ticket, 1) == noa.id
        assert backend.execute(entry).me.id == noa.id
    with psycopg.connect(server.url) as connection:
        assert connection.execute(
            "SELECT DISTINCT user_id FROM operations WHERE service = 'add_ticket'"
        ).fetchall() == [(noa.id,)]
    with psycopg.connect(server.url_of(noa.db_role)) as connection:
        connection.execute("UPDATE tickets SET created_by_id = 1")
        assert connection.execute("SELECT created_by_id FROM tickets").fetchone() == (noa.id,)


def test_a_disabled_user_is_out_at_once_and_can_come_back(server: Server) -> None:
    with server.as_administrator() as backend:
        noa = hire(backend, "noa")
        assert noa.db_role
        with psycopg.connect(server.url_of(noa.db_role)) as connection:
            backend.execute(set_active, noa.id, noa.version, on=False)
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
        with pytest.raises(DatabaseUnavailable) as told:
            open_database(server.url_of(noa.db_role))
        assert "disabled" in told.value.what.text
        again = next(row for row in backend.execute(list_users) if row.id == noa.id)
        backend.execute(set_active, noa.id, again.version, on=True)
        psycopg.connect(server.url_of(noa.db_role)).close()


def test_a_change_of_role_changes_what_the_server_allows(server: Server) -> None:
    with server.as_administrator() as backend:
        noa = hire(backend, "noa", "technician")
        assert noa.db_role
        insert = "INSERT INTO customers (name) VALUES ('Rossi')"
        with psycopg.connect(server.url_of(noa.db_role)) as connection:
            assert denied(connection, insert)
            agent = next(row.id for row in backend.execute(list_roles) if row.code == "agent")
            backend.execute(save_user, UserDraft("noa", "Noa", agent), user_id=noa.id, version=noa.version)
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
        with psycopg.connect(server.url_of(noa.db_role)) as connection:
            assert not denied(connection, insert)
            connection.rollback()
        assert memberships(server, noa.db_role) == {"callboard_agent", f"{server.name}_users"}


def memberships(server: Server, role: str) -> set[str]:
    """What groups a log-in is in."""
    with psycopg.connect(server.url) as connection:
        rows = connection.execute(
            "SELECT DISTINCT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole", [role]
        )
        return {row[0] for row in rows}


def test_the_server_sees_verifiers_only_and_everybody_changes_his_own(server: Server) -> None:
    with server.as_administrator() as backend:
        noa = hire(backend, "noa")
        assert noa.db_role
        with pytest.raises(Refused):
            backend.execute(set_password, noa.id, "short")
    with psycopg.connect(server.url) as connection:
        kept = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", [noa.db_role]).fetchone()
        assert kept is not None
        assert kept[0].startswith("SCRAM-SHA-256$")
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("SELECT set_login_password(%s, 'clear text')", [noa.id])
    with server.as_user(noa.db_role) as backend:
        backend.execute(set_password, noa.id, "another-horse-8")
        with pytest.raises(Refused):
            backend.execute(set_password, 1, "another-horse-8")
    psycopg.connect(server.url_of(noa.db_role, "another-horse-8")).close()


def test_nobody_borrows_another_log_in(server: Server) -> None:
    """An administrator with psql cannot make a user act as a role that is not his."""
    url = server.url_of(f"{server.name}_u1")
    with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(f"UPDATE users SET db_role = '{server.name}_owner'")


def test_a_log_in_of_one_company_does_not_reach_another(server: Server, postgres_server: str) -> None:
    other = f"{server.name}_b"
    try:
        initialise(database_at(postgres_server, other))
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(database_at(server.url_of(f"{server.name}_u1"), other))
    finally:
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(other)))


def test_repeating_it_changes_nothing(server: Server) -> None:
    with server.as_administrator() as backend:
        before = backend.execute(list_users)
    again = initialise(server.url)
    assert (again.is_new, again.migrator_password) == (False, None)
    with server.as_administrator() as backend:
        assert backend.execute(list_users) == before
        hire(backend, "noa")


@pytest.mark.row("R-T1")
def test_it_needs_no_superuser(postgres_server: str, server_name: str) -> None:
    """A role that may make roles and databases is enough, as a hosted server gives one, also the second time."""
    with psycopg.connect(postgres_server, autocommit=True) as owner:
        name = f"{server_name}_maker"
        owner.execute(f"CREATE ROLE {name} LOGIN CREATEROLE CREATEDB PASSWORD '{PASSWORD}'".encode())
        if owner.info.server_version >= 160000:
            # There whoever makes the groups may give them; here another test's superuser has made them.
            for group in GROUPS:
                owner.execute(f"GRANT callboard_{group} TO {name} WITH ADMIN OPTION".encode())
    maker = make_url(database_at(postgres_server, server_name)).set(username=name, password=PASSWORD)
    first = initialise(maker)
    assert (first.is_new, first.migrator_password is not None) == (True, True)
    assert initialise(maker).is_new is False
    made = Server(server_name, maker.render_as_string(hide_password=False), "")
    with made.as_user(name) as backend:
        backend.execute(add_first_administrator, FirstAdministrator("Dana", "dana", PASSWORD), "en")
    with made.as_administrator() as backend:
        noa = hire(backend, "noa")
        assert noa.db_role
        backend.execute(set_active, noa.id, noa.version, on=False)
    assert not initialise(maker).is_new


def test_the_migrator_upgrades_and_nobody_else(server: Server) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute(f"CREATE SCHEMA public AUTHORIZATION {server.name}_owner".encode())
    database = Database(server.url)
    schema.upgrade(database, to=schema.steps()[-2])
    database.close()
    administrator = server.url_of(f"{server.name}_u1")
    with pytest.raises(SchemaMismatch):
        open_database(administrator)
    for url, may in (
        (administrator, False),
        (server.url_of(f"{server.name}_migrator", server.migrator_password), True),
    ):
        database = Database(url)
        try:
            if may:
                schema.upgrade(database)
                assert schema.status(database).is_current
            else:
                with pytest.raises(Exception, match="permission denied"):
                    schema.upgrade(database)
        finally:
            database.close()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda url: url.replace("127.0.0.1", "no.such.host.invalid"), "no server of that name"),
        (lambda url: make_url(url).set(port=1).render_as_string(False), "Nothing answers"),
        (lambda url: url.replace(":correct", ":wrong"), "password is wrong"),
        (lambda url: f"{url}_missing", "no database of that name"),
    ],
)
def test_a_failed_connection_says_why(server: Server, change: Callable[[str], str], word: str) -> None:
    url = server.url_of(f"{server.name}_u1")
    assert try_connection(url).login == f"{server.name}_u1"
    with pytest.raises(DatabaseUnavailable) as told:
        try_connection(change(url))
    assert word in told.value.what.text


def test_a_name_that_cannot_be_a_prefix_is_refused(postgres_server: str) -> None:
    with pytest.raises(Refused):
        initialise(database_at(postgres_server, "My-Company"))


def test_technicians_need_no_log_in(database: Database) -> None:
    with database.transaction() as session:
        assert add_user(session, "Avi").db_role is None


def test_the_server_and_the_migrations_know_the_same_groups() -> None:
    assert tuple(ROLES) == GROUPS == grants.GROUPS


OFFERED = {
    "UPDATE tickets SET description = ''": "administrator manager back_office agent",
    "UPDATE customers SET name = ''": "administrator manager back_office agent",
    "UPDATE visits SET title = ''": "administrator manager back_office",
    "DELETE FROM presence_rules": "administrator manager back_office",
    "DELETE FROM enablements": "administrator manager back_office",
    "DELETE FROM working_hours": "administrator manager back_office",
    "DELETE FROM holidays": "administrator manager back_office",
    "INSERT INTO sites (name) VALUES ('New in a file')": "administrator manager back_office",
    "INSERT INTO ticket_types (name) VALUES ('New in a file')": "administrator manager back_office",
    "DELETE FROM sites": "administrator",
    "DELETE FROM group_members": "administrator",
    "UPDATE groups SET name = ''": "administrator",
    "UPDATE activity_types SET expected_minutes = 1": "administrator",
    "UPDATE activity_states SET colour = '#000000'": "administrator",
    "UPDATE practices SET name = ''": "administrator",
    "UPDATE ticket_types SET name = ''": "administrator",
    "DELETE FROM ticket_statuses": "administrator",
    "UPDATE company SET name = ''": "administrator",
    "DELETE FROM role_permissions": "administrator",
    "UPDATE users SET name = ''": "administrator",
    "DELETE FROM users": "",
    "UPDATE operations SET user_id = 1": "",
    "DELETE FROM change_log": "",
    "UPDATE alembic_version SET version_num = '9'": "",
}


@pytest.mark.row("R-X1", "R-T1")
@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrator"])
def test_a_role_may_change_what_its_screens_offer_and_nothing_more(server: Server, role: str) -> None:
    with server.as_administrator() as backend:
        made = hire(backend, "noa", role)
    assert made.db_role
    with psycopg.connect(server.url_of(made.db_role)) as connection:
        allowed = set()
        for statement in OFFERED:
            if not denied(connection, f"EXPLAIN {statement}"):
                allowed.add(statement)
            connection.rollback()
    assert allowed == {statement for statement, roles in OFFERED.items() if role in roles.split()}
