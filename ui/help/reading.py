"""The page of help being read: its Markdown in the colours of the theme and the direction of the language."""

import re

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeySequence,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextOption,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit, QWidget

from app import i18n
from ui.kit import theme

__all__ = ["PageView", "native"]

_WIDEST = 640
_LEAST_MARGIN = 28
_LARGER = {1: 2, 2: 1}
"""Steps of Qt's own scale above the size of the text, by the level of a heading."""
_ABOVE = {1: 4, 2: 22, 3: 14}
_KEY = re.compile(r"(?:(?:Ctrl|Alt|Shift)\+\S+|F\d{1,2}|[A-Z][A-Za-z]{1,6}|[A-Z])")
_CODE = re.compile(r"`([^`]+)`")
_LEFT_TO_RIGHT, _END = "\u2066", "\u2069"


def native(code: str) -> str:
    """A key as this system writes it in the language in use; what is no key stays as it is."""
    if _KEY.fullmatch(code) is None:
        return code
    # The arrow that stands for Home on a key cap says little in a sentence.
    shown = QKeySequence(code).toString(QKeySequence.SequenceFormat.NativeText)
    return shown if len(shown) > 1 else code


class PageView(QTextBrowser):
    """Read only; Tab goes from link to link. Signal: `wanted(id)`, a link to another page was followed."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._follow)

    def show_page(self, markdown: str) -> None:
        """Show a page from its beginning."""
        document = self.document()
        option = QTextOption(document.defaultTextOption())
        rtl, ltr = Qt.LayoutDirection.RightToLeft, Qt.LayoutDirection.LeftToRight
        option.setTextDirection(rtl if i18n.is_rtl() else ltr)
        document.setDefaultTextOption(option)
        document.setIndentWidth(theme.scale(22))
        self.setMarkdown(_CODE.sub(lambda found: f"`{_LEFT_TO_RIGHT}{native(found[1])}{_END}`", markdown))
        self._dress(document)
        self._make_room()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.setExtraSelections([])

    def mark(self, text: str, *, from_start: bool = False) -> bool:
        """Mark every place of a text and go to the next one; False when the page does not hold it."""
        document, places = self.document(), []
        found = document.find(text) if text else QTextCursor()
        while not found.isNull():
            place = QTextEdit.ExtraSelection()
            place.cursor = found
            place.format.setBackground(theme.tokens().color("warning_soft"))
            places.append(place)
            found = document.find(text, found)
        self.setExtraSelections(places)
        if from_start:
            self.moveCursor(QTextCursor.MoveOperation.Start)
        if places and not self.find(text):
            self.moveCursor(QTextCursor.MoveOperation.Start)
            self.find(text)
        return bool(places)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines stay short enough to be read, however wide the window is."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        frame = self.document().rootFrame()
        form = frame.frameFormat()
        beside = max(theme.scale(_LEAST_MARGIN), (self.viewport().width() - theme.scale(_WIDEST)) // 2)
        if (form.leftMargin(), form.topMargin()) != (beside, theme.scale(16)):
            form.setLeftMargin(beside)
            form.setRightMargin(beside)
            form.setTopMargin(theme.scale(16))
            form.setBottomMargin(theme.scale(28))
            frame.setFrameFormat(form)

    def _dress(self, document: QTextDocument) -> None:
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        block = document.begin()
        while block.isValid():
            self._dress_block(cursor, block)
            block = block.next()
        cursor.endEditBlock()

    def _dress_block(self, cursor: QTextCursor, block: QTextBlock) -> None:
        level = block.blockFormat().headingLevel()
        room = QTextBlockFormat()
        room.setTopMargin(theme.scale(_ABOVE.get(level, 0)))
        room.setBottomMargin(theme.scale(6))
        room.setLineHeight(125, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.setPosition(block.position())
        cursor.mergeBlockFormat(room)
        for start, end, form in _spans(block):
            look = QTextCharFormat()
            if level:
                look.setFontWeight(QFont.Weight.DemiBold)
                # Qt's Markdown reader sets this too, and it outdoes a size in points.
                look.setProperty(QTextFormat.Property.FontSizeAdjustment, _LARGER.get(level, 0))
                look.setForeground(theme.tokens().color("text"))
            elif form.fontFixedPitch():
                look = _key_look()
            elif form.isAnchor():
                look.setForeground(theme.tokens().color("accent"))
            elif form.fontWeight() > QFont.Weight.Normal:
                look.setFontWeight(QFont.Weight.DemiBold)
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(look)

    @Slot("QUrl")
    def _follow(self, link: QUrl) -> None:
        self.wanted.emit(link.toString())


def _spans(block: QTextBlock) -> list[tuple[int, int, QTextCharFormat]]:
    """The pieces of a block that look alike; taken first, as dressing one changes the others' places."""
    found, walk = [], block.begin()
    while not walk.atEnd():
        piece = walk.fragment()
        found.append((piece.position(), piece.position() + piece.length(), piece.charFormat()))
        walk += 1
    return found


def _key_look() -> QTextCharFormat:
    look, colours = QTextCharFormat(), theme.tokens()
    look.setFont(theme.font(9.5))
    look.setFontFixedPitch(False)
    look.setBackground(QColor(colours.alternate))
    look.setForeground(QColor(colours.text))
    return look
