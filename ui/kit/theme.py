"""Colours, spaces and type as tokens for light and dark, made into one palette and one style sheet over Fusion."""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from app.domain.words import N_

__all__ = [
    "CATEGORIES",
    "DARK",
    "LIGHT",
    "Category",
    "Tokens",
    "apply",
    "font",
    "is_compact",
    "news",
    "row_height",
    "scale",
    "tokens",
]

RESOURCES = Path(__file__).resolve().parents[2] / "resources"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme as "#RRGGBB"; every text colour has 4.5:1 on window, surface and alternate."""

    name: str
    window: str
    surface: str
    alternate: str
    border: str
    outline: str
    text: str
    muted: str
    accent: str
    on_accent: str
    accent_strong: str
    accent_soft: str
    success: str
    warning: str
    danger: str
    info: str
    success_soft: str
    warning_soft: str
    danger_soft: str
    info_soft: str
    presence: str
    grey: str
    hatch: str
    line: str
    scroll: str
    category_text: str = "#1A1E24"

    def color(self, role: str) -> QColor:
        """The colour of a role as Qt wants it."""
        return QColor(getattr(self, role))

    @property
    def is_dark(self) -> bool:
        """Whether this is the dark theme."""
        return self.name == "dark"


LIGHT = Tokens(
    name="light",
    window="#F5F6F8",
    surface="#FFFFFF",
    alternate="#F0F2F5",
    border="#D3D8DF",
    outline="#858E9A",
    text="#1A1E24",
    muted="#56606D",
    accent="#1F56C3",
    on_accent="#FFFFFF",
    accent_strong="#18479F",
    accent_soft="#E3EBFA",
    success="#1B7148",
    warning="#8A5600",
    danger="#B3261E",
    info="#1A64A3",
    success_soft="#E3F3EA",
    warning_soft="#FBEFD9",
    danger_soft="#FBE7E5",
    info_soft="#E2EFF9",
    presence="#FFFFFF",
    grey="#DFE3E8",
    hatch="#C3CAD3",
    line="#EBEEF1",
    scroll="#C3CAD3",
)
DARK = Tokens(
    name="dark",
    window="#15181D",
    surface="#1D2127",
    alternate="#242930",
    border="#3A414B",
    outline="#7D8896",
    text="#E8EBEF",
    muted="#A6B0BC",
    accent="#82AAFF",
    on_accent="#0B1733",
    accent_strong="#A3C0FF",
    accent_soft="#26344F",
    success="#62C793",
    warning="#E6B450",
    danger="#FF8C82",
    info="#7CC0F5",
    success_soft="#1C3429",
    warning_soft="#3A2F18",
    danger_soft="#40242A",
    info_soft="#1C3244",
    presence="#2B3139",
    grey="#101317",
    hatch="#262B32",
    line="#2A3038",
    scroll="#4A525D",
)


@dataclass(frozen=True, slots=True)
class Category:
    """A fill for activity types and other kinds of things; `name` is catalogue text."""

    fill: str
    name: str


CATEGORIES = (
    Category("#77AADD", N_("Blue")),
    Category("#99DDFF", N_("Sky blue")),
    Category("#44BB99", N_("Mint")),
    Category("#BBCC33", N_("Pear")),
    Category("#AAAA00", N_("Olive")),
    Category("#EEDD88", N_("Straw")),
    Category("#EE8866", N_("Orange")),
    Category("#FFAABB", N_("Pink")),
    Category("#DDDDDD", N_("Grey")),
    Category("#C6A5E8", N_("Lilac")),
    Category("#D9B38C", N_("Sand")),
)


class _News(QObject):
    """Signal: `changed()` after theme, density or text size changed; own painting refreshes its caches then."""

    changed = Signal()


class _Look:
    """What is applied now, one per process."""

    tokens: Tokens = LIGHT
    compact: bool = False
    percent: int = 100
    applied: bool = False


news = _News()


def tokens() -> Tokens:
    """The colours in use."""
    return _Look.tokens


def row_height() -> int:
    """The height of a row in lists: 32, compact 26, grown with the text size."""
    return scale(26 if _Look.compact else 32)


def scale(pixels: int) -> int:
    """A length of the design at the text size in use."""
    return round(pixels * _Look.percent / 100)


def is_compact() -> bool:
    """Whether rows and controls are packed closer."""
    return _Look.compact


def apply(app: QApplication, choice: str = "system", *, compact: bool = False, percent: int = 100) -> None:
    """Dress the program: "system" follows the desktop's wish, "light" and "dark" insist."""
    wanted = _wanted(app, choice)
    if _Look.applied and (wanted, compact, percent) == (_Look.tokens, _Look.compact, _Look.percent):
        return
    _Look.tokens, _Look.compact, _Look.percent, _Look.applied = wanted, compact, percent, True
    app.setStyle("Fusion")
    app.setFont(font())
    app.setPalette(_palette(wanted))
    app.setStyleSheet(_style_sheet(wanted))
    news.changed.emit()


