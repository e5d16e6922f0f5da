"""What is typed about open customers, kept on disk from the first second until the server has it.

Beside the journal of the cards' drafts (app.drafts) on purpose; what both are, a file that is whole after any crash, is
`app.drafts.disk`. A card's draft is a text over a row, offered back in a line, and somebody chooses to restore or
discard it. A call is a hold on a customer with its times and its request: the next desk takes it up by itself, before
anything else is shown and under a new request, and nobody is to discard it from a list of unsaved texts. It has a file
of its own, so that how soon a call's note is on the disk does not hang on how much is typed elsewhere, what cannot be
read costs one call, and no count or age of drafts ever lets go of one.
"""

import json
import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.drafts.disk import put_in_place

__all__ = ["Journal"]

log = logging.getLogger(__name__)


class Journal:
    """One small file for each open contact below `folder`, by the key of its request; safe on several threads.

    Each file is written whole beside the old one, brought to the disk, and then put in its place: a crash at any moment
    leaves the old text or the new one. `owner` says whose entries these are; others' are neither read nor touched.
    """

    def __init__(self, folder: Path, owner: str) -> None:
        self.folder = folder
        self._owner = owner
        self._lock = threading.Lock()
        self._numbers: dict[str, int] = {}
        self._count = 0

    def ticket(self) -> int:
        """A number for the next entry; of several under way the one with the highest number stays."""
        with self._lock:
            self._count += 1
            return self._count

    def keep(self, key: str, number: int, entry: Mapping[str, Any]) -> bool:
        """Put the entry on the disk; False when a later one is there already."""
        # In ASCII: half a letter of two, as a paste may bring it, can be written in no other way.
        text = json.dumps({"owner": self._owner, "entry": entry})
        with self._lock:
            if self._numbers.get(key, 0) > number:
                return False
            self._numbers[key] = number
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            put_in_place(self._path(key), text)
        return True

    def drop(self, key: str) -> None:
        """The server has it: nothing of it is written any more."""
        with self._lock:
            self._count += 1
            self._numbers[key] = self._count
            self._path(key).unlink(missing_ok=True)

    def entries(self) -> dict[str, Mapping[str, Any]]:
        """What was left behind, by key, the oldest first; a file that makes no sense is left where it is."""
        found: dict[str, Mapping[str, Any]] = {}
        for path in sorted(self.folder.glob("*.json"), key=lambda each: each.stat().st_mtime):
            try:
                content = json.loads(path.read_text(encoding="utf-8"))
                if content["owner"] == self._owner:
                    found[path.stem] = dict(content["entry"])
            except (OSError, ValueError, KeyError, TypeError):
                log.warning("the kept call %s cannot be read", path.name)
        return found

    def _path(self, key: str) -> Path:
        name = "".join(letter for letter in key if letter.isalnum() or letter == "-")
        return self.folder / f"{name}.json"
