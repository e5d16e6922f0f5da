"""The planner as it stood: after any work, the board as of each moment is the board that was seen at that moment."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from app.backend import Backend
from app.db.database import Database
from app.models.audit import AuditLog
from app.models.people import Group, User
from app.models.planner import Absence, Presence, Visit
from app.models.processes import ActivityType
from app.models.tickets import Task, Ticket
from app.services.planner.board import board
from app.services.planner.past import plan_at
from app.services.planner.rows import BoardRows, VisitRow, WaitingRow
from app.services.planner.waiting import waiting
from tests.kit.factory import add_call, add_group, add_presence, add_site, add_type, add_user, add_visit, at

pytestmark = pytest.mark.row("F9")

_DAY = (at(0), at(24))
Snapshot = tuple[tuple[VisitRow, ...], tuple[Any, ...], tuple[WaitingRow, ...]]


def seen(rows: BoardRows, calls: Iterable[WaitingRow]) -> Snapshot:
    """What a person sees of a planner."""
    return (
        tuple(replace(row, version=0) for row in rows.visits),
        tuple((each.id, each.runs) for each in rows.technicians),
        tuple(sorted((replace(row, version=0) for row in calls), key=lambda row: row.task_id)),
    )


def moment(database: Database) -> datetime:
    """This moment by the database's clock, later than everything that was written and earlier than what will be."""
    clock = text(
        "SELECT clock_timestamp()" if not database.is_sqlite else "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')"
    )
    with database.reading() as session:
        last = session.scalar(select(func.max(AuditLog.at)))
        while last is not None and _read(session, clock) <= last:
            """SQLite's clock has milliseconds."""
        first = _read(session, clock)
        while _read(session, clock) == first:
            """What comes next is later."""
        return first


def _read(session: Session, clock: Any) -> datetime:
    found = session.scalar(clock)
    return datetime.fromisoformat(found).replace(tzinfo=UTC) if isinstance(found, str) else found.astimezone(UTC)


class Office:
    """Three technicians with a week of presence, and hands that do something at random."""

    def __init__(self, session: Session) -> None:
        self.site = add_site(session, "North").id
        people = [add_user(session, name) for name in ("Avi", "Dana", "Sami")]
        self.technicians = [each.id for each in people]
        group = add_group(session, "North", *people)
        self.office = add_group(session, "Office", is_back_office=True)
        self.kind = add_type(session, "Repair", *people)
        for person in people:
            for day in range(3):
                add_presence(session, person, at(0, day), at(24, day))
        self.group, self.office_id, self.kind_id = group.id, self.office.id, self.kind.id

    def act(self, session: Session, dice: random.Random) -> None:
        """One thing that people do."""
        acts = (self.call, self.schedule, self.schedule, self.move, self.move, self.move, self.cancel, self.rename,
                self.away, self.close, self.remove)  # fmt: skip
        dice.choice(acts)(session, dice)

    def call(self, session: Session, dice: random.Random) -> None:
        group, kind = session.get_one(Group, self.office_id), session.get_one(ActivityType, self.kind_id)
        add_call(session, group, kind, f"Call {dice.random()}", due_at=at(dice.randrange(48)))

    def free(self, session: Session, dice: random.Random, visit_id: int = 0) -> tuple[int, datetime] | None:
        technician, start = dice.choice(self.technicians), at(dice.randrange(24), dice.randrange(2))
        taken = select(Visit.id).where(
            Visit.technician_id == technician, Visit.is_active, Visit.id != visit_id,
            Visit.starts_at < start + timedelta(hours=1), Visit.ends_at > start,
        )  # fmt: skip
        away = select(Absence.id).where(Absence.user_id == technician)
        return None if session.scalar(taken) or session.scalar(away) else (technician, start)

    def schedule(self, session: Session, dice: random.Random) -> None:
        tasks = session.scalars(select(Task).where(Task.closed_at.is_(None), Task.group_id.is_not(None))).all()
        place = self.free(session, dice)
        if tasks and place:
            task = dice.choice(tasks)
            if not session.scalar(select(Visit.id).where(Visit.task_id == task.id, Visit.is_active)):
                visit = Visit(technician_id=place[0], starts_at=place[1], ends_at=place[1] + timedelta(hours=1),
                              set_at=at(0), task_id=task.id, site_id=self.site)  # fmt: skip
                session.add(visit)
                task.group_id, task.user_id = None, place[0]

    def move(self, session: Session, dice: random.Random) -> None:
        visits = session.scalars(select(Visit).where(Visit.is_active)).all()
        if visits:
            visit = dice.choice(visits)
            if place := self.free(session, dice, visit.id):
                visit.technician_id, visit.starts_at = place
                visit.ends_at = place[1] + timedelta(hours=1)

    def cancel(self, session: Session, dice: random.Random) -> None:
        visits = session.scalars(select(Visit).where(Visit.is_active)).all()
        if visits:
            visit = dice.choice(visits)
            visit.is_active = False
            if visit.task_id is not None:
                task = session.get_one(Task, visit.task_id)
                task.group_id, task.user_id = self.office_id, None

    def rename(self, session: Session, dice: random.Random) -> None:
        for ticket in session.scalars(select(Ticket).limit(2)):
            ticket.subject = f"Other {dice.random()}"

    def away(self, session: Session, dice: random.Random) -> None:
        if absence := session.scalar(select(Absence)):
            session.delete(absence)
        else:
            free = set(self.technicians) - set(session.scalars(select(Visit.technician_id).where(Visit.is_active)))
            if free:
                session.add(Absence(user_id=min(free), starts_at=at(8), ends_at=at(12), reason="Sick"))

    def close(self, session: Session, dice: random.Random) -> None:
        task = session.scalar(select(Task).where(Task.closed_at.is_(None), Task.group_id.is_not(None)))
        if task is not None:
            task.closed_at = at(0)

    def remove(self, session: Session, dice: random.Random) -> None:
        """What only a statement past the program does."""
        session.execute(delete(Visit).where(Visit.id.in_(select(func.min(Visit.id)).where(~Visit.is_active))))
        session.execute(update(Presence).where(Presence.id == 1).values(site_id=self.site))


@pytest.mark.parametrize("seed", range(2))
def test_the_planner_as_of_each_moment_is_what_was_seen_then(database: Database, seed: int) -> None:
    dice, backend = random.Random(seed), Backend(database)
    with database.transaction() as session:
        office = Office(session)
    kept: list[tuple[datetime, Snapshot]] = []
    for _turn in range(30):
        with database.transaction() as session:
            office.act(session, dice)
        then = moment(database)
        kept.append((then, seen(backend.execute(board, None, *_DAY), backend.execute(waiting).rows)))
    assert len({snapshot for _then, snapshot in kept}) > 10
    for then, snapshot in kept:
        past = backend.execute(plan_at, None, *_DAY, moment=then)
        assert seen(past.board, past.waiting) == snapshot


def test_before_anything_was_there_nothing_stood(database: Database) -> None:
    before = moment(database)
    with database.transaction() as session:
        office = Office(session)
        add_visit(session, session.get_one(User, office.technicians[0]), at(9), at(10))
    past = Backend(database).execute(plan_at, None, *_DAY, moment=before)
    assert past.board.visits == ()
    assert past.waiting == ()
    assert all(not any(run.is_white for run in each.runs) for each in past.board.technicians)
