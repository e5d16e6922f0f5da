"""A machine that works in two offices at once, one on each engine, and stops where they do not show the same.

Hypothesis chooses the steps: import, claim, dial, finish, drop on the planner, move, hand over, note, time that passes;
each may be done well, by a client that dies before its commit, or by one that loses the answer, starts anew and asks
again with the same key.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from app.domain.imports.columns import guess
from app.domain.imports.fields import Kind
from app.services.context import writes
from app.services.dialer import attempts, claiming
from app.services.imports.report import Report
from app.services.imports.run import run_import
from app.services.imports.sheets import Sheet, open_sheet
from app.services.planner import placing
from app.services.tickets import advancing, notes, tasks
from tests.kit import history_check
from tests.kit.clock import Clock
from tests.kit.factory import at
from tests.kit.sides import Arguments, Outcome, Side, differences
from tests.kit.whole_office import AGENTS, TECHNICIANS

FATES = st.sampled_from(("well",) * 8 + ("dies", "answer lost"))
AGENT = st.sampled_from(AGENTS)
TECHNICIAN = st.sampled_from(TECHNICIANS)
PLACE = st.integers(0, 11)
QUARTER = st.integers(0, 43)
DAY = st.integers(0, 1)
SEEN = st.sampled_from((0, 0, 0, 0, 0, 1))
"""How many versions ago somebody looked."""
RESULT = st.sampled_from(("No answer", "Reached", "Call back", "Interested", "Do not call"))
WORDS = st.sampled_from(("", "Rings twice.", "«דוד» wants 100 %_\\ of it; '--", "=1+1", "\u202etxt.exe", "{customer}"))
STAGE = st.sampled_from((None, "Quote", "Visit", "Gift", "Done"))
WAIT = st.sampled_from((1, 20, 46, 11 * 60, 61 * 60))
"""Seconds: within a lease of 45, past it, past the lock of ten minutes, past an hour's recycling."""


Pair = tuple[tuple[Side, Side], Clock]
Pairs = Callable[[], Pair]
"""Makes a new pair of equal offices; the one before is over then."""


