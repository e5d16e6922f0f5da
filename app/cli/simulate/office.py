"""The office of a simulation: people with a profile, a process that takes in, the mail that goes with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from sqlalchemy import insert, select, update
from sqlalchemy.engine import make_url

from app.adapters import throwaway
from app.db import schema
from app.db.database import Database
from app.models.company import Company
from app.models.mail import MailTemplate
from app.models.people import Role, User
from app.models.processes import Process, Profile, RoutingRules, Stage, StageLink, UserProfile
from app.models.tickets import TicketType


@dataclass(frozen=True, slots=True)
class Office:
    """Where it is, who runs it, who takes the tasks, and the stages of its process."""

    url: str
    administrator_id: int
    manager_id: int
    worker_ids: tuple[int, ...]
    stage_ids: tuple[int, ...]


@contextmanager
def office(url: str | None, workers: int, *, durable: bool = False, mails: bool = True) -> Iterator[Office]:
    """An office in an empty database of this server, or of one that is started for it and goes with it."""
    run = None if url else throwaway.Run(durable=durable)
    server = url or (run.url if run else "")
    name = "callboard_simulation"
    try:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}".encode())
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        try:
            yield _settle(
                make_url(server).set(database=name).render_as_string(hide_password=False), workers, mails=mails
            )
        finally:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
    finally:
        if run is not None:
            run.close()


def _settle(url: str, workers: int, *, mails: bool) -> Office:
    database = Database(url)
    try:
        schema.upgrade(database)
        with database.transaction() as session:
            session.add(Company(id=1, name="Simulation", country="IL", time_zone="Asia/Jerusalem", language="en"))
            roles = {code: role_id for role_id, code in session.execute(select(Role.id, Role.code))}
            people = [("root", "administrator"), ("manager", "manager")]
            people += [(f"w{number}", "agent") for number in range(1, workers + 1)]
            rows = [
                {"login": login, "name": login, "role_id": roles[role], "email": f"{login}@example.org"}
                for login, role in people
            ]
            session.execute(insert(User), rows)
            ids = dict(session.execute(select(User.login, User.id)).all())
            profile = Profile(name="Service", main="worker")
            process = Process(name="Enquiry")
            session.add_all([profile, process])
            session.flush()
            holders = tuple(ids[login] for login, role in people if role == "agent")
            session.add_all(UserProfile(profile_id=profile.id, user_id=user_id) for user_id in holders)
            stages = [
                Stage(
                    process_id=process.id, name=name, position=position, profile_id=profile.id, is_intake=not position
                )
                for position, name in enumerate(("Intake", "Work"))
            ]
            session.add_all(stages)
            session.flush()
            intake, work = (stage.id for stage in stages)
            for first, second in ((intake, work), (work, intake)):
                session.add(StageLink(process_id=process.id, from_stage_id=first, to_stage_id=second))
            kind = TicketType(name="Enquiry", process_id=process.id)
            session.add(kind)
            session.flush()
            session.execute(update(RoutingRules).values(intake_type_id=kind.id, administrator_id=ids["root"]))
            texts = {"en": {"subject": "A task waits for you: {subject}", "body": "{subject}"}}
            session.add(
                MailTemplate(name="New task", event="task_given", recipient="handler", texts=texts, is_active=mails)
            )
        return Office(url, ids["root"], ids["manager"], holders, (intake, work))
    finally:
        database.close()
