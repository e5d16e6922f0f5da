"""Facts one below the other, each with its icon; labels are kept from one customer to the next."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.i18n import is_rtl
from ui.kit import icons, theme
from ui.kit.bidi import bare, sided
from ui.widgets.styled import plain, styled

__all__ = ["FactRows", "Said"]

Said = tuple[str, str, str, str]
"""An icon and its tone, a text and its look."""


class FactRows(QWidget):
    """Making widgets is what takes time when a card is painted: rows are made once and filled again and again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[QLabel, QLabel]] = []
        self._shown: tuple[Said, ...] = ()
        self._is_rtl = is_rtl()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.scale(8))
        self._grid.setVerticalSpacing(theme.scale(6))
        self._grid.setColumnStretch(1, 1)
        theme.news.changed.connect(self._repaint)

    def fill(self, facts: Sequence[Said]) -> None:
        """Show these; nothing at all takes no room."""
        if tuple(facts) == self._shown and is_rtl() == self._is_rtl:
            return
        self._shown, self._is_rtl = tuple(facts), is_rtl()
        while len(self._rows) < len(facts):
            self._rows.append(self._row())
        for place, (picture, label) in enumerate(self._rows):
            is_used = place < len(facts)
            picture.setVisible(is_used)
            label.setVisible(is_used)
            if is_used:
                _icon, _tone, text, look = facts[place]
                styled(label, look)
                label.setText(sided(text))
        self._repaint()
        self.setVisible(bool(facts))

    def texts(self) -> list[str]:
        """What is shown, one text each, without marks of direction."""
        return [bare(text) for _icon, _tone, text, _look in self._shown]

    def tones(self) -> list[str]:
        """The tones of what is shown."""
        return [tone for _icon, tone, _text, _look in self._shown]

    def _row(self) -> tuple[QLabel, QLabel]:
        picture, label = QLabel(), plain()
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        place = len(self._rows)
        self._grid.addWidget(picture, place, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(label, place, 1)
        return picture, label

    def _repaint(self) -> None:
        size = theme.scale(18)
        for (picture, _label), (icon, tone, _text, _look) in zip(self._rows, self._shown, strict=False):
            picture.setPixmap(icons.icon(icon, tone).pixmap(QSize(size, size)))
