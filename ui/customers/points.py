"""The points of a customer: balance, earned and redeemed, the rows they come from, and what can be done with them."""

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.domain.people import Permission
from app.domain.words import N_
from app.i18n import format_points
from app.services.points import of_customer
from app.services.points.entries import EntryRow
from app.services.points.of_customer import Balance
from ui.customers.points_model import PointsOfCustomerModel
from ui.customers.redeem import RedeemWindow
from ui.kit import theme
from ui.kit.bidi import sided
from ui.kit.person import shown_to
from ui.kit.screen import Desk
from ui.kit.tasks import Job
from ui.kit.translate import Texts
from ui.widgets.chips import flowing
from ui.widgets.empty import EmptyState
from ui.widgets.fitting import FittedColumns
from ui.widgets.paged import PagedView, Pages
from ui.widgets.points import ReverseWindow, WhyPoints, may_reverse, row_note
from ui.widgets.styled import plain, push_button, secondary, styled

__all__ = ["PointsOfCustomer"]

_NOTES = 4


class PointsOfCustomer(QWidget):
    """One customer at a time; Enter on a row says why it is there.

    Signal: `changed()` when points were spent or taken back here.
    """

    changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._number = 0
        self._has = Balance()
        self._wanted: int | None = None
        self.redeeming: RedeemWindow | None = None
        self.model = PointsOfCustomerModel(self)
        self.pages = Pages(self.model, self._ask, _key, self)
        self.view = PagedView(self.model)
        self.view.setSortingEnabled(False)
        FittedColumns(self.view, (74, 104, 96, 74, 60, 72), _NOTES, 60, desk.memory, "customers.points")
        self.view.setMinimumHeight(theme.row_height() * 6)
        Texts(self.view).bind(self.view.setAccessibleName, N_("Points of the customer"))
        self._build()
        self.view.opened.connect(self._open_why)
        self.view.chosen.connect(self._follow)
        self.pages.started.connect(self._started)
        Texts(self).redo(self._say)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(8))
        figures = QHBoxLayout()
        figures.setSpacing(theme.scale(24))
        self.balance = self._figure(figures, N_("Balance"), "figure")
        self.earned = self._figure(figures, N_("Earned"), "heading")
        self.spent = self._figure(figures, N_("Redeemed"), "heading")
        self.taken = self._figure(figures, N_("Taken"), "heading")
        figures.addStretch(1)
        column.addLayout(figures)
        holder, row = flowing()
        self.redeem_button = push_button(N_("Redeem"), "redeem")
        self.reverse_button = push_button(N_("Reverse"), "undo")
        self.why_button = push_button(N_("Why?"), "why")
        for button, act in (
            (self.redeem_button, self.redeem),
            (self.reverse_button, self.reverse),
            (self.why_button, self._ask_why),
        ):
            button.clicked.connect(act)
            row.addWidget(button)
        shown_to(self._desk.person, Permission.WORK_TASKS, self.redeem_button)
        shown_to(self._desk.person, Permission.CORRECT_POINTS, self.reverse_button)
        column.addWidget(holder)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        text = N_("They come by themselves when a task of this customer enters a stage that has points.")
        self._stack.addWidget(EmptyState("points", N_("No points yet"), text))
        column.addWidget(self._stack, 1)
        self.about = secondary()
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.about)

    @staticmethod
    def _figure(row: QHBoxLayout, name: str, look: str) -> QLabel:
        """A number under its name."""
        column = QVBoxLayout()
        column.setSpacing(0)
        number = styled(plain(), look)
        Texts(number).bind(number.setAccessibleName, name)
        label = secondary(name)
        label.setWordWrap(False)
        column.addWidget(label)
        column.addStretch(1)
        column.addWidget(number)
        row.addLayout(column)
        return number

    # --- What is shown

    def turn_to(self, number: int, has: Balance) -> None:
        """Show the points of this customer; the rows are read where they are others than those shown."""
        if (number, has) != (self._number, self._has) or not number:
            if number != self._number:
                self.view.clearSelection()
                self._wanted = None
            self._number, self._has = number, has
            self._say()
            self.pages.restart()
        if self.redeeming is not None:
            self.redeeming.show_balance(has)

    def _say(self) -> None:
        for label, points in (
            (self.balance, self._has.balance),
            (self.earned, self._has.earned),
            (self.spent, self._has.redeemed),
            (self.taken, self._has.taken),
        ):
            label.setText(sided(format_points(points)))
        self._follow()

    def _ask(self, after: int | None = None, before: int | None = None, at_end: bool = False) -> Job[of_customer.Page]:
        chosen = self.chosen()
        self._wanted = chosen.id if chosen and after is None and before is None else self._wanted
        return self._desk.tasks.read(of_customer.rows, self._number, after=after, before=before, at_end=at_end)

    @Slot()
    def _started(self) -> None:
        """The row that was chosen is chosen again."""
        self._stack.setCurrentIndex(0 if self.model.rows else 1)
        place = None if self._wanted is None else self.model.row_of(self._wanted)
        if place is not None:
            self.view.selectRow(place)
        self._wanted = None
        self._follow()

    def chosen(self) -> EntryRow | None:
        """The row with the cursor."""
        places = self.view.chosen_rows()
        return self.model.rows[places[0]] if places and places[0] < len(self.model.rows) else None

    @Slot()
    def _follow(self) -> None:
        row = self.chosen()
        self.why_button.setEnabled(row is not None)
        self.reverse_button.setEnabled(may_reverse(self._desk, row))
        # In a narrow card the column of notes is too.
        self.about.setText(sided(row_note(row)) if row is not None else "")
        self.about.setVisible(bool(self.about.text()))

    # --- What can be done

    @Slot()
    def redeem(self) -> None:
        """Spend points."""
        window = RedeemWindow(self._desk, self._number, self._has, self)
        window.redeemed.connect(self._tell)
        window.finished.connect(self._forget_window)
        self.redeeming = window
        window.open()

    @Slot()
    def reverse(self) -> None:
        """Take the chosen row back."""
        row = self.chosen()
        if row is not None and may_reverse(self._desk, row):
            window = ReverseWindow(self._desk, row, self)
            window.reversed.connect(self._tell)
            window.open()

    @Slot()
    def _ask_why(self) -> None:
        row = self.chosen()
        if row is not None:
            WhyPoints(self._desk, row, self).open()

    @Slot(QModelIndex)
    def _open_why(self, _index: QModelIndex) -> None:
        self._ask_why()

    @Slot()
    def _forget_window(self) -> None:
        self.redeeming = None

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()


def _key(row: EntryRow) -> int:
    return row.id
