"""Generating presences from rules: repeating it adds nothing, days changed by hand are left alone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.adapters import recurrence
from app.bus import RowsChanged
from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.people import User
from app.models.planner import Presence, PresenceRule, WorkingHours
from app.services.context import announce, require, writes
from app.services.planner.company import company
from app.services.planner.holidays import fill, years_to_fill
from app.services.planner.refusals import UNCHANGED

LONGEST = 366 * 3
"""How many days may be generated at once."""

Hours = tuple[time, time]
Key = tuple[int, date, int]  # rule, day, slot: what makes a generated presence the same one
Values = tuple[int, int | None, datetime, datetime]  # user, site, start, end


@dataclass(frozen=True, slots=True)
class Generated:
    """What generating did; all zero when everything was there already."""

    added: int
    changed: int
    removed: int


@writes
def generate(
    session: Session,
    *,
    first: date,
    last: date,
    user_ids: Collection[int] | None = None,
    rule_ids: Collection[int] | None = None,
) -> Generated:
    """Write the presences of the days from `first` to `last`, both included, of all or these rules or technicians.

    Each is known by rule, day and slot: what is there stays, what the rule no longer says goes. Where the days reach
    beyond the public holidays filled in so far, those are filled in first.
    """
    require(session, Permission.PLAN)
    if last < first or (last - first).days > LONGEST:
        raise Refused("RANGE", message(N_("Presences are generated for at most three years at once.")), UNCHANGED)
    if missing := years_to_fill(session, last.year):
        fill(session, missing[0], missing[-1])
    chosen = _rules(session, user_ids, rule_ids)
    wanted = _wanted(session, chosen, first, last, company(session).zone)
    known, touched = _known(session, [rule.id for rule in chosen], first, last)
    wanted = {key: values for key, values in wanted.items() if key[:2] not in touched}
    added = [_row(key, values) for key, values in wanted.items() if key not in known]
    changed = [
        {"id": known[key][0], "user_id": values[0], "site_id": values[1], "starts_at": values[2], "ends_at": values[3]}
        for key, values in wanted.items()
        if key in known and known[key][1] != values
    ]
    removed = [known[key][0] for key in known if key not in wanted]
    _write(session, added, changed, removed)
    return Generated(len(added), len(changed), len(removed))


def hours_of_weekdays(session: Session, user_ids: Iterable[int]) -> dict[int, dict[int, list[Hours]]]:
    """Working hours by user and weekday, sorted."""
    found: dict[int, dict[int, list[Hours]]] = defaultdict(lambda: defaultdict(list))
    rows = session.execute(
        select(WorkingHours.user_id, WorkingHours.weekday, WorkingHours.starts, WorkingHours.ends)
        .where(WorkingHours.user_id.in_(list(user_ids)))
        .order_by(WorkingHours.starts)
    )
    for user_id, weekday, starts, ends in rows:
        found[user_id][weekday].append((starts, ends))
    return found


def instants(day: date, hours: Hours, zone: tzinfo) -> tuple[datetime, datetime]:
    """A day's wall-clock hours as UTC instants; a night the clocks change is shorter or longer by itself."""
    start, end = (datetime.combine(day, each, zone).astimezone(UTC) for each in hours)
    return start, end


def _rules(session: Session, user_ids: Collection[int] | None, rule_ids: Collection[int] | None) -> list[PresenceRule]:
    found = select(PresenceRule).join(User, User.id == PresenceRule.user_id).where(User.is_active)
    if user_ids is not None:
        found = found.where(PresenceRule.user_id.in_(list(user_ids)))
    if rule_ids is not None:
        found = found.where(PresenceRule.id.in_(list(rule_ids)))
    return list(session.scalars(found.order_by(PresenceRule.id)))


def _wanted(
    session: Session, chosen: Collection[PresenceRule], first: date, last: date, zone: tzinfo
) -> dict[Key, Values]:
    hours = hours_of_weekdays(session, {rule.user_id for rule in chosen if rule.starts is None})
    wanted: dict[Key, Values] = {}
    known_days: dict[tuple[str, date, date | None], tuple[date, ...]] = {}
    for rule in chosen:
        # A company's rules are mostly the same one for everybody: its days are worked out once.
        rule_key = (rule.rrule, rule.first_day, rule.last_day)
        if rule_key not in known_days:
            known_days[rule_key] = recurrence.days(*rule_key, first, last + timedelta(1))
        for day in known_days[rule_key]:
            for slot, span in enumerate(_slots(rule, day, hours)):
                start, end = instants(day, span, zone)
                if start < end:
                    wanted[rule.id, day, slot] = (rule.user_id, rule.site_id, start, end)
    return wanted


def _slots(rule: PresenceRule, day: date, hours: dict[int, dict[int, list[Hours]]]) -> Iterator[Hours]:
    if rule.starts is not None and rule.ends is not None:
        yield rule.starts, rule.ends
    else:
        yield from hours[rule.user_id][day.weekday()]


def _known(
    session: Session, rule_ids: list[int], first: date, last: date
) -> tuple[dict[Key, tuple[int, Values]], set[tuple[int, date]]]:
    """What is there of these days by key, and the days somebody changed by hand."""
    rows = session.execute(
        select(
            Presence.id, Presence.rule_id, Presence.rule_day, Presence.slot, Presence.is_manual,
            Presence.user_id, Presence.site_id, Presence.starts_at, Presence.ends_at,
        ).where(Presence.rule_id.in_(rule_ids), Presence.rule_day >= first, Presence.rule_day <= last)
    ).all()  # fmt: skip
    touched = {(row.rule_id, row.rule_day) for row in rows if row.is_manual}
    known: dict[Key, tuple[int, Values]] = {}
    for row in rows:
        if (row.rule_id, row.rule_day) not in touched:
            known[row.rule_id, row.rule_day, row.slot] = (
                row.id,
                (row.user_id, row.site_id, row.starts_at, row.ends_at),
            )
    return known, touched


def _row(key: Key, values: Values) -> dict[str, Any]:
    rule_id, day, slot = key
    user_id, site_id, starts_at, ends_at = values
    return {
        "rule_id": rule_id, "rule_day": day, "slot": slot, "user_id": user_id, "site_id": site_id,
        "starts_at": starts_at, "ends_at": ends_at, "is_manual": False,
    }  # fmt: skip


def _write(session: Session, added: list[Any], changed: list[Any], removed: list[int]) -> None:
    for position in range(0, len(removed), 5000):
        session.execute(delete(Presence).where(Presence.id.in_(removed[position : position + 5000])))
    if changed:
        session.execute(update(Presence), changed)
    if added:
        session.execute(insert(Presence), added)
    if added or changed or removed:
        announce(session, RowsChanged("presences", None))
