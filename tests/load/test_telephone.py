"""The built-in telephone for real: baresip calls sipp over a wire of their own: answered, refused, silent, killed."""

import queue
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.adapters.telephony.baresip import Baresip, SipAccount
from app.domain.dialer.calls import Fault, Sign, Told
from tests.kit.telephone_lab import AGENT, OTHER, PORTS, Lab, telephone_lab

NUMBER = "+390612345678"
SIP_PORT = 5060
SECRET = "horse-battery"


class Agent:
    """baresip on its side of the wire, and what it told."""

    def __init__(self, lab: Lab, folder: Path, host: str) -> None:
        self.told: queue.Queue[Sign] = queue.Queue()
        account = SipAccount("agent", host, lambda: SECRET, registers=False)
        self.folder = folder
        self.telephone = lab.inside(
            lambda: Baresip(account, self.told.put, folder, audio="aubridge,callboard", listen=f"{AGENT}:{SIP_PORT}")
        )
        self.until(lambda sign: sign.told is Told.READY)

    def until(self, wanted: Callable[[Sign], bool], patience: float = 20) -> Sign:
        """The sign that is waited for."""
        while not wanted(sign := self.told.get(timeout=patience)):
            pass
        return sign

    def call(self, token: str, patience: float = 20) -> Sign:
        """Dial, up to the answer or the failure."""
        self.telephone.dial(NUMBER, token)
        return self.until(lambda sign: sign.told in (Told.ANSWERED, Told.FAILED), patience)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """The two sides, the other one answering."""
    with telephone_lab(tmp_path) as made:
        made.answer()
        yield made


@pytest.fixture
def call_at(lab: Lab, tmp_path: Path) -> Iterator[Callable[[str], Agent]]:
    """An agent whose server is the one that does so and so."""
    agents: list[Agent] = []

    def make(what: str) -> Agent:
        agents.append(Agent(lab, tmp_path / what, f"{OTHER}:{PORTS[what]}"))
        return agents[-1]

    yield make
    for each in agents:
        each.telephone.close()


@pytest.mark.soak
@pytest.mark.row("U40")
def test_baresip_calls_talks_hangs_up_and_calls_again(call_at: Callable[[str], Agent]) -> None:
    agent = call_at("answer")
    for number in range(20):
        assert agent.call(f"t{number}").told is Told.ANSWERED
        agent.telephone.hang_up(f"t{number}")
        assert agent.until(lambda sign: sign.told is Told.ENDED).token == f"t{number}"
    kept = b"".join(path.read_bytes() for path in agent.folder.iterdir() if path.is_file())
    assert SECRET.encode() not in kept


@pytest.mark.soak
@pytest.mark.row("U40")
@pytest.mark.parametrize(
    ("what", "fault"),
    [("busy", Fault.BUSY), ("missing", Fault.WRONG_NUMBER), ("decline", Fault.REFUSED), ("silent", Fault.UNREACHABLE)],
)
def test_what_a_server_refuses_is_told(call_at: Callable[[str], Agent], what: str, fault: Fault) -> None:
    assert call_at(what).call("t1", patience=60).fault is fault


@pytest.mark.soak
@pytest.mark.row("U34")
def test_a_call_nobody_answers_for_can_be_hung_up(call_at: Callable[[str], Agent]) -> None:
    agent = call_at("silent")
    agent.telephone.dial(NUMBER, "t1")
    agent.telephone.hang_up("t1")
    assert agent.until(lambda sign: sign.told is Told.ENDED).token == "t1"


@pytest.mark.soak
@pytest.mark.row("U40")
def test_somebody_calls_is_answered_and_hangs_up(lab: Lab, call_at: Callable[[str], Agent]) -> None:
    agent = call_at("answer")
    lab.call(SIP_PORT, "agent")
    coming = agent.until(lambda sign: sign.told is Told.INCOMING)
    assert coming.text.startswith("sip:")
    agent.telephone.answer(coming.token)
    assert agent.until(lambda sign: sign.told is Told.ANSWERED).token == coming.token
    assert agent.until(lambda sign: sign.told is Told.ENDED).token == coming.token


@pytest.mark.soak
@pytest.mark.row("U34")
def test_a_killed_baresip_is_started_again(lab: Lab, call_at: Callable[[str], Agent]) -> None:
    agent = call_at("answer")
    assert agent.call("t1").told is Told.ANSWERED
    lab.signal("baresip", signal.SIGKILL)
    assert agent.until(lambda sign: sign.told is Told.FAILED).fault is Fault.HUNG
    agent.until(lambda sign: sign.told is Told.READY)
    assert agent.call("t2").told is Told.ANSWERED
