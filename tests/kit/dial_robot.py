"""An agent's dial desk in the real window, a campaign with people to call, and hands that use only keys."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from app.db.database import Database
from app.domain.dialer.desk_events import State
from app.domain.people import Permission
from app.models.company import Company
from app.models.dialer import CallAttempt, CallStatus, PhoneLine
from tests.kit.dial_factory import add_campaign, add_customer, add_entry, add_pool
from tests.kit.factory import add_user
from tests.kit.robot import NO_KEY, Desktop
from ui.customers import SCREEN as CUSTOMERS
from ui.dialer import DESK
from ui.dialer.desk.contact import Contact
from ui.dialer.desk.screen import DeskScreen
from ui.home import SCREEN as HOME
from ui.kit.screen import Person
from ui.tickets.tasks import SCREEN as TASKS

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
_MOUSE = frozenset(
    {QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick, QEvent.Type.Wheel}
)


@dataclass
class Shift:
    """Who works, in which campaign, and whom there is to call."""

    dana: int
    avi: int
    campaign: int
    pool: int
    customers: list[int] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)


def furnish(database: Database, people: int = 3, *, last_digit: int = 0, **rules: Any) -> Shift:
    """A campaign of Dana and Avi; each customer's number ends on the digit that tells the simulator what to do."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
        dana, avi = add_user(session, "Dana", "agent"), add_user(session, "Avi", "agent")
        campaign = add_campaign(session, "Boilers", dana, avi, script="Good day, {customer}.", **rules)
        pool = add_pool(session, campaign, "Spring")
        shift = Shift(dana.id, avi.id, campaign.id, pool.id)
        for number in range(people):
            customer = add_customer(session, f"Customer {number:03}", f"+97250{300000 + number}{last_digit}")
            add_entry(session, pool, customer)
            shift.customers.append(customer.id)
        # Every step of a call follows at once: no test waits for a telephone.
        session.add(PhoneLine(user_id=dana.id, kind="simulator", settings={"pace": 0.0}))
        found = session.scalars(select(CallStatus).where(CallStatus.campaign_id == campaign.id))
        shift.statuses = {status.name or "": status.id for status in found}
        return shift


class _Watch(QObject):
    """Counts the keys that reach the program, and any mouse that does."""

    def __init__(self) -> None:
        super().__init__()
        self.mouse = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Everything goes on."""
        if event.type() in _MOUSE:
            self.mouse += 1
        return super().eventFilter(watched, event)


class DialDesk(Desktop):
    """Dana's desktop; `elsewhere` is Avi's backend, whose writes are told as the feed tells them."""

    size = (1440, 900)

    def __init__(self, database: Database, folder: Path, qtbot: QtBot, shift: Shift) -> None:
        self.folder, self.shift = folder, shift
        self.keys = 0
        self.watch = _Watch()
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self.watch)
        person = Person(shift.dana, "Dana", frozenset(Permission) - {Permission.RUN_CAMPAIGNS})
        super().__init__(database, folder, qtbot, person, [HOME, TASKS, DESK, CUSTOMERS], shift.avi)
        screen = self.window.show_screen("dialer")
        assert isinstance(screen, DeskScreen)
        self.screen = screen
        self.seat = screen.seat
        self.until(lambda: self.seat.opening is not None and self.seat.line.phone.line is not None)

    # --- Hands

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO_KEY) -> None:
        """One key, where the keyboard is; it is counted."""
        self.keys += 1
        self._come_forward()
        super().press(key, modifiers)

    def _come_forward(self) -> None:
        """The off-screen platform forgets the window when a menu or a screen goes; a real one does not."""
        if QApplication.activePopupWidget() is None and QApplication.activeWindow() is None:
            self.window.activateWindow()
            QTest.qWaitForWindowActive(self.window)

    def write(self, text: str) -> None:
        """Letters, where the keyboard is; they are not counted. Any script: Qt's own helper knows only Latin."""
        self._come_forward()
        for letter in text:
            target = QApplication.focusWidget()
            assert target is not None
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(target, QKeyEvent(kind, 0, NO_KEY, letter))

    def give(self, digit: int) -> None:
        """A result by its digit."""
        self.press(Qt.Key(Qt.Key.Key_0.value + digit), ALT)

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something to be so."""
        self.qtbot.waitUntil(is_so, timeout=60_000)

    def reach(self, *states: State) -> None:
        """Wait until the desk does one of these."""
        self.until(lambda: self.seat.at.state in states)

    def settle(self) -> None:
        """Wait until every answer has been shown."""
        self.until(lambda: self.tasks.is_idle)
        QTest.qWait(1)
        self.until(lambda: self.tasks.is_idle)

    # --- Ways

    def sign_in(self) -> None:
        """Begin to work in the one campaign there is."""
        self.until(lambda: self.screen.chooser.list.count() > 0)
        self.press(Qt.Key.Key_Return)
        self.reach(State.READY)

    def begin(self) -> Contact:
        """Sign in and have the first customer on the desk."""
        self.sign_in()
        self.press(Qt.Key.Key_Return, CTRL)
        return self.contact()

    def contact(self, besides: str = "") -> Contact:
        """Wait for a customer on the desk, another than this one."""
        self.until(lambda: self.seat.at.is_open and self.seat.at.contact != besides and self.seat.contact is not None)
        assert self.seat.contact is not None
        return self.seat.contact

    def call(self) -> None:
        """Call and wait for the talk."""
        self.press(Qt.Key.Key_F9)
        self.reach(State.TALKING)

    # --- What came of it

    def attempts(self) -> list[CallAttempt]:
        """Everything on record, in order."""
        with self.database.reading() as session:
            found = list(session.scalars(select(CallAttempt).order_by(CallAttempt.id)))
            session.expunge_all()
        return found

    def close(self) -> None:
        """End background work."""
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self.watch)
        super().close()


@contextmanager
def opened(database: Database, folder: Path, qtbot: QtBot, people: int = 3, **rules: Any) -> Iterator[DialDesk]:
    """A desk with everything read, nobody signed in."""
    desk = DialDesk(database, folder, qtbot, furnish(database, people, **rules))
    yield desk
    desk.close()
