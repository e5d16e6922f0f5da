"""One simulated dial desk: its own connection, its own thread, and sometimes a sudden death."""

import random
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import UserError
from app.services.dialer.attempts import Result, finish, skip
from app.services.dialer.claiming import Claimed, beat, next_customer


@dataclass(slots=True)
class Hold:
    """One person at one desk, by this computer's clock: asked, got, given back, known to be given back."""

    agent: int
    person: str
    request_id: str
    asked: float
    got: float
    let_go: float = float("inf")
    is_free: float = float("inf")


@dataclass(slots=True)
class Log:
    """What all desks saw; appending to a list is safe from every thread."""

    holds: list[Hold] = field(default_factory=list)
    empty: list[tuple[int, float, float]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    deaths: dict[str, float] = field(default_factory=dict)


class _Cut(Exception):
    """The desk is gone in the middle of what it did."""


class Desk:
    """An agent of the simulation in one campaign; `dies` says how often of a hundred contacts he is cut off."""

    def __init__(self, url: str, agent_id: int, campaign_id: int, status_id: int, log: Log, *, dies: int) -> None:
        self._url = url
        self._agent_id = agent_id
        self._campaign_id = campaign_id
        self._status_id = status_id
        self._log = log
        self._dies = dies
        self._chance = random.Random(agent_id)
        self._database = Database(url)
        self._is_fresh = False

    def sit_down(self) -> None:
        """Begin the day: log in, take somebody and give him back at once."""
        claimed = self._backend().execute(next_customer, self._campaign_id)
        if claimed is not None:
            self._backend().execute(skip, claimed)

    def close(self) -> None:
        """Give the connection back."""
        self._database.close()

    def contact(self, hold_seconds: float, lease: float, *, skips: bool) -> float:
        """Take the next customer, keep him so long with signs of life, and finish; gives the seconds `next` took."""
        if self._dies > self._chance.random() * 100:
            self._die(hold_seconds)
            return 0.0
        asked = time.time()
        started = time.perf_counter()
        claimed = self._backend().execute(next_customer, self._campaign_id)
        # After a death the first one opens a connection anew; the others show what an agent waits for.
        took = 0.0 if self._is_fresh else time.perf_counter() - started
        self._is_fresh = False
        if claimed is None:
            self._log.empty.append((self._campaign_id, asked, time.time()))
            return took
        hold = Hold(self._agent_id, claimed.person, claimed.request_id, asked, time.time())
        self._log.holds.append(hold)
        self._keep(claimed, hold_seconds, lease)
        hold.let_go = time.time()
        if skips or self._chance.random() < 0.2:
            self._backend().execute(skip, claimed)
        else:
            self._backend().execute(finish, self._result(claimed))
        hold.is_free = time.time()
        return took

    def _backend(self) -> Backend:
        return Backend(self._database, actor=self._agent_id)

    def _keep(self, claimed: Claimed, seconds: float, lease: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > lease / 3:
            time.sleep(lease / 3)
            self._backend().execute(beat, claimed.request_id)
        time.sleep(max(left, 0))

    def _result(self, claimed: Claimed) -> Result:
        return Result(
            claimed.request_id, claimed.campaign_id, claimed.customer_id, claimed.person, claimed.entry_id,
            self._status_id, "No answer.", claimed_at=claimed.claimed_at, rule=claimed.rule, reason=claimed.reason,
        )  # fmt: skip

    def _die(self, hold_seconds: float) -> None:
        """Be cut off while asking for a customer, while finishing with him, or in between; then start anew."""
        request_id = str(uuid4())
        asked = time.time()
        where = self._chance.randrange(3)
        claimed: Claimed | None = None
        hold: Hold | None = None
        with suppress(_Cut, UserError, DBAPIError):
            claimed = self._cut_off(lambda s: next_customer(s, self._campaign_id), request_id, cuts=where == 0)
            if claimed is not None:
                hold = Hold(self._agent_id, claimed.person, request_id, asked, time.time())
                self._log.holds.append(hold)
                time.sleep(hold_seconds / 10)
                last = claimed
                if where == 1:
                    self._cut_off(lambda s: finish(s, self._result(last)), str(uuid4()), cuts=True)
        if hold is not None:
            hold.let_go = time.time()
        self._log.deaths[request_id] = time.time()
        self._database.close()
        self._database = Database(self._url)
        self._is_fresh = True

    def _cut_off(self, act: Callable[[Session], Any], op_id: str, *, cuts: bool) -> Any:
        """Do something as the program does, but with nobody left to try again when the line is cut."""
        info = {"actor": self._agent_id, "clock": None, "op_id": op_id}
        with self._database.calling(**info) as session:
            if not cuts:
                return act(session)
            if self._database.is_sqlite:
                act(session)
                raise _Cut
            driver: Any = session.connection().connection.driver_connection
            line = socket.fromfd(driver.fileno(), socket.AF_INET, socket.SOCK_STREAM)
            timer = threading.Timer(self._chance.random() * 0.002, _cut, (line,))
            timer.start()
            try:
                act(session)
            finally:
                timer.join()
                line.close()
            raise _Cut


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
