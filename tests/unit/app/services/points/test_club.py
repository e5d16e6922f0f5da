from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, update

from app.db.database import Database
from app.domain.errors import NotFound, Refused, UserError
from app.i18n import say
from app.models.people import User
from app.models.points import PointsEntry, WorkerDay
from app.models.processes import Stage
from app.models.tickets import Note, Task, TaskStep
from app.services.points import of_customer
from app.services.points.entries import EntryRow
from app.services.points.of_customer import Balance
from app.services.points.redeeming import Redeemed, offers, redeem
from app.services.points.reversing import reverse
from app.services.processes.flow_saving import delete_process, save_process
from app.services.processes.flows import load_process
from app.services.tickets.offering import offer
from tests.kit.factory import add_user
from tests.kit.points_club import Club, furnish
from tests.kit.points_factory import add_setting

D = Decimal


@pytest.fixture
def club(database: Database) -> Club:
    return furnish(database)


def rows(club: Club) -> tuple[EntryRow, ...]:
    return club.by(None).execute(of_customer.rows, club.rossi).rows


def has(club: Club) -> Balance:
    return replace(club.by(None).execute(of_customer.balance, club.rossi), entries=0)


def worker(club: Club, user_id: int) -> Decimal:
    with club.database.reading() as session:
        return session.scalar(select(func.sum(WorkerDay.points)).where(WorkerDay.user_id == user_id)) or D(0)


def count(club: Club, model: type) -> int:
    with club.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def words(problem: UserError) -> str:
    return say(problem.what)


def cup(club: Club) -> int:
    return club.gifts.stages["Cup"]


# --- What is scored


@pytest.mark.row("R-P1")
@pytest.mark.row("R-P2")
@pytest.mark.row("R-P8")
@pytest.mark.row("U48")
def test_a_meeting_set_and_held_gives_points_and_a_cancelled_one_takes_them(club: Club):
    task = club.open()
    for stage in ("Met", "Held"):
        club.move(task, stage)
    assert (has(club), worker(club, club.dana)) == (Balance(D("30.5"), D("30.5"), D(0)), D(7))
    club.move(task, "Cancelled", user_id=None)
    assert (has(club), worker(club, club.dana)) == (Balance(D("25.5"), D("30.5"), D(0)), D(6))
    shown = [(row.process, row.stage, row.customer_points, row.worker_points) for row in rows(club)]
    assert shown == [
        ("Sale", "Cancelled", D(-5), D(-1)),
        ("Sale", "Held", D(20), D(5)),
        ("Sale", "Met", D("10.5"), D(2)),
    ]


@pytest.mark.row("R-P15")
def test_points_of_the_worker_go_to_who_made_the_update_not_to_whom_it_was_passed(club: Club):
    club.move(club.open(), "Met", by=club.avi, user_id=club.dana, note="Rang him")
    assert (worker(club, club.avi), worker(club, club.dana)) == (D(2), D(0))
    (row,) = rows(club)
    assert (row.worker, row.by, row.note) == ("Avi", "Avi", "Rang him")


@pytest.mark.row("Q12")
@pytest.mark.row("U49")
def test_going_back_and_forth_gains_nothing_unless_the_stage_scores_every_time(club: Club):
    task = club.open()
    for stage in ("Met", "Held", "Met", "Held", "Met"):
        club.move(task, stage)
    assert has(club).balance == D("30.5")
    for stage in ("Visited", "Met", "Visited"):
        club.move(task, stage)
    assert has(club).balance == D("32.5")
    assert club.by(None).execute(offer, task).points.entries == 4


@pytest.mark.row("R-P6")
def test_a_task_tells_what_it_scored_so_far_reversals_included(club: Club):
    task = club.open()
    assert club.by(None).execute(offer, task).points.entries == 0
    for stage in ("Met", "Held"):
        club.move(task, stage)
    found = club.by(None).execute(offer, task).points
    assert (found.customer, found.worker, found.entries) == (D("30.5"), D(7), 2)
    club.by(club.mia).execute(reverse, rows(club)[0].id, "Not held after all")
    found = club.by(None).execute(offer, task).points
    assert (found.customer, found.worker, found.entries) == (D("10.5"), D(2), 3)


