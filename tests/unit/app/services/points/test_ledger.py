"""What the database itself writes into the ledger, on both engines."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from app.db import schema
from app.db.database import Database
from app.domain.errors import Refused
from app.domain.points.scoring import Move, Setting, score
from app.models.company import Company
from app.models.customers import Customer
from app.models.people import User
from app.models.points import CustomerBalance, PointsEntry, StagePoints, WorkerDay
from app.models.processes import Stage
from app.models.tickets import Task
from tests.kit.factory import add_process, add_user
from tests.kit.points_factory import LONG_AGO, add_scored_task, add_setting, enter

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass
class Club:
    """A company in Israel, two workers, a customer, and a process of meetings."""

    session: Session
    dana: User
    avi: User
    rossi: Customer
    stages: dict[str, Stage]

    def task(self, customer: Customer | None = None) -> Task:
        """Another task of the customer, in Dana's hands."""
        return add_scored_task(self.session, self.dana, customer or self.rossi)

    def rows(self) -> list[tuple[Any, ...]]:
        """Worker, stage, points of the customer and of the worker of every row."""
        asked = select(User.name, PointsEntry.stage, PointsEntry.customer_points, PointsEntry.worker_points)
        return [
            tuple(row)
            for row in self.session.execute(
                asked.outerjoin(User, User.id == PointsEntry.worker_id).order_by(PointsEntry.id)
            )
        ]

    def balance(self) -> tuple[Decimal, Decimal, Decimal, int] | None:
        """Balance, earned, redeemed and rows of the customer."""
        asked = select(
            CustomerBalance.balance, CustomerBalance.earned, CustomerBalance.redeemed, CustomerBalance.entries
        )
        row = self.session.execute(asked.where(CustomerBalance.customer_id == self.rossi.id)).first()
        return row and tuple(row)

    def reverse(self, entry: PointsEntry, by: User, reason: str = "By mistake") -> None:
        """Take a row back by hand, as a service would."""
        copied = ("task_id", "customer_id", "worker_id", "stage_id", "setting_id", "process", "stage", "is_redemption")
        self.session.execute(
            insert(PointsEntry).values(
                reverses_id=entry.id, by_id=by.id, at=NOW, day=NOW.date(), note=reason,
                customer_points=-entry.customer_points, worker_points=-entry.worker_points,
                **{name: getattr(entry, name) for name in copied},
            )
        )  # fmt: skip


@pytest.fixture
def club(database: Database) -> Iterator[Club]:
    """Everything in one transaction."""
    with database.transaction() as session:
        session.add(Company(id=1, name="A", country="IL", time_zone="Asia/Jerusalem", language="he"))
        dana, avi = add_user(session, "Dana", "agent"), add_user(session, "Avi", "agent")
        rossi = Customer(name="Paolo Rossi", search="paolo rossi")
        session.add(rossi)
        stages = add_process(session, "Meetings", New=None, Set=None, Held=None, Cancelled=None, Gift=None, Done=None)
        add_setting(session, stages["Set"], 5, "2.5")
        add_setting(session, stages["Held"], "20", "10.1234")
        add_setting(session, stages["Cancelled"], -5, "-2.5")
        add_setting(session, stages["Gift"], -10, 0, redeems=True)
        yield Club(session, dana, avi, rossi, stages)


@pytest.mark.row("R-P4", "R-P5", "R-P8", "R-P15", "U48")
def test_a_step_that_enters_a_stage_scores_for_customer_and_doer(club: Club):
    task = club.task()
    enter(club.session, task, club.stages["New"], club.dana, NOW)
    enter(club.session, task, club.stages["Set"], club.dana, NOW, "Tuesday at ten")
    enter(club.session, task, club.stages["Held"], club.avi, NOW, came_from=club.stages["Set"])
    enter(club.session, task, club.stages["Cancelled"], club.avi, NOW)
    assert club.rows() == [
        ("Dana", "Set", Decimal(5), Decimal("2.5")),
        ("Avi", "Held", Decimal(20), Decimal("10.1234")),
        ("Avi", "Cancelled", Decimal(-5), Decimal("-2.5")),
    ]
    first = club.session.scalars(select(PointsEntry).order_by(PointsEntry.id)).first()
    assert first is not None
    assert (first.process, first.note, first.occasion, first.task_id) == ("Meetings", "Tuesday at ten", 1, task.id)
    assert club.balance() == (Decimal(20), Decimal(25), Decimal(0), 3)


