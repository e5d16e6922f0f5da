"""The group's reminders on the home page: only where a campaign shares them, and taken over by a button."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.models.dialer import Campaign
from app.models.people import User
from app.models.tickets import Reminder
from tests.kit.dial_factory import add_campaign
from tests.kit.factory import add_group
from tests.kit.tasks_robot import TasksDesk
from ui.home.screen import HomeScreen
from ui.kit.bidi import bare


def shown(home: HomeScreen) -> list[tuple[str, str]]:
    """The reminders' lines: what, and the small words under it."""
    return [(bare(line.text), bare(line.detail)) for line in home.reminders.view.model_.lines]


@pytest.mark.row("R-D16", "Q9")
def test_the_groups_reminders_are_shown_where_shared_and_taken_over(desk: TasksDesk):
    with desk.database.transaction() as session:
        dana, avi, noa = (session.get_one(User, each) for each in (desk.office.dana, desk.office.avi, desk.office.noa))
        add_group(session, "Team", dana, avi)
        campaign = add_campaign(session, "Spring", dana, avi, noa)
        at = datetime.now(UTC) - timedelta(minutes=1)
        about = {"at": at, "customer_id": desk.office.rossi, "campaign_id": campaign.id}
        session.add_all([Reminder(user_id=avi.id, text="Avi's", **about), Reminder(user_id=noa.id, text="no", **about)])
        session.add(Reminder(user_id=avi.id, text="private", at=at))
        session.add(Reminder(user_id=dana.id, text="mine", at=at))
        campaign_id = campaign.id
    home = desk.home
    home.refresh()
    desk.settle()
    assert [text for text, _ in shown(home)] == ["mine"]
    QTest.mouseClick(home.group_button, Qt.MouseButton.LeftButton)
    desk.settle()
    assert shown(home) == [], "the caller's only, unless the campaign says otherwise"
    with desk.database.transaction() as session:
        session.get_one(Campaign, campaign_id).reminds_caller_only = False
    home.refresh()
    desk.settle()
    assert shown(home) == [("Avi's", "Rossi · Avi")]
    home.reminders.view.choose(home.reminders.view.model_.lines[0].key)
    assert home.take_button.isEnabled()
    QTest.mouseClick(home.take_button, Qt.MouseButton.LeftButton)
    desk.settle()
    assert desk.said_last() == "It is yours now."
    assert shown(home) == []
    QTest.mouseClick(home.group_button, Qt.MouseButton.LeftButton)
    desk.settle()
    assert sorted(text for text, _ in shown(home)) == ["Avi's", "mine"]
