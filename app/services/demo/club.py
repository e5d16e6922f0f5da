"""The demo's club and workers' points: a process that scores, who sees what, and the meetings of the last year."""

import random
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.processes.routing import Rule, reason
from app.models.base import table_of
from app.models.customers import Customer
from app.models.people import User
from app.models.points import StagePoints
from app.models.processes import Process, Profile, Stage, StageLink, UserProfile
from app.models.tickets import Task, TaskStep
from app.services.context import now
from app.services.demo.calls import may_tell_of_the_past
from app.services.demo.files import FOLDER, Files
from app.services.tickets.tasks import state_id

_SINCE = timedelta(days=3 * 365)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Event:
    """That a task of the past came to a stage."""

    task: int
    at: datetime
    worker_id: int
    customer_id: int
    stage: str
    note: str = ""


def make_club(session: Session, files: Files) -> int:
    """Everything of points.toml; gives the number of meetings. A past is told only where it may be made up."""
    facts = tomllib.loads((FOLDER / "points.toml").read_text(encoding="utf-8"))
    workers = _workers(session)
    stages = _process(session, facts, files.language)
    _shows(session)
    if not may_tell_of_the_past(session) or not workers:
        return 0
    events = sorted(_events(session, facts, files, workers), key=lambda each: each.at)
    told = list(_with_gifts(events, facts))
    _write(session, told, stages, facts["titles"][files.language])
    return len({event.task for event in told})


def set_scores(session: Session, rows: list[dict[str, Any]], stages: Mapping[str, Stage]) -> None:
    """What the stages of a file score, in force since before anything happened."""
    since = now(session) - _SINCE
    for each in rows:
        customer, worker = (Decimal(str(each.get(f"{whose}_points", 0))) for whose in ("customer", "worker"))
        if customer or worker:
            session.add(
                StagePoints(
                    stage_id=stages[each["key"]].id,
                    valid_from=since,
                    customer_points=customer,
                    worker_points=worker,
                    is_redemption=each.get("redemption", False),
                )
            )
    session.flush()


def _workers(session: Session) -> list[int]:
    """Who holds a worker profile, whoever looks around included."""
    held = select(UserProfile.user_id).join(User, User.id == UserProfile.user_id).where(User.is_active).distinct()
    return sorted(session.scalars(held))


def _process(session: Session, facts: dict[str, Any], language: str) -> dict[str, Stage]:
    process = Process(name=facts["process"][language])
    session.add(process)
    session.flush()
    profiles = _profiles(session)
    stages = {
        row["key"]: Stage(
            process_id=process.id,
            name=row[language],
            position=position,
            profile_id=profiles.get(row.get("profile", "")),
            is_intake=position == 0,
            is_final=row.get("final", False),
            due_hours=row.get("due_hours"),
        )
        for position, row in enumerate(facts["stages"])
    }
    session.add_all(stages.values())
    session.flush()
    for row in facts["stages"]:
        session.add_all(
            StageLink(
                process_id=process.id, from_stage_id=stages[row["key"]].id, to_stage_id=stages[key].id, position=place
            )
            for place, key in enumerate(row.get("next", ()))
        )
    set_scores(session, facts["stages"], stages)
    return stages


def _profiles(session: Session) -> dict[str, int]:
    """The profiles of processes.toml by key, whatever language they were written in."""
    rows = tomllib.loads((FOLDER / "processes.toml").read_text(encoding="utf-8"))["profiles"]
    known = {name: key for key, name in session.execute(select(Profile.id, Profile.name))}
    return {row["key"]: known[row[code]] for row in rows for code in ("en", "it", "he") if row[code] in known}


def _shows(session: Session) -> None:
    """Everybody with a worker profile of the demo sees his own points; salespeople the team's as well."""
    profiles = _profiles(session)
    for key in ("service", "meetings", "sales"):
        profile = session.get_one(Profile, profiles[key])
        profile.sees_own_points, profile.sees_team_points = True, key == "sales"
    session.flush()


def _events(session: Session, facts: dict[str, Any], files: Files, workers: list[int]) -> Iterator[_Event]:
    """Meetings that were set, and held or cancelled days later."""
    past, chance = facts["past"], random.Random(facts["past"]["seed"])
    customers = session.scalars(select(Customer.id).order_by(Customer.id).limit(past["customers"])).all()
    notes = [note[files.language] for note in facts["notes"]]
    today, task = now(session), 0
    for month in range(past["months"]):
        for place, worker_id in enumerate(workers):
            many = past["meetings"][place % len(past["meetings"])]
            for _meeting in range(max(1, many + chance.randint(-2, 2))):
                task += 1
                at = today - timedelta(days=30 * month + chance.uniform(0.1, 29), hours=chance.uniform(0, 6))
                customer_id = chance.choice(customers)
                yield _Event(task, at, worker_id, customer_id, "set", chance.choice([*notes, "", ""]))
                after = at + timedelta(days=chance.uniform(0.5, 6))
                if after < today:
                    end = "held" if chance.random() < past["held"] else "cancelled"
                    yield _Event(task, after, worker_id, customer_id, end)


def _with_gifts(events: list[_Event], facts: dict[str, Any]) -> Iterator[_Event]:
    """The same, and now and then a customer who spends what he has."""
    scores = {row["key"]: Decimal(row.get("customer_points", 0)) for row in facts["stages"]}
    has: dict[int, Decimal] = {}
    task = max((event.task for event in events), default=0)
    for event in events:
        yield event
        held = has.get(event.customer_id, Decimal(0)) + scores[event.stage]
        spends = next((key for key in ("service", "gift") if held >= -scores[key] + 40), None)
        if spends is not None and event.stage == "held":
            task += 1
            held += scores[spends]
            yield _Event(task, event.at + _HOUR / 4, event.worker_id, event.customer_id, spends)
        has[event.customer_id] = held


def _write(session: Session, events: list[_Event], stages: Mapping[str, Stage], title: str) -> None:
    """Closed tasks and their steps; the database scores each."""
    done, first = state_id(session, "done"), stages["wanted"].id
    last = {event.task: event for event in events}
    begun = {event.task: event for event in reversed(events)}
    names = {stage.id: stage.name for stage in stages.values()}
    rows = [
        {
            "title": title if event.stage in ("set", "held", "cancelled") else names[stages[event.stage].id],
            "customer_id": event.customer_id,
            "user_id": event.worker_id,
            "is_by_hand": True,
            "stage_id": stages[event.stage].id,
            "state_id": done,
            "opened_at": begun[key].at - _HOUR,
            "closed_at": event.at,
        }
        for key, event in last.items()
    ]
    made = session.scalars(insert(table_of(Task)).returning(table_of(Task).c.id, sort_by_parameter_order=True), rows)
    tasks = dict(zip(last, made.all(), strict=True))
    told = reason(Rule.BY_HAND)
    was: dict[int, int] = {}
    steps = []
    for event in events:
        stage_id = stages[event.stage].id
        steps.append(
            {
                "task_id": tasks[event.task],
                "at": event.at,
                "by_id": event.worker_id,
                "from_stage_id": was.get(event.task, None if event.stage in ("gift", "service") else first),
                "to_stage_id": stage_id,
                "to_user_id": event.worker_id,
                "rule": Rule.BY_HAND.value,
                "reason": told,
                "closes": event is last[event.task],
                "note": event.note,
            }
        )
        was[event.task] = stage_id
    session.execute(insert(table_of(TaskStep)), steps)