@pytest.mark.row("Q12", "U49")
def test_going_back_and_forth_scores_once_unless_the_stage_says_every_time(club: Club):
    task, other = club.task(), club.task()
    add_setting(club.session, club.stages["Held"], 1, 0, every_time=True)
    for _turn in range(3):
        for name in ("Set", "Held"):
            enter(club.session, task, club.stages[name], club.dana, NOW)
    enter(club.session, other, club.stages["Set"], club.dana, NOW)
    assert [row[1] for row in club.rows()] == ["Set", "Held", "Held", "Held", "Set"]
    occasions = club.session.scalars(select(PointsEntry.occasion).where(PointsEntry.stage == "Held")).all()
    assert occasions == [1, 2, 3]


@pytest.mark.row("Q12")
def test_a_hand_over_within_a_stage_scores_nothing(club: Club):
    enter(club.session, club.task(), club.stages["Held"], club.dana, NOW, came_from=club.stages["Held"])
    assert club.rows() == []


@pytest.mark.row("R-P7", "U47")
def test_a_setting_acts_from_its_moment_on_and_rows_keep_their_value(club: Club):
    enter(club.session, club.task(), club.stages["Set"], club.dana, NOW - timedelta(hours=2))
    add_setting(club.session, club.stages["Set"], 100, 100, NOW - timedelta(hours=1))
    enter(club.session, club.task(), club.stages["Set"], club.dana, NOW - timedelta(minutes=90), "late news")
    enter(club.session, club.task(), club.stages["Set"], club.dana, NOW)
    assert [row[2] for row in club.rows()] == [5, 5, 100]
    used = club.session.scalars(select(PointsEntry.setting_id).order_by(PointsEntry.id)).all()
    assert len(set(used)) == 2


@pytest.mark.row("R-P7")
def test_a_setting_cannot_be_put_before_another(club: Club):
    with pytest.raises(Exception, match="RETROACTIVE"):
        add_setting(club.session, club.stages["Set"], 1, 1, LONG_AGO - timedelta(days=1))
    club.session.rollback()


@pytest.mark.row("R-P5", "R-P15")
def test_points_of_nobody_are_none(club: Club):
    add_setting(club.session, club.stages["Set"], 0, 7)
    enter(club.session, club.task(), club.stages["Set"], None, NOW)
    assert club.rows() == []
    without = add_scored_task(club.session, club.dana, None)
    enter(club.session, without, club.stages["Held"], club.avi, NOW)
    assert club.rows() == [("Avi", "Held", Decimal(0), Decimal("10.1234"))]
    assert club.balance() is None


@pytest.mark.row("R-X6", "U43")
@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-10-31T21:59:59+00:00", date(2026, 10, 31)),  # winter time there: UTC+2
        ("2026-10-31T22:00:00+00:00", date(2026, 11, 1)),
        ("2026-07-31T20:59:59+00:00", date(2026, 7, 31)),  # summer time: UTC+3
        ("2026-07-31T21:00:00+00:00", date(2026, 8, 1)),
        ("2026-12-31T22:00:00+00:00", date(2027, 1, 1)),
    ],
)
def test_a_day_is_a_day_of_the_company(club: Club, moment: str, day: date):
    enter(club.session, club.task(), club.stages["Set"], club.dana, datetime.fromisoformat(moment))
    assert club.session.scalars(select(PointsEntry.day)).all() == [day]
    kept = club.session.execute(select(WorkerDay.month, WorkerDay.day, WorkerDay.points, WorkerDay.entries)).all()
    assert [tuple(row) for row in kept] == [(day.replace(day=1), day, Decimal("2.5"), 1)]


