"""What every trigger is there for, each proved alone: all others are off, and without it the proof fails.

A guard is told by the trigger's name: what is done, by whom, and either the refusal or what is true afterwards.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql

from tests.security.furnish import FIRST, WORLDS, Office, Table

ME, OTHER, FELLOW, GONE = (WORLDS[who] for who in ("agent", "other", "fellow", "gone"))
TECHNICIAN, MANAGER, LEADER = (WORLDS[who] for who in ("technician", "manager", "leader"))
ADMINISTRATOR = WORLDS["administrator"]


@dataclass(frozen=True)
class Guard:
    """One trigger: `does` is tried after `first`, by the superuser or by `who`."""

    trigger: str
    table: str
    does: str
    refused: str = ""
    then: str = ""
    who: str = ""
    first: str = ""


def again(table: str, row_id: int = ME, /, **changes: object) -> str:
    """An insert of a copy of a row that is there, but for these columns; its own number becomes 77."""
    key = "user_id" if table in {"phone_lines", "user_loads"} else "op_id" if table == "operations" else "id"
    row = "'" + json.dumps({key: 77} | changes).replace("'", "''") + "'::jsonb"
    where = f"t.{key} = '{key}{row_id}'" if key == "op_id" else f"t.{key} = {row_id}"
    return (
        f"INSERT INTO {table} OVERRIDING SYSTEM VALUE "
        f"SELECT (jsonb_populate_record(t, {row})).* FROM {table} AS t WHERE {where}"
    )


LONG_AGO = "2000-01-01"
_NEW = "+390001"
_KEPT = "callboard:KEPT"
_NO = "callboard:FORBIDDEN"
_IS_NOW = "SELECT at > now() - interval '1 hour' FROM {} WHERE id = 77"
_IS_MINE = "SELECT by_id = {} FROM {} WHERE id = 77"
_REACHED = "SELECT true FROM reaches WHERE user_id = {} AND {}_id = {}"
_GONE = f"SELECT count(*) = 0 FROM reaches WHERE {{}}_id = {ME}"
_ROLE = f"(SELECT role_id FROM users WHERE id = {LEADER})"
_AGENTS = "(SELECT id FROM roles WHERE code = 'agent')"
_LAST_ROLE = "(SELECT max(id) FROM roles)"

GUARDS = (
    Guard("activity_states_recounted", "activity_states",
          f"UPDATE activity_states SET is_waiting = true WHERE id = {ME}",
          then=f"SELECT waiting_tasks = 1 FROM user_loads WHERE user_id = {ME}"),
    Guard("audit_log_kept_delete", "audit_log", "DELETE FROM audit_log", _KEPT),
    Guard("audit_log_kept_update", "audit_log", "UPDATE audit_log SET at = now()", _KEPT),
    Guard("audit_log_kept_truncate", "audit_log", "TRUNCATE audit_log", _KEPT),
    Guard("audit_log_written_by_triggers", "audit_log", again("audit_log"), _KEPT),
    Guard("call_attempts_checked", "call_attempts", again("call_attempts", op_id="new", status_id=OTHER),
          "callboard:OTHER_STATUS"),
    Guard("call_attempts_followed", "call_attempts",
          again("call_attempts", op_id="new", kind="inbound", person=_NEW, was_held=False),
          then=f"SELECT true FROM call_people WHERE person = '{_NEW}'"),
    Guard("call_attempts_kept", "call_attempts", "UPDATE call_attempts SET note = 'y'", _KEPT),
    Guard("consents_followed", "consents", again("consents", person=_NEW),
          then=f"SELECT consent_until IS NOT NULL FROM call_people WHERE person = '{_NEW}'"),
    Guard("consents_kept", "consents", "UPDATE consents SET withdrawn_at = NULL", _KEPT,
          first="UPDATE consents SET withdrawn_at = now()"),
    Guard("consents_signed", "consents", again("consents", by_id=OTHER), then=_IS_MINE.format(ME, "consents"),
          who="agent"),
    Guard("customer_balances_kept", "customer_balances", "UPDATE customer_balances SET balance = 9", _NO),
    Guard("customer_balances_whole", "customer_balances", "TRUNCATE customer_balances", _KEPT),
    Guard("desk_signs_true", "desk_signs", f"UPDATE desk_signs SET seen_at = '2099-01-01' WHERE user_id = {ME}",
          then=f"SELECT seen_at < now() + interval '1 hour' FROM desk_signs WHERE user_id = {ME}", who="agent"),
    Guard("desk_spans_true", "desk_spans", f"UPDATE desk_spans SET started_at = '{LONG_AGO}' WHERE id = {ME}", _KEPT,
          who="agent"),
    Guard("do_not_call_followed", "do_not_call", again("do_not_call", person=_NEW, campaign_id=None),
          then=f"SELECT is_refused FROM call_people WHERE person = '{_NEW}'"),
    Guard("do_not_call_kept", "do_not_call", "DELETE FROM do_not_call", _KEPT),
    Guard("do_not_call_signed", "do_not_call", again("do_not_call", person=_NEW, by_id=OTHER),
          then=_IS_MINE.format(ME, "do_not_call"), who="agent"),
    Guard("files_dated", "files", again("files", at=LONG_AGO), then=_IS_NOW.format("files"), who="agent"),
    Guard("files_merged", "files", f"UPDATE files SET ticket_id = {OTHER} WHERE id = {ME}", _NO, who="agent"),
    Guard("files_signed", "files", again("files", by_id=OTHER), then=_IS_MINE.format(ME, "files"), who="agent"),
    Guard("hours_entries_merged", "hours_entries", f"UPDATE hours_entries SET ticket_id = {ME} WHERE id = {OTHER}",
          _NO, who="agent"),
    Guard("hours_entries_own", "hours_entries", f"UPDATE hours_entries SET minutes = 1 WHERE id = {OTHER}", _NO,
          who="agent"),
    Guard("incoming_messages_merged", "incoming_messages",
          f"UPDATE incoming_messages SET ticket_id = {OTHER} WHERE id = {ME}", _NO, who="agent"),
    Guard("notes_kept", "notes", "UPDATE notes SET text = 'y'", _KEPT),
    Guard("notes_merged", "notes", f"UPDATE notes SET ticket_id = {OTHER} WHERE id = {ME}", _NO, who="agent"),
    Guard("notes_signed", "notes", again("notes", by_id=OTHER), then=_IS_MINE.format(ME, "notes"), who="agent"),
    Guard("notes_true", "notes", again("notes", at=LONG_AGO), then=_IS_NOW.format("notes"), who="agent"),
    Guard("numerators_next", "numerators", "UPDATE numerators SET next_number = next_number + 5", _NO, who="agent"),
    Guard("operations_signed", "operations", again("operations", user_id=OTHER),
          then=f"SELECT user_id = {ME} FROM operations WHERE op_id = '77'", who="agent"),
    Guard("outbox_messages_merged", "outbox_messages",
          f"UPDATE outbox_messages SET ticket_id = {OTHER} WHERE id = {ME}", _NO, who="agent"),
    Guard("outbox_messages_true", "outbox_messages", f"UPDATE outbox_messages SET state = 'sent' WHERE id = {ME}", _NO,
          who="agent"),
    Guard("points_checks_kept", "points_checks", "UPDATE points_checks SET wrong = 9", _KEPT),
    Guard("points_checks_whole", "points_checks", "TRUNCATE points_checks", _KEPT),
    Guard("points_checks_signed", "points_checks",
          "INSERT INTO points_checks (at, by_id, entries, wrong, milliseconds) "
          f"VALUES (now(), {OTHER}, 9, 9, 9)",
          then=f"SELECT by_id = {MANAGER} FROM points_checks WHERE entries = 9", who="manager"),
    Guard("points_entries_checked", "points_entries", again("points_entries"), _NO),
    Guard("points_entries_kept", "points_entries", "UPDATE points_entries SET worker_points = 9", _KEPT),
    Guard("points_entries_total", "points_entries", again("points_entries", step_id=OTHER + 77),
          then=f"SELECT sum(entries) = 2 FROM worker_days WHERE user_id = {ME}"),
    Guard("points_entries_whole", "points_entries", "TRUNCATE points_entries", _KEPT),
    Guard("pool_entries_one_worker", "pool_entries", again("pool_entries", pool_id=OTHER), "callboard:SEVERAL"),
    Guard("pool_users_order", "pool_users", f"UPDATE pool_users SET pool_id = {OTHER} WHERE user_id = {LEADER}", _NO,
          who="leader"),
    Guard("profile_gates_kept", "profile_gates", "UPDATE profile_gates SET profile_id = profile_id", _NO),
    Guard("profiles_gate", "profiles", again("profiles", name="New"),
          then="SELECT true FROM profile_gates WHERE profile_id = 77"),
    Guard("register_checks_followed", "register_checks", again("register_checks", person=_NEW, is_listed=True),
          then=f"SELECT is_registered FROM call_people WHERE person = '{_NEW}'"),
    Guard("reminders_true", "reminders", again("reminders", user_id=OTHER, entry_id=None), _NO, who="agent"),
    Guard("role_permissions_fixed", "role_permissions",
          "DELETE FROM role_permissions WHERE role_id = (SELECT id FROM roles WHERE code = 'agent')",
          "callboard:BUILT_IN"),
    Guard("role_permissions_keep_administrator", "role_permissions",
          "DELETE FROM role_permissions WHERE permission = 'administer'", "callboard:LAST"),
    Guard("role_permissions_keep_role_delete", "role_permissions",
          f"DELETE FROM role_permissions WHERE role_id = {_ROLE} AND permission = 'see_group'",
          then="SELECT pg_has_role('{leader}', 'callboard_agent', 'MEMBER')"),
    Guard("role_permissions_keep_role_insert", "role_permissions",
          f"INSERT INTO role_permissions (role_id, permission) VALUES ({_ROLE}, 'administer')",
          then="SELECT pg_has_role('{leader}', 'callboard_administrator', 'MEMBER')"),
    Guard("role_permissions_log_update_from", "role_permissions",
          f"UPDATE role_permissions SET role_id = {_LAST_ROLE} WHERE role_id = {_AGENTS}",
          then=f"SELECT count(*) > {{before}} FROM change_log WHERE table_name = 'roles' AND row_id = {_AGENTS}",
          first=f"DELETE FROM role_permissions WHERE role_id = {_LAST_ROLE}"),
    Guard("roles_fixed", "roles", "UPDATE roles SET code = 'mine' WHERE code = 'agent'", "callboard:BUILT_IN"),
    Guard("stage_openings_end", "stage_openings",
          f"INSERT INTO stage_openings (stage_id, opens_stage_id) VALUES ({GONE + 1}, {FIRST})", "callboard:LOOP"),
    Guard("stage_points_checked", "stage_points", again("stage_points", valid_from=LONG_AGO), "callboard:RETROACTIVE"),
    Guard("stage_points_deleted", "stage_points", "DELETE FROM stage_points", _KEPT),
    Guard("stage_points_kept", "stage_points", "UPDATE stage_points SET worker_points = 9", _KEPT),
    Guard("stage_points_whole", "stage_points", "TRUNCATE stage_points CASCADE", _KEPT),
    Guard("task_steps_choice", "task_steps", again("task_steps", is_automatic=True),
          then=f"SELECT chosen_at IS NOT NULL FROM user_loads WHERE user_id = {ME}"),
    Guard("task_steps_kept", "task_steps", "UPDATE task_steps SET note = 'y'", _KEPT),
    Guard("task_steps_reach", "task_steps", again("task_steps", to_user_id=OTHER),
          then=_REACHED.format(OTHER, "task", ME)),
    Guard("task_steps_score", "task_steps", again("task_steps", from_stage_id=OTHER),
          'null value in column "day" of relation "points_entries"',  # which a trigger of that table would fill
          first=f"UPDATE stage_points SET worker_points = 1, scores_every_time = true, valid_from = '{LONG_AGO}';"
                "UPDATE company SET time_zone = 'UTC'"),
    Guard("task_steps_signed", "task_steps", again("task_steps", by_id=OTHER), then=_IS_MINE.format(ME, "task_steps"),
          who="agent"),
    Guard("task_steps_true", "task_steps", again("task_steps", to_stage_id=OTHER), _NO, who="agent"),
    Guard("task_steps_whole", "task_steps", "TRUNCATE task_steps CASCADE", _KEPT),
    Guard("tasks_by_work", "tasks", f"UPDATE tasks SET title = 'y' WHERE id = {ME}", _NO, who="agent",
          first="DELETE FROM role_permissions WHERE permission IN ('edit_tickets', 'plan', 'import')"),
    Guard("tasks_counted_insert", "tasks", again("tasks", number="n"),
          then=f"SELECT open_tasks = 1 FROM user_loads WHERE user_id = {ME}"),
    Guard("tasks_counted_update", "tasks", f"UPDATE tasks SET closed_at = now() WHERE id = {ME}",
          then=f"SELECT open_tasks = 0 FROM user_loads WHERE user_id = {ME}",
          first="UPDATE user_loads SET open_tasks = 1"),
    Guard("tasks_reach", "tasks", f"UPDATE tasks SET user_id = {FELLOW} WHERE id = {ME}",
          then=_REACHED.format(FELLOW, "task", ME)),
    Guard("tasks_reach_gone", "tasks", f"DELETE FROM tasks WHERE id = {ME}", then=_GONE.format("task")),
    Guard("tasks_reach_new", "tasks", again("tasks", number="n"), then=_REACHED.format(ME, "task", 77)),
    Guard("tasks_step_written", "tasks", f"UPDATE tasks SET user_id = {FELLOW} WHERE id = {ME}",
          then=f"SELECT count(*) = 2 FROM task_steps WHERE task_id = {ME}", who="agent"),
    Guard("tasks_user_is_active", "tasks", f"UPDATE tasks SET user_id = {GONE} WHERE id = {ME}", "callboard:INACTIVE"),
    Guard("tickets_by_work", "tickets", f"UPDATE tickets SET subject = 'y' WHERE id = {ME}", _NO, who="agent",
          first="DELETE FROM role_permissions WHERE permission IN ('edit_tickets', 'plan', 'import')"),
    Guard("tickets_complete", "tickets", f"UPDATE tickets SET status_id = {OTHER} WHERE id = {ME}",
          "callboard:MISSING",
          first=f"INSERT INTO status_fields (status_id, field) VALUES ({OTHER}, 'address')"),
    Guard("tickets_handler_is_active", "tickets", f"UPDATE tickets SET handler_id = {GONE} WHERE id = {ME}",
          "callboard:INACTIVE"),
    Guard("tickets_reach", "tickets", f"UPDATE tickets SET handler_id = {FELLOW} WHERE id = {ME}",
          then=_REACHED.format(FELLOW, "ticket", ME)),
    Guard("tickets_reach_gone", "tickets", f"DELETE FROM tickets WHERE id = {ME}", then=_GONE.format("ticket"),
          first="UPDATE reaches SET task_id = NULL"),
    Guard("tickets_reach_new", "tickets", again("tickets", number="n", external_key="n"),
          then=_REACHED.format(ME, "ticket", 77)),
    Guard("tickets_responsible_is_active", "tickets", f"UPDATE tickets SET responsible_id = {GONE} WHERE id = {ME}",
          "callboard:INACTIVE"),
    Guard("tickets_signed", "tickets", f"UPDATE tickets SET created_by_id = {OTHER} WHERE id = {ME}",
          then=f"SELECT created_by_id = {ME} FROM tickets WHERE id = {ME}", who="agent"),
    Guard("user_loads_kept", "user_loads", "UPDATE user_loads SET open_tasks = 9", _NO),
    Guard("users_keep_administrator", "users", "UPDATE users SET is_active = false", "callboard:LAST"),
    Guard("users_keep_login", "users", f"UPDATE users SET is_active = false WHERE id = {LEADER}",
          then="SELECT NOT rolcanlogin FROM pg_roles WHERE rolname = '{leader}'"),
    Guard("users_load", "users", again("users", login="new", db_role=None),
          then="SELECT true FROM user_loads WHERE user_id = 77"),
    Guard("users_own_login", "users", f"UPDATE users SET db_role = 'postgres' WHERE id = {ME}", _NO),
    Guard("visits_on_white", "visits",
          f"UPDATE visits SET starts_at = starts_at - interval '9 days' WHERE id = {ME}", "callboard:GREY"),
    Guard("visits_reach", "visits",
          f"UPDATE visits SET technician_id = {FELLOW}, is_active = false WHERE id = {ME}",
          then=_REACHED.format(FELLOW, "visit", ME)),
    Guard("visits_reach_gone", "visits", f"DELETE FROM visits WHERE id = {ME}", then=_GONE.format("visit")),
    Guard("visits_reach_new", "visits", again("visits", technician_id=OTHER, is_active=False),
          then=_REACHED.format(OTHER, "visit", 77)),
    Guard("visits_signed", "visits", f"UPDATE visits SET set_by_id = {OTHER} WHERE id = {ME}",
          then=f"SELECT set_by_id = {MANAGER} FROM visits WHERE id = {ME}", who="manager"),
    Guard("worker_days_kept", "worker_days", "UPDATE worker_days SET points = 9", _NO),
    Guard("worker_days_whole", "worker_days", "TRUNCATE worker_days", _KEPT),
)  # fmt: skip

_LOGS = re.compile(r"_(log|audit)_(insert|update|delete)$")
_TOLD_AS = {"open_cards": "LIKE 'open\\_%'", "role_permissions": "IN ('roles', 'role_permissions')"}


def noting(triggers: dict[str, str], tables: dict[str, Table]) -> Iterator[Guard]:
    """The triggers that write down what changed, by their names: each its table and its verb."""
    for trigger, name in triggers.items():
        found = _LOGS.search(trigger)
        if found is None:
            continue
        log = "audit_log" if found[1] == "audit" else "change_log"
        of = _TOLD_AS.get(name, f"= '{name}'")
        then = f"SELECT count(*) > {{before}} FROM {log} WHERE table_name {of}"
        for does, first in _doing(tables[name], found[2]):
            yield Guard(trigger, name, does, then=then, first=first)


def _doing(table: Table, verb: str) -> Iterator[tuple[str, str]]:
    where, row = table.where("other"), table.row("other")
    if verb == "delete":
        yield f"DELETE FROM {table.name} WHERE {where}", ""
    elif verb == "insert":
        literal = "'" + row.replace("'", "''") + "'::jsonb"
        same = f"SELECT * FROM jsonb_populate_record(NULL::{table.name}, {literal})"
        yield f"INSERT INTO {table.name} OVERRIDING SYSTEM VALUE {same}", f"DELETE FROM {table.name} WHERE {where}"
    else:
        columns = [column for column in table.columns if column not in table.key] or table.key
        yield from ((f"UPDATE {table.name} SET {column} = {value} WHERE {where}", "")
                    for column in columns for value in _others(table, column))  # fmt: skip


def _others(table: Table, column: str) -> Iterator[str]:
    """What may stand there instead; whatever the column's checks think of it, one of them will do."""
    value = json.loads(table.row("other"))[column]
    if isinstance(value, bool):
        yield f"NOT {column}"
    elif isinstance(value, int | float):
        yield from (f"{column} + 1", str(FELLOW))
    elif isinstance(value, dict | list):
        yield from ("""'{"a": 1}'""", """'["a"]'""")
    elif isinstance(value, str):
        yield from (f"{column} || '1'", f"{column} + interval '1 minute'", f"{column} + 99")


