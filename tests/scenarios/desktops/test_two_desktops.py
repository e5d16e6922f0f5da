"""Two processes on one database: what one drops the other shows, and one place is given once."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.backend import Backend
from app.db.database import Database
from app.models.company import Company
from app.models.people import User
from app.models.planner import Visit
from app.services.people.logins import set_password
from tests.kit.desktops import Desktop
from tests.kit.factory import add_call, add_group, add_presence, add_type, add_user
from tests.kit.servers import PASSWORD, Server

DAY = date(2031, 11, 24)


def at(hour: float) -> datetime:
    return datetime.combine(DAY, time(), UTC) + timedelta(hours=hour)


@dataclass
class Office:
    """Two desktops over one database with two technicians and two calls."""

    url: str
    mara: Desktop
    omer: Desktop
    ana: int
    ben: int
    calls: tuple[int, int]

    def standing(self) -> list[int | None]:
        """The calls that are on the plan, once both drops were answered."""
        for desktop in (self.mara, self.omer):
            desktop.ask("settle")
        database = Database(self.url)
        with database.reading() as session:
            found = list(session.scalars(select(Visit.task_id).where(Visit.is_active)))
        database.close()
        return found


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """On PostgreSQL each desktop comes in by a log-in of its own."""
    server: Server | None = request.getfixturevalue("server") if request.param == "postgresql" else None
    url = server.url if server is not None else str(request.getfixturevalue("sqlite_url"))
    database = Database(url)
    with database.transaction() as session:
        if session.get(Company, 1) is None:
            session.add(Company(id=1, name="Callboard", country="IT", time_zone="UTC", language="en"))
        schedulers = [add_user(session, name, "back_office", login=f"{name.casefold()}9") for name in ("Mara", "Omer")]
        ana, ben = add_user(session, "Ana"), add_user(session, "Ben")
        for technician in (ana, ben):
            add_presence(session, technician, at(8), at(17))
        add_group(session, "Technicians", ana, ben)
        kind = add_type(session, "Repair", ana, ben)
        back_office = add_group(session, "Back office", is_back_office=True)
        first, second = (add_call(session, back_office, kind, subject).id for subject in ("Boiler leaks", "Meter"))
        people = ana.id, ben.id
    addresses = [_address(database, server, url, user) for user in schedulers]
    database.close()
    with ExitStack() as closing:
        desktops = []
        for user, address in zip(schedulers, addresses, strict=True):
            desktops.append(Desktop(address, user.login, tmp_path / user.login))
            closing.callback(desktops[-1].close)
        for desktop in desktops:
            desktop.answer()
            desktop.ask("show", day=DAY.isoformat())
        mara, omer = desktops
        yield Office(url, mara, omer, *people, (first, second))


def _address(database: Database, server: Server | None, url: str, user: User) -> str:
    if server is None:
        return url
    Backend(database).execute(set_password, user.id, PASSWORD)
    return server.url_of(f"{server.name}_u{user.id}")


@pytest.mark.row("R-X1", "R-T41")
def test_a_drop_shows_on_the_other_desktop_within_a_second_and_disturbs_nothing(office: Office) -> None:
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
    assert shown["at"] - dropped["at"] < 1.0
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
