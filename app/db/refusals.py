"""What the database's own guards say, put into the errors of the domain.

A guard (trigger, exclusion, check) raises a text that starts with `callboard:CODE`, or breaks a constraint that is
listed here. Whatever is in neither list stays what it is: a bug with a trace.
"""

import re
from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from app.db.steps import mismatch
from app.domain.errors import (
    DatabaseUnavailable,
    LogInRefused,
    NoRoom,
    OutcomeUnknown,
    ReadOnlyServer,
    Refused,
    UserError,
)
from app.domain.tickets.fields import missing
from app.domain.words import N_, Message, message

_CODE = re.compile(r"callboard:([A-Z_]+)(?::([^\n]+))?")

_UNDONE = message(N_("Nothing was changed."))

_WORDS: dict[str, Message] = {
    "OVERLAP": message(N_("The technician already has a visit at that time.")),
    "GREY": message(N_("The technician is not present for the whole of that time.")),
    "INACTIVE": message(N_("That person is no longer active.")),
    "FORBIDDEN": message(N_("Your role does not allow this.")),
    "TAKEN": message(N_("Another row already has this name or key.")),
    "USED": message(N_("Other rows still use this one.")),
    "SCHEDULED": message(N_("This call is already on the plan.")),
    "LOOP": message(N_("These stages would open each other's tasks without end.")),
    "BUILT_IN": message(N_("The roles that come with Callboard stay as they are.")),
    "LAST": message(N_("Somebody has to stay administrator.")),
    "TOO_LONG": message(N_("A text is longer than the database can look up.")),
    "KEPT": message(N_("What was done is kept as it was written.")),
}

_CONSTRAINTS = {
    "ex_visits_technician_time": "OVERLAP",
    "uq_visits_task_active": "SCHEDULED",
    "uq_points_entries_reverses_id": "REVERSED",
    "ck_stage_points_exact": "POINTS",
    "ck_stage_points_redemption": "REDEMPTION",
}

_STATES = {"42501": "FORBIDDEN", "54000": "TOO_LONG"}

_OUT_OF_TIME: dict[str, Message] = {
    "55P03": message(N_("Somebody else is changing this and has not finished.")),
    "57014": message(N_("The server stopped this because it took too long.")),
}


def explain(error: DBAPIError) -> UserError | None:
    """The error in a person's words, or None when it is not one a person can do anything about."""
    text = str(error.orig)
    state = getattr(error.orig, "sqlstate", None) or ""
    if found := _CODE.search(text):
        return _guarded(found[1], found[2])
    if lost := _lost(error, state, text):
        return lost
    if state in _STATES:
        return refused(_STATES[state])
    if isinstance(error, IntegrityError):
        return refused(_constraint_code(text, state))
    return None


def _guarded(code: str, told: str | None) -> UserError:
    if code == "SCHEMA":
        return mismatch((told or "").strip('"'))
    if code == "MISSING" and told:
        return missing(told.split("|"))
    return _too_little(told) if code == "BALANCE" and told else refused(code)


def out_of_time(error: DBAPIError) -> UserError | None:
    """What the server gave up waiting for, in a person's words; None for any other error."""
    words = _OUT_OF_TIME.get(getattr(error.orig, "sqlstate", None) or "")
    if words is None:
        return None
    return Refused("BUSY", words, message(N_("Nothing was changed; what you typed is kept. Try again in a moment.")))


def refused(code: str) -> Refused:
    """The refusal of a guard by its code."""
    words = _WORDS.get(code) or _words_of_features().get(code)
    return Refused(code, words or message(N_("The database refused this change.")), _UNDONE)


def _words_of_features() -> Mapping[str, Message]:
    # Not needed by the start of a desktop.
    from app.domain.dialer import standing
    from app.domain.points import refusals

    return {**standing.REFUSALS, **refusals.REFUSALS}


def _too_little(numbers: str) -> UserError:
    from app.domain.points.refusals import too_little

    return too_little(*numbers.split("|"))


def unavailable() -> DatabaseUnavailable:
    """The server or the file does not answer."""
    return DatabaseUnavailable(
        message(N_("The database does not answer.")),
        message(N_("Your change is not saved. Check the connection, then try again.")),
    )


def outcome_unknown() -> OutcomeUnknown:
    """The answer to a commit did not come."""
    return OutcomeUnknown(
        message(N_("We do not know yet whether this was saved.")),
        message(
            N_("The line was lost in that moment. It will be looked up when the server answers; keep what you typed.")
        ),
    )


def _lost(error: DBAPIError, state: str, text: str) -> DatabaseUnavailable | None:
    if _is_unsure(error):
        return outcome_unknown()
    if told := _standstill(state, text) or _barred(text):
        return told
    is_lost = error.connection_invalidated or state.startswith(("08", "57P")) or _is_unreachable(error, text)
    return unavailable() if is_lost else None


def _is_unsure(error: DBAPIError) -> bool:
    # What the COMMIT of app.db.together leaves behind, which a single seat never loads.
    return type(getattr(error.orig, "__cause__", None)).__name__ == "Unsure"


def _standstill(state: str, text: str) -> DatabaseUnavailable | None:
    """The server answers, and no change can be made."""
    kept = message(N_("Your change is not saved; what you typed is kept."))
    if state == "25006" or "session is read-only" in text or "is not a primary" in text:
        return ReadOnlyServer(message(N_("The server takes no changes now; what is there can be read.")), kept)
    if state in ("53100", "53400") or "database or disk is full" in text:
        return NoRoom(message(N_("The server's disk is full. Tell your administrator.")), kept)
    if state == "53300" or "too many clients" in text or "remaining connection slots" in text:
        return NoRoom(message(N_("The server takes no more connections now. Tell your administrator.")), kept)
    return None


def _barred(text: str) -> DatabaseUnavailable | None:
    """The server answers, and does not let this log-in in; it gives no code before somebody is in."""
    if "not permitted to log in" in text:
        return LogInRefused(
            message(N_("Your log-in was disabled.")),
            message(N_("Your change is not saved; what you typed is kept.")),
        )
    return None


def _is_unreachable(error: DBAPIError, text: str) -> bool:
    if not isinstance(error, OperationalError):
        return False
    return getattr(error.orig, "sqlstate", "sqlite") is None or "unable to open database" in text


def _constraint_code(text: str, state: str) -> str:
    for name, code in _CONSTRAINTS.items():
        if name in text:
            return code
    if "visits.task_id" in text:
        return "SCHEDULED"
    if state == "23505" or "UNIQUE constraint" in text:
        return "TAKEN"
    if state == "23503" or "FOREIGN KEY constraint" in text:
        return "USED"
    return "CHECK"
