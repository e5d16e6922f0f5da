"""The next customer: the order, and that nobody is with two agents."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.db.database import Database
from app.domain.errors import Refused
from app.models.customers import CustomerPhone
from app.models.dialer import CallAttempt, CallWindow, Campaign, CampaignUser, Claim, Pool, PoolUser
from app.services.dialer.attempts import let_go
from app.services.dialer.claiming import beat, claim_customer, dial, next_customer, resume
from app.services.dialer.nobody import nobody
from tests.kit.dial_factory import add_campaign, add_pool
from tests.kit.dial_floor import Floor, moment, open_floor


@pytest.fixture
def floor(database: Database) -> Floor:
    return open_floor(database)


@pytest.mark.row("R-D5", "U22")
def test_a_customer_is_with_one_agent(floor: Floor) -> None:
    floor.add("Rossi")
    assert floor.got("anna") == "Rossi"
    assert floor.next("ben") is None


@pytest.mark.row("R-D5", "U22", "F1")
def test_one_person_is_with_one_agent_across_pools_and_campaigns(floor: Floor) -> None:
    floor.add("Rossi at home", "+972501111111")
    with floor.session() as session:
        other = add_campaign(session, "Autumn")
        session.add_all(CampaignUser(campaign_id=other.id, user_id=user) for user in floor.agents.values())
        pool_id, other_id = add_pool(session, other).id, other.id
    floor.add("Rossi at work", "+972501111111", pool_id=pool_id)
    floor.add("Rossi of the shop", "+972501111111")
    assert floor.got("anna") == "Rossi at home"
    assert floor.next("ben") is None
    assert floor.backend("ben").execute(next_customer, other_id) is None
    assert floor.place("Rossi at work").blocked == "HELD"


@pytest.mark.row("R-D19", "Q10")
def test_a_lock_of_nothing_lets_several_load_him_and_each_sees_the_others(floor: Floor) -> None:
    floor.rules(lock_minutes=0)
    floor.add("Rossi")
    mine, other = floor.next("anna"), floor.next("ben")
    assert mine is not None
    assert other is not None
    assert mine.customer_id == other.customer_id
    assert floor.backend("anna").execute(beat, mine.request_id).others == ("Ben",)
    assert floor.backend("ben").execute(beat, other.request_id).others == ("Anna",)


@pytest.mark.row("R-D19", "U22")
def test_a_campaign_that_locks_does_not_take_whom_one_without_a_lock_has_open(floor: Floor) -> None:
    floor.add("Rossi", "+972501111111")
    with floor.session() as session:
        loose = add_campaign(session, "Loose", lock_minutes=0)
        session.add_all(CampaignUser(campaign_id=loose.id, user_id=user) for user in floor.agents.values())
        pool_id, loose_id = add_pool(session, loose).id, loose.id
    floor.add("Rossi again", "+972501111111", pool_id=pool_id)
    shared = floor.backend("anna").execute(next_customer, loose_id)
    assert shared is not None
    assert floor.next("ben") is None
    floor.skip("anna", shared)
    held = floor.next("ben")
    assert held is not None
    assert floor.backend("anna").execute(next_customer, loose_id) is None


@pytest.mark.row("R-D19", "U22")
def test_nor_does_it_when_that_one_was_closed_in_the_meantime(floor: Floor) -> None:
    floor.add("Rossi", "+972501111111")
    with floor.session() as session:
        loose = add_campaign(session, "Loose", lock_minutes=0)
        session.add_all(CampaignUser(campaign_id=loose.id, user_id=user) for user in floor.agents.values())
        pool_id, loose_id = add_pool(session, loose).id, loose.id
    floor.add("Rossi again", "+972501111111", pool_id=pool_id)
    assert floor.backend("anna").execute(next_customer, loose_id) is not None
    with floor.session() as session:
        session.execute(update(Campaign).where(Campaign.id == loose_id).values(closed_at=moment()))
    assert floor.next("ben") is None


@pytest.mark.row("R-D5", "U22")
def test_a_desk_that_died_gives_its_customer_back(floor: Floor) -> None:
    floor.add("Rossi")
    lost = floor.next("anna")
    assert lost is not None
    assert (lost.until_at - lost.claimed_at) <= timedelta(seconds=60)
    floor.age(seconds=61)
    assert floor.got("ben") == "Rossi"
    with floor.database.reading() as session:
        kinds = session.execute(select(CallAttempt.kind, CallAttempt.user_id)).all()
    assert [tuple(row) for row in kinds] == [("lost", floor.agents["anna"])]
    with pytest.raises(Refused) as refusal:
        floor.backend("anna").execute(beat, lost.request_id)
    assert refusal.value.code == "LEASE"


@pytest.mark.row("R-D5")
def test_a_sign_of_life_keeps_him(floor: Floor) -> None:
    floor.add("Rossi")
    mine = floor.next("anna")
    assert mine is not None
    floor.age(seconds=40)
    assert floor.backend("anna").execute(beat, mine.request_id).until_at > mine.until_at - timedelta(seconds=1)
    floor.age(seconds=40)
    assert floor.next("ben") is None
    assert floor.backend("anna").execute(resume) is not None


@pytest.mark.row("R-D18", "R-D20", "Q10")
def test_after_the_call_he_stays_locked_so_many_minutes(floor: Floor) -> None:
    floor.add("Rossi at home", "+972501111111")
    floor.add("Rossi at work", "+972501111111")
    first = floor.next("anna")
    assert first is not None
    floor.finish("anna", first, "Interested")
    assert floor.next("ben") is None
    assert floor.next("anna") is None, "the lock keeps his other entry from the agent himself as well"
    floor.age(minutes=9)
    assert floor.next("ben") is None
    floor.age(minutes=1.1)
    assert floor.got("ben") == "Rossi at work"


@pytest.mark.row("R-D4", "U39")
def test_due_callbacks_come_first_mine_before_anyones(floor: Floor) -> None:
    floor.add("Fresh")
    past = moment(minutes=1)
    floor.add("Anyone's", state="waiting", due_at=past, is_callback=True)
    floor.add("Ben's", state="waiting", due_at=past, is_callback=True, callback_user_id=floor.agents["ben"])
    mine = {"is_callback": True, "callback_user_id": floor.agents["anna"]}
    floor.add("Mine", state="waiting", due_at=past, **mine)
    floor.add("Mine tomorrow", state="waiting", due_at=moment(days=-1), **mine)
    assert [floor.got("anna") for _ in range(4)] == ["Mine", "Anyone's", "Fresh", None]
    assert floor.got("ben") == "Ben's"


@pytest.mark.row("R-D8")
def test_without_a_result_first_where_the_campaign_says_so(floor: Floor) -> None:
    floor.add("Tried", has_status=True, tries=1, tried_at=moment(days=1), priority=0)
    floor.add("Never", priority=3)
    first = floor.next("anna")
    assert first is not None
    assert floor.name_of(first) == "Never"
    assert first.rule == "NO_STATUS"
    floor.skip("anna", first)
    floor.put("Never", state="ready")
    floor.rules(no_status_first=False)
    assert floor.got("anna") == "Tried"


@pytest.mark.row("R-D8")
def test_then_the_urgent_then_the_least_recently_tried(floor: Floor) -> None:
    floor.add("Yesterday", has_status=True, tries=1, tried_at=moment(days=1))
    floor.add("Last week", has_status=True, tries=1, tried_at=moment(days=7))
    floor.add("Urgent", has_status=True, tries=1, tried_at=moment(hours=5), priority=0)
    assert [floor.got("anna") for _ in range(3)] == ["Urgent", "Last week", "Yesterday"]


def _pools(floor: Floor) -> None:
    """A second pool of the campaign, and one of Anna's own, each with one customer."""
    with floor.session() as session:
        session.execute(update(Pool).where(Pool.id == floor.pool_id).values(position=2))
        first = Pool(campaign_id=floor.campaign_id, name="First", position=1)
        own = Pool(campaign_id=floor.campaign_id, name="Anna's", position=9, user_id=floor.agents["anna"])
        session.add_all([first, own])
        session.flush()
        ids = first.id, own.id
    floor.add("Of everybody")
    floor.add("Of the first", pool_id=ids[0])
    floor.add("Of Anna's own", pool_id=ids[1], priority=3)


