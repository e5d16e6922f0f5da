"""The dial desk where agents call, and the campaigns their managers run."""

from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.people import Permission
from app.domain.words import N_
from ui.kit.commands import Command
from ui.kit.screen import Act, Desk, Door, Screen

__all__ = ["ADD_TO_POOL", "CALLBACKS", "CAMPAIGNS", "DESK", "OPEN_CAMPAIGN", "OPEN_CUSTOMER"]

OPEN_CUSTOMER = Command("dialer.open_customer", N_("Call this customer"), "call", in_palette=False)
CALLBACKS = Command("dialer.callbacks", N_("Callbacks"), "due", "Ctrl+Shift+H")
OPEN_CAMPAIGN = Command("campaigns.open", N_("Open the campaign"), "campaign", in_palette=False)
ADD_TO_POOL = Command("pools.add_customers", N_("Add customers to a pool"), "add", in_palette=False)
TELEPHONE = Command("dialer.telephone", N_("Choose my telephone"), "call")


def _telephone(desk: Desk) -> None:
    from ui.dialer.phone.window import open_telephone

    open_telephone(desk)


def _desk(desk: Desk) -> QWidget:
    from ui.dialer.desk.screen import DeskScreen

    return DeskScreen(desk)


def _campaigns(desk: Desk) -> QWidget:
    from ui.dialer.campaigns.screen import CampaignsScreen

    return CampaignsScreen(desk)


def _callbacks(desk: Desk) -> None:
    from ui.dialer.callbacks.window import open_callbacks

    open_callbacks(desk)


def _add_to_pool(desk: Desk, *chosen: Any) -> None:
    from ui.dialer.pools.adding import add_chosen

    add_chosen(desk, *chosen)


DESK = Screen(
    "dialer",
    N_("Dial desk"),
    "dialer",
    _desk,
    needs=Permission.DIAL,
    doors=(Door(OPEN_CUSTOMER, "open_customer", Permission.DIAL),),
    acts=(
        Act(CALLBACKS, _callbacks, Permission.DIAL),
        Act(TELEPHONE, _telephone, Permission.DIAL),
        Act(ADD_TO_POOL, _add_to_pool, Permission.DIAL),
    ),
)
"""The dial desk's entry in the navigation; `dialer.open_customer` takes a campaign's id or None, and a customer's."""

CAMPAIGNS = Screen(
    "campaigns",
    N_("Campaigns"),
    "campaign",
    _campaigns,
    needs=Permission.RUN_CAMPAIGNS,
    doors=(Door(OPEN_CAMPAIGN, "open_campaign", Permission.RUN_CAMPAIGNS),),
)
"""The campaigns' entry in the navigation; `campaigns.open` takes a campaign's id."""
