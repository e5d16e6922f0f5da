"""What the database refuses by itself, said in raw SQL: whoever writes, on both engines."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import BindParameter, bindparam, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.database import Database
from app.db.types import UtcDateTime
from app.domain.errors import Refused
from app.models.people import User
from app.models.planner import Absence, Holiday
from tests.kit.factory import add_call, add_group, add_presence, add_type, add_user, add_visit, at


@dataclass
class Office:
    """Ana is there from 8 to 12 and from 12 to 16."""

    database: Database
    ana: int

    def place(self, start: datetime, end: datetime, technician: int | None = None) -> int:
        """Insert a visit with bare SQL; its id."""
        with self.database.transaction() as session:
            values = {"technician": technician or self.ana, "start": start, "end": end}
            bound = text(
                "INSERT INTO visits (technician_id, starts_at, ends_at, set_at, title) "
                "VALUES (:technician, :start, :end, :start, '') RETURNING id"
            ).bindparams(*_instants())
            return int(session.execute(bound, values).scalar_one())

    def move(self, visit: int, start: datetime, end: datetime) -> None:
        """Move a visit with bare SQL."""
        with self.database.transaction() as session:
            bound = text("UPDATE visits SET starts_at = :start, ends_at = :end WHERE id = :id").bindparams(*_instants())
            session.execute(bound, {"id": visit, "start": start, "end": end})


def _instants() -> list[BindParameter[datetime]]:
    return [bindparam("start", type_=UtcDateTime()), bindparam("end", type_=UtcDateTime())]


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    with database.transaction() as session:
        ana = add_user(session, "Ana")
        add_presence(session, ana, at(8), at(12))
        add_presence(session, ana, at(12), at(16))
    return Office(database, ana.id)


def refused(code: str) -> pytest.RaisesExc[Refused]:
    return pytest.raises(Refused, check=lambda refusal: refusal.code == code)


@pytest.mark.row("R-T31", "U56")
def test_a_visit_over_another_is_refused_and_touching_is_not(office: Office) -> None:
    office.place(at(9), at(10))
    with refused("OVERLAP"):
        office.place(at(9.5), at(10.5))
    with refused("OVERLAP"):
        office.place(at(8), at(16))
    office.place(at(10), at(11))
    office.place(at(8), at(9))


@pytest.mark.row("R-T31", "R-T33")
def test_a_visit_stretched_or_moved_over_another_is_refused(office: Office) -> None:
    first = office.place(at(9), at(10))
    office.place(at(10), at(11))
    with refused("OVERLAP"):
        office.move(first, at(9), at(10.25))
    with refused("OVERLAP"):
        office.move(first, at(10.5), at(11.5))
    office.move(first, at(9.5), at(10))


@pytest.mark.row("R-T30", "R-T31", "U57")
def test_the_whole_of_a_visit_lies_on_white(office: Office) -> None:
    office.place(at(11), at(13))  # over the seam of two presences
    for start, end in ((7, 9), (15, 17), (17, 18), (7, 17)):
        with refused("GREY"):
            office.place(at(start), at(end))


@pytest.mark.row("R-T30", "U58")
def test_an_absence_is_grey_for_its_person_and_nobody_else(office: Office) -> None:
    with office.database.transaction() as session:
        ben = add_user(session, "Ben")
        add_presence(session, ben, at(8), at(16))
        session.add(Absence(user_id=ben.id, starts_at=at(9), ends_at=at(10)))
    with refused("GREY"):
        office.place(at(8.5), at(11), technician=ben.id)
    office.place(at(8.5), at(11))


@pytest.mark.row("R-T30")
def test_a_holiday_is_grey_for_everybody_and_what_was_planned_before_stays(office: Office) -> None:
    planned = office.place(at(9), at(10))
    with office.database.transaction() as session:
        session.add(Holiday(day=at(0).date(), names={"en": "Feast"}, starts_at=at(0), ends_at=at(24)))
    with refused("GREY"):
        office.place(at(11), at(12))
    with refused("GREY"):
        office.move(planned, at(9), at(9.5))


def test_an_inactive_technician_gets_no_visit(office: Office) -> None:
    with office.database.transaction() as session:
        session.execute(text("UPDATE users SET is_active = false WHERE id = :id"), {"id": office.ana})
    with refused("INACTIVE"):
        office.place(at(9), at(10))


def test_one_call_has_one_active_visit(office: Office) -> None:
    with office.database.transaction() as session:
        ana = session.get_one(User, office.ana)
        call = add_call(session, add_group(session, "Back office"), add_type(session))
        add_visit(session, ana, at(8), at(9), task_id=call.id)
    with refused("SCHEDULED"), office.database.transaction() as session:
        add_visit(session, session.get_one(User, office.ana), at(10), at(11), task_id=call.id)


@pytest.mark.row("R-T25")
@pytest.mark.parametrize("owners", ["user_id = NULL, group_id = NULL", "user_id = :ana, group_id = group_id"])
def test_an_open_task_belongs_to_one_user_or_one_group(office: Office, owners: str) -> None:
    with office.database.transaction() as session:
        call = add_call(session, add_group(session, "Back office"), add_type(session))
    values = {"ana": office.ana, "id": call.id} if ":ana" in owners else {"id": call.id}
    with refused("CHECK"), office.database.transaction() as session:
        session.execute(text(f"UPDATE tasks SET {owners} WHERE id = :id"), values)


_hours = st.integers(0, 47)


@pytest.mark.row("R-T31", "U57")
@settings(max_examples=60)
@given(
    present=st.lists(st.tuples(_hours, _hours), max_size=4),
    away=st.lists(st.tuples(_hours, _hours), max_size=2),
    wanted=st.tuples(_hours, _hours),
)
def test_the_guard_agrees_with_counting_half_hours(
    sqlite_grey: Session, present: list[tuple[int, int]], away: list[tuple[int, int]], wanted: tuple[int, int]
) -> None:
    session, ana = sqlite_grey, sqlite_grey.info["ana"]
    start, end = sorted(wanted)
    spans = [[sorted(pair) for pair in pairs if pair[0] != pair[1]] for pairs in (present, away)]
    white = {half for low, high in spans[0] for half in range(low, high)}
    white -= {half for low, high in spans[1] for half in range(low, high)}
    allowed = set(range(start, end)) <= white
    with session.begin_nested() as undone:
        for low, high in spans[0]:
            add_presence(session, ana, at(low / 2), at(high / 2))
        session.add_all(Absence(user_id=ana.id, starts_at=at(low / 2), ends_at=at(high / 2)) for low, high in spans[1])
        session.flush()
        if start != end:
            assert _accepts(session, ana, start, end) is allowed
        undone.rollback()


def _accepts(session: Session, ana: User, start: int, end: int) -> bool:
    try:
        with session.begin_nested():
            add_visit(session, ana, at(start / 2), at(end / 2))
    except IntegrityError:
        return False
    return True


@pytest.fixture
def sqlite_grey(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        session.info["ana"] = add_user(session, "Ana")
        yield session
