"""Loads the demo company: tables, people, customers and calls through the import, a planned day, a campaign."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bus import RowsChanged
from app.domain.errors import Refused
from app.domain.imports import columns
from app.domain.imports.fields import Kind
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.company import Company
from app.models.customers import Customer
from app.models.people import Group
from app.services.context import announce, now, require, writes
from app.services.demo.club import make_club
from app.services.demo.dialing import make_campaign
from app.services.demo.enquiries import make_enquiries
from app.services.demo.files import Files, Row, named, write_table
from app.services.demo.people import make_presences
from app.services.demo.planning import plan_days
from app.services.demo.tables import back_office, make_tables
from app.services.imports.report import Report
from app.services.imports.run import run_import
from app.services.imports.sheets import open_sheet

Tell = Callable[[int, int], object]

_STEPS = 100


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the demo brought."""

    technicians: int
    customers: int
    calls: int
    visits: int


@writes
def load_demo(session: Session, language: str, tell: Tell | None = None) -> Loaded:
    """Fill an empty company with the demo as it reads in this language, around today; whole or not at all."""
    require(session, Permission.ADMINISTER)
    company = session.scalars(select(Company)).first()
    if company is None:
        raise Refused("COMPANY", message(N_("There is no company yet.")))
    if session.scalar(select(Customer.id).limit(1)) is not None:
        raise Refused("USED", message(N_("The demo is for an empty company; this one has customers.")))
    zone = ZoneInfo(company.time_zone)
    files = Files(language, now(session).astimezone(zone))
    step = _Steps(tell)
    make_tables(session, files)
    step.to(10)
    with tempfile.TemporaryDirectory(prefix="callboard-demo-") as folder:
        people = _import(session, Kind.TECHNICIANS, Path(folder), _people(session, files))
        step.to(15)
        make_presences(session, files)
        step.to(30)
        customers = _import(session, Kind.CUSTOMERS, Path(folder), _customers(files))
        step.to(45)
        public = _import(session, Kind.CALLS, Path(folder), _public_calls(files))
        step.to(65)
        own = _import(session, Kind.CALLS, Path(folder), _own_calls(files))
        step.to(75)
    enquiries = make_enquiries(session, files)
    step.to(82)
    make_club(session, files)
    step.to(85)
    visits = plan_days(session, files.now.date(), zone)
    step.to(95)
    make_campaign(session, files)
    step.to(_STEPS)
    for table in ("users", "groups", "sites", "activity_types", "processes", "tickets", "tasks", "visits", "presences"):
        announce(session, RowsChanged(table, None))
    return Loaded(people.added, customers.added, public.added + own.added + enquiries, visits)


class _Steps:
    """Tells how far it is; whoever listens may stop it by raising."""

    def __init__(self, tell: Tell | None) -> None:
        self._tell = tell

    def to(self, done: int) -> None:
        if self._tell is not None:
            self._tell(done, _STEPS)


def _import(session: Session, kind: Kind, folder: Path, rows: list[Row]) -> Report:
    """As a person would: a file, its columns guessed."""
    sheet = open_sheet(write_table(folder / f"{kind}.csv", rows))
    return run_import(session, kind, sheet, columns.guess(kind, sheet.headers))


def _people(session: Session, files: Files) -> list[Row]:
    office = session.get(Group, back_office(session))
    own = {row["key"]: office.name for row in files.rows("groups") if office and row["kind"] == "back_office"}
    groups, types = files.names("groups") | own, files.names("activity_types")
    return [
        row | {"groups": named(row["groups"], groups), "activity_types": named(row["activity_types"], types)}
        for row in _without(files.rows("technicians"), "sites")
    ]


def _customers(files: Files) -> list[Row]:
    sites = files.names("sites")
    return [row | {"site": named(row["site"], sites)} for row in files.rows("customers")]


def _public_calls(files: Files) -> list[Row]:
    kinds, parts, sites = files.names("ticket_types"), files.names("ticket_subtypes"), files.names("sites")
    priorities = {row["key"]: row["priority"] for row in files.rows("ticket_types")}
    channels = files.names("channels")
    return [
        {
            "external_key": row["unique_key"],
            "type": kinds.get(row["complaint_type"], row["complaint_type"]),
            "sub_type": parts.get(row["descriptor"], row["descriptor"]),
            "description": row["resolution_description"],
            "priority": priorities.get(row["complaint_type"], "Medium"),
            "status": row["status"],
            "site": sites.get(row["borough"], ""),
            "address": " ".join((row["incident_address"], row["incident_zip"].partition(".")[0])).strip(),
            "channel": channels.get(row["open_data_channel_type"], ""),
            "created": files.moved(row["created_date"], is_past=True),
            "closed": files.moved(row["closed_date"], is_past=True),
            "due": files.moved(row["due_date"]),
        }
        for row in files.rows("calls")
    ]


def _own_calls(files: Files) -> list[Row]:
    kinds, parts, sites = files.names("ticket_types"), files.names("ticket_subtypes"), files.names("sites")
    types, channels = files.names("activity_types"), files.names("channels")
    return [
        row
        | {
            "type": kinds.get(row["type"], row["type"]),
            "sub_type": parts.get(row["sub_type"], row["sub_type"]),
            "activity_type": types.get(row["activity_type"], row["activity_type"]),
            "site": sites.get(row["site"], row["site"]),
            "channel": channels.get(row["channel"], ""),
            "created": files.moved(row["created"], is_past=True),
            "due": files.moved(row["due"]),
        }
        for row in _without(files.rows("calls_technicians"), "technicians_needed")
    ]


def _without(rows: list[Row], column: str) -> list[Row]:
    return [{name: value for name, value in row.items() if name != column} for row in rows]
