"""The row above the board: which days, how wide, what needs attention, and the windows behind the plan."""

from datetime import date
from enum import IntEnum

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

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


class Room(IntEnum):
    """How much stands in the row: what can be told or reached otherwise goes first, and nothing is ever cut."""

    WHOLE = 0
    NO_DAYS = 1
    NO_WORDS = 2
    SHORT = 3
    FOLDED = 4


class ToolRow(QWidget):
    """Signals: `day_wanted(date)` when a day is chosen in the date field."""

    day_wanted = Signal(object)

    def __init__(self, actions: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._room = Room.WHOLE
        self._needs: dict[Room, int] = {}
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
        self._follow()
        theme.news.changed.connect(self._follow)

    def _add_days(self, row: QHBoxLayout) -> None:
        row.addWidget(tool(self._actions.action(commands.PREVIOUS.id)))
        self.date = DateField()
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
        self.view = styled(QToolButton(), "segment")
        self.view.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.view.setIcon(icons.icon("sort-down"))
        self.view.setIconSize(ICON)
        self.view.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        menu = QMenu(self.view)
        menu.addActions(group.actions())
        self.view.setMenu(menu)
        self.view.hide()
        self._texts.bind(self.view.setAccessibleName, N_("Days shown"))
        self._texts.redo(self._name_view, key="view")
        group.triggered.connect(self._name_view)
        line.addWidget(self.view)
        row.addLayout(line)
        row.addSpacing(theme.scale(8))

    @Slot()
    def _name_view(self) -> None:
        for button in self.views.values():
            if button.defaultAction().isChecked():
                self.view.setText(button.defaultAction().text())

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
        self.appointment = primary_button(N_("New appointment"), "new")
        self.short_appointment = styled(QPushButton(), "primary")
        self.short_appointment.setIcon(icons.icon("new", "on_accent"))
        self.short_appointment.setIconSize(ICON)
        for setter in (self.short_appointment.setToolTip, self.short_appointment.setAccessibleName):
            self._texts.bind(setter, N_("New appointment"))
        self.short_appointment.hide()
        row.addSpacing(theme.scale(8))
        for button in (self.appointment, self.short_appointment):
            button.clicked.connect(self._actions.action(commands.APPOINTMENT.id).trigger)
            row.addWidget(button)
        for command in (commands.HOURS, commands.APPOINTMENT):
            self._actions.action(command.id).changed.connect(self._permit)
        self._permit()

    @Slot()
    def _permit(self) -> None:
        """What the person may do can change while he works."""
        self.presences.setEnabled(self._actions.action(commands.HOURS.id).isEnabled())
        for button in (self.appointment, self.short_appointment):
            button.setEnabled(self._actions.action(commands.APPOINTMENT.id).isEnabled())

    # --- Fitting into a narrow window ----------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        """What can be left out makes no window wider."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Less room, or more."""
        super().resizeEvent(event)
        self._fit()

    @property
    def room(self) -> Room:
        """How much stands in the row now."""
        return self._room

    @Slot()
    def _follow(self) -> None:
        """A text size of another kind takes another width, the date's too."""
        self.date.setFixedWidth(max(theme.scale(132), self.date.sizeHint().width()))
        self._measure_anew()

    def event(self, event: QEvent) -> bool:
        """Other words, or larger ones, need other room."""
        done = super().event(event)
        is_other = event.type() is QEvent.Type.LayoutRequest and self._needs.get(self._room) != self._wanted()
        if is_other or event.type() is QEvent.Type.Show:
            self._measure_anew()
        return done

    def _measure_anew(self) -> None:
        self._needs.clear()
        self._fit()

    def _fit(self) -> None:
        for room in Room:
            if room not in self._needs:
                self._stand(room)
                self._needs[room] = self._wanted()
            if self._needs[room] <= self.width():
                break
        self._stand(room)

    def _wanted(self) -> int:
        layout = self.layout()
        assert layout is not None
        layout.invalidate()
        return layout.sizeHint().width()

    def _stand(self, room: Room) -> None:
        if room is self._room:
            return
        self._room = room
        beside, only = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly
        self.days.setHidden(room >= Room.NO_DAYS)
        for button in (self.now, self.presences, self.to_fix):
            button.setToolButtonStyle(beside if room < Room.NO_WORDS else only)
        self.appointment.setHidden(room >= Room.SHORT)
        self.short_appointment.setHidden(room < Room.SHORT)
        for button in self.views.values():
            button.setHidden(room >= Room.FOLDED)
        self.view.setHidden(room < Room.FOLDED)

    # --- Showing -------------------------------------------------------------------------------------------------

    def show_period(self, first: date, last: date, view: View) -> None:
        """Show which days are on the board."""
        self.date.blockSignals(True)
        self.date.set_value(first)
        self.date.blockSignals(False)
        self.views[view].defaultAction().setChecked(True)
        self._name_view()
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
