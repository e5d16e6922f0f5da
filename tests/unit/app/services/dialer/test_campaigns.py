"""Campaigns on both engines: their rules are kept, refused in words, copied, and followed by who works in them."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.backend import Backend
from app.db.database import Database
from app.domain.dialer.filtering import Filters
from app.domain.dialer.forms import FormDraft, FormField
from app.domain.dialer.hours import document_of
from app.domain.dialer.rules import RULES, CampaignDraft, Kind
from app.domain.dialer.statuses import StatusDraft
from app.domain.errors import Conflict, Incomplete, NotFound, Refused
from app.models.company import Company
from app.models.dialer import CallWindow, Campaign, CampaignUser
from app.models.people import User
from app.models.tickets import TicketType
from app.services.dialer.attempts import Result, finish, let_go
from app.services.dialer.campaigns import (
    borrowed_rules,
    campaign,
    close_campaign,
    copy_campaign,
    list_campaigns,
    mine,
    reopen,
    save,
)
from app.services.dialer.claiming import next_customer
from app.services.dialer.forms import delete_form, forms_of, list_forms, save_form, set_forms
from app.services.dialer.pauses import delete_pause, list_pauses, move_pause, offered_pauses, save_pause
from app.services.dialer.people import AgentChange, list_agents, save_agents
from app.services.dialer.preview import preview
from app.services.dialer.statuses import (
    StatusRow,
    delete_status,
    list_statuses,
    move_status,
    save_status,
)
from tests.kit.dial_factory import add_attempt, add_campaign, add_customer, add_entry, add_pool
from tests.kit.factory import add_group, add_site, add_user

SPRING = CampaignDraft("Spring")


class Shop:
    """A company with a manager, two agents and somebody who may not dial; the boss's own hands and the owner's."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
            boss, dana = add_user(session, "Boss", "manager"), add_user(session, "Dana", "agent")
            avi, tech = add_user(session, "Avi", "agent"), add_user(session, "Sami")
            add_group(session, "North", dana)
            self.boss, self.dana, self.avi, self.tech = boss.id, dana.id, avi.id, tech.id
            self.site = add_site(session, "Coast").id
        self.hands = Backend(database, actor=self.boss)

    def status(self, campaign_id: int, code: str) -> StatusRow:
        return next(row for row in self.hands.execute(list_statuses, campaign_id) if row.code == code)


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)


@pytest.mark.row("R-D6", "R-D7", "R-D8", "R-D9", "R-D10", "R-D11", "R-D12", "R-D14", "R-D16", "R-D17", "R-D18", "R-D25")
def test_every_rule_is_kept_for_its_campaign_alone(shop: Shop) -> None:
    turned = {
        rule.key: not getattr(SPRING, rule.key) if rule.kind is Kind.CHECK else rule.most
        for rule in RULES.values()
        if rule.kind not in (Kind.HOURS, Kind.FILTERS)
    }
    hours = {"days": {"0": [["09:00", "13:00"]]}, "eve": [], "holiday": []}
    draft = replace(SPRING, script="Good day", hours=hours, filters={"sites": [shop.site]}, **turned)
    other = shop.hands.execute(save, CampaignDraft("Autumn"))
    made = shop.hands.execute(save, SPRING)
    kept = shop.hands.execute(save, draft, campaign_id=made.id, version=made.version)
    assert kept.draft == shop.hands.execute(campaign, made.id).draft == draft
    assert shop.hands.execute(campaign, other.id).draft == CampaignDraft("Autumn")


def test_wrong_rules_are_refused_field_by_field_and_nothing_is_kept(shop: Shop) -> None:
    made = shop.hands.execute(save, SPRING)
    wrong = replace(SPRING, name="Other", lock_minutes=10081, daily_cap=-1)
    with pytest.raises(Incomplete) as refused:
        shop.hands.execute(save, wrong, campaign_id=made.id, version=made.version)
    assert set(refused.value.problems) == {"lock_minutes", "daily_cap"}
    with pytest.raises(Incomplete) as refused:
        shop.hands.execute(save, CampaignDraft("  sPRing "))
    assert set(refused.value.problems) == {"name"}
    assert [row.name for row in shop.hands.execute(list_campaigns)] == ["Spring"]
    assert shop.hands.execute(campaign, made.id).version == made.version


