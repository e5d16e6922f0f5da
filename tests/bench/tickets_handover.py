"""Hand-overs on Automatic with 50 connections, beside a hand-written psycopg transaction over the same rows.

Both lock the task, the profile's gate and the counters of its holders, choose, move the task and its ticket, write the
step with its reason and the answer under its `op_id`; the change log and the counters are the triggers' in either case.
Each commit is on the disk before it is answered. The two take turns on one server, each with tasks of its own.
"""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
from sqlalchemy import insert, select

from app.backend import Backend
from app.cli.simulate.office import Office, office
from app.db.database import Database
from app.domain.processes.routing import Candidate, Rule, choose, reason
from app.models.customers import Customer
from app.models.tickets import Task, TaskStep, Ticket
from app.services.tickets.advancing import Update, advance
from tests.bench.results import Result

CONNECTIONS = 50
WORKERS = 20
EACH = 20
ROUNDS = 5
FLOOR = 0.5

_TASK = """
    SELECT t.version, t.ticket_id, t.customer_id, t.stage_id, t.user_id, t.closed_at, s.id, s.name, s.profile_id,
        p.name, EXISTS (SELECT FROM stage_openings AS o WHERE o.stage_id = s.id), s.due_hours, now(),
        r.counts_waiting, r.keeps_absent,
        (SELECT true FROM role_permissions AS rp JOIN users AS u ON u.role_id = rp.role_id
            WHERE u.id = %(me)s AND u.is_active AND rp.permission = 'work_tasks')
    FROM tasks AS t
    JOIN stage_links AS l ON l.from_stage_id = t.stage_id AND l.to_stage_id = %(stage)s
    JOIN stages AS s ON s.id = l.to_stage_id
    JOIN profiles AS p ON p.id = s.profile_id
    CROSS JOIN routing_rules AS r
    WHERE t.id = %(task)s FOR UPDATE OF t
"""
_GATE = "SELECT profile_id FROM profile_gates WHERE profile_id = %s FOR UPDATE"
_HOLDERS = """
    SELECT l.user_id, u.name, l.open_tasks, l.waiting_tasks, l.chosen_at,
        (SELECT max(s.at) FROM task_steps AS s WHERE s.task_id = %(task)s AND s.to_user_id = l.user_id), u.is_active,
        EXISTS (SELECT FROM absences AS a
            WHERE a.user_id = l.user_id AND a.starts_at <= %(now)s AND a.ends_at > %(now)s)
    FROM user_loads AS l JOIN users AS u ON u.id = l.user_id
    WHERE l.user_id IN (SELECT user_id FROM user_profiles WHERE profile_id = %(profile)s) OR l.user_id = %(holder)s
    ORDER BY l.user_id FOR UPDATE OF l
"""
_MOVE = """
    UPDATE tasks SET version = version + 1, stage_id = %s, user_id = %s, group_id = NULL, is_by_hand = false,
        awaits_profile_id = NULL WHERE id = %s AND version = %s
"""
_STEP = """
    INSERT INTO task_steps (task_id, at, by_id, from_stage_id, to_stage_id, from_user_id, to_user_id, rule, reason,
        is_automatic, closes, note)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, true, false, '')
"""
_TICKET = "UPDATE tickets SET handler_id = %s, version = version + 1 WHERE id = %s AND handler_id IS DISTINCT FROM %s"
_TEMPLATES = "SELECT id FROM mail_templates WHERE event = 'task_given' AND is_active"
_ANSWER = "INSERT INTO operations (op_id, service, user_id, at, result) VALUES (%s, 'advance', %s, %s, %s)"


def run() -> Iterator[Result]:
    """Hand-overs per second, over those of the hand-written transaction (asked: at least half)."""
    with office(None, WORKERS, durable=True, mails=False) as simulated:
        ours, theirs = _fill(simulated), _fill(simulated)
        desktops = [Database(simulated.url) for _ in range(CONNECTIONS)]
        connections = [psycopg.connect(simulated.url) for _ in range(CONNECTIONS)]
        try:
            _round([_ours(database, simulated, ours[number][:2]) for number, database in enumerate(desktops)])
            _round([_theirs(each, simulated, theirs[number][:2]) for number, each in enumerate(connections)])
            rates: list[tuple[float, float]] = []
            for _ in range(ROUNDS):
                mine = _round([_ours(database, simulated, ours[number]) for number, database in enumerate(desktops)])
                bare = _round([_theirs(each, simulated, theirs[number]) for number, each in enumerate(connections)])
                rates.append((mine, bare))
        finally:
            for database in desktops:
                database.close()
            for connection in connections:
                connection.close()
    mine, bare = (statistics.median(each) for each in zip(*rates, strict=True))
    yield Result.against("tickets.handover", mine, "/s", bare)


