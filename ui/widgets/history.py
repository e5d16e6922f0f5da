"""What was done with a customer, the newest on top: a list of any length that reads on as one scrolls down."""

from datetime import tzinfo
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.domain.words import N_
from app.services.dialer.history import HistoryLine, HistoryPage, Kind, history
from ui.kit import icons, theme, translate
from ui.kit.bidi import bare, sided
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.empty import EmptyState
from ui.widgets.history_words import body, headline, picture, remark
from ui.widgets.styled import styled

__all__ = ["History"]

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_LONGEST = 1500
_WRAPPED = int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)


class _Lines(QAbstractListModel):
    """The lines read so far. Signal: `more_wanted()`."""

    more_wanted = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.lines: list[HistoryLine] = []
        self.zone: tzinfo | None = None
        self.has_more = False
        self.is_asking = False
        translate.news.switched.connect(self._speak)

    def start(self, page: HistoryPage) -> None:
        """Show this page in place of everything."""
        self.beginResetModel()
        self.lines, self.has_more, self.is_asking = list(page.lines), page.has_more, False
        self.endResetModel()

    def append(self, page: HistoryPage) -> None:
        """Add the page below."""
        self.is_asking = False
        if page.lines:
            self.beginInsertRows(_NOWHERE, len(self.lines), len(self.lines) + len(page.lines) - 1)
            self.lines += page.lines
            self.endInsertRows()
        self.has_more = page.has_more

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many lines are here."""
        return 0 if parent.isValid() else len(self.lines)

    def canFetchMore(self, parent: Index = _NOWHERE) -> bool:
        """Whether more lines follow."""
        return not parent.isValid() and self.has_more and not self.is_asking

    def fetchMore(self, parent: Index = _NOWHERE) -> None:
        """Ask for the next page, once."""
        if self.canFetchMore(parent):
            self.is_asking = True
            self.more_wanted.emit()

    def line(self, index: Index) -> HistoryLine | None:
        """The line at this place."""
        return self.lines[index.row()] if index.isValid() and index.row() < len(self.lines) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a line says; the delegate paints it, screen readers and copying get it whole."""
        line = self.line(index)
        if line is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        said = "\n".join(filter(None, (headline(line), remark(line, self.zone), body(line, self.zone))))
        return bare(said) if role == Qt.ItemDataRole.AccessibleTextRole else said

    @Slot()
    def _speak(self) -> None:
        if self.lines:
            self.dataChanged.emit(self.index(0), self.index(len(self.lines) - 1))


class _Painter(QStyledItemDelegate):
    """An icon beside what was done, in bold, when and by whom below, and what was written."""

    def __init__(self, lines: _Lines, view: QListView) -> None:
        super().__init__(view)
        self._lines = lines
        self._view = view

    def _texts(self, line: HistoryLine) -> list[tuple[str, QFont, str]]:
        bold, small, plain = theme.font(10, strong=True), theme.font(9), theme.font(10)
        written = body(line, self._lines.zone)
        if len(written) > _LONGEST:
            written = f"{written[:_LONGEST].rstrip()}…"
        texts = [
            (headline(line), bold, "text"),
            (remark(line, self._lines.zone), small, "muted"),
            (written, plain, "text"),
        ]
        return [
            ("\n".join(sided(each) for each in text.splitlines()), font, tone) for text, font, tone in texts if text
        ]

    def _width(self) -> int:
        return max(theme.scale(120), self._view.viewport().width()) - theme.scale(16 + 18 + 10 + 12)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as its words need at this width."""
        line = self._lines.line(index)
        if line is None:
            return QSize(0, 0)
        width = self._width()
        room = QRect(0, 0, width, 100_000)
        height = sum(
            QFontMetrics(font).boundingRect(room, _WRAPPED, text).height() for text, font, _t in self._texts(line)
        )
        return QSize(width, height + theme.scale(16))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the line, mirrored where the language is."""
        line = self._lines.line(index)
        if line is None:
            return
        style, tokens = self._view.style(), theme.tokens()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, self._view)
        whole, gap, size = option.rect, theme.scale(8), theme.scale(18)
        start = whole.left() + theme.scale(16)
        painter.save()
        painter.setLayoutDirection(option.direction)
        icon, tone = picture(line)
        place = QRect(start, whole.top() + gap, size, size)
        icons.paint(painter, QStyle.visualRect(option.direction, whole, place), icon, tokens.color(tone))
        top, left = whole.top() + gap, start + size + theme.scale(10)
        for text, font, colour in self._texts(line):
            painter.setFont(font)
            painter.setPen(tokens.color(colour))
            room = QRect(left, top, self._width(), 100_000)
            height = QFontMetrics(font).boundingRect(room, _WRAPPED, text).height()
            target = QStyle.visualRect(option.direction, whole, QRect(left, top, self._width(), height))
            painter.drawText(target, _WRAPPED, text)
            top += height
        if option.state & QStyle.StateFlag.State_HasFocus and self._view.hasFocus():
            painter.setPen(tokens.color("accent"))
            painter.drawRoundedRect(whole.adjusted(1, 1, -2, -2), theme.scale(4), theme.scale(4))
        painter.restore()


