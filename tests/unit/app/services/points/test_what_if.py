"""What last month would have been under a draft: exact against the ledger, on both engines."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.db.database import Database
from app.domain.errors import Refused
from app.domain.points.scoring import Setting
from app.domain.processes.flow import ProcessDraft
from app.models.company import Company
from app.models.customers import Customer
from app.models.people import User
from app.models.points import PointsEntry
from app.models.processes import Stage
from app.models.tickets import Task
from app.services.points.settings import SCORES, in_force
from app.services.points.trial import Trial
from app.services.points.what_if import WhatIf, _last_month, what_if
from app.services.processes.flows import load_process
from tests.kit.factory import add_process, add_user
from tests.kit.points_factory import add_scored_task, add_setting, enter

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
OCTOBER = datetime(2026, 9, 30, 22, 0, tzinfo=UTC)
"""An hour after midnight of 1 October in Israel; still September by UTC."""
DAY = timedelta(days=1)


@dataclass
class Shop:
    """Dana and Avi, customers, and a process of meetings; the clock stands in November."""

    session: Session
    people: list[User]
    customers: list[Customer]
    stages: dict[str, Stage]

    def go(self, name: str, days: float, *, by: int = 0, of: int = 0, task: Task | None = None) -> Task:
        """A task (another one unless it is given) enters a stage, days after the first of October."""
        task = task or add_scored_task(self.session, self.people[0], self.customers[of])
        enter(self.session, task, self.stages[name], self.people[by], OCTOBER + days * DAY)
        return task

    def reverse_last(self, days: float) -> None:
        """Take the newest row back."""
        entry = self.session.scalars(select(PointsEntry).order_by(PointsEntry.id.desc()).limit(1)).one()
        copied = ("task_id", "customer_id", "worker_id", "stage_id", "setting_id", "process", "stage", "is_redemption")
        at = OCTOBER + days * DAY
        self.session.execute(
            insert(PointsEntry).values(
                reverses_id=entry.id, at=at, day=at.date() + (DAY if at.hour >= 21 else 0 * DAY), note="wrong",
                customer_points=-entry.customer_points, worker_points=-entry.worker_points,
                **{name: getattr(entry, name) for name in copied},
            )
        )  # fmt: skip

    def draft(self, **changes: dict[str, Any]) -> ProcessDraft:
        """The process as it is, with other values for some stages."""
        draft = load_process(self.session, self.stages["Set"].process_id).draft
        stages = tuple(replace(stage, **changes.get(stage.name, {})) for stage in draft.stages)
        return replace(draft, stages=stages)

    def ask(self, **changes: dict[str, Any]) -> WhatIf:
        """What if."""
        return what_if(self.session, self.draft(**changes))


def told(answer: WhatIf) -> dict[str, tuple[Decimal, Decimal]]:
    """Before and after by name."""
    return {each.name: (each.before, each.after) for each in answer.workers}


@pytest.fixture
def shop(database: Database) -> Iterator[Shop]:
    """Everything in one transaction."""
    with database.transaction() as session:
        session.info["clock"] = lambda: NOW
        session.add(Company(id=1, name="A", country="IL", time_zone="Asia/Jerusalem", language="he"))
        people = [add_user(session, name, "agent") for name in ("Dana", "Avi")]
        customers = [Customer(name=name, search=name.lower()) for name in ("Rossi", "Levi")]
        session.add_all(customers)
        stages = add_process(session, "Meetings", New=None, Set=None, Held=None, Cancelled=None, Gift=None, Done=None)
        add_setting(session, stages["Set"], 5, "2.5")
        add_setting(session, stages["Held"], 20, "10.1234")
        add_setting(session, stages["Cancelled"], -5, "-2.5")
        add_setting(session, stages["Gift"], -10, redeems=True)
        yield Shop(session, people, customers, stages)


def changed(**values: object) -> dict[str, object]:
    """New values of a stage."""
    return {name: Decimal(value) if isinstance(value, str) else value for name, value in values.items()}


@pytest.mark.row("R-P3", "R-P4", "R-P5", "R-P8")
def test_the_month_before_this_one_is_scored_again_by_the_draft(shop: Shop) -> None:
    shop.go("Set", -0.1)  # September there
    first = shop.go("Set", 0)
    shop.go("Held", 3, by=1, task=first)
    shop.go("Set", 4)
    shop.go("Cancelled", 5)
    shop.go("Set", 31.1)  # November
    answer = shop.ask(Set=changed(worker_points="3.0001"), Cancelled=changed(customer_points="-7.5"))
    assert (answer.first, answer.last) == (date(2026, 10, 1), date(2026, 10, 31))
    assert told(answer) == {
        "Dana": (Decimal("2.5"), Decimal("3.5002")),
        "Avi": (Decimal("10.1234"), Decimal("10.1234")),
    }
    assert (answer.customers_before, answer.customers_after) == (Decimal(25), Decimal("22.5"))
    # Trying leaves nothing behind, and a draft that changes nothing changes nothing.
    assert shop.ask().is_same
    assert shop.session.scalar(select(func.count()).select_from(PointsEntry)) == 6


@pytest.mark.row("R-P7", "U47")
def test_rows_of_an_older_setting_are_not_valued_anew_by_a_draft_that_leaves_it(shop: Shop) -> None:
    shop.go("Set", 1)
    add_setting(shop.session, shop.stages["Set"], 50, 25, since=OCTOBER + 2 * DAY)
    shop.go("Set", 3)
    answer = shop.ask(Held=changed(worker_points="1"))
    assert told(answer) == {"Dana": (Decimal("27.5"), Decimal("27.5"))}
    assert told(shop.ask(Set=changed(worker_points="1"))) == {"Dana": (Decimal("27.5"), Decimal(2))}


@pytest.mark.row("Q12", "U49")
def test_every_time_counts_each_time_and_what_stood_before_the_month_stands(shop: Shop) -> None:
    old = shop.go("Set", -10)
    shop.go("Set", 1, task=old)
    shop.go("Set", 2, task=old)
    shop.go("Set", 3, by=1)
    every = shop.ask(Set=changed(scores_every_time=True))
    assert told(every) == {"Dana": (Decimal(0), Decimal(5)), "Avi": (Decimal("2.5"), Decimal("2.5"))}
    assert told(shop.ask(Set=changed(worker_points="1"))) == {"Avi": (Decimal("2.5"), Decimal(1))}


@pytest.mark.row("U44", "U45")
def test_what_was_reversed_is_on_neither_side_and_stood_until_then(shop: Shop) -> None:
    task = shop.go("Set", 1)
    shop.go("Set", 2, by=1, task=task)  # scores nothing: the first one stands
    shop.reverse_last(35)
    other = shop.go("Set", 3, of=1)
    shop.reverse_last(4)
    shop.go("Set", 5, by=1, of=1, task=other)  # scores again
    answer = shop.ask(Set=changed(worker_points="4"))
    assert told(answer) == {"Avi": (Decimal("2.5"), Decimal(4))}
    assert (answer.customers_before, answer.customers_after) == (Decimal(5), Decimal(5))


@pytest.mark.row("R-P9", "Q11")
def test_redemptions_the_balance_would_not_have_held_are_counted_and_left_out(shop: Shop) -> None:
    shop.go("Set", -3)  # 5 are there already
    shop.go("Set", 1)
    shop.go("Gift", 2, by=1)
    shop.go("Held", 3, of=1)
    shop.go("Gift", 4, of=1)
    less = shop.ask(Set=changed(customer_points="4.9999"))
    assert (less.refused, less.customers_before, less.customers_after) == (1, Decimal(5), Decimal("14.9999"))
    dearer = shop.ask(Gift=changed(customer_points="-20", worker_points="1"))
    assert (dearer.refused, dearer.customers_after) == (1, Decimal(5))
    assert told(dearer)["Dana"] == (Decimal("12.6234"), Decimal("13.6234"))
    assert "Avi" not in told(dearer)
    below = shop.ask(Gift=changed(customer_points="-20", may_go_below=True))
    assert (below.refused, below.customers_after) == (0, Decimal(-15))
    # A stage that becomes a redemption: who has no customer could not have come there.
    nobody = add_scored_task(shop.session, shop.people[0], None)
    shop.go("Set", 6, task=nobody)
    spends = shop.ask(Set=changed(customer_points="-5", is_redemption=True))
    assert (spends.nobody, spends.refused) == (1, 1)


@pytest.mark.row("R-P9")
def test_a_redemption_of_another_process_is_refused_too_where_less_was_earned(shop: Shop) -> None:
    club = add_process(shop.session, "Club", Prize=None, Done=None)
    add_setting(shop.session, club["Prize"], -20, redeems=True)
    shop.stages |= club
    shop.go("Held", 1)
    shop.go("Prize", 2)
    assert shop.ask(Held=changed(worker_points="1")).refused == 0
    assert shop.ask(Held=changed(customer_points="19.9999")).refused == 1


@pytest.mark.row("R-P5", "R-P15", "U48", "U50")
def test_a_long_story_comes_to_what_the_ledger_would_have_had(shop: Shop) -> None:
    """Two processes with the same steps: one scores by the old settings, the other by those of the draft."""
    luck = Random(5)
    drafted = {
        "Set": Setting(Decimal("-1.0001"), Decimal("7.25"), scores_every_time=True),
        "Held": Setting(Decimal(3), Decimal(0)),
        "Done": Setting(Decimal(0), Decimal("0.0001")),
    }
    twin = add_process(shop.session, "Twin", New=None, Set=None, Held=None, Cancelled=None, Gift=None, Done=None)
    for name, stage in shop.stages.items():
        if (held := in_force(shop.session, [stage.id]).get(stage.id)) is not None:
            every = held.scores_every_time
            add_setting(shop.session, twin[name], held.customer_points, held.worker_points, every_time=every)
        if (new := drafted.get(name)) is not None:
            points = new.customer_points, new.worker_points
            add_setting(shop.session, twin[name], *points, OCTOBER - DAY / 25, every_time=new.scores_every_time)
    pairs = [
        tuple(add_scored_task(shop.session, shop.people[0], customer) for _twin in range(2))
        for customer in (*shop.customers, None)
    ]
    for turn in range(70):
        pair, name = luck.choice(pairs), luck.choice(("New", "Set", "Held", "Cancelled", "Done"))
        by, at = luck.choice((*shop.people, None)), OCTOBER + (turn - 10) * DAY / 2
        for task, stage in zip(pair, (shop.stages[name], twin[name]), strict=True):
            enter(shop.session, task, stage, by, at)
    answer = shop.ask(**{
        name: {each: getattr(setting, each) for each in SCORES} for name, setting in drafted.items()
    })  # fmt: skip
    ids = [stage.id for stage in twin.values()]
    of = PointsEntry.day.between(date(2026, 10, 1), date(2026, 10, 31)), PointsEntry.stage_id.in_(ids)
    rows = shop.session.execute(
        select(User.name, func.sum(PointsEntry.worker_points))
        .join(User, User.id == PointsEntry.worker_id)
        .where(*of)
        .group_by(User.name)
    )
    assert {each.name: each.after for each in answer.workers} == {row[0]: row[1] for row in rows}
    assert answer.customers_after == shop.session.scalar(select(func.sum(PointsEntry.customer_points)).where(*of))
    assert any(each.difference for each in answer.workers)
    # And scored again by what is in force, everything is as it was: reversals, late ones too, and all.
    for entry_days in (8, 40):
        shop.reverse_last(entry_days)
        shop.go("Set", entry_days + 1)
    kept = in_force(shop.session, [stage.id for stage in shop.stages.values()])
    same = {key: Setting(**{name: getattr(row, name) for name in SCORES}) for key, row in kept.items()}
    trial = Trial(shop.session, _last_month(shop.session), same)
    trial.run(None)
    assert not trial.workers
    assert (trial.customers, trial.refused, trial.nobody) == (Decimal(0), 0, 0)


def test_a_new_process_has_no_past_and_what_cannot_be_saved_is_refused_by_name(shop: Shop) -> None:
    shop.go("Set", 1)
    fresh = replace(shop.draft(), id=None)
    assert what_if(shop.session, fresh) == WhatIf(date(2026, 10, 1), date(2026, 10, 31))
    for value in ("1000000000000", "0.000000001", "NaN", "sNaN", "-Infinity"):
        with pytest.raises(Refused) as refused:
            shop.ask(Set=changed(worker_points=value))
        assert (refused.value.code, refused.value.what.fields) == ("POINTS", {"stage": "Set"})
    with pytest.raises(Refused) as refused:
        shop.ask(Held=changed(is_redemption=True))
    assert refused.value.code == "REDEMPTION"


def test_it_is_for_administrators_and_can_be_stopped(shop: Shop) -> None:
    shop.go("Set", 1)
    shop.session.info["actor"] = shop.people[0].id
    with pytest.raises(Refused) as refused:
        shop.ask(Set=changed(worker_points="1"))
    assert refused.value.code == "FORBIDDEN"
    shop.session.info["actor"] = None

    def stop(_done: int, _total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        what_if(shop.session, shop.draft(Set=changed(worker_points="1")), progress=stop)
