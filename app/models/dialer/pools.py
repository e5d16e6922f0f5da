"""Pools, who works on them, and the queue of calls they make up.

What a pool holds (`pool_entries`) is wide and seldom changes; where each entry stands in the queue (`call_queue`, same
key) is narrow, because every call rewrites it and all of its indexes.
"""

from datetime import UTC, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Keyed, Versioned, partial_index

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When somebody was last tried who never was: first among the least recently tried."""


class Pool(Versioned, Base):
    """A source of customers: private to one user, or of the whole campaign (for all of its users or chosen ones)."""

    __tablename__ = "pools"
    __table_args__ = (Index(None, "campaign_id", "position"), CheckConstraint("name <> ''", name="named"))

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    name: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    is_for_all: Mapped[bool] = mapped_column(default=True, server_default="1")
    removed_at: Mapped[datetime | None]


class PoolUser(Keyed, Base):
    """A user's own word on a pool: that it is given to him, and where it stands in his order."""

    __tablename__ = "pool_users"
    __table_args__ = (Index("uq_pool_users_pool_id_user_id", "pool_id", "user_id", unique=True),)

    pool_id: Mapped[int] = mapped_column(ForeignKey("pools.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    is_given: Mapped[bool] = mapped_column(default=True, server_default="1")
    position: Mapped[int | None]


class Lane(Base):
    """The people of one pool who live by one clock, so that their calling hours open and close together."""

    __tablename__ = "lanes"
    __table_args__ = (UniqueConstraint("pool_id", "zone"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), index=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("pools.id", ondelete="CASCADE"))
    zone: Mapped[str]


class PoolEntry(Keyed, Base):
    """A customer in a pool; `person` is the E.164 number he is called at, None where there is none to call."""

    __tablename__ = "pool_entries"
    __table_args__ = (
        Index("uq_pool_entries_pool_id_customer_id", "pool_id", "customer_id", unique=True),
        Index(None, "campaign_id", "customer_id"),
        Index(None, "customer_id"),
        partial_index("ix_pool_entries_person", "person", where="person IS NOT NULL"),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    pool_id: Mapped[int] = mapped_column(ForeignKey("pools.id", ondelete="CASCADE"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    person: Mapped[str | None]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class QueuedCall(Base):
    """Where an entry stands: ready, callback (due), waiting until `due_at`, held by a claim, blocked, or done.

    `priority` 0 is the most urgent. `blocked` is the code of what keeps it from being called. `site_id`,
    `language` and `added_at` serve filters.
    """

    __tablename__ = "call_queue"
    __table_args__ = (
        CheckConstraint("state IN ('ready', 'callback', 'waiting', 'held', 'blocked', 'done')", name="state"),
        CheckConstraint("priority BETWEEN 0 AND 3", name="priority"),
        partial_index(
            "ix_call_queue_ready", "lane_id", "has_status", "priority", "tried_at", "id", where="state = 'ready'"
        ),
        partial_index(
            "ix_call_queue_callback", "campaign_id", "callback_user_id", "due_at", where="state = 'callback'"
        ),
        partial_index("ix_call_queue_waiting", "lane_id", "due_at", where="state = 'waiting'"),
        partial_index(
            "ix_call_queue_promised", "callback_user_id", "due_at",
            where="state = 'waiting' AND callback_user_id IS NOT NULL",
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(
        ForeignKey("pool_entries.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    campaign_id: Mapped[int]
    lane_id: Mapped[int]
    person: Mapped[str | None]
    customer_id: Mapped[int]
    state: Mapped[str] = mapped_column(default="ready", server_default="ready")
    blocked: Mapped[str | None]
    has_status: Mapped[bool] = mapped_column(default=False, server_default="0")
    status_id: Mapped[int | None]
    priority: Mapped[int] = mapped_column(default=2, server_default="2")
    tried_at: Mapped[datetime] = mapped_column(default=NEVER)
    due_at: Mapped[datetime | None]
    is_callback: Mapped[bool] = mapped_column(default=False, server_default="0")
    callback_user_id: Mapped[int | None]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    status_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    site_id: Mapped[int | None]
    language: Mapped[str | None]
    added_at: Mapped[datetime]
