"""Asterisk over a real socket: every end of a call, a bad log-in, a line that is cut, and what nobody may send."""

import queue
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.telephony.ami import Account, Asterisk, Manager, Packets, packet
from app.domain.dialer.calls import Fault, Sign, Told
from tests.kit.ami_server import AmiServer, ami_server

CHANNEL = "PJSIP/100"


class Agent:
    """An agent's telephone at the server, and what it told."""

    def __init__(self, port: int, secret: str | None) -> None:
        self.told: queue.Queue[Sign] = queue.Queue()
        account = Account("127.0.0.1", port, "callboard", CHANNEL, "from-internal", lambda: secret)
        self.telephone = Asterisk(account, self.told.put, pauses=(0.02,))

    def until(self, wanted: Callable[[Sign], bool]) -> list[Sign]:
        """What is told up to the sign that is waited for."""
        signs: list[Sign] = []
        while not signs or not wanted(signs[-1]):
            signs.append(self.told.get(timeout=60))
        return signs

    def ready(self) -> None:
        """Wait until it is let in."""
        self.until(lambda sign: sign.told is Told.READY)

    def call(self, token: str = "t1") -> list[Sign]:
        """Dial, up to the answer or the failure."""
        self.telephone.dial("+390612345678", token)
        return self.until(lambda sign: sign.told in (Told.ANSWERED, Told.FAILED))


@pytest.fixture
def server() -> Iterator[AmiServer]:
    """A telephone server."""
    with ami_server() as made:
        yield made


@pytest.fixture
def agent(server: AmiServer) -> Iterator[Agent]:
    """An agent who is let in."""
    made = Agent(server.port, server.secret)
    made.ready()
    yield made
    made.telephone.close()


@pytest.mark.row("U40")
@pytest.mark.parametrize("numbering", [False, True])
def test_the_agent_then_the_customer_is_rung_and_the_call_ends(
    server: AmiServer, agent: Agent, *, numbering: bool
) -> None:
    server.numbering = numbering
    told = [sign.told for sign in agent.call()]
    assert told == [Told.DIALLING, Told.RINGING, Told.ANSWERED]
    server.wait_for(3)
    asked = server.asked[2]
    assert (asked["Channel"], asked["Exten"], asked["Context"]) == (CHANNEL, "+390612345678", "from-internal")
    agent.telephone.hang_up("t1")
    assert agent.until(lambda sign: sign.told is Told.ENDED)[-1].token == "t1"
    server.wait_for(4)
    assert server.asked[-1]["Channel"].startswith(f"{CHANNEL}-0")


@pytest.mark.row("U40")
def test_the_customer_hangs_up(server: AmiServer, agent: Agent) -> None:
    agent.call()
    server.tell(Event="Hangup", Cause="16", Channel="PJSIP/trunk-00000002", Uniqueid="1700000000.1")
    assert agent.until(lambda sign: sign.told is Told.ENDED)[-1].token == "t1"


@pytest.mark.row("U40")
@pytest.mark.parametrize(
    ("outcome", "fault"),
    [
        ("busy", Fault.BUSY),
        ("no answer", Fault.NO_ANSWER),
        ("congestion", Fault.UNREACHABLE),
        ("gone", Fault.WRONG_NUMBER),
        ("refused", Fault.NO_TELEPHONE),
        ("agent busy", Fault.NO_TELEPHONE),
        ("agent away", Fault.NO_TELEPHONE),
        ("agent gone", Fault.NO_TELEPHONE),
    ],
)
def test_a_call_that_fails_says_why_and_the_next_one_goes_through(
    server: AmiServer, agent: Agent, outcome: str, fault: Fault
) -> None:
    server.outcome = outcome
    assert agent.call()[-1].fault is fault
    server.outcome = "answer"
    assert agent.call("t2")[-1].told is Told.ANSWERED


@pytest.mark.row("U34")
def test_a_call_that_hangs_is_ended_at_the_server_too(server: AmiServer, agent: Agent) -> None:
    server.outcome = "hang"
    agent.telephone.dial("+390612345678", "t1")
    agent.telephone.hang_up("t1")
    assert agent.until(lambda sign: sign.told is Told.ENDED)[-1].token == "t1"


