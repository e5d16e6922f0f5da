"""Everything the dial desk paints for one customer, in one read of a few statements that are built once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from app.db.types import BigInt
from app.domain.dialer.forms import FormField, read_fields
from app.domain.errors import NotFound
from app.domain.tickets.names import shown_number
from app.domain.words import N_, message
from app.models.company import Company
from app.models.customers import Customer, CustomerPhone
from app.models.dialer import (
    CallAttempt,
    CallForm,
    CallPerson,
    CallStatus,
    Campaign,
    CampaignForm,
    Claim,
    DoNotCall,
    RegisterRule,
)
from app.models.people import User
from app.models.places import Site
from app.models.points import CustomerBalance
from app.models.tickets import Note, Ticket, TicketStatus
from app.services.context import actor, now, reads
from app.services.dialer.history import ACTOR, OWN_HERE, Asked, HistoryPage, history, seen
from app.services.dialer.zones import zone_of
from app.services.tickets.notes import Alert

_MOST = 20
_MOST_ANSWERS = 5


@dataclass(frozen=True, slots=True)
class CardNumber:
    """A number of the customer as typed and as dialled, with what the law knows of it.

    `register_days` is how long an answer of its country's register holds; None where there is no register.
    """

    raw: str
    e164: str | None
    last_call_at: datetime | None = None
    calls_today: int = 0
    is_refused: bool = False
    register_checked_at: datetime | None = None
    is_registered: bool = False
    register_days: int | None = None
    consent_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CardStatus:
    """A result that a call of the campaign can have, with the key that gives it."""

    id: int
    code: str | None
    name: str | None
    key: str | None
    color: str
    outcome: str
    needs_note: bool
    is_final: bool
    opens_type_id: int | None


@dataclass(frozen=True, slots=True)
class CardForm:
    """A form of the campaign with its fields."""

    id: int
    name: str
    fields: tuple[FormField, ...]

    def key_of(self, field: FormField) -> str:
        """What the answer to a field is kept under: fields of two forms may have the same key."""
        return f"{self.id}.{field.key}"


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """An open ticket of the customer; its state is named by `code` or `name`."""

    id: int
    number: str
    subject: str
    opened_at: datetime
    code: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """What the desk must know of the campaign's rules."""

    id: int
    name: str
    script: str
    is_closed: bool
    lock_minutes: int
    needs_note: bool
    needs_consent: bool
    checks_register: bool
    calls_automatically: bool
    call_delay_seconds: int
    alert_after_seconds: int
    wrap_up_seconds: int


@dataclass(frozen=True, slots=True)
class DialCard:
    """One customer as the desk shows him at `moment`.

    `zone` is the one the calling hours are kept by: his own, else his number's, else the company's (`company_zone`).
    `others` have him open too. `answers` are the newest given to each field, by `CardForm.key_of`. `balance` are his
    points; None for who never had any.
    """

    customer_id: int
    name: str
    address: str
    email: str
    language: str | None
    notes: str
    site: str | None
    zone: str
    company_zone: str
    agent: str
    moment: datetime
    campaign: CampaignFacts
    numbers: tuple[CardNumber, ...] = ()
    others: tuple[str, ...] = ()
    alerts: tuple[Alert, ...] = ()
    tickets: tuple[OpenTicket, ...] = ()
    statuses: tuple[CardStatus, ...] = ()
    forms: tuple[CardForm, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)
    history: HistoryPage = field(default_factory=HistoryPage)
    balance: Decimal | None = None

    @property
    def last_call_at(self) -> datetime | None:
        """When one of his numbers was last called, by anybody."""
        return max((each.last_call_at for each in self.numbers if each.last_call_at), default=None)


