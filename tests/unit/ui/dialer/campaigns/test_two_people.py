"""Two managers on the same page of a campaign: disjoint fields are saved together, the same ones are asked about."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtTest import QTest

from app.backend import Backend
from app.bus import Bus
from app.domain.dialer.forms import FormDraft, FormField
from app.domain.dialer.hours import document_of
from app.drafts.draft import of_entry, to_entry
from app.services.dialer.campaigns import save
from app.services.dialer.forms import list_forms, save_form
from app.services.dialer.statuses import list_statuses, save_status
from tests.kit.campaigns_robot import CampaignsDesk
from tests.unit.ui.dialer.campaigns.test_pages import choose, lines
from ui.dialer.campaigns.forms_page import CallFormForm, FormsPage
from ui.dialer.campaigns.results_page import ResultForm, ResultsPage
from ui.dialer.campaigns.rules_page import RulesPage
from ui.kit.bidi import bare
from ui.kit.drafts import drafts_of
from ui.widgets.merge.sheet import SheetMeeting
from ui.widgets.merge.window import MINE, THEIRS, MergeWindow


@pytest.fixture
def unheard(desk: CampaignsDesk) -> Backend:
    """A colleague's desktop whose changes have not come through yet."""
    return Backend(desk.database, Bus(), desk.shop.boss)


def asked(desk: CampaignsDesk, meeting: SheetMeeting) -> MergeWindow:
    """The window that asks, once it is there."""
    desk.qtbot.waitUntil(lambda: meeting.meeting.window is not None, timeout=60_000)
    assert meeting.meeting.window is not None
    return meeting.meeting.window


def words(window: MergeWindow) -> set[str]:
    """Everything it says."""
    from PySide6.QtWidgets import QLabel

    return {bare(label.text()) for label in window.findChildren(QLabel)}


def said(desk: CampaignsDesk) -> list[str]:
    return [bare(notice.words()) for notice in desk.said]


@pytest.mark.row("F4")
def test_rules_two_people_changed_in_different_fields_are_saved_together(desk: CampaignsDesk, unheard: Backend) -> None:
    autumn = desk.make("Autumn")
    desk.settle()
    page = desk.page("rules", RulesPage)
    desk.write(page.form.numbers["daily_cap"], "7")
    theirs = replace(autumn.draft, lock_minutes=20, hours=document_of({"1": [["09:00", "13:00"]]}))
    unheard.execute(save, theirs, campaign_id=autumn.id, version=autumn.version)
    desk.click(page.save_button)
    desk.settle()
    assert desk.kept("Autumn").draft == replace(theirs, daily_cap=7)
    assert page.form.numbers["lock_minutes"].value() == 20
    (told,) = [each for each in said(desk) if "Both changes are saved." in each]
    assert page.form.fields["lock_minutes"].label.text() in told
    assert "Tuesday" in told
    assert page.meeting.meeting.window is None


@pytest.mark.row("F4")
def test_the_same_rules_are_asked_about_side_by_side(desk: CampaignsDesk, unheard: Backend) -> None:
    autumn = desk.make("Autumn")
    desk.settle()
    page = desk.page("rules", RulesPage)
    desk.write(page.form.numbers["daily_cap"], "7")
    desk.write(page.form.numbers["lock_minutes"], "30")
    desk.click(page.form.switches["needs_note"])
    theirs = replace(autumn.draft, lock_minutes=20, daily_cap=4, needs_consent=not autumn.draft.needs_consent)
    unheard.execute(save, theirs, campaign_id=autumn.id, version=autumn.version)
    desk.click(page.save_button)
    window = asked(desk, page.meeting)
    assert set(window.fields) == {"daily_cap", "lock_minutes"}
    assert {"7", "4", page.form.numbers["lock_minutes"].textFromValue(30)} <= words(window)
    window.choose("daily_cap", THEIRS)
    window.choose("lock_minutes", MINE)
    window.save_button.click()
    desk.settle()
    expected = replace(theirs, lock_minutes=30, needs_note=not autumn.draft.needs_note)
    assert desk.kept("Autumn").draft == expected
    assert page.form.numbers["daily_cap"].value() == 4
    assert not page.can_save
    assert not page.meeting.line.isVisible()


def in_front(desk: CampaignsDesk) -> tuple[Any, ResultsPage, ResultForm, Any]:
    """A campaign, its results' page with "Busy" in front, the form and that row."""
    autumn = desk.make("Autumn")
    desk.settle()
    page = desk.page("results", ResultsPage)
    assert isinstance(page.form, ResultForm)
    choose(desk, page, "Busy")
    return autumn, page, page.form, page.row


@pytest.mark.row("F4")
def test_results_and_forms_are_put_together_field_by_field(desk: CampaignsDesk, unheard: Backend) -> None:
    autumn, page, form, busy = in_front(desk)
    desk.write(form.tries, "4")
    desk.write(form.name, "Line busy")
    unheard.execute(
        save_status, autumn.id, replace(busy.draft, name="Engaged", needs_note=True), row_id=busy.id,
        version=busy.version,
    )  # fmt: skip
    desk.click(page.save_button)
    window = asked(desk, page.meeting)
    assert window.fields == ("name",)
    window.choose("name", MINE)
    window.save_button.click()
    desk.settle()
    kept: Any = next(row for row in desk.elsewhere.execute(list_statuses, autumn.id) if row.id == busy.id)
    assert kept.draft == replace(busy.draft, name="Line busy", needs_note=True, max_tries=4)