def test_a_wrong_password_is_said_once_and_not_tried_again(server: AmiServer) -> None:
    agent = Agent(server.port, "wrong")
    sign = agent.until(lambda sign: sign.told is Told.TROUBLE)[-1]
    assert sign.said is not None
    assert sign.said.text == "The telephone server does not accept this log-in and password."
    assert agent.call()[-1].fault is Fault.NO_TELEPHONE
    agent.telephone.close()
    assert server.logins == 1


def test_the_password_is_not_sent(server: AmiServer, agent: Agent) -> None:
    agent.call()
    assert server.secret.encode() not in bytes(server.raw)


def test_a_computer_without_the_password_says_so(server: AmiServer) -> None:
    agent = Agent(server.port, None)
    said = agent.until(lambda sign: sign.told is Told.TROUBLE)[-1].said
    assert said is not None
    assert said.text == "This computer does not have the password of the telephone server."
    agent.telephone.close()


@pytest.mark.row("U34", "U40")
def test_a_cut_line_is_taken_up_again_and_the_call_in_hand_hangs(server: AmiServer, agent: Agent) -> None:
    server.outcome = "hang"
    agent.telephone.dial("+390612345678", "t1")
    agent.telephone.dial("+390612345679", "t2")
    server.wait_for(4)
    server.cut()
    signs = agent.until(lambda sign: sign.told is Told.READY)
    assert signs[0].told is Told.TROUBLE
    assert {sign.token for sign in signs if sign.fault is Fault.HUNG} == {"t1", "t2"}
    server.tell(Event="Hangup", Cause="16", Channel="any", Uniqueid="callboard-t1")
    assert agent.until(lambda sign: sign.told is Told.ENDED)[-1].token == "t1"


def test_a_server_that_comes_up_later_is_found() -> None:
    with ami_server() as first:
        port = first.port
    agent = Agent(port, first.secret)
    said = agent.until(lambda sign: sign.told is Told.TROUBLE)[-1].said
    assert said is not None
    assert said.text == "The telephone server “{name}” does not answer. It is tried again."
    with ami_server(port):
        agent.ready()
        agent.telephone.close()


def test_a_call_that_comes_in_is_told_and_can_be_turned_away(server: AmiServer, agent: Agent) -> None:
    server.ring("PJSIP/1000", "0699999999")
    server.ring(CHANNEL, "0612345678")
    sign = agent.told.get(timeout=60)
    assert (sign.told, sign.text) == (Told.INCOMING, "0612345678")
    agent.telephone.hang_up(sign.token)
    assert agent.until(lambda each: each.told is Told.ENDED)[-1].token == sign.token


def test_what_answers_must_be_a_telephone_server() -> None:
    with pytest.raises(ValueError, match="not a telephone server"):
        Packets().feed(b"HTTP/1.1 400 Bad Request\r\n")


@given(st.text(min_size=1, max_size=40))
def test_no_number_brings_a_second_action(number: str) -> None:
    told: list[Sign] = []
    manager = Manager(Account("h", 1, "u", CHANNEL, "c", lambda: "s"), told.append)
    manager.opened()
    manager.received(b"Asterisk Call Manager/7.0.3\r\nResponse: Success\r\nActionID: login\r\n\r\n")
    manager.to_send()
    manager.dial(number, "t")
    sent = manager.to_send()
    assert sent.count(b"Action: ") in (0, 1)
    assert sent.count(b"\r\n\r\n") == sent.count(b"Action: ")
    assert bool(sent) != any(sign.fault is Fault.WRONG_NUMBER for sign in told)


_PACKETS = st.lists(
    st.dictionaries(st.sampled_from(["Event", "Uniqueid", "Channel"]), st.text("az :/-<>é", max_size=8), min_size=1),
    max_size=4,
)


@given(_PACKETS, st.integers(1, 40))
def test_packets_are_the_same_however_they_are_cut(packets: list[dict[str, str]], size: int) -> None:
    stream = b"Asterisk Call Manager/7.0.3\r\n" + b"".join(packet(each.items()) for each in packets)
    parser, found = Packets(), []
    for start in range(0, len(stream), size):
        found += parser.feed(stream[start : start + size])
    assert found == [{name: value.strip() for name, value in each.items()} for each in packets]
