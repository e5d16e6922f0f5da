"""Two processes with the form of the same visit: nothing is overwritten, and what became impossible is refused."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from app.backend import Backend
from app.services.planner import placing
from app.services.planner.rows import VisitDraft
from app.services.planner.visits import visit_card
from tests.kit.desktops import Desktop
from tests.kit.factory import add_group, add_presence, add_user
from tests.scenarios.desktops.conftest import Place
from ui.widgets.merge.window import BOTH

MODULE = "tests.kit.visits_process"
DAY = (datetime.now(UTC) + timedelta(2)).replace(hour=0, minute=0, second=0, microsecond=0)


def hour(number: float) -> datetime:
    """That hour of the day on which everything happens."""
    return DAY + timedelta(hours=number)


def shown(number: float) -> str:
    """The same as a field of the form has it."""
    return hour(number).replace(tzinfo=None).isoformat()


@dataclass
class Office:
    """Dana and Yael at one appointment of Levi's."""

    backend: Backend
    visit: int
    levi: int
    dana: Desktop
    yael: Desktop

    def kept(self) -> VisitDraft:
        """What the database has."""
        return self.backend.execute(visit_card, self.visit).draft


@pytest.fixture
def office(place: Place) -> Office:
    with place.database.transaction() as session:
        people = [add_user(session, name, "back_office", login=name.casefold()) for name in ("Danah", "Yael")]
        levi = add_user(session, "Levi")
        add_group(session, "Group", levi)
        add_presence(session, levi, hour(8), hour(17))
    backend = Backend(place.database, actor=people[0].id)
    visit = backend.execute(placing.new_appointment, levi.id, hour(9), hour(10), "Meeting").visit.id
    dana, yael = (place.desktop_of(user, MODULE) for user in people)
    for desktop in (dana, yael):
        desktop.answer()
        desktop.send("show", ticket=visit)
    for desktop in (dana, yael):
        desktop.answer()
    return Office(backend, visit, levi.id, dana, yael)


@pytest.mark.row("F4")
@pytest.mark.row("R-X1")
def test_two_people_change_one_visit(office: Office) -> None:
    dana, yael = office.dana, office.yael
    dana.ask("type", field="notes", text="Bring the keys. ")
    yael.ask("type", field="start", text=shown(11))
    yael.ask("save")
    assert not yael.ask("settle")["is_open"]
    dana.ask("await_field", field="start", text=shown(11))
    assert dana.ask("fields")["notes"].strip() == "Bring the keys.", "what is typed stays as others save"
    dana.ask("save")
    said = dana.ask("settle")["said"]
    assert any("Yael changed Start, End meanwhile. Both changes are saved." in each for each in said), said
    kept = office.kept()
    assert (kept.start, kept.end, kept.notes) == (hour(11), hour(12), "Bring the keys.")
    for desktop in (dana, yael):
        desktop.ask("show", ticket=office.visit)
    dana.ask("type", field="notes", text="Bell. ")
    yael.ask("type", field="notes", text="Dog! ")
    yael.ask("save")
    yael.ask("settle")
    dana.ask("save")
    assert dana.ask("await_choice")["fields"] == ["notes"]
    dana.ask("choose", field="notes", side=BOTH)
    dana.ask("settle")
    assert all(part in office.kept().notes for part in ("Dog!", "Bell.", "Bring the keys.")), office.kept()
    _refused_and_gone(office)


def _refused_and_gone(office: Office) -> None:
    """A place that was free when it was chosen is refused in words; a visit taken off keeps what was typed."""
    dana = office.dana
    dana.ask("show", ticket=office.visit)
    dana.ask("type", field="start", text=shown(14))
    dana.ask("type", field="title", text="Fair of all")
    colleague = office.backend.execute
    colleague(placing.new_appointment, office.levi, hour(14), hour(15), "Market")
    dana.ask("save")
    dana.ask("settle")
    assert "14:00 is taken by Market" in dana.ask("fields")["refusal"]
    card = colleague(visit_card, office.visit)
    colleague(placing.unschedule, card.id, card.version)
    told = dana.ask("await_refusal", part="took this visit off the plan first")
    assert "What you typed is kept among the unsaved texts." in told["said"]
    assert dana.ask("left")[f"visits:{office.visit}"]["title"] == "Fair of all"
