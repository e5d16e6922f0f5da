"""The planner's refusals in words: what is in the way, what became of the drop, where it would fit."""

from datetime import tzinfo

from app.domain.errors import Conflict, NotFound, Refused
from app.domain.planner import Code, Facts, Placement, Snap, Violation, nearest_legal
from app.domain.words import N_, Message, message
from app.services.planner.rows import VisitRow
from app.services.presence.changing import Changed

UNCHANGED = message(N_("Nothing was changed."))


def refuse(placement: Placement, facts: Facts, violations: tuple[Violation, ...]) -> Refused:
    """The first reason that stops the placement, with who set what is in the way and the nearest legal start."""
    first = next(each for each in violations if each.blocks)
    return Refused(first.code.value, _what(first), _hint(first, placement, facts))


def _what(broken: Violation) -> Message:
    set_by = broken.fields.get("set_by")
    if broken.code is Code.OVERLAP and set_by:
        return message(
            N_("{time} is taken by {name} (set by {user})."),
            time=broken.clock(broken.interval.start),
            name=broken.fields["name"],
            user=set_by,
        )
    return message(N_("{sentence}."), sentence=broken.message())


def _hint(broken: Violation, placement: Placement, facts: Facts) -> Message:
    if broken.code in (Code.STALE, Code.NOT_ENABLED):
        return UNCHANGED
    near = nearest_legal(placement, facts, Snap(facts.zone)).nearest
    if near is None:
        return UNCHANGED
    local, wished = near.astimezone(facts.zone), placement.start.astimezone(facts.zone)
    if local.date() == wished.date():
        return message(N_("Nothing was changed. The nearest free time is {time}."), time=local.time())
    return message(
        N_("Nothing was changed. The nearest free time is {date} {time}."), date=local.date(), time=local.time()
    )


def gone() -> NotFound:
    """The visit or the call is not there, or no longer."""
    return NotFound(message(N_("This visit or call is no longer there.")), UNCHANGED)


def taken_off(who: str) -> Refused:
    """The visit is no longer on the plan."""
    if who:
        return Refused("STALE", message(N_("{name} took this visit off the plan first."), name=who), UNCHANGED)
    return Refused("STALE", message(N_("This visit is no longer on the plan.")), UNCHANGED)


def visit_changed() -> Conflict:
    """The visit is not what the form showed."""
    return Conflict(message(N_("Somebody changed this visit in the meantime.")), UNCHANGED)


def planned_already(visit: VisitRow, technician: str, who: str, zone: tzinfo) -> Refused:
    """Somebody was quicker with the same call: who, and where it is now."""
    local = visit.starts_at.astimezone(zone)
    place = {"technician": technician, "date": local.date(), "time": local.time()}
    if who:
        what = message(
            N_("{name} scheduled this call first: it is with {technician}, {date} {time}."), name=who, **place
        )
    else:
        what = message(N_("This call is already scheduled: it is with {technician}, {date} {time}."), **place)
    return Refused("STALE", what, UNCHANGED)


def call_changed(changed: Changed | None, zone: tzinfo) -> Refused:
    """The call is not what the list showed; who changed it, as far as one may know, and when."""
    if changed is not None and changed.name:
        at = changed.at.astimezone(zone).time()
        what = message(N_("{name} changed this call at {at}."), name=changed.name, at=at)
    else:
        what = message(N_("Somebody changed this call in the meantime."))
    return Refused("STALE", what, message(N_("Nothing was changed. Look at the call, then schedule it again.")))


def call_closed() -> Refused:
    """The call does not wait any more."""
    return Refused("STALE", message(N_("This call no longer waits to be planned.")), UNCHANGED)
