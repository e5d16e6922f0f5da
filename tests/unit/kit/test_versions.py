"""The listener that keeps services from changing rows behind the version."""

import pytest
from sqlalchemy import update

from app.db.database import Database
from app.models.customers import Customer
from tests.kit import versions


@pytest.mark.row("F4")
@pytest.mark.parametrize(
    ("statement", "is_wrong"),
    [
        ("UPDATE tickets SET subject=%(subject)s WHERE tickets.id = 1", True),
        ("UPDATE tickets SET subject=?, version=? WHERE tickets.id = ? AND tickets.version = ?", False),
        ("UPDATE tasks AS t SET user_id=(SELECT max(version = 3) FROM users WHERE version=1) WHERE id = 1", True),
        ("UPDATE tasks SET user_id = 1, version = tasks.version + 1 FROM users WHERE users.id = 1", False),
        ("UPDATE customers SET name = 'a, version = 2' RETURNING id", True),
        ("UPDATE mail_accounts SET last_uid=?, uid_validity=?", False),
        ("UPDATE mail_accounts SET last_uid=?, address=?", True),
        ("UPDATE change_log SET at = 1", False),
        ("SELECT 1", False),
    ],
)
def test_a_change_without_its_version_is_seen(statement: str, is_wrong: bool) -> None:
    assert (versions.forgotten(statement) is not None) is is_wrong


def test_it_stops_services_and_nobody_else(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    change = update(Customer).values(name="x")
    with database.transaction() as session:
        session.execute(change)
    monkeypatch.setattr(versions, "_is_service", lambda: True)
    with database.transaction() as session, pytest.raises(AssertionError, match="customers"):
        session.execute(change)
