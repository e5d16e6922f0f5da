"""The check of the ledger: it finds nothing where nothing is wrong, and names whatever is, on both engines."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Refused
from app.domain.points.differences import words
from app.i18n import say, translations
from app.models.company import Company
from app.models.customers import Customer
from app.models.people import User
from app.models.points import PointsEntry
from app.models.processes import Stage
from app.models.tickets import Reminder, Task
from app.services.points.verifying import ALARM, Verified, is_due, keep, last, look, verify
from tests.kit.factory import add_process, add_profile, add_user
from tests.kit.points_factory import add_scored_task, add_setting, enter

AT = datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.fixture
def ledger(database: Database) -> Database:
    """Dana and Avi, a customer, and six rows, one of them a reversal."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="he"))
        add_user(session, "Boss", "administrator")
        dana, avi = add_user(session, "Dana", "agent"), add_user(session, "Avi", "agent")
        rossi = Customer(name="Rossi")
        session.add(rossi)
        stages = add_process(session, "Sale", Called=add_profile(session, "Sales", dana, avi), Sold=None)
        add_setting(session, stages["Called"], 0, "0.5", every_time=True)
        add_setting(session, stages["Sold"], "10.0001", 3)
        for number in range(2):
            task = add_scored_task(session, dana, rossi)
            enter(session, task, stages["Called"], (dana, avi)[number], AT + timedelta(days=number))
            enter(session, task, stages["Sold"], dana, AT + timedelta(days=number))
            # A second time at a stage that scores once: no row, and nothing is missing.
            enter(session, task, stages["Sold"], dana, AT + timedelta(days=10))
        reverse(session, 4, AT + timedelta(days=20))
    return database


def reverse(session: Session, row_id: int, at: datetime) -> None:
    """Take a row back."""
    row = session.get_one(PointsEntry, row_id)
    same = ("task_id", "customer_id", "worker_id", "stage_id", "setting_id", "process", "stage", "is_redemption")
    back = PointsEntry(
        reverses_id=row.id, at=at, day=at.date(), customer_points=-row.customer_points,
        worker_points=-row.worker_points, note="by mistake", **{name: getattr(row, name) for name in same},
    )  # fmt: skip
    session.add(back)
    session.flush()


