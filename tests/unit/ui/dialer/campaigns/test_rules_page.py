"""The rules of a campaign with real keys and clicks: kept, refused, borrowed, and counted before they are saved."""

from dataclasses import fields, replace
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from sqlalchemy.orm import Session

from app.domain.dialer.rules import GROUPS, RULES, CampaignDraft
from app.i18n import say
from app.models.dialer import Campaign, DoNotCall
from app.services.context import now, reads
from app.services.dialer.campaigns import save
from app.services.dialer.preview import preview
from app.services.dialer.standing import Nobody
from tests.kit.campaigns_robot import CampaignsDesk
from tests.kit.dial_factory import add_campaign, add_customer, add_entry, add_pool
from ui.dialer.campaigns.rules_form import RulesForm
from ui.dialer.campaigns.rules_page import RulesPage

SWITCHES = {
    "calls_automatically": "R-D6",
    "no_status_first": "R-D8",
    "from_all_pools": "R-D9",
    "includes_campaign_pools": "R-D10",
    "allows_several_relations": "R-D11",
    "agents_set_filters": "R-D12",
    "own_history_only": "R-D14",
    "reminds_caller_only": "R-D16",
    "needs_note": "R-D17",
    "checks_register": "R-D25",
    "needs_consent": "R-D25",
}


def furnished(desk: CampaignsDesk) -> int:
    """A campaign that may call at any hour, with ten customers: one wishes not to be called, two are listed nowhere."""
    with desk.database.transaction() as session:
        campaign = add_campaign(session, "Spring")
        pool = add_pool(session, campaign)
        for number in range(10):
            phone = f"+97250111111{number}" if number < 8 else f"+441632960{number}00"
            language = "he" if number < 4 else None
            entry = add_entry(session, pool, add_customer(session, phone=phone, language=language))
            if not number:
                session.add(DoNotCall(person=entry.person, at=now(session)))
        number = campaign.id
    desk.screen.refresh()
    desk.settle()
    return number


def counted(desk: CampaignsDesk, page: RulesPage) -> str:
    """What the line says once it has its answer."""
    desk.qtbot.waitUntil(lambda: not page.preview.is_waiting, timeout=60_000)
    return page.preview.text


@pytest.mark.row("R-D25")
def test_five_groups_hold_every_rule_with_one_sentence(desk: CampaignsDesk) -> None:
    desk.make("Spring")
    desk.settle()
    form = desk.page("rules", RulesPage).form
    assert set(form.fields) == {each.name for each in fields(CampaignDraft)}
    words = _words(form)
    for group in GROUPS:
        assert group.title in words
        for rule in group.rules:
            assert rule.label in words
            assert rule.about in words


@pytest.mark.row(*dict.fromkeys(SWITCHES.values()))
def test_each_switch_is_turned_and_kept_alone(desk: CampaignsDesk) -> None:
    desk.make("Spring")
    desk.settle()
    page = desk.page("rules", RulesPage)
    expected = CampaignDraft("Spring")
    for key in SWITCHES:
        desk.click(page.form.switches[key])
        desk.ctrl(Qt.Key.Key_S)
        desk.settle()
        expected = replace(expected, **{key: not getattr(expected, key)})
        assert desk.kept("Spring").draft == expected, key
    assert not page.can_save


@pytest.mark.row("R-D7", "R-D18", "R-D19", "Q10")
def test_numbers_are_typed_zero_is_none_and_limits_hold(desk: CampaignsDesk) -> None:
    desk.make("Spring")
    desk.settle()
    page = desk.page("rules", RulesPage)
    for key, typed in (
        ("alert_after_seconds", "90"),
        ("wrap_up_seconds", "15"),
        ("skip_minutes", "45"),
        ("lock_minutes", "0"),
        ("gap_minutes", "1:30"),
        ("daily_cap", "5"),
    ):
        desk.write(page.form.numbers[key], typed)
    desk.ctrl(Qt.Key.Key_Return)
    desk.settle()
    kept = desk.kept("Spring").draft
    assert kept == CampaignDraft(
        "Spring",
        alert_after_seconds=90,
        wrap_up_seconds=15,
        skip_minutes=45,
        lock_minutes=0,
        gap_minutes=90,
        daily_cap=5,
    )
    assert page.form.numbers["lock_minutes"].text() == "None"
    for key, number in page.form.numbers.items():
        assert (number.minimum(), number.maximum()) == (RULES[key].least, RULES[key].most)


@pytest.mark.row("U37")
def test_the_line_counts_with_rules_that_are_not_saved(desk: CampaignsDesk) -> None:
    furnished(desk)
    page = desk.page("rules", RulesPage)
    said = counted(desk, page)
    assert "With these rules 9 of 10 customers can be called now." in said
    assert "1 Does not want to be called" in said
    desk.click(page.form.switches["checks_register"])
    said = counted(desk, page)
    assert "With these rules 2 of 10 customers can be called now." in said
    assert "7 Not checked against the register in time" in said
    desk.click(page.form.switches["needs_consent"])
    assert "0 of 10" in counted(desk, page)
    assert not desk.kept("Spring").draft.needs_consent
    desk.screen.list.setFocus()
    desk.press(Qt.Key.Key_Escape)
    assert "9 of 10" in counted(desk, page)


