"""What a session that was open before keeps of the rights its log-in has lost: nothing."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.kit.servers import PASSWORD
from tests.security.furnish import WORLDS, Office
from tests.security.probes import one

pytestmark = [pytest.mark.row("F3", "U21")]


@pytest.fixture
def mover(office: Office) -> Iterator[int]:
    """An agent who is about to lose his role; gone afterwards."""
    number = 9901
    with office.as_owner() as owner:
        verifier = owner.pgconn.encrypt_password(PASSWORD.encode(), b"x", b"scram-sha-256").decode()
        owner.execute("INSERT INTO users (id, login, name, role_id) SELECT %s, 'mover', 'mover', id FROM roles "
                      "WHERE code = 'agent'", [number])  # fmt: skip
        owner.execute("SELECT create_login(%s, %s)", [number, verifier])
    yield number
    with office.as_owner() as owner:
        owner.execute("UPDATE users SET is_active = false WHERE id = %s", [number])
        owner.execute("SET LOCAL session_replication_role = replica")
        for table in ("user_loads", "audit_log", "users"):
            column = {"users": "id", "user_loads": "user_id", "audit_log": "row_id"}[table]
            owner.execute(f"DELETE FROM {table} WHERE {column} = {number}".encode())


CHANGES = {
    "his role is another": "UPDATE users SET role_id = (SELECT id FROM roles WHERE code = 'technician') WHERE id = %s",
    "he is disabled": "UPDATE users SET is_active = false WHERE id = %s",
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_prepared_before_shows_nothing_after(office: Office, mover: int, change: str) -> None:
    """Plans and cursors of an open session end with the rights they were made by, at the next statement."""
    login = f"{office.name}_u{mover}"
    with psycopg.connect(office.url, user=login, password=PASSWORD, autocommit=True) as session:
        session.execute("PREPARE everybody AS SELECT count(*) FROM customers")
        for _ in range(6):
            assert one(session, "EXECUTE everybody") == len(WORLDS)
        with office.as_owner() as owner:
            owner.execute(CHANGES[change].encode(), [mover])
        try:
            left = one(session, "EXECUTE everybody")
        except psycopg.Error:
            left = 0
        assert left == 0


def test_a_cursor_that_was_open_ends_when_its_owner_is_disabled(office: Office, mover: int) -> None:
    login = f"{office.name}_u{mover}"
    with psycopg.connect(office.url, user=login, password=PASSWORD) as session:
        session.execute("DECLARE held CURSOR FOR SELECT name FROM customers")
        assert one(session, "FETCH 1 FROM held") is not None
        with office.as_owner() as owner:
            owner.execute(CHANGES["he is disabled"].encode(), [mover])
        with pytest.raises(psycopg.OperationalError):
            session.execute("FETCH 1 FROM held")
