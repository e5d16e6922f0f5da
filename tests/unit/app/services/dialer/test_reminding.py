"""Reminders: what is due, put off, handed over, and shared by a group."""

from datetime import UTC, timedelta

import pytest
from sqlalchemy import select

from app.db.database import Database
from app.domain.errors import Conflict, NotFound, Refused
from app.models.tickets import Reminder
from app.services.dialer import claiming, reminding
from app.services.tickets import reminders
from app.services.tickets.reminders import DueReminders, ReminderDraft, ReminderRow
from tests.kit.callbacks import CallbackOffice


@pytest.fixture
def office(database: Database) -> CallbackOffice:
    return CallbackOffice(database)


def mine(office: CallbackOffice, name: str) -> list[ReminderRow]:
    """Somebody's open reminders."""
    return list(office.run(name, reminders.mine))


def test_what_is_due_says_when_the_next_comes(office: CallbackOffice):
    for minutes in (-5, 20, 90):
        office.run("Dana", reminders.add, ReminderDraft(office.now + timedelta(minutes=minutes), f"in {minutes}"))
    office.run("Avi", reminders.add, ReminderDraft(office.now + timedelta(minutes=1), "Avi's"))
    found: DueReminders = office.run("Dana", reminders.due)
    assert [row.text for row in found.rows] == ["in -5"]
    assert found.next_at == office.now + timedelta(minutes=20)
    assert found.now.tzinfo is UTC


@pytest.mark.row("R-D4")
def test_a_reminder_is_put_off_and_handed_to_a_colleague(office: CallbackOffice):
    office.run("Dana", reminders.add, ReminderDraft(office.now, "Send the offer"))
    row = mine(office, "Dana")[0]
    later = office.now + timedelta(minutes=15)
    version = office.run("Dana", reminding.snooze, row.id, row.version, later)
    assert [each.at for each in mine(office, "Dana")] == [later]
    with pytest.raises(Refused, match="past"):
        office.run("Dana", reminding.snooze, row.id, version, office.now - timedelta(minutes=1))
    with pytest.raises(Conflict):
        office.run("Dana", reminding.snooze, row.id, row.version, later)
    with pytest.raises(NotFound):
        office.run("Avi", reminding.snooze, row.id, version, later)
    office.run("Dana", reminding.hand_over, row.id, version, office.ids["Noa"])
    assert (mine(office, "Dana"), [each.text for each in mine(office, "Noa")]) == ([], ["Send the offer"])
    names = [each.name for each in office.run("Dana", reminding.receivers)]
    assert names == ["Avi", "Gil", "Noa", "Root", "Ruth"]
    assert [each.name for each in office.run("Dana", reminding.receivers, office.campaign)] == ["Avi", "Noa"]


@pytest.mark.row("R-D4", "U39")
def test_a_callback_goes_where_its_reminder_goes(office: CallbackOffice):
    entry_id = office.promise(-5, "Dana")
    row = mine(office, "Dana")[0]
    later = office.now + timedelta(hours=1)
    version = office.run("Dana", reminding.snooze, row.id, row.version, later)
    assert version > row.version
    assert office.place(entry_id) == ("waiting", office.ids["Dana"], later)
    assert office.run("Dana", claiming.next_customer, office.campaign) is None
    office.run("Dana", reminding.hand_over, row.id, version, office.ids["Avi"])
    assert office.place(entry_id) == ("waiting", office.ids["Avi"], later)
    assert office.reminders(entry_id) == [(office.ids["Avi"], later)]
    moved = mine(office, "Avi")[0]
    with pytest.raises(Refused, match="does not work in the campaign"):
        office.run("Avi", reminding.hand_over, moved.id, moved.version, office.ids["Gil"])


def test_putting_off_while_the_customer_is_open_moves_the_reminder_alone(office: CallbackOffice):
    entry_id = office.promise(-5, "Dana")
    claimed = office.run("Dana", claiming.next_customer, office.campaign)
    assert claimed.entry_id == entry_id
    row = mine(office, "Dana")[0]
    office.run("Dana", reminding.snooze, row.id, row.version, office.now + timedelta(hours=1))
    assert office.place(entry_id)[0] == "held"


@pytest.mark.row("R-D16", "Q9")
def test_the_group_sees_and_takes_reminders_only_where_the_campaign_shares_them(office: CallbackOffice):
    entry_id = office.promise(30, "Dana")
    office.run("Dana", reminders.add, ReminderDraft(office.now, "private"))
    row = next(each for each in mine(office, "Dana") if each.entry_id == entry_id)
    assert office.run("Avi", reminding.of_group) == ()
    with pytest.raises(NotFound):
        office.run("Avi", reminding.take, row.id, row.version)
    office.share()
    found = office.run("Avi", reminding.of_group)
    assert [(each.text, each.customer, each.user) for each in found] == [("promised", "Rossi", "Dana")]
    assert office.run("Noa", reminding.of_group) == () == office.run("Dana", reminding.of_group)
    with pytest.raises(NotFound):
        office.run("Noa", reminding.take, row.id, row.version)
    office.run("Avi", reminding.take, row.id, row.version)
    assert office.place(entry_id)[1] == office.ids["Avi"]
    with office.database.reading() as session:
        assert session.scalars(select(Reminder.user_id).where(Reminder.id == row.id)).one() == office.ids["Avi"]
