"""The frozen rows that the planner's services answer with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from app.domain.planner import EnabledType, Run, Seen


@dataclass(frozen=True, slots=True)
class Company:
    """What the planner must know of the company: its clock and its country."""

    time_zone: str
    country: str
    subdivision: str | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group of the selector; id 0 holds the technicians who are in none and has no name."""

    id: int
    name: str
    technician_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TechnicianRow:
    """A technician with his runs of the time asked for and the types he may do."""

    id: int
    name: str
    runs: tuple[Run, ...]
    enabled: tuple[EnabledType, ...]


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit as the board shows it; `is_conflicting` when it no longer lies on white."""

    id: int
    version: int
    technician_id: int
    starts_at: datetime
    ends_at: datetime
    customer: str = ""
    subject: str = ""
    type_id: int | None = None
    type_name: str = ""
    macro_type: str = "appointment"
    colour: str = "#DDDDDD"
    state_code: str = ""
    state_name: str = ""
    state_colour: str = ""
    site_id: int | None = None
    task_id: int | None = None
    ticket_id: int | None = None
    is_active: bool = True
    any_site: bool = False
    is_conflicting: bool = False

    @property
    def seen(self) -> Seen:
        """What placing it changes, as it is seen here."""
        return Seen(self.technician_id, self.starts_at, self.ends_at, self.state_code)

    @property
    def judged_type_id(self) -> int | None:
        """The type its technician must be enabled for; an appointment is anybody's."""
        return self.type_id if self.task_id is not None else None

    @property
    def judged_site_id(self) -> int | None:
        """The site its technician must be at, None where any will do."""
        return None if self.any_site else self.site_id

    @property
    def label(self) -> str:
        """What the bar is called: the customer, or the subject where there is none."""
        return self.customer or self.subject or self.type_name

    @property
    def detail(self) -> str:
        """The bar's second line: the type, or the subject where the type is already the label."""
        return self.type_name if self.type_name != self.label else self.subject


@dataclass(frozen=True, slots=True)
class BoardRows:
    """Everything one board shows, read at one moment; groups in order, visits sorted by technician and start."""

    now: datetime
    company: Company
    start: datetime
    end: datetime
    groups: tuple[GroupRow, ...]
    technicians: tuple[TechnicianRow, ...]
    visits: tuple[VisitRow, ...]
    type_names: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    site_names: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class SeenCall:
    """What scheduling a call goes by, as it was seen: who plans it, and how long it will take."""

    group_id: int | None
    minutes: int


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A call that waits to be planned; `minutes` is how long it will take once it is dropped."""

    task_id: int
    version: int
    ticket_id: int | None
    customer: str
    subject: str
    type_id: int
    type_name: str
    colour: str
    any_site: bool
    site_id: int | None
    site: str
    address: str
    minutes: int
    priority: int
    due_at: datetime | None
    is_overdue: bool
    group_id: int | None

    @property
    def seen(self) -> SeenCall:
        """What scheduling it goes by, as it is seen here."""
        return SeenCall(self.group_id, self.minutes)

    @property
    def label(self) -> str:
        """What the call is called: the customer, or the subject where there is none."""
        return self.customer or self.subject or self.type_name

    @property
    def judged_site_id(self) -> int | None:
        """The site a technician must be at, None where any will do."""
        return None if self.any_site else self.site_id


@dataclass(frozen=True, slots=True)
class Place:
    """Where a visit stands or stood."""

    technician_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class VisitDraft:
    """What the form of a visit says; times are instants. Type and site are an appointment's: a call has its own."""

    technician_id: int
    start: datetime
    end: datetime
    title: str = ""
    type_id: int | None = None
    site_id: int | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class VisitCard:
    """A visit that stands on the plan, as its form shows it."""

    id: int
    version: int
    label: str
    is_call: bool
    draft: VisitDraft


@dataclass(frozen=True, slots=True)
class Placed:
    """What a placing did: the visit as it stands now, where it was before (None: not on the plan), and cautions."""

    visit: VisitRow
    before: Place | None = None
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A row that is only chosen by name: a site, a practice, a group, a person."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class TypeRow:
    """An activity type as choices show it."""

    id: int
    name: str
    colour: str
    minutes: int
    macro_type: str
    practice_id: int | None
    any_site: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Days of a validity or a rule; None is open."""

    first: date | None = None
    last: date | None = None