@reads
def dial_card(session: Session, customer_id: int, campaign_id: int) -> DialCard:
    """The card of a customer for a campaign."""
    values = {"actor": actor(session), "customer": customer_id, "campaign": campaign_id}
    # Not through the session: rows of columns need nothing of what it does for mapped objects.
    run = session.connection().execute
    head = run(_head(), values).one_or_none()
    if head is None:
        raise NotFound(
            message(N_("This customer is no longer there.")), message(N_("Ask for the next customer instead."))
        )
    moment = now(session)
    (name, address, email, language, notes, zone, company_zone, site, agent, balance), facts = head[:10], head[10:]
    numbers, others = _numbers_and_others(run(_numbers(), values), moment)
    alerts, tickets = _alerts_and_tickets(run(_marks(), values))
    person = next((each.e164 for each in numbers if each.e164), None)
    return DialCard(
        customer_id,
        name,
        address or "",
        email or "",
        language,
        notes or "",
        site,
        zone_of(zone, person, company_zone or "UTC"),
        company_zone or "UTC",
        agent or "",
        moment,
        CampaignFacts(campaign_id, *facts),
        numbers,
        others,
        alerts,
        tickets,
        tuple(CardStatus(*row) for row in run(_statuses(), values)),
        tuple(CardForm(key, name, read_fields(fields)) for key, name, fields in run(_forms(), values)),
        _newest(run(_answers(), values).scalars()),
        history(session, customer_id, campaign_id),
        balance,
    )


_CUSTOMER = bindparam("customer", type_=BigInt)
_CAMPAIGN = bindparam("campaign", type_=BigInt)


@lru_cache(1)
def _head() -> Asked:
    agent = select(User.name).where(User.id == ACTOR).scalar_subquery()
    points = select(CustomerBalance.balance).where(CustomerBalance.customer_id == _CUSTOMER).scalar_subquery()
    person = (Customer.name, Customer.address, Customer.email, Customer.language, Customer.notes, Customer.time_zone)
    rules = (
        Campaign.name,
        Campaign.script,
        Campaign.closed_at.is_not(None),
        Campaign.lock_minutes,
        Campaign.needs_note,
        Campaign.needs_consent,
        Campaign.checks_register,
        Campaign.calls_automatically,
        Campaign.call_delay_seconds,
        Campaign.alert_after_seconds,
        Campaign.wrap_up_seconds,
    )
    return (
        select(*person, Company.time_zone, Site.name, agent, points, *rules)
        .select_from(Customer)
        .join(Campaign, Campaign.id == _CAMPAIGN)
        .outerjoin(Company, Company.id == 1)
        .outerjoin(Site, Site.id == Customer.site_id)
        .where(Customer.id == _CUSTOMER)
    )


@lru_cache(1)
def _numbers() -> Asked:
    """The numbers, each with what is known of it, once for each other person who has it open."""
    phone, person = CustomerPhone, CallPerson
    of_campaign = select(DoNotCall.id).where(
        DoNotCall.person == phone.e164, DoNotCall.campaign_id == _CAMPAIGN, DoNotCall.lifted_at.is_(None)
    )
    facts = (
        person.last_call_at,
        person.calls_today,
        person.day_ends_at,
        or_(func.coalesce(person.is_refused, false()), of_campaign.exists()),
        person.register_checked_at,
        func.coalesce(person.is_registered, false()),
        RegisterRule.days,
        person.consent_until,
    )
    other = and_(Claim.person == phone.e164, Claim.status == "open", or_(ACTOR.is_(None), Claim.user_id != ACTOR))
    return (
        select(phone.id, phone.raw, phone.e164, *facts, Claim.until_at, User.name)
        .select_from(phone)
        .outerjoin(person, person.person == phone.e164)
        .outerjoin(RegisterRule, func.substr(phone.e164, 1, func.length(RegisterRule.prefix)) == RegisterRule.prefix)
        .outerjoin(Claim, other)
        .outerjoin(User, User.id == Claim.user_id)
        .where(phone.customer_id == _CUSTOMER)
        .order_by(phone.position, phone.id, func.length(RegisterRule.prefix).desc(), User.name)
    )


