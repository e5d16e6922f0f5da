"""A desktop with a campaign, its pools and its customers, and hands that use their pages as a person would."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from app.db.database import Database
from app.models.people import User
from tests.kit.campaigns_robot import CampaignsDesk, Shop, furnish
from tests.kit.dial_factory import add_campaign, add_customer, add_entry, add_pool
from ui.customers import SCREEN as CUSTOMERS
from ui.dialer import DESK
from ui.dialer.campaigns.screen import CampaignsScreen
from ui.dialer.law.page import LawPage
from ui.dialer.pools.page import PoolsPage
from ui.imports import SCREEN as IMPORT


@dataclass
class Pooled:
    """A campaign with two pools of everybody's, three customers in the first, and one who is in none."""

    campaign: int
    north: int
    south: int
    customers: tuple[int, ...]
    free: int


def fill(database: Database, shop: Shop) -> Pooled:
    """Make the rows."""
    with database.transaction() as session:
        dana, avi = session.get_one(User, shop.dana), session.get_one(User, shop.avi)
        campaign = add_campaign(session, "Spring offer", dana, avi)
        north = add_pool(session, campaign, "North", position=0)
        south = add_pool(session, campaign, "South", position=1)
        people = [
            add_entry(session, north, add_customer(session, "Rossi Maria", "+972501234567")).customer_id,
            add_entry(session, north, add_customer(session, "לוי דנה", "+972521234567")).customer_id,
            add_entry(session, north, add_customer(session, "Nobody’s number", None)).customer_id,
        ]
        free = add_customer(session, "Bianchi", "+390612345678")
        return Pooled(campaign.id, north.id, south.id, tuple(people), free.id)


class PoolsDesk(CampaignsDesk):
    """The campaigns' desktop with the screens that put customers into pools."""

    pooled: Pooled

    @property
    def campaigns(self) -> CampaignsScreen:
        """The campaigns' screen, in front."""
        screen = self.window.show_screen("campaigns")
        assert isinstance(screen, CampaignsScreen)
        return screen

    @property
    def pools(self) -> PoolsPage:
        """The page of pools."""
        page = self.campaigns.show_tab("pools")
        assert isinstance(page, PoolsPage)
        return page

    @property
    def law(self) -> LawPage:
        """The page of those who may not be called."""
        page = self.campaigns.show_tab("law")
        assert isinstance(page, LawPage)
        return page

    def names(self) -> list[str]:
        """The pools as they stand in the list."""
        rows = {row.id: row.name for row in self.pools._rows}
        return [rows[number] for number in self.pools.list.order()]

    def choose_pool(self, pool_id: int) -> None:
        """Choose a pool in the list."""
        place = self.pools.list.order().index(pool_id)
        item = self.pools.list.topLevelItem(place)
        assert item is not None
        self.pools.list.setCurrentItem(item)
        self.settle()

    def save(self, window: Any) -> None:
        """Press the button that saves a window, and wait."""
        window.save_button.click()
        self.settle()
        # Off the screen nobody gives the window back what a dialog took.
        self.window.activateWindow()


@contextmanager
def opened(database: Database, folder: Path, qtbot: QtBot) -> Iterator[PoolsDesk]:
    """A desktop with the pools of the campaign in front, everything read."""
    shop = furnish(database)
    pooled = fill(database, shop)
    desk = PoolsDesk(database, folder, qtbot, shop)
    desk.pooled = pooled
    desk.window.register([DESK, CUSTOMERS, IMPORT])
    assert desk.campaigns is not None
    desk.settle()
    assert desk.pools is not None
    desk.settle()
    yield desk
    desk.close()
