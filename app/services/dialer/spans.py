"""What an agent's desk does and since when: a row for each stretch of his day, and a sign of life.

He is at one desk at a time. Where two are open, the one that says something last takes over: the other's stretch ends
at that moment, so that his day never counts twice. Nobody is refused: a desk that crashed would keep him out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.domain.dialer.desk_states import STATES
from app.domain.people import Permission
from app.models.dialer import DeskSign, DeskSpan, DialRules
from app.services.context import actor, now, reads, require, writes
from app.services.saving import tell

Doing = tuple[str, int | None, int | None, int | None]
"""What a desk does: state, campaign, reason of a pause, customer."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one of my desks does; the higher number began later."""

    id: int
    doing: Doing


SILENT = timedelta(seconds=90)
"""A desk that gave no sign for so long was not there: its last stretch ended with its last sign."""


@writes
def enter(
    session: Session,
    state: str,
    campaign_id: int | None = None,
    pause_reason_id: int | None = None,
    customer_id: int | None = None,
) -> int | None:
    """From now on my desk does this; the number of the stretch, the same where it did so already: a sign of life."""
    require(session, Permission.DIAL)
    assert state in STATES, state
    me = actor(session)
    if me is None:
        return None
    at = now(session)
    seen_at = session.scalar(select(DeskSign.seen_at).where(DeskSign.user_id == me))
    doing = (state, campaign_id, pause_reason_id, customer_id)
    known = session.execute(
        select(DeskSpan.id, DeskSpan.state, DeskSpan.campaign_id, DeskSpan.pause_reason_id, DeskSpan.customer_id).where(
            DeskSpan.user_id == me, DeskSpan.ended_at.is_(None)
        )
    ).first()
    was_there = seen_at is not None and at - seen_at < SILENT
    if known is not None and tuple(known)[1:] == doing and was_there:
        _sign(session, me, at)
        return int(known.id)
    # Ended before the sign is given: a desk that was silent was gone since its last one.
    _end(session, me, at if was_there or seen_at is None else seen_at)
    _sign(session, me, at)
    span = DeskSpan(
        user_id=me,
        state=state,
        campaign_id=campaign_id,
        pause_reason_id=pause_reason_id,
        customer_id=customer_id,
        started_at=at,
    )
    session.add(span)
    session.flush()
    tell(session, "desk_spans", span.id)
    return span.id


@writes
def sign(session: Session) -> None:
    """Say that my desk is there."""
    me = actor(session)
    if me is not None:
        _sign(session, me, now(session))


@writes
def leave(session: Session) -> None:
    """My desk is closed."""
    me = actor(session)
    if me is not None:
        _end(session, me, now(session))


@reads
def doing(session: Session) -> Stretch | None:
    """What I do now, as the last of my desks has said it; None where none is open."""
    found = session.execute(
        select(DeskSpan.id, DeskSpan.state, DeskSpan.campaign_id, DeskSpan.pause_reason_id, DeskSpan.customer_id)
        .where(DeskSpan.user_id == actor(session), DeskSpan.ended_at.is_(None))
        .order_by(DeskSpan.id.desc())
    ).first()
    if found is None:
        return None
    return Stretch(found.id, (found.state, found.campaign_id, found.pause_reason_id, found.customer_id))


@reads
def lease_seconds(session: Session) -> int:
    """How long a customer stays with a desk that gives no sign of life."""
    return session.scalar(select(DialRules.lease_seconds)) or 45


def _sign(session: Session, user_id: int, at: datetime) -> None:
    known = session.connection().execute(update(DeskSign).where(DeskSign.user_id == user_id).values(seen_at=at))
    if not known.rowcount:
        session.execute(insert(DeskSign).values(user_id=user_id, seen_at=at))


def _end(session: Session, user_id: int, at: datetime) -> None:
    open_ones = session.scalars(select(DeskSpan).where(DeskSpan.user_id == user_id, DeskSpan.ended_at.is_(None)))
    for span in open_ones:
        span.ended_at = max(at, span.started_at)
        tell(session, "desk_spans", span.id)
    session.flush()
