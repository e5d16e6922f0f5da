"""What a log-in may do to each row, tried in the log-in's own session: every attempt in a savepoint that is undone.

The attempts of a session travel in one statement, a block of PL/pgSQL that is nobody's function and runs with nobody's
rights but the session's own; that is some twenty times quicker than a journey for each.

An attempt is *let through* when it touches its row, or when grants and policies let it pass and a key, a check or a
foreign key stopped it afterwards: PostgreSQL asks policies before constraints. Anything else is refused; nothing found
to change is as good as refused.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from tests.security.furnish import CLASSES, Table

VERBS = ("see", "add", "change", "remove", "give")
"""SELECT (and COPY out), INSERT, UPDATE (and SELECT FOR UPDATE), DELETE, and UPDATE to another owner."""

HOLDERS = {
    "reminders": "user_id", "pools": "user_id", "pool_users": "user_id", "desk_spans": "user_id",
    "hours_entries": "user_id", "saved_filters": "user_id", "user_settings": "user_id", "phone_lines": "user_id",
    "tasks": "user_id", "tickets": "handler_id", "visits": "technician_id", "desk_signs": "user_id",
    "open_cards": "user_id",
}  # fmt: skip
"""Whose a row is, in tables where that may be changed: for the verb `give`."""

_SHARED = frozenset({"reminders"})
"""Tables whose rows one may change and not give away, where they are others': a guard stops the whole statement."""

_BLOCK = """
DO $probe$
DECLARE
    attempt jsonb; touched bigint; answers jsonb := '[]'; refusal text; state text; of_constraint text;
BEGIN
    FOR attempt IN SELECT * FROM jsonb_array_elements(current_setting('probe.attempts')::jsonb) LOOP
        BEGIN
            EXECUTE attempt ->> 0;
            GET DIAGNOSTICS touched = ROW_COUNT;
            RAISE EXCEPTION 'undone' USING ERRCODE = 'P0009';
        EXCEPTION
            WHEN SQLSTATE 'P0009' THEN
                answers := answers || jsonb_build_array(touched::text);
            WHEN OTHERS THEN
                GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, refusal = MESSAGE_TEXT,
                    of_constraint = CONSTRAINT_NAME;
                answers := answers || jsonb_build_array(state || ' ' || of_constraint || ' ' || refusal);
        END;
    END LOOP;
    PERFORM set_config('probe.answers', answers::text, false);
END $probe$
"""
_ADDED: dict[str, dict[str, object]] = {
    "points_entries": {"id": 1, "step_id": None, "reverses_id": "id", "note": "By mistake"},
    "reminders": {"entry_id": None},
}
"""What a row that is added says otherwise than the one that is there, or the id of that one."""

_CHANGED = {"numerators": "next_number = next_number + 1"}
"""What a change says where a guard lets nothing else through."""

_AFTER_POLICIES = ("23503", "23505", "23502", "23P01", "23001")


@dataclass(frozen=True)
class Attempt:
    """One cell of the matrix as a statement."""

    table: str
    verb: str
    letter: str
    statement: str


@dataclass(frozen=True)
class Answer:
    """What the server said to an attempt: how many rows it touched, or why it did not."""

    said: str

    @property
    def is_let_through(self) -> bool:
        """Whether grants and policies let it pass."""
        if self.said.isdecimal():
            return self.said != "0"
        state, constraint, *_ = self.said.split(" ")
        return state in _AFTER_POLICIES or (state == "23514" and constraint != "")


def ask(connection: psycopg.Connection, statements: Iterable[str]) -> list[Answer]:
    """The server's answers; nothing of it lasts."""
    attempts = json.dumps([[statement] for statement in statements])
    connection.execute("SELECT set_config('probe.attempts', %s, false)", [attempts])
    connection.execute(_BLOCK)
    found = connection.execute("SELECT current_setting('probe.answers')").fetchone()
    assert found is not None
    return [Answer(said) for said in json.loads(found[0])]


def attempts(table: Table, who: str, columns: tuple[str, ...]) -> list[Attempt]:
    """Every attempt on a table by somebody who may change these columns of it, a row of each class in turn."""
    made = []
    for letter, owner in CLASSES.items():
        mine = who if letter == "o" else owner
        where = table.where(mine)
        made += [Attempt(table.name, verb, letter, statement) for verb, statement in {
            "see": f"SELECT 1 FROM {table.name} WHERE {where}",
            "add": f"INSERT INTO {table.name} OVERRIDING SYSTEM VALUE SELECT * FROM "
                   f"jsonb_populate_record(NULL::{table.name}, {_literal(_added(table, mine))}::jsonb)",
            "change": f"UPDATE {table.name} SET {_itself(table, columns)} WHERE {where}",
            "lock": f"SELECT 1 FROM {table.name} WHERE {where} FOR UPDATE",
            "remove": f"DELETE FROM {table.name} WHERE {where}",
        }.items()]  # fmt: skip
        holder = HOLDERS.get(table.name)
        if holder and letter != "o":
            value = json.loads(table.row(owner))[holder]
            # Blindly: a statement that reads nothing is asked for no policy of SELECT, of the new row neither.
            where = f" WHERE {table.where(who)}" if table.name in _SHARED else ""
            statement = f"UPDATE {table.name} SET {holder} = {value}{where}"
            made.append(Attempt(table.name, "give", letter, statement))
    return made


