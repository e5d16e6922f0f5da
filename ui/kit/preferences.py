"""What this person chose about looks and language, observable, and put into effect at once."""

from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication

from app import i18n
from app.settings import Setting, Settings
from ui.kit import theme, translate

__all__ = ["Preferences"]

T = TypeVar("T")

APPEARANCE = {Settings.theme.key, Settings.density.key, Settings.font_percent.key}


class Preferences(QObject):
    """The settings with effect. Signal: `changed(key)` after the change has taken effect.

    Read by attribute: `preferences.settings.planner_snap`; change by `preferences.put(Settings.theme, "dark")`.
    """

    changed = Signal(str)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        settings.listen(self._take_effect)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.styleHints().colorSchemeChanged.connect(self._follow_system)

    def put(self, setting: Setting[T], value: T) -> None:
        """Change one setting, keep it, and let it take effect."""
        self.settings.put(setting, value)

    @property
    def snap_minutes(self) -> int:
        """The step to which the planner snaps."""
        return self.settings.planner_snap

    @property
    def axis_follows_language(self) -> bool:
        """Whether the planner's time axis runs from right to left in Hebrew."""
        return self.settings.planner_axis == "language"

    def dress(self) -> None:
        """Apply theme, density and text size."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        chosen = self.settings
        theme.apply(app, chosen.theme, compact=chosen.density == "compact", percent=chosen.font_percent)

    def speak(self, otherwise: str = "") -> None:
        """Apply the language chosen, else the one given, else the one spoken now."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        translate.apply_language(app, self.settings.language or otherwise or i18n.current().code)

    def zoom(self, step: int) -> None:
        """Make all text larger or smaller by `step` percent; 0 goes back to 100."""
        wanted = self.settings.font_percent + step if step else 100
        self.settings.font_percent = min(200, max(80, wanted))

    def _take_effect(self, key: str) -> None:
        if key in APPEARANCE:
            self.dress()
        elif key == Settings.language.key:
            self.speak()
        self.changed.emit(key)

    @Slot()
    def _follow_system(self) -> None:
        if self.settings.theme == "system":
            self.dress()
