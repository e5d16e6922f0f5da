"""The import itself: every row judged, good ones written in batches, refused ones set aside, one transaction in all."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from app.adapters.phones import read_phones
from app.bus import RowsChanged
from app.db.refusals import explain
from app.domain.errors import Refused
from app.domain.imports import columns
from app.domain.imports.fields import Kind
from app.domain.imports.rows import Customs, reader
from app.domain.people import Permission
from app.domain.words import N_, Message, message
from app.models.company import Company
from app.services.context import announce, require, writes
from app.services.imports import calls, customers, technicians
from app.services.imports.limits import refuse
from app.services.imports.report import NOT_ACCEPTED, Outcome, Pooled, RefusedRows, Report
from app.services.imports.sheets import Sheet

BATCH = 1000
STEPS = 1000
"""Progress is told in thousandths."""

Tell = Callable[[int, int], object]


class Writer(Protocol):
    """Writes batches of one kind."""

    table: str

    def write(self, batch: Any) -> Outcome:
        """Write the rows that can be written."""
        ...


_WRITERS: Mapping[Kind, tuple[Callable[[Session], Writer], Callable[[Any], str]]] = {
    Kind.CUSTOMERS: (customers.CustomerWriter, customers.identity),
    Kind.TECHNICIANS: (technicians.TechnicianWriter, technicians.identity),
    Kind.CALLS: (calls.CallWriter, calls.identity),
}


class _DryRun(Exception):
    """Leaves the inner transaction so that nothing of it stays."""


@writes
def run_import(
    session: Session,
    kind: Kind,
    sheet: Sheet,
    mapping: Mapping[int, str],
    *,
    dry_run: bool = False,
    refused: Path | None = None,
    progress: Tell | None = None,
    pool_id: int | None = None,
) -> Report:
    """Import every row of a sheet, whole or not at all; what `progress` raises undoes everything.

    Customers go into a pool too where one is named. Rows that are refused are written to the file `refused` with line
    number and reason. A dry run does all of it and keeps nothing but that file.
    """
    require(session, Permission.IMPORT)
    if kind is Kind.TECHNICIANS:
        require(session, Permission.ADMINISTER)
    columns.check(kind, mapping)
    if refused is not None and refused.exists() and refused.samefile(sheet.path):
        raise refuse(message(N_("The refused rows cannot replace the file they come from.")))
    with RefusedRows(refused, sheet.headers) as aside, suppress(_DryRun):
        run = _Run(session, kind, sheet, mapping, aside)
        with session.begin_nested():
            run.all_rows(progress)
            if pool_id is not None and kind is Kind.CUSTOMERS:
                run.pooled = _pooled(session, pool_id, run.tally.ids)
            if dry_run:
                raise _DryRun
    if not dry_run and run.tally.added + run.tally.updated:
        announce(session, RowsChanged(run.writer.table, None))
    return Report(run.read, run.tally.added, run.tally.updated, run.tally.unchanged, run.refused, run.pooled)


def _pooled(session: Session, pool_id: int, customer_ids: list[int]) -> Pooled:
    from app.services.dialer.entries import add_to

    found = add_to(session, pool_id, customer_ids)
    return Pooled(found.count, found.folded, found.without_number, found.refused)


class _Run:
    """One pass over a sheet."""

    def __init__(
        self, session: Session, kind: Kind, sheet: Sheet, mapping: Mapping[int, str], aside: RefusedRows
    ) -> None:
        self.read = 0
        self.refused = 0
        self.tally = Outcome()
        self.pooled: Pooled | None = None
        self._session = session
        self._make_writer, self._identity = _WRITERS[kind]
        self.writer = self._make_writer(session)
        self._rows = sheet.rows()
        self._width = len(sheet.headers)
        self._read_row = reader(kind, mapping, _customs(session))
        self._aside = aside
        self._batch: list[tuple[int, list[str], Any]] = []
        self._set_aside: list[tuple[int, list[str], tuple[Message, ...]]] = []
        self._seen: dict[str, int] = {}

    def all_rows(self, progress: Tell | None) -> None:
        """Read to the end."""
        for line, cells in self._rows:
            self.read += 1
            self._take(line, cells)
            if len(self._batch) + len(self._set_aside) >= BATCH:
                self._write()
            if progress is not None and self.read % 100 == 0:
                progress(int(self._rows.fraction * STEPS), STEPS)
        self._write()
        if progress is not None:
            progress(STEPS, STEPS)

    def _take(self, line: int, cells: list[str]) -> None:
        if len(cells) > self._width:
            self._refuse(line, cells, message(N_("This row has more cells than the first row has columns.")))
            return
        values = self._read_row(cells)
        if isinstance(values, tuple):
            self._refuse(line, cells, *values)
            return
        first = self._seen.setdefault(self._identity(values), line)
        if first != line:
            self._refuse(line, cells, message(N_("The same key is already on line {line}."), line=first))
            return
        self._batch.append((line, cells, values))

    def _refuse(self, line: int, cells: list[str], *reasons: Message) -> None:
        self.refused += 1
        self._set_aside.append((line, cells, reasons))

    def _write(self) -> None:
        """Write what has gathered, and set aside what was refused meanwhile in the order of the file."""
        batch, self._batch = self._batch, []
        if batch:
            self._write_batch(batch)
        for line, cells, reasons in sorted(self._set_aside, key=itemgetter(0)):
            self._aside.add(line, reasons, cells)
        self._set_aside.clear()

    def _write_batch(self, batch: list[tuple[int, list[str], Any]]) -> None:
        try:
            with self._session.begin_nested():
                outcome = self.writer.write([values for _line, _cells, values in batch])
        except (IntegrityError, DataError, Refused):
            # One row of these breaks a rule; written one by one, the others go in.
            outcome = self._one_by_one([values for _line, _cells, values in batch])
        self.tally.added += outcome.added
        self.tally.updated += outcome.updated
        self.tally.unchanged += outcome.unchanged
        self.tally.ids += outcome.ids
        for place, reason in outcome.refused.items():
            line, cells, _values = batch[place]
            self._refuse(line, cells, reason)

    def _one_by_one(self, batch: list[Any]) -> Outcome:
        tally = Outcome()
        self.writer = self._make_writer(self._session)
        for place, values in enumerate(batch):
            try:
                with self._session.begin_nested():
                    outcome = self.writer.write([values])
            except (IntegrityError, DataError, Refused) as error:
                tally.refused[place] = _reason(error)
                self.writer = self._make_writer(self._session)
                continue
            tally.added += outcome.added
            tally.updated += outcome.updated
            tally.unchanged += outcome.unchanged
            tally.ids += outcome.ids
            if outcome.refused:
                tally.refused[place] = outcome.refused[0]
        return tally


def _reason(error: Exception) -> Message:
    """Why a row was not accepted: what a rule says, or what the database's guard of mandatory fields says."""
    said = error if isinstance(error, Refused) else explain(error) if isinstance(error, DBAPIError) else None
    is_plain = isinstance(error, Refused) or (isinstance(said, Refused) and said.code == "MISSING")
    return said.what if said is not None and is_plain else message(NOT_ACCEPTED)


def _customs(session: Session) -> Customs:
    """How the company writes times and telephones; before its first start: UTC, and numbers with their country."""
    company = session.execute(select(Company.time_zone, Company.country)).first()
    zone, country = (company.time_zone, company.country) if company else ("UTC", None)
    return Customs(ZoneInfo(zone), lambda cell: read_phones(cell, country))