@pytest.mark.row("R-P9", "Q11")
def test_a_redemption_takes_what_the_balance_holds_and_nothing_above(club: Club):
    enter(club.session, club.task(), club.stages["Held"], club.dana, NOW)
    for _gift in range(2):
        enter(club.session, club.task(), club.stages["Gift"], club.dana, NOW)
    assert club.balance() == (Decimal(0), Decimal(20), Decimal(20), 3)
    with pytest.raises(Exception, match="BALANCE"):
        enter(club.session, club.task(), club.stages["Gift"], club.dana, NOW)
    club.session.rollback()


@pytest.mark.row("Q11", "R-P7")
def test_a_stage_that_let_the_balance_go_below_zero_once_does_so_no_more(club: Club):
    add_setting(club.session, club.stages["Gift"], -10, 0, redeems=True, below=True)
    enter(club.session, club.task(), club.stages["Gift"], club.dana, NOW)
    add_setting(club.session, club.stages["Gift"], -10, 0, NOW, redeems=True)
    with pytest.raises(Exception, match="BALANCE"), club.session.begin_nested():
        enter(club.session, club.task(), club.stages["Gift"], club.dana, NOW)
    assert club.balance() == (Decimal(-10), Decimal(0), Decimal(10), 1)


@pytest.mark.row("Q11")
def test_a_balance_that_lacks_the_least_of_points_is_too_low(club: Club):
    add_setting(club.session, club.stages["Set"], "9.9999", 0)
    enter(club.session, club.task(), club.stages["Set"], club.dana, NOW)
    with pytest.raises(Exception, match="BALANCE"), club.session.begin_nested():
        enter(club.session, club.task(), club.stages["Gift"], club.dana, NOW)
    assert club.balance() == (Decimal("9.9999"), Decimal("9.9999"), Decimal(0), 1)


@pytest.mark.row("Q11")
def test_a_stage_may_let_the_balance_go_below_zero_and_penalties_always_may(club: Club):
    enter(club.session, club.task(), club.stages["Cancelled"], club.dana, NOW)
    assert club.balance() == (Decimal(-5), Decimal(0), Decimal(0), 1)
    add_setting(club.session, club.stages["Gift"], -10, 0, redeems=True, below=True)
    enter(club.session, club.task(), club.stages["Gift"], club.dana, NOW)
    assert club.balance() == (Decimal(-15), Decimal(0), Decimal(10), 2)


@pytest.mark.row("R-P9")
def test_nobody_redeems_without_a_customer(club: Club):
    nobody = add_scored_task(club.session, club.dana, None)
    with pytest.raises(Exception, match="NO_CUSTOMER"):
        enter(club.session, nobody, club.stages["Gift"], club.dana, NOW)
    club.session.rollback()


@pytest.mark.row("U44", "U45", "U54")
def test_a_reversal_takes_back_once_and_the_stage_may_score_again(club: Club):
    task = club.task()
    enter(club.session, task, club.stages["Held"], club.avi, NOW)
    entry = club.session.scalars(select(PointsEntry)).one()
    club.reverse(entry, club.dana)
    assert club.balance() == (Decimal(0), Decimal(0), Decimal(0), 2)
    assert club.session.scalars(select(func.sum(WorkerDay.points))).one() == 0
    assert club.rows()[1] == ("Avi", "Held", Decimal(-20), Decimal("-10.1234"))
    enter(club.session, task, club.stages["Held"], club.avi, NOW)
    enter(club.session, task, club.stages["Held"], club.avi, NOW)
    assert club.session.scalars(select(PointsEntry.occasion).order_by(PointsEntry.id)).all() == [1, None, 2]
    with pytest.raises(Exception, match=r"reverses_id|REVERSED"):
        club.reverse(entry, club.dana)
    club.session.rollback()


