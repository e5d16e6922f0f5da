"""Tells who changed what one is changing, puts the two together, and asks where only a person can."""

from collections.abc import Collection, Sequence
from datetime import tzinfo

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from app.domain.words import N_, Message, enumeration, message
from app.i18n import format_time
from app.services.presence.changing import Changed, who_changed
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.widgets.merge.window import Asked, MergeWindow

__all__ = ["Meeting"]


class Meeting(QObject):
    """For one card. Signal: `settled(values)` by field, when the person has chosen. Times are said in `zone`."""

    settled = Signal(object)

    def __init__(self, desk: Desk, table: str, card: QWidget) -> None:
        super().__init__(card)
        self._desk, self.table, self._card = desk, table, card
        self._asked = Latest(desk.tasks)
        self._clashes: Sequence[Asked] = ()
        self.window: MergeWindow | None = None
        self.zone: tzinfo | None = None

    def ask(self, row_id: int, asked: Sequence[Asked]) -> None:
        """Ask which values stay, naming who it was as far as one may know."""
        if self.window is None and asked:
            self._clashes = tuple(asked)
            self._asked.read(who_changed, self.table, row_id).then(self._open, self._open_unnamed)

    @Slot(object)
    def _open(self, changed: Changed | None) -> None:
        if self.window is not None or not self._clashes:
            return
        window = MergeWindow(self._desk.messages, _said(changed, self.zone), self._clashes, self._card.window())
        window.finished.connect(self._close)
        self.window = window
        window.open()

    @Slot(object)
    def _open_unnamed(self, _problem: Exception) -> None:
        self._open(None)

    @Slot(int)
    def _close(self, outcome: int) -> None:
        window, self.window = self.window, None
        self._clashes = ()
        if window is None:
            return
        window.deleteLater()
        if outcome == QDialog.DialogCode.Accepted:
            self.settled.emit(window.chosen())

    def drop(self) -> None:
        """The card shows something else."""
        self._asked.cancel()
        self._clashes = ()
        if self.window is not None:
            self.window.reject()

    def tell_merged(self, row_id: int, names: Collection[Message | str]) -> None:
        """Say that both changes are saved, and what the other one was."""
        said = enumeration(list(names))
        messages = self._desk.messages

        def tell(changed: Changed | None) -> None:
            if changed is not None and changed.name:
                text = N_("{name} changed {fields} meanwhile. Both changes are saved.")
                messages.success(message(text, name=changed.name, fields=said))
            else:
                text = N_("Somebody else changed {fields} meanwhile. Both changes are saved.")
                messages.success(message(text, fields=said))

        self._desk.tasks.read(who_changed, self.table, row_id).then(tell, lambda _problem: tell(None))


def _said(changed: Changed | None, zone: tzinfo | None) -> Message:
    if changed is None or not changed.name:
        return message(N_("Somebody else saved other values in fields you were changing. Which ones shall stand?"))
    text = N_("{name} saved other values at {time} in fields you were changing. Which ones shall stand?")
    return message(text, name=changed.name, time=format_time(changed.at if zone else changed.at.astimezone(), zone))
