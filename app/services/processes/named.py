"""Practices and sites: tables of names."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.people import Permission
from app.models.places import Site
from app.models.processes import ActivityType, Practice
from app.models.tickets import Ticket
from app.services.context import reads, require, writes
from app.services.processes.rows import NamedRow
from app.services.saving import cleaned, refuse_double, seen, tell


@reads
def list_practices(session: Session) -> tuple[NamedRow, ...]:
    """Every practice with the number of its activity types."""
    return _rows(session, Practice, ActivityType.practice_id)


@writes
def save_practice(session: Session, name: str, *, row_id: int | None = None, version: int = 0) -> NamedRow:
    """Add a practice, or rename the one that was seen in this version."""
    return _save(session, Practice, name, row_id, version)


@writes
def delete_practice(session: Session, row_id: int, version: int) -> None:
    """Remove a practice that no activity type belongs to."""
    _delete(session, Practice, row_id, version)


@reads
def list_sites(session: Session) -> tuple[NamedRow, ...]:
    """Every site with the number of its tickets."""
    return _rows(session, Site, Ticket.site_id)


@writes
def save_site(session: Session, name: str, *, row_id: int | None = None, version: int = 0) -> NamedRow:
    """Add a site, or rename the one that was seen in this version."""
    return _save(session, Site, name, row_id, version)


@writes
def delete_site(session: Session, row_id: int, version: int) -> None:
    """Remove a site that nothing lies at and nobody works at; the database itself refuses the others."""
    _delete(session, Site, row_id, version)


def _rows(session: Session, model: Any, user: Any) -> tuple[NamedRow, ...]:
    counted: Any = session.execute(select(user, func.count()).where(user.is_not(None)).group_by(user))
    uses: dict[int, int] = dict(counted.all())
    found = session.execute(select(model.id, model.version, model.name).order_by(func.lower(model.name), model.id))
    return tuple(NamedRow(row_id, version, name, uses.get(row_id, 0)) for row_id, version, name in found)


def _save(session: Session, model: Any, name: str, row_id: int | None, version: int) -> NamedRow:
    require(session, Permission.ADMINISTER)
    name = cleaned(name)
    refuse_double(session, model.name, name, row_id)
    if row_id is None:
        row = model(name=name)
        session.add(row)
    else:
        row = seen(session, model, row_id, version)
        row.name = name
    session.flush()
    tell(session, model.__tablename__, row.id)
    return NamedRow(row.id, row.version, row.name, 0)


def _delete(session: Session, model: Any, row_id: int, version: int) -> None:
    require(session, Permission.ADMINISTER)
    session.delete(seen(session, model, row_id, version))
    session.flush()
    tell(session, model.__tablename__, row_id)