def _numbers_and_others(rows: Iterable[Any], moment: datetime) -> tuple[tuple[CardNumber, ...], tuple[str, ...]]:
    found: dict[int, CardNumber] = {}
    others: dict[str, None] = {}
    for key, raw, e164, last_at, today, day_ends, refused, checked, listed, days, consent, until, name in rows:
        count = (today or 0) if day_ends and day_ends > moment else 0
        number = CardNumber(raw, e164, last_at, count, bool(refused), checked, bool(listed), days, consent)
        found.setdefault(key, number)
        if until is not None and until > moment and name:
            others.setdefault(name)
    return tuple(found.values()), tuple(others)


@lru_cache(1)
def _marks() -> Asked:
    """The alerts and the open tickets, which are alike in their columns."""
    nothing: ColumnElement[Any] = cast(null(), Text)
    alerts = (
        select(_flag(0), Note.id, Note.text, Note.at, User.name, Note.ticket_id, nothing, nothing)
        .outerjoin(User, User.id == Note.by_id)
        .where(Note.customer_id == _CUSTOMER, Note.is_alert, Note.dismissed_at.is_(None))
    )
    tickets = (
        select(
            _flag(1),
            Ticket.id,
            Ticket.subject,
            Ticket.opened_at,
            Ticket.number,
            cast(null(), BigInt),
            TicketStatus.code,
            TicketStatus.name,
        )
        .join(TicketStatus, TicketStatus.id == Ticket.status_id)
        .where(Ticket.customer_id == _CUSTOMER, Ticket.closed_at.is_(None))
    )
    newest = alerts.order_by(Note.id.desc()), tickets.order_by(Ticket.id.desc())
    whole = union_all(*(select(each.limit(_MOST).subquery()) for each in newest)).subquery()
    return select(whole).order_by(whole.c[0], whole.c[1].desc())


def _flag(value: int) -> ColumnElement[int]:
    return literal_column(str(value), BigInt).label("kind")


def _alerts_and_tickets(rows: Iterable[Any]) -> tuple[tuple[Alert, ...], tuple[OpenTicket, ...]]:
    alerts: list[Alert] = []
    tickets: list[OpenTicket] = []
    for kind, key, said, at, who, ticket_id, code, name in rows:
        if kind == 0:
            alerts.append(Alert(key, said, at, who, ticket_id))
        else:
            tickets.append(OpenTicket(key, shown_number(key, who), said, at, code, name))
    return tuple(alerts), tuple(tickets)


@lru_cache(1)
def _statuses() -> Asked:
    status = CallStatus
    columns = (status.id, status.code, status.name, status.key, status.color, status.outcome, status.needs_note)
    return (
        select(*columns, status.is_final, status.opens_type_id)
        .where(status.campaign_id == _CAMPAIGN, status.is_active)
        .order_by(status.position, status.id)
    )


@lru_cache(1)
def _forms() -> Asked:
    return (
        select(CallForm.id, CallForm.name, CallForm.fields)
        .join(CampaignForm, CampaignForm.form_id == CallForm.id)
        .where(CampaignForm.campaign_id == _CAMPAIGN)
        .order_by(CampaignForm.position, CampaignForm.id)
    )


@lru_cache(1)
def _answers() -> Asked:
    """What was answered before, the newest first, as far as the reader sees those calls."""
    made_by = aliased(Campaign)
    own = or_(func.coalesce(made_by.own_history_only, false()), OWN_HERE)
    return (
        select(CallAttempt.answers)
        .outerjoin(made_by, made_by.id == CallAttempt.campaign_id)
        .where(
            CallAttempt.customer_id == _CUSTOMER,
            cast(CallAttempt.answers, Text) != "{}",
            seen(CallAttempt.user_id, own),
        )
        .order_by(CallAttempt.finished_at.desc(), CallAttempt.id.desc())
        .limit(_MOST_ANSWERS)
    )


def _newest(given: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for answers in given:
        for key, value in answers.items():
            if value not in (None, ""):
                found.setdefault(key, value)
    return found
