"""One moves a visit while another mends its words: both stand, in whatever order they are written; nothing is lost."""

import re
from collections.abc import Callable
from dataclasses import replace
from threading import Thread

import pytest
from sqlalchemy import select

from app import i18n
from app.backend import Backend
from app.domain.errors import Conflict, Refused, UserError
from app.domain.planner import Seen
from app.models.planner import Visit
from app.models.processes import ActivityState
from app.models.tickets import Task
from app.services.planner import placing
from app.services.planner.rows import SeenCall, VisitRow
from app.services.planner.visits import visit_card
from app.services.planner.waiting import waiting_named
from tests.kit.factory import add_user, at
from tests.unit.app.services.planner.conftest import Small

PATIENCE = 60


def mend(backend: Backend, visit_id: int, *, notes: str = "Ring twice", version: int | None = None) -> None:
    """Save other words of a visit; in the version that is there now, or in an old one."""
    card = backend.execute(visit_card, visit_id)
    backend.execute(placing.change, visit_id, version or card.version, replace(card.draft, notes=notes))


def meets(small: Small, visit_id: int) -> tuple[Seen, str]:
    """What stands in the database: the place and the words."""
    with small.database.transaction() as session:
        visit = session.get_one(Visit, visit_id)
        return Seen(visit.technician_id, visit.starts_at, visit.ends_at), visit.notes or ""


def said(problem: UserError) -> str:
    return f"{i18n.say(problem.what)} {i18n.say(problem.hint) if problem.hint else ''}".strip()


@pytest.fixture
def noa(small: Small) -> Backend:
    """A colleague of Dana's."""
    with small.database.transaction() as session:
        return small.as_user(add_user(session, "Noa", "back_office").id)


@pytest.fixture
def visit(small: Small) -> VisitRow:
    """A call that stands on Ana's day at nine, as Dana sees it."""
    return small.backend.execute(placing.schedule, small.calls[0], 1, small.ana, at(9)).visit


ACTS: dict[str, Callable[[Small, VisitRow], object]] = {
    "move": lambda small, row: small.backend.execute(
        placing.move, row.id, row.version, small.levi, at(12), seen=row.seen
    ),
    "resize": lambda small, row: small.backend.execute(
        placing.resize, row.id, row.version, at(9), at(11), seen=row.seen
    ),
    "unschedule": lambda small, row: small.backend.execute(placing.unschedule, row.id, row.version, seen=row.seen),
}


@pytest.mark.row("R-X1", "F4")
@pytest.mark.parametrize("act", ACTS)
def test_words_that_changed_meanwhile_stop_no_placing(small: Small, noa: Backend, visit: VisitRow, act: str) -> None:
    mend(noa, visit.id)
    ACTS[act](small, visit)
    assert meets(small, visit.id)[1] == "Ring twice"
    with small.database.transaction() as session:
        assert session.get_one(Visit, visit.id).is_active is (act != "unschedule")


@pytest.mark.row("R-X1", "F4")
@pytest.mark.parametrize("act", ACTS)
def test_another_place_does_and_is_told_with_who_and_when(
    small: Small, noa: Backend, visit: VisitRow, act: str
) -> None:
    noa.execute(placing.move, visit.id, visit.version, small.levi, at(10))
    mend(small.backend, visit.id)  # who moved it is told of, not who wrote about it since
    with pytest.raises(Refused) as caught:
        ACTS[act](small, visit)
    assert caught.value.code == "STALE"
    assert said(caught.value).startswith("Noa changed this visit at 02:00: it is now with Levi, 24 Nov 2031 12:00.")
    assert meets(small, visit.id) == (Seen(small.levi, at(10), at(11)), "Ring twice")


@pytest.mark.row("R-X1", "F4")
def test_another_length_does_too_and_what_went_back_does_not(small: Small, noa: Backend, visit: VisitRow) -> None:
    longer = noa.execute(placing.resize, visit.id, visit.version, at(9), at(11)).visit
    with pytest.raises(Refused):
        ACTS["move"](small, visit)
    noa.execute(placing.resize, visit.id, longer.version, at(9), at(10))
    ACTS["move"](small, visit)
    assert meets(small, visit.id)[0] == Seen(small.levi, at(12), at(13))


@pytest.mark.row("R-X1", "F4")
def test_another_state_does_and_the_history_says_whose_it_is(small: Small, visit: VisitRow) -> None:
    with small.database.transaction(actor=small.ana) as session:
        done = select(ActivityState.id).where(ActivityState.code == "done")
        session.get_one(Task, small.calls[0]).state_id = session.scalar(done)
    with pytest.raises(Refused) as caught:
        ACTS["move"](small, visit)
    assert caught.value.code == "STALE"
    if small.database.is_sqlite:
        # A server knows people by their log-ins, and this one is nobody's.
        assert re.match(r"Ana changed the state of this visit at \d\d:\d\d: it is now Done\.", said(caught.value))


