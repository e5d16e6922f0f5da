"""A few of many, each as a chip that can be taken off, with a button that adds another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget, QWidgetAction

from app.i18n import _
from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.kit.translate import Texts
from ui.widgets.chips import Flow
from ui.widgets.styled import plain, push_button, secondary, styled

__all__ = ["Tag", "TagField"]

_WIDEST = 320
"""In pixels at 100 percent."""

_REMOVING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


@dataclass(frozen=True, slots=True)
class Tag:
    """Something to choose; `group` is catalogue text, under which the menu gathers it."""

    id: int
    text: str
    group: str = ""


class TagField(QWidget):
    """Chosen tags as chips. Signal: `changed()` when the person added one or took one off.

    `add` and `nothing` are catalogue texts: what the button says, and what is said where there is nothing to choose.
    Each chip's cross is in the order of the Tab key; Delete takes the chip off too.
    """

    changed = Signal()

    def __init__(self, add: str, nothing: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nothing = nothing
        self._all: tuple[Tag, ...] = ()
        self._value: set[int] = set()
        self._is_read_only = False
        self.chips: dict[int, QWidget] = {}
        self._flow = Flow(self)
        self.add_button = push_button(add, "add", "quiet")
        self.add_button.clicked.connect(self.open_menu)
        self._flow.addWidget(self.add_button)
        self.empty = secondary(nothing)
        self.empty.setWordWrap(False)
        self._flow.addWidget(self.empty)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusProxy(self.add_button)
        Texts(self).redo(self._fill)

    def sizeHint(self) -> QSize:
        """One line where that is no wider than a field: a form told of more takes their room from its other rows."""
        width = min(self._flow.line_width(), theme.scale(_WIDEST))
        return QSize(width, self._flow.heightForWidth(width))

    def offer(self, tags: Sequence[Tag]) -> None:
        """Choose from these; the choice made is kept."""
        if tuple(tags) != self._all:
            self._all = tuple(tags)
            self._fill()

    def value(self) -> tuple[int, ...]:
        """The ids chosen; those not offered stay as they were."""
        return tuple(sorted(self._value))

    def set_value(self, ids: Iterable[int]) -> None:
        """Choose these without telling `changed`."""
        self._value = set(ids)
        self._fill()

    def words(self, ids: Iterable[int]) -> str:
        """The names, one after the other."""
        chosen = set(ids)
        return ", ".join(tag.text for tag in self._all if tag.id in chosen) or _("None")

    def set_read_only(self, *, on: bool) -> None:
        """Show the chips only."""
        self._is_read_only = on
        self._fill()

    def remaining(self) -> list[Tag]:
        """What may still be added."""
        return [tag for tag in self._all if tag.id not in self._value]

    @Slot()
    def open_menu(self) -> QMenu:
        """Show what may be added, under its groups."""
        menu = QMenu(self)
        for group, tags in groupby(self.remaining(), lambda tag: tag.group):
            if group:
                menu.addAction(_heading(menu, _(group)))
            for tag in tags:
                action = QAction(tag.text.replace("&", "&&"), menu)
                action.setData(tag.id)
                menu.addAction(action)
        menu.triggered.connect(self._add)
        menu.aboutToHide.connect(menu.deleteLater)
        place = QPoint(self.add_button.width() if self.isRightToLeft() else 0, self.add_button.height())
        start = self.add_button.mapToGlobal(place)
        menu.popup(start - QPoint(menu.sizeHint().width(), 0) if self.isRightToLeft() else start)
        return menu

    @Slot(QAction)
    def _add(self, action: QAction) -> None:
        self._value.add(action.data())
        self._fill()
        self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def remove(self, tag_id: int) -> None:
        """Take one off, as its cross does; the focus goes to the next chip."""
        order = list(self.chips)
        place = order.index(tag_id)
        self._value.discard(tag_id)
        self._fill()
        rest = [each for each in order if each != tag_id]
        after = self._cross(rest[min(place, len(rest) - 1)]) if rest else self.add_button
        after.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _cross(self, tag_id: int) -> QWidget:
        return next(each for each in self.chips[tag_id].children() if isinstance(each, QToolButton))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Delete on a chip takes it off."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _REMOVING:
            self.remove(watched.property("tag"))
            return True
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        for chip in self.chips.values():
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._flow.removeWidget(self.add_button)
        self._flow.removeWidget(self.empty)
        self.chips = {tag.id: self._chip(tag) for tag in self._all if tag.id in self._value}
        for widget in (*self.chips.values(), self.add_button, self.empty):
            self._flow.addWidget(widget)
        can_add = not self._is_read_only and bool(self.remaining())
        self.add_button.setVisible(can_add)
        self.empty.setVisible(not can_add and not self.chips)
        for one, two in zip(self._order(), self._order()[1:], strict=False):
            QWidget.setTabOrder(one, two)
        self.updateGeometry()

    def _order(self) -> list[QWidget]:
        crosses: list[QWidget] = [] if self._is_read_only else [self._cross(tag_id) for tag_id in self.chips]
        return [*crosses, self.add_button]

    def _chip(self, tag: Tag) -> QWidget:
        frame = styled(QWidget(self), "chip")
        frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        frame.setFixedHeight(theme.scale(26))
        row = QHBoxLayout(frame)
        row.setContentsMargins(theme.scale(7), 0, theme.scale(7), 0)  # margins are not mirrored: both the same
        row.setSpacing(theme.scale(4))
        row.addWidget(self._label(tag))
        if not self._is_read_only:
            close = QToolButton()
            close.setAutoRaise(True)
            close.setIcon(icons.icon("close"))
            close.setIconSize(QSize(14, 14))
            close.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            close.setProperty("tag", tag.id)
            name = _("Remove {name}", name=isolate(tag.text))
            close.setAccessibleName(name)
            close.setToolTip(hint(name) or "")
            close.clicked.connect(partial(self.remove, tag.id))
            close.installEventFilter(self)
            row.addWidget(close)
        frame.show()
        return frame

    def _label(self, tag: Tag) -> QLabel:
        label = plain(tag.text)
        group: Any = _(tag.group) if tag.group else ""
        label.setToolTip(group)
        return label


def _heading(menu: QMenu, text: str) -> QWidgetAction:
    """A line of a menu that cannot be chosen; the texts of Qt's own sections are not drawn under a style sheet."""
    label = styled(plain(text), "secondary")
    label.setContentsMargins(theme.scale(12), theme.scale(6), theme.scale(12), theme.scale(2))
    action = QWidgetAction(menu)
    action.setDefaultWidget(label)
    action.setEnabled(False)
    return action
