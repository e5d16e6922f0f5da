"""The tables of the demo company: sites, groups, practices, activity types and states, ticket types."""

from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.domain.processes import STATE_COLOURS
from app.domain.text import fold
from app.models.people import Group
from app.models.places import Site
from app.models.processes import ActivityState, ActivityType, Practice
from app.models.tickets import TicketSubtype, TicketType
from app.services.demo.files import Files, is_yes


def make_tables(session: Session, files: Files) -> None:
    """Add what is not there yet, by name; what the company has made by itself stays."""
    _named(session, Site, list(files.names("sites").values()))
    practices = _named(session, Practice, list(files.names("practices").values()))
    office = _groups(session, files)
    types = _types(session, files, practices, office)
    _states(session, files)
    _ticket_types(session, files, types)


def _named(session: Session, model: Any, names: list[str]) -> dict[str, int]:
    """Ids by name, of rows that are only a name."""
    known = {fold(name): row_id for row_id, name in session.execute(select(model.id, model.name)) if name}
    for name in names:
        if fold(name) not in known:
            made = insert(model).values(name=name).returning(model.id)
            known[fold(name)] = session.execute(made).scalar_one()
    return {name: known[fold(name)] for name in names}


def _groups(session: Session, files: Files) -> int:
    """The groups; the back office is the one the first start has made, if there is one."""
    office = back_office(session)
    for row in files.rows("groups"):
        name = row[f"name_{files.language}"]
        if row["kind"] != "back_office":
            _named(session, Group, [name])
        elif office is None:
            made = insert(Group).values(name=name, is_back_office=True).returning(Group.id)
            office = session.execute(made).scalar_one()
    assert office is not None
    return office


def back_office(session: Session) -> int | None:
    """The group that plans."""
    return session.scalar(select(Group.id).where(Group.is_back_office).order_by(Group.id).limit(1))


def _types(session: Session, files: Files, practices: dict[str, int], office: int) -> dict[str, int]:
    """Activity types; their ids by key."""
    practice_names = files.names("practices")
    known = {fold(name): row_id for row_id, name in session.execute(select(ActivityType.id, ActivityType.name))}
    ids = {}
    for row in files.rows("activity_types"):
        name = row[f"name_{files.language}"]
        if fold(name) not in known:
            values = {
                "name": name,
                "practice_id": practices[practice_names[row["practice"]]],
                "macro_type": row["macro_type"],
                "expected_minutes": int(row["expected_minutes"]),
                "colour": row["colour"],
                "is_schedulable": is_yes(row["schedulable"]),
                "any_site": is_yes(row["any_site"]),
                "back_office_group_id": office,
            }
            made = insert(ActivityType).values(**values).returning(ActivityType.id)
            known[fold(name)] = session.execute(made).scalar_one()
        ids[row["key"]] = known[fold(name)]
    return ids


def _states(session: Session, files: Files) -> None:
    """States beyond the built-in ones, each in a colour that no other state has."""
    held = {colour.upper() for colour in session.scalars(select(ActivityState.colour))}
    built_in = {code for code in session.scalars(select(ActivityState.code)) if code}
    known = {name for name in session.scalars(select(ActivityState.name)) if name}
    free = [colour for colour in STATE_COLOURS if colour.upper() not in held]
    position = session.scalar(select(func.max(ActivityState.position))) or 0
    for row in files.rows("activity_states"):
        name = row[f"name_{files.language}"]
        # "Assigned" says no more than that there is a visit.
        if row["key"] in {*built_in, "assigned"} or name in known or not free:
            continue
        position += 1
        values = {"name": name, "colour": free.pop(0), "is_final": row["phase"] != "open", "position": position}
        session.execute(insert(ActivityState).values(**values))


def _ticket_types(session: Session, files: Files, types: dict[str, int]) -> None:
    """Ticket types with the activity type of each, and the sub-types that their calls have."""
    known = {fold(name): row_id for row_id, name in session.execute(select(TicketType.id, TicketType.name))}
    for row in files.rows("ticket_types"):
        name = row[f"name_{files.language}"]
        if fold(name) not in known:
            made = insert(TicketType).values(name=name, activity_type_id=types.get(row["activity_type"]))
            known[fold(name)] = session.execute(made.returning(TicketType.id)).scalar_one()
    names, parts = files.names("ticket_types"), files.names("ticket_subtypes")
    pairs = {(row["complaint_type"], row["descriptor"]) for row in files.rows("calls")}
    pairs |= {(row["type"], row["sub_type"]) for row in files.rows("calls_technicians")}
    held = {
        (type_id, fold(name)) for type_id, name in session.execute(select(TicketSubtype.type_id, TicketSubtype.name))
    }
    for kind, part in sorted(pairs):
        type_id = known.get(fold(names.get(kind, kind)))
        name = parts.get(part, part)
        if type_id is not None and name and (type_id, fold(name)) not in held:
            held.add((type_id, fold(name)))
            session.execute(insert(TicketSubtype).values(type_id=type_id, name=name))