@pytest.mark.row("R-D1", "R-D2", "R-D10", "Q8", "U30")
def test_private_pools_first_then_the_campaigns_in_their_order_and_nobody_waits_for_an_empty_one(floor: Floor) -> None:
    _pools(floor)
    assert [floor.got("anna") for _ in range(4)] == ["Of Anna's own", "Of the first", "Of everybody", None]


@pytest.mark.row("R-D2")
def test_an_agents_own_order_counts_for_him_alone(floor: Floor) -> None:
    _pools(floor)
    floor.add("Of everybody too")
    with floor.session() as session:
        first = session.scalars(select(Pool).where(Pool.name == "First")).one()
        session.add(PoolUser(pool_id=first.id, user_id=floor.agents["anna"], position=9))
    assert [floor.got("anna") for _ in range(2)] == ["Of Anna's own", "Of everybody"]
    assert floor.got("ben") == "Of the first"


@pytest.mark.row("R-D9")
def test_from_all_pools_the_order_of_pools_does_not_count(floor: Floor) -> None:
    _pools(floor)
    floor.rules(from_all_pools=True)
    floor.put("Of everybody", priority=0)
    assert [floor.got("anna") for _ in range(3)] == ["Of everybody", "Of the first", "Of Anna's own"]


@pytest.mark.row("R-D10")
def test_only_his_own_book_where_the_campaigns_pools_are_left_out(floor: Floor) -> None:
    _pools(floor)
    floor.rules(includes_campaign_pools=False)
    assert [floor.got("anna") for _ in range(2)] == ["Of Anna's own", None]
    assert floor.got("ben") is None


