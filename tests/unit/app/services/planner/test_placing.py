"""Placing visits: each way judged by the rules, on both engines."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from app import i18n
from app.backend import Backend
from app.domain.errors import Refused
from app.models.people import User
from app.models.planner import Absence, Visit
from app.models.tickets import Task, Ticket
from app.services.planner import placing
from app.services.planner.absences import add_absences
from app.services.planner.board import board
from app.services.planner.conflicts import to_fix, to_fix_count
from app.services.planner.rows import Placed
from app.services.planner.waiting import waiting
from tests.kit.factory import add_user, at
from tests.unit.app.services.planner.conftest import Small


def refusal(call: Callable[[], object]) -> tuple[str, str]:
    """The code and the words of a refusal."""
    with pytest.raises(Refused) as caught:
        call()
    hint = caught.value.hint
    return caught.value.code, f"{i18n.say(caught.value.what)} {i18n.say(hint) if hint else ''}".strip()


def planned(small: Small, call: int, start: datetime, technician: int | None = None) -> Placed:
    return small.backend.execute(placing.schedule, small.calls[call], 1, technician or small.ana, start)


@pytest.mark.row("R-T29", "R-T7", "R-T25")
def test_a_scheduled_call_takes_the_expected_time_and_becomes_the_technicians(small: Small) -> None:
    placed = planned(small, 0, at(9))
    assert placed.visit.ends_at - placed.visit.starts_at == timedelta(minutes=60)
    with small.database.transaction() as session:
        task = session.get_one(Task, small.calls[0])
        assert (task.user_id, task.group_id) == (small.ana, None)
        visit = session.get_one(Visit, placed.visit.id)
        assert (visit.set_by_id, visit.set_at) == (small.dana, at(0))
    assert small.calls[0] not in {row.task_id for row in small.backend.execute(waiting).rows}


@pytest.mark.row("R-T28")
def test_unscheduling_gives_the_call_back_to_the_back_office_and_undo_restores_it(small: Small) -> None:
    placed = planned(small, 0, at(9))
    gone = small.backend.execute(placing.unschedule, placed.visit.id, placed.visit.version)
    assert not gone.visit.is_active
    assert small.calls[0] in {row.task_id for row in small.backend.execute(waiting).rows}
    back = small.backend.execute(placing.reinstate, gone.visit.id, gone.visit.version)
    assert (back.visit.starts_at, back.visit.technician_id) == (at(9), small.ana)
    assert small.calls[0] not in {row.task_id for row in small.backend.execute(waiting).rows}


@pytest.mark.row("U59", "R-T33")
def test_a_move_keeps_the_length_whatever_it_is(small: Small) -> None:
    placed = planned(small, 0, at(9))
    longer = small.backend.execute(placing.resize, placed.visit.id, placed.visit.version, at(9), at(11.75)).visit
    moved = small.backend.execute(placing.move, longer.id, longer.version, small.levi, at(12)).visit
    assert (moved.starts_at, moved.ends_at, moved.technician_id) == (at(12), at(14.75), small.levi)
    with small.database.reading() as session:
        assert session.get_one(Task, small.calls[0]).user_id == small.levi


@pytest.mark.row("R-T31", "U57")
@pytest.mark.parametrize(
    ("start", "code"), [(15.5, "GREY_NO_PRESENCE"), (7, "GREY_NO_PRESENCE"), (20, "GREY_NO_PRESENCE")]
)
def test_the_whole_stretch_must_be_white(small: Small, start: float, code: str) -> None:
    found, words = refusal(lambda: planned(small, 0, at(start)))
    assert found == code
    assert "Ana is not there" in words
    assert "Nothing was changed." in words


@pytest.mark.row("U57", "R-T30")
def test_a_long_visit_over_leave_is_refused_though_its_start_is_white(small: Small) -> None:
    with small.database.transaction() as session:
        session.add(Absence(user_id=small.ana, starts_at=at(11), ends_at=at(12), reason="dentist"))
    placed = planned(small, 0, at(9))
    code, words = refusal(
        lambda: small.backend.execute(placing.resize, placed.visit.id, placed.visit.version, at(9), at(13))
    )
    assert code == "GREY_ABSENCE"
    assert "dentist" in words


@pytest.mark.row("U58")
def test_one_persons_leave_does_not_block_anybody_else(small: Small) -> None:
    small.backend.execute(add_absences, [small.levi], at(0), at(24), "ill")
    assert refusal(lambda: planned(small, 0, at(9), small.levi))[0] == "GREY_ABSENCE"
    assert planned(small, 0, at(9), small.ana).visit.technician_id == small.ana


@pytest.mark.row("R-T31", "U56")
def test_overlap_is_refused_with_who_set_it_and_where_it_would_fit(small: Small) -> None:
    planned(small, 0, at(9))
    code, words = refusal(lambda: planned(small, 1, at(9.5)))
    assert code == "OVERLAP"
    # 9:00 UTC is 11:00 in Jerusalem in winter.
    assert words == "11:00 is taken by Call 0 (set by Dana). Nothing was changed. The nearest free time is 12:00."


@pytest.mark.row("R-T31", "U56", "R-X1")
def test_the_database_refuses_overlap_and_grey_whoever_writes(small: Small) -> None:
    planned(small, 0, at(9))
    for start, end, code in ((9.5, 10.5, "OVERLAP"), (20, 21, "GREY")):
        with pytest.raises(Refused) as caught, small.database.transaction() as session:
            session.execute(
                text(
                    "INSERT INTO visits (technician_id, starts_at, ends_at, set_at, is_active) "
                    "SELECT technician_id, :start, :end, set_at, is_active FROM visits"
                ),
                {"start": _raw(session, at(start)), "end": _raw(session, at(end))},
            )
        assert caught.value.code == code


def _raw(session: object, moment: datetime) -> object:
    sqlite = session.get_bind().dialect.name == "sqlite"  # type: ignore[attr-defined]
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f") if sqlite else moment


@pytest.mark.row("R-T25")
def test_who_is_not_enabled_is_refused(small: Small) -> None:
    with small.database.transaction() as session:
        stranger = add_user(session, "Sami").id
        session.execute(
            text("UPDATE presences SET user_id = :new WHERE user_id = :old"), {"new": stranger, "old": small.levi}
        )
    code, words = refusal(lambda: planned(small, 0, at(9), stranger))
    assert (code, words) == ("NOT_ENABLED", "Sami is not enabled for Repair. Nothing was changed.")


@pytest.mark.row("R-T22")
def test_a_call_goes_only_where_its_technician_is(small: Small) -> None:
    with small.database.transaction() as session:
        session.get_one(Ticket, session.get_one(Task, small.calls[0]).ticket_id).site_id = small.south
    code, words = refusal(lambda: planned(small, 0, at(9)))
    assert code == "SITE"
    assert "Ana is at North" in words


def test_the_past_is_allowed_but_told(small: Small) -> None:
    late = Backend(small.database, actor=small.dana, clock=lambda: at(12))
    assert late.execute(placing.schedule, small.calls[0], 1, small.ana, at(9)).is_past
    assert not late.execute(placing.schedule, small.calls[1], 1, small.ana, at(13)).is_past


@pytest.mark.row("R-X1")
def test_who_moves_an_old_state_is_told_who_changed_it_and_where_it_is(small: Small) -> None:
    placed = planned(small, 0, at(9)).visit
    small.as_user(small.levi).acting_as(None).execute(placing.move, placed.id, placed.version, small.levi, at(10))
    small.backend.execute(placing.move, placed.id, placed.version + 1, small.levi, at(11))
    code, words = refusal(lambda: small.backend.execute(placing.move, placed.id, placed.version, small.ana, at(14)))
    assert code == "STALE"
    assert words.startswith("Dana changed this visit at 02:00: it is now with Levi, ")
    assert "13:00" in words


@pytest.mark.row("R-X1")
def test_a_call_planned_by_another_is_refused_with_who_and_where(small: Small) -> None:
    planned(small, 0, at(9), small.levi)
    code, words = refusal(lambda: planned(small, 0, at(12)))
    assert code == "STALE"
    assert words.startswith("Dana scheduled this call first: it is with Levi, ")
    gone = small.backend.execute(placing.unschedule, 1, 1)
    code, words = refusal(lambda: small.backend.execute(placing.move, gone.visit.id, 1, small.ana, at(9)))
    assert (code, words) == ("STALE", "Dana took this visit off the plan first. Nothing was changed.")


@pytest.mark.row("R-X1", "U56")
def test_of_two_who_drop_on_one_place_at_once_one_stands_and_the_other_is_told(small: Small) -> None:
    barrier, results = Barrier(2), []

    def drop(user: int, call: int) -> None:
        backend = small.as_user(user)
        barrier.wait()
        try:
            results.append(backend.execute(placing.schedule, small.calls[call], 1, small.ana, at(9)))
        except Refused as refused:
            results.append(refused)

    with small.database.transaction() as session:
        other = add_user(session, "Noa", "back_office").id
    threads = [Thread(target=drop, args=each) for each in ((small.dana, 0), (other, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [each for each in results if isinstance(each, Placed)]
    lost = [each for each in results if isinstance(each, Refused)]
    assert len(won) == len(lost) == 1
    assert lost[0].code == "OVERLAP"
    winner = "Call 0 (set by Dana)" if won[0].visit.task_id == small.calls[0] else "Call 1 (set by Noa)"
    assert i18n.say(lost[0].what) == f"11:00 is taken by {winner}."
    assert len(small.backend.execute(waiting).rows) == 2


@pytest.mark.row("R-T32", "U61")
def test_an_appointment_needs_a_title_and_a_free_white_place(small: Small) -> None:
    made = small.backend.execute(placing.new_appointment, small.ana, at(9), at(10), " Meeting ")
    assert (made.visit.label, made.visit.task_id) == ("Meeting", None)
    for start, end, title, code in (
        (9.5, 11, "Second", "OVERLAP"),
        (11, 12, "  ", "TITLE"),
        (11, 11, "Note", "LENGTH"),
        (18, 19, "Evening", "GREY_NO_PRESENCE"),
    ):
        got = refusal(
            lambda s=start, e=end, t=title: small.backend.execute(  # type: ignore[misc]
                placing.new_appointment, small.ana, at(s), at(e), t
            )
        )
        assert got[0] == code


def test_a_technician_may_not_plan(small: Small) -> None:
    code, _ = refusal(lambda: small.as_user(small.levi).execute(placing.schedule, small.calls[0], 1, small.ana, at(9)))
    assert code == "FORBIDDEN"


def test_without_a_back_office_nothing_is_lost(small: Small) -> None:
    placed = planned(small, 0, at(9)).visit
    with small.database.transaction() as session:
        session.execute(text("UPDATE groups SET is_back_office = false"))
    assert refusal(lambda: small.backend.execute(placing.unschedule, placed.id, placed.version))[0] == "NO_BACK_OFFICE"
    with small.database.transaction() as session:
        assert session.get_one(Visit, placed.id).is_active


@pytest.mark.row("R-T26", "R-T30")
def test_the_visits_of_who_leaves_stay_on_the_board_until_they_are_given_to_others(small: Small) -> None:
    placed = planned(small, 0, at(9))
    with small.database.transaction() as session:
        session.get_one(User, small.ana).is_active = False
    assert [visit.id for visit in small.backend.execute(to_fix)] == [placed.visit.id]
    assert small.backend.execute(to_fix_count) == 1
    rows = small.backend.execute(board, None, at(0), at(24))
    assert small.ana in {each.id for each in rows.technicians}
    assert [visit.id for visit in rows.visits] == [placed.visit.id]
    small.backend.execute(placing.move, placed.visit.id, placed.visit.version, small.levi, at(9))
    assert small.backend.execute(to_fix_count) == 0
    rows = small.backend.execute(board, None, at(0), at(24))
    assert small.ana not in {each.id for each in rows.technicians}
