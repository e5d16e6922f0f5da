"""What the lists of a card offer: what fits to the list above, people who are active, names of the catalogue."""

from collections.abc import Iterable
from typing import Any

from app.domain.tickets.draft import TicketDraft, offered
from app.domain.tickets.names import PRIORITIES, status_name
from app.domain.words import N_
from app.i18n import say
from app.services.tickets.lists import Lists, PersonChoice, TypeChoice
from ui.tickets.model import in_words
from ui.widgets.picker import Choice, Picker

__all__ = ["BELOW", "Choices", "pickers"]

_NOBODY, _AUTOMATIC = N_("Nobody"), N_("Automatic")


BELOW = {
    "type_id": "subtype_id",
    "subtype_id": "subtype2_id",
    "product_group_id": "product_id",
    "project_id": "subproject_id",
}
"""The list that depends on a list."""


def pickers() -> dict[str, Picker]:
    """The lists of a card by the field they choose."""
    none = N_("None")
    return {
        "status_id": Picker(),
        "priority": Picker(),
        "responsible_id": Picker(nothing=_NOBODY),
        "handler_id": Picker(nothing=_NOBODY),
        "type_id": Picker(nothing=N_("No type")),
        "subtype_id": Picker(nothing=none),
        "subtype2_id": Picker(nothing=none),
        "site_id": Picker(nothing=N_("No site")),
        "product_group_id": Picker(nothing=none),
        "product_id": Picker(nothing=none),
        "project_id": Picker(nothing=none),
        "subproject_id": Picker(nothing=none),
    }


class Choices:
    """Fills the lists of a card and keeps those below in step with those above."""

    def __init__(self, of: dict[str, Picker]) -> None:
        self._of = of
        self._offered: dict[str, list[Choice]] = {}
        self._kept: tuple[PersonChoice, ...] = ()
        self.lists: Lists | None = None

    def offer(self, lists: Lists, draft: TicketDraft) -> None:
        """Choose from these; what is chosen stays."""
        self.lists = lists
        self._offer("type_id", [Choice(each.id, each.name) for each in lists.types])
        self._offer("site_id", [Choice(each.id, each.name) for each in lists.sites])
        self._offer("product_group_id", [Choice(each.id, each.name) for each in lists.product_groups])
        projects = [Choice(each.id, each.name, each.is_active) for each in lists.projects if each.parent_id is None]
        self._offer("project_id", projects)
        self.name()
        self.people(draft)
        for above in BELOW:
            self.narrow(above)

    def name(self) -> None:
        """The lists whose names are of the catalogue."""
        self._offer("priority", [Choice(number, say(name)) for number, name in PRIORITIES.items()])
        statuses = self.lists.statuses if self.lists else ()
        self._offer("status_id", [Choice(each.id, in_words(status_name(each.code, each.name))) for each in statuses])

    def keep(self, people: Iterable[PersonChoice | None]) -> None:
        """The people a card has, active or not."""
        self._kept = tuple(person for person in people if person is not None)

    def people(self, draft: TicketDraft) -> None:
        """Active users, and an inactive one only while the card has him."""
        known = {person.id: person for person in self._kept}
        known |= {person.id: person for person in (self.lists.people if self.lists else ())}
        for code in ("responsible_id", "handler_id"):
            people = offered(known.values(), keep=[getattr(draft, code)])
            people = tuple(sorted(people, key=lambda person: person.name.casefold()))
            self._offer(code, [Choice(person.id, person.name, person.is_active) for person in people])

    def narrow(self, above: str) -> None:
        """Offer below what belongs to the choice above; what does not is no longer chosen."""
        below = BELOW[above]
        picker = self._of[below]
        mine = self._belonging(below, self._of[above].value())
        self._offer(below, mine)
        if picker.value() is not None and all(choice.id != picker.value() for choice in mine):
            picker.set_value(None)
        picker.setEnabled(bool(mine) and self._of[above].isEnabled())
        if below in BELOW:
            self.narrow(below)

    def _belonging(self, below: str, chosen: Any) -> list[Choice]:
        lists = self.lists
        if lists is None:
            return []
        if below == "subtype_id":
            return [Choice(each.id, each.name) for each in lists.subtypes if each.type_id == chosen]
        if below == "subtype2_id":
            return [Choice(each.id, each.name) for each in lists.subtypes2 if each.subtype_id == chosen]
        if below == "product_id":
            fitting = [each for each in lists.products if chosen is None or each.group_id == chosen]
            return [Choice(each.id, each.name, each.is_active) for each in fitting]
        fitting_projects = [each for each in lists.projects if chosen is not None and each.parent_id == chosen]
        return [Choice(each.id, each.name, each.is_active) for each in fitting_projects]

    def type(self) -> TypeChoice | None:
        """The type that is chosen."""
        types = self.lists.types if self.lists else ()
        return next((each for each in types if each.id == self._of["type_id"].value()), None)

    def group_of_product(self) -> int | None:
        """The group of the product that is chosen."""
        products = self.lists.products if self.lists else ()
        chosen = self._of["product_id"].value()
        return next((each.group_id for each in products if each.id == chosen), None)

    def text(self, code: str, value: Any) -> str:
        """What a value of a list is called, whatever is chosen above it."""
        if code == "priority":
            return say(PRIORITIES[value]) if value in PRIORITIES else ""
        lists = self.lists
        if lists is None:
            return ""
        if code == "status_id":
            return next(
                (in_words(status_name(each.code, each.name)) for each in lists.statuses if each.id == value), ""
            )
        return next((each.name for each in self._rows(lists, code) if each.id == value), "")

    def _rows(self, lists: Lists, code: str) -> Iterable[Any]:
        if code in ("responsible_id", "handler_id"):
            return (*lists.people, *self._kept)
        tables: dict[str, Iterable[Any]] = {
            "type_id": lists.types,
            "subtype_id": lists.subtypes,
            "subtype2_id": lists.subtypes2,
            "site_id": lists.sites,
            "product_group_id": lists.product_groups,
            "product_id": lists.products,
            "project_id": lists.projects,
            "subproject_id": lists.projects,
        }
        return tables.get(code, ())

    def name_handler(self) -> None:
        """Nobody is named where somebody is found."""
        kind = self.type()
        self._of["handler_id"].name_nothing(_AUTOMATIC if kind is not None and kind.is_automatic else _NOBODY)

    def _offer(self, code: str, choices: list[Choice]) -> None:
        """Offer other choices; the same ones again would take away what is being typed."""
        if self._offered.get(code) != choices:
            self._offered[code] = choices
            self._of[code].offer(choices)
