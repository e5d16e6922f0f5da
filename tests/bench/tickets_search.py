"""Searches over the bench's tickets, beside the same questions written by hand for the driver of each engine.

By hand each word is looked up in the trigram indexes of tickets and of customers, what the words find is intersected,
and the newest 100 of it come with their names, in one statement.
"""

import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from app.backend import Backend
from app.db.database import Database
from app.domain import lookup
from app.domain.tickets.order import TicketFilter
from app.services.tickets import listing
from tests.bench.results import Result

QUESTIONS = 20
"""So many of each kind."""
LIMIT = 1.5

_NAMED = """
    SELECT t.id, t.subject, c.name, y.name, s.code, t.priority, h.name, h.is_active, t.opened_at, t.due_at, t.closed_at
    FROM tickets t
    JOIN ticket_statuses s ON s.id = t.status_id
    LEFT JOIN customers c ON c.id = t.customer_id
    LEFT JOIN ticket_types y ON y.id = t.type_id
    LEFT JOIN users h ON h.id = t.handler_id
"""
_SQLITE = """
    SELECT rowid AS id FROM tickets_search WHERE tickets_search MATCH ?
    UNION SELECT o.id FROM customers_search m JOIN tickets o ON o.customer_id = m.rowid WHERE m.customers_search MATCH ?
"""
_POSTGRESQL = """
    SELECT id FROM tickets WHERE search LIKE %s
    UNION SELECT o.id FROM customers m JOIN tickets o ON o.customer_id = m.id WHERE m.search LIKE %s
"""


def measured(database: Database, name: str, words: Sequence[str], names: Sequence[str]) -> Result:
    """The 95th percentile of a search, and the same by hand as its baseline."""
    chance = random.Random(11)
    asked = [typed for _number in range(QUESTIONS) for typed in questions(chance, words, names)]
    by_hand, close = _by_hand(database)
    backend = Backend(database)
    for typed in asked[:12]:
        found = [row.id for row in backend.execute(listing.page, TicketFilter(text=typed)).rows]
        assert found == [row[0] for row in by_hand(typed)], f"Not the same tickets for {typed!r}"
    ours = _taken(lambda typed: backend.execute(listing.page, TicketFilter(text=typed)), asked)
    theirs = _taken(by_hand, asked)
    close()
    return Result.against(name, _p95(ours), "ms", _p95(theirs))


def questions(chance: random.Random, words: Sequence[str], names: Sequence[str]) -> list[str]:
    """One of each kind: a rare word, a common one, two words of both, a name, a name and a word, a telephone number."""
    word, name = chance.choice(words).split()[0], chance.choice(names)
    number = chance.randrange(100_000, 1_000_000)
    return [
        f"{number} ",
        word,
        f"{word} {chance.randrange(1000, 5000)}",
        f"{word} {number}",
        name,
        f"{name} {number % 10_000}",
        f"{name} {word}",
        f"+972-{chance.randrange(500, 510)}{chance.randrange(1000):03}",
    ]


def _by_hand(database: Database) -> tuple[Callable[[str], list[Any]], Callable[[], None]]:
    if database.is_sqlite:
        lite = sqlite3.connect(str(database.url.database))

        def on_sqlite(typed: str) -> list[Any]:
            words = [lookup.phrase(word) for word in lookup.read(typed).words for _side in range(2)]
            return lite.execute(_statement(_SQLITE, len(words) // 2), words).fetchall()

        return on_sqlite, lite.close
    address = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    server = psycopg.connect(address, autocommit=True)

    def on_postgresql(typed: str) -> list[Any]:
        words = [lookup.like(word) for word in lookup.read(typed).words for _side in range(2)]
        return server.execute(_statement(_POSTGRESQL, len(words) // 2), words).fetchall()

    return on_postgresql, server.close


def _statement(of_word: str, words: int) -> Any:
    found = " INTERSECT ".join(f"SELECT id FROM ({of_word}) AS w{number}" for number in range(words))
    return f"{_NAMED} WHERE t.id IN ({found}) ORDER BY t.id DESC LIMIT 100"


def _taken(ask: Callable[[str], Any], asked: Sequence[str]) -> list[float]:
    taken = []
    for typed in asked:
        started = time.perf_counter()
        ask(typed)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def _p95(taken: list[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)]
