"""The drafts of this desktop, as screens see them: told on each change, given back after a crash."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.bootstrap import place_of
from app.domain.merging import differing
from app.domain.words import N_
from app.drafts.draft import Draft
from app.drafts.journal import Journal
from app.drafts.keeping import DraftKeeper
from app.services.presence.changing import answered
from ui.kit.screen import Desk

__all__ = ["Drafts"]


class Drafts(QObject):
    """Signal: `left_changed()` when it is known, or has changed, what earlier runs left behind."""

    left_changed = Signal()
    _heard = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.tasks)
        self._desk = desk
        self._run = str(uuid4())
        self._own: dict[str, Draft] = {}
        self._left: dict[tuple[str, str], Draft] = {}
        self._put_by: dict[str, Draft] = {}
        self._is_closed = False
        settings = desk.preferences.settings
        database = place_of(settings.last_database)
        journal = Journal(settings.path.parent / "drafts", database, desk.person.id or 0)
        self._keeper = DraftKeeper(journal, self._heard.emit)
        self._heard.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        desk.tasks.closing.connect(self.close)
        self._keeper.start()

    # --- What is typed now

    def follow(
        self, record: str, title: str, base: Mapping[str, Any], typed: Mapping[str, Any], version: int | None = None
    ) -> None:
        """This is what stands in the fields of a record; what is as it was read is no draft."""
        changed = differing(base, typed)
        known = self._own.get(record)
        if not changed:
            if known is not None:
                self.drop(record)
            return
        mine = {name: typed.get(name) for name in changed}
        was = {name: base.get(name) for name in changed}
        if known is not None and (known.typed, known.base, known.version) == (mine, was, version):
            return
        # What is typed behind a save is not what was sent: that this was saved must not let go of it.
        op_id = known.op_id if known is not None and known.typed == mine else None
        self._keep(Draft(record, self._run, title, datetime.now(UTC), was, mine, version, op_id))

    def sent(self, record: str, op_id: str) -> None:
        """It is on its way to be saved under this key: should the answer never come, the key tells whether it was."""
        known = self._own.get(record)
        if known is not None:
            self._keep(replace(known, op_id=op_id))

    def drop(self, record: str) -> None:
        """It is saved, or whoever typed it does not want it."""
        known = self._own.pop(record, None)
        if known is not None:
            self._keeper.drop(known.key)

    def leave(self, record: str) -> bool:
        """The record takes nothing more: what was typed on it stands among what was left behind, if there is any."""
        known = self._own.get(record)
        if known is None:
            return False
        self.drop(record)
        # Somebody may type on it again in this run: what is left then has these words in it.
        if (before := self._put_by.get(record)) is not None:
            self.forget(before)
        self._put_by[record] = replace(known, run=str(uuid4()), op_id=None)
        self.take_back(self._put_by[record])
        return True

    def _keep(self, draft: Draft) -> None:
        self._own[draft.record] = draft
        if not self._is_closed:
            self._keeper.keep(draft)

    @property
    def typed(self) -> tuple[Draft, ...]:
        """What is typed on this desktop and not saved."""
        return tuple(self._own.values())

    # --- What was left behind

    @property
    def left(self) -> tuple[Draft, ...]:
        """What earlier runs left behind, the newest first."""
        return tuple(sorted(self._left.values(), key=lambda draft: draft.at, reverse=True))

    def left_of(self, record: str) -> Draft | None:
        """What an earlier run left behind of this record."""
        return next((draft for draft in self._left.values() if draft.record == record), None)

    def forget(self, draft: Draft) -> None:
        """It was restored, or is not wanted."""
        if self._left.pop(draft.key, None) is not None:
            self._keeper.drop(draft.key)
            self.left_changed.emit()

    def take_back(self, draft: Draft) -> None:
        """It is wanted after all."""
        self._left = {draft.key: draft} | self._left
        self._keeper.keep(draft)
        self.left_changed.emit()

    @Slot()
    def close(self) -> None:
        """The desktop is closed: the last words go to the disk at once."""
        if not self._is_closed:
            self._is_closed = True
            self._keeper.close()

    @Slot(object)
    def _hear(self, said: tuple[Draft, ...] | OSError) -> None:
        if self._is_closed:
            return
        if isinstance(said, OSError):
            self._desk.messages.warning(
                N_("What you type cannot be kept on this computer: its disk takes nothing."),
                N_("It is saved when you press Save."),
            )
            return
        self._left = {draft.key: draft for draft in said}
        op_ids = tuple(draft.op_id for draft in said if draft.op_id is not None)
        if op_ids:
            # What was sent may have arrived although nobody heard of it: that is no unsaved text.
            self._desk.tasks.read(answered, op_ids).then(self._settle, self._settle_later)
        else:
            self.left_changed.emit()

    @Slot(object)
    def _settle(self, known: tuple[str, ...]) -> None:
        for draft in self.left:
            if draft.op_id in known:
                del self._left[draft.key]
                self._keeper.drop(draft.key)
        self.left_changed.emit()

    @Slot(object)
    def _settle_later(self, _problem: Exception) -> None:
        self.left_changed.emit()
