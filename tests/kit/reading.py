"""What a person could read in a window: every text with the widget that shows it, and which of them are cut."""

import re
from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollArea,
    QTableView,
    QTextEdit,
    QToolButton,
    QWidget,
)

from app import i18n

_MARKS = re.compile("[\u200e\u200f\u2066-\u2069]")
_FIELD = re.compile(r"\{\w+\}")
_MOST_ROWS = 12
_TAG = re.compile(r"<\w+>")


def visible(widget: QWidget) -> Iterator[QWidget]:
    """What is to be seen of a widget, itself first; what is hidden, most of a window, is not gone through."""
    yield widget
    for part in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if part.isVisible():
            yield from visible(part)


def texts(window: QWidget) -> Iterator[tuple[str, QWidget]]:
    """Everything that stands in the window or is told by a hint, and who shows it."""
    yield window.windowTitle(), window
    for widget in visible(window):
        for text in _of(widget):
            if text:
                yield _MARKS.sub("", text), widget


def _of(widget: QWidget) -> Iterator[str]:
    yield widget.toolTip()
    yield widget.accessibleName()
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    elif isinstance(widget, QGroupBox):
        yield widget.title()
    elif isinstance(widget, QLineEdit | QTextEdit):
        yield widget.placeholderText()
    elif isinstance(widget, QMenu):
        for action in widget.actions():
            yield action.text()
    elif isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView) and widget.model() is not None:
        yield from _cells(widget.model())
        if isinstance(widget, QTableView) and widget.horizontalHeader().isVisible():
            yield from _headers(widget)


def _cells(model: QAbstractItemModel) -> Iterator[str]:
    for row in range(min(_MOST_ROWS, model.rowCount(QModelIndex()))):
        for column in range(_columns(model)):
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                found = model.index(row, column, QModelIndex()).data(role)
                if isinstance(found, str):
                    yield found


def _columns(model: QAbstractItemModel) -> int:
    # A list model hides its count of columns, which is one.
    return 1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())


def _headers(table: QTableView) -> Iterator[str]:
    for column in range(table.model().columnCount()):
        if not table.isColumnHidden(column):
            yield str(table.model().headerData(column, Qt.Orientation.Horizontal) or "")


def cut(window: QWidget) -> list[str]:
    """The buttons and one-line labels whose words have less room than they need, and pages that stand out sideways."""
    parts = list(visible(window))
    found = [told for area in parts if isinstance(area, QScrollArea) for told in _overhang(area)]
    for widget in parts:
        if not _has_words(widget):
            continue
        needed = widget.sizeHint().width()
        if needed > widget.width() + 1:
            text = getattr(widget, "text", str)()
            found.append(f"{type(widget).__name__} {text!r} needs {needed} and has {widget.width()}")
    return found


def _overhang(area: QScrollArea) -> Iterator[str]:
    page = area.widget()
    if area.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff and page is not None:
        room = area.viewport().width()
        if page.width() > room:
            yield f"{type(area.parentWidget()).__name__} has a page {page.width()} wide in {room}"


def _has_words(widget: QWidget) -> bool:
    if isinstance(widget, QToolButton) and widget.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly:
        return False
    if isinstance(widget, QLabel):
        return bool(widget.text()) and not widget.wordWrap()
    return isinstance(widget, QAbstractButton) and bool(widget.text())


def rich(window: QWidget) -> list[str]:
    """The labels that would take data for markup, and the hints that do."""
    parts = list(visible(window))
    labels = [
        f"QLabel {label.text()!r} is not plain"
        for label in parts
        if isinstance(label, QLabel) and label.text() and label.textFormat() is not Qt.TextFormat.PlainText
    ]
    tips = [
        tip
        for view in parts
        if isinstance(view, QAbstractItemView) and view.model() is not None
        for tip in _hints(view.model())
    ]
    tips += [widget.toolTip() for widget in parts]
    tips += [action.toolTip() for action in window.actions()]
    hints = [f"the hint {tip!r} is markup" for tip in tips if _is_markup(tip)]
    texts = [
        f"{type(each).__name__} {each.toPlainText()!r} takes markup"
        for each in parts
        if isinstance(each, QTextEdit) and not each.isReadOnly() and each.acceptRichText()
    ]
    return labels + hints + texts


def _is_markup(tip: str) -> bool:
    """Whether Qt would take what data brought along for markup; what is escaped stands in a frame of our own."""
    return bool(_TAG.search(tip)) or ("&lt;" in tip and not tip.startswith("<"))


def _hints(model: QAbstractItemModel) -> Iterator[str]:
    for row in range(min(_MOST_ROWS, model.rowCount(QModelIndex()))):
        for column in range(_columns(model)):
            tip = model.index(row, column, QModelIndex()).data(Qt.ItemDataRole.ToolTipRole)
            if isinstance(tip, str):
                yield tip


class English:
    """Knows which texts are the program's English ones, where the language in use has others."""

    def __init__(self, code: str) -> None:
        known: dict[object, str] = getattr(i18n.translations(code), "_catalog", {})
        said = set(known.values())
        self._plain: set[str] = set()
        self._patterns: list[re.Pattern[str]] = []
        self._known: dict[str, bool] = {}
        for key, translated in known.items():
            text = key[0] if isinstance(key, tuple) else str(key)
            if not text or text == translated or text in said:
                continue
            words = _FIELD.split(text)
            if len(words) == 1:
                self._plain.add(text)
            elif sum(letter.isalpha() for letter in "".join(words)) > 5:
                self._patterns.append(re.compile(".+".join(re.escape(part) for part in words)))

    def knows(self, text: str) -> bool:
        """Whether this text should have been translated."""
        if text not in self._known:
            self._known[text] = text in self._plain or any(each.fullmatch(text) for each in self._patterns)
        return self._known[text]
