"""What a list of Set-up declares: its columns, its fields, and the services that read and change it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QWidget

from app import i18n
from app.domain.errors import Conflict, Incomplete, Refused
from app.domain.words import N_, Message, message
from ui.admin.parts import Part
from ui.kit.screen import Desk
from ui.widgets.picker import Choice

__all__ = [
    "Act",
    "Aside",
    "Call",
    "Column",
    "Elsewhere",
    "Entry",
    "Offer",
    "Section",
    "Values",
    "Workspace",
    "deletion",
    "in_words",
]

R = TypeVar("R")
Values = Mapping[str, Any]


class Call:
    """A service with what it is asked, ready for the background."""

    def __init__(self, service: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        self.service = service
        self.args = args
        self.kwargs = kwargs


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column of the list: `text` is catalogue text, `show` what stands in the cell, in the reader's words."""

    text: str
    show: Callable[[R], str]
    width: int = 160
    icon: Callable[[R], QIcon] | None = None
    sort: Callable[[R], Any] | None = None


@dataclass(frozen=True)
class Entry:
    """One field of the form; `codes` are the refusals that are about it, `needed` what is said when it is empty."""

    key: str
    label: str
    make: Callable[[], Part]
    hint: str = ""
    codes: frozenset[str] = frozenset()
    needed: str = ""
    heading: str = ""


@dataclass(frozen=True)
class Offer:
    """What the field `key` offers: `read` is a service, or plain slow work where `is_service` is False."""

    key: str
    read: Callable[..., Any]
    choices: Callable[[Any], Sequence[Choice]]
    is_service: bool = True


@dataclass(frozen=True)
class Act(Generic[R]):
    """Something else to do with a row; `asks` is the question put first where something would be lost.

    `is_slow` is plain work that asks no database, such as of a server; a Message it answers with is shown.
    """

    key: str
    text: Callable[[R], str]
    icon: str
    call: Callable[[R], Call]
    can: Callable[[R], bool] = lambda row: True
    asks: str = ""
    only_icon: bool = False
    is_slow: bool = False


@dataclass(frozen=True)
class Aside(Generic[R]):
    """A window about what is typed and not saved yet: a command with what it is given, of the fields and the row."""

    key: str
    text: str
    icon: str
    command: str
    ask: Callable[[Values, R], tuple[Any, ...]]
    can: Callable[[Values, R], bool] = lambda values, row: True


@dataclass(frozen=True)
class Section(Generic[R]):
    """One list of Set-up with its form. Texts are catalogue texts; `tables` are those whose changes concern it.

    `values` gives the fields of a row, or of a new one for None. Without `save` the form is for reading only. `after`
    is what there is to say about a row that was saved.
    """

    key: str
    text: str
    icon: str
    about: str
    tables: frozenset[str]
    read: Callable[..., Any]
    values: Callable[[R | None], dict[str, Any]]
    title: Callable[[R], str]
    entries: tuple[Entry, ...]
    columns: tuple[Column[R], ...] = ()
    save: Callable[[Values, R | None], Call] | None = None
    new: str = ""
    offers: tuple[Offer, ...] = ()
    acts: tuple[Act[R], ...] = ()
    asides: tuple[Aside[R], ...] = ()
    group: Callable[[R], str] | None = None
    is_muted: Callable[[R], bool] = lambda row: False
    identify: Callable[[Any], int] = lambda row: int(row.id)
    adapt: Callable[[Mapping[str, Part], R | None, str], object] | None = None
    is_single: bool = False
    after: Callable[[R], Message | None] | None = None

    def problems(self, parts: Mapping[str, Part]) -> dict[str, Message]:
        """What is missing, by field."""
        return {
            entry.key: message(entry.needed)
            for entry in self.entries
            if entry.needed and parts[entry.key].value() in (None, "", ())
        }

    def field_of(self, problem: Exception) -> dict[str, Message]:
        """The fields a refusal is about, with what to say there."""
        if isinstance(problem, Incomplete):
            return {key: said for key, said in problem.problems.items() if any(key == e.key for e in self.entries)}
        if not isinstance(problem, Refused) or isinstance(problem, Conflict):
            return {}
        return {entry.key: problem.what for entry in self.entries if problem.code in entry.codes}


@dataclass(frozen=True)
class Elsewhere:
    """A window of another screen that belongs to Set-up too, opened by the id of its command."""

    key: str
    text: str
    icon: str
    about: str
    button: str
    command: str
    screen: str


@dataclass(frozen=True)
class Workspace:
    """A page of Set-up of its own kind; `make` gives its widget, an `ui.admin.page.PageView`."""

    key: str
    text: str
    icon: str
    about: str
    make: Callable[[Desk], QWidget]


def deletion(service: Callable[..., Any], can: Callable[[Any], bool] = lambda row: True) -> Act[Any]:
    """Delete the row in the version that was seen, after a question."""
    return Act(
        "delete",
        lambda row: N_("Delete"),
        "delete",
        lambda row: Call(service, row.id, row.version),
        can,
        asks=N_("Delete {name}?"),
    )


def in_words(text: str | Message) -> str:
    """A name of the company's own as it is, a built-in one in the reader's language."""
    return i18n.say(text) if isinstance(text, Message) else text
