"""An office with everything in it, small: a campaign with its pool, a planner, a process that scores, mail, notes.

Both the fault tests and the machine work in it; rows are found by the names given here, which are unique.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.backend import Backend, Clock
from app.bus import Bus
from app.db.database import Database
from app.models.company import Company
from app.models.dialer import CallStatus, Campaign, Pool
from app.models.mail import MailTemplate
from app.models.people import User
from app.models.processes import ActivityType, RoutingRules, Stage, StageLink
from app.models.tickets import TicketType
from tests.kit.dial_factory import add_campaign, add_customer, add_entry, add_pool
from tests.kit.factory import (
    MONDAY,
    add_call,
    add_group,
    add_presence,
    add_process,
    add_profile,
    add_type,
    add_user,
    at,
)
from tests.kit.points_factory import add_setting

OPENED = MONDAY + timedelta(hours=7)
"""The moment the office opens; presence begins an hour later."""

AGENTS, TECHNICIANS = ("Dana", "Avi", "Noa"), ("Tom", "Uri")
LOCK_MINUTES = 10
_TEXT = {"en": {"subject": "News of {ticket}", "body": "Dear {customer}, {technician} comes."}}


@dataclass
class Names:
    """The ids of what stays, by name."""

    users: dict[str, int] = field(default_factory=dict)
    stages: dict[str, int] = field(default_factory=dict)
    results: dict[str, int] = field(default_factory=dict)
    process: int = 0
    ticket_type: int = 0
    campaign: int = 0
    pool: int = 0


def furnish(database: Database, *, customers: int = 6, calls: int = 6) -> Names:
    """Fill an empty database."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Idro", country="IL", time_zone="Asia/Jerusalem", language="en"))
        boss = add_user(session, "Boss", "administrator", login="Boss", email="boss@example.org")
        agents = [add_user(session, name, "agent", login=name, email=f"{name}@example.org") for name in AGENTS]
        technicians = [add_user(session, name, login=name, email=f"{name}@example.org") for name in TECHNICIANS]
        _planner(session, technicians, calls)
        _process(session, boss, agents)
        _dialer(session, [boss, *agents], customers)
        for event in ("call_loaded", "call_moved", "call_cancelled", "task_given"):
            session.add(MailTemplate(name=event, event=event, recipient="handler", texts=_TEXT))
    return names_of(database)


def names_of(database: Database) -> Names:
    """What is where in an office that was furnished before."""
    with database.reading() as session:
        stages = session.scalars(select(Stage)).all()
        return Names(
            users={row.name: row.id for row in session.scalars(select(User))},
            stages={stage.name: stage.id for stage in stages},
            results={str(row.name): row.id for row in session.scalars(select(CallStatus))},
            process=stages[0].process_id,
            ticket_type=session.scalars(select(TicketType.id).where(TicketType.name == "Enquiry")).one(),
            campaign=session.scalars(select(Campaign.id)).one(),
            pool=session.scalars(select(Pool.id)).one(),
        )


def _planner(session: Session, technicians: list[User], calls: int) -> None:
    for technician in technicians:
        for day in range(5):
            add_presence(session, technician, at(8, day), at(12, day))
            add_presence(session, technician, at(13, day), at(18, day))
    kind = add_type(session, "Repair", *technicians, minutes=60)
    office = add_group(session, "Back office", is_back_office=True)
    for number in range(1, calls + 1):
        subject = f"Call {number}"
        add_call(session, office, kind, subject, title=subject)


def _process(session: Session, boss: User, agents: list[User]) -> None:
    service, sales = add_profile(session, "Service", *agents[:2]), add_profile(session, "Sales", *agents)
    stages = add_process(session, "Sale", Intake=service, Quote=sales, Visit=service, Gift=sales, Done=None)
    links = (("Visit", "Quote"), ("Visit", "Done"), ("Gift", "Quote"))
    for one, other in links:
        session.add(
            StageLink(process_id=stages[one].process_id, from_stage_id=stages[one].id, to_stage_id=stages[other].id)
        )
    add_setting(session, stages["Quote"], 5, 2, every_time=True)
    add_setting(session, stages["Visit"], 1, "0.5")
    add_setting(session, stages["Gift"], -8, 0, every_time=True, redeems=True)
    kind = TicketType(name="Enquiry", process_id=stages["Intake"].process_id)
    session.add(kind)
    session.flush()
    session.execute(update(RoutingRules).values(intake_type_id=kind.id, administrator_id=boss.id))


def _dialer(session: Session, people: list[User], customers: int) -> None:
    campaign = add_campaign(session, "Spring", *people, lock_minutes=LOCK_MINUTES)
    pool = add_pool(session, campaign, "Everybody")
    for number in range(1, customers + 1):
        customer = add_customer(session, f"Customer {number}", f"+9725020{number:05d}")
        add_entry(session, pool, customer, added_at=OPENED - timedelta(days=1))


def backends(
    database: Database, names: Names, clock: Clock | None = None, bus: Bus | None = None
) -> dict[str, Backend]:
    """Everybody's backend, by name."""
    first = Backend(database, bus, clock=clock)
    return {name: first.acting_as(user_id) for name, user_id in names.users.items()}


def repair(session: Session) -> int:
    """The activity type of the calls."""
    return session.scalars(select(ActivityType.id).where(ActivityType.name == "Repair")).one()
