"""Totals and rows of the ledger held against each other, on demand and every night, and what came of it kept."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.people import Permission
from app.domain.points.differences import Difference, Wrong
from app.domain.words import N_
from app.i18n import translations
from app.models.customers import Customer
from app.models.people import Role, User
from app.models.points import PointsCheck, PointsEntry
from app.models.tickets import Reminder
from app.services.context import actor, now, reads, require, writes
from app.services.dialer.days import company_zone
from app.services.points.counting import Found, Tell, count_all, one_look
from app.services.points.unscored import find_unscored
from app.services.saving import tell as tell_desk

ALARM = N_("The points do not agree with their rows. Look at the report of points and verify them.")
"""What administrators are reminded of."""
_WHOLE = 1000


@dataclass(frozen=True, slots=True)
class Verified:
    """A check: how many rows were looked at, how many things were wrong and which, when, by whom and how long.

    `by` is empty where the machine did it by itself. Beyond the first hundred, differences are only counted.
    """

    entries: int
    wrong: int
    differences: tuple[Difference, ...]
    milliseconds: int
    at: datetime
    by: str = ""
    time_zone: str = "UTC"


def verify(execute: Callable[..., Any], tell: Tell | None = None, *, steps: bool = False) -> Verified:
    """Check the whole ledger and keep the result; `steps` looks for steps too that should have scored and did not.

    Looking takes no lock and holds nobody up. `tell(done, whole)` may stop it by raising; then nothing is kept.
    """
    looked: Verified = execute(look, tell or _quietly, steps=steps)
    execute(keep, looked)
    return looked


@reads
def look(session: Session, tell: Tell, *, steps: bool = False) -> Verified:
    """Check the whole ledger as it is at this moment."""
    one_look(session)
    require(session, Permission.SEE_POINTS)
    began = time.monotonic()
    found = count_all(session, _part(tell, 0, 2) if steps else tell)
    if steps:
        find_unscored(session, found, _part(tell, 1, 2))
    took = round((time.monotonic() - began) * 1000)
    return _told(session, found, took)


def _told(session: Session, found: Found, milliseconds: int) -> Verified:
    me = actor(session)
    by = (session.scalar(select(User.name).where(User.id == me)) or "") if me else ""
    differences = named(session, found.differences)
    return Verified(found.entries, found.wrong, differences, milliseconds, now(session), by, company_zone(session).key)


@writes
def keep(session: Session, verified: Verified) -> int:
    """Keep what a check found; where something is wrong, every administrator is reminded of it."""
    require(session, Permission.SEE_POINTS)
    rows = [_as_document(each) for each in verified.differences]
    values = {
        "at": now(session), "by_id": actor(session), "entries": verified.entries, "wrong": verified.wrong,
        "milliseconds": verified.milliseconds, "differences": {"rows": rows},
    }  # fmt: skip
    check_id: int = session.execute(insert(PointsCheck).values(values).returning(PointsCheck.id)).scalar_one()
    tell_desk(session, "points_checks", check_id)
    if verified.wrong:
        _alarm(session)
    return check_id


@reads
def last(session: Session) -> Verified | None:
    """The newest check, None before the first."""
    require(session, Permission.SEE_POINTS)
    row = session.execute(
        select(PointsCheck, User.name).outerjoin(User, User.id == PointsCheck.by_id).order_by(PointsCheck.id.desc())
    ).first()
    if row is None:
        return None
    check, by = row
    differences = named(session, [_from_document(each) for each in check.differences.get("rows", ())])
    return Verified(
        check.entries, check.wrong, differences, check.milliseconds, check.at, by or "", company_zone(session).key
    )


@reads
def is_due(session: Session) -> bool:
    """Whether the ledger has rows and was not checked yet on this day of the company."""
    if session.scalar(select(PointsEntry.id).limit(1)) is None:
        return False
    checked = session.scalar(select(PointsCheck.at).order_by(PointsCheck.id.desc()).limit(1))
    zone = company_zone(session)
    return checked is None or checked.astimezone(zone).date() < now(session).astimezone(zone).date()


def named(session: Session, differences: Sequence[Difference]) -> tuple[Difference, ...]:
    """The differences with the names of the workers and customers they are about."""
    users = {each.id for each in differences if each.kind in _OF_WORKERS}
    customers = {each.id for each in differences if each.kind in _OF_CUSTOMERS}
    workers = _names(session, User, users)
    others = _names(session, Customer, customers)
    return tuple(
        replace(each, name=(workers if each.kind in _OF_WORKERS else others).get(each.id, ""))
        if each.kind in _OF_WORKERS | _OF_CUSTOMERS
        else each
        for each in differences
    )


def _names(session: Session, model: type[User] | type[Customer], ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(model.id, model.name).where(model.id.in_(ids))).all()
    return dict(rows)


_OF_WORKERS = frozenset({Wrong.DAY, Wrong.DAY_ROWS, Wrong.NO_DAY})
_OF_CUSTOMERS = frozenset({Wrong.BALANCE, Wrong.EARNED, Wrong.REDEEMED, Wrong.BALANCE_ROWS})


def _alarm(session: Session) -> None:
    """Remind the administrators; whoever has not answered the last time is not told twice."""
    asked = select(User.id, User.language).join(Role, Role.id == User.role_id)
    for user_id, language in session.execute(asked.where(Role.code == "administrator", User.is_active)).all():
        words = translations(language).gettext(ALARM)
        open_one = select(Reminder.id).where(
            Reminder.user_id == user_id, Reminder.done_at.is_(None), Reminder.text == words
        )
        if session.scalar(open_one.limit(1)) is None:
            reminder = Reminder(user_id=user_id, at=now(session), text=words, by_id=actor(session))
            session.add(reminder)
            session.flush()
            tell_desk(session, "reminders", reminder.id)


def _as_document(difference: Difference) -> dict[str, Any]:
    return {
        "kind": str(difference.kind),
        "id": difference.id,
        "day": difference.day and difference.day.isoformat(),
        "kept": None if difference.kept is None else str(difference.kept),
        "counted": None if difference.counted is None else str(difference.counted),
    }


def _from_document(row: dict[str, Any]) -> Difference:
    kept, counted = (None if row[name] is None else Decimal(row[name]) for name in ("kept", "counted"))
    return Difference(row["kind"], row["id"], row["day"] and date.fromisoformat(row["day"]), kept, counted)


def _part(tell: Tell, number: int, parts: int) -> Tell:
    """One part of the way, as long as the others."""
    return lambda done, whole: tell((number * _WHOLE + _WHOLE * done // whole) // parts, _WHOLE)


def _quietly(_done: int, _whole: int) -> None:
    """Nobody watches."""
