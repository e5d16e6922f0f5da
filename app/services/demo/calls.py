"""The calls of the demo's last weeks and of this morning, and where they left everybody in the queue.

PostgreSQL dates and signs every call of a log-in itself, so nobody makes up a past there: a company that somebody fills
by a log-in of his own begins without calls.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.db import logins
from app.models.base import table_of
from app.models.dialer import (
    CallAttempt,
    CallStatus,
    Campaign,
    CampaignForm,
    DeskSign,
    DeskSpan,
    PauseReason,
    PoolEntry,
    QueuedCall,
)
from app.models.people import User
from app.models.tickets import Reminder
from app.services.context import now
from app.services.demo.files import Files
from app.services.dialer.lanes import set_each

_STEP = timedelta(seconds=150)
"""Between two results of this morning, whoever gave them."""
_TURNS = (0, 1, 2, 0, 1, 0, 2, 1, 0, 2)
"""Who gave them, of those that called this morning: no two alike."""
_STORIES = 2
_MORNINGS = 3
_BEFORE, _LATELY = timedelta(days=24), timedelta(hours=14)
_TALKS = (95, 150, 60, 185, 120)
_ALIVE = timedelta(hours=1)
_CAPPED = (timedelta(minutes=370), timedelta(minutes=245), timedelta(minutes=122))


def may_tell_of_the_past(session: Session) -> bool:
    """Whether a call may be written down with the moment and the name that are given."""
    if not logins.keeps_logins(session):
        return True
    login = logins.session_login(session)
    return session.scalar(select(User.id).where(User.db_role == login)) is None


@dataclass(frozen=True, slots=True)
class _Entry:
    """Somebody in a pool."""

    id: int
    pool_id: int
    customer_id: int
    person: str


class Past:
    """What happened in a campaign before the demo is looked at."""

    def __init__(
        self, session: Session, facts: dict[str, Any], files: Files, campaign_id: int, agents: Sequence[int], me: int
    ) -> None:
        self._session = session
        self._facts = facts
        self._language = files.language
        self._campaign_id = campaign_id
        self._agents = list(agents) or [me]
        self._me = me
        self._now = now(session)
        self._zone = files.now.tzinfo
        asked = select(CallStatus).where(CallStatus.campaign_id == campaign_id)
        self._results = {status.code: status for status in session.scalars(asked)}
        self._lock: int = session.scalar(select(Campaign.lock_minutes).where(Campaign.id == campaign_id)) or 0
        self._form = session.scalar(select(CampaignForm.form_id).where(CampaignForm.campaign_id == campaign_id))
        self._rows: list[dict[str, Any]] = []

    def tell(self, own_pool: int, others: Sequence[int]) -> None:
        """Write the calls with these customers and with those of the person's own pool, and put everybody in place."""
        entries = self._entries()
        by_customer = {each.customer_id: each for each in entries}
        rest = [by_customer[each] for each in others if each in by_customer]
        stories, today = self._facts["stories"]["past"], self._facts["stories"]["today"]
        past, rest = rest[: _STORIES * len(stories)], rest[_STORIES * len(stories) :]
        morning, rest = rest[: _MORNINGS * len(today)], rest[_MORNINGS * len(today) :]
        for place, entry in enumerate(past):
            self._story(place, entry, stories[place % len(stories)])
        for place, entry in enumerate(morning):
            left = len(morning) - place
            self._add(entry, self._turn(place), today[place % len(today)], left * _STEP)
        for ago in _CAPPED:
            self._add(rest[0], self._agents[-1], "busy", ago)
        self._promises([each for each in entries if each.pool_id == own_pool])
        self._write()
        self._shift(rest[1:])

    def _entries(self) -> list[_Entry]:
        asked = select(PoolEntry.id, PoolEntry.pool_id, PoolEntry.customer_id, PoolEntry.person)
        asked = asked.where(PoolEntry.campaign_id == self._campaign_id, PoolEntry.person.is_not(None))
        rows: Any = self._session.execute(asked.order_by(PoolEntry.id))
        return [_Entry(*row) for row in rows]

    # --- Calls

    def _story(self, place: int, entry: _Entry, story: Sequence[str]) -> None:
        agent = self._agents[place % len(self._agents)]
        for number, each in enumerate(story):
            code, _space, days = each.partition(" ")
            day = (self._now.astimezone(self._zone) - timedelta(days=int(days))).date()
            minutes = 9 * 60 + (place * 37 + number * 113) % 480
            at = datetime.combine(day, time(minutes // 60, minutes % 60, place % 60), self._zone).astimezone(UTC)
            self._add(entry, agent, code, self._now - at)

    def _turn(self, place: int) -> int:
        return self._agents[_TURNS[place % len(_TURNS)] % len(self._agents)]

    def _promises(self, own: Sequence[_Entry]) -> None:
        """The person himself has spoken with three of his own: one waits for his call now, one is for later today."""
        self._add(own[0], self._me, "callback", timedelta(days=2), callback=self._now - timedelta(minutes=4))
        self._add(own[1], self._me, "callback", timedelta(days=1), callback=self._now + timedelta(hours=2))
        self._add(own[2], self._me, "interested", timedelta(days=6))

    def _add(self, entry: _Entry, user_id: int, code: str, ago: timedelta, *, callback: datetime | None = None) -> None:
        at, number = self._now - ago, len(self._rows)
        status = self._results.get(code)
        is_reached = status is not None and status.outcome != "no_contact"
        dialled = None if status is None else at - timedelta(seconds=60 + (_talk(number) if is_reached else 0))
        answered = dialled + timedelta(seconds=12) if dialled and is_reached else None
        if code == "callback":
            callback = callback or at + timedelta(days=2)
        self._rows.append(
            {
                "op_id": f"demo:{number}",
                "kind": "skip" if status is None else "call",
                "campaign_id": self._campaign_id,
                "pool_id": entry.pool_id,
                "entry_id": entry.id,
                "customer_id": entry.customer_id,
                "person": entry.person,
                "user_id": user_id,
                "status_id": None if status is None else status.id,
                "note": self._note(code, number),
                "answers": self._answers(code, number),
                "claimed_at": (dialled or at) - timedelta(seconds=20 + number % 30),
                "dialled_at": dialled,
                "answered_at": answered,
                "hung_up_at": at - timedelta(seconds=25) if answered else None,
                "finished_at": at,
                "callback_at": callback,
                "callback_user_id": user_id if callback else None,
                "rule": "IN_TURN",
                "was_held": False,
                "day_ends_at": self._midnight(at),
            }
        )

    def _note(self, code: str, number: int) -> str:
        offered = self._facts["notes"].get(code, {}).get(self._language, [""])
        return str(offered[number % len(offered)])

    def _answers(self, code: str, number: int) -> dict[str, Any]:
        if code not in ("success", "interested"):
            return {}
        kinds = self._facts["form"]["fields"][0]["choices"][self._language]
        given = {"kind": kinds[number % len(kinds)], "age": 2 + number % 9, "morning": number % 2 == 0}
        return {f"{self._form}.{key}": answer for key, answer in given.items()}

    def _midnight(self, at: datetime) -> datetime:
        day = at.astimezone(self._zone).date() + timedelta(days=1)
        return datetime.combine(day, time(), self._zone).astimezone(UTC)

    # --- What they left

    def _write(self) -> None:
        self._rows.sort(key=lambda row: row["finished_at"])
        self._session.execute(insert(table_of(CallAttempt)), self._rows)
        early = self._now - _LATELY
        of_entry: dict[int, list[dict[str, Any]]] = {}
        for row in self._rows:
            of_entry.setdefault(row["entry_id"], []).append(row)
        set_each(self._session, table_of(QueuedCall), [self._place(key, rows) for key, rows in of_entry.items()])
        # Those with a past came weeks ago, those of this morning the evening before.
        added = [
            {"key": key, "new_added_at": self._now - (_LATELY if rows[0]["finished_at"] > early else _BEFORE)}
            for key, rows in of_entry.items()
        ]
        for table in (PoolEntry, QueuedCall):
            set_each(self._session, table_of(table), added)
        kept = [row for rows in of_entry.values() for row in rows[:-1] if row["callback_at"]]
        # Of the call that is due he was reminded already, so that no reminder stands before what one came to see.
        due = [
            row
            for rows in of_entry.values()
            for row in rows[-1:]
            if row["callback_at"] and row["callback_at"] < self._now
        ]
        for row in (*kept, *due):
            mine = (Reminder.entry_id == row["entry_id"], Reminder.at == row["callback_at"])
            self._session.execute(update(Reminder).where(*mine).values(done_at=row["callback_at"]))

    def _place(self, entry_id: int, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Where calls leave their customer, by the rules of the campaign."""
        last, calls = rows[-1], [row for row in rows if row["kind"] == "call"]
        by_id = {each.id: each for each in self._results.values()}
        status = by_id[calls[-1]["status_id"]] if calls else None
        same = 0
        for row in reversed(calls):
            if status is None or row["status_id"] != status.id:
                break
            same += 1
        rest = max(self._lock, status.recycle_minutes) if status and last["kind"] == "call" else 30
        due = last["callback_at"] or last["finished_at"] + timedelta(minutes=rest)
        state, blocked = ("waiting" if due > self._now else "callback" if last["callback_at"] else "ready"), None
        if status is not None and status.is_final:
            state, blocked = "done", "FINAL"
        elif status is not None and status.max_tries and same >= status.max_tries:
            state, blocked = "done", "TRIES"
        return {
            "key": entry_id,
            "new_state": state,
            "new_blocked": blocked,
            "new_has_status": bool(calls),
            "new_status_id": status.id if status else None,
            "new_tried_at": last["finished_at"],
            "new_due_at": due,
            "new_is_callback": last["callback_at"] is not None,
            "new_callback_user_id": last["callback_user_id"],
            "new_tries": len(calls),
            "new_status_tries": same,
        }

    # --- The desks

    def _shift(self, waiting: Sequence[_Entry]) -> None:
        """What the desks did this morning, and what they do now."""
        since = self._now - _MORNINGS * len(self._facts["stories"]["today"]) * _STEP - timedelta(minutes=6)
        spans: list[dict[str, Any]] = []
        for agent in self._agents[: max(_TURNS) + 1]:
            spans += self._day(agent, [row for row in self._rows if row["user_id"] == agent], since)
        lunch = self._session.scalar(select(PauseReason.id).where(PauseReason.code == "lunch"))
        doing = (("talking", 100, None), ("writing", 25, None), ("waiting", 15, None), ("paused", 1080, lunch))
        for agent, (state, seconds, reason), entry in zip(self._agents, doing, waiting, strict=False):
            customer = entry.customer_id if state in ("talking", "writing") else None
            start = self._now - timedelta(seconds=seconds)
            spans.append(self._span(agent, state, start, None, customer) | {"pause_reason_id": reason})
        self._session.execute(insert(table_of(DeskSpan)), spans)
        # Nobody sits at these desks; for the time one looks around they seem to be at work.
        signs = [{"user_id": each["user_id"], "seen_at": self._now + _ALIVE} for each in spans if not each["ended_at"]]
        self._session.execute(insert(table_of(DeskSign)), signs)

    def _day(self, agent: int, rows: Iterable[dict[str, Any]], since: datetime) -> list[dict[str, Any]]:
        spans, free = [], since
        for row in rows:
            if row["finished_at"] <= since or row["claimed_at"] < free:
                continue
            edges = [
                ("waiting", free),
                ("reading", row["claimed_at"]),
                ("dialling", row["dialled_at"]),
                ("talking", row["answered_at"]),
                ("writing", row["hung_up_at"]),
            ]
            known = [(state, at) for state, at in edges if at is not None]
            free = row["finished_at"]
            for (state, at), end in zip(known, [*(at for _state, at in known[1:]), free], strict=True):
                customer = None if state == "waiting" else row["customer_id"]
                spans.append(self._span(agent, state, at, end, customer))
        return spans

    def _span(
        self, agent: int, state: str, start: datetime, end: datetime | None, customer: int | None
    ) -> dict[str, Any]:
        return {
            "user_id": agent,
            "campaign_id": self._campaign_id,
            "state": state,
            "pause_reason_id": None,
            "customer_id": customer,
            "started_at": start,
            "ended_at": end,
        }


def _talk(number: int) -> int:
    return _TALKS[number % len(_TALKS)]
