"""The kept tables of what is on somebody's way say what the definition says, whatever happens and in what order."""

import threading
from collections.abc import Iterator
from itertools import product
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations.reaches import FACTS
from tests.kit.standby import until

pytestmark = [pytest.mark.row("F3", "R-X3")]

# What a technician was ever given, what his group has open, and what belongs to it: the definition of who sees what.
_DEFINED = """
    WITH given (who, task_id) AS (
        SELECT s.to_user_id, s.task_id FROM task_steps AS s WHERE s.to_user_id IS NOT NULL
        UNION SELECT t.user_id, t.id FROM tasks AS t WHERE t.user_id IS NOT NULL AND t.closed_at IS NULL
        UNION SELECT v.technician_id, v.task_id FROM visits AS v WHERE v.task_id IS NOT NULL
        UNION SELECT -t.group_id, t.id FROM tasks AS t WHERE t.group_id IS NOT NULL AND t.closed_at IS NULL
    ), his (who, id, customer_id) AS (
        SELECT k.handler_id, k.id, k.customer_id FROM tickets AS k WHERE k.handler_id IS NOT NULL
        UNION SELECT k.responsible_id, k.id, k.customer_id FROM tickets AS k WHERE k.responsible_id IS NOT NULL
    )
    SELECT 'task', g.who, g.task_id FROM given AS g
    UNION SELECT 'ticket', g.who, t.ticket_id FROM given AS g JOIN tasks AS t ON t.id = g.task_id
        WHERE t.ticket_id IS NOT NULL
    UNION SELECT 'ticket', h.who, h.id FROM his AS h
    UNION SELECT 'customer', g.who, c.id FROM given AS g JOIN tasks AS t ON t.id = g.task_id
        LEFT JOIN tickets AS k ON k.id = t.ticket_id
        CROSS JOIN LATERAL (VALUES (t.customer_id), (k.customer_id)) AS c (id) WHERE c.id IS NOT NULL
    UNION SELECT 'customer', h.who, h.customer_id FROM his AS h WHERE h.customer_id IS NOT NULL
"""
_KEPT = """
    SELECT x.thing, r.who, x.id FROM (
        SELECT user_id, task_id, ticket_id, customer_id FROM reaches
        UNION ALL SELECT -group_id, task_id, ticket_id, customer_id FROM group_reaches
    ) AS r (who, task_id, ticket_id, customer_id)
    CROSS JOIN LATERAL (
        VALUES ('task', r.task_id), ('ticket', r.ticket_id), ('customer', r.customer_id)) AS x (thing, id)
    WHERE x.id IS NOT NULL
"""
_WRONG = f"(({_DEFINED}) EXCEPT ({_KEPT})) UNION ALL (({_KEPT}) EXCEPT ({_DEFINED}))"

_SOME = """
    INSERT INTO users (login, name, role_id) SELECT 'u' || n, 'U', (SELECT min(id) FROM roles)
        FROM generate_series(1, 3) AS n;
    INSERT INTO groups (name) VALUES ('A'), ('B');
    INSERT INTO customers (name, search) VALUES ('A', 'a'), ('B', 'b'), ('C', 'c');
    INSERT INTO tickets (subject, status_id, customer_id, handler_id, opened_at, search)
        VALUES ('x', 1, 1, 1, now(), 'x'), ('y', 1, NULL, NULL, now(), 'y');
    INSERT INTO tasks (title, user_id, customer_id, ticket_id, opened_at)
        VALUES ('x', 1, 1, 1, now()), ('y', 2, 2, 2, now()), ('z', 3, NULL, NULL, now());
    INSERT INTO visits (task_id, technician_id, starts_at, ends_at, set_at, is_active)
        VALUES (1, 2, now(), now() + interval '1 hour', now(), false)
"""


def wrong(connection: psycopg.Connection) -> list[Any]:
    """What is kept and not so, or so and not kept."""
    return connection.execute(_WRONG.encode()).fetchall()


@pytest.fixture
def owner(postgresql_url: str) -> Iterator[psycopg.Connection]:
    """The owner of a small office."""
    with psycopg.connect(postgresql_url) as connection:
        connection.execute(_SOME)
        connection.commit()
        yield connection


