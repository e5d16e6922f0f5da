"""What keeps a result from being given: the rules the database keeps, said before it has to refuse."""

from datetime import datetime
from enum import Enum

from app.domain.words import N_, Message, message


class Missing(Enum):
    """What the agent has to do first."""

    NOTE = "note"
    CALLBACK = "callback"
    FORM = "form"


def missing_for(
    outcome: str, *, needs_note: bool, note: str, callback_at: datetime | None, form_problem: Message | None = None
) -> tuple[Missing, Message] | None:
    """What is missing for a result of this outcome, and what to tell the agent; None when it can be given.

    `form_problem` is what the campaign's forms have to say against this outcome.
    """
    if outcome == "callback" and callback_at is None:
        return Missing.CALLBACK, message(N_("Say when to call back, for example: tomorrow 10."))
    if needs_note and not note.strip():
        return Missing.NOTE, message(N_("This result needs a note. Write what was said, then give it again."))
    if form_problem is not None:
        return Missing.FORM, form_problem
    return None
