"""The keyring: kept, recalled and forgotten where there is one, asked each time where there is none."""

from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import null
from keyring.errors import KeyringLocked, PasswordDeleteError

from app import bootstrap
from app.adapters import secrets

URL = "postgresql://crm_u7:correct-horse-7@db.example.com:5433/crm"


class Box(KeyringBackend):
    """A keyring in memory, which can be locked."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._knock()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._knock()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError

    def _knock(self) -> None:
        if self.is_locked:
            raise KeyringLocked


@pytest.fixture
def box() -> Iterator[Box]:
    """This computer's keyring."""
    before = keyring.get_keyring()
    made = Box()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_a_password_is_kept_by_address_and_forgotten(box: Box) -> None:
    assert bootstrap.keep_password(URL)
    bare = bootstrap.shown_url(URL)
    assert "correct-horse-7" not in bare
    assert list(box.kept) == [("callboard", bare)]
    assert ":correct-horse-7@" in bootstrap.with_kept_password(bare)
    bootstrap.forget_password(bare)
    assert bootstrap.with_kept_password(bare) == bare


def test_a_typed_password_is_not_replaced(box: Box) -> None:
    bootstrap.keep_password(URL)
    typed = URL.replace("correct-horse-7", "another-one")
    assert bootstrap.with_kept_password(typed) == typed


def test_a_locked_keyring_means_asking(box: Box) -> None:
    bootstrap.keep_password(URL)
    box.is_locked = True
    bare = bootstrap.shown_url(URL)
    assert bootstrap.with_kept_password(bare) == bare
    assert secrets.keep(bare, "x") is False


def test_without_a_keyring_nothing_is_kept() -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(null.Keyring())
    try:
        assert bootstrap.has_keyring() is False
        assert bootstrap.keep_password(URL) is False
    finally:
        keyring.set_keyring(before)
