"""Pools: filled and folded, ordered, given, removed under the hands of those who work in them."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.backend import Backend
from app.db.database import Database
from app.domain.customers import CustomerDraft
from app.domain.errors import NotFound, Refused
from app.domain.imports import columns
from app.domain.imports.fields import Kind
from app.models.company import Company
from app.models.customers import CustomerPhone
from app.models.dialer import CallWindow, Campaign, Lane, Pool, PoolEntry, PoolUser, QueuedCall
from app.services.customers import card
from app.services.dialer import entries, entry_list, pools
from app.services.dialer.attempts import Result, finish
from app.services.dialer.claiming import Claimed, next_customer
from app.services.dialer.entries import Added
from app.services.dialer.pools import PoolDraft
from app.services.imports.report import Pooled
from app.services.imports.run import run_import
from app.services.imports.sheets import open_sheet
from tests.kit.dial_factory import add_campaign, add_customer, add_entry, add_pool, result
from tests.kit.factory import add_user


@pytest.fixture
def office(database: Database) -> Backend:
    """A company in Israel whose manager acts."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
        manager = add_user(session, "Dana", "manager")
        return Backend(database, actor=manager.id)


def states(backend: Backend, pool_id: int) -> dict[int, tuple[str, str | None]]:
    with backend.database.reading() as session:
        asked = select(QueuedCall).join(PoolEntry, PoolEntry.id == QueuedCall.id).where(PoolEntry.pool_id == pool_id)
        return {row.customer_id: (row.state, row.blocked) for row in session.scalars(asked)}


@pytest.mark.row("R-D1")
def test_customers_go_in_once_by_customer_and_by_number_and_the_answer_counts(office: Backend):
    with office.database.transaction() as session:
        campaign = add_campaign(session)
        pool = add_pool(session, campaign)
        ids = [
            add_customer(session, "Rossi", "+972501234567").id,
            add_customer(session, "The same Rossi", "+972501234567").id,
            add_customer(session, "Mute", None).id,
            add_customer(session, "Also mute", None).id,
            add_customer(session, "Roma", "+390612345678").id,
        ]
        campaign_id, pool_id = campaign.id, pool.id
    told = office.execute(entries.add, pool_id, [*ids, ids[0], 10**9])
    assert told == Added(count=4, folded=1, without_number=2, refused=0)
    again = office.execute(entries.add, pool_id, ids)
    assert again == Added(count=0, folded=5)
    assert states(office, pool_id) == {
        ids[0]: ("ready", None),
        ids[2]: ("blocked", "NO_NUMBER"),
        ids[3]: ("blocked", "NO_NUMBER"),
        ids[4]: ("ready", None),
    }
    with office.database.reading() as session:
        zones = set(session.scalars(select(Lane.zone).where(Lane.pool_id == pool_id)))
        laid_out = set(session.scalars(select(CallWindow.zone).where(CallWindow.campaign_id == campaign_id)))
    assert zones == {"Asia/Jerusalem", "Europe/Rome"}
    assert "Europe/Rome" in laid_out
    row = office.execute(pools.list_pools, campaign_id)[0]
    assert (row.callable, row.waiting, row.blocked, row.done, row.total) == (2, 0, 2, 0, 4)


_NUMBERS = st.lists(st.one_of(st.none(), st.integers(0, 5)), max_size=12)


@given(_NUMBERS, _NUMBERS, st.lists(st.integers(0, 11), max_size=20))
@settings(max_examples=15)
def test_however_they_come_nobody_and_no_number_stands_in_a_pool_twice(
    office: Backend, firsts: list[int | None], seconds: list[int | None], again: list[int]
):
    with office.database.transaction() as session:
        pool_id = add_pool(session, add_campaign(session)).id
        made = [add_customer(session, "", None if each is None else f"+97254000000{each}").id for each in firsts]
        made += [add_customer(session, "", None if each is None else f"+97254000000{each}").id for each in seconds]
    first = office.execute(entries.add, pool_id, made[: len(firsts)])
    rest = [*made[len(firsts) :], *(made[each % len(made)] for each in again if made)]
    second = office.execute(entries.add, pool_id, rest)
    asked = len(set(made[: len(firsts)])) + len(set(rest))
    assert first.count + first.folded + second.count + second.folded == asked
    with office.database.reading() as session:
        rows = session.execute(
            select(PoolEntry.customer_id, PoolEntry.person).where(PoolEntry.pool_id == pool_id)
        ).all()
    numbers = [row.person for row in rows if row.person]
    assert len(numbers) == len(set(numbers)) == len({each for each in (*firsts, *seconds) if each is not None})
    assert len({row.customer_id for row in rows}) == len(rows)
    assert sum(row.person is None for row in rows) == [*firsts, *seconds].count(None)


