"""The company itself, and what people keep for themselves."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed, Versioned


class Company(Versioned, Base):
    """The one row that says whose database this is."""

    __tablename__ = "company"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    name: Mapped[str]
    country: Mapped[str]
    subdivision: Mapped[str | None]
    time_zone: Mapped[str]
    language: Mapped[str]
    allowed_addresses: Mapped[str] = mapped_column(default="", server_default="", sort_order=91)


class UserSetting(Base):
    """A setting that follows a person from computer to computer."""

    __tablename__ = "user_settings"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]


class ImportMapping(Keyed, Base):
    """Which column of a file means what, saved by name."""

    __tablename__ = "import_mappings"
    __table_args__ = (UniqueConstraint("kind", "name"),)

    kind: Mapped[str]
    name: Mapped[str]
    columns: Mapped[dict[str, Any]]
