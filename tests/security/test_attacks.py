"""What somebody with psql and a log-in of his own would try: each of it refused, or allowed and said so here."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.kit.servers import PASSWORD
from tests.security.furnish import ROLES, WORLDS, Office
from tests.security.probes import ask, one

pytestmark = [pytest.mark.row("F3", "U21")]
OTHER, GONE = WORLDS["other"], WORLDS["gone"]

RISE = """
    SET ROLE {db}_owner; SET ROLE {db}_logins; SET ROLE {db}_migrator; SET ROLE postgres; SET ROLE {other}
    SET SESSION AUTHORIZATION postgres; SET SESSION AUTHORIZATION {other}
    SELECT set_config('role', 'postgres', false); SELECT set_config('session_authorization', '{other}', false)
    ALTER ROLE {me} BYPASSRLS; ALTER ROLE {me} SUPERUSER; ALTER ROLE {me} CREATEROLE; ALTER ROLE {me} CREATEDB
    ALTER ROLE {me} REPLICATION; ALTER ROLE {me} CONNECTION LIMIT 1000; ALTER ROLE {other} RENAME TO postgres2
    ALTER ROLE {other} PASSWORD 'x'; ALTER ROLE {other} LOGIN; ALTER ROLE {other} SET search_path = pg_temp
    ALTER ROLE postgres PASSWORD 'x'; ALTER ROLE {db}_owner LOGIN; ALTER ROLE ALL SET row_security = off
    CREATE ROLE mine; CREATE ROLE mine SUPERUSER; DROP ROLE {other}; GRANT {db}_owner TO {me}; GRANT {other} TO {me}
    GRANT pg_read_all_data TO {me}; GRANT pg_execute_server_program TO {me}; ALTER DATABASE {db} SET row_security = off
    REASSIGN OWNED BY {db}_owner TO {me}; DROP OWNED BY {db}_owner; ALTER ROLE {other} RESET ALL
    SELECT rolpassword FROM pg_authid; SELECT passwd FROM pg_shadow; SELECT * FROM pg_hba_file_rules
    SELECT * FROM pg_file_settings; SELECT stavalues1 FROM pg_statistic; SELECT * FROM user_passwords
    SELECT pg_reload_conf(); SELECT pg_switch_wal(); SELECT pg_rotate_logfile(); SELECT pg_current_logfile()
"""
MAKE = """
    CREATE TABLE mine (id bigint); CREATE TABLE mine (id bigint REFERENCES customers); CREATE TEMP TABLE users (id int)
    CREATE TEMP VIEW seen AS SELECT 1; CREATE VIEW seen AS SELECT * FROM customers; CREATE SCHEMA mine
    CREATE MATERIALIZED VIEW seen AS SELECT * FROM customers; SELECT * INTO TEMP mine FROM customers
    CREATE FUNCTION leak(text) RETURNS boolean LANGUAGE sql COST 0.0001 AS 'SELECT true'
    CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE sql COST 0.0001 AS 'SELECT true'
    CREATE FUNCTION pg_catalog.now2() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE mine AS (id int)
    CREATE OR REPLACE FUNCTION acting_user() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'
    CREATE DOMAIN mine AS int; CREATE SEQUENCE mine; CREATE CAST (text AS bytea) WITHOUT FUNCTION
    CREATE PUBLICATION mine FOR ALL TABLES; CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION log_changes()
    CREATE OPERATOR public.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq); CREATE COLLATION mine FROM "C"
    CREATE POLICY mine ON customers USING (true); CREATE RULE mine AS ON SELECT TO claims DO INSTEAD SELECT 1
    CREATE TRIGGER mine BEFORE UPDATE ON tickets FOR EACH ROW EXECUTE FUNCTION never_changed()
    CREATE INDEX mine ON customers (name); CREATE STATISTICS mine ON name, email FROM customers
