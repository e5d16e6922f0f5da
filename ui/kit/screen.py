"""What a feature hands to the frame: its screen, made at first show, and what the frame hands to it: the desk."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.domain.people import Permission
from ui.kit.bridge import Bridge
from ui.kit.commands import Command, Commands
from ui.kit.messages import Messages
from ui.kit.person import Person
from ui.kit.preferences import Preferences
from ui.kit.remember import Memory
from ui.kit.tasks import Executor, Job, Tasks

__all__ = ["Act", "Desk", "Door", "Person", "Screen", "Tab"]


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a screen may ask of the frame; given to its factory.

    Other screens are reached by command ids only: `desk.commands.run("tickets.open", 42)`.
    """

    backend: Executor
    tasks: Tasks
    bridge: Bridge
    commands: Commands
    messages: Messages
    preferences: Preferences
    memory: Memory
    person: Person
    go: Callable[[str], QWidget | None]
    lent: tuple["Tab", ...] = ()

    def tabs_of(self, host: str) -> tuple["Tab", ...]:
        """The pages that features lend to this screen, for this person."""
        return tuple(
            each for each in self.lent if each.host == host and (each.needs is None or self.person.may(each.needs))
        )


@dataclass(frozen=True, slots=True)
class Tab:
    """A page that a feature lends to the screen `host`, which shows it without knowing it.

    `text` is catalogue text, `icon` a meaning of `ui.kit.icons`; the factory runs at the first show (its imports belong
    inside). `asks`, where given, finds out in the background whether this person gets it; it is asked again when one of
    the tables `follows` has changed. Optional methods of the page: `shown()` and `refresh()`, as those of a screen.
    """

    host: str
    id: str
    text: str
    icon: str
    factory: Callable[[Desk], QWidget]
    needs: Permission | None = None
    asks: Callable[[Desk], Job[bool]] | None = None
    follows: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Door:
    """A command that brings a screen to the front, made now if it was never shown, and calls a method of it.

    Offered to those who have the `permission`. This is how screens reach each other:
    `desk.commands.run("tickets.open", 42)`.
    """

    command: Command
    method: str
    permission: Permission | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """A command that works from everywhere and leaves the screen in front: `do(desk, *args)`, such as a window.

    Its imports belong inside `do`. Offered to those who have the `permission`.
    """

    command: Command
    do: Callable[..., object]
    permission: Permission | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """An entry of the navigation: `text` is catalogue text, `icon` a meaning of `ui.kit.icons`.

    The factory runs at the first show (its imports belong inside). Optional methods of the widget it makes:
    `shown()` each time it comes to the front, `refresh()` for F5, `start_search()` for Ctrl+F.
    Only people with the permission `needs` see it.
    """

    id: str
    text: str
    icon: str
    factory: Callable[[Desk], QWidget]
    shortcut: str = ""
    needs: Permission | None = None
    doors: tuple[Door, ...] = ()
    acts: tuple[Act, ...] = ()
