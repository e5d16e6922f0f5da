"""The company's clock and country, and the lists its planner chooses from."""

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from app.models.company import Company as CompanyModel
from app.models.people import Group, GroupMember, Role, User
from app.models.places import Site
from app.models.planner import Visit
from app.models.processes import ActivityType, Practice
from app.services.context import actor, now, reads, sees_own_way_only
from app.services.planner.rows import Company, GroupRow, Named, TypeRow

_COMPANY = select(CompanyModel.time_zone, CompanyModel.country, CompanyModel.subdivision)


@reads
def company(session: Session) -> Company:
    """The company's time zone and country; UTC before the first start has asked for them."""
    row = session.execute(_COMPANY).first()
    return Company(*row) if row else Company("UTC", "")


@reads
def groups(session: Session) -> tuple[GroupRow, ...]:
    """The groups that have technicians, by name, each with its technicians; last those in no such group.

    Who is no longer active stays until no visit to come is his: it would vanish from the board and wait nowhere. Who is
    shown only what is on his own way has one row, his own: the others' would look empty.
    """
    is_expected = exists().where(Visit.technician_id == User.id, Visit.is_active, Visit.ends_at > now(session))
    is_technician = Role.takes_visits & or_(User.is_active, is_expected)
    if sees_own_way_only(session):
        is_technician &= User.id == actor(session)
    rows = session.execute(
        select(Group.id, Group.name, User.id)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .join(User, User.id == GroupMember.user_id)
        .join(Role, Role.id == User.role_id)
        .where(is_technician)
        .order_by(Group.is_back_office, Group.name, Group.id, User.name, User.id)
    ).all()
    members: dict[tuple[int, str], list[int]] = {}
    for group_id, name, user_id in rows:
        members.setdefault((group_id, name), []).append(user_id)
    found = [GroupRow(group_id, name, tuple(ids)) for (group_id, name), ids in members.items()]
    alone = session.scalars(
        select(User.id)
        .join(Role, Role.id == User.role_id)
        .where(is_technician, ~select(GroupMember.id).where(GroupMember.user_id == User.id).exists())
        .order_by(User.name, User.id)
    ).all()
    if alone:
        found.append(GroupRow(0, "", tuple(alone)))
    return tuple(found)


@reads
def sites(session: Session) -> tuple[Named, ...]:
    """Every site by name."""
    return tuple(Named(*row) for row in session.execute(select(Site.id, Site.name).order_by(Site.name)))


@reads
def practices(session: Session) -> tuple[Named, ...]:
    """Every practice by name."""
    return tuple(Named(*row) for row in session.execute(select(Practice.id, Practice.name).order_by(Practice.name)))


@reads
def technicians(session: Session) -> tuple[Named, ...]:
    """Every active technician by name."""
    found = select(User.id, User.name).join(Role, Role.id == User.role_id)
    rows = session.execute(found.where(Role.takes_visits, User.is_active).order_by(User.name, User.id))
    return tuple(Named(*row) for row in rows)


@reads
def types(session: Session, *, macro_type: str | None = None) -> tuple[TypeRow, ...]:
    """The active activity types by name, all or those of one macro type."""
    kind = ActivityType
    found = select(
        kind.id, kind.name, kind.colour, kind.expected_minutes, kind.macro_type, kind.practice_id, kind.any_site
    ).where(kind.is_active)
    if macro_type is not None:
        found = found.where(kind.macro_type == macro_type)
    return tuple(TypeRow(*row) for row in session.execute(found.order_by(func.lower(kind.name))))
