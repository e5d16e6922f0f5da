"""The functions that make, place and end log-ins of PostgreSQL, as one text that may be applied again and again.

They belong to the role `<database>_logins`, which may make log-ins and which nobody can log in as. So an upgrade cannot
replace them once `callboard server init` has handed them over: 0021 applies the text where the upgrader still owns
them, and every `server init` applies it anew. The comment on `keep_login()` says which text a server has.
"""

import hashlib
from collections.abc import Callable, Iterator

from app.domain.people import CEILINGS
from migrations.grants import GROUPS

__all__ = ["FUNCTIONS", "apply", "digest", "functions", "triggers"]

FUNCTIONS = (
    "login_name(bigint)",
    "login_group(bigint)",
    "create_login(bigint, text)",
    "set_login_password(bigint, text)",
    "limit_login(text)",
    "end_sessions(text)",
    "place_login(text, bigint, boolean)",
    "keep_every_login()",
    "keep_login()",
    "keep_role()",
)
"""What the role `<database>_logins` owns."""

_CALLED = ("login_name(bigint)", "create_login(bigint, text)", "set_login_password(bigint, text)")
"""What administrators call; the rest is called by triggers and by `server init`."""

_DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"

_NAME = """
    CREATE OR REPLACE FUNCTION login_name(user_id bigint) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
        SELECT current_database() || '_u' || user_id
    $$
"""

# The smallest group role whose grants reach as far as the permissions do; row policies narrow it to each of them.
_GROUP = f"""
    CREATE OR REPLACE FUNCTION login_group(role_id bigint) RETURNS text
    LANGUAGE plpgsql STABLE {_DEFINER} AS $$
    DECLARE
        held text[] := ARRAY(
            SELECT p.permission FROM public.role_permissions AS p WHERE p.role_id = login_group.role_id);
    BEGIN
        RETURN 'callboard_' || CASE
            {{cases}}
            ELSE 'read_only' END;
    END $$
"""

# Whom the owner of the database speaks for, before there is any user, and who administers.
_AUTHORISE = """
        IF NOT public.may('administer') AND NOT pg_has_role(session_user, (
                SELECT d.datdba FROM pg_database AS d WHERE d.datname = current_database()), 'MEMBER') THEN
            RAISE EXCEPTION 'callboard:FORBIDDEN' USING ERRCODE = '42501';
        END IF;
"""

# A role left over from an earlier database of this name starts from nothing: its groups are set anew by keep_login.
_CREATE = f"""
    CREATE OR REPLACE FUNCTION create_login(user_id bigint, verifier text) RETURNS text
    LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE
        role text := public.login_name(user_id);
    BEGIN
        {_AUTHORISE}
        IF octet_length(role) > 63 THEN
            RAISE EXCEPTION 'callboard:CHECK' USING ERRCODE = '23514';
        END IF;
        PERFORM 1 FROM public.users WHERE id = user_id AND is_active FOR UPDATE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'callboard:INACTIVE' USING ERRCODE = '23514';
        END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role);
        END IF;
        IF NOT pg_has_role(current_user, role, 'USAGE') THEN
            EXECUTE format('GRANT %I TO %I', role, current_user);
        END IF;
        PERFORM public.limit_login(role);
        UPDATE public.users SET db_role = role, version = version + 1 WHERE id = user_id;
        PERFORM public.set_login_password(user_id, verifier);
        RETURN role;
    END $$
"""

_PASSWORD = rf"""
    CREATE OR REPLACE FUNCTION set_login_password(user_id bigint, verifier text) RETURNS void
    LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE
        role text;
    BEGIN
        {_AUTHORISE}
        IF verifier !~ '^SCRAM-SHA-256\$[0-9]+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$' THEN
            RAISE EXCEPTION 'callboard:CHECK' USING ERRCODE = '23514';
        END IF;
        SELECT db_role INTO role FROM public.users WHERE id = user_id AND db_role = public.login_name(id);
        IF role IS NULL THEN
            RAISE EXCEPTION 'callboard:INACTIVE' USING ERRCODE = '23514';
        END IF;
        EXECUTE format('ALTER ROLE %I PASSWORD %L', role, verifier);
    END $$
"""

_LIMITS = f"""
    CREATE OR REPLACE FUNCTION limit_login(login text) RETURNS void
    LANGUAGE plpgsql {_DEFINER} AS $$
    BEGIN
        EXECUTE format('ALTER ROLE %I CONNECTION LIMIT 12', login);
        EXECUTE format('ALTER ROLE %I SET statement_timeout = ''120s''', login);
        EXECUTE format('ALTER ROLE %I SET lock_timeout = ''10s''', login);
        EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''15s''', login);
        EXECUTE format('ALTER ROLE %I SET tcp_user_timeout = ''10s''', login);
        EXECUTE format('ALTER ROLE %I SET password_encryption = ''scram-sha-256''', login);
        BEGIN
            EXECUTE format('ALTER ROLE %I SET client_connection_check_interval = ''5s''', login);
        EXCEPTION WHEN invalid_parameter_value THEN
            NULL; -- A server on Windows cannot see that a client has gone.
        END;
    END $$
"""

# Where a session cannot be ended it has lost its groups all the same: its next statement reaches nothing.
_END = f"""
    CREATE OR REPLACE FUNCTION end_sessions(login text) RETURNS void
    LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE
        process integer;
    BEGIN
        FOR process IN SELECT pid FROM pg_stat_activity WHERE usename = login AND pid <> pg_backend_pid() LOOP
            BEGIN
                PERFORM pg_terminate_backend(process);
            EXCEPTION WHEN insufficient_privilege THEN
                RAISE WARNING 'the session % of % was not ended', process, login;
            END;
        END LOOP;
    END $$
"""

