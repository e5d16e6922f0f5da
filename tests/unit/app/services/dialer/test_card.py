from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, event, select, update

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import NotFound
from app.models.company import Company
from app.models.customers import CustomerPhone
from app.models.dialer import CallForm, CallPerson, CampaignForm, Claim, DoNotCall
from app.models.tickets import Note, NoteKind
from app.services.dialer.card import DialCard, dial_card
from app.services.dialer.history import Kind
from tests.kit.dial_factory import add_attempt, add_campaign, add_customer, add_entry, add_pool
from tests.kit.factory import add_process, add_site, add_ticket, add_user, at
from tests.kit.points_factory import add_scored_task, add_setting, enter

NOW = at(12)
ROOMS = {
    "fields": [
        {"key": "f1", "label": "Rooms", "kind": "number", "is_required": True},
        {"key": "f2", "label": "Heating", "kind": "choice", "choices": ["Gas", "Wood"]},
    ]
}


class Room:
    """Dana and Noa call Rossi, who has two numbers, for a campaign with a form."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
            self.dana, self.noa = add_user(session, "Dana", "agent"), add_user(session, "Noa", "agent")
            self.campaign = add_campaign(session, "Boilers", self.dana, self.noa, script="Good day, {customer}")
            site = add_site(session, "North")
            self.rossi = add_customer(session, "Rossi", "+972501234567", site_id=site.id, language="it")
            session.add(CustomerPhone(customer_id=self.rossi.id, position=1, raw="06 1234", e164=None, is_suspect=True))
            form = CallForm(name="House", fields=ROOMS)
            session.add(form)
            session.flush()
            self.form = form.id
            session.add(CampaignForm(campaign_id=self.campaign.id, form_id=form.id))
            self.entry = add_entry(session, add_pool(session, self.campaign, "All"), self.rossi)
        self.backend = Backend(database, actor=self.dana.id, clock=lambda: NOW)

    def card(self) -> DialCard:
        return self.backend.execute(dial_card, self.rossi.id, self.campaign.id)


@pytest.fixture
def room(database: Database) -> Room:
    return Room(database)


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield said
    event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.row("R-D22")
def test_the_card_holds_who_what_to_say_and_what_to_ask(room: Room):
    card = room.card()
    assert (card.name, card.site, card.language, card.agent) == ("Rossi", "North", "it", "Dana")
    assert (card.zone, card.company_zone, card.moment) == ("Asia/Jerusalem", "Asia/Jerusalem", NOW)
    assert [(each.raw, each.e164) for each in card.numbers] == [("+972501234567", "+972501234567"), ("06 1234", None)]
    assert (card.campaign.name, card.campaign.script) == ("Boilers", "Good day, {customer}")
    assert [each.key for each in card.statuses] == list("1234567")
    ((rooms, heating),) = (form.fields for form in card.forms)
    assert (rooms.label, rooms.is_required, heating.choices) == ("Rooms", True, ("Gas", "Wood"))


def test_his_points_come_with_it_and_who_never_had_any_has_none_to_show(room: Room):
    assert room.card().balance is None
    with room.database.transaction() as session:
        stages = add_process(session, "Club", Joined=None, Cup=None)
        add_setting(session, stages["Joined"], "12.5")
        add_setting(session, stages["Cup"], -10, redeems=True)
        for stage in stages.values():
            enter(session, add_scored_task(session, room.dana, room.rossi), stage, room.dana, at(8))
    assert room.card().balance == Decimal("2.5"), "what he has, not what he ever earned"


def test_a_zone_of_his_own_goes_before_the_companys(room: Room):
    with room.database.transaction() as session:
        session.merge(room.rossi).time_zone = "Europe/Rome"
    assert room.card().zone == "Europe/Rome"


def test_without_one_his_number_says_by_whose_clock_he_lives(room: Room):
    with room.database.transaction() as session:
        phones = update(CustomerPhone).where(CustomerPhone.customer_id == room.rossi.id, CustomerPhone.position == 0)
        session.execute(phones.values(e164="+393331234567"))
    assert (room.card().zone, room.card().company_zone) == ("Europe/Rome", "Asia/Jerusalem")


def test_the_law_of_each_number_is_told(room: Room):
    with room.database.transaction() as session:
        session.merge(
            CallPerson(
                person="+972501234567",
                last_call_at=NOW - timedelta(hours=3),
                calls_today=2,
                day_ends_at=NOW + timedelta(hours=1),
                register_checked_at=NOW - timedelta(days=2),
                consent_until=NOW + timedelta(days=5),
            )
        )
    number = room.card().numbers[0]
    assert (number.calls_today, number.last_call_at) == (2, NOW - timedelta(hours=3))
    assert (number.register_checked_at, number.register_days) == (NOW - timedelta(days=2), 15)
    assert (number.consent_until, number.is_refused) == (NOW + timedelta(days=5), False)


def test_yesterdays_calls_do_not_count_today_and_a_campaigns_own_wish_counts(room: Room):
    with room.database.transaction() as session:
        session.add(CallPerson(person="+972501234567", calls_today=3, day_ends_at=NOW - timedelta(hours=1)))
        session.flush()
        session.add(DoNotCall(person="+972501234567", campaign_id=room.campaign.id, at=NOW, by_id=room.dana.id))
    number = room.card().numbers[0]
    assert (number.calls_today, number.is_refused) == (0, True)


def test_alerts_open_tickets_and_the_history_come_with_it(room: Room):
    with room.database.transaction() as session:
        alert = session.scalars(select(NoteKind.id).where(NoteKind.code == "alert")).one()
        for text, is_alert in (("The dog bites", True), ("Has a garden", False)):
            values = {"kind_id": alert} if is_alert else {}
            note = Note(text=text, is_alert=is_alert, customer_id=room.rossi.id, by_id=room.dana.id, at=at(8), **values)
            session.add(note)
        add_ticket(session, "Boiler leaks", customer_id=room.rossi.id)
        add_ticket(session, "Was repaired", "closed", customer_id=room.rossi.id)
        add_attempt(session, room.dana, room.entry, at=at(9), note="Rang long")
    card = room.card()
    assert [(each.text, each.by) for each in card.alerts] == [("The dog bites", "Dana")]
    assert [(each.subject, each.code) for each in card.tickets] == [("Boiler leaks", "new")]
    assert [line.text for line in card.history.lines if line.kind is Kind.CALL] == ["Rang long"]


@pytest.mark.row("R-D19")
def test_who_else_has_him_open_is_told_while_it_lasts(room: Room):
    with room.database.transaction() as session:
        for number, (user, status, minutes) in enumerate(
            ((room.noa, "open", 1), (room.dana, "open", 1), (room.noa, "lock", 1), (room.noa, "open", -1))
        ):
            claim = Claim(
                request_id=f"request-{number}", campaign_id=room.campaign.id, customer_id=room.rossi.id,
                person="+972501234567", user_id=user.id, status=status, is_exclusive=False, claimed_at=at(11),
                until_at=NOW + timedelta(minutes=minutes),
            )  # fmt: skip
            session.add(claim)
    card = room.card()
    assert card.others == ("Noa",)
    assert len(card.numbers) == 2


def test_the_newest_answer_to_each_field_comes_back(room: Room):
    with room.database.transaction() as session:
        key = f"{room.form}.f1"
        heating = f"{room.form}.f2"
        add_attempt(session, room.dana, room.entry, at=at(8), answers={key: 3, heating: "Gas"})
        add_attempt(session, room.dana, room.entry, at=at(9), answers={key: 4, heating: ""})
        add_attempt(session, room.noa, room.entry, at=at(10), answers={key: 9})
    card = room.card()
    form = card.forms[0]
    assert [card.answers[form.key_of(each)] for each in form.fields] == [4, "Gas"]


def test_a_customer_who_is_gone_is_said_to_be(room: Room):
    with pytest.raises(NotFound):
        room.backend.execute(dial_card, room.rossi.id + 1, room.campaign.id)


def test_few_statements_are_enough_whatever_hangs_under_him(room: Room, statements: list[str]):
    with room.database.transaction() as session:
        for hour in range(30):
            add_attempt(session, room.dana, room.entry, at=at(hour), answers={f"{room.form}.f1": hour})
            add_ticket(session, f"Ticket {hour}", customer_id=room.rossi.id)
    backend = Backend(room.database, actor=room.dana.id)
    statements.clear()
    backend.execute(dial_card, room.rossi.id, room.campaign.id)
    asked = [each for each in statements if not each.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]
    assert len(asked) <= 8, asked
