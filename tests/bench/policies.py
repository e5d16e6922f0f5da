"""What row security costs each list and search: as the person's own log-in, beside the same asked by the owner.

Both ask the same service for the same person over the same rows, in turns; only the log-in differs. A technician of
five years sees what is on his way, a tenth of what the owner sees: his worst stands beside that of the others.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.backend import Backend
from app.cli.simulate.office_setting import NAME, Setting, setting
from app.db.database import Database
from app.domain.points.asked import Asked
from app.domain.tickets.order import Sort, SortBy, TicketFilter
from app.services.customers import card as customer_card
from app.services.customers import listing as customers
from app.services.dialer import reports
from app.services.dialer.asked import EVERYTHING
from app.services.dialer.card import dial_card
from app.services.dialer.history import Kind, history
from app.services.people.roles import list_roles
from app.services.people.rows import UserDraft
from app.services.people.users import save_user
from app.services.planner.board import board
from app.services.planner.waiting import waiting, waiting_summary
from app.services.points import of_customer
from app.services.points import report as points
from app.services.tickets import card as ticket_card
from app.services.tickets import home, task_list
from app.services.tickets import listing as tickets
from app.services.tickets import statistics as ticket_statistics
from app.services.tickets.task_rows import Scope, TaskFilter
from migrations.reaches import FACTS
from tests.bench.results import Result

LIMIT = 2.0
ROUNDS = 25
CUSTOMERS, TICKETS, ATTEMPTS, POINTS = 100_000, 50_000, 200_000, 100_000
PASSWORD = "correct-horse-7"


@dataclass(frozen=True, slots=True)
class Screen:
    """One question of a screen, and the roles that ask it."""

    name: str
    roles: tuple[str, ...]
    ask: Callable[[Backend], object]


def screens(made: Setting) -> tuple[Screen, ...]:
    """Each list, search and card."""
    desk, office, boss = ("agent", "back_office", "manager"), ("back_office",), ("manager",)
    everybody = (*desk, "technician")
    board_start = made.morning
    board_end = board_start + timedelta(hours=12)
    number = Sort(SortBy.NUMBER)

    def of(name: str, roles: tuple[str, ...], service: Callable[..., Any], *args: Any, **kwargs: Any) -> Screen:
        return Screen(name, roles, lambda backend: backend.execute(service, *args, **kwargs))

    return (
        of("customers.list", everybody, customers.page),
        of("customers.search", everybody, customers.page, "customer 7421"),
        of("customers.find", everybody, customers.find, "omer 7421"),
        of("customers.count", everybody, customers.count, "customer 74"),
        of("customer.card", desk, customer_card.load, 4242),
        of("tickets.list", everybody, tickets.page),
        of("tickets.search", everybody, tickets.page, TicketFilter(text="leaks 4242")),
        of("tickets.filter", everybody, tickets.page, TicketFilter(status_id=1, priority=2), number),
        of("tickets.count", everybody, tickets.count, TicketFilter(text="leaks 42")),
        of("ticket.card", desk, ticket_card.load, 4242),
        of("tasks.mine", everybody, task_list.page),
        of("tasks.all", everybody, task_list.page, TaskFilter(scope=Scope.ALL)),
        of("tasks.search", everybody, task_list.page, TaskFilter(scope=Scope.ALL, text="leak")),
        of("tasks.count", everybody, task_list.count, TaskFilter(scope=Scope.ALL, text="leak")),
        of("home.tasks", everybody, home.tasks),
        of("home.changes", everybody, home.changes),
        of("home.held", everybody, home.held),
        of("customer.balance", everybody, of_customer.balance, 4243),
        of("planner.board", office, board, {made.group_id}, board_start, board_end),
        of("planner.waiting", office, waiting),
        of("planner.waiting_summary", office, waiting_summary),
        of("dial.card", desk, dial_card, 4242, made.campaign_id),
        of("dial.history", desk, history, 7, made.campaign_id, kinds=frozenset(Kind)),
        of("points.rows", boss, points.page, Asked()),
        of("points.totals", boss, points.totals, Asked()),
        of("report.attempts", boss, reports.opened, "attempts", EVERYTHING),
        of("report.results", boss, reports.opened, "results", EVERYTHING),
        of("statistics", boss, ticket_statistics.shares, "status_id"),
    )


def run() -> Iterator[Result]:
    """How many times as long each takes with row security (asked: at most twice); the worst last."""
    with setting(None, 4, customers=CUSTOMERS, tickets=TICKETS) as made:
        people = _people(made)
        _fill(made, people["technician"])
        found: list[Result] = []
        for screen in screens(made):
            for role in screen.roles:
                result = _measured(made, screen, role, people[role])
                found.append(result)
                yield result
    for name, is_his in (("policies.worst", False), ("policies.worst_technician", True)):
        values = [result.value for result in found if result.name.endswith(".technician") is is_his]
        yield Result.against(name, max(values), "x", LIMIT)


def _measured(made: Setting, screen: Screen, role: str, user_id: int) -> Result:
    mine = make_url(made.url).set(username=f"{NAME}_u{user_id}", password=PASSWORD)
    closed, opened = Database(mine), Database(made.url)
    try:
        asking = (Backend(closed, actor=user_id), Backend(opened, actor=user_id))
        times: tuple[list[float], list[float]] = ([], [])
        for number in range(ROUNDS + 3):
            for backend, taken in zip(asking, times, strict=True):
                started = time.perf_counter()
                screen.ask(backend)
                # The first ones open the connection and make the plans.
                if number >= 3:
                    taken.append(time.perf_counter() - started)
    finally:
        closed.close()
        opened.close()
    with_policies, without = (statistics.median(each) for each in times)
    print(f"  {screen.name} as {role}: {with_policies * 1000:.1f} ms, the owner {without * 1000:.1f} ms", flush=True)
    return Result.against(f"policies.{screen.name}.{role}", with_policies / without, "x", LIMIT)


def _people(made: Setting) -> dict[str, int]:
    database = Database(made.url)
    try:
        owner = Backend(database)
        found = {}
        for role in owner.execute(list_roles):
            if role.code in {"agent", "back_office", "manager", "technician"}:
                draft = UserDraft(f"bench.{role.code}", f"Bench {role.code}", role.id)
                found[role.code] = owner.execute(save_user, draft, password=PASSWORD).id
        return found
    finally:
        database.close()


def _fill(made: Setting, technician_id: int) -> None:
    """Calls of years and what they earned, past the guards."""
    values = {
        "customers": CUSTOMERS, "attempts": ATTEMPTS, "campaign": made.campaign_id, "status": made.status_id,
        "people": [seat.user_id for seat in made.seats], "points": POINTS, "stage": made.stage_ids[0],
        "tickets": TICKETS, "technician": technician_id,
    }  # fmt: skip
    database = Database(made.url)
    try:
        with database.transaction() as session:
            session.execute(text("SET LOCAL statement_timeout = 0"))
            session.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in (_ATTEMPTS, _NOTES, _STEPS, _VISITED, _POINTS):
                session.execute(text(statement), values)
            session.execute(text("TRUNCATE reaches, group_reaches"))
            session.execute(text(FACTS))
        with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("VACUUM (ANALYZE)"))
    finally:
        database.close()


_WHO = "(CAST(:people AS bigint[]))[1 + n % cardinality(CAST(:people AS bigint[]))]"
_ATTEMPTS = f"""
    INSERT INTO call_attempts (op_id, request_id, kind, campaign_id, customer_id, person, status_id, user_id, note,
        claimed_at, dialled_at, answered_at, hung_up_at, finished_at, was_held, rule)
    SELECT 'o' || n, 'r' || n, 'call', :campaign, 1 + n % (:customers / 10), '+9725' || n, :status, {_WHO},
        'No answer.', m.at, m.at, m.at, m.at, m.at, true, ''
    FROM generate_series(1, :attempts) AS n CROSS JOIN LATERAL (SELECT now() - n * interval '2 minutes' AS at) AS m
