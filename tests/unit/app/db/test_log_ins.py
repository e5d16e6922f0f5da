"""Log-ins as the server keeps them: where a role puts them, what is left to somebody disabled, what the log sees."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url, text

from app.backend import Backend
from app.bootstrap import open_database
from app.db import safety, schema
from app.db.database import Database
from app.db.server import are_renewed, initialise
from app.domain.errors import Refused
from app.domain.people import Permission
from app.services.company.profile import company, save_company, set_up
from app.services.company.rows import CompanyDraft, CompanyRow
from app.services.people.logins import entry, set_password
from app.services.people.roles import list_roles, save_role
from app.services.people.rows import RoleDraft, RoleRow, UserDraft, UserRow
from app.services.people.users import save_user, set_active
from tests.kit.servers import PASSWORD, Server, make_ready, remove

NAME = "tlogins"


@pytest.fixture(scope="module")
def office(postgres_server: str) -> Iterator[Server]:
    """One server for all of them, with a company."""
    remove(postgres_server, NAME)
    made = make_ready(postgres_server, NAME)
    with made.as_administrator() as dana:
        dana.execute(set_up, CompanyDraft("Galil", "IL", "Asia/Jerusalem", "en"))
    yield made
    remove(postgres_server, NAME)


@pytest.fixture
def dana(office: Server) -> Iterator[Backend]:
    """The administrator."""
    with office.as_administrator() as backend:
        yield backend


@pytest.fixture
def owner(office: Server) -> Iterator[psycopg.Connection]:
    """The superuser, who looks."""
    with psycopg.connect(office.url, autocommit=True) as connection:
        yield connection


def role(backend: Backend, code: str) -> RoleRow:
    return next(row for row in backend.execute(list_roles) if code in {row.code, row.name})


def hire(backend: Backend, login: str, code: str = "agent", password: str = PASSWORD) -> UserRow:
    return backend.execute(save_user, UserDraft(login, login.title(), role(backend, code).id), password=password)


def groups(owner: psycopg.Connection, user: UserRow) -> set[str]:
    """What the user's log-in is a member of."""
    asked = "SELECT DISTINCT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole"
    return {row[0] for row in owner.execute(asked, [user.db_role])}


def denied(connection: psycopg.Connection, statement: str) -> bool:
    try:
        connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return True
    finally:
        connection.rollback()
    return False


@pytest.mark.row("R-T1", "R-X3", "F3")
def test_a_log_in_is_in_the_one_group_that_covers_its_role(
    office: Server, dana: Backend, owner: psycopg.Connection
) -> None:
    made = dana.execute(save_role, RoleDraft("Planners", (Permission.PLAN, Permission.DIAL)))
    noa = hire(dana, "noa", "Planners")
    assert groups(owner, noa) == {"callboard_back_office", f"{NAME}_users"}
    with psycopg.connect(office.url_of(noa.db_role or "")) as connection:
        assert not denied(connection, "DELETE FROM holidays")
        before = made.version
        for held, group in (
            ((Permission.SEE_POINTS,), "manager"),
            ((Permission.EDIT_TICKETS,), "agent"),
            ((Permission.WORK_TASKS,), "technician"),
            ((), "read_only"),
        ):
            changed = dana.execute(save_role, RoleDraft("Planners", held), role_id=made.id, version=before)
            before = changed.version
            assert groups(owner, noa) == {f"callboard_{group}", f"{NAME}_users"}, held
        # The session that was open all the time might have prepared what it may see no more.
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with psycopg.connect(office.url_of(noa.db_role or "")) as connection:
        assert denied(connection, "INSERT INTO customers (name) VALUES ('Rossi')")


NOTHING_LEFT = (
    "SELECT * FROM customers",
    "SELECT * FROM users",
    "SELECT * FROM tickets",
    "INSERT INTO customers (name) VALUES ('Rossi')",
    "UPDATE customers SET name = 'x'",
    "DELETE FROM notes",
    "SELECT may('dial')",
    "SELECT * FROM change_log",
)


@pytest.mark.row("R-X3", "F3")
def test_a_disabled_users_open_session_is_ended(office: Server, dana: Backend, owner: psycopg.Connection) -> None:
    avi = hire(dana, "avi")
    with psycopg.connect(office.url_of(avi.db_role or "")) as connection:
        assert not denied(connection, "SELECT * FROM customers")
        dana.execute(set_active, avi.id, avi.version, on=False)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert groups(owner, avi) == set()
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        psycopg.connect(office.url_of(avi.db_role or ""))


