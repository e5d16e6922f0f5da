"""Users, their groups and what they may do."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Keyed, Versioned


class Role(Versioned, Base):
    """A named set of permissions; built-in ones have no name of their own and are shown from the catalogue.

    People of a role that `takes_visits` stand on the planner.
    """

    __tablename__ = "roles"
    __table_args__ = (Index("uq_roles_name", "name", unique=True),)

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str | None]
    takes_visits: Mapped[bool] = mapped_column(default=False, server_default="0", sort_order=91)
    permissions: Mapped[list["RolePermission"]] = relationship(cascade="all, delete-orphan")


class RolePermission(Base):
    """One thing a role may do."""

    __tablename__ = "role_permissions"

    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True)
    permission: Mapped[str] = mapped_column(primary_key=True)


class User(Versioned, Base):
    """Somebody who works with Callboard."""

    __tablename__ = "users"
    __table_args__ = (Index(None, "is_active", "name"),)

    external_key: Mapped[str | None] = mapped_column(unique=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id"))
    is_active: Mapped[bool] = mapped_column(default=True, server_default="1")
    db_role: Mapped[str | None] = mapped_column(unique=True)


class UserPassword(Base):
    """The argon2 hash of a log-in on a single seat; empty on PostgreSQL, where the server keeps its own verifiers."""

    __tablename__ = "user_passwords"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    argon2: Mapped[str]


class Group(Versioned, Base):
    """Users who work together; a back-office group owns the calls that wait to be planned."""

    __tablename__ = "groups"
    __table_args__ = (CheckConstraint("name <> ''", name="named"),)

    external_key: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    is_back_office: Mapped[bool] = mapped_column(default=False, server_default="0")


class GroupMember(Keyed, Base):
    """That a user is in a group."""

    __tablename__ = "group_members"
    __table_args__ = (Index("uq_group_members_group_id_user_id", "group_id", "user_id", unique=True),)

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