@pytest.mark.row("R-X1", "F4")
def test_a_call_is_scheduled_whatever_was_written_about_it(small: Small, noa: Backend) -> None:
    first, second, third = small.backend.execute(waiting_named, small.calls)
    with small.database.transaction() as session:
        session.get_one(Task, first.task_id).title = "Leak in the cellar"
        session.get_one(Task, second.task_id).expected_minutes = 90
        session.get_one(Task, third.task_id).group_id = small.group
    assert isinstance(first.seen, SeenCall)
    done = small.backend.execute(placing.schedule, first.task_id, first.version, small.ana, at(9), seen=first.seen)
    assert done.visit.subject
    for row in (second, third):
        with pytest.raises(Refused) as caught:
            small.backend.execute(placing.schedule, row.task_id, row.version, small.ana, at(12), seen=row.seen)
        assert caught.value.code == "STALE"
    assert small.backend.execute(waiting_named, [second.task_id])


def between(monkeypatch: pytest.MonkeyPatch, step: str, meanwhile: Callable[[], None]) -> None:
    """Let something happen once before this step, when all is read and judged and nothing is written yet."""
    real, calls = getattr(placing, step), [step]

    def delayed(*args: object, **kwargs: object) -> object:
        if calls:
            calls.clear()
            meanwhile()
        return real(*args, **kwargs)

    monkeypatch.setattr(placing, step, delayed)


def in_a_thread(small: Small, work: Callable[[], object], heard: list[Exception]) -> Callable[[], Thread]:
    """A colleague's save: on a server it goes through at once, in a file it waits until the file is free."""

    def run() -> None:
        try:
            work()
        except UserError as problem:
            heard.append(problem)

    def start() -> Thread:
        thread = Thread(target=run)
        thread.start()
        if not small.database.is_sqlite:
            thread.join(PATIENCE)
        return thread

    return start


@pytest.mark.row("R-X1", "F4")
def test_words_written_between_reading_and_moving_are_kept(
    small: Small, noa: Backend, visit: VisitRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Exception] = []
    card = noa.execute(visit_card, visit.id)
    started: list[Thread] = []
    start = in_a_thread(small, lambda: mend(noa, visit.id, version=card.version), heard)
    between(monkeypatch, "_put", lambda: started.append(start()))
    ACTS["move"](small, visit)
    started[0].join(PATIENCE)
    if heard:
        # The move was first: whoever wrote words is told, and goes on from what stands.
        (problem,) = heard
        assert isinstance(problem, Conflict)
        assert small.database.is_sqlite
        mend(noa, visit.id)
    assert meets(small, visit.id) == (Seen(small.levi, at(12), at(13)), "Ring twice")


@pytest.mark.row("R-X1", "F4")
def test_a_move_between_reading_and_writing_words_is_kept(
    small: Small, noa: Backend, visit: VisitRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Exception] = []
    card = noa.execute(visit_card, visit.id)
    started: list[Thread] = []
    start = in_a_thread(small, lambda: ACTS["move"](small, visit), heard)
    between(monkeypatch, "_placed", lambda: started.append(start()))
    try:
        mend(noa, visit.id, version=card.version)
    except Conflict:
        assert not small.database.is_sqlite
        mend(noa, visit.id)
    started[0].join(PATIENCE)
    assert heard == [], "words stop no move"
    assert meets(small, visit.id) == (Seen(small.levi, at(12), at(13)), "Ring twice")


@pytest.mark.row("R-X1", "F4")
def test_of_two_moves_of_one_visit_the_second_is_told_of_the_first(
    small: Small, noa: Backend, visit: VisitRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Exception] = []
    started: list[Thread] = []
    start = in_a_thread(
        small, lambda: noa.execute(placing.move, visit.id, visit.version, small.levi, at(14), seen=visit.seen),
        heard,
    )  # fmt: skip
    between(monkeypatch, "_put", lambda: started.append(start()))
    try:
        ACTS["move"](small, visit)
    except Refused as problem:
        heard.append(problem)
    started[0].join(PATIENCE)
    (told,) = heard
    assert isinstance(told, Refused)
    assert told.code == "STALE"
    first, start_at = ("Dana", at(12)) if small.database.is_sqlite else ("Noa", at(14))
    assert said(told).startswith(f"{first} changed this visit at 02:00: it is now with Levi")
    assert meets(small, visit.id)[0].start == start_at