@pytest.mark.row("R-X3", "F3")
@pytest.mark.parametrize("code", ["administrator", "agent", "technician", "read_only"])
def test_where_a_session_cannot_be_ended_nothing_is_left_to_it(
    office: Server, dana: Backend, owner: psycopg.Connection, code: str
) -> None:
    user = hire(dana, f"gone.{code}", code)
    kept = owner.execute("SELECT pg_get_functiondef('end_sessions(text)'::regprocedure)").fetchone()
    assert kept
    empty = "CREATE OR REPLACE FUNCTION end_sessions(login text) RETURNS void LANGUAGE plpgsql AS 'BEGIN END'"
    with psycopg.connect(office.url_of(user.db_role or "")) as connection:
        assert not denied(connection, "SELECT * FROM customers")
        owner.execute(empty)
        try:
            dana.execute(set_active, user.id, user.version, on=False)
        finally:
            owner.execute(kept[0])
        for statement in NOTHING_LEFT:
            assert denied(connection, statement), statement
        assert connection.execute("SELECT 1").fetchone() == (1,), "the session itself is still there"


@pytest.mark.row("R-T1", "F3")
def test_the_last_administrator_stays_whatever_sql_he_types(office: Server) -> None:
    with psycopg.connect(office.url_of(f"{NAME}_u1")) as connection:
        for statement in (
            "UPDATE users SET is_active = false",
            "UPDATE users SET role_id = (SELECT id FROM roles WHERE code = 'read_only')",
        ):
            with pytest.raises(psycopg.errors.CheckViolation, match="callboard:LAST"):
                connection.execute(statement)
            connection.rollback()
        with pytest.raises(psycopg.errors.CheckViolation, match="callboard:BUILT_IN"):
            connection.execute("DELETE FROM role_permissions")


@pytest.mark.row("R-T1", "F3")
def test_the_servers_log_holds_no_clear_password(office: Server, dana: Backend, owner: psycopg.Connection) -> None:
    first, second, own = "first-horse-of-7", "second-horse-of-8", "own-horse-of-9"
    folder = owner.execute("SHOW unix_socket_directories").fetchone()
    assert folder
    owner.execute(sql.SQL("ALTER DATABASE {} SET log_statement = 'all'").format(sql.Identifier(NAME)))
    try:
        with office.as_administrator() as logged:
            rut = hire(logged, "rut", password=first)
            logged.execute(set_password, rut.id, second)
        with office.as_user(rut.db_role or "", second) as backend:
            backend.execute(set_password, rut.id, own)
        psycopg.connect(office.url_of(rut.db_role or "", own)).close()
    finally:
        owner.execute(sql.SQL("ALTER DATABASE {} RESET log_statement").format(sql.Identifier(NAME)))
    log = (Path(folder[0]) / "log").read_text(encoding="utf-8", errors="replace")
    assert "SELECT create_login(" in log, "every statement was logged"
    assert "SCRAM-SHA-256$" in log
    for password in (first, second, own):
        assert password not in log


@pytest.mark.row("R-T1")
def test_who_changes_his_own_password_works_on(office: Server, dana: Backend) -> None:
    """The lines he has are ended; the next ones log in by the new password, in reading and in writing."""
    ido = hire(dana, "ido")
    with closing(open_database(office.url_of(ido.db_role or ""))) as database:
        backend = Backend(database, actor=ido.id)
        backend.execute(set_password, ido.id, "another-horse-8")
        database.close()
        assert backend.execute(list_roles)
        backend.execute(set_password, ido.id, "third-horse-of-9")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(office.url_of(ido.db_role or "", "another-horse-8"))


def allow(backend: Backend, addresses: str) -> CompanyRow:
    """Let log-ins in from these addresses."""
    held = backend.execute(company)
    assert held is not None
    draft = CompanyDraft(held.name, held.country, held.time_zone, held.language, held.subdivision, addresses)
    return backend.execute(save_company, draft, held.version)


