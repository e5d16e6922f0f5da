from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import NotFound
from app.i18n import say
from app.models.people import User
from app.models.points import PointsEntry
from app.models.processes import Stage
from app.models.tickets import TaskStep
from app.services.points.explaining import why_entry, why_step
from app.services.points.reversing import reverse
from tests.kit.points_club import Club, furnish
from tests.kit.points_factory import add_setting

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SINCE = "01/01/2020 02:00"
TODAY = "20/11/2026 11:00"


@pytest.fixture
def club(database: Database) -> Club:
    return furnish(database, lambda: NOW)


def rows(club: Club) -> list[int]:
    with club.database.reading() as session:
        return list(session.scalars(select(PointsEntry.id).order_by(PointsEntry.id)))


def steps(club: Club) -> list[int]:
    with club.database.reading() as session:
        return list(session.scalars(select(TaskStep.id).order_by(TaskStep.id)))


def of_row(club: Club, entry_id: int) -> list[str]:
    return [say(each) for each in club.by(None).execute(why_entry, entry_id)]


def of_step(club: Club, step_id: int) -> list[str]:
    return [say(each) for each in club.by(None).execute(why_step, step_id)]


@pytest.mark.row("F2")
def test_a_row_names_its_step_its_setting_and_who_set_it(club: Club):
    club.move(club.open(), "Met")
    (row,) = rows(club)
    told = [
        f"The task “Boiler” entered “Met” of “Sale”, {TODAY}. The update was made by Dana.",
        "Points of the customer, Rossi: 10.5.",
        "Points of the worker, Dana: 2.",
        f"Set by Sara, in force since {SINCE}: customer 10.5, worker 2.",
        "A task scores at this stage once.",
    ]
    assert of_row(club, row) == told
    assert of_step(club, steps(club)[-1]) == told


@pytest.mark.row("F2")
@pytest.mark.row("U44")
def test_a_reversal_and_the_row_it_takes_back_name_each_other_and_the_reason(club: Club):
    task = club.open()
    club.move(task, "Met")
    (row,) = rows(club)
    made = club.by(club.mia).execute(reverse, row, "Did not come")
    assert of_row(club, row)[-2:] == [f"Row {made} takes it back.", f"Reversed by Mia, {TODAY}. Reason: Did not come"]
    assert of_row(club, made) == [
        f"It reverses row {row}, {TODAY}: “Met” of “Sale”, task “Boiler”.",
        f"Reversed by Mia, {TODAY}. Reason: Did not come",
        "Points of the customer, Rossi: −10.5.",
        "Points of the worker, Dana: −2.",
    ]
    club.move(task, "Held")
    club.move(task, "Met")
    assert of_row(club, rows(club)[-1])[-1] == "It scored once more because what it had scored before was reversed."


@pytest.mark.row("F2")
@pytest.mark.row("Q12")
def test_a_stage_that_scores_every_time_says_which_time_it_was(club: Club):
    task = club.open()
    for stage in ("Visited", "Met", "Visited"):
        club.move(task, stage)
    assert of_row(club, rows(club)[-1])[-1] == "The stage scores every time it is entered; this was time 2."


@pytest.mark.row("F2")
@pytest.mark.row("Q11")
def test_a_redemption_says_whether_the_balance_had_to_hold_it(club: Club):
    task = club.open(stage_id=club.gifts.stages["Asked"])
    club.move(task, "Debt", user_id=None)
    assert "The customer spends points here, and the balance may go below zero." in of_row(club, rows(club)[-1])


@pytest.mark.row("F2")
@pytest.mark.row("U49")
def test_a_step_that_scored_nothing_says_why(club: Club):
    task = club.open()
    assert of_step(club, steps(club)[-1]) == ["“Intake” had no points then."]
    for stage in ("Met", "Held", "Met"):
        club.move(task, stage)
    first, step = rows(club)[0], steps(club)[-1]
    told = [
        "The task had scored at “Met” before, and it scores there once.",
        f"That is row {first}, {TODAY}.",
        f"Set by Sara, in force since {SINCE}: customer 10.5, worker 2.",
    ]
    assert of_step(club, step) == told
    # What was taken back since stood then.
    later = Backend(club.database, actor=club.mia, clock=lambda: NOW + timedelta(hours=1))
    later.execute(reverse, first, "Did not come")
    assert of_step(club, step) == told
    club.move(task, "Met", user_id=club.avi)
    assert of_step(club, steps(club)[-1]) == ["This step entered no other stage, so it scored nothing."]


@pytest.mark.row("F2")
def test_points_of_nobody_are_said_to_be_that(club: Club):
    with club.database.transaction() as session:
        intake = session.get_one(Stage, club.sale.stages["Intake"])
        add_setting(session, intake, 4, by=session.get_one(User, club.sara))
    club.open(customer_id=None)
    said = "“Intake” has points of the customer alone, and this task had no customer."
    assert of_step(club, steps(club)[-1])[0] == said
    task = club.open(customer_id=None)
    club.move(task, "Met")
    assert "The points of the customer do not count: the task had no customer." in of_row(club, rows(club)[-1])


@pytest.mark.row("F2")
def test_what_was_carried_over_says_so_and_an_unknown_row_is_not_there(club: Club):
    with club.database.transaction() as session:
        stage = session.get_one(Stage, club.sale.stages["Intake"])
        add_setting(session, stage, Decimal(4), since=datetime(1970, 1, 1, tzinfo=UTC))
    club.open()
    told = "The stage was set so before settings were kept with their dates: customer 4, worker 0."
    assert told in of_row(club, rows(club)[-1])
    with pytest.raises(NotFound):
        of_row(club, 999)
