"""What the wall and the reports are asked for: a campaign, a pool, a group, an agent, some days."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.domain.people import Permission
from app.models.dialer import Campaign, Pool
from app.models.people import Group, GroupMember, User
from app.services.context import reads, require


@dataclass(frozen=True, slots=True)
class Asked:
    """What is counted; None does not narrow. The days are the company's, both included."""

    campaign_id: int | None = None
    pool_id: int | None = None
    group_id: int | None = None
    user_id: int | None = None
    first: date | None = None
    last: date | None = None


EVERYTHING = Asked()


@dataclass(frozen=True, slots=True)
class Named:
    """Something to choose, with the campaign it belongs to where it belongs to one."""

    id: int
    name: str
    campaign_id: int | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything a filter offers."""

    campaigns: tuple[Named, ...]
    pools: tuple[Named, ...]
    groups: tuple[Named, ...]
    agents: tuple[Named, ...]


@reads
def choices(session: Session) -> Choices:
    """What there is to narrow by: closed campaigns and removed pools too, for what was done in them."""
    require(session, Permission.RUN_CAMPAIGNS)
    campaigns = session.execute(select(Campaign.id, Campaign.name).order_by(Campaign.name, Campaign.id))
    pools = session.execute(select(Pool.id, Pool.name, Pool.campaign_id).order_by(Pool.name, Pool.id))
    groups = session.execute(select(Group.id, Group.name).order_by(Group.name, Group.id))
    agents = session.execute(select(User.id, User.name).order_by(User.name, User.id))
    campaign_rows, pool_rows, group_rows, agent_rows = (
        tuple(Named(*row) for row in rows) for rows in (campaigns, pools, groups, agents)
    )
    return Choices(campaign_rows, pool_rows, group_rows, agent_rows)


def users_of(asked: Asked) -> Select[Any]:
    """The users whose rows are wanted: with it every question finds its rows by user and time."""
    wanted = select(User.id)
    if asked.user_id is not None:
        wanted = wanted.where(User.id == asked.user_id)
    if asked.group_id is not None:
        members = select(GroupMember.user_id).where(GroupMember.group_id == asked.group_id)
        wanted = wanted.where(User.id.in_(members))
    return wanted