class OfficeMachine(RuleBasedStateMachine):
    """Does the same on both sides; what they answer and what they show must be equal after every step."""

    def __init__(self, sides: Sequence[Side], clock: Clock, sheets: Path, count: Callable[[str], None]) -> None:
        super().__init__()
        self.sides, self.clock, self._sheets, self._count = tuple(sides), clock, sheets, count
        self._requests, self._is_touched = 0, True
        self.held: list[tuple[str, str, dict[int, Any]]] = []
        self.titles = [name for name in self._known("tasks") if name.startswith("Call ")]
        self.sold: list[str] = []

    def teardown(self) -> None:
        """Leave the offices."""
        for side in self.sides:
            side.end()

    # --- What is done

    @rule(agent=AGENT, fate=FATES)
    def claim(self, agent: str, fate: str) -> None:
        """Ask for the next customer."""
        self._claim(agent, fate, claiming.next_customer, lambda side: (side.names.campaign,))

    @rule(agent=AGENT, place=PLACE, fate=FATES)
    def claim_one(self, agent: str, place: int, fate: str) -> None:
        """Ask for this customer."""
        name = f"Customer {place + 1}" if place < 6 else f"Read {place - 2}"
        self._claim(
            agent, fate, claiming.claim_customer, lambda side: (side.names.campaign, side.id_of("customers", name))
        )

    def _claim(self, agent: str, fate: str, service: Callable[..., Any], arguments: Arguments) -> None:
        key, outcome = self._both("claim", agent, fate, service, arguments)
        if outcome[0] == "done" and outcome[1] is not None:
            self.held.append((agent, key, {place: self._again(place, agent, key) for place in range(2)}))
            self.held = self.held[-6:]

    def _again(self, place: int, agent: str, key: str) -> claiming.Claimed:
        side = self.sides[place]
        claimed = side.backends[agent].once(key).execute(claiming.next_customer, side.names.campaign)
        assert claimed is not None
        return claimed

    @precondition(lambda self: self.held)
    @rule(which=PLACE, fate=FATES, does=st.sampled_from(("beat", "dial", "skip", "let go")))
    def hold(self, which: int, fate: str, does: str) -> None:
        """Keep, dial or give back a customer who is (or was) mine."""
        agent, key, claimed = self.held[which % len(self.held)]
        if does == "skip":
            self._both(does, agent, fate, attempts.skip, lambda side: (claimed[self.sides.index(side)],))
            return
        keep: dict[str, Callable[..., Any]]
        keep = {"beat": claiming.beat, "dial": claiming.dial, "let go": attempts.let_go}
        self._both(does, agent, fate, keep[does], lambda _side: (key,))

    @precondition(lambda self: self.held)
    @rule(which=PLACE, result=RESULT, note=WORDS, fate=FATES, mine=st.booleans())
    def finish(self, which: int, result: str, note: str, fate: str, *, mine: bool) -> None:
        """Write down what came of a call."""
        agent, key, both = self.held[which % len(self.held)]
        callback_at = self.clock() + timedelta(minutes=30) if result == "Call back" else None

        def arguments(side: Side) -> tuple[attempts.Result]:
            held = both[self.sides.index(side)]
            user_id = side.names.users[agent] if callback_at and mine else None
            return (
                attempts.Result(
                    key, held.campaign_id, held.customer_id, held.person, held.entry_id, side.names.results[result],
                    note, callback_at=callback_at, callback_user_id=user_id, claimed_at=held.claimed_at, rule=held.rule,
                ),
            )  # fmt: skip

        self._both("finish", agent, fate, attempts.finish, arguments)

    @rule(place=PLACE, technician=TECHNICIAN, quarter=QUARTER, day=DAY, seen=SEEN, fate=FATES)
    def drop(self, place: int, technician: str, quarter: int, day: int, seen: int, fate: str) -> None:
        """Drop a call on the planner."""
        title, start = self.titles[place % len(self.titles)], at(7.5 + quarter / 4, day)

        def arguments(side: Side) -> tuple[Any, ...]:
            task = side.id_of("tasks", title)
            return task, side.version_of("tasks", task) - seen, side.names.users[technician], start

        self._both("drop", "Boss", fate, placing.schedule, arguments)

    @rule(place=PLACE, technician=TECHNICIAN, quarter=QUARTER, day=DAY, seen=SEEN, fate=FATES)
    def move(self, place: int, technician: str, quarter: int, day: int, seen: int, fate: str) -> None:
        """Drag a visit elsewhere."""
        start = at(7.5 + quarter / 4, day)
        self._on_visit("move", placing.move, place, seen, fate, lambda side: (side.names.users[technician], start))

    @rule(place=PLACE, seen=SEEN, fate=FATES)
    def unschedule(self, place: int, seen: int, fate: str) -> None:
        """Take a visit off the plan."""
        self._on_visit("unschedule", placing.unschedule, place, seen, fate, lambda _side: ())

    def _on_visit(
        self, name: str, service: Callable[..., Any], place: int, seen: int, fate: str, rest: Arguments
    ) -> None:
        title = self.titles[place % len(self.titles)]

        def arguments(side: Side) -> tuple[Any, ...]:
            visit = side.id_of("visits", title)
            return (visit, side.version_of("visits", visit) - seen, *rest(side))

        self._both(name, "Boss", fate, service, arguments)

    @rule(agent=AGENT, place=PLACE, fate=FATES)
    def sell(self, agent: str, place: int, fate: str) -> None:
        """Open a task of the process for a customer; the machine finds who gets it."""
        title, name = f"Sale {len(self.sold) + 1}", f"Customer {place % 6 + 1}"

        def arguments(side: Side) -> tuple[tasks.NewTask, ...]:
            return (
                tasks.NewTask(title, customer_id=side.id_of("customers", name), stage_id=side.names.stages["Intake"]),
            )

        _key, outcome = self._both("sell", agent, fate, tasks.create, arguments)
        if outcome[0] == "done":
            self.sold.append(title)

    @precondition(lambda self: self.sold)
    @rule(
        which=st.integers(0, 40), stage=STAGE, to=st.sampled_from((None, *AGENTS)), note=WORDS, seen=SEEN, fate=FATES,
        by=AGENT,
    )  # fmt: skip
    def hand_over(  # the update window has as many fields
        self, which: int, stage: str | None, to: str | None, note: str, seen: int, fate: str, by: str
    ) -> None:
        """Move a task to another stage or into other hands; entering a stage scores."""
        title = self.sold[which % len(self.sold)]

        def arguments(side: Side) -> tuple[Any, ...]:
            task = side.id_of("tasks", title)
            stage_id = None if stage is None else side.names.stages[stage]
            user_id = None if to is None else side.names.users[to]
            change = advancing.Update(stage_id, user_id, is_automatic=to is None, note=note)
            return task, side.version_of("tasks", task) - seen, change

        self._both("hand over", by, fate, advancing.advance, arguments)

    @rule(agent=AGENT, which=st.integers(0, 40), text=WORDS, fate=FATES)
    def note(self, agent: str, which: int, text: str, fate: str) -> None:
        """Write a note on a task."""
        title = (self.titles + self.sold)[which % len(self.titles + self.sold)]
        self._both("note", agent, fate, _noting, lambda side: (text, side.id_of("tasks", title)))

    @rule(first=PLACE, count=st.integers(1, 3), mail=st.sampled_from(("", "a@example.org", "no address")), fate=FATES)
    def import_customers(self, first: int, count: int, mail: str, fate: str) -> None:
        """Read a file of customers into the pool; some of them are known already."""
        sheet = self._sheet(first, count, mail)
        mapping = guess(Kind.CUSTOMERS, sheet.headers)
        self._both("import", "Boss", fate, _importing, lambda side: (sheet, mapping, side.names.pool))

    def _sheet(self, first: int, count: int, mail: str) -> Sheet:
        numbers = range(first + 4, first + 4 + count)
        lines = ["Code,Name,Phone,Email", *(f"K{each},Read {each},050 2{each:06d},{mail}" for each in numbers)]
        path = self._sheets / "customers.csv"
        path.write_text("\n".join(lines), encoding="utf-8")
        return open_sheet(path)

    @rule(which=st.integers(0, 1), both=st.booleans())
    def reconnect(self, which: int, *, both: bool) -> None:
        """One of the programs is started anew, or both."""
        self._count("reconnect")
        for side in self.sides if both else self.sides[which : which + 1]:
            side.reconnect()

    @rule(seconds=WAIT)
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self._count("time passes")
        self.clock.advance(timedelta(seconds=seconds))

    # --- What must hold

    @invariant()
    def show_the_same(self) -> None:
        """Both offices look alike, and neither breaks a promise."""
        if not self._is_touched:
            return
        self._is_touched = False
        one, other = (side.everything() for side in self.sides)
        apart = differences(one, other)
        assert not apart, apart
        broken = history_check.broken(history_check.Final.read(self.sides[0].rows))
        assert not broken, broken

    def _both(
        self, name: str, user: str, fate: str, service: Callable[..., Any], arguments: Arguments
    ) -> tuple[str, Outcome]:
        """Ask both, each with the same key; their answers must be equal."""
        self._requests, self._is_touched = self._requests + 1, True
        key = f"request {self._requests}"
        # The hand moves a little with every step, or which of two was first would be chance.
        self.clock.advance(timedelta(milliseconds=10))
        outcomes = [_fated(side, fate, user, key, service, arguments) for side in self.sides]
        self._count(f"{name}: {outcomes[0][0]}")
        assert outcomes[0] == outcomes[1], f"{name} by {user}: file {outcomes[0]}, server {outcomes[1]}"
        return key, outcomes[0]

    def _known(self, kind: str) -> list[str]:
        self.sides[0].id_of(kind, "")
        return sorted(self.sides[0]._known[kind])


