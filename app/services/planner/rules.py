"""Presence rules: when a technician is at a site, as RFC 5545 text with wall-clock hours."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.adapters import recurrence
from app.bus import RowsChanged
from app.domain.errors import NotFound, Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.people import User
from app.models.places import Site
from app.models.planner import Presence, PresenceRule
from app.services.context import announce, reads, require, writes
from app.services.planner.presences import Generated, generate, hours_of_weekdays
from app.services.planner.refusals import UNCHANGED


@dataclass(frozen=True, slots=True)
class RuleValues:
    """What a rule says; without hours it takes the technician's working hours of each day."""

    rrule: str
    first_day: date
    last_day: date | None = None
    starts: time | None = None
    ends: time | None = None
    site_id: int | None = None


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the list; `generated_until` is the last day it has presences for."""

    id: int
    version: int
    user_id: int
    user: str
    site: str
    values: RuleValues
    generated_until: date | None


@dataclass(frozen=True, slots=True)
class RuleSaved:
    """The rule that holds from the day of the change on, and what its presences became."""

    rule_id: int
    presences: Generated


@reads
def rules(session: Session, user_ids: Collection[int] | None = None) -> tuple[RuleRow, ...]:
    """The rules of these technicians (None: of all), by name and first day."""
    rule = PresenceRule
    until = select(func.max(Presence.rule_day)).where(Presence.rule_id == rule.id).scalar_subquery()
    found = (
        select(
            rule.id, rule.version, rule.user_id, User.name, func.coalesce(Site.name, ""),
            rule.rrule, rule.first_day, rule.last_day, rule.starts, rule.ends, rule.site_id, until,
        )
        .join(User, User.id == rule.user_id)
        .outerjoin(Site, Site.id == rule.site_id)
        .order_by(User.name, rule.user_id, rule.first_day, rule.id)
    )  # fmt: skip
    if user_ids is not None:
        found = found.where(rule.user_id.in_(list(user_ids)))
    return tuple(_row(row) for row in session.execute(found))


@reads
def preview(
    session: Session, values: RuleValues, user_id: int | None, start: date, count: int = 6
) -> tuple[tuple[date, tuple[tuple[time, time], ...]], ...]:
    """The next days of a rule as typed, each with its hours; refused in words when it cannot be a rule."""
    _refuse_wrong(values)
    hours = hours_of_weekdays(session, [user_id] if user_id is not None else []).get(user_id or 0, {})
    own = ((values.starts, values.ends),) if values.starts is not None and values.ends is not None else None
    found = recurrence.next_days(values.rrule, values.first_day, values.last_day, max(start, values.first_day), count)
    return tuple((day, own if own is not None else tuple(hours.get(day.weekday(), ()))) for day in found)


@writes
def add_rules(session: Session, user_ids: Collection[int], values: RuleValues) -> tuple[int, ...]:
    """The same rule for each of these technicians; presences come when they are generated."""
    require(session, Permission.PLAN)
    _refuse_wrong(values)
    added = [_model(user_id, values) for user_id in user_ids]
    session.add_all(added)
    session.flush()
    return tuple(rule.id for rule in added)


@writes
def change_rule(session: Session, rule_id: int, version: int, from_day: date, values: RuleValues) -> RuleSaved:
    """The rule says something else from a day on; only presences of that day and later are made anew.

    What was generated before stays under the old rule, which ends the day before. Days changed by hand survive.
    """
    require(session, Permission.PLAN)
    _refuse_wrong(values)
    rule = _rule(session, rule_id, version)
    until = session.scalar(select(func.max(Presence.rule_day)).where(Presence.rule_id == rule_id))
    if from_day <= rule.first_day:
        _fill(rule, values)
        session.flush()
        target = rule
    else:
        target = _model(rule.user_id, replace(values, first_day=_first_day(rule, from_day, values)))
        rule.last_day = min(from_day - timedelta(1), rule.last_day or date.max)
        session.add(target)
        session.flush()
        later = (Presence.rule_id == rule_id) & (Presence.rule_day >= from_day)
        session.execute(delete(Presence).where(later, ~Presence.is_manual))
        session.execute(update(Presence).where(later).values(rule_id=target.id))
    made = Generated(0, 0, 0)
    if until is not None and until >= from_day:
        made = generate(session, first=from_day, last=until, rule_ids=(target.id,))
    announce(session, RowsChanged("presences", None))
    return RuleSaved(target.id, made)


@writes
def remove_rule(session: Session, rule_id: int, version: int, from_day: date) -> int:
    """End a rule the day before `from_day` and take its presences from that day on away; the answer is how many."""
    require(session, Permission.PLAN)
    rule = _rule(session, rule_id, version)
    later = (Presence.rule_id == rule_id) & (Presence.rule_day >= from_day) & ~Presence.is_manual
    gone = session.scalar(select(func.count()).select_from(Presence).where(later)) or 0
    session.execute(delete(Presence).where(later))
    if from_day <= rule.first_day:
        session.delete(rule)
    else:
        rule.last_day = min(from_day - timedelta(1), rule.last_day or date.max)
    session.flush()
    announce(session, RowsChanged("presences", None))
    return gone


def _row(row: Any) -> RuleRow:
    values: list[Any] = [*row[:5], RuleValues(*row[5:11]), row[11]]
    return RuleRow(*values)


def _first_day(rule: PresenceRule, from_day: date, values: RuleValues) -> date:
    """Where the changed rule begins to count: on a day of the old one, so that "every two weeks" keeps its weeks."""
    if values.rrule != rule.rrule:
        return from_day
    found = recurrence.next_days(rule.rrule, rule.first_day, None, from_day, 1)
    return found[0] if found else from_day


def _refuse_wrong(values: RuleValues) -> None:
    try:
        recurrence.refuse_unusable(values.rrule)
    except ValueError as error:
        what = message(N_("This recurrence is not one of whole days with an end by date."))
        raise Refused("RULE", what, UNCHANGED) from error
    if (values.starts is None) != (values.ends is None):
        raise Refused("RULE", message(N_("A presence needs both hours, or neither.")), UNCHANGED)
    if values.starts is not None and values.ends is not None and values.ends <= values.starts:
        raise Refused("RULE", message(N_("A presence ends after it starts.")), UNCHANGED)
    if values.last_day is not None and values.last_day < values.first_day:
        raise Refused("RULE", message(N_("The last day is before the first.")), UNCHANGED)


def _rule(session: Session, rule_id: int, version: int) -> PresenceRule:
    rule = session.get(PresenceRule, rule_id)
    if rule is None:
        raise NotFound(message(N_("This rule is no longer there.")), UNCHANGED)
    if rule.version != version:
        raise Refused(
            "STALE",
            message(N_("Somebody changed this rule in the meantime.")),
            message(N_("Nothing was changed. Look at the rule, then try again.")),
        )
    return rule


def _model(user_id: int, values: RuleValues) -> PresenceRule:
    rule = PresenceRule(user_id=user_id)
    _fill(rule, values)
    return rule


def _fill(rule: PresenceRule, values: RuleValues) -> None:
    rule.rrule, rule.first_day, rule.last_day = values.rrule, values.first_day, values.last_day
    rule.starts, rule.ends, rule.site_id = values.starts, values.ends, values.site_id
