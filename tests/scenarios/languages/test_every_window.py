"""Every window in every language: nothing untranslated, nothing cut, the right direction, data as it is."""

import gettext
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from sqlalchemy.orm import Session

from app import bootstrap, i18n
from app.db.database import Database
from app.domain.mail.incoming import Outcome
from app.domain.people import Permission
from app.models.company import Company
from app.models.customers import Customer, CustomerPhone
from app.models.mail import IncomingMessage, MailAccount, OutboxMessage
from app.models.people import User
from app.models.planner import Absence
from app.models.tickets import HoursEntry, Ticket, TicketType
from app.services.mail.templates import install_defaults
from app.services.people.me import Me
from app.settings import Settings
from tests.kit.every_window import EveryWindow
from tests.kit.factory import (
    add_call,
    add_group,
    add_presence,
    add_process,
    add_profile,
    add_site,
    add_type,
    add_user,
    add_visit,
    at,
)
from tests.kit.points_factory import add_scored_task, add_setting, enter
from tests.kit.reading import English, cut, rich, texts
from ui.kit.preferences import Preferences

MARKUP = "<b>x</b>"
FILE = f"codice;cliente;tipo;oggetto;zona;priorità\nT-1;;Boiler;{MARKUP};Haifa;1\nT-2;;Boiler;Zzz;Haifa;Zzz\n"


def _furnish(session: Session, language: str) -> tuple[int, int, int]:
    """A company whose names look like markup; the numbers of its administrator, a ticket and a customer."""
    session.add(Company(id=1, name=f"Acqua {MARKUP}", country="IL", time_zone="Asia/Jerusalem", language=language))
    dana = add_user(session, f"Dana {MARKUP}", "administrator", login="dana")
    levi = add_user(session, f"Levi {MARKUP}")
    office = add_group(session, f"Desk {MARKUP}", dana, is_back_office=True)
    add_group(session, f"Team {MARKUP}", levi)
    site = add_site(session, f"Haifa {MARKUP}")
    kind = add_type(session, f"Fixing {MARKUP}", levi)
    session.add(TicketType(name=f"Boiler {MARKUP}", activity_type_id=kind.id))
    customer = Customer(name=f"Rossi {MARKUP}", search="rossi", site_id=site.id)
    customer.phones = [CustomerPhone(raw="050-1234567", e164="+972501234567")]
    session.add(customer)
    session.flush()
    task = add_call(session, office, kind, f"Drips {MARKUP}", due_at=at(9))
    add_call(session, office, kind, f"Cold {MARKUP}")
    ticket = session.get_one(Ticket, task.ticket_id)
    ticket.customer_id, ticket.site_id = customer.id, site.id
    add_presence(session, levi, at(6), at(15), site)
    add_visit(session, levi, at(7), at(8), task_id=task.id)
    _add_mail(session, ticket, f"Rossi {MARKUP}")
    session.add(HoursEntry(user_id=dana.id, day=at(9).date(), minutes=95, kind="work", ticket_id=ticket.id))
    session.add(HoursEntry(user_id=dana.id, day=at(9).date(), minutes=6000, kind="allotment", customer_id=customer.id))
    _add_points(session, dana, customer)
    _add_months(session, dana, levi)
    session.add(Absence(user_id=levi.id, starts_at=at(22), ends_at=at(22) + timedelta(1), reason=f"Ill {MARKUP}"))
    return dana.id, ticket.id, customer.id


def _add_points(session: Session, dana: User, customer: Customer) -> None:
    """A club whose customer has points, a gift he has enough for and one he has not."""
    add_profile(session, f"Sales {MARKUP}", dana)
    club = add_process(session, f"Club {MARKUP}", **dict.fromkeys((f"Joined {MARKUP}", "Cup", "Car")))
    joined, cup, car = club.values()
    for stage, points in ((joined, 120), (cup, -100), (car, -9000)):
        add_setting(session, stage, points, 2, redeems=points < 0)
    enter(session, add_scored_task(session, dana, customer), joined, dana, at(9), note=f"Welcome {MARKUP}")


def _add_months(session: Session, *workers: User) -> None:
    """Workers who were equally first last month, and score in this one."""
    sold = add_process(session, f"Sale {MARKUP}", **dict.fromkeys((f"Asked {MARKUP}", f"Sold {MARKUP}")))[
        f"Sold {MARKUP}"
    ]
    add_setting(session, sold, 0, "12.5")
    today = datetime.now(UTC)
    for moment in (today, today.replace(day=1) - timedelta(days=2)):
        for worker in workers:
            enter(session, add_scored_task(session, worker, None), sold, worker, moment)


