"""Who sits at this desktop and what he may do, now: the one place that is asked, and that tells when it changes."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.domain.people import Permission, ceiling

__all__ = ["Person", "shown_to"]


class _News(QObject):
    """Signal: `changed()` when the person may do other things than before."""

    changed = Signal()


@dataclass(slots=True, eq=False)
class Person:
    """Who is logged in.

    What he may do can change while his windows are open: whoever shows something by it asks `may` each time, or
    follows `news.changed`.
    """

    id: int | None
    name: str
    permissions: frozenset[Permission] = frozenset()
    news: _News = field(default_factory=_News, init=False, repr=False)

    def may(self, permission: Permission) -> bool:
        """Whether this person's role has the permission; screens leave out what is not allowed."""
        return permission in self.permissions

    @property
    def sees_own_way_only(self) -> bool:
        """Whether the role reaches no farther than a technician's: what belongs to his own work is all he is shown."""
        return ceiling(self.permissions) == "technician"

    def allow(self, permissions: Iterable[Permission]) -> bool:
        """From now on he may do exactly this; whether that is another thing than before, which is told then."""
        wanted = frozenset(permissions)
        if wanted == self.permissions:
            return False
        self.permissions = wanted
        self.news.changed.emit()
        return True


class _Shown(QObject):
    """Lives as long as its widget."""

    def __init__(self, widget: QWidget, person: Person, permission: Permission) -> None:
        super().__init__(widget)
        self._widget, self._person, self._permission = widget, person, permission
        # A widget that has no window yet must not be shown: it would become one.
        if not person.may(permission):
            widget.hide()
        person.news.changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        self._widget.setVisible(self._person.may(self._permission))


def shown_to(person: Person, permission: Permission, *widgets: QWidget) -> None:
    """Hide these widgets while the person lacks the permission, and show them while he has it."""
    for widget in widgets:
        _Shown(widget, person, permission)
