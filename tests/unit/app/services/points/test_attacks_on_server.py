"""Raw SQL against the ledger on a server, as every role with a log-in of its own and as the owner of the database."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.backend import Backend
from app.db.database import Database
from app.db.refusals import refused
from app.domain.errors import Refused
from app.domain.points.differences import Difference, Wrong
from app.models.customers import Customer
from app.services.company.profile import set_up
from app.services.company.rows import CompanyDraft
from app.services.people.logins import set_password
from app.services.points.counting import count_all
from app.services.points.verifying import Verified, keep, last, look, verify
from tests.kit.factory import add_process, add_user
from tests.kit.points_factory import add_scored_task, add_setting, enter
from tests.kit.servers import PASSWORD, make_ready, remove

ROLES = ("administrator", "manager", "back_office", "agent", "technician", "read_only")
EVERYBODY = (*ROLES, "owner")
OFFICE = ("administrator", "manager", "back_office")
CORRECTORS = ("administrator", "manager")
AT = datetime(2026, 3, 1, 10, tzinfo=UTC)

Doors = dict[str, Database]


@pytest.fixture(scope="module")
def doors(postgres_server: str) -> Iterator[Doors]:
    """A server with four rows in its ledger, opened by a log-in of every role and by the owner of its tables."""
    name = "t_attacked"
    server = make_ready(postgres_server, name)
    with server.as_administrator() as boss:
        boss.execute(set_up, CompanyDraft("Acqua", "IL", "Asia/Jerusalem", "en"))
        with closing(Database(server.url)) as owner, owner.transaction() as session:
            ids = _furnish(session)
        verify(boss.execute)
        for user_id in ids.values():
            boss.execute(set_password, user_id, PASSWORD)
    opened = {role: Database(server.url_of(f"{name}_u{user_id}")) for role, user_id in ids.items()}
    opened["owner"] = Database(server.url)
    yield opened
    for door in opened.values():
        door.close()
    remove(postgres_server, name)


def _furnish(session: Session) -> dict[str, int]:
    """Rows 1 and 2 of one task, 3 that is free to be reversed, 4 that reverses 2."""
    users = {role: add_user(session, role, role) for role in ROLES}
    dana = users["agent"]
    rossi = Customer(name="Rossi", search="rossi")
    session.add(rossi)
    stages = add_process(session, "Sale", Called=None, Met=None, Free=None, Sold=None)
    add_setting(session, stages["Called"], 10, "0.5", every_time=True)
    add_setting(session, stages["Met"], 0, 3)
    for at in ("Called", "Met", "Called"):
        enter(session, add_scored_task(session, dana, rossi), stages[at], dana, AT)
    session.execute(text("INSERT INTO points_entries (reverses_id, by_id, note) VALUES (2, 1, 'By mistake')"))
    return {role: user.id for role, user in users.items()}


ROW = """
    INSERT INTO points_entries (id, step_id, task_id, customer_id, worker_id, stage_id, setting_id, process, stage, at,
        day, customer_points, worker_points, occasion, reverses_id, note)
    SELECT {id}, {step}, task_id, customer_id, worker_id, stage_id, setting_id, process, stage, at, at::date, {points},
        {points}, 7, {reverses}, 'Why' FROM task_points(NULL, NULL, 1) AS e WHERE e.id = 1
