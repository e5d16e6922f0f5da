"""Results, forms and people of a campaign with real keys and clicks."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.domain.dialer.filtering import Filters
from app.domain.dialer.forms import FormDraft, FormField
from app.domain.dialer.statuses import StatusDraft
from app.i18n import say
from app.services.dialer.forms import forms_of, list_forms, save_form
from app.services.dialer.people import AgentChange, list_agents, save_agents
from app.services.dialer.statuses import StatusRow, delete_status, list_statuses, save_status
from tests.kit.campaigns_robot import CampaignsDesk
from ui.dialer.campaigns.forms_page import CallFormForm, FormsPage
from ui.dialer.campaigns.people_page import PeoplePage
from ui.dialer.campaigns.records import RecordsPage
from ui.dialer.campaigns.results_page import ResultForm, ResultsPage
from ui.dialer.campaigns.rules_page import RulesPage
from ui.kit.bidi import bare


def lines(page: RecordsPage) -> list[str]:
    """The first column."""
    return [bare(page.list.topLevelItem(at).text(0)) for at in range(page.list.topLevelItemCount())]


def choose(desk: CampaignsDesk, page: RecordsPage, text: str) -> None:
    """Click the line of this text."""
    item = page.list.topLevelItem(lines(page).index(text))
    area = page.list.visualItemRect(item)
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(area.center().x(), area.center().y()))
    desk.settle()


def tick(desk: CampaignsDesk, page: RecordsPage, text: str) -> None:
    """Click the box of this line."""
    item = page.list.topLevelItem(lines(page).index(text))
    area = page.list.visualItemRect(item)
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(area.left() + 20, area.center().y()))
    desk.settle()


def results(desk: CampaignsDesk, campaign_id: int) -> tuple[StatusRow, ...]:
    return desk.elsewhere.execute(list_statuses, campaign_id)


@pytest.fixture
def spring(desk: CampaignsDesk) -> int:
    made = desk.make("Spring")
    desk.settle()
    return made.id


# --- Results


@pytest.mark.row("R-D21")
def test_a_result_is_added_with_its_key_colour_and_what_follows(desk: CampaignsDesk, spring: int) -> None:
    page = desk.page("results", ResultsPage)
    form = page.form
    assert isinstance(form, ResultForm)
    assert lines(page)[:2] == ["No answer", "Busy"]
    choose(desk, page, "Interested")
    desk.pick(form.key, "No key")
    desk.click(page.save_button)
    desk.settle()
    desk.click(page.new_button)
    QTest.keyClicks(form.name, "Wants a visit")
    desk.pick(form.outcome, "Success")
    assert form.key.value() == "5", "the first key that is free"
    desk.click(form.needs_note)
    desk.write(form.recycle, "2 h")
    desk.write(form.tries, "3")
    desk.pick(form.opens, "Visit")
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    added = results(desk, spring)[-1]
    assert added.draft == StatusDraft(
        "Wants a visit", "success", "5", form.color.value(), True, False, 120, 3, desk.shop.visit
    )
    assert page.row == added
    desk.click(page.up_button)
    desk.settle()
    assert lines(page)[-2:] == ["Wants a visit", "Do not call"]
    assert page.row is not None
    assert page.row.id == added.id


@pytest.mark.row("R-D21")
def test_a_key_that_is_taken_is_said_at_the_field(desk: CampaignsDesk, spring: int) -> None:
    page = desk.page("results", ResultsPage)
    form = page.form
    assert isinstance(form, ResultForm)
    choose(desk, page, "Busy")
    desk.pick(form.key, "1")
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    assert form.fields["key"].has_error
    assert say(desk.said[-1].text) == "Key 1 gives “No answer” already."
    assert results(desk, spring)[1].key == "2"
    assert lines(page)[1] == "• Busy"
    page.list.setFocus()
    desk.press(Qt.Key.Key_Escape)
    assert form.key.value() == "2"
    assert not form.fields["key"].has_error


def test_what_a_built_in_result_means_cannot_be_changed_and_wishes_are_final(desk: CampaignsDesk, spring: int) -> None:
    page = desk.page("results", ResultsPage)
    form = page.form
    assert isinstance(form, ResultForm)
    choose(desk, page, "Do not call")
    assert not form.outcome.isEnabled()
    assert form.is_final.isChecked()
    assert not form.is_final.isEnabled()
    desk.click(page.new_button)
    desk.pick(form.outcome, "Wrong number")
    assert form.is_final.isChecked()
    desk.ctrl(Qt.Key.Key_S)
    assert form.fields["name"].has_error
    assert len(results(desk, spring)) == 9


def test_results_typed_in_stay_while_others_save_and_a_clash_is_asked(desk: CampaignsDesk, spring: int) -> None:
    page = desk.page("results", ResultsPage)
    form = page.form
    assert isinstance(form, ResultForm)
    choose(desk, page, "Busy")
    desk.write(form.tries, "4")
    busy = results(desk, spring)[1]
    desk.elsewhere.execute(save_status, spring, _with(busy, max_tries=6), row_id=busy.id, version=busy.version)
    desk.settle()
    assert page.meeting.line.isVisible()
    assert form.tries.value() == 4
    desk.click(page.meeting.line.take_theirs)
    assert form.tries.value() == 6
    assert not page.can_save


def test_a_result_is_deleted_after_a_question(desk: CampaignsDesk, spring: int) -> None:
    page = desk.page("results", ResultsPage)
    choose(desk, page, "Busy")
    desk.click(page.delete_button)
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert "Busy" in lines(page)
    desk.click(page.delete_button)
    desk.click(page.confirm)
    desk.settle()
    assert "Busy" not in lines(page)
    assert [row.code for row in results(desk, spring)].count("busy") == 0


def test_the_question_is_about_the_result_it_names(desk: CampaignsDesk, spring: int) -> None:
    page = desk.page("results", ResultsPage)
    choose(desk, page, "Busy")
    desk.click(page.delete_button)
    busy = next(row for row in results(desk, spring) if row.code == "busy")
    desk.elsewhere.execute(delete_status, busy.id, busy.version)
    desk.settle()
    assert "Busy" not in lines(page)
    assert not page.question.isVisible(), "whoever says yes to this one does not delete the next"


def test_a_page_that_was_not_in_front_shows_what_others_did(desk: CampaignsDesk, spring: int) -> None:
    page = desk.page("results", ResultsPage)
    desk.page("rules", RulesPage)
    desk.elsewhere.execute(save_status, spring, StatusDraft("Odd", "contact"))
    desk.settle()
    assert lines(desk.page("results", ResultsPage))[-1] == "Odd"
    desk.elsewhere.execute(save_status, spring, StatusDraft("Even", "contact"))
    desk.settle()
    assert lines(page)[-1] == "Even"


# --- Forms


@pytest.mark.row("R-D22")
def test_a_form_is_made_and_put_on_the_dial_page(desk: CampaignsDesk, spring: int) -> None:
    desk.elsewhere.execute(save_form, FormDraft("Cars"))
    page = desk.page("forms", FormsPage)
    form = page.form
    assert isinstance(form, CallFormForm)
    desk.click(page.new_button)
    QTest.keyClicks(form.name, "House")
    desk.click(form.fields.add_button)
    QTest.keyClicks(form.fields.label, "Size")
    desk.pick(form.fields.kind, "Number")
    desk.click(form.fields.add_button)
    QTest.keyClicks(form.fields.label, "Roof")
    desk.pick(form.fields.kind, "Choice")
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    assert say(desk.said[-1].text) == "“Roof” has nothing to choose from."
    desk.write(form.fields.choices, "flat\nsteep")
    desk.click(form.fields.required)
    desk.click(form.fields.up_button)
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    made = next(row for row in desk.elsewhere.execute(list_forms) if row.name == "House")
    assert made.fields == (
        FormField("f1", "Roof", "choice", ("flat", "steep"), True),
        FormField("f2", "Size", "number"),
    )
    tick(desk, page, "Cars")
    tick(desk, page, "House")
    assert [row.name for row in desk.elsewhere.execute(forms_of, spring)] == ["Cars", "House"]
    choose(desk, page, "House")
    desk.click(page.up_button)
    desk.settle()
    assert [row.name for row in desk.elsewhere.execute(forms_of, spring)] == ["House", "Cars"]
    assert lines(page) == ["House", "Cars"]
    tick(desk, page, "House")
    assert [row.name for row in desk.elsewhere.execute(forms_of, spring)] == ["Cars"]


# --- People


@pytest.mark.row("R-D13", "U31")
def test_people_are_put_to_work_with_filters_and_taken_off(desk: CampaignsDesk, spring: int) -> None:
    page = desk.page("people", PeoplePage)
    assert lines(page) == ["Avi", "Boss", "Dana"]
    choose(desk, page, "Dana")
    assert not page.form.isEnabled()
    tick(desk, page, "Dana")
    assert page.form.isEnabled()
    filters = page.agent_form.filters
    desk.add_tag(filters.statuses, "No result yet")
    desk.add_tag(filters.sites, "Coast")
    desk.ctrl(Qt.Key.Key_S)
    desk.click(page.save_button)
    desk.settle()
    dana = next(row for row in desk.elsewhere.execute(list_agents, spring) if row.works)
    assert (dana.id, dana.filters) == (desk.shop.dana, Filters((0,), (desk.shop.coast,)))
    tick(desk, page, "Dana")
    assert not any(row.works for row in desk.elsewhere.execute(list_agents, spring))


def test_who_was_changed_elsewhere_is_not_overwritten(desk: CampaignsDesk, spring: int) -> None:
    page = desk.page("people", PeoplePage)
    tick(desk, page, "Dana")
    choose(desk, page, "Dana")
    desk.add_tag(page.agent_form.filters.languages, "Italiano")
    theirs = AgentChange(desk.shop.dana, Filters(), Filters(languages=("he",)))
    desk.elsewhere.execute(save_agents, spring, [theirs])
    desk.settle()
    assert page.meeting.line.isVisible()
    desk.click(page.meeting.line.take_theirs)
    assert page.agent_form.filters.value() == Filters(languages=("he",))


def _with(row: StatusRow, **values: int) -> StatusDraft:
    return replace(row.draft, **values)
