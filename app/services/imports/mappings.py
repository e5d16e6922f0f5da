"""Mappings saved by name: which header of a file means which field, for the next file of the same sender."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.imports import columns
from app.domain.imports.fields import Kind
from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.company import ImportMapping
from app.services.context import reads, require, writes
from app.services.saving import cleaned


@reads
def list_mappings(session: Session, kind: Kind) -> tuple[str, ...]:
    """The names of the mappings of a kind."""
    asked = select(ImportMapping.name).where(ImportMapping.kind == kind.value).order_by(ImportMapping.name)
    return tuple(session.scalars(asked))


@reads
def load_mapping(session: Session, kind: Kind, name: str, headers: Sequence[str]) -> dict[int, str]:
    """A saved mapping on the headers of a file; what it does not know stays out."""
    asked = select(ImportMapping.columns).where(ImportMapping.kind == kind.value, ImportMapping.name == name)
    kept = session.scalar(asked)
    if kept is None:
        raise NotFound(
            message(N_("There is no mapping called “{name}”."), name=name), message(N_("Nothing was imported."))
        )
    return columns.applied(kind, kept, headers)


@writes
def save_mapping(session: Session, kind: Kind, name: str, headers: Sequence[str], mapping: Mapping[int, str]) -> str:
    """Keep a mapping under this name in place of the one that has it; the name as it was kept."""
    require(session, Permission.IMPORT)
    kept = cleaned(name)
    session.execute(delete(ImportMapping).where(ImportMapping.kind == kind.value, ImportMapping.name == kept))
    values = {"kind": kind.value, "name": kept, "columns": columns.saved(mapping, headers)}
    session.execute(insert(ImportMapping).values(values))
    return kept
