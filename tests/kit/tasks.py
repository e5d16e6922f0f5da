"""Rows for tests about tasks: a process with profiles, who holds them, and tasks that stand at its stages."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from app.models.processes import Process, Profile, Stage, StageLink, UserProfile
from app.models.tickets import Task, TaskStep


@dataclass
class Way:
    """A process by name: its id and its stages."""

    id: int
    stages: dict[str, int] = field(default_factory=dict)


def add_profile(session: Session, name: str, *holders: int) -> int:
    """A worker profile and who holds it."""
    profile = Profile(name=name, main="worker")
    session.add(profile)
    session.flush()
    session.add_all(UserProfile(user_id=user_id, profile_id=profile.id, main="worker") for user_id in holders)
    session.flush()
    return profile.id


def add_process(session: Session, name: str, *stages: dict[str, object], way: tuple[tuple[str, str], ...] = ()) -> Way:
    """A process of these stages; the first one is its intake, `way` says what may follow what."""
    process = Process(name=name)
    session.add(process)
    session.flush()
    made = Way(process.id)
    for position, values in enumerate(stages):
        stage = Stage(process_id=process.id, position=position, is_intake=position == 0, **values)
        session.add(stage)
        session.flush()
        made.stages[stage.name] = stage.id
    for position, (one, other) in enumerate(way):
        link = StageLink(
            process_id=process.id, from_stage_id=made.stages[one], to_stage_id=made.stages[other], position=position
        )
        session.add(link)
    session.flush()
    return made


def add_task(session: Session, title: str, user_id: int, opened_at: datetime, **values: object) -> Task:
    """An open task in somebody's hands, without any step."""
    task = Task(title=title, user_id=user_id, opened_at=opened_at, **values)
    session.add(task)
    session.flush()
    return task


def add_step(session: Session, task: Task, moment: datetime, rule: str = "by_hand", **values: object) -> TaskStep:
    """A step as it was written at a moment."""
    step = TaskStep(task_id=task.id, at=moment, rule=rule, **values)
    session.add(step)
    session.flush()
    return step
