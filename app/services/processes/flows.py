"""Processes: listed, read as one draft, and what an editor of them offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.processes.flow import OtherStage, ProcessDraft, StageDraft
from app.domain.words import N_, message
from app.models.mail import MailTemplate
from app.models.points import StagePoints
from app.models.processes import Process, Stage, StageLink, StageOpening
from app.models.tickets import Task
from app.services.context import reads
from app.services.points.settings import SCORES, in_force
from app.services.processes.profiles import WORKER, ProfileRow, list_profiles

STAGE_EVENT = "stage"


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """A process as the list shows it, with its stages and the open tasks that stand on them."""

    id: int
    version: int
    name: str
    is_active: bool
    stages: int
    open_tasks: int


@dataclass(frozen=True, slots=True)
class LoadedProcess:
    """A process in the version that was read; `standing` are its stages with their open tasks, where there are any."""

    id: int
    version: int
    draft: ProcessDraft
    standing: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """A mail template a stage may name."""

    id: int
    name: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """What the fields of a stage offer: worker profiles, mail templates, and the stages linked tasks may open at."""

    profiles: tuple[ProfileRow, ...]
    templates: tuple[TemplateChoice, ...]
    stages: tuple[OtherStage, ...]


@reads
def list_processes(session: Session) -> tuple[ProcessRow, ...]:
    """Every process by name, those in use first."""
    stages = select(func.count()).where(Stage.process_id == Process.id).scalar_subquery()
    standing = (
        select(func.count())
        .select_from(Task)
        .join(Stage, Stage.id == Task.stage_id)
        .where(Stage.process_id == Process.id, Task.closed_at.is_(None))
        .scalar_subquery()
    )
    asked = select(Process.id, Process.version, Process.name, Process.is_active, stages, standing)
    order = (Process.is_active.desc(), func.lower(Process.name), Process.id)
    return tuple(ProcessRow(*row) for row in session.execute(asked.order_by(*order)))


@reads
def load_process(session: Session, process_id: int) -> LoadedProcess:
    """A whole process, ready to be changed and saved again."""
    process = session.get(Process, process_id)
    if process is None:
        raise NotFound(message(N_("This process is no longer there.")))
    rows = session.scalars(stages_of(process_id)).all()
    ways, opens = _ways(session, process_id), _openings(session, [stage.id for stage in rows])
    settings = in_force(session, [stage.id for stage in rows])
    draft = ProcessDraft(
        process.name,
        tuple(
            _draft_of(stage, ways.get(stage.id, ()), opens.get(stage.id, ()), settings.get(stage.id)) for stage in rows
        ),
        process.description,
        process.is_active,
        process.id,
    )
    open_tasks = select(Task.stage_id, func.count()).where(Task.closed_at.is_(None)).group_by(Task.stage_id)
    standing = session.execute(open_tasks.where(Task.stage_id.in_([stage.id for stage in rows])))
    return LoadedProcess(
        process.id, process.version, draft, tuple((key, count) for key, count in standing if key is not None)
    )


def stages_of(process_id: int) -> Select[Stage]:
    """The stages of a process in their order."""
    return select(Stage).where(Stage.process_id == process_id).order_by(Stage.position, Stage.id)


def _draft_of(stage: Stage, ways: Sequence[int], opens: Sequence[int], setting: StagePoints | None) -> StageDraft:
    return StageDraft(
        key=stage.id,
        name=stage.name,
        profile_id=stage.profile_id,
        is_intake=stage.is_intake,
        is_final=stage.is_final,
        due_hours=stage.due_hours,
        next=tuple(ways),
        opens=tuple(opens),
        mail_template_id=stage.mail_template_id,
        **_scores(setting),
    )


def _scores(setting: StagePoints | None) -> dict[str, Any]:
    return {} if setting is None else {name: getattr(setting, name) for name in SCORES}


def _ways(session: Session, process_id: int) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    asked = select(StageLink.from_stage_id, StageLink.to_stage_id).where(StageLink.process_id == process_id)
    for here, there in session.execute(asked.order_by(StageLink.position, StageLink.id)):
        found.setdefault(here, []).append(there)
    return found


def _openings(session: Session, stage_ids: Sequence[int] | None = None) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    asked = select(StageOpening.stage_id, StageOpening.opens_stage_id).order_by(StageOpening.id)
    if stage_ids is not None:
        asked = asked.where(StageOpening.stage_id.in_(stage_ids))
    for here, there in session.execute(asked):
        found.setdefault(here, []).append(there)
    return found


@reads
def offered(session: Session) -> Offered:
    """What an editor of processes offers."""
    templates = select(MailTemplate.id, MailTemplate.name, MailTemplate.is_active)
    found = session.execute(
        templates.where(MailTemplate.event == STAGE_EVENT).order_by(func.lower(MailTemplate.name), MailTemplate.id)
    )
    return Offered(list_profiles(session, WORKER), tuple(TemplateChoice(*row) for row in found), other_stages(session))


def other_stages(session: Session) -> tuple[OtherStage, ...]:
    """Every stage there is with what it opens, by process and in order."""
    opens = _openings(session)
    asked = select(Stage.id, Stage.name, Process.id, Process.name, Process.is_active)
    rows = session.execute(
        asked.join(Process, Process.id == Stage.process_id).order_by(
            func.lower(Process.name), Process.id, Stage.position, Stage.id
        )
    )
    return tuple(
        OtherStage(stage_id, name, process_id, process, tuple(opens.get(stage_id, ())), is_active)
        for stage_id, name, process_id, process, is_active in rows
    )
