"""Agents of a storm at the dial desk: `python -m tests.kit.dial_storm URL SEED SECONDS USER...`, a process of its own.

They ask, dial, finish, skip, promise, let go and walk away at random until the time is over or the process is killed.
"""

import random
import sys
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from threading import Event

from sqlalchemy import select

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import UserError
from app.models import whole
from app.models.customers import CustomerPhone
from app.models.dialer import CallStatus, Campaign
from app.models.people import User
from app.services.dialer.attempts import Result, finish, let_go, skip
from app.services.dialer.claiming import Claimed, beat, claim_customer, dial, next_customer

assert whole.__all__, "rows are read without a backend"

HABITS = {"No answer": 8, "Reached": 6, "Call back": 6, "Interested": 1, "Do not call": 1}


class Agent:
    """One agent with a connection of his own and random habits."""

    def __init__(self, url: str, user_id: int, seed: int, over: Event) -> None:
        self._over = over
        self.chance = random.Random(f"{seed}-{user_id}")
        self._database = Database(url)
        self._backend = Backend(self._database, actor=user_id)
        with self._database.reading() as session:
            self._campaigns = list(session.scalars(select(Campaign.id)))
            self._colleagues = list(session.scalars(select(User.id)))
            found = session.execute(select(CallStatus.campaign_id, CallStatus.name, CallStatus.id)).all()
            self._statuses = {(campaign_id, name): status_id for campaign_id, name, status_id in found}
            self._customers = list(session.scalars(select(CustomerPhone.customer_id)))

    def work(self) -> None:
        """Contact after contact; what is refused is part of the storm."""
        while not self._over.is_set():
            try:
                self._contact()
            except UserError:
                self._rest()
        self._database.close()

    def _contact(self) -> None:
        campaign_id = self.chance.choice(self._campaigns)
        if self.chance.random() < 0.1:
            customer_id = self.chance.choice(self._customers)
            claimed = self._backend.execute(claim_customer, campaign_id, customer_id)
        else:
            found = self._backend.execute(next_customer, campaign_id)
            if found is None:
                return self._rest()
            claimed = found
        self._rest()
        fate = self.chance.random()
        if fate < 0.03:
            return None  # he walks away, and nobody hears of the customer until the hold ends
        if fate < 0.1:
            self._backend.execute(let_go, claimed.request_id)
        elif fate < 0.2:
            self._backend.execute(skip, claimed)
        else:
            self._call(claimed)
        return None

    def _call(self, claimed: Claimed) -> None:
        try:
            permit = self._backend.execute(dial, claimed.request_id)
        except UserError:
            self._backend.execute(skip, claimed)
            return
        self._rest()
        if self.chance.random() < 0.2:
            self._backend.execute(beat, claimed.request_id)
        name = self.chance.choices(list(HABITS), list(HABITS.values()))[0]
        callback_at, to = None, None
        if name == "Call back":
            callback_at = datetime.now(UTC) + timedelta(seconds=self.chance.uniform(0.5, 8))
            to = self.chance.choice([None, self.chance.choice(self._colleagues)])
        result = Result(
            claimed.request_id, claimed.campaign_id, claimed.customer_id, claimed.person, claimed.entry_id,
            self._statuses[claimed.campaign_id, name], "Said.", callback_user_id=to, claimed_at=claimed.claimed_at,
            dialled_at=permit.at, rule=claimed.rule, reason=claimed.reason, callback_at=callback_at,
        )  # fmt: skip
        self._backend.execute(finish, result)

    def _rest(self) -> None:
        # The agent reads, talks and writes: a hold that lasts no time is disturbed by nobody.
        self._over.wait(self.chance.uniform(0, 0.1))


def main(url: str, seed: int, seconds: float, user_ids: list[int]) -> None:
    """All agents of this process, each on a thread."""
    over = Event()
    agents = [Agent(url, user_id, seed, over) for user_id in user_ids]
    with ThreadPoolExecutor(len(agents)) as pool:
        working = [pool.submit(agent.work) for agent in agents]
        wait(working, timeout=seconds, return_when=FIRST_EXCEPTION)
        over.set()
        for done in working:
            done.result()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), [int(each) for each in sys.argv[4:]])
