"""Status and advance: where the task stands, where it can go, who handles it next, until when, and a note."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QTextEdit, QVBoxLayout, QWidget

from app.domain.words import N_, Message, counted, message
from app.i18n import _, format_datetime, format_points, say
from app.services.tickets.offering import NextStage, Offer
from ui.kit import icons, theme
from ui.kit.bidi import isolate, sided
from ui.kit.translate import Texts
from ui.tickets.card.due import DueField
from ui.tickets.tasks.words import kind_words, state_words
from ui.widgets.fields import DurationField
from ui.widgets.form import Form
from ui.widgets.page import ScrolledPage
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import plain, secondary, styled

__all__ = ["Advance", "Goal", "Wish"]

AUTOMATIC = "automatic"
KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Goal:
    """Where the task shall go: a next stage, its end, or nowhere."""

    stage_id: int | None = None
    closes: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What is chosen on the tab."""

    goal: Goal = Goal()
    user_id: int | None = None
    is_automatic: bool = False
    due_at: datetime | None = None
    state_id: int | None = None
    note: str = ""
    note_kind_id: int | None = None
    minutes: int = 0

    @property
    def is_handed_over(self) -> bool:
        """Whether somebody else shall have it."""
        return self.is_automatic or self.user_id is not None


class Advance(QWidget):
    """Signal: `changed()` when the person has chosen or typed something."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offer: Offer | None = None
        self._is_named = False
        self._goals: list[Goal] = []
        self._build()
        self._texts = Texts(self)
        self._texts.redo(self._say, key="say")
        self.goals.currentRowChanged.connect(self._follow_goal)
        self.handler.changed.connect(self._take_handler)
        self.due.changed.connect(self._tell)
        self.state.changed.connect(self._tell)
        self.kind.changed.connect(self._tell)
        self.worked.changed.connect(self._tell)
        self.note.textChanged.connect(self._tell)

    def _build(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, theme.scale(12), theme.scale(8), 0)
        self.form = Form()
        self.process, self.stage = plain(), plain()
        self.process_field = self.form.row(N_("Process"), self.process)
        self.form.row(N_("Now"), self.stage)
        self.goals = styled(QListWidget(), "boxed")
        self.form.row(N_("Next stage"), self.goals)
        self.handler = Picker()
        self.handler_field = self.form.row(N_("Next handler"), self.handler)
        self.remark = secondary()
        self.form.wide(self.remark)
        self.due = DueField()
        self.form.row(N_("Due"), self.due)
        self.state = Picker()
        self.state_field = self.form.row(N_("State"), self.state)
        self.note = QTextEdit()
        self.note.setAcceptRichText(False)
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(theme.scale(88))
        self.form.row(N_("Note"), self.note)
        self.kind = Picker()
        self.kind_field = self.form.row(N_("Kind of note"), self.kind)
        self.worked = DurationField()
        self.worked.setMinimum(0)
        self.worked.setSpecialValueText("–")
        self.worked.set_value(0)
        self.form.row(N_("Time worked"), self.worked)
        column.addWidget(self.form)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrolledPage(inside))
        self.setFocusProxy(self.goals)

    # --- What is shown

    def show_offer(self, offer: Offer) -> None:
        """Show where the task stands; what was chosen and typed stays as far as it is still possible."""
        was = self._offer
        chosen = self.goal()
        is_same_due = was is None or self.due.value() == was.task.due_at
        is_same_state = was is None or self.state.value() == was.task.state_id
        self._offer = offer
        self.due.zone = ZoneInfo(offer.time_zone)
        if is_same_due:
            self.due.set_value(offer.task.due_at)
        if is_same_state:
            self.state.set_value(offer.task.state_id)
        if was is None:
            self.kind.set_value(next((kind.id for kind in offer.note_kinds if not kind.flag), None))
        self._say()
        self._choose(chosen)
        self._offer_handlers()
        is_open = offer.task.closed_at is None
        for widget in (self.goals, self.handler, self.due, self.state, self.note, self.kind, self.worked):
            widget.setEnabled(is_open)

    def _say(self) -> None:
        offer = self._offer
        if offer is None:
            return
        task = offer.task
        self.process_field.set_visible(on=task.process is not None)
        self.process.setText(sided(task.process or ""))
        self.stage.setText(sided(self._stands()))
        chosen = self.goal()
        with QSignalBlocker(self.goals):
            self.goals.clear()
            self._goals = [Goal(), *(Goal(stage.id) for stage in offer.stages), Goal(closes=True)]
            self._goal_item(self._stays(), "lock" if task.closed_at else "pause")
            for stage in offer.stages:
                self._goal_item(_stage_words(stage), "check" if stage.is_final else "next")
            self._goal_item(_("Close the task"), "check")
            rows = min(7, len(self._goals))
            height = self.goals.sizeHintForRow(0) if self._goals else theme.row_height()
            self.goals.setFixedHeight(rows * max(height, theme.row_height()) + theme.scale(10))
        self._choose(chosen)
        self.state.offer([Choice(each.id, state_words(each)) for each in offer.states])
        self.kind.offer([Choice(each.id, kind_words(each)) for each in offer.note_kinds])
        self._offer_handlers()
        self._remark()

    def _goal_item(self, text: str, icon: str) -> None:
        self.goals.addItem(QListWidgetItem(icons.icon(icon), text))

    def _stands(self) -> str:
        assert self._offer is not None
        task = self._offer.task
        since = isolate(format_datetime(task.since or task.opened_at, ZoneInfo(self._offer.time_zone)))
        who = isolate(task.user or task.group or "")
        if task.closed_at is not None:
            closed = isolate(format_datetime(task.closed_at, ZoneInfo(self._offer.time_zone)))
            return _("Closed {time}", time=closed)
        if task.stage:
            return _("{stage}, since {time}, with {name}", stage=isolate(task.stage), time=since, name=who)
        return _("With {name}, since {time}", name=who, time=since)

    def _stays(self) -> str:
        assert self._offer is not None
        stage = self._offer.task.stage
        return _("Stays at {stage}", stage=isolate(stage)) if stage else _("Stays open")

    # --- What is chosen

    def goal(self) -> Goal:
        """Where it shall go."""
        row = self.goals.currentRow()
        return self._goals[row] if 0 <= row < len(self._goals) else Goal()

    def wish(self) -> Wish:
        """Everything that is chosen."""
        goal, chosen = self.goal(), self.handler.value()
        state_id = self.state.value()
        task = self._offer.task if self._offer else None
        due = self.due.value()
        is_moved = goal.stage_id is not None or (task is not None and due != task.due_at)
        return Wish(
            goal=Goal(goal.stage_id, closes=self.closes()),
            user_id=chosen if isinstance(chosen, int) and not self.closes() else None,
            is_automatic=chosen == AUTOMATIC and not self.closes(),
            due_at=due if is_moved else None,
            state_id=state_id if isinstance(state_id, int) and task and state_id != task.state_id else None,
            note=self.note.toPlainText().strip(),
            note_kind_id=kind if isinstance(kind := self.kind.value(), int) else None,
            minutes=self.worked.value(),
        )

    def closes(self) -> bool:
        """Whether the task ends with this update: at a final stage, in a final state, or by hand."""
        goal, stage = self.goal(), self._goal_stage()
        if goal.closes or (stage is not None and stage.is_final):
            return True
        states = self._offer.states if self._offer else ()
        now = self._offer.task.state_id if self._offer else None
        return any(each.id == self.state.value() and each.flag and each.id != now for each in states)

    def clear_typed(self) -> None:
        """Nothing is typed any more."""
        self.note.clear()
        self.worked.set_value(0)

    def _goal_stage(self) -> NextStage | None:
        wanted = self.goal().stage_id
        stages = self._offer.stages if self._offer else ()
        return next((stage for stage in stages if stage.id == wanted), None)

    def _choose(self, goal: Goal) -> None:
        with QSignalBlocker(self.goals):
            self.goals.setCurrentRow(self._goals.index(goal) if goal in self._goals else 0)

    @Slot()
    def _follow_goal(self) -> None:
        """Choosing a stage fills its due date, and the machine finds its handler unless somebody was named."""
        stage = self._goal_stage()
        if stage is not None and stage.due_hours is not None:
            moment = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(hours=stage.due_hours)
            self.due.set_value(moment)
        elif stage is None and self._offer is not None:
            self.due.set_value(self._offer.task.due_at)
        self._offer_handlers()
        self._remark()
        self.changed.emit()

    def _offer_handlers(self) -> None:
        offer = self._offer
        if offer is None:
            return
        stage, task = self._goal_stage(), offer.task
        choices = []
        if stage is None and task.user_id is not None:
            choices.append(Choice(KEEP, _("Stays with {name}", name=task.user or "")))
        if stage is None and task.user_id is None:
            choices.append(Choice(KEEP, task.group or _("Nobody")))
        if task.stage_id is not None:
            choices.append(Choice(AUTOMATIC, _("Automatic")))
        wanted = stage.id if stage else None
        workers = sorted(offer.workers, key=lambda each: wanted not in each.stage_ids)
        choices += [Choice(each.id, each.name) for each in workers]
        self.handler.offer(choices)
        if not self._is_named:
            self.handler.set_value(AUTOMATIC if stage is not None else KEEP)
        elif self.handler.value() == KEEP and stage is not None:
            self.handler.set_value(AUTOMATIC)
        self.handler.setEnabled(not self.closes() and task.closed_at is None)

    def _remark(self) -> None:
        said = self._said()
        self.remark.setVisible(said is not None)
        self.remark.setText("" if said is None else sided(say(said)))

    def _said(self) -> Message | None:
        """What Automatic means for the stage that is chosen."""
        stage = self._goal_stage()
        if self._offer is not None and stage is None and self._offer.task.awaits:
            awaited = self._offer.task.awaits
            return message(N_("It waits until somebody with the profile “{profile}” comes in."), profile=awaited)
        if stage is None or self.closes() or self.handler.value() != AUTOMATIC:
            return None
        if stage.profile is None:
            return message(N_("This stage names no profile, so nobody can be found automatically: name a handler."))
        if not stage.holders:
            return message(
                N_("Nobody holds the profile “{profile}”: it goes to the administrator."), profile=stage.profile
            )
        return counted(
            "{count} person with the profile “{profile}” can take it.",
            "{count} people with the profile “{profile}” can take it.",
            stage.holders,
            profile=stage.profile,
        )

    @Slot(object)
    def _take_handler(self, _chosen: object) -> None:
        self._is_named = True
        self._tell()

    @Slot()
    def _tell(self) -> None:
        self.handler.setEnabled(not self.closes() and self.goals.isEnabled())
        self._remark()
        self.changed.emit()


def _stage_words(stage: NextStage) -> str:
    name, spends = isolate(stage.name), isolate(format_points(stage.spends)) if stage.spends else ""
    if stage.is_final and spends:
        return _("{stage} (the customer spends {points}, closes the task)", stage=name, points=spends)
    if stage.is_final:
        return _("{stage} (closes the task)", stage=name)
    return _("{stage} (the customer spends {points})", stage=name, points=spends) if spends else name
