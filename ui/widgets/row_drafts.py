"""The drafts of the rows of one list: what is typed about each is kept, and offered back in a line over its form."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from app.drafts.draft import Draft
from ui.kit.drafts import drafts_of, record_of
from ui.kit.editing import Editing
from ui.kit.screen import Desk
from ui.widgets.unsaved import UnsavedLine

__all__ = ["RowDrafts"]


class RowDrafts(UnsavedLine):
    """`kind` is the list; a row is known by its key, None for a new one. `restore` puts a draft into the form."""

    def __init__(
        self, desk: Desk, kind: str, restore: Callable[[Draft], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(desk, restore, parent)
        self._kind = kind
        self._journal = drafts_of(desk)

    def show_row(self, key: int | None, *, is_open: bool = True) -> None:
        """The form shows this row, or nothing."""
        self.turn_to(record_of(self._kind, key) if is_open else None)

    def follow(
        self, key: int | None, title: str, base: Mapping[str, Any], typed: Mapping[str, Any], version: int | None = None
    ) -> None:
        """This is what stands in the form of a row."""
        self._journal.follow(record_of(self._kind, key), title, base, typed, version)

    def follow_row(self, key: int | None, title: str, editing: Editing[Any]) -> None:
        """The same of a row as it is edited."""
        base, typed = editing.flats(editing.base, editing.draft)
        self.follow(key, title, base, typed, editing.version)

    def drop(self, key: int | None) -> None:
        """It is saved, or not wanted."""
        self._journal.drop(record_of(self._kind, key))