# What an open session has prepared keeps the row policies of the group it was in: whoever is moved logs in anew.
_PLACE = f"""
    CREATE OR REPLACE FUNCTION place_login(login text, role_id bigint, is_let boolean) RETURNS void
    LANGUAGE plpgsql {_DEFINER} AS $$
    DECLARE
        door text := current_database() || '_users';
        groups text[] := ARRAY[{", ".join(f"'callboard_{group}'" for group in GROUPS)}];
        wanted text[] := '{{}}';
        each text;
        has_moved boolean := false;
        -- From 16 on a session cannot put on the group itself, which it would keep when it is taken from the log-in.
        is_old boolean := current_setting('server_version_num')::int < 160000;
        without text := CASE WHEN is_old THEN '' ELSE ' WITH SET FALSE' END;
    BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
            RETURN;
        END IF;
        IF is_let THEN
            wanted := ARRAY[public.login_group(role_id), door];
        END IF;
        FOR each IN
            SELECT DISTINCT g.rolname FROM pg_auth_members AS m
            JOIN pg_roles AS g ON g.oid = m.roleid JOIN pg_roles AS u ON u.oid = m.member
            WHERE u.rolname = login AND g.rolname = ANY (groups || door) AND g.rolname <> ALL (wanted)
                -- From 16 on everybody takes back his own grants only; `server init` takes back the others'.
                AND (is_old OR m.grantor = (SELECT r.oid FROM pg_roles AS r WHERE r.rolname = current_user))
        LOOP
            EXECUTE format('REVOKE %I FROM %I', each, login);
            has_moved := true;
        END LOOP;
        FOR each IN
            SELECT g.rolname FROM pg_roles AS g WHERE g.rolname = ANY (wanted) AND NOT EXISTS (
                SELECT FROM pg_auth_members AS m JOIN pg_roles AS u ON u.oid = m.member
                WHERE m.roleid = g.oid AND u.rolname = login)
        LOOP
            EXECUTE format('GRANT %I TO %I' || without, each, login);
            has_moved := true;
        END LOOP;
        EXECUTE format(CASE WHEN is_let THEN 'ALTER ROLE %I LOGIN' ELSE 'ALTER ROLE %I NOLOGIN' END, login);
        IF has_moved OR NOT is_let THEN
            PERFORM public.end_sessions(login);
        END IF;
    END $$
"""

# Triggers, so that a change of role or a disabled user is felt by the server whoever makes it and by whatever road.
_KEEP = f"""
    CREATE OR REPLACE FUNCTION keep_login() RETURNS trigger
    LANGUAGE plpgsql {_DEFINER} AS $$
    BEGIN
        IF NEW.db_role = public.login_name(NEW.id) THEN
            PERFORM public.place_login(NEW.db_role, NEW.role_id, NEW.is_active);
        END IF;
        RETURN NULL;
    END $$
"""

_KEEP_ROLE = f"""
    CREATE OR REPLACE FUNCTION keep_role() RETURNS trigger
    LANGUAGE plpgsql {_DEFINER} AS $$
    BEGIN
        PERFORM public.place_login(u.db_role, u.role_id, true) FROM public.users AS u
            WHERE u.role_id IN (SELECT c.role_id FROM changed AS c) AND u.is_active
                AND u.db_role = public.login_name(u.id);
        RETURN NULL;
    END $$
"""

_KEEP_ALL = f"""
    CREATE OR REPLACE FUNCTION keep_every_login() RETURNS void
    LANGUAGE plpgsql {_DEFINER} AS $$
    BEGIN
        PERFORM public.limit_login(u.db_role), public.place_login(u.db_role, u.role_id, u.is_active)
            FROM public.users AS u
            WHERE u.db_role = public.login_name(u.id) AND EXISTS (SELECT FROM pg_roles WHERE rolname = u.db_role);
    END $$
"""


def functions() -> Iterator[str]:
    """The statements that make the functions and close them; for their owner, or for who owns none of them yet."""
    cases = "\n            ".join(
        "WHEN held && ARRAY[{}] THEN '{}'".format(", ".join(f"'{each}'" for each in permissions), group)
        for group, permissions in CEILINGS.items()
    )
    yield _NAME
    yield _GROUP.format(cases=cases)
    yield from (_LIMITS, _END, _PLACE, _PASSWORD, _CREATE, _KEEP, _KEEP_ROLE, _KEEP_ALL)
    yield f"REVOKE ALL ON FUNCTION {', '.join(FUNCTIONS)} FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION {', '.join(_CALLED)} TO callboard_administrator"


def triggers() -> Iterator[str]:
    """The statements that make the triggers; for the owner of the tables, who may execute the functions."""
    yield (
        "CREATE OR REPLACE TRIGGER users_keep_login AFTER INSERT OR UPDATE OF db_role, role_id, is_active ON users "
        "FOR EACH ROW WHEN (NEW.db_role IS NOT NULL) EXECUTE FUNCTION keep_login()"
    )
    for verb, rows in (("INSERT", "NEW"), ("DELETE", "OLD")):
        yield (
            f"CREATE OR REPLACE TRIGGER role_permissions_keep_role_{verb.lower()} AFTER {verb} ON role_permissions "
            f"REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION keep_role()"
        )


def digest() -> str:
    """Which text this is."""
    return hashlib.sha256("\n".join(functions()).encode()).hexdigest()[:16]


def apply(execute: Callable[[str], object]) -> None:
    """Make the functions, and write down which text they are of."""
    for statement in functions():
        execute(statement)
    execute(f"COMMENT ON FUNCTION keep_login() IS 'callboard {digest()}'")
