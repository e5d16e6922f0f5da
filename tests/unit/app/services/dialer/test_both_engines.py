"""What the machine found: places where a file and a server went different ways."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db.database import Database
from app.models.dialer import CallAttempt, Claim, DoNotCall, QueuedCall
from app.services.dialer import attempts, wishes
from app.services.dialer.claiming import Claimed, claim_customer, next_customer
from tests.kit.clock import Clock
from tests.kit.whole_office import OPENED, backends, furnish


@pytest.mark.row("U39", "U64")
def test_whoever_loses_the_hold_twice_is_on_record_twice(database: Database) -> None:
    names, clock = furnish(database, customers=2), Clock(OPENED)
    dana = backends(database, names, clock)["Dana"]
    for turn in range(3):
        found = dana.execute(next_customer, names.campaign)
        assert found is not None, f"turn {turn}"
        clock.advance(timedelta(minutes=5))
        with database.transaction() as session:
            # The desk died: its hold has run out by every clock.
            for claim in session.scalars(select(Claim)):
                claim.claimed_at, claim.until_at = OPENED - timedelta(days=4000), OPENED - timedelta(days=3999)
    assert dana.execute(next_customer, names.campaign) is not None
    with database.reading() as session:
        assert list(session.scalars(select(CallAttempt.kind))) == ["lost"] * 3


@pytest.mark.row("U22")
def test_who_wishes_no_call_is_done_and_stays_done_when_the_wish_is_lifted(database: Database) -> None:
    names = furnish(database, customers=1)
    hands = backends(database, names)
    claimed = hands["Dana"].execute(next_customer, names.campaign)
    assert isinstance(claimed, Claimed)
    result = attempts.Result(
        claimed.request_id, claimed.campaign_id, claimed.customer_id, claimed.person, claimed.entry_id,
        names.results["Do not call"], "Never again.", claimed_at=claimed.claimed_at,
    )  # fmt: skip
    hands["Dana"].execute(attempts.finish, result)

    def place() -> tuple[str, str | None]:
        with database.reading() as session:
            row = session.execute(select(QueuedCall.state, QueuedCall.blocked)).one()
            return row.state, row.blocked

    assert place() == ("done", "FINAL")
    with database.reading() as session:
        wish_id = session.scalars(select(DoNotCall.id)).one()
    hands["Boss"].execute(wishes.lift, wish_id, "He asked us to.")
    assert place() == ("done", "FINAL")


def test_the_reason_of_somebody_asked_for_by_name_names_no_order_of_pools(database: Database) -> None:
    names = furnish(database, customers=1)
    claimed = backends(database, names)["Dana"].execute(claim_customer, names.campaign, 1)
    assert claimed.rule == "BY_HAND"
    assert "all_pools" not in claimed.reason
