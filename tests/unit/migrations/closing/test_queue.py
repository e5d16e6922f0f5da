"""The queue of calls by an agent's own SQL."""

from typing import Any

import pytest

from app.domain.customers import CustomerDraft
from app.services.customers import card

FORGED = {
    "to the front": "UPDATE call_queue SET priority = 0 WHERE id = {first}",
    "out of the block": "UPDATE call_queue SET state = 'ready', blocked = NULL WHERE id = {first}",
    "a promise brought forward": "UPDATE call_queue SET due_at = now() WHERE id = {promised}",
    "a promise taken away": "UPDATE call_queue SET callback_user_id = {dana} WHERE id = {promised}",
    "into another lane": "UPDATE call_queue SET lane_id = lane_id WHERE id = {first}",
    "another number": "UPDATE pool_entries SET person = '+972500000000' WHERE id = {first}",
    "somebody put into a pool": "INSERT INTO pool_entries (campaign_id, pool_id, customer_id, added_at) "
    "VALUES ({spring}, {common}, {verdi}, now())",
    "into one's own, ready at once": "INSERT INTO pool_entries (campaign_id, pool_id, customer_id, added_at) "
    "VALUES ({spring}, {own}, {verdi}, now())",
    "a lane": "INSERT INTO lanes (campaign_id, pool_id, zone) VALUES ({spring}, {own}, 'UTC')",
    "a place in the queue": "INSERT INTO call_queue (id, campaign_id, lane_id, customer_id, tried_at, added_at) "
    "SELECT 999, campaign_id, lane_id, customer_id, now(), now() FROM call_queue WHERE id = {first}",
    "another's pool filled": "SELECT fill_own_pool(NULL, {hers}, ARRAY[{verdi}]::bigint[], '{{UTC}}', now())",
    "as another": "SELECT fill_own_pool({noa}, {hers}, ARRAY[{verdi}]::bigint[], '{{UTC}}', now())",
    "the campaign's pool filled": "SELECT fill_own_pool(NULL, {common}, ARRAY[{verdi}]::bigint[], '{{UTC}}', now())",
    "a lane by the inner function": "SELECT lane_of({common}, 'UTC')",
    "a number by the inner function": "SELECT person_of({verdi})",
    "a person held by the inner function": "SELECT take_person({first}, {spring}, {rossi}, '+972', 'r', {dana}, true, "
    "999999, now(), 'IN_TURN', '{{}}')",
    "all holds cleared": "SELECT sweep_claims(1000, now() + interval '1 year')",
    "what law says of a number": "SELECT dial_standing('+972', {spring}, true, true, 0, 0, false, now())",
    "filters": "SELECT passes('{{}}', 1, 1, 'en', now())",
}


@pytest.mark.row("F3", "R-X3")
@pytest.mark.parametrize("attack", FORGED.values(), ids=FORGED)
def test_an_agent_writes_nothing_into_the_queue(office: Any, attack: str) -> None:
    for who in ("dana", "cora", "teo"):
        office.refused(who, attack)


@pytest.mark.row("F3", "R-D1")
def test_an_agents_own_pool_is_filled_as_the_rule_says(office: Any) -> None:
    fill = "SELECT fill_own_pool({noa}, {own}, ARRAY[{verdi}]::bigint[], '{{Asia/Jerusalem}}', '2020-01-01')"
    with office.by("dana") as session:
        office.run(session, fill)
        placed = office.run(
            session,
            "SELECT q.state, q.priority, q.tries, q.is_callback, q.person = f.e164, e.added_by_id, "
            "e.added_at > now() - interval '1 minute' FROM call_queue AS q JOIN pool_entries AS e ON e.id = q.id "
            "JOIN customer_phones AS f ON f.customer_id = e.customer_id WHERE e.pool_id = {own}",
        )
        assert placed == ("ready", 2, 0, False, True, office.ids["dana"], True)


@pytest.mark.row("F3", "R-D1")
def test_nobody_called_by_wish_is_made_ready_by_settling(office: Any) -> None:
    """Whoever calls the function: the law decides, by the server's clock."""
    with office.by("dana") as session:
        office.run(session, "INSERT INTO do_not_call (person, source, at) SELECT person, 'customer', now() "
                            "FROM call_queue WHERE id = {first}")  # fmt: skip
        office.run(session, "SELECT settle_queue(NULL, ARRAY(SELECT person FROM call_queue), '2099-01-01')")
        office.run(session, "SELECT follow_customers(ARRAY[{rossi}]::bigint[], '{{UTC}}', '2099-01-01')")
        held = office.run(session, "SELECT state, blocked FROM call_queue WHERE id = {first}")
        assert held == ("blocked", "DO_NOT_CALL")
    for function in ("settle_queue(NULL, NULL, now())", "follow_customers('{{}}', '{{}}', now())"):
        office.refused("teo", f"SELECT {function}")
    office.refused("dana", "SELECT settle_queue({spring}, NULL, now())")