def _add_mail(session: Session, ticket: Ticket, name: str) -> None:
    """Mails in every state and of every outcome, and the templates a company begins with."""
    install_defaults(session)
    office = MailAccount(is_office=True, address="office@acqua.it", name="Acqua")
    session.add(office)
    session.flush()
    for number, state in enumerate(("waiting", "waiting", "sent", "dead", "cancelled")):
        session.add(
            OutboxMessage(
                event="ticket_opened",
                event_key=f"k{number}",
                to_address="rossi@casa.it",
                to_name=name,
                language="it",
                subject=f"La sua richiesta [#{ticket.id}]",
                body="Buongiorno",
                message_id=f"<{number}@acqua.it>",
                ticket_id=ticket.id,
                state=state,
                # One that is held, and one that waits longer than the walk takes.
                next_at=datetime.now(UTC) + timedelta(hours=1),
                attempts=0 if number else 1,
                created_at=at(9),
                sent_at=at(9) if state == "sent" else None,
                last_error="UNREACHABLE" if state == "dead" else None,
            )
        )
    for number, outcome in enumerate(Outcome):
        session.add(
            IncomingMessage(
                account_id=office.id,
                uid_validity=1,
                uid=number + 1,
                from_address="rossi@casa.it",
                from_name=name,
                subject="Perde",
                body="Buongiorno",
                received_at=at(9),
                outcome=outcome,
                customer_id=ticket.customer_id,
                ticket_id=ticket.id if outcome in {Outcome.OPENED, Outcome.CONTINUED} else None,
            )
        )


@pytest.fixture
def speak(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Preferences]:
    """Preferences of this test alone; English again at its end."""
    monkeypatch.setenv("CALLBOARD_DATA", str(tmp_path))
    preferences = Preferences(Settings(tmp_path / "settings.json"))
    preferences.dress()
    yield preferences
    preferences.put(Settings.language, "en")


class _Wordy(gettext.NullTranslations):
    """A language that needs a quarter more letters than Italian."""

    def __init__(self) -> None:
        super().__init__()
        self._italian = i18n.translations("it")

    def gettext(self, message: str) -> str:
        """Italian, and then some."""
        return _longer(self._italian.gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Italian, and then some."""
        return _longer(self._italian.ngettext(msgid1, msgid2, n))


def _longer(text: str) -> str:
    return f"{text} {'é' * max(2, len(text) // 4)}"


@pytest.mark.row("R-X2")
def test_longer_words_find_room(
    sqlite_url: str, speak: Preferences, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(i18n._Speech.loaded, "it", _Wordy())
    _look_at_everything("it", sqlite_url, speak, tmp_path, (1440, 900))


@pytest.mark.row("R-X2", "F6")
@pytest.mark.parametrize("code", list(i18n.LANGUAGES))
def test_every_window_speaks_the_language(code: str, sqlite_url: str, speak: Preferences, tmp_path: Path) -> None:
    _look_at_everything(code, sqlite_url, speak, tmp_path, (1024, 680))


def _look_at_everything(code: str, url: str, speak: Preferences, tmp_path: Path, size: tuple[int, int]) -> None:
    database = Database(url)
    with database.transaction() as session:
        dana, ticket, customer = _furnish(session, code)
    file = tmp_path / "calls.csv"
    file.write_text(FILE, encoding="utf-8")
    # The program starts in English and is switched: what is not bound to the catalogue stays behind.
    speak.put(Settings.language, "en")
    me = Me(dana, "dana", f"Dana {MARKUP}", code, "administrator", tuple(Permission))
    every = EveryWindow(bootstrap.Workplace(database), me, speak, tmp_path, size)
    typed = every.begin_ticket("Half a word")
    speak.put(Settings.language, code)
    every.settle()
    assert typed.text() == "Half a word"
    english, wrong, seen = English(code), [], set()
    direction = Qt.LayoutDirection.RightToLeft if i18n.is_rtl() else Qt.LayoutDirection.LeftToRight
    try:
        for name, window in every.walk(file, ticket, customer):
            shown = {text for text, _widget in texts(window)}
            seen |= shown
            wrong += [f"{name}: {text!r} is English" for text in sorted(shown) if english.knows(text)]
            wrong += [f"{name}: {each}" for each in (*cut(window), *rich(window))]
            if window.layoutDirection() is not direction:
                wrong.append(f"{name} runs the other way")
    finally:
        every.close()
    assert not wrong, "\n".join(dict.fromkeys(wrong))
    # What looks like markup is shown letter by letter, on every screen that shows it.
    assert {f"{each} {MARKUP}" for each in ("Rossi", "Drips", "Levi", "Haifa", "Fixing", "Boiler")} <= seen
