"""The journal of drafts: one file for each database and user, written whole, whole again after any crash."""

import hashlib
import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.drafts.disk import put_in_place
from app.drafts.draft import Draft, of_entry, to_entry
from app.drafts.lock import Lock

__all__ = ["KEPT_FOR", "MOST", "Journal"]

MOST = 500
"""So many drafts are kept, the newest."""

KEPT_FOR = timedelta(days=90)
"""What nobody came back to in so long a time is let go."""

_SEATS = 8
"""So many desktops of one user at one database keep a journal at the same time on one computer."""

logger = logging.getLogger(__name__)


class Journal:
    """The drafts of one user at one database, below `folder`.

    A second desktop of the same user writes beside the first, in a file of its own; whoever comes next takes over the
    files of those that are gone, and holds them until he has written down what was in them. Not for several threads.
    """

    def __init__(self, folder: Path, database: str, user_id: int) -> None:
        self._folder = folder
        place = hashlib.sha256(database.encode()).hexdigest()
        self._owner = {"database": place, "user": user_id}
        self._stem = f"{place[:16]}-{user_id}"
        self._lock: Lock | None = None
        self._path: Path | None = None
        self._left: list[tuple[Path, Lock]] = []

    def open(self) -> tuple[Draft, ...]:
        """Take a file for this run; gives what earlier runs left behind, the newest first.

        An OSError says that nothing can be kept.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found: dict[tuple[str, str], Draft] = {}
        for number in range(1, _SEATS + 1):
            path = self._folder / f"{self._stem}-{number}.json"
            if self._path is not None and not path.exists():
                continue
            lock = Lock(path.with_suffix(".lock"))
            if not lock.take():
                continue
            found |= {draft.key: draft for draft in self._read(path)}
            if self._path is None:
                self._lock, self._path = lock, path
            else:
                # Let go now, it could become another desktop's own, and be removed under him.
                self._left.append((path, lock))
        if self._path is None:
            raise OSError("as many desktops of this user as may keep a journal do")
        oldest = datetime.now(UTC) - KEPT_FOR
        drafts = [draft for draft in found.values() if draft.at >= oldest]
        return tuple(sorted(drafts, key=lambda draft: draft.at, reverse=True)[:MOST])

    def write(self, drafts: Iterable[Draft]) -> None:
        """Bring these, and no others, to the disk; an OSError leaves what was there."""
        if self._path is None:
            return
        newest = sorted(drafts, key=lambda draft: draft.at, reverse=True)[:MOST]
        if newest:
            put_in_place(self._path, json.dumps({**self._owner, "drafts": [to_entry(draft) for draft in newest]}))
        else:
            self._path.unlink(missing_ok=True)
        for path, _lock in self._left:
            path.unlink(missing_ok=True)
        self._let_go()

    def close(self) -> None:
        """Let the file go, for the next run."""
        self._let_go()
        if self._lock is not None:
            self._lock.release()
        self._lock = self._path = None

    def _let_go(self) -> None:
        for _path, lock in self._left:
            lock.release()
        self._left.clear()

    def _read(self, path: Path) -> list[Draft]:
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            if {name: kept[name] for name in self._owner} != self._owner:
                return []
            return [of_entry(entry) for entry in kept["drafts"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError):
            # Never written over: somebody may still want to look into it.
            logger.warning("the drafts in %s cannot be read", path.name)
            path.replace(path.with_suffix(".unreadable"))
            return []
