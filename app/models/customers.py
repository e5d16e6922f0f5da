"""Customers and how to reach them."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Keyed, Versioned


class Customer(Versioned, Base):
    """A person or company that is called and served; `search` is the folded text a search looks in."""

    __tablename__ = "customers"
    __table_args__ = (Index(None, "name", "id"),)

    external_key: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="", server_default="")
    email: Mapped[str | None]
    address: Mapped[str | None]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    language: Mapped[str | None]
    notes: Mapped[str | None]
    time_zone: Mapped[str | None]
    search: Mapped[str] = mapped_column(default="", server_default="")
    phones: Mapped[list["CustomerPhone"]] = relationship(
        cascade="all, delete-orphan", order_by="CustomerPhone.position"
    )


class CustomerPhone(Keyed, Base):
    """A phone as typed, beside its E.164 form where it could be read; `is_suspect` when it could not."""

    __tablename__ = "customer_phones"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    raw: Mapped[str]
    e164: Mapped[str | None] = mapped_column(index=True)
    is_suspect: Mapped[bool] = mapped_column(default=False, server_default="0")
