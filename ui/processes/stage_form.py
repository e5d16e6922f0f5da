"""The fields of the chosen stage; each change is told at once, the drawing keeps it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.processes.flow import ProcessDraft, StageDraft
from app.domain.words import N_
from app.i18n import _, _n
from app.services.processes.flows import Offered
from ui.kit import theme
from ui.kit.translate import Texts
from ui.processes.dues import DueField
from ui.processes.scoring.part import PointsPart, tick
from ui.processes.ticks import TickList
from ui.widgets.form import Field, Form
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import icon_button

__all__ = ["StageForm"]


class StageForm(QWidget):
    """Signals: `edited(field, value)` by the person; `profile_wanted()` for a profile that is not there yet.

    What entering the stage scores is `points`, which has signals of its own beside that it edits.
    """

    edited = Signal(str, object)
    profile_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_filling = False
        self._make()
        self._build()
        self._watch()

    # --- Putting together

    def _make(self) -> None:
        self.name = QLineEdit()
        self.name.setMaxLength(200)
        self.profile = Picker(nothing=N_("No profile"))
        self.new_profile = icon_button("new", N_("New profile…"))
        self.due = DueField()
        self.next = TickList(N_("Next stages"))
        self.opens = TickList(N_("Opens tasks at"))
        self.template = Picker(nothing=N_("No mail"))
        for picker in (self.profile, self.template):
            # As wide as the form, not as the longest name.
            picker.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            picker.setMinimumContentsLength(8)
        self.is_intake = tick(N_("Tasks come in here"))
        self.is_final = tick(N_("Tasks are done here"))

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        form = Form()
        column.addWidget(form)
        column.addStretch(1)
        self._rows: dict[str, Field] = {"name": form.row(N_("Name"), self.name)}
        self._rows["is_intake"] = form.row(N_("Intake"), self.is_intake)
        self._rows["is_final"] = form.row(N_("Final"), self.is_final)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scale(4))
        row.addWidget(self.profile, 1)
        row.addWidget(self.new_profile)
        holder.setFocusProxy(self.profile)
        Texts(self.profile).bind(self.profile.setAccessibleName, N_("Profile"))
        self._rows["profile_id"] = form.row(N_("Profile"), holder)
        self._rows["due_hours"] = form.row(N_("Due after"), self.due)
        self._rows["next"] = form.row(N_("Next stages"), self.next)
        self._rows["opens"] = form.row(
            N_("Opens tasks at"), self.opens, N_("A linked task opens there by itself when a task comes here.")
        )
        self._rows["mail_template_id"] = form.row(N_("Mail"), self.template, N_("Sent when a task comes here."))
        self.points = PointsPart(form)

    def _watch(self) -> None:
        self.name.textEdited.connect(self._take_name)
        self.profile.changed.connect(self._take_profile)
        self.new_profile.clicked.connect(self.profile_wanted)
        self.due.changed.connect(self._take_due)
        self.next.changed.connect(self._take_next)
        self.opens.changed.connect(self._take_opens)
        self.template.changed.connect(self._take_template)
        self.is_intake.toggled.connect(self._take_intake)
        self.is_final.toggled.connect(self._take_final)
        self.points.edited.connect(self.edited)

    # --- What is shown

    def show_stage(self, draft: ProcessDraft, stage: StageDraft, offered: Offered) -> None:
        """Show a stage; what is being typed is left alone where it means the same."""
        self._is_filling = True
        if " ".join(self.name.text().split()) != " ".join(stage.name.split()):
            self.name.setText(stage.name)
        self.profile.offer(_profiles(offered))
        if self.profile.value() != stage.profile_id or not self.profile.hasFocus():
            self.profile.set_value(stage.profile_id)
            _from_the_beginning(self.profile)
        self.due.set_value(stage.due_hours)
        self.next.offer([Choice(other.key, other.name) for other in draft.stages if other.key != stage.key], stage.next)
        self.opens.offer(_stages(draft, stage, offered), stage.opens)
        self.template.offer([Choice(each.id, each.name, each.is_active) for each in offered.templates])
        self.template.set_value(stage.mail_template_id)
        _from_the_beginning(self.template)
        self.is_intake.setChecked(stage.is_intake)
        self.is_final.setChecked(stage.is_final)
        for row in self._rows.values():
            row.error(None)
        self.points.show_stage(stage)
        self._is_filling = False

    def focus_name(self) -> None:
        """Put the cursor into the name, to be typed over."""
        self.name.setFocus()
        self.name.selectAll()

    # --- What is changed

    def _tell(self, field: str, value: object) -> None:
        if not self._is_filling:
            self.edited.emit(field, value)

    @Slot()
    def _take_name(self) -> None:
        self._tell("name", self.name.text())

    @Slot(object)
    def _take_profile(self, chosen: object) -> None:
        self._tell("profile_id", chosen)

    @Slot()
    def _take_due(self) -> None:
        self._tell("due_hours", self.due.value())

    @Slot()
    def _take_next(self) -> None:
        self._tell("next", self.next.ticked())

    @Slot()
    def _take_opens(self) -> None:
        self._tell("opens", tuple(sorted(self.opens.ticked())))

    @Slot(object)
    def _take_template(self, chosen: object) -> None:
        self._tell("mail_template_id", chosen)

    @Slot(bool)
    def _take_intake(self, on: bool) -> None:
        self._tell("is_intake", on)

    @Slot(bool)
    def _take_final(self, on: bool) -> None:
        self._tell("is_final", on)


def _from_the_beginning(picker: Picker) -> None:
    """A name that is longer than its field is read from its first letter."""
    line = picker.lineEdit()
    if line is not None and not line.hasFocus():
        line.setCursorPosition(0)


def _profiles(offered: Offered) -> Sequence[Choice]:
    return [
        Choice(
            row.id,
            _("{name} (nobody)", name=row.name)
            if not row.holders
            else _n("{name} ({count} person)", "{name} ({count} people)", row.holders, name=row.name),
        )
        for row in offered.profiles
    ]


def _stages(draft: ProcessDraft, stage: StageDraft, offered: Offered) -> Sequence[Choice]:
    """The stages of this process as they are drawn, then those of the others."""
    own = [Choice(other.key, other.name) for other in draft.stages if other.key != stage.key]
    others = [each for each in offered.stages if draft.id is None or each.process_id != draft.id]
    return own + [Choice(each.id, f"{each.process}: {each.name}", each.is_active) for each in others]
