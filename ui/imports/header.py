"""The header of the preview: over each column of the file a box that says which field it is."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QRect, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHeaderView, QWidget

from app.domain.imports.fields import Kind, fields_of
from app.i18n import _
from ui.kit import theme
from ui.kit.bidi import bare
from ui.kit.translate import Texts

__all__ = ["FieldHeader"]


class FieldHeader(QHeaderView):
    """Names of the file's columns, and under each the field it fills.

    Signals: `mapped()` when a person chose a field; `reached(column)` when a box got the focus.
    """

    mapped = Signal()
    reached = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._kind = Kind.CUSTOMERS
        self._boxes: list[QComboBox] = []
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumSectionSize(theme.scale(150))
        self.sectionResized.connect(self.place)
        Texts(self).redo(self._fill)

    def offer(self, kind: Kind, mapping: Mapping[int, str]) -> None:
        """Show this mapping for the columns there are."""
        self._kind = kind
        for box in self._boxes:
            box.deleteLater()
        self._boxes = [self._make(column) for column in range(self.count())]
        self._fill(mapping)
        self.place()
        self.viewport().update()

    def mapping(self) -> dict[int, str]:
        """The field of each column that has one."""
        return {column: box.currentData() for column, box in enumerate(self._boxes) if box.currentData()}

    def box(self, column: int) -> QComboBox:
        """The box over a column."""
        return self._boxes[column]

    def _make(self, column: int) -> QComboBox:
        box = QComboBox(self.viewport())
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.setMaxVisibleItems(20)
        box.installEventFilter(self)
        box.activated.connect(lambda _place: self._choose(column))
        box.show()
        return box

    def _fill(self, mapping: Mapping[int, str] | None = None) -> None:
        """Write the names of the fields, at first and in another language."""
        chosen = self.mapping() if mapping is None else mapping
        fields = fields_of(self._kind)
        for column, box in enumerate(self._boxes):
            blocked = QSignalBlocker(box)
            box.clear()
            box.addItem(_("Not imported"), "")
            for name, field in fields.items():
                box.addItem(_(field.label), name)
            box.setCurrentIndex(max(0, box.findData(chosen.get(column, ""))))
            blocked.unblock()
            title = self.model().headerData(column, Qt.Orientation.Horizontal)
            box.setAccessibleName(_("Field of {column}", column=bare(str(title))))

    def _choose(self, column: int) -> None:
        """A field that takes one column leaves the one it had."""
        name = self._boxes[column].currentData()
        if name and not fields_of(self._kind)[name].many:
            for other, box in enumerate(self._boxes):
                if other != column and box.currentData() == name:
                    box.setCurrentIndex(0)
        self.mapped.emit()

    @Slot()
    def place(self) -> None:
        """Put every box under the name of its column."""
        height = self._box_height()
        gap = theme.scale(4)
        for column, box in enumerate(self._boxes):
            left, width = self.sectionViewportPosition(column), self.sectionSize(column)
            box.setGeometry(left + gap, self.height() - height - gap, width - 2 * gap, height)

    def _box_height(self) -> int:
        return theme.scale(30)

    def sectionSizeFromContents(self, section: int) -> QSize:
        """As high as a name and a box."""
        size = super().sectionSizeFromContents(section)
        return QSize(max(size.width(), theme.scale(150)), size.height() + self._box_height() + theme.scale(4))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """The name above the box."""
        painter.fillRect(rect, theme.tokens().color("surface"))
        above = rect.adjusted(0, 0, 0, -self._box_height() - theme.scale(4))
        super().paintSection(painter, above, section)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The boxes stay at the lower edge."""
        super().resizeEvent(event)
        self.place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Scroll to the box that gets the focus; the wheel over a box scrolls the table instead of choosing."""
        if event.type() == QEvent.Type.FocusIn and watched in self._boxes:
            self.reached.emit(self._boxes.index(watched))
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)
