"""An office that calls back: who works in its campaign, and promises of theirs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.backend import Backend
from app.db.database import Database
from app.models.dialer import Campaign, Pool, QueuedCall
from app.models.planner import Absence
from app.models.tickets import Reminder
from app.services.context import now, reads
from app.services.dialer import callbacks
from app.services.dialer.callbacks import Whose
from tests.kit.dial_factory import add_campaign, add_customer, add_entry, add_pool, result
from tests.kit.factory import add_group, add_user


class CallbackOffice:
    """Dana and Avi, of one group, and Noa, of none, work in a campaign; Ruth runs it. Times are of the real clock."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            people = {name: add_user(session, name, "agent") for name in ("Dana", "Avi", "Noa", "Gil")}
            people["Ruth"] = add_user(session, "Ruth", "manager")
            people["Root"] = add_user(session, "Root", "administrator")
            add_group(session, "Team", people["Dana"], people["Avi"])
            self.ids = {name: user.id for name, user in people.items()}
            campaign = add_campaign(session, "Spring", people["Dana"], people["Avi"], people["Noa"])
            self.campaign = campaign.id
            self.pool = add_pool(session, campaign).id
            self.call_back = result(session, campaign, "Call back").id
        self.backends = {name: Backend(database, actor=user_id) for name, user_id in self.ids.items()}
        self.now: datetime = self.run("Dana", _now)

    def run(self, name: str, service: Callable[..., Any], *args: Any) -> Any:
        """A service in somebody's name."""
        return self.backends[name].execute(service, *args)

    def promise(self, due: float, owner: str | None = None, called: str = "Rossi") -> int:
        """A callback due so many minutes from now, with its reminder."""
        with self.database.transaction() as session:
            pool = session.get_one(Pool, self.pool)
            at = self.now + timedelta(minutes=due)
            values: dict[str, Any] = {"state": "callback" if due <= 0 else "waiting", "is_callback": True, "due_at": at}
            user_id = self.ids[owner] if owner else None
            entry = add_entry(session, pool, add_customer(session, called), callback_user_id=user_id, **values)
            if user_id is not None:
                reminder = Reminder(
                    user_id=user_id, at=at, text="promised", customer_id=entry.customer_id,
                    campaign_id=self.campaign, entry_id=entry.id, by_id=user_id,
                )  # fmt: skip
                session.add(reminder)
            return entry.id

    def share(self) -> None:
        """Let the campaign share reminders."""
        with self.database.transaction() as session:
            session.get_one(Campaign, self.campaign).reminds_caller_only = False

    def away(self, name: str, until: float = 1) -> None:
        """Somebody was absent for a day until so many hours from now."""
        end = self.now + timedelta(hours=until)
        with self.database.transaction() as session:
            session.add(Absence(user_id=self.ids[name], starts_at=end - timedelta(days=1), ends_at=end))

    def place(self, entry_id: int) -> tuple[str, int | None, datetime | None]:
        """State, owner and time of a callback."""
        with self.database.reading() as session:
            found = session.get_one(QueuedCall, entry_id)
            return found.state, found.callback_user_id, found.due_at

    def reminders(self, entry_id: int) -> list[tuple[int, datetime]]:
        """Whose open reminders stand for a callback, and when."""
        with self.database.reading() as session:
            asked = select(Reminder.user_id, Reminder.at).where(Reminder.entry_id == entry_id)
            return [(each, at) for each, at in session.execute(asked.where(Reminder.done_at.is_(None)))]

    def seen(self, name: str, whose: Whose = Whose.MINE) -> list[str]:
        """The customers of a list."""
        return [row.customer for row in self.run(name, callbacks.list_callbacks, whose)]


@reads
def _now(session: Any) -> datetime:
    return now(session)
