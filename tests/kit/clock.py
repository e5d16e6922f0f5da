"""A clock that tests set: one moment for the services and, on PostgreSQL, for the functions that ask the server's own.

The server's clock cannot be set. Its functions name `clock_timestamp()` and `now()` without a schema, so a schema that
is looked through first gives them ours; columns that are stamped by a default keep the real time.
"""

from datetime import datetime, timedelta

import psycopg
from psycopg import sql

_SCHEMA = """
    CREATE SCHEMA test_clock;
    CREATE TABLE test_clock.hand (at timestamptz NOT NULL);
    CREATE FUNCTION test_clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql STABLE
        AS 'SELECT at FROM test_clock.hand';
    CREATE FUNCTION test_clock.now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM test_clock.hand';
    GRANT USAGE ON SCHEMA test_clock TO PUBLIC;
    GRANT SELECT ON test_clock.hand TO PUBLIC;
"""
_ASKING = """
    SELECT p.oid::regprocedure::text FROM pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace
        AND p.proconfig IS NOT NULL AND EXISTS (SELECT FROM unnest(p.proconfig) AS c WHERE c LIKE 'search_path=%')
"""


class Clock:
    """A moment that stands until it is moved; `inject` makes a PostgreSQL database live in it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self._servers: list[psycopg.Connection] = []

    def __call__(self) -> datetime:
        """The moment it is."""
        return self.moment

    def follow(self, connection: psycopg.Connection) -> None:
        """From now on move the hand of the database at the other end too."""
        self._servers.append(connection)
        self._tell()

    def forget(self) -> None:
        """Move no database any more."""
        self._servers.clear()

    def advance(self, by: timedelta) -> None:
        """Let so much time pass."""
        self.moment += by
        self._tell()

    def _tell(self) -> None:
        for connection in self._servers:
            connection.execute("UPDATE test_clock.hand SET at = %s", [self.moment])


def inject(connection: psycopg.Connection, moment: datetime) -> None:
    """Make the functions of a database ask a hand that tests move; the connection is its superuser's, in autocommit."""
    connection.execute(_SCHEMA)
    connection.execute("INSERT INTO test_clock.hand VALUES (%s)", [moment])
    for (function,) in connection.execute(_ASKING).fetchall():
        path = sql.SQL("test_clock, pg_catalog, public, pg_temp")
        connection.execute(sql.SQL("ALTER FUNCTION {} SET search_path = {}").format(sql.SQL(function), path))
