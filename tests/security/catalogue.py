"""What the server's catalogue says on who may do what, in words that do not hang on the database's name."""

import json
import re
from pathlib import Path
from typing import Any

import psycopg

GOLDEN = Path(__file__).parent / "golden.json"

_TABLES = """
    SELECT c.relname, c.relkind::text AS kind, c.relowner::regrole::text AS owner, c.relrowsecurity AS is_closed,
        c.relforcerowsecurity AS is_forced, c.reloptions AS options, c.relacl::text[] AS acl,
        (SELECT jsonb_object_agg(a.attname, a.attacl::text[]) FROM pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL) AS columns,
        (SELECT jsonb_object_agg(p.policyname, concat_ws(' ', p.permissive, p.cmd, 'TO', array_to_string(p.roles, ','),
            'USING ' || p.qual, 'CHECK ' || p.with_check)) FROM pg_policies AS p
            WHERE p.schemaname = 'public' AND p.tablename = c.relname) AS policies,
        (SELECT jsonb_object_agg(t.tgname, t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid)) FROM pg_trigger AS t
            WHERE t.tgrelid = c.oid AND NOT t.tgisinternal) AS triggers,
        (SELECT jsonb_object_agg(k.conname, pg_get_constraintdef(k.oid)) FROM pg_constraint AS k
            WHERE k.conrelid = c.oid AND k.contype IN ('c', 'f', 'p', 'u', 'x')) AS constraints,
        (SELECT jsonb_object_agg(i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)) FROM pg_index AS i
            WHERE i.indrelid = c.oid AND i.indisunique AND NOT EXISTS (
                SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid)) AS keys
    FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        AND c.relname LIKE %s
    ORDER BY c.relname
"""
_FUNCTIONS = """
    SELECT p.oid::regprocedure::text AS name, p.proowner::regrole::text AS owner, p.prosecdef AS is_definer,
        p.proconfig AS config, p.prosqlbody IS NOT NULL AS is_parsed, p.proacl::text[] AS acl, l.lanname AS language,
        p.prorettype = 'trigger'::regtype AS is_trigger
    FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
    WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (
        SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
    ORDER BY 1
"""
_ROLES = """
    SELECT r.rolname, array_remove(ARRAY[
            CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
            CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END,
            CASE WHEN r.rolreplication THEN 'REPLICATION' END, CASE WHEN r.rolcanlogin THEN 'LOGIN' END], NULL),
        ARRAY(SELECT DISTINCT m.roleid::regrole::text || CASE WHEN m.admin_option THEN ' (admin)' ELSE '' END
            FROM pg_auth_members AS m WHERE m.member = r.oid
            -- From PostgreSQL 16 on whoever makes a role may give it away; before, the same is done by hand.
            AND m.roleid::regrole::text !~ '_u[0-9]+$' ORDER BY 1)
    FROM pg_roles AS r
    WHERE r.rolname ~ '^callboard_[a-z_]+$' OR r.rolname LIKE %s
    ORDER BY 1
"""
_REST = {
    "database": "SELECT datacl::text[] FROM pg_database WHERE datname = current_database()",
    "schema": "SELECT nspacl::text[] FROM pg_namespace WHERE nspname = 'public'",
    "default privileges": "SELECT array_agg(defaclrole::regrole::text || ' ' || defaclobjtype::text || ' ' || "
    "defaclacl::text) FROM pg_default_acl",
    "schemas": "SELECT array_agg(nspname::text ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)'",
    "languages": "SELECT array_agg(lanname::text ORDER BY lanname) FROM pg_language",
    "extensions": "SELECT array_agg(extname::text ORDER BY extname) FROM pg_extension",
    "large objects": "SELECT array_agg(proname::text ORDER BY proname) FROM pg_proc WHERE proname IN ('lo_create', "
    "'lo_creat', 'lo_from_bytea', 'lo_put', 'lowrite') AND has_function_privilege('public', oid, 'EXECUTE')",
}

Catalogue = dict[str, Any]


def read(owner: psycopg.Connection, name: str, users: frozenset[str] = frozenset()) -> Catalogue:
    """All of it, the database called `company`; of its users only those log-ins."""
    found: Catalogue = {"tables": read_tables(owner), "functions": read_functions(owner), "roles": {}}
    for role, rights, groups in owner.execute(_ROLES, [f"{name}\\_%"]):
        if not role.startswith(f"{name}_u") or role in users or role == f"{name}_users":
            # Who makes log-ins is a member of each that he made.
            known = [group for group in groups if not re.fullmatch(rf"{name}_u\d+", group)]
            found["roles"][role] = {"rights": rights, "in": known}
    for key, query in _REST.items():
        said = owner.execute(query.encode()).fetchone()
        found[key] = said[0] if said and said[0] else []
    renamed: Catalogue = json.loads(json.dumps(found).replace(f"{name}_", "company_").replace(f'"{name}"', '"company"'))
    return renamed


def read_tables(owner: psycopg.Connection, like: str = "%") -> Catalogue:
    """Tables, views and sequences, with what hangs on them."""
    found: Catalogue = {}
    with owner.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        for row in cursor.execute(_TABLES, [like]):
            row["acl"], row["columns"] = _grants(row["acl"], row["owner"]), _of_columns(row["columns"], row["owner"])
            found[row.pop("relname")] = {key: value for key, value in row.items() if value}
    return found


def read_functions(owner: psycopg.Connection) -> Catalogue:
    """Functions, and who may call them."""
    found: Catalogue = {}
    with owner.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        for row in cursor.execute(_FUNCTIONS):
            row["acl"] = _grants(row["acl"], row["owner"]) if row["acl"] is not None else {"PUBLIC": "X"}
            found[row.pop("name")] = {key: value for key, value in row.items() if value}
    return found


def _grants(acl: list[str] | None, owner: str) -> dict[str, str]:
    """Privileges by grantee, its owner's aside: they differ from one PostgreSQL to the next."""
    given = {}
    for item in acl or ():
        grantee, _, rights = item.partition("=")
        if grantee != owner:
            given[grantee or "PUBLIC"] = rights.partition("/")[0]
    return dict(sorted(given.items()))


def _of_columns(columns: dict[str, list[str]] | None, owner: str) -> dict[str, dict[str, str]]:
    return {column: _grants(acl, owner) for column, acl in sorted((columns or {}).items())}


def differences(right: Any, found: Any, path: str = "") -> list[str]:
    """Where two catalogues differ, a line each."""
    if isinstance(right, dict) and isinstance(found, dict):
        lines = []
        for key in sorted(right.keys() | found.keys()):
            here = f"{path} > {key}" if path else key
            if key not in found:
                lines.append(f"- {here}: {_short(right[key])}")
            elif key not in right:
                lines.append(f"+ {here}: {_short(found[key])}")
            else:
                lines += differences(right[key], found[key], here)
        return lines
    return [] if right == found else [f"- {path}: {_short(right)}", f"+ {path}: {_short(found)}"]


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 300 else text[:300] + "…"


def golden() -> Catalogue:
    """The catalogue as it was last looked over and written down."""
    kept: Catalogue = json.loads(GOLDEN.read_text("utf-8"))
    return kept


def write(found: Catalogue) -> None:
    """Write it down anew."""
    GOLDEN.write_text(json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