def test_two_managers_do_not_overwrite_each_other(shop: Shop) -> None:
    made = shop.hands.execute(save, SPRING)
    shop.hands.execute(save, replace(SPRING, lock_minutes=20), campaign_id=made.id, version=made.version)
    with pytest.raises(Conflict):
        shop.hands.execute(save, replace(SPRING, gap_minutes=5), campaign_id=made.id, version=made.version)
    assert shop.hands.execute(campaign, made.id).draft.lock_minutes == 20


@pytest.mark.parametrize("person", ["dana", "tech"])
def test_only_who_runs_campaigns_changes_them(shop: Shop, person: str) -> None:
    made = shop.hands.execute(save, SPRING)
    hands = Backend(shop.database, actor=getattr(shop, person))
    for service, *words in (
        (save, CampaignDraft("Mine")),
        (copy_campaign, made.id, "Mine"),
        (reopen, made.id, made.version),
        (close_campaign, made.id, made.version),
        (save_status, made.id, StatusDraft("Mine", "contact")),
        (save_form, FormDraft("Mine")),
        (set_forms, made.id, ()),
        (save_agents, made.id, ()),
        (save_pause, "Mine"),
    ):
        with pytest.raises(Refused, match="role"):
            hands.execute(service, *words)


@pytest.mark.row("U31")
def test_a_campaign_is_worked_in_from_its_start_to_its_end_by_its_people(shop: Shop) -> None:
    dana = Backend(shop.database, actor=shop.dana)
    made = shop.hands.execute(save, replace(SPRING, calls_automatically=True, wrap_up_seconds=15))
    shop.hands.execute(save_agents, made.id, [AgentChange(shop.dana, None, Filters())])
    assert dana.execute(mine) == ()
    started = shop.hands.execute(reopen, made.id, made.version)
    (choice,) = dana.execute(mine)
    assert (choice.id, choice.calls_automatically, choice.wrap_up_seconds) == (made.id, True, 15)
    assert Backend(shop.database, actor=shop.avi).execute(mine) == ()
    closed = shop.hands.execute(close_campaign, made.id, started.version)
    assert closed.closed_at is not None
    assert dana.execute(mine) == ()
    again = shop.hands.execute(reopen, made.id, closed.version)
    assert again.is_open
    assert again.opened_at == started.opened_at
    shop.hands.execute(save_agents, made.id, [AgentChange(shop.dana, Filters(), None)])
    assert dana.execute(mine) == ()


def test_a_copy_has_rules_results_forms_and_people_but_is_not_started(shop: Shop) -> None:
    made = shop.hands.execute(save, replace(SPRING, gap_minutes=7))
    busy = shop.status(made.id, "busy")
    own = shop.hands.execute(save_status, made.id, StatusDraft("Wants a visit", "success"))
    form = shop.hands.execute(save_form, FormDraft("House", (FormField("", "Size"),)))
    shop.hands.execute(set_forms, made.id, (form.id,))
    filters = Filters((0, busy.id, own.id))
    shop.hands.execute(save_agents, made.id, [AgentChange(shop.dana, None, filters)])
    shop.hands.execute(reopen, made.id, made.version)
    copy = shop.hands.execute(copy_campaign, made.id, " Spring again ")
    assert copy.draft == replace(SPRING, name="Spring again", gap_minutes=7)
    assert not copy.is_open
    results = shop.hands.execute(list_statuses, copy.id)
    assert [row.draft for row in results] == [row.draft for row in shop.hands.execute(list_statuses, made.id)]
    assert [row.name for row in shop.hands.execute(forms_of, copy.id)] == ["House"]
    dana = next(row for row in shop.hands.execute(list_agents, copy.id) if row.works)
    theirs = {row.id: row for row in results}
    assert dana.id == shop.dana
    assert {theirs[each].code or theirs[each].name for each in dana.filters.statuses if each} == {
        "busy",
        "Wants a visit",
    }
    with pytest.raises(Incomplete):
        shop.hands.execute(copy_campaign, made.id, "spring")


def test_rules_are_borrowed_with_the_results_of_the_same_name(shop: Shop) -> None:
    source, target = (shop.hands.execute(save, CampaignDraft(name)) for name in ("Spring", "Autumn"))
    busy, odd = (
        shop.status(source.id, "busy"),
        shop.hands.execute(save_status, source.id, StatusDraft("Odd", "contact")),
    )
    draft = replace(source.draft, lock_minutes=0, script="Theirs", filters={"statuses": [busy.id, odd.id]})
    shop.hands.execute(save, draft, campaign_id=source.id, version=source.version)
    borrowed = shop.hands.execute(borrowed_rules, target.id, source.id)
    own = shop.status(target.id, "busy")
    assert borrowed == replace(CampaignDraft("Autumn"), lock_minutes=0, filters={"statuses": [own.id]})
    with pytest.raises(NotFound):
        shop.hands.execute(borrowed_rules, target.id, 999)


