"""What the agent's desk is made of: its states, what can happen to it, and what it wants done (see `desk`)."""

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """What an agent is doing; what else holds stands in the fields of `AtDesk`."""

    SIGNED_OUT = "signed_out"
    READY = "ready"
    LOADING = "loading"
    EMPTY = "empty"
    READING = "reading"
    COUNTING = "counting"
    DIALLING = "dialling"
    RINGING = "ringing"
    TALKING = "talking"
    WRITING = "writing"
    WRAPPING = "wrapping"
    PAUSED = "paused"


IN_CALL = frozenset({State.DIALLING, State.RINGING, State.TALKING})
OPEN = frozenset({State.READING, State.COUNTING, State.WRITING, *IN_CALL})
"""The states with a customer on the desk."""
IDLE = frozenset({State.READY, State.EMPTY, State.WRAPPING, State.PAUSED})
"""The states in which a customer can be asked for."""


class Timer(Enum):
    """What the desk waits for: to dial, to tell that the card is open long, to load the next, to ask again."""

    COUNTDOWN = "countdown"
    ALERT = "alert"
    WRAP_UP = "wrap_up"
    RECHECK = "recheck"


RECHECK_SECONDS = 20
"""With nobody to call, the desk asks again after so many seconds."""


class Do(Enum):
    """What a desk wants done."""

    LOAD = "load"
    DIAL = "dial"
    HANG_UP = "hang_up"
    ANSWER = "answer"
    FINISH = "finish"
    SKIP = "skip"
    LET_GO = "let_go"
    ALERT = "alert"
    START = "start"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Effect:
    """Something to be done; LOAD of a certain customer names him, LET_GO its contact, FINISH the result, START and
    STOP their timer.
    """

    do: Do
    timer: Timer | None = None
    seconds: int = 0
    customer_id: int | None = None
    contact: str | None = None
    status_id: int = 0


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What a campaign says of the desk; 0 seconds mean none."""

    campaign_id: int
    calls_automatically: bool = False
    call_delay_seconds: int = 5
    alert_after_seconds: int = 60
    wrap_up_seconds: int = 0


@dataclass(frozen=True, slots=True)
class AtDesk:
    """A desk at one moment. `contact` is the key of the customer on it; `dials_itself` says that the customer being
    loaded may be dialled without a key, which is so after a finished contact only.
    """

    state: State = State.SIGNED_OUT
    rules: DeskRules | None = None
    contact: str | None = None
    dials_itself: bool = False
    is_inbound: bool = False
    is_dialled: bool = False
    is_alerting: bool = False
    is_lost: bool = False
    is_sending: bool = False
    wants_pause: bool = False
    wants_out: bool = False
    has_caller: bool = False
    pause_reason: int | None = None
    timers: frozenset[Timer] = frozenset()

    @property
    def is_open(self) -> bool:
        """Whether a customer is on the desk."""
        return self.contact is not None

    @property
    def can_call(self) -> bool:
        """Whether the customer may be called now."""
        return self.state in OPEN - IN_CALL and not self.is_sending and not self.is_lost

    @property
    def can_skip(self) -> bool:
        """Whether the customer may be left out: he was not called."""
        return self.state in (State.READING, State.COUNTING) and not self.is_dialled and not self.is_sending

    @property
    def can_be_answered(self) -> bool:
        """Whether the agent may say that somebody has answered."""
        return self.state in (State.DIALLING, State.RINGING) and self.is_dialled

    @property
    def can_take_caller(self) -> bool:
        """Whether somebody rings and no other call is under way."""
        return self.has_caller and self.state not in IN_CALL


class Call(Enum):
    """How a call stands, as the telephone or the agent's own hand says."""

    DIALLING = "dialling"
    RINGING = "ringing"
    TALKING = "talking"
    ENDED = "ended"
    FAILED = "failed"


# --- Events


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The agent begins to work in a campaign."""

    rules: DeskRules


@dataclass(frozen=True, slots=True)
class RulesChanged:
    """The campaign's rules are others now."""

    rules: DeskRules


class SignOut:
    """The agent wants to leave the campaign."""


@dataclass(frozen=True, slots=True)
class Next:
    """The agent asks for the next customer, or for a certain one."""

    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A customer has come, under the key of his contact."""

    contact: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """The customer who was on the desk when the program ended is back."""

    contact: str
    is_dialled: bool = False


class Nobody:
    """There is nobody to call now."""


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """No customer could be asked for."""

    is_closed: bool = False


class KeyPressed:
    """Any key."""


@dataclass(frozen=True, slots=True)
class TimeUp:
    """A timer has run out."""

    timer: Timer


class CallWanted:
    """The agent wants the customer called."""


class Dialled:
    """The call was allowed and is on its way to the telephone."""


class CallRefused:
    """The call may not or cannot be made."""


@dataclass(frozen=True, slots=True)
class CallStands:
    """The call stands so."""

    call: Call


class HangUp:
    """The agent ends the call."""


@dataclass(frozen=True, slots=True)
class ResultGiven:
    """The agent has given the contact its result."""

    status_id: int = 0


class Finished:
    """The result is saved."""


class Skip:
    """The agent leaves this customer out."""


class Skipped:
    """The skip is saved."""


class NotSaved:
    """The result or the skip could not be saved."""


@dataclass(frozen=True, slots=True)
class Pause:
    """The agent wants to be away for a while."""

    reason: int | None = None


class Unpause:
    """The agent is back, or stays after all."""


class Lost:
    """The customer is no longer kept for this desk."""


class CallerRings:
    """Somebody calls."""


class CallerGone:
    """The caller has given up, or is not answered."""


@dataclass(frozen=True, slots=True)
class TakeCaller:
    """The agent answers; a known caller's card is wanted."""

    customer_id: int | None = None
