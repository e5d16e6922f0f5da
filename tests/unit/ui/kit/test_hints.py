"""Hints show data letter by letter, whatever Qt would make of it."""

import pytest
from PySide6.QtGui import QTextDocument

from ui.kit.hints import hint


@pytest.mark.parametrize(
    "data", ["<b>x</b>", "a &lt;b&gt; c", "Rossi & Figli", "x\n<i>y", "<img src=//evil/x.png>", "&amp;"]
)
def test_data_that_looks_like_markup_stays_what_it_is(data: str) -> None:
    document = QTextDocument()
    document.setHtml(hint(data) or "")
    assert document.toPlainText() == data


def test_plain_words_need_no_frame() -> None:
    assert hint("Haifa") == "Haifa"
    assert hint("") is None
