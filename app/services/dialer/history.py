"""What was done with a customer, as far as the reader may see it: calls, notes, tickets and wishes, a page at a time.

One statement asks every source along its own index for no more than a page and merges them; who sees what is asked
inside it (see `seen`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
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
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from app.db.types import BigInt, UtcDateTime
from app.domain.people import Permission
from app.domain.tickets.names import shown_number
from app.models.base import alias_of
from app.models.customers import CustomerPhone
from app.models.dialer import CallAttempt, CallStatus, Campaign, DoNotCall
from app.models.people import GroupMember, RolePermission, User
from app.models.tickets import Note, NoteKind, Ticket, TicketStatus
from app.services.context import actor, reads

PAGE = 40


class Kind(IntEnum):
    """What a line tells of; of what happened at the same moment the later one here stands on top."""

    NOTE = 0
    TICKET = 1
    WISH = 2
    CALL = 3


Edge = tuple[datetime, Kind, int]
Asked = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that was done with a customer; `id` is the key of its row, `who` did it.

    Of a call: `form` is call, inbound, skip or lost, `code` and `name` are those of its result, `text` is its note,
    `callback_who` calls again at `callback_at`. Of a ticket: `code` and `name` are those of its state, `text` is its
    subject, `is_marked` when it is closed. Of a note: those of its kind, `is_marked` when it is an alert. Of a wish
    not to be called: `form` is how it came in, `campaign` where it holds there only, `is_marked` when it was lifted.
    """

    kind: Kind
    id: int
    at: datetime
    who: str | None
    text: str
    form: str = ""
    code: str | None = None
    name: str | None = None
    color: str | None = None
    outcome: str | None = None
    campaign: str | None = None
    person: str | None = None
    dialled_at: datetime | None = None
    answered_at: datetime | None = None
    hung_up_at: datetime | None = None
    callback_at: datetime | None = None
    callback_who: str | None = None
    ticket_id: int | None = None
    number: str = ""
    is_marked: bool = False

    @property
    def edge(self) -> Edge:
        """Where it stands, for the page below it."""
        return self.at, self.kind, self.id

    @property
    def talked_seconds(self) -> int | None:
        """How long was talked; None where nobody answered or nobody knows."""
        if self.answered_at is None or self.hung_up_at is None or self.hung_up_at < self.answered_at:
            return None
        return round((self.hung_up_at - self.answered_at).total_seconds())


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Lines, the newest first, and whether there are more below."""

    lines: tuple[HistoryLine, ...] = ()
    has_more: bool = False


@reads
def history(
    session: Session,
    customer_id: int,
    campaign_id: int | None = None,
    before: Edge | None = None,
    *,
    kinds: frozenset[Kind] = frozenset(Kind),
    limit: int = PAGE,
) -> HistoryPage:
    """A page of a customer's history; with a campaign, by its rule of whose history is seen, going on below an edge."""
    values: dict[str, object] = {
        "actor": actor(session),
        "customer": customer_id,
        "campaign": campaign_id,
        "limit": limit + 1,
    }
    if before is not None:
        values |= {"edge_at": before[0], "edge_kind": int(before[1]), "edge_id": before[2]}
    rows: Iterable[Any] = session.connection().execute(_statement(kinds, is_below=before is not None), values)
    lines = [_line(row) for row in rows]
    return HistoryPage(tuple(lines[:limit]), has_more=len(lines) > limit)


def _line(row: Any) -> HistoryLine:
    shown = "" if row.ticket_id is None else shown_number(row.ticket_id, row.number)
    alike: dict[str, Any] = {name: getattr(row, name) for name in _FIELDS}
    return HistoryLine(
        Kind(row.kind),
        row.id,
        row.at,
        row.who,
        row.note or "",
        row.form or "",
        number=shown,
        is_marked=bool(row.is_marked),
        **alike,
    )


# --- Who sees whose

ACTOR = bindparam("actor", type_=BigInt)
"""The reader, as every statement that asks `seen` names him."""
_CAMPAIGN = bindparam("campaign", type_=BigInt)
_CUSTOMER = bindparam("customer", type_=BigInt)


def _may(permission: Permission) -> ColumnElement[bool]:
    held = select(RolePermission.permission).join(User, User.role_id == RolePermission.role_id)
    return held.where(User.id == ACTOR, User.is_active, RolePermission.permission == permission.value).exists()


def _fellows() -> Select[int]:
    mine, theirs = aliased(GroupMember), aliased(GroupMember)
    return select(theirs.user_id).join(mine, mine.group_id == theirs.group_id).where(mine.user_id == ACTOR)