# --- Results


@pytest.mark.row("R-D21")
def test_results_are_kept_in_order_with_what_becomes_of_the_customer(shop: Shop) -> None:
    with shop.database.transaction() as session:
        kind = TicketType(name="Boiler")
        session.add(kind)
        session.flush()
        type_id = kind.id
    made = shop.hands.execute(save, SPRING)
    rows = shop.hands.execute(list_statuses, made.id)
    assert "".join(row.key or "-" for row in rows) == "123456789"
    free = replace(rows[4].draft, key=None, is_active=False)
    shop.hands.execute(save_status, made.id, free, row_id=rows[4].id, version=rows[4].version)
    draft = StatusDraft("Wants a visit", "success", "5", "#C6A5E8", True, True, 60, 3, type_id)
    added = shop.hands.execute(save_status, made.id, draft)
    shop.hands.execute(move_status, added.id, up=True)
    rows = shop.hands.execute(list_statuses, made.id)
    assert [row.name for row in rows][-2:] == ["Wants a visit", None]
    assert rows[-2].draft == draft


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (StatusDraft("Another", "contact", "2"), "key"),
        (StatusDraft("Another", "contact", "x"), "key"),
        (StatusDraft("ODD", "contact"), "name"),
        (StatusDraft("", "contact"), "name"),
        (StatusDraft("Another", "contact", opens_type_id=999), "opens_type_id"),
        (StatusDraft("Another", "do_not_call"), "is_final"),
    ],
)
def test_a_wrong_result_is_refused_in_words(shop: Shop, draft: StatusDraft, field: str) -> None:
    made = shop.hands.execute(save, SPRING)
    shop.hands.execute(save_status, made.id, StatusDraft("Odd", "contact"))
    with pytest.raises(Incomplete) as refused:
        shop.hands.execute(save_status, made.id, draft)
    assert list(refused.value.problems) == [field]
    assert len(shop.hands.execute(list_statuses, made.id)) == 10


def test_another_campaign_may_give_the_same_key_and_name(shop: Shop) -> None:
    one, two = (shop.hands.execute(save, CampaignDraft(name)) for name in ("Spring", "Autumn"))
    for made in (one, two):
        shop.hands.execute(save_status, made.id, StatusDraft("Odd", "contact"))
    assert len(shop.hands.execute(list_statuses, two.id)) == 10


def test_what_a_built_in_result_means_stays_and_its_name_may_change(shop: Shop) -> None:
    made = shop.hands.execute(save, SPRING)
    busy = shop.status(made.id, "busy")
    with pytest.raises(Refused) as refused:
        shop.hands.execute(
            save_status, made.id, replace(busy.draft, outcome="success"), row_id=busy.id, version=busy.version
        )
    assert refused.value.code == "OUTCOME"
    named = replace(busy.draft, name="Engaged")
    assert shop.hands.execute(save_status, made.id, named, row_id=busy.id, version=busy.version).name == "Engaged"


def test_a_result_that_calls_have_is_not_deleted_and_the_last_one_stays(shop: Shop) -> None:
    with shop.database.transaction() as session:
        made = add_campaign(session, "Spring")
        entry = add_entry(session, add_pool(session, made))
        add_attempt(session, session.get_one(User, shop.dana), entry)
        campaign_id = made.id
    rows = shop.hands.execute(list_statuses, campaign_id)
    given = next(row for row in rows if row.name == "No answer")
    with pytest.raises(Refused) as refused:
        shop.hands.execute(delete_status, given.id, given.version)
    assert refused.value.code == "USED"
    for row in rows:
        if row.id != given.id:
            shop.hands.execute(delete_status, row.id, row.version)
    out = replace(given.draft, is_active=False)
    with pytest.raises(Refused) as refused:
        shop.hands.execute(save_status, campaign_id, out, row_id=given.id, version=given.version)
    assert refused.value.code == "LAST"


# --- Forms


