"""The pages of a campaign in the order of their tabs; each is imported and made when it is first shown."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.domain.words import N_
from ui.kit.screen import Desk

__all__ = ["TABS", "Tab"]


@dataclass(frozen=True, slots=True)
class Tab:
    """A page: `text` is catalogue text; what `make` gives has `show_campaign(campaign_id)` and `refresh()`."""

    key: str
    text: str
    make: Callable[[Desk], QWidget]


def _rules(desk: Desk) -> QWidget:
    from ui.dialer.campaigns.rules_page import RulesPage

    return RulesPage(desk)


def _results(desk: Desk) -> QWidget:
    from ui.dialer.campaigns.results_page import ResultsPage

    return ResultsPage(desk)


def _forms(desk: Desk) -> QWidget:
    from ui.dialer.campaigns.forms_page import FormsPage

    return FormsPage(desk)


def _people(desk: Desk) -> QWidget:
    from ui.dialer.campaigns.people_page import PeoplePage

    return PeoplePage(desk)


def _pools(desk: Desk) -> QWidget:
    from ui.dialer.pools.page import PoolsPage

    return PoolsPage(desk)


def _law(desk: Desk) -> QWidget:
    from ui.dialer.law.page import LawPage

    return LawPage(desk)


def _wall(desk: Desk) -> QWidget:
    from ui.dialer.wall.page import WallPage

    return WallPage(desk)


def _reports(desk: Desk) -> QWidget:
    from ui.dialer.reports.page import ReportsPage

    return ReportsPage(desk)


TABS: tuple[Tab, ...] = (
    Tab("rules", N_("Rules"), _rules),
    Tab("results", N_("Results"), _results),
    Tab("forms", N_("Forms"), _forms),
    Tab("people", N_("People"), _people),
    Tab("pools", N_("Pools"), _pools),
    Tab("law", N_("Do not call"), _law),
    Tab("wall", N_("Wall"), _wall),
    Tab("reports", N_("Reports"), _reports),
)
"""One line a page; the first is the one a campaign is made on."""
