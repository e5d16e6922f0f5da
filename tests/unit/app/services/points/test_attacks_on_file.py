"""Raw SQL against the ledger in the file of a single seat, through the program's own engine."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.backend import Backend
from app.db.database import Database
from app.db.refusals import refused
from app.domain.errors import Refused
from app.models.company import Company
from app.models.customers import Customer
from app.services.points.verifying import verify
from tests.kit.factory import add_process, add_user
from tests.kit.points_factory import add_scored_task, add_setting, enter

AT = datetime(2026, 3, 1, 10, tzinfo=UTC)
TABLES = ("points_entries", "worker_days", "customer_balances", "stage_points", "points_checks", "task_steps")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Iterator[Database]:
    """Row 1 at a stage that scores every time, 2 at one that scores once, 3 free, 4 reverses 2; a step without row."""
    path = tmp_path_factory.mktemp("attacked") / "callboard.sqlite"
    path.write_bytes(_sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    with database.transaction() as session:
        _furnish(session)
    verify(Backend(database).execute)
    yield database
    database.close()


def _furnish(session: Session) -> None:
    session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="he"))
    dana = add_user(session, "Dana", "agent")
    add_user(session, "Avi", "agent")
    rossi, bianchi = (Customer(name=name, search=name.lower()) for name in ("Rossi", "Bianchi"))
    session.add_all((rossi, bianchi))
    stages = add_process(session, "Sale", Called=None, Met=None, Free=None, Sold=None)
    add_setting(session, stages["Called"], 10, "0.5", every_time=True)
    add_setting(session, stages["Met"], 0, 3)
    tasks = [add_scored_task(session, dana, rossi) for _number in range(3)]
    for task, at in zip(tasks, ("Called", "Met", "Called"), strict=True):
        enter(session, task, stages[at], dana, AT)
    session.execute(text(row(reverses="2", points="-30000", customer="0")))
    # From here on the first stage scores nothing: its next step has no row.
    add_setting(session, stages["Called"], 0, 0, AT.replace(month=4), every_time=True)
    enter(session, tasks[0], stages["Called"], dana, AT.replace(month=5))


def row(**other: str) -> str:
    """An insert into the ledger that copies row 1, or the row it reverses, but for these."""
    told = {
        "verb": "INSERT", "id": "NULL", "step": "NULL", "reverses": "NULL", "points": "10000000", "customer": "100000",
        "occasion": "NULL", "day": "day", "worker": "worker_id", "note": "Why", "like": other.get("reverses", "1"),
    } | other  # fmt: skip
    return """
        {verb} INTO points_entries (id, step_id, task_id, customer_id, worker_id, stage_id, setting_id, process, stage,
            at, day, customer_points, worker_points, is_redemption, occasion, reverses_id, note)
        SELECT {id}, {step}, task_id, customer_id, {worker}, stage_id, setting_id, process, stage, at, {day},
            {customer}, {points}, is_redemption, {occasion}, {reverses}, '{note}' FROM points_entries WHERE id = {like}
    """.format(**told)


REFUSED = {
    "update": ("KEPT", "UPDATE points_entries SET worker_points = 1000 WHERE id = 1"),
    "update or replace": ("KEPT", "UPDATE OR REPLACE points_entries SET step_id = 2 WHERE id = 1"),
    "delete": ("KEPT", "DELETE FROM points_entries WHERE id = 3"),
    "delete of everything": ("KEPT", "DELETE FROM points_entries"),
    "delete of the step": ("KEPT", "DELETE FROM task_steps WHERE id = 1"),
    "delete of the task": ("USED", "DELETE FROM tasks WHERE id = 1"),
    "step replaced": ("KEPT", "INSERT OR REPLACE INTO task_steps SELECT * FROM task_steps WHERE id = 1"),
    "row without step": ("FORBIDDEN", row()),
    "row of a step with other amounts": ("FORBIDDEN", row(step="4", occasion="2")),
    "row of nothing": ("FORBIDDEN", row(step="4", points="0", customer="0", occasion="2")),
    "row again": ("FORBIDDEN", row(step="1", points="5000", occasion="2")),
    "row replaced": ("FORBIDDEN", row(verb="INSERT OR REPLACE", id="1", step="1", points="5000", occasion="1")),
    "row replaced by its step": ("FORBIDDEN", row(verb="REPLACE", step="1", points="5000", occasion="1")),
    "upsert": ("FORBIDDEN", row(id="1", step="1", points="5000") + " ON CONFLICT (id) DO UPDATE SET worker_points = 9"),
    "upsert by the step": ("FORBIDDEN", row(step="1") + " ON CONFLICT (step_id) DO UPDATE SET worker_points = 1000"),
    "second reversal": ("REVERSED", row(reverses="2", points="-30000", customer="0")),
    "second reversal in place of the first": (
        "REVERSED", row(verb="INSERT OR REPLACE", reverses="2", points="-30000", customer="0")
    ),
    "reversal of a reversal": ("REVERSAL", row(reverses="4", points="30000", customer="0")),
    "reversal of nothing": ("REVERSAL", row(reverses="99", like="1", points="-5000", customer="-100000")),
    "reversal with other amounts": ("REVERSAL", row(reverses="3", points="-50000", customer="-100000")),
    "reversal of one's own sign": ("REVERSAL", row(reverses="3", points="5000", customer="100000")),
    "reversal for another": ("REVERSAL", row(reverses="3", points="-5000", customer="-100000", worker="2")),
    "reversal without a reason": ("REASON", row(reverses="3", points="-5000", customer="-100000", note=" ")),
    "reversal on another day": ("FORBIDDEN", row(reverses="3", points="-5000", customer="-100000", day="'2026-01-01'")),
    "reversal below every number": ("FORBIDDEN", row(id="-1", reverses="3", points="-5000", customer="-100000")),
    "settings changed": ("KEPT", "UPDATE stage_points SET worker_points = 1000"),
    "settings deleted": ("KEPT", "DELETE FROM stage_points"),
    "setting replaced": ("KEPT", "INSERT OR REPLACE INTO stage_points SELECT * FROM stage_points WHERE id = 1"),
    "setting dated back": (
        "RETROACTIVE", "INSERT INTO stage_points (stage_id, valid_from, worker_points) VALUES (1, '2026-02-01', 9)"
    ),
    "day changed": ("FORBIDDEN", "UPDATE worker_days SET points = 1000"),
    "day deleted": ("KEPT", "DELETE FROM worker_days"),
    "day moved": ("FORBIDDEN", "UPDATE worker_days SET user_id = 2, points = 0, entries = 0"),
    "day replaced": ("FORBIDDEN", "REPLACE INTO worker_days SELECT user_id, month, day, 9, 1, 99 FROM worker_days"),
    "day of nobody": ("FORBIDDEN", "INSERT INTO worker_days SELECT 2, month, day, 1000, 1, 99 FROM worker_days"),
    "balance changed": ("FORBIDDEN", "UPDATE customer_balances SET balance = 1000"),
    "balance deleted": ("KEPT", "DELETE FROM customer_balances"),
    "balance moved": (
        "FORBIDDEN",
        "UPDATE customer_balances SET customer_id = 2, balance = 0, earned = 0, redeemed = 0, entries = 0",
    ),
    "balance moved by its hidden number": ("FORBIDDEN", "UPDATE OR REPLACE customer_balances SET rowid = 2"),
    "balance replaced": ("FORBIDDEN", "INSERT OR REPLACE INTO customer_balances VALUES (1, 1000, 1000, 0, 1, 99)"),
    "newest row taken in twice": (
        "FORBIDDEN",
        """UPDATE customer_balances SET balance = balance + e.customer_points, entries = entries + 1, entry_id = e.id
            FROM (SELECT * FROM points_entries ORDER BY id DESC LIMIT 1) AS e""",
    ),
    "row to come taken in": (
        "FORBIDDEN",
        "UPDATE customer_balances SET balance = balance + 9, entries = entries + 1, entry_id = entry_id + 99",
    ),
    "newest row taken in by another day": (
        "FORBIDDEN",
        """UPDATE worker_days SET points = points + 9, entries = entries + 1,
            entry_id = (SELECT max(id) FROM points_entries)""",
    ),
    "day begun anew with its newest row": (
        "FORBIDDEN",
        """REPLACE INTO worker_days SELECT e.worker_id, date(e.day, 'start of month'), e.day, e.worker_points, 1, e.id
            FROM points_entries AS e WHERE e.id = (SELECT max(id) FROM points_entries)""",
    ),
    "check changed": ("KEPT", "UPDATE points_checks SET wrong = 0"),
    "check deleted": ("KEPT", "DELETE FROM points_checks"),
    "check replaced": ("KEPT", "INSERT OR REPLACE INTO points_checks SELECT * FROM points_checks"),
}  # fmt: skip


@pytest.mark.row("U42", "U44", "U46", "U51")
@pytest.mark.parametrize(("code", "attack"), REFUSED.values(), ids=REFUSED)
def test_raw_sql_is_refused(file: Database, code: str, attack: str) -> None:
    with pytest.raises(Refused) as told, file.transaction() as session:
        session.execute(text(attack))
    assert (told.value.code, told.value.what) == (code, refused(code).what)


@pytest.mark.row("R-P4")
@pytest.mark.parametrize(
    "points", ["10000000000000000", "-10000000000000001", "0.00001", "'NaN'", "9e999", "-9e999", "x''"]
)
def test_what_is_no_number_of_points_is_refused_by_name(file: Database, points: str) -> None:
    with pytest.raises(Refused) as told, file.transaction() as session:
        session.execute(
            text(f"INSERT INTO stage_points (stage_id, valid_from, worker_points) VALUES (3, '2026-06-01', {points})")
        )
    assert told.value.code == "POINTS"


STEP = "INSERT INTO task_steps (task_id, at, by_id, to_stage_id, rule) VALUES (1, '{at} 10:00:00.000000', 1, {to}, 'x')"
SETTING = (
    "INSERT INTO stage_points (stage_id, valid_from, worker_points, scores_every_time) "
    "VALUES ({to}, '{since}', 90000, 1)"
)
AFTERWARDS = """
    INSERT OR REPLACE INTO points_entries (step_id, task_id, customer_id, worker_id, by_id, stage_id, setting_id,
        process, stage, at, day, customer_points, worker_points, occasion)
    SELECT x.id, 1, 1, 1, 1, {to}, p.id, 'Sale', 'Free', x.at, date(x.at), 0, 90000, 1
    FROM task_steps AS x JOIN stage_points AS p ON p.stage_id = x.to_stage_id AND p.worker_points = 90000
    WHERE x.id = {step}
