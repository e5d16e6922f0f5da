"""Projects and their sub-projects: what tickets, tasks and hours are linked to when the company keeps them."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.words import N_, counted, message
from app.models.customers import Customer
from app.models.tickets import HoursEntry, Project, Task, Ticket
from app.services.context import reads, require, writes
from app.services.saving import cleaned, refuse_double, seen, tell, wrong
from app.services.tickets.uses import refuse_used


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project, or a sub-project under its parent; `parts` counts the sub-projects."""

    id: int
    version: int
    name: str
    parent_id: int | None
    parent: str
    customer_id: int | None
    customer: str
    is_active: bool
    parts: int


@dataclass(frozen=True, slots=True)
class ProjectDraft:
    """What somebody says about a project."""

    name: str
    parent_id: int | None = None
    customer_id: int | None = None
    is_active: bool = True


_parent, _part = aliased(Project), aliased(Project)


@reads
def list_projects(session: Session) -> tuple[ProjectRow, ...]:
    """Every project by name, each followed by its sub-projects."""
    return _rows(session)


def _rows(session: Session, project_id: int | None = None) -> tuple[ProjectRow, ...]:
    row = Project
    parts = select(func.count()).where(_part.parent_id == row.id).scalar_subquery()
    top = func.coalesce(_parent.name, row.name)
    asked = (
        select(
            row.id,
            row.version,
            row.name,
            row.parent_id,
            func.coalesce(_parent.name, ""),
            row.customer_id,
            func.coalesce(Customer.name, ""),
            row.is_active,
            parts,
        )
        .outerjoin(_parent, _parent.id == row.parent_id)
        .outerjoin(Customer, Customer.id == row.customer_id)
        .order_by(func.lower(top), func.coalesce(row.parent_id, row.id), row.parent_id.is_not(None))
        .order_by(func.lower(row.name), row.id)
    )
    if project_id is not None:
        asked = asked.where(row.id == project_id)
    return tuple(ProjectRow(*found) for found in session.execute(asked))


@writes
def save_project(session: Session, draft: ProjectDraft, *, row_id: int | None = None, version: int = 0) -> ProjectRow:
    """Add a project, or change the one that was seen in this version; a sub-project has no sub-projects itself.

    A sub-project without a customer of its own is for that of its project.
    """
    require(session, Permission.ADMINISTER)
    name = cleaned(draft.name)
    refuse_double(session, Project.name, name, row_id, _beside(draft.parent_id))
    if row_id is None:
        project = Project(name=name)
        session.add(project)
    else:
        project = seen(session, Project, row_id, version)
    parent = _checked_parent(session, draft.parent_id, row_id)
    project.name, project.parent_id, project.is_active = name, draft.parent_id, draft.is_active
    project.customer_id = draft.customer_id or (parent.customer_id if parent else None)
    session.flush()
    tell(session, "projects", project.id)
    return _rows(session, project.id)[0]


def _beside(parent_id: int | None) -> object:
    return Project.parent_id.is_(None) if parent_id is None else Project.parent_id == parent_id


def _checked_parent(session: Session, parent_id: int | None, row_id: int | None) -> Project | None:
    if parent_id is None:
        return None
    parent = session.get(Project, parent_id, with_for_update=True)
    if parent is None or parent.parent_id is not None or parent.id == row_id:
        raise wrong("PARENT", message(N_("A sub-project belongs to a project that is no sub-project itself.")))
    if row_id is not None:
        _refuse_parts(session, row_id)
    return parent


def _refuse_parts(session: Session, project_id: int) -> None:
    if count := session.scalar(select(func.count()).where(Project.parent_id == project_id)):
        raise Refused(
            "PARENT",
            counted(
                "This project has {count} sub-project of its own.",
                "This project has {count} sub-projects of its own.",
                count,
            ),
            message(N_("Nothing was changed.")),
        )


@writes
def delete_project(session: Session, row_id: int, version: int) -> None:
    """Remove a project nothing was ever done for; one in use can be switched off instead."""
    require(session, Permission.ADMINISTER)
    project = seen(session, Project, row_id, version)
    _refuse_parts(session, row_id)
    refuse_used(session, Ticket, or_(Ticket.project_id == row_id, Ticket.subproject_id == row_id))
    refuse_used(session, Task, Task.project_id == row_id)
    refuse_used(session, HoursEntry, HoursEntry.project_id == row_id)
    session.delete(project)
    session.flush()
    tell(session, "projects", row_id)
