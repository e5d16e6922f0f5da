"""The panel of reminders that are due: at the upper corner, never in the way of the keyboard, there until answered."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.domain.dialer.moments import Moment, understand
from app.domain.people import Permission
from app.domain.words import N_, message
from app.i18n import _, format_duration
from app.services.dialer import reminding
from app.services.dialer.callbacks import Colleague
from app.services.tickets import reminders
from app.services.tickets.reminders import DueReminders, ReminderRow
from ui.home.lines import LinesView
from ui.home.words import reminder_line
from ui.kit import icons, theme, translate
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.widgets.moment_field import MomentField
from ui.widgets.styled import heading, icon_button, plain, push_button, secondary, styled

__all__ = ["DuePanel"]

_WIDTH = 480
_MOST_LINES = 4
_MARGIN = 12
_PUT_OFF = (5, 15, 60)
"""Minutes a reminder is put off by one key."""


class DuePanel(QFrame):
    """Several that are due at once are one list; the buttons answer the chosen one.

    In the list Enter calls or opens, 1 to 4 put off, Delete ticks off, Escape goes back to the work.
    """

    def __init__(self, desk: Desk, window: QWidget, now: Callable[[], datetime]) -> None:
        super().__init__(window)
        self._desk, self._window, self._now = desk, window, now
        self._rows: tuple[ReminderRow, ...] = ()
        self._zone: tzinfo = UTC
        self._before: QWidget | None = None
        self._build()
        self._texts = Texts(self)
        self._texts.redo(self._say, key="say")
        window.installEventFilter(self)
        translate.news.switched.connect(self._place_later)
        theme.news.changed.connect(self._place_later)
        self.hide()

    # --- Putting together

    def _build(self) -> None:
        styled(self, "floating")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(each) for each in (12, 8, 12, 12)])
        column.setSpacing(theme.scale(8))
        column.addLayout(self._head())
        self._body = QWidget()
        inner = QVBoxLayout(self._body)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(theme.scale(8))
        self.view = LinesView()
        Texts(self.view).bind(self.view.setAccessibleName, N_("Reminders that are due"))
        self.view.opened.connect(self._enter)
        self.view.selectionModel().currentChanged.connect(self._follow)
        self.view.installEventFilter(self)
        inner.addWidget(self.view)
        inner.addLayout(self._answers())
        inner.addWidget(secondary(N_("Snooze")))
        inner.addLayout(self._usual())
        self.moment = MomentField(optional=True)
        self.moment.submitted.connect(self._snooze_to_typed)
        inner.addWidget(self.moment)
        self.moment.changed.connect(self._place_later)
        column.addWidget(self._body)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.scale(8))
        self._bell = QLabel()
        self.title = heading()
        self.fold = icon_button("sort-up", N_("Show less"))
        self.fold.clicked.connect(self.turn)
        row.addWidget(self._bell)
        row.addWidget(self.title)
        row.addStretch(1)
        row.addWidget(self.fold)
        return row

    def _answers(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.scale(4))
        self.call = push_button(N_("Call now"), "call", "primary")
        self.open = push_button(N_("Open"), "open", "quiet")
        self.pass_on = push_button(N_("Hand over"), "hand-over", "quiet")
        self.done = push_button(N_("Done"), "check", "quiet")
        for button, act in (
            (self.call, self.call_now),
            (self.open, self.open_it),
            (self.pass_on, self._ask_receivers),
            (self.done, self.tick_off),
        ):
            button.clicked.connect(act)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _usual(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.scale(8))
        self.usual: list[QPushButton] = []
        for place in range(len(_PUT_OFF) + 1):
            button = QPushButton()
            button.clicked.connect(partial(self._snooze_as, place))
            button.setSizePolicy(button.sizePolicy().Policy.Preferred, button.sizePolicy().Policy.Fixed)
            self.usual.append(button)
            grid.addWidget(button, 0, place)
            grid.addWidget(_key(str(place + 1)), 1, place, Qt.AlignmentFlag.AlignHCenter)
        Texts(self._body).redo(self._name_usual)
        return grid

    def _name_usual(self) -> None:
        """The lengths of time as the language writes them."""
        names = [*map(format_duration, _PUT_OFF), _("Tomorrow {time}", time="09:00")]
        for button, name in zip(self.usual, names, strict=True):
            button.setText(name)

    # --- What is due

    def show_due(self, found: DueReminders, *, is_news: bool) -> None:
        """Show these; nothing more to answer hides the panel. What is new unfolds it and never takes the keyboard."""
        self._rows, self._zone = found.rows, ZoneInfo(found.time_zone)
        self.moment.set_zones(self._zone)
        self.moment.set_clock(self._now)
        had_focus = self._has_focus()
        self._say()
        if not found.rows:
            self.hide()
            if had_focus:
                self._go_back()
            return
        if is_news:
            self._unfold(is_open=True)
            QAccessible.updateAccessibility(QAccessibleEvent(self.title, QAccessible.Event.Alert))
        self.show()
        self._place()
        self.raise_()

    def begin(self) -> None:
        """Put the cursor on the first one."""
        if not self._has_focus():
            self._before = QApplication.focusWidget()
        self._unfold(is_open=True)
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def chosen(self) -> ReminderRow | None:
        """The one the buttons answer."""
        line = self.view.chosen()
        return next((row for row in self._rows if line is not None and row.id == line.key), None)

    def _say(self) -> None:
        count = len(self._rows)
        self._texts.plural(self.title.setText, "{count} reminder is due.", "{count} reminders are due.", count)
        self._bell.setPixmap(icons.icon("reminder", "danger").pixmap(18, 18))
        now = self._now()
        self.view.show_lines([reminder_line(row, now, self._zone) for row in self._rows])
        if self._rows and self.chosen() is None:
            self.view.choose(self._rows[0].id)
        height = self.view.sizeHintForRow(0) if self._rows else 0
        self.view.setFixedHeight(min(count, _MOST_LINES) * height + 2 * self.view.frameWidth() + theme.scale(4))
        self._follow()

    @Slot()
    def _follow(self) -> None:
        row = self.chosen()
        has_customer = row is not None and row.customer_id is not None
        self.call.setVisible(has_customer and self._desk.person.may(Permission.DIAL))
        is_about = row is not None and any((row.customer_id, row.task_id, row.ticket_id))
        self.open.setEnabled(is_about)

    # --- Answers

    @Slot(int)
    def _enter(self, _key: int) -> None:
        if self.call.isHidden():
            self.open_it()
        else:
            self.call_now()

    @Slot()
    def call_now(self) -> None:
        """Load the customer at the dial desk; the panel makes room, the call's result answers the reminder."""
        row = self.chosen()
        if row is None or row.customer_id is None:
            return
        self._unfold(is_open=False)
        if not self._desk.commands.run("dialer.open_customer", row.campaign_id, row.customer_id):
            self.open_it()

    @Slot()
    def open_it(self) -> None:
        """Show what it is about."""
        row, run = self.chosen(), self._desk.commands.run
        if row is None:
            return
        self._unfold(is_open=False)
        if row.task_id is not None:
            run("tasks.open", row.task_id)
        elif row.ticket_id is not None:
            run("tickets.open", row.ticket_id)
        elif row.customer_id is not None:
            run("customers.open", row.customer_id)

    @Slot()
    def tick_off(self) -> None:
        """The chosen one is done."""
        row = self.chosen()
        if row is not None:
            self._desk.tasks.write(reminders.finish, row.id, row.version).then(self._answered, self._fail)

    def snooze(self, at: datetime) -> None:
        """Be reminded of the chosen one then."""
        row = self.chosen()
        if row is not None:
            self._desk.tasks.write(reminding.snooze, row.id, row.version, at).then(self._answered, self._fail)

    def _snooze_as(self, place: int, _checked: bool = False) -> None:
        now = self._now()
        if place < len(_PUT_OFF):
            self.snooze(now + timedelta(minutes=_PUT_OFF[place]))
            return
        found = understand("tomorrow 09:00", now, self._zone, "en")
        if isinstance(found, Moment):
            self.snooze(found.at)

    @Slot()
    def _snooze_to_typed(self) -> None:
        at = self.moment.value()
        if at is not None:
            self.snooze(at)
            self.moment.clear()

    @Slot()
    def _ask_receivers(self) -> None:
        row = self.chosen()
        if row is not None:
            self._desk.tasks.read(reminding.receivers, row.campaign_id).then(self._offer_receivers)

    def _offer_receivers(self, found: Sequence[Colleague]) -> None:
        row = self.chosen()
        if row is None or not self.isVisible():
            return
        if not found:
            self._desk.messages.info(N_("There is nobody to hand it over to."))
            return
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for colleague in found:
            name = isolate(colleague.name)
            shown = _("{name} (away)", name=name) if colleague.is_away else name
            action = menu.addAction(shown.replace("&", "&&"))
            action.triggered.connect(partial(self._hand_over, row, colleague.id))
        menu.popup(self.pass_on.mapToGlobal(QPoint(0, self.pass_on.height())))

    def _hand_over(self, row: ReminderRow, to: int, _checked: bool = False) -> None:
        self._desk.tasks.write(reminding.hand_over, row.id, row.version, to).then(self._handed, self._fail)

    def _handed(self, _version: int) -> None:
        self._desk.messages.success(message(N_("Handed over.")))

    def _answered(self, _version: int) -> None:
        """What is due now is read again as soon as the change is heard."""

    def _fail(self, problem: Exception) -> None:
        self._desk.messages.show_error(problem)

    # --- Place and keyboard

    @Slot()
    def turn(self) -> None:
        """Show the heading alone, or everything again."""
        self._unfold(is_open=self._body.isHidden())

    def _unfold(self, *, is_open: bool) -> None:
        had_focus = self._has_focus()
        self._body.setVisible(is_open)
        self.fold.setIcon(icons.icon("sort-up" if is_open else "sort-down", "muted"))
        text = N_("Show less") if is_open else N_("Show more")
        self._texts.bind(self.fold.setToolTip, text)
        self._texts.bind(self.fold.setAccessibleName, text)
        self._place()
        if not is_open and had_focus:
            self._go_back()

    def _has_focus(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def _go_back(self) -> None:
        """To where the keyboard was before, or to the screen in front."""
        before, self._before = self._before, None
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        screen = getattr(self._window, "current_screen", None)
        if isinstance(screen, QWidget):
            screen.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner when the window grows; answer by single keys while the list has the keyboard."""
        kind = event.type()
        if kind == QEvent.Type.Resize and watched is self._window:
            self._place()
        if isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress and watched is self.view:
            return self._answer_key(event)
        return False

    def _answer_key(self, event: QKeyEvent) -> bool:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        place = event.key() - Qt.Key.Key_1
        if 0 <= place < len(self.usual):
            self._snooze_as(place)
        elif event.key() == Qt.Key.Key_Delete:
            self.tick_off()
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back to the work and leaves the panel where it is."""
        if event.key() == Qt.Key.Key_Escape:
            self._go_back()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _place_later(self) -> None:
        QTimer.singleShot(0, self, self._place)

    @Slot()
    def _place(self) -> None:
        width = min(theme.scale(_WIDTH), self._window.width() - 2 * theme.scale(_MARGIN))
        self._column.activate()
        lines = self._column
        height = lines.totalHeightForWidth(width) if lines.hasHeightForWidth() else lines.totalSizeHint().height()
        size = QSize(width, height)
        screen = getattr(self._window, "current_screen", None)
        top = screen.mapTo(self._window, QPoint(0, 0)).y() if isinstance(screen, QWidget) else 0
        corner = QPoint(self._window.width() - size.width() - theme.scale(_MARGIN), top + theme.scale(_MARGIN))
        place = QStyle.visualRect(self._window.layoutDirection(), self._window.rect(), QRect(corner, size))
        self.setGeometry(place)


def _key(text: str) -> QLabel:
    return styled(plain(text), "key")