@pytest.mark.row("R-D11")
def test_a_customer_belongs_to_one_pool_unless_the_campaign_allows_several(office: Backend):
    with office.database.transaction() as session:
        campaign = add_campaign(session)
        first, second = add_pool(session, campaign), add_pool(session, campaign)
        other = add_pool(session, add_campaign(session))
        customer_id = add_customer(session).id
        ids = first.id, second.id, other.id, campaign.id
    assert office.execute(entries.add, ids[0], [customer_id]).count == 1
    assert office.execute(entries.add, ids[1], [customer_id]) == Added(refused=1)
    assert office.execute(entries.add, ids[2], [customer_id]).count == 1
    with pytest.raises(Refused) as refusal:
        # Past the services the database says the same.
        office.execute(_put, ids[3], ids[1], customer_id)
    assert refusal.value.code == "SEVERAL"
    with office.database.transaction() as session:
        session.get_one(Campaign, ids[3]).allows_several_relations = True
    assert office.execute(entries.add, ids[1], [customer_id]).count == 1


def _put(session: Session, campaign_id: int, pool_id: int, customer_id: int) -> None:
    moment = session.scalars(select(PoolEntry.added_at)).first()
    session.add(PoolEntry(campaign_id=campaign_id, pool_id=pool_id, customer_id=customer_id, added_at=moment))
    session.flush()


@pytest.mark.row("R-D1", "R-D23")
def test_a_pool_is_one_agents_own_or_given_to_chosen_ones(office: Backend):
    with office.database.transaction() as session:
        avi, noa = add_user(session, "Avi", "agent"), add_user(session, "Noa", "agent")
        stranger = add_user(session, "Sami", "agent")
        campaign_id = add_campaign(session, "Spring", avi, noa).id
        ids = avi.id, noa.id, stranger.id
    everybody = office.execute(pools.save_pool, campaign_id, PoolDraft("Everybody"))
    some = office.execute(pools.save_pool, campaign_id, PoolDraft("North", is_for_all=False, given=(ids[1],)))
    own = office.execute(pools.save_pool, campaign_id, PoolDraft("Avi's book", user_id=ids[0]))
    assert (own.owner, some.given) == ("Avi", (ids[1],))
    of = {user: [pool.name for pool in office.execute(pools.my_pools, campaign_id, user)] for user in ids[:2]}
    assert of == {ids[0]: ["Avi's book", "Everybody"], ids[1]: ["Everybody", "North"]}
    with pytest.raises(Refused, match="does not work in this campaign"):
        office.execute(pools.save_pool, campaign_id, PoolDraft("X", user_id=ids[2]))
    with pytest.raises(Refused, match="there already"):
        office.execute(pools.save_pool, campaign_id, PoolDraft(" north "))
    back = PoolDraft("North", is_for_all=False, given=(ids[0],))
    office.execute(pools.save_pool, campaign_id, back, row_id=some.id, version=some.version)
    assert [pool.name for pool in office.execute(pools.my_pools, campaign_id, ids[1])] == ["Everybody"]
    with pytest.raises(Refused):
        Backend(office.database, actor=ids[0]).execute(pools.save_pool, campaign_id, PoolDraft("Mine"))
    # An agent fills his own book and nobody else's.
    with office.database.transaction() as session:
        customers = [add_customer(session).id, add_customer(session).id]
    agent = Backend(office.database, actor=ids[0])
    assert agent.execute(entries.add, own.id, customers[:1]).count == 1
    with pytest.raises(Refused, match="role does not allow"):
        agent.execute(entries.add, everybody.id, customers[1:])


