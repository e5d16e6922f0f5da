"""One desktop of the simulated office: a person's own log-in, his work at a person's pace, and the feed beside it."""

import random
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from app.backend import Backend
from app.bus import Bus, RowsChanged
from app.cli.simulate.desk import Hold
from app.cli.simulate.office_setting import DAYS, Seat, Setting
from app.db.database import Database
from app.db.feed import Feed
from app.domain.errors import Conflict, NotFound, Refused, UserError
from app.domain.tickets.order import TicketFilter
from app.services.customers import card as customer_card
from app.services.customers import listing as customers
from app.services.dialer.attempts import Result, finish
from app.services.dialer.card import dial_card
from app.services.dialer.claiming import Claimed, next_customer
from app.services.planner.board import board
from app.services.planner.placing import move, new_appointment
from app.services.planner.rows import VisitRow
from app.services.planner.waiting import waiting
from app.services.tickets import card as ticket_card
from app.services.tickets import listing as tickets
from app.services.tickets import task_list
from app.services.tickets.advancing import Update, advance
from app.services.tickets.notes import write

__all__ = ["LISTENS", "Desktop", "Done", "Record", "work_together"]

LISTENS = 3.0
"""Seconds each desktop goes on listening after its last action."""
_READY_WITHIN = 300.0


@dataclass(frozen=True, slots=True)
class Done:
    """One action: when, how long, and the row it added if it added one that others see."""

    action: str
    at: float
    took: float
    table: str = ""
    row_id: int = 0
    is_refused: bool = False


@dataclass(slots=True)
class Record:
    """What one desktop did and heard, by the clock all processes of this computer share."""

    number: int
    user_id: int
    done: list[Done] = field(default_factory=list)
    heard: list[tuple[str, frozenset[int] | None, float]] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