@pytest.mark.row("R-D22")
def test_the_forms_of_a_campaign_stand_in_their_order(shop: Shop) -> None:
    one, two = (shop.hands.execute(save, CampaignDraft(name)) for name in ("Spring", "Autumn"))
    house = shop.hands.execute(save_form, FormDraft("House", (FormField("", "Roof", "choice", ("flat", "steep")),)))
    cars = shop.hands.execute(save_form, FormDraft("Cars"))
    shop.hands.execute(set_forms, one.id, (house.id, cars.id))
    shop.hands.execute(set_forms, one.id, (cars.id, house.id))
    shop.hands.execute(set_forms, two.id, (house.id,))
    assert [row.name for row in shop.hands.execute(forms_of, one.id)] == ["Cars", "House"]
    assert {row.name: row.campaigns for row in shop.hands.execute(list_forms)} == {
        "Cars": ("Spring",),
        "House": ("Autumn", "Spring"),
    }
    with pytest.raises(Refused) as refused:
        shop.hands.execute(delete_form, house.id, house.version)
    assert refused.value.code == "USED"
    with pytest.raises(NotFound):
        shop.hands.execute(set_forms, one.id, (house.id, 999))
    shop.hands.execute(set_forms, one.id, ())
    shop.hands.execute(delete_form, cars.id, cars.version)
    with pytest.raises(Incomplete) as wrong:
        shop.hands.execute(save_form, FormDraft("HOUSE"))
    assert list(wrong.value.problems) == ["name"]


def test_a_form_keeps_the_keys_its_answers_go_by(shop: Shop) -> None:
    made = shop.hands.execute(save_form, FormDraft("House", (FormField("", "Size"), FormField("", "Roof"))))
    size, roof = made.fields
    changed = FormDraft("House", (replace(roof, label="Roofing"), FormField("", "Garden", "check")))
    kept = shop.hands.execute(save_form, changed, row_id=made.id, version=made.version)
    assert [each.key for each in kept.fields] == [roof.key, "f3"]
    assert size.key == "f1"
    with pytest.raises(Conflict):
        shop.hands.execute(save_form, changed, row_id=made.id, version=made.version)


# --- People


@pytest.mark.row("R-D13")
def test_a_manager_gives_each_agent_his_filters(shop: Shop) -> None:
    made = shop.hands.execute(save, SPRING)
    filters = Filters((0,), (shop.site,), ("he",))
    rows = shop.hands.execute(save_agents, made.id, [AgentChange(shop.dana, None, filters)])
    assert [(row.name, row.groups, row.works) for row in rows] == [
        ("Avi", (), False),
        ("Boss", (), False),
        ("Dana", ("North",), True),
    ]
    with shop.database.reading() as session:
        kept = session.scalars(select(CampaignUser.filters)).one()
    assert kept == {"statuses": [0], "sites": [shop.site], "languages": ["he"]}
    with pytest.raises(Conflict):
        shop.hands.execute(save_agents, made.id, [AgentChange(shop.dana, Filters(), None)])
    rows = shop.hands.execute(save_agents, made.id, [AgentChange(shop.dana, filters, None)])
    assert not any(row.works for row in rows)


def test_nobody_is_put_to_work_who_may_not_dial(shop: Shop) -> None:
    made = shop.hands.execute(save, SPRING)
    with pytest.raises(Refused) as refused:
        shop.hands.execute(save_agents, made.id, [AgentChange(shop.tech, None, Filters())])
    assert refused.value.code == "MAY_NOT_DIAL"
    upside_down = Filters(
        added_from=datetime(2026, 5, 2, tzinfo=UTC).date(), added_to=datetime(2026, 5, 1, tzinfo=UTC).date()
    )
    with pytest.raises(Refused) as refused:
        shop.hands.execute(save_agents, made.id, [AgentChange(shop.dana, None, upside_down)])
    assert refused.value.code == "FILTERS"


# --- Pauses


def test_reasons_for_a_pause_are_the_companys_own(shop: Shop) -> None:
    built_in = shop.hands.execute(list_pauses)
    made = shop.hands.execute(save_pause, " School  run ")
    assert made.name == "School run"
    with pytest.raises(Refused):
        shop.hands.execute(save_pause, "school run")
    with pytest.raises(Refused):
        shop.hands.execute(save_pause, "  ")
    shop.hands.execute(move_pause, made.id, up=True)
    assert [row.id for row in shop.hands.execute(list_pauses)][-2:] == [made.id, built_in[-1].id]
    lunch = next(row for row in built_in if row.code == "lunch")
    with pytest.raises(Refused) as refused:
        shop.hands.execute(delete_pause, lunch.id, lunch.version)
    assert refused.value.code == "BUILT_IN"
    now = next(row for row in shop.hands.execute(list_pauses) if row.code == "lunch")
    shop.hands.execute(save_pause, None, is_active=False, row_id=now.id, version=now.version)
    assert lunch.id not in {row.id for row in shop.hands.execute(offered_pauses)}
    own = next(row for row in shop.hands.execute(list_pauses) if row.id == made.id)
    shop.hands.execute(delete_pause, own.id, own.version)
    assert len(shop.hands.execute(list_pauses)) == len(built_in)


