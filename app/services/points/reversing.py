"""Taking back a row of the ledger: by another one of the opposite sign, with a reason, once."""

from sqlalchemy import bindparam, insert, null, select
from sqlalchemy.orm import Session

from app.db.refusals import refused
from app.db.types import BigInt, UtcDateTime
from app.domain.errors import NotFound
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.base import table_of
from app.models.points import PointsEntry
from app.services.context import actor, now, require, writes
from app.services.dialer.days import company_zone
from app.services.saving import tell

_ROWS = table_of(PointsEntry)
_COPIED = (
    "task_id",
    "customer_id",
    "worker_id",
    "stage_id",
    "setting_id",
    "process",
    "stage",
    "is_redemption",
)
# PostgreSQL's trigger fills the row by itself; SQLite's look whether it is the true opposite.
_REVERSE = (
    insert(_ROWS)
    .from_select(
        [
            "step_id", "occasion", "reverses_id", "by_id", "at", "day", "note", "customer_points", "worker_points",
            *_COPIED,
        ],
        select(
            null(),
            null(),
            _ROWS.c.id,
            bindparam("by", type_=BigInt),
            bindparam("moment", type_=UtcDateTime()),
            bindparam("today", type_=_ROWS.c.day.type),
            bindparam("reason", type_=_ROWS.c.note.type),
            -_ROWS.c.customer_points,
            -_ROWS.c.worker_points,
            *(_ROWS.c[name] for name in _COPIED),
        ).where(_ROWS.c.id == bindparam("entry")),
    )
    .returning(_ROWS.c.id, _ROWS.c.task_id)
)  # fmt: skip


@writes
def reverse(session: Session, entry_id: int, reason: str) -> int:
    """Take one row back whole; the id of the row that does it. The second of two who do it at once is told so."""
    require(session, Permission.CORRECT_POINTS)
    if not reason.strip():
        raise refused("REASON")
    moment = now(session)
    values = {
        "entry": entry_id,
        "by": actor(session),
        "moment": moment,
        "today": moment.astimezone(company_zone(session)).date(),
        "reason": reason.strip(),
    }
    row = session.connection().execute(_REVERSE, values).first()
    if row is None:
        raise NotFound(message(N_("This row is not there.")), message(N_("Nothing was changed.")))
    made, task_id = row
    tell(session, "points_entries", entry_id, made)
    tell(session, "tasks", task_id)
    return int(made)
