"""What a campaign's rules mean before they are saved: how many could be called now, and what keeps the others."""

from sqlalchemy.orm import Session

from app.domain.dialer.rules import FIELDS, CampaignDraft, problems
from app.domain.errors import Incomplete, NotFound
from app.domain.words import N_, message
from app.models.dialer.campaigns import Campaign
from app.services.context import reads
from app.services.dialer.standing import Nobody, counts


@reads
def preview(session: Session, campaign_id: int, draft: CampaignDraft) -> Nobody:
    """Where everybody in the campaign's pools would stand under these rules."""
    wrong = problems(draft)
    if wrong:
        raise Incomplete(wrong)
    # Never put into the session: a campaign as it would be.
    return counts(session, campaign_id, Campaign(**{name: getattr(draft, name) for name in FIELDS}))


@reads
def standing_now(session: Session, campaign_id: int) -> Nobody:
    """Where everybody in the campaign's pools stands under its rules as they are kept."""
    found = session.get(Campaign, campaign_id)
    if found is None:
        raise NotFound(message(N_("This campaign is no longer there.")))
    return counts(session, campaign_id, found)
