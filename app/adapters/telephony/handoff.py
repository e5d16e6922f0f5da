"""Calls handed to the telephone program of this computer by an address; what becomes of them is not seen."""

import re
from typing import ClassVar
from urllib.parse import quote

from app.adapters.telephony.port import Tell
from app.domain.dialer.calls import Fault, Sign, Told

__all__ = ["Handoff", "address"]

_DIALLED = re.compile(r"\+?[0-9*#]{2,20}", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(:[0-9]{1,5})?", re.ASCII)


def address(number: str, scheme: str = "tel", host: str = "") -> str | None:
    """`tel:+39...` or `sip:+39...@host`; None for what is not a number or a host, so that nothing else is opened."""
    if not _DIALLED.fullmatch(number):
        return None
    dialled = quote(number, safe="+*")
    if scheme == "sip":
        return f"sip:{dialled}@{host}" if _HOST.fullmatch(host) else None
    return f"tel:{dialled}"


class Handoff:
    """Makes the address; the window opens it with what the system has for it."""

    sees_state: ClassVar[bool] = False
    can_answer: ClassVar[bool] = False

    def __init__(self, tell: Tell, scheme: str = "tel", host: str = "") -> None:
        self._tell = tell
        self._scheme = scheme
        self._host = host

    def dial(self, number: str, token: str) -> None:
        """Ask for the address to be opened."""
        made = address(number, self._scheme, self._host)
        if made is None:
            fault = Fault.NO_TELEPHONE if address(number) else Fault.WRONG_NUMBER
            self._tell(Sign(Told.FAILED, token, fault))
        else:
            self._tell(Sign(Told.OPEN, token, text=made))

    def answer(self, token: str) -> None:
        """The agent does that at his telephone."""

    def hang_up(self, token: str) -> None:
        """The agent does that at his telephone; here the call is over."""
        self._tell(Sign(Told.ENDED, token))

    def close(self) -> None:
        """There is nothing to end."""
