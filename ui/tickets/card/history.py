"""What was done for the ticket on the card: read a page at a time, written to, with the files that lie there."""

from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.people import Permission
from app.i18n import _
from app.services.tickets import notes
from app.services.tickets.lists import Lists
from app.services.tickets.timeline import PAGE, Entry, Line, timeline
from ui.kit.drafts.sending import Sending
from ui.kit.person import shown_to
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.tickets.card.files import FileHands
from ui.tickets.card.timeline import Act, TimeLine
from ui.widgets.writing import WritingBox

__all__ = ["History"]

_MOST = 400
_TABLES = frozenset(
    {"tasks", "visits", "notes", "files", "task_steps", "outbox_messages", "incoming_messages", "note_kinds"}
)


class History(QWidget):
    """The time line with the writing box over it; hidden while there is no ticket."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._number: int | None = None
        self._customer_id: int | None = None
        self._zone: ZoneInfo | None = None
        self._lines = Latest(desk.tasks)
        self.time_line = TimeLine()
        shown_to(desk.person, Permission.WORK_TASKS, self.time_line.new_task)
        self.writing = WritingBox()
        self.writing.keep(desk, "tickets", self._call)
        self._sending = Sending(desk, self)
        shown_to(desk.person, Permission.WORK_TASKS, self.writing)
        self.files = FileHands(desk, self)
        self.time_line.above.addWidget(self.writing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.time_line)
        desk.person.news.changed.connect(self._permit)
        self._permit()
        self.writing.written.connect(self._write)
        self.writing.file_wanted.connect(self._add_file)
        self.time_line.wanted.connect(self._act)
        self.time_line.narrowed.connect(self._narrow)
        self.time_line.more_wanted.connect(self._go_on)
        self.time_line.task_wanted.connect(self._begin_task)
        desk.bridge.rows_changed.connect(self._hear)
        self.hide()

    @Slot()
    def _permit(self) -> None:
        may_work = self._desk.person.may(Permission.WORK_TASKS)
        self.setAcceptDrops(may_work)
        self.time_line.let_work(on=may_work)

    def offer(self, lists: Lists) -> None:
        """The kinds of notes, and the company's time."""
        self._zone = ZoneInfo(lists.time_zone)
        self.writing.offer(lists.note_kinds)

    def turn_to(self, number: int | None, customer_id: int | None) -> None:
        """Show what was done for this ticket; None for a new one."""
        self._customer_id = customer_id
        if number != self._number:
            self._number = number
            self._lines.cancel()
            self.time_line.show_line(Line((), has_more=False), self._zone)
            self.writing.turn_to(number or 0)
            self.reload()
        self.setVisible(number is not None)

    def reload(self) -> None:
        """Read anew as much as is shown."""
        if self._number is not None:
            limit = max(PAGE, min(len(self.time_line.entries), _MOST))
            job = self._lines.read(timeline, self._number, kinds=self.time_line.wanted_kinds, limit=limit)
            job.then(self._show)

    def _show(self, line: Line) -> None:
        self.time_line.show_line(line, self._zone)

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table in _TABLES:
            self.reload()

    @Slot()
    def _narrow(self) -> None:
        self.time_line.show_line(Line((), has_more=False), self._zone)
        self.reload()

    @Slot()
    def _go_on(self) -> None:
        entries = self.time_line.entries
        if self._number is not None and entries:
            job = self._lines.read(timeline, self._number, after=entries[-1].edge, kinds=self.time_line.wanted_kinds)
            job.then(self.time_line.go_on)

    # --- Writing

    def _call(self) -> str:
        return _("Ticket {number}", number=self._number or "")

    def can_write(self) -> bool:
        """Whether a note can be written."""
        return self._number is not None and self.acceptDrops()

    def write_note(self) -> None:
        """Go to where a note is written."""
        self.writing.text.setFocus()

    @Slot(str, object)
    def _write(self, text: str, kind_id: int | None) -> None:
        number = self._number
        if number is None:
            return

        def saved(_note_id: int) -> None:
            self.writing.saved(number, text)
            self.reload()

        def failed(problem: Exception) -> None:
            self.writing.failed(number, text)
            self._desk.messages.show_error(problem)

        self.writing.sent(number, self._sending.write(saved, failed, notes.write, text, kind_id, ticket_id=number))

    @Slot()
    def _add_file(self) -> None:
        if self._number is not None:
            self.files.choose(self._number)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere on it."""
        if self._number is not None and _paths(event):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """They lie with the ticket then."""
        if self._number is not None:
            self.files.add(self._number, _paths(event))
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    # --- What can be done with what is shown

    @Slot(object, object)
    def _act(self, act: Act, entry: Entry) -> None:
        run = self._desk.commands.run
        if act is Act.UPDATE:
            run("tasks.open", entry.task_id)
        elif act is Act.WHY:
            run("tasks.why", entry.task_id)
        elif act is Act.OPEN_MAIL:
            run("mail.open", entry.id)
        elif act is Act.OPEN_FILE:
            self.files.open(entry.id)
        else:
            self.files.save(entry.id, entry.title)

    @Slot()
    def _begin_task(self) -> None:
        self._desk.commands.run("tasks.new", self._number, self._customer_id)


def _paths(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