@pytest.mark.row("R-D23")
def test_a_pool_for_chosen_agents_serves_only_them(floor: Floor) -> None:
    floor.add("Rossi")
    with floor.session() as session:
        session.execute(update(Pool).where(Pool.id == floor.pool_id).values(is_for_all=False))
        session.add(PoolUser(pool_id=floor.pool_id, user_id=floor.agents["ben"]))
    assert floor.got("anna") is None
    assert floor.got("ben") == "Rossi"


@pytest.mark.row("R-D13")
def test_the_managers_filters_bind(floor: Floor) -> None:
    floor.add("Hebrew", customer={"language": "he"})
    floor.add("Italian", customer={"language": "it"})
    floor.rules(filters={"languages": ["it"]}, agents_set_filters=True)
    assert floor.name_of(floor.next("anna", filters={"languages": ["he", "it"]})) == "Italian"
    assert floor.next("anna") is None
    assert floor.place("Hebrew").blocked == "FILTERED"


@pytest.mark.row("R-D13")
def test_what_a_manager_set_for_one_agent_overrules_his_own_filter(floor: Floor) -> None:
    floor.add("Hebrew", customer={"language": "he"})
    floor.add("Italian", customer={"language": "it"})
    floor.rules(agents_set_filters=True)
    with floor.session() as session:
        mine = CampaignUser.user_id == floor.agents["anna"]
        session.execute(update(CampaignUser).where(mine).values(filters={"languages": ["it"]}))
    assert floor.name_of(floor.next("anna", filters={"languages": ["he"]})) == "Italian"
    assert floor.next("anna", filters={"languages": ["he"]}) is None
    assert floor.place("Hebrew").state == "ready"


