"""What is typed into the pages of a campaign is kept on this computer until it is saved."""

from dataclasses import replace

import pytest
from PySide6.QtTest import QTest

from app.services.dialer.statuses import list_statuses
from tests.kit.campaigns_robot import CampaignsDesk
from tests.kit.dial_factory import add_campaign
from ui.dialer.campaigns.results_page import ResultForm, ResultsPage
from ui.dialer.campaigns.rules_page import RulesPage
from ui.kit.drafts import drafts_of


@pytest.mark.row("F5")
def test_half_typed_results_and_rules_are_kept_and_offered_after_a_crash(desk: CampaignsDesk) -> None:
    with desk.database.transaction() as session:
        spring = add_campaign(session, "Spring").id
    desk.screen.refresh()
    desk.settle()
    page = desk.page("results", ResultsPage)
    drafts, form = drafts_of(desk.window.desk), page.form
    assert isinstance(form, ResultForm)
    page.new()
    QTest.keyClicks(form.name, "Wants a vi")
    (draft,) = list(drafts.typed)
    assert draft.typed["name"] == "Wants a vi"
    page.cancel()
    assert list(drafts.typed) == []
    drafts.take_back(replace(draft, run="dead"))
    page.new()
    page.unsaved.restore_button.click()
    assert form.name.text() == "Wants a vi"
    page.save()
    desk.settle()
    assert "Wants a vi" in [row.name for row in desk.backend.execute(list_statuses, spring)]
    assert list(drafts.typed) == []
    rules = desk.page("rules", RulesPage)
    rules.form.name.setFocus()
    QTest.keyClicks(rules.form.name, "!")
    (draft,) = list(drafts.typed)
    assert (draft.record, draft.typed) == (f"campaigns:{spring}", {"name": rules.form.name.text()})
    rules.cancel()
    assert list(drafts.typed) == []