@pytest.mark.row("U54")
def test_what_was_redeemed_does_not_lower_what_was_earned(club: Club):
    enter(club.session, club.task(), club.stages["Held"], club.dana, NOW)
    enter(club.session, club.task(), club.stages["Gift"], club.dana, NOW)
    gift = club.session.scalars(select(PointsEntry).where(PointsEntry.is_redemption)).one()
    assert club.balance() == (Decimal(10), Decimal(20), Decimal(10), 2)
    club.reverse(gift, club.dana)
    assert club.balance() == (Decimal(20), Decimal(20), Decimal(0), 3)


@pytest.mark.row("Q11", "U44")
def test_a_redemption_is_taken_back_also_where_the_customer_owes_more(club: Club):
    enter(club.session, club.task(), club.stages["Held"], club.dana, NOW)
    for _gift in range(2):
        enter(club.session, club.task(), club.stages["Gift"], club.dana, NOW)
    held, gift, _second = club.session.scalars(select(PointsEntry).order_by(PointsEntry.id)).all()
    club.reverse(held, club.avi)
    club.reverse(gift, club.avi)
    assert club.balance() == (Decimal(-10), Decimal(0), Decimal(10), 5)


def test_a_refusal_says_balance_and_need_where_the_server_knows_them(database: Database):
    with pytest.raises(Refused) as refused:
        _redeem_with_nothing(database)
    assert refused.value.code == "BALANCE"
    if not database.is_sqlite:
        assert refused.value.what.fields == {"balance": Decimal(0), "asked": Decimal("100.5")}


def _redeem_with_nothing(database: Database) -> None:
    with database.transaction() as session:
        stages = add_process(session, "P", New=None, Gift=None)
        add_setting(session, stages["Gift"], "-100.5", redeems=True)
        rossi, dana = Customer(name="Rossi", search="rossi"), add_user(session, "Dana", "agent")
        session.add(rossi)
        session.flush()
        enter(session, add_scored_task(session, dana, rossi), stages["Gift"], dana, NOW)


# --- The ledger is the rule


_POINTS = st.sampled_from(["0", "0", "1", "-1", "2.5", "-0.0001", "1000000000"])
_SETTING = st.tuples(_POINTS, _POINTS, st.booleans())
_MOVE = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.sampled_from([0, 0, 1, 2]), st.booleans())


@pytest.fixture
def sandbox(database: Database) -> Database:
    """A company with people, customers and stages; each example is undone."""
    with database.transaction() as session:
        session.add(Company(id=1, name="A", country="IT", time_zone="Europe/Rome", language="it"))
        for name in ("Dana", "Avi"):
            add_user(session, name, "agent")
        session.add_all(Customer(name=name, search=name) for name in ("Rossi", "Levi"))
        add_process(session, "P", A=None, B=None, C=None)
    return database


@pytest.mark.row("R-P6", "U42", "U45", "U46", "U48", "U50")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(settings=st.lists(_SETTING, min_size=3, max_size=3), moves=st.lists(_MOVE, max_size=14), data=st.data())
def test_the_ledger_is_what_the_rule_says_and_totals_are_its_sums(sandbox: Database, settings, moves, data):
    with sandbox.engine.connect() as connection, connection.begin() as begun, Session(connection) as session:
        people, customers = (
            session.scalars(select(User).order_by(User.id)).all(),
            session.scalars(select(Customer)).all(),
        )
        stages = session.scalars(select(Stage).order_by(Stage.id)).all()
        rules = {
            stage.id: Setting(Decimal(customer), Decimal(worker), scores_every_time=every)
            for stage, (customer, worker, every) in zip(stages, settings, strict=True)
        }
        for stage in stages:
            rule = rules[stage.id]
            add_setting(session, stage, rule.customer_points, rule.worker_points, every_time=rule.scores_every_time)
        tasks = [add_scored_task(session, people[0], customer) for customer in (*customers, None)]
        entered, made = [], []
        for day, (which, where, who, back, reverses) in enumerate(moves):
            task, stage, by = tasks[which], stages[where], (*people, None)[who]
            came_from = stage if back == 2 else None
            step = enter(session, task, stage, by, NOW + timedelta(hours=7 * day), came_from=came_from)
            if came_from is None:
                entered.append(Move(step.id, task.id, stage.id, by and by.id, task.customer_id))
            made.append(reverses)
        asked = select(
            PointsEntry.step_id, PointsEntry.customer_points, PointsEntry.worker_points
        ).where(PointsEntry.reverses_id.is_(None))  # fmt: skip
        found = [tuple(row) for row in session.execute(asked.order_by(PointsEntry.step_id))]
        assert found == [
            (each.move.step_id, each.customer_points, each.worker_points) for each in score(entered, rules)
        ]
        _reverse_some(session, data)
        _totals_are_sums(session)
        begun.rollback()


