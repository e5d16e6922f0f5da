"""The telephone numbers of a customer, one a line; a new line is always ready."""

from collections.abc import Collection

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from app.domain.words import N_
from app.i18n import _
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.styled import styled

__all__ = ["PhonesField"]


class PhonesField(QWidget):
    """Signal: `changed()`. Numbers nobody could read are marked; they are kept as typed."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.scale(4))
        self.lines: list[QLineEdit] = []
        self._is_read_only = False
        self._note = styled(QLabel(), "warning")
        self._note.setWordWrap(True)
        self._column.addWidget(self._note)
        self._note.hide()
        Texts(self._note).bind(self._note.setText, N_("A number here could not be read as a phone number."))
        self._texts = Texts(self)
        self._texts.redo(self._name, key="names")
        self.set_value(())

    def value(self) -> tuple[str, ...]:
        """The numbers as typed, empty lines left out."""
        return tuple(text for line in self.lines if (text := line.text().strip()))

    def set_value(self, phones: Collection[str]) -> None:
        """Show these without telling."""
        for number, phone in enumerate([*phones, ""]):
            if number == len(self.lines):
                self._add()
            self.lines[number].blockSignals(True)
            self.lines[number].setText(phone)
            self.lines[number].blockSignals(False)
        for line in self.lines[len(phones) + 1 :]:
            self._column.removeWidget(line)
            line.deleteLater()
        del self.lines[len(phones) + 1 :]
        self.setFocusProxy(self.lines[0])
        self._name()

    def flag(self, suspect: Collection[str]) -> None:
        """Say that some of these numbers could not be read."""
        self._note.setVisible(bool(set(suspect).intersection(self.value())))

    def set_read_only(self, *, on: bool) -> None:
        """Only show."""
        self._is_read_only = on
        for line in self.lines:
            line.setReadOnly(on)

    def _add(self) -> None:
        line = QLineEdit()
        line.setReadOnly(self._is_read_only)
        line.textChanged.connect(self._follow)
        self._column.insertWidget(len(self.lines), line)
        self.lines.append(line)
        self._name()

    def _name(self) -> None:
        for number, line in enumerate(self.lines):
            line.setAccessibleName(_("Phone {number}", number=number + 1))
            line.setPlaceholderText("" if number < len(self.lines) - 1 or number == 0 else _("Another number"))

    @Slot()
    def _follow(self) -> None:
        if self.lines[-1].text().strip():
            self._add()
        self._note.hide()
        self.changed.emit()
