"""Every table and function times verb times whose row, for every log-in, against matrix.txt and functions.txt."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql

from tests.kit.servers import PASSWORD
from tests.security import expected
from tests.security.furnish import ROLES, Office, group_of
from tests.security.probes import VERBS, ask, asked, attempts, blind, cells, changeable, without_permissions

pytestmark = [pytest.mark.row("F3", "R-X3", "U21")]
RIGHT, BARE = expected.read(), expected.bare()


@pytest.fixture(autouse=True)
def _cards_are_open(office: Office) -> None:
    """What desktops give no sign of life of for five minutes may be swept by anybody: a run can take longer."""
    with office.as_owner() as owner:
        owner.execute("UPDATE open_cards SET seen_at = now()")


def test_every_table_and_function_stands_in_the_matrix(office: Office) -> None:
    with office.as_owner() as owner:
        functions = set(signatures(owner))
    unknown = sorted(office.tables.keys() - RIGHT.tables)
    assert not unknown, f"say in tests/security/matrix.txt who may do what to {unknown}; what is now:\n" + what_is(
        office, unknown
    )
    assert sorted(RIGHT.tables - office.tables.keys()) == []
    assert functions ^ RIGHT.functions.keys() == set(), "say in tests/security/functions.txt who may call them"


def what_is(office: Office, tables: list[str]) -> str:
    """The lines of these tables as the server would have them: to be judged, not copied."""
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for who in ROLES:
        with office.connect(who) as connection:
            for key, letters in cells(connection, who, [office.tables[table] for table in tables]).items():
                rows.setdefault(key, {})[who] = letters
    return "\n".join(expected.line(*key, row) for key, row in rows.items() if set(row.values()) != {"-"})


@pytest.mark.row("R-D14", "R-D15", "R-D16")
@pytest.mark.parametrize("who", ROLES)
def test_a_role_reaches_exactly_the_rows_of_the_matrix(office: Office, who: str) -> None:
    with office.connect(who) as connection:
        found = cells(connection, who, office.tables.values())
    wrong = [
        f"{table} {verb}: {letters} where {RIGHT.cell(table, verb)[who]} is right"
        for (table, verb), letters in found.items()
        if letters != RIGHT.cell(table, verb)[who]
    ]
    assert not wrong, "\n".join(wrong)
    assert {verb for _table, verb in found} == {*VERBS, "lock"}


@pytest.mark.parametrize("who", ["agent", "technician", "leader"])
def test_taking_the_role_of_ones_group_changes_nothing(office: Office, who: str) -> None:
    with office.connect(who) as connection:
        taken = sql.SQL("SET ROLE {}").format(sql.Identifier(group_of(who)))
        if connection.info.server_version >= 160000:
            # There a log-in is its group's member without the right to become it.
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(taken)
            return
        connection.execute(taken)
        found = cells(connection, who, office.tables.values())
    assert {key: letters for key, letters in found.items() if letters != RIGHT.cell(*key)[who]} == {}


@pytest.mark.row("R-X3")
@pytest.mark.parametrize("who", ROLES)
def test_a_role_without_a_permission_keeps_what_is_about_oneself(office: Office, who: str) -> None:
    with office.as_owner() as owner, without_permissions(owner, office.login(who)):
        found = cells(owner, who, office.tables.values())
        assert blind(owner, office.tables.values()) == []
    wrong = [
        f"{table} {verb}: {letters} where {BARE.bare_cell(RIGHT, table, verb)[who]} is right"
        for (table, verb), letters in found.items()
        if letters != BARE.bare_cell(RIGHT, table, verb)[who]
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.row("R-X3")
def test_one_permission_alone_lets_do_what_it_is_for(office: Office) -> None:
    wrong = []
    with office.as_owner() as owner:
        for who, permission, table, verb, letters in expected.lines("single.txt"):
            with without_permissions(owner, office.login(who), permission):
                found = cells(owner, who, [office.tables[table]])[table, verb]
            if found != letters:
                wrong.append(f"{who} with {permission}: {table} {verb} {found} where {letters} is right")
    assert wrong == []


@pytest.mark.parametrize("who", ROLES)
def test_a_role_changes_no_column_but_those_of_the_matrix(office: Office, who: str) -> None:
    with office.connect(who) as connection:
        may = changeable(connection)
    wrong = {}
    for name, table in office.tables.items():
        if any(RIGHT.cell(name, verb)[who] != "-" for verb in ("change", "lock")):
            right = RIGHT.columns.get((name, who), frozenset(table.columns))
            if right != frozenset(may.get(name, ())):
                wrong[name] = sorted(frozenset(may.get(name, ())) ^ right)
    assert wrong == {}


@pytest.mark.parametrize("who", ROLES)
def test_every_table_answers_and_be_it_with_nothing(office: Office, who: str) -> None:
    """A query that joins what somebody may not see shows less, and does not fail."""
    with office.connect(who) as connection:
        assert office.tables.keys() - asked(connection, office.tables) == {"user_passwords"}


@pytest.mark.parametrize("who", ROLES)
def test_a_copy_holds_what_a_select_shows_and_none_comes_in(office: Office, who: str) -> None:
    wrong = []
    with office.connect(who) as connection, connection.cursor() as cursor:
        for name in office.tables:
            may_see = RIGHT.cell(name, "see")[who] != "-"
            try:
                with connection.transaction(force_rollback=True):
                    copied = 0
                    with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as copy:
                        copied = sum(1 for _row in copy.rows())
                    seen = cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
                    if seen != (copied,):
                        wrong.append(f"{name}: {copied} copied, {seen} seen")
            except psycopg.errors.InsufficientPrivilege:
                if may_see:
                    wrong.append(f"{name} is not copied")
            with (
                pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported)),
                connection.transaction(force_rollback=True),
                cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))),
            ):
                pass
    assert wrong == []


@pytest.mark.parametrize("who", ROLES)
def test_nobody_empties_a_table_or_points_at_it_or_hangs_a_trigger_on_it(office: Office, who: str) -> None:
    with office.connect(who) as connection:
        emptied = ask(connection, [f"TRUNCATE {name} CASCADE" for name in office.tables])
        assert {answer.said.split()[0] for answer in emptied} == {"42501"}
        held = connection.execute(
            "SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
            " AND has_table_privilege(c.oid, 'TRUNCATE, REFERENCES, TRIGGER')"
            " OR c.relkind = 'S' AND has_sequence_privilege(c.oid, 'USAGE, SELECT, UPDATE')"
        ).fetchall()
        assert held == []


@pytest.mark.parametrize("who", ROLES)
def test_what_one_does_not_see_one_cannot_change_blindly(office: Office, who: str) -> None:
    with office.connect(who) as connection:
        assert blind(connection, office.tables.values()) == []


@contextmanager
def in_a_session_of(office: Office, role: str) -> Iterator[psycopg.Connection]:
    """A session of a role that can no longer log in, as if it had been open before."""
    with office.as_owner() as connection:
        connection.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(role)))
        yield connection
        connection.rollback()


@pytest.mark.parametrize("who", ["gone", "stranger"])
def test_who_was_disabled_and_who_never_was_a_user_reach_nothing(office: Office, who: str) -> None:
    role = f"{office.name}_stranger" if who == "stranger" else office.login(who)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(office.url, user=role, password=PASSWORD)
    with in_a_session_of(office, role) as connection:
        tried = [each for table in office.tables.values() for each in attempts(table, "gone", ())]
        reached = [
            f"{attempt.table} {attempt.verb} {attempt.letter}"
            for attempt, answer in zip(tried, ask(connection, [each.statement for each in tried]), strict=True)
            if answer.is_let_through
        ]
        assert reached == []
        called = signatures(connection)
        assert [name for name, call in called.items() if not refused(connection, call)] == []


def signatures(connection: psycopg.Connection) -> dict[str, str]:
    """Every function that is ours, and a call of it with nothing to say."""
    return {
        name: f"SELECT public.{name.split('(')[0]}({arguments})"
        for name, arguments in connection.execute("""
            SELECT replace(p.oid::regprocedure::text, ' ', '_'),
                coalesce((SELECT string_agg(
                        CASE WHEN p.provariadic <> 0 AND n = p.pronargs THEN 'VARIADIC ' ELSE '' END
                        || 'NULL::' || format_type(t, NULL), ', ' ORDER BY n)
                    FROM unnest(p.proargtypes) WITH ORDINALITY AS x (t, n)), '')
            FROM pg_proc AS p
            WHERE p.pronamespace = 'public'::regnamespace AND p.prorettype <> 'trigger'::regtype AND NOT EXISTS (
                SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
        """)
    }


def refused(connection: psycopg.Connection, call: str) -> bool:
    """Whether the session has no right to call the function at all."""
    (answer,) = ask(connection, [call])
    return answer.said.startswith("42501") and "permission denied for function" in answer.said


@pytest.mark.parametrize("who", ROLES)
def test_a_role_calls_exactly_the_functions_that_are_its_own(office: Office, who: str) -> None:
    with office.connect(who) as connection:
        calls = signatures(connection)
        answers = ask(connection, calls.values())
    may = {
        name
        for name, answer in zip(calls, answers, strict=True)
        if not (answer.said.startswith("42501") and "permission denied for function" in answer.said)
    }
    assert may == {name for name, roles in RIGHT.functions.items() if who in roles}
