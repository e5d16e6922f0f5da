"""Visits to fix: those no longer on white, because presence, absence, holiday or who works here changed after them."""

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.models.people import User
from app.models.planner import Absence, Holiday, Presence, Visit
from app.services.context import now, reads
from app.services.planner.rows import VisitRow
from app.services.planner.visits import visits_named

LIMIT = 200

_cover, _end, _follow = aliased(Presence), aliased(Presence), aliased(Presence)

# A stretch is white when its start lies in a presence, every presence that ends inside it is followed at once, and
# neither absence nor holiday touches it: the same question the database's guard asks.
_GREY: ColumnElement[bool] = or_(
    exists().where(User.id == Visit.technician_id, ~User.is_active),
    exists().where(
        Absence.user_id == Visit.technician_id, Absence.starts_at < Visit.ends_at, Absence.ends_at > Visit.starts_at
    ),
    exists().where(Holiday.starts_at < Visit.ends_at, Holiday.ends_at > Visit.starts_at),
    ~exists().where(
        _cover.user_id == Visit.technician_id, _cover.starts_at <= Visit.starts_at, _cover.ends_at > Visit.starts_at
    ),
    exists().where(
        _end.user_id == Visit.technician_id,
        _end.ends_at > Visit.starts_at,
        _end.ends_at < Visit.ends_at,
        ~exists().where(
            _follow.user_id == Visit.technician_id, _follow.starts_at <= _end.ends_at, _follow.ends_at > _end.ends_at
        ),
    ),
)


@reads
def to_fix_count(session: Session) -> int:
    """How many visits still to come lie on grey."""
    found = select(func.count()).select_from(Visit).where(and_(Visit.is_active, Visit.ends_at > now(session), _GREY))
    return session.scalar(found) or 0


@reads
def to_fix(session: Session) -> tuple[VisitRow, ...]:
    """The first of the visits still to come that lie on grey, by start."""
    found = select(Visit.id).where(Visit.is_active, Visit.ends_at > now(session), _GREY)
    ids = session.scalars(found.order_by(Visit.starts_at, Visit.id).limit(LIMIT)).all()
    return tuple(sorted(visits_named(session, ids), key=lambda visit: (visit.starts_at, visit.id)))
