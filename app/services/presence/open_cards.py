"""Cards that are open on desktops: said by each desktop, forgotten by the database's clock when it falls silent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.orm import Session

from app.db.types import UtcDateTime
from app.models.people import User
from app.models.presence import OpenCard
from app.services.context import actor, calls, is_postgresql, now, reads

__all__ = ["BEAT_SECONDS", "LIFE", "Present", "Shown", "others", "put_away", "show"]

BEAT_SECONDS = 30
"""So often a desktop says that its cards are still open."""

LIFE = timedelta(seconds=75)
"""So long after its last sign a desktop counts as alive; two signs may be late."""

_SWEPT_AFTER = timedelta(minutes=6)
"""So long rows of dead desktops lie about; the policy on PostgreSQL lets others remove them after five minutes."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A card on a desktop, by table and key, and whether somebody is writing on it."""

    table: str
    row_id: int
    is_editing: bool = False


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody else who has the card open."""

    user_id: int
    name: str
    since: datetime
    is_editing: bool


# Nobody else to tell, nothing to write: a company of one has no rows here.
_SHOW = (
    "INSERT INTO open_cards (user_id, desk, table_name, row_id, since, seen_at, is_editing) "
    "SELECT :user_id, :desk, :table_name, :row_id, {moment}, {moment}, :is_editing "
    "WHERE EXISTS (SELECT 1 FROM users WHERE users.id <> :user_id AND users.is_active) "
    "ON CONFLICT (desk, table_name, row_id) DO UPDATE SET seen_at = excluded.seen_at, is_editing = excluded.is_editing"
)
_SWEEP = text("DELETE FROM open_cards WHERE seen_at < :before").bindparams(bindparam("before", type_=UtcDateTime()))
_AT = bindparam("moment", type_=UtcDateTime())
_SHOW_AT = text(_SHOW.format(moment=":moment")).bindparams(_AT)
_SHOW_NOW = text(_SHOW.format(moment="now()"))


@calls
def show(session: Session, desk: str, cards: tuple[Shown, ...]) -> None:
    """Say that these cards are open on my desktop, for the first time or still."""
    user_id = actor(session)
    if user_id is None:
        return
    # A server that tells the time inside the statement answers in one round trip.
    tells_time = is_postgresql(session) and not session.info.get("clock")
    for card in cards:
        values = {"user_id": user_id, "desk": desk, "table_name": card.table, "row_id": card.row_id}
        values["is_editing"] = card.is_editing
        if tells_time:
            session.execute(_SHOW_NOW, values)
        else:
            session.execute(_SHOW_AT, values | {"moment": now(session)})


@calls
def put_away(session: Session, desk: str, card: Shown | None = None) -> None:
    """Say that a card is closed on my desktop; without one, that all are."""
    where = "desk = :desk AND user_id = :user_id"
    values = {"desk": desk, "user_id": actor(session)}
    if card is not None:
        where += " AND table_name = :table_name AND row_id = :row_id"
        values |= {"table_name": card.table, "row_id": card.row_id}
    session.execute(text(f"DELETE FROM open_cards WHERE {where}"), values)


@calls
def sweep(session: Session) -> None:
    """Remove what desktops that died left behind."""
    session.execute(_SWEEP, {"before": now(session) - _SWEPT_AFTER})


@reads
def others(session: Session, table: str, row_id: int) -> tuple[Present, ...]:
    """Who else has this card open, each person once; who writes stands first."""
    asked = (
        select(OpenCard.user_id, User.name, OpenCard.since, OpenCard.is_editing)
        .join(User, User.id == OpenCard.user_id)
        .where(OpenCard.table_name == table, OpenCard.row_id == row_id, OpenCard.user_id != (actor(session) or 0))
    )
    if is_postgresql(session) and not session.info.get("clock"):
        asked = asked.where(OpenCard.seen_at > func.now() - LIFE)
    else:
        asked = asked.where(OpenCard.seen_at > now(session) - LIFE)
    found: dict[int, Present] = {}
    for user_id, name, since, is_editing in session.execute(asked.order_by(OpenCard.is_editing.desc(), OpenCard.since)):
        found.setdefault(user_id, Present(user_id, name, since, is_editing))
    return tuple(found.values())