def _reverse_some(session: Session, data: st.DataObject) -> None:
    entries = session.scalars(select(PointsEntry).order_by(PointsEntry.id)).all()
    for entry in entries:
        if data.draw(st.booleans()):
            session.execute(
                insert(PointsEntry).from_select(
                    [*_COPIED, "reverses_id", "at", "day", "note", "customer_points", "worker_points"],
                    select(
                        *(getattr(PointsEntry, name) for name in _COPIED),
                        PointsEntry.id, PointsEntry.at, PointsEntry.day, text("'wrong'"),
                        -PointsEntry.customer_points, -PointsEntry.worker_points,
                    ).where(PointsEntry.id == entry.id),
                )
            )  # fmt: skip


_COPIED = ("task_id", "customer_id", "worker_id", "stage_id", "setting_id", "process", "stage", "is_redemption")


def _totals_are_sums(session: Session) -> None:
    days: dict[Any, list[Decimal]] = {}
    balances: dict[Any, list[Decimal]] = {}
    for row in session.execute(
        select(PointsEntry.worker_id, PointsEntry.day, PointsEntry.customer_id, PointsEntry.worker_points,
               PointsEntry.customer_points)
    ):  # fmt: skip
        if row.worker_points:
            days.setdefault((row.worker_id, row.day), []).append(row.worker_points)
        if row.customer_points:
            balances.setdefault(row.customer_id, []).append(row.customer_points)
    kept = select(WorkerDay.user_id, WorkerDay.day, WorkerDay.points, WorkerDay.entries)
    assert {(r.user_id, r.day): (r.points, r.entries) for r in session.execute(kept)} == {
        key: (sum(values), len(values)) for key, values in days.items()
    }
    held = select(CustomerBalance.customer_id, CustomerBalance.balance, CustomerBalance.entries)
    assert {r.customer_id: (r.balance, r.entries) for r in session.execute(held)} == {
        key: (sum(values), len(values)) for key, values in balances.items()
    }


@pytest.mark.row("R-P4")
def test_what_is_no_exact_number_of_points_is_refused_by_name(club: Club):
    for wrong in ("1000000000.0001", "0.00001", "NaN"):
        statement = insert(StagePoints).values(
            stage_id=club.stages["Set"].id, valid_from=NOW, customer_points=text(f"'{wrong}'")
        )
        with pytest.raises(Exception, match=r"POINTS|exact"), club.session.begin_nested():
            club.session.execute(statement)


def test_on_a_file_a_step_looks_at_the_rows_of_its_task_alone(sqlite_url: str):
    with closing(Database(sqlite_url)) as database:
        schema.upgrade(database)
        with database.engine.connect() as connection:
            triggers = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'task_steps_score'")
            asked = re.findall(
                r"\(\s*(SELECT 1 FROM points_entries AS e .*?e\.id\)\s*)\)", triggers.scalar_one(), re.DOTALL
            )
            bare = [re.sub(r"NEW\.\w+", "1", each) for each in asked]
            plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}").all() for each in bare]
            assert len(plans) == 1
            assert "uq_points_entries_occasion (task_id=? AND stage_id=?)" in plans[0][0][3], plans