def _fill(simulated: Office) -> list[list[int]]:
    """So many tasks for each connection, at the intake stage, in the hands of the holders in turn."""
    database = Database(simulated.url)
    moment = datetime.now(UTC)
    try:
        with database.transaction() as session:
            wanted = CONNECTIONS * EACH
            customers = session.scalars(
                insert(Customer).returning(Customer.id), [{"name": f"C{number}"} for number in range(wanted)]
            ).all()
            tickets = session.scalars(
                insert(Ticket).returning(Ticket.id),
                [{"subject": "Leak", "customer_id": each, "status_id": 1, "opened_at": moment} for each in customers],
            ).all()
            people = simulated.worker_ids
            rows = [
                {
                    "ticket_id": ticket_id,
                    "customer_id": customers[number],
                    "stage_id": simulated.stage_ids[0],
                    "user_id": people[number % len(people)],
                    "title": "Leak",
                    "opened_at": moment,
                }
                for number, ticket_id in enumerate(tickets)
            ]
            tasks = session.scalars(insert(Task).returning(Task.id), rows).all()
            steps = [
                {"task_id": task_id, "at": moment, "to_stage_id": simulated.stage_ids[0], "rule": Rule.BY_HAND.value}
                for task_id in tasks
            ]
            session.execute(insert(TaskStep), steps)
            return [list(tasks[number::CONNECTIONS]) for number in range(CONNECTIONS)]
    finally:
        database.close()


def _round(works: list[Callable[[], int]]) -> float:
    """Everybody at once; hand-overs per second."""
    with ThreadPoolExecutor(len(works)) as pool:
        started = time.perf_counter()
        done = sum(future.result() for future in [pool.submit(work) for work in works])
        return done / (time.perf_counter() - started)


def _ours(database: Database, simulated: Office, tasks: list[int]) -> Callable[[], int]:
    backend = Backend(database, actor=simulated.manager_id)
    with database.reading() as session:
        rows = session.execute(select(Task.id, Task.version, Task.stage_id).where(Task.id.in_(tasks)))
        asked = [(row[0], row[1], _other(simulated, row[2])) for row in rows]

    def work() -> int:
        for task_id, version, stage_id in asked:
            backend.execute(advance, task_id, version, Update(stage_id=stage_id, is_automatic=True))
        return len(asked)

    return work


def _theirs(connection: psycopg.Connection, simulated: Office, tasks: list[int]) -> Callable[[], int]:
    rows = connection.execute("SELECT id, stage_id FROM tasks WHERE id = ANY(%s)", (tasks,)).fetchall()
    connection.commit()
    asked = [(task_id, _other(simulated, stage_id)) for task_id, stage_id in rows]

    def work() -> int:
        for task_id, stage_id in asked:
            _hand_over(connection, simulated.manager_id, task_id, stage_id)
        return len(asked)

    return work


def _other(simulated: Office, stage_id: int | None) -> int:
    first, second = simulated.stage_ids
    return second if stage_id == first else first


def _hand_over(connection: psycopg.Connection, me: int, task_id: int, stage_id: int) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        row = cursor.execute(_TASK, {"me": me, "task": task_id, "stage": stage_id}).fetchone()
        assert row is not None
        version, ticket_id, _customer, was_at, holder, _closed, _id, stage, profile_id, profile = row[:10]
        moment, counts, keeps = row[12], row[13], row[14]
        cursor.execute(_GATE, (profile_id,))
        cursor.execute(_HOLDERS, {"task": task_id, "now": moment, "profile": profile_id, "holder": holder})
        people = [
            Candidate(each[0], each[1], each[2] - (0 if counts else each[3]), each[4], each[5], None, each[6], each[7])
            for each in cursor.fetchall()
        ]
        choice = choose(people, keeps_absent=keeps)
        why = reason(choice.rule, profile=profile, stage=stage, candidates=people, counts_waiting=counts)
        cursor.execute(_MOVE, (stage_id, choice.user_id, task_id, version))
        told = (task_id, moment, me, was_at, stage_id, holder, choice.user_id, choice.rule.value, json.dumps(why))
        cursor.execute(_STEP, told)
        cursor.execute(_TEMPLATES)
        cursor.execute(_TICKET, (choice.user_id, ticket_id, choice.user_id))
        answer = {"value": {"task_id": task_id, "version": version + 1, "user_id": choice.user_id, "reason": why}}
        cursor.execute(_ANSWER, (str(uuid4()), me, moment, json.dumps(answer)))
