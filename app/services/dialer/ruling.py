"""What follows a change of a campaign's rules: its hours are laid out anew, its queue stands by the new rules."""

from sqlalchemy.orm import Session

from app.domain.dialer.rules import CampaignDraft
from app.services.dialer.standing import settle
from app.services.dialer.windows import lay_out

_DECIDE = ("checks_register", "needs_consent", "gap_minutes", "daily_cap", "filters")
"""Rules that decide who may be called at all."""


def follow_rules(session: Session, campaign_id: int, before: CampaignDraft | None, after: CampaignDraft) -> None:
    """Bring windows and queue in line with the rules; `before` is None where nothing is known of the old ones."""
    if before is None or before.hours != after.hours:
        lay_out(session, campaign_id)
    if before is None or any(getattr(before, name) != getattr(after, name) for name in _DECIDE):
        settle(session, campaign_id)
