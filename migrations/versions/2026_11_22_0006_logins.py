"""Log-ins of PostgreSQL: users are managed through definer functions, and what somebody did bears his own name.

A log-in role is called `<database>_u<id>`; roles belong to the whole server and everybody can read their names, so
nobody's name is in them. `callboard server init` hands the functions below to a role that may make log-ins and that
nobody can log in as; no administrator of the program holds that right himself.
"""

from alembic import op

from migrations import grants

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the functions, the triggers and the last grants on the tables of people."""
    if op.get_context().dialect.name != "postgresql":
        return
    administrator = "callboard_administrator"
    op.execute(f"GRANT INSERT, UPDATE ON users TO {administrator}")
    grants.read("alembic_version")
    for statement in (_NAME, _CREATE, _PASSWORD, _KEEP, _SIGN):
        op.execute(statement)
    managing = "login_name(bigint), create_login(bigint, text), set_login_password(bigint, text)"
    op.execute(f"REVOKE ALL ON FUNCTION {managing}, keep_login(), own_login(), acting_user(), sign_row() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {managing} TO {administrator}")
    everybody = ", ".join(f"callboard_{group}" for group in grants.GROUPS)
    op.execute(f"GRANT EXECUTE ON FUNCTION acting_user() TO {everybody}")


_NAME = """
    CREATE FUNCTION login_name(user_id bigint) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
        SELECT current_database() || '_u' || user_id
    $$;

    CREATE FUNCTION acting_user() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT id FROM public.users WHERE db_role = session_user AND is_active
    $$;

    CREATE FUNCTION own_login() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        IF NEW.db_role IS NOT NULL AND NEW.db_role <> current_database() || '_u' || NEW.id
                AND (TG_OP = 'INSERT' OR NEW.db_role IS DISTINCT FROM OLD.db_role) THEN
            RAISE EXCEPTION 'callboard:FORBIDDEN' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER users_own_login BEFORE INSERT OR UPDATE OF db_role ON users
        FOR EACH ROW EXECUTE FUNCTION own_login();
"""

# A role left over from an earlier database of this name starts from nothing: its groups are set anew by keep_login.
_CREATE = """
    CREATE FUNCTION create_login(user_id bigint, verifier text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
        role text := public.login_name(user_id);
    BEGIN
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
        EXECUTE format('ALTER ROLE %I CONNECTION LIMIT 12', role);
        EXECUTE format('ALTER ROLE %I SET statement_timeout = ''120s''', role);
        EXECUTE format('ALTER ROLE %I SET lock_timeout = ''10s''', role);
        EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''60s''', role);
        EXECUTE format('ALTER ROLE %I SET tcp_user_timeout = ''10s''', role);
        UPDATE public.users SET db_role = role, version = version + 1 WHERE id = user_id;
        PERFORM public.set_login_password(user_id, verifier);
        RETURN role;
    END $$;
"""

_PASSWORD = r"""
    CREATE FUNCTION set_login_password(user_id bigint, verifier text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
        role text;
    BEGIN
        IF verifier !~ '^SCRAM-SHA-256\$[0-9]+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$' THEN
            RAISE EXCEPTION 'callboard:CHECK' USING ERRCODE = '23514';
        END IF;
        SELECT db_role INTO role FROM public.users WHERE id = user_id AND db_role = public.login_name(id);
        IF role IS NULL THEN
            RAISE EXCEPTION 'callboard:INACTIVE' USING ERRCODE = '23514';
        END IF;
        EXECUTE format('ALTER ROLE %I PASSWORD %L', role, verifier);
    END $$;
"""

# A trigger, so that a change of role or a disabled user is felt by the server whoever makes it and by whatever road.
_KEEP = """
    CREATE FUNCTION keep_login() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
        wanted text;
        held text;
    BEGIN
        IF NEW.db_role <> public.login_name(NEW.id)
                OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = NEW.db_role) THEN
            RETURN NULL;
        END IF;
        SELECT 'callboard_' || code INTO wanted FROM public.roles WHERE id = NEW.role_id;
        FOR held IN
            SELECT DISTINCT granted.rolname FROM pg_auth_members AS m
            JOIN pg_roles AS granted ON granted.oid = m.roleid JOIN pg_roles AS member ON member.oid = m.member
            WHERE member.rolname = NEW.db_role AND granted.rolname <> wanted
                AND granted.rolname IN (SELECT 'callboard_' || code FROM public.roles)
        LOOP
            EXECUTE format('REVOKE %I FROM %I', held, NEW.db_role);
        END LOOP;
        EXECUTE format('GRANT %I TO %I', wanted, NEW.db_role);
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = current_database() || '_users') THEN
            EXECUTE format('GRANT %I TO %I', current_database() || '_users', NEW.db_role);
        END IF;
        IF NEW.is_active THEN
            EXECUTE format('ALTER ROLE %I LOGIN', NEW.db_role);
        ELSE
            EXECUTE format('ALTER ROLE %I NOLOGIN', NEW.db_role);
            PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE usename = NEW.db_role AND pid <> pg_backend_pid();
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER users_keep_login AFTER INSERT OR UPDATE OF db_role, role_id, is_active ON users
        FOR EACH ROW WHEN (NEW.db_role IS NOT NULL) EXECUTE FUNCTION keep_login();
"""

# Who did it is who logged in; a session that is no user's (the owner's, a restore) keeps what it says.
_SIGN = """
    CREATE FUNCTION sign_row() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
        me bigint := public.acting_user();
    BEGIN
        IF me IS NULL THEN
            RETURN NEW;
        END IF;
        IF TG_TABLE_NAME = 'visits' THEN
            NEW.set_by_id := me;
        ELSIF TG_TABLE_NAME = 'operations' THEN
            NEW.user_id := me;
        ELSIF TG_OP = 'UPDATE' THEN
            NEW.created_by_id := OLD.created_by_id;
        ELSE
            NEW.created_by_id := me;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER visits_signed BEFORE INSERT OR UPDATE OF technician_id, starts_at, ends_at, is_active, set_by_id
        ON visits FOR EACH ROW EXECUTE FUNCTION sign_row();
    CREATE TRIGGER tickets_signed BEFORE INSERT OR UPDATE OF created_by_id ON tickets
        FOR EACH ROW EXECUTE FUNCTION sign_row();
    CREATE TRIGGER operations_signed BEFORE INSERT ON operations FOR EACH ROW EXECUTE FUNCTION sign_row();
"""
