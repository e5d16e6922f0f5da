"""A small call centre for tests of the next customer: two agents, one campaign, and short words for what they do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.backend import Backend
from app.db.database import Database
from app.models.customers import Customer
from app.models.dialer import CallStatus, Campaign, Claim, Pool, QueuedCall
from app.services.dialer.attempts import Finished, Result, finish, skip
from app.services.dialer.claiming import Claimed, next_customer
from tests.kit.dial_factory import add_campaign, add_customer, add_entry, add_pool
from tests.kit.factory import add_user


@dataclass
class Floor:
    """The call centre; agents are "anna" and "ben"."""

    database: Database
    campaign_id: int
    pool_id: int
    agents: dict[str, int]
    people: dict[str, int] = field(default_factory=dict)

    def backend(self, agent: str) -> Backend:
        """What this agent's desktop asks through."""
        return Backend(self.database, actor=self.agents[agent])

    def next(self, agent: str, **wanted: Any) -> Claimed | None:
        """The next customer for this agent."""
        return self.backend(agent).execute(next_customer, self.campaign_id, **wanted)

    def name_of(self, claimed: Claimed | None) -> str | None:
        """Whom he got."""
        if claimed is None:
            return None
        with self.database.reading() as session:
            return session.scalar(select(Customer.name).where(Customer.id == claimed.customer_id))

    def got(self, agent: str) -> str | None:
        """The name of the next customer for this agent."""
        return self.name_of(self.next(agent))

    def finish(
        self, agent: str, claimed: Claimed, status: str = "No answer", note: str = "", **values: Any
    ) -> Finished:
        """Give a result."""
        return self.backend(agent).execute(finish, self.result(claimed, status, note, **values))

    def result(self, claimed: Claimed, status: str, note: str = "", **values: Any) -> Result:
        """A result as the desk sends it."""
        with self.database.reading() as session:
            asked = select(CallStatus.id).where(CallStatus.campaign_id == self.campaign_id, CallStatus.name == status)
            status_id = session.scalars(asked).one()
        return Result(
            claimed.request_id, claimed.campaign_id, claimed.customer_id, claimed.person, claimed.entry_id, status_id,
            note, claimed_at=claimed.claimed_at, rule=claimed.rule, reason=claimed.reason, **values,
        )  # fmt: skip

    def skip(self, agent: str, claimed: Claimed) -> Finished:
        """Give him back."""
        return self.backend(agent).execute(skip, claimed)

    def add(self, name: str, phone: str | None = "", **queued: Any) -> int:
        """A customer in the pool."""
        with self.database.transaction() as session:
            pool = session.get_one(Pool, queued.pop("pool_id", self.pool_id))
            customer = add_customer(session, name, phone, **queued.pop("customer", {}))
            entry = add_entry(session, pool, customer, **queued)
            self.people[name] = entry.id
            return customer.id

    def rules(self, **values: Any) -> None:
        """Change rules of the campaign."""
        with self.database.transaction() as session:
            session.execute(update(Campaign).where(Campaign.id == self.campaign_id).values(**values))

    def place(self, name: str) -> QueuedCall:
        """Where somebody stands in the queue."""
        with self.database.reading() as session:
            return session.get_one(QueuedCall, self.people[name])

    def put(self, name: str, **values: Any) -> None:
        """Put somebody elsewhere in the queue."""
        with self.database.transaction() as session:
            session.execute(update(QueuedCall).where(QueuedCall.id == self.people[name]).values(**values))

    def age(self, **by: float) -> None:
        """Move the end of every hold and the time of whoever waits back; the clock itself is never moved."""
        with self.database.transaction() as session:
            for claim in session.scalars(select(Claim)):
                claim.until_at -= timedelta(**by)
            for place in session.scalars(select(QueuedCall).where(QueuedCall.state == "waiting")):
                place.due_at = place.due_at - timedelta(**by) if place.due_at else None

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction of the owner."""
        with self.database.transaction() as session:
            yield session


def open_floor(database: Database, **rules: Any) -> Floor:
    """A campaign with one pool for all, and its two agents."""
    with database.transaction() as session:
        agents = {name.lower(): add_user(session, name, role="agent") for name in ("Anna", "Ben")}
        campaign = add_campaign(session, "Spring", *agents.values(), **rules)
        pool = add_pool(session, campaign, "Everybody")
        return Floor(database, campaign.id, pool.id, {name: user.id for name, user in agents.items()})


def moment(**ago: float) -> datetime:
    """So long ago."""
    return datetime.now(UTC) - timedelta(**ago)
