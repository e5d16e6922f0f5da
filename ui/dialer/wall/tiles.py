"""The figures on top of the wall: a big number, its word under it."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.kit import icons, theme
from ui.kit.bidi import sided
from ui.widgets.chips import flowing
from ui.widgets.styled import secondary, styled

__all__ = ["Tile", "Tiles"]


class Tile(QWidget):
    """One figure; with an icon in a tone of the theme. `name` is read with the figure by screen readers."""

    def __init__(self, icon: str = "", tone: str = "muted") -> None:
        super().__init__()
        styled(self, "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icon, self._tone = icon, tone
        self._picture = QLabel()
        self.figure: QLabel = styled(QLabel(), "figure")
        self.figure.setTextFormat(Qt.TextFormat.PlainText)
        self.name = secondary()
        self.name.setWordWrap(False)
        top = QHBoxLayout()
        top.setSpacing(theme.scale(6))
        if icon:
            top.addWidget(self._picture)
        top.addWidget(self.figure)
        top.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(each) for each in (12, 6, 12, 6)])
        column.setSpacing(0)
        column.addLayout(top)
        self.setMinimumWidth(theme.scale(92))
        column.addWidget(self.name)
        theme.news.changed.connect(self._dress)
        self._dress()

    def say(self, figure: str, name: str) -> None:
        """Show this figure under its name; both are ready texts."""
        self.figure.setText(sided(figure))
        self.name.setText(name)
        self.setAccessibleName(f"{name}: {figure}")

    @Slot()
    def _dress(self) -> None:
        if self._icon:
            size = theme.scale(18)
            self._picture.setPixmap(icons.icon(self._icon, self._tone).pixmap(QSize(size, size)))


class Tiles(QWidget):
    """Tiles by key, in as many rows as the width asks for."""

    def __init__(self, tiles: Mapping[str, Tile]) -> None:
        super().__init__()
        self._tiles = dict(tiles)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(each) for each in (16, 12, 16, 12)])
        holder, flow = flowing()
        for tile in tiles.values():
            flow.addWidget(tile)
        column.addWidget(holder)

    def say(self, key: str, figure: str, name: str) -> None:
        """Show a figure on one of them."""
        self._tiles[key].say(figure, name)

    def figure(self, key: str) -> str:
        """What a tile shows."""
        return self._tiles[key].figure.text()
