"""Mail put into a folder instead of being sent: for trying things out, and for programs that take it from there."""

import hashlib
from pathlib import Path

from app.adapters.letters import Letter, packed


class DropFolder:
    """A folder of .eml files; a mail that comes twice is there once, as with a reader who folds by Message-ID."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def deliver(self, letter: Letter) -> None:
        """Put the mail there, whole or not at all."""
        name = hashlib.sha256(letter.message_id.encode()).hexdigest()[:24]
        fresh = self._folder / f".{name}"
        fresh.write_bytes(packed(letter))
        fresh.replace(self._folder / f"{name}.eml")

    def close(self) -> None:
        """There is nothing to close."""