@pytest.mark.row("R-D12")
def test_an_agents_own_filters_count_where_he_may_set_them(floor: Floor) -> None:
    floor.add("Hebrew", customer={"language": "he"})
    floor.add("Italian", customer={"language": "it"})
    wanted = {"languages": ["it"]}
    floor.rules(agents_set_filters=True)
    first = floor.next("anna", filters=wanted)
    assert first is not None
    assert floor.name_of(first) == "Italian"
    assert floor.next("anna", filters=wanted) is None
    floor.rules(agents_set_filters=False)
    assert floor.name_of(floor.next("anna", filters=wanted)) == "Hebrew"


@pytest.mark.row("U25", "U32")
def test_a_skip_gives_him_back_for_later_and_is_on_record(floor: Floor) -> None:
    floor.add("First")
    floor.add("Second")
    first = floor.next("anna")
    assert first is not None
    floor.skip("anna", first)
    assert floor.got("anna") == "Second"
    assert floor.next("ben") is None
    later = floor.place("First").due_at
    assert later is not None
    assert abs(later - moment(minutes=-30)) < timedelta(minutes=1)
    floor.put("First", due_at=moment(seconds=1))
    assert floor.got("ben") == "First"


def test_a_repeated_request_gets_the_same_customer(floor: Floor) -> None:
    floor.add("First")
    floor.add("Second")
    request = floor.backend("anna").once("the same key")
    assert request.execute(next_customer, floor.campaign_id) == request.execute(next_customer, floor.campaign_id)
    with floor.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Claim)) == 1


@pytest.mark.row("U31")
def test_whoever_leaves_the_campaign_gets_nobody_and_lets_go(floor: Floor) -> None:
    floor.add("Rossi")
    mine = floor.next("anna")
    assert mine is not None
    assert floor.backend("anna").execute(let_go, mine.request_id)
    with floor.session() as session:
        for row in session.scalars(select(CampaignUser).where(CampaignUser.user_id == floor.agents["anna"])):
            session.delete(row)
    with pytest.raises(Refused) as refusal:
        floor.next("anna")
    assert refusal.value.code == "NOT_IN_CAMPAIGN"
    floor.age(minutes=31)
    assert floor.got("ben") == "Rossi"


def test_a_closed_campaign_gives_nobody_but_takes_the_result(floor: Floor) -> None:
    floor.add("Rossi")
    mine = floor.next("anna")
    assert mine is not None
    floor.rules(closed_at=moment(seconds=1))
    with pytest.raises(Refused) as refusal:
        floor.next("ben")
    assert refusal.value.code == "CAMPAIGN_CLOSED"
    assert floor.finish("anna", mine, "Reached", "Thanks").was_held


def test_a_campaign_that_was_not_started_gives_nobody(floor: Floor) -> None:
    floor.add("Rossi")
    floor.rules(opened_at=None)
    with pytest.raises(Refused) as refusal:
        floor.next("anna")
    assert refusal.value.code == "CAMPAIGN_CLOSED"


@pytest.mark.row("U24", "F2")
def test_a_claim_stores_why_this_one(floor: Floor) -> None:
    floor.add("Rossi", has_status=True, tries=2, tried_at=moment(days=1))
    mine = floor.next("anna")
    assert mine is not None
    assert (mine.rule, mine.reason["pool"], mine.reason["tries"]) == ("IN_TURN", "Everybody", 2)
    floor.finish("anna", mine, "No answer")
    with floor.database.reading() as session:
        kept = session.scalars(select(CallAttempt)).one()
    assert kept.rule == "IN_TURN"
    assert kept.reason == mine.reason


