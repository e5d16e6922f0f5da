"""Files of a ticket between this computer and the database; what comes from there is shown, never run."""

from functools import partial
from pathlib import Path
from tempfile import mkdtemp

from PySide6.QtCore import QObject, QTemporaryDir, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.errors import UserError
from app.domain.tickets.files import LARGEST, clean_name, is_opened, too_large
from app.domain.words import N_, message
from app.i18n import _
from app.services.tickets import files
from app.services.tickets.files import Content
from ui.kit.screen import Desk

__all__ = ["FileHands"]


class FileHands(QObject):
    """Adds, opens and saves files. Signal: `added(ticket id)` when one lies with its ticket."""

    added = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self._window = parent
        self._folder: QTemporaryDir | None = None

    def choose(self, ticket_id: int) -> None:
        """Ask which files to add."""
        before = self._desk.memory.get("tickets.folder")
        names, _kind = QFileDialog.getOpenFileNames(self._window, _("Add files"), before)
        if names:
            self._desk.memory.put("tickets.folder", str(Path(names[0]).parent))
            self.add(ticket_id, [Path(name) for name in names])

    def add(self, ticket_id: int, paths: list[Path]) -> None:
        """Lay these files down with a ticket, each by itself."""
        for path in paths:

            def send(content: Content) -> None:
                job = self._desk.tasks.write(files.add, content.name, content.content, ticket_id=ticket_id)
                job.then(partial(self._added, ticket_id))

            self._desk.tasks.run(take, path).then(send)

    def _added(self, ticket_id: int, _key: int) -> None:
        self.added.emit(ticket_id)

    def open(self, file_id: int) -> None:
        """Show a file with the program this computer has for it."""
        if self._folder is None:
            self._folder = QTemporaryDir()
        self._desk.tasks.read(files.read, file_id).then(self._put_and_show)

    def _put_and_show(self, content: Content) -> None:
        assert self._folder is not None
        if is_opened(content.name):
            self._desk.tasks.run(put_aside, Path(self._folder.path()), content).then(self._show)

    def _show(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._desk.messages.warning(message(N_("No program here shows {name}. Save it instead."), name=path.name))

    def save(self, file_id: int, name: str) -> None:
        """Ask where to, and save a file there."""
        suggested = Path(self._desk.memory.get("tickets.folder")) / clean_name(name)
        chosen, _kind = QFileDialog.getSaveFileName(self._window, _("Save the file"), str(suggested))
        if chosen:
            self.save_to(file_id, Path(chosen))

    def save_to(self, file_id: int, path: Path) -> None:
        """Save a file under this name."""

        def write(content: Content) -> None:
            self._desk.tasks.run(put, path, content).then(self._tell_saved)

        self._desk.tasks.read(files.read, file_id).then(write)

    def _tell_saved(self, path: Path) -> None:
        self._desk.messages.success(message(N_("Saved as {name}."), name=path.name))


def take(path: Path) -> Content:
    """The file, unless it is too large or cannot be read."""
    try:
        if path.stat().st_size > LARGEST:
            raise too_large(path.name)
        return Content(path.name, "", path.read_bytes())
    except OSError as problem:
        raise UserError(
            message(N_("{name} cannot be read."), name=path.name), message(N_("It was not added. Try another file."))
        ) from problem


def put(path: Path, content: Content) -> Path:
    """Write the file; it is never made one that can be run."""
    try:
        path.write_bytes(content.content)
    except OSError as problem:
        raise UserError(
            message(N_("{name} cannot be written."), name=path.name), message(N_("Choose another folder."))
        ) from problem
    return path


def put_aside(folder: Path, content: Content) -> Path:
    """Write the file where only this person can read it, beside no other."""
    path = Path(mkdtemp(dir=folder)) / clean_name(content.name)
    put(path, content)
    path.chmod(0o400)
    return path
