"""Texts that follow a language switch while the program runs, with open forms kept as they are."""

from collections.abc import Callable

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, Qt, QTranslator, Signal
from PySide6.QtWidgets import QApplication

from app import i18n
from app.domain.words import Message

__all__ = ["Texts", "apply_language", "news"]


class _News(QObject):
    """Tells that the language has changed; models connect to it to tell their views.

    Signal: `switched()`, sent after the catalogue and the layout direction have changed.
    """

    switched = Signal()


news = _News()


class Texts(QObject):
    """The texts of one widget: set now and again after each language switch, until the widget is gone."""

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self._bound: dict[object, Callable[[], object]] = {}
        news.switched.connect(self._again)

    def bind(self, setter: Callable[[str], object], text: str, /, **fields: object) -> None:
        """Give the setter the translated text; a later bind of the same setter replaces this one."""
        self.redo(lambda: setter(i18n._(text, **fields)), key=setter)

    def plural(
        self, setter: Callable[[str], object], singular: str, plural: str, count: int, /, **fields: object
    ) -> None:
        """Give the setter the form of the text that goes with `count`."""
        self.redo(lambda: setter(i18n._n(singular, plural, count, **fields)), key=setter)

    def say(self, setter: Callable[[str], object], message: Message) -> None:
        """Give the setter a Message in words."""
        self.redo(lambda: setter(i18n.say(message)), key=setter)

    def redo(self, apply: Callable[[], object], *, key: object = None) -> None:
        """Call now and after each switch; for texts made of dates, numbers or lists."""
        self._bound[apply if key is None else key] = apply
        apply()

    def _again(self) -> None:
        for apply in list(self._bound.values()):
            apply()


def apply_language(app: QApplication, code: str) -> i18n.Language:
    """Speak this language everywhere: catalogue, layout direction, Qt's own texts; open forms stay as they are."""
    language = i18n.use(code)
    QLocale.setDefault(QLocale(language.locale))
    _install_qt_texts(app, language)
    right_to_left = Qt.LayoutDirection.RightToLeft
    app.setLayoutDirection(right_to_left if language.is_rtl else Qt.LayoutDirection.LeftToRight)
    news.switched.emit()
    return language


def _install_qt_texts(app: QApplication, language: i18n.Language) -> None:
    """Load Qt's own catalogue; installing or removing a translator sends LanguageChange to every window."""
    for old in app.findChildren(QTranslator, "qtbase"):
        app.removeTranslator(old)
        old.setParent(None)
    translator = QTranslator(app)
    translator.setObjectName("qtbase")
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(f"qtbase_{language.code}", folder):
        app.installTranslator(translator)
