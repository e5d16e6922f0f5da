"""Two processes with the same card open: who is there shows, nothing is overwritten, and a crash loses no word."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.backend import Backend
from app.db.database import Database
from app.domain.tickets.draft import TicketDraft
from app.models.company import Company
from app.models.people import User
from app.services.people.logins import set_password
from app.services.tickets import card
from tests.kit.desktops import Desktop
from tests.kit.factory import add_user
from tests.kit.servers import PASSWORD, Server
from ui.widgets.merge.window import BOTH

MODULE = "tests.kit.cards_process"


@dataclass
class Office:
    """Dana and Yael at one ticket, each at a desktop of her own."""

    url: str
    ticket: int
    addresses: dict[str, str]
    folder: Path
    stack: ExitStack

    def open(self, name: str, *, closes: bool = True) -> Desktop:
        """Her desktop with the card open."""
        desktop = Desktop(self.addresses[name], name, self.folder / name, MODULE)
        if closes:
            self.stack.callback(desktop.close)
        desktop.answer()
        desktop.ask("show", ticket=self.ticket)
        return desktop

    def kept(self) -> TicketDraft:
        """What the database has."""
        database = Database(self.url)
        try:
            return Backend(database).execute(card.load, self.ticket).draft
        finally:
            database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """On PostgreSQL each desktop comes in by a log-in of its own."""
    server: Server | None = request.getfixturevalue("server") if request.param == "postgresql" else None
    url = server.url if server is not None else str(request.getfixturevalue("sqlite_url"))
    database = Database(url)
    with database.transaction() as session:
        if session.get(Company, 1) is None:
            session.add(Company(id=1, name="Callboard", country="IT", time_zone="UTC", language="en"))
        people = [add_user(session, name, "back_office", login=name.casefold()) for name in ("Danah", "Yael")]
    backend = Backend(database)
    ticket = backend.execute(card.create, TicketDraft("Boiler leaks", "Rings twice.", handler_id=people[0].id)).id
    addresses = {user.login: _address(backend, server, url, user) for user in people}
    database.close()
    with ExitStack() as stack:
        yield Office(url, ticket, addresses, tmp_path, stack)


def _address(backend: Backend, server: Server | None, url: str, user: User) -> str:
    if server is None:
        return url
    with server.as_administrator() as boss:
        boss.execute(set_password, user.id, PASSWORD)
    return server.url_of(f"{server.name}_u{user.id}")


@pytest.mark.row("F4")
@pytest.mark.row("R-X1")
def test_two_people_write_on_one_card(office: Office) -> None:
    dana = office.open("danah")
    yael = office.open("yael")
    dana.ask("await_present", part="Yael has this card open")
    typed = yael.ask("type", field="subject", text="Yael was here", over=True)["at"]
    seen = dana.ask("await_present", part="Yael is writing")["at"]
    assert seen - typed < 1.5
    dana.ask("type", field="description", text="Gate 4711. ")
    yael.ask("save")
    dana.ask("await_field", field="subject", text="Yael was here")
    assert dana.ask("fields")["description"].startswith("Gate 4711."), "what is typed stays as others save"
    dana.ask("save")
    said = dana.ask("settle")["said"]
    assert any("Yael changed Subject meanwhile. Both changes are saved." in each for each in said), said
    yael.ask("await_field", field="description", text="Gate 4711. Rings twice.")
    yael.ask("type", field="description", text="Dog! ")
    dana.ask("type", field="description", text="Bell. ")
    yael.ask("save")
    yael.ask("settle")
    dana.ask("save")
    assert dana.ask("await_choice")["fields"] == ["description"]
    assert "Dog!" in office.kept().description
    dana.ask("choose", field="description", side=BOTH)
    dana.ask("settle")
    kept = office.kept()
    assert all(part in kept.description for part in ("Dog!", "Bell.", "Gate 4711.", "Rings twice.")), kept
    assert kept.subject == "Yael was here"


@pytest.mark.row("F5")
@pytest.mark.row("U64")
@pytest.mark.parametrize("office", ["sqlite"], indirect=True)
def test_a_desktop_killed_in_mid_word_gives_the_words_back(office: Office) -> None:
    dana = office.open("danah", closes=False)
    dana.ask("type", field="subject", text="Boiler leaks bad", over=True)
    dana.ask("note", text="Caller says the va")
    dana.ask("pause", seconds=1)
    dana.send("type", field="description", text="and then in the middle of a wo" * 20)
    dana.kill()
    dana = office.open("danah")
    left = dana.ask("left")
    assert left[f"tickets:{office.ticket}"]["subject"] == "Boiler leaks bad"
    assert left[f"tickets.note:{office.ticket}"]["text"] == "Caller says the va"
    shown = dana.ask("restore")
    assert (shown["subject"], shown["note"]) == ("Boiler leaks bad", "Caller says the va")
    dana.ask("save")
    assert not dana.ask("settle")["is_dirty"]
    assert office.kept().subject == "Boiler leaks bad"
