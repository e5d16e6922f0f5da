"""The line in which a new campaign, or a copy of one, gets its name."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.domain.words import N_
from app.i18n import _
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.styled import primary_button, push_button, secondary, styled

__all__ = ["NamingLine"]


class NamingLine(QWidget):
    """Signals: `named(name, id of the copied campaign or None)`, `dropped()`."""

    named = Signal(str, object)
    dropped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(self, "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._copied: int | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.scale(8)] * 4)
        row.setSpacing(theme.scale(8))
        self._label = secondary()
        self._label.setWordWrap(False)
        self.name = QLineEdit()
        self.name.setMaxLength(200)
        self._label.setBuddy(self.name)
        self.add_button, self.drop_button = primary_button(N_("Add")), push_button(N_("Cancel"))
        row.addWidget(self._label)
        row.addWidget(self.name, 1)
        row.addWidget(self.add_button)
        row.addWidget(self.drop_button)
        self.name.returnPressed.connect(self.add)
        self.add_button.clicked.connect(self.add)
        self.drop_button.clicked.connect(self.dropped)
        Texts(self).redo(self._say)
        self.hide()

    def ask(self, name: str = "", copied: int | None = None) -> None:
        """Ask for a name, with one to begin with; `copied` is the campaign a copy is made of."""
        self._copied = copied
        self._say()
        self.name.setText(name)
        self.show()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.selectAll()

    @property
    def is_asking(self) -> bool:
        """Whether a name is asked for."""
        return not self.isHidden()

    @Slot()
    def add(self) -> None:
        """Take the name as typed; until the answer nothing is asked twice."""
        if self.add_button.isEnabled():
            self.add_button.setEnabled(False)
            self.named.emit(self.name.text(), self._copied)

    def answered(self, *, is_made: bool) -> None:
        """The campaign is made, or was refused and the name stays to be changed."""
        self.add_button.setEnabled(True)
        if is_made:
            self.hide()

    def _say(self) -> None:
        said = _("Name of the new campaign") if self._copied is None else _("Name of the copy")
        self._label.setText(said)
        self.name.setAccessibleName(said)
