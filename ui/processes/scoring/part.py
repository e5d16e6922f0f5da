"""The rows of a stage's form that say what entering it scores."""

from decimal import Decimal

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from app.domain.points.refusals import REFUSALS
from app.domain.processes.flow import MOST_POINTS, StageDraft, has_few_decimals
from app.domain.words import N_, Message
from ui.kit import theme
from ui.kit.translate import Texts
from ui.processes.points import PointsField
from ui.widgets.form import Field, Form
from ui.widgets.styled import push_button, secondary

__all__ = ["PointsPart", "tick"]

_NO_NUMBER = N_("This is not a number. Write it like 2.5.")
_FROM_NOW_ON = N_("What changes here acts from now on. Points that were scored stay as they are.")


def tick(text: str) -> QCheckBox:
    """A box to tick with words beside it, which are catalogue text."""
    box = QCheckBox()
    Texts(box).bind(box.setText, text)
    return box


class PointsPart(QObject):
    """Adds its rows to a form. Signals: `edited(field, value)` by the person, `history_wanted()`, `trial_wanted()`."""

    edited = Signal(str, object)
    history_wanted = Signal()
    trial_wanted = Signal()

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self._is_filling = False
        self.customer_points, self.worker_points = PointsField(), PointsField()
        self.scores_every_time = tick(N_("Also when it returns"))
        self.is_redemption = tick(N_("The customer spends points here"))
        self.may_go_below = tick(N_("May go below zero"))
        self.trial_button = push_button(N_("What if…"), "reports")
        self.history_button = push_button(N_("History…"), "history")
        self._rows: dict[str, Field] = {}
        self._build(form)
        self._watch()

    def _build(self, form: Form) -> None:
        form.heading(N_("Points"))
        form.wide(secondary(_FROM_NOW_ON))
        self._rows["customer_points"] = form.row(
            N_("For the customer"), self.customer_points, N_("Below zero takes points, 0 gives none.")
        )
        self._rows["worker_points"] = form.row(N_("For the worker"), self.worker_points)
        self._rows["scores_every_time"] = form.row(N_("Repeated"), self.scores_every_time)
        self._rows["is_redemption"] = form.row(
            N_("Redeem"), self.is_redemption, N_("Refused where the balance does not hold them.")
        )
        self._rows["may_go_below"] = form.row(
            N_("Balance"), self.may_go_below, N_("Then nothing is refused, and the customer may owe points.")
        )
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scale(8))
        row.addWidget(self.trial_button)
        row.addWidget(self.history_button)
        row.addStretch(1)
        form.wide(holder)

    def _watch(self) -> None:
        self.customer_points.changed.connect(self._take_customer_points)
        self.worker_points.changed.connect(self._take_worker_points)
        self.scores_every_time.toggled.connect(self._take_every_time)
        self.is_redemption.toggled.connect(self._take_redemption)
        self.may_go_below.toggled.connect(self._take_below)
        self.trial_button.clicked.connect(self.trial_wanted)
        self.history_button.clicked.connect(self.history_wanted)

    # --- What is shown

    def show_stage(self, stage: StageDraft) -> None:
        """Show what a stage scores, and under each field what is wrong with it."""
        self._is_filling = True
        for name in ("customer_points", "worker_points"):
            self._field(name).set_value(getattr(stage, name))
        self.scores_every_time.setChecked(stage.scores_every_time)
        self.is_redemption.setChecked(stage.is_redemption)
        self.may_go_below.setChecked(stage.may_go_below)
        self._is_filling = False
        self._rows["may_go_below"].set_visible(on=stage.is_redemption)
        self._rows["customer_points"].error(
            _wrong(stage.customer_points)
            or (REFUSALS["REDEMPTION"] if stage.is_redemption and stage.customer_points >= 0 else None)
        )
        self._rows["worker_points"].error(_wrong(stage.worker_points))
        # A stage that is only drawn was never set.
        self.history_button.setEnabled(stage.key > 0)

    def unreadable(self) -> QWidget | None:
        """The first field that holds no number, marked as such."""
        for name in ("customer_points", "worker_points"):
            field = self._field(name)
            if field.value() is None:
                self._rows[name].error(_NO_NUMBER)
                return field
        return None

    def _field(self, name: str) -> PointsField:
        return self.customer_points if name == "customer_points" else self.worker_points

    # --- What is changed

    def _tell(self, field: str, value: object) -> None:
        if not self._is_filling:
            self.edited.emit(field, value)

    @Slot()
    def _take_customer_points(self) -> None:
        self._take_points("customer_points")

    @Slot()
    def _take_worker_points(self) -> None:
        self._take_points("worker_points")

    def _take_points(self, name: str) -> None:
        value = self._field(name).value()
        self._rows[name].error(_NO_NUMBER if value is None else None)
        if value is not None:
            self._tell(name, value)

    @Slot(bool)
    def _take_every_time(self, on: bool) -> None:
        self._tell("scores_every_time", on)

    @Slot(bool)
    def _take_redemption(self, on: bool) -> None:
        self._tell("is_redemption", on)

    @Slot(bool)
    def _take_below(self, on: bool) -> None:
        self._tell("may_go_below", on)


def _wrong(points: Decimal) -> Message | None:
    is_exact = points.is_finite() and abs(points) <= MOST_POINTS and has_few_decimals(points)
    return None if is_exact else REFUSALS["POINTS"]