def holds(owner: psycopg.Connection, office: Office, guard: Guard, group: str = "") -> bool:
    """Whether the trigger does what it is there for, with every other one switched off; who does it may take a role."""
    try:
        with owner.transaction(force_rollback=True):
            owner.execute("SET LOCAL session_replication_role = replica")
            if guard.first:
                owner.execute(guard.first.encode())
            before = 0
            if "{before}" in guard.then:
                counted = guard.then.partition(" FROM ")[2]
                row = owner.execute(f"SELECT count(*) FROM {counted}".encode()).fetchone()
                before = row[0] if row else 0
            if _exists(owner, guard):
                owner.execute(sql.SQL("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}").format(
                    sql.Identifier(guard.table), sql.Identifier(guard.trigger)))  # fmt: skip
            if guard.who:
                who = sql.Identifier(office.login(guard.who))
                owner.execute(sql.SQL("SET LOCAL SESSION AUTHORIZATION {}").format(who))
            if group:
                owner.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(group)))
            owner.execute(guard.does.encode())
            owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
            owner.execute("RESET SESSION AUTHORIZATION")
            owner.execute("RESET ROLE")
            if not guard.then:
                return False
            asked = guard.then.format(before=before, leader=office.login("leader"))
            found = owner.execute(asked.encode()).fetchone()
            return bool(found and found[0])
    except psycopg.Error as error:
        return bool(guard.refused) and guard.refused in str(error)


def _exists(owner: psycopg.Connection, guard: Guard) -> bool:
    named = "SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s"
    return owner.execute(named, [guard.table, guard.trigger]).fetchone() is not None


def triggers(owner: psycopg.Connection) -> dict[str, str]:
    """Every trigger of ours and its table."""
    return dict(
        owner.execute(
            "SELECT t.tgname, c.relname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
        ).fetchall()
    )