class Desktop:
    """Logs in by itself; everything it does goes the way the program's own windows go."""

    def __init__(self, setting: Setting, seat: Seat) -> None:
        self._setting, self._seat = setting, seat
        self._chance = random.Random(seat.number)
        self._bus = Bus()
        self._database = Database(seat.url)
        self._backend = Backend(self._database, self._bus, actor=seat.user_id)
        self._feed = Feed(self._database, self._bus)
        self._visits: list[VisitRow] = []
        self._tasks: list[tuple[int, int, int]] = []
        self._claimed: Claimed | None = None
        self.record = Record(seat.number, seat.user_id)

    def sit_down(self) -> None:
        """Log in and do everything once, as in the morning: connections and plans are made once a day."""
        for act in dict.fromkeys(self._acts()):
            self._act(act)
            if self._claimed is not None:
                self._act(self._finish)
        # The clock does not run yet; only whom he had is of use afterwards, and what went wrong.
        self.record.done.clear()
        self._bus.subscribe(RowsChanged, self._hear)
        self._feed.start()

    def close(self) -> None:
        """Go home."""
        self._feed.stop()
        self._database.close()

    def work(self, until: float, pace: float) -> None:
        """Do one thing after the other until then, with a person's pauses."""
        due = time.monotonic() + self._chance.random() * pace
        while due < until:
            time.sleep(max(due - time.monotonic(), 0))
            self._act(self._next())
            due = max(due + pace * (0.5 + self._chance.random()), time.monotonic())

    def _hear(self, event: RowsChanged) -> None:
        self.record.heard.append((event.table, event.ids, time.monotonic()))

    def _next(self) -> Callable[[], Done]:
        if self._claimed is not None:
            return self._finish
        return self._chance.choice(self._acts())

    def _acts(self) -> Sequence[Callable[[], Done]]:
        if self._seat.kind == "agent":
            return (self._claim, self._claim, self._claim, self._find_customer, self._read_customer, self._note)
        if self._seat.kind == "planner":
            return (self._book, self._book, self._move, self._move, self._search_tickets, self._show_board, self._wait)
        return (self._hand_over, self._hand_over, self._note, self._list_tasks, self._read_ticket, self._search_tickets)

    def _act(self, act: Callable[[], Done]) -> None:
        try:
            self.record.done.append(act())
        except (UserError, SQLAlchemyError, psycopg.Error, LookupError, ValueError, TypeError) as error:
            # A finding; the others go on.
            self.record.failures.append(f"{act.__name__}: {type(error).__name__}: {error}")

    def _timed(self, action: str, do: Callable[[], tuple[str, int]]) -> Done:
        started = time.monotonic()
        try:
            table, row_id = do()
        except (Refused, Conflict, NotFound):
            return Done(action, started, time.monotonic() - started, is_refused=True)
        return Done(action, started, time.monotonic() - started, table, row_id)

    # --- At the telephone

    def _claim(self) -> Done:
        asked = time.time()
        done = self._timed("claim", self._take)
        if self._claimed is not None:
            hold = Hold(self._seat.user_id, self._claimed.person, self._claimed.request_id, asked, time.time())
            self.record.holds.append(hold)
        return done

    def _take(self) -> tuple[str, int]:
        self._claimed = self._backend.execute(next_customer, self._setting.campaign_id)
        return "", 0

    def _finish(self) -> Done:
        claimed, self._claimed = self._claimed, None
        assert claimed is not None
        looked = self._timed("dial card", lambda: self._read(dial_card, claimed.customer_id, claimed.campaign_id))
        self.record.done.append(looked)
        result = Result(
            claimed.request_id, claimed.campaign_id, claimed.customer_id, claimed.person, claimed.entry_id,
            self._setting.status_id, "No answer.", claimed_at=claimed.claimed_at, rule=claimed.rule,
            reason=claimed.reason,
        )  # fmt: skip
        hold = self.record.holds[-1]
        hold.let_go = time.time()
        done = self._timed("result", lambda: self._read(finish, result))
        hold.is_free = time.time()
        return done

    def _read(self, service: Callable[..., object], *args: object) -> tuple[str, int]:
        self._backend.execute(service, *args)
        return "", 0

    def _some_customer(self) -> int:
        return self._chance.randint(1, self._setting.customers)

    def _find_customer(self) -> Done:
        typed = f"customer {self._some_customer()}"
        return self._timed("find customer", lambda: self._read(customers.find, typed))

    def _read_customer(self) -> Done:
        return self._timed("customer card", lambda: self._read(customer_card.load, self._some_customer()))

    # --- On the planner

    def _read_board(self) -> None:
        start = self._setting.morning + timedelta(days=self._chance.randrange(DAYS))
        found = self._backend.execute(board, {self._setting.group_id}, start, start + timedelta(hours=12))
        self._visits = list(found.visits)

    def _show_board(self) -> Done:
        def show() -> tuple[str, int]:
            self._read_board()
            return "", 0

        return self._timed("board", show)

    def _place(self) -> tuple[int, datetime]:
        day = timedelta(days=self._chance.randrange(DAYS), minutes=30 * self._chance.randrange(22))
        return self._chance.choice(self._setting.technician_ids), self._setting.morning + day

    def _book(self) -> Done:
        technician, start = self._place()

        def book() -> tuple[str, int]:
            end = start + timedelta(minutes=30)
            placed = self._backend.execute(new_appointment, technician, start, end, f"Desk {self._seat.number}")
            self._visits.append(placed.visit)
            return "visits", placed.visit.id

        return self._timed("book", book)

    def _move(self) -> Done:
        if not self._visits:
            return self._show_board()
        seen = self._visits.pop(self._chance.randrange(len(self._visits)))
        technician, start = self._place()

        def shift() -> tuple[str, int]:
            self._visits.append(self._backend.execute(move, seen.id, seen.version, technician, start).visit)
            return "", 0

        return self._timed("move", shift)

    def _wait(self) -> Done:
        return self._timed("waiting calls", lambda: self._read(waiting))

    # --- With tasks and tickets

    def _search_tickets(self) -> Done:
        asked = TicketFilter(text=f"leaks {self._chance.randrange(10, 99)}")
        return self._timed("search tickets", lambda: self._read(tickets.page, asked))

    def _list_tasks(self) -> Done:
        def read() -> tuple[str, int]:
            page = self._backend.execute(task_list.page)
            self._tasks = [(row.id, row.version, row.stage_id or 0) for row in page.rows]
            return "", 0

        return self._timed("my tasks", read)

    def _hand_over(self) -> Done:
        if not self._tasks:
            return self._list_tasks()
        task_id, version, stage_id = self._tasks.pop(self._chance.randrange(len(self._tasks)))
        first, second = self._setting.stage_ids
        change = Update(stage_id=second if stage_id == first else first, is_automatic=True)
        return self._timed("hand over", lambda: self._read(advance, task_id, version, change))

    def _read_ticket(self) -> Done:
        ticket = self._chance.randint(1, self._setting.tickets)
        return self._timed("ticket card", lambda: self._read(ticket_card.load, ticket))

    def _note(self) -> Done:
        text, customer = f"Desk {self._seat.number} was here.", self._some_customer()
        return self._timed("note", lambda: ("notes", self._backend.execute(write, text, customer_id=customer)))


def work_together(
    setting: Setting, seats: Sequence[Seat], ready: threading.Barrier, seconds: float, pace: float
) -> list[Record]:
    """These desktops in this process, each with threads of its own; they begin when those of all processes can."""
    desktops = [Desktop(setting, seat) for seat in seats]
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(Desktop.sit_down, desktops))
        # Each desktop is a computer of its own; here they share an interpreter and must not wait for each other's turn.
        sys.setswitchinterval(0.0005)
        ready.wait(_READY_WITHIN)
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=each.work, args=(until, pace)) for each in desktops]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # What was written last is still on its way to the others.
        time.sleep(LISTENS)
    finally:
        for each in desktops:
            each.close()
    return [each.record for each in desktops]
