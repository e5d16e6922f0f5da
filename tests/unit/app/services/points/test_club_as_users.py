"""Points spent and taken back by people's own log-ins on a server: what their roles may, and no more."""

from decimal import Decimal

import pytest

from app.db.database import Database
from app.domain.errors import Refused
from app.i18n import say
from app.services.company.profile import set_up
from app.services.company.rows import CompanyDraft
from app.services.people.logins import set_password
from app.services.people.users import list_users
from app.services.points import of_customer
from app.services.points.explaining import why_entry
from app.services.points.redeeming import offers, redeem
from app.services.points.reversing import reverse
from app.services.tickets.why import why
from tests.kit.points_club import furnish
from tests.kit.servers import PASSWORD, Server


@pytest.mark.row("R-P9", "U44", "Q11")
def test_an_agent_redeems_a_manager_reverses_and_neither_gets_round_the_guards(server: Server):
    with server.as_administrator() as boss:
        boss.execute(set_up, CompanyDraft("Acqua", "IL", "Asia/Jerusalem", "en"))
        owner = Database(server.url)
        club = furnish(owner, has_company=True)
        club.give("120")
        owner.close()
        for user_id in (club.dana, club.mia):
            boss.execute(set_password, user_id, PASSWORD)
        roles = {row.id: row.db_role for row in boss.execute(list_users)}
    cup = club.gifts.stages["Cup"]
    with server.as_user(roles[club.dana] or "") as agent:
        agent.actor = club.dana
        assert [each.is_enough for each in agent.execute(offers, club.rossi)] == [True, True, True]
        done = agent.execute(redeem, club.rossi, cup, "Red one")
        assert (done.balance, done.is_closed) == (Decimal(20), True)
        with pytest.raises(Refused) as refusal:
            agent.execute(redeem, club.rossi, cup)
        assert say(refusal.value.what) == "The customer has 20 points, and 100 are needed."
        assert len(agent.execute(why, done.task_id)) == 2
        row = agent.execute(of_customer.rows, club.rossi).rows[0]
        assert "Dana" in say(agent.execute(why_entry, row.id)[0])
        agent.actor = None
        with pytest.raises(Refused, match="role does not allow"):
            # Even a program that asks nobody is stopped by the database.
            agent.execute(reverse, row.id, "Mine")
    with server.as_user(roles[club.mia] or "") as manager:
        manager.actor = club.mia
        manager.execute(reverse, row.id, "Sent back")
        back = manager.execute(of_customer.rows, club.rossi).rows[0]
        assert (back.by, back.reverses_id, back.customer_points) == ("Mia", row.id, Decimal(100))
        assert manager.execute(of_customer.balance, club.rossi).balance == Decimal(120)
