"""A mail as its reader sees it: who, to whom, about what, and the text in the direction of its language."""

import re
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QFormLayout, QLabel, QTextEdit, QVBoxLayout, QWidget

from app import i18n
from app.domain.words import Message
from ui.kit import theme
from ui.kit.bidi import LEFT_TO_RIGHT_MARK, RIGHT_TO_LEFT_MARK, isolate
from ui.kit.translate import Texts
from ui.widgets.styled import hairline, secondary, styled

__all__ = ["LetterView", "direct"]

_ADDRESSED = re.compile(r"(.+) <([^<>\s]+@[^<>\s]+)>")


def direct(editor: QTextEdit, *, is_rtl: bool | None) -> None:
    """Give a text its direction, whatever the direction of the window; None lets each paragraph have its own."""
    option = QTextOption(editor.document().defaultTextOption())
    ltr, rtl = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto if is_rtl is None else rtl if is_rtl else ltr)
    option.setAlignment(Qt.AlignmentFlag.AlignLeading)
    editor.document().setDefaultTextOption(option)
    if is_rtl is not None:
        editor.setLayoutDirection(rtl if is_rtl else ltr)


def _beside_name(label: QLabel) -> None:
    """A label takes the side of its letters; these stand beside their names, whatever script they are in."""
    side = Qt.AlignmentFlag.AlignRight if i18n.is_rtl() else Qt.AlignmentFlag.AlignLeft
    label.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignTop)


def _person(text: str) -> str:
    """A name and its address in the reader's order, whatever letters the name has; other texts as they are."""
    found = _ADDRESSED.fullmatch(text)
    if found is None:
        return text
    mark = RIGHT_TO_LEFT_MARK if i18n.is_rtl() else LEFT_TO_RIGHT_MARK
    return f"{mark}{isolate(found[1])} <{found[2]}>"


class LetterView(QWidget):
    """Head lines, what there is to say about the mail, and its text. `lines` are catalogue texts of the head."""

    def __init__(self, lines: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(each) for each in (16, 4, 16, 12)])
        column.setSpacing(theme.scale(8))
        self.notice = styled(QLabel(), "note-box")
        self.notice.setTextFormat(Qt.TextFormat.PlainText)
        self.notice.setWordWrap(True)
        self.notice.hide()
        column.addWidget(self.notice)
        head = QFormLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setHorizontalSpacing(theme.scale(12))
        head.setVerticalSpacing(theme.scale(4))
        head.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._values: list[QLabel] = []
        for line in lines:
            name = secondary(line)
            name.setWordWrap(False)
            value = QLabel()
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            texts = Texts(value)
            texts.bind(value.setAccessibleName, line)
            texts.redo(partial(_beside_name, value))
            head.addRow(name, value)
            self._values.append(value)
        self._head = head
        column.addLayout(head)
        column.addWidget(hairline())
        self.body = QTextEdit()
        self.body.setReadOnly(True)
        self.body.setAcceptRichText(False)
        self.body.setFrameShape(QTextEdit.Shape.NoFrame)
        column.addWidget(self.body, 1)

    def show_head(self, *values: str) -> None:
        """The values of the head lines in their order; a line without one is left out."""
        for number, (label, value) in enumerate(zip(self._values, values, strict=True)):
            label.setText(isolate(_person(value)))
            self._head.setRowVisible(number, bool(value))

    @property
    def head(self) -> list[str]:
        """What the head lines say."""
        return [label.text() for label in self._values]

    def show_text(self, text: str, *, is_rtl: bool | None) -> None:
        """The text of the mail, never taken for anything but text."""
        if self.body.toPlainText() != text:
            self.body.setPlainText(text)
        direct(self.body, is_rtl=is_rtl)

    def say(self, messages: Sequence[Message], *, is_bad: bool = False) -> None:
        """What there is to say about the mail, such as why it was not sent; nothing for none."""
        styled(self.notice, "error-box" if is_bad else "note-box")
        self.notice.setText("\n".join(i18n.say(each) for each in messages))
        self.notice.setVisible(bool(messages))
