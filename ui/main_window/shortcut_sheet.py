"""Ctrl+?: every key that does something, made from the registry itself."""

from collections import defaultdict

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.words import N_
from ui.kit import theme
from ui.kit.commands import Command, Commands
from ui.kit.translate import Texts
from ui.main_window.palette import native
from ui.widgets.styled import heading, plain, push_button, styled

__all__ = ["ShortcutSheet"]


SCREENS = N_("Screens")


class ShortcutSheet(QDialog):
    """Keys by screen, the window's own first; `titles` says what a context is called (catalogue texts)."""

    def __init__(self, commands: Commands, titles: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        Texts(self).bind(self.setWindowTitle, N_("Keyboard shortcuts"))
        self.resize(theme.scale(720), theme.scale(560))
        outer = QVBoxLayout(self)
        area = QScrollArea()
        area.setWidgetResizable(True)
        content = styled(QWidget(), "surface")
        self._columns = QHBoxLayout(content)
        self._columns.setSpacing(theme.scale(40))
        self._columns.setContentsMargins(*[theme.scale(16)] * 4)
        area.setWidget(content)
        outer.addWidget(area)
        close = push_button(N_("Close"))
        close.clicked.connect(self.close)
        outer.addWidget(close, 0, Qt.AlignmentFlag.AlignTrailing)
        self._fill(commands, titles)

    def _fill(self, commands: Commands, titles: dict[str, str]) -> None:
        groups: dict[str, list[Command]] = defaultdict(list)
        for command in commands.declared():
            if command.keys:
                groups[SCREENS if command.id.startswith("go.") else command.context].append(command)
        known = dict.fromkeys([*titles, SCREENS, *groups])
        order = [context for context in known if context in groups]
        columns = [QVBoxLayout(), QVBoxLayout()]
        for place, context in enumerate(order):
            columns[min(place, 1)].addWidget(self._group(titles.get(context, context), groups[context]))
        for column in columns:
            column.addStretch(1)
            self._columns.addLayout(column, 1)

    @staticmethod
    def _group(title: str, commands: list[Command]) -> QWidget:
        group = QWidget()
        grid = QGridLayout(group)
        grid.setContentsMargins(0, 0, 0, theme.scale(16))
        grid.setColumnStretch(0, 1)
        grid.addWidget(heading(title), 0, 0, 1, 2)
        for row, command in enumerate(sorted(commands, key=lambda each: each.label), 1):
            name = plain(command.label)
            keys = styled(plain(", ".join(native(key) for key in command.keys)), "key")
            grid.addWidget(name, row, 0)
            grid.addWidget(keys, row, 1, Qt.AlignmentFlag.AlignTrailing)
        return group
