"""The task points summary: its ten columns, its pages, and totals that are always the sum of the rows."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest
from sqlalchemy import event, select, update

from app.backend import Backend
from app.domain.errors import Refused
from app.domain.points.asked import Asked, Kind, Slice
from app.models.customers import CustomerPhone
from app.models.points import PointsEntry
from app.models.processes import Process, Stage
from app.services.points import report
from app.services.points.choices import choices
from app.services.points.report import SliceOrder, Totals
from tests.kit.points_factory import add_scored_task, add_setting, enter
from tests.kit.points_office import NOON, PointsOffice

NONE = Decimal(0)


@pytest.fixture
def office(database):
    return PointsOffice(database)


def fill(office, count):
    """Rows of every kind over three months, some on one day, some reversed."""
    chance = random.Random(count)
    stages = [*office.sale.values(), office.club["Visit"]]
    written = []
    for _number in range(count):
        moment = NOON - timedelta(days=chance.choice((0, 0, 1, 20, 40, 70)), minutes=chance.randrange(60))
        points, work = (str(Decimal(chance.randrange(-99999, 99999)).scaleb(-chance.randrange(5))) for _each in "cw")
        user = chance.choice((office.dana, office.avi, office.noa, None))
        entry = office.scored(
            user, chance.choice((*office.customers, None)), chance.choice(stages), moment, points, work
        )
        written.append(entry)
    for entry_id in sorted(set(filter(None, written)))[:: max(1, count // 6)]:
        office.reverse(entry_id)
    below = {"redeems": True, "below": True}
    office.scored(office.avi, office.customers[1], office.club["Spend"], NOON, "-100", "2.5", **below)


def whole(rows):
    return Totals(len(rows), sum((r.customer_points for r in rows), NONE), sum((r.worker_points for r in rows), NONE))


@pytest.mark.row("R-P13")
@pytest.mark.row("R-P15")
def test_the_ten_columns_in_their_order(office):
    mario, levi, nameless = office.customers
    with office.database.transaction() as session:
        for position, (raw, e164) in enumerate((("03-555 1234", "+97235551234"), ("050-1234567", "+972501234567"))):
            session.add(CustomerPhone(customer_id=mario.id, position=position, raw=raw, e164=e164))
        session.add(CustomerPhone(customer_id=levi.id, raw="ask at the bar", e164=None, is_suspect=True))
    with office.database.transaction() as session:
        task = add_scored_task(session, office.avi, mario)
        add_setting(session, office.sale["Won"], "12.5", "-3.0001")
        # Dana did it, though the task is Avi's.
        enter(session, task, office.sale["Won"], office.dana, datetime(2026, 10, 31, 22, 30, tzinfo=UTC), "He called")
    office.scored(office.avi, levi, office.club["Visit"], NOON)
    office.scored(office.avi, nameless, office.club["Visit"], NOON)
    office.scored(None, None, office.club["Visit"], NOON, "5", "5")
    rows = [[getattr(row, name) for name in report.ReportRow.__slots__][:10] for row in office.all()]
    assert rows[-1] == [
        "Mario", "De Rossi", "050-1234567", "Sale", "Won", date(2026, 11, 1), "Dana", "He called", Decimal("12.5"),
        Decimal("-3.0001"),
    ]  # fmt: skip
    assert [row[:3] for row in rows[:-1]] == [["", "", ""], ["", "Levi", "ask at the bar"]]
    assert report.COLUMNS == (
        "First name", "Last name", "Mobile", "Process", "Stage", "Date", "Worker", "Note", "Customer's points",
        "Worker's points",
    )  # fmt: skip
    statement = report.report_statement(Asked(), is_postgresql=not office.database.is_sqlite)
    with office.database.reading() as session:
        assert [list(row) for row in session.execute(statement)] == rows[::-1]


@pytest.mark.row("U42")
@pytest.mark.row("U46")
@pytest.mark.row("U50")
def test_totals_and_slices_are_sums_of_the_rows_whatever_is_asked(office):
    fill(office, 30)
    with office.database.reading() as session:
        ledger = list(session.scalars(select(PointsEntry)))
    everything = office.all()
    assert sorted(row.id for row in everything) == sorted(entry.id for entry in ledger)
    assert [row.key for row in everything] == sorted((row.key for row in everything), reverse=True)
    ways = product(
        ({}, {"first": date(2026, 10, 14), "last": date(2026, 11, 22)}),
        (
            {}, {"worker_id": office.dana.id}, {"customer_id": office.customers[1].id}, {"process": "Sale"},
            {"stage_id": office.sale["Won"].id}, {"group_id": office.north.id}, {"group_id": 999},
        ),
        ({}, *({"kind": kind.value} for kind in Kind)),
    )  # fmt: skip
    for days, what, kind in ways:
        asked = Asked(**days, **what, **kind)
        wanted = [entry.id for entry in ledger if fits(office, entry, asked)]
        rows = office.all(asked)
        assert sorted(row.id for row in rows) == sorted(wanted), asked
        assert office.sees.execute(report.totals, asked) == whole(rows), asked
        for by in set(Slice) - {Slice.GROUP} if rows else ():
            parts = office.sees.execute(report.slices, asked, by)
            assert whole(rows) == Totals(
                sum(part.rows for part in parts),
                sum((part.customer_points for part in parts), NONE),
                sum((part.worker_points for part in parts), NONE),
            ), (asked, by)


def fits(office, entry, asked):
    """The question in plain words."""
    north = {office.dana.id, office.avi.id}
    groups = {None: {entry.worker_id}, office.north.id: north}
    kind = Kind.REVERSED if entry.reverses_id else Kind.REDEEMED if entry.is_redemption else Kind.SCORED
    return (
        (asked.first or date.min) <= entry.day <= (asked.last or date.max)
        and asked.worker_id in (None, entry.worker_id)
        and asked.customer_id in (None, entry.customer_id)
        and asked.process in (None, entry.process)
        and asked.stage_id in (None, entry.stage_id)
        and entry.worker_id in groups.get(asked.group_id, set())
        and asked.kind in (None, kind)
    )


@pytest.mark.row("R-P14")
@pytest.mark.row("U43")
def test_rows_are_sliced_by_each_of_six_things(office):
    won, visit = office.sale["Won"], office.club["Visit"]
    mario, levi, _nameless = office.customers
    office.scored(office.dana, mario, won, datetime(2026, 10, 31, 21, 59, tzinfo=UTC), "10", "1.5")
    office.scored(office.dana, levi, visit, datetime(2026, 10, 31, 22, 0, tzinfo=UTC), "-4", "2")
    office.scored(office.avi, levi, won, NOON, "6", "3.5")
    office.scored(office.noa, mario, won, NOON, "0.0001", "-8")

    def cut(by, **how):
        return [
            (row.key, row.label, row.rows, str(row.customer_points), str(row.worker_points))
            for row in office.sees.execute(report.slices, Asked(), by, **how)
        ]

    def names(by, **how):
        return [row[1] for row in cut(by, **how)]

    sums = {row[1]: row[2:] for by in Slice if by is not Slice.MONTH for row in cut(by)}
    assert {name: tuple(map(Decimal, values)) for name, values in sums.items()} == {
        "Dana": (2, 6, Decimal("3.5")), "Avi": (1, 6, Decimal("3.5")), "Noa": (1, Decimal("0.0001"), -8),
        "Mario  De Rossi": (2, Decimal("10.0001"), Decimal("-6.5")), "Levi": (2, 2, Decimal("5.5")),
        "Sale": (3, Decimal("16.0001"), -3), "Club": (1, -4, 2), "Won": (3, Decimal("16.0001"), -3),
        "Visit": (1, -4, 2),
        # Dana is in both groups, Noa in none.
        "North": (3, 12, 7), "South": (2, 6, Decimal("3.5")), None: (1, Decimal("0.0001"), -8),
    }  # fmt: skip
    assert names(Slice.WORKER) == ["Avi", "Dana", "Noa"]
    assert names(Slice.WORKER, order=SliceOrder.ROWS) == ["Dana", "Avi", "Noa"]
    assert names(Slice.WORKER, order=SliceOrder.LABEL, descending=True) == ["Noa", "Dana", "Avi"]
    assert names(Slice.WORKER, limit=1) == ["Avi"]
    assert names(Slice.GROUP) == ["North", "South", None]
    # Of one group there is one sum, and its rows are those that were asked for.
    south = office.sees.execute(report.slices, Asked(group_id=office.south.id), Slice.GROUP)
    assert [(row.label, row.rows) for row in south] == [("South", 2)]
    assert [(row[0], row[2]) for row in cut(Slice.MONTH)] == [(date(2026, 11, 1), 3), (date(2026, 10, 1), 1)]
    stages = office.sees.execute(report.slices, Asked(), Slice.STAGE)
    assert [(row.label, row.under) for row in stages] == [("Visit", "Club"), ("Won", "Sale")]
    # The group's sums count Dana twice, the totals count every row once.
    assert office.sees.execute(report.totals, Asked()) == Totals(4, Decimal("12.0001"), Decimal(-1))
    # A customer without a name is called by his number.
    with office.database.transaction() as session:
        session.add(CustomerPhone(customer_id=office.customers[2].id, raw="02 12345"))
    office.scored(office.dana, office.customers[2], visit, datetime(2027, 1, 1, tzinfo=UTC), "0", "0.1")
    assert names(Slice.CUSTOMER)[-1] == "02 12345"


@pytest.mark.row("U51")
def test_rows_of_a_process_that_is_called_otherwise_and_not_used_any_more_stay_readable(office):
    office.scored(office.dana, office.customers[0], office.sale["Won"], NOON, "10", "1")
    with office.database.transaction() as session:
        session.execute(update(Process).where(Process.name == "Sale").values(name="Shop", is_active=False))
        session.execute(update(Stage).where(Stage.name == "Won").values(name="Sold"))
    office.scored(office.avi, office.customers[0], office.sale["Won"], NOON, "5", "2")
    assert [(row.process, row.stage) for row in office.all()] == [("Shop", "Sold"), ("Sale", "Won")]
    (stage,) = office.sees.execute(report.slices, Asked(), Slice.STAGE)
    assert (stage.label, stage.under, stage.rows, stage.worker_points) == ("Sold", "Shop", 2, Decimal(3))
    assert [row.label for row in office.sees.execute(report.slices, Asked(), Slice.PROCESS)] == ["Sale", "Shop"]


def test_pages_go_back_and_forth_and_meet_at_the_end(office):
    fill(office, 12)
    ask = office.sees.execute
    for asked in (Asked(), Asked(worker_id=office.dana.id), Asked(group_id=office.north.id),
                  Asked(customer_id=office.customers[1].id)):  # fmt: skip
        every = [row.id for row in office.all(asked)]
        last = ask(report.page, asked, at_end=True, limit=2)
        assert [row.id for row in last.rows] == every[-2:]
        assert (last.has_before, last.has_after) == (len(every) > 2, False)
        first = ask(report.page, asked, limit=2)
        assert not first.has_before
        second = ask(report.page, asked, first.rows[-1].key, limit=2)
        if second.rows:
            back = ask(report.page, asked, before=second.rows[0].key, limit=2)
            assert back.rows == first.rows
            assert not back.has_before
            assert back.has_after
    assert first.time_zone == "Asia/Jerusalem"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pages_are_read_along_an_index_and_never_sorted_whole(office):
    """With ten million rows the difference between a moment and a minute; SQLite shows its plan without statistics."""
    day = {"first": date(2026, 11, 1), "last": date(2026, 11, 30)}
    key = (date(2026, 11, 20), 5)
    for asked, index in (
        (Asked(), "day_id"),
        (Asked(**day), "day_id"),
        (Asked(**day, process="Sale", kind="scored"), "day_id"),
        (Asked(**day, kind="redeemed", stage_id=1), "day_id"),
        (Asked(**day, worker_id=office.dana.id), "worker_id_day_id"),
        (Asked(**day, group_id=office.north.id), "worker_id_day_id"),
        (Asked(customer_id=1, worker_id=office.dana.id, **day), "customer_id_id"),
        (Asked(kind="reversed", **day), "reverses_id"),
    ):
        for where in ({}, {"after": key}, {"before": key}, {"at_end": True}):
            plan = planned(office, asked, **where)
            assert f"_{index} " in f"{plan} ", (asked, where, plan)
            is_few = asked.customer_id or asked.kind == Kind.REVERSED
            # A few rows are sorted, and those of a small group, which are its members' pages.
            assert is_few or asked.group_id or "TEMP B-TREE" not in plan, (asked, where, plan)
            assert "SCAN points_entries\n" not in plan + "\n", (asked, where, plan)


def planned(office, asked, **where):
    """How the ids of a page are found."""
    seen = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        if "points_entries" in statement and "processes" not in statement:
            seen.append((statement, parameters))

    engine = office.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        office.sees.execute(report.page, asked, **where)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {seen[0][0]}", seen[0][1])
        return "\n".join(row[-1] for row in rows)


def test_who_may_not_see_points_sees_his_own_alone(office):
    mine = office.scored(office.dana, office.customers[0], office.sale["Won"], NOON, "10", "1")
    office.scored(office.avi, office.customers[0], office.sale["Won"], NOON, "10", "1")
    dana = Backend(office.database, actor=office.dana.id)
    own = Asked(worker_id=office.dana.id)
    assert [row.id for row in dana.execute(report.page, own).rows] == [mine]
    assert dana.execute(report.totals, own).rows == 1
    assert [row.label for row in dana.execute(report.slices, own, Slice.PROCESS)] == ["Sale"]
    for asked in (Asked(), Asked(worker_id=office.avi.id), Asked(customer_id=office.customers[0].id)):
        for question in (report.page, report.totals):
            with pytest.raises(Refused) as refusal:
                dana.execute(question, asked)
            assert refusal.value.code == "FORBIDDEN"
        for question, more in ((report.slices, Slice.WORKER), (report.named, (mine,))):
            with pytest.raises(Refused):
                dana.execute(question, asked, more)
    with pytest.raises(Refused):
        dana.execute(choices)
