"""What the rows of points can be narrowed by: everything that is or was in use, because its rows stay."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.people import Permission
from app.models.people import Group, User
from app.models.points import PointsEntry
from app.models.processes import Process, Stage
from app.services.context import now, reads, require
from app.services.dialer.days import company_zone, edges


@dataclass(frozen=True, slots=True)
class Named:
    """Something to choose; `under` is the process of a stage."""

    id: int
    name: str
    is_active: bool = True
    under: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything the filters offer; `today` is the company's day, of which `day_left` is still to come, and `first`
    that of the first row there is.
    """

    today: date
    day_left: timedelta
    first: date | None
    workers: tuple[Named, ...]
    groups: tuple[Named, ...]
    processes: tuple[Named, ...]
    stages: tuple[Named, ...]


@reads
def choices(session: Session) -> Choices:
    """What there is to narrow by."""
    require(session, Permission.SEE_POINTS)
    zone, moment = company_zone(session), now(session)
    today = moment.astimezone(zone).date()
    workers = select(User.id, User.name, User.is_active).order_by(User.name, User.id)
    groups = select(Group.id, Group.name).order_by(Group.name, Group.id)
    processes = select(Process.id, Process.name, Process.is_active).order_by(Process.name, Process.id)
    stages = (
        select(Stage.id, Stage.name, Process.is_active, Process.name)
        .join(Process, Process.id == Stage.process_id)
        .order_by(Process.name, Process.id, Stage.position, Stage.id)
    )
    return Choices(
        today,
        edges(today, zone)[1] - moment,
        session.scalar(select(func.min(PointsEntry.day))),
        _named(session, workers),
        _named(session, groups),
        _named(session, processes),
        _named(session, stages),
    )


def _named(session: Session, asked: Any) -> tuple[Named, ...]:
    return tuple(Named(*row) for row in session.execute(asked))
