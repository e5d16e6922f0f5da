"""The report of attempts, the file for the inspector, and the results in sums: rows of `call_attempts`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.dialer.desk_states import KINDS
from app.domain.dialer.standing import WORDS, Law, Person, standing
from app.domain.dialer.statuses import OUTCOMES, call_status_name
from app.domain.words import N_, message
from app.models.customers import Customer
from app.models.dialer import (
    CallAttempt,
    CallStatus,
    Campaign,
    Consent,
    DoNotCall,
    Pool,
    PoolEntry,
    RegisterBatch,
    RegisterCheck,
    RegisterRule,
)
from app.models.people import User
from app.services.dialer.asked import Asked, users_of
from app.services.dialer.days import company_zone, edges, millis_of
from app.services.dialer.report_rows import Extent, Row

_DAY = 86_400_000

attempt_pool = func.coalesce(
    CallAttempt.pool_id,
    select(PoolEntry.pool_id).where(PoolEntry.id == CallAttempt.entry_id).correlate(CallAttempt).scalar_subquery(),
)
"""The pool an attempt was made from: as written with it, else where its entry is."""
joined_pool = func.coalesce(CallAttempt.pool_id, PoolEntry.pool_id)
"""The same for questions about many attempts, which join their entries."""


def _days(session: Session, asked: Asked) -> list[Any]:
    zone = company_zone(session)
    wanted: list[Any] = []
    if asked.first is not None:
        wanted.append(CallAttempt.finished_at >= edges(asked.first, zone)[0])
    if asked.last is not None:
        wanted.append(CallAttempt.finished_at < edges(asked.last, zone)[1])
    return wanted


def _by_index(session: Session, asked: Asked) -> list[Any]:
    """The rows asked for, found by campaign and time or by user and time."""
    wanted = _days(session, asked)
    if asked.campaign_id is not None:
        wanted.append(CallAttempt.campaign_id == asked.campaign_id)
    if asked.campaign_id is None or asked.user_id is not None or asked.group_id is not None:
        wanted.append(CallAttempt.user_id.in_(users_of(asked)))
    if asked.pool_id is not None:
        wanted.append(attempt_pool == asked.pool_id)
    return wanted


def _by_key(session: Session, asked: Asked, extent: Extent) -> list[Any]:
    """The same rows, read along the key: a sum instead of a bare column keeps the engines off the other indexes,
    through which every page would be sorted anew.
    """
    wanted = [CallAttempt.id >= extent.first, CallAttempt.id <= extent.last, *_days(session, asked)]
    if asked.campaign_id is not None:
        wanted.append(CallAttempt.campaign_id + 0 == asked.campaign_id)
    if asked.user_id is not None:
        wanted.append(CallAttempt.user_id + 0 == asked.user_id)
    if asked.group_id is not None:
        wanted.append((CallAttempt.user_id + 0).in_(users_of(asked)))
    if asked.pool_id is not None:
        wanted.append(attempt_pool == asked.pool_id)
    return wanted


_DIALLED = (CallAttempt.dialled_at.is_not(None), CallAttempt.person.is_not(None), CallAttempt.kind != "inbound")


def extent(session: Session, asked: Asked, *, dialled: bool = False) -> Extent:
    """How many attempts were asked for, and their first and last key."""
    found = select(func.count(), func.min(CallAttempt.id), func.max(CallAttempt.id)).where(*_by_index(session, asked))
    row: Any = session.execute(found.where(*_DIALLED) if dialled else found).one()
    count, first, last = row
    return Extent(count, first or 0, last if last is not None else -1)


def _paged(found: Select[Any], after: int | None, limit: int, *, ascending: bool) -> Select[Any]:
    if after is not None:
        found = found.where(CallAttempt.id > after if ascending else CallAttempt.id < after)
    return found.order_by(CallAttempt.id if ascending else CallAttempt.id.desc()).limit(limit)


# --- Attempts


def attempts(
    session: Session, asked: Asked, within: Extent, after: int | None, limit: int, *, ascending: bool
) -> list[Row]:
    """Every attempt with its author, its result and its note."""
    callback_user = aliased(User)
    found: Any = (
        select(
            CallAttempt.id, CallAttempt.finished_at, User.name, Campaign.name, Pool.name, Customer.name,
            CallAttempt.person, CallAttempt.kind, CallStatus.code, CallStatus.name, CallAttempt.note,
            CallAttempt.dialled_at, CallAttempt.answered_at, CallAttempt.hung_up_at, CallAttempt.callback_at,
            callback_user.name, CallAttempt.answers,
        )
        .outerjoin(User, User.id == CallAttempt.user_id)
        .outerjoin(Campaign, Campaign.id == CallAttempt.campaign_id)
        .outerjoin(Pool, Pool.id == attempt_pool)
        .outerjoin(Customer, Customer.id == CallAttempt.customer_id)
        .outerjoin(CallStatus, CallStatus.id == CallAttempt.status_id)
        .outerjoin(callback_user, callback_user.id == CallAttempt.callback_user_id)
        .where(*_by_key(session, asked, within))
    )  # fmt: skip
    rows = session.execute(_paged(found, after, limit, ascending=ascending))
    return [_attempt(*row) for row in rows]


def _attempt(number: int, finished_at: datetime, agent: str | None, *rest: Any) -> Row:
    campaign, pool, customer, person, kind, code, name, note, dialled, answered, hung_up, callback, who, answers = rest
    talked = (hung_up - answered).total_seconds() if answered and hung_up else None
    cells = (
        finished_at, agent, campaign, pool, customer, person, KINDS[kind], call_status_name(code, name), note, dialled,
        None if talked is None else max(0, round(talked)), callback, who, _told(answers),
    )  # fmt: skip
    return Row(number, number, cells)


def _told(answers: dict[str, Any]) -> str:
    return "; ".join(f"{key}: {value}" for key, value in answers.items() if value not in (None, ""))


# --- Results


def results(session: Session, asked: Asked) -> list[Row]:
    """How often each result was given, by campaign, pool and agent, and its share of that agent's calls there."""
    counted = (
        select(
            CallAttempt.campaign_id,
            joined_pool.label("pool_id"),
            CallAttempt.user_id,
            CallAttempt.status_id,
            func.count().label("count"),
        )
        .outerjoin(PoolEntry, PoolEntry.id == CallAttempt.entry_id)
        .where(*_by_index(session, asked), CallAttempt.kind == "call")
        .group_by(CallAttempt.campaign_id, joined_pool, CallAttempt.user_id, CallAttempt.status_id)
        .subquery()
    )
    found = (
        select(
            counted.c.campaign_id, counted.c.pool_id, counted.c.user_id, Campaign.name, Pool.name, User.name,
            CallStatus.code, CallStatus.name, CallStatus.outcome, counted.c.count,
        )
        .outerjoin(Campaign, Campaign.id == counted.c.campaign_id)
        .outerjoin(Pool, Pool.id == counted.c.pool_id)
        .outerjoin(User, User.id == counted.c.user_id)
        .outerjoin(CallStatus, CallStatus.id == counted.c.status_id)
        .order_by(Campaign.name, Pool.name, User.name, counted.c.user_id, CallStatus.position, CallStatus.id)
    )  # fmt: skip
    rows = [tuple(row) for row in session.execute(found)]
    totals: dict[tuple[Any, ...], int] = {}
    for row in rows:
        totals[row[:3]] = totals.get(row[:3], 0) + row[-1]
    return [
        Row(
            number,
            number,
            (*row[3:6], call_status_name(row[6], row[7]), OUTCOMES.get(row[8]), row[9], 100 * row[9] / totals[row[:3]]),
        )
        for number, row in enumerate(rows)
    ]


