"""A PostgreSQL server made ready for a company: roles, database, extensions, schema; repeating it is harmless.

Roles of one database `crm`: `crm_owner` owns everything and nobody logs in as it; `crm_logins` owns the functions
that make log-ins and nobody logs in as it either; `crm_migrator` logs in to upgrade; `crm_users` may connect. What a
user may do comes from the group roles `callboard_*`, which the whole server shares.
"""

import re
import secrets
from contextlib import suppress
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from app.db import safety, schema
from app.db.connecting import driver_words, explain_failure, find_roots, refuse_old
from app.db.database import Database, normalise
from app.domain.errors import Refused
from app.domain.words import N_, Message, message

GROUPS = ("administrator", "manager", "back_office", "agent", "technician", "read_only")
_SCRATCH = "1GB"
"""What one session may put on the disk for sorting; more is a mistake or an attack."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was made ready; the migrator's password is known only when the role was made just now."""

    database: str
    owner: str
    migrator: str
    migrator_password: str | None
    is_new: bool
    warnings: tuple[Message, ...] = ()


def initialise(url: str | URL) -> Prepared:
    """Make the database this URL names ready, logged in as a superuser or a role that may make roles and databases."""
    target = normalise(url)
    name = _checked(target)
    try:
        with _connect(target.set(database="postgres")) as connection:
            refuse_old(connection.info.server_version)
            _require_rights(connection)
            password = _make_roles(connection, name)
            is_new = _make_database(connection, name)
        with _connect(target) as connection:
            _close_to_strangers(connection, name)
        _upgrade(target)
        with _connect(target) as connection:
            _hand_over(connection, name)
        warnings = _look(target)
    except psycopg.errors.InsufficientPrivilege as error:
        raise _not_allowed() from error
    return Prepared(name, f"{name}_owner", f"{name}_migrator", password, is_new, warnings)


def _checked(url: URL) -> str:
    name = url.database or ""
    if url.get_backend_name() == "postgresql" and re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
        return name
    raise Refused(
        "NAME",
        message(N_("A server is prepared by an address such as postgresql://postgres@server/company.")),
        message(N_("The database's name has small Latin letters, digits and _ only, at most 40.")),
    )


def _not_allowed() -> Refused:
    return Refused(
        "FORBIDDEN",
        message(N_("This log-in may not make roles and databases.")),
        message(N_("Nothing more was changed. Log in as the server's superuser, then repeat it.")),
    )


def _connect(url: URL) -> psycopg.Connection:
    find_roots(url)
    # By its parts: an address cannot hold a password with spaces.
    address = make_conninfo(**{"connect_timeout": "10"} | driver_words(url))
    try:
        return psycopg.connect(address, autocommit=True)
    except psycopg.OperationalError as error:
        raise explain_failure(str(error)) from error


def _is_superuser(connection: psycopg.Connection) -> bool:
    return connection.info.parameter_status("is_superuser") == "on"


def _require_rights(connection: psycopg.Connection) -> None:
    may = connection.execute(
        "SELECT rolsuper OR (rolcreaterole AND rolcreatedb) FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if not may or not may[0]:
        raise _not_allowed()


def _do(connection: psycopg.Connection, statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _make_roles(connection: psycopg.Connection, name: str) -> str | None:
    owner, logins, migrator, users = (f"{name}_{part}" for part in ("owner", "logins", "migrator", "users"))
    for role in (*(f"callboard_{group}" for group in GROUPS), owner, users):
        _make_role(connection, role, "NOLOGIN")
    _make_role(connection, logins, "NOLOGIN CREATEROLE")
    password = None
    if _make_role(connection, migrator, "LOGIN"):
        password = secrets.token_urlsafe(24)
        _do(connection, "ALTER ROLE {} CONNECTION LIMIT 4", migrator)
        set_password(connection, migrator, password)
    _do(connection, "GRANT {} TO {}", owner, migrator)
    _do(connection, "GRANT {} TO {}", users, migrator)
    for role in (*(f"callboard_{group}" for group in GROUPS), users):
        _do(connection, "GRANT {} TO {} WITH ADMIN OPTION", role, logins)
    if not _is_superuser(connection):
        for role in (owner, logins):
            _do(connection, "GRANT {} TO {}", role, connection.info.user)
    return password


def _make_role(connection: psycopg.Connection, role: str, options: str) -> bool:
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        return False
    connection.execute(sql.SQL("CREATE ROLE {} " + options).format(sql.Identifier(role)))
    return True


def set_password(connection: psycopg.Connection, role: str, password: str) -> None:
    """Give a log-in a password; only its SCRAM verifier leaves this computer."""
    encoded = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(encoded)))


def _make_database(connection: psycopg.Connection, name: str) -> bool:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        _do(connection, "ALTER DATABASE {} OWNER TO {}", name, f"{name}_owner")
        return False
    _do(
        connection,
        "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'",
        name,
        f"{name}_owner",
    )
    return True


