"""The telephone on the GUI thread: states, faults, a call that hangs, a caller."""

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from sqlalchemy import select

from app.adapters import secrets
from app.domain.dialer import calls
from app.domain.dialer.calls import Fault, Stage
from app.domain.people import Permission
from app.models.dialer import CallAttempt
from app.services.dialer.lines import LineDraft, Server, my_line, save_line, save_server, server
from app.services.dialer.lookup import Caller
from tests.kit.ami_server import ami_server
from tests.unit.ui.dialer.phone.conftest import PhoneDesk
from ui.dialer.phone import phone as module
from ui.dialer.phone import phone_for
from ui.kit.commands import Command
from ui.kit.messages import Notice

AT_ONCE = LineDraft("simulator", pace=0.0)


@pytest.mark.row("U40")
def test_a_call_is_dialled_rings_is_answered_and_ends(desk: PhoneDesk) -> None:
    phone = desk.use(AT_ONCE)
    assert phone.sees_state
    phone.dial("06 1234 5671")
    desk.wait(lambda: phone.state.stage is Stage.TALKING)
    phone.hang_up()
    desk.wait(lambda: phone.state.stage is Stage.ENDED)
    assert desk.stages() == [Stage.DIALLING, Stage.RINGING, Stage.TALKING, Stage.ENDED]
    assert phone is phone_for(desk.desk)


@pytest.mark.row("U40")
@pytest.mark.parametrize(
    ("number", "fault", "said"),
    [
        ("+390612345676", Fault.BUSY, "Busy"),
        ("+390612345677", Fault.NO_ANSWER, "Nobody answers"),
        ("+390612345678", Fault.UNREACHABLE, "Cannot be reached"),
        ("+3906ABC5678", Fault.WRONG_NUMBER, "“+3906ABC5678” has letters in it."),
        ("", Fault.WRONG_NUMBER, "There is no number to call."),
    ],
)
def test_a_call_that_comes_to_nothing_says_why(desk: PhoneDesk, number: str, fault: Fault, said: str) -> None:
    phone = desk.use(AT_ONCE)
    phone.dial(number)
    desk.wait(lambda: phone.state.stage is Stage.FAILED)
    assert phone.state.fault is fault
    assert calls.words(phone.state).text.format(**calls.words(phone.state).fields) == said


