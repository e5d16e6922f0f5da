"""Groups: who works together, and which group plans."""

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.domain.people import Permission
from app.domain.words import N_, message
from app.models.people import Group, GroupMember, User
from app.models.processes import ActivityType
from app.models.tickets import Task
from app.services.context import reads, require, writes
from app.services.people.rows import GroupDraft, GroupRow
from app.services.saving import cleaned, refuse_double, seen, tell, wrong


@reads
def list_groups(session: Session) -> tuple[GroupRow, ...]:
    """Every group with its active members, by name."""
    return _rows(session)


def _rows(session: Session, group_id: int | None = None) -> tuple[GroupRow, ...]:
    members: dict[int, list[tuple[int, str]]] = {}
    held = select(GroupMember.group_id, User.id, User.name).join(User, User.id == GroupMember.user_id)
    asked = select(Group.id, Group.version, Group.name, Group.is_back_office)
    if group_id is not None:
        held, asked = held.where(GroupMember.group_id == group_id), asked.where(Group.id == group_id)
    for group, user_id, name in session.execute(held.where(User.is_active).order_by(func.lower(User.name), User.id)):
        members.setdefault(group, []).append((user_id, name))
    return tuple(
        GroupRow(
            *row,
            member_ids=tuple(user_id for user_id, _ in members.get(row[0], ())),
            member_names=tuple(name for _, name in members.get(row[0], ())),
        )
        for row in session.execute(asked.order_by(func.lower(Group.name), Group.id))
    )


@writes
def save_group(session: Session, draft: GroupDraft, *, group_id: int | None = None, version: int = 0) -> GroupRow:
    """Add a group, or change the one that was seen in this version."""
    require(session, Permission.ADMINISTER)
    name = cleaned(draft.name)
    refuse_double(session, Group.name, name, group_id)
    if group_id is None:
        group = Group(name=name)
        session.add(group)
    else:
        group = seen(session, Group, group_id, version)
        if group.is_back_office and not draft.is_back_office:
            _refuse_unplanned(session, group)
    group.name, group.is_back_office = name, draft.is_back_office
    session.flush()
    if changed := _set_members(session, group.id, set(draft.member_ids)):
        # Who belongs together is part of both rows: whoever edits either at the same time is told.
        flag_modified(group, "name")
        session.execute(update(User).where(User.id.in_(changed)).values(version=User.version + 1))
        session.flush()
    tell(session, "groups", group.id)
    return _rows(session, group.id)[0]


def _set_members(session: Session, group_id: int, wanted: set[int]) -> set[int]:
    """Make these the active members; gives those who came or went."""
    member = GroupMember
    held = set(
        session.scalars(
            select(member.user_id)
            .join(User, User.id == member.user_id)
            .where(member.group_id == group_id, User.is_active)
        )
    )
    if gone := held - wanted:
        session.execute(delete(member).where(member.group_id == group_id, member.user_id.in_(gone)))
    if new := wanted - held:
        session.execute(insert(member), [{"group_id": group_id, "user_id": user_id} for user_id in sorted(new)])
    return gone | new


@writes
def delete_group(session: Session, group_id: int, version: int) -> None:
    """Remove a group that owns no call and plans no activity type; its members stay."""
    require(session, Permission.ADMINISTER)
    group = seen(session, Group, group_id, version)
    _refuse_unplanned(session, group)
    session.delete(group)
    session.flush()
    tell(session, "groups", group_id)


def _refuse_unplanned(session: Session, group: Group) -> None:
    waiting = session.scalar(select(Task.id).where(Task.group_id == group.id, Task.closed_at.is_(None)).limit(1))
    planning = session.scalar(select(ActivityType.id).where(ActivityType.back_office_group_id == group.id).limit(1))
    if waiting is not None:
        raise wrong("USED", message(N_("Calls wait to be planned by {name}."), name=group.name))
    if planning is not None:
        raise wrong("USED", message(N_("Activity types are planned by {name}."), name=group.name))
