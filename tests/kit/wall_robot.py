"""A manager's desktop with the campaigns in front, and a company whose agents have been calling all day."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from app.bus import RowsChanged
from app.db.database import Database
from app.domain.people import ROLES
from app.models.company import Company
from app.models.dialer import PauseReason, PoolEntry
from app.models.people import User
from tests.kit.dial_factory import (
    RESULTS,
    add_attempt,
    add_campaign,
    add_customer,
    add_entry,
    add_pool,
    add_sign,
    add_span,
)
from tests.kit.factory import add_group, add_user
from tests.kit.robot import Desktop
from ui.dialer import CAMPAIGNS
from ui.dialer.campaigns.screen import CampaignsScreen
from ui.dialer.reports.page import ReportsPage
from ui.dialer.wall.page import WallPage
from ui.kit.screen import Person

HOME = ZoneInfo("Asia/Jerusalem")
NOON = datetime(2026, 11, 23, 14, 20, tzinfo=HOME).astimezone(UTC)
"""What the office's clock says: a Monday, twenty past two in Jerusalem."""


@dataclass
class CallOffice:
    """Who and what there is."""

    sara: int
    agents: dict[str, int]
    autumn: int
    winter: int
    pools: dict[str, int]
    entries: list[int]


def furnish(database: Database) -> CallOffice:
    """Five agents at their desks, two campaigns; Dana talks, Avi is at lunch, Noa's computer has died."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
        sara = add_user(session, "Sara", "manager")
        agents = {
            name: add_user(session, name, "agent") for name in ("Dana", "Avi", "Noa", "רחל כהן", "Giulia Bianchi")
        }
        autumn = add_campaign(session, "Autumn check-up", *agents.values())
        winter = add_campaign(session, "Winter", *agents.values())
        add_group(session, "Haifa", agents["Dana"], agents["Avi"])
        pools = {name: add_pool(session, autumn, name) for name in ("North", "South")}
        pools["Far"] = add_pool(session, winter, "Far")
        entries = [
            add_entry(session, pool, add_customer(session, name), added_at=NOON - timedelta(hours=7))
            for name, pool in (("Rossi", pools["North"]), ("Levi", pools["South"]), ("דוד לוי", pools["North"]))
        ]
        lunch = session.scalars(select(PauseReason.id).where(PauseReason.code == "lunch")).one()
        for agent, (state, minutes, seen, values) in zip(
            agents.values(),
            (
                ("talking", 3, 0.1, {"customer_id": entries[0].customer_id}),
                ("paused", 21, 0.1, {"pause_reason_id": lunch}),
                ("writing", 9, 7, {}),
                ("waiting", 0.5, 0.1, {}),
                ("dialling", 0.2, 0.1, {"customer_id": entries[2].customer_id}),
            ),
            strict=True,
        ):
            span = add_span(session, agent, state, NOON - timedelta(minutes=minutes), campaign_id=autumn.id)
            span.customer_id, span.pause_reason_id = values.get("customer_id"), values.get("pause_reason_id")
            add_sign(session, agent, NOON - timedelta(minutes=seen))
        return CallOffice(
            sara.id,
            {name: agent.id for name, agent in agents.items()},
            autumn.id,
            winter.id,
            {name: pool.id for name, pool in pools.items()},
            [entry.id for entry in entries],
        )


def call(database: Database, office: CallOffice, *calls: tuple[str, str | None, float]) -> None:
    """Calls of agents with their results so many minutes ago; a result None is a skip."""
    with database.transaction() as session:
        for number, (agent, result, minutes) in enumerate(calls):
            entry = session.get_one(PoolEntry, office.entries[number % 3])
            user = session.get_one(User, office.agents[agent])
            values = {} if result else {"kind": "skip"}
            add_attempt(session, user, entry, result, NOON - timedelta(minutes=minutes), **values)


def busy_day(database: Database, office: CallOffice, count: int = 260) -> None:
    """Calls all over the day, the same ones each time."""
    dice = random.Random(4)
    names = list(office.agents)
    results: list[str | None] = [*RESULTS, "No answer", "No answer", "No answer", "Reached", None]
    call(
        database,
        office,
        *((dice.choice(names), dice.choice(results), dice.uniform(0, 6 * 60)) for _number in range(count)),
    )


class WallDesk(Desktop):
    """Sara's desktop; `bus` tells what others change, as the feed does."""

    size = (1440, 900)
    turns, breath = 3, 60

    def __init__(self, database: Database, folder: Path, qtbot: QtBot, office: CallOffice) -> None:
        self.office = office
        person = Person(office.sara, "Sara", frozenset(ROLES["manager"]))
        super().__init__(database, folder, qtbot, person, [CAMPAIGNS], clock=lambda: NOON)

    @property
    def campaigns(self) -> CampaignsScreen:
        """The campaigns' screen, in front."""
        screen = self.window.show_screen("campaigns")
        assert isinstance(screen, CampaignsScreen)
        return screen

    def wall(self) -> WallPage:
        """The wall, in front and read."""
        self.campaigns.open_campaign(self.office.autumn)
        self.settle()
        page = self.campaigns.show_tab("wall")
        assert isinstance(page, WallPage)
        self.settle()
        return page

    def reports(self, code: str = "attempts") -> ReportsPage:
        """The reports, in front and read."""
        self.campaigns.open_campaign(self.office.autumn)
        self.settle()
        page = self.campaigns.show_tab("reports")
        assert isinstance(page, ReportsPage)
        page.choose(code)
        self.settle()
        return page

    def tell(self, table: str) -> None:
        """Others have changed rows of a table."""
        self.bus.publish(RowsChanged(table, None))


@contextmanager
def opened(database: Database, folder: Path, qtbot: QtBot) -> Iterator[WallDesk]:
    """The desktop of somebody who runs campaigns."""
    desk = WallDesk(database, folder, qtbot, furnish(database))
    QTest.qWaitForWindowActive(desk.window)
    desk.settle()
    yield desk
    desk.close()
