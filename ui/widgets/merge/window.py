"""The choice between two values of the same fields: mine, theirs, or both, side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QLabel, QRadioButton, QVBoxLayout, QWidget

from app.domain.merging import Clash, both, can_take_both
from app.domain.words import N_, Message
from app.i18n import _
from ui.kit import theme
from ui.kit.bidi import by_line
from ui.kit.messages import Messages
from ui.kit.translate import Texts
from ui.widgets.dialog import FormDialog
from ui.widgets.page import ScrolledPage
from ui.widgets.styled import heading, push_button, styled

__all__ = ["MINE", "THEIRS", "BOTH", "Asked", "MergeWindow"]

MINE, THEIRS, BOTH = 0, 1, 2
_COLUMNS = {MINE: N_("My value"), THEIRS: N_("Their value"), BOTH: N_("Both")}


@dataclass(frozen=True, slots=True)
class Asked:
    """One field to choose: what it is called (in words already), how its values are said, whether it is one line."""

    clash: Clash
    label: str
    words: Callable[[Any], str]
    is_line: bool = False
    takes_both: bool = True

    def value(self, side: int) -> Any:
        """The value of a side."""
        if side == BOTH:
            return both(self.clash, is_line=self.is_line)
        return self.clash.theirs if side == THEIRS else self.clash.mine


class MergeWindow(FormDialog):
    """Asks about each field; `chosen()` gives the values once it was accepted. The keyboard does all of it.

    Mine stands chosen, or both where a text can take both: nobody loses a word by pressing Return.
    """

    keeps_draft = False

    def __init__(self, messages: Messages, said: Message, asked: Sequence[Asked], parent: QWidget) -> None:
        super().__init__(N_("Changed by two people"), N_("Use these"), messages=messages, parent=parent)
        self._asked = tuple(asked)
        self._groups: dict[str, QButtonGroup] = {}
        words = QLabel()
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        Texts(words).say(words.setText, said)
        self.body.addWidget(words)
        inside = QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.scale(12))
        self._grid.setVerticalSpacing(theme.scale(6))
        takes_both = any(each.takes_both and can_take_both(each.clash.mine, each.clash.theirs) for each in self._asked)
        for column in _COLUMNS:
            self._grid.setColumnStretch(column, 1 if column != BOTH or takes_both else 0)
        for each in self._asked:
            self._add(each)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        self.body.addWidget(ScrolledPage(inside, theme.scale(560)), 1)
        for text, side in ((N_("All mine"), MINE), (N_("All theirs"), THEIRS)):
            button = push_button(text)
            button.setAutoDefault(False)
            button.clicked.connect(self._all_theirs if side == THEIRS else self._all_mine)
            self.add_button(button)
        self.setMinimumWidth(theme.scale(640))
        self.save_requested.connect(self.accept)

    def _add(self, asked: Asked) -> None:
        row = self._grid.rowCount()
        name = heading()
        name.setText(asked.label)
        self._grid.addWidget(name, row, 0, 1, len(_COLUMNS))
        group = QButtonGroup(self)
        self._groups[asked.clash.field] = group
        sides = [MINE, THEIRS]
        if asked.takes_both and can_take_both(asked.clash.mine, asked.clash.theirs):
            sides.append(BOTH)
        for side in sides:
            self._grid.addWidget(self._side(asked, side), row + 1, side)
        is_text = isinstance(asked.clash.mine, str) and not asked.is_line
        group.button(BOTH if is_text and BOTH in sides else MINE).setChecked(True)

    def _side(self, asked: Asked, side: int) -> QFrame:
        text = asked.words(asked.value(side))
        frame = styled(QFrame(), "card")
        column = QVBoxLayout(frame)
        column.setContentsMargins(*[theme.scale(8)] * 4)
        column.setSpacing(theme.scale(4))
        button = QRadioButton()
        Texts(button).bind(button.setText, _COLUMNS[side])
        self._groups[asked.clash.field].addButton(button, side)
        shown = QLabel(by_line(text) or _("Empty"))
        if not text:
            styled(shown, "secondary")
        shown.setTextFormat(Qt.TextFormat.PlainText)
        shown.setWordWrap(True)
        shown.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        shown.setBuddy(button)
        button.setAccessibleDescription(f"{asked.label}: {text}")
        column.addWidget(button)
        column.addWidget(shown, 1)
        return frame

    def side(self, field: str) -> int:
        """Which side is chosen for a field."""
        return self._groups[field].checkedId()

    def choose(self, field: str, side: int) -> None:
        """Choose a side."""
        self._groups[field].button(side).setChecked(True)

    def chosen(self) -> Mapping[str, Any]:
        """The values by field."""
        return {each.clash.field: each.value(self.side(each.clash.field)) for each in self._asked}

    @property
    def fields(self) -> tuple[str, ...]:
        """What is asked about."""
        return tuple(each.clash.field for each in self._asked)

    @Slot()
    def _all_mine(self) -> None:
        for group in self._groups.values():
            group.button(MINE).setChecked(True)

    @Slot()
    def _all_theirs(self) -> None:
        for group in self._groups.values():
            group.button(THEIRS).setChecked(True)
