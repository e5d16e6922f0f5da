"""Keeps drafts on a thread of its own: whoever types never waits for the disk."""

import logging
import threading
from collections.abc import Callable
from time import monotonic

from app.drafts.draft import Draft
from app.drafts.journal import Journal

__all__ = ["KEEP_AFTER", "DraftKeeper"]

KEEP_AFTER = 0.4
"""Seconds from the first key since the last writing to the disk, however long the typing goes on."""

logger = logging.getLogger(__name__)


class DraftKeeper:
    """Reads the journal and writes it, soon after each change; safe on several threads.

    `tell` is called on the keeper's thread: with the drafts that earlier runs left behind, or the OSError of a disk
    that takes nothing (once, until it does again).
    """

    def __init__(self, journal: Journal, tell: Callable[[tuple[Draft, ...] | OSError], object]) -> None:
        self._journal = journal
        self._tell = tell
        self._changed = threading.Condition()
        self._drafts: dict[tuple[str, str], Draft] = {}
        self._due: float | None = None
        self._is_reading = True
        self._dropped: set[tuple[str, str]] = set()
        self._is_closing = self._is_failing = False
        self._thread = threading.Thread(target=self._run, name="callboard-drafts", daemon=True)

    def start(self) -> None:
        """Begin to read, then to keep."""
        self._thread.start()

    def keep(self, draft: Draft) -> None:
        """This is the draft now."""
        with self._changed:
            self._drafts[draft.key] = draft
            self._soon()

    def drop(self, key: tuple[str, str]) -> None:
        """It is saved, or not wanted."""
        with self._changed:
            if self._is_reading:
                self._dropped.add(key)
            if self._drafts.pop(key, None) is not None or self._is_reading:
                self._soon()

    def close(self) -> None:
        """Bring the last words to the disk and end."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _soon(self) -> None:
        if self._due is None:
            self._due = monotonic() + KEEP_AFTER
            self._changed.notify()

    def _run(self) -> None:
        self._open()
        while True:
            with self._changed:
                while not self._is_closing and (self._due is None or monotonic() < self._due):
                    self._changed.wait(None if self._due is None else max(0.0, self._due - monotonic()))
                is_due, self._due = self._due is not None, None
                drafts, is_closing = tuple(self._drafts.values()), self._is_closing
            if is_due:
                self._write(drafts)
            if is_closing:
                self._journal.close()
                return

    def _open(self) -> None:
        try:
            left = self._journal.open()
        except OSError as problem:
            left = ()
            self._fail(problem)
        with self._changed:
            self._is_reading = False
            left = tuple(draft for draft in left if draft.key not in self._dropped)
            self._drafts = {draft.key: draft for draft in left} | self._drafts
            if left:
                # Taken over from files of others that are gone, which are held until this is done.
                self._soon()
        self._tell(left)

    def _write(self, drafts: tuple[Draft, ...]) -> None:
        try:
            self._journal.write(drafts)
            self._is_failing = False
        except OSError as problem:
            self._fail(problem)
            with self._changed:
                # The disk may have room again later; the text is still here.
                self._due = self._due or monotonic() + 10

    def _fail(self, problem: OSError) -> None:
        logger.warning("drafts cannot be kept: %s", problem)
        if not self._is_failing:
            self._is_failing = True
            self._tell(problem)
