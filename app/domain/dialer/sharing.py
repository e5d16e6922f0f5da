"""Whose callbacks and reminders somebody may see and move: one's own, anyone's, the group's where it is shared."""

from collections.abc import Collection

__all__ = ["may_move", "sees_reminder"]


def sees_reminder(
    me: int,
    owner: int,
    *,
    reminds_caller_only: bool | None,
    my_groups: Collection[int] = (),
    owners_groups: Collection[int] = (),
) -> bool:
    """One's own always; a colleague's of the same group where its campaign shares reminders.

    `reminds_caller_only` is the campaign's switch, None for a reminder that belongs to no campaign.
    """
    if me == owner:
        return True
    return reminds_caller_only is False and not set(my_groups).isdisjoint(owners_groups)


def may_move(
    me: int,
    owner: int | None,
    *,
    works_in_campaign: bool,
    runs_campaigns: bool,
    reminds_caller_only: bool,
    my_groups: Collection[int] = (),
    owners_groups: Collection[int] = (),
) -> bool:
    """Who runs campaigns moves every callback; who works in this one his own, anyone's, and those he may see."""
    if runs_campaigns:
        return True
    if not works_in_campaign:
        return False
    return owner is None or sees_reminder(
        me, owner, reminds_caller_only=reminds_caller_only, my_groups=my_groups, owners_groups=owners_groups
    )