def _added(table: Table, owner: str) -> str:
    row = json.loads(table.row(owner))
    said = _ADDED.get(table.name, {})
    return json.dumps(row | {column: row["id"] if value == "id" else value for column, value in said.items()})


def _itself(table: Table, columns: tuple[str, ...]) -> str:
    column = columns[0] if columns else table.columns[-1]
    return _CHANGED.get(table.name, f"{column} = {column}")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def changeable(connection: psycopg.Connection) -> dict[str, tuple[str, ...]]:
    """The columns of every table that whoever is connected may change, as far as grants go."""
    found: dict[str, tuple[str, ...]] = {}
    for table, columns in connection.execute("""
        SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
            AND has_column_privilege(c.oid, a.attnum, 'UPDATE')
        GROUP BY c.relname
    """):
        found[table] = tuple(columns)
    return found


def cells(connection: psycopg.Connection, who: str, tables: Iterable[Table]) -> dict[tuple[str, str], str]:
    """The letters of the classes each verb reaches, by table and verb; `*` stands for all of them."""
    may = changeable(connection)
    tried = [attempt for table in tables for attempt in attempts(table, who, may.get(table.name, ()))]
    found: dict[tuple[str, str], str] = {}
    for attempt, answer in zip(tried, ask(connection, [each.statement for each in tried]), strict=True):
        key = (attempt.table, attempt.verb)
        found[key] = found.get(key, "") + (attempt.letter if answer.is_let_through else "")
    every = "".join(CLASSES)
    return {key: "*" if letters in {every, every[1:]} and (letters == every or key[1] == "give") else letters or "-"
            for key, letters in found.items()}  # fmt: skip


def asked(connection: psycopg.Connection, tables: Iterable[str]) -> set[str]:
    """The tables that answer whoever is connected, be it with nothing."""
    named = list(tables)
    answers = ask(connection, [f"SELECT 1 FROM {table} LIMIT 0" for table in named])
    return {table for table, answer in zip(named, answers, strict=True) if answer.said == "0"}


def blind(connection: psycopg.Connection, tables: Iterable[Table]) -> list[str]:
    """The changes that reach more rows blindly than whoever is connected sees of them.

    A statement that reads no column is asked for no policy of SELECT.
    """
    may = changeable(connection)
    tried = [pair for table in tables for pair in _blind(table, may.get(table.name, ()))]
    answers = ask(connection, [statement for pair in tried for statement in pair])
    reached = [(answer.said, seen.said) for answer, seen in zip(answers[::2], answers[1::2], strict=True)]
    return [
        f"{touched} rows by {statement}, of which {seen} are seen"
        for (statement, _), (touched, seen) in zip(tried, reached, strict=True)
        if (touched.isdecimal() and touched != (seen if seen.isdecimal() else "0"))
        or (touched.startswith("23505") and seen.isdecimal())
    ]


def _blind(table: Table, columns: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for column in columns[-4:]:
        change = f"UPDATE {table.name} SET {column} = DEFAULT"
        yield change, f"{change} WHERE {table.key[0]} IS NOT NULL"
    holder = HOLDERS.get(table.name, "")
    if holder in columns and table.name not in _SHARED:
        take = f"UPDATE {table.name} SET {holder} = acting_user()"
        yield take, f"{take} WHERE {table.key[0]} IS NOT NULL"
    yield f"DELETE FROM {table.name}", f"DELETE FROM {table.name} WHERE {table.key[0]} IS NOT NULL"


@contextmanager
def without_permissions(owner: psycopg.Connection, login: str, but: str = "") -> Iterator[None]:
    """The superuser's session as somebody whose role has just lost every permission but one, though not its groups."""
    with owner.transaction(force_rollback=True):
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute(
            "UPDATE role_permissions SET permission = 'no ' || permission WHERE permission <> %s "
            "AND permission NOT LIKE 'permission%%'",
            [but],
        )
        owner.execute("SET LOCAL session_replication_role = origin")
        owner.execute(sql.SQL("SET LOCAL SESSION AUTHORIZATION {}").format(sql.Identifier(login)))
        yield


def one(connection: psycopg.Connection, query: str, *values: object) -> object:
    """The one value a query gives."""
    row = connection.execute(query.encode(), values).fetchone()
    return row[0] if row else None
