"""The results calls can have in a campaign: their order, their keys, and what becomes of the customer then."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.dialer.statuses import BUILT_IN, StatusDraft, call_status_name, problems
from app.domain.errors import Incomplete, Refused
from app.domain.people import Permission
from app.domain.words import N_, counted, message
from app.models.dialer.attempts import CallAttempt
from app.models.dialer.campaigns import CallStatus, Campaign
from app.models.dialer.pools import QueuedCall
from app.models.tickets import TicketType
from app.services.context import reads, require, writes
from app.services.saving import seen, tell, wrong

_FIELDS = tuple(each.name for each in fields(StatusDraft))
_NOT_CHANGED = message(N_("Nothing was changed."))


@dataclass(frozen=True, slots=True)
class StatusRow:
    """A result of a campaign; a built-in one has a code and is shown from the catalogue until it gets a name."""

    id: int
    version: int
    campaign_id: int
    code: str | None
    name: str | None
    key: str | None
    color: str
    outcome: str
    needs_note: bool
    is_final: bool
    recycle_minutes: int
    max_tries: int
    opens_type_id: int | None
    position: int
    is_active: bool

    @property
    def draft(self) -> StatusDraft:
        """What can be changed of it."""
        return StatusDraft(**{name: getattr(self, name) for name in _FIELDS})


@dataclass(frozen=True, slots=True)
class TypeChoice:
    """A ticket type a result may open."""

    id: int
    name: str


@reads
def list_statuses(session: Session, campaign_id: int) -> tuple[StatusRow, ...]:
    """Every result of a campaign in its order."""
    return tuple(_row(each) for each in of_campaign(session, campaign_id))


@reads
def offered_types(session: Session) -> tuple[TypeChoice, ...]:
    """The ticket types a result may open, by name."""
    found = session.execute(select(TicketType.id, TicketType.name).order_by(func.lower(TicketType.name)))
    return tuple(TypeChoice(*row) for row in found)


@writes
def save_status(
    session: Session, campaign_id: int, draft: StatusDraft, *, row_id: int | None = None, version: int = 0
) -> StatusRow:
    """Add a result at the end, or change the one that was seen in this version. What a built-in one means stays."""
    require(session, Permission.RUN_CAMPAIGNS)
    kept, code = None, None
    if row_id is not None:
        kept = seen(session, CallStatus, row_id, version)
        campaign_id, code = kept.campaign_id, kept.code
    draft = replace(draft, name=" ".join((draft.name or "").split()) or None)
    _refuse_wrong(session, campaign_id, draft, row_id, code)
    if kept is None:
        last = session.scalar(select(func.max(CallStatus.position)).where(CallStatus.campaign_id == campaign_id))
        kept = CallStatus(campaign_id=campaign_id, position=(last if last is not None else -1) + 1, outcome="")
        session.add(kept)
    else:
        if code and draft.outcome != kept.outcome:
            raise wrong("OUTCOME", message(N_("This result is built in: what it means stays as it is.")))
        if kept.is_active and not draft.is_active:
            _refuse_last(session, kept)
    for name in _FIELDS:
        setattr(kept, name, getattr(draft, name))
    session.flush()
    tell(session, "call_statuses", kept.id)
    return _row(kept)


@writes
def move_status(session: Session, row_id: int, *, up: bool) -> None:
    """Put a result one place earlier or later; one that is gone by now moves nothing."""
    require(session, Permission.RUN_CAMPAIGNS)
    campaign_id = session.scalar(select(CallStatus.campaign_id).where(CallStatus.id == row_id))
    if campaign_id is None:
        return
    rows = list(of_campaign(session, campaign_id, lock=True))
    place = next(at for at, row in enumerate(rows) if row.id == row_id)
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows):
        row.position = position
    session.flush()
    tell(session, "call_statuses", *(row.id for row in rows))


@writes
def delete_status(session: Session, row_id: int, version: int) -> None:
    """Remove a result that no call has; one that was given stays on record and can be taken out of use."""
    require(session, Permission.RUN_CAMPAIGNS)
    kept = seen(session, CallStatus, row_id, version)
    calls = session.scalar(select(func.count()).where(CallAttempt.status_id == row_id)) or 0
    held = session.scalar(select(func.count()).where(QueuedCall.status_id == row_id)) or 0
    if calls or held:
        raise Refused(
            "USED",
            counted("{count} call has this result.", "{count} calls have this result.", max(calls, held)),
            message(N_("Nothing was changed. Take it out of use instead.")),
        )
    if kept.is_active:
        _refuse_last(session, kept)
    session.delete(kept)
    session.flush()
    tell(session, "call_statuses", row_id)


# --- For other services


def insert_defaults(session: Session, campaign_id: int) -> None:
    """The built-in results, in a campaign that has none."""
    made = [
        CallStatus(
            campaign_id=campaign_id,
            code=built_in.code,
            position=position,
            **{name: getattr(built_in.draft, name) for name in _FIELDS},
        )
        for position, built_in in enumerate(BUILT_IN)
    ]
    session.add_all(made)
    session.flush()
    tell(session, "call_statuses", *(each.id for each in made))


def copy_statuses(session: Session, source_id: int, campaign_id: int) -> dict[int, int]:
    """The results of one campaign for another; which became which."""
    turned: dict[int, int] = {}
    for each in of_campaign(session, source_id):
        values = {name: getattr(each, name) for name in (*_FIELDS, "code", "position")}
        made = CallStatus(campaign_id=campaign_id, **values)
        session.add(made)
        session.flush()
        turned[each.id] = made.id
    return turned


def of_campaign(session: Session, campaign_id: int, *, lock: bool = False) -> Sequence[CallStatus]:
    """The results of a campaign in their order."""
    asked = select(CallStatus).where(CallStatus.campaign_id == campaign_id)
    asked = asked.order_by(CallStatus.position, CallStatus.id)
    return session.scalars(asked.with_for_update() if lock else asked).all()


# --- Inside


def _row(found: CallStatus) -> StatusRow:
    return StatusRow(**{each.name: getattr(found, each.name) for each in fields(StatusRow)})


def _refuse_wrong(session: Session, campaign_id: int, draft: StatusDraft, row_id: int | None, code: str | None) -> None:
    found = problems(draft, code)
    # Held until the end of the transaction, so that two people cannot give one key to two results.
    session.execute(select(Campaign.id).where(Campaign.id == campaign_id).with_for_update(key_share=True))
    for other in of_campaign(session, campaign_id):
        if other.id == row_id:
            continue
        if draft.name and (other.name or "").lower() == draft.name.lower():
            found.setdefault("name", message(N_("“{name}” is there already."), name=draft.name))
        if draft.key and draft.is_active and other.is_active and other.key == draft.key:
            name = call_status_name(other.code, other.name)
            found.setdefault("key", message(N_("Key {key} gives “{name}” already."), key=draft.key, name=name))
    if draft.opens_type_id is not None and session.get(TicketType, draft.opens_type_id) is None:
        found["opens_type_id"] = message(N_("This ticket type is no longer there. Choose another one."))
    if found:
        raise Incomplete(found)


def _refuse_last(session: Session, kept: CallStatus) -> None:
    others = select(func.count()).where(
        CallStatus.campaign_id == kept.campaign_id, CallStatus.is_active, CallStatus.id != kept.id
    )
    if not session.scalar(others):
        raise Refused("LAST", message(N_("A campaign needs at least one result.")), _NOT_CHANGED)
