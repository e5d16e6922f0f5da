"""The actions that must happen exactly once: how each is asked for, and what one of them leaves behind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg

from app.backend import Backend
from app.services.dialer import attempts, claiming
from app.services.planner import placing
from app.services.tickets import advancing, notes, tasks
from tests.kit.factory import at
from tests.kit.whole_office import Names

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Action:
    """One request, ready to be sent: who asks for what, and by how much which counts grow when it is done once."""

    user: str
    service: Callable[..., Any]
    arguments: tuple[Any, ...]
    named: Mapping[str, Any]
    counts: Mapping[str, str]
    grow: Mapping[str, int]


class Floor:
    """Where the actions happen; whatever has to stand before is put there by people whose lines hold."""

    def __init__(self, hands: Mapping[str, Backend], names: Names, watch: psycopg.Connection) -> None:
        self.hands, self.names, self._watch = hands, names, watch
        self._task = hands["Boss"].execute(
            tasks.create, tasks.NewTask("Sale", customer_id=1, stage_id=names.stages["Intake"])
        )

    def counted(self, action: Action) -> dict[str, int]:
        """The counts as they stand."""
        found = {}
        for name, question in action.counts.items():
            row = self._watch.execute(question.encode()).fetchone()
            found[name] = int(row[0]) if row else 0
        return found

    def make(self, name: str) -> Action:
        """The action of this name, on a new thing."""
        action: Action = getattr(self, f"_{name}")()
        return action

    def _claim(self) -> Action:
        self._free_everybody()
        counts = {"claims": "SELECT count(*) FROM claims", "held": "SELECT count(*) FROM call_queue WHERE state='held'"}
        return Action("Dana", claiming.next_customer, (self.names.campaign,), {}, counts, {"claims": 1, "held": 1})

    def _finish(self) -> Action:
        self._free_everybody()
        held = self.hands["Dana"].execute(claiming.next_customer, self.names.campaign)
        assert held is not None
        result = attempts.Result(
            held.request_id, held.campaign_id, held.customer_id, held.person, held.entry_id,
            self.names.results["No answer"], "Rings.", claimed_at=held.claimed_at, rule=held.rule,
        )  # fmt: skip
        counts = {
            "calls": f"SELECT count(*) FROM call_attempts WHERE request_id = '{held.request_id}'",
            "tries": f"SELECT tries FROM call_queue WHERE id = {held.entry_id}",
            "locks": f"SELECT count(*) FROM claims WHERE status = 'lock' AND request_id = '{held.request_id}'",
        }
        return Action("Dana", attempts.finish, (result,), {}, counts, {"calls": 1, "tries": 1, "locks": 1})

    def _free_everybody(self) -> None:
        self._watch.execute("DELETE FROM claims")
        self._watch.execute("UPDATE call_queue SET state = 'ready', due_at = NULL, blocked = NULL")

    def _book(self) -> Action:
        task_id, version = self._call()
        counts = {
            "visits": f"SELECT count(*) FROM visits WHERE task_id = {task_id}",
            "mails": f"SELECT count(*) FROM outbox_messages WHERE task_id = {task_id} AND event = 'call_loaded'",
        }
        arguments = (task_id, version, self.names.users["Tom"], at(9))
        return Action("Boss", placing.schedule, arguments, {}, counts, {"visits": 1, "mails": 1})

    def _move(self) -> Action:
        task_id, version = self._call()
        boss = self.hands["Boss"]
        visit = boss.execute(placing.schedule, task_id, version, self.names.users["Tom"], at(9)).visit
        counts = {
            "versions": f"SELECT version FROM visits WHERE id = {visit.id}",
            "mails": f"SELECT count(*) FROM outbox_messages WHERE task_id = {task_id} AND event = 'call_moved'",
            "steps": f"SELECT count(*) FROM task_steps WHERE task_id = {task_id}",
        }
        arguments = (visit.id, visit.version, self.names.users["Uri"], at(14))
        return Action("Boss", placing.move, arguments, {}, counts, {"versions": 1, "mails": 1, "steps": 1})

    def _call(self) -> tuple[int, int]:
        """A call that waits; the one before is off the plan again."""
        self._watch.execute("UPDATE visits SET is_active = false WHERE is_active")
        row = self._watch.execute(
            "INSERT INTO tasks (title, activity_type_id, group_id, opened_at, customer_id) SELECT %s, k.id, g.id, %s, 1"
            " FROM activity_types AS k, groups AS g WHERE k.name = 'Repair' AND g.is_back_office RETURNING id, version",
            [f"Fault {next(_numbers)}", at(0)],
        ).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])

    def _hand_over(self) -> Action:
        return self._advance(advancing.Update(user_id=self._other()), {"steps": 1, "versions": 1, "mails": 1})

    def _score(self) -> Action:
        self._stand_at("Visit")
        quote = self.names.stages["Quote"]
        return self._advance(
            advancing.Update(quote, self._other()), {"steps": 1, "versions": 1, "points": 1, "balance": 5, "mails": 1}
        )

    def _advance(self, change: advancing.Update, grow: Mapping[str, int]) -> Action:
        task_id, version = self._task.task_id, self._version()
        counts = {
            "steps": f"SELECT count(*) FROM task_steps WHERE task_id = {task_id}",
            "versions": f"SELECT version FROM tasks WHERE id = {task_id}",
            "points": f"SELECT count(*) FROM points_entries WHERE task_id = {task_id}",
            "balance": "SELECT coalesce(sum(balance), 0) FROM customer_balances",
            "mails": f"SELECT count(*) FROM outbox_messages WHERE task_id = {task_id}",
        }
        counts = {name: question for name, question in counts.items() if name in grow}
        return Action("Boss", advancing.advance, (task_id, version, change), {}, counts, grow)

    def _version(self) -> int:
        row = self._watch.execute("SELECT version FROM tasks WHERE id = %s", [self._task.task_id]).fetchone()
        assert row is not None
        return int(row[0])

    def _other(self) -> int:
        """Somebody who does not have the task."""
        row = self._watch.execute("SELECT user_id FROM tasks WHERE id = %s", [self._task.task_id]).fetchone()
        assert row is not None
        return self.names.users["Avi" if row[0] != self.names.users["Avi"] else "Noa"]

    def _stand_at(self, stage: str) -> None:
        wanted = self.names.stages[stage]
        row = self._watch.execute("SELECT stage_id FROM tasks WHERE id = %s", [self._task.task_id]).fetchone()
        assert row is not None
        way = {"Intake": ("Quote", "Visit"), "Quote": ("Visit",), "Visit": ()}
        here = next(name for name, stage_id in self.names.stages.items() if stage_id == row[0])
        for step in way[here]:
            change = advancing.Update(self.names.stages[step])
            self.hands["Boss"].execute(advancing.advance, self._task.task_id, self._version(), change)
        assert wanted == self.names.stages[stage]

    def _sell(self) -> Action:
        title = f"Sale {next(_numbers)}"
        new = tasks.NewTask(title, customer_id=1, stage_id=self.names.stages["Intake"])
        counts = {
            "tasks": f"SELECT count(*) FROM tasks WHERE title = '{title}' AND user_id IS NOT NULL",
            "loads": "SELECT sum(open_tasks) FROM user_loads",
        }
        return Action("Boss", tasks.create, (new,), {}, counts, {"tasks": 1, "loads": 1})

    def _note(self) -> Action:
        text = f"Note {next(_numbers)}"
        counts = {"notes": f"SELECT count(*) FROM notes WHERE text = '{text}'"}
        return Action("Dana", notes.write, (text,), {"customer_id": 1}, counts, {"notes": 1})


ACTIONS = ("claim", "finish", "book", "move", "sell", "hand_over", "score", "note")
"""Register, booking, routing, points, notes and mail (four of them queue one)."""
