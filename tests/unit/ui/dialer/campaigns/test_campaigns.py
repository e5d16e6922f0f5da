"""The list of campaigns: made, copied, started and closed with real keys and clicks."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain.dialer.rules import CampaignDraft
from app.domain.people import Permission
from app.i18n import say
from app.models.dialer import DoNotCall
from app.models.people import User
from app.services.context import now
from app.services.dialer.campaigns import close_campaign, reopen
from app.services.dialer.statuses import list_statuses
from tests.kit.campaigns_robot import CampaignsDesk
from tests.kit.dial_factory import add_campaign, add_customer, add_entry, add_pool
from ui.dialer import CAMPAIGNS, DESK
from ui.kit.screen import Person


@pytest.mark.row("R-D20")
def test_a_campaign_is_made_from_the_empty_place_by_keyboard(desk: CampaignsDesk) -> None:
    assert desk.screen.empty.isVisible()
    desk.click(desk.screen.empty.button)
    desk.settle()
    QTest.keyClicks(desk.screen.naming.name, "Spring")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert desk.listed() == ["Spring"]
    assert desk.screen.head.title.text() == "Spring"
    assert desk.screen.head.state.text() == "Not started"
    assert not desk.screen.naming.is_asking
    kept = desk.kept("Spring")
    assert kept.draft == CampaignDraft("Spring")
    assert kept.draft.lock_minutes == 10
    assert len(desk.elsewhere.execute(list_statuses, kept.id)) == 9


def test_a_name_that_is_there_is_refused_and_what_was_typed_stays(desk: CampaignsDesk) -> None:
    desk.make("Spring")
    desk.screen.refresh()
    desk.settle()
    desk.screen.list.setFocus()
    desk.press(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    for name in ("spring", ""):
        desk.write(desk.screen.naming.name, name)
        if not name:
            desk.screen.naming.name.clear()
        desk.press(Qt.Key.Key_Return)
        desk.settle()
        assert desk.screen.naming.is_asking
        assert desk.screen.naming.add_button.isEnabled()
    assert [say(notice.text) for notice in desk.said] == ["“spring” is there already.", "The name is missing."]
    desk.press(Qt.Key.Key_Escape)
    assert not desk.screen.naming.is_asking
    assert desk.listed() == ["Spring"]


@pytest.mark.row("U31")
def test_a_campaign_is_started_closed_after_a_question_and_reopened(desk: CampaignsDesk) -> None:
    desk.make("Spring")
    desk.screen.refresh()
    desk.settle()
    assert not desk.screen.head.close_button.isVisible()
    desk.click(desk.screen.head.start_button)
    desk.settle()
    assert not desk.kept("Spring").is_open
    assert desk.screen.head.preflight.words.text() == "No customer is in a pool of Spring yet. Start it all the same?"
    desk.press(Qt.Key.Key_Escape)
    assert not desk.screen.head.preflight.isVisible()
    desk.click(desk.screen.head.start_button)
    desk.settle()
    desk.press(Qt.Key.Key_Space)
    desk.settle()
    assert desk.kept("Spring").is_open
    assert desk.screen.head.state.text() == "Is open"
    desk.click(desk.screen.head.close_button)
    assert "nobody new is given out" in desk.screen.head.question.words.text()
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert desk.kept("Spring").is_open, "Return keeps: the focus is on the safe answer"
    desk.click(desk.screen.head.close_button)
    desk.click(desk.screen.head.confirm)
    desk.settle()
    assert not desk.kept("Spring").is_open
    assert (desk.screen.head.state.text(), desk.screen.head.start_button.text()) == ("Is closed", "Reopen")
    desk.click(desk.screen.head.start_button)
    desk.settle()
    desk.click(desk.screen.head.go)
    desk.settle()
    assert desk.kept("Spring").is_open


@pytest.mark.row("U37")
def test_before_the_start_stands_how_many_are_blocked_and_by_what(desk: CampaignsDesk) -> None:
    with desk.database.transaction() as session:
        made = add_campaign(session, "Spring", session.get_one(User, desk.shop.dana), opened_at=None)
        pool = add_pool(session, made)
        for phone in ("", "", None):
            entry = add_entry(session, pool, add_customer(session, phone=phone))
        session.add(DoNotCall(person="+97250999999", at=now(session)))
        add_entry(session, pool, add_customer(session, phone="+97250999999"))
        assert entry.person is None
    desk.screen.refresh()
    desk.settle()
    desk.click(desk.screen.head.start_button)
    desk.settle()
    assert desk.screen.head.preflight.words.text() == (
        "2 of 4 customers can be called now. Blocked: Does not want to be called: 1, No number that can be called: 1."
        " Start Spring?"
    )


def test_a_copy_gets_its_own_name_and_comes_to_the_front(desk: CampaignsDesk) -> None:
    desk.make("Spring")
    desk.screen.refresh()
    desk.settle()
    desk.click(desk.screen.head.copy_button)
    assert desk.screen.naming.name.text() == "Copy of Spring"
    QTest.keyClicks(desk.screen.naming.name, "Autumn")
    desk.click(desk.screen.naming.add_button)
    desk.settle()
    assert desk.listed() == ["Autumn", "Spring"]
    assert desk.screen.head.title.text() == "Autumn"


def test_what_others_do_with_campaigns_is_followed(desk: CampaignsDesk) -> None:
    made = desk.make("Spring")
    desk.settle()
    assert desk.listed() == ["Spring"]
    started = desk.elsewhere.execute(reopen, made.id, made.version)
    desk.settle()
    assert desk.screen.head.state.text() == "Is open"
    desk.click(desk.screen.head.close_button)
    desk.elsewhere.execute(close_campaign, made.id, started.version)
    desk.settle()
    assert desk.screen.head.state.text() == "Is closed"
    assert not desk.screen.head.question.isVisible()


def test_other_screens_open_a_campaign_by_its_number(desk: CampaignsDesk) -> None:
    desk.make("Autumn")
    spring = desk.make("Spring")
    desk.settle()
    assert desk.screen.head.title.text() == "Autumn"
    assert desk.window.desk.commands.run("campaigns.open", spring.id)
    desk.settle()
    assert desk.screen.head.title.text() == "Spring"


def test_each_screen_is_for_those_who_have_the_permission() -> None:
    agent = Person(1, "Dana", frozenset({Permission.DIAL}))
    seen = [screen.id for screen in (DESK, CAMPAIGNS) if screen.needs is None or agent.may(screen.needs)]
    assert seen == ["dialer"]
    assert CAMPAIGNS.needs is Permission.RUN_CAMPAIGNS