def _wanted(app: QApplication, choice: str) -> Tokens:
    if choice == "system":
        return DARK if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT
    return DARK if choice == "dark" else LIGHT


def font(points: float = 10, *, strong: bool = False) -> QFont:
    """The system's face, or Noto Sans where it has none to speak of; Hebrew letters by Noto Sans Hebrew."""
    face = QFont()
    face.setFamilies([_system_face(), "Noto Sans Hebrew"])
    face.setPointSizeF(points * _Look.percent / 100)
    face.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    return face


@cache
def _system_face() -> str:
    for file in sorted((RESOURCES / "fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(file))
    face = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()
    # What Qt answers when the desktop names no face: wide and made for another age.
    return "Noto Sans" if face.casefold() in {"", "sans", "sans serif", "dejavu sans", "helvetica"} else face


def _palette(look: Tokens) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: look.window,
        QPalette.ColorRole.WindowText: look.text,
        QPalette.ColorRole.Base: look.surface,
        QPalette.ColorRole.AlternateBase: look.alternate,
        QPalette.ColorRole.Text: look.text,
        QPalette.ColorRole.PlaceholderText: look.muted,
        QPalette.ColorRole.Button: look.surface,
        QPalette.ColorRole.ButtonText: look.text,
        QPalette.ColorRole.BrightText: look.danger,
        QPalette.ColorRole.ToolTipBase: look.text,
        QPalette.ColorRole.ToolTipText: look.window,
        QPalette.ColorRole.Highlight: look.accent,
        QPalette.ColorRole.HighlightedText: look.on_accent,
        QPalette.ColorRole.Accent: look.accent,
        QPalette.ColorRole.Link: look.accent,
        QPalette.ColorRole.LinkVisited: look.accent,
        QPalette.ColorRole.Light: look.surface,
        QPalette.ColorRole.Midlight: look.alternate,
        QPalette.ColorRole.Mid: look.border,
        QPalette.ColorRole.Dark: look.outline,
        QPalette.ColorRole.Shadow: look.border,
    }
    for role, value in roles.items():
        palette.setColor(role, QColor(value))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(look.outline))
    return palette


def _style_sheet(look: Tokens) -> str:
    template = Template((RESOURCES / "qss" / "callboard.qss").read_text(encoding="utf-8"))
    sizes = {
        "control": scale(26 if _Look.compact else 30),
        "row": row_height(),
        "gap": scale(3 if _Look.compact else 5),
        "icon": scale(18),
        "icon_beside": scale(22),  # what is wider than the glyph parts it from the words beside it
        "rail_icon": scale(22),
        "small_icon": scale(14),
        "body": f"{10 * _Look.percent / 100:g}",
        "secondary": f"{9 * _Look.percent / 100:g}",
        "heading": f"{12 * _Look.percent / 100:g}",
        "figure": f"{18 * _Look.percent / 100:g}",
        "pictures": f"{RESOURCES.as_posix()}/qss/{look.name}",
    }
    return template.substitute(asdict(look), **sizes)
