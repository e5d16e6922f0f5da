"""An agent's day by his own SQL."""

from typing import Any

import pytest

from app.services.dialer import spans

OPEN = (
    "INSERT INTO desk_spans (user_id, state, campaign_id, started_at, ended_at) VALUES ({dana}, 'talking', {spring}, "
)


@pytest.mark.row("F3", "R-X3")
def test_a_stretch_begins_when_it_is_said(office: Any) -> None:
    with office.by("dana") as session:
        office.run(session, f"{OPEN} '2026-01-01', '2026-01-02')")
        told = office.run(session, "SELECT started_at > now() - interval '1 minute', ended_at FROM desk_spans")
        assert told == (True, None)
        office.run(session, "UPDATE desk_spans SET ended_at = '2099-01-01'")
        assert office.run(session, "SELECT ended_at <= clock_timestamp() FROM desk_spans") == (True,)
        office.run(session, "INSERT INTO desk_signs (user_id, seen_at) VALUES ({dana}, '2099-01-01')")
        assert office.run(session, "SELECT seen_at <= clock_timestamp() FROM desk_signs") == (True,)


FORGED = {
    "a beginning moved": "UPDATE desk_spans SET started_at = started_at - interval '1 hour'",
    "another state": "UPDATE desk_spans SET state = 'talking'",
    "an end taken back": "UPDATE desk_spans SET ended_at = NULL",
    "an end moved": "UPDATE desk_spans SET ended_at = now() - interval '1 hour'",
    "a stretch removed": "DELETE FROM desk_spans",
    "a sign removed": "DELETE FROM desk_signs",
    "another's stretch": "INSERT INTO desk_spans (user_id, state, started_at) VALUES ({noa}, 'paused', now())",
    "a sign given for another": "INSERT INTO desk_signs (user_id, seen_at) VALUES ({noa}, now())",
    "one's sign made another's": "UPDATE desk_signs SET user_id = {noa}",
    "another's telephone": "INSERT INTO phone_lines (user_id, kind) VALUES ({noa}, 'handoff')",
}


@pytest.mark.row("F3", "R-X3")
@pytest.mark.parametrize("attack", FORGED.values(), ids=FORGED)
def test_no_stretch_is_written_anew(office: Any, attack: str) -> None:
    done = f"{OPEN} now(), NULL)", "UPDATE desk_spans SET ended_at = now()"
    sign = "INSERT INTO desk_signs (user_id, seen_at) VALUES ({dana}, now())"
    office.refused("dana", *done, sign, attack)
    office.refused_as_group("dana", *done, sign, attack)


@pytest.mark.row("F3", "R-X3")
def test_two_stretches_are_never_open_at_once(office: Any) -> None:
    office.refused("dana", f"{OPEN} now(), NULL)", f"{OPEN} now(), NULL)", codes=("TAKEN",))


@pytest.mark.row("F3", "R-X3")
def test_nobody_writes_down_that_a_desk_died(office: Any) -> None:
    lost = (
        "INSERT INTO call_attempts (op_id, kind, user_id, finished_at) VALUES ('lost:9', 'lost', {dana}, '2020-01-01')"
    )
    office.refused("dana", lost)
    office.refused_as_group("dana", lost)


@pytest.mark.row("R-X1", "F3")
def test_the_second_desk_takes_over_and_no_moment_counts_twice(office: Any) -> None:
    first, second = office.backend("noa"), office.backend("noa")
    for desk, state in ((first, "waiting"), (second, "reading"), (first, "paused"), (second, "talking")):
        assert desk.execute(spans.enter, state)
    second.execute(spans.leave)
    with office.by("noa") as session:
        overlaps = (
            "SELECT count(*), count(ended_at), bool_or(x) FROM (SELECT ended_at, started_at < lag(ended_at) OVER "
        )
        told = office.run(session, f"{overlaps} (ORDER BY id) AS x FROM desk_spans WHERE user_id = {{noa}}) AS each")
    assert told == (4, 4, False)
