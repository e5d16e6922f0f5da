"""Icons by meaning: one family, painted in the colours of the theme in use, loaded at the first icon."""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QIconEngine, QPainter, QPixmap

from ui.kit import theme

__all__ = ["MEANINGS", "icon", "paint"]

MEANINGS = {
    "stuck": "timer-sand-complete",
    "bouncing": "swap-horizontal-bold",
    "about": "information-outline",
    "hang-up": "phone-hangup-outline",
    "help": "help-circle-outline",
    "proof": "shield-check-outline",
    "absence": "beach",
    "add": "plus",
    "administrator": "shield-account-outline",
    "alert": "bell-ring",
    "alerts": "bell-outline",
    "appointment": "calendar-account",
    "back": "chevron-left",
    "calendar": "calendar-month-outline",
    "call": "phone-outline",
    "call-out": "phone-outgoing-outline",
    "call-on": "phone-in-talk-outline",
    "campaign": "bullhorn-outline",
    "cancel": "close",
    "check": "check",
    "chosen": "check-circle",
    "clear": "close-circle",
    "clock": "clock-outline",
    "close": "close",
    "columns": "view-column-outline",
    "company": "office-building-outline",
    "copy": "content-copy",
    "customer": "account-outline",
    "customers": "account-group-outline",
    "database": "database-outline",
    "delete": "trash-can-outline",
    "dialer": "headset",
    "details": "text-box-outline",
    "download": "download",
    "drawer": "chevron-right",
    "due": "calendar-clock",
    "edit": "pencil-outline",
    "enable": "account-check-outline",
    "error": "alert-circle-outline",
    "file": "file-outline",
    "filter": "filter-variant",
    "folder": "folder-open-outline",
    "attach": "paperclip",
    "final": "flag-checkered",
    "fit": "fit-to-page-outline",
    "hand-over": "account-arrow-right-outline",
    "history": "history",
    "home": "home-outline",
    "holiday": "flag-outline",
    "import": "database-import-outline",
    "export": "export-variant",
    "info": "information-outline",
    "intake": "tray-arrow-down",
    "intervention": "wrench-outline",
    "keyboard": "keyboard-outline",
    "language": "translate",
    "list": "format-list-bulleted",
    "lock": "lock-outline",
    "log-out": "logout",
    "mail": "email-outline",
    "merge": "call-merge",
    "menu": "dots-vertical",
    "new": "plus",
    "next": "chevron-right",
    "mail-in": "email-arrow-left-outline",
    "mail-out": "email-arrow-right-outline",
    "note": "note-text-outline",
    "now": "crosshairs-gps",
    "offline": "cloud-off-outline",
    "online": "cloud-check-outline",
    "open": "open-in-new",
    "overdue": "alert",
    "overlap": "content-duplicate",
    "pause": "pause",
    "people": "account-multiple-outline",
    "planner": "calendar-clock-outline",
    "points": "star-circle-outline",
    "preferences": "cog-outline",
    "presence": "account-clock-outline",
    "print": "printer-outline",
    "priority": "flag-variant-outline",
    "process": "sitemap-outline",
    "reports": "chart-bar",
    "reconnecting": "cloud-sync-outline",
    "reminder": "bell-ring-outline",
    "redeem": "gift-outline",
    "redo": "redo",
    "profile": "badge-account-outline",
    "refresh": "refresh",
    "refused": "cancel",
    "repeat": "repeat",
    "reset": "restore",
    "save": "content-save-outline",
    "schedule": "calendar-plus",
    "search": "magnify",
    "settings": "tune",
    "site": "map-marker-outline",
    "skill": "certificate-outline",
    "skip": "skip-next-outline",
    "sort": "sort",
    "sort-down": "chevron-down",
    "sort-up": "chevron-up",
    "star": "star-outline",
    "success": "check-circle-outline",
    "tasks": "checkbox-multiple-marked-circle-outline",
    "task": "checkbox-marked-circle-outline",
    "technician": "account-hard-hat-outline",
    "theme": "theme-light-dark",
    "ticket": "ticket-outline",
    "tickets": "ticket-confirmation-outline",
    "undo": "undo",
    "unschedule": "calendar-remove-outline",
    "user": "account-circle-outline",
    "visit": "calendar-check-outline",
    "waiting": "timer-sand",
    "warning": "alert-outline",
    "why": "help-circle-outline",
    "working-hours": "briefcase-clock-outline",
    "zoom-in": "magnify-plus-outline",
    "zoom-out": "magnify-minus-outline",
}
MIRRORED = frozenset({"back", "next", "drawer"})


@cache
def _glyphs() -> tuple[str, dict[str, str]]:
    """The family name of QtAwesome's Material Design font, and its character by meaning.

    The font is taken from the package without importing it: the import and its ten fonts cost 165 ms, this one 4.
    """
    package = find_spec("qtawesome")
    assert package is not None
    assert package.origin is not None
    fonts = Path(package.origin).parent / "fonts"
    face = QFontDatabase.addApplicationFont(str(next(fonts.glob("materialdesignicons6-*.ttf"))))
    charmap = json.loads(next(fonts.glob("materialdesignicons6-*.json")).read_text(encoding="utf-8"))
    glyphs = {name: chr(int(charmap[glyph], 16)) for name, glyph in MEANINGS.items()}
    return QFontDatabase.applicationFontFamilies(face)[0], glyphs


def paint(painter: QPainter, rect: QRect | QRectF, name: str, color: QColor) -> None:
    """Paint the icon of this meaning into the rectangle, for own painting such as the planner's bars."""
    family, glyphs = _glyphs()
    area = QRectF(rect)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if name in MIRRORED and QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft:
        painter.translate(area.center().x() * 2, 0)
        painter.scale(-1, 1)
    font = QFont(family)
    font.setPixelSize(max(1, round(min(area.width(), area.height()))))
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, glyphs[name])
    painter.restore()


class _Engine(QIconEngine):
    """Paints one glyph in the colour its tone has now, so a theme switch recolours every icon by itself."""

    def __init__(self, name: str, tone: str) -> None:
        super().__init__()
        self._name = name
        self._tone = tone

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint the glyph; disabled icons fade, chosen ones take the accent."""
        paint(painter, rect, self._name, self._color(mode, state))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The glyph on a transparent ground."""
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return picture

    def _color(self, mode: QIcon.Mode, state: QIcon.State) -> QColor:
        tokens = theme.tokens()
        if mode == QIcon.Mode.Disabled:
            return QColor(tokens.outline)
        if state == QIcon.State.On and self._tone == "muted":
            return QColor(tokens.accent)
        return QColor(getattr(tokens, self._tone))


def icon(name: str, tone: str = "muted") -> QIcon:
    """The icon of this meaning; `tone` is the name of a theme token: muted, text, accent, on_accent, danger ..."""
    if name not in MEANINGS:
        raise KeyError(name)
    return QIcon(_Engine(name, tone))
