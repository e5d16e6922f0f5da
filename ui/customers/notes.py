"""The notes of a customer: those written on the card, and those of their tickets and of every step of their tasks."""

from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.people import Permission
from app.domain.tickets.names import note_kind_name, shown_number
from app.domain.words import N_, Message
from app.i18n import _, format_datetime, say
from app.services.tickets import notes
from app.services.tickets.lists import Lists
from app.services.tickets.notes import NoteRow
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.drafts.sending import Sending
from ui.kit.person import shown_to
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.entries import EntryArea, EntryRow
from ui.widgets.writing import WritingBox

__all__ = ["NotesOfCustomer"]


class NotesOfCustomer(QWidget):
    """The newest on top, with the writing box over them."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._number = 0
        self._rows: tuple[NoteRow, ...] = ()
        self._has_more = False
        self._zone: ZoneInfo | None = None
        self._asked = Latest(desk.tasks)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(8))
        self.writing = WritingBox(takes_files=False)
        self.writing.keep(desk, "customers", partial(_, N_("Note")))
        self._sending = Sending(desk, self)
        self.writing.written.connect(self._write)
        shown_to(desk.person, Permission.WORK_TASKS, self.writing)
        column.addWidget(self.writing)
        self._area = EntryArea(140)
        self._area.more_wanted.connect(self._go_on)
        column.addWidget(self._area, 1)
        self._texts = Texts(self)
        self._texts.bind(self._area.setAccessibleName, N_("Notes of the customer"))
        self._texts.redo(self._fill, key="rows")
        theme.news.changed.connect(self._fill)

    @property
    def lines(self) -> list[str]:
        """What is shown, one line for each note."""
        return [f"{_headline(row)}: {row.text}" for row in self._rows]

    def offer(self, lists: Lists) -> None:
        """The company's time and its kinds of notes."""
        self._zone = ZoneInfo(lists.time_zone)
        self.writing.offer(lists.note_kinds)

    def turn_to(self, number: int) -> None:
        """Show the notes of this customer."""
        if number != self._number:
            self._number, self._rows, self._has_more = number, (), False
            self._asked.cancel()
            self.writing.turn_to(number)
            self._fill()

    def reload(self) -> None:
        """Read the newest anew."""
        self._asked.read(notes.trail, self._number, limit=max(50, len(self._rows))).then(self._take)

    def _take(self, found: tuple[tuple[NoteRow, ...], bool]) -> None:
        if found != (self._rows, self._has_more):
            self._rows, self._has_more = found
            self._fill()

    @Slot()
    def _go_on(self) -> None:
        self._asked.read(notes.trail, self._number, before=self._rows[-1].id).then(self._append)

    def _append(self, found: tuple[tuple[NoteRow, ...], bool]) -> None:
        self._rows, self._has_more = self._rows + found[0], found[1]
        self._fill()

    @Slot(str, object)
    def _write(self, text: str, kind_id: int | None) -> None:
        number = self._number

        def saved(_note_id: int) -> None:
            self.writing.saved(number, text)
            self.reload()

        def failed(problem: Exception) -> None:
            self.writing.failed(number, text)
            self._desk.messages.show_error(problem)

        self.writing.sent(number, self._sending.write(saved, failed, notes.write, text, kind_id, customer_id=number))

    @Slot()
    def _fill(self) -> None:
        self._area.fill(map(self._row, self._rows), has_more=self._has_more)

    def _row(self, row: NoteRow) -> QWidget:
        icon = ("alert", "muted" if row.is_dismissed else "warning") if row.is_alert else ("note", "muted")
        return EntryRow(icon, ((_headline(row), "body"), (self._under(row), "secondary"), (row.text, "body")))

    def _under(self, row: NoteRow) -> str:
        parts = [format_datetime(row.at, self._zone)]
        if row.stage:
            parts.append(isolate(f"{row.process} › {row.stage}"))
        if row.ticket_id is not None:
            parts.append(_("Ticket {number}", number=isolate(shown_number(row.ticket_id, row.number))))
        elif row.task:
            parts.append(isolate(row.task))
        return " · ".join(parts)


def _headline(row: NoteRow) -> str:
    kind = note_kind_name(row.kind_code, row.kind_name)
    said = isolate(say(kind) if isinstance(kind, Message) else kind)
    return _("{kind} by {name}", kind=said, name=isolate(row.by)) if row.by else said
