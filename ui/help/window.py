"""The window of help: the pages at the start, the one that was chosen beside them, and a search over all of them."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app import i18n
from app.domain.words import N_
from app.i18n import _
from ui.help.reading import PageView
from ui.help.topics import TOPICS, Topic, page
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.search import SearchField
from ui.widgets.styled import styled

__all__ = ["HelpWindow"]

_ID = Qt.ItemDataRole.UserRole


class HelpWindow(QDialog):
    """Not modal: it stays open beside the work. Ctrl+F searches, Escape closes."""

    def __init__(self, topic: Topic, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(theme.scale(960), theme.scale(720))
        self.pages = styled(QListWidget(), "sections")
        self.pages.setFrameShape(QListWidget.Shape.NoFrame)
        self.pages.setFixedWidth(theme.scale(250))
        self.pages.setWordWrap(True)
        self.pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.text = styled(PageView(), "page")
        self.search = SearchField(N_("Search"))
        self._build()
        for each in TOPICS.values():
            item = QListWidgetItem()
            item.setData(_ID, each.id)
            self.pages.addItem(item)
        self.pages.currentItemChanged.connect(self._turn)
        self.text.wanted.connect(self._turn_to)
        self.search.searched.connect(self._seek)
        self.search.returnPressed.connect(self._seek_on)
        QShortcut(QKeySequence("Ctrl+F"), self, self._begin_search)
        theme.news.changed.connect(self._turn)
        self._texts = Texts(self)
        self._texts.bind(self.setWindowTitle, N_("Help"))
        self._texts.bind(self.pages.setAccessibleName, N_("Pages"))
        self._texts.bind(self.text.setAccessibleName, N_("Page"))
        self._texts.redo(self._say)
        self.show_topic(topic)

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.pages)
        right = QVBoxLayout()
        right.setSpacing(0)
        above = styled(QWidget(), "toolrow")
        above.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        tools = QHBoxLayout(above)
        tools.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 8)])
        self.search.setMaximumWidth(theme.scale(280))
        tools.addStretch(1)
        tools.addWidget(self.search)
        right.addWidget(above)
        right.addWidget(self.text, 1)
        row.addLayout(right, 1)

    def show_topic(self, topic: Topic) -> None:
        """Turn to a page."""
        self.pages.setCurrentRow(list(TOPICS).index(topic.id))

    def showEvent(self, event: QShowEvent) -> None:
        """The page can be scrolled by key at once."""
        super().showEvent(event)
        if not event.spontaneous():
            self.text.setFocus()

    def _say(self) -> None:
        for place, topic in enumerate(TOPICS.values()):
            self.pages.item(place).setText(_(topic.title))
        self._turn()

    @property
    def topic(self) -> Topic:
        """The page that is open."""
        return list(TOPICS.values())[max(0, self.pages.currentRow())]

    @Slot()
    def _turn(self) -> None:
        self.text.show_page(page(self.topic, i18n.current().code))

    @Slot(str)
    def _turn_to(self, topic_id: str) -> None:
        if topic_id in TOPICS:
            self.show_topic(TOPICS[topic_id])

    # --- Searching

    @Slot()
    def _begin_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    @Slot(str)
    def _seek(self, wanted: str) -> None:
        """Mark it on this page; where it is on another one only, turn there."""
        if self.text.mark(wanted, from_start=True) or not wanted:
            return
        language = i18n.current().code
        other = next((each for each in TOPICS.values() if wanted.casefold() in page(each, language).casefold()), None)
        if other is not None:
            self.show_topic(other)
            self.text.mark(wanted, from_start=True)

    @Slot()
    def _seek_on(self) -> None:
        self.text.mark(self.search.text().strip())
