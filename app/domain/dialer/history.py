"""Who sees whose calls, notes and tickets in the history of a customer."""

from dataclasses import dataclass

from app.domain.people import Permission


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads a history; `fellows` are in a group with him. Without an id it is the owner of the program."""

    user_id: int | None
    permissions: frozenset[Permission] = frozenset()
    fellows: frozenset[int] = frozenset()


def sees(reader: Reader, author_id: int | None, *, own_only: bool) -> bool:
    """Whether the reader sees what the author did; what nobody did, such as a mail that came in, is for everybody.

    Administrators see everything. Others see their own, and with the permission that of their groups, unless the
    campaign shows own history only.
    """
    if reader.user_id is None or author_id in (None, reader.user_id) or Permission.ADMINISTER in reader.permissions:
        return True
    return not own_only and Permission.SEE_GROUP in reader.permissions and author_id in reader.fellows