def tamper(database: Database, *attacks: str) -> None:
    """What only somebody can do who owns the whole machine: change rows with the guards away."""
    with database.transaction() as session:
        if database.is_sqlite:
            asked = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('points_entries', "
            asked += "'worker_days', 'customer_balances')"
            for name in session.scalars(text(asked)).all():
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        for attack in attacks:
            session.execute(text(attack.replace("FIVE", "50000" if database.is_sqlite else "5")))


def said(verified: Verified) -> list[str]:
    """The differences in words."""
    return [say(words(each)) for each in verified.differences]


@pytest.mark.row("U42", "U45", "Q12")
def test_where_nothing_is_wrong_nothing_is_found_and_the_rows_are_counted(ledger: Database) -> None:
    told: list[tuple[int, int]] = []
    backend = Backend(ledger)
    found = verify(backend.execute, lambda *at: told.append(at), steps=True)
    assert (found.entries, found.wrong, found.differences) == (5, 0, ())
    assert told[-1][0] == told[-1][1]
    assert told == sorted(told)
    kept = backend.execute(last)
    assert kept is not None
    assert (kept.entries, kept.wrong, kept.time_zone, kept.by) == (5, 0, "Asia/Jerusalem", "")
    assert not reminded(ledger)


@pytest.mark.row("U42", "U46", "U51")
def test_whatever_is_wrong_is_told_by_name(ledger: Database) -> None:
    tamper(
        ledger,
        "UPDATE worker_days SET points = FIVE WHERE user_id = 2 AND day = '2026-03-01'",
        "UPDATE worker_days SET entries = 9 WHERE user_id = 3",
        "UPDATE customer_balances SET earned = FIVE",
    )
    found = verify(Backend(ledger).execute)
    assert said(found) == [
        "Dana on 1 Mar 2026: 5 points are kept, the rows come to 3.5.",
        "Avi on 2 Mar 2026: the total was made of 9 rows, there are 1.",
        "Earned by Rossi: 5 points are kept, the rows come to 10.0001.",
    ]
    assert (found.entries, found.wrong) == (5, 3)
    kept = Backend(ledger).execute(last)
    assert kept is not None
    assert said(kept) == said(found)


@pytest.mark.row("U44", "U46", "U51")
@pytest.mark.parametrize(
    ("sentences", "attack"),
    [
        (["Row 2 does not have the points of its stage's setting."],
         "UPDATE points_entries SET worker_points = FIVE WHERE id = 2"),
        (["Row 5 is not the exact opposite of the row it reverses."],
         "UPDATE points_entries SET worker_points = FIVE WHERE id = 5"),
        (["Row 2 does not have the points of its stage's setting."],
         "UPDATE points_entries SET setting_id = NULL WHERE id = 2"),
        (["Row 2 stands on a day on which it was not written."],
         "UPDATE points_entries SET day = '2026-02-27' WHERE id = 2"),
        (["Row 1 does not agree with the step it comes from."], "UPDATE points_entries SET worker_id = 3 WHERE id = 1"),
        (["Row 1 does not agree with the step it comes from."],
         "UPDATE points_entries SET task_id = 2, occasion = 9 WHERE id = 1"),
        (["Row 5 is not the exact opposite of the row it reverses."],
         "UPDATE points_entries SET reverses_id = 2 WHERE id = 5"),
        (["Dana: a day stands in the wrong month (1 Mar 2026)."],
         "UPDATE worker_days SET month = '2026-02-01' WHERE user_id = 2 AND day = '2026-03-01'"),
        (["Balance of Rossi: 0 points are kept, the rows come to 10.0001."], "DELETE FROM customer_balances"),
        (["Redeemed by Rossi: 5 points are kept, the rows come to 0.",
          "Dana: a day stands in the wrong month (1 Mar 2026)."],
         "UPDATE customer_balances SET redeemed = FIVE; UPDATE worker_days SET month = '2026-04-01' WHERE user_id = 2"),
        (["Row 5 is not the exact opposite of the row it reverses."],
         "UPDATE points_entries SET customer_points = FIVE WHERE id = 5"),
    ],
)  # fmt: skip
def test_a_row_is_held_against_what_it_comes_from(ledger: Database, sentences: list[str], attack: str) -> None:
    tamper(ledger, *attack.split(";"))
    found = verify(Backend(ledger).execute)
    assert set(sentences) <= set(said(found))


@pytest.mark.row("U51", "Q12")
def test_a_step_that_should_have_scored_is_found_by_the_thorough_check(ledger: Database) -> None:
    tamper(
        ledger,
        "DELETE FROM points_entries WHERE id = 1",
        "UPDATE worker_days SET points = points - FIVE * 0.1, entries = entries - 1 "
        "WHERE user_id = 2 AND day = '2026-03-01'",
    )
    backend = Backend(ledger)
    assert verify(backend.execute).wrong == 0
    assert said(verify(backend.execute, steps=True)) == ["Step 1 should have scored, and has no row."]
    # Where a setting had just begun nobody can tell by which of the two it was to be scored.
    with ledger.transaction() as session:
        add_setting(session, session.get_one(Stage, 1), 0, 0, AT - timedelta(minutes=9))
        add_setting(session, session.get_one(Stage, 1), 0, "0.5", AT - timedelta(minutes=4))
    assert verify(backend.execute, steps=True).wrong == 0


@pytest.mark.row("U44", "Q12")
def test_what_came_again_after_a_reversal_should_have_scored(ledger: Database) -> None:
    with ledger.transaction() as session:
        sold = session.get_one(Stage, 2)
        step = enter(session, session.get_one(Task, 2), sold, session.get_one(User, 2), AT + timedelta(days=30))
        number = step.id
    tamper(ledger, "DELETE FROM points_entries WHERE id = 6")
    assert f"Step {number} should have scored, and has no row." in said(verify(Backend(ledger).execute, steps=True))


@pytest.mark.row("U42")
def test_rows_posted_meanwhile_are_in_both_sides_or_in_none(ledger: Database) -> None:
    posted: list[int] = []

    def post(_done: int, _whole: int) -> None:
        with ledger.transaction() as session:
            task = add_scored_task(session, session.get_one(User, 2), session.get_one(Customer, 1))
            posted.append(enter(session, task, session.get_one(Stage, 1), session.get_one(User, 2), AT).id)

    backend = Backend(ledger)
    found = backend.execute(look, post, steps=True)
    assert (found.entries, found.wrong) == (5, 0)
    assert len(posted) > 2
    assert verify(backend.execute).entries == 5 + len(posted)


@pytest.mark.row("U42")
def test_a_wrong_total_is_told_to_every_administrator_once_in_his_language(ledger: Database) -> None:
    with ledger.transaction() as session:
        session.get_one(User, 1).language = "it"
    tamper(ledger, "DELETE FROM worker_days")
    backend = Backend(ledger)
    verify(backend.execute)
    verify(backend.execute)
    assert reminded(ledger) == [(1, translations("it").gettext(ALARM))]


def reminded(database: Database) -> list[tuple[int, str]]:
    """Who is reminded of what."""
    with database.reading() as session:
        rows = session.execute(select(Reminder.user_id, Reminder.text).order_by(Reminder.id))
        return [(user_id, words) for user_id, words in rows]


class Enough(Exception):
    """Somebody cancelled."""


def test_a_check_that_is_stopped_keeps_nothing_and_leaves_the_connection_as_it_was(ledger: Database) -> None:
    def stop(_done: int, _whole: int) -> None:
        raise Enough

    backend = Backend(ledger)
    with pytest.raises(Enough):
        verify(backend.execute, stop)
    assert backend.execute(last) is None
    with ledger.reading() as session:
        session.execute(text("SELECT 1"))
        if not ledger.is_sqlite:
            assert session.scalar(text("SHOW transaction_isolation")) == "read committed"
            assert session.scalar(text("SHOW statement_timeout")) == "2min"
            raw = session.connection().connection.dbapi_connection
            assert getattr(raw, "autocommit", False)


@pytest.mark.row("U42")
def test_it_is_due_once_on_each_day_of_the_company(ledger: Database) -> None:
    moment = [AT + timedelta(days=30)]
    backend = Backend(ledger, clock=lambda: moment[0])
    assert backend.execute(is_due)
    verify(backend.execute)
    assert not backend.execute(is_due)
    # Midnight of Jerusalem comes before that of the database's clock.
    moment[0] = moment[0].replace(hour=20, minute=59)
    assert not backend.execute(is_due)
    moment[0] = moment[0].replace(hour=21, minute=1)
    assert backend.execute(is_due)
    verify(backend.execute)
    assert not backend.execute(is_due)


def test_a_ledger_without_rows_needs_no_check(database: Database) -> None:
    assert not Backend(database).execute(is_due)


def test_who_may_not_see_all_points_may_not_check_them(ledger: Database) -> None:
    backend = Backend(ledger, actor=2)
    found = Verified(1, 0, (), 1, AT)
    for service, *about in ((look, lambda *_at: None), (keep, found), (last,)):
        with pytest.raises(Refused):
            backend.execute(service, *about)
    assert Backend(ledger).execute(last) is None


def test_beyond_the_first_hundred_differences_are_counted(ledger: Database) -> None:
    with ledger.transaction() as session:
        session.add_all(Customer(name=f"Customer {number}", search="many") for number in range(150))
    totals = "INSERT INTO customer_balances (customer_id, balance, earned, redeemed, entries, entry_id) "
    tamper(ledger, f"{totals} SELECT id, 1, 1, 0, 1, 1 FROM customers WHERE search = 'many'")
    found = verify(Backend(ledger).execute)
    assert (found.wrong, len(found.differences)) == (150, 100)
