"""What stands beneath the bars: names in two lines at most, and months with their years where they fit."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

from app.i18n import format_date
from ui.kit.bidi import isolate

__all__ = ["month_labels", "wrapped"]

_EVERY = (1, 2, 3, 6, 12)


def wrapped(name: str, room: float, metrics: QFontMetricsF) -> str:
    """The name in one line, or in two broken at a blank, each cut short where it is longer than the room."""
    words = name.split()
    if metrics.horizontalAdvance(name) <= room or len(words) < 2:
        return isolate(metrics.elidedText(name, Qt.TextElideMode.ElideRight, room))
    # Broken where the longer of the two lines is shortest.
    lines = min(
        ((" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))),
        key=lambda pair: max(map(metrics.horizontalAdvance, pair)),
    )
    return "\n".join(isolate(metrics.elidedText(line, Qt.TextElideMode.ElideRight, room)) for line in lines)


def month_labels(months: Sequence[date], seen: range, room: float, metrics: QFontMetricsF) -> list[tuple[int, str]]:
    """Names of the months in view by their place, as many as fit, with the year at the first one and at a new one."""
    names = [format_date(month, "month alone") for month in months]
    widest = max((metrics.horizontalAdvance(each) for each in [*names, "2000"]), default=0) + 6
    every = next((each for each in _EVERY if each * room >= widest), _EVERY[-1])
    found: list[tuple[int, str]] = []
    year = 0
    for place in seen:
        month = months[place]
        if (month.month - 1) % every and len(months) > every:
            continue
        found.append((place, f"{isolate(names[place])}\n{month.year if month.year != year else ''}"))
        year = month.year
    return found
