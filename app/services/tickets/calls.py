"""The calls with a ticket's customer while it was open, as its time line tells them: those the reader may see."""

from typing import Any

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import aliased

from app.models.dialer import CallAttempt, CallStatus, Campaign
from app.models.people import User
from app.models.tickets import Ticket
from app.services.dialer.history import seen

Asked = Select[*tuple[Any, ...]]

AT, KEY = CallAttempt.finished_at, CallAttempt.id
_caller, _theirs = aliased(User), aliased(Ticket)


def calls(ticket_id: int) -> Asked:
    """Key, moment, caller, kind of call, code and name of its result, note and campaign; `:actor` is the reader."""
    own_only = func.coalesce(Campaign.own_history_only, false())
    return (
        select(
            KEY, AT, _caller.name, CallAttempt.kind, CallStatus.code, CallStatus.name, CallAttempt.note, Campaign.name
        )
        .join(_theirs, _theirs.customer_id == CallAttempt.customer_id)
        .outerjoin(_caller, _caller.id == CallAttempt.user_id)
        .outerjoin(CallStatus, CallStatus.id == CallAttempt.status_id)
        .outerjoin(Campaign, Campaign.id == CallAttempt.campaign_id)
        .where(
            _theirs.id == ticket_id,
            _theirs.opened_at <= AT,
            or_(_theirs.closed_at.is_(None), _theirs.closed_at >= AT),
            CallAttempt.kind.in_(("call", "inbound")),
            seen(CallAttempt.user_id, own_only),
        )
    )