@pytest.mark.row("R-D2", "R-D10", "U30")
def test_pools_serve_in_the_campaigns_order_or_in_an_agents_own(office: Backend):
    with office.database.transaction() as session:
        avi = add_user(session, "Avi", "agent")
        campaign = add_campaign(session, "Spring", avi)
        made = [add_pool(session, campaign, name, position=at) for at, name in enumerate(("A", "B", "C"))]
        own = add_pool(session, campaign, "Mine", owner=avi, position=9)
        customers = {pool.name: add_entry(session, pool).customer_id for pool in (*made, own)}
        ids, campaign_id, avi_id = {pool.name: pool.id for pool in (*made, own)}, campaign.id, avi.id

    def served() -> list[str]:
        return [pool.name for pool in agent.execute(pools.my_pools, campaign_id)]

    agent = Backend(office.database, actor=avi_id)
    assert served() == ["Mine", "A", "B", "C"]
    office.execute(pools.set_order, campaign_id, [ids["C"], ids["A"]])
    assert served() == ["Mine", "C", "A", "B"]
    agent.execute(pools.set_my_order, campaign_id, [ids["B"], ids["A"]])
    assert served() == ["Mine", "B", "A", "C"]
    with office.database.reading() as session:
        assert not any(session.scalars(select(PoolUser.is_given))), "his order gives him nothing"
    # What "next" hands out is that order.
    given = []
    for _turn in range(4):
        claimed = agent.execute(next_customer, campaign_id)
        assert claimed is not None
        given.append(next(name for name, customer in customers.items() if customer == claimed.customer_id))
        with office.database.reading() as session:
            status_id = result(session, campaign_id, "Reached").id
        agent.execute(finish, _result(claimed, status_id))
    assert given == ["Mine", "B", "A", "C"]
    agent.execute(pools.set_my_order, campaign_id, [])
    assert served() == ["Mine", "C", "A", "B"]
    with office.database.transaction() as session:
        session.get_one(Campaign, campaign_id).includes_campaign_pools = False
    assert served() == ["Mine"]


def _result(claimed: Claimed, status_id: int) -> Result:
    return Result(
        request_id=claimed.request_id,
        campaign_id=claimed.campaign_id,
        entry_id=claimed.entry_id,
        customer_id=claimed.customer_id,
        person=claimed.person,
        status_id=status_id,
        note="talked",
    )


@pytest.mark.row("R-D1")
def test_a_pool_removed_under_an_agents_hands_lets_him_finish_and_gives_nobody_more(office: Backend):
    with office.database.transaction() as session:
        avi = add_user(session, "Avi", "agent")
        campaign = add_campaign(session, "Spring", avi)
        pool = add_pool(session, campaign, "Gone")
        add_entry(session, pool)
        add_entry(session, pool)
        done = add_entry(session, pool, state="done", blocked="FINAL")
        campaign_id, pool_id, version, status_id = (
            campaign.id,
            pool.id,
            pool.version,
            result(session, campaign, "Reached").id,
        )
        avi_id, done_id = avi.id, done.customer_id
    agent = Backend(office.database, actor=avi_id)
    claimed = agent.execute(next_customer, campaign_id)
    assert claimed is not None
    office.execute(pools.remove_pool, pool_id, version)
    assert office.execute(pools.list_pools, campaign_id) == ()
    finished = agent.execute(finish, _result(claimed, status_id))
    assert finished.was_held
    assert agent.execute(next_customer, campaign_id) is None
    assert set(states(office, pool_id).values()) == {("blocked", "POOL"), ("done", "FINAL")}
    assert states(office, pool_id)[done_id] == ("done", "FINAL")
    with pytest.raises(NotFound):
        office.execute(entries.add, pool_id, [claimed.customer_id])
    with office.database.transaction() as session:
        again = add_pool(session, session.get_one(Campaign, campaign_id)).id
    assert office.execute(entries.add, again, [claimed.customer_id]).count == 1


def test_entries_follow_the_customers_card(office: Backend):
    with office.database.transaction() as session:
        campaign = add_campaign(session)
        pool_id = add_pool(session, campaign).id
    made = office.execute(card.create, CustomerDraft("Rossi", ("abc",)))
    assert office.execute(entries.add, pool_id, [made.id]) == Added(count=1, without_number=1)
    saved = office.execute(card.save, made.id, made.version, CustomerDraft("Rossi", ("050-1234567",), language="he"))
    assert states(office, pool_id)[made.id][0] in ("ready", "waiting")
    with office.database.reading() as session:
        queued = session.scalars(select(QueuedCall)).one()
        entry = session.scalars(select(PoolEntry)).one()
        assert (queued.person, entry.person, queued.language) == ("+972501234567", "+972501234567", "he")
        assert session.get_one(Lane, queued.lane_id).zone == "Asia/Jerusalem"
    saved = office.execute(
        card.save, made.id, saved.version, CustomerDraft("Rossi", ("050-1234567",), time_zone="America/New_York")
    )
    with office.database.reading() as session:
        queued = session.scalars(select(QueuedCall)).one()
        assert session.get_one(Lane, queued.lane_id).zone == "America/New_York"
        assert session.scalar(select(func.count()).where(CallWindow.zone == "America/New_York"))
    office.execute(card.save, made.id, saved.version, CustomerDraft("Rossi", ()))
    assert states(office, pool_id) == {made.id: ("blocked", "NO_NUMBER")}


