"""Pools: where the customers of a campaign come from, in what order, and who works on which."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.domain.errors import NotFound, Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.base import table_of
from app.models.dialer import Campaign, CampaignUser, Lane, Pool, PoolUser, QueuedCall
from app.models.people import User
from app.services.context import actor, now, reads, require, writes
from app.services.saving import cleaned, refuse_double, seen, tell, wrong

_POOL_USERS = table_of(PoolUser)


@dataclass(frozen=True, slots=True)
class PoolRow:
    """A pool with how its customers stand; `user_id` is whose own it is, `given` who works on it by name."""

    id: int
    version: int
    campaign_id: int
    name: str
    user_id: int | None
    owner: str | None
    is_for_all: bool
    given: tuple[int, ...]
    position: int
    callable: int = 0
    waiting: int = 0
    blocked: int = 0
    done: int = 0

    @property
    def total(self) -> int:
        """How many customers are in it."""
        return self.callable + self.waiting + self.blocked + self.done


@dataclass(frozen=True, slots=True)
class PoolDraft:
    """What a manager says about a pool: private to a user, or of the campaign for all of its people or for some."""

    name: str
    user_id: int | None = None
    is_for_all: bool = True
    given: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MyPool:
    """A pool as one agent works on it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works in a campaign."""

    id: int
    name: str
    is_active: bool


@reads
def list_pools(session: Session, campaign_id: int) -> tuple[PoolRow, ...]:
    """The pools of a campaign in its order, private ones first, with their counts."""
    return _rows(session, campaign_id)


@reads
def workers(session: Session, campaign_id: int) -> tuple[Worker, ...]:
    """Who works in a campaign, by name."""
    found = select(User.id, User.name, User.is_active).join(CampaignUser, CampaignUser.user_id == User.id)
    rows = session.execute(
        found.where(CampaignUser.campaign_id == campaign_id).order_by(func.lower(User.name), User.id)
    )
    return tuple(Worker(*row) for row in rows)


def _rows(session: Session, campaign_id: int, pool_id: int | None = None) -> tuple[PoolRow, ...]:
    asked = select(Pool, User.name).outerjoin(User, User.id == Pool.user_id)
    asked = asked.where(Pool.campaign_id == campaign_id, Pool.removed_at.is_(None))
    if pool_id is not None:
        asked = asked.where(Pool.id == pool_id)
    pools = session.execute(asked.order_by(Pool.user_id.is_(None), Pool.position, Pool.id)).all()
    given: dict[int, list[int]] = {}
    held = select(PoolUser.pool_id, PoolUser.user_id).where(PoolUser.is_given).order_by(PoolUser.user_id)
    for of_pool, user_id in session.execute(held.where(PoolUser.pool_id.in_([pool.id for pool, _owner in pools]))):
        given.setdefault(of_pool, []).append(user_id)
    counts = _counts(session, [pool.id for pool, _owner in pools])
    return tuple(
        PoolRow(
            pool.id,
            pool.version,
            pool.campaign_id,
            pool.name,
            pool.user_id,
            owner,
            pool.is_for_all,
            tuple(given.get(pool.id, ())),
            pool.position,
            *counts.get(pool.id, (0, 0, 0, 0)),
        )
        for pool, owner in pools
    )


def _counts(session: Session, pool_ids: Collection[int]) -> dict[int, tuple[int, int, int, int]]:
    """Callable, waiting, blocked and done of each pool."""
    state = QueuedCall.state
    is_due = or_(state.in_(("ready", "callback")), (state == "waiting") & (QueuedCall.due_at <= now(session)))
    kind = case((is_due, 0), (state.in_(("waiting", "held")), 1), (state == "blocked", 2), else_=3)
    counted = select(QueuedCall.lane_id, kind.label("kind"), func.count().label("number")).group_by(
        QueuedCall.lane_id, "kind"
    )
    lanes = select(Lane.id).where(Lane.pool_id.in_(pool_ids))
    grouped = counted.where(QueuedCall.lane_id.in_(lanes)).subquery()
    asked = (
        select(Lane.pool_id, grouped.c.kind, func.sum(grouped.c.number))
        .join(Lane, Lane.id == grouped.c.lane_id)
        .group_by(Lane.pool_id, grouped.c.kind)
    )
    found: dict[int, list[int]] = {}
    for pool_id, place, number in session.execute(asked):
        found.setdefault(pool_id, [0, 0, 0, 0])[place] = int(number)
    return {pool_id: (row[0], row[1], row[2], row[3]) for pool_id, row in found.items()}


# --- Keeping them


@writes
def save_pool(
    session: Session, campaign_id: int, draft: PoolDraft, *, row_id: int | None = None, version: int = 0
) -> PoolRow:
    """Add a pool at the end of the campaign's order, or change the one that was seen, with exactly these workers."""
    require(session, Permission.RUN_CAMPAIGNS)
    name = cleaned(draft.name)
    refuse_double(session, Pool.name, name, row_id, Pool.campaign_id == campaign_id, Pool.removed_at.is_(None))
    _check_workers(session, campaign_id, draft)
    if row_id is None:
        if session.get(Campaign, campaign_id) is None:
            raise NotFound(message(N_("This campaign is no longer there.")), message(N_("Nothing was saved.")))
        last = session.scalar(select(func.max(Pool.position)).where(Pool.campaign_id == campaign_id))
        pool = Pool(campaign_id=campaign_id, name=name, position=(last or 0) + 1)
        session.add(pool)
    else:
        pool = _seen(session, row_id, version)
        pool.name = name
        flag_modified(pool, "name")
    pool.user_id = draft.user_id
    pool.is_for_all = draft.user_id is None and draft.is_for_all
    session.flush()
    _give(session, pool.id, () if draft.user_id is not None or draft.is_for_all else draft.given)
    tell(session, "pools", pool.id)
    return _rows(session, campaign_id, pool.id)[0]