@pytest.mark.row("R-P11")
def test_the_rows_come_in_pages_both_ways_and_only_those_that_moved_the_balance(club: Club):
    task = club.open()
    for _turn in range(3):
        club.move(task, "Visited")
        club.move(task, "Met")
    with club.database.transaction() as session:
        other = session.get_one(Task, task).customer_id
    assert other == club.rossi
    ask = club.by(None).execute
    every = [row.id for row in ask(of_customer.rows, club.rossi).rows]
    assert every == sorted(every, reverse=True)
    first = ask(of_customer.rows, club.rossi, limit=2)
    assert ([row.id for row in first.rows], first.has_before, first.has_after) == (every[:2], False, True)
    second = ask(of_customer.rows, club.rossi, after=every[1], limit=2)
    assert ([row.id for row in second.rows], second.has_before, second.has_after) == (every[2:4], True, False)
    back = ask(of_customer.rows, club.rossi, before=every[2], limit=2)
    assert ([row.id for row in back.rows], back.has_before, back.has_after) == (every[:2], False, True)
    last = ask(of_customer.rows, club.rossi, at_end=True, limit=3)
    assert ([row.id for row in last.rows], last.has_before, last.has_after) == (every[1:], True, False)


# --- Spending


@pytest.mark.row("R-P9")
def test_what_can_be_spent_is_offered_with_what_it_costs_and_whether_it_is_enough(club: Club):
    club.give("60")
    found = club.by(club.dana).execute(offers, club.rossi)
    assert [(each.process, each.stage, each.points, each.is_enough) for each in found] == [
        ("Gifts", "Debt", D(30), True),
        ("Gifts", "Voucher", D(50), True),
        ("Gifts", "Cup", D(100), False),
    ]


@pytest.mark.row("R-P9")
@pytest.mark.row("R-P2")
@pytest.mark.row("U54")
def test_a_redemption_at_a_final_stage_is_done_at_once_and_lowers_nothing_that_was_earned(club: Club):
    club.give("250")
    done = club.by(club.dana).execute(redeem, club.rossi, cup(club), "Red one")
    assert done == Redeemed(done.task_id, True, D(100), D(150))
    assert has(club) == Balance(D(150), D(250), D(100))
    row = rows(club)[0]
    assert (row.stage, row.worker, row.note, row.customer_points, row.is_redemption) == (
        "Cup", "Dana", "Red one", D(-100), True,
    )  # fmt: skip
    assert worker(club, club.dana) == D(3)
    with club.database.reading() as session:
        task = session.get_one(Task, done.task_id)
        assert (task.closed_at is not None, task.user_id, task.title) == (True, club.dana, "Cup")
        assert session.scalar(select(Note.text).where(Note.customer_id == club.rossi)) == "Red one"


@pytest.mark.row("R-P9")
def test_where_the_stage_is_not_the_end_the_task_goes_to_who_has_the_profile(club: Club):
    club.give("60")
    done = club.by(club.mia).execute(redeem, club.rossi, club.gifts.stages["Voucher"])
    task = club.by(None).execute(offer, done.task_id).task
    assert (done.is_closed, done.balance, task.stage, task.closed_at) == (False, D(10), "Voucher", None)
    assert task.user in {"Dana", "Avi"}


@pytest.mark.row("Q11")
def test_what_the_balance_does_not_hold_is_refused_with_both_numbers_and_nothing_half_done(club: Club):
    club.give("99.5")
    before = [count(club, model) for model in (Task, TaskStep, PointsEntry, Note)]
    with pytest.raises(Refused) as refusal:
        club.by(club.dana).execute(redeem, club.rossi, cup(club), "Red one")
    assert words(refusal.value) == "The customer has 99.5 points, and 100 are needed."
    assert [count(club, model) for model in (Task, TaskStep, PointsEntry, Note)] == before


@pytest.mark.row("Q11")
@pytest.mark.row("U50")
def test_a_stage_that_may_go_below_zero_does_and_the_balance_is_shown_as_it_is(club: Club):
    done = club.by(club.dana).execute(redeem, club.rossi, club.gifts.stages["Debt"])
    assert (done.balance, has(club)) == (D(-30), Balance(D(-30), D(0), D(30)))