"""
BREAK = """
    DROP TABLE notes; DROP POLICY customers_select ON customers; DROP TRIGGER notes_kept ON notes
    DROP FUNCTION acting_user(); DROP INDEX uq_claims_person; DROP SCHEMA public CASCADE
    ALTER TABLE customers DISABLE ROW LEVEL SECURITY; ALTER TABLE customers OWNER TO {me}
    ALTER TABLE notes DISABLE TRIGGER notes_kept; ALTER TABLE notes DISABLE TRIGGER ALL
    ALTER TABLE tickets ADD COLUMN mine int; ALTER TABLE claims DROP CONSTRAINT ck_claims_status
    ALTER POLICY customers_select ON customers USING (true); ALTER FUNCTION acting_user() SET search_path = pg_temp
    ALTER FUNCTION acting_user() SECURITY INVOKER; ALTER TRIGGER notes_kept ON notes RENAME TO mine
    SET session_replication_role = replica; SELECT set_config('session_replication_role', 'replica', false)
    SET LOCAL session_replication_role = replica; TRUNCATE notes CASCADE; TRUNCATE audit_log; TRUNCATE points_entries
    UPDATE audit_log SET at = now(); DELETE FROM audit_log; DELETE FROM change_log; UPDATE alembic_version SET
    version_num = '0001'; DELETE FROM points_entries; UPDATE points_entries SET worker_points = 9; DELETE FROM users
    INSERT INTO change_log (table_name, row_id) VALUES ('customers', 1); LOCK TABLE claims IN ACCESS EXCLUSIVE MODE
    LOCK TABLE audit_log IN SHARE MODE; SELECT nextval('customers_id_seq'); SELECT setval('customers_id_seq', 1)
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'
    UPDATE pg_class SET relrowsecurity = false; DELETE FROM pg_policy; UPDATE pg_proc SET prosecdef = false
    COMMENT ON TABLE customers IS 'mine'; REINDEX TABLE customers; CLUSTER customers USING pk_customers
"""
FILES = """
    COPY customers TO PROGRAM 'cat'; COPY notes FROM PROGRAM 'id'; COPY customers TO '/tmp/customers'
    COPY notes FROM '/etc/passwd'; SELECT pg_read_file('/etc/passwd'); SELECT pg_read_binary_file('/etc/passwd')
    SELECT pg_ls_dir('/'); SELECT pg_stat_file('/etc/passwd'); SELECT lo_import('/etc/passwd')
    SELECT lo_export(1, '/tmp/x'); SELECT lo_create(0); SELECT lo_creat(-1); SELECT lo_from_bytea(0, 'x')
    SELECT lo_put(1, 0, 'x'); SELECT pg_ls_waldir(); SELECT pg_ls_logdir(); LOAD '/tmp/mine.so'
