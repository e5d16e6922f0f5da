"""The agent's desk as a state machine: an event in, the desk as it is then and what to do out.

It has no clock (timers are started by effects and come back as events), and it knows neither screen nor database.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.domain.dialer.desk_events import (
    IDLE,
    IN_CALL,
    RECHECK_SECONDS,
    AtDesk,
    Call,
    CallerGone,
    CallerRings,
    CallRefused,
    CallStands,
    CallWanted,
    Dialled,
    Do,
    Effect,
    Finished,
    HangUp,
    KeyPressed,
    Loaded,
    LoadFailed,
    Lost,
    Next,
    Nobody,
    NotSaved,
    Pause,
    ResultGiven,
    Resumed,
    RulesChanged,
    SignedIn,
    SignOut,
    Skip,
    Skipped,
    State,
    TakeCaller,
    Timer,
    TimeUp,
    Unpause,
)

__all__ = ["EVENTS", "Outcome", "step"]

Outcome = tuple[AtDesk, tuple[Effect, ...]]


def step(desk: AtDesk, event: object) -> Outcome:
    """The desk after an event and what to do; what an event cannot do in this state changes nothing."""
    move = _Move(desk)
    _RULES[type(event)](move, event)
    return move.desk, tuple(move.effects)


class _Move:
    """A desk on its way to the next, with the effects gathered on it."""

    def __init__(self, desk: AtDesk) -> None:
        self.desk = desk
        self.effects: list[Effect] = []

    def to(self, state: State, **fields: Any) -> None:
        self.desk = replace(self.desk, state=state, **fields)

    def set(self, **fields: Any) -> None:
        self.desk = replace(self.desk, **fields)

    def do(self, do: Do, **fields: Any) -> None:
        self.effects.append(Effect(do, **fields))

    def start(self, timer: Timer, seconds: int) -> None:
        if seconds > 0:
            self.set(timers=self.desk.timers | {timer})
            self.do(Do.START, timer=timer, seconds=seconds)

    def stop(self, *timers: Timer) -> None:
        for timer in timers:
            if timer in self.desk.timers:
                self.set(timers=self.desk.timers - {timer})
                self.do(Do.STOP, timer=timer)

    def load(self, *, dials_itself: bool = False, customer_id: int | None = None, is_inbound: bool = False) -> None:
        self.stop(Timer.WRAP_UP, Timer.RECHECK)
        self.to(State.LOADING, dials_itself=dials_itself, is_inbound=is_inbound, pause_reason=None)
        self.do(Do.LOAD, customer_id=customer_id)

    def rest(self) -> bool:
        """Do what the agent asked for while he was busy; False when he asked for nothing."""
        if self.desk.wants_out:
            self.leave()
        elif self.desk.wants_pause:
            self.stop(Timer.WRAP_UP, Timer.RECHECK)
            self.to(State.PAUSED, wants_pause=False)
        else:
            return False
        return True

    def leave(self) -> None:
        self.stop(*Timer)
        self.desk = AtDesk(has_caller=self.desk.has_caller)

    def clear(self) -> None:
        """The contact is over."""
        self.stop(Timer.ALERT, Timer.COUNTDOWN)
        self.set(contact=None, is_dialled=False, is_alerting=False, is_lost=False, is_sending=False, is_inbound=False)

    def dial(self) -> None:
        self.stop(Timer.COUNTDOWN, Timer.WRAP_UP)
        self.to(State.DIALLING)
        self.do(Do.DIAL)

    def hold_back(self) -> None:
        """A countdown ends without a call."""
        if self.desk.state is State.COUNTING:
            self.stop(Timer.COUNTDOWN)
            self.to(State.READING)

    def end_call(self) -> None:
        self.to(State.WRITING, is_dialled=True)
        if self.desk.rules is not None:
            self.start(Timer.WRAP_UP, self.desk.rules.wrap_up_seconds)


# --- What each event does


def _sign_in(move: _Move, event: SignedIn) -> None:
    if move.desk.is_open or move.desk.state is State.LOADING:
        return
    move.leave()
    move.to(State.READY, rules=event.rules)


def _change_rules(move: _Move, event: RulesChanged) -> None:
    if move.desk.rules is not None and move.desk.rules.campaign_id == event.rules.campaign_id:
        move.set(rules=event.rules)
        if not event.rules.calls_automatically:
            move.hold_back()


def _sign_out(move: _Move, _event: SignOut) -> None:
    if move.desk.is_open or move.desk.state is State.LOADING:
        move.set(wants_out=True, wants_pause=False)
    else:
        move.leave()


def _next(move: _Move, event: Next) -> None:
    desk = move.desk
    if desk.state in IDLE:
        # Who asks for the next customer is ready to talk; who asks for somebody by name wants to read first.
        move.load(dials_itself=event.customer_id is None, customer_id=event.customer_id)


def _take_loaded(move: _Move, event: Loaded) -> None:
    desk = move.desk
    if desk.state is not State.LOADING or desk.rules is None:
        # Nobody waits for this one: whoever is next shall have him.
        if event.contact != desk.contact:
            move.do(Do.LET_GO, contact=event.contact)
        return
    if desk.wants_out or desk.wants_pause:
        move.do(Do.LET_GO, contact=event.contact)
        move.rest()
        return
    move.to(State.READING, contact=event.contact)
    move.start(Timer.ALERT, desk.rules.alert_after_seconds)
    if desk.is_inbound:
        move.to(State.TALKING, is_dialled=True)
    elif desk.dials_itself and desk.rules.calls_automatically and not desk.has_caller:
        move.to(State.COUNTING)
        if desk.rules.call_delay_seconds > 0:
            move.start(Timer.COUNTDOWN, desk.rules.call_delay_seconds)
        else:
            move.dial()
    move.set(dials_itself=False)


def _resume(move: _Move, event: Resumed) -> None:
    desk = move.desk
    if desk.state not in IDLE or desk.rules is None:
        return
    move.stop(Timer.WRAP_UP, Timer.RECHECK)
    move.to(State.WRITING if event.is_dialled else State.READING, contact=event.contact, is_dialled=event.is_dialled)
    move.set(pause_reason=None)
    move.start(Timer.ALERT, desk.rules.alert_after_seconds)


def _find_nobody(move: _Move, _event: Nobody) -> None:
    if move.desk.state is State.LOADING and not move.rest():
        move.to(State.EMPTY, dials_itself=False)
        move.start(Timer.RECHECK, RECHECK_SECONDS)


def _fail_load(move: _Move, event: LoadFailed) -> None:
    if move.desk.state is not State.LOADING:
        return
    if event.is_closed:
        move.leave()
    elif not move.rest():
        move.to(State.READY, dials_itself=False, is_inbound=False)


def _press(move: _Move, _event: KeyPressed) -> None:
    move.hold_back()


def _time_up(move: _Move, event: TimeUp) -> None:
    desk = move.desk
    if event.timer not in desk.timers:
        return
    move.set(timers=desk.timers - {event.timer})
    if event.timer is Timer.COUNTDOWN:
        move.dial()
    elif event.timer is Timer.RECHECK:
        move.load()
    elif event.timer is Timer.WRAP_UP and desk.state is State.WRAPPING:
        move.load(dials_itself=True)
    elif desk.is_open and not desk.is_sending:
        move.set(is_alerting=True)
        move.do(Do.ALERT, timer=event.timer)


def _call(move: _Move, _event: CallWanted) -> None:
    if move.desk.can_call:
        move.dial()


def _note_dialled(move: _Move, _event: Dialled) -> None:
    if move.desk.state in IN_CALL:
        move.set(is_dialled=True)


def _refuse_call(move: _Move, _event: CallRefused) -> None:
    if move.desk.state is State.DIALLING:
        move.to(State.WRITING if move.desk.is_dialled else State.READING)


_ORDER = (State.DIALLING, State.RINGING, State.TALKING)


def _follow_call(move: _Move, event: CallStands) -> None:
    # A telephone never goes back: what comes late, or after the agent's own word, changes nothing.
    if move.desk.state not in IN_CALL:
        return
    if event.call in (Call.ENDED, Call.FAILED):
        move.end_call()
        return
    reached = State(event.call.value)
    if _ORDER.index(reached) > _ORDER.index(move.desk.state):
        move.to(reached, is_dialled=True)


def _hang_up(move: _Move, _event: HangUp) -> None:
    if move.desk.state in IN_CALL:
        move.do(Do.HANG_UP)
        if move.desk.is_dialled:
            move.end_call()
        else:
            move.to(State.READING)


def _give_result(move: _Move, event: ResultGiven) -> None:
    desk = move.desk
    if not desk.is_open or desk.is_sending:
        return
    move.stop(Timer.COUNTDOWN)
    if desk.state in IN_CALL:
        _hang_up(move, HangUp())
    move.to(State.WRITING, is_sending=True)
    move.do(Do.FINISH, status_id=event.status_id)


def _finish(move: _Move, _event: Finished) -> None:
    if not (move.desk.is_open and move.desk.is_sending):
        return
    move.clear()
    if move.rest():
        return
    if Timer.WRAP_UP in move.desk.timers:
        move.to(State.WRAPPING)
    else:
        move.load(dials_itself=True)


def _skip(move: _Move, _event: Skip) -> None:
    if move.desk.can_skip:
        move.hold_back()
        move.set(is_sending=True)
        move.do(Do.SKIP)


def _end_skip(move: _Move, _event: Skipped) -> None:
    if move.desk.is_open and move.desk.is_sending:
        move.clear()
        if not move.rest():
            move.load()


def _not_saved(move: _Move, _event: NotSaved) -> None:
    move.set(is_sending=False)


def _pause(move: _Move, event: Pause) -> None:
    move.set(pause_reason=event.reason)
    if move.desk.state is State.SIGNED_OUT:
        move.set(pause_reason=None)
        return
    move.set(wants_pause=True, wants_out=False)
    if move.desk.state in IDLE:
        move.rest()


def _unpause(move: _Move, _event: Unpause) -> None:
    move.set(wants_pause=False, pause_reason=None)
    if move.desk.state is State.PAUSED:
        move.to(State.READY)


def _lose(move: _Move, _event: Lost) -> None:
    if move.desk.is_open:
        move.hold_back()
        move.set(is_lost=True)


def _caller_rings(move: _Move, _event: CallerRings) -> None:
    move.hold_back()
    move.set(has_caller=True)


def _caller_gone(move: _Move, _event: CallerGone) -> None:
    move.set(has_caller=False)


def _take_caller(move: _Move, event: TakeCaller) -> None:
    desk = move.desk
    if not desk.can_take_caller:
        return
    move.set(has_caller=False)
    move.do(Do.ANSWER)
    if desk.state in IDLE and event.customer_id is not None:
        move.load(customer_id=event.customer_id, is_inbound=True)


_RULES: dict[type, Callable[[_Move, Any], None]] = {
    SignedIn: _sign_in,
    RulesChanged: _change_rules,
    SignOut: _sign_out,
    Next: _next,
    Loaded: _take_loaded,
    Resumed: _resume,
    Nobody: _find_nobody,
    LoadFailed: _fail_load,
    KeyPressed: _press,
    TimeUp: _time_up,
    CallWanted: _call,
    Dialled: _note_dialled,
    CallRefused: _refuse_call,
    CallStands: _follow_call,
    HangUp: _hang_up,
    ResultGiven: _give_result,
    Finished: _finish,
    Skip: _skip,
    Skipped: _end_skip,
    NotSaved: _not_saved,
    Pause: _pause,
    Unpause: _unpause,
    Lost: _lose,
    CallerRings: _caller_rings,
    CallerGone: _caller_gone,
    TakeCaller: _take_caller,
}
EVENTS = tuple(_RULES)
