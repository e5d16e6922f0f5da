"""May somebody be called: the rule in Python, the function of PostgreSQL and the statement over all rows agree."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from app.db.database import Database
from app.domain.dialer.filters import passes
from app.domain.dialer.standing import REFUSALS, WORDS, Block, Law, Person, standing
from app.models.dialer import CallPerson, Campaign, Consent, DoNotCall, QueuedCall, RegisterBatch, RegisterCheck
from app.services.dialer.standing import counts, settle
from tests.kit.dial_floor import Floor, moment, open_floor

AT = datetime(2031, 3, 5, 12, 0, tzinfo=UTC)
_around = st.one_of(
    st.none(), st.integers(-40 * 24, 40 * 24).map(lambda hours: AT + timedelta(hours=hours)), st.just(AT)
)  # fmt: skip
_people = st.builds(
    Person,
    st.sampled_from([None, "+972501111111", "+390212345678", "+12125550100"]),
    last_call_at=_around,
    calls_today=st.integers(0, 5),
    day_ends_at=_around,
    is_refused=st.booleans(),
    register_checked_at=_around,
    is_registered=st.booleans(),
    consent_until=_around,
)
_laws = st.builds(
    Law,
    st.booleans(),
    st.booleans(),
    st.sampled_from([0, 30, 120]),
    st.integers(0, 4),
    st.just({"+972": 15, "+39": 15}),
)


@pytest.mark.row("F8")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(person=_people, law=_laws, is_callback=st.booleans())
def test_postgresql_judges_as_the_rule_does(
    postgresql_url: str, person: Person, law: Law, *, is_callback: bool
) -> None:
    database = _database(postgresql_url)
    expected = standing(person, law, at=AT, is_callback=is_callback)
    with database.transaction() as session:
        session.execute(delete(CallPerson))
        if person.number:
            session.add(_known(person))
            session.flush()
        found = session.execute(
            text("SELECT code, free_at FROM dial_standing(:p, 1, :checks, :consents, :gap, :cap, :callback, :at)"),
            {
                "p": person.number, "checks": law.checks_register, "consents": law.needs_consent,
                "gap": law.gap_minutes, "cap": law.daily_cap, "callback": is_callback, "at": AT,
            },
        ).one()  # fmt: skip
        session.rollback()
    assert (found.code, found.free_at) == (expected.code, expected.free_at)


_open: dict[str, Database] = {}


def _database(url: str) -> Database:
    """One connection for all examples of a test."""
    return _open.setdefault(url, Database(url))


@pytest.fixture(autouse=True)
def _closed() -> Any:
    yield
    while _open:
        _open.popitem()[1].close()


def _known(person: Person) -> CallPerson:
    return CallPerson(
        person=person.number, last_call_at=person.last_call_at, calls_today=person.calls_today,
        day_ends_at=person.day_ends_at, is_refused=person.is_refused, register_checked_at=person.register_checked_at,
        is_registered=person.is_registered, consent_until=person.consent_until,
    )  # fmt: skip


def test_every_reason_has_its_words() -> None:
    assert set(WORDS) == set(Block)
    assert {"NOTE", "LEASE", "CAMPAIGN_CLOSED", "NOT_IN_CAMPAIGN", "SEVERAL"} <= set(REFUSALS)


@pytest.fixture
def floor(database: Database) -> Floor:
    return open_floor(database, checks_register=True)


@dataclass
class _Changed:
    """The rules of a campaign as somebody is about to save them."""

    checks_register: bool = True
    needs_consent: bool = False
    gap_minutes: int = 0
    daily_cap: int = 0
    filters: dict[str, Any] = field(default_factory=dict)
    hours: dict[str, Any] = field(
        default_factory=lambda: {"days": {str(day): [["00:00", "24:00"]] for day in range(7)}}
    )


def _check(floor: Floor, phone: str, *, days: int = 1, listed: bool = False) -> None:
    with floor.session() as session:
        batch = RegisterBatch(country="IL", name="answer.csv", checked_at=moment(days=days), read_at=moment())
        session.add(batch)
        session.flush()
        session.add(
            RegisterCheck(batch_id=batch.id, person=phone, checked_at=moment(days=days), is_listed=listed)
        )  # fmt: skip


@pytest.mark.row("F8")
def test_the_register_is_asked_in_the_claim_itself(floor: Floor) -> None:
    for name, phone in (("Never", "1"), ("Old", "2"), ("Listed", "3"), ("Free", "4"), ("Agreed", "5")):
        floor.add(name, f"+97250111111{phone}")
    _check(floor, "+972501111112", days=16)
    _check(floor, "+972501111113", listed=True)
    _check(floor, "+972501111114", days=14)
    _check(floor, "+972501111115", listed=True)
    with floor.session() as session:
        session.add(
            Consent(person="+972501111115", source="by mail", given_at=moment(days=1), expires_at=moment(days=-9))
        )
    assert [floor.got("anna") for _ in range(3)] == ["Free", "Agreed", None]
    assert {name: floor.place(name).blocked for name in ("Never", "Old", "Listed")} == {
        "Never": "REGISTER_OLD", "Old": "REGISTER_OLD", "Listed": "REGISTERED",
    }  # fmt: skip


@pytest.mark.row("F8")
def test_an_older_answer_of_the_register_does_not_overrule_a_newer(floor: Floor) -> None:
    floor.add("Rossi", "+972501111111")
    _check(floor, "+972501111111", days=1, listed=True)
    _check(floor, "+972501111111", days=3, listed=False)
    assert floor.next("anna") is None


@pytest.mark.row("F8")
def test_a_consent_that_ended_or_was_withdrawn_holds_no_more(floor: Floor) -> None:
    floor.rules(checks_register=False, needs_consent=True)
    for name, phone in (("None", "1"), ("Ended", "2"), ("Withdrawn", "3"), ("Valid", "4")):
        floor.add(name, f"+97250111111{phone}")
    with floor.session() as session:
        for phone, ends in (("2", 1), ("3", -9), ("4", -9)):
            session.add(
                Consent(
                    person=f"+97250111111{phone}", source="form", given_at=moment(days=30), expires_at=moment(days=ends)
                )
            )
    with floor.session() as session:
        session.execute(update(Consent).where(Consent.person == "+972501111113").values(withdrawn_at=moment()))
    assert [floor.got("anna") for _ in range(2)] == ["Valid", None]


@pytest.mark.row("U37", "F10")
def test_rules_that_are_not_saved_show_what_they_would_do(floor: Floor) -> None:
    for number in range(4):
        floor.add(f"Customer {number}", f"+97250111111{number}")
    _check(floor, "+972501111110")
    with floor.database.reading() as session:
        assert dict(counts(session, floor.campaign_id, _Changed()).blocked) == {"REGISTER_OLD": 3}
        relaxed = counts(session, floor.campaign_id, _Changed(checks_register=False))
        closed = counts(session, floor.campaign_id, _Changed(checks_register=False, hours={"days": {}}))
    assert (relaxed.total, relaxed.callable) == (4, 4)
    assert dict(closed.blocked) == {"HOURS": 4}
    assert floor.place("Customer 1").state == "ready"


@pytest.mark.row("F8", "R-D13")
def test_settling_blocks_and_frees_as_the_rules_say(floor: Floor) -> None:
    for number in range(3):
        floor.add(f"Customer {number}", f"+97250111111{number}", customer={"language": "it" if number else "he"})
    with floor.session() as session:
        assert settle(session, floor.campaign_id) == 3
    for number in range(3):
        _check(floor, f"+97250111111{number}")
    with floor.session() as session:
        session.execute(update(Campaign).values(filters={"languages": ["it"]}))
        settle(session, floor.campaign_id)
    with floor.database.reading() as session:
        found = {row.id: row.blocked for row in session.scalars(select(QueuedCall))}
    assert list(found.values()) == ["FILTERED", None, None]
    assert {floor.got("anna"), floor.got("ben")} == {"Customer 1", "Customer 2"}


@pytest.mark.row("U36")
def test_settling_of_one_person_leaves_the_others_alone(floor: Floor) -> None:
    floor.rules(checks_register=False)
    floor.add("Rossi", "+972501111111", state="blocked", blocked="REGISTERED")
    floor.add("Levi", "+972502222222", state="blocked", blocked="REGISTERED")
    with floor.session() as session:
        assert settle(session, persons=["+972501111111"]) == 1
    assert (floor.place("Rossi").state, floor.place("Levi").state) == ("waiting", "blocked")


_filters = st.fixed_dictionaries(
    {},
    optional={
        "statuses": st.lists(st.integers(0, 3), max_size=3),
        "sites": st.lists(st.integers(0, 2), max_size=2),
        "languages": st.lists(st.sampled_from(["", "he", "it"]), max_size=2),
        "added_from": st.dates(AT.date() - timedelta(3), AT.date() + timedelta(3)).map(str),
        "added_to": st.dates(AT.date() - timedelta(3), AT.date() + timedelta(3)).map(str),
    },
)


@pytest.mark.row("R-D12", "R-D13")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    filters=_filters,
    status=st.one_of(st.none(), st.integers(1, 3)),
    site=st.one_of(st.none(), st.integers(1, 2)),
    language=st.sampled_from([None, "he", "it"]),
    added=st.integers(-72, 72).map(lambda hours: AT + timedelta(hours=hours)),
)
def test_filters_mean_the_same_to_postgresql(
    postgresql_url: str, filters: dict[str, Any], status: int | None, site: int | None, language: str | None,
    added: datetime,
) -> None:  # fmt: skip
    import json

    with _database(postgresql_url).reading() as session:
        found = session.scalar(
            text("SELECT passes(CAST(:f AS jsonb), :status, :site, :language, :added)"),
            {"f": json.dumps(filters), "status": status, "site": site, "language": language, "added": added},
        )
    assert found == passes(filters, status, site, language, added)


def test_a_whole_stretch_that_ran_out_does_not_keep_the_next_from_coming(floor: Floor) -> None:
    for number in range(60):
        floor.add(f"Old {number:02}", f"+9725011111{number:02}")
    floor.add("Abroad", "+12125550100", priority=3)
    assert floor.got("anna") == "Abroad"


def test_a_wish_for_one_campaign_holds_there_alone(floor: Floor) -> None:
    floor.rules(checks_register=False)
    floor.add("Rossi", "+972501111111")
    with floor.session() as session:
        session.add(DoNotCall(person="+972501111111", campaign_id=floor.campaign_id, at=moment(), source="by_hand"))
        known = session.scalars(select(CallPerson)).one_or_none()
        assert known is None or not known.is_refused
    assert floor.next("anna") is None
