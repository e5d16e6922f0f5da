"""Tells, while a new ticket is being typed, that there is an open one about the same."""

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.tickets.draft import TicketDraft
from app.domain.words import N_, message
from app.services.tickets.duplicates import Likeness, alike
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.widgets.standing import StandingLine
from ui.widgets.styled import push_button

__all__ = ["AlikeLine"]

_PAUSE_MS = 400


class AlikeLine(QWidget):
    """Signals: `open_wanted(id)` to look at the other ticket; `merge_wanted(id)` to write what is typed there."""

    open_wanted = Signal(int)
    merge_wanted = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked: tuple[int | None, int | None, str] | None = None
        self._found: Likeness | None = None
        self._answers = Latest(desk.tasks)
        self.open_button, self.merge_button = push_button(N_("Open")), push_button(N_("Merge"))
        self.open_button.clicked.connect(self._open)
        self.merge_button.clicked.connect(self._merge)
        self.line = StandingLine(self.open_button, self.merge_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.line)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._ask)
        self.hide()

    def watch(self, draft: TicketDraft | None) -> None:
        """Look for tickets like this new one; None where none is being typed."""
        wanted = None if draft is None else (draft.customer_id, draft.type_id, draft.subject.strip())
        if wanted == self._asked:
            return
        self._asked = wanted
        self._timer.stop()
        self._answers.cancel()
        if wanted is None or (wanted[0] is None and not wanted[2]):
            self._take(())
        else:
            self._timer.start()

    @Slot()
    def _ask(self) -> None:
        if self._asked is not None:
            self._answers.read(alike, *self._asked).then(self._take)

    def _take(self, found: tuple[Likeness, ...]) -> None:
        self._found = next(iter(found), None)
        self.setVisible(self._found is not None)
        if self._found is None:
            self.line.say(None)
            return
        text = (
            N_("{customer} has an open ticket about this: {number} {subject}")
            if self._found.customer
            else N_("There is an open ticket about this: {number} {subject}")
        )
        facts = {name: isolate(getattr(self._found, name)) for name in ("customer", "number", "subject")}
        self.line.say(message(text, **facts))

    @Slot()
    def _open(self) -> None:
        if self._found is not None:
            self.open_wanted.emit(self._found.id)

    @Slot()
    def _merge(self) -> None:
        if self._found is not None:
            self.merge_wanted.emit(self._found.id)
