"""What breaks each check, key and reference of the schema: a statement for each, found once and kept as data."""

import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.security.furnish import Table

KEPT = Path(__file__).parent / "constraints.json"

_ALL = """
    SELECT k.conname, c.relname, k.contype::text, pg_get_constraintdef(k.oid), ARRAY(
        SELECT a.attname::text FROM unnest(k.conkey) AS n JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = n)
    FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
    WHERE k.connamespace = 'public'::regnamespace AND k.contype IN ('c', 'u', 'x', 'f')
    UNION ALL
    SELECT i.indexrelid::regclass::text, c.relname, 'u', pg_get_indexdef(i.indexrelid), ARRAY(
        SELECT a.attname::text FROM unnest(i.indkey) AS n
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = n)
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
    WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid)
    ORDER BY 1
"""
_KINDS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
"""
_TRIED = {
    "text": (
        "''",
        "'zz'",
        "'customer'",
        "NULL",
        "'1.2.3.4'",
        "'list'",
        "'allotment'",
        "'task'",
        "'ticket'",
        "'sending'",
    ),
    "bigint": ("-1", "0", "NULL", "7", "1000000000", "2000"),
    "numeric": ("0.00001", "5", "-5"),
    "boolean": ("true", "false"),
    "jsonb": ("'[]'", "'{}'"),
    "timestamp with time zone": ("'1990-01-01'", "'2090-01-01'", "NULL"),
    "date": ("'1990-01-01'", "'2090-01-01'", "NULL"),
    "time without time zone": ("'00:00'", "'23:59'", "NULL"),
}
_BOTH = "WHERE id IN (9008, 9010)"
_BY_HAND = {
    "ck_audit_log_numbered": "INSERT INTO audit_log (id, area, table_name, verb) OVERRIDING SYSTEM VALUE "
    "VALUES (-1, 'own', 'users', 'insert')",
    "ck_call_attempts_has_a_status": "UPDATE call_attempts SET kind = 'call', status_id = NULL",
    "ck_company_allowed_addresses": "UPDATE company SET allowed_addresses = 'anywhere'",
    "ck_hours_entries_within_a_day": "UPDATE hours_entries SET kind = 'work', minutes = 1441",
    "fk_enablements_group_id": "UPDATE enablements SET group_id = -1, user_id = NULL WHERE id = 9010",
    "fk_layouts_activity_type_id": "UPDATE layouts SET kind = 'task', ticket_type_id = NULL, activity_type_id = -1 "
    "WHERE id = 9010",
    "fk_mail_templates_list_id": "UPDATE mail_templates SET list_id = -1, recipient = 'list' WHERE id = 9010",
    "fk_points_entries_reverses_id": "UPDATE points_entries SET reverses_id = -1, step_id = NULL WHERE id = 9010",
    "fk_stages_process_id": "DELETE FROM stage_links; UPDATE stages SET process_id = -1 WHERE id = 9010",
    "fk_tasks_group_id": "UPDATE tasks SET group_id = -1, user_id = NULL WHERE id = 9010",
    "uq_claims_request_id_person": f"UPDATE claims SET request_id = 'r', person = 'p', is_exclusive = false {_BOTH}",
    "uq_enablements_group": "UPDATE enablements SET group_id = 9010, user_id = NULL, activity_type_id = 9010 " + _BOTH,
    "uq_layouts_activity_type_id": "UPDATE layouts SET kind = 'task', ticket_type_id = NULL, activity_type_id = 9010 "
    + _BOTH,
    "uq_points_entries_reverses_id": f"UPDATE points_entries SET reverses_id = 9004, step_id = NULL {_BOTH}",
    "uq_presences_rule_id_rule_day_slot": "UPDATE presences SET rule_id = 9010, rule_day = '2031-01-01', slot = 1 "
    + _BOTH,
}
NEVER_ALONE = {
    "uq_profiles_id_main": "the number alone is a key: this one is what references with a kind point at",
    "uq_stages_id_process_id": "likewise, for links within one process",
}
"""Keys that nothing can break by itself."""

_SAYS_OTHERWISE = {"ck_company_allowed_addresses": "22P02"}
"""A check that fails by failing to read its words."""

Kept = dict[str, list[str]]


def every(owner: psycopg.Connection) -> dict[str, tuple[str, str, str, list[str]]]:
    """Each by its name: its table, what it is, how it is written, its columns."""
    return {row[0]: row[1:] for row in owner.execute(_ALL)}


def breaks(owner: psycopg.Connection, table: str, statement: str) -> str:
    """The name of the constraint that refuses the statement, all triggers of ours aside; nothing if none does."""
    with owner.transaction(force_rollback=True):
        try:
            owner.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
            owner.execute(statement.encode())
            owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.Error as error:
            return error.diag.constraint_name or error.sqlstate or ""
    return ""


def holds(owner: psycopg.Connection, name: str, table: str, statement: str) -> bool:
    """Whether it is this constraint that refuses the statement."""
    return breaks(owner, table, statement) == _SAYS_OTHERWISE.get(name, name)


def kept() -> Kept:
    """By constraint: its table and the statement that breaks it."""
    found: Kept = json.loads(KEPT.read_text("utf-8"))
    return found


def write(owner: psycopg.Connection, tables: dict[str, Table]) -> list[str]:
    """Find a statement for each and keep them; the names of those that none was found for."""
    kinds = {(table, column): kind for table, column, kind in owner.execute(_KINDS)}
    found: Kept = {}
    missing = []
    for name, (table, kind, written, columns) in every(owner).items():
        by_hand = (_BY_HAND[name],) if name in _BY_HAND else ()
        for statement in by_hand or _breaking(tables[table], kind, written, columns, kinds):
            if holds(owner, name, table, statement):
                found[name] = [table, statement]
                break
        else:
            missing += [f"{name}: {written}"] if name not in NEVER_ALONE else []
    KEPT.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", "utf-8")
    return missing


def _breaking(
    table: Table, kind: str, written: str, columns: list[str], kinds: dict[tuple[str, str], str]
) -> Iterator[str]:
    where = table.where("other")
    if kind == "f":
        yield f"UPDATE {table.name} SET {', '.join(f'{column} = -1' for column in columns)} WHERE {where}"
        for column in columns:
            yield f"UPDATE {table.name} SET {column} = -1 WHERE {where}"
    elif kind == "c":
        for values in product(*(_TRIED[kinds[table.name, column]] for column in columns)):
            said = ", ".join(f"{column} = {value}" for column, value in zip(columns, values, strict=True))
            yield f"UPDATE {table.name} SET {said} WHERE {where}"
    else:
        yield from _twice(table, written, columns)


def _twice(table: Table, written: str, columns: list[str]) -> Iterator[str]:
    """What is said of one row is said of another too, within what the key is about."""
    row: dict[str, Any] = json.loads(table.row("other"))
    if "ex_" in written or "EXCLUDE" in written:
        columns = ["technician_id", "starts_at", "ends_at"]
    about = written.partition(" WHERE ")[2]
    said = {column: _literal(row[column]) for column in columns}
    for column in re.findall(r"(\w+) IS NULL", about):
        said[column] = "NULL"
    for column in table.columns:
        if re.search(rf"\(?\b{column}\b\)?$|\(\(?{column} AND", about) and isinstance(row[column], bool):
            said[column] = "true"
        if re.search(rf"\b{column} IS NOT NULL", about) and row[column] is None:
            said[column] = "1"
    both = f"({table.where('other')}) OR ({table.where('fellow')})"
    yield f"UPDATE {table.name} SET {', '.join(f'{column} = {value}' for column, value in said.items())} WHERE {both}"
    extra = {"is_office": "user_id = NULL"}
    for column, more in extra.items():
        if column in said:
            pairs = ", ".join(f"{name} = {value}" for name, value in said.items())
            yield f"UPDATE {table.name} SET {pairs}, {more} WHERE {both}"


def _literal(value: Any) -> str:
    if value is None:
        return "1"
    if isinstance(value, bool | int | float):
        return str(value).lower()
    text = value if isinstance(value, str) else json.dumps(value)
    return "'" + text.replace("'", "''") + "'"
