"""Many hands at once on few people and customers: no row is lost or doubled, and no total is off."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, insert, select

from app.db.database import Database
from app.domain.errors import Refused
from app.models.base import table_of
from app.models.company import Company
from app.models.customers import Customer
from app.models.points import CustomerBalance, PointsEntry, WorkerDay
from app.models.tickets import TaskStep
from tests.kit.factory import add_process, add_user
from tests.kit.points_factory import add_scored_task, add_setting

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HANDS, EACH = 6, 25


@dataclass(frozen=True, slots=True)
class Few:
    """Ids of two workers, the tasks of two customers, and the stages."""

    workers: tuple[int, ...]
    tasks: tuple[int, ...]
    stages: dict[str, int]


def furnish(database: Database) -> Few:
    with database.transaction() as session:
        session.add(Company(id=1, name="A", country="IT", time_zone="Europe/Rome", language="it"))
        workers = [add_user(session, name, "agent") for name in ("Dana", "Avi")]
        customers = [Customer(name=name, search=name) for name in ("rossi", "levi")]
        session.add_all(customers)
        stages = add_process(session, "P", New=None, Held=None, Met=None, Gift=None)
        add_setting(session, stages["Held"], 3, "1.5", every_time=True)
        add_setting(session, stages["Met"], 1, 1)
        add_setting(session, stages["Gift"], -10, 0, every_time=True, redeems=True)
        tasks = [add_scored_task(session, workers[0], customers[number % 2]) for number in range(4)]
        ids = {name: stage.id for name, stage in stages.items()}
        return Few(tuple(user.id for user in workers), tuple(task.id for task in tasks), ids)


def step(database: Database, few: Few, chance: random.Random) -> str:
    """One step by chance; gives the stage it entered, or nothing where it was refused."""
    stage = chance.choice(("Held", "Held", "Met", "Gift"))
    row = {
        "task_id": chance.choice(few.tasks), "by_id": chance.choice(few.workers), "to_stage_id": few.stages[stage],
        "at": NOW + timedelta(days=chance.randrange(3)), "rule": "by_hand",
    }  # fmt: skip
    try:
        with database.transaction() as session:
            session.execute(insert(table_of(TaskStep)), row)
    except Refused as refused:
        if refused.code != "BALANCE":
            raise
        stage = ""
    return stage


@pytest.mark.row("R-P6", "Q11", "Q12", "U42", "U45")
def test_nothing_is_lost_or_doubled_when_many_score_at_once(database: Database):
    few = furnish(database)

    def hand(number: int) -> list[str]:
        chance = random.Random(number)
        return [step(database, few, chance) for _turn in range(EACH)]

    with ThreadPoolExecutor(HANDS) as pool:
        done = [stage for each in pool.map(hand, range(HANDS)) for stage in each]
    with database.reading() as session:
        counted_rows = select(PointsEntry.stage, func.count()).group_by(PointsEntry.stage)
        rows = {row[0]: row[1] for row in session.execute(counted_rows)}
        assert (rows["Held"], rows.get("Gift", 0)) == (done.count("Held"), done.count("Gift"))
        assert rows["Met"] == len(few.tasks), "once for each task, however many came at once"
        kept, counted = session.execute(select(func.sum(WorkerDay.points), func.sum(WorkerDay.entries))).one()
        assert kept == Decimal("1.5") * done.count("Held") + len(few.tasks)
        assert counted == done.count("Held") + len(few.tasks)
        asked = select(PointsEntry.customer_id, func.sum(PointsEntry.customer_points)).group_by(PointsEntry.customer_id)
        sums = {row[0]: row[1] for row in session.execute(asked)}
        balances = {each.customer_id: each.balance for each in session.scalars(select(CustomerBalance))}
        assert balances == sums
        assert min(balances.values()) >= 0