"""


@pytest.mark.row("U47", "R-P7", "U51")
@pytest.mark.parametrize(
    ("code", "before"),
    [
        # A setting dated before steps that scored nothing, and a row for one of them that was to be had by it.
        ("FORBIDDEN", (STEP.format(at="2026-05-05", to=3), SETTING.format(to=3, since="2026-01-01"),
                       STEP.format(at="2026-05-06", to=4), AFTERWARDS.format(to=3, step=5))),
        # The row of the newest step as the first occasion, in the place of the row that is.
        ("KEPT", (SETTING.format(to=1, since="2026-04-15"), AFTERWARDS.format(to=1, step=4))),
        # A stage replaced by itself, to lose the setting nothing was scored by yet.
        ("KEPT", (SETTING.format(to=3, since="2026-01-01"), "REPLACE INTO stages SELECT * FROM stages WHERE id = 3")),
    ],
    ids=["scored afterwards", "in place of the first", "setting gone with its stage"],
)  # fmt: skip
def test_a_setting_dated_back_gains_and_loses_nothing(file: Database, code: str, before: tuple[str, ...]) -> None:
    with closing(file.engine.connect()) as connection:
        for statement in before[:-1]:
            connection.execute(text(statement))
        with pytest.raises(IntegrityError, match=f"callboard:{code}"):
            connection.execute(text(before[-1]))


@pytest.mark.parametrize("table", ["task_steps", "stage_points", "points_checks"])
def test_no_row_gets_a_number_that_stands_in_the_way(file: Database, table: str) -> None:
    with closing(file.engine.connect()) as connection:
        names = ", ".join(
            each[1] for each in connection.execute(text(f"PRAGMA table_info({table})")) if each[1] != "id"
        )
        same = names.replace("valid_from", "'2027-01-01' AS valid_from")
        with pytest.raises(IntegrityError, match="callboard:FORBIDDEN"):
            connection.execute(text(f"INSERT INTO {table} (id, {names}) SELECT -1, {same} FROM {table} LIMIT 1"))


def test_a_day_has_no_hidden_number_to_be_replaced_by(file: Database) -> None:
    with closing(file.engine.connect()) as connection, pytest.raises(OperationalError, match="no such column"):
        connection.execute(text("SELECT rowid FROM worker_days"))


def test_after_all_attacks_every_total_is_what_its_rows_come_to(file: Database) -> None:
    found = verify(Backend(file).execute, steps=True)
    assert (found.entries, found.wrong) == (4, 0)
