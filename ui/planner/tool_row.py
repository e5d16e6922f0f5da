"""The row above the board: which days, how wide, what needs attention, and the windows behind the plan."""

from datetime import date

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from app.domain.words import N_
from app.i18n import format_date
from ui.kit import icons, theme
from ui.kit.commands import Commands
from ui.kit.translate import Texts
from ui.planner import commands
from ui.planner.canvas.board import View
from ui.widgets.fields import DateField
from ui.widgets.styled import ICON, primary_button, secondary, styled, tool

__all__ = ["ToolRow"]

_VIEWS = (("planner.day", View.DAY), ("planner.week", View.WEEK), ("planner.fortnight", View.FORTNIGHT))
WINDOWS = (commands.HOURS, commands.RULES, commands.ABSENCES, commands.ENABLED_TYPES, commands.HOLIDAYS)


class ToolRow(QWidget):
    """Signals: `day_wanted(date)` when a day is chosen in the date field."""

    day_wanted = Signal(object)

    def __init__(self, actions: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._texts = Texts(self)
        styled(self, "toolrow")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.scale(each) for each in (12, 6, 12, 6)])
        row.setSpacing(theme.scale(4))
        self._add_days(row)
        self._add_views(row)
        row.addWidget(tool(actions.action(commands.FIT.id)))
        row.addWidget(tool(actions.action(commands.AS_OF.id)))
        self.now = tool(actions.action(commands.NOW.id), with_text=True)
        row.addWidget(self.now)
        row.addStretch(1)
        self._add_rest(row)

    def _add_days(self, row: QHBoxLayout) -> None:
        row.addWidget(tool(self._actions.action(commands.PREVIOUS.id)))
        self.date = DateField()
        self.date.setFixedWidth(theme.scale(132))
        self._texts.bind(self.date.setAccessibleName, N_("First day shown"))
        self.date.changed.connect(self._tell_day)
        row.addWidget(self.date)
        row.addWidget(tool(self._actions.action(commands.NEXT.id)))
        self.days = secondary()
        self.days.setWordWrap(False)
        row.addSpacing(theme.scale(8))
        row.addWidget(self.days)
        row.addSpacing(theme.scale(8))

    def _add_views(self, row: QHBoxLayout) -> None:
        group = QActionGroup(self)
        self.views: dict[View, QToolButton] = {}
        line = QHBoxLayout()
        line.setSpacing(0)
        for command_id, view in _VIEWS:
            button = styled(tool(self._actions.action(command_id)), "segment")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            self._actions.action(command_id).setCheckable(True)
            group.addAction(self._actions.action(command_id))
            self.views[view] = button
            line.addWidget(button)
        row.addLayout(line)
        row.addSpacing(theme.scale(8))

    def _add_rest(self, row: QHBoxLayout) -> None:
        self.to_fix = QToolButton()
        self.to_fix.setIcon(icons.icon("warning", "warning"))
        self.to_fix.setIconSize(ICON)
        self.to_fix.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.to_fix.clicked.connect(self._actions.action(commands.TO_FIX.id).trigger)
        self.to_fix.hide()
        row.addWidget(self.to_fix)
        more = QToolButton()
        more.setIcon(icons.icon("presence"))
        more.setIconSize(ICON)
        more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        for setter in (more.setText, more.setToolTip, more.setAccessibleName):
            self._texts.bind(setter, N_("Presences"))
        menu = QMenu(more)
        for command in WINDOWS:
            menu.addAction(self._actions.action(command.id))
        more.setMenu(menu)
        row.addWidget(more)
        self.presences = more
        more.setEnabled(self._actions.action(commands.HOURS.id).isEnabled())
        self.appointment = primary_button(N_("New appointment"), "new")
        self.appointment.clicked.connect(self._actions.action(commands.APPOINTMENT.id).trigger)
        row.addSpacing(theme.scale(8))
        row.addWidget(self.appointment)
        self.appointment.setEnabled(self._actions.action(commands.APPOINTMENT.id).isEnabled())

    # --- Fitting into a narrow window ----------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        """What can be left out makes no window wider."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What has another way of being told goes first: the days in words, then words beside icons."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Other words, or larger ones, need other room."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        layout = self.layout()
        assert layout is not None
        beside, only = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        buttons = (self.now, self.presences, self.to_fix)
        days = self.days.sizeHint().width() + layout.spacing()
        # A little more than they need: what goes away for want of room must not come back and go in turns.
        words = [
            each.fontMetrics().horizontalAdvance(each.text()) + theme.scale(16) for each in buttons if self._is_in(each)
        ]
        whole = layout.sizeHint().width() + (0 if self._is_in(self.days) else days)
        whole += 0 if self.now.toolButtonStyle() is beside else sum(words)
        self.days.setHidden(whole > self.width())
        style = beside if whole - days <= self.width() else only
        for each in buttons:
            if each.toolButtonStyle() is not style:
                each.setToolButtonStyle(style)

    @staticmethod
    def _is_in(widget: QWidget) -> bool:
        return not widget.isHidden()

    # --- Showing -------------------------------------------------------------------------------------------------

    def show_period(self, first: date, last: date, view: View) -> None:
        """Show which days are on the board."""
        self.date.blockSignals(True)
        self.date.set_value(first)
        self.date.blockSignals(False)
        self.views[view].defaultAction().setChecked(True)
        self._texts.redo(lambda: self._say_days(first, last), key="days")

    def show_to_fix(self, count: int) -> None:
        """Show how many visits lie on grey; nothing where there are none."""
        self.to_fix.setVisible(count > 0)
        self._texts.plural(self.to_fix.setText, "{count} to fix", "{count} to fix", count)
        self._texts.bind(self.to_fix.setToolTip, N_("Visits that no longer lie within a presence"))

    def _say_days(self, first: date, last: date) -> None:
        if first == last:
            self.days.setText(format_date(first, "full"))
        else:
            self.days.setText(f"{format_date(first, 'day')} – {format_date(last, 'day')}")

    @Slot()
    def _tell_day(self) -> None:
        self.day_wanted.emit(self.date.value())