@pytest.mark.row("F4")
def test_a_form_two_people_changed_asks_only_about_the_same(desk: CampaignsDesk, unheard: Backend) -> None:
    desk.make("Autumn")
    unheard.execute(save_form, FormDraft("Water", (FormField("", "Boiler"),)))
    desk.settle()
    page = desk.page("forms", FormsPage)
    form = page.form
    assert isinstance(form, CallFormForm)
    choose(desk, page, "Water")
    row: Any = page.row
    form.name.selectAll()
    QTest.keyClicks(form.name, "Water and heating")
    more = (*row.draft.fields, FormField("", "Year"))
    unheard.execute(save_form, replace(row.draft, fields=more), row_id=row.id, version=row.version)
    desk.click(page.save_button)
    desk.settle()
    kept = next(each for each in desk.elsewhere.execute(list_forms) if each.id == row.id)
    assert (kept.draft.name, [each.label for each in kept.draft.fields]) == ("Water and heating", ["Boiler", "Year"])
    form.fields.add()
    form.fields.label.selectAll()
    QTest.keyClicks(form.fields.label, "Maker")
    # What is typed there is in the journal, and can be had back.
    draft = next(each for each in drafts_of(desk.window.desk).typed if each.record.startswith("campaign.forms"))
    desk.click(page.cancel_button)
    assert [each.label for each in form.fields.value()] == ["Boiler", "Year"]
    page._restore(of_entry(to_entry(draft)))
    assert sorted(each.label for each in form.fields.value()) == ["Boiler", "Maker", "Year"]
    # Two fields of two people: the one that both changed is asked about.
    row = page.row
    boiler, year = row.draft.fields
    form.fields.list.setCurrentRow(0)
    form.fields.label.selectAll()
    QTest.keyClicks(form.fields.label, "Kettle")
    theirs = replace(row.draft, fields=(replace(boiler, label="Heater"), replace(year, is_required=True)))
    unheard.execute(save_form, theirs, row_id=row.id, version=row.version)
    desk.click(page.save_button)
    window = asked(desk, page.meeting)
    assert window.fields == (f"field.{boiler.key}",)
    assert any("Heater" in each for each in words(window))
    window.choose(window.fields[0], THEIRS)
    window.save_button.click()
    desk.settle()
    kept = next(each for each in desk.elsewhere.execute(list_forms) if each.id == row.id)
    assert sorted((each.label, each.is_required) for each in kept.draft.fields) == [
        ("Heater", False),
        ("Maker", False),
        ("Year", True),
    ]


@pytest.mark.row("F4")
def test_what_is_saved_while_the_window_asks_is_asked_about_too(desk: CampaignsDesk, unheard: Backend) -> None:
    autumn, page, form, busy = in_front(desk)
    desk.write(form.name, "Line busy")
    theirs = unheard.execute(
        save_status, autumn.id, replace(busy.draft, name="Engaged"), row_id=busy.id, version=busy.version
    )
    desk.click(page.save_button)
    window = asked(desk, page.meeting)
    newer = replace(busy.draft, name="Occupied")
    desk.elsewhere.execute(save_status, autumn.id, newer, row_id=busy.id, version=theirs.version)
    desk.settle()
    window.choose("name", MINE)
    window.save_button.click()
    again = asked(desk, page.meeting)
    assert "Occupied" in words(again)
    desk.settle()
    assert "Occupied" in [row.draft.name for row in desk.elsewhere.execute(list_statuses, autumn.id)]
    again.choose("name", MINE)
    again.save_button.click()
    desk.settle()
    assert "Line busy" in [row.draft.name for row in desk.elsewhere.execute(list_statuses, autumn.id)]


@pytest.mark.row("F4")
def test_a_save_that_met_somebody_elses_is_told_where_another_entry_is_in_front_by_now(
    desk: CampaignsDesk, unheard: Backend
) -> None:
    autumn, page, form, busy = in_front(desk)
    desk.write(form.tries, "4")
    theirs = replace(busy.draft, needs_note=True)
    unheard.execute(save_status, autumn.id, theirs, row_id=busy.id, version=busy.version)
    page.save()
    # At once, before the answer can come.
    other = page.list.topLevelItem(lines(page).index("No answer"))
    assert other is not None
    page.list.setCurrentItem(other)
    desk.settle()
    assert any("Somebody else changed this" in each for each in said(desk))
    choose(desk, page, "• Busy")
    assert (form.tries.value(), page.can_save) == (4, True)
    desk.click(page.save_button)
    desk.settle()
    kept = next(row for row in desk.elsewhere.execute(list_statuses, autumn.id) if row.id == busy.id)
    assert kept.draft == replace(theirs, max_tries=4)