@writes
def _noting(session: Session, text: str, task_id: int) -> bool:
    notes.write(session, text, task_id=task_id)
    return True


@writes
def _importing(session: Session, sheet: Sheet, mapping: Mapping[int, str], pool_id: int) -> Report:
    return run_import(session, Kind.CUSTOMERS, sheet, mapping, pool_id=pool_id)


def _fated(side: Side, fate: str, user: str, key: str, service: Callable[..., Any], arguments: Arguments) -> Outcome:
    if fate == "dies":
        return side.crash(user, key, service, arguments)
    given = tuple(arguments(side))
    outcome = side.run(user, key, service, lambda _side: given)
    if fate == "answer lost":
        side.lose_the_line()
        again = side.run(user, key, service, lambda _side: given)
        assert outcome[0] != "done" or outcome == again, f"asked again, the answer is another: {outcome} {again}"
    return outcome


def work(pairs: Pairs, folder: Path, *, seed: int, runs: int, steps: int, may_shrink: bool = False) -> Counter[str]:
    """Let the machine work in so many pairs, so many steps in each; how often what came about."""
    done: Counter[str] = Counter()

    class Machine(OfficeMachine):
        def __init__(self) -> None:
            sides, clock = pairs()
            super().__init__(sides, clock, folder, lambda what: done.update([what]))

    run_state_machine_as_test(
        seeded(seed)(Machine),
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink] if may_shrink else [Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    return done
