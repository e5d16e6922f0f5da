"""An agent's own filters of a campaign, where it lets him set any, beside those of the manager that bind him."""

import json
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.domain.dialer.filtering import NONE, Filters, read_filters
from app.domain.dialer.statuses import call_status_name
from app.domain.words import N_
from app.i18n import LANGUAGES, _, format_date
from app.services.dialer.filters import MyFilters, my_filters
from ui.dialer.campaigns.filter_field import FilterField, Offered
from ui.dialer.panes.words import in_words
from ui.kit import theme
from ui.kit.bidi import bare, isolate, sided
from ui.kit.remember import Memory
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.dialog import FormDialog
from ui.widgets.styled import heading, plain, push_button, secondary

__all__ = ["FiltersWindow", "kept_filters"]


def kept_filters(memory: Memory, campaign_id: int) -> dict[str, Any]:
    """The filters the agent left in force in this campaign on this computer, as `next_customer` takes them."""
    try:
        found = json.loads(memory.get(_key(campaign_id), "{}"))
        return read_filters(found).document() if isinstance(found, Mapping) else {}
    except (ValueError, TypeError):
        return {}


def _key(campaign_id: int) -> str:
    return f"dialer.filters.{campaign_id}"


class FiltersWindow(FormDialog):
    """Signal: `chosen(filters)` with the filters as `next_customer` takes them."""

    chosen = Signal(object)

    def __init__(self, desk: Desk, campaign_id: int, parent: QWidget | None = None) -> None:
        super().__init__(N_("Filters"), N_("Apply"), messages=desk.messages, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._memory = desk.memory
        self._campaign_id = campaign_id
        self._found: MyFilters | None = None
        self._asked = Latest(desk.tasks)
        self.body.setSpacing(theme.scale(8))
        self.title = heading(N_("Set by the manager"))
        self.binding = plain()
        self.binding.setWordWrap(True)
        self.own_title = heading(N_("My filters"))
        self.field = FilterField()
        self.closed = secondary(N_("In this campaign only the manager sets filters."))
        self.clear_button = push_button(N_("Clear"), "clear")
        self.clear_button.clicked.connect(self._clear)
        self.add_button(self.clear_button)
        parts: tuple[QWidget, ...] = (self.title, self.binding, self.own_title, self.field, self.closed)
        for part in parts:
            part.hide()
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.saving(on=True)
        self.save_requested.connect(self._apply)
        self._texts = Texts(self)
        self._texts.redo(self._fill, key="fill")
        self._asked.read(my_filters, campaign_id).then(self._take, self.fail)

    def lines(self) -> list[str]:
        """What the manager has set, one line for each limit, without marks of direction."""
        return bare(self.binding.text()).splitlines()

    def _take(self, found: MyFilters) -> None:
        self._found = found
        self.field.offer(Offered(found.statuses, found.sites))
        self.field.set_value(read_filters(kept_filters(self._memory, self._campaign_id)))
        self.saving(on=not found.may_set)
        self._fill()
        first: QWidget = self.field if found.may_set else self.cancel_button
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self) -> None:
        found = self._found
        if found is None:
            return
        bound = [*self._words(found.campaign), *self._words(found.mine)]
        self.binding.setText("\n".join(map(sided, bound)))
        for part in (self.title, self.binding):
            part.setVisible(bool(bound))
        for own in (self.own_title, self.field, self.clear_button):
            own.setVisible(found.may_set)
        self.closed.setVisible(not found.may_set)

    def _words(self, filters: Filters) -> list[str]:
        """The limits of a filter, one line each."""
        assert self._found is not None
        statuses = {each.id: in_words(call_status_name(each.code, each.name)) for each in self._found.statuses}
        sites = {each.id: each.name for each in self._found.sites}
        statuses[NONE], sites[NONE] = _("No result yet"), _("No site")
        named = (
            (_("Result"), [statuses.get(each, "?") for each in filters.statuses]),
            (_("Site"), [sites.get(each, "?") for each in filters.sites]),
            (_("Language"), [LANGUAGES[each].name if each in LANGUAGES else each for each in filters.languages]),
        )
        said = [
            _("{filter}: {values}", filter=name, values=", ".join(map(isolate, values)))
            for name, values in named
            if values
        ]
        if filters.added_from is not None:
            said.append(_("Added from {day}", day=isolate(format_date(filters.added_from))))
        if filters.added_to is not None:
            said.append(_("Added until {day}", day=isolate(format_date(filters.added_to))))
        return said

    @Slot()
    def _clear(self) -> None:
        self.field.set_value(Filters())

    @Slot()
    def _apply(self) -> None:
        wanted = self.field.value()
        problem = wanted.problem()
        self.field.complain(problem)
        if problem is None:
            self._memory.put(_key(self._campaign_id), json.dumps(wanted.document()))
            self.chosen.emit(wanted.document())
            self.accept()
