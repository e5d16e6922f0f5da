"""The one door through which people are told things: a line above the content, with an action where there is one."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from itertools import count

from PySide6.QtCore import QObject, Signal

from app import i18n
from app.domain.errors import UserError
from app.domain.words import Message, message

__all__ = ["Kind", "Messages", "Notice", "Offer"]

log = logging.getLogger(__name__)
_numbers = count(1)


class Kind(Enum):
    """What sort of message it is; the value is the icon's meaning and the theme token's name."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Offer:
    """An action beside a message: `text` is catalogue text such as N_("Undo")."""

    text: str
    do: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to the person; `seconds` 0 stays until it is closed or replaced."""

    kind: Kind
    text: Message
    hint: Message | None = None
    offer: Offer | None = None
    seconds: int = 8
    at: datetime = field(default_factory=lambda: datetime.now().astimezone())
    number: int = field(default_factory=lambda: next(_numbers))

    def words(self) -> str:
        """The whole message in the language in use."""
        said = i18n.say(self.text)
        return f"{said} {i18n.say(self.hint)}" if self.hint else said


class Messages(QObject):
    """Takes messages from everywhere on the GUI thread; the frame's bar shows them.

    Signals: `posted(Notice)`, `withdrawn(Notice)`, `crashed(exception)` for what nobody foresaw.
    """

    posted = Signal(object)
    withdrawn = Signal(object)
    crashed = Signal(object)

    def info(self, text: Message | str, *, offer: Offer | None = None) -> Notice:
        """Tell something; a str is catalogue text without fields."""
        return self._post(Kind.INFO, text, None, offer, 8)

    def success(self, text: Message | str, *, offer: Offer | None = None) -> Notice:
        """Tell that something was done: "Moved to 11:00." with an offer to undo."""
        return self._post(Kind.SUCCESS, text, None, offer, 8)

    def warning(self, text: Message | str, hint: Message | str | None = None, *, offer: Offer | None = None) -> Notice:
        """Tell that something needs attention."""
        return self._post(Kind.WARNING, text, hint, offer, 15)

    def error(self, text: Message | str, hint: Message | str | None = None, *, offer: Offer | None = None) -> Notice:
        """Tell that something was not done; stays until closed."""
        return self._post(Kind.ERROR, text, hint, offer, 0)

    def show_error(self, problem: Exception, *, offer: Offer | None = None) -> None:
        """A UserError in its own words; anything else is logged and opens the crash dialog."""
        if isinstance(problem, UserError):
            log.info("told the person: %s", problem)
            self.error(problem.what, problem.hint, offer=offer)
            return
        log.error("unexpected failure", exc_info=problem)
        self.crashed.emit(problem)

    def withdraw(self, notice: Notice) -> None:
        """Take a message back because it is no longer true."""
        self.withdrawn.emit(notice)

    def _post(
        self, kind: Kind, text: Message | str, hint: Message | str | None, offer: Offer | None, seconds: int
    ) -> Notice:
        notice = Notice(kind, _as_message(text), _as_message(hint) if hint else None, offer, seconds)
        self.posted.emit(notice)
        return notice


def _as_message(text: Message | str) -> Message:
    return message(text) if isinstance(text, str) else text
