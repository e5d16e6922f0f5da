"""Cheap hashes: what is tried here is who gets in, not how dear a guess is."""

import pytest

from app.adapters import passwords


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """One round over eight KiB."""
    monkeypatch.setattr(passwords, "cost", passwords.Cost(1, 8, 1))
