"""Groups: who works together, and which group plans calls."""

from collections.abc import Sequence
from typing import Any

from app.domain.words import N_
from app.i18n import _, _n
from app.services.people.groups import delete_group, list_groups, save_group
from app.services.people.rows import GroupDraft, GroupRow, UserRow
from app.services.people.users import list_users
from ui.admin.parts import ManyPart, TextPart, TickPart, picked
from ui.admin.section import Call, Column, Entry, Offer, Section, Values, deletion
from ui.widgets.picker import Choice

__all__ = ["GROUPS"]


def _values(group: GroupRow | None) -> dict[str, Any]:
    if group is None:
        return {"name": "", "back_office": False, "members": ()}
    return {"name": group.name, "back_office": group.is_back_office, "members": picked(group.member_ids)}


def _save(values: Values, group: GroupRow | None) -> Call:
    draft = GroupDraft(values["name"], values["back_office"], values["members"])
    known = {"group_id": group.id, "version": group.version} if group else {}
    return Call(save_group, draft, **known)


def _users(rows: Sequence[UserRow]) -> list[Choice]:
    return [Choice(row.id, row.name) for row in rows if row.is_active]


GROUPS: Section[GroupRow] = Section(
    key="groups",
    text=N_("Groups"),
    icon="people",
    about=N_("People who work together. A back-office group gets the calls of its activity types to plan."),
    tables=frozenset({"users", "groups", "group_members"}),
    read=list_groups,
    values=_values,
    title=lambda group: group.name,
    columns=(
        Column(N_("Name"), lambda group: group.name, 200),
        Column(
            N_("Members"),
            lambda group: _n("{count} person", "{count} people", len(group.member_ids)),
            110,
            sort=lambda group: len(group.member_ids),
        ),
        Column(N_("Back office"), lambda group: _("Yes") if group.is_back_office else "", 110),
    ),
    entries=(
        Entry("name", N_("Name"), TextPart, codes=frozenset({"NAME", "TAKEN"}), needed=N_("The name is missing.")),
        Entry(
            "back_office",
            N_("Back office"),
            TickPart,
            hint=N_("This group plans calls: they wait below the planner until it schedules them."),
            codes=frozenset({"USED"}),
        ),
        Entry("members", N_("Members"), ManyPart),
    ),
    offers=(Offer("members", list_users, _users),),
    save=_save,
    new=N_("New group"),
    acts=(deletion(delete_group),),
)
"""Who works together."""
