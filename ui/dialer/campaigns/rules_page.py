"""The rules of a campaign on one page, in five groups, with what they mean for who can be called now."""

from ui.dialer.campaigns.page import CampaignPage

__all__ = ["RulesPage"]


class RulesPage(CampaignPage):
    """Every switch says what it does."""

    def show_campaign(self, campaign_id: int) -> None:
        """Show this campaign."""
