"""The company's rules of handing over, and what comes in by itself."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.people import User
from app.models.processes import RoutingRules
from app.models.tickets import TicketType
from app.services.context import reads, require, writes
from app.services.saving import seen, tell, wrong
from app.services.tickets.advancing import reroute

LONGEST_DIARY = 60
_ROW = 1


@dataclass(frozen=True, slots=True)
class RulesDraft:
    """What an administrator says about handing over; see the fields of `RoutingRules`."""

    administrator_id: int | None = None
    counts_waiting: bool = True
    keeps_absent: bool = False
    heeds_hours: bool = False
    intake_type_id: int | None = None
    reminds_day_before: bool = False
    diary_days: int = 7


@dataclass(frozen=True, slots=True)
class RulesRow:
    """The rules as they stand, in the version that was seen."""

    version: int
    draft: RulesDraft


@reads
def rules(session: Session) -> RulesRow:
    """The rules in force."""
    return _row(session.get_one(RoutingRules, _ROW))


def _row(found: RoutingRules) -> RulesRow:
    draft = RulesDraft(
        found.administrator_id,
        found.counts_waiting,
        found.keeps_absent,
        found.heeds_hours,
        found.intake_type_id,
        found.reminds_day_before,
        found.diary_days,
    )
    return RulesRow(found.version, draft)


@writes
def save_rules(session: Session, draft: RulesDraft, version: int) -> RulesRow:
    """Change the rules as they were seen; who counts as present by the new ones gets what waited for him."""
    require(session, Permission.ADMINISTER)
    found = seen(session, RoutingRules, _ROW, version)
    _refuse_wrong(session, draft)
    lets_in = found.heeds_hours != draft.heeds_hours or found.keeps_absent != draft.keeps_absent
    for name in RulesDraft.__slots__:
        setattr(found, name, getattr(draft, name))
    session.flush()
    # What this call has read of them so far is the old.
    session.info.pop("routing", None)
    if lets_in:
        reroute(session)
    tell(session, "routing_rules", _ROW)
    return _row(found)


def _refuse_wrong(session: Session, draft: RulesDraft) -> None:
    if not 1 <= draft.diary_days <= LONGEST_DIARY:
        raise wrong("DIARY", message(N_("The home page looks ahead 1 to {most} days."), most=LONGEST_DIARY))
    if draft.administrator_id is not None:
        is_active = session.scalar(select(User.is_active).where(User.id == draft.administrator_id))
        if not is_active:
            raise wrong("ADMINISTRATOR", message(N_("This person does not work here any more. Choose somebody else.")))
    if draft.intake_type_id is not None and session.get(TicketType, draft.intake_type_id) is None:
        raise wrong("TYPE", message(N_("This ticket type is no longer there. Choose another one.")))
