"""The page of the backup: of a single seat's file it makes them and goes back to them, of a server it says who does."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from app.services.backup.place import Place, place
from ui.admin.backup_seat import SeatBackups
from ui.admin.backup_server import ServerBackups
from ui.admin.page import PageView
from ui.kit import theme
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.widgets.page import ScrolledPage
from ui.widgets.styled import heading, secondary, styled, tool_row

__all__ = ["BackupView"]


class BackupView(PageView):
    """Which of the two it is comes from the database itself."""

    def __init__(self, desk: Desk, text: str, about: str) -> None:
        super().__init__()
        self._desk = desk
        self._reading = Latest(desk.tasks)
        self.seat: SeatBackups | None = None
        self.server: ServerBackups | None = None
        styled(self, "surface")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head, line = tool_row()
        texts = QVBoxLayout()
        texts.setSpacing(theme.scale(2))
        texts.addWidget(heading(text))
        texts.addWidget(secondary(about))
        line.addLayout(texts, 1)
        column.addWidget(head)
        self._holder = QWidget()
        self._pages = QStackedLayout(self._holder)
        column.addWidget(self._holder, 1)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Look anew what there is."""
        if self.seat is not None:
            self.seat.refresh()
        elif not self._desk.tasks.is_closed:
            self._reading.read(place).then(self._show)

    @Slot(object)
    def _show(self, found: Place) -> None:
        if self._pages.count():
            return
        if found.file is not None:
            self.seat = SeatBackups(self._desk, found.file)
            self._pages.addWidget(self.seat)
            self.setFocusProxy(self.seat)
        else:
            self.server = ServerBackups(found)
            self._pages.addWidget(ScrolledPage(self.server))
            self.setFocusProxy(self.server)
