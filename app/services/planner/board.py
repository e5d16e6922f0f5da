"""The upper pane: technicians of some groups over some time, their white and grey, their visits."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.people import User
from app.models.places import Site
from app.models.planner import Holiday, Presence
from app.models.processes import ActivityType
from app.services.context import now, reads
from app.services.planner.calendar import TimeSpan, read_enabled, read_runs
from app.services.planner.company import company, groups
from app.services.planner.rows import BoardRows, GroupRow, TechnicianRow
from app.services.planner.visits import active_visits, flagged


@reads
def board(
    session: Session, group_ids: Collection[int] | None, start: datetime, end: datetime, *, language: str = "en"
) -> BoardRows:
    """The board of these groups (None: of all) in `[start, end)`; a dozen statements however much it shows."""
    chosen = [group for group in groups(session) if group_ids is None or group.id in group_ids]
    ids = list(dict.fromkeys(user_id for group in chosen for user_id in group.technician_ids))
    visits = active_visits(session, ids, TimeSpan(start, end))
    # A visit may begin before the board does: whether it lies on white is told by the presence it began in.
    span = TimeSpan(
        min(start, *(visit.starts_at for visit in visits)) if visits else start,
        max(end, *(visit.ends_at for visit in visits)) if visits else end,
    )
    runs = read_runs(session, ids, span, language)
    enabled = read_enabled(session, ids)
    names: dict[int, str] = dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())
    return BoardRows(
        now=now(session),
        company=company(session),
        start=start,
        end=end,
        groups=tuple(once(chosen)),
        technicians=tuple(TechnicianRow(each, names[each], runs[each], enabled.get(each, ())) for each in ids),
        visits=tuple(flagged(visits, runs)),
        type_names=dict(session.execute(select(ActivityType.id, ActivityType.name)).all()),
        site_names=dict(session.execute(select(Site.id, Site.name)).all()),
    )


@reads
def working_day(session: Session) -> date:
    """Today while anybody is still there; else the next day, within two weeks, on which somebody is."""
    moment, zone = now(session), company(session).zone
    is_off = select(Holiday.id).where(Holiday.starts_at < Presence.ends_at, Holiday.ends_at > Presence.starts_at)
    found = session.scalar(
        select(func.min(Presence.starts_at)).where(
            Presence.ends_at > moment, Presence.starts_at < moment + timedelta(days=14), ~is_off.exists()
        )
    )
    return max(moment, found or moment).astimezone(zone).date()


def once(chosen: list[GroupRow]) -> list[GroupRow]:
    """Each technician under the first of his groups only: a person has one row on the board."""
    seen: set[int] = set()
    found = []
    for group in chosen:
        fresh = tuple(each for each in group.technician_ids if each not in seen)
        seen.update(fresh)
        found.append(GroupRow(group.id, group.name, fresh))
    return found