# --- The file for the inspector


def dialled(
    session: Session, asked: Asked, within: Extent, after: int | None, limit: int, *, ascending: bool,
    only_wrong: bool = False,
) -> list[Row]:  # fmt: skip
    """Each dialled number: when, by whom, and the newest check, consent and wish that stood at that moment."""
    rules = {row.prefix: row.days for row in session.execute(select(RegisterRule.prefix, RegisterRule.days))}
    found = _law().where(*_by_key(session, asked, within), *_DIALLED)
    if only_wrong:
        known = found.subquery()
        # The same judgement in the database's words, to read past what is in order.
        wrong = select(known.c.id).where(_is_wrong(session, known.c, rules))
        wrong = wrong.where(known.c.id > after if ascending else known.c.id < after) if after is not None else wrong
        wrong = wrong.order_by(known.c.id if ascending else known.c.id.desc()).limit(limit)
        found, after = _law().where(CallAttempt.id.in_(session.scalars(wrong).all())), None
    rows = session.execute(_paged(found, after, limit, ascending=ascending)).all()
    wishes = _by_id(session, DoNotCall, [row.wish for row in rows])
    consents = _by_id(session, Consent, [row.consent for row in rows])
    return [_call(row, wishes.get(row.wish), consents.get(row.consent), rules) for row in rows]


