"""People at work under their own log-ins while their lines are cut again and again; each keeps a history of it."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Semaphore
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import DatabaseUnavailable, Refused, UserError
from app.models.dialer import Campaign
from app.services.context import writes
from app.services.dialer import attempts, claiming, consents, windows, wishes
from app.services.planner import placing
from app.services.tickets import advancing, notes, tasks
from tests.kit.dial_factory import ALWAYS
from tests.kit.factory import at
from tests.kit.history_check import NOTHING, Ban, Dial, History, Recorder
from tests.kit.proxy import Proxy
from tests.kit.whole_office import AGENTS, TECHNICIANS, Names


@writes
def _keep_hours(session: Session, campaign_id: int, *, is_open: bool) -> bool:
    """The campaign calls at any hour, or at none."""
    campaign = session.get_one(Campaign, campaign_id)
    campaign.hours = dict(ALWAYS) if is_open else {"days": {}, "eve": [], "holiday": []}
    session.flush()
    windows.lay_out(session, campaign_id)
    return is_open


PEOPLE = ("Boss", "Boss", *AGENTS)
_PATIENCE = 50


class Person:
    """Somebody at his desk: whatever answer is lost, he asks again by the same key until he knows."""

    def __init__(self, name: str, url: str, names: Names, seed: int, done: Semaphore) -> None:
        self.name, self.names, self.recorder = name, names, Recorder(f"{name} {seed}")
        self.chance = random.Random(seed)
        self.dials, self.bans = list[Dial](), list[Ban]()
        # One changes the rules: of two, one would end what the other takes for forbidden.
        self._rules = seed % 100 == 0
        self._wishes, self._withdrawn = list[tuple[int, Ban]](), list[Ban]()
        self._database, self._done = Database(url), done
        self._backend = Backend(self._database, actor=names.users[name])

    def work(self, acts: int) -> None:
        """So many acts, whatever comes of them."""
        planner = (
            self.book,
            self.move,
            self.sell,
            self.note,
            self.book,
            self.move,
            self.wish,
            self.withdraw,
            self.shut,
        )
        agent = (self.call, self.hand_over, self.note, self.sell)
        with closing(self._database):
            for _act in range(acts):
                self.chance.choice(planner if self.name == "Boss" else agent)()
                self._done.release()

    def ask(self, action: str, service: Callable[..., Any], *arguments: Any, value: Any = None, **named: Any) -> Any:
        """The answer, or None where it was refused."""
        key = str(uuid4())
        for _attempt in range(_PATIENCE):
            try:
                with self.recorder.asking(action, key, value) as asked:
                    answer = self._backend.once(key).execute(service, *arguments, **named)
                    asked.answer = NOTHING if answer is None else value
                    return answer
            except DatabaseUnavailable:
                continue
            except UserError:
                return None
        raise AssertionError(f"{self.name} never learned what became of {action}")

    def _seen(self, question: str) -> list[tuple[Any, ...]]:
        """What stands on his screen."""
        for _attempt in range(_PATIENCE):
            try:
                with self._database.reading(**self._backend.info()) as session:
                    return [tuple(row) for row in session.connection().exec_driver_sql(question)]
            except DatabaseUnavailable:
                continue
        raise AssertionError(f"{self.name} never saw his screen")

    def call(self) -> None:
        """The next customer, and what came of it."""
        claimed = self.ask("claim", claiming.next_customer, self.names.campaign)
        if claimed is None:
            return
        permit = self._let(claiming.dial, claimed.request_id)
        if permit is None:
            self._let(attempts.skip, claimed)
            return
        self.dials.append(Dial(permit.at, claimed.person, claimed.campaign_id, claimed.request_id))
        result = attempts.Result(
            claimed.request_id, claimed.campaign_id, claimed.customer_id, claimed.person, claimed.entry_id,
            self.names.results[self.chance.choice(("No answer", "Reached", "Interested"))], "Said.",
            claimed_at=claimed.claimed_at, dialled_at=permit.at, rule=claimed.rule,
        )  # fmt: skip
        self.ask("finish", attempts.finish, result)

    # --- Rules that change under those who dial

    def wish(self) -> None:
        """Somebody does not want to be called; with three who do not, the first changes his mind."""
        if len(self._wishes) > 2:
            wish_id, ban = self._wishes.pop(0)
            ban.until = self._clock()
            self._let(wishes.lift, wish_id, "changed his mind")
        person = self._somebody()
        if (wish_id := self._let(wishes.add, person, reason="asked")) is not None:
            self._wishes.append((wish_id, self._banned(person)))

    def withdraw(self) -> None:
        """Somebody takes his consent back; who did before gives it again."""
        if self._withdrawn:
            ban = self._withdrawn.pop()
            ban.until = self._clock()
            assert ban.person is not None
            later = ban.until + timedelta(days=365)
            self._let(consents.give, ban.person, source="asked", expires_at=later)
        person = self._somebody()
        rows = self._seen(f"SELECT id FROM consents WHERE person = '{person}' AND withdrawn_at IS NULL")
        is_gone = [self._withdraw(consent_id) for (consent_id,) in rows]
        if is_gone and all(is_gone):
            self._withdrawn.append(self._banned(person))

    def _withdraw(self, consent_id: int) -> bool:
        try:
            self._surely(consents.withdraw, consent_id)
        except Refused as refusal:
            return refusal.code == "WITHDRAWN"  # by himself, whose answer was lost, or by a colleague
        return True

    def shut(self) -> None:
        """The campaign's hours are over for the time of a note."""
        self._surely(_keep_hours, self.names.campaign, is_open=False)
        ban = self._banned(None)
        self.note()
        ban.until = self._clock()
        self._surely(_keep_hours, self.names.campaign, is_open=True)

    def _banned(self, person: str | None) -> Ban:
        self.bans.append(Ban(self._clock(), person, None if person else self.names.campaign))
        return self.bans[-1]

    def _somebody(self) -> str:
        return f"+9725020{self.chance.randint(1, 40):05d}"

    def _clock(self) -> datetime:
        moment: datetime = self._seen("SELECT clock_timestamp()")[0][0]
        return moment.astimezone(UTC)

    def _let(self, service: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """The answer to something nobody keeps a history of, or None where it was refused."""
        try:
            return self._surely(service, *arguments, **named)
        except UserError:
            return None

    def _surely(self, service: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        key = str(uuid4())
        for _attempt in range(_PATIENCE):
            try:
                return self._backend.once(key).execute(service, *arguments, **named)
            except DatabaseUnavailable:
                continue
        raise AssertionError(f"{self.name} never learned what became of {service.__name__}")

    # --- Everything else

    def note(self) -> None:
        """A note on a customer."""
        text = f"{self.name}: {uuid4()}"
        self.ask("note", notes.write, text, value=text, customer_id=self.chance.randint(1, 5))

    def sell(self) -> None:
        """A task that the machine gives to somebody."""
        title = f"Sale {uuid4()}"
        new = tasks.NewTask(title, customer_id=self.chance.randint(1, 5), stage_id=self.names.stages["Intake"])
        self.ask("sell", tasks.create, new, value=title)

    def hand_over(self) -> None:
        """A task into other hands, as it stood when he looked."""
        rows = self._seen(
            "SELECT id, version FROM tasks WHERE stage_id IS NOT NULL AND closed_at IS NULL ORDER BY id DESC LIMIT 4"
        )
        if not rows:
            return
        task_id, version = self.chance.choice(rows)
        change = advancing.Update(user_id=self.names.users[self.chance.choice(AGENTS)])
        if self.chance.random() < 0.5:
            change = advancing.Update(self.names.stages[self.chance.choice(("Quote", "Visit"))], is_automatic=True)
        seen = {"row": f"tasks:{task_id}", "seen": version}
        self.ask("edit", advancing.advance, task_id, version, change, value=seen)

    def book(self) -> None:
        """A call onto the plan, anywhere."""
        rows = self._seen("SELECT id, version FROM tasks WHERE group_id IS NOT NULL AND closed_at IS NULL")
        if rows:
            task_id, version = self.chance.choice(rows)
            self.ask("book", placing.schedule, task_id, version, *self._place())

    def move(self) -> None:
        """A visit elsewhere, or off the plan."""
        rows = self._seen("SELECT id, version FROM visits WHERE is_active")
        if not rows:
            return
        visit_id, version = self.chance.choice(rows)
        if self.chance.random() < 0.3:
            self.ask("unschedule", placing.unschedule, visit_id, version)
        else:
            self.ask("move", placing.move, visit_id, version, *self._place())

    def _place(self) -> tuple[int, Any]:
        technician = self.names.users[self.chance.choice(TECHNICIANS)]
        return technician, at(8 + self.chance.randrange(20) / 2, self.chance.randrange(2))


@dataclass(frozen=True)
class Told:
    """What came of a storm: the history, how often lines were cut, who was dialled, what was forbidden meanwhile."""

    history: History
    cuts: int
    dials: list[Dial]
    bans: list[Ban]


def storm(proxy: Proxy, urls: Sequence[tuple[str, str]], names: Names, *, acts: int, seed: int) -> Told:
    """Let all work over the cable, which is cut after every few acts."""
    done, chance, cuts = Semaphore(0), random.Random(seed), 0
    people = [Person(name, url, names, seed * 100 + place, done) for place, (name, url) in enumerate(urls)]
    with ThreadPoolExecutor(len(people)) as pool:
        working = [pool.submit(person.work, acts) for person in people]
        while not all(each.done() for each in working):
            if not done.acquire(timeout=0.2) or chance.random() < 0.7:
                continue
            if chance.random() < 0.3:
                proxy.cut_all()
            else:
                proxy.cut(at=chance.randint(1, 40), before=chance.random() < 0.5)
            cuts += 1
        for each in working:
            each.result()
    proxy.disarm()
    history = History.of(*(person.recorder.events for person in people))
    dials, bans = [each for person in people for each in person.dials], [x for person in people for x in person.bans]
    return Told(history, cuts, dials, bans)
