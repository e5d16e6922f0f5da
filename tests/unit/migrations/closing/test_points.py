"""Who is paid what, by one's own SQL, and what the screens still show."""

from decimal import Decimal
from typing import Any

import pytest

from app.services.points import of_customer
from app.services.points.explaining import why_entry
from app.services.points.of_task import scored
from app.services.tickets.why import why


@pytest.mark.row("F3", "R-X3", "R-P16")
def test_nobody_reads_what_a_colleague_was_paid(office: Any) -> None:
    seen = "SELECT array_agg(DISTINCT worker_id ORDER BY worker_id), count(*) FROM points_entries"
    functions = ("customer_points({member}, NULL, NULL, false, 9)", "task_points({hers_to_do}, NULL, NULL)")
    paid = "SELECT max(worker_points) FROM {} WHERE worker_id = {{noa}}"
    for who, sees in (("dana", [office.ids["dana"]]), ("cora", None), ("clea", None), ("teo", None)):
        with office.by(who) as session:
            assert office.run(session, seen)[0] == sees
            for function in functions:
                assert office.run(session, paid.format(function)) == (None,), who
    with office.by("mira") as session:
        assert office.run(session, seen)[1] == 2
        assert [office.run(session, paid.format(each))[0] for each in functions] == [Decimal("2.5")] * 2


@pytest.mark.row("R-P16")
def test_the_points_of_a_customer_and_of_a_task_are_shown_to_the_desk_all_the_same(office: Any) -> None:
    ids = office.ids
    for who, own, hers in (("dana", "2.5", None), ("noa", None, "2.5"), ("mira", "2.5", "2.5")):
        backend = office.backend(who)
        rows = backend.execute(of_customer.rows, ids["member"]).rows
        assert [(row.customer, row.customer_points, row.worker) for row in rows] == [
            ("Member", Decimal(10), "Noa"), ("Member", Decimal(10), "Dana"),
        ]  # fmt: skip
        assert [row.worker_points for row in rows] == [Decimal(hers or 0), Decimal(own or 0)]
        told = [backend.execute(why, ids[task])[0].worker_points for task in ("visit", "hers_to_do")]
        assert told == [own and Decimal(own), hers and Decimal(hers)]
        with backend.database.reading(actor=ids[who]) as session:
            assert scored(session, ids["hers_to_do"]).worker == (hers and Decimal(hers))
        assert len(backend.execute(why_entry, rows[0].id)) == (5 if hers else 4)
    assert office.backend("teo").execute(of_customer.rows, ids["member"]).rows == ()
