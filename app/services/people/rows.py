"""What the services about people give back and take."""

from dataclasses import dataclass

from app.domain.people import ROLES, Permission


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role with its permissions and the number of its users; built-in ones have no name of their own."""

    id: int
    code: str
    name: str | None
    permissions: tuple[Permission, ...]
    version: int = 1
    users: int = 0
    takes_visits: bool = False

    @property
    def is_built_in(self) -> bool:
        """Whether it came with the program."""
        return self.code in ROLES


@dataclass(frozen=True, slots=True)
class RoleDraft:
    """What an administrator says about a role of the company's own."""

    name: str
    permissions: tuple[Permission, ...] = ()
    takes_visits: bool = False


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user as the set-up screen lists him."""

    id: int
    version: int
    login: str
    name: str
    email: str
    phone: str
    language: str
    role_id: int
    role_code: str
    role_name: str | None
    is_active: bool
    can_log_in: bool
    group_ids: tuple[int, ...]
    group_names: tuple[str, ...]
    db_role: str | None
    profile_ids: tuple[int, ...] = ()
    profile_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UserDraft:
    """What an administrator says about a user; profiles that are None stay as they are."""

    login: str
    name: str
    role_id: int
    email: str = ""
    phone: str = ""
    language: str = "en"
    group_ids: tuple[int, ...] = ()
    profile_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group with its members."""

    id: int
    version: int
    name: str
    is_back_office: bool
    member_ids: tuple[int, ...]
    member_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """What an administrator says about a group."""

    name: str
    is_back_office: bool = False
    member_ids: tuple[int, ...] = ()
