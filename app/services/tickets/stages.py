"""Stages as the moves of tasks ask for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import FromClause, bindparam, select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.words import N_, message
from app.models.base import table_of
from app.models.processes import Process, Profile, Stage, StageOpening
from app.services.processes.routing import Target


@dataclass(frozen=True, slots=True)
class StageFacts:
    """A stage: whose profile handles it, what entering it means, and whether it opens linked tasks."""

    id: int
    process_id: int
    name: str
    process: str
    profile_id: int | None
    profile: str | None
    is_final: bool
    due_hours: int | None
    mail_template_id: int | None
    has_openings: bool

    def target(self) -> Target:
        """What routing asks of it."""
        return Target(self.id, self.name, self.profile_id, self.profile)

    def due(self, moment: datetime) -> datetime | None:
        """By when a task that enters now is due."""
        return None if self.due_hours is None else moment + timedelta(hours=self.due_hours)


STAGES, _PROCESSES, _PROFILES, _OPENINGS = (table_of(each) for each in (Stage, Process, Profile, StageOpening))

STAGE_COLUMNS = (
    STAGES.c.id,
    STAGES.c.process_id,
    STAGES.c.name,
    _PROCESSES.c.name,
    STAGES.c.profile_id,
    _PROFILES.c.name,
    STAGES.c.is_final,
    STAGES.c.due_hours,
    STAGES.c.mail_template_id,
    select(_OPENINGS.c.id).where(_OPENINGS.c.stage_id == STAGES.c.id).exists(),
)
"""The columns of `StageFacts`, out of `stages_joined`."""


def stages_joined(before: FromClause, on: Any) -> FromClause:
    """A table with the stage that belongs to its row, if any, the stage's process and profile."""
    joined = before.outerjoin(STAGES, on).outerjoin(_PROCESSES, _PROCESSES.c.id == STAGES.c.process_id)
    return joined.outerjoin(_PROFILES, _PROFILES.c.id == STAGES.c.profile_id)


_ONE = (
    select(*STAGE_COLUMNS)
    .select_from(
        STAGES.join(_PROCESSES, _PROCESSES.c.id == STAGES.c.process_id).outerjoin(
            _PROFILES, _PROFILES.c.id == STAGES.c.profile_id
        )
    )
    .where(STAGES.c.id == bindparam("stage"))
)
_INTAKE = (
    select(STAGES.c.id)
    .join(_PROCESSES, _PROCESSES.c.id == STAGES.c.process_id)
    .where(STAGES.c.process_id == bindparam("process"), _PROCESSES.c.is_active)
    .order_by(STAGES.c.is_intake.desc(), STAGES.c.position, STAGES.c.id)
    .limit(1)
)


def stage_facts(session: Session, stage_id: int) -> StageFacts:
    """The stage, or the news that it is gone."""
    row: Any = session.execute(_ONE, {"stage": stage_id}).first()
    if row is None:
        raise NotFound(message(N_("This stage is no longer there.")), message(N_("Nothing was saved.")))
    return StageFacts(*row)


def intake_stage(session: Session, process_id: int) -> int | None:
    """The stage at which a process begins: its intake, or the first one; none once it is out of use."""
    return session.scalar(_INTAKE, {"process": process_id})