@pytest.mark.row("U26", "U28", "U33")
def test_an_empty_answer_says_what_keeps_whom_and_when_the_next_is_free(floor: Floor) -> None:
    floor.add("Held")
    floor.add("Later", state="waiting", due_at=moment(hours=-2))
    floor.add("No number", None)
    floor.add("Elsewhere", zone="Asia/Tokyo")
    assert floor.got("ben") == "Held"
    assert floor.next("anna") is None
    told = floor.backend("anna").execute(nobody, floor.campaign_id)
    assert dict(told.blocked) == {"HELD": 1, "LATER": 1, "NO_NUMBER": 1, "HOURS": 1}
    assert (told.total, told.callable) == (4, 0)
    assert told.next_at is not None
    assert abs(told.next_at - moment(hours=-2)) < timedelta(minutes=1)


@pytest.mark.row("U29")
def test_each_is_called_in_the_hours_of_his_own_zone(floor: Floor) -> None:
    floor.add("There", zone="UTC")
    with floor.session() as session:
        session.execute(update(CallWindow).where(CallWindow.zone == "UTC").values(closes_at=moment(minutes=5)))
    assert floor.next("anna") is None
    with floor.session() as session:
        session.execute(update(CallWindow).where(CallWindow.zone == "UTC").values(closes_at=moment(minutes=-5)))
    mine = floor.next("anna")
    assert mine is not None
    with floor.session() as session:
        session.execute(update(CallWindow).where(CallWindow.zone == "UTC").values(closes_at=moment(seconds=1)))
    with pytest.raises(Refused) as refusal:
        floor.backend("anna").execute(dial, mine.request_id)
    assert refusal.value.code == "HOURS"


@pytest.mark.row("R-D5")
def test_another_number_of_his_is_held_too_before_it_is_dialled(floor: Floor) -> None:
    both = floor.add("Rossi", "+972501111111")
    floor.add("His wife", "+972502222222")
    with floor.session() as session:
        session.add(CustomerPhone(customer_id=both, position=1, raw="050 222 2222", e164="+972502222222"))
    mine = floor.next("anna")
    assert mine is not None
    assert floor.backend("anna").execute(dial, mine.request_id, "+972502222222").number == "+972502222222"
    assert floor.next("ben") is None
    with pytest.raises(Refused) as refusal:
        floor.backend("anna").execute(dial, mine.request_id, "+972503333333")
    assert refusal.value.code == "OTHER_NUMBER"
    floor.skip("anna", mine)
    assert floor.got("ben") == "His wife"


@pytest.mark.row("R-D5")
def test_asked_for_by_name_he_comes_unless_something_keeps_him(floor: Floor) -> None:
    customer_id = floor.add("Rossi")
    mine = floor.backend("anna").execute(claim_customer, floor.campaign_id, customer_id)
    assert mine.rule == "BY_HAND"
    with pytest.raises(Refused) as refusal:
        floor.backend("ben").execute(claim_customer, floor.campaign_id, customer_id)
    assert refusal.value.code == "HELD"
    floor.finish("anna", mine, "Reached")
    again = floor.backend("anna").execute(claim_customer, floor.campaign_id, customer_id)
    assert again.customer_id == customer_id, "his own lock does not keep an agent away"


@pytest.mark.row("F1", "U22")
def test_of_many_who_ask_at_once_each_gets_another(floor: Floor) -> None:
    for number in range(12):
        floor.add(f"Customer {number}", f"+97250111111{number // 2}")
    with ThreadPoolExecutor(8) as pool:
        found = [each for each in pool.map(lambda n: floor.next("anna" if n % 2 else "ben"), range(12)) if each]
    assert len({each.person for each in found}) == len(found) == 6


@pytest.mark.row("R-D5")
def test_the_database_itself_keeps_two_exclusive_claims_of_a_person_apart(floor: Floor) -> None:
    floor.add("Rossi")
    mine = floor.next("anna")
    assert mine is not None
    with pytest.raises((IntegrityError, Refused)), floor.session() as session:
        session.add(
            Claim(
                request_id="another", campaign_id=floor.campaign_id, customer_id=mine.customer_id, person=mine.person,
                user_id=floor.agents["ben"], claimed_at=moment(), until_at=moment(minutes=-5),
            )
        )  # fmt: skip