def _close_to_strangers(connection: psycopg.Connection, name: str) -> None:
    owner = f"{name}_owner"
    if not _is_superuser(connection):
        _do(connection, "SET ROLE {}", owner)
    for extension in ("btree_gist", "pg_trgm"):
        _do(connection, "CREATE EXTENSION IF NOT EXISTS {}", extension)
    # TEMP goes with the rest: nobody shadows a table by one of his own, or floods the disk.
    _do(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
    _do(connection, "GRANT CONNECT ON DATABASE {} TO {}", name, f"{name}_users")
    _do(connection, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for role in (owner, f"{name}_logins", f"{name}_migrator"):
        for kind in ("FUNCTIONS", "TABLES", "SEQUENCES", "TYPES"):
            if _may_become(connection, role):
                _do(connection, f"ALTER DEFAULT PRIVILEGES FOR ROLE {{}} REVOKE ALL ON {kind} FROM PUBLIC", role)
    _limit(connection, name)
    if _is_superuser(connection):
        _close_large_objects(connection)


def _may_become(connection: psycopg.Connection, role: str) -> bool:
    found = connection.execute("SELECT pg_has_role(current_user, %s, 'USAGE')", [role]).fetchone()
    return bool(found and found[0])


def _limit(connection: psycopg.Connection, name: str) -> None:
    """Passwords become SCRAM verifiers whoever sets them, and nobody's dead session or scratch file stays for long."""
    _do(connection, "ALTER DATABASE {} SET password_encryption = 'scram-sha-256'", name)
    # A server on Windows cannot see that a client has gone.
    with suppress(psycopg.errors.InvalidParameterValue):
        _do(connection, "ALTER DATABASE {} SET client_connection_check_interval = '5s'", name)
    if _is_superuser(connection):
        _do(connection, f"ALTER DATABASE {{}} SET temp_file_limit = '{_SCRATCH}'", name)


def _close_large_objects(connection: psycopg.Connection) -> None:
    """Nobody stores, reads or changes large objects: any log-in could fill the disk with them, past every policy."""
    found = connection.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace "
        "AND (proname LIKE 'lo\\_%' OR proname IN ('loread', 'lowrite'))"
    )
    for (function,) in found.fetchall():
        connection.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")


def _upgrade(url: URL) -> None:
    database = Database(url)
    try:
        schema.upgrade(database)
    finally:
        database.close()


def are_renewed(session: Session) -> bool:
    """Whether the functions that make log-ins are of the text this program has; true where nobody needs them."""
    from migrations import logins as ours

    kept = session.scalar(text("SELECT obj_description(to_regprocedure('keep_login()'), 'pg_proc')"))
    return bool(kept == f"callboard {ours.digest()}")


def _look(url: URL) -> tuple[Message, ...]:
    """What is still to be put right on the server; only a superuser may read who is let in how."""
    database = Database(url)
    try:
        with database.reading() as session:
            is_superuser = session.scalar(text("SELECT current_setting('is_superuser') = 'on'"))
            return safety.warnings(session) + (safety.readable_lines(session) if is_superuser else ())
    finally:
        database.close()


def _hand_over(connection: psycopg.Connection, name: str) -> None:
    """Renew the functions of log-ins and give them to the one role that may make some.

    It needs CREATE in the schema for that moment.
    """
    from migrations import logins as ours

    owner, logins = f"{name}_owner", f"{name}_logins"
    is_superuser = _is_superuser(connection)
    with connection.transaction():
        _do(connection, "SET LOCAL ROLE {}", owner)
        _do(connection, "GRANT CREATE, USAGE ON SCHEMA public TO {}", logins)
        _do(connection, "RESET ROLE")
        for function in ours.FUNCTIONS:
            if connection.execute("SELECT to_regprocedure(%s)", [f"public.{function}"]).fetchone() != (None,):
                _do(connection, f"ALTER FUNCTION public.{function} OWNER TO {{}}", logins)
        _do(connection, "SET LOCAL ROLE {}", logins)
        connection.execute("SET LOCAL search_path = public")
        ours.apply(connection.execute)
        _do(connection, "GRANT EXECUTE ON FUNCTION keep_login(), keep_role() TO {}", owner)
        _do(connection, "SET LOCAL ROLE {}", owner)
        for statement in ours.triggers():
            connection.execute(statement)
        _do(connection, "REVOKE CREATE ON SCHEMA public FROM {}", logins)
        if is_superuser:
            connection.execute("RESET ROLE")
            _take_back(connection, name)
        _do(connection, "SET LOCAL ROLE {}", logins)
        connection.execute("SELECT keep_every_login()")


def _take_back(connection: psycopg.Connection, name: str) -> None:
    """Take from this company's log-ins the groups that somebody else gave them by hand."""
    found = connection.execute(
        "SELECT m.roleid::regrole::text, m.member::regrole::text, m.grantor::regrole::text FROM pg_auth_members AS m "
        "JOIN users AS u ON u.db_role = (SELECT rolname FROM pg_roles WHERE oid = m.member) "
        "WHERE m.roleid::regrole::text LIKE 'callboard\\_%%' AND m.grantor <> %s::regrole",
        [f"{name}_logins"],
    )
    for group, login, giver in found.fetchall():
        connection.execute(f"REVOKE {group} FROM {login} GRANTED BY {giver}")
