"""The main job on a server by people's own log-ins: what the program needs, the grants give, and no more."""

import pytest
from sqlalchemy import select

from app.backend import Backend
from app.domain.errors import Refused
from app.models.dialer import CallAttempt
from app.models.planner import Visit
from app.services.company.profile import set_up
from app.services.company.rows import CompanyDraft
from app.services.demo.loading import load_demo
from app.services.dialer.campaigns import mine
from app.services.dialer.claiming import dial, next_customer
from app.services.people.logins import entry, set_password
from app.services.people.users import list_users
from app.services.planner.placing import unschedule
from app.services.processes.named import save_site
from tests.kit.servers import PASSWORD, Server


@pytest.mark.row("R-X1")
def test_an_administrator_fills_the_company_and_a_scheduler_plans(server: Server) -> None:
    with server.as_administrator() as backend:
        assert not backend.execute(entry).has_company
        backend.execute(set_up, CompanyDraft("Bridge", "IL", "Asia/Jerusalem", "en"))
        assert backend.execute(load_demo, "en").visits > 0
        _calls_as_himself(backend)
        scheduler = next(row for row in backend.execute(list_users) if row.role_code == "back_office")
        assert scheduler.db_role is None
        backend.execute(set_password, scheduler.id, PASSWORD)
        scheduler = next(row for row in backend.execute(list_users) if row.id == scheduler.id)
    assert scheduler.db_role is not None
    with server.as_user(scheduler.db_role) as backend:
        with backend.database.reading() as session:
            visit = session.scalars(select(Visit).where(Visit.is_active).order_by(Visit.starts_at.desc())).first()
        assert visit is not None
        assert visit.set_by_id == 1
        backend.actor = 1
        with pytest.raises(Refused, match="role does not allow"):
            backend.execute(set_password, 1, "another-horse-8")
        backend.execute(unschedule, visit.id, visit.version)
        with backend.database.reading() as session:
            assert session.get_one(Visit, visit.id).set_by_id == scheduler.id
        backend.actor = scheduler.id
        with pytest.raises(Refused):
            backend.execute(save_site, "North")


def _calls_as_himself(backend: Backend) -> None:
    """Nobody's calls of the past are made up under a log-in; the campaign has people to call all the same."""
    with backend.database.reading() as session:
        assert session.scalars(select(CallAttempt.id)).all() == []
    (campaign,) = backend.execute(mine)
    claimed = backend.execute(next_customer, campaign.id)
    assert claimed is not None
    assert backend.execute(dial, claimed.request_id).number == claimed.person
