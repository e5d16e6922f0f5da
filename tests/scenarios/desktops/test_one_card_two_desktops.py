"""Two processes with the same card open: who is there shows, nothing is overwritten, and a crash loses no word."""

from dataclasses import dataclass

import pytest

from app.backend import Backend
from app.domain.tickets.draft import TicketDraft
from app.models.people import User
from app.services.tickets import card
from tests.kit.desktops import Desktop
from tests.kit.factory import add_user
from tests.scenarios.desktops.conftest import Place
from ui.widgets.merge.window import BOTH

MODULE = "tests.kit.cards_process"


@dataclass
class Office:
    """Dana and Yael at one ticket, each at a desktop of her own."""

    place: Place
    backend: Backend
    people: dict[str, User]
    ticket: int

    def open(self, name: str, *, closes: bool = True) -> Desktop:
        """Her desktop with the card open."""
        desktop = self.place.desktop_of(self.people[name], MODULE, closes=closes)
        desktop.answer()
        desktop.ask("show", ticket=self.ticket)
        return desktop

    def kept(self) -> TicketDraft:
        """What the database has."""
        return self.backend.execute(card.load, self.ticket).draft


@pytest.fixture
def office(place: Place) -> Office:
    with place.database.transaction() as session:
        people = [add_user(session, name, "back_office", login=name.casefold()) for name in ("Danah", "Yael")]
    backend = Backend(place.database)
    ticket = backend.execute(card.create, TicketDraft("Boiler leaks", "Rings twice.", handler_id=people[0].id)).id
    return Office(place, backend, {user.login: user for user in people}, ticket)


@pytest.mark.row("F4")
@pytest.mark.row("R-X1")
def test_two_people_write_on_one_card(office: Office) -> None:
    dana = office.open("danah")
    yael = office.open("yael")
    dana.ask("await_present", part="Yael has this card open")
    yael.ask("type", field="subject", text="Yael was here", over=True)
    dana.ask("await_present", part="Yael is writing")
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
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
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