"""


def statements(block: str, office: Office, who: str) -> list[str]:
    """The statements of a block, said by somebody of this office."""
    said = block.format(db=office.name, me=office.login(who), other=office.login("other"))
    return [" ".join(each.split()) for each in re.split(r";|\n(?=    [A-Z])", said) if each.strip()]


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("block", [RISE, MAKE, BREAK, FILES], ids=["rise", "make", "break", "files"])
def test_whoever_tries_to_rise_make_break_or_read_files_is_refused(office: Office, who: str, block: str) -> None:
    tried = statements(block, office, who)
    assert len(tried) > 15
    with office.connect(who) as connection:
        through = {}
        for statement in tried:
            # By itself, not from within a block: some of these say no to a block before they look at rights.
            try:
                with connection.transaction(force_rollback=True):
                    connection.execute(statement.encode())
                through[statement] = "done"
            except psycopg.errors.InsufficientPrivilege:
                pass
            except psycopg.Error as error:
                through[statement] = f"{type(error).__name__}: {error.diag.message_primary}"
    assert through == {}


@pytest.fixture
def agent(office: Office) -> Iterator[psycopg.Connection]:
    """A session of an agent, whose work is undone."""
    with office.connect("agent") as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def technician(office: Office) -> Iterator[psycopg.Connection]:
    """A session of a technician, who sees the customers on his way only."""
    with office.connect("technician") as connection:
        yield connection
        connection.rollback()


def test_without_row_security_a_query_is_refused_not_widened(technician: psycopg.Connection) -> None:
    technician.execute("SET row_security = off")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        technician.execute("SELECT * FROM customers")


LEAKS = (
    "SELECT count(*) FROM customers WHERE name::int > 0",
    "SELECT count(*) FROM customers WHERE 1 / (id - {other}) > 0 AND id <> {own}",
    "SELECT count(*) FROM customers WHERE id = {other} AND name::int > 0",
    "SELECT count(*) FROM customers WHERE id = {other} AND json(name) IS NULL",
    "SELECT count(*) FROM call_attempts WHERE id = {other} AND note::int > 0",
    "SELECT count(*) FROM notes WHERE id = {other} AND text::int > 0",
    "SELECT table_to_xml('customers', true, false, '')",
    "SELECT query_to_xml('SELECT * FROM tickets', true, false, '')",
    "SELECT string_agg(to_jsonb(c)::text, '') FROM customers AS c",
    "SELECT most_common_vals, histogram_bounds FROM pg_stats WHERE tablename IN ('customers', 'notes')",
    "SELECT string_agg(query, '') FROM pg_stat_activity WHERE usename <> session_user",
)


def test_a_predicate_that_leaks_is_asked_of_rows_one_may_see_alone(
    office: Office, technician: psycopg.Connection
) -> None:
    """Casts and divisions fail with the value they failed at: they never get to see a row that a policy hides."""
    with office.as_owner() as owner:
        owner.execute("ANALYZE customers, notes")
        owner.execute(f"SELECT 'customers {OTHER}'".encode())
        for leak in LEAKS:
            statement = leak.format(other=OTHER, own=WORLDS["technician"])
            try:
                with technician.transaction(force_rollback=True):
                    said = str(technician.execute(statement.encode()).fetchall())
            except psycopg.Error as error:
                said = str(error)
            assert str(OTHER) not in said, leak
            assert f"name{OTHER}" not in said, leak
            assert "division by zero" not in said, leak


@pytest.mark.parametrize("setting", ["app.user_id", "callboard.actor", "app.current_user", "application_name"])
def test_who_one_is_cannot_be_said_by_a_setting(agent: psycopg.Connection, setting: str) -> None:
    agent.execute("SELECT set_config(%s, '1', false)", [setting])
    assert one(agent, "SELECT acting_user()") == WORLDS["agent"]
    assert one(agent, "SELECT may('administer')") is False


def test_no_search_path_changes_what_a_function_means(agent: psycopg.Connection) -> None:
    for path in ("pg_temp, public", "", "pg_temp", "public, pg_catalog", '"$user", pg_temp'):
        agent.execute("SELECT set_config('search_path', %s, false)", [path])
        assert one(agent, "SELECT public.acting_user()") == WORLDS["agent"]
        assert one(agent, "SELECT public.may('administer')") is False
        added = "INSERT INTO public.notes (text, customer_id, by_id, at) VALUES ('x', %s, %s, now()) RETURNING by_id"
        with agent.transaction(force_rollback=True):
            assert one(agent, added, WORLDS["agent"], OTHER) == WORLDS["agent"], "signed by who wrote it"


def test_timeouts_are_ones_own_to_change_and_so_is_ones_password(agent: psycopg.Connection, office: Office) -> None:
    """Declared: they protect the server from mishaps, not from malice; and nobody else's password moves."""
    for setting, given in (("statement_timeout", "2min"), ("lock_timeout", "10s")):
        assert one(agent, f"SHOW {setting}") == given
        agent.execute(f"SET {setting} = 0".encode())
    agent.execute("SET idle_in_transaction_session_timeout = 0")
    change = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(office.login("agent")), sql.Literal(PASSWORD))
    agent.execute(change)


def test_everybody_reads_the_names_of_log_ins_and_they_are_nobodys(agent: psycopg.Connection, office: Office) -> None:
    """Declared: role names and the texts of policies and functions are open to every log-in."""
    names = agent.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE %s", [f"{office.name}\\_u%"]).fetchall()
    assert len(names) > len(ROLES)
    assert all(re.fullmatch(rf"{office.name}_u(\d+|sers)", name) for (name,) in names)
    assert agent.execute("SELECT proname FROM pg_proc WHERE prosrc ~ 'SCRAM-SHA-256[$]\\d+:\\w'").fetchall() == []


def test_a_number_that_is_taken_tells_that_it_is(technician: psycopg.Connection) -> None:
    """Declared: keys answer for rows one may not see; that much a technician learns, and nothing of what is in them."""
    assert one(technician, "SELECT count(*) FROM customers WHERE id = %s", OTHER) == 0
    mine = f"{WORLDS['technician']}, 'd', 'customers', {OTHER}, now(), now(), false"
    columns = "user_id, desk, table_name, row_id, since, seen_at, is_editing"
    (answer,) = ask(technician, [f"INSERT INTO open_cards ({columns}) VALUES ({mine})"])
    assert answer.said == "1"


