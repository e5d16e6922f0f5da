"""A club for tests about points: a sale whose stages score, and gifts that customers spend their points on."""

from dataclasses import dataclass
from typing import Any

from app.backend import Backend, Clock
from app.db.database import Database
from app.models.company import Company
from app.models.customers import Customer
from app.models.people import User
from app.models.processes import Stage
from app.services.tickets import advancing, tasks
from app.services.tickets.advancing import Update
from app.services.tickets.offering import offer
from app.services.tickets.tasks import Advanced, NewTask
from tests.kit.factory import add_user
from tests.kit.points_factory import add_setting
from tests.kit.tasks import Way, add_process, add_profile


@dataclass
class Club:
    """Who and what there is: Dana and Avi sell, Mia manages, Sara administers; Rossi is the customer."""

    database: Database
    dana: int
    avi: int
    mia: int
    sara: int
    rossi: int
    sale: Way
    gifts: Way
    clock: Clock | None = None

    def by(self, user_id: int | None) -> Backend:
        """The services as this user asks for them."""
        return Backend(self.database, actor=user_id, clock=self.clock)

    def open(self, title: str = "Boiler", **values: Any) -> int:
        """A task of the sale at its intake, with Dana."""
        values = {"customer_id": self.rossi, "user_id": self.dana} | values
        return self.by(self.dana).execute(tasks.create, NewTask(title, **values), process_id=self.sale.id).task_id

    def move(self, task_id: int, stage: str, by: int | None = None, **values: Any) -> Advanced:
        """Move a task on: Dana does, unless somebody else is named."""
        backend = self.by(by or self.dana)
        stage_id = (self.sale.stages | self.gifts.stages)[stage]
        values = {"user_id": by or self.dana} | values
        version = backend.execute(offer, task_id).task.version
        return backend.execute(advancing.advance, task_id, version, Update(stage_id=stage_id, **values))

    def give(self, points: str) -> None:
        """Let Rossi have so many points more, by a stage of their own."""
        with self.database.transaction() as session:
            stage = add_process(session, f"Bonus {points}", {"name": "Given"}).stages["Given"]
            add_setting(session, session.get_one(Stage, stage), points)
        self.by(self.dana).execute(
            tasks.create, NewTask("Bonus", customer_id=self.rossi, user_id=self.dana, stage_id=stage)
        )


def furnish(database: Database, clock: Clock | None = None, *, has_company: bool = False) -> Club:
    """A sale (Met 10.5 and 2, Held 20 and 5, Cancelled −5 and −1, Visited every time 1 and 1), and three gifts.

    "Cup" costs 100 and ends at once, "Voucher" costs 50 and is sent by the service, "Debt" costs 30 and may go below.
    """
    with database.transaction() as session:
        if not has_company:
            session.add(Company(id=1, name="Acqua", country="IL", time_zone="Asia/Jerusalem", language="en"))
        sara, mia = add_user(session, "Sara", "administrator").id, add_user(session, "Mia", "manager").id
        dana, avi = (add_user(session, name, "agent").id for name in ("Dana", "Avi"))
        service = add_profile(session, "Service", dana, avi)
        names = ("Intake", "Met", "Held", "Visited")
        sale = add_process(
            session,
            "Sale",
            *({"name": name, "profile_id": service} for name in names),
            {"name": "Cancelled", "is_final": True},
            way=tuple(
                (one, other) for one in names for other in (*names, "Cancelled") if one != other and other != "Intake"
            ),
        )
        gifts = add_process(
            session,
            "Gifts",
            {"name": "Asked", "profile_id": service},
            {"name": "Voucher", "profile_id": service},
            {"name": "Cup", "is_final": True},
            {"name": "Debt", "is_final": True},
            way=(("Asked", "Voucher"), ("Asked", "Cup"), ("Voucher", "Cup"), ("Asked", "Debt")),
        )

        def score(stage_id: int, customer: str, worker: str = "0", **values: Any) -> None:
            add_setting(session, session.get_one(Stage, stage_id), customer, worker, **values)

        score(sale.stages["Met"], "10.5", "2", by=session.get_one(User, sara))
        score(sale.stages["Held"], "20", "5")
        score(sale.stages["Visited"], "1", "1", every_time=True)
        score(sale.stages["Cancelled"], "-5", "-1")
        score(gifts.stages["Voucher"], "-50", redeems=True)
        score(gifts.stages["Cup"], "-100", "3", redeems=True)
        score(gifts.stages["Debt"], "-30", redeems=True, below=True)
        rossi = Customer(name="Rossi", search="rossi")
        session.add(rossi)
        session.flush()
        return Club(database, dana, avi, mia, sara, rossi.id, sale, gifts, clock)