_USER, _GROUP = st.integers(1, 3), st.integers(1, 2)
_ANY_USER = st.one_of(st.none(), _USER)
_CUSTOMER = st.one_of(st.none(), st.integers(1, 3))
_TICKET, _TASK, _VISIT = st.integers(1, 4), st.integers(1, 6), st.integers(1, 4)
_ANY_TICKET, _ANY_TASK = st.one_of(st.none(), _TICKET), st.one_of(st.none(), _TASK)
_NEW = "INSERT INTO tasks (title, {}, customer_id, ticket_id, opened_at) VALUES ('n', %s, %s, %s, now())"

_HISTORY = st.one_of(
    st.tuples(
        st.just(
            "INSERT INTO tickets (subject, status_id, customer_id, handler_id, responsible_id, opened_at, search) "
            "VALUES ('n', 1, %s, %s, %s, now(), 'n')"
        ),
        _CUSTOMER, _ANY_USER, _ANY_USER,
    ),
    st.tuples(st.just(_NEW.format("user_id")), _USER, _CUSTOMER, _ANY_TICKET),
    st.tuples(st.just(_NEW.format("group_id")), _GROUP, _CUSTOMER, _ANY_TICKET),
    st.tuples(
        st.just("INSERT INTO task_steps (task_id, at, rule, to_user_id) VALUES (%s, now(), 'by_hand', %s)"),
        _TASK, _ANY_USER,
    ),
    st.tuples(
        st.just(
            "INSERT INTO visits (task_id, technician_id, starts_at, ends_at, set_at, is_active) "
            "VALUES (%s, %s, now(), now() + interval '1 hour', now(), false)"
        ),
        _ANY_TASK, _USER,
    ),
    st.tuples(st.just("UPDATE tasks SET user_id = %s, group_id = NULL WHERE id = %s"), _USER, _TASK),
    st.tuples(st.just("UPDATE tasks SET user_id = NULL, group_id = %s WHERE id = %s"), _GROUP, _TASK),
    st.tuples(st.just("UPDATE tasks SET closed_at = now() WHERE id = %s"), _TASK),
    st.tuples(st.just("UPDATE tasks SET closed_at = NULL WHERE id = %s"), _TASK),
    st.tuples(st.just("UPDATE tasks SET customer_id = %s WHERE id = %s"), _CUSTOMER, _TASK),
    st.tuples(st.just("UPDATE tasks SET ticket_id = %s WHERE id = %s"), _ANY_TICKET, _TASK),
    st.tuples(st.just("UPDATE tasks SET ticket_id = %s, customer_id = %s, user_id = %s, group_id = NULL"),
              _ANY_TICKET, _CUSTOMER, _USER),
    st.tuples(st.just("UPDATE tickets SET customer_id = %s WHERE id = %s"), _CUSTOMER, _TICKET),
    st.tuples(st.just("UPDATE tickets SET handler_id = %s, responsible_id = %s WHERE id = %s"),
              _ANY_USER, _ANY_USER, _TICKET),
    st.tuples(st.just("UPDATE visits SET technician_id = %s, task_id = %s WHERE id = %s"), _USER, _ANY_TASK, _VISIT),
    st.tuples(st.just("DELETE FROM visits WHERE id = %s"), _VISIT),
    st.tuples(st.just("DELETE FROM tasks WHERE id = %s"), _TASK),
    st.tuples(st.just("DELETE FROM tickets WHERE id = %s"), _TICKET),
)  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(_HISTORY, min_size=1, max_size=12))
def test_what_is_kept_is_what_is_defined_after_any_history(
    owner: psycopg.Connection, history: list[tuple[Any, ...]]
) -> None:
    with owner.transaction(force_rollback=True):
        for table in ("tickets", "tasks", "visits"):
            owner.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}".encode())
        for statement, *values in history:
            try:
                with owner.transaction():
                    owner.execute(statement.encode(), values)
            except psycopg.errors.IntegrityError:
                pass  # of a row that is not there, or that others hang on: nothing has happened
        assert wrong(owner) == []


def test_what_was_there_before_is_kept_from_the_upgrade_on(owner: psycopg.Connection) -> None:
    """The rows the upgrade writes at once are those the triggers write one by one."""
    with owner.transaction(force_rollback=True):
        owner.execute("INSERT INTO task_steps (task_id, at, rule, to_user_id) VALUES (2, now(), 'by_hand', 3)")
        owner.execute("UPDATE tasks SET user_id = NULL, group_id = 2 WHERE id = 3")
        owner.execute("DELETE FROM reaches; DELETE FROM group_reaches")
        assert wrong(owner) != []
        owner.execute(FACTS.encode())
        assert wrong(owner) == []


