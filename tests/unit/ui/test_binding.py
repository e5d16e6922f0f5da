"""The Qt binding keeps its accounts with Python."""

import sys

from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QLabel

CALLS = 20_000


def test_calls_into_qt_lose_no_reference_to_none(qtbot):
    """PySide6 6.12.0 on CPython 3.11 takes one off `None` a call and aborts after some 5,000; hence the pin."""
    label = QLabel()
    qtbot.addWidget(label)
    picture = QPixmap(8, 8)
    painter = QPainter(picture)
    before = sys.getrefcount(None)
    for number in range(CALLS // 2):
        label.setText(str(number))
        painter.drawLine(0, 0, 8, 8)
    after = sys.getrefcount(None)
    painter.end()
    assert abs(after - before) < CALLS // 100
