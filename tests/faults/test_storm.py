"""Everybody works under his own log-in while the lines are cut: the history they tell keeps every promise."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from app.db.changes import latest, since
from app.db.database import Database
from app.services.people.logins import set_password
from tests.kit.fault_storm import PEOPLE, Told, storm
from tests.kit.history_check import (
    Final,
    History,
    broken,
    forbidden_dials,
    lost_notes,
    lost_writes,
    silent_overwrites,
    unaudited,
    undone_refusals,
    unheard,
)
from tests.kit.proxy import Proxy
from tests.kit.servers import PASSWORD, make_ready, remove
from tests.kit.whole_office import AGENTS, Names, furnish

ACTS = 12


@dataclass
class Guarded:
    """An office in which everybody has a log-in, and the cable to it."""

    name: str
    database: Database
    names: Names
    proxy: Proxy
    urls: list[tuple[str, str]]
    watch: psycopg.Connection

    def final(self) -> Final:
        """What the database holds."""
        return Final.read(lambda question: self.watch.execute(question.encode()).fetchall())


@pytest.fixture
def guarded(postgres_server: str) -> Iterator[Guarded]:
    """The office, gone afterwards."""
    name = f"t{uuid4().hex[:12]}"
    with ExitStack() as ending:
        ending.callback(remove, postgres_server, name)
        server = make_ready(postgres_server, name)
        database = ending.enter_context(closing(Database(server.url)))
        names = furnish(database, customers=40, calls=8)
        ask_for_consent(database)
        with server.as_administrator() as boss:
            for person in ("Boss", *AGENTS):
                boss.execute(set_password, names.users[person], PASSWORD)
        proxy = ending.enter_context(Proxy(server.url))
        urls = [(who, proxy.seen_through(server.url_of(f"{name}_u{names.users[who]}"))) for who in PEOPLE]
        watch = ending.enter_context(psycopg.connect(server.url, autocommit=True))
        yield Guarded(name, database, names, proxy, urls, watch)


def ask_for_consent(database: Database) -> None:
    """From now on nobody is called who has not agreed; everybody has."""
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO consents (person, customer_id, source, given_at, expires_at) SELECT e164, customer_id,"
                " 'asked', now() - interval '1 day', now() + interval '1 year' FROM customer_phones"
            )
        )
        session.execute(text("UPDATE campaigns SET needs_consent = true"))


def misnamed(office: Guarded, history: History) -> list[str]:
    """I10 for notes and hand-overs: the trail names the log-in of whoever did it."""
    audit = office.watch.execute("SELECT table_name, row_id, login FROM audit_log").fetchall()
    written = {row[1]: row[0] for row in office.watch.execute("SELECT id, text FROM notes").fetchall()}
    # A hand-over to whoever has the task already changes nothing that is looked back on but the step.
    moved = set(
        office.watch.execute(
            "SELECT task_id, by_id FROM task_steps WHERE (from_stage_id, from_user_id)"
            " IS DISTINCT FROM (to_stage_id, to_user_id)"
        ).fetchall()
    )
    found = []
    for event in history.acknowledged().values():
        user_id = office.names.users[event.client.split()[0]]
        login = f"{office.name}_u{user_id}"
        if event.action == "note" and event.value in written:
            found += unaudited([("notes", written[event.value])], audit, login)
        elif event.action == "edit":
            task_id = int(event.value["row"].split(":")[1])
            if (task_id, user_id) in moved:
                found += unaudited([("tasks", task_id)], audit, login)
    return found


def judge(office: Guarded, told: Told) -> list[str]:
    """Every promise."""
    history, final = told.history, office.final()
    return [
        *forbidden_dials(told.bans, told.dials),
        *broken(final), *lost_writes(history, final), *lost_notes(history, final, drafts=()),
        *undone_refusals(history, final), *silent_overwrites(history, final), *misnamed(office, history),
    ]  # fmt: skip


def work_through(office: Guarded, acts: int, seed: int) -> tuple[Counter[str], Told]:
    """A storm and its judgement: how often what was done, and all there was."""
    mark, known = latest(office.database), office.final().changes
    told = storm(office.proxy, office.urls, office.names, acts=acts, seed=seed)
    assert judge(office, told) == []
    heard: dict[str, set[int] | None] = {}
    while (changes := since(office.database, mark)).tables:
        mark = changes.mark
        for table, ids in changes.tables.items():
            before = heard.setdefault(table, set())
            heard[table] = None if ids is None or before is None else before | ids
    assert unheard(office.final(), heard, known) == []
    return Counter(event.action for event in told.history.acknowledged().values()), told


@pytest.mark.row("R-X1", "F4", "U64", "R-X5")
def test_a_storm_with_cut_lines_keeps_every_promise(guarded: Guarded) -> None:
    done, told = work_through(guarded, ACTS, seed=1)
    # What comes of a booking or a hand-over is for the others to say.
    assert {"note", "claim", "finish", "sell"} <= done.keys(), done
    assert told.cuts
    assert told.dials
    assert told.bans
