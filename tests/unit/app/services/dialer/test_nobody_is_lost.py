"""Nobody is lost, nobody comes back who was done with: opened by hand, promised, on another number, with a leaver."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.db.database import Database
from app.domain.errors import Refused
from app.models.customers import Customer, CustomerPhone
from app.models.dialer import CallAttempt, CallPerson, CallWindow, Campaign, CampaignUser, Claim, Consent, DoNotCall
from app.models.people import User
from app.services.dialer import callbacks, following
from app.services.dialer.attempts import inbound
from app.services.dialer.claiming import Claimed, claim_customer, dial
from app.services.dialer.lanes import Person, people_of
from tests.kit.dial_factory import add_pool
from tests.kit.dial_floor import Floor, moment, open_floor


@pytest.fixture
def floor(database: Database) -> Floor:
    return open_floor(database)


def _opened(floor: Floor, name: str, agent: str = "anna") -> Claimed:
    """Opened by hand, not as the next one."""
    customer_id = floor.place(name).customer_id
    return floor.backend(agent).execute(claim_customer, floor.campaign_id, customer_id)


@pytest.mark.row("R-D21")
@pytest.mark.parametrize("ends_by", ["skip", "death"])
def test_whoever_is_finished_stays_so_when_he_is_only_looked_at(floor: Floor, ends_by: str) -> None:
    floor.rules(lock_minutes=1)
    floor.add("Rossi")
    first = floor.next("anna")
    assert first is not None
    floor.finish("anna", first, "Not interested")
    again = _opened(floor, "Rossi")
    if ends_by == "skip":
        floor.skip("anna", again)
    floor.age(hours=2)
    assert floor.next("ben") is None
    assert (floor.place("Rossi").state, floor.place("Rossi").blocked) == ("done", "FINAL")


@pytest.mark.row("R-D21")
def test_a_new_result_takes_whoever_was_finished_up_again(floor: Floor) -> None:
    floor.rules(lock_minutes=1)
    floor.add("Rossi")
    first = floor.next("anna")
    assert first is not None
    floor.finish("anna", first, "Not interested")
    floor.finish("anna", _opened(floor, "Rossi"), "Reached")
    assert (floor.place("Rossi").state, floor.place("Rossi").blocked) == ("waiting", None)


@pytest.mark.row("R-D4", "U39")
@pytest.mark.parametrize("ends_by", ["skip", "death"])
def test_a_promise_keeps_its_hour_when_the_customer_is_only_looked_at(floor: Floor, ends_by: str) -> None:
    when = moment(days=-1)
    me = floor.agents["anna"]
    floor.add("Rossi", state="waiting", is_callback=True, due_at=when, callback_user_id=me)
    opened = _opened(floor, "Rossi")
    if ends_by == "skip":
        floor.skip("anna", opened)
    else:
        with floor.session() as session:
            session.execute(update(Claim).values(until_at=moment(seconds=1)))
    assert floor.next("anna") is None
    place = floor.place("Rossi")
    assert place.due_at is not None
    assert (place.state, abs(place.due_at - when) < timedelta(seconds=1)) == ("waiting", True)


@pytest.mark.row("R-D21")
def test_a_result_moves_nobody_but_the_customer_who_is_held(floor: Floor) -> None:
    floor.add("Rossi")
    floor.add("Levi")
    mine = floor.next("anna")
    assert mine is not None
    values = floor.result(mine, "Not interested")
    with floor.session() as session:
        session.execute(
            insert(CallAttempt).values(
                op_id="raw", kind="call", request_id=mine.request_id, campaign_id=mine.campaign_id,
                customer_id=mine.customer_id, entry_id=floor.people["Levi"], person=mine.person,
                user_id=floor.agents["anna"], status_id=values.status_id, note="", finished_at=moment(),
                was_held=False,
            )
        )  # fmt: skip
    assert floor.place("Levi").state == "ready"
    assert floor.place("Rossi").state == "held"


@pytest.mark.row("R-D19")
def test_a_lock_set_during_a_shared_call_does_not_undo_its_result(floor: Floor) -> None:
    floor.rules(lock_minutes=0)
    floor.add("Rossi")
    mine = floor.next("anna")
    assert mine is not None
    floor.rules(lock_minutes=10)
    floor.finish("anna", mine, "Interested")
    with floor.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Claim).where(Claim.status == "open")) == 0
    floor.age(hours=1)
    assert floor.next("ben") is None
    assert floor.place("Rossi").state == "done"


@pytest.mark.row("U36", "R-D24")
def test_the_other_number_that_was_dialled_counts_and_is_left_alone_too(floor: Floor) -> None:
    customer_id = floor.add("Rossi", "+972501111111")
    with floor.session() as session:
        session.add(CustomerPhone(customer_id=customer_id, raw="050-2222222", e164="+972502222222"))
    mine = floor.next("anna")
    assert mine is not None
    floor.backend("anna").execute(dial, mine.request_id, "+972502222222")
    floor.finish("anna", mine, "Do not call")
    with floor.database.reading() as session:
        assert set(session.scalars(select(DoNotCall.person))) == {"+972501111111", "+972502222222"}
        counted = session.execute(select(CallPerson.person, CallPerson.calls_today, CallPerson.is_refused)).all()
    assert {tuple(row) for row in counted} == {("+972501111111", 1, True), ("+972502222222", 1, True)}


@pytest.mark.row("R-D4", "R-D10")
@pytest.mark.parametrize("includes", [True, False])
def test_what_was_promised_out_of_a_leavers_own_pool_is_kept_by_whoever_may(floor: Floor, includes: bool) -> None:
    anna = floor.agents["anna"]
    floor.rules(includes_campaign_pools=includes)
    with floor.session() as session:
        owner = session.get_one(User, anna)
        pool_id = add_pool(session, session.get_one(Campaign, floor.campaign_id), "Her book", owner=owner).id
    when = moment(hours=-1)
    floor.add("Rossi", pool_id=pool_id, state="waiting", is_callback=True, due_at=when, callback_user_id=anna)
    floor.add("Levi", pool_id=pool_id)
    with floor.session() as session:
        session.execute(delete(CampaignUser).where(CampaignUser.user_id == anna))
        callbacks.leave(session, anna, floor.campaign_id)
    assert floor.next("ben") is None
    floor.age(hours=2)
    # Where everybody calls from his own book only, nobody is given hers.
    assert floor.got("ben") == ("Rossi" if includes else None)
    assert floor.next("ben") is None


@pytest.mark.row("R-D4", "U39")
def test_what_a_leaver_promises_on_his_last_call_is_anyones(floor: Floor) -> None:
    floor.add("Rossi")
    mine, anna = floor.next("anna"), floor.agents["anna"]
    assert mine is not None
    with floor.session() as session:
        session.execute(delete(CampaignUser).where(CampaignUser.user_id == anna))
    floor.finish("anna", mine, "Call back", callback_at=moment(hours=-1), callback_user_id=anna)
    floor.age(hours=2)
    found = floor.next("ben")
    assert found is not None
    assert found.rule == "CALLBACK_ANYONE"


def test_a_withdrawn_consent_is_not_given_back(floor: Floor) -> None:
    given = {"person": "+972501111111", "source": "form", "given_at": moment(days=1), "expires_at": moment(days=-9)}
    with floor.session() as session:
        session.execute(insert(Consent).values(**given, withdrawn_at=moment(hours=1)))
    with pytest.raises(Refused, match="kept"), floor.session() as session:
        session.execute(update(Consent).values(withdrawn_at=None))
    with floor.database.reading() as session:
        assert session.get_one(CallPerson, "+972501111111").consent_until is None


def test_a_card_saved_while_the_result_is_given_does_not_write_over_it(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    if floor.database.is_sqlite:
        return  # One writes at a time there.
    customer_id = floor.add("Rossi")
    mine = floor.next("anna")
    assert mine is not None
    looked = people_of

    def while_the_result_is_given(session: Session, ids: Sequence[int]) -> Sequence[Person]:
        floor.finish("anna", mine, "Interested")
        return looked(session, ids)

    monkeypatch.setattr(following, "people_of", while_the_result_is_given)
    with floor.session() as session:
        session.execute(update(Customer).where(Customer.id == customer_id).values(language="he"))
        following.follow(session, [customer_id])
    assert (floor.place("Rossi").language, floor.place("Rossi").state) == ("he", "done")


@pytest.mark.row("F8", "R-D4")
@pytest.mark.parametrize("is_mine", [True, False])
def test_a_promise_does_not_open_the_calling_hours(floor: Floor, is_mine: bool) -> None:
    whose = floor.agents["anna"] if is_mine else None
    floor.add("Rossi", state="callback", is_callback=True, due_at=moment(minutes=1), callback_user_id=whose)
    with floor.session() as session:
        session.execute(update(CallWindow).values(opens_at=moment(days=2), closes_at=moment(hours=1)))
    assert floor.next("anna") is None
    with floor.session() as session:
        session.execute(update(CallWindow).values(closes_at=moment(hours=-1)))
    assert floor.got("anna") == "Rossi"


@pytest.mark.row("F8")
@pytest.mark.parametrize(("rules", "code"), [({"gap_minutes": 120}, "GAP"), ({"daily_cap": 1}, "CAP")])
def test_whoever_calls_us_himself_comes_to_the_desk_and_is_not_called(
    floor: Floor, rules: dict[str, int], code: str
) -> None:
    floor.rules(**rules)
    customer_id = floor.add("Rossi", "+972501111111")
    floor.backend("anna").execute(inbound, "+972501111111", customer_id, floor.campaign_id)
    opened = _opened(floor, "Rossi")
    with pytest.raises(Refused) as refusal:
        floor.backend("anna").execute(dial, opened.request_id)
    assert refusal.value.code == code
    assert floor.finish("anna", opened, "Interested").was_held


@pytest.mark.row("F8")
def test_a_campaign_closed_in_mid_contact_dials_no_more_and_takes_the_result(floor: Floor) -> None:
    floor.add("Rossi")
    mine = floor.next("anna")
    assert mine is not None
    floor.rules(closed_at=moment(seconds=1))
    with pytest.raises(Refused) as refusal:
        floor.backend("anna").execute(dial, mine.request_id)
    assert refusal.value.code == "CAMPAIGN_CLOSED"
    assert floor.finish("anna", mine, "Interested").was_held
    assert floor.place("Rossi").state == "done"


@pytest.mark.row("F8", "U36")
@pytest.mark.parametrize("code", ["DO_NOT_CALL", "REGISTER_OLD", "REGISTERED", "NO_CONSENT"])
def test_the_law_is_asked_once_more_right_before_the_call(floor: Floor, code: str) -> None:
    known = {"person": "+972501111111", "register_checked_at": moment(days=1), "consent_until": moment(hours=-1)}
    floor.rules(checks_register=True, needs_consent=code == "NO_CONSENT")
    floor.add("Rossi", "+972501111111")
    with floor.session() as session:
        session.execute(insert(CallPerson).values(**known))
    mine = floor.next("anna")
    assert mine is not None
    changes: dict[str, dict[str, object]] = {
        "DO_NOT_CALL": {"is_refused": True},
        "REGISTER_OLD": {"consent_until": None, "register_checked_at": moment(days=16)},
        "REGISTERED": {"consent_until": None, "is_registered": True},
        "NO_CONSENT": {"consent_until": moment(seconds=1)},
    }
    with floor.session() as session:
        session.execute(update(CallPerson).values(**changes[code]))
    with pytest.raises(Refused) as refusal:
        floor.backend("anna").execute(dial, mine.request_id)
    assert refusal.value.code == code


def test_of_two_clocks_the_one_tried_longest_ago_comes_first(floor: Floor) -> None:
    floor.add("Rossi", has_status=True, tries=1, tried_at=moment(hours=1))
    floor.add("Levi", zone="UTC", has_status=True, tries=1, tried_at=moment(hours=2))
    assert floor.got("anna") == "Levi"
