"""What follows a change of a campaign's rules: its hours are laid out anew, its queue stands by the new rules."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.dialer.rules import CampaignDraft
from app.models.dialer.pools import Lane

_DECIDE = ("checks_register", "needs_consent", "gap_minutes", "daily_cap", "filters")
"""Rules that decide who may be called at all."""


def follow_rules(session: Session, campaign_id: int, before: CampaignDraft | None, after: CampaignDraft) -> None:
    """Bring windows and queue in line with the rules; `before` is None where nothing is known of the old ones."""
    if not has_customers(session, campaign_id):
        # Nobody to call yet: windows and places in the queue are made when the first customer comes in.
        return
    if before is None or before.hours != after.hours:
        from app.services.dialer.windows import lay_out

        lay_out(session, campaign_id)
    if before is None or any(getattr(before, name) != getattr(after, name) for name in _DECIDE):
        settle_queue(session, campaign_id)


def settle_queue(session: Session, campaign_id: int) -> None:
    """Let everybody who waits in the queue stand by the rules as they are now."""
    from app.services.dialer.standing import settle

    settle(session, campaign_id)


def has_customers(session: Session, campaign_id: int) -> bool:
    """Whether anybody was ever put into a pool of the campaign."""
    return session.scalar(select(Lane.id).where(Lane.campaign_id == campaign_id).limit(1)) is not None
