"""Why nobody can be called now: how many are kept by what, and when the next becomes free."""

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.models.dialer import Campaign, CampaignUser, Pool, PoolUser
from app.services.context import actor, now, reads
from app.services.dialer.claiming import Filters
from app.services.dialer.refusing import refuse
from app.services.dialer.standing import Nobody, counted_for


@reads
def nobody(session: Session, campaign_id: int, filters: Filters | None = None) -> Nobody:
    """Where the customers of my pools stand under the campaign's rules, the manager's filters and mine."""
    me = actor(session)
    joined = and_(CampaignUser.campaign_id == Campaign.id, CampaignUser.user_id == me)
    found = session.execute(
        select(Campaign, CampaignUser.filters).outerjoin(CampaignUser, joined).where(Campaign.id == campaign_id)
    ).first()
    if found is None:
        raise refuse("NOT_IN_CAMPAIGN")
    campaign, given = found
    mine = and_(PoolUser.pool_id == Pool.id, PoolUser.user_id == me)
    pools = select(Pool.id).outerjoin(PoolUser, mine).where(Pool.campaign_id == campaign_id, Pool.removed_at.is_(None))
    shared = and_(Pool.user_id.is_(None), or_(Pool.is_for_all, PoolUser.is_given))
    if me is not None:
        pools = pools.where(or_(Pool.user_id == me, shared) if campaign.includes_campaign_pools else Pool.user_id == me)
    wanted = {**(filters or {} if campaign.agents_set_filters else {}), **(given or {})}
    return counted_for(session, campaign, session.scalars(pools).all(), wanted, at=now(session))