def _seen(session: Session, pool_id: int, version: int) -> Pool:
    pool = seen(session, Pool, pool_id, version)
    if pool.removed_at is not None:
        raise NotFound(message(N_("This pool was removed.")), message(N_("Nothing was saved.")))
    return pool


def _check_workers(session: Session, campaign_id: int, draft: PoolDraft) -> None:
    named = {*draft.given, *([draft.user_id] if draft.user_id is not None else [])}
    asked = select(CampaignUser.user_id).where(CampaignUser.campaign_id == campaign_id, CampaignUser.user_id.in_(named))
    if named - set(session.scalars(asked)):
        raise wrong("WORKER", message(N_("Somebody chosen here does not work in this campaign.")))


def _give(session: Session, pool_id: int, user_ids: Iterable[int]) -> None:
    """Exactly these work on the pool by name; the place it has in somebody's own order stays."""
    wanted = set(user_ids)
    held = {row.user_id: row for row in session.scalars(select(PoolUser).where(PoolUser.pool_id == pool_id))}
    for user_id, row in held.items():
        if row.is_given != (user_id in wanted):
            row.is_given = user_id in wanted
    session.add_all(PoolUser(pool_id=pool_id, user_id=user_id) for user_id in sorted(wanted - set(held)))
    session.flush()
    session.execute(
        delete(PoolUser).where(PoolUser.pool_id == pool_id, ~PoolUser.is_given, PoolUser.position.is_(None))
    )
    session.expire_all()


@writes
def remove_pool(session: Session, row_id: int, version: int) -> None:
    """Take a pool out of the work: nobody gets its customers any more, whoever has one in hand finishes him."""
    require(session, Permission.RUN_CAMPAIGNS)
    pool = _seen(session, row_id, version)
    pool.removed_at = now(session)
    session.flush()
    lanes = select(Lane.id).where(Lane.pool_id == row_id)
    session.execute(
        update(QueuedCall)
        .where(QueuedCall.lane_id.in_(lanes), QueuedCall.state != "done")
        .values(state="blocked", blocked="POOL")
        .execution_options(synchronize_session=False)
    )
    tell(session, "pools", row_id)


@writes
def set_order(session: Session, campaign_id: int, pool_ids: Sequence[int]) -> None:
    """Put the campaign's pools in this order; those not named keep theirs behind them."""
    require(session, Permission.RUN_CAMPAIGNS)
    asked = select(Pool).where(Pool.campaign_id == campaign_id, Pool.removed_at.is_(None))
    pools = list(session.scalars(asked.order_by(Pool.position, Pool.id).with_for_update()))
    place = {pool_id: at for at, pool_id in enumerate(pool_ids)}
    pools.sort(key=lambda pool: place.get(pool.id, len(place)))
    for position, pool in enumerate(pools):
        pool.position = position
    session.flush()
    tell(session, "pools", *(pool.id for pool in pools))


