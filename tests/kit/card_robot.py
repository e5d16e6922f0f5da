"""The panes of the dial desk on a desktop of their own, with a campaign, a form and a customer to call."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import update

from app.db.database import Database
from app.models.customers import Customer
from app.models.dialer import CallForm, CampaignForm, PoolEntry
from app.models.people import User
from app.services.dialer.card import DialCard, dial_card
from app.services.dialer.claiming import Claimed
from tests.kit.dial_factory import add_attempt, add_campaign, add_entry, add_pool
from tests.kit.tickets_robot import TicketsDesk, opened
from ui.dialer.panes.history import HistoryPane
from ui.dialer.panes.person import PersonPane
from ui.dialer.panes.script import ScriptPane

HOUSE: dict[str, Any] = {
    "fields": [
        {"key": "f1", "label": "Rooms", "kind": "number", "is_required": True},
        {"key": "f2", "label": "Heating", "kind": "choice", "choices": ["Gas", "Wood"]},
        {"key": "f3", "label": "Built", "kind": "date"},
        {"key": "f4", "label": "Wishes", "kind": "note"},
        {"key": "f5", "label": "Owns it", "kind": "check"},
        {"key": "f6", "label": "Boiler", "kind": "text"},
    ]
}


class CardDesk:
    """Dana calls Rossi for the campaign "Boilers"; the three panes stand beside each other."""

    def __init__(self, frame: TicketsDesk, **rules: Any) -> None:
        self.frame = frame
        script = rules.pop("script", "Good day, {customer}.\nMy name is {agent}; {this} stays.")
        with frame.database.transaction() as session:
            self.dana = session.get_one(User, frame.office.dana)
            self.avi = session.get_one(User, frame.office.avi)
            rossi = session.get_one(Customer, frame.office.rossi)
            self.rossi = rossi.id
            campaign = add_campaign(session, "Boilers", self.dana, script=script, **rules)
            self.campaign = campaign.id
            form = CallForm(name="House", fields=HOUSE)
            session.add(form)
            session.flush()
            self.form = form.id
            session.add(CampaignForm(campaign_id=campaign.id, form_id=form.id))
            self.entry: PoolEntry = add_entry(session, add_pool(session, campaign, "Spring"), rossi)
        desk = frame.window.desk
        self.person, self.script, self.history = PersonPane(desk), ScriptPane(desk), HistoryPane(desk)
        self.holder = QWidget()
        row = QHBoxLayout(self.holder)
        row.setContentsMargins(0, 0, 0, 0)
        for pane in (self.person, self.script, self.history):
            row.addWidget(pane, 1)
        frame.qtbot.addWidget(self.holder)
        self.holder.resize(1180, 640)
        self.holder.show()

    def claimed(self, **values: Any) -> Claimed:
        """A hold on Rossi."""
        moment = datetime.now(UTC)
        made: dict[str, Any] = {
            "request_id": "request",
            "entry_id": self.entry.id,
            "campaign_id": self.campaign,
            "customer_id": self.rossi,
            "person": "+972501234567",
            "claimed_at": moment,
            "until_at": moment,
            "is_exclusive": True,
            "rule": "NO_STATUS",
            "reason": {"pool": "Spring"},
        }
        return Claimed(**made | values)

    def read(self) -> DialCard:
        """Rossi's card as the desk reads it."""
        return self.frame.backend.execute(dial_card, self.rossi, self.campaign)

    def show(self, request_id: str = "request", **claimed: Any) -> DialCard:
        """Read the card and show it in all three panes."""
        card = self.read()
        self.person.show_card(card, self.claimed(request_id=request_id, **claimed))
        self.script.show_card(card, request_id)
        self.history.show_card(card)
        self.frame.settle()
        return card

    def call(self, at: datetime, status: str = "No answer", **values: Any) -> None:
        """A call of Dana's as if made at `at`."""
        with self.frame.database.transaction() as session:
            add_attempt(session, session.merge(self.dana), session.merge(self.entry), status, at, **values)

    def change(self, **values: Any) -> None:
        """Change Rossi's row."""
        with self.frame.database.transaction() as session:
            session.execute(update(Customer).where(Customer.id == self.rossi).values(**values))


@contextmanager
def card_desk(database: Database, folder: Path, qtbot: QtBot, **rules: Any) -> Iterator[CardDesk]:
    """The panes with nobody on them yet."""
    with opened(database, folder, qtbot) as frame:
        yield CardDesk(frame, **rules)
