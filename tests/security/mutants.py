"""Every policy, grant, trigger and constraint of the server taken away or loosened in turn, and who notices.

A mutant lives in one transaction of a copy of the furnished server: it is made, the cells of its table and the proofs
of its triggers and constraints are tried over it, and it is rolled back. What notices is *behaviour*: the catalogue
written down in golden.json would notice each of them besides.
"""

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql

from tests.security import constraints, expected, guards
from tests.security.catalogue import read_functions, read_tables
from tests.security.furnish import ROLES, Office, group_of
from tests.security.probes import asked, blind, cells, changeable, without_permissions
from tests.security.test_matrix import refused, signatures


@dataclass(frozen=True)
class Mutant:
    """One thing gone: what to run, on which table, and whom it can concern."""

    kind: str
    name: str
    table: str
    statement: str
    roles: tuple[str, ...] = ROLES


def every(owner: psycopg.Connection) -> Iterator[Mutant]:
    """All of them, from the catalogue as it is."""
    yield from _policies(owner)
    yield from _grants(owner)
    yield from _functions(owner)
    for trigger, table in guards.triggers(owner).items():
        yield Mutant("trigger", trigger, table, f"DROP TRIGGER {trigger} ON {table}")
    for name, (table, kind, _written, _columns) in constraints.every(owner).items():
        if name in constraints.NEVER_ALONE:
            continue
        is_index = _written.startswith("CREATE")
        gone = f"DROP INDEX {name}" if is_index else f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE"
        yield Mutant({"f": "reference", "c": "check"}.get(kind, "key"), name, table, gone)