# With users and customers of its own, so that nobody reaches by another pair what he should by this one.
_CARD = """
    INSERT INTO users (id, login, name, role_id) OVERRIDING SYSTEM VALUE
        SELECT {0} * 10 + n, 'c{0}' || n, 'U', (SELECT min(id) FROM roles) FROM generate_series(1, 3) AS n;
    INSERT INTO customers (id, name, search) OVERRIDING SYSTEM VALUE
        SELECT {0} * 10 + n, 'C', 'c' FROM generate_series(1, 3) AS n;
    INSERT INTO tickets (id, subject, status_id, customer_id, handler_id, opened_at, search)
        OVERRIDING SYSTEM VALUE VALUES ({0}, 'x', 1, {0}1, {0}1, now(), 'x'), ({0}2, 'y', 1, NULL, NULL, now(), 'y');
    INSERT INTO tasks (id, title, user_id, customer_id, ticket_id, opened_at)
        OVERRIDING SYSTEM VALUE VALUES ({0}, 'x', {0}1, {0}1, {0}, now());
    INSERT INTO visits (id, task_id, technician_id, starts_at, ends_at, set_at, is_active)
        OVERRIDING SYSTEM VALUE VALUES ({0}, {0}, {0}2, now(), now() + interval '1 hour', now(), false)
"""
_STEP = "INSERT INTO task_steps (task_id, at, rule, to_user_id) VALUES ({0}, now(), 'by_hand', {0}3)"
_VISITED = (
    "INSERT INTO visits (task_id, technician_id, starts_at, ends_at, set_at, is_active) "
    "VALUES ({0}, {0}3, now(), now() + interval '1 hour', now(), false)"
)
_VISIT_MOVED = "UPDATE visits SET technician_id = {0}3 WHERE id = {0}"
_VISIT_GONE = "DELETE FROM visits WHERE id = {0}"
_TASK_NEW = "INSERT INTO tasks (title, user_id, ticket_id, opened_at) VALUES ('n', {0}3, {0}, now())"
_HANDED = "UPDATE tasks SET user_id = {0}3 WHERE id = {0}"
_TICKET_HANDED = "UPDATE tickets SET handler_id = {0}3 WHERE id = {0}"
_OTHER_CUSTOMER = "UPDATE tasks SET customer_id = {0}3 WHERE id = {0}"
_OTHER_TICKET = "UPDATE tasks SET ticket_id = {0}2 WHERE id = {0}"
_TICKETS_CUSTOMER = "UPDATE tickets SET customer_id = {0}2 WHERE id = {0}"
_PAIRS = [
    *product(
        (_OTHER_CUSTOMER, _OTHER_TICKET, _TICKETS_CUSTOMER),
        (_STEP, _VISITED, _VISIT_MOVED, _VISIT_GONE, _TASK_NEW, _HANDED, _TICKET_HANDED),
    ),
    (_OTHER_TICKET, _TICKETS_CUSTOMER),
    (_OTHER_TICKET, "UPDATE tickets SET customer_id = {0}3 WHERE id = {0}2"),
    (_VISITED, _VISIT_GONE),
    (_STEP, _STEP),
    (_TASK_NEW, _TASK_NEW),
]


def test_two_at_once_leave_what_one_after_the_other_would(owner: psycopg.Connection, postgresql_url: str) -> None:
    """Each pair in either order on a card of its own: the second begins while the first is not committed."""
    owner.autocommit = True
    with psycopg.connect(postgresql_url) as earlier, psycopg.connect(postgresql_url) as later:
        pid = later.info.backend_pid
        for card, (first, second) in enumerate([*_PAIRS, *((other, one) for one, other in _PAIRS)], 101):
            owner.execute(_CARD.format(card).encode())
            earlier.execute(first.format(card).encode())
            done = threading.Event()
            thread = threading.Thread(target=_do, args=(later, second.format(card), done))
            thread.start()
            until(lambda done=done: done.is_set() or _waits(owner, pid), "the second is in its way")
            earlier.commit()
            thread.join()
            assert done.is_set(), (first, second)
            assert wrong(owner) == [], (first, second)


def _do(connection: psycopg.Connection, statement: str, done: threading.Event) -> None:
    connection.execute(statement.encode())
    connection.commit()
    done.set()


def _waits(owner: psycopg.Connection, pid: int) -> bool:
    asked = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
    return owner.execute(asked, [pid]).fetchone() is not None