@pytest.mark.row("Q11")
def test_a_task_that_is_advanced_to_a_redemption_is_refused_in_the_same_words(club: Club):
    club.give("20")
    task = club.open(stage_id=club.gifts.stages["Asked"])
    before = [count(club, model) for model in (TaskStep, PointsEntry, Note)]
    with pytest.raises(Refused) as refusal:
        club.move(task, "Voucher", note="He insists")
    assert words(refusal.value) == "The customer has 20 points, and 50 are needed."
    assert [count(club, model) for model in (TaskStep, PointsEntry, Note)] == before
    assert club.by(None).execute(offer, task).task.stage == "Asked"


@pytest.mark.row("Q11")
def test_a_task_without_a_customer_spends_nobodys_points(club: Club):
    task = club.open(stage_id=club.gifts.stages["Asked"], customer_id=None)
    with pytest.raises(Refused, match="no customer"):
        club.move(task, "Voucher")


def test_what_is_no_longer_a_redemption_and_who_is_no_longer_there_are_said(club: Club):
    club.give("500")
    with pytest.raises(Refused, match="no longer spent"):
        club.by(club.dana).execute(redeem, club.rossi, club.sale.stages["Met"])
    with pytest.raises(NotFound):
        club.by(club.dana).execute(redeem, club.rossi + 1, cup(club))
    gone = club.by(club.sara).execute(load_process, club.gifts.id)
    club.by(club.sara).execute(save_process, replace(gone.draft, is_active=False), gone.version)
    assert club.by(club.dana).execute(offers, club.rossi) == ()
    with pytest.raises(Refused, match="no longer spent"):
        club.by(club.dana).execute(redeem, club.rossi, cup(club))


@pytest.mark.row("R-P9")
def test_who_works_on_no_tasks_or_left_redeems_nothing(club: Club):
    club.give("500")
    with club.database.transaction() as session:
        reader = add_user(session, "Ron", "read_only").id
        session.execute(update(User).where(User.id == club.dana).values(is_active=False))
    for user_id in (reader, club.dana):
        with pytest.raises(Refused, match="role does not allow"):
            club.by(user_id).execute(redeem, club.rossi, cup(club))
    assert len(rows(club)) == 1


@pytest.mark.row("R-P9", "R-P7")
def test_a_redemption_takes_the_points_that_were_shown_or_none(club: Club):
    club.give("500")
    shown = next(each for each in club.by(club.dana).execute(offers, club.rossi) if each.stage == "Cup")
    with club.database.transaction() as session:
        add_setting(session, session.get_one(Stage, cup(club)), -200, 3, redeems=True)
    with pytest.raises(Refused, match="in the meantime"):
        club.by(club.dana).execute(redeem, club.rossi, cup(club), points=shown.points)
    assert has(club) == Balance(D(500), D(500), D(0))
    assert club.by(club.dana).execute(redeem, club.rossi, cup(club), points=D(200)).points == D(200)


# --- Many at once


def at_once(times: int, act: Callable[[], Any]) -> list[Any]:
    start = Barrier(times)

    def one() -> Any:
        start.wait()
        try:
            return act()
        except UserError as problem:
            return problem

    with ThreadPoolExecutor(times) as pool:
        return [each.result() for each in [pool.submit(one) for _number in range(times)]]


@pytest.mark.row("Q11")
@pytest.mark.row("R-P9")
def test_of_ten_redemptions_of_100_against_250_exactly_two_succeed(club: Club):
    club.give("250")
    backend = club.by(club.dana)
    answers = at_once(10, lambda: backend.execute(redeem, club.rossi, cup(club)))
    done = [each for each in answers if isinstance(each, Redeemed)]
    refused = [each for each in answers if isinstance(each, Refused)]
    assert (len(done), len(refused)) == (2, 8), answers
    assert has(club) == Balance(D(50), D(250), D(200))
    assert {each.code for each in refused} == {"BALANCE"}
    assert {words(each) for each in refused} == {"The customer has 50 points, and 100 are needed."}
    assert sum(row.is_redemption for row in rows(club)) == 2
    with club.database.reading() as session:
        assert session.scalar(select(func.count()).where(Task.title == "Cup")) == 2


@pytest.mark.row("R-P9")
def test_the_same_request_a_hundred_times_is_one_row_and_one_answer(club: Club):
    club.give("250")
    request = str(uuid4())
    backend = club.by(club.dana)
    answers = {backend.once(request).execute(redeem, club.rossi, cup(club)) for _time in range(96)}
    answers |= set(at_once(4, lambda: backend.once(request).execute(redeem, club.rossi, cup(club))))
    assert len(answers) == 1
    assert (len(rows(club)), has(club).balance) == (2, D(150))


