"""One registry of commands: menus, tool rows, the palette, shortcuts and the shortcut sheet are all made from it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from app import i18n
from ui.kit import icons, translate

__all__ = ["WINDOW", "Command", "Commands"]

WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can do: `text` is catalogue text, `context` the screen it belongs to ("window" = everywhere).

    Ids never change once released; `shortcut` is one key in Qt's portable words, or several with spaces between.
    """

    id: str
    text: str
    icon: str | None = None
    shortcut: str = ""
    context: str = WINDOW
    in_palette: bool = True

    @property
    def keys(self) -> tuple[str, ...]:
        """The shortcuts, the first one is shown."""
        return tuple(self.shortcut.split())

    @property
    def label(self) -> str:
        """The text in the language in use."""
        return i18n._(self.text)


class _Entry:
    """One registration: a command, what it does, and the widget it works in."""

    def __init__(
        self,
        command: Command,
        action: QAction,
        owner: QWidget,
        run: Callable[..., object],
        can: Callable[[], bool] | None,
        may: Callable[[], bool] | None,
    ) -> None:
        self.command = command
        self.action = action
        self.owner = owner
        self.run = run
        self.can = can
        self.may = may

    def is_possible(self) -> bool:
        return self.can is None or self.can()


class Commands(QObject):
    """The registry. Signal: `changed()` when a command came, went, or may be possible now."""

    changed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._declared: dict[str, Command] = {}
        self._entries: list[_Entry] = []
        self._left: frozenset[str] | None = None
        translate.news.switched.connect(self._retranslate)

    def add(
        self,
        command: Command,
        handler: Callable[..., object],
        *,
        enabled: Callable[[], bool] | None = None,
        owner: QWidget | None = None,
        allowed: Callable[[], bool] | None = None,
    ) -> QAction:
        """Make the command work; with `owner` only while the focus is in that widget, and until it is destroyed.

        While it is not `allowed` to this person it is as if it were not there; `enabled` is for what comes and goes.
        """
        self._declare(command)
        home = owner or self._window
        action = QAction(home)
        entry = _Entry(command, action, home, handler, enabled, allowed)
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut if owner else Qt.ShortcutContext.WindowShortcut
        action.setShortcutContext(context)
        action.setObjectName(command.id)
        if command.icon:
            action.setIcon(icons.icon(command.icon))
        self._name(entry)
        action.setEnabled(self._is_possible(entry))
        action.triggered.connect(lambda: self._trigger(entry))
        home.addAction(action)
        self._entries.append(entry)
        action.destroyed.connect(lambda: self._drop(entry))
        self.changed.emit()
        return action

    def _declare(self, command: Command) -> None:
        known = self._declared.get(command.id)
        if known is not None and known != command:
            raise ValueError(f"two commands are called {command.id}")
        wanted = _sequences(command.shortcut)
        for other in self._declared.values():
            doubled = wanted & _sequences(other.shortcut)
            if doubled and other.id != command.id and self._meet(command, other):
                raise ValueError(f"{command.id} and {other.id} both want {min(doubled)}")
        self._declared[command.id] = command

    @staticmethod
    def _meet(one: Command, other: Command) -> bool:
        # Qt runs neither of two actions whose key is ambiguous, so a screen may not take a key of the window.
        return one.context == other.context or WINDOW in (one.context, other.context)

    def action(self, command_id: str) -> QAction:
        """The action of a command, for menus and tool buttons; the one of the visible owner where there are several."""
        found = self._found(command_id)
        if not found:
            raise KeyError(command_id)
        return found[-1].action

    def run(self, command_id: str, *args: Any) -> bool:
        """Do it, as screens ask each other to; False when nobody can do it now."""
        entry = self._find(command_id)
        if entry is None or (not args and not self._is_possible(entry)):
            return False
        entry.run(*args)
        return True

    def has(self, command_id: str) -> bool:
        """Whether somebody carries the command out."""
        return self._find(command_id) is not None

    def leave(self, command_ids: Collection[str] | None) -> None:
        """Leave only these, or all again with None: somebody is barred from his work, not from the way out."""
        self._left = None if command_ids is None else frozenset(command_ids)
        self.refresh()

    def _is_allowed(self, entry: _Entry) -> bool:
        is_left = self._left is None or entry.command.id in self._left
        return is_left and (entry.may is None or entry.may())

    def _is_possible(self, entry: _Entry) -> bool:
        return self._is_allowed(entry) and entry.is_possible()

    def refresh(self) -> None:
        """Ask every command again whether it is possible; screens call it when their selection changes."""
        for entry in self._entries:
            entry.action.setEnabled(self._is_possible(entry))
        self.changed.emit()

    def possible(self) -> list[Command]:
        """What the palette offers: every command that can be done now."""
        found = {
            entry.command.id: entry.command
            for entry in self._entries
            if entry.command.in_palette and self._is_possible(entry) and self._is_at_hand(entry)
        }
        return list(found.values())

    def declared(self) -> list[Command]:
        """Every command declared so far that this person may use, for the shortcut sheet."""
        barred = {entry.command.id for entry in self._entries if not self._is_allowed(entry)}
        return [command for command in self._declared.values() if command.id not in barred]

    def _trigger(self, entry: _Entry) -> None:
        if self._is_possible(entry):
            entry.run()
        else:
            entry.action.setEnabled(False)

    def _find(self, command_id: str) -> _Entry | None:
        allowed = [entry for entry in self._found(command_id) if self._is_allowed(entry)]
        return allowed[-1] if allowed else None

    def _found(self, command_id: str) -> list[_Entry]:
        """Who carries the command out, the one nearest to the keyboard last."""
        entries = [entry for entry in self._entries if entry.command.id == command_id]
        focused = QApplication.focusWidget()
        return sorted(entries, key=lambda entry: (_holds(entry.owner, focused), self._is_at_hand(entry)))

    def _is_at_hand(self, entry: _Entry) -> bool:
        return entry.owner is self._window or entry.owner.isVisible()

    def _drop(self, entry: _Entry) -> None:
        if entry in self._entries:
            self._entries.remove(entry)

    def _retranslate(self) -> None:
        for entry in self._entries:
            self._name(entry)
        self.changed.emit()

    @staticmethod
    def _name(entry: _Entry) -> None:
        text = entry.command.label
        entry.action.setText(text)
        keys = entry.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        entry.action.setToolTip(f"{text} ({keys})" if keys else text)


@cache
def _sequences(shortcut: str) -> frozenset[str]:
    """The keys of a shortcut as Qt writes them, whatever the order of their modifiers was."""
    return frozenset(QKeySequence(key).toString() for key in shortcut.split())


def _holds(owner: QWidget, focused: QWidget | None) -> bool:
    return focused is not None and (owner is focused or owner.isAncestorOf(focused))
