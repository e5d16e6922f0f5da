"""When the demo's technicians are there: their presence rules, the presences made of them, their days off."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.people import User
from app.models.places import Site
from app.services.demo.files import Files
from app.services.planner.absences import add_absences
from app.services.planner.presences import generate
from app.services.planner.rules import RuleValues, add_rules

DAYS_BACK = 14
DAYS_AHEAD = 56


def make_presences(session: Session, files: Files) -> None:
    """Rules, presences from two weeks ago until eight weeks ahead, and absences."""
    users = technicians(session)
    site_names = files.names("sites")
    sites = {name: site_id for site_id, name in session.execute(select(Site.id, Site.name))}
    for row in files.rows("presence_rules"):
        values = RuleValues(
            rrule=row["rrule"],
            first_day=date.fromisoformat(files.moved(row["first_day"])),
            starts=time.fromisoformat(row["start_time"]),
            ends=time.fromisoformat(row["end_time"]),
            site_id=sites[site_names[row["site"]]],
        )
        add_rules(session, [users[row["technician"]]], values)
    today = files.now.date()
    generate(session, first=today - timedelta(days=DAYS_BACK), last=today + timedelta(days=DAYS_AHEAD))
    zone = files.now.tzinfo
    assert zone is not None
    for row in files.rows("absences"):
        day = today + timedelta(days=int(row["day_offset"]))
        add_absences(session, [users[row["technician"]]], *_midnights(day, zone), row["reason"])


def technicians(session: Session) -> dict[str, int]:
    """The demo's people by their key."""
    rows = session.execute(select(User.external_key, User.id).where(User.external_key.is_not(None)))
    return {str(key): user_id for key, user_id in rows}


def _midnights(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    start, end = (datetime.combine(at, time(), zone).astimezone(UTC) for at in (day, day + timedelta(days=1)))
    return start, end
