"""Rights and policies of a restored database that named the roles of the one it was dumped from."""

from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from app.adapters.backup import server

__all__ = ["PARTS", "take_over"]

PARTS = ("owner", "logins", "migrator", "users")
"""What roles of a database are called behind its name."""

_GRANTS = """
    SELECT 'TABLE ' || c.oid::regclass, a.privilege_type, r.rolname FROM pg_class AS c
    CROSS JOIN aclexplode(c.relacl) AS a JOIN pg_roles AS r ON r.oid = a.grantee
    WHERE c.relkind IN ('r', 'p', 'v') AND r.rolname = ANY (%(old)s)
    UNION ALL SELECT 'SEQUENCE ' || c.oid::regclass, a.privilege_type, r.rolname FROM pg_class AS c
    CROSS JOIN aclexplode(c.relacl) AS a JOIN pg_roles AS r ON r.oid = a.grantee
    WHERE c.relkind = 'S' AND r.rolname = ANY (%(old)s)
    UNION ALL SELECT 'TABLE ' || t.attrelid::regclass, format('%%s (%%I)', a.privilege_type, t.attname), r.rolname
    FROM pg_attribute AS t CROSS JOIN aclexplode(t.attacl) AS a JOIN pg_roles AS r ON r.oid = a.grantee
    WHERE r.rolname = ANY (%(old)s)
    UNION ALL SELECT 'FUNCTION ' || p.oid::regprocedure, a.privilege_type, r.rolname FROM pg_proc AS p
    CROSS JOIN aclexplode(p.proacl) AS a JOIN pg_roles AS r ON r.oid = a.grantee WHERE r.rolname = ANY (%(old)s)
    UNION ALL SELECT 'SCHEMA ' || quote_ident(n.nspname), a.privilege_type, r.rolname FROM pg_namespace AS n
    CROSS JOIN aclexplode(n.nspacl) AS a JOIN pg_roles AS r ON r.oid = a.grantee WHERE r.rolname = ANY (%(old)s)
"""
_POLICIES = """
    SELECT quote_ident(p.polname) || ' ON ' || p.polrelid::regclass,
        ARRAY(SELECT r.rolname::text FROM pg_roles AS r WHERE r.oid = ANY (p.polroles))
    FROM pg_policy AS p
    WHERE EXISTS (SELECT FROM pg_roles AS r WHERE r.oid = ANY (p.polroles) AND r.rolname = ANY (%(old)s))
"""


def take_over(place: URL, dumped: str, name: str) -> None:
    """What the roles of the dumped database might do there, the roles of this name may here, and nobody else."""
    if dumped == name:
        return
    new_name = {f"{dumped}_{part}": f"{name}_{part}" for part in PARTS}
    with server.connect(place) as connection, connection.transaction():
        server.do(connection, "SET LOCAL ROLE {}", f"{name}_owner")
        grants = connection.execute(_GRANTS, {"old": list(new_name)}).fetchall()
        for thing, privilege, role in grants:
            _do(connection, "GRANT {} ON {} TO {}", privilege, thing, sql.Identifier(new_name[role]))
            _do(connection, "REVOKE {} ON {} FROM {}", privilege, thing, sql.Identifier(role))
        for policy, roles in connection.execute(_POLICIES, {"old": list(new_name)}).fetchall():
            to = sql.SQL(", ").join(sql.Identifier(new_name.get(role, role)) for role in roles)
            _do(connection, "ALTER POLICY {} TO {}", policy, to)


def _do(connection: psycopg.Connection, statement: Any, *parts: Any) -> None:
    """Run a statement of parts the catalogue has quoted already."""
    made = (part if isinstance(part, sql.Composable) else sql.SQL(part) for part in parts)
    connection.execute(sql.SQL(statement).format(*made))
