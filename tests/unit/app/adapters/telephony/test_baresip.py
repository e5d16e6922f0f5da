"""The built-in telephone's control over a real socket: every end of a call, two at once, a program that stops."""

import queue
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.telephony.baresip import Control, Netstrings, SipAccount, netstring
from app.adapters.telephony.wire import Wire, connected
from app.domain.dialer.calls import Fault, Sign, Told
from tests.kit.baresip_peer import BaresipPeer, baresip_peer

NUMBER = "+390612345678"


class Agent:
    """The control of an agent's telephone, and what it told."""

    def __init__(self, port: int, secret: str | None = "secret") -> None:
        self.told: queue.Queue[Sign] = queue.Queue()
        self.control = Control(SipAccount("agent", "pbx.test", lambda: secret), self.told.put)
        self.wire = Wire(self.control, partial(connected, "127.0.0.1", port), pauses=(0.02,))

    def until(self, wanted: Callable[[Sign], bool]) -> Sign:
        """The sign that is waited for."""
        while not wanted(sign := self.told.get(timeout=60)):
            pass
        return sign

    def ready(self) -> None:
        """Wait until it is registered."""
        self.until(lambda sign: sign.told is Told.READY)

    def call(self, token: str = "t1") -> Sign:
        """Dial, up to the answer or the failure."""
        self.wire.do(partial(self.control.dial, NUMBER, token))
        return self.until(lambda sign: sign.told in (Told.ANSWERED, Told.FAILED))

    def ended(self) -> Sign:
        """The call that ends."""
        return self.until(lambda sign: sign.told is Told.ENDED)


@pytest.fixture
def peer() -> Iterator[BaresipPeer]:
    """The program's side."""
    with baresip_peer() as made:
        yield made


@pytest.fixture
def agent(peer: BaresipPeer) -> Iterator[Agent]:
    """An agent who is registered."""
    made = Agent(peer.port)
    made.ready()
    yield made
    made.wire.close()


@pytest.mark.row("U40")
def test_a_call_is_answered_and_hung_up(peer: BaresipPeer, agent: Agent) -> None:
    assert agent.call().told is Told.ANSWERED
    agent.wire.do(partial(agent.control.hang_up, "t1"))
    assert agent.ended().token == "t1"
    assert [(asked["command"], asked["params"]) for asked in peer.asked] == [
        ("uanew", "<sip:agent@pbx.test>;regint=600;answermode=manual;auth_user=agent;auth_pass=secret"),
        ("dial", f"sip:{NUMBER}@pbx.test"),
        ("hangup", ""),
    ]


@pytest.mark.row("U40")
@pytest.mark.parametrize(
    ("outcome", "fault"),
    [
        ("486 Busy Here", Fault.BUSY),
        ("404 Not Found", Fault.WRONG_NUMBER),
        ("603 Decline", Fault.REFUSED),
        ("480 Temporarily Unavailable", Fault.UNREACHABLE),
        ("503 Service Unavailable", Fault.UNREACHABLE),
        ("408 Request Timeout", Fault.NO_ANSWER),
        ("Connection timed out", Fault.UNREACHABLE),
    ],
)
def test_a_call_that_fails_says_why(peer: BaresipPeer, agent: Agent, outcome: str, fault: Fault) -> None:
    peer.outcome = outcome
    assert agent.call().fault is fault
    peer.outcome = "answer"
    assert agent.call("t2").told is Told.ANSWERED


@pytest.mark.row("U34")
@pytest.mark.parametrize("outcome", ["hang", "stuck"])
def test_a_call_that_hangs_can_be_hung_up(peer: BaresipPeer, agent: Agent, outcome: str) -> None:
    peer.outcome = outcome
    agent.wire.do(partial(agent.control.dial, NUMBER, "t1"))
    agent.wire.do(partial(agent.control.hang_up, "t1"))
    assert agent.ended().token == "t1"


def test_a_call_comes_in_during_another_and_each_is_ended_for_itself(peer: BaresipPeer, agent: Agent) -> None:
    agent.call()
    peer.ring("sip:0612345679@pbx.test")
    coming = agent.until(lambda sign: sign.told is Told.INCOMING)
    assert coming.text == "sip:0612345679@pbx.test"
    agent.wire.do(partial(agent.control.answer, coming.token))
    assert agent.until(lambda sign: sign.told is Told.ANSWERED).token == coming.token
    agent.wire.do(partial(agent.control.hang_up, "t1"))
    assert agent.ended().token == "t1"
    agent.wire.do(partial(agent.control.hang_up, coming.token))
    assert agent.ended().token == coming.token


@pytest.mark.row("U34")
def test_a_program_that_stops_is_reached_again_and_its_call_hangs(peer: BaresipPeer, agent: Agent) -> None:
    agent.call()
    peer.cut()
    assert agent.until(lambda sign: sign.told is Told.FAILED).fault is Fault.HUNG
    agent.ready()


def test_a_server_that_does_not_let_in_is_said(peer: BaresipPeer) -> None:
    peer.registration = "REGISTER_FAIL"
    agent = Agent(peer.port)
    said = agent.until(lambda sign: sign.told is Told.TROUBLE).said
    assert said is not None
    assert said.fields == {"reason": "401 Unauthorized"}
    assert agent.call().fault is Fault.NO_TELEPHONE
    agent.wire.close()


@pytest.mark.parametrize("secret", ["a;b", "a b", "a\r\nb", "<", ""])
def test_a_password_never_becomes_an_option(peer: BaresipPeer, secret: str) -> None:
    agent = Agent(peer.port, secret)
    assert agent.until(lambda sign: sign.told is Told.TROUBLE).said is not None
    agent.wire.close()
    assert not peer.asked


@given(st.text(max_size=30))
def test_only_numbers_are_dialled(number: str) -> None:
    told: list[Sign] = []
    control = Control(SipAccount("agent", "pbx.test", lambda: None, registers=False), told.append)
    control.opened()
    control.received(netstring(b'{"response":true,"ok":true,"data":"","token":"account"}'))
    control.to_send()
    control.dial(number, "t")
    assert bool(control.to_send()) != any(sign.fault is Fault.WRONG_NUMBER for sign in told)


@given(st.lists(st.binary(max_size=20), max_size=5), st.integers(1, 20))
def test_netstrings_are_the_same_however_they_are_cut(texts: list[bytes], size: int) -> None:
    stream = b"".join(map(netstring, texts))
    parser, found = Netstrings(), []
    for start in range(0, len(stream), size):
        found += parser.feed(stream[start : start + size])
    assert found == texts


@pytest.mark.parametrize("data", [b"x:1,", b"3:abc;", b"99999999:", b"GET / HTTP/1.1\r\n"])
def test_what_is_no_netstring_ends_the_connection(data: bytes) -> None:
    with pytest.raises(ValueError, match="netstring"):
        Netstrings().feed(data)