def test_a_grant_of_what_is_not_ones_own_gives_nothing(office: Office) -> None:
    with office.connect("administrator") as connection:
        connection.execute("SET client_min_messages = error")
        for grant in ("GRANT SELECT ON audit_log TO PUBLIC", "GRANT EXECUTE ON FUNCTION create_login TO PUBLIC"):
            try:
                with connection.transaction():
                    connection.execute(grant.encode())
            except psycopg.errors.InsufficientPrivilege:
                continue
        connection.commit()
        assert one(connection, "SELECT has_table_privilege('public', 'audit_log', 'SELECT')") is False
        assert (
            one(connection, "SELECT has_function_privilege('public', 'create_login(bigint, text)', 'EXECUTE')") is False
        )


RAISES = {
    "manager": "UPDATE users SET role_id = 1 WHERE id = {me}",
    "back_office": "INSERT INTO role_permissions (role_id, permission) SELECT role_id, 'administer' FROM users "
    "WHERE id = {me}",
    "agent": "UPDATE role_permissions SET permission = 'administer'",
    "technician": "UPDATE users SET is_active = true WHERE id = {gone}",
    "read_only": "INSERT INTO users (login, name, role_id) VALUES ('x', 'x', 1)",
    "leader": "INSERT INTO role_permissions (role_id, permission) SELECT role_id, 'administer' FROM users "
    "WHERE id = {me}",
}


@pytest.mark.parametrize("who", RAISES)
def test_nobody_gives_himself_a_permission(office: Office, who: str) -> None:
    with office.connect(who) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(RAISES[who].format(me=WORLDS[who], gone=GONE).encode())


@pytest.mark.parametrize("role", ["postgres", "{db}_owner", "{db}_u1", "{db}_migrator"])
def test_not_even_an_administrator_signs_a_user_with_a_log_in_that_is_not_his(office: Office, role: str) -> None:
    role = role.format(db=office.name)
    for statement in (
        f"UPDATE users SET db_role = '{role}' WHERE id = {OTHER}",
        f"INSERT INTO users (login, name, role_id, db_role) VALUES ('x', 'x', 1, '{role}')",
    ):
        with office.connect("administrator") as connection, pytest.raises(psycopg.Error) as told:
            connection.execute(statement.encode())
        assert told.value.sqlstate in {"23514", "42501", "23505"}


def test_a_clash_of_keys_changes_nobody_elses_row(agent: psycopg.Connection) -> None:
    for statement in (
        """INSERT INTO phone_lines (user_id) VALUES (%(other)s) ON CONFLICT (user_id) DO UPDATE SET kind = 'handoff'""",
        """INSERT INTO user_settings (user_id, key, value) VALUES (%(other)s, 'key9010', '1')
            ON CONFLICT (user_id, key) DO UPDATE SET value = '2'""",
        """MERGE INTO saved_filters AS f USING (VALUES (1)) AS v (n) ON f.id = %(other)s
            WHEN NOT MATCHED THEN INSERT (user_id, screen, name, filter) VALUES (%(other)s, 's', 'n', '{}')""",
        """MERGE INTO desk_signs AS d USING (VALUES (1)) AS v (n) ON d.user_id = %(other)s
            WHEN NOT MATCHED THEN INSERT (user_id, seen_at) VALUES (%(other)s, now())""",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), agent.transaction():
            agent.execute(statement.encode(), {"other": OTHER})


def test_an_answer_forged_for_a_colleagues_request_never_reaches_him(office: Office) -> None:
    with office.connect("agent") as agent, office.connect("other") as other:
        agent.execute("INSERT INTO operations (op_id, service, user_id, at, result) "
                      "VALUES ('guessed', 'save', %s, now(), '{}')", [OTHER])  # fmt: skip
        try:
            agent.commit()
            assert one(agent, "SELECT user_id FROM operations WHERE op_id = 'guessed'") == WORLDS["agent"]
            assert one(other, "SELECT count(*) FROM operations WHERE op_id = 'guessed'") == 0
        finally:
            with office.as_owner() as owner:
                owner.execute("DELETE FROM operations WHERE op_id = 'guessed'")