@pytest.mark.row("U34")
def test_a_call_that_hangs_is_put_right_by_hand(desk: PhoneDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = desk.use(AT_ONCE)
    monkeypatch.setitem(calls.PATIENCE, Stage.DIALLING, 0.05)
    phone.dial("+390612345679")
    desk.wait(lambda: phone.state.fault is Fault.HUNG)
    phone.set_by_hand(Stage.TALKING)
    assert (phone.state.stage, phone.state.is_by_hand) == (Stage.TALKING, True)
    phone.set_by_hand(Stage.ENDED)
    assert phone.state.stage is Stage.ENDED
    phone.dial("+390612345671")
    desk.wait(lambda: phone.state.stage is Stage.TALKING)
    assert not phone.state.is_by_hand


@pytest.mark.row("U34")
def test_what_is_ended_by_hand_is_hung_up_and_stays_ended(desk: PhoneDesk) -> None:
    phone = desk.use(LineDraft("simulator", pace=0.02))
    phone.dial("+390612345671")
    desk.wait(lambda: phone.state.stage is Stage.RINGING)
    phone.set_by_hand(Stage.ENDED)
    desk.qtbot.wait(80)
    assert desk.stages() == [Stage.DIALLING, Stage.RINGING, Stage.ENDED]


@pytest.mark.row("U40")
def test_the_system_telephone_is_handed_the_number_and_the_agent_says_how_it_goes(
    desk: PhoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url.toString())
        return len(opened) == 1

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    phone = phone_for(desk.desk)
    phone.changed.connect(desk.states.append)
    phone.dial("06 1234 5678")
    desk.wait(lambda: bool(opened))
    assert opened == ["tel:+390612345678"]
    assert not phone.sees_state
    assert phone.state.stage is Stage.DIALLING
    phone.set_by_hand(Stage.TALKING)
    phone.hang_up()
    desk.wait(lambda: phone.state.stage is Stage.ENDED)
    phone.dial("+390612345678")
    desk.wait(lambda: phone.state.stage is Stage.FAILED)
    assert phone.state.fault is Fault.NO_TELEPHONE


@pytest.mark.row("U40")
def test_a_caller_is_looked_up_and_the_call_taken(desk: PhoneDesk) -> None:
    phone = desk.use(AT_ONCE)
    calling: list[tuple[Caller | None, str]] = []
    phone.incoming.connect(lambda who, number: calling.append((who, number)))
    phone.call_in("0612345678")
    desk.wait(lambda: bool(calling))
    assert calling == [(Caller(desk.dana, "Dana Rossi", "+390612345678"), "0612345678")]
    assert (phone.state.stage, phone.state.is_incoming) == (Stage.RINGING, True)
    phone.answer()
    desk.wait(lambda: phone.state.stage is Stage.TALKING)
    phone.call_in("anonymous")
    desk.wait(lambda: len(calling) == 2)
    assert calling[1] == (None, "anonymous")
    phone.hang_up()
    desk.wait(lambda: phone.state.stage is Stage.ENDED)


def test_another_telephone_is_taken_up_at_once(desk: PhoneDesk) -> None:
    phone = desk.use(AT_ONCE)
    assert phone.can_answer
    version = desk.backend.execute(my_line).version
    desk.backend.execute(save_line, LineDraft("handoff"), version=version)
    desk.wait(lambda: not phone.sees_state)


@pytest.mark.row("U40")
def test_a_caller_is_told_in_the_bar_answered_there_and_put_on_record(desk: PhoneDesk) -> None:
    opened: list[int] = []
    command = Command("customers.open", "Open the customer", "customer", in_palette=False)
    desk.desk.commands.add(command, opened.append)
    phone = desk.use(AT_ONCE)
    phone.call_in("0612345678")
    desk.wait(lambda: bool(desk.said))
    (notice,) = desk.said
    assert notice.words() == "Dana Rossi is calling."
    assert notice.offer is not None
    notice.offer.do()
    desk.wait(lambda: phone.state.stage is Stage.TALKING and desk.tasks.is_idle)
    assert opened == [desk.dana]
    with desk.database.reading() as session:
        attempt = session.scalars(select(CallAttempt)).one()
        assert (attempt.kind, attempt.customer_id, attempt.user_id) == ("inbound", desk.dana, desk.me)


def test_who_gives_up_is_not_told_any_more(desk: PhoneDesk) -> None:
    gone: list[Notice] = []
    desk.desk.messages.withdrawn.connect(gone.append)
    phone = desk.use(AT_ONCE)
    phone.call_in("anonymous")
    desk.wait(lambda: bool(desk.said))
    phone.hang_up()
    desk.wait(lambda: gone == desk.said)


@pytest.mark.row("U40", "U34")
def test_by_the_company_server_the_states_flow_back_and_a_cut_line_is_put_right_by_hand(
    desk: PhoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ami_server() as asterisk:
        monkeypatch.setattr(secrets, "recall", lambda _key: asterisk.secret)
        version = desk.backend.execute(server).version
        draft = Server("127.0.0.1", asterisk.port, login="callboard", form="00", version=version)
        desk.backend.execute(save_server, draft)
        phone = desk.use(LineDraft("ami", extension="100"))
        desk.wait(lambda: phone.is_ready)
        phone.dial("06 1234 5678")
        desk.wait(lambda: phone.state.stage is Stage.TALKING)
        assert desk.stages() == [Stage.DIALLING, Stage.RINGING, Stage.TALKING]
        asterisk.wait_for(3)
        assert asterisk.asked[-1]["Exten"] == "00390612345678"
        phone.hang_up()
        desk.wait(lambda: phone.state.stage is Stage.ENDED)
        asterisk.outcome = "hang"
        phone.dial("+390612345678")
        desk.wait(lambda: len(asterisk.asked) == 5)
        asterisk.cut()
        desk.wait(lambda: phone.state.fault is Fault.HUNG)
        assert phone.trouble is not None
        phone.set_by_hand(Stage.TALKING)
        phone.set_by_hand(Stage.ENDED)
        assert phone.state.stage is Stage.ENDED
        phone.close()


@pytest.mark.row("R-T1")
def test_whoever_may_dial_no_more_has_no_telephone_once_his_call_is_over(
    desk: PhoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LETS_GO_MS", 10)
    phone, person = desk.use(AT_ONCE), desk.desk.person
    may = person.permissions
    phone.dial("06 1234 5671")
    desk.wait(lambda: phone.state.stage is Stage.TALKING)
    person.allow(may - {Permission.DIAL})
    assert phone.is_ready
    assert phone.state.is_live, "nobody is cut off"
    phone.hang_up()
    desk.wait(lambda: not phone.is_ready)
    phone.reload()
    phone.call_in("0612345678")
    desk.wait(lambda: not desk.tasks.waiting)
    assert not phone.is_ready
    assert [each for each in desk.said if "calling" in each.words()] == []
    person.allow(may)
    desk.wait(lambda: phone.is_ready)
    phone.call_in("0612345678")
    desk.wait(lambda: any("calling" in each.words() for each in desk.said))
