"""What a stage scored since when, and who said so."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.people import Permission
from app.models.people import User
from app.models.points import StagePoints
from app.services.context import reads, require
from app.services.dialer.days import company_zone


@dataclass(frozen=True, slots=True)
class SettingRow:
    """What entering the stage scored from `since` until the next row.

    `since` is told by the company's clock, and `by` is None for what came with the program.
    """

    id: int
    since: datetime
    by: str | None
    customer_points: Decimal
    worker_points: Decimal
    scores_every_time: bool
    is_redemption: bool
    may_go_below: bool


@reads
def settings_of(session: Session, stage_id: int) -> tuple[SettingRow, ...]:
    """Every setting a stage ever had, the one in force first."""
    require(session, Permission.ADMINISTER)
    asked = (
        select(
            StagePoints.id,
            StagePoints.valid_from,
            User.name,
            StagePoints.customer_points,
            StagePoints.worker_points,
            StagePoints.scores_every_time,
            StagePoints.is_redemption,
            StagePoints.may_go_below,
        )
        .outerjoin(User, User.id == StagePoints.by_id)
        .where(StagePoints.stage_id == stage_id)
        .order_by(StagePoints.valid_from.desc(), StagePoints.id.desc())
    )
    zone = company_zone(session)
    rows = (SettingRow(*row) for row in session.execute(asked))
    return tuple(replace(row, since=row.since.astimezone(zone)) for row in rows)
