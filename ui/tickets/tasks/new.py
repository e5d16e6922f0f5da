"""The window of a new task: what is to be done, through which process or of which kind, by whom, until when."""

from zoneinfo import ZoneInfo

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QTextEdit, QWidget

from app.domain.errors import Incomplete
from app.domain.processes import reasons
from app.domain.words import N_
from app.i18n import _
from app.services.tickets import task_list, tasks
from app.services.tickets.task_rows import TaskLists
from app.services.tickets.tasks import Advanced, NewTask
from ui.kit import messages, theme
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.tickets.card.due import DueField
from ui.tickets.tasks import WHY
from ui.widgets.dialog import FormDialog
from ui.widgets.form import Form
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import secondary

__all__ = ["NewTaskWindow"]

AUTOMATIC = "automatic"


class NewTaskWindow(FormDialog):
    """With a process the machine finds the handler unless one is named; without one it is a person, oneself first."""

    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        *,
        ticket_id: int | None = None,
        customer_id: int | None = None,
        about: str = "",
    ) -> None:
        super().__init__(N_("New task"), N_("Open task"), messages=desk.messages, parent=parent)
        self._desk = desk
        self._ticket_id, self._customer_id = ticket_id, customer_id
        self._lists: TaskLists | None = None
        self._is_named = False
        if about:
            line = secondary()
            line.setText(about)
            self.body.addWidget(line)
        self.form = Form()
        self.title = QLineEdit()
        self.title.setMaxLength(300)
        self.process = Picker(nothing=N_("No process"))
        self.kind = Picker(nothing=N_("None"))
        self.handler = Picker()
        self.due = DueField()
        self.note = QTextEdit()
        self.note.setAcceptRichText(False)
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(theme.scale(72))
        self._fields = {
            "title": self.form.row(N_("What is to be done"), self.title),
            "process_id": self.form.row(N_("Process"), self.process),
            "activity_type_id": self.form.row(N_("Activity type"), self.kind),
            "user_id": self.form.row(N_("Handler"), self.handler),
            "due_at": self.form.row(N_("Due"), self.due),
            "note": self.form.row(N_("Note"), self.note),
        }
        self.body.addWidget(self.form)
        self.process.changed.connect(self._offer_handlers)
        self.handler.changed.connect(self._name)
        self.save_requested.connect(self._save)
        self.finished.connect(self.deleteLater)
        self._texts = Texts(self)
        self._texts.redo(self._offer_handlers, key="handlers")
        desk.tasks.read(task_list.lists).then(self._take)

    def _take(self, found: TaskLists) -> None:
        self._lists = found
        self.due.zone = ZoneInfo(found.time_zone)
        self.process.offer([Choice(each.id, each.name) for each in found.processes if each.is_active])
        self.kind.offer([Choice(each.id, each.name) for each in found.activity_types if each.is_active])
        self._offer_handlers()

    @Slot()
    def _offer_handlers(self) -> None:
        found, has_process = self._lists, self.process.value() is not None
        if found is None:
            return
        people = [Choice(each.id, each.name) for each in found.people if each.is_active]
        self.handler.offer([Choice(AUTOMATIC, _("Automatic")), *people] if has_process else people)
        if not self._is_named or (self.handler.value() == AUTOMATIC and not has_process):
            self.handler.set_value(AUTOMATIC if has_process else self._desk.person.id)

    @Slot(object)
    def _name(self, _chosen: object) -> None:
        self._is_named = True

    @Slot()
    def _save(self) -> None:
        self.form.clear_errors()
        chosen, process = self.handler.value(), self.process.value()
        kind = self.kind.value()
        new = NewTask(
            title=self.title.text(),
            ticket_id=self._ticket_id,
            customer_id=self._customer_id,
            activity_type_id=kind if isinstance(kind, int) else None,
            user_id=chosen if isinstance(chosen, int) else None,
            due_at=self.due.value(),
            note=self.note.toPlainText(),
        )
        self.saving(on=True)
        process_id = process if isinstance(process, int) else None
        self._desk.tasks.write(tasks.create, new, process_id=process_id).then(self._saved, self._fail)

    def _saved(self, done: Advanced) -> None:
        run = self._desk.commands.run
        offer = messages.Offer(N_("Why?"), lambda: run(WHY.id, done.task_id))
        self._desk.messages.success(reasons.short(done.rule, done.reason, done.user_name), offer=offer)
        self.accept()

    def _fail(self, problem: Exception) -> None:
        if isinstance(problem, Incomplete):
            self.saving(on=False)
            for code, text in problem.problems.items():
                if code in self._fields:
                    self._fields[code].error(text)
            self.form.first_error()
            return
        self.fail(problem)