@pytest.mark.row("U37", "R-D13")
def test_a_managers_filters_count_at_once_and_move_the_queue_when_saved(desk: CampaignsDesk) -> None:
    number = furnished(desk)
    page = desk.page("rules", RulesPage)
    desk.add_tag(page.form.filters.languages, "עברית")
    said = counted(desk, page)
    assert "With these rules 3 of 10 customers can be called now." in said
    assert "6 Outside the filters" in said
    desk.click(page.save_button)
    desk.settle()
    assert desk.kept("Spring").draft.filters == {"languages": ["he"]}
    # What was saved is what the queue stands by.
    found: Nobody = desk.elsewhere.execute(preview, number, desk.kept("Spring").draft)
    assert (found.callable, dict(found.blocked)) == (3, {"DO_NOT_CALL": 1, "FILTERED": 6})
    with desk.database.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT blocked, count(*) FROM call_queue GROUP BY blocked")
        assert dict(rows.all()) == {None: 3, "DO_NOT_CALL": 1, "FILTERED": 6}


def test_only_the_newest_question_is_answered_and_one_is_under_way(
    desk: CampaignsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnished(desk)
    page = desk.page("rules", RulesPage)
    counted(desk, page)
    is_free, asked = Event(), []

    def slow(session: Session, number: int, draft: CampaignDraft) -> Nobody:
        asked.append(draft)
        is_free.wait(60)
        return preview(session, number, draft)

    monkeypatch.setattr("ui.dialer.campaigns.preview.preview", reads(slow))
    desk.click(page.form.switches["checks_register"])
    desk.qtbot.waitUntil(lambda: len(asked) == 1)
    desk.click(page.form.switches["needs_consent"])
    desk.click(page.form.switches["needs_consent"])
    desk.click(page.form.switches["checks_register"])
    QTest.qWait(400)
    assert len(asked) == 1
    is_free.set()
    assert "9 of 10" in counted(desk, page)
    assert [draft.checks_register for draft in asked] == [True, False]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("20:00-09:00", "20:00-09:00 ends before it begins."),
        ("09:00-13:00, 12:00-20:00", "09:00-13:00 and 12:00-20:00 overlap."),
        ("morning", "“morning” is no stretch of hours. Write it like 09:00-13:00."),
    ],
)
def test_hours_that_cannot_be_are_said_under_their_day_and_not_saved(
    desk: CampaignsDesk, typed: str, said: str
) -> None:
    desk.make("Spring")
    desk.settle()
    page = desk.page("rules", RulesPage)
    desk.click(page.form.hours.usual)
    line = page.form.hours.lines["2"]
    desk.write(line, typed)
    page.scrolled.verticalScrollBar().setValue(0)
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    assert desk.kept("Spring").draft.hours == {}
    assert say(desk.said[-1].text) == said
    assert page.form.hours.problem() is not None
    assert line.hasFocus()
    assert not line.visibleRegion().isEmpty(), "one sees what is wrong"
    assert said in _words(page.form)
    desk.write(line, "10-12, 16-18")
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    hours = desk.kept("Spring").draft.hours
    assert hours["days"]["2"] == [["10:00", "12:00"], ["16:00", "18:00"]]
    assert hours["days"]["0"] == [["09:00", "20:00"]]
    assert line.text() == "10:00-12:00, 16:00-18:00"


def test_a_wrong_name_is_said_at_the_field(desk: CampaignsDesk) -> None:
    desk.make("Autumn")
    desk.make("Spring")
    desk.settle()
    page = desk.page("rules", RulesPage)
    desk.write(page.form.name, "spring")
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    assert "“spring” is there already." in _words(page.form)
    assert desk.listed() == ["• Autumn", "Spring"]
    assert page.form.name.text() == "spring"


def test_what_is_changed_stays_with_its_campaign_and_meets_what_others_save(desk: CampaignsDesk) -> None:
    autumn = desk.make("Autumn")
    desk.make("Spring")
    desk.settle()
    page = desk.page("rules", RulesPage)
    desk.click(page.form.switches["needs_note"])
    desk.write(page.form.numbers["daily_cap"], "7")
    desk.screen.list.setFocus()
    desk.press(Qt.Key.Key_Down)
    desk.settle()
    assert page.form.switches["needs_note"].isChecked()
    desk.press(Qt.Key.Key_Up)
    desk.settle()
    assert not page.form.switches["needs_note"].isChecked()
    theirs = replace(autumn.draft, lock_minutes=20, daily_cap=4)
    desk.elsewhere.execute(save, theirs, campaign_id=autumn.id, version=autumn.version)
    desk.settle()
    assert page.meeting.line.isVisible()
    assert page.form.numbers["daily_cap"].value() == 7
    desk.click(page.meeting.line.keep_mine)
    desk.ctrl(Qt.Key.Key_S)
    desk.settle()
    assert desk.kept("Autumn").draft == replace(theirs, needs_note=False, daily_cap=7)


def test_the_rules_of_another_campaign_come_into_the_fields(desk: CampaignsDesk) -> None:
    desk.make("Autumn")
    spring = desk.make("Spring")
    draft = replace(spring.draft, lock_minutes=25, needs_note=False, script="Theirs")
    desk.elsewhere.execute(save, draft, campaign_id=spring.id, version=spring.version)
    desk.settle()
    page = desk.page("rules", RulesPage)
    desk.click(page.borrow_button)
    desk.choose("Spring")
    desk.settle()
    assert page.form.name.text() == "Autumn"
    assert desk.kept("Autumn").draft.lock_minutes == 10
    desk.click(page.save_button)
    desk.settle()
    assert desk.kept("Autumn").draft == replace(draft, name="Autumn", script="")


@pytest.mark.row("U37")
def test_before_its_start_a_campaign_shows_what_would_be_blocked(desk: CampaignsDesk) -> None:
    number = furnished(desk)
    with desk.database.transaction() as session:
        session.get_one(Campaign, number).opened_at = None
    desk.screen.refresh()
    desk.settle()
    page = desk.page("rules", RulesPage)
    assert desk.screen.head.start_button.isVisible()
    assert "9 of 10" in counted(desk, page)


def _words(form: RulesForm) -> list[str]:
    return [label.text() for label in form.findChildren(QLabel) if not label.isHidden()]
