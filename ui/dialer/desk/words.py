"""What the band of the desk says: one word for what is going on, its colour, and what to do next."""

from dataclasses import dataclass

from app.domain.dialer.desk_events import AtDesk, State, Timer
from app.domain.words import N_, Message, message

__all__ = ["Look", "look_of", "next_step"]


@dataclass(frozen=True, slots=True)
class Look:
    """A word, the theme's token of its colour, and its icon."""

    word: Message
    tone: str
    icon: str


_LOOKS = {
    State.SIGNED_OUT: Look(message(N_("Not at work")), "muted", "log-out"),
    State.READY: Look(message(N_("Ready")), "muted", "check"),
    State.LOADING: Look(message(N_("The next customer is coming")), "muted", "waiting"),
    State.EMPTY: Look(message(N_("Nobody to call now")), "muted", "waiting"),
    State.READING: Look(message(N_("Reading")), "info", "customer"),
    State.COUNTING: Look(message(N_("About to call")), "warning", "call"),
    State.DIALLING: Look(message(N_("Dialling")), "warning", "call"),
    State.RINGING: Look(message(N_("Ringing")), "warning", "alert"),
    State.TALKING: Look(message(N_("In call")), "success", "call"),
    State.WRITING: Look(message(N_("Wrap-up")), "accent", "edit"),
    State.WRAPPING: Look(message(N_("Wrap-up")), "accent", "waiting"),
    State.PAUSED: Look(message(N_("Paused")), "muted", "pause"),
}


def look_of(at: AtDesk) -> Look:
    """The word and colour of a desk; a card that is open for long turns the band to danger, its word stays."""
    look = _LOOKS[at.state]
    if at.is_alerting or at.is_lost:
        return Look(look.word, "danger", "warning")
    return look


def next_step(at: AtDesk, *, left: int | None, pause: str | Message, campaign: str) -> Message | None:
    """One sentence beside the word: what is awaited, or what a key would do; else the campaign."""
    said = _wish(at, pause)
    if said is None and left is not None and at.state in (State.WRAPPING, State.WRITING):
        said = message(N_("The next customer comes in {seconds} s."), seconds=left)
    if said is None and at.state is State.READING and at.rules is not None and at.rules.calls_automatically:
        said = message(N_("Not called by itself: F9 calls."))
    return said or _PLAIN.get(at.state) or (message("{campaign}", campaign=campaign) if campaign else None)


def _wish(at: AtDesk, pause: str | Message) -> Message | None:
    """What goes before the plain word of the state."""
    reason = pause or message(N_("Pause"))
    holds: tuple[tuple[bool, Message], ...] = (
        (at.is_sending, message(N_("Saving the result"))),
        (at.is_lost, message(N_("No longer kept for you. Give a result to save your note."))),
        (at.wants_out, message(N_("You leave the campaign after this customer."))),
        (at.wants_pause, message(N_("After this customer: {reason}"), reason=reason)),
        (at.state is State.PAUSED, message("{reason}", reason=reason)),
        (at.is_alerting, message(N_("This card has been open for long."))),
    )
    return next((said for is_so, said in holds if is_so), None)


_PLAIN = {
    State.COUNTING: message(N_("Any key stops.")),
    State.EMPTY: message(N_("Callboard asks again by itself.")),
    State.WRITING: message(N_("Alt and a digit give the result and bring the next customer.")),
}

COUNTED = {State.COUNTING: Timer.COUNTDOWN, State.WRAPPING: Timer.WRAP_UP}
"""The states whose clock runs down."""
