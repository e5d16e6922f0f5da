"""National registers: for how long an answer holds, which numbers must be asked for, and what the register said."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import Session

from app.bus import RowsChanged
from app.domain.errors import NotFound, UserError
from app.domain.people import Permission
from app.domain.text import fold
from app.domain.words import N_, Message, message
from app.i18n import _
from app.models.base import table_of
from app.models.dialer import CallPerson, Pool, PoolEntry, RegisterBatch, RegisterCheck, RegisterRule
from app.models.people import User
from app.services.context import actor, announce, now, reads, require, writes
from app.services.dialer import standing
from app.services.dialer.following import settle_people
from app.services.dialer.numbers import (
    FileReport,
    check_columns,
    column_named,
    nothing_read,
    number_of,
    refuse_same_file,
)
from app.services.imports.bulk import add as insert_rows
from app.services.imports.limits import refuse
from app.services.imports.report import RefusedRows
from app.services.imports.sheets import Sheet
from app.services.saving import tell, wrong

BATCH = 5000
_BATCHES_SHOWN = 100
LISTED_HEADERS = """
    listed | registered | in register | blocked | result | status | answer | esito | iscritto | presente | registrato |
    רשום | רשום במאגר | תוצאה | סטטוס | תשובה | חסום
"""
_YES = (
    "yes | y | true | 1 | x | listed | registered | blocked | si | iscritto | presente | registrato | כן | רשום | חסום"
)
_NO = "no | n | false | 0 | not listed | not registered | free | non iscritto | assente | libero | לא | לא רשום | פנוי"
_ANSWERS = {fold(word): True for word in _YES.split("|")} | {fold(word): False for word in _NO.split("|")}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A country's register: for how many days an answer holds, how many numbers are in pools, how many are too old."""

    country: str
    prefix: str
    days: int
    version: int
    numbers: int
    too_old: int


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One answer of a register as it was read in."""

    id: int
    country: str
    name: str
    checked_at: datetime
    read_at: datetime
    by: str | None
    count: int
    listed: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a register's file is: whose, when it was asked, and where the numbers and the answers stand.

    Without a column of answers every number of the file is listed, and `asked` is the file that was sent: the others in
    it are not.
    """

    country: str
    checked_at: datetime
    number_column: int
    listed_column: int | None = None
    asked: Sheet | None = None
    asked_column: int = 0


@reads
def list_rules(session: Session) -> tuple[RuleRow, ...]:
    """The registers by country."""
    rules = session.scalars(select(RegisterRule).order_by(RegisterRule.country)).all()
    return tuple(
        RuleRow(
            rule.country,
            rule.prefix,
            rule.days,
            rule.version,
            _count(session, _in_pools(rule.prefix)),
            _count(session, _in_pools(rule.prefix).where(_too_old(session, rule.days))),
        )
        for rule in rules
    )


def _count(session: Session, asked: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(asked.subquery())) or 0


def _in_pools(prefix: str) -> Select[Any]:
    """The numbers of a country in pools that are worked on, each once."""
    asked = select(PoolEntry.person).join(Pool, Pool.id == PoolEntry.pool_id)
    asked = asked.outerjoin(CallPerson, CallPerson.person == PoolEntry.person)
    return asked.where(PoolEntry.person.startswith(prefix, autoescape=True), Pool.removed_at.is_(None)).distinct()


def _too_old(session: Session, days: int) -> ColumnElement[bool]:
    limit = now(session) - timedelta(days=days)
    return or_(CallPerson.register_checked_at.is_(None), CallPerson.register_checked_at <= limit)


@writes
def save_rule(session: Session, country: str, version: int, days: int) -> RuleRow:
    """Say for how many days an answer of a country's register holds."""
    require(session, Permission.ADMINISTER)
    if not 1 <= days <= 365:
        raise wrong("DAYS", message(N_("An answer holds for 1 to 365 days.")))
    done = session.connection().execute(
        update(RegisterRule)
        .where(RegisterRule.country == country, RegisterRule.version == version)
        .values(days=days, version=version + 1)
    )
    if not done.rowcount:
        raise NotFound(message(N_("Somebody else changed this in the meantime.")), message(N_("Nothing was saved.")))
    session.expire_all()
    standing.settle(session)
    tell(session, "register_batches")
    return next(row for row in list_rules(session) if row.country == country)


@reads
def list_batches(session: Session) -> tuple[BatchRow, ...]:
    """The last answers read in, the newest first."""
    batch = RegisterBatch
    asked = select(
        batch.id, batch.country, batch.name, batch.checked_at, batch.read_at, User.name, batch.count, batch.listed
    ).outerjoin(User, User.id == batch.by_id)
    return tuple(BatchRow(*row) for row in session.execute(asked.order_by(batch.id.desc()).limit(_BATCHES_SHOWN)))


# --- Out: what to ask for


