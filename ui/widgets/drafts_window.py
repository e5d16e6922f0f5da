"""All that was typed and never saved, from earlier runs of the program: to go on with, to copy, or to let go."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from app.domain.words import N_
from app.drafts.draft import Draft
from app.i18n import _, _n
from ui.kit import theme
from ui.kit.bidi import by_line
from ui.kit.drafts import NEW_ROW, drafts_of
from ui.kit.messages import Offer
from ui.kit.screen import Desk
from ui.widgets.beside import BesideWindow
from ui.widgets.empty import EmptyState
from ui.widgets.entries import EntryArea, EntryRow
from ui.widgets.styled import push_button
from ui.widgets.unsaved import typed_at

__all__ = ["DraftsWindow", "open_drafts"]

_LONGEST = 400
_OPENED_BY = {
    "tickets": "tickets.open",
    "tickets.note": "tickets.open",
    "customers": "customers.open",
    "customers.note": "customers.open",
    "UpdateWindow": "tasks.open",
    "visits": "planner.show",
}
"""The command that opens the card of a record, by the kind of the record."""
_NEW_BY = {"tickets": "tickets.new", "customers": "customers.new"}
_KINDS = {
    "tickets": N_("Ticket"),
    "tickets.note": N_("Note"),
    "customers": N_("Customer"),
    "customers.note": N_("Note"),
    "UpdateWindow": N_("Task"),
    "visits": N_("Visit"),
}


def open_drafts(desk: Desk) -> None:
    """Show the window."""
    DraftsWindow.of(desk).come()


class DraftsWindow(BesideWindow):
    """One entry for each draft, the newest on top."""

    name = N_("Unsaved texts")
    key = "drafts"
    size_at_first = (560, 520)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._drafts = drafts_of(desk)
        self.area = EntryArea(200, margin=8)
        self.nothing = EmptyState(
            "note", N_("Everything you typed is saved"), N_("What is typed and never saved can be found here.")
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.area)
        self.stack.addWidget(self.nothing)
        self.body.addWidget(self.stack, 1)
        self._drafts.left_changed.connect(self.fill)
        self.texts.redo(self.fill, key="drafts")

    @property
    def shown(self) -> tuple[Draft, ...]:
        """What is listed."""
        return self._drafts.left

    @Slot()
    def fill(self) -> None:
        """List them anew."""
        count = len(self.shown)
        self.title.setText(
            _n("{count} text was typed and not saved", "{count} texts were typed and not saved", count) if count else ""
        )
        self.title.setVisible(bool(count))
        self.stack.setCurrentWidget(self.area if count else self.nothing)
        self.area.fill(map(self._row, self.shown), has_more=False)

    def _row(self, draft: Draft) -> QWidget:
        kind = draft.record.rpartition(":")[0]
        under = " · ".join(filter(None, [_(_KINDS[kind]) if kind in _KINDS else "", typed_at(draft)]))
        texts = [(by_line(draft.title) or _("Untitled"), "body"), (under, "secondary")]
        texts += [(by_line(_shortened(text)), "body") for text in draft.texts]
        row = EntryRow(("note", "muted"), texts)
        holder = QWidget()
        buttons = QHBoxLayout(holder)
        buttons.setContentsMargins(0, theme.scale(4), 0, 0)
        buttons.setSpacing(theme.scale(8))
        if self._command(draft) is not None:
            buttons.addWidget(self._button(N_("Open"), draft, self.open_card))
        buttons.addWidget(self._button(N_("Copy"), draft, self.copy))
        buttons.addWidget(self._button(N_("Discard"), draft, self.discard))
        buttons.addStretch(1)
        row.add(holder)
        return row

    def _button(self, text: str, draft: Draft, do: Callable[[Draft], object]) -> QWidget:
        button = push_button(text, look="link")
        button.setAutoDefault(False)
        button.setAccessibleDescription(draft.title)
        button.clicked.connect(partial(do, draft))
        return button

    def _command(self, draft: Draft) -> tuple[str, tuple[int, ...]] | None:
        kind, _colon, key = draft.record.rpartition(":")
        if key == NEW_ROW and kind in _NEW_BY:
            return _NEW_BY[kind], ()
        return (_OPENED_BY[kind], (int(key),)) if kind in _OPENED_BY and key.isdigit() else None

    def open_card(self, draft: Draft) -> None:
        """Go to the card, which offers it back."""
        command = self._command(draft)
        if command is not None:
            self._desk.commands.run(command[0], *command[1])

    def copy(self, draft: Draft) -> None:
        """Put its words onto the clipboard."""
        QGuiApplication.clipboard().setText("\n".join(draft.texts))
        self._desk.messages.info(N_("The text is copied."))

    def discard(self, draft: Draft) -> None:
        """Let it go; for some seconds it can still be had back."""
        self._drafts.forget(draft)
        drafts = self._drafts
        self._desk.messages.info(
            N_("The unsaved text is discarded."), offer=Offer(N_("Undo"), lambda: drafts.take_back(draft))
        )


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()}…"
