"""Who works in a campaign, and the filters that bind each of them."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QVBoxLayout

from app.domain.dialer.filtering import Filters
from app.domain.merging import Clash
from app.domain.words import N_, Message
from app.i18n import _, _n
from app.services.dialer.people import AgentChange, AgentRow, SiteChoice, list_agents, list_sites, save_agents
from app.services.dialer.statuses import StatusRow, list_statuses
from ui.dialer.campaigns.filter_field import FilterField, Offered
from ui.dialer.campaigns.records import RecordsPage
from ui.dialer.campaigns.records_view import EntryForm
from ui.kit import icons
from ui.kit.editing import Editing
from ui.kit.screen import Desk
from ui.kit.tasks import Job, Latest
from ui.widgets.merge.window import Asked
from ui.widgets.styled import secondary

__all__ = ["PeoplePage"]


class AgentForm(EntryForm):
    """The filters of one agent."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(
            secondary(N_("Only customers who pass these filters, and those of the campaign, are given to this agent."))
        )
        self.filters = FilterField()
        column.addWidget(self.filters)
        self.filters.changed.connect(self.edited)

    def fill(self, draft: Filters, row: AgentRow | None) -> None:
        """Show the filters of an agent."""
        self.filters.set_value(draft)

    def draft(self) -> Filters:
        """The filters chosen."""
        return self.filters.value()

    def asked(self, clash: Clash) -> Asked:
        """By the limit it is."""
        return self.filters.asked(clash)

    def complain(self, problems: Mapping[str, Message]) -> None:
        """Say what is wrong with the days."""
        self.filters.complain(problems.get("filters"))


class PeoplePage(RecordsPage):
    """Everybody who may dial; a tick puts him to work in the campaign."""

    key = "people"
    about = N_(
        "Tick who works in this campaign. Whoever leaves finishes with the customer on his desk and gets nobody new."
    )
    columns = ((N_("Agent"), 220), (N_("Groups"), 220), (N_("Filters"), 120))
    table = "campaign_users"
    tables = frozenset({"campaign_users", "users", "group_members"})

    def __init__(self, desk: Desk) -> None:
        self.agent_form = AgentForm()
        super().__init__(desk, self.agent_form)
        self._results, self._places = Latest(desk.tasks), Latest(desk.tasks)
        self._statuses: tuple[StatusRow, ...] = ()
        self._sites: tuple[SiteChoice, ...] = ()

    def show_campaign(self, campaign_id: int) -> None:
        """Show this campaign; filters changed in another one and not saved are dropped."""
        if campaign_id != self.campaign:
            # An agent is the same person in every campaign: what is typed for him belongs to one of them.
            self._sheets.clear()
        super().show_campaign(campaign_id)

    def refresh(self) -> None:
        """Read the agents, and what filters can name."""
        super().refresh()
        if self.campaign is not None and not self.desk.tasks.is_closed:
            self._results.read(list_statuses, self.campaign).then(self._take_statuses)
            self._places.read(list_sites).then(self._take_sites)

    @Slot(object)
    def _take_statuses(self, rows: tuple[StatusRow, ...]) -> None:
        self._statuses = rows
        self.agent_form.filters.offer(Offered(self._statuses, self._sites))

    @Slot(object)
    def _take_sites(self, rows: tuple[SiteChoice, ...]) -> None:
        self._sites = rows
        self.agent_form.filters.offer(Offered(self._statuses, self._sites))

    def read(self, reading: Latest) -> Job[Any]:
        """The agents of the campaign in front."""
        assert self.campaign is not None
        return reading.read(list_agents, self.campaign)

    def draft_of(self, row: AgentRow) -> Filters:
        """His filters."""
        return row.filters

    def version_of(self, row: AgentRow) -> int:
        """What was seen stands for itself: the service compares it."""
        return 1

    def cells(self, draft: Filters, row: AgentRow | None) -> tuple[str, ...]:
        """What stands in the columns."""
        if row is None:
            return ("", "", "")
        name = row.name if row.may_dial else _("{name} (may not dial)", name=row.name)
        said = _n("{count} filter", "{count} filters", draft.count) if draft.count and row.works else ""
        return (name, ", ".join(row.groups), said)

    def picture(self, draft: Filters, row: AgentRow | None) -> QIcon:
        """A person."""
        return icons.icon("user")

    def is_muted(self, draft: Filters, row: AgentRow | None) -> bool:
        """Who does not work here stands back."""
        return row is not None and not row.works

    def tick(self, row: AgentRow) -> bool | None:
        """Whether he works in the campaign."""
        return row.works

    def can_edit(self, row: AgentRow) -> bool:
        """Filters belong to those who work here."""
        return row.works

    def problems(self, draft: Filters, row: AgentRow | None) -> Mapping[str, Message]:
        """What is wrong with the days."""
        problem = draft.problem()
        return {} if problem is None else {"filters": problem}

    def write(self, draft: Filters, row: AgentRow | None, seen: Editing[Any]) -> Job[Any]:
        """Save his filters."""
        assert self.campaign is not None
        assert row is not None
        return self.desk.tasks.write(save_agents, self.campaign, [AgentChange(row.id, seen.base, draft)])

    def write_tick(self, row: AgentRow, *, on: bool) -> Job[Any]:
        """Put him to work here, or not."""
        assert self.campaign is not None
        change = AgentChange(row.id, row.filters if row.works else None, row.filters if on else None)
        return self.desk.tasks.write(save_agents, self.campaign, [change])