"""
_NOTES = f"""
    INSERT INTO notes (text, is_alert, customer_id, by_id, at)
    SELECT 'Nobody was there ' || n, false, 1 + n % (:customers / 10), {_WHO}, now() - n * interval '3 minutes'
    FROM generate_series(1, :attempts / 2) AS n
"""
_STEPS = """
    INSERT INTO task_steps (task_id, at, to_stage_id, to_user_id, rule)
    SELECT t.id, t.opened_at, :stage, t.user_id, 'fewest' FROM tasks AS t WHERE t.id % 2 = 0
"""
_VISITED = """
    INSERT INTO task_steps (task_id, at, to_stage_id, to_user_id, rule)
    SELECT t.id, t.opened_at, :stage, :technician, 'fewest' FROM tasks AS t WHERE t.id % 10 = 3
"""
_POINTS = f"""
    INSERT INTO points_entries (id, step_id, task_id, customer_id, worker_id, by_id, stage_id, process, stage, at, day,
        customer_points, worker_points, occasion, note)
    OVERRIDING SYSTEM VALUE
    SELECT n, n, 1 + n % :tickets, 1 + n % :customers, {_WHO}, {_WHO}, :stage, 'Enquiry', 'Intake',
        now() - n * interval '5 minutes', (now() - n * interval '5 minutes')::date, 5, 1.5, n, ''
    FROM generate_series(1, :points) AS n
"""
