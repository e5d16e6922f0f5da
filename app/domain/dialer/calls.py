"""A call from dialling to its end: what a telephone tells moves it, and where the telephone is wrong a person does."""

from dataclasses import dataclass, replace
from enum import Enum

from app.domain.words import N_, Message, message

__all__ = [
    "IDLE",
    "PATIENCE",
    "CallState",
    "Fault",
    "Sign",
    "Stage",
    "Told",
    "begin",
    "by_hand",
    "given_up",
    "heard",
    "ring",
    "words",
]


class Stage(Enum):
    """How far a call is."""

    IDLE = "idle"
    DIALLING = "dialling"
    RINGING = "ringing"
    TALKING = "talking"
    ENDED = "ended"
    FAILED = "failed"


class Fault(Enum):
    """Why there was no talk."""

    REFUSED = "refused"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    HUNG = "hung"
    WRONG_NUMBER = "wrong_number"
    NO_TELEPHONE = "no_telephone"


class Told(Enum):
    """What a telephone says: of a call, or of itself."""

    DIALLING = "dialling"
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"
    FAILED = "failed"
    INCOMING = "incoming"
    OPEN = "open"
    READY = "ready"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing a telephone said, of the call with this token.

    INCOMING brings the caller's number, OPEN the address to hand to the system, TROUBLE what is wrong with the
    telephone itself, FAILED the fault.
    """

    told: Told
    token: str = ""
    fault: Fault | None = None
    text: str = ""
    said: Message | None = None


@dataclass(frozen=True, slots=True)
class CallState:
    """The call in hand; `fault` says why it failed, `is_by_hand` that a person and not the telephone said so."""

    stage: Stage = Stage.IDLE
    fault: Fault | None = None
    number: str = ""
    token: str = ""
    is_incoming: bool = False
    is_by_hand: bool = False
    said: Message | None = None

    @property
    def is_live(self) -> bool:
        """Whether there is a call that has not ended."""
        return self.stage in _LIVE


IDLE = CallState()

PATIENCE = {Stage.DIALLING: 45.0, Stage.RINGING: 120.0}
"""How many seconds a telephone that sees its calls may say nothing more of one; then the call hangs."""

_LIVE = (Stage.DIALLING, Stage.RINGING, Stage.TALKING)
_RANKS = {Stage.DIALLING: 1, Stage.RINGING: 2, Stage.TALKING: 3}
_REACHED = {
    Told.DIALLING: Stage.DIALLING,
    Told.RINGING: Stage.RINGING,
    Told.ANSWERED: Stage.TALKING,
    Told.ENDED: Stage.ENDED,
    Told.FAILED: Stage.FAILED,
}

_STAGES = {
    Stage.IDLE: message(N_("No call")),
    Stage.DIALLING: message(N_("Dialling")),
    Stage.RINGING: message(N_("Ringing")),
    Stage.TALKING: message(N_("Talking")),
    Stage.ENDED: message(N_("The call has ended")),
    Stage.FAILED: message(N_("There was no call")),
}
_FAULTS = {
    Fault.REFUSED: message(N_("The call was refused")),
    Fault.BUSY: message(N_("Busy")),
    Fault.NO_ANSWER: message(N_("Nobody answers")),
    Fault.UNREACHABLE: message(N_("Cannot be reached")),
    Fault.HUNG: message(N_("The telephone says nothing any more. Say yourself how the call goes.")),
    Fault.WRONG_NUMBER: message(N_("There is no such number")),
    Fault.NO_TELEPHONE: message(N_("Your telephone does not work")),
}


def begin(number: str, token: str) -> CallState:
    """A call that was asked for."""
    return CallState(Stage.DIALLING, number=number, token=token)


def ring(number: str, token: str) -> CallState:
    """A call that comes in."""
    return CallState(Stage.RINGING, number=number, token=token, is_incoming=True)


def heard(state: CallState, sign: Sign) -> CallState:
    """The call after what the telephone said; what is of another call, over, or late changes nothing.

    A call never goes back from talking to ringing, and what a person said stands until the telephone knows more.
    """
    stage = _REACHED.get(sign.told)
    if stage is None or sign.token != state.token or not (state.is_live or state.fault is Fault.HUNG):
        return state
    if stage in _RANKS and state.is_live and _RANKS[stage] <= _RANKS[state.stage]:
        return state
    if stage is Stage.FAILED and sign.fault is Fault.HUNG:
        return given_up(state, sign.said)
    if stage is Stage.FAILED:
        if state.stage is Stage.TALKING:
            return replace(state, stage=Stage.ENDED, is_by_hand=False)
        return replace(state, stage=stage, fault=sign.fault or Fault.UNREACHABLE, said=sign.said, is_by_hand=False)
    return replace(state, stage=stage, fault=None, said=None, is_by_hand=False)


def given_up(state: CallState, said: Message | None = None) -> CallState:
    """The call once the telephone sees it no more: it hangs until a person or the telephone speaks; talk goes on."""
    if state.stage in (Stage.DIALLING, Stage.RINGING) and not state.is_by_hand:
        return replace(state, stage=Stage.FAILED, fault=Fault.HUNG, said=said)
    return state


def by_hand(state: CallState, stage: Stage) -> CallState:
    """The call as a person says it is, whatever the telephone believes; a call that has ended stays ended."""
    is_open = state.is_live or state.fault is Fault.HUNG
    if stage is Stage.IDLE:
        return IDLE
    if not is_open or stage is state.stage:
        return state
    fault = (state.fault or Fault.UNREACHABLE) if stage is Stage.FAILED else None
    return replace(state, stage=stage, fault=fault, said=None, is_by_hand=True)


def words(state: CallState) -> Message:
    """The state as it is shown."""
    if state.stage is Stage.FAILED:
        return state.said or _FAULTS[state.fault or Fault.UNREACHABLE]
    if state.stage is Stage.RINGING and state.is_incoming:
        return message(N_("Somebody calls"))
    return _STAGES[state.stage]
