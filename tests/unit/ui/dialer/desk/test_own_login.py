"""What a desk asks of a server is within the rights of the agent's own log-in; what an earlier desk left comes back."""

from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import delete, select

from app.db.database import Database
from app.models.dialer import CallAttempt, Claim
from app.models.people import User
from app.services.dialer import attempts, claiming, spans
from app.services.people.roles import list_roles
from app.services.people.rows import UserDraft
from app.services.people.users import save_user
from tests.kit.dial_factory import add_campaign, add_entry, add_pool
from tests.kit.servers import PASSWORD, Server
from ui.dialer.desk import loading
from ui.dialer.desk.contact import Contact, to_entry
from ui.dialer.desk.journal import Journal


@pytest.mark.row("R-X1", "R-D5")
def test_an_agent_works_a_contact_with_his_own_rights(server: Server, tmp_path: Path) -> None:
    with server.as_administrator() as backend:
        roles = {row.code: row.id for row in backend.execute(list_roles)}
        made = backend.execute(save_user, UserDraft("Noa", "noa", roles["agent"]), password=PASSWORD)
    with closing(Database(server.url)) as database, database.transaction() as session:
        campaign = add_campaign(session, "Boilers", session.get_one(User, made.id))
        pool = add_pool(session, campaign)
        for _number in range(4):
            add_entry(session, pool)
        campaign_id = campaign.id
    journal = Journal(tmp_path, "x")
    assert made.db_role is not None
    with server.as_user(made.db_role) as office:
        opening = loading.open_desk(office, journal, made.id)
        assert [each.id for each in opening.campaigns] == [campaign_id]
        assert opening.pauses
        office.execute(spans.enter, "waiting", campaign_id)
        contact = loading.fetch(office, str(uuid4()), campaign_id, None)
        assert isinstance(contact, Contact)
        office.execute(claiming.beat, contact.key)
        contact.permit(office.execute(claiming.dial, contact.key).at)
        contact.answered()
        contact.typed.note = "Agreed"
        given = contact.choose(contact.card.statuses[1].id, made.id)
        assert loading.send(office, contact.typed.op_id, given, None).finished.was_held
        skipped = loading.fetch(office, str(uuid4()), campaign_id, None)
        assert isinstance(skipped, Contact)
        office.execute(attempts.skip, skipped.claimed)
        left = loading.fetch(office, str(uuid4()), campaign_id, None)
        assert isinstance(left, Contact)
        left.typed.note = "Half"
        journal.keep(left.key, journal.ticket(), to_entry(left))
        # The desk dies; another one finds the claim, a third one finds it gone.
        again = loading.open_desk(office, Journal(tmp_path, "x"), made.id).contact
        assert again is not None
        assert (again.key, again.typed.note, again.is_lost) == (left.key, "Half", False)
        with closing(Database(server.url)) as database, database.transaction() as session:
            session.execute(delete(Claim))
        anew = loading.open_desk(office, Journal(tmp_path, "x"), made.id).contact
        assert anew is not None
        assert anew.key != left.key
        assert (anew.card.customer_id, anew.typed.note, anew.is_lost) == (left.card.customer_id, "Half", False)
        office.execute(spans.leave)
    with closing(Database(server.url)) as database, database.reading() as session:
        kinds = [each.kind for each in session.scalars(select(CallAttempt).order_by(CallAttempt.id))]
    assert kinds == ["call", "skip"]
