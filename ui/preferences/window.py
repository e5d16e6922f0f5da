"""The preferences: every choice takes effect at once, so there is nothing to confirm."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import i18n
from app.domain.words import N_
from app.i18n import _
from app.settings import Setting, Settings
from ui.kit import theme
from ui.kit.preferences import Preferences
from ui.kit.translate import Texts
from ui.widgets.form import Form
from ui.widgets.styled import plain, push_button, styled

__all__ = ["PreferencesWindow", "Segments"]

THEMES = {"system": N_("As the system"), "light": N_("Light"), "dark": N_("Dark")}
DENSITIES = {"normal": N_("Normal"), "compact": N_("Compact")}
AXES = {"language": N_("As the language reads"), "ltr": N_("Always from left to right")}


class Segments(QWidget):
    """A few choices side by side, one of them in force; `choices` are catalogue texts by value."""

    def __init__(self, preferences: Preferences, setting: Setting[str], choices: Mapping[str, str]) -> None:
        super().__init__()
        self._preferences = preferences
        self._setting = setting
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scale(4))
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        for value, text in choices.items():
            button = styled(QToolButton(), "segment")
            button.setCheckable(True)
            Texts(button).bind(button.setText, text)
            button.clicked.connect(partial(preferences.put, setting, value))
            self._group.addButton(button)
            self.buttons[value] = button
            row.addWidget(button)
        row.addStretch(1)
        preferences.changed.connect(self._follow)
        self._follow(setting.key)

    @Slot(str)
    def _follow(self, key: str) -> None:
        if key == self._setting.key:
            self.buttons[self._preferences.settings.get(self._setting)].setChecked(True)


class PreferencesWindow(QDialog):
    """Language, theme, density, text size, planner step and time axis, and whether new tasks are told."""

    def __init__(
        self,
        preferences: Preferences,
        parent: QWidget | None = None,
        *,
        telephone: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._preferences = preferences
        self._texts = Texts(self)
        self._texts.bind(self.setWindowTitle, N_("Preferences"))
        self.setMinimumWidth(theme.scale(540))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[theme.scale(16)] * 4)
        outer.setSpacing(theme.scale(16))
        form = Form()
        form.heading(N_("Looks"))
        form.row(N_("Language"), self._make_languages())
        form.row(N_("Theme"), Segments(preferences, Settings.theme, THEMES))
        form.row(N_("Density"), Segments(preferences, Settings.density, DENSITIES))
        form.row(N_("Text size"), self._make_sizes())
        form.heading(N_("Planner"))
        form.row(N_("Bars snap to"), self._make_snaps())
        form.row(N_("Time axis"), Segments(preferences, Settings.planner_axis, AXES))
        form.heading(N_("Tasks"))
        form.wide(self._make_notify())
        if telephone is not None:
            form.heading(N_("Telephone"))
            self.telephone_button = push_button(N_("Choose my telephone"), "call")
            self.telephone_button.clicked.connect(telephone)
            form.wide(self.telephone_button)
        outer.addWidget(form)
        outer.addStretch(1)
        close = push_button(N_("Close"))
        close.setDefault(True)
        close.clicked.connect(self.close)
        outer.addWidget(close, 0, Qt.AlignmentFlag.AlignTrailing)
        preferences.changed.connect(self._follow)

    def _make_languages(self) -> QComboBox:
        self.languages = QComboBox()
        for code, language in i18n.LANGUAGES.items():
            self.languages.addItem(language.name, code)
        self._mark_language()
        self.languages.activated.connect(self._choose_language)
        return self.languages

    def _make_notify(self) -> QCheckBox:
        self.notify = QCheckBox()
        self._texts.bind(self.notify.setText, N_("Notify me of new tasks"))
        self.notify.setChecked(self._preferences.settings.notify_tasks)
        self.notify.toggled.connect(partial(self._preferences.put, Settings.notify_tasks))
        return self.notify

    def _make_sizes(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(80, 200)
        self.size_slider.setSingleStep(10)
        self.size_slider.setPageStep(10)
        self.size_slider.setFixedWidth(theme.scale(200))
        self.size_slider.setAccessibleName(_("Text size"))
        self._size = plain()
        self._mark_size()
        # The whole program is laid out anew with each size, so a drag waits for the mouse to be let go.
        self.size_slider.setTracking(False)
        self.size_slider.valueChanged.connect(self._choose_size)
        row.addWidget(self.size_slider)
        row.addWidget(self._size)
        row.addStretch(1)
        holder.setFocusProxy(self.size_slider)
        return holder

    def _make_snaps(self) -> QComboBox:
        self.snaps = QComboBox()
        for minutes in Settings.planner_snap.choices or ():
            self.snaps.addItem("", minutes)
        self._texts.redo(self._name_snaps)
        self.snaps.setCurrentIndex(self.snaps.findData(self._preferences.snap_minutes))
        self.snaps.activated.connect(self._choose_snap)
        return self.snaps

    def _name_snaps(self) -> None:
        for place in range(self.snaps.count()):
            self.snaps.setItemText(place, i18n.format_duration(self.snaps.itemData(place)))

    def _mark_language(self) -> None:
        self.languages.setCurrentIndex(self.languages.findData(i18n.current().code))

    def _mark_size(self) -> None:
        with QSignalBlocker(self.size_slider):
            self.size_slider.setValue(self._preferences.settings.font_percent)
        self._size.setText(_("{percent} %", percent=self._preferences.settings.font_percent))

    @Slot(str)
    def _follow(self, key: str) -> None:
        """Another place changed it: the user menu, or Ctrl with plus."""
        if key == Settings.language.key:
            self._mark_language()
        elif key == Settings.font_percent.key:
            self._mark_size()

    @Slot(int)
    def _choose_language(self, place: int) -> None:
        self._preferences.put(Settings.language, self.languages.itemData(place))

    @Slot(int)
    def _choose_size(self, percent: int) -> None:
        self._preferences.put(Settings.font_percent, percent)

    @Slot(int)
    def _choose_snap(self, place: int) -> None:
        self._preferences.put(Settings.planner_snap, self.snaps.itemData(place))
