"""Files that lie with a ticket, a task or a customer: taken in whole, read apart from the card."""

from dataclasses import dataclass
from mimetypes import guess_type

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bus import RowsChanged
from app.domain.errors import NotFound
from app.domain.people import Permission
from app.domain.tickets.files import LARGEST, clean_name, too_large
from app.domain.words import N_, message
from app.models.tickets import File, FileContent, Task, Ticket
from app.services.context import actor, announce, now, reads, require, writes


@dataclass(frozen=True, slots=True)
class Content:
    """A file with its bytes."""

    name: str
    media_type: str
    content: bytes


def add_file(
    session: Session,
    name: str,
    content: bytes,
    *,
    ticket_id: int | None = None,
    task_id: int | None = None,
    customer_id: int | None = None,
    incoming_id: int | None = None,
) -> File:
    """Lay a file down inside another service."""
    kept = clean_name(name)
    if len(content) > LARGEST:
        raise too_large(kept)
    if task_id is not None and ticket_id is None:
        ticket_id = session.scalar(select(Task.ticket_id).where(Task.id == task_id))
    if ticket_id is not None and customer_id is None:
        customer_id = session.scalar(select(Ticket.customer_id).where(Ticket.id == ticket_id))
    file = File(
        name=kept,
        media_type=guess_type(kept)[0] or "",
        size=len(content),
        ticket_id=ticket_id,
        task_id=task_id,
        customer_id=customer_id,
        incoming_id=incoming_id,
        by_id=actor(session),
        at=now(session),
    )
    session.add(file)
    session.flush()
    session.add(FileContent(file_id=file.id, content=content))
    session.flush()
    announce(session, RowsChanged("files", frozenset({file.id})))
    return file


@writes
def add(
    session: Session,
    name: str,
    content: bytes,
    *,
    ticket_id: int | None = None,
    task_id: int | None = None,
    customer_id: int | None = None,
) -> int:
    """Lay a person's file down; 25 MB at most."""
    require(session, Permission.WORK_TASKS)
    return add_file(session, name, content, ticket_id=ticket_id, task_id=task_id, customer_id=customer_id).id


@reads
def read(session: Session, file_id: int) -> Content:
    """The file with its bytes."""
    asked = select(File.name, File.media_type, FileContent.content).join(FileContent, FileContent.file_id == File.id)
    row = session.execute(asked.where(File.id == file_id)).first()
    if row is None:
        raise NotFound(message(N_("This file is no longer there.")))
    return Content(row[0], row[1], bytes(row[2]))
