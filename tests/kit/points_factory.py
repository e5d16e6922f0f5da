"""Rows of the ledger for tests, by the only road there is: a setting, a task, and a step that enters a stage."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.models.customers import Customer
from app.models.people import User
from app.models.points import StagePoints
from app.models.processes import Stage
from app.models.tickets import Task, TaskStep

LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00+00:00")


def add_setting(
    session: Session,
    stage: Stage,
    customer: str | int | Decimal = 0,
    worker: str | int | Decimal = 0,
    since: datetime = LONG_AGO,
    *,
    every_time: bool = False,
    redeems: bool = False,
    below: bool = False,
    by: User | None = None,
) -> StagePoints:
    """What a stage scores from a moment on."""
    setting = StagePoints(
        stage_id=stage.id,
        valid_from=since,
        by_id=by and by.id,
        customer_points=Decimal(customer),
        worker_points=Decimal(worker),
        scores_every_time=every_time,
        is_redemption=redeems,
        may_go_below=below,
    )
    session.add(setting)
    session.flush()
    return setting


def add_scored_task(session: Session, owner: User, customer: Customer | None, opened_at: datetime = LONG_AGO) -> Task:
    """An open task that stands nowhere yet."""
    task = Task(
        title="Meeting with a client",
        user_id=owner.id,
        customer_id=customer and customer.id,
        is_by_hand=True,
        opened_at=opened_at,
    )
    session.add(task)
    session.flush()
    return task


def enter(
    session: Session,
    task: Task,
    stage: Stage,
    by: User | None,
    at: datetime,
    note: str = "",
    came_from: Stage | None = None,
) -> TaskStep:
    """The step by which a task enters a stage; the database scores it."""
    step = TaskStep(
        task_id=task.id,
        at=at,
        by_id=by and by.id,
        from_stage_id=came_from and came_from.id,
        to_stage_id=stage.id,
        rule="by_hand",
        note=note,
    )
    session.add(step)
    session.flush()
    return step
