"""The window of a new reminder: what, and when."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.domain.errors import Incomplete
from app.domain.words import N_, message
from app.services.planner.company import company
from app.services.planner.rows import Company
from app.services.tickets import reminders
from app.services.tickets.reminders import ReminderDraft
from ui.kit import theme
from ui.kit.screen import Desk
from ui.widgets.dialog import FormDialog
from ui.widgets.fields import DateTimeField
from ui.widgets.form import Form
from ui.widgets.styled import push_button, secondary

__all__ = ["ReminderWindow", "open_reminder"]

_MORNING = time(10)


class ReminderWindow(FormDialog):
    """Proposes tomorrow at ten; quick buttons set the other usual times."""

    def __init__(
        self, desk: Desk, parent: QWidget, *, ticket_id: int | None = None, task_id: int | None = None, about: str = ""
    ) -> None:
        super().__init__(N_("New reminder"), N_("Add reminder"), messages=desk.messages, parent=parent)
        self._desk = desk
        self._ticket_id, self._task_id = ticket_id, task_id
        self._zone: ZoneInfo | None = None
        if about:
            line = secondary()
            line.setText(about)
            self.body.addWidget(line)
        self.form = Form()
        self.text = QLineEdit()
        self.text.setMaxLength(reminders.LONGEST)
        self._text_field = self.form.row(N_("What"), self.text)
        self.at = DateTimeField()
        self.at.set_value(self._today() + timedelta(days=1))
        self.form.row(N_("When"), self.at)
        self.body.addWidget(self.form)
        self.body.addLayout(self._usual())
        self.save_requested.connect(self._save)
        desk.tasks.read(company).then(self._take_company)

    def _usual(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.scale(8))
        usual: tuple[tuple[str, Callable[[], datetime]], ...] = (
            (N_("In an hour"), self._in_an_hour),
            (N_("Tomorrow 10:00"), partial(self._in_days, 1)),
            (N_("In a week"), partial(self._in_days, 7)),
        )
        for text, moment in usual:
            button = push_button(text, look="quiet")
            button.clicked.connect(partial(self._set, moment))
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _set(self, moment: Callable[[], datetime], _checked: bool = False) -> None:
        self.at.set_value(moment())

    def _now(self) -> datetime:
        return datetime.now(self._zone).replace(tzinfo=None)

    def _today(self) -> datetime:
        return datetime.combine(self._now().date(), _MORNING)

    def _in_an_hour(self) -> datetime:
        return self._now() + timedelta(hours=1)

    def _in_days(self, days: int) -> datetime:
        return self._today() + timedelta(days=days)

    def _take_company(self, found: Company) -> None:
        self._zone = found.zone

    @Slot()
    def _save(self) -> None:
        self.form.clear_errors()
        at = self.at.value().replace(tzinfo=self._zone).astimezone()
        draft = ReminderDraft(at, self.text.text(), self._ticket_id, self._task_id)
        self.saving(on=True)
        self._desk.tasks.write(reminders.add, draft).then(self._saved, self._fail)

    def _saved(self, _reminder_id: int) -> None:
        self._desk.messages.success(message(N_("The reminder is noted down.")))
        self.accept()

    def _fail(self, problem: Exception) -> None:
        if isinstance(problem, Incomplete):
            self.saving(on=False)
            self._text_field.error(problem.problems.get("text"))
            self.form.first_error()
            return
        self.fail(problem)


def open_reminder(desk: Desk, *, ticket_id: int | None = None, task_id: int | None = None, about: str = "") -> None:
    """Let a reminder be noted down."""
    parent = desk.commands.parent()
    assert isinstance(parent, QWidget)
    window = ReminderWindow(desk, parent, ticket_id=ticket_id, task_id=task_id, about=about)
    window.finished.connect(window.deleteLater)
    window.show()
