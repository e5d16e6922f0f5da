"""Projects with their sub-projects."""

from collections.abc import Sequence
from typing import Any

from app.domain.words import N_
from app.i18n import _
from app.services.customers.listing import CustomerRow, find
from app.services.tickets.projects import ProjectDraft, ProjectRow, delete_project, list_projects, save_project
from ui.admin.more_parts import LookupPart
from ui.admin.parts import PickPart, TextPart, TickPart
from ui.admin.section import Call, Column, Entry, Offer, Section, Values, deletion
from ui.widgets.lookup import Found
from ui.widgets.picker import Choice

__all__ = ["PROJECTS"]


def _values(project: ProjectRow | None) -> dict[str, Any]:
    if project is None:
        return {"name": "", "parent": None, "customer": None, "active": True}
    customer = None if project.customer_id is None else (project.customer_id, project.customer)
    return {"name": project.name, "parent": project.parent_id, "customer": customer, "active": project.is_active}


def _save(values: Values, project: ProjectRow | None) -> Call:
    customer = values["customer"]
    draft = ProjectDraft(values["name"], values["parent"], customer[0] if customer else None, values["active"])
    known = {"row_id": project.id, "version": project.version} if project else {}
    return Call(save_project, draft, **known)


def _parents(rows: Sequence[ProjectRow]) -> list[Choice]:
    return [Choice(row.id, row.name, row.is_active) for row in rows if row.parent_id is None]


def _found(rows: Sequence[CustomerRow]) -> list[Found]:
    return [Found(row.id, row.label, row.phone) for row in rows]


def _name(project: ProjectRow) -> str:
    return project.name if project.is_active else _("{name} (not active)", name=project.name)


PROJECTS: Section[ProjectRow] = Section(
    key="projects",
    text=N_("Projects"),
    icon="folder",
    about=N_(
        "What tickets, tasks and hours are done for. The fields are on the cards where the card layout puts them."
    ),
    tables=frozenset({"projects"}),
    read=list_projects,
    values=_values,
    title=lambda project: project.name,
    is_muted=lambda project: not project.is_active,
    columns=(
        Column(N_("Name"), _name, 200),
        Column(N_("Part of"), lambda project: project.parent, 160),
        Column(N_("Customer"), lambda project: project.customer, 160),
    ),
    entries=(
        Entry("name", N_("Name"), TextPart, codes=frozenset({"NAME", "TAKEN"}), needed=N_("The name is missing.")),
        Entry(
            "parent",
            N_("Part of"),
            lambda: PickPart(nothing=N_("None")),
            hint=N_("Makes it a sub-project of that project."),
            codes=frozenset({"PARENT"}),
        ),
        Entry("customer", N_("Customer"), lambda: LookupPart(find, _found)),
        Entry(
            "active", N_("Active"), TickPart, hint=N_("What is not active stays on old work and is not offered anew.")
        ),
    ),
    offers=(Offer("parent", list_projects, _parents),),
    save=_save,
    new=N_("New project"),
    acts=(deletion(delete_project),),
)
"""What work is done for."""
