"""What the server says a log-in may do is what happens when it tries."""

from collections.abc import Iterator

import psycopg
import pytest

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import NotFound
from app.domain.rights import Reach, TableRight
from app.services.people.logins import set_password
from app.services.people.rights import rights, try_table
from tests.kit.factory import add_user
from tests.kit.servers import PASSWORD, Server, make_ready, remove

ROLES = ("administrator", "back_office", "agent", "technician", "read_only")


@pytest.fixture(scope="module")
def desks(postgres_server: str) -> Iterator[tuple[Server, dict[str, int]]]:
    """A server and a log-in of every role."""
    name = "t_rights"
    server = make_ready(postgres_server, name)
    owner = Database(server.url)
    with owner.transaction() as session:
        ids = {role: add_user(session, role, role).id for role in ROLES}
    owner.close()
    with server.as_administrator() as boss:
        for user_id in ids.values():
            boss.execute(set_password, user_id, PASSWORD)
    yield server, ids
    remove(postgres_server, name)


@pytest.mark.row("F3", "R-X3")
@pytest.mark.parametrize("role", ROLES)
def test_what_is_said_is_what_happens(desks: tuple[Server, dict[str, int]], role: str):
    server, ids = desks
    with server.as_user(f"{server.name}_u{ids[role]}") as backend:
        said = {right.table: right for right in backend.execute(rights)}
        assert said["user_passwords"].is_closed
        assert said["user_settings"].sees is Reach.SOME
        refused = {table for table in said if backend.execute(try_table, table).is_refused}
        closed = {table for table, right in said.items() if right.is_closed}
        assert refused <= closed
        with server_line(server, ids[role]) as line:
            assert all(_counts(line, right) for right in said.values())


def server_line(server: Server, user_id: int) -> psycopg.Connection:
    """The same log-in without the program."""
    return psycopg.connect(server.url_of(f"{server.name}_u{user_id}").replace("+psycopg", ""), autocommit=True)


def _counts(line: psycopg.Connection, right: TableRight) -> bool:
    """Whether a removal of nothing is refused exactly where no grant allows one."""
    try:
        line.execute(f"DELETE FROM {right.table} WHERE false".encode())
    except psycopg.errors.InsufficientPrivilege:
        return right.removes is Reach.NONE
    return True


def test_only_tables_there_are_can_be_tried_and_a_file_has_none(database: Database):
    backend = Backend(database)
    if database.is_sqlite:
        assert backend.execute(rights) == ()
        return
    assert backend.execute(try_table, "users").rows == 0
    with pytest.raises(NotFound):
        backend.execute(try_table, 'users"; DROP TABLE users; --')
