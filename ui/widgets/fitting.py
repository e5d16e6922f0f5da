"""Columns as wide as what stands in them, while there is room and until somebody sets a width himself."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHeaderView

from ui.kit import theme, translate
from ui.kit.bidi import bare
from ui.kit.remember import Memory
from ui.widgets.table import TableView

__all__ = ["FittedColumns", "shares"]

_ROWS = 40
_WIDEST = 320
_AIR, _PADDING = 4, 20


def shares(needs: list[int], usual: list[int], room: int) -> list[int]:
    """The width of each column: what it needs, and never below its usual one but where it needs less.

    Where there is too little room those that lack least are whole, and the others lack the same.
    """
    found = [min(need, width) for need, width in zip(needs, usual, strict=True)]
    wanted = sorted((need - width, at) for at, (need, width) in enumerate(zip(needs, found, strict=True)))
    spare = max(0, room - sum(found))
    for done, (more, at) in enumerate(wanted):
        given = min(more, spare // (len(wanted) - done))
        found[at] += given
        spare -= given
    return found


class FittedColumns(QObject):
    """Gives the columns of a table their widths; `rest` takes what is left, `least` of it at the least.

    `usual` are the widths where there is too little room. Whoever pulls at a column keeps all of them as they are, with
    a memory the next time as well.
    """

    def __init__(
        self,
        view: TableView,
        usual: tuple[int, ...],
        rest: int,
        least: int,
        memory: Memory | None = None,
        key: str = "",
    ) -> None:
        super().__init__(view)
        self._view, self._memory, self._key = view, memory, f"columns/{key}"
        self._usual, self._rest, self._least = usual, rest, least
        self._is_own = memory is not None and bool(memory.get(self._key))
        self._is_fitting = False
        header = view.horizontalHeader()
        if memory is not None:
            view.remember(memory, key, usual)
        else:
            for column, width in enumerate(usual):
                header.resizeSection(column, theme.scale(width))
        # The last column is never out of sight: where there is more room, it is for the one that takes it.
        header.setStretchLastSection(False)
        header.setSectionResizeMode(rest, QHeaderView.ResizeMode.Stretch)
        header.sectionResized.connect(self._resized)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.fit)
        view.model().modelReset.connect(self._wait)
        translate.news.switched.connect(self._wait)
        theme.news.changed.connect(self._wait)
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """More room, or less."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._wait()
        return False

    @Slot()
    def _wait(self) -> None:
        self._soon.start()

    @Slot()
    def fit(self) -> None:
        """Give the columns their widths now."""
        view, header = self._view, self._view.horizontalHeader()
        rows = min(_ROWS, view.model().rowCount())
        if not rows or not view.isVisible() or self._is_own:
            return
        columns = [at for at in range(header.count()) if at != self._rest and not header.isSectionHidden(at)]
        names = [self._name(column) for column in columns]
        needs = [max(name, self._need(column, rows)) for column, name in zip(columns, names, strict=True)]
        # The name of a column is never cut.
        usual = [max(name, theme.scale(self._usual[column])) for column, name in zip(columns, names, strict=True)]
        # Where nothing stands in it, its name is enough.
        kept = min(theme.scale(self._least), max(self._name(self._rest), self._need(self._rest, rows)))
        room = view.viewport().width() - kept
        self._is_fitting = True
        for column, width in zip(columns, shares(needs, usual, room), strict=True):
            header.resizeSection(column, width)
        self._is_fitting = False

    def _name(self, column: int) -> int:
        header = self._view.horizontalHeader()
        text = bare(str(self._view.model().headerData(column, Qt.Orientation.Horizontal) or ""))
        return header.fontMetrics().horizontalAdvance(text) + theme.scale(_AIR + _PADDING)

    def _need(self, column: int, rows: int) -> int:
        view = self._view
        cells = (view.sizeHintForIndex(view.model().index(row, column)).width() for row in range(rows))
        return min(max(cells) + theme.scale(_AIR), theme.scale(_WIDEST))

    @Slot(int, int, int)
    def _resized(self, column: int, _before: int, _now: int) -> None:
        by_hand = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if by_hand and not self._is_fitting and column != self._rest and self._view.isVisible():
            self._is_own = True
            if self._memory is not None:
                self._memory.put(self._key, "own")
