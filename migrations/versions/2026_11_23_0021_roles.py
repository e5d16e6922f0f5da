"""Roles of the company's own beside the built-in ones, which are fixed; somebody stays administrator, come what may."""

import sqlalchemy as sa
from alembic import op

from migrations import columns, grants, logins

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_BUILT_IN = ", ".join(f"'{code}'" for code in grants.GROUPS)


def upgrade() -> None:
    """Give roles a version and a name of their own, and the guards; renew the log-ins' functions where that can be."""
    columns.add("roles", "version", "bigint", default=1)
    op.create_index("uq_roles_name", "roles", ["name"], unique=True)
    if op.get_context().dialect.name == "sqlite":
        for statement in _SQLITE:
            op.execute(statement)
        return
    for statement in (_FIXED, _LAST, _LET_IN, _ADDRESSES):
        op.execute(statement)
    op.execute("REVOKE ALL ON FUNCTION fixed_role(), keep_administrator(), keep_mighty_role(), let_in() FROM PUBLIC")
    everybody = ", ".join(f"callboard_{group}" for group in grants.GROUPS)
    op.execute(f"GRANT EXECUTE ON FUNCTION let_in() TO {everybody}")
    owned = op.get_bind().scalar(
        sa.text(
            "SELECT pg_has_role(current_user, p.proowner, 'USAGE') FROM pg_proc AS p "
            "WHERE p.oid = 'keep_login()'::regprocedure"
        )
    )
    if owned:
        logins.apply(op.execute)
        for statement in logins.triggers():
            op.execute(statement)


# The grants of a group role are made for the permissions its role has: they do not move under it.
_FIXED = f"""
    CREATE FUNCTION fixed_role() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        IF TG_TABLE_NAME = 'roles' THEN
            IF OLD.code IN ({_BUILT_IN})
                    AND (TG_OP = 'DELETE' OR NEW.name IS DISTINCT FROM OLD.name OR NEW.code <> OLD.code) THEN
                RAISE EXCEPTION 'callboard:BUILT_IN' USING ERRCODE = '23514';
            END IF;
        ELSIF EXISTS (
                SELECT FROM public.roles AS r WHERE r.code IN ({_BUILT_IN}) AND (
                    (TG_OP <> 'INSERT' AND r.id = OLD.role_id) OR (TG_OP <> 'DELETE' AND r.id = NEW.role_id))) THEN
            RAISE EXCEPTION 'callboard:BUILT_IN' USING ERRCODE = '23514';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER roles_fixed BEFORE UPDATE OR DELETE ON roles FOR EACH ROW EXECUTE FUNCTION fixed_role();
    CREATE TRIGGER role_permissions_fixed BEFORE INSERT OR UPDATE OR DELETE ON role_permissions
        FOR EACH ROW EXECUTE FUNCTION fixed_role();
"""

# One at a time: of two administrators who disable each other at the same moment the second one is refused.
_NOBODY_LEFT = """
        PERFORM 1 FROM public.roles WHERE code = 'administrator' FOR NO KEY UPDATE;
        IF NOT EXISTS (
                SELECT FROM public.users AS u JOIN public.role_permissions AS p ON p.role_id = u.role_id
                WHERE u.is_active AND p.permission = 'administer') THEN
            RAISE EXCEPTION 'callboard:LAST' USING ERRCODE = '23514';
        END IF;
        RETURN NULL;
"""
_LAST = f"""
    CREATE FUNCTION keep_administrator() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (
                SELECT FROM public.role_permissions WHERE role_id = OLD.role_id AND permission = 'administer') THEN
            RETURN NULL;
        END IF;
        {_NOBODY_LEFT}
    END $$;
    CREATE TRIGGER users_keep_administrator AFTER UPDATE OF is_active, role_id ON users FOR EACH ROW
        WHEN (OLD.is_active AND (NOT NEW.is_active OR NEW.role_id <> OLD.role_id))
        EXECUTE FUNCTION keep_administrator();

    CREATE FUNCTION keep_mighty_role() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM public.users WHERE role_id = OLD.role_id AND is_active) THEN
            RETURN NULL;
        END IF;
        {_NOBODY_LEFT}
    END $$;
    CREATE TRIGGER role_permissions_keep_administrator AFTER UPDATE OR DELETE ON role_permissions FOR EACH ROW
        WHEN (OLD.permission = 'administer') EXECUTE FUNCTION keep_mighty_role();
"""

# Asked at the door alone: whether the address somebody comes from is one he may come from.
_LET_IN = """
    CREATE FUNCTION let_in() RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        RETURN coalesce(
            (SELECT public.is_let_in(u.role_id) FROM public.users AS u WHERE u.db_role = session_user::text), true);
    END $$
"""

# A word that is no address would fail each look at the list, and with it everybody's log-in.
_ADDRESSES = """
    ALTER TABLE company ADD CONSTRAINT ck_company_allowed_addresses CHECK (
        allowed_addresses = '' OR string_to_array(replace(allowed_addresses, ' ', ''), ',')::inet[] IS NOT NULL)
"""

_NOBODY = """
    NOT EXISTS (
        SELECT 1 FROM users AS u JOIN role_permissions AS p ON p.role_id = u.role_id
        WHERE u.is_active AND p.permission = 'administer')
"""


def _refusal(name: str, moment: str, condition: str, code: str) -> str:
    return f"CREATE TRIGGER {name} {moment} WHEN {condition} BEGIN SELECT RAISE(ABORT, 'callboard:{code}'); END"


def _built_in(role_id: str) -> str:
    return f"EXISTS (SELECT 1 FROM roles WHERE id = {role_id} AND code IN ({_BUILT_IN}))"


_SQLITE = (
    _refusal(
        "roles_fixed",
        "BEFORE UPDATE ON roles",
        f"OLD.code IN ({_BUILT_IN}) AND (NEW.name IS NOT OLD.name OR NEW.code IS NOT OLD.code)",
        "BUILT_IN",
    ),
    _refusal("roles_fixed_stay", "BEFORE DELETE ON roles", f"OLD.code IN ({_BUILT_IN})", "BUILT_IN"),
    _refusal("role_permissions_fixed", "BEFORE INSERT ON role_permissions", _built_in("NEW.role_id"), "BUILT_IN"),
    _refusal(
        "role_permissions_fixed_change",
        "BEFORE UPDATE ON role_permissions",
        f"{_built_in('NEW.role_id')} OR {_built_in('OLD.role_id')}",
        "BUILT_IN",
    ),
    _refusal("role_permissions_fixed_stay", "BEFORE DELETE ON role_permissions", _built_in("OLD.role_id"), "BUILT_IN"),
    _refusal(
        "users_keep_administrator",
        "AFTER UPDATE OF is_active, role_id ON users",
        "OLD.is_active AND (NOT NEW.is_active OR NEW.role_id <> OLD.role_id) AND EXISTS ("
        "SELECT 1 FROM role_permissions WHERE role_id = OLD.role_id AND permission = 'administer') AND " + _NOBODY,
        "LAST",
    ),
    *(
        _refusal(
            f"role_permissions_keep_administrator_{verb.lower()}",
            f"AFTER {verb} ON role_permissions",
            "OLD.permission = 'administer' AND EXISTS ("
            "SELECT 1 FROM users WHERE role_id = OLD.role_id AND is_active) AND " + _NOBODY,
            "LAST",
        )
        for verb in ("UPDATE", "DELETE")
    ),
)
