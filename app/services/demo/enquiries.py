"""The demo's desk: profiles, people who hold them, processes, and the enquiries of the last weeks on their way."""

import tomllib
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.models.customers import Customer
from app.models.people import Role, User
from app.models.processes import (
    CustomerProfile,
    Process,
    Profile,
    RoutingRules,
    Stage,
    StageLink,
    StageOpening,
    UserProfile,
)
from app.models.tickets import Note, NoteKind, Numerator, Task, TicketType
from app.services.context import actor, now
from app.services.demo.club import set_scores
from app.services.demo.files import FOLDER, Files
from app.services.mail.templates import install_defaults
from app.services.tickets.advancing import Update, advance
from app.services.tickets.intake import Intake, take_in


def make_enquiries(session: Session, files: Files) -> int:
    """Everything of processes.toml; gives the number of enquiries. Nobody gets mail about them."""
    facts = tomllib.loads((FOLDER / "processes.toml").read_text(encoding="utf-8"))
    session.info["is_quiet"] = True
    profiles = _profiles(session, facts, files.language)
    _people(session, facts, profiles)
    stages = _processes(session, facts, files.language, profiles)
    _type(session, facts, files.language, stages)
    install_defaults(session)
    customers = _customers(session, facts)
    _tags(session, customers, profiles)
    _alert(session, facts["alert"], customers, files.language)
    today = now(session)
    for enquiry in facts["enquiries"]:
        _follow(session, enquiry, customers, stages, files.language)
        session.info["now"] = today
    session.info["is_quiet"] = False
    return len(facts["enquiries"])


def _profiles(session: Session, facts: dict[str, Any], language: str) -> dict[str, Profile]:
    made = {row["key"]: Profile(name=row[language], main=row["main"]) for row in facts["profiles"]}
    session.add_all(made.values())
    session.flush()
    return made


def _people(session: Session, facts: dict[str, Any], profiles: dict[str, Profile]) -> None:
    role_id = session.scalars(select(Role.id).where(Role.code == "agent")).one()
    for row in facts["people"]:
        address = f"{row['login']}@bridge.example.com"
        user = User(name=row["name"], login=row["login"], language=row["language"], role_id=role_id, email=address)
        session.add(user)
        session.flush()
        session.add_all(UserProfile(user_id=user.id, profile_id=profiles[key].id) for key in row["profiles"])
    # Whoever looks around in the demo has something to do as well.
    if (me := actor(session)) is not None:
        session.add(UserProfile(user_id=me, profile_id=profiles["service"].id))


def _processes(
    session: Session, facts: dict[str, Any], language: str, profiles: dict[str, Profile]
) -> dict[str, Stage]:
    """The stages of all processes by key; the first of each takes in."""
    stages: dict[str, Stage] = {}
    for row in facts["processes"]:
        process = Process(name=row[language])
        session.add(process)
        session.flush()
        for position, each in enumerate(row["stages"]):
            stages[each["key"]] = Stage(
                process_id=process.id,
                name=each[language],
                position=position,
                profile_id=profiles[each["profile"]].id if "profile" in each else None,
                is_intake=position == 0,
                is_final=each.get("final", False),
                due_hours=each.get("due_hours"),
            )
    session.add_all(stages.values())
    session.flush()
    set_scores(session, [each for process in facts["processes"] for each in process["stages"]], stages)
    rows = [each for process in facts["processes"] for each in process["stages"]]
    for each in rows:
        here = stages[each["key"]]
        for position, key in enumerate(each.get("next", ())):
            ways = {"from_stage_id": here.id, "to_stage_id": stages[key].id, "position": position}
            session.add(StageLink(process_id=here.process_id, **ways))
        session.add_all(StageOpening(stage_id=here.id, opens_stage_id=stages[key].id) for key in each.get("opens", ()))
    session.flush()
    return stages


def _type(session: Session, facts: dict[str, Any], language: str, stages: dict[str, Stage]) -> None:
    row = facts["type"]
    numerator = Numerator(name=row[language], prefix=row["prefix"])
    session.add(numerator)
    session.flush()
    process_id = next(stage.process_id for stage in stages.values() if stage.is_intake)
    kind = TicketType(name=row[language], priority=row["priority"], process_id=process_id, numerator_id=numerator.id)
    session.add(kind)
    session.flush()
    session.execute(update(RoutingRules).values(intake_type_id=kind.id))


def _customers(session: Session, facts: dict[str, Any]) -> dict[str, Customer]:
    keys = {enquiry["customer"] for enquiry in facts["enquiries"]} | {facts["alert"]["customer"]}
    found = session.scalars(select(Customer).where(Customer.external_key.in_(keys)))
    return {str(customer.external_key): customer for customer in found}


def _tags(session: Session, customers: dict[str, Customer], profiles: dict[str, Profile]) -> None:
    for place, customer in enumerate(customers.values()):
        tag = profiles["club" if place % 2 else "business"]
        session.add(CustomerProfile(customer_id=customer.id, profile_id=tag.id, main=tag.main))


def _alert(session: Session, row: dict[str, Any], customers: dict[str, Customer], language: str) -> None:
    kind_id = session.scalars(select(NoteKind.id).where(NoteKind.is_alert).order_by(NoteKind.id).limit(1)).one()
    customer = customers[row["customer"]]
    session.add(Note(kind_id=kind_id, is_alert=True, customer_id=customer.id, text=row[language], at=now(session)))


def _follow(
    session: Session, row: dict[str, Any], customers: dict[str, Customer], stages: dict[str, Stage], language: str
) -> None:
    """One enquiry as it came in and went from stage to stage, days apart."""
    customer, today = customers[row["customer"]], now(session)
    session.info["now"] = moment = today - timedelta(days=row["days"], hours=2)
    enquiry = Intake(row[language], email=customer.email or "", phone=customer.phones[0].raw if customer.phones else "")
    taken = take_in(session, enquiry)
    assert taken.task_id is not None
    for key in row["path"]:
        moment = min(moment + timedelta(days=1, hours=3), today)
        session.info["now"] = moment
        version = session.scalars(select(Task.version).where(Task.id == taken.task_id)).one()
        change = Update(stage_id=stages[key].id, is_automatic=not stages[key].is_final)
        advance(session, taken.task_id, version, change)
