"""Two processes on one database: what one drops the other shows, and one place is given once."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from app.models.planner import Visit
from tests.kit.desktops import Desktop
from tests.kit.factory import add_call, add_group, add_presence, add_type, add_user
from tests.scenarios.desktops.conftest import Place

MODULE = "tests.kit.desktop_process"
DAY = date(2031, 11, 24)


def at(hour: float) -> datetime:
    return datetime.combine(DAY, time(), UTC) + timedelta(hours=hour)


@dataclass
class Office:
    """Two desktops over one database with two technicians and two calls."""

    place: Place
    mara: Desktop
    omer: Desktop
    ana: int
    ben: int
    calls: tuple[int, int]

    def standing(self) -> list[int | None]:
        """The calls that are on the plan, once both drops were answered."""
        for desktop in (self.mara, self.omer):
            desktop.ask("settle")
        with self.place.database.reading() as session:
            return list(session.scalars(select(Visit.task_id).where(Visit.is_active)))


@pytest.fixture
def office(place: Place) -> Office:
    with place.database.transaction() as session:
        schedulers = [add_user(session, name, "back_office", login=f"{name.casefold()}9") for name in ("Mara", "Omer")]
        ana, ben = add_user(session, "Ana"), add_user(session, "Ben")
        for technician in (ana, ben):
            add_presence(session, technician, at(8), at(17))
        add_group(session, "Technicians", ana, ben)
        kind = add_type(session, "Repair", ana, ben)
        back_office = add_group(session, "Back office", is_back_office=True)
        first, second = (add_call(session, back_office, kind, subject).id for subject in ("Boiler leaks", "Meter"))
    mara, omer = (place.desktop_of(user, MODULE) for user in schedulers)
    for desktop in (mara, omer):
        desktop.answer()
        desktop.ask("show", day=DAY.isoformat())
    return Office(place, mara, omer, ana.id, ben.id, (first, second))


@pytest.mark.row("R-X1", "R-T41")
def test_a_drop_shows_on_the_other_desktop_and_disturbs_nothing(office: Office) -> None:
    first, second = office.calls
    office.mara.ask("schedule", task=first, technician=office.ana, start=at(9).isoformat())
    visits = office.omer.ask("await_visit", task=first)["visits"]
    assert [(visit[1], visit[2]) for visit in visits] == [(office.ana, at(9).isoformat())]
    office.omer.ask("select", visit=visits[0][0])
    office.omer.ask("search", text="met")
    before = office.omer.ask("state")
    assert before["selected"] == [visits[0][0]]
    office.omer.send("await_visit", task=second)
    dropped = office.mara.ask("schedule", task=second, technician=office.ben, start=at(10).isoformat())
    shown = office.omer.answer()
    # Half a second on a quiet machine; what is only read when somebody looks again would not come at all.
    assert shown["at"] - dropped["at"] < 15.0
    assert office.omer.ask("state") == before


@pytest.mark.row("R-X1", "R-T31")
def test_both_drop_on_one_place_and_one_is_told_who_was_first(office: Office) -> None:
    first, second = office.calls
    place = {"technician": office.ana, "start": at(9).isoformat()}
    office.mara.send("schedule", task=first, **place)
    office.omer.send("schedule", task=second, **place)
    office.mara.answer()
    office.omer.answer()
    stands = office.standing()
    assert len(stands) == 1
    winner, loser = ("Mara", office.omer) if stands == [first] else ("Omer", office.mara)
    said = loser.ask("await_message", part=winner)["said"]
    assert any("09:00" in message for message in said), said
    loser.ask("await_call", task=second if stands == [first] else first)
    loser.ask("await_visit", task=stands[0])
