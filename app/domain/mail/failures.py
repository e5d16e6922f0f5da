"""Why a mail did not leave: kept as a code with the server's own words, told as a sentence."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from app.domain.words import N_, Message, message


class Failure(StrEnum):
    """What stood in the way."""

    ADDRESS = "ADDRESS"
    NO_ACCOUNT = "NO_ACCOUNT"
    NO_SECRET = "NO_SECRET"
    UNREACHABLE = "UNREACHABLE"
    ENCRYPTION = "ENCRYPTION"
    LOGIN = "LOGIN"
    LATER = "LATER"
    LOST = "LOST"
    REFUSED = "REFUSED"
    TOO_LARGE = "TOO_LARGE"
    BROKEN = "BROKEN"
    BOUNCED = "BOUNCED"


PERMANENT = frozenset({Failure.ADDRESS, Failure.REFUSED, Failure.TOO_LARGE, Failure.BROKEN})
"""What another attempt would not change."""

OF_ACCOUNT = frozenset({Failure.NO_ACCOUNT, Failure.NO_SECRET, Failure.UNREACHABLE, Failure.ENCRYPTION, Failure.LOGIN})
"""What concerns the mailbox, so that its next mail need not be tried."""

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        Failure.ADDRESS: N_("This is not a mail address."),
        Failure.NO_ACCOUNT: N_("The office has no mailbox to send from."),
        Failure.NO_SECRET: N_("The computer that sends does not have the password of {detail}."),
        Failure.UNREACHABLE: N_("The mail server does not answer: {detail}"),
        Failure.ENCRYPTION: N_("The connection to the mail server could not be made secure: {detail}"),
        Failure.LOGIN: N_("The mail server did not accept the log-in: {detail}"),
        Failure.LATER: N_("The mail server asked to try again later: {detail}"),
        Failure.LOST: N_("The connection was lost while the mail was handed over: {detail}"),
        Failure.REFUSED: N_("The mail server refused the mail: {detail}"),
        Failure.TOO_LARGE: N_("The mail is too large to be sent: {detail}"),
        Failure.BROKEN: N_("The mail could not be made. The log of the computer that sends says why."),
        Failure.BOUNCED: N_("The mail came back: {detail}"),
    }
)


def stored(failure: Failure, detail: str = "") -> str:
    """The failure as a row keeps it."""
    return f"{failure.value} {detail}".strip()


def told(kept: str) -> Message:
    """The sentence of a failure that a row keeps."""
    code, _space, detail = kept.partition(" ")
    words = _WORDS.get(code)
    return message(words, detail=detail) if words else message(N_("The mail was not sent: {detail}"), detail=kept)
