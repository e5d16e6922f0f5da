"""How each user telephones, and why he is away from the desk."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Versioned


class PauseReason(Versioned, Base):
    """Why an agent is away for a while; built-in ones are shown from the catalogue until they get a name."""

    __tablename__ = "pause_reasons"
    __table_args__ = (CheckConstraint("code IS NOT NULL OR name <> ''", name="named"),)

    code: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str | None] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    is_active: Mapped[bool] = mapped_column(default=True, server_default="1")


class PhoneLine(Base):
    """How a user's calls are made: `kind` of telephone and its settings without secrets (those stay in the keyring)."""

    __tablename__ = "phone_lines"
    __table_args__ = (CheckConstraint("kind IN ('handoff', 'ami', 'baresip', 'simulator')", name="kind"),)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(default="handoff", server_default="handoff")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