class _View(QListView):
    """Signal: `opened(QModelIndex)` on Enter or a double click; Ctrl+C copies the line."""

    opened = Signal(QModelIndex)

    def __init__(self, model: _Lines) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_Painter(model, self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Lines are as high as their words need: without this Qt measures them only once.
        self.setWordWrap(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.doubleClicked.connect(self.opened)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens what the line tells of."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
        elif event.matches(QKeySequence.StandardKey.Copy) and self.currentIndex().isValid():
            QGuiApplication.clipboard().setText(self.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole))
        else:
            super().keyPressEvent(event)


class History(QWidget):
    """Shows a page that came with something else, or reads the first one itself; reads those below by itself."""

    def __init__(self, desk: Desk, kinds: frozenset[Kind] = frozenset(Kind), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._kinds = kinds
        self._of: tuple[int | None, int | None] = (None, None)
        self._asked = Latest(desk.tasks)
        self._lines = _Lines(self)
        self.view = _View(self._lines)
        self.view.opened.connect(self._open)
        self._lines.more_wanted.connect(self._go_on)
        self.empty = styled(
            EmptyState("history", N_("No history yet"), N_("Calls, notes and tickets of this customer stand here.")),
            "surface",
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        texts = Texts(self.view)
        texts.bind(self.view.setAccessibleName, N_("History of the customer"))
        # Other words and other letters need other heights.
        texts.redo(self.view.scheduleDelayedItemsLayout, key="layout")
        theme.news.changed.connect(self.view.scheduleDelayedItemsLayout)

    @property
    def lines(self) -> tuple[HistoryLine, ...]:
        """What is shown."""
        return tuple(self._lines.lines)

    def keep_time(self, zone: tzinfo | None) -> None:
        """Tell when things were done in this zone."""
        self._lines.zone = zone

    def show_page(self, customer_id: int | None, campaign_id: int | None, page: HistoryPage) -> None:
        """Show the history of a customer, of which the first page is here."""
        self._asked.cancel()
        is_same = (customer_id, campaign_id) == self._of and tuple(self._lines.lines[: len(page.lines)]) == page.lines
        self._of = customer_id, campaign_id
        if is_same and page.lines:
            self._lines.is_asking = False
            return
        self._lines.start(page)
        self._stack.setCurrentWidget(self.view if page.lines else self.empty)

    def turn_to(self, customer_id: int | None, campaign_id: int | None = None) -> None:
        """Read the history of a customer; what is shown of the same one stays until it is here."""
        if (customer_id, campaign_id) != self._of:
            self.show_page(customer_id, campaign_id, HistoryPage())
        if customer_id is not None:
            self._asked.read(history, customer_id, campaign_id, kinds=self._kinds).then(self._take)

    def _take(self, page: HistoryPage) -> None:
        self.show_page(*self._of, page)

    @Slot()
    def _go_on(self) -> None:
        customer_id, campaign_id = self._of
        if customer_id is not None and self._lines.lines:
            edge = self._lines.lines[-1].edge
            asked = self._asked.read(history, customer_id, campaign_id, edge, kinds=self._kinds)
            asked.then(self._lines.append, self._fail)

    def _fail(self, problem: Exception) -> None:
        self._lines.is_asking = False
        self._desk.messages.show_error(problem)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        line = self._lines.line(index)
        if line is not None and line.ticket_id is not None:
            self._desk.commands.run("tickets.open", line.ticket_id)
