"""A desktop with the campaigns' screen, and hands that use it as a person would."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.db.database import Database
from app.domain.dialer.rules import CampaignDraft
from app.domain.people import Permission
from app.models.company import Company
from app.models.tickets import TicketType
from app.services.dialer.campaigns import CampaignCard, campaign, list_campaigns, save
from tests.kit.factory import add_group, add_site, add_user
from tests.kit.robot import Desktop
from ui.dialer import CAMPAIGNS
from ui.dialer.campaigns.screen import CampaignsScreen
from ui.kit.bidi import bare
from ui.kit.screen import Person
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


class CampaignsDesk(Desktop):
    """One desktop on a database; `elsewhere` is a second one, whose writes are told as the feed tells them."""

    def __init__(self, database: Database, folder: Path, qtbot: QtBot, shop: Shop) -> None:
        self.shop = shop
        super().__init__(database, folder, qtbot, Person(shop.boss, "Boss", frozenset(Permission)), [CAMPAIGNS])

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


@contextmanager
def opened(database: Database, folder: Path, qtbot: QtBot) -> Iterator[CampaignsDesk]:
    """A desktop with its campaigns in front, everything read."""
    desk = CampaignsDesk(database, folder, qtbot, furnish(database))
    desk.window.show_screen("campaigns")
    desk.settle()
    yield desk
    desk.close()