def _law() -> Select[Any]:
    at, person = CallAttempt.dialled_at, CallAttempt.person
    earlier = aliased(CallAttempt)

    def check(column: Any) -> Any:
        # Known when it was dialled: the register had been asked, and its answer read in.
        return (
            select(column)
            .join(RegisterBatch, RegisterBatch.id == RegisterCheck.batch_id)
            .where(RegisterCheck.person == person, RegisterCheck.checked_at <= at, RegisterBatch.read_at <= at)
            .order_by(RegisterCheck.checked_at.desc(), RegisterCheck.id.desc())
            .limit(1)
            .correlate(CallAttempt)
            .scalar_subquery()
        )

    consent = (
        select(Consent.id)
        .where(
            Consent.person == person,
            Consent.given_at <= at,
            Consent.expires_at > at,
            or_(Consent.withdrawn_at.is_(None), Consent.withdrawn_at > at),
        )
        .order_by(Consent.expires_at.desc(), Consent.id.desc())
        .limit(1)
        .correlate(CallAttempt)
        .scalar_subquery()
    )
    wish = (
        select(DoNotCall.id)
        .where(
            DoNotCall.person == person,
            DoNotCall.at <= at,
            or_(DoNotCall.lifted_at.is_(None), DoNotCall.lifted_at > at),
            or_(DoNotCall.campaign_id.is_(None), DoNotCall.campaign_id == CallAttempt.campaign_id),
        )
        .order_by(DoNotCall.at, DoNotCall.id)
        .limit(1)
        .correlate(CallAttempt)
        .scalar_subquery()
    )
    promised = (
        select(earlier.callback_at)
        .where(
            earlier.customer_id == CallAttempt.customer_id,
            earlier.entry_id == CallAttempt.entry_id,
            earlier.kind.in_(("call", "inbound")),
            earlier.finished_at <= at,
            earlier.id != CallAttempt.id,
        )
        .order_by(earlier.finished_at.desc())
        .limit(1)
        .correlate(CallAttempt)
        .scalar_subquery()
    )
    return (
        select(
            CallAttempt.id, person, at, Campaign.checks_register, Campaign.needs_consent,
            check(RegisterCheck.checked_at).label("checked_at"), check(RegisterCheck.is_listed).label("is_listed"),
            consent.label("consent"), wish.label("wish"), promised.label("promised"),
            User.name.label("agent"), Campaign.name.label("campaign"), Customer.name.label("customer"),
        )
        .outerjoin(User, User.id == CallAttempt.user_id)
        .outerjoin(Campaign, Campaign.id == CallAttempt.campaign_id)
        .outerjoin(Customer, Customer.id == CallAttempt.customer_id)
    )  # fmt: skip


def _is_wrong(session: Session, call: Any, rules: Mapping[str, int]) -> ColumnElement[bool]:
    longest = sorted(rules, key=len, reverse=True)
    valid: Any = literal(None)
    if longest:
        valid = case(*((call.person.startswith(prefix), rules[prefix] * _DAY) for prefix in longest), else_=None)
    is_old = or_(
        call.checked_at.is_(None),
        millis_of(session, call.checked_at) + valid <= millis_of(session, call.dialled_at),
        call.is_listed,
    )
    is_asked = and_(call.checks_register, call.promised.is_(None), call.consent.is_(None), valid.is_not(None))
    return or_(call.wish.is_not(None), and_(call.needs_consent, call.consent.is_(None)), and_(is_asked, is_old))


def _by_id(session: Session, model: Any, wanted: Sequence[int | None]) -> dict[int | None, Any]:
    numbers = {each for each in wanted if each is not None}
    return {row.id: row for row in session.scalars(select(model).where(model.id.in_(numbers)))} if numbers else {}


def _call(row: Any, wish: Any, consent: Any, rules: Mapping[str, int]) -> Row:
    is_promised = row.promised is not None
    person = Person(
        row.person,
        is_refused=wish is not None,
        register_checked_at=row.checked_at,
        is_registered=bool(row.is_listed),
        consent_until=consent and consent.expires_at,
    )
    law = Law(bool(row.checks_register), bool(row.needs_consent), registers=rules)
    found = standing(person, law, at=row.dialled_at, is_callback=is_promised).code
    listed = None if row.checked_at is None else _YES if row.is_listed else _NO
    cells = (
        row.dialled_at, row.person, WORDS[found] if found else None, row.customer, row.agent, row.campaign,
        row.checked_at, listed,
        consent and consent.source, consent and consent.given_at, consent and consent.expires_at,
        wish and wish.at, _YES if is_promised else _NO,
    )  # fmt: skip
    return Row(row.id, row.id, cells, is_wrong=found is not None)


_YES, _NO = message(N_("Yes")), message(N_("No"))
