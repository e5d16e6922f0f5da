"""Do not call: who does not want to be called, everywhere or by one campaign; kept for good, lifted with a reason."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound, Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.base import alias_of, table_of
from app.models.customers import Customer
from app.models.dialer import Campaign, DoNotCall
from app.models.people import User
from app.services.context import actor, now, reads, require, writes
from app.services.dialer.following import settle_people
from app.services.dialer.number_lists import PAGE, NumberPage, customers_of, matching, newest_first
from app.services.dialer.numbers import (
    FileReport,
    check_columns,
    home_country,
    nothing_read,
    numbers_of,
    read_number,
    refuse_same_file,
)
from app.services.imports.bulk import add as insert_rows
from app.services.imports.bulk import among
from app.services.imports.report import RefusedRows
from app.services.imports.sheets import Sheet
from app.services.saving import tell, wrong

_WISHES = table_of(DoNotCall)
_BATCH = 5000


@dataclass(frozen=True, slots=True)
class WishRow:
    """A wish on record; `campaign` None is everywhere, `lifted_at` when it stopped to hold."""

    id: int
    person: str
    customer: str | None
    campaign_id: int | None
    campaign: str | None
    source: str
    reason: str
    at: datetime
    by: str | None
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_reason: str | None


_LIFTER = alias_of(User)
_COLUMNS: tuple[Any, ...] = (
    DoNotCall.id,
    DoNotCall.person,
    Customer.name,
    DoNotCall.campaign_id,
    Campaign.name,
    DoNotCall.source,
    DoNotCall.reason,
    DoNotCall.at,
    User.name,
    DoNotCall.lifted_at,
    _LIFTER.name,
    DoNotCall.lifted_reason,
)
_ROWS = (
    select(*_COLUMNS)
    .outerjoin(Customer, Customer.id == DoNotCall.customer_id)
    .outerjoin(Campaign, Campaign.id == DoNotCall.campaign_id)
    .outerjoin(User, User.id == DoNotCall.by_id)
    .outerjoin(_LIFTER, _LIFTER.id == DoNotCall.lifted_by_id)
)


@reads
def page(
    session: Session,
    typed: str = "",
    *,
    campaign_id: int | None = None,
    after: int | None = None,
    before: int | None = None,
    at_end: bool = False,
    limit: int = PAGE,
) -> NumberPage[WishRow]:
    """A page of the wishes on record, by number or customer; with a campaign those that hold in it."""
    asked = _ROWS.where(*matching(session, DoNotCall.person, typed))
    if campaign_id is not None:
        asked = asked.where(or_(DoNotCall.campaign_id.is_(None), DoNotCall.campaign_id == campaign_id))
    return newest_first(session, asked, DoNotCall.id, WishRow, after=after, before=before, at_end=at_end, limit=limit)


@writes
def add(session: Session, raw: str, *, campaign_id: int | None = None, reason: str = "") -> int:
    """Put a number on record, typed in any form: nobody calls it any more, everywhere or in one campaign."""
    require(session, Permission.DIAL)
    person = read_number(raw, home_country(session))
    if _standing(session, campaign_id, [person]):
        raise wrong("TAKEN", message(N_("{number} is on the list already."), number=person))
    wish = DoNotCall(
        person=person,
        campaign_id=campaign_id,
        customer_id=customers_of(session, [person]).get(person),
        source="by_hand",
        reason=" ".join(reason.split()),
        at=now(session),
        by_id=actor(session),
    )
    session.add(wish)
    session.flush()
    settle_people(session, campaign_id, [person])
    tell(session, "do_not_call", wish.id)
    return wish.id


@writes
def add_file(
    session: Session,
    sheet: Sheet,
    column: int,
    *,
    campaign_id: int | None = None,
    refused: Path | None = None,
) -> FileReport:
    """Put every number of a file on record, whole or not at all; rows without a number are set aside."""
    require(session, Permission.RUN_CAMPAIGNS)
    check_columns(sheet, column)
    refuse_same_file(sheet, refused)
    read = refused_rows = known = 0
    fresh: dict[str, None] = {}
    with RefusedRows(refused, sheet.headers) as aside:
        for _line, _cells, person in numbers_of(sheet, column, home_country(session), aside):
            read += 1
            if person is None:
                refused_rows += 1
            elif person in fresh:
                known += 1
            else:
                fresh[person] = None
        nothing_read(FileReport(read, 0, 0, refused_rows))
        added = _write(session, list(fresh), campaign_id)
    report = FileReport(read, added, known + len(fresh) - added, refused_rows)
    tell(session, "do_not_call")
    return report


def _write(session: Session, persons: list[str], campaign_id: int | None) -> int:
    added = 0
    shared = {"campaign_id": campaign_id, "source": "file", "reason": "", "at": now(session)}
    for start in range(0, len(persons), _BATCH):
        batch = persons[start : start + _BATCH]
        held = _standing(session, campaign_id, batch)
        customers = customers_of(session, batch)
        rows = [
            shared | {"person": person, "customer_id": customers.get(person), "by_id": actor(session)}
            for person in batch
            if person not in held
        ]
        insert_rows(session, _WISHES, rows)
        added += len(rows)
        settle_people(session, campaign_id, batch)
    return added


def _standing(session: Session, campaign_id: int | None, persons: Collection[str]) -> set[str]:
    """Which of these are on record already, for just that."""
    asked = select(DoNotCall.person).where(
        among(session, _WISHES.c.person, "persons"),
        DoNotCall.lifted_at.is_(None),
        DoNotCall.campaign_id.is_(None) if campaign_id is None else DoNotCall.campaign_id == campaign_id,
    )
    return set(session.scalars(asked, {"persons": list(persons)}))


@writes
def lift(session: Session, wish_id: int, reason: str) -> None:
    """Let a number be called again, by an administrator who says why; that it stood there stays on record."""
    require(session, Permission.ADMINISTER)
    why = " ".join(reason.split())
    if not why:
        raise wrong("REASON", message(N_("Say why this number may be called again.")))
    wish = session.get(DoNotCall, wish_id, with_for_update=True)
    if wish is None:
        raise NotFound(message(N_("This is no longer there.")), message(N_("Nothing was changed.")))
    if wish.lifted_at is not None:
        raise Refused("LIFTED", message(N_("This was lifted already.")), message(N_("Nothing was changed.")))
    wish.lifted_at, wish.lifted_by_id, wish.lifted_reason = now(session), actor(session), why
    session.flush()
    settle_people(session, None, [wish.person])
    tell(session, "do_not_call", wish.id)
