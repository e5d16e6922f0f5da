"""Many schedulers on few technicians at once: whatever they try, no two visits overlap and none lies on grey."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, text

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import UserError
from app.models.company import Company
from app.models.planner import Visit
from app.models.tickets import Task
from app.services.planner.placing import move, schedule, unschedule
from tests.kit.factory import add_call, add_group, add_presence, add_type, add_user, at

SCHEDULERS, ACTS, TECHNICIANS, CALLS = 8, 150, 4, 60


def act(backend: Backend, technicians: list[int], chance: random.Random) -> bool:
    """One random act of a scheduler; whether it was let through."""
    with backend.database.reading() as session:
        tasks = session.execute(select(Task.id, Task.version)).all()
        visits = session.execute(select(Visit.id, Visit.version).where(Visit.is_active)).all()
    start = at(7) + timedelta(minutes=15 * chance.randrange(44))
    try:
        if not visits or chance.random() < 0.5:
            task = chance.choice(tasks)
            backend.execute(schedule, task.id, task.version, chance.choice(technicians), start)
        elif chance.random() < 0.6:
            visit = chance.choice(visits)
            backend.execute(move, visit.id, visit.version, chance.choice(technicians), start)
        else:
            visit = chance.choice(visits)
            backend.execute(unschedule, visit.id, visit.version)
    except UserError:
        return False
    return True


@pytest.mark.soak
@pytest.mark.row("R-X1", "R-T31", "U56")
def test_no_storm_of_schedulers_gets_past_the_rules(database: Database) -> None:
    with database.transaction() as session:
        session.add(Company(id=1, name="Callboard", country="IT", time_zone="UTC", language="en"))
        people = [add_user(session, f"Technician {number}") for number in range(TECHNICIANS)]
        for technician in people:
            add_presence(session, technician, at(8), at(12))
            add_presence(session, technician, at(13), at(17))
        kind = add_type(session, "Repair", *people, minutes=45)
        office = add_group(session, "Back office", is_back_office=True)
        for number in range(CALLS):
            add_call(session, office, kind, f"Call {number}")
        technicians = [technician.id for technician in people]
    backend = Backend(database)

    def work(seed: int) -> int:
        chance = random.Random(seed)
        return sum(act(backend, technicians, chance) for _act in range(ACTS))

    with ThreadPoolExecutor(SCHEDULERS) as pool:
        done = sum(pool.map(work, range(SCHEDULERS)))
    assert done > SCHEDULERS, "a storm in which nothing happens shows nothing"
    with database.reading() as session:
        visits = session.scalars(
            select(Visit).where(Visit.is_active).order_by(Visit.technician_id, Visit.starts_at)
        ).all()
        for first, second in pairwise(visits):
            assert first.technician_id != second.technician_id or first.ends_at <= second.starts_at
        for visit in visits:
            inside = (at(8) <= visit.starts_at and visit.ends_at <= at(12)) or (
                at(13) <= visit.starts_at and visit.ends_at <= at(17)
            )
            assert inside, visit.starts_at
        planned = session.scalars(text("SELECT task_id FROM visits WHERE is_active")).all()
        assert len(planned) == len(set(planned)), "one call, one visit"
        waiting = session.scalars(select(Task.id).where(Task.group_id.is_not(None))).all()
        assert set(waiting).isdisjoint(planned), "a call on the plan does not wait"
