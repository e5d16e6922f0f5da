"""Some seconds after the start an administrator is told what is to be put right on the server, once in a week."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Slot

from app.domain.people import Permission
from app.domain.words import N_, Message, message
from app.i18n import say
from ui.kit.screen import Desk

__all__ = ["ServerSafety"]

log = logging.getLogger(__name__)

_TOLD = "server.told"


class ServerSafety(QObject):
    """Known holes, lines others can read, functions of an old text; nobody else is bothered with them."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk

    @Slot()
    def begin(self) -> None:
        """Ask the server in the background."""
        if self._desk.tasks.is_closed or not self._desk.person.may(Permission.ADMINISTER):
            return
        from app.services.company.safety import server_warnings

        self._desk.tasks.read(server_warnings).then(self._tell, self._leave)

    @Slot(object)
    def _tell(self, warnings: Sequence[Message]) -> None:
        for warning in warnings:
            log.warning("%s", say(warning))
        week = "-".join(map(str, datetime.now(UTC).isocalendar()[:2]))
        told = f"{week} {' '.join(warning.text for warning in warnings)}"
        if not warnings or self._desk.memory.get(_TOLD) == told:
            return
        self._desk.memory.put(_TOLD, told)
        hint = warnings[1] if len(warnings) > 1 else message(N_("Everything about it is told by: callboard doctor"))
        self._desk.messages.warning(warnings[0], hint)

    @Slot(object)
    def _leave(self, problem: Exception) -> None:
        """Nobody asked for it: it is tried again at the next start."""
        log.warning("the server was not looked at: %s", problem)
