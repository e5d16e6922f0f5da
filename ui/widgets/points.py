"""What every list of points can do with a row of the ledger: say why it is there, and take it back with a reason."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QTextEdit, QVBoxLayout, QWidget

from app.domain.errors import UserError
from app.domain.people import Permission
from app.domain.words import N_, Message, message
from app.i18n import _, format_date, format_points, say
from app.services.points.entries import EntryRow
from app.services.points.explaining import why_entry
from app.services.points.reversing import reverse
from ui.kit import theme
from ui.kit.bidi import isolate, sided
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.dialog import FormDialog
from ui.widgets.form import Form
from ui.widgets.styled import heading, plain, push_button, secondary

__all__ = ["ReverseWindow", "WhyPoints", "may_reverse", "row_note"]


def may_reverse(desk: Desk, row: EntryRow | None) -> bool:
    """Whether this person may take the row back: it is no reversal, nobody has, and the role allows it."""
    is_open = row is not None and row.reverses_id is None and row.reversed_id is None
    return is_open and desk.person.may(Permission.CORRECT_POINTS)


def row_note(row: EntryRow) -> str:
    """What was written with a row; a reversal and the row it takes back name each other by their numbers."""
    note = isolate(" ".join(row.note.split()))
    if row.reverses_id is not None:
        return _("Row {number} reverses row {other}: {reason}", number=row.id, other=row.reverses_id, reason=note)
    if row.reversed_id is None:
        return note
    if note:
        return _("Row {number}, reversed by row {other}: {note}", number=row.id, other=row.reversed_id, note=note)
    return _("Row {number}, reversed by row {other}", number=row.id, other=row.reversed_id)


class WhyPoints(QDialog):
    """Where the points of a row come from. Escape closes it."""

    def __init__(self, desk: Desk, row: EntryRow, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk, self._row = desk, row
        self._told: tuple[Message, ...] = ()
        self._asked = Latest(desk.tasks)
        self.setMinimumWidth(theme.scale(480))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[theme.scale(16)] * 4)
        outer.setSpacing(theme.scale(12))
        self.title: QLabel = heading()
        self.title.setWordWrap(True)
        self.sentences = plain()
        self.sentences.setWordWrap(True)
        self.sentences.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        outer.addWidget(self.title)
        outer.addWidget(self.sentences, 1, Qt.AlignmentFlag.AlignTop)
        outer.addLayout(self._buttons())
        self.close_button.setFocus()
        texts = Texts(self)
        texts.bind(self.setWindowTitle, N_("Why these points?"))
        texts.redo(self._fill, key="fill")
        self._asked.read(why_entry, row.id).then(self._take, self._fail)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.task_button = push_button(N_("Open the task"), "open")
        self.task_button.clicked.connect(self._open_task)
        self.close_button = push_button(N_("Close"))
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        row.addWidget(self.task_button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        return row

    def _take(self, told: tuple[Message, ...]) -> None:
        self._told = told
        self._fill()
        # Qt's own would measure the lines in a narrower window than this one.
        layout = self.layout()
        if layout is not None:
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def _fail(self, problem: Exception) -> None:
        if isinstance(problem, UserError):
            self._take((problem.what,))
        else:
            self._desk.messages.show_error(problem)

    def _fill(self) -> None:
        row = self._row
        where = _("{process} › {stage}", process=isolate(row.process), stage=isolate(row.stage))
        self.title.setText(sided(_("Row {number}: {where}", number=row.id, where=where)))
        told = "\n".join(sided(say(each)) for each in self._told)
        self.sentences.setText(told)
        self.setAccessibleDescription(told)

    @Slot()
    def _open_task(self) -> None:
        self._desk.commands.run("tasks.open", self._row.task_id)
        self.accept()


class ReverseWindow(FormDialog):
    """Asks why a row is taken back, and takes it back.

    Signal: `reversed(id of the new row)`.
    """

    reversed = Signal(int)

    def __init__(self, desk: Desk, row: EntryRow, parent: QWidget) -> None:
        super().__init__(N_("Reverse points"), N_("Reverse"), messages=desk.messages, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk, self._row = desk, row
        self.where, self.customer, self.worker = plain(), plain(), plain()
        form = Form()
        self.reason = QTextEdit()
        self.reason.setAcceptRichText(False)
        self.reason.setTabChangesFocus(True)
        self.reason.setFixedHeight(theme.scale(64))
        form.row(N_("Row"), self.where)
        if row.customer_points:
            form.row(N_("Customer"), self.customer)
        if row.worker_points:
            form.row(N_("Worker"), self.worker)
        self.field = form.row(N_("Reason"), self.reason)
        self.body.addWidget(form)
        self.body.addWidget(
            secondary(N_("The row stays, and another row of the opposite sign takes it back. This can be done once."))
        )
        Texts(self).redo(self._fill)
        self.save_requested.connect(self._save)
        self.reason.textChanged.connect(self._clear)

    def _fill(self) -> None:
        row = self._row
        day = format_date(row.day, "short")
        where = _("{process} › {stage}", process=isolate(row.process), stage=isolate(row.stage))
        self.where.setText(sided(_("{number}, {day}: {where}", number=row.id, day=isolate(day), where=where)))
        for label, name, points in (
            (self.customer, row.customer, row.customer_points),
            (self.worker, row.worker, row.worker_points),
        ):
            label.setText(sided(f"{isolate(name or '')}: {isolate(format_points(points))}"))

    @Slot()
    def _save(self) -> None:
        if not self.reason.toPlainText().strip():
            self.field.error(message(N_("A reversal needs a reason.")))
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.saving(on=True)
        self._desk.tasks.write(reverse, self._row.id, self.reason.toPlainText()).then(self._saved, self.fail)

    def _saved(self, made: int) -> None:
        self._desk.messages.success(message(N_("Row {number} is reversed."), number=str(self._row.id)))
        self.reversed.emit(made)
        self.accept()

    @Slot()
    def _clear(self) -> None:
        self.field.error(None)
