"""Who is at work, and how somebody comes in: all that a start needs to know of people."""

from dataclasses import dataclass

from app.domain.people import Permission


@dataclass(frozen=True, slots=True)
class Me:
    """Who is logged in and what he may do."""

    id: int
    login: str
    name: str
    language: str
    role: str
    permissions: tuple[Permission, ...]

    def may(self, permission: Permission) -> bool:
        """Whether his role has the permission."""
        return permission in self.permissions


@dataclass(frozen=True, slots=True)
class Entry:
    """How somebody comes in: `is_set_up` once there is a company and a user, `me` where the server knows who asks."""

    is_set_up: bool
    has_users: bool
    has_company: bool
    me: Me | None
    server_login: str | None = None