@pytest.mark.row("R-F25")
def test_log_ins_come_from_the_companys_addresses_only(office: Server, dana: Backend) -> None:
    gil = hire(dana, "gil")
    try:
        assert allow(dana, "10.9.0.0/16").allowed_addresses == "10.9.0.0/16"
        with pytest.raises(Refused) as refused, office.as_user(gil.db_role or ""):
            pass
        assert (refused.value.code, "127.0.0.1" in str(refused.value)) == ("ADDRESS", True)
        with psycopg.connect(office.url_of(gil.db_role or "")) as connection:
            assert connection.execute("SELECT acting_user(), may('dial')").fetchone() == (None, False)
        with office.as_administrator() as again:
            assert again.execute(entry).me is not None, "no list binds an administrator"
        allow(dana, "10.9.0.0/16, 127.0.0.0/8")
        with office.as_user(gil.db_role or "") as backend:
            assert backend.actor == gil.id
        with pytest.raises(Refused) as refused:
            allow(dana, "10.9.0.0/16, the office")
        assert refused.value.code == "ADDRESSES"
        with (
            psycopg.connect(office.url_of(f"{NAME}_u1")) as connection,
            pytest.raises(psycopg.errors.InvalidTextRepresentation),
        ):
            connection.execute("UPDATE company SET allowed_addresses = 'the office'")
    finally:
        allow(dana, "")


@pytest.mark.row("R-T1")
def test_repeating_it_puts_right_what_somebody_turned(office: Server, dana: Backend, owner: psycopg.Connection) -> None:
    tal = hire(dana, "tal")
    owner.execute(f"GRANT callboard_administrator TO {tal.db_role}".encode())
    owner.execute(f"ALTER ROLE {tal.db_role} CONNECTION LIMIT -1".encode())
    owner.execute("GRANT EXECUTE ON FUNCTION lowrite(integer, bytea) TO PUBLIC")
    owner.execute(f"ALTER FUNCTION keep_login() OWNER TO {NAME}_owner".encode())
    warned = initialise(office.url).warnings
    assert any("TLS is off" in warning.text for warning in warned)
    assert groups(owner, tal) == {"callboard_agent", f"{NAME}_users"}
    limits = owner.execute("SELECT rolconnlimit, rolconfig FROM pg_roles WHERE rolname = %s", [tal.db_role]).fetchone()
    assert limits is not None
    assert limits[0] == 12
    assert {setting.split("=")[0] for setting in limits[1]} == {
        "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "tcp_user_timeout",
        "client_connection_check_interval", "password_encryption",
    }  # fmt: skip
    with psycopg.connect(office.url_of(tal.db_role or "")) as connection:
        for statement in (
            "SELECT lo_create(0)", "SELECT lo_creat(-1)", "SELECT lo_open(1, 131072)", "SELECT lowrite(0, 'x')",
            "SELECT lo_truncate(0, 1)", "SELECT lo_put(1, 0, 'x')", "SELECT lo_from_bytea(0, 'x')",
            "SELECT lo_get(1)", "SELECT lo_unlink(1)", "CREATE TEMP TABLE mine (id int)",
            "SELECT keep_every_login()", "SELECT place_login('x', 1, true)", "SELECT end_sessions('x')",
            "SELECT limit_login('x')", "SELECT login_group(1)", "SET temp_file_limit = -1",
        ):  # fmt: skip
            assert denied(connection, statement), statement


@pytest.mark.row("R-T1")
def test_log_ins_of_an_older_version_are_renewed_by_a_server_init(postgres_server: str, server_name: str) -> None:
    """A migrator owns no function of log-ins: he upgrades the rest, and it is told what is left to do."""
    server = make_ready(postgres_server, server_name)
    with psycopg.connect(server.url) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute(f"CREATE SCHEMA public AUTHORIZATION {server_name}_owner".encode())
    database = Database(server.url)
    schema.upgrade(database, to="0020")
    with psycopg.connect(server.url) as connection:
        for function in ("create_login(bigint, text)", "set_login_password(bigint, text)", "keep_login()"):
            connection.execute(f"ALTER FUNCTION {function} OWNER TO {server_name}_logins".encode())
    migrator = Database(make_url(server.url).set(username=f"{server_name}_migrator", password=server.migrator_password))
    try:
        schema.upgrade(migrator)
        with database.reading() as session:
            assert not are_renewed(session)
            assert any("server init" in warning.text for warning in safety.warnings(session))
            assert session.scalar(text("SELECT count(*) FROM roles")) == 6
        initialise(server.url)
        with database.reading() as session:
            assert are_renewed(session)
            assert not any("server init" in warning.text for warning in safety.warnings(session))
    finally:
        migrator.close()
        database.close()


@pytest.mark.row("F3")
def test_known_holes_are_told_by_the_servers_version() -> None:
    for version, holes in (
        (150002, 4), (150013, 1), (150014, 0), (160004, 2), (160009, 1), (160010, 0), (170000, 2), (170006, 0),
        (180000, 0),
    ):  # fmt: skip
        assert len(safety.open_holes(version)) == holes, version
    assert safety.open_holes(150013) == ("CVE-2025-8713",)
    assert safety.version_to_install(160004) == "16.10"
