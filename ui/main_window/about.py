"""What this program is, which versions it runs on, under which licences its parts come; and what to send to support."""

import platform
from importlib import metadata

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QTextEdit, QVBoxLayout, QWidget

from app.domain.words import N_
from app.i18n import _
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.styled import heading, push_button, secondary

__all__ = ["About", "Crash", "versions"]

LICENCES = (
    "Callboard: MIT\n"
    "Qt and PySide6: LGPL version 3, used unchanged as shared libraries; https://www.qt.io/licensing\n"
    "Noto Sans, Noto Sans Hebrew: SIL Open Font License 1.1\n"
    "Material Design Icons: Apache License 2.0; QtAwesome: MIT\n"
    "SQLAlchemy, alembic, argon2-cffi, cattrs, holidays, rapidfuzz: MIT; Babel, click: BSD\n"
    "psycopg: LGPL version 3; phonenumbers: Apache License 2.0"
)


def versions() -> str:
    """The versions support asks for, one a line."""
    parts = {
        "Callboard": _version("callboard"),
        "Python": platform.python_version(),
        "Qt": qVersion() or "",
        "PySide6": _version("PySide6-Essentials"),
        "SQLAlchemy": _version("SQLAlchemy"),
        "psycopg": _version("psycopg"),
        "System": platform.platform(),
        "Display": QGuiApplication.platformName(),
    }
    return "\n".join(f"{name} {version}" for name, version in parts.items())


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "0"


def _text(content: str) -> QTextEdit:
    field = QTextEdit()
    field.setAcceptRichText(False)
    field.setReadOnly(True)
    field.setPlainText(content)
    return field


class About(QDialog):
    """Versions and licences, with a button that copies them."""

    def __init__(self, mark: QIcon, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        Texts(self).bind(self.setWindowTitle, N_("About Callboard"))
        self.resize(theme.scale(600), theme.scale(460))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[theme.scale(16)] * 4)
        head = QHBoxLayout()
        picture = QLabel()
        picture.setPixmap(mark.pixmap(44, 44))
        head.addWidget(picture)
        words = QVBoxLayout()
        words.addWidget(heading(N_("Callboard")))
        words.addWidget(secondary(N_("A desktop workplace for service companies.")))
        head.addLayout(words, 1)
        outer.addLayout(head)
        outer.addWidget(_text(f"{versions()}\n\n{LICENCES}"), 1)
        outer.addLayout(_buttons(self, f"{versions()}"))


class Crash(QDialog):
    """What nobody foresaw: what became of the work, and the details to send to whoever looks after the program."""

    def __init__(self, trace: str, log_file: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        texts = Texts(self)
        texts.bind(self.setWindowTitle, N_("Something went wrong"))
        self.resize(theme.scale(640), theme.scale(440))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[theme.scale(16)] * 4)
        outer.addWidget(heading(N_("Something went wrong in the program")))
        outer.addWidget(
            secondary(
                N_(
                    "What the status row calls saved is saved; the last step may not be. You can go on working. "
                    "Send the details below to whoever looks after Callboard."
                )
            )
        )
        details = f"{versions()}\n\n{trace}" + (f"\n{_('Log: {file}', file=log_file)}" if log_file else "")
        field = _text(details)
        field.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        outer.addWidget(field, 1)
        outer.addLayout(_buttons(self, details))


def _buttons(dialog: QDialog, details: str) -> QHBoxLayout:
    row = QHBoxLayout()
    copy = push_button(N_("Copy the details"), "copy")
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(details))
    close = push_button(N_("Close"))
    close.setDefault(True)
    close.clicked.connect(dialog.close)
    row.addWidget(copy)
    row.addStretch(1)
    row.addWidget(close)
    return row
