"""Campaigns: their rules, when they are open, and which of them somebody works in."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.dialer.filtering import read_filters
from app.domain.dialer.rules import FIELDS, CampaignDraft, problems
from app.domain.dialer.windows import default_hours
from app.domain.errors import Incomplete, NotFound, Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.company import Company
from app.models.dialer.campaigns import CallStatus, Campaign, CampaignForm, CampaignUser
from app.services.context import actor, now, reads, require, writes
from app.services.dialer import statuses
from app.services.dialer.ruling import follow_rules
from app.services.saving import cleaned, refuse_double, seen, tell


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign as the list shows it; one that was never started has no `opened_at`."""

    id: int
    version: int
    name: str
    opened_at: datetime | None
    closed_at: datetime | None
    agents: int

    @property
    def is_open(self) -> bool:
        """Whether customers are given out."""
        return self.opened_at is not None and self.closed_at is None


@dataclass(frozen=True, slots=True)
class CampaignCard:
    """A campaign with its rules, in the version that was seen; `usual_hours` are those where it has none of its own."""

    id: int
    version: int
    draft: CampaignDraft
    opened_at: datetime | None
    closed_at: datetime | None
    usual_hours: dict[str, Any]

    @property
    def is_open(self) -> bool:
        """Whether customers are given out."""
        return self.opened_at is not None and self.closed_at is None


@dataclass(frozen=True, slots=True)
class CampaignChoice:
    """An open campaign somebody works in, with the rules his desk follows."""

    id: int
    name: str
    calls_automatically: bool
    call_delay_seconds: int
    alert_after_seconds: int
    wrap_up_seconds: int
    needs_note: bool
    agents_set_filters: bool
    lock_minutes: int


@reads
def list_campaigns(session: Session) -> tuple[CampaignRow, ...]:
    """Every campaign by name: those at work, those not started, those closed."""
    agents = select(func.count()).where(CampaignUser.campaign_id == Campaign.id).scalar_subquery()
    asked = select(
        Campaign.id, Campaign.version, Campaign.name, Campaign.opened_at, Campaign.closed_at, agents
    ).order_by(Campaign.closed_at.is_not(None), Campaign.opened_at.is_(None), func.lower(Campaign.name), Campaign.id)
    return tuple(CampaignRow(*row) for row in session.execute(asked))


@reads
def campaign(session: Session, campaign_id: int) -> CampaignCard:
    """One campaign with its rules."""
    found = session.get(Campaign, campaign_id)
    if found is None:
        raise NotFound(message(N_("This campaign is no longer there.")))
    return _card(session, found)


@reads
def mine(session: Session) -> tuple[CampaignChoice, ...]:
    """The open campaigns I work in, by name; the owner himself works in every one."""
    user_id = actor(session)
    asked = select(Campaign).where(Campaign.opened_at.is_not(None), Campaign.closed_at.is_(None))
    if user_id is not None:
        asked = asked.join(CampaignUser, CampaignUser.campaign_id == Campaign.id)
        asked = asked.where(CampaignUser.user_id == user_id)
    found = session.scalars(asked.order_by(func.lower(Campaign.name), Campaign.id))
    return tuple(CampaignChoice(*(getattr(each, name) for name in CampaignChoice.__slots__)) for each in found)


@reads
def borrowed_rules(session: Session, campaign_id: int, source_id: int) -> CampaignDraft:
    """The rules of another campaign for this one, which keeps its name; filters name its own results of that name."""
    source = session.get(Campaign, source_id)
    target = session.get(Campaign, campaign_id)
    if source is None or target is None:
        raise NotFound(message(N_("This campaign is no longer there.")))
    own = {(each.code, each.name): each.id for each in statuses.of_campaign(session, campaign_id)}
    theirs = statuses.of_campaign(session, source_id)
    turned = {each.id: own[each.code, each.name] for each in theirs if (each.code, each.name) in own}
    draft = _draft(source)
    return replace(draft, name=target.name, script=target.script, filters=_turned(draft.filters, turned))


