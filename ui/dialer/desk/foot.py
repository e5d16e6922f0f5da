"""Under the card: the note with the cursor in it, when to call back, and the row of results."""

from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QTextEdit, QVBoxLayout, QWidget

from app.domain.words import N_
from app.services.dialer.card import DialCard
from ui.dialer.desk.contact import Typed
from ui.dialer.desk.results import ResultRow
from ui.dialer.panes.words import zone_of
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.moment_field import MomentField
from ui.widgets.styled import body, styled

__all__ = ["Foot"]


class Foot(QWidget):
    """Signals: `typed()` with every edit, `given(status id)`, `callback_given()` when Return ends a moment."""

    typed = Signal()
    given = Signal(object)
    callback_given = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(self, "toolrow")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._is_filling = False
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 12)])
        column.setSpacing(theme.scale(10))
        row = QHBoxLayout()
        row.setSpacing(theme.scale(16))
        self.note = QTextEdit()
        self.note.setAcceptRichText(False)
        self.note.setTabChangesFocus(True)
        self.moment = MomentField(optional=True)
        self.is_mine = QCheckBox()
        self.results = ResultRow()
        row.addLayout(self._note_column(), 3)
        row.addLayout(self._moment_column(), 2)
        column.addLayout(row)
        column.addWidget(self.results)
        self.note.textChanged.connect(self._edit)
        self.moment.changed.connect(self._edit)
        self.moment.submitted.connect(self.callback_given)
        self.is_mine.toggled.connect(self._edit)
        self.results.given.connect(self.given)

    def _note_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.scale(4))
        label = body(N_("Note"))
        label.setBuddy(self.note)
        self.note.setMinimumHeight(theme.scale(44))
        self.note.setMaximumHeight(theme.scale(84))
        column.addWidget(label)
        column.addWidget(self.note)
        column.addStretch(1)
        texts = Texts(self)
        texts.bind(self.note.setPlaceholderText, N_("What was said"))
        texts.bind(self.note.setAccessibleName, N_("Note"))
        return column

    def _moment_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(theme.scale(4))
        label = body(N_("Call back"))
        label.setBuddy(self.moment)
        self.is_mine.setChecked(True)
        column.addWidget(label)
        column.addWidget(self.moment)
        column.addWidget(self.is_mine)
        column.addStretch(1)
        texts = Texts(self)
        texts.bind(self.is_mine.setText, N_("I call back myself"))
        texts.bind(self.is_mine.setToolTip, N_("Otherwise whoever is free then gets this customer."))
        texts.bind(self.moment.line.setAccessibleName, N_("Call back"))
        return column

    def show_contact(self, card: DialCard, typed: Typed) -> None:
        """A customer with what was typed about him."""
        self._is_filling = True
        self.results.show_statuses(card.statuses)
        here = zone_of(card.company_zone)
        there = zone_of(card.zone)
        self.moment.set_zones(here, there if isinstance(there, ZoneInfo) else None)
        self.note.setPlainText(typed.note)
        cursor = self.note.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self.note.setTextCursor(cursor)
        if typed.callback_text:
            self.moment.set_text(typed.callback_text)
        else:
            self.moment.clear()
        self.is_mine.setChecked(typed.is_mine)
        self._is_filling = False

    def fill(self, typed: Typed) -> None:
        """Put what stands here into the contact."""
        typed.note = self.note.toPlainText()
        typed.callback_text = self.moment.line.text()
        typed.callback_at = self.moment.value()
        typed.is_mine = self.is_mine.isChecked()

    def set_read_only(self, *, on: bool) -> None:
        """While a result is on its way nothing is typed into it; the cursor stays where it is."""
        self.note.setReadOnly(on)
        self.moment.line.setReadOnly(on)

    @Slot()
    def _edit(self) -> None:
        if not self._is_filling:
            self.typed.emit()