@pytest.mark.row("R-D1")
def test_an_agents_card_still_reaches_every_pool(office: Any) -> None:
    backend = office.backend("dana")
    made = backend.execute(card.create, CustomerDraft("Neri", ("050-7654321",)))
    with office.doors["owner"].transaction() as session:
        office.run(session, "INSERT INTO pool_entries (id, campaign_id, pool_id, customer_id, person, added_at) "
                            f"VALUES (5000, {{spring}}, {{hers}}, {made.id}, '+972507654321', now())")  # fmt: skip
        office.run(session, "INSERT INTO call_queue (id, campaign_id, lane_id, customer_id, person, tried_at, added_at)"
                            f" SELECT 5000, campaign_id, lane_id, {made.id}, '+972507654321', now(), now() "
                            "FROM call_queue WHERE id = {first}")  # fmt: skip
    backend.execute(card.save, made.id, made.version, CustomerDraft("Neri", ("052-7654321",), time_zone="Europe/Rome"))
    with office.by("owner") as session:
        assert office.run(
            session,
            "SELECT e.person, q.person, l.zone, l.pool_id FROM call_queue AS q JOIN pool_entries AS e ON e.id = q.id "
            "JOIN lanes AS l ON l.id = q.lane_id WHERE q.id = 5000",
        ) == ("+972527654321", "+972527654321", "Europe/Rome", office.ids["hers"])


ORDERS = {
    "somebody's own pool": "INSERT INTO pool_users (pool_id, user_id, is_given) VALUES ({hers}, {dana}, false)",
    "a pool for others": "INSERT INTO pool_users (pool_id, user_id, is_given) VALUES ({chosen}, {dana}, false)",
    "given to oneself": "INSERT INTO pool_users (pool_id, user_id, is_given) VALUES ({common}, {dana}, true)",
    "for another": "INSERT INTO pool_users (pool_id, user_id, is_given) VALUES ({common}, {noa}, false)",
    "made a giving": "UPDATE pool_users SET is_given = true",
    "taken": "UPDATE pools SET user_id = {dana} WHERE id = {hers}",
}


@pytest.mark.row("F3", "R-X3")
@pytest.mark.parametrize("attack", ORDERS.values(), ids=ORDERS)
def test_nobody_gives_himself_a_pool(office: Any, attack: str) -> None:
    office.refused("dana", attack)
    with office.by("dana") as session:
        office.run(session, "INSERT INTO pool_users (pool_id, user_id, is_given, position) "
                            "VALUES ({common}, {dana}, false, 1)")  # fmt: skip


@pytest.mark.row("F3", "R-X3")
def test_the_functions_of_the_desk_ask_who_calls_first(office: Any) -> None:
    request = "SELECT * FROM claim_next({}, 'r1', {{noa}})"
    office.refused("dana", request.format("{autumn}"), codes=("NOT_IN_CAMPAIGN",))
    office.refused("dana", "SELECT * FROM claim_customer({autumn}, {rossi}, 'r1', {noa})", codes=("NOT_IN_CAMPAIGN",))
    office.refused("dana", "SELECT dial_claim('nobody''s', {noa}, NULL)", codes=("LEASE",))
    with office.by("noa") as session:
        taken = office.run(session, "SELECT * FROM claim_customer({spring}, {rossi}, 'held', {dana})")
        assert taken.user_id == office.ids["noa"]
    with office.by("dana") as session:
        assert office.run(session, "SELECT (beat_claim('held', {noa})).until_at") == (None,)
        moved = "SELECT move_callback({noa}, {promised}, {noa}, NULL, {dana}, now(), now())"
        assert office.run(session, moved) == ("FORBIDDEN",)


@pytest.mark.row("F3", "R-X3")
def test_who_may_not_dial_is_served_nobody(office: Any) -> None:
    """Clea was put into the campaign all the same."""
    for claim in ("claim_next({spring}, 'r2', NULL)", "claim_customer({spring}, {rossi}, 'r2', NULL)"):
        office.refused("clea", f"SELECT * FROM {claim}", codes=("NOT_IN_CAMPAIGN",))
    office.refused("clea", "SELECT release_callbacks(now())")