@writes
def save(session: Session, draft: CampaignDraft, *, campaign_id: int | None = None, version: int = 0) -> CampaignCard:
    """Add a campaign with the built-in results, or change the rules of the one that was seen in this version.

    What waits in its queue stands by the new rules from then on; claims already open go on to their end.
    """
    require(session, Permission.RUN_CAMPAIGNS)
    draft = replace(draft, name=" ".join(draft.name.split()), script=draft.script.strip())
    _refuse_wrong(session, draft, campaign_id)
    if campaign_id is None:
        kept, before = Campaign(), None
        session.add(kept)
    else:
        kept = seen(session, Campaign, campaign_id, version)
        before = _draft(kept)
    for name in FIELDS:
        setattr(kept, name, getattr(draft, name))
    session.flush()
    if before is None:
        statuses.insert_defaults(session, kept.id)
    follow_rules(session, kept.id, before, draft)
    tell(session, "campaigns", kept.id)
    return _card(session, kept)


@writes
def copy_campaign(session: Session, campaign_id: int, name: str) -> CampaignCard:
    """A new campaign with the rules, results, forms and people of another; its pools and calls stay where they are."""
    require(session, Permission.RUN_CAMPAIGNS)
    source = session.get(Campaign, campaign_id)
    if source is None:
        raise NotFound(message(N_("This campaign is no longer there.")))
    draft = replace(_draft(source), name=cleaned(name))
    _refuse_wrong(session, draft, None)
    copy = Campaign(**{each: getattr(draft, each) for each in FIELDS})
    session.add(copy)
    session.flush()
    turned = statuses.copy_statuses(session, campaign_id, copy.id)
    copy.filters = _turned(copy.filters, turned)
    for form in session.scalars(select(CampaignForm).where(CampaignForm.campaign_id == campaign_id)):
        session.add(CampaignForm(campaign_id=copy.id, form_id=form.form_id, position=form.position))
    for user in session.scalars(select(CampaignUser).where(CampaignUser.campaign_id == campaign_id)):
        session.add(CampaignUser(campaign_id=copy.id, user_id=user.user_id, filters=_turned(user.filters, turned)))
    session.flush()
    follow_rules(session, copy.id, None, draft)
    tell(session, "campaigns", copy.id)
    return _card(session, copy)


@writes
def close_campaign(session: Session, campaign_id: int, version: int) -> CampaignCard:
    """Give out nobody any more; whoever has a customer on his desk finishes with him."""
    require(session, Permission.RUN_CAMPAIGNS)
    found = seen(session, Campaign, campaign_id, version)
    if found.closed_at is None:
        found.closed_at = now(session)
        session.flush()
        tell(session, "campaigns", campaign_id)
    return _card(session, found)


@writes
def reopen(session: Session, campaign_id: int, version: int) -> CampaignCard:
    """Start a campaign, or open one again that was closed; without an active result nobody could finish a call."""
    require(session, Permission.RUN_CAMPAIGNS)
    found = seen(session, Campaign, campaign_id, version)
    results = select(func.count()).where(CallStatus.campaign_id == campaign_id, CallStatus.is_active)
    if not session.scalar(results):
        raise Refused(
            "NO_RESULTS",
            message(N_("The campaign has no result to give a call.")),
            message(N_("It stays as it was. Add a result first.")),
        )
    found.opened_at = found.opened_at or now(session)
    found.closed_at = None
    session.flush()
    follow_rules(session, campaign_id, None, _draft(found))
    tell(session, "campaigns", campaign_id)
    return _card(session, found)


# --- Inside


def _draft(found: Campaign) -> CampaignDraft:
    return CampaignDraft(**{name: getattr(found, name) for name in FIELDS})


def _card(session: Session, found: Campaign) -> CampaignCard:
    usual = default_hours(session.scalar(select(Company.country)))
    return CampaignCard(found.id, found.version, _draft(found), found.opened_at, found.closed_at, usual)


def _refuse_wrong(session: Session, draft: CampaignDraft, campaign_id: int | None) -> None:
    wrong = problems(draft)
    if "name" not in wrong:
        try:
            refuse_double(session, Campaign.name, draft.name, campaign_id)
        except Refused as refusal:
            wrong["name"] = refusal.what
    if wrong:
        raise Incomplete(wrong)


def _turned(filters: dict[str, Any], turned: dict[int, int]) -> dict[str, Any]:
    """Filters that name the copied results in place of those they were copied from."""
    read = read_filters(filters)
    named = tuple(turned[each] if each else each for each in read.statuses if not each or each in turned)
    return replace(read, statuses=named).document()
