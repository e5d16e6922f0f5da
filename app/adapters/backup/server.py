"""A server as backups see it: sessions of the driver, the moment that is copied, tables with their checksums."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL

from app.adapters.backup.held import Held, Table
from app.db.connecting import driver_words, explain_failure, find_roots
from app.domain.errors import Refused
from app.domain.words import N_, message

__all__ = ["NOT_KEPT", "connect", "do", "facts", "require_owner", "sizes", "sums"]

NOT_KEPT = "change_log"
"""The feed's rows are of use for two days on the server that wrote them; they are no data of the company."""

_NAMES = """
    SELECT c.relname, pg_total_relation_size(c.oid) FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> %s
        AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname
"""


def connect(url: URL) -> psycopg.Connection:
    """A session of the driver that commits each statement and is hindered by no time limit."""
    find_roots(url)
    options = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c timezone=UTC -c row_security=off"
    parts = driver_words(url) | {"connect_timeout": "10", "options": options}
    try:
        return psycopg.connect(make_conninfo(**parts), autocommit=True)
    except psycopg.OperationalError as error:
        raise explain_failure(str(error)) from error


def do(connection: psycopg.Connection, statement: LiteralString, *names: str) -> None:
    """Run a statement in which `{}` stands for names."""
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def require_owner(connection: psycopg.Connection) -> str:
    """The database's owner; refuses a log-in that is not his, who would not see every row."""
    row = connection.execute(
        "SELECT pg_get_userbyid(datdba), pg_has_role(current_user, datdba, 'MEMBER') "
        "FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    assert row is not None
    if row[1]:
        return str(row[0])
    raise Refused(
        "FORBIDDEN",
        message(N_("This log-in may not back up: it does not see every row.")),
        message(N_("Log in as {name} or as the server's superuser."), name=f"{connection.info.dbname}_migrator"),
    )


def facts(connection: psycopg.Connection, tables: Mapping[str, Table], at: datetime) -> Held:
    """What a backup of this moment holds."""
    if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
        raise Refused("EMPTY", message(N_("There is no data of Callboard in this database.")))
    revision = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
    company = connection.execute("SELECT name FROM public.company").fetchone()
    return Held(
        str(company[0]) if company else "",
        True,
        at,
        str(revision[0]) if revision else "",
        connection.info.dbname,
        connection.info.server_version,
        tables,
    )


def sizes(connection: psycopg.Connection) -> dict[str, int]:
    """The tables that are kept, with so many bytes each."""
    return {str(name): int(size) for name, size in connection.execute(_NAMES, [NOT_KEPT]).fetchall()}


def sums(connection: psycopg.Connection, names: Mapping[str, int], tell: Callable[[int], object]) -> dict[str, Table]:
    """Rows and checksum of each table; `tell` is called with the bytes behind."""
    found: dict[str, Table] = {}
    behind = 0
    asked: LiteralString = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM public.{} t"
    for name, size in names.items():
        row = connection.execute(sql.SQL(asked).format(sql.Identifier(name))).fetchone()
        assert row is not None
        found[name] = Table(int(row[0]), str(row[1]))
        behind += size
        tell(behind)
    return found
