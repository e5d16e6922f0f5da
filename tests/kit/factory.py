"""Rows for tests, made straight through the models: a small company with technicians who are there."""

from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.people import Group, GroupMember, Role, User
from app.models.places import Site
from app.models.planner import Presence, Visit
from app.models.processes import ActivityType, Enablement, Process, Profile, Stage, StageLink, UserProfile
from app.models.tickets import Task, Ticket, TicketStatus

_numbers = count(1)

MONDAY = datetime(2031, 11, 24, tzinfo=UTC)
"""A Monday well in the future; tests count their hours from it, so that no rule about the past speaks up."""


def at(hour: float, day: int = 0) -> datetime:
    """An instant of that week: hours after midnight UTC of Monday, plus days."""
    return MONDAY + timedelta(days=day, hours=hour)


def add_user(session: Session, name: str, role: str = "technician", **values: object) -> User:
    """A user with a role of the built-in ones."""
    role_id = session.scalars(select(Role.id).where(Role.code == role)).one()
    values.setdefault("login", f"{name.lower()}{next(_numbers)}")
    user = User(name=name, role_id=role_id, **values)
    session.add(user)
    session.flush()
    return user


def add_group(session: Session, name: str, *members: User, **values: object) -> Group:
    """A group with its members."""
    group = Group(name=name, **values)
    session.add(group)
    session.flush()
    session.add_all(GroupMember(group_id=group.id, user_id=user.id) for user in members)
    session.flush()
    return group


def add_site(session: Session, name: str) -> Site:
    """A site."""
    site = Site(name=name)
    session.add(site)
    session.flush()
    return site


def add_type(session: Session, name: str = "Repair", *able: User, minutes: int = 60, **values: object) -> ActivityType:
    """A schedulable activity type and those who may do it."""
    kind = ActivityType(name=name, expected_minutes=minutes, **values)
    session.add(kind)
    session.flush()
    session.add_all(Enablement(activity_type_id=kind.id, user_id=user.id) for user in able)
    session.flush()
    return kind


def add_presence(session: Session, user: User, start: datetime, end: datetime, site: Site | None = None) -> Presence:
    """One white stretch."""
    presence = Presence(user_id=user.id, starts_at=start, ends_at=end, site_id=site and site.id, is_manual=True)
    session.add(presence)
    session.flush()
    return presence


def add_call(
    session: Session, group: Group, kind: ActivityType, subject: str = "Boiler leaks", **values: object
) -> Task:
    """A call to plan: a ticket with its open task in the back office."""
    status_id = session.scalars(select(TicketStatus.id).where(TicketStatus.code == "new")).one()
    ticket = Ticket(subject=subject, status_id=status_id, opened_at=at(0), search=subject.casefold())
    session.add(ticket)
    session.flush()
    task = Task(ticket_id=ticket.id, activity_type_id=kind.id, group_id=group.id, opened_at=at(0), **values)
    session.add(task)
    session.flush()
    return task


def add_ticket(session: Session, subject: str = "Boiler leaks", status: str = "new", **values: object) -> Ticket:
    """A ticket without a task, in a built-in state unless `status_id` says another."""
    if "status_id" not in values:
        found = session.execute(select(TicketStatus).where(TicketStatus.code == status)).scalar_one()
        values["status_id"] = found.id
        if found.is_closed:
            values.setdefault("closed_at", at(0))
    values.setdefault("opened_at", at(0))
    ticket = Ticket(subject=subject, search=subject.casefold(), **values)
    session.add(ticket)
    session.flush()
    return ticket


def add_visit(session: Session, user: User, start: datetime, end: datetime, **values: object) -> Visit:
    """An active visit; the database's guards judge it."""
    visit = Visit(technician_id=user.id, starts_at=start, ends_at=end, set_at=at(0), **values)
    session.add(visit)
    session.flush()
    return visit


def add_profile(session: Session, name: str, *holders: User, main: str = "worker") -> Profile:
    """A worker profile and who holds it."""
    profile = Profile(name=name, main=main)
    session.add(profile)
    session.flush()
    session.add_all(UserProfile(profile_id=profile.id, user_id=user.id) for user in holders)
    session.flush()
    return profile


def add_process(session: Session, name: str, **stages: Profile | None) -> dict[str, Stage]:
    """A process whose stages follow each other in this order; the first takes in, the last ends."""
    process = Process(name=name)
    session.add(process)
    session.flush()
    made: dict[str, Stage] = {}
    last = len(stages) - 1
    for position, (title, profile) in enumerate(stages.items()):
        stage = Stage(
            process_id=process.id,
            name=title,
            position=position,
            profile_id=profile and profile.id,
            is_intake=position == 0,
            is_final=position == last,
        )
        session.add(stage)
        session.flush()
        made[title] = stage
    steps = list(made.values())
    for before, after in pairwise(steps):
        session.add(StageLink(process_id=process.id, from_stage_id=before.id, to_stage_id=after.id))
    session.flush()
    return made
