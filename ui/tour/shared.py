"""The office's server: an agent logs in as himself, and the server refuses him a table he must not see."""

from contextlib import ExitStack
from typing import cast

from PySide6.QtWidgets import QWidget

from app import bootstrap
from app.cli.simulate import server
from app.services.people.logins import entry
from ui.application import Desktop
from ui.rights.window import RightsWindow
from ui.tour.hands import TourError, wait
from ui.tour.stage import Stage

__all__ = ["Shared"]

_CLOSED = "user_passwords"
_NAMES = {"en": "Ann Green", "it": "Anna Verdi", "he": "ענת ירוק"}


class Shared:
    """A server of its own, gone with the tour; what is asked of it is asked as the agent, never as its owner."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._lent = ExitStack()
        self._desktop: Desktop | None = None

    def log_in(self) -> QWidget:
        """The server is made ready as an office's is, an agent gets a log-in, and works with it."""
        name = _NAMES.get(self._stage.language, _NAMES["en"])
        url = self._lent.enter_context(server.lent(name, "agent", self._stage.language))
        workplace = bootstrap.open_desktop(url)
        me = workplace.backend.execute(entry).me
        if me is None:
            raise TourError("the server does not know the agent")
        desktop = self._desktop = self._stage.open_on(workplace, me, "server")
        wait(lambda: desktop.tasks.is_idle, "the agent's window to be read")
        return desktop.window

    def be_refused(self) -> QWidget:
        """What the log-in may do is asked of the server, and a look into a closed table is refused by it."""
        if self._desktop is None:
            raise TourError("nobody logged in")
        self._desktop.window.desk.commands.run("window.rights")
        shown = cast(RightsWindow, self._desktop.window.findChild(RightsWindow))
        wait(lambda: bool(shown.rows), "the rights to be read")
        shown.choose(_CLOSED)
        shown.try_button.click()
        wait(lambda: bool(shown.answer.text()), "the server's answer")
        if not next(row for row in shown.rows if row.table == _CLOSED).is_closed or shown.tried is None:
            raise TourError("the server did not answer")
        if not shown.tried.is_refused:
            raise TourError(f"the agent saw {_CLOSED}")
        return shown

    def close(self) -> None:
        """Take the server away, once its windows are closed."""
        self._lent.close()
