"""The menu under the person's name: language, looks, preferences, log out."""

from functools import partial

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from app import i18n
from app.domain.words import N_
from app.settings import Setting, Settings
from ui.kit import icons
from ui.kit.commands import Commands
from ui.kit.preferences import Preferences
from ui.kit.translate import Texts

__all__ = ["THEMES", "UserMenu"]

THEMES = {"system": N_("As the system"), "light": N_("Light"), "dark": N_("Dark")}


class UserMenu(QMenu):
    """Languages are written as their speakers write them, so that anybody finds the way back."""

    def __init__(self, preferences: Preferences, commands: Commands, button: QToolButton) -> None:
        super().__init__(button)
        self._preferences = preferences
        self._texts = Texts(self)
        languages = self._submenu(N_("Language"), "language")
        self.languages = self._choices(
            languages, Settings.language, {code: language.name for code, language in i18n.LANGUAGES.items()}
        )
        looks = self._submenu(N_("Theme"), "theme")
        self.themes = self._choices(looks, Settings.theme, {}, THEMES)
        self.addSeparator()
        for command in ("preferences", "password", "help", "shortcuts", "rights", "proof", "about"):
            self.addAction(commands.action(f"window.{command}"))
        self.addSeparator()
        self.addAction(commands.action("window.log_out"))
        self.aboutToShow.connect(self._mark)
        button.setMenu(self)

    def _submenu(self, text: str, icon: str) -> QMenu:
        menu = QMenu(self)
        menu.setIcon(icons.icon(icon))
        self._texts.bind(menu.setTitle, text)
        self.addMenu(menu)
        return menu

    def _choices(
        self, menu: QMenu, setting: Setting[str], fixed: dict[str, str], spoken: dict[str, str] | None = None
    ) -> dict[str, QAction]:
        group = QActionGroup(menu)
        actions = {}
        for value in (*fixed, *(spoken or {})):
            action = QAction(fixed.get(value, ""), menu)
            action.setCheckable(True)
            if spoken:
                self._texts.bind(action.setText, spoken[value])
            action.triggered.connect(partial(self._preferences.put, setting, value))
            group.addAction(action)
            menu.addAction(action)
            actions[value] = action
        return actions

    def _mark(self) -> None:
        self.languages[i18n.current().code].setChecked(True)
        self.themes[self._preferences.settings.theme].setChecked(True)