def test_entries_are_ranked_moved_and_taken_out(office: Backend):
    with office.database.transaction() as session:
        campaign = add_campaign(session, allows_several_relations=True)
        here, there = add_pool(session, campaign), add_pool(session, campaign)
        rossi = add_customer(session, "Rossi", "+972501111111")
        first, second = add_entry(session, here, rossi), add_entry(session, here)
        add_entry(session, there, rossi)
        ids, pool_ids = (first.id, second.id), (here.id, there.id)
    office.execute(entries.set_priority, ids, 0)
    assert {row.priority for row in office.execute(entry_list.page, pool_ids[0]).rows} == {0}
    moved = office.execute(entries.move, ids, pool_ids[1])
    assert (moved.count, moved.folded) == (1, 1)
    assert [row.id for row in office.execute(entry_list.page, pool_ids[0]).rows] == [ids[0]]
    assert office.execute(entries.remove, ids[:1]) == 1
    assert office.execute(entry_list.page, pool_ids[0]).rows == ()
    with pytest.raises(Refused):
        office.execute(entries.set_priority, ids, 4)


@pytest.mark.row("U41")
def test_the_list_of_a_pool_comes_by_pages_both_ways_and_is_searched(office: Backend):
    with office.database.transaction() as session:
        pool = add_pool(session, add_campaign(session))
        for number in range(25):
            add_entry(session, pool, add_customer(session, f"Levi {number:02}"))
        pool_id = pool.id
    start = office.execute(entry_list.page, pool_id, limit=10)
    assert ([row.name for row in start.rows][::9], start.has_after) == (["Levi 00", "Levi 09"], True)
    after = office.execute(entry_list.page, pool_id, after=start.rows[-1].customer_id, limit=10)
    assert after.rows[0].name == "Levi 10"
    end = office.execute(entry_list.page, pool_id, at_end=True, limit=10)
    assert (end.rows[-1].name, end.has_before, end.has_after) == ("Levi 24", True, False)
    back = office.execute(entry_list.page, pool_id, before=end.rows[0].customer_id, limit=10)
    assert back.rows[-1].name == "Levi 14"
    assert [row.name for row in office.execute(entry_list.page, pool_id, "levi 07").rows] == ["Levi 07"]
    assert office.execute(entry_list.page, pool_id, state="done").rows == ()
    assert len(office.execute(entry_list.page, pool_id, state="callable").rows) == 25


_FORMS = {
    "050-123 4567": "+972501234567",
    "+972 (0)52-1234567": "+972521234567",
    "\u200f054-\u200e1234567\u200f": "+972541234567",
    "0039 06 1234 5678": "+390612345678",
    "٠٥٥١٢٣٤٥٦٧": "+972551234567",
    "": None,
    "12345": None,
    "CALL-NOW-123": None,
    "+999 123456789": None,
}


def test_a_file_of_customers_goes_into_a_pool_whatever_its_numbers_look_like(office: Backend, tmp_path: Path):
    with office.database.transaction() as session:
        pool_id = add_pool(session, add_campaign(session)).id
    path = tmp_path / "people.csv"
    lines = [f"P{at},{number}" for at, number in enumerate(_FORMS)]
    path.write_text("\n".join(["name,phone", *lines, "Double,050.123.4567"]), encoding="utf-8")
    sheet = open_sheet(path)
    mapping = columns.guess(Kind.CUSTOMERS, sheet.headers)
    tried = office.execute(run_import, Kind.CUSTOMERS, sheet, mapping, dry_run=True, pool_id=pool_id)
    assert (tried.pooled, states(office, pool_id)) == (Pooled(9, 1, 4, 0), {})
    report = office.execute(run_import, Kind.CUSTOMERS, sheet, mapping, pool_id=pool_id)
    assert (report.added, report.pooled) == (10, Pooled(9, 1, 4, 0))
    with office.database.reading() as session:
        persons = list(session.scalars(select(PoolEntry.person).order_by(PoolEntry.customer_id)))
        assert persons == list(_FORMS.values())
        assert session.scalar(select(func.count()).select_from(CustomerPhone)) == 9
    assert office.execute(run_import, Kind.CUSTOMERS, sheet, mapping, pool_id=pool_id).pooled == Pooled(0, 10, 0, 0)
    with office.database.transaction() as session:
        session.get_one(Pool, pool_id).removed_at = session.scalars(select(PoolEntry.added_at)).first() + timedelta(1)
    path.write_text("name,phone\nNew,0507777777", encoding="utf-8")
    with pytest.raises(NotFound):
        office.execute(run_import, Kind.CUSTOMERS, open_sheet(path), mapping, pool_id=pool_id)
    with office.database.reading() as session:
        assert (
            session.scalar(select(func.count()).select_from(CustomerPhone).where(CustomerPhone.raw == "0507777777"))
            == 0
        )
