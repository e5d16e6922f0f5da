"""The rounds of a sender: every duty in its turn, none stopped by another, and a single seat that sends by itself."""

from threading import Event
from typing import Any

import pytest

from app.adapters.letters import Letter
from app.bus import RowsChanged
from app.domain.errors import DatabaseUnavailable
from app.domain.words import message
from app.models.mail import MailAccount
from app.models.people import User
from app.services.mail import rounds
from app.services.mail.mailroom import Sent
from app.services.mail.rounds import Duty, Round, Rounds, SeatMail
from app.services.points.verifying import is_due, last
from tests.kit.factory import add_process
from tests.kit.mail_server import mail_server
from tests.kit.points_factory import LONG_AGO, add_scored_task, add_setting, enter
from tests.unit.app.services.mail.conftest import Office


class Nobody:
    """No password anywhere."""

    def password(self, _address: str) -> str | None:
        """None."""
        return None


class Shelf:
    """A way out that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def deliver(self, letter: Letter) -> None:
        """Keep it."""
        self.letters.append(letter)

    def close(self) -> None:
        """Nothing."""


def test_a_quiet_round_asks_and_writes_nothing(office: Office) -> None:
    done = Rounds(office.backend.acting_as(None), Nobody(), lambda _box: Shelf()).once()
    assert done == Round()
    assert done.is_quiet


@pytest.mark.row("R-X4")
def test_a_duty_that_fails_stops_no_mail_and_comes_again_in_its_turn(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[str] = []

    def falls(_office: object, _credentials: object, _stop: Event) -> int:
        turns.append("falls")
        raise ZeroDivisionError

    def works(_office: object, _credentials: object, _stop: Event) -> int:
        turns.append("works")
        return 3

    monkeypatch.setattr(rounds, "DUTIES", (Duty("read", 0.0, falls), Duty("reminded", 3600.0, works)))
    office.template()
    office.queue()
    shelf = Shelf()
    made = Rounds(office.backend.acting_as(None), Nobody(), lambda _box: shelf)
    assert made.once() == Round(sent=1, reminded=3)
    assert made.once() == Round()
    assert turns == ["falls", "works", "falls"]
    assert len(shelf.letters) == 1


def test_rounds_go_on_after_the_database_was_away(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Rounds(office.backend.acting_as(None), Nobody(), lambda _box: Shelf())
    answers = iter([DatabaseUnavailable(message("gone")), ZeroDivisionError(), Sent(sent=2)])

    def send() -> Sent:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(made._sender, "send", send)
    monkeypatch.setattr(rounds, "PERIOD", 0.0)
    heard: list[Round] = []

    def hear(done: Round) -> None:
        heard.append(done)
        made.stop.set()

    made.run(hear)
    assert heard == [Round(sent=2)]


@pytest.mark.row("R-X4")
def test_a_single_seat_sends_by_itself_and_stops_when_it_closes(office: Office) -> None:
    told = Event()
    with mail_server() as server:
        office.change(MailAccount, 1, smtp_host="127.0.0.1", smtp_port=server.port, smtp_security="none")
        office.template()
        office.queue()
        office.backend.bus.subscribe(RowsChanged, lambda _event: told.set() if sent(office) else None)
        seat = SeatMail(office.backend.acting_as(None))
        seat.start()
        assert told.wait(60)
        seat.stop()
        assert not seat.is_at_work
        assert server.ids == [office.mail().message_id]


def sent(office: Office) -> bool:
    return office.mail().state == "sent"


def test_a_seat_that_never_began_stops(office: Office) -> None:
    SeatMail(office.backend).stop()
    assert office.mails() == []


@pytest.mark.row("U42")
def test_the_points_are_verified_once_a_day(office: Office) -> None:
    with office.database.transaction() as session:
        dana, (stage, *_rest) = session.get_one(User, office.dana), add_process(session, "Sale", Called=None).values()
        add_setting(session, stage, 0, 5)
        enter(session, add_scored_task(session, dana, None), stage, dana, LONG_AGO)
    seat = office.backend.acting_as(None)
    assert Rounds(seat, Nobody(), lambda _box: Shelf()).once() == Round(verified=1)
    assert Rounds(seat, Nobody(), lambda _box: Shelf()).once() == Round()
    checked = seat.execute(last)
    assert checked is not None
    assert (checked.entries, checked.wrong) == (1, 0)


def test_a_check_of_the_points_ends_with_the_program(office: Office) -> None:
    stop = Event()
    stop.set()
    assert rounds._verify(_Due(stop), Nobody(), stop) == 0


class _Due:
    """An office whose ledger is due, and whose check asks on its way whether it may go on."""

    def __init__(self, stop: Event) -> None:
        self.stop = stop

    def execute(self, service: object, *args: Any, **_kwargs: object) -> object:
        """Due; then half of the way."""
        if service is is_due:
            return True
        args[0](1, 2)
        raise AssertionError("the check went on")