# --- Taking back


@pytest.mark.row("U44")
@pytest.mark.row("U45")
def test_a_reversal_is_a_row_that_names_the_other_and_the_balance_is_what_the_rows_come_to(club: Club):
    club.give("250")
    club.by(club.dana).execute(redeem, club.rossi, cup(club))
    spent = rows(club)[0]
    made = club.by(club.mia).execute(reverse, spent.id, "  Sent back ")
    back, spent = rows(club)[:2]
    assert (back.id, back.reverses_id, spent.reversed_id) == (made, spent.id, back.id)
    assert (back.customer_points, back.worker_points, back.worker, back.by, back.note) == (
        D(100), D(-3), "Dana", "Mia", "Sent back",
    )  # fmt: skip
    assert (back.process, back.stage, back.task_id) == (spent.process, spent.stage, spent.task_id)
    assert has(club) == Balance(D(250), D(250), D(0))
    assert (worker(club, club.dana), sum(row.customer_points for row in rows(club))) == (D(0), D(250))


@pytest.mark.row("U44")
@pytest.mark.row("U50")
def test_who_earns_spends_and_gives_back_keeps_a_debt(club: Club):
    club.give("100")
    club.by(club.dana).execute(redeem, club.rossi, cup(club))
    earned = rows(club)[-1]
    club.by(club.mia).execute(reverse, earned.id, "The sale was cancelled")
    assert has(club) == Balance(D(-100), D(0), D(100))
    with pytest.raises(Refused) as refusal:
        club.by(club.dana).execute(redeem, club.rossi, cup(club))
    assert words(refusal.value) == "The customer has −100 points, and 100 are needed."


@pytest.mark.row("U44")
def test_a_row_is_reversed_once_whoever_comes_at_the_same_moment_and_a_reversal_never(club: Club):
    club.give("40")
    (row,) = rows(club)
    backend = club.by(club.mia)
    answers = at_once(6, lambda: backend.execute(reverse, row.id, "Twice"))
    assert sorted(each.code for each in answers if isinstance(each, Refused)) == ["REVERSED"] * 5
    (made,) = (each for each in answers if isinstance(each, int))
    with pytest.raises(Refused, match="cannot be reversed itself"):
        backend.execute(reverse, made, "Back again")
    assert has(club).balance == 0


def test_a_reversal_needs_a_reason_a_row_and_the_permission(club: Club):
    club.give("40")
    (row,) = rows(club)
    with pytest.raises(Refused, match="needs a reason"):
        club.by(club.mia).execute(reverse, row.id, "  ")
    with pytest.raises(Refused, match="role does not allow"):
        club.by(club.dana).execute(reverse, row.id, "Mine")
    with pytest.raises(NotFound):
        club.by(club.mia).execute(reverse, row.id + 99, "Gone")
    assert len(rows(club)) == 1


@pytest.mark.row("Q12")
def test_what_was_reversed_may_score_again_once(club: Club):
    task = club.open()
    club.move(task, "Met")
    club.by(club.mia).execute(reverse, rows(club)[0].id, "Did not come")
    club.move(task, "Held")
    club.move(task, "Met")
    club.move(task, "Held")
    club.move(task, "Met")
    assert has(club).balance == D("30.5")


@pytest.mark.row("R-P11")
@pytest.mark.row("U51")
def test_rows_of_a_process_that_was_renamed_and_put_out_of_use_keep_their_names(club: Club):
    club.move(club.open(), "Met")
    sara = club.by(club.sara)
    found = sara.execute(load_process, club.sale.id)
    with pytest.raises(Refused):
        sara.execute(delete_process, club.sale.id, found.version)
    stages = tuple(replace(each, name=f"Old {each.name}") for each in found.draft.stages)
    sara.execute(save_process, replace(found.draft, name="Was", stages=stages, is_active=False), found.version)
    (row,) = rows(club)
    assert (row.process, row.stage, row.customer_points) == ("Sale", "Met", D("10.5"))
    assert has(club).balance == D("10.5")


@pytest.mark.row("U45", "U54")
def test_balance_spent_and_taken_come_to_what_was_earned():
    has = Balance(Decimal(54), Decimal(164), Decimal(100))
    assert has.taken == 10
    assert Balance(Decimal(-5)).taken == 5
