"""Some seconds after the start a single seat's file is looked through and backed up, then once a day; nobody waits."""

import logging
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from app.domain.people import Permission
from app.domain.words import N_, message
from ui.kit.bidi import isolate
from ui.kit.messages import Offer
from ui.kit.screen import Desk

__all__ = ["DailyBackup"]

log = logging.getLogger(__name__)

_AGAIN_MS = 60 * 60 * 1000


class DailyBackup(QObject):
    """Of the file this desktop has open; a server is backed up where it runs."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._live: Path | None = None
        self._has_told = False
        # Each hour: a program that stays open for weeks makes one on every day of them.
        self._hourly = QTimer(self)
        self._hourly.setInterval(_AGAIN_MS)
        self._hourly.timeout.connect(self.look)

    @Slot()
    def begin(self) -> None:
        """From now on, where there is a file."""
        if not self._desk.tasks.is_closed:
            from app.services.backup.place import place

            self._desk.tasks.read(place).then(self._meet, self._leave)

    @Slot(object)
    def _meet(self, found: object) -> None:
        self._live = getattr(found, "file", None)
        if self._live is not None:
            self._hourly.start()
            self.look()

    @Slot()
    def look(self) -> None:
        """Look the file through, and back it up where today's is missing."""
        if self._desk.tasks.is_closed or self._live is None:
            return
        from app.services.backup import seat

        settings = self._desk.preferences.settings
        folder = seat.folder_of(self._live, settings.backup_folder)
        self._desk.tasks.run(seat.check, self._live, folder, settings.backups_kept).then(self._tell, self._leave)

    @Slot(object)
    def _tell(self, checked: object) -> None:
        from app.services.backup.seat import Checked

        assert isinstance(checked, Checked)
        if checked.is_sound or self._has_told:
            return
        self._has_told = True
        hint = message(N_("There is no backup of it. Enter nothing more and ask for help."))
        offer = None
        if checked.newest is not None:
            name = isolate(checked.newest.path.name)
            hint = message(N_("Enter nothing more. The newest good backup is {name}."), name=name)
            if self._desk.person.may(Permission.ADMINISTER):
                offer = Offer(N_("Go back…"), self._show_backups)
        self._desk.messages.error(N_("The database file is damaged."), hint, offer=offer)

    def _show_backups(self) -> None:
        self._desk.commands.run("admin.backup")

    def _leave(self, problem: Exception) -> None:
        """Nobody asked for it now; a folder that cannot be written is told, once."""
        log.warning("not backed up: %s", problem)
        if not self._has_told:
            self._has_told = True
            self._desk.messages.show_error(problem)
