"""Who works in a campaign, and the filters a manager sets for each."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from app.domain.dialer.filtering import Filters, read_filters
from app.domain.errors import Conflict, NotFound
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.dialer.campaigns import Campaign, CampaignUser
from app.models.people import Group, GroupMember, RolePermission, User
from app.models.places import Site
from app.services.context import reads, require, writes
from app.services.dialer import callbacks
from app.services.saving import tell, wrong


@dataclass(frozen=True, slots=True)
class AgentRow:
    """Somebody who may work at the dial desk, or works in the campaign although he no longer may."""

    id: int
    name: str
    groups: tuple[str, ...]
    may_dial: bool
    works: bool
    filters: Filters


@dataclass(frozen=True, slots=True)
class AgentChange:
    """That somebody shall work in a campaign with these filters, or not (None), beside what was seen."""

    user_id: int
    seen: Filters | None
    wanted: Filters | None


@dataclass(frozen=True, slots=True)
class SiteChoice:
    """A site a filter may name."""

    id: int
    name: str


@reads
def list_agents(session: Session, campaign_id: int) -> tuple[AgentRow, ...]:
    """Everybody who may dial or works in the campaign, by name."""
    return _rows(session, campaign_id)


def _rows(session: Session, campaign_id: int) -> tuple[AgentRow, ...]:
    groups: dict[int, list[str]] = {}
    members = select(GroupMember.user_id, Group.name).join(Group, Group.id == GroupMember.group_id)
    for user_id, name in session.execute(members.order_by(func.lower(Group.name))):
        groups.setdefault(user_id, []).append(name)
    kept = {
        user_id: read_filters(filters)
        for user_id, filters in session.execute(
            select(CampaignUser.user_id, CampaignUser.filters).where(CampaignUser.campaign_id == campaign_id)
        )
    }
    held = select(RolePermission.role_id).where(RolePermission.permission == Permission.DIAL.value)
    may = User.is_active & User.role_id.in_(held)
    asked = select(User.id, User.name, may).where(or_(may, User.id.in_(kept))).order_by(func.lower(User.name), User.id)
    return tuple(
        AgentRow(
            user_id,
            name,
            tuple(groups.get(user_id, ())),
            bool(may_dial),
            user_id in kept,
            kept.get(user_id, Filters()),
        )
        for user_id, name, may_dial in session.execute(asked)
    )


@reads
def list_sites(session: Session) -> tuple[SiteChoice, ...]:
    """The sites a filter may name, by name."""
    found = session.execute(select(Site.id, Site.name).order_by(func.lower(Site.name), Site.id))
    return tuple(SiteChoice(*row) for row in found)


@writes
def save_agents(session: Session, campaign_id: int, changes: Sequence[AgentChange]) -> tuple[AgentRow, ...]:
    """Let these work in a campaign, or no longer, each with his filters.

    Whoever leaves keeps the customer on his desk until he has finished with him, and gets nobody new; whom he was to
    call back is anyone's.
    """
    require(session, Permission.RUN_CAMPAIGNS)
    if session.get(Campaign, campaign_id, with_for_update={"key_share": True}) is None:
        raise NotFound(message(N_("This campaign is no longer there.")))
    rows = {
        row.user_id: row
        for row in session.scalars(
            select(CampaignUser).where(
                CampaignUser.campaign_id == campaign_id, CampaignUser.user_id.in_([each.user_id for each in changes])
            )
        )
    }
    for change in changes:
        row = rows.get(change.user_id)
        if change.seen != (None if row is None else read_filters(row.filters)):
            raise Conflict(
                message(N_("Somebody else changed this in the meantime.")),
                message(N_("Nothing was overwritten. Look at the new values, then save again.")),
            )
        _apply(session, campaign_id, row, change)
    session.flush()
    tell(session, "campaign_users", campaign_id)
    return _rows(session, campaign_id)


def _apply(session: Session, campaign_id: int, row: CampaignUser | None, change: AgentChange) -> None:
    if change.wanted is None:
        if row is not None:
            session.execute(delete(CampaignUser).where(CampaignUser.id == row.id))
            callbacks.leave(session, change.user_id, campaign_id)
        return
    problem = change.wanted.problem()
    if problem is not None:
        raise wrong("FILTERS", problem)
    if row is not None:
        row.filters = change.wanted.document()
        return
    held = select(RolePermission.role_id).where(RolePermission.permission == Permission.DIAL.value)
    name, may = session.execute(
        select(User.name, User.is_active & User.role_id.in_(held)).where(User.id == change.user_id)
    ).one()
    if not may:
        raise wrong("MAY_NOT_DIAL", message(N_("{name} may not work at the dial desk."), name=name))
    session.add(CampaignUser(campaign_id=campaign_id, user_id=change.user_id, filters=change.wanted.document()))