def seen(author: Any, own_only: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether `:actor` sees what the author did; what nobody did, such as a mail that came in, is for everybody.

    Administrators see everything. Others see their own, and with the permission that of their groups, unless the
    campaign shows own history only. Without an actor it is the owner of the program.
    """
    return or_(
        ACTOR.is_(None),
        author.is_(None),
        author == ACTOR,
        _may(Permission.ADMINISTER),
        and_(~own_only, _may(Permission.SEE_GROUP), author.in_(_fellows())),
    )


_asked = alias_of(Campaign)
OWN_HERE: ColumnElement[bool] = func.coalesce(
    select(_asked.own_history_only).where(_asked.id == _CAMPAIGN).scalar_subquery(), false()
)
"""Whether the campaign `:campaign` shows own history only."""


# --- The four sources, alike in their columns

_receiver = alias_of(User)
_FIELDS: Mapping[str, Any] = MappingProxyType(
    {
        "code": Text,
        "name": Text,
        "color": Text,
        "outcome": Text,
        "campaign": Text,
        "person": Text,
        "dialled_at": UtcDateTime,
        "answered_at": UtcDateTime,
        "hung_up_at": UtcDateTime,
        "callback_at": UtcDateTime,
        "callback_who": Text,
        "ticket_id": BigInt,
    }
)
"""The columns that a line takes as they are, with their types."""
_TYPES: Mapping[str, Any] = MappingProxyType({**_FIELDS, "form": Text, "number": Text, "is_marked": Boolean})


def _no(kind: Any) -> ColumnElement[Any]:
    """An empty column of a type: without it a union would be of the wrong one."""
    return cast(null(), kind)


def _calls() -> Asked:
    own = or_(func.coalesce(Campaign.own_history_only, false()), OWN_HERE)
    return (
        _columns(
            Kind.CALL,
            CallAttempt.id,
            CallAttempt.finished_at,
            CallAttempt.note,
            form=CallAttempt.kind,
            code=CallStatus.code,
            name=CallStatus.name,
            color=CallStatus.color,
            outcome=CallStatus.outcome,
            campaign=Campaign.name,
            person=CallAttempt.person,
            dialled_at=CallAttempt.dialled_at,
            answered_at=CallAttempt.answered_at,
            hung_up_at=CallAttempt.hung_up_at,
            callback_at=CallAttempt.callback_at,
            callback_who=_receiver.name,
        )
        .select_from(CallAttempt)
        .outerjoin(User, User.id == CallAttempt.user_id)
        .outerjoin(CallStatus, CallStatus.id == CallAttempt.status_id)
        .outerjoin(Campaign, Campaign.id == CallAttempt.campaign_id)
        .outerjoin(_receiver, _receiver.id == CallAttempt.callback_user_id)
        .where(CallAttempt.customer_id == _CUSTOMER, seen(CallAttempt.user_id, own))
    )


def _notes() -> Asked:
    return (
        _columns(
            Kind.NOTE,
            Note.id,
            Note.at,
            Note.text,
            code=NoteKind.code,
            name=NoteKind.name,
            ticket_id=Note.ticket_id,
            number=Ticket.number,
            is_marked=Note.is_alert,
        )
        .select_from(Note)
        .outerjoin(User, User.id == Note.by_id)
        .outerjoin(NoteKind, NoteKind.id == Note.kind_id)
        .outerjoin(Ticket, Ticket.id == Note.ticket_id)
        .where(Note.customer_id == _CUSTOMER, seen(Note.by_id, OWN_HERE))
    )


def _tickets() -> Asked:
    return (
        _columns(
            Kind.TICKET,
            Ticket.id,
            Ticket.opened_at,
            Ticket.subject,
            code=TicketStatus.code,
            name=TicketStatus.name,
            ticket_id=Ticket.id,
            number=Ticket.number,
            is_marked=Ticket.closed_at.is_not(None),
        )
        .select_from(Ticket)
        .outerjoin(User, User.id == Ticket.created_by_id)
        .outerjoin(TicketStatus, TicketStatus.id == Ticket.status_id)
        .where(Ticket.customer_id == _CUSTOMER, seen(Ticket.created_by_id, OWN_HERE))
    )


def _wishes() -> Asked:
    numbers = select(CustomerPhone.e164).where(CustomerPhone.customer_id == _CUSTOMER, CustomerPhone.e164.is_not(None))
    return (
        _columns(
            Kind.WISH,
            DoNotCall.id,
            DoNotCall.at,
            DoNotCall.reason,
            form=DoNotCall.source,
            campaign=Campaign.name,
            person=DoNotCall.person,
            is_marked=DoNotCall.lifted_at.is_not(None),
        )
        .select_from(DoNotCall)
        .outerjoin(User, User.id == DoNotCall.by_id)
        .outerjoin(Campaign, Campaign.id == DoNotCall.campaign_id)
        .where(DoNotCall.person.in_(numbers))
    )


def _rank(kind: Kind) -> ColumnElement[int]:
    return literal_column(str(int(kind)), Integer)


def _columns(kind: Kind, key: Any, at: Any, note: Any, **given: Any) -> Asked:
    rest = [given.get(name, _no(type_)).label(name) for name, type_ in _TYPES.items()]
    return select(
        _rank(kind).label("kind"), key.label("id"), at.label("at"), User.name.label("who"), note.label("note"), *rest
    )


@lru_cache(8)
def _statement(kinds: frozenset[Kind], *, is_below: bool) -> Asked:
    """The statement, built once for a first page and once for those below."""
    most = bindparam("limit", type_=Integer)
    edge = tuple_(
        bindparam("edge_at", type_=UtcDateTime()),
        bindparam("edge_kind", type_=Integer),
        bindparam("edge_id", type_=BigInt),
    )
    pieces = []
    for kind, source, at, key in (
        (Kind.CALL, _calls(), CallAttempt.finished_at, CallAttempt.id),
        (Kind.NOTE, _notes(), Note.at, Note.id),
        (Kind.TICKET, _tickets(), Ticket.opened_at, Ticket.id),
        (Kind.WISH, _wishes(), DoNotCall.at, DoNotCall.id),
    ):
        if kind not in kinds:
            continue
        below = (at <= bindparam("edge_at", type_=UtcDateTime()), tuple_(at, _rank(kind), key) < edge)
        asked = source.where(*below) if is_below else source
        pieces.append(select(asked.order_by(at.desc(), key.desc()).limit(most).subquery()))
    whole = union_all(*pieces).subquery("lines")
    return select(whole).order_by(whole.c.at.desc(), whole.c.kind.desc(), whole.c.id.desc()).limit(most)
