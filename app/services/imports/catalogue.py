"""The lists that calls refer to by name: types, sub-types, statuses, sites, activity types, the back office."""

from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.domain.imports.rows import CallValues
from app.domain.imports.values import status_code
from app.domain.text import fold
from app.domain.words import N_
from app.i18n import _
from app.models.people import Group
from app.models.places import Site
from app.models.processes import ActivityType
from app.models.tickets import TicketStatus, TicketSubtype, TicketType
from app.services.imports.names import Names
from app.services.tickets.stages import intake_stage

DEFAULT_MINUTES = 60
"""The expected time of an activity type that an import makes; the office corrects it afterwards."""

_GENERAL = N_("Service call")
_BACK_OFFICE = N_("Back office")


@dataclass(frozen=True, slots=True)
class Work:
    """What an open call becomes: a task of this activity type, waiting with this group."""

    activity_type_id: int
    group_id: int
    minutes: int


class Catalogue:
    """Finds what rows name, and makes what is not there yet."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._types = Names(session, TicketType)
        self._subtypes: dict[int, Names] = {}
        self._sites = Names(session, Site)
        self._activity_types = Names(session, ActivityType)
        self._groups = Names(session, Group)
        asked = select(TicketType.id, TicketType.activity_type_id, TicketType.due_hours, TicketType.process_id)
        kinds = session.execute(asked).all()
        self._activity_of_type: dict[int, int | None] = {row.id: row.activity_type_id for row in kinds}
        self._due_hours: dict[int, int] = {row.id: row.due_hours for row in kinds if row.due_hours}
        self._process_of_type: dict[int, int] = {row.id: row.process_id for row in kinds if row.process_id}
        self._stages: dict[int, int | None] = {}
        self._work: dict[int, Work] = {}
        self._codes: dict[str, tuple[int, bool]] = {}
        self._statuses: dict[str, tuple[int, bool]] = {}
        asked_statuses = select(TicketStatus.id, TicketStatus.code, TicketStatus.name, TicketStatus.is_closed)
        for row_id, code, name, is_closed in session.execute(asked_statuses):
            if code:
                self._codes[code] = (row_id, is_closed)
            if name:
                self._statuses[fold(name)] = (row_id, is_closed)

    def type_id(self, name: str) -> int:
        """A ticket type; a new one gets an activity type of the same name."""
        found = self._types.find(name)
        if found is None:
            activity = self._activity_types.find_or_make(name, expected_minutes=DEFAULT_MINUTES)
            found = self._types.find_or_make(name, activity_type_id=activity)
            self._activity_of_type[found] = activity
        return found

    def due_hours(self, type_id: int | None) -> int | None:
        """How long a ticket of this type has, where the company says so."""
        return self._due_hours.get(type_id) if type_id is not None else None

    def stage_id(self, type_id: int | None) -> int | None:
        """The stage at which a ticket of this type begins its process, if it goes through one."""
        process_id = self._process_of_type.get(type_id or 0)
        if process_id is None:
            return None
        if process_id not in self._stages:
            self._stages[process_id] = intake_stage(self._session, process_id)
        return self._stages[process_id]

    def subtype_id(self, type_id: int, name: str) -> int:
        """A sub-type of a type."""
        if type_id not in self._subtypes:
            self._subtypes[type_id] = Names(self._session, TicketSubtype, {"type_id": type_id})
        return self._subtypes[type_id].find_or_make(name)

    def site_id(self, name: str) -> int:
        """A site."""
        return self._sites.find_or_make(name)

    def status(self, name: str | None, *, is_closed: bool) -> tuple[int, bool]:
        """A status and whether it ends the call: the company's own, a built-in one, or a new one of that name.

        `is_closed` tells what a call without a status, or with a new one, is.
        """
        if not name:
            return self._codes["closed" if is_closed else "new"]
        words = fold(name)
        if words not in self._statuses:
            if code := status_code(name):
                return self._codes[code]
            values = {"name": name, "is_closed": is_closed, "position": len(self._codes) + len(self._statuses)}
            made = self._session.execute(insert(TicketStatus).values(values).returning(TicketStatus.id)).scalar_one()
            self._statuses[words] = (made, is_closed)
        return self._statuses[words]

    def work(self, values: CallValues, type_id: int | None) -> Work:
        """The activity type of a call, by its own name for it, else by its ticket type, with who plans it."""
        if values.activity_type:
            return self._plan(self._activity_types.find_or_make(values.activity_type, expected_minutes=DEFAULT_MINUTES))
        if type_id is None:
            return self._plan(self._activity_types.find_or_make(_(_GENERAL), expected_minutes=DEFAULT_MINUTES))
        activity = self._activity_of_type[type_id]
        if activity is None:
            activity = self._activity_types.find_or_make(values.type or _(_GENERAL), expected_minutes=DEFAULT_MINUTES)
            planned = {"activity_type_id": activity, "version": TicketType.version + 1}
            self._session.execute(update(TicketType).where(TicketType.id == type_id).values(planned))
            self._activity_of_type[type_id] = activity
        return self._plan(activity)

    def _plan(self, activity_type_id: int) -> Work:
        if activity_type_id not in self._work:
            asked = select(ActivityType.back_office_group_id, ActivityType.expected_minutes)
            group_id, minutes = self._session.execute(asked.where(ActivityType.id == activity_type_id)).one()
            self._work[activity_type_id] = Work(activity_type_id, group_id or self._back_office(), minutes)
        return self._work[activity_type_id]

    def _back_office(self) -> int:
        found = self._session.scalar(select(Group.id).where(Group.is_back_office).order_by(Group.id).limit(1))
        return found or self._groups.find_or_make(_(_BACK_OFFICE), is_back_office=True)
