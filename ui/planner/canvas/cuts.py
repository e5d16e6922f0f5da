"""Texts cut to the room they have; measured once and kept."""

from math import ceil

from PySide6.QtGui import QFont, QFontMetrics, QFontMetricsF

from ui.kit.bidi import isolate

_CUTS = 6_000
_JOINT = " · "


class Cuts:
    """Texts cut to the room they have, with their length in pixels; measured once.

    Lengths are sums of the letters' own, each asked for once: asking Qt for every text costs more than drawing it.
    """

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetrics(font)
        self.ascent = self.metrics.ascent()
        self.descent = self.metrics.descent()
        self._exact = QFontMetricsF(font)
        self._letters: dict[str, float] = {}
        self.kept: dict[tuple[str, str, int], tuple[str, int]] = {}
        self._subtitles: dict[str, float] = {}
        self._dots = self._length("…")
        self._joint = self._length(_JOINT)
        self._least = 9 * self.metrics.averageCharWidth()

    def cut(self, title: str, subtitle: str, room: int) -> tuple[str, int]:
        """Title and subtitle on one line; the subtitle goes first when room is short."""
        key = (title, subtitle, room)
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) > _CUTS:
                self.kept.clear()
                self._subtitles.clear()
            found = self.kept[key] = self._cut(title, subtitle, room)
        return found

    def _length(self, text: str) -> float:
        letters = self._letters
        try:
            return sum([letters[each] for each in text])
        except KeyError:
            for each in text:
                letters[each] = self._exact.horizontalAdvance(each)
            return self._length(text)

    def _cut(self, title: str, subtitle: str, room: int) -> tuple[str, int]:
        if not title:
            title, subtitle = subtitle, ""
        length = self._length(title)
        if length > room:
            text, length = self._shorten(title, room)
            return _shielded(text), ceil(length)
        if not subtitle:
            return _shielded(title), ceil(length)
        left = room - length - self._joint
        rest = self._subtitles.get(subtitle)
        if rest is None:
            rest = self._subtitles[subtitle] = self._length(subtitle)
        if rest > left:
            if left < self._least:
                return _shielded(title), ceil(length)
            subtitle, rest = self._shorten(subtitle, left)
        return f"{_shielded(title)}{_JOINT}{_shielded(subtitle)}", ceil(length + self._joint + rest)

    def _shorten(self, text: str, room: float) -> tuple[str, float]:
        """With dots where there is room for them; else the first letters, or nothing when they would be too few."""
        letters = self._letters
        dots = self._dots if room >= self._least else 0.0
        used, count = dots, 0
        for each in text:
            used += letters[each]
            if used > room:
                used -= letters[each]
                break
            count += 1
        if dots:
            return text[:count].rstrip() + "…", used
        return (text[:count], used) if count > 1 else ("", 0.0)


def _shielded(text: str) -> str:
    """Isolated where a neighbour of another script could tear it apart."""
    return text if text.isascii() else isolate(text)
