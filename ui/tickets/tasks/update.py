"""The update window of a task: status and advance, details, history; one button whose word says what will happen."""

from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QTabWidget, QWidget

from app.domain.errors import Conflict, Refused, UserError
from app.domain.people import Permission
from app.domain.processes import reasons
from app.domain.processes.routing import Rule
from app.domain.words import N_, Message, message
from app.i18n import _, format_datetime
from app.services.presence.changing import Changed, who_changed
from app.services.tickets import updating
from app.services.tickets.advancing import Update
from app.services.tickets.layouts import TASK, CardLayout, load_layout
from app.services.tickets.offering import Offer, offer
from app.services.tickets.projects import list_projects
from app.services.tickets.tasks import Advanced
from app.services.tickets.why import StepRow, why
from ui.kit import icons, messages, theme
from ui.kit.bidi import isolate, sided
from ui.kit.drafts.sending import Sending
from ui.kit.person import shown_to
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.tickets.tasks import OPEN, WHY
from ui.tickets.tasks.advance import Advance, Wish
from ui.tickets.tasks.details import Details
from ui.tickets.tasks.history import History
from ui.tickets.tasks.words import called
from ui.widgets.dialog import FormDialog
from ui.widgets.merge.meeting import Meeting
from ui.widgets.present import PresentLine
from ui.widgets.standing import StandingLine
from ui.widgets.styled import heading, push_button, secondary

__all__ = ["UpdateWindow"]


