"""A manager runs a campaign on a server under his own log-in; an agent's own log-in changes none of it."""

from dataclasses import replace

import psycopg
import pytest

from app.backend import Backend
from app.db.database import Database
from app.domain.dialer.filtering import Filters
from app.domain.dialer.forms import FormDraft
from app.domain.dialer.rules import CampaignDraft
from app.domain.dialer.statuses import StatusDraft
from app.models.dialer import Campaign
from app.services.dialer.campaigns import campaign, close_campaign, copy_campaign, reopen, save
from app.services.dialer.forms import delete_form, save_form, set_forms
from app.services.dialer.pauses import move_pause, save_pause
from app.services.dialer.people import AgentChange, save_agents
from app.services.dialer.preview import preview
from app.services.dialer.statuses import delete_status, list_statuses, move_status, save_status
from app.services.people.roles import list_roles
from app.services.people.rows import UserDraft, UserRow
from app.services.people.users import save_user
from tests.kit.dial_factory import add_entry, add_pool
from tests.kit.servers import PASSWORD, Server


def hire(backend: Backend, login: str, role: str) -> UserRow:
    """A user with a log-in, made by an administrator."""
    role_id = next(row.id for row in backend.execute(list_roles) if row.code == role)
    return backend.execute(save_user, UserDraft(login, login.title(), role_id), password=PASSWORD)


@pytest.mark.row("R-D25")
def test_a_manager_runs_a_campaign_under_his_own_log_in(server: Server) -> None:
    with server.as_administrator() as owner:
        boss, noa = hire(owner, "boss", "manager"), hire(owner, "noa", "agent")
    assert boss.db_role
    assert noa.db_role
    with server.as_user(boss.db_role) as hands:
        made = hands.execute(save, CampaignDraft("Spring", checks_register=False))
        _fill(server, made.id)
        rows = hands.execute(list_statuses, made.id)
        hands.execute(move_status, rows[1].id, up=True)
        own = hands.execute(save_status, made.id, StatusDraft("Odd", "contact"))
        hands.execute(delete_status, own.id, own.version)
        form = hands.execute(save_form, FormDraft("House"))
        hands.execute(set_forms, made.id, (form.id,))
        hands.execute(set_forms, made.id, ())
        hands.execute(delete_form, form.id, form.version)
        hands.execute(save_agents, made.id, [AgentChange(noa.id, None, Filters(languages=("he",)))])
        strict = replace(made.draft, needs_consent=True, hours={"days": {"0": [["09:00", "13:00"]]}})
        assert dict(hands.execute(preview, made.id, strict).blocked) == {"NO_CONSENT": 3}
        saved = hands.execute(save, strict, campaign_id=made.id, version=made.version)
        started = hands.execute(reopen, made.id, saved.version)
        hands.execute(close_campaign, made.id, started.version)
        hands.execute(copy_campaign, made.id, "Autumn")
        reason = hands.execute(save_pause, "School run")
        hands.execute(move_pause, reason.id, up=True)
        assert hands.execute(campaign, made.id).draft == strict
    with psycopg.connect(server.url_of(noa.db_role)) as connection:
        for statement in (
            "UPDATE campaigns SET lock_minutes = 0",
            "DELETE FROM campaign_users",
            "UPDATE campaign_users SET filters = '{}'",
            "UPDATE call_statuses SET needs_note = false",
            "INSERT INTO call_forms (name) VALUES ('x')",
            "DELETE FROM campaign_forms",
            "DELETE FROM call_windows",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
            connection.rollback()


def _fill(server: Server, campaign_id: int) -> None:
    database = Database(server.url)
    try:
        with database.transaction() as session:
            pool = add_pool(session, session.get_one(Campaign, campaign_id))
            for _number in range(3):
                add_entry(session, pool)
    finally:
        database.close()
