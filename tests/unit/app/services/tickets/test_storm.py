"""Whatever is done to tasks, in whatever order: one pair of hands, counts that are true, a history without gaps."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import UserError
from app.domain.tickets.draft import TicketDraft
from app.models.base import Versioned
from app.models.company import Company
from app.models.people import User
from app.models.planner import Absence, Visit
from app.models.processes import ActivityState, RoutingRules, StageLink, StageOpening, UserLoad
from app.models.tickets import Task, TaskStep, Ticket, TicketStatus, TicketType
from app.services.people.users import set_active
from app.services.planner import placing
from app.services.processes.profiles import set_user_profiles
from app.services.tickets import bulk, card, merging
from app.services.tickets.advancing import Update, advance, reroute_waiting
from app.services.tickets.intake import Intake, accept
from app.services.tickets.offering import offer
from app.services.tickets.tasks import NewTask, create
from tests.kit.factory import (
    add_group,
    add_presence,
    add_process,
    add_profile,
    add_type,
    add_user,
    at,
)


class Storm:
    """An office in which everything happens at once; each deed is a service a person or a machine may call."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.moment = at(8)
        with database.transaction() as session:
            session.add(Company(id=1, name="Test", country="IL", time_zone="UTC", language="en"))
            root = add_user(session, "Root", "administrator")
            people = [add_user(session, name, "agent") for name in ("Dana", "Avi", "Noa", "Gil")]
            technicians = [add_user(session, name) for name in ("Ana", "Levi")]
            add_group(session, "Office", root, is_back_office=True)
            service = add_profile(session, "Service", *people[:3])
            sales = add_profile(session, "Sales", *people[2:])
            nobody = add_profile(session, "Nobody")
            linked = add_process(session, "Offer", Prepare=sales, Sent=None)
            stages = add_process(session, "Enquiry", Intake=service, Quote=sales, Visit=service, Rare=nobody, Done=None)
            pairs = (("Visit", "Quote"), ("Quote", "Intake"), ("Visit", "Done"), ("Intake", "Done"))
            session.add_all(
                StageLink(process_id=stages[one].process_id, from_stage_id=stages[one].id, to_stage_id=stages[two].id)
                for one, two in pairs
            )
            session.add(StageOpening(stage_id=stages["Quote"].id, opens_stage_id=linked["Prepare"].id))
            repair = add_type(session, "Repair", *technicians)
            for user in technicians:
                add_presence(session, user, at(0), at(24, 6))
            waits = ActivityState(name="Waits", colour="#858E9A", is_waiting=True)
            kinds = [
                TicketType(name="Enquiry", process_id=stages["Intake"].process_id),
                TicketType(name="Offer", process_id=linked["Prepare"].process_id),
                TicketType(name="Repair", activity_type_id=repair.id),
                TicketType(name="Question"),
            ]
            session.add_all([waits, *kinds])
            session.flush()
            session.execute(update(RoutingRules).values(administrator_id=root.id))
            self.root, self.waits = root.id, waits.id
            self.people = [each.id for each in people]
            self.technicians = [each.id for each in technicians]
            self.kinds = [kind.id for kind in kinds]
            self.profiles = [service.id, sales.id]
            self.statuses = list(session.scalars(select(TicketStatus.id).order_by(TicketStatus.position)))
        self.backend = Backend(database, actor=self.root, clock=self._clock)

    def _clock(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def blow(self, seed: int, deeds: int) -> int:
        """So many random deeds; how many of them were done and not refused."""
        dice, done = random.Random(seed), 0
        for _ in range(deeds):
            deed = dice.choices(list(DEEDS), list(DEEDS.values()))[0]
            try:
                deed(self, dice)
                done += 1
            except (UserError, LookupError) as refusal:
                if getattr(refusal, "code", "") in {"CHECK", "TAKEN", "USED"}:
                    raise AssertionError(f"{deed} was stopped by a bare constraint only") from refusal
        return done

    def _any(self, dice: random.Random, model: type[Versioned], *where: ColumnElement[bool]) -> int:
        with self.database.reading() as session:
            return dice.choice(list(session.scalars(select(model.id).where(*where).order_by(model.id))))

    def _ticket(self, dice: random.Random, *where: ColumnElement[bool]) -> card.TicketCard:
        return self.backend.execute(card.load, self._any(dice, Ticket, *where))

    # --- What may happen

    def take_in(self, dice: random.Random) -> None:
        address = f"c{dice.randrange(6)}@example.org"
        self.backend.execute(accept, Intake("Leak", email=address, type_id=dice.choice([*self.kinds[:2], None])))

    def open_ticket(self, dice: random.Random) -> None:
        handler = dice.choice([None, *self.people])
        draft = TicketDraft(subject="Card", type_id=dice.choice([*self.kinds, None]), handler_id=handler)
        self.backend.execute(card.create, draft)

    def open_task(self, dice: random.Random) -> None:
        user_id = dice.choice(self.people)
        ticket_id = None if dice.random() < 0.3 else self._any(dice, Ticket)
        self.backend.execute(create, NewTask("By hand", ticket_id=ticket_id, user_id=user_id))

    def advance(self, dice: random.Random) -> None:
        task_id = self._any(dice, Task, Task.closed_at.is_(None))
        offered = self.backend.execute(offer, task_id)
        stage = dice.choice([None, *(each.id for each in offered.stages)])
        way = dice.random()
        change = Update(
            stage_id=stage,
            is_automatic=way < 0.5,
            user_id=dice.choice(self.people) if 0.5 <= way < 0.8 else None,
            state_id=dice.choice([None, None, self.waits]),
            closes=way > 0.95,
            note=dice.choice(["", "Seen"]),
        )
        self.backend.execute(advance, task_id, offered.task.version, change)

    def save_card(self, dice: random.Random) -> None:
        ticket = self._ticket(dice)
        draft = ticket.draft
        way = dice.randrange(3)
        if way == 0:
            draft = replace(draft, type_id=dice.choice(self.kinds), subtype_id=None)
        elif way == 1:
            draft = replace(draft, handler_id=dice.choice(self.people))
        else:
            draft = replace(draft, status_id=dice.choice(self.statuses))
        self.backend.execute(card.save, ticket.id, ticket.version, draft)

    def many(self, dice: random.Random) -> None:
        ticket = self._ticket(dice)
        wanted = dice.choice(
            [
                {"handler_id": dice.choice(self.people)},
                {"type_id": dice.choice(self.kinds)},
                {"status_id": dice.choice(self.statuses)},
            ]
        )
        self.backend.execute(bulk.change, ticket.id, ticket.version, wanted)

    def close(self, dice: random.Random) -> None:
        ticket = self._ticket(dice, Ticket.closed_at.is_(None))
        self.backend.execute(card.close, ticket.id, ticket.version)

    def reopen(self, dice: random.Random) -> None:
        ticket = self._ticket(dice, Ticket.closed_at.is_not(None))
        self.backend.execute(card.reopen, ticket.id, ticket.version)

    def merge(self, dice: random.Random) -> None:
        ticket, other = self._ticket(dice), self._ticket(dice)
        self.backend.execute(merging.merge, ticket.id, ticket.version, other.id, with_other_customer=True)

    def schedule(self, dice: random.Random) -> None:
        task_id = self._any(dice, Task, Task.closed_at.is_(None), Task.group_id.is_not(None))
        with self.database.reading() as session:
            version = session.get_one(Task, task_id).version
        start = at(10 + dice.randrange(10), dice.randrange(5))
        self.backend.execute(placing.schedule, task_id, version, dice.choice(self.technicians), start)

    def move(self, dice: random.Random) -> None:
        visit_id = self._any(dice, Visit, Visit.is_active.is_(True))
        start = at(10 + dice.randrange(10), dice.randrange(5))
        self.backend.execute(placing.move, visit_id, self._version(visit_id), dice.choice(self.technicians), start)

    def unschedule(self, dice: random.Random) -> None:
        visit_id = self._any(dice, Visit, Visit.is_active.is_(True))
        self.backend.execute(placing.unschedule, visit_id, self._version(visit_id))

    def reinstate(self, dice: random.Random) -> None:
        visit_id = self._any(dice, Visit, Visit.is_active.is_(False))
        self.backend.execute(placing.reinstate, visit_id, self._version(visit_id))

    def _version(self, visit_id: int) -> int:
        with self.database.reading() as session:
            return session.get_one(Visit, visit_id).version

    def toggle(self, dice: random.Random) -> None:
        user_id = dice.choice(self.people + self.technicians)
        with self.database.reading() as session:
            user = session.get_one(User, user_id)
        self.backend.execute(set_active, user_id, user.version, on=not user.is_active or dice.random() < 0.5)

    def profiles_of(self, dice: random.Random) -> None:
        held = dice.sample(self.profiles, dice.randrange(3))
        self.backend.execute(set_user_profiles, dice.choice(self.people), held)

    def absent(self, dice: random.Random) -> None:
        with self.database.transaction() as session:
            start = self.moment + timedelta(seconds=dice.randrange(20))
            session.add(
                Absence(user_id=dice.choice(self.people), starts_at=start, ends_at=start + timedelta(minutes=1))
            )

    def reroute(self, _dice: random.Random) -> None:
        self.backend.execute(reroute_waiting)


DEEDS: dict[Callable[[Storm, random.Random], None], int] = {
    Storm.take_in: 14,
    Storm.open_ticket: 10,
    Storm.open_task: 4,
    Storm.advance: 24,
    Storm.save_card: 8,
    Storm.many: 6,
    Storm.close: 4,
    Storm.reopen: 5,
    Storm.merge: 3,
    Storm.schedule: 8,
    Storm.move: 4,
    Storm.unschedule: 4,
    Storm.reinstate: 3,
    Storm.toggle: 3,
    Storm.profiles_of: 2,
    Storm.absent: 3,
    Storm.reroute: 4,
}


def breaches(database: Database) -> list[str]:
    """What does not hold of the tasks, by task."""
    found = []
    with database.reading() as session:
        found += _counts(session)
        steps: dict[int, list[TaskStep]] = {}
        for step in session.scalars(select(TaskStep).order_by(TaskStep.id)):
            steps.setdefault(step.task_id, []).append(step)
        for task in session.scalars(select(Task).order_by(Task.id)):
            found += [f"task {task.id}: {each}" for each in _gaps(task, steps.get(task.id, []))]
            if task.closed_at is None and (task.user_id is None) is (task.group_id is None):
                found.append(f"task {task.id}: not in one pair of hands")
        planned = select(Visit.task_id, Visit.technician_id, Task.user_id).join(Task, Task.id == Visit.task_id)
        for task_id, technician_id, user_id in session.execute(
            planned.where(Visit.is_active, Task.closed_at.is_(None))
        ):
            if technician_id != user_id:
                found.append(f"task {task_id}: planned for {technician_id}, in the hands of {user_id}")
    return found


def _counts(session: Session) -> list[str]:
    """Counters that are not what a recount finds."""
    mine = select(Task.user_id, func.count()).where(Task.closed_at.is_(None), Task.user_id.is_not(None))
    waits = mine.join(ActivityState, ActivityState.id == Task.state_id).where(ActivityState.is_waiting)
    has = {row[0]: row[1] for row in session.execute(mine.group_by(Task.user_id))}
    waiting = {row[0]: row[1] for row in session.execute(waits.group_by(Task.user_id))}
    return [
        f"user {load.user_id}: {load.open_tasks} open, {load.waiting_tasks} waiting, recounted {counted}"
        for load in session.scalars(select(UserLoad))
        if (load.open_tasks, load.waiting_tasks)
        != (counted := (has.get(load.user_id, 0), waiting.get(load.user_id, 0)))
    ]


def _gaps(task: Task, steps: list[TaskStep]) -> list[str]:
    if not steps:
        return ["no step"]
    found = []
    if (steps[0].from_user_id, steps[0].from_stage_id) != (None, None):
        found.append("does not begin at its beginning")
    for before, after in pairwise(steps):
        if after.from_user_id != before.to_user_id:
            found.append(f"step {after.id} ({after.rule}) from user {after.from_user_id}, was {before.to_user_id}")
        if after.from_stage_id != before.to_stage_id:
            found.append(f"step {after.id} ({after.rule}) from stage {after.from_stage_id}, was {before.to_stage_id}")
    last = steps[-1]
    if (last.to_user_id, last.to_stage_id) != (task.user_id, task.stage_id):
        found.append(f"ends with {last.to_user_id}/{last.to_stage_id}, stands at {task.user_id}/{task.stage_id}")
    if last.closes is (task.closed_at is None):
        found.append(f"closed {task.closed_at is not None}, its last step says {last.closes}")
    return found


@pytest.mark.parametrize("seed", range(4))
def test_a_storm_leaves_every_task_in_one_pair_of_hands_with_its_whole_history(database: Database, seed: int) -> None:
    storm = Storm(database)
    assert storm.blow(seed, 150) > 60
    found = breaches(database)
    assert not found, found


def test_storms_at_once_on_one_server(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    try:
        storm = Storm(database)
        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(lambda seed: storm.blow(seed, 60), range(6))) > 100
        found = breaches(database)
        assert not found, found
    finally:
        database.close()