def _policies(owner: psycopg.Connection) -> Iterator[Mutant]:
    query = "SELECT tablename, policyname, cmd, qual, with_check, roles::text[] FROM pg_policies ORDER BY 1, 2"
    for table, name, verb, qual, check, to in owner.execute(query).fetchall():
        roles = _who(to)
        yield Mutant("policy", name, table, f"DROP POLICY {name} ON {table}", roles)
        if verb in {"SELECT", "UPDATE", "DELETE"} and qual != "true":
            yield Mutant("policy opened", name, table, f"ALTER POLICY {name} ON {table} USING (true)", roles)
        # A change that was let at the row as it was is let at what it becomes, where only permissions are asked.
        is_same = verb == "UPDATE" and check == qual and not re.sub(r"\( SELECT may\([^)]*\) AS may\)", "", check)
        if verb in {"INSERT", "UPDATE"} and check not in {None, "true"} and not is_same:
            yield Mutant("policy opened", f"{name} check", table,
                         f"ALTER POLICY {name} ON {table} WITH CHECK (true)", roles)  # fmt: skip
    for (table,) in owner.execute("SELECT relname FROM pg_class WHERE relrowsecurity ORDER BY 1").fetchall():
        yield Mutant("row security", table, table, f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")


def _who(groups: list[str]) -> tuple[str, ...]:
    return tuple(role for role in ROLES if group_of(role) in groups)


def _grants(owner: psycopg.Connection) -> Iterator[Mutant]:
    for table, grantee, verb in owner.execute("""
        SELECT c.relname, a.grantee::regrole::text, a.privilege_type FROM pg_class AS c, aclexplode(c.relacl) AS a
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.grantee <> c.relowner
        ORDER BY 1, 2, 3
    """).fetchall():
        statement = f"REVOKE {verb} ON {table} FROM {grantee}"
        yield Mutant("grant", f"{verb} {table} {grantee}", table, statement, _who([grantee]))
    for table, column, grantee, verb in owner.execute("""
        SELECT c.relname, t.attname, a.grantee::regrole::text, a.privilege_type
        FROM pg_class AS c JOIN pg_attribute AS t ON t.attrelid = c.oid, aclexplode(t.attacl) AS a
        WHERE c.relnamespace = 'public'::regnamespace
            AND NOT has_table_privilege(a.grantee, c.oid, a.privilege_type) -- or it says nothing more
        ORDER BY 1, 2, 3
    """).fetchall():
        statement = f"REVOKE {verb} ({column}) ON {table} FROM {grantee}"
        yield Mutant("grant", f"{verb} {table}.{column} {grantee}", table, statement, _who([grantee]))


def _functions(owner: psycopg.Connection) -> Iterator[Mutant]:
    for name, grantee in owner.execute("""
        SELECT p.oid::regprocedure::text, a.grantee::regrole::text
        FROM pg_proc AS p, aclexplode(p.proacl) AS a
        WHERE p.pronamespace = 'public'::regnamespace AND a.grantee <> p.proowner
            AND a.grantee::regrole::text LIKE 'callboard%' ORDER BY 1, 2
    """).fetchall():
        statement = f"REVOKE EXECUTE ON FUNCTION {name} FROM {grantee}"
        yield Mutant("function", f"{name.replace(' ', '_')} {grantee}", "", statement, _who([grantee]))
        if grantee == "callboard_agent":
            opened = f"GRANT EXECUTE ON FUNCTION {name} TO PUBLIC"
            yield Mutant("function opened", name.replace(" ", "_"), "", opened, ("stranger",))


def excused() -> dict[str, str]:
    """The mutants that behaviour need not notice, by a pattern of their names, and why."""
    found: dict[str, str] = tomllib.loads((expected.HERE / "survivors.toml").read_text("utf-8"))
    return found


class Watch:
    """What looks at a mutant: cells of its table for the log-ins it concerns, and proofs of triggers and keys."""

    def __init__(self, office: Office, owner: psycopg.Connection, right: expected.Expected) -> None:
        self._office, self._owner, self._right, self._bare = office, owner, right, expected.bare()
        self._guards: dict[str, list[guards.Guard]] = {}
        for guard in (*guards.GUARDS, *guards.noting(guards.triggers(owner), office.tables)):
            self._guards.setdefault(guard.trigger, []).append(guard)
        self._constraints = constraints.kept()
        self._tables, self._functions = read_tables(owner), read_functions(owner)

    def notices(self, mutant: Mutant) -> tuple[bool, bool]:
        """Whether behaviour tells that it is there, and whether the catalogue does."""
        with self._owner.transaction(force_rollback=True):
            self._owner.execute(mutant.statement.encode())
            if mutant.table:
                was, now = self._tables[mutant.table], read_tables(self._owner, mutant.table)[mutant.table]
            else:
                was, now = self._functions, read_functions(self._owner)
            return self._by_behaviour(mutant), was != now

    def _by_behaviour(self, mutant: Mutant) -> bool:
        if mutant.kind == "trigger":
            proofs = self._guards.get(mutant.name, ())
            return not any(guards.holds(self._owner, self._office, guard) for guard in proofs)
        if mutant.kind in {"check", "key", "reference"}:
            how = self._constraints[mutant.name]
            return not constraints.holds(self._owner, mutant.name, *how)
        return self._by_function(mutant) if mutant.kind.startswith("function") else self._by_cells(mutant)

    def _by_cells(self, mutant: Mutant) -> bool:
        for role in mutant.roles:
            with self._session_of(self._office.login(role)):
                if self._differs(mutant.table, role):
                    return True
        # Of a permission that is not asked for one learns from roles that do not have it, or have nothing else.
        return any(self._differs_bare(mutant.table, role) for role in mutant.roles) or any(
            self._differs_alone(*line) for line in expected.lines("single.txt") if line[2] == mutant.table
        )

    def _differs_alone(self, role: str, permission: str, table: str, verb: str, letters: str) -> bool:
        with without_permissions(self._owner, self._office.login(role), permission):
            return cells(self._owner, role, [self._office.tables[table]])[table, verb] != letters

    def _differs_bare(self, name: str, role: str) -> bool:
        with without_permissions(self._owner, self._office.login(role)):
            found = cells(self._owner, role, [self._office.tables[name]])
            if blind(self._owner, [self._office.tables[name]]):
                return True
        return any(
            letters != self._bare.bare_cell(self._right, name, verb)[role] for (_table, verb), letters in found.items()
        )

    def _differs(self, name: str, role: str) -> bool:
        table = self._office.tables[name]
        for (_table, verb), letters in cells(self._owner, role, [table]).items():
            if letters != self._right.cell(name, verb)[role]:
                return True
        if blind(self._owner, [table]) or (name != "user_passwords" and not asked(self._owner, [name])):
            return True
        if all(self._right.cell(name, verb)[role] == "-" for verb in ("change", "lock")):
            return False
        right = self._right.columns.get((name, role), frozenset(table.columns))
        return frozenset(changeable(self._owner).get(name, ())) != right

    def _by_function(self, mutant: Mutant) -> bool:
        function = re.sub(r" callboard_\w+$", "", mutant.name)
        right = self._right.functions[function]
        call = signatures(self._owner)[function]
        for role in mutant.roles:
            login = f"{self._office.name}_stranger" if role == "stranger" else self._office.login(role)
            with self._session_of(login):
                if refused(self._owner, call) is (role in right):
                    return True
        return False

    @contextmanager
    def _session_of(self, login: str) -> Iterator[None]:
        with self._owner.transaction(force_rollback=True):
            self._owner.execute(sql.SQL("SET LOCAL SESSION AUTHORIZATION {}").format(sql.Identifier(login)))
            yield