def test_the_last_reason_stays_in_use(shop: Shop) -> None:
    for row in shop.hands.execute(list_pauses)[1:]:
        shop.hands.execute(save_pause, None, is_active=False, row_id=row.id, version=row.version)
    (last,) = shop.hands.execute(offered_pauses)
    with pytest.raises(Refused) as refused:
        shop.hands.execute(save_pause, None, is_active=False, row_id=last.id, version=last.version)
    assert refused.value.code == "LAST"


def test_no_campaign_starts_without_a_result(shop: Shop) -> None:
    with shop.database.transaction() as session:
        bare = Campaign(name="Bare")
        session.add(bare)
        session.flush()
        number, version = bare.id, bare.version
    with pytest.raises(Refused) as refused:
        shop.hands.execute(reopen, number, version)
    assert refused.value.code == "NO_RESULTS"


# --- Leaving


@pytest.mark.row("U31")
@pytest.mark.parametrize("way", ["closed", "left"])
def test_who_has_a_customer_finishes_and_gets_nobody_new(shop: Shop, way: str) -> None:
    with shop.database.transaction() as session:
        made = add_campaign(session, "Spring", session.get_one(User, shop.dana), lock_minutes=0)
        pool = add_pool(session, made)
        for _number in range(2):
            add_entry(session, pool)
        number, version = made.id, made.version
    dana = Backend(shop.database, actor=shop.dana)
    claimed = dana.execute(next_customer, number)
    assert claimed is not None
    if way == "closed":
        shop.hands.execute(close_campaign, number, version)
    else:
        shop.hands.execute(save_agents, number, [AgentChange(shop.dana, Filters(), None)])
    given = next(row for row in shop.hands.execute(list_statuses, number) if row.name == "Reached")
    result = Result(claimed.request_id, number, claimed.customer_id, claimed.person, claimed.entry_id, given.id)
    finished = dana.execute(finish, result)
    assert finished.was_held
    with pytest.raises(Refused) as refused:
        dana.execute(next_customer, number)
    assert refused.value.code == {"closed": "CAMPAIGN_CLOSED", "left": "NOT_IN_CAMPAIGN"}[way]


@pytest.mark.row("R-D13", "R-D25", "U37")
def test_saved_rules_decide_at_once_who_is_given(shop: Shop) -> None:
    with shop.database.transaction() as session:
        made = add_campaign(session, "Spring", session.get_one(User, shop.dana), lock_minutes=0)
        pool = add_pool(session, made)
        entries = [add_entry(session, pool, add_customer(session, language=each)) for each in ("he", "it")]
        number, italian = made.id, entries[1].customer_id
    dana = Backend(shop.database, actor=shop.dana)
    card = shop.hands.execute(campaign, number)
    only = replace(card.draft, filters={"languages": ["it"]})
    assert shop.hands.execute(preview, number, only).callable == 1
    saved = shop.hands.execute(save, only, campaign_id=number, version=card.version)
    claimed = dana.execute(next_customer, number)
    assert claimed is not None
    assert claimed.customer_id == italian
    dana.execute(let_go, claimed.request_id)
    strict = replace(only, needs_consent=True)
    shop.hands.execute(save, strict, campaign_id=number, version=saved.version)
    assert dana.execute(next_customer, number) is None
    told = shop.hands.execute(preview, number, strict)
    assert (told.total, told.callable, dict(told.blocked)) == (2, 0, {"NO_CONSENT": 2})


def test_new_hours_are_laid_out_for_the_zones_of_the_customers(shop: Shop) -> None:
    with shop.database.transaction() as session:
        made = add_campaign(session, "Spring")
        add_entry(session, add_pool(session, made), zone="Europe/Rome")
        number, version = made.id, made.version
    draft = shop.hands.execute(campaign, number).draft
    hours = document_of({"2": [("10:00", "12:00")]})
    shop.hands.execute(save, replace(draft, hours=hours), campaign_id=number, version=version)
    with shop.database.reading() as session:
        windows = session.scalars(select(CallWindow).where(CallWindow.campaign_id == number)).all()
    assert {each.zone for each in windows} == {"Asia/Jerusalem", "Europe/Rome"}
    local = {(there := each.opens_at.astimezone(ZoneInfo(each.zone))).weekday() + there.hour / 100 for each in windows}
    assert local == {2.1}
