"""Who else has this card open, and whether he is writing on it: a quiet line that comes and goes by itself."""

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.domain.people import Permission
from app.i18n import _n
from app.services.presence.open_cards import Present, others
from ui.kit import icons, theme
from ui.kit.bidi import isolate, sided
from ui.kit.presence import open_cards_of
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.styled import styled

__all__ = ["PresentLine"]

_LOOKS_AGAIN_MS = 20_000
"""A desktop that died tells nobody; while somebody is shown it is looked again whether he is there."""

_TABLES = frozenset({"tickets", "customers", "tasks"})
"""Whose cards are told about."""

_WRITERS = frozenset({Permission.EDIT_TICKETS, Permission.EDIT_CUSTOMERS, Permission.WORK_TASKS, Permission.DIAL})


class PresentLine(QWidget):
    """For the cards of one table; hidden while nobody else is there. Says of this desktop what card is shown, too."""

    def __init__(self, desk: Desk, table: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._table = table
        self._row_id: int | None = None
        self._is_editing = False
        self._present: tuple[Present, ...] = ()
        self._asked = Latest(desk.tasks)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme.scale(4), 0, theme.scale(4))
        row.setSpacing(theme.scale(6))
        self._picture = QLabel()
        self.words = styled(QLabel(), "secondary")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        row.addWidget(self._picture)
        row.addWidget(self.words, 1)
        self._again = QTimer(self)
        self._again.setInterval(_LOOKS_AGAIN_MS)
        self._again.timeout.connect(self._look)
        desk.bridge.rows_changed.connect(self._hear)
        self._texts = Texts(self)
        self._texts.redo(self._say, key="say")
        theme.news.changed.connect(self._say)
        self.hide()

    @property
    def present(self) -> tuple[Present, ...]:
        """Who is shown."""
        return self._present

    def turn_to(self, row_id: int | None) -> None:
        """The card shows this row now, or none."""
        if row_id == self._row_id or self._table not in _TABLES:
            return
        if self._row_id is not None:
            open_cards_of(self._desk).put_away(self._table, self._row_id)
        self._row_id, self._is_editing = row_id, False
        self._asked.cancel()
        self._take(())
        self._tell()
        self._look()

    def writing(self, *, on: bool) -> None:
        """Whether something is typed on the card and not saved."""
        if on != self._is_editing:
            self._is_editing = on
            self._tell()

    def _tell(self) -> None:
        # Who may only look disturbs nobody.
        if self._row_id is not None and any(self._desk.person.may(each) for each in _WRITERS):
            open_cards_of(self._desk).show(self._table, self._row_id, is_editing=self._is_editing)

    @Slot(str, object)
    def _hear(self, table: str, ids: frozenset[int] | None) -> None:
        if table == f"open_{self._table}" and self._row_id is not None and (ids is None or self._row_id in ids):
            self._look()

    @Slot()
    def _look(self) -> None:
        if self._row_id is not None and not self._desk.tasks.is_closed:
            self._asked.read(others, self._table, self._row_id).then(self._take, self._leave)

    @Slot(object)
    def _take(self, found: tuple[Present, ...]) -> None:
        self._present = found
        if found and not self._again.isActive():
            self._again.start()
        elif not found:
            self._again.stop()
        self._say()

    @Slot(object)
    def _leave(self, _problem: Exception) -> None:
        """Without the server nobody knows; the status row says so."""
        self._take(())

    @Slot()
    def _say(self) -> None:
        self.setVisible(bool(self._present))
        if not self._present:
            return
        writers = [each for each in self._present if each.is_editing]
        size = theme.scale(16)
        self._picture.setPixmap(icons.icon("edit" if writers else "user", "muted").pixmap(QSize(size, size)))
        shown = writers or list(self._present)
        # A single name is set apart by the sentence; several are listed the way the language reads.
        names = shown[0].name if len(shown) == 1 else sided(", ".join(isolate(each.name) for each in shown))
        if writers:
            self.words.setText(
                _n("{names} is writing on this card.", "{names} are writing on this card.", len(shown), names=names)
            )
        else:
            self.words.setText(
                _n("{names} has this card open.", "{names} have this card open.", len(shown), names=names)
            )