class UpdateWindow(FormDialog):
    """One task; what others do to it shows while the window is open, and what is typed stays."""

    def __init__(self, desk: Desk, task_id: int, parent: QWidget) -> None:
        super().__init__(N_("Task"), messages=desk.messages, parent=parent)
        self.task_id = task_id
        self.draft_key = str(task_id)
        self._desk = desk
        self._offer: Offer | None = None
        self._is_saving = False
        self._reading, self._steps, self._asked_who = Latest(desk.tasks), Latest(desk.tasks), Latest(desk.tasks)
        self.advance, self.details, self.history = Advance(), Details(), History()
        self.present = PresentLine(desk, "tasks")
        self._sending = Sending(desk, self)
        self._sending.waiting.connect(self._say_waiting)
        self.meeting = Meeting(desk, "tasks", self)
        self.meeting.settled.connect(self.details.settle)
        self._build()
        self._connect()
        self.present.turn_to(task_id)
        self.finished.connect(self._leave_card)
        self.save_button.setEnabled(False)
        self.reload()
        desk.tasks.read(list_projects).then(self.details.offer_projects)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.scale(8))
        self._bell = QLabel()
        self._bell.hide()
        self._title = heading()
        self._title.setWordWrap(True)
        self._why = push_button(N_("Why?"), "why", "quiet")
        self._why.setAutoDefault(False)
        head.addWidget(self._bell)
        head.addWidget(self._title, 1)
        self._remind = push_button(N_("Remind me"), "reminder", "quiet")
        self._remind.setAutoDefault(False)
        shown_to(self._desk.person, Permission.WORK_TASKS, self._remind)
        head.addWidget(self._remind, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._why, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(head)
        self._about = secondary()
        self.body.addWidget(self._about)
        self.body.addWidget(self.present)
        self.line = StandingLine()
        self.body.addWidget(self.line)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for page in (self.advance, self.details, self.history):
            self.tabs.addTab(page, "")
        self._lent = {tab.factory(self._desk): tab for tab in self._desk.tabs_of("tasks.card")}
        for lent in self._lent:
            self.tabs.addTab(lent, "")
        self.tabs.currentChanged.connect(self._turn_lent)
        self.body.addWidget(self.tabs, 1)
        self.resize(theme.scale(820), theme.scale(740))
        self._desk.memory.window(self, "tasks.update")

    def _connect(self) -> None:
        self.advance.changed.connect(self._follow)
        self.details.changed.connect(self._follow)
        self.history.why_wanted.connect(self._ask_why)
        self._why.clicked.connect(self._ask_last)
        self._remind.clicked.connect(self._ask_reminder)
        self.details.ticket_wanted.connect(self._open_ticket)
        self.details.customer_wanted.connect(self._open_customer)
        self.save_requested.connect(self._save)
        self._desk.bridge.rows_changed.connect(self._hear)
        self._desk.person.news.changed.connect(self._permit)
        QShortcut(QKeySequence(WHY.shortcut), self, self._ask_last)
        self._texts = Texts(self)
        self._texts.redo(self._say, key="say")

    def showEvent(self, event: QShowEvent) -> None:
        """The cursor stands on the next stage."""
        super().showEvent(event)
        if not event.spontaneous():
            self.present.turn_to(self.task_id)
            self.advance.goals.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _turn_lent(self) -> None:
        """What other features lend reads when it is looked at."""
        page = self.tabs.currentWidget()
        if page in self._lent and callable(turn := getattr(page, "turn_to", None)):
            turn("tasks", self.task_id)

    def task_at_hand(self) -> int:
        """The task of this window."""
        return self.task_id

    # --- Reading

    @Slot()
    def reload(self) -> None:
        """Read the task anew; typed text stays."""
        self._reading.read(offer, self.task_id).then(self._take, self._fail_load)
        self._steps.read(why, self.task_id).then(self._take_steps)

    @Slot(str, object)
    def _hear(self, table: str, ids: frozenset[int] | None) -> None:
        if table == "tasks" and (ids is None or self.task_id in ids) and not self._is_saving:
            self.reload()

    def _take(self, found: Offer) -> None:
        before, self._offer = self._offer, found
        is_moved = before is not None and before.task.version != found.task.version
        was_dirty = self._is_dirty(before)
        self.advance.show_offer(found)
        self.details.show_offer(found)
        # Steps that came first were shown without the company's clock.
        self.history.show_zone(self._zone())
        self.meeting.ask(self.task_id, self.details.met)
        if before is None:
            self._desk.tasks.read(load_layout, TASK, found.task.activity_type_id).then(self._take_layout)
        if is_moved and was_dirty:
            self._asked_who.read(who_changed, "tasks", self.task_id).then(self._say_moved, self._say_moved_unnamed)
        self.details.set_read_only(on=not self._is_editable())
        self._say()

    @Slot(object)
    def _say_moved(self, changed: Changed | None) -> None:
        if changed is not None and changed.name:
            said = message(N_("{name} moved this task in the meantime. What you typed is kept."), name=changed.name)
        else:
            said = message(N_("Somebody else moved this task in the meantime. What you typed is kept."))
        self.line.say(said)

    @Slot(object)
    def _say_moved_unnamed(self, _problem: Exception) -> None:
        self._say_moved(None)

    @Slot(bool)
    def _say_waiting(self, is_waiting: bool) -> None:
        text = message(N_("The database does not answer. This is saved as soon as it is back."))
        self.line.say(text if is_waiting else None)

    @Slot()
    def _leave_card(self) -> None:
        self.present.turn_to(None)

    def _take_layout(self, found: CardLayout) -> None:
        self.details.show_layout(found)
        self.details.set_read_only(on=not self._is_editable())

    def _take_steps(self, found: tuple[StepRow, ...]) -> None:
        self.history.show_steps(found, self._zone())

    def _fail_load(self, problem: Exception) -> None:
        self._desk.messages.show_error(problem)
        if isinstance(problem, UserError):
            self.deleteLater()

    def _zone(self) -> ZoneInfo | None:
        return ZoneInfo(self._offer.time_zone) if self._offer else None

    def _is_editable(self) -> bool:
        may_work = self._desk.person.may(Permission.WORK_TASKS)
        return may_work and self._offer is not None and self._offer.task.closed_at is None

    @Slot()
    def _permit(self) -> None:
        self.details.set_read_only(on=not self._is_editable())
        self._say()

    # --- Saying

    def _say(self) -> None:
        for place, text in enumerate((N_("Status and advance"), N_("Details"), N_("History"))):
            self.tabs.setTabText(place, _(text))
        for lent, tab in self._lent.items():
            self.tabs.setTabText(self.tabs.indexOf(lent), _(tab.text))
        found = self._offer
        if found is None:
            self.setWindowTitle(_("Task"))
            return
        task = found.task
        self.setWindowTitle(_("Task {number}", number=task.number or str(task.id)))
        self._title.setText(sided(called(task)))
        self._bell.setVisible(task.has_alert)
        self._bell.setPixmap(icons.icon("alerts", "warning").pixmap(theme.scale(18), theme.scale(18)))
        self._bell.setToolTip(_("This customer has an alert"))
        self._bell.setAccessibleName(_("This customer has an alert"))
        parts = [isolate(task.customer)]
        if task.due_at is not None:
            parts.append(_("Due {time}", time=isolate(format_datetime(task.due_at, self._zone()))))
        self._about.setText(sided("  ·  ".join(filter(None, parts))))
        self._about.setVisible(bool(self._about.text()))
        self.save_button.setVisible(self._is_editable())
        self._follow()

    @Slot()
    def _follow(self) -> None:
        """The button's word says what will happen."""
        self.save_button.setText(self._act())
        self.present.writing(on=self._is_editable() and self._is_dirty(self._offer))
        self.save_button.setEnabled(not self._is_saving and self._is_editable() and self._is_dirty(self._offer))

    def _act(self) -> str:
        wish = self.advance.wish()
        if wish.goal.closes:
            return _("Close task")
        if wish.goal.stage_id is not None and self._offer is not None:
            name = next((stage.name for stage in self._offer.stages if stage.id == wish.goal.stage_id), "")
            return _("Advance to {stage}", stage=isolate(name))
        if wish.is_handed_over:
            return _("Hand over")
        is_only_note = wish.note and not (wish.due_at or wish.state_id or wish.minutes or self._has_details())
        return _("Save note") if is_only_note else _("Save")

    def _has_details(self) -> bool:
        return self.details.custom() is not None or self.details.project_id() is not None

    def _is_dirty(self, against: Offer | None) -> bool:
        if against is None:
            return False
        wish = self.advance.wish()
        return self._is_moved(wish) or bool(wish.minutes)

    def _is_moved(self, wish: Wish) -> bool:
        """Whether anything of the task changes, besides the time that went into it."""
        is_moved = wish.goal.closes or wish.goal.stage_id is not None or wish.is_handed_over
        return is_moved or bool(wish.note or wish.due_at or wish.state_id) or self._has_details()

    # --- Saving

    @Slot()
    def _save(self) -> None:
        found = self._offer
        if found is None or not self._is_dirty(found):
            return
        wish = self.advance.wish()
        if self.details.wrong(closes=wish.goal.closes):
            self.tabs.setCurrentWidget(self.details)
            self.details.wrong(closes=wish.goal.closes)
            return
        self._is_saving = True
        self.saving(on=True)
        if not self._is_moved(wish):
            self._sending.write(self._noted, self._fail_save, updating.worked, self.task_id, wish.minutes)
            return
        change = Update(
            stage_id=wish.goal.stage_id,
            user_id=wish.user_id,
            is_automatic=wish.is_automatic,
            due_at=wish.due_at,
            state_id=wish.state_id,
            note=wish.note,
            note_kind_id=wish.note_kind_id if wish.note else None,
            custom=self.details.custom(),
            project_id=self.details.project_id(),
            closes=wish.goal.closes,
        )
        seen, minutes = found.task.version, wish.minutes
        self._sending.write(self._saved, self._fail_save, updating.update, self.task_id, seen, change, minutes=minutes)

    def _noted(self, _entry_id: int) -> None:
        self._is_saving = False
        self._desk.messages.success(N_("The time is noted down."))
        self.accept()

    def _saved(self, done: Advanced) -> None:
        self._is_saving = False
        self.advance.clear_typed()
        self._offer = None
        said = _outcome(done)
        why_offer = None
        if not done.is_closed and done.rule != Rule.KEPT:
            run = self._desk.commands.run
            why_offer = messages.Offer(N_("Why?"), lambda: run(WHY.id, done.task_id))
        self._desk.messages.success(said, offer=why_offer)
        self.accept()

    def _fail_save(self, problem: Exception) -> None:
        self._is_saving = False
        self.fail(problem)
        self._follow()
        if isinstance(problem, Conflict):
            self.reload()
        elif isinstance(problem, Refused) and problem.code == "MISSING":
            self.details.wrong(closes=True)
            self.tabs.setCurrentWidget(self.details)

    # --- Leaving

    @Slot()
    def accept(self) -> None:
        """Done: the window goes."""
        super().accept()
        self.deleteLater()

    def leaves_draft(self) -> bool:
        """Whether something typed is worth coming back to, or still waits for the database."""
        wish = self.advance.wish()
        return self._sending.is_waiting or (
            self._is_editable() and bool(wish.note or wish.minutes or self._has_details())
        )

    @Slot()
    def reject(self) -> None:
        """What is typed and not saved stays in the window, which can be opened again."""
        is_kept = self.leaves_draft()
        super().reject()
        if not is_kept:
            self.deleteLater()
            return
        run = self._desk.commands.run
        self._desk.messages.warning(
            message(N_("What you typed for this task is kept, not saved yet.")),
            offer=messages.Offer(N_("Go back"), lambda: run(OPEN.id, self.task_id)),
        )

    # --- Elsewhere

    @Slot(int)
    def _ask_why(self, step_id: int) -> None:
        self._desk.commands.run(WHY.id, self.task_id, step_id)

    @Slot()
    def _ask_last(self) -> None:
        self._desk.commands.run(WHY.id, self.task_id)

    @Slot()
    def _ask_reminder(self) -> None:
        about = self._offer.task.title if self._offer else ""
        self._desk.commands.run("home.remind", None, self.task_id, about)

    @Slot()
    def _open_ticket(self) -> None:
        if self._offer is not None and self._offer.task.ticket_id is not None:
            self._desk.commands.run("tickets.open", self._offer.task.ticket_id)

    @Slot()
    def _open_customer(self) -> None:
        if self._offer is not None and self._offer.task.customer_id is not None:
            self._desk.commands.run("customers.open", self._offer.task.customer_id)


def _outcome(done: Advanced) -> Message:
    """What became of it, in one sentence."""
    if done.is_closed:
        return message(N_("The task is closed."))
    if done.rule == Rule.KEPT:
        return message(N_("Saved. It stays with {name}."), name=done.user_name)
    return reasons.short(done.rule, done.reason, done.user_name)