MOVES = {
    "a pool to oneself": "UPDATE pool_users SET pool_id = {other} WHERE user_id = {me}",
    "a pool given by oneself": "UPDATE pool_users SET is_given = true WHERE user_id = {me}",
    "a telephone to a colleague": "UPDATE phone_lines SET user_id = {other} WHERE user_id = {me}",
    "a filter to a colleague": "UPDATE saved_filters SET user_id = {other} WHERE user_id = {me}",
    "time at the desk to a colleague": "UPDATE desk_spans SET user_id = {other} WHERE user_id = {me}",
    "hours to a colleague": "UPDATE hours_entries SET user_id = {other} WHERE user_id = {me}",
    "a setting to a colleague": "UPDATE user_settings SET user_id = {other} WHERE user_id = {me}",
    "a ticket's task to a stranger's customer": "UPDATE tasks SET customer_id = {other} WHERE id = {me}",
    "an entry to one's own pool": "UPDATE pool_entries SET pool_id = {me} WHERE id = {other}",
    "a card held open for ever": "UPDATE open_cards SET seen_at = '2099-01-01' WHERE user_id = {me}",
    "a note to another customer": "UPDATE notes SET customer_id = {other} WHERE id = {me}",
}
"""Rows moved out of one's sight or into it. An agent and above gives tasks another customer: he sees them all."""


@pytest.mark.parametrize("who", ["back_office", "agent", "technician", "leader"])
def test_no_row_is_moved_out_of_sight_or_into_it(office: Office, who: str) -> None:
    with office.connect(who) as connection:
        moves = {name: text.format(me=WORLDS[who], other=OTHER) for name, text in MOVES.items()}
        said = dict(zip(moves, ask(connection, moves.values()), strict=True))
    may = {"a ticket's task to a stranger's customer"} if who in {"back_office", "agent"} else set()
    assert {name for name, answer in said.items() if answer.is_let_through} == may


CLAIMS = {
    "next": "SELECT claim_next({campaign}, 'forged', {other}, '{{}}')",
    "a customer": "SELECT claim_customer({campaign}, {customer}, 'forged', {other})",
    "life": "SELECT beat_claim('request_id{other}', {other})",
    "a call": "SELECT dial_claim('request_id{other}', {other}, '+390600')",
}


@pytest.mark.parametrize("call", CLAIMS)
def test_a_claim_is_of_who_calls_whatever_name_he_gives(agent: psycopg.Connection, office: Office, call: str) -> None:
    mine = WORLDS["agent"]
    theirs = "SELECT string_agg(to_jsonb(c)::text, ' ' ORDER BY c.id) FROM claims AS c WHERE c.user_id = %s"
    before = one(agent, theirs, OTHER)
    statement = CLAIMS[call].format(campaign=mine, customer=mine, other=OTHER)
    said = ""
    try:
        agent.execute(statement.encode())
    except psycopg.Error as error:
        agent.rollback()
        said = str(error)
    assert said == "" or "callboard:" in said
    assert one(agent, theirs, OTHER) == before


APP = Path(__file__).parents[2] / "app"


def naming(words: str) -> list[str]:
    """The modules of the program in which these words stand."""
    return sorted(path.name for path in APP.rglob("*.py") if re.search(words, path.read_text("utf-8")))


def test_no_key_that_anybody_can_hold_stops_others(office: Office) -> None:
    """Advisory locks have no owner: nothing an agent waits for may be one."""
    with office.as_owner() as owner:
        query = "SELECT proname FROM pg_proc WHERE prosrc ~* 'advisory' AND pronamespace = 'public'::regnamespace"
        assert {name for (name,) in owner.execute(query)} <= HOLDABLE.keys()
    assert set(naming("advisory_(xact_)?lock")) <= HOLDABLE.keys()


HOLDABLE = {
    "take_person": "its keys are salted with a number that no log-in reads",
    "openings_end": "who administers shapes processes; he waits no longer than his lock_timeout",
    "schema.py": "an upgrade, by the migrator",
    "windows.py": "call windows are worked out by who runs campaigns",
    "lanes.py": "a zone's lane is made once in its life",
    "together.py": "a request's own key, which its desktop makes by chance and tells nobody",
}
"""Where one is taken all the same, and who waits for it at worst."""


@pytest.mark.parametrize("who", ROLES)
def test_nobody_reads_the_salt_of_the_keys_of_claims(office: Office, who: str) -> None:
    with office.connect(who) as connection:
        assert connection.execute(
            "SELECT last_value FROM pg_sequences WHERE sequencename = 'claim_salt'"
        ).fetchall() == [(None,)]
        for query in ("SELECT last_value FROM claim_salt", "SELECT nextval('claim_salt')"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(query.encode())
    with office.as_owner() as owner:
        assert one(owner, "SELECT last_value > 1000000 FROM claim_salt") is True


def test_what_anybody_can_shout_nobody_listens_to() -> None:
    """NOTIFY cannot be taken from a log-in: the program has no ears for it."""
    assert naming(r"\bLISTEN\b|add_notify") == []
