"""Filters as chips: which results, sites and languages pass, and from which days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app import i18n
from app.domain.dialer.filtering import NONE, Filters
from app.domain.dialer.statuses import call_status_name
from app.domain.merging import Clash
from app.domain.words import N_, Message
from app.i18n import LANGUAGES, _
from app.services.dialer.people import SiteChoice
from app.services.dialer.statuses import StatusRow
from ui.kit import theme
from ui.kit.translate import Texts
from ui.widgets.fields import DateField
from ui.widgets.form import Field, Form
from ui.widgets.merge.window import Asked
from ui.widgets.styled import plain
from ui.widgets.tags import Tag, TagField

__all__ = ["FilterField", "Offered"]

_LANGUAGES = tuple(LANGUAGES)


@dataclass(frozen=True, slots=True)
class Offered:
    """What filters can name."""

    statuses: tuple[StatusRow, ...] = ()
    sites: tuple[SiteChoice, ...] = ()


class FilterField(QWidget):
    """An empty row is no limit. Signal: `changed()` by the person."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_filling = False
        self._offered = Offered()
        self._rest = Filters()
        form = Form(wraps=True)
        every = N_("No limit")
        self.statuses = TagField(N_("Add a result"), every)
        self.sites = TagField(N_("Add a site"), every)
        self.languages = TagField(N_("Add a language"), every)
        self.added_from, self.added_to = DateField(optional=True), DateField(optional=True)
        form.row(N_("Result"), self.statuses)
        form.row(N_("Site"), self.sites)
        form.row(N_("Language"), self.languages)
        self._days: Field = form.row(N_("Added"), self._build_days())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form)
        for part in (self.statuses, self.sites, self.languages, self.added_from, self.added_to):
            part.changed.connect(self._tell)
        self.setFocusProxy(self.statuses)
        Texts(self).redo(self._name)

    def _build_days(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scale(8))
        row.addWidget(self.added_from)
        row.addWidget(plain("–"))
        row.addWidget(self.added_to)
        row.addStretch(1)
        texts = Texts(holder)
        texts.bind(self.added_from.setAccessibleName, N_("Added from"))
        texts.bind(self.added_to.setAccessibleName, N_("Added until"))
        return holder

    def offer(self, offered: Offered) -> None:
        """Choose from these; the choice made is kept."""
        if offered != self._offered:
            self._offered = offered
            self._name()

    def value(self) -> Filters:
        """The filters chosen."""
        return Filters(
            self.statuses.value(),
            self.sites.value(),
            tuple(sorted(_LANGUAGES[each - 1] for each in self.languages.value())),
            self.added_from.value(),
            self.added_to.value(),
        )

    def set_value(self, filters: Filters) -> None:
        """Show these filters."""
        if filters == self.value():
            return
        self._is_filling = True
        self.statuses.set_value(filters.statuses)
        self.sites.set_value(filters.sites)
        self.languages.set_value([_LANGUAGES.index(each) + 1 for each in filters.languages if each in _LANGUAGES])
        self.added_from.set_value(filters.added_from)
        self.added_to.set_value(filters.added_to)
        self._is_filling = False
        self.complain(None)

    def asked(self, clash: Clash) -> Asked:
        """A limit that two people changed, as it is called here; `clash.field` ends with its name."""
        limits: dict[str, tuple[str, Callable[[Any], str]]] = {
            "statuses": (N_("Result"), self.statuses.words),
            "sites": (N_("Site"), self.sites.words),
            "languages": (N_("Language"), _languages),
            "added_from": (N_("Added from"), _day),
            "added_to": (N_("Added until"), _day),
        }
        label, said = limits[clash.field.rpartition(".")[2]]
        return Asked(clash, _(label), lambda value: said(value) if value else "", is_line=True, takes_both=False)

    def complain(self, problem: Message | None) -> None:
        """Say what is wrong with the days."""
        self._days.error(problem)

    @Slot()
    def _tell(self) -> None:
        if not self._is_filling:
            self.complain(self.value().problem())
            self.changed.emit()

    def _name(self) -> None:
        self.statuses.offer([Tag(NONE, _("No result yet")), *_named(self._offered.statuses)])
        self.sites.offer([Tag(NONE, _("No site")), *(Tag(each.id, each.name) for each in self._offered.sites)])
        self.languages.offer([Tag(place, LANGUAGES[code].name) for place, code in enumerate(_LANGUAGES, 1)])


def _named(rows: Sequence[StatusRow]) -> list[Tag]:
    names = [(row.id, call_status_name(row.code, row.name)) for row in rows]
    return [Tag(each, i18n.say(name) if isinstance(name, Message) else name) for each, name in names]


def _languages(codes: Sequence[str]) -> str:
    return ", ".join(LANGUAGES[code].name for code in codes if code in LANGUAGES)


def _day(day: date | str) -> str:
    return i18n.format_date(date.fromisoformat(day) if isinstance(day, str) else day)
