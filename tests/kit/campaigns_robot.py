"""A desktop with the campaigns' screen, and hands that use it as a person would."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QCheckBox, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app import i18n
from app.backend import Backend
from app.bus import Bus, RowsChanged
from app.db.database import Database
from app.domain.dialer.rules import CampaignDraft
from app.domain.people import Permission
from app.models.company import Company
from app.models.tickets import TicketType
from app.services.dialer.campaigns import CampaignCard, campaign, list_campaigns, save
from app.settings import Settings
from tests.kit.factory import add_group, add_site, add_user
from ui.dialer import CAMPAIGNS
from ui.dialer.campaigns.screen import CampaignsScreen
from ui.kit.bidi import bare
from ui.kit.bridge import Bridge
from ui.kit.messages import Notice
from ui.kit.preferences import Preferences
from ui.kit.remember import Memory
from ui.kit.screen import Person
from ui.kit.tasks import Tasks
from ui.main_window.window import MainWindow
from ui.widgets.picker import Picker
from ui.widgets.tags import TagField

P = TypeVar("P", bound=QWidget)


@dataclass
class Shop:
    """Who and what there is in the database of a test."""

    boss: int
    dana: int
    avi: int
    coast: int
    visit: int


def furnish(database: Database) -> Shop:
    """A company with a manager and two agents, a site, and a ticket type a result may open."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
        boss, dana = add_user(session, "Boss", "manager"), add_user(session, "Dana", "agent")
        avi = add_user(session, "Avi", "agent")
        add_group(session, "North", dana, avi)
        visit = TicketType(name="Visit")
        session.add(visit)
        session.flush()
        return Shop(boss.id, dana.id, avi.id, add_site(session, "Coast").id, visit.id)


class CampaignsDesk:
    """One desktop on a database; `elsewhere` is a second one, whose writes are told as the feed tells them."""

    def __init__(self, database: Database, folder: Path, qtbot: QtBot, shop: Shop) -> None:
        self.database, self.shop, self.qtbot = database, shop, qtbot
        self.bus = Bus()
        self.backend = Backend(database, self.bus, shop.boss)
        other = Bus()
        other.subscribe(RowsChanged, self.bus.publish)
        self.elsewhere = Backend(database, other)
        self.preferences = Preferences(Settings(folder / "settings.json"))
        self.preferences.dress()
        i18n.use("en")
        self.preferences.speak("en")
        self.tasks, self.bridge = Tasks(self.backend), Bridge(self.bus)
        person = Person(shop.boss, "Boss", frozenset(Permission))
        memory = Memory(folder / "layout.ini")
        self.window = MainWindow(self.backend, self.tasks, self.bridge, self.preferences, memory, person)
        self.window.register([CAMPAIGNS])
        self.said: list[Notice] = []
        self.window.desk.messages.posted.connect(self.said.append)
        qtbot.addWidget(self.window)
        self.window.resize(1400, 860)
        self.window.show()
        self.window.activateWindow()

    # --- Looking

    @property
    def screen(self) -> CampaignsScreen:
        """The screen, in front."""
        screen = self.window.show_screen("campaigns")
        assert isinstance(screen, CampaignsScreen)
        return screen

    def page(self, key: str, kind: type[P]) -> P:
        """A page of the campaign in front, everything read."""
        page = self.screen.show_tab(key)
        assert isinstance(page, kind)
        self.settle()
        return page

    def listed(self) -> list[str]:
        """The campaigns in the list."""
        lines = self.screen.list
        return [bare(lines.item(place).text()) for place in range(lines.count())]

    def kept(self, name: str) -> CampaignCard:
        """A campaign as the database has it."""
        row = next(row for row in self.elsewhere.execute(list_campaigns) if row.name == name)
        return self.elsewhere.execute(campaign, row.id)

    # --- Doing

    def make(self, name: str) -> CampaignCard:
        """A campaign saved elsewhere."""
        return self.elsewhere.execute(save, CampaignDraft(name))

    def settle(self) -> None:
        """Wait until every answer has been shown and every change heard."""
        for _turn in range(2):
            QTest.qWait(30)
            self.qtbot.waitUntil(lambda: self.tasks.is_idle, timeout=10_000)
        QTest.qWait(10)

    def click(self, widget: QWidget) -> None:
        """The left button in the middle of it; of a box to tick, on the box."""
        place = widget.rect().center()
        if isinstance(widget, QCheckBox):
            beside = widget.width() - 9 if widget.isRightToLeft() else 9
            place = QPoint(beside, place.y())
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """One key, where the keyboard is."""
        target = QApplication.activePopupWidget() or QApplication.focusWidget() or self.window
        QTest.keyClick(target, key, modifiers)

    def ctrl(self, key: Qt.Key) -> None:
        """One key with Ctrl."""
        self.press(key, Qt.KeyboardModifier.ControlModifier)

    def write(self, field: QWidget, text: str) -> None:
        """Type into a field, over what stands there."""
        field.setFocus()
        if isinstance(field, QAbstractSpinBox):
            field.selectAll()
        else:
            self.ctrl(Qt.Key.Key_A)
        for number, line in enumerate(text.split("\n")):
            if number:
                self.press(Qt.Key.Key_Return)
            QTest.keyClicks(QApplication.focusWidget() or field, line)

    def pick(self, picker: Picker, text: str) -> None:
        """Type part of a name and take what is offered."""
        picker.setFocus()
        line = picker.lineEdit()
        assert isinstance(line, QLineEdit)
        line.selectAll()
        QTest.keyClicks(line, text)
        self.press(Qt.Key.Key_Return)
        # Off the screen nobody gives the window back what its drop-down took.
        self.window.activateWindow()
        picker.setFocus()
        self.settle()

    def add_tag(self, field: TagField, text: str) -> None:
        """Choose another tag from the menu of its button."""
        self.click(field.add_button)
        self.choose(text)

    def choose(self, text: str) -> None:
        """Take the entry of this text from the menu that is open."""
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        action = next(each for each in menu.actions() if each.text() == text)
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
        self.window.activateWindow()

    def close(self) -> None:
        """End background work."""
        self.tasks.close()
        self.bridge.close()


@contextmanager
def opened(database: Database, folder: Path, qtbot: QtBot) -> Iterator[CampaignsDesk]:
    """A desktop with its campaigns in front, everything read."""
    desk = CampaignsDesk(database, folder, qtbot, furnish(database))
    desk.window.show_screen("campaigns")
    desk.settle()
    yield desk
    desk.close()