# --- Each agent's own order


def works_on(user_id: ColumnElement[int] | int) -> ColumnElement[bool]:
    """The condition that a pool is the user's own, everybody's, or given to him."""
    given = select(PoolUser.id).where(PoolUser.pool_id == Pool.id, PoolUser.user_id == user_id, PoolUser.is_given)
    is_given = given.correlate(Pool).exists()
    return or_(Pool.user_id == user_id, Pool.user_id.is_(None) & (Pool.is_for_all | is_given))


@reads
def my_pools(session: Session, campaign_id: int, user_id: int | None = None) -> tuple[MyPool, ...]:
    """The pools a user works on, as they serve him: private ones first, in his own order or the campaign's."""
    user_id = _whose(session, user_id)
    asked = select(Pool.id, Pool.name).outerjoin(
        PoolUser, (PoolUser.pool_id == Pool.id) & (PoolUser.user_id == user_id)
    )
    campaign = session.get(Campaign, campaign_id)
    asked = asked.where(Pool.campaign_id == campaign_id, Pool.removed_at.is_(None), works_on(user_id))
    if campaign is not None and not campaign.includes_campaign_pools:
        asked = asked.where(Pool.user_id == user_id)
    order = (Pool.user_id.is_(None), func.coalesce(PoolUser.position, Pool.position), Pool.id)
    return tuple(MyPool(*row) for row in session.execute(asked.order_by(*order)))


@writes
def set_my_order(
    session: Session, campaign_id: int, pool_ids: Sequence[int], user_id: int | None = None
) -> tuple[MyPool, ...]:
    """Put the pools a user works on in his own order; no pools at all puts them back in the campaign's."""
    user_id = _whose(session, user_id)
    known = [pool.id for pool in my_pools(session, campaign_id, user_id)]
    # Those not named follow in the order they have: a place in the campaign's order says nothing among his own.
    wanted = [pool_id for pool_id in dict.fromkeys((*pool_ids, *known)) if pool_id in known] if pool_ids else []
    asked = select(PoolUser.pool_id, PoolUser.position).join(Pool, Pool.id == PoolUser.pool_id)
    held = dict(
        session.execute(asked.where(PoolUser.user_id == user_id, Pool.campaign_id == campaign_id)).all()
    )  # fmt: skip
    places: dict[int, int | None] = dict.fromkeys(held) | {pool_id: at for at, pool_id in enumerate(wanted)}
    for pool_id, position in places.items():
        if pool_id not in held:
            values = {"pool_id": pool_id, "user_id": user_id, "is_given": False, "position": position}
            session.execute(insert(_POOL_USERS).values(values))
        elif held[pool_id] != position:
            mine = (_POOL_USERS.c.pool_id == pool_id, _POOL_USERS.c.user_id == user_id)
            session.execute(update(_POOL_USERS).where(*mine).values(position=position))
    session.expire_all()
    tell(session, "pool_users")
    return my_pools(session, campaign_id, user_id)


def _whose(session: Session, user_id: int | None) -> int:
    """The user an order belongs to: one's own, or as a manager anybody's."""
    own = actor(session)
    if user_id is not None and user_id != own:
        require(session, Permission.RUN_CAMPAIGNS)
        return user_id
    if own is None:
        raise Refused("USER", message(N_("Say whose order it is.")), message(N_("Nothing was changed.")))
    require(session, Permission.DIAL)
    return own


@dataclass(frozen=True, slots=True)
class FillablePool:
    """A pool somebody may put customers into, with its campaign."""

    id: int
    name: str
    campaign: str


@reads
def fillable_pools(session: Session) -> tuple[FillablePool, ...]:
    """The pools the actor may put customers into: a manager all of the open campaigns', an agent his own."""
    asked = select(Pool.id, Pool.name, Campaign.name).join(Campaign, Campaign.id == Pool.campaign_id)
    asked = asked.where(Pool.removed_at.is_(None), Campaign.closed_at.is_(None))
    try:
        require(session, Permission.RUN_CAMPAIGNS)
    except Refused:
        asked = asked.where(Pool.user_id == actor(session))
    rows = session.execute(asked.order_by(func.lower(Campaign.name), Pool.position, Pool.id))
    return tuple(FillablePool(*row) for row in rows)