@reads
def export_numbers(session: Session, country: str, path: Path) -> int:
    """Write the numbers of a country whose answer is missing or too old to a CSV file; how many there are."""
    require(session, Permission.RUN_CAMPAIGNS)
    rule = _rule(session, country)
    asked = _in_pools(rule.prefix).where(_too_old(session, rule.days))
    count = 0
    fresh = path.with_name(path.name + ".new")
    try:
        with fresh.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow([_("Number")])
            for person in session.scalars(asked.order_by(PoolEntry.person)):
                rows.writerow([person])
                count += 1
        fresh.replace(path)
    except OSError as error:
        raise UserError(
            message(N_("The file {name} cannot be written."), name=path.name),
            message(N_("Nothing was saved. Choose another folder.")),
        ) from error
    return count


def _rule(session: Session, country: str) -> RegisterRule:
    rule = session.get(RegisterRule, country)
    if rule is None:
        raise UserError(message(N_("There is no register of this country.")), message(N_("Nothing was done.")))
    return rule


# --- In: what the register said


def listed_column(sheet: Sheet) -> int | None:
    """The column of answers, by its name."""
    return column_named(sheet.headers, LISTED_HEADERS)


@writes
def read_answer(session: Session, sheet: Sheet, answer: Answer, *, refused: Path | None = None) -> FileReport:
    """Take in what a register answered, whole or not at all; rows that cannot be read are set aside with the reason.

    A number that stands in the file twice is listed where one of the rows says so.
    """
    require(session, Permission.RUN_CAMPAIGNS)
    rule = _rule(session, answer.country)
    check_columns(sheet, answer.number_column, *([] if answer.listed_column is None else [answer.listed_column]))
    if answer.checked_at > now(session):
        raise wrong("CHECKED_AT", message(N_("The register cannot have been asked in the future.")))
    if answer.listed_column is None and answer.asked is None:
        raise refuse(
            message(N_("This file does not say which numbers are listed.")),
            message(N_("Nothing was imported. Choose the column that says it, or the file that was sent.")),
        )
    refuse_same_file(sheet, refused)
    with RefusedRows(refused, sheet.headers) as aside:
        report, found = _judge(sheet, answer, rule, aside)
        nothing_read(report)
        if answer.asked is not None and answer.listed_column is None:
            found = _asked(answer, rule, found)
        report = replace(report, added=len(found), listed=sum(found.values()))
        _write(session, sheet.path.name, answer, found)
    settle_people(session, None, list(found))
    tell(session, "register_batches")
    announce(session, RowsChanged("pool_entries", None))
    return report


def _judge(sheet: Sheet, answer: Answer, rule: RegisterRule, aside: RefusedRows) -> tuple[FileReport, dict[str, bool]]:
    found: dict[str, bool] = {}
    read = refused = known = 0
    for line, cells in sheet.rows():
        read += 1
        row = _row(cells, answer, rule)
        if isinstance(row, Message):
            refused += 1
            aside.add(line, [row], cells)
            continue
        person, is_listed = row
        known += person in found
        found[person] = found.get(person, False) or is_listed
    return FileReport(read, len(found), known, refused), found


def _row(cells: Sequence[str], answer: Answer, rule: RegisterRule) -> tuple[str, bool] | Message:
    """What one row says: the number, and whether it is listed."""
    person = number_of(cells[answer.number_column], rule.country)
    if isinstance(person, Message):
        return person
    if not person.startswith(rule.prefix):
        return message(N_("{number} is not a number of this register’s country."), number=person)
    if answer.listed_column is None:
        return person, True
    said = cells[answer.listed_column]
    is_listed = _ANSWERS.get(fold(said))
    if is_listed is None:
        return message(N_("“{answer}” says neither yes nor no."), answer=said.strip()[:40])
    return person, is_listed


def _asked(answer: Answer, rule: RegisterRule, listed: dict[str, bool]) -> dict[str, bool]:
    """Every number that was asked for, listed where the answer names it."""
    assert answer.asked is not None
    check_columns(answer.asked, answer.asked_column)
    asked = {
        person
        for _line, cells in answer.asked.rows()
        if isinstance(person := number_of(cells[answer.asked_column], rule.country), str)
        and person.startswith(rule.prefix)
    }
    if listed and not asked.intersection(listed):
        raise refuse(
            message(N_("Not one number of the answer is in the file that was sent.")),
            message(N_("Nothing was imported. Choose the file that this is the answer to.")),
        )
    return {person: person in listed for person in sorted(asked | listed.keys())}


def _write(session: Session, name: str, answer: Answer, found: dict[str, bool]) -> None:
    batch = RegisterBatch(
        country=answer.country,
        name=name,
        checked_at=answer.checked_at,
        read_at=now(session),
        by_id=actor(session),
        count=len(found),
        listed=sum(found.values()),
    )
    session.add(batch)
    session.flush()
    shared = {"batch_id": batch.id, "checked_at": answer.checked_at}
    for chunk in _chunks(list(found.items())):
        rows = [shared | {"person": person, "is_listed": is_listed} for person, is_listed in chunk]
        insert_rows(session, table_of(RegisterCheck), rows)


def _chunks(rows: Sequence[tuple[str, bool]]) -> Iterator[Sequence[tuple[str, bool]]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