"""


def row(row_id: str = "77", step: str = "NULL", points: str = "1000", reverses: str = "NULL") -> str:
    """An insert that copies row 1 but for these."""
    return ROW.format(id=row_id, step=step, points=points, reverses=reverses)


CHANGES = {
    "update": "UPDATE points_entries SET worker_points = 1000 WHERE id = 1",
    "update of nothing": "UPDATE points_entries SET note = note WHERE id = 1",
    "delete": "DELETE FROM points_entries WHERE id = 3",
    "truncate": "TRUNCATE points_entries",
    "truncate by way of tasks": "TRUNCATE tasks CASCADE",
    "delete of the task": "DELETE FROM tasks WHERE id = 1",
    "delete of the step": "DELETE FROM task_steps WHERE id = 1",
    "delete of the customer": "DELETE FROM customers",
    "settings changed": "UPDATE stage_points SET worker_points = 1000",
    "settings deleted": "DELETE FROM stage_points",
    "settings truncated": "TRUNCATE stage_points CASCADE",
    "totals changed": "UPDATE worker_days SET points = 1000",
    "totals deleted": "DELETE FROM worker_days",
    "totals added": "INSERT INTO worker_days SELECT user_id, month, day + 1, 1000, 1, 99 FROM worker_days",
    "totals replaced": "INSERT INTO worker_days SELECT user_id, month, day, 1000, 1, 99 FROM worker_days "
    "ON CONFLICT (user_id, month, day) DO UPDATE SET points = 1000",
    "totals truncated": "TRUNCATE worker_days",
    "balances changed": "UPDATE customer_balances SET balance = 1000",
    "balances deleted": "DELETE FROM customer_balances",
    "balances replaced": "INSERT INTO customer_balances VALUES (1, 1000, 1000, 0, 1, 99) "
    "ON CONFLICT (customer_id) DO UPDATE SET balance = 1000",
    "balances truncated": "TRUNCATE customer_balances",
    "checks changed": "UPDATE points_checks SET wrong = 0",
    "checks truncated": "TRUNCATE points_checks",
    "row without step": row(),
    "row of a step that has one": row(step="1"),
    "row of a step with other amounts": row(step="3", points="99"),
    "upsert": row(row_id="1", step="1") + "ON CONFLICT (id) DO UPDATE SET worker_points = 1000",
    "upsert of a reversal": row(row_id="4", reverses="2") + "ON CONFLICT (id) DO UPDATE SET worker_points = 1000",
}


@pytest.mark.row("U51", "U46", "U42")
@pytest.mark.parametrize("attack", CHANGES.values(), ids=CHANGES)
def test_nobody_changes_what_stands(doors: Doors, attack: str) -> None:
    for who in EVERYBODY:
        with pytest.raises(Refused) as told, doors[who].transaction() as session:
            session.execute(text(attack))
        assert told.value.code in {"FORBIDDEN", "KEPT", "USED", "REVERSED"}, who
        assert told.value.what == refused(told.value.code).what


REFUSED_TO_LOGINS = {
    "as a restore": "SET session_replication_role = replica",
    "as a restore for ever": "ALTER ROLE current_user SET session_replication_role = replica",
    "as the owner": "SET ROLE t_attacked_owner",
    "as another": "SET SESSION AUTHORIZATION postgres",
    "without guards": "ALTER TABLE points_entries DISABLE TRIGGER ALL",
    "without the guard": "DROP TRIGGER points_entries_kept ON points_entries",
    # A trigger of one's own would write from within a trigger, as the ledger's own do.
    "by a trigger of one's own": "CREATE TEMP TABLE mine (id integer)",
    "by a function of one's own": "CREATE FUNCTION public.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "by calling the trigger's function": "SELECT score_step()",
}


@pytest.mark.row("U51")
@pytest.mark.parametrize("attack", REFUSED_TO_LOGINS.values(), ids=REFUSED_TO_LOGINS)
def test_no_login_gets_around_the_guards(doors: Doors, attack: str) -> None:
    for who in ROLES:
        with pytest.raises(Refused) as told, doors[who].transaction() as session:
            session.execute(text(attack))
        assert told.value.code == "FORBIDDEN", who


REVERSE = "INSERT INTO points_entries (reverses_id, by_id, at, note) VALUES ({row}, 1, '2020-01-01', '{note}')"


@pytest.mark.row("U44", "U45")
@pytest.mark.parametrize(
    ("code", "attack"),
    [
        ("REVERSED", REVERSE.format(row=2, note="Again")),
        ("REVERSAL", REVERSE.format(row=4, note="Back again")),
        ("REVERSAL", REVERSE.format(row=99, note="Nothing")),
        ("REASON", REVERSE.format(row=3, note=" ")),
    ],
)
def test_a_reversal_is_of_one_row_once_and_says_why(doors: Doors, code: str, attack: str) -> None:
    for who in EVERYBODY:
        with pytest.raises(Refused) as told, doors[who].transaction() as session:
            session.execute(text(attack))
        assert told.value.code == (code if who in (*CORRECTORS, "owner") else "FORBIDDEN"), who


@pytest.mark.row("U44", "U48")
def test_a_forged_reversal_is_the_exact_opposite_all_the_same_and_of_who_wrote_it(doors: Doors) -> None:
    for who in (*CORRECTORS, "owner"):
        with doors[who].transaction() as session:
            session.execute(text(row(reverses="3", points="99999")))
            wrote = (
                "SELECT customer_points, worker_points, worker_id, by_id, day = current_date, id FROM points_entries"
            )
            new = session.execute(text(f"{wrote} WHERE reverses_id = 3")).one()
            assert (int(new[0]), float(new[1])) == (-10, -0.5), who
            if who != "owner":
                assert new[5] != 77
                me = session.scalar(text("SELECT id FROM users WHERE db_role = session_user"))
                assert (new[3], new[4]) == (me, True)
            session.rollback()


SETTING = "INSERT INTO stage_points (stage_id, valid_from, by_id, worker_points) VALUES (3, {since}, 1, {points})"


@pytest.mark.row("R-P4")
@pytest.mark.parametrize(
    "points", ["1000000000000", "-1000000000000", "0.000000001", "'NaN'", "'Infinity'", "'-Infinity'"]
)
def test_what_is_no_number_of_points_is_refused_by_name(doors: Doors, points: str) -> None:
    for who in EVERYBODY:
        with pytest.raises(Refused) as told, doors[who].transaction() as session:
            session.execute(text(SETTING.format(since="now()", points=points)))
        assert told.value.code == ("POINTS" if who in {"administrator", "owner"} else "FORBIDDEN"), who


@pytest.mark.row("R-P7", "U47")
def test_a_setting_dated_back_acts_from_now_on(doors: Doors) -> None:
    with doors["administrator"].transaction() as session:
        session.execute(text(SETTING.format(since="'2020-01-01'", points="9")))
        dated = session.execute(text("SELECT valid_from > now(), by_id FROM stage_points WHERE stage_id = 3")).one()
        assert (dated[0], dated[1] != 1) == (True, True)
        session.rollback()
    with pytest.raises(Refused) as told, doors["owner"].transaction() as session:
        session.execute(text(SETTING.replace("(3,", "(1,").format(since="'2019-01-01'", points="9")))
    assert told.value.code == "RETROACTIVE"


# The tasks are all the agent's, whose key is the fifth.
FORGED = """INSERT INTO task_steps (task_id, at, by_id, to_stage_id, to_user_id, rule)
    VALUES ({task}, '2026-01-05', 1, {stage}, 5, 'x')"""
WORKERS = ("administrator", "manager", "back_office", "agent")


def _stand(session: Session, task: int, stage: int) -> None:
    session.execute(text(f"UPDATE tasks SET stage_id = {stage} WHERE id = {task}"))


def _come_again(session: Session) -> None:
    _stand(session, 3, 1)
    session.execute(text(FORGED.format(task=3, stage=1)))


@pytest.mark.row("R-P15", "U43", "Q12")
def test_a_step_counts_today_and_for_who_wrote_it_whatever_it_says(doors: Doors) -> None:
    for who in WORKERS:
        with doors[who].transaction() as session:
            for stage in (2, 1):
                _stand(session, 3, stage)
                session.execute(text(FORGED.format(task=3, stage=stage)))
            wrote = session.execute(
                text("SELECT day >= current_date - 1, worker_id = u.id, by_id = u.id, worker_points, occasion "
                     "FROM points_entries, users AS u WHERE u.db_role = session_user ORDER BY points_entries.id DESC")
            ).first()  # fmt: skip
            assert wrote is not None
            assert (*wrote[:3], float(wrote[3]), wrote[4]) == (True, True, True, 0.5, 2), who
            session.rollback()


@pytest.mark.row("Q12", "U49")
def test_a_step_scores_only_where_the_task_really_came(doors: Doors) -> None:
    for who in (*WORKERS, "technician", "read_only"):
        with pytest.raises(Refused) as told, doors[who].transaction() as session:
            session.execute(text(FORGED.format(task=3, stage=2)))
        assert told.value.code == "FORBIDDEN", f"{who}: it stands elsewhere"
    for who in WORKERS:
        with doors[who].transaction() as session:
            before = session.scalar(text("SELECT balance FROM customer_balances"))
            _come_again(session)
            came = session.execute(text("SELECT from_stage_id, balance FROM task_steps, customer_balances "
                                        "ORDER BY task_steps.id DESC")).first()  # fmt: skip
            assert came == (1, before), f"{who}: it came there before and never left"
            session.rollback()


@pytest.mark.row("U42")
def test_a_check_is_of_who_made_it_and_when(doors: Doors) -> None:
    forged = "INSERT INTO points_checks (at, by_id, entries, wrong, milliseconds) VALUES ('2099-01-01', 1, 9, 0, 1)"
    for who in ROLES:
        if who in CORRECTORS:
            with doors[who].transaction() as session:
                session.execute(text(forged))
                signed = "SELECT at < now() + interval '1 hour', by_id FROM points_checks ORDER BY id DESC"
                is_now, by = session.execute(text(signed)).first() or (None, None)
                assert (is_now, by) == (
                    True, session.scalar(text("SELECT id FROM users WHERE db_role = session_user"))
                )  # fmt: skip
                session.rollback()
        else:
            with pytest.raises(Refused), doors[who].transaction() as session:
                session.execute(text(forged))


@pytest.mark.row("U42", "U46")
def test_what_a_superuser_does_behind_the_guards_is_found(doors: Doors) -> None:
    with doors["owner"].transaction() as session:
        for attack in (
            "SET LOCAL session_replication_role = replica",
            "UPDATE points_entries SET worker_points = 1000 WHERE id = 3",
            "UPDATE points_entries SET customer_points = 1 WHERE id = 4",
        ):
            session.execute(text(attack))
        found = count_all(session, lambda *_at: None)
        assert {each.kind for each in found.differences} == {"setting", "day", "reversal", "balance"}
        session.rollback()
    with doors["owner"].reading() as session:
        assert look(session, lambda *_at: None).wrong == 0


@pytest.mark.row("U42")
def test_who_may_see_all_points_checks_them_by_a_login_of_his_own_and_administrators_hear_of_it(doors: Doors) -> None:
    for who in ROLES:
        backend = Backend(doors[who], actor=_me(doors[who]))
        if who not in CORRECTORS:
            with pytest.raises(Refused):
                verify(backend.execute)
            continue
        assert verify(backend.execute, steps=True).wrong == 0
        kept = backend.execute(last)
        assert kept is not None
        assert kept.by == who
    found = Verified(4, 1, (Difference(Wrong.NOWHERE, 9),), 1, AT)
    with doors["manager"].transaction(actor=_me(doors["manager"])) as session:
        keep(session, found)
        told = set(session.scalars(text("SELECT u.name FROM reminders AS r JOIN users AS u ON u.id = r.user_id")))
        assert told == {"Dana Levi", "administrator"}
        session.rollback()


def _me(door: Database) -> int:
    with door.reading() as session:
        return int(session.execute(text("SELECT id FROM users WHERE db_role = session_user")).scalar_one())
