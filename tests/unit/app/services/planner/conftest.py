"""A small company on either engine: two technicians who are there on Monday, a dispatcher, calls waiting."""

from dataclasses import dataclass

import pytest

from app.backend import Backend
from app.db.database import Database
from app.models.company import Company
from tests.kit.factory import add_call, add_group, add_presence, add_site, add_type, add_user, at


@dataclass(frozen=True)
class Small:
    """The rows by id, and the door to them for Dana."""

    backend: Backend
    database: Database
    dana: int
    levi: int
    ana: int
    kind: int
    group: int
    office: int
    north: int
    south: int
    calls: tuple[int, ...]

    def as_user(self, user_id: int) -> Backend:
        """The same database for somebody else."""
        return self.backend.acting_as(user_id)


@pytest.fixture
def small(database: Database) -> Small:
    """Ana and Levi are at North on Monday 8 to 16; Repair takes an hour; three calls wait."""
    with database.transaction() as session:
        session.add(Company(id=1, name="Test", country="IL", time_zone="Asia/Jerusalem", language="en"))
        dana = add_user(session, "Dana", "back_office")
        ana, levi = add_user(session, "Ana"), add_user(session, "Levi")
        group = add_group(session, "Technicians", ana, levi)
        office = add_group(session, "Office", dana, is_back_office=True)
        north, south = add_site(session, "North"), add_site(session, "South")
        kind = add_type(session, "Repair", ana, levi)
        for user in (ana, levi):
            add_presence(session, user, at(8), at(16), north)
        calls = tuple(add_call(session, office, kind, f"Call {number}").id for number in range(3))
        ids = (dana.id, levi.id, ana.id, kind.id, group.id, office.id, north.id, south.id)
    backend = Backend(database, actor=ids[0], clock=lambda: at(0))
    return Small(backend, database, *ids, calls)
