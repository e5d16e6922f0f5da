"""The row above the preview: how the file is read, and column choices kept by name."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from app.domain.words import N_
from app.i18n import _
from app.services.imports.sheets import Sheet
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.styled import plain, push_button

__all__ = ["OptionsRow"]

_ENCODINGS = (
    ("utf-8-sig", N_("Unicode (UTF-8)")),
    ("windows-1255", N_("Hebrew (Windows-1255)")),
    ("windows-1252", N_("Western (Windows-1252)")),
    ("utf-16", N_("Unicode (UTF-16)")),
)
_DELIMITERS = ((",", N_("Comma")), (";", N_("Semicolon")), ("\t", N_("Tab")), ("|", N_("Bar")))


class OptionsRow(QWidget):
    """Signals: `reading_changed()` for another encoding or delimiter; `mapping_chosen(name)`, empty for guessing;
    `save_wanted(name)`.
    """

    reading_changed = Signal()
    mapping_chosen = Signal(str)
    save_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scale(8))
        self._names: tuple[str, ...] = ()
        self._texts = Texts(self)
        self.encoding = self._box(row, N_("Encoding"))
        self.delimiter = self._box(row, N_("Delimiter"))
        self.encoding.activated.connect(self.reading_changed)
        self.delimiter.activated.connect(self.reading_changed)
        row.addStretch(1)
        self.mappings = self._box(row, N_("Columns"))
        self.mappings.setMinimumWidth(theme.scale(170))
        self.mappings.activated.connect(lambda _place: self.mapping_chosen.emit(self.mappings.currentData()))
        self.name = QLineEdit()
        self.name.setFixedWidth(theme.scale(150))
        self._texts.bind(self.name.setPlaceholderText, N_("Save the columns as"))
        self._texts.bind(self.name.setAccessibleName, N_("Save the columns as"))
        self.save_button = push_button(N_("Save"), "save")
        self.name.returnPressed.connect(self._save)
        self.name.textChanged.connect(self._allow_save)
        self.save_button.clicked.connect(self._save)
        row.addWidget(self.name)
        row.addWidget(self.save_button)
        self._allow_save()
        self._texts.redo(self._fill)

    def _box(self, row: QHBoxLayout, text: str) -> QComboBox:
        label, box = plain(), QComboBox()
        label.setBuddy(box)
        self._texts.bind(label.setText, text)
        self._texts.bind(box.setAccessibleName, text)
        row.addWidget(label)
        row.addWidget(box)
        box.setProperty("label", label)
        return box

    def show_sheet(self, sheet: Sheet) -> None:
        """Show how this file was read; a workbook has nothing to choose."""
        for box, value in ((self.encoding, sheet.encoding), (self.delimiter, sheet.delimiter)):
            box.setVisible(value is not None)
            label = box.property("label")
            label.setVisible(value is not None)
            box.setCurrentIndex(box.findData(value))

    def offer(self, names: Sequence[str], chosen: str = "") -> None:
        """Offer these saved choices of columns."""
        self._names = tuple(names)
        self._fill()
        self.mappings.setCurrentIndex(max(0, self.mappings.findData(chosen)))

    def reading(self) -> tuple[str | None, str | None]:
        """The encoding and delimiter a person wants; None where there is nothing to choose."""
        return self.encoding.currentData(), self.delimiter.currentData()

    def _fill(self) -> None:
        for box, items in ((self.encoding, _ENCODINGS), (self.delimiter, _DELIMITERS)):
            self._refill(box, [(value, _(text)) for value, text in items])
        self._refill(self.mappings, [("", _("Guessed from the names")), *((name, name) for name in self._names)])

    @staticmethod
    def _refill(box: QComboBox, items: Sequence[tuple[str, str]]) -> None:
        chosen = box.currentData()
        blocked = QSignalBlocker(box)
        box.clear()
        for value, text in items:
            box.addItem(text, value)
        box.setCurrentIndex(0 if chosen is None else box.findData(chosen))
        blocked.unblock()

    def _allow_save(self) -> None:
        self.save_button.setEnabled(bool(self.name.text().strip()))

    def _save(self) -> None:
        if self.name.text().strip():
            self.save_wanted.emit(self.name.text())
