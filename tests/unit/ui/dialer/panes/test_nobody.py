from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import select

from app.models.dialer import Campaign, CampaignUser
from app.services.dialer.nobody import nobody
from app.services.dialer.standing import Nobody
from tests.kit.card_robot import CardDesk
from tests.kit.dial_factory import result
from ui.dialer.panes.filters import FiltersWindow, kept_filters
from ui.dialer.panes.nobody import NobodyPane


@pytest.fixture
def pane(desk: CardDesk) -> NobodyPane:
    """The pane of an empty desk, alone in its window."""
    made = NobodyPane(desk.frame.window.desk)
    desk.frame.qtbot.addWidget(made)
    desk.frame.settle()
    return made


def said(pane: NobodyPane, told: Nobody, **how: Any) -> list[str]:
    pane.show_reasons(told, **how)
    pane.show()
    return pane.lines


@pytest.mark.row("U26", "U33")
def test_how_many_are_kept_by_what_is_said_with_numbers_the_most_first(pane: NobodyPane):
    at = datetime.now(UTC) + timedelta(days=40)
    there = at.astimezone(ZoneInfo("Asia/Jerusalem"))
    lines = said(pane, Nobody(1200, 0, (("GAP", 40), ("DO_NOT_CALL", 1160)), at))
    assert lines[0] == "Nobody can be called right now"
    assert lines[1].endswith(f"at {there:%H:%M}.")
    assert lines[2] == "1,200 customers, none of whom can be called now:"
    assert lines[3:] == [
        "1,160 Does not want to be called",
        "Final: only an administrator lifts such a wish.",
        "40 Called a short while ago",
        "They come back once the gap is over.",
    ]


@pytest.mark.row("U28")
def test_outside_the_hours_it_says_so_and_when_they_open(pane: NobodyPane):
    at = datetime.now(UTC) + timedelta(days=40)
    lines = said(pane, Nobody(900, 0, (("HOURS", 812), ("FINAL", 88)), at))
    assert lines[0] == "Outside the calling hours"
    assert lines[1].startswith("The hours open ")


@pytest.mark.row("U27")
def test_an_empty_pool_shows_one_state_and_no_other(pane: NobodyPane):
    lines = said(pane, Nobody(0, 0, ()))
    assert lines == [
        "There are no customers here yet",
        "Put customers into a pool of the campaign and give it to its agents.",
    ]
    lines = said(pane, Nobody(5, 0, (("FINAL", 5),)))
    assert lines == ["All customers are finished", "Nobody of this campaign is left to be called.", "5 Finished"]


@pytest.mark.row("U33")
def test_what_is_shown_is_what_the_database_counts(desk: CardDesk, pane: NobodyPane):
    with desk.frame.database.transaction() as session:
        session.get_one(Campaign, desk.campaign).needs_consent = True
    told = desk.frame.backend.execute(nobody, desk.campaign)
    assert said(pane, told)[-2:] == ["1 No valid consent", "A manager can record new consents."]


def test_who_runs_campaigns_goes_there_and_own_filters_are_offered_where_they_keep_somebody(
    desk: CardDesk, pane: NobodyPane
):
    said(pane, Nobody(9, 0, (("FILTERED", 9),)), campaign_id=desk.campaign, may_filter=True)
    assert (pane.campaign.isVisible(), pane.filters.isVisible()) == (True, True)
    said(pane, Nobody(9, 0, (("GAP", 9),)), campaign_id=desk.campaign, may_filter=True)
    assert not pane.filters.isVisible()
    said(pane, Nobody(9, 0, (("FILTERED", 9),)), campaign_id=desk.campaign)
    assert not pane.filters.isVisible()


# --- Filters


def window(desk: CardDesk) -> FiltersWindow:
    made = FiltersWindow(desk.frame.window.desk, desk.campaign, desk.frame.window)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # the test looks at it afterwards
    desk.frame.qtbot.addWidget(made)
    made.show()
    desk.frame.settle()
    return made


@pytest.mark.row("R-D12")
def test_agents_set_filters_of_their_own_where_the_campaign_allows_it(desk: CardDesk):
    with desk.frame.database.transaction() as session:
        session.get_one(Campaign, desk.campaign).agents_set_filters = True
        reached = result(session, desk.campaign, "Reached").id
    shown = window(desk)
    chosen: list[object] = []
    shown.chosen.connect(chosen.append)
    shown.field.statuses.set_value([reached])
    shown.save_button.click()
    assert chosen == [{"statuses": [reached]}]
    assert kept_filters(desk.frame.window.desk.memory, desk.campaign) == {"statuses": [reached]}
    again = window(desk)
    assert again.field.statuses.value() == (reached,)
    again.clear_button.click()
    again.save_button.click()
    assert kept_filters(desk.frame.window.desk.memory, desk.campaign) == {}


@pytest.mark.row("R-D12")
def test_elsewhere_there_is_nothing_to_set(desk: CardDesk):
    shown = window(desk)
    assert not shown.field.isVisible()
    assert shown.closed.isVisible()
    assert not shown.save_button.isEnabled()


@pytest.mark.row("R-D13")
def test_the_managers_filters_are_shown_and_cannot_be_changed(desk: CardDesk):
    with desk.frame.database.transaction() as session:
        campaign = session.get_one(Campaign, desk.campaign)
        campaign.agents_set_filters = True
        campaign.filters = {"languages": ["it"], "added_from": "2026-11-01"}
        joined = session.scalars(
            select(CampaignUser).where(CampaignUser.campaign_id == desk.campaign, CampaignUser.user_id == desk.dana.id)
        ).one()
        joined.filters = {"statuses": [0], "sites": [0]}
    shown = window(desk)
    assert shown.lines() == [
        "Language: Italiano",
        "Added from 1 Nov 2026",
        "Result: No result yet",
        "Site: No site",
    ]
    assert shown.field.value().count == 0


def test_kept_filters_that_cannot_be_read_are_none(desk: CardDesk):
    memory = desk.frame.window.desk.memory
    for text in ("not json", "[1]", '{"added_from": "yesterday"}', '{"statuses": 3}'):
        memory.put(f"dialer.filters.{desk.campaign}", text)
        assert kept_filters(memory, desk.campaign) == {}
