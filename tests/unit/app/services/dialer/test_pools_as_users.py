"""Pools and wishes by people's own log-ins on a server: what an agent does, the grants give, and no more."""

from datetime import UTC, datetime, timedelta

import pytest

from app.db.database import Database
from app.domain.customers import CustomerDraft
from app.domain.errors import Refused
from app.models.people import User
from app.services.company.profile import set_up
from app.services.company.rows import CompanyDraft
from app.services.customers import card
from app.services.dialer import consents, entries, entry_list, pools, wishes
from app.services.people.logins import set_password
from app.services.people.users import list_users
from tests.kit.dial_factory import add_campaign, add_pool
from tests.kit.factory import add_user
from tests.kit.servers import PASSWORD, Server


@pytest.mark.row("R-D1", "U36")
def test_an_agent_fills_his_book_keeps_it_up_and_takes_wishes_down(server: Server):
    with server.as_administrator() as boss:
        boss.execute(set_up, CompanyDraft("Acqua", "IL", "Asia/Jerusalem", "en"))
        owner = Database(server.url)
        with owner.transaction() as session:
            avi = add_user(session, "Avi", "agent")
            campaign = add_campaign(session, "Spring", avi)
            own, common = add_pool(session, campaign, "Mine", owner=avi), add_pool(session, campaign, "Everybody")
            ids, avi_id = (campaign.id, own.id, common.id), avi.id
        owner.close()
        boss.execute(set_password, avi_id, PASSWORD)
        login = next(row.db_role for row in boss.execute(list_users) if row.id == avi_id)
    assert login is not None
    with server.as_user(login) as agent:
        made = agent.execute(card.create, CustomerDraft("Rossi", ("050-1234567",)))
        assert agent.execute(entries.add, ids[1], [made.id]).count == 1
        with pytest.raises(Refused):
            agent.execute(entries.add, ids[2], [made.id])
        saved = agent.execute(card.save, made.id, made.version, CustomerDraft("Rossi", ("052-1234567",)))
        assert agent.execute(entry_list.page, ids[1]).rows[0].person == "+972521234567"
        far = CustomerDraft("Rossi", ("052-1234567",), time_zone="America/New_York")
        agent.execute(card.save, made.id, saved.version, far)
        assert agent.execute(entry_list.page, ids[1]).rows[0].zone == "America/New_York"
        agent.execute(pools.set_my_order, ids[0], [ids[1]])
        end = datetime.now(UTC) + timedelta(days=30)
        given = agent.execute(consents.give, "052-1234567", source="said so", expires_at=end)
        agent.execute(consents.withdraw, given)
        wish = agent.execute(wishes.add, "052-1234567", reason="asked for it")
        assert agent.execute(entry_list.page, ids[1]).rows[0].blocked == "DO_NOT_CALL"
        agent.actor = None
        with pytest.raises(Refused):
            # Even a program that asks nobody is stopped by the database.
            agent.execute(wishes.lift, wish, "let me")
    with server.as_administrator() as boss:
        boss.execute(wishes.lift, wish, "called back himself")
        row = boss.execute(pools.list_pools, ids[0])[0]
        assert (row.name, row.blocked) == ("Mine", 0)
        boss.execute(pools.remove_pool, row.id, row.version)
        with boss.database.reading() as session:
            assert session.get_one(User, avi_id).is_active
