"""What an agent may filter by in a campaign, and what the manager has set already."""

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.domain.dialer.filtering import Filters, read_filters
from app.domain.errors import NotFound
from app.domain.words import N_, message
from app.models.dialer import Campaign, CampaignUser
from app.services.context import actor, reads
from app.services.dialer.people import SiteChoice, list_sites
from app.services.dialer.statuses import StatusRow, list_statuses


@dataclass(frozen=True, slots=True)
class MyFilters:
    """`may_set` where the campaign lets agents filter; `campaign` binds everybody in it, `mine` binds the reader."""

    may_set: bool
    campaign: Filters
    mine: Filters
    statuses: tuple[StatusRow, ...]
    sites: tuple[SiteChoice, ...]


@reads
def my_filters(session: Session, campaign_id: int) -> MyFilters:
    """The filters of a campaign as they stand for me, and what they can name."""
    joined = and_(CampaignUser.campaign_id == Campaign.id, CampaignUser.user_id == actor(session))
    asked = select(Campaign.agents_set_filters, Campaign.filters, CampaignUser.filters).outerjoin(CampaignUser, joined)
    found = session.execute(asked.where(Campaign.id == campaign_id)).first()
    if found is None:
        raise NotFound(message(N_("This campaign is no longer there.")))
    may_set, campaign, mine = found
    return MyFilters(
        bool(may_set),
        read_filters(campaign or {}),
        read_filters(mine or {}),
        tuple(list_statuses(session, campaign_id)),
        tuple(list_sites(session)),
    )
