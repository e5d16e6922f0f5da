"""Saving a whole process at once: as it was drawn, or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.domain.people import Permission
from app.domain.processes.flow import ProcessDraft, StageDraft, problems
from app.domain.processes.naming import listed
from app.domain.words import N_, counted, message
from app.models.mail import MailTemplate
from app.models.processes import Process, Profile, Stage, StageLink, StageOpening
from app.models.tickets import Task, TaskStep, TicketType
from app.services.context import require, writes
from app.services.points.settings import set_points
from app.services.processes.flows import STAGE_EVENT, other_stages, stages_of
from app.services.processes.profiles import WORKER
from app.services.saving import cleaned, refuse_double, seen, tell, wrong
from app.services.tickets.advancing import reroute


@dataclass(frozen=True, slots=True)
class SavedProcess:
    """A process that was written: its version now, and the ids of its stages in the order of the draft."""

    id: int
    version: int
    stage_ids: tuple[int, ...]


@writes
def save_process(session: Session, draft: ProcessDraft, version: int = 0) -> SavedProcess:
    """Write a new process, or change the one that was seen in this version into what was drawn.

    Stages are known by their id. One that open tasks stand on, that tasks went through or where others open tasks
    cannot be left out.
    """
    require(session, Permission.ADMINISTER)
    process = _process(session, draft, version)
    if found := problems(draft, other_stages(session)):
        raise wrong(found[0].code, found[0].what)
    _refuse_other_profiles(session, draft)
    _refuse_other_templates(session, draft)
    kept = {stage.id: stage for stage in session.scalars(stages_of(process.id).with_for_update())}
    handled_by = {key: stage.profile_id for key, stage in kept.items()}
    _remove(session, [stage for key, stage in kept.items() if draft.stage(key) is None])
    stages = _write_stages(session, process, draft, kept)
    _write_ways(session, process, draft, stages)
    _write_openings(session, draft, stages)
    session.flush()
    set_points(session, {stages[drawn.key].id: drawn for drawn in draft.stages})
    handed_on = [stage for key, stage in stages.items() if handled_by.get(key, stage.profile_id) != stage.profile_id]
    for stage in handed_on:
        _await_new(session, stage)
    # What waited for the old profile may find somebody with the new one.
    if handed_on and (given := reroute(session)):
        tell(session, "tasks", *given)
    return _tell(session, process, tuple(stages[stage.key].id for stage in draft.stages))


@writes
def set_active(session: Session, process_id: int, version: int, *, is_active: bool) -> SavedProcess:
    """Take a process into use, or out of it: the tasks in it go on, new ones are not begun."""
    require(session, Permission.ADMINISTER)
    process = seen(session, Process, process_id, version)
    process.is_active = is_active
    session.flush()
    return _tell(session, process, tuple(stage.id for stage in session.scalars(stages_of(process_id))))


@writes
def delete_process(session: Session, process_id: int, version: int) -> None:
    """Remove a process nothing ever went through and no ticket type begins."""
    require(session, Permission.ADMINISTER)
    process = seen(session, Process, process_id, version)
    kinds = session.scalars(
        select(TicketType.name).where(TicketType.process_id == process_id).order_by(TicketType.name)
    )
    if names := kinds.all():
        raise wrong("USED", message(N_("Tickets of these types begin it: {names}."), names=listed(names)))
    _remove(session, session.scalars(stages_of(process_id).with_for_update()).all())
    session.delete(process)
    session.flush()
    tell(session, "processes", process_id)


def _process(session: Session, draft: ProcessDraft, version: int) -> Process:
    """The row, locked and raised in its version: whoever saves second is told, also when only stages differ."""
    name = cleaned(draft.name)
    if draft.id is None:
        refuse_double(session, Process.name, name, None)
        process = Process()
        session.add(process)
    else:
        process = seen(session, Process, draft.id, version)
        refuse_double(session, Process.name, name, draft.id)
        flag_modified(process, "name")
    process.name, process.description, process.is_active = name, draft.description.strip(), draft.is_active
    session.flush()
    return process


def _refuse_other_profiles(session: Session, draft: ProcessDraft) -> None:
    asked = {stage.profile_id for stage in draft.stages if stage.profile_id is not None}
    workers = set(session.scalars(select(Profile.id).where(Profile.id.in_(asked), Profile.main == WORKER)))
    for stage in draft.stages:
        if stage.profile_id is not None and stage.profile_id not in workers:
            raise wrong("PROFILE", message(N_("The profile of “{stage}” is no longer there."), stage=stage.name))


def _refuse_other_templates(session: Session, draft: ProcessDraft) -> None:
    asked = {stage.mail_template_id for stage in draft.stages if stage.mail_template_id is not None}
    templates = select(MailTemplate.id).where(MailTemplate.id.in_(asked), MailTemplate.event == STAGE_EVENT)
    known = set(session.scalars(templates))
    for stage in draft.stages:
        if stage.mail_template_id is not None and stage.mail_template_id not in known:
            raise wrong("TEMPLATE", message(N_("The mail of “{stage}” is no longer there."), stage=stage.name))


def _remove(session: Session, stages: Iterable[Stage]) -> None:
    gone = list(stages)
    keys = [stage.id for stage in gone]
    for stage in gone:
        _refuse_used(session, stage, keys)
    for stage in gone:
        session.delete(stage)
    session.flush()


def _refuse_used(session: Session, stage: Stage, going: list[int]) -> None:
    standing = session.scalar(select(func.count()).where(Task.stage_id == stage.id, Task.closed_at.is_(None))) or 0
    if standing:
        raise wrong(
            "USED",
            counted("{count} task stands on “{stage}”.", "{count} tasks stand on “{stage}”.", standing,
                    stage=stage.name),
        )  # fmt: skip
    went = select(func.count(func.distinct(TaskStep.task_id))).where(
        or_(TaskStep.to_stage_id == stage.id, TaskStep.from_stage_id == stage.id)
    )
    past = session.scalar(went) or session.scalar(select(func.count()).where(Task.stage_id == stage.id)) or 0
    if past:
        raise wrong(
            "USED",
            counted("{count} task went through “{stage}”, so it stays.",
                    "{count} tasks went through “{stage}”, so it stays.", past, stage=stage.name),
        )  # fmt: skip
    asked = select(Process.name, Stage.name).join(Stage, Stage.process_id == Process.id)
    opening = asked.join(StageOpening, StageOpening.stage_id == Stage.id).where(
        StageOpening.opens_stage_id == stage.id, Stage.id.not_in(going), Stage.process_id != stage.process_id
    )
    if names := [f"{process}: {name}" for process, name in session.execute(opening.order_by(Process.name, Stage.name))]:
        raise wrong("USED", message(N_("“{stage}” gets tasks from {names}."), stage=stage.name, names=listed(names)))


def _write_stages(
    session: Session, process: Process, draft: ProcessDraft, kept: Mapping[int, Stage]
) -> dict[int, Stage]:
    _make_room(session, draft, kept)
    stages: dict[int, Stage] = {}
    for position, drawn in enumerate(draft.stages):
        stage = kept.get(drawn.key)
        if stage is None:
            if drawn.key >= 0:
                raise wrong("GONE", message(N_("“{stage}” is no longer there."), stage=drawn.name))
            stage = Stage(process_id=process.id)
            session.add(stage)
        _write_stage(stage, drawn, position)
        stages[drawn.key] = stage
    session.flush()
    return stages


def _make_room(session: Session, draft: ProcessDraft, kept: Mapping[int, Stage]) -> None:
    """Free the names and the intake that go to another stage, which the database would otherwise take for doubles."""
    taken = {stage.name for stage in kept.values()}
    for key, stage in kept.items():
        drawn = draft.stage(key)
        if drawn is None:
            continue
        if cleaned(drawn.name) != stage.name and (cleaned(drawn.name) in taken or stage.name in _names(draft)):
            stage.name = f"{key} {stage.name}"
        if stage.is_intake and not drawn.is_intake:
            stage.is_intake = False
    session.flush()


def _names(draft: ProcessDraft) -> set[str]:
    return {cleaned(stage.name) for stage in draft.stages}


def _write_stage(stage: Stage, drawn: StageDraft, position: int) -> None:
    stage.name, stage.position, stage.profile_id = cleaned(drawn.name), position, drawn.profile_id
    stage.is_intake, stage.is_final, stage.due_hours = drawn.is_intake, drawn.is_final, drawn.due_hours
    stage.mail_template_id = drawn.mail_template_id


def _write_ways(session: Session, process: Process, draft: ProcessDraft, stages: Mapping[int, Stage]) -> None:
    held = {
        (link.from_stage_id, link.to_stage_id): link
        for link in session.scalars(select(StageLink).where(StageLink.process_id == process.id))
    }
    for drawn in draft.stages:
        for position, key in enumerate(dict.fromkeys(drawn.next)):
            here, there = stages[drawn.key].id, stages[key].id
            link = held.pop((here, there), None)
            if link is None:
                link = StageLink(process_id=process.id, from_stage_id=here, to_stage_id=there)
                session.add(link)
            link.position = position
    for link in held.values():
        session.delete(link)
    session.flush()


def _write_openings(session: Session, draft: ProcessDraft, stages: Mapping[int, Stage]) -> None:
    """Those that go first: the database follows what stands there when it looks for tasks without end."""
    ids = [stage.id for stage in stages.values()]
    wanted = {
        (stages[drawn.key].id, stages[key].id if key in stages else key)
        for drawn in draft.stages
        for key in drawn.opens
    }
    asked = select(StageOpening.stage_id, StageOpening.opens_stage_id).where(StageOpening.stage_id.in_(ids))
    held = {(here, there) for here, there in session.execute(asked)}
    for here, there in sorted(held - wanted):
        session.execute(delete(StageOpening).where(StageOpening.stage_id == here, StageOpening.opens_stage_id == there))
    session.add_all(StageOpening(stage_id=here, opens_stage_id=there) for here, there in sorted(wanted - held))
    session.flush()


def _await_new(session: Session, stage: Stage) -> None:
    """What stands at the stage and waits for its old profile waits for the new one, or for nobody any more."""
    waits = update(Task).where(Task.stage_id == stage.id, Task.awaits_profile_id.is_not(None))
    session.execute(waits.values(awaits_profile_id=stage.profile_id, version=Task.version + 1))


def _tell(session: Session, process: Process, stage_ids: tuple[int, ...]) -> SavedProcess:
    session.flush()
    tell(session, "processes", process.id)
    tell(session, "stages", *stage_ids)
    return SavedProcess(process.id, process.version, stage_ids)
