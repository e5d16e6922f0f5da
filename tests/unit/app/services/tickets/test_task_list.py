"""The list of tasks: whose, in which order, page by page, and what it marks."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from app.backend import Backend
from app.db.database import Database
from app.models.customers import Customer
from app.models.tickets import Note, Task
from app.services.tickets import task_list
from app.services.tickets.task_rows import Mark, Scope, Sort, SortBy, TaskFilter
from tests.kit.factory import add_group, add_user, at
from tests.kit.tasks import add_process, add_step, add_task

NOW = at(8)
MINE = TaskFilter()


class Desk:
    """Dana and Avi are in one group, Noa is not; a process of two stages."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            people = [add_user(session, name, "agent") for name in ("Dana", "Avi", "Noa")]
            self.dana, self.avi, self.noa = (each.id for each in people)
            self.group = add_group(session, "Service", *people[:2]).id
            way = add_process(session, "Sale", {"name": "Intake"}, {"name": "Quote", "due_hours": 4})
            self.process, self.intake, self.quote = way.id, way.stages["Intake"], way.stages["Quote"]
        self.backend = Backend(database, actor=self.dana, clock=lambda: NOW)

    def add(self, title: str, due_at: datetime | None = None, user_id: int = 0, **values: object) -> int:
        with self.database.transaction() as session:
            values.setdefault("opened_at", at(7))
            return add_task(session, title, user_id or self.dana, due_at=due_at, **values).id  # type: ignore[arg-type]

    def titles(self, asked: TaskFilter = MINE, **where: object) -> list[str]:
        page = self.backend.execute(task_list.page, asked, **where)  # type: ignore[arg-type]
        return [row.title for row in page.rows]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.mark.row("R-F5")
def test_my_list_holds_what_i_have_the_nearest_first_and_undated_last(desk: Desk):
    desk.add("undated")
    desk.add("tomorrow", at(32))
    desk.add("overdue", at(6))
    desk.add("Avi's", at(5), user_id=desk.avi)
    desk.add("done", at(6), closed_at=at(7))
    assert desk.titles() == ["overdue", "tomorrow", "undated"]
    assert desk.titles(TaskFilter(Scope.GROUPS)) == ["Avi's", "overdue", "tomorrow", "undated"]
    desk.add("Noa's", at(4), user_id=desk.noa)
    assert desk.titles(TaskFilter(Scope.ALL))[0] == "Noa's"
    assert "Noa's" not in desk.titles(TaskFilter(Scope.GROUPS))
    assert desk.titles(TaskFilter(is_open=False)) == ["done"]
    assert desk.titles(TaskFilter(is_overdue=True)) == ["overdue"]


@pytest.mark.parametrize("sort", [Sort(), Sort(descending=True), Sort(SortBy.NUMBER), Sort(SortBy.NUMBER, True)])
def test_pages_follow_each_other_in_both_directions_without_gap_or_double(desk: Desk, sort: Sort):
    for number in range(9):
        desk.add(str(number), None if number % 3 == 0 else at(10 + number % 2))
    whole = desk.titles(sort=sort)
    assert len(whole) == 9
    assert sorted(whole[-3:]) == ["0", "3", "6"] or sort.by is SortBy.NUMBER
    walked, page = [], desk.backend.execute(task_list.page, sort=sort, limit=2)
    assert not page.has_before
    while True:
        walked += [row.title for row in page.rows]
        if not page.has_after:
            break
        page = desk.backend.execute(task_list.page, sort=sort, after=page.rows[-1].cursor, limit=2)
    assert walked == whole
    back, page = [], desk.backend.execute(task_list.page, sort=sort, at_end=True, limit=4)
    while True:
        back = [row.title for row in page.rows] + back
        if not page.has_before:
            break
        page = desk.backend.execute(task_list.page, sort=sort, before=page.rows[0].cursor, limit=4)
    assert back == whole


def test_process_stage_and_every_word_of_a_search_narrow_the_list(desk: Desk):
    with desk.database.transaction() as session:
        rossi = Customer(name="Rossi", search="rossi 0501234567")
        session.add(rossi)
        session.flush()
        rossi_id = rossi.id
    desk.add("Offer for the pump", customer_id=rossi_id, stage_id=desk.quote)
    desk.add("Call back", stage_id=desk.intake)
    number = desk.add("Something else")
    assert desk.titles(TaskFilter(process_id=desk.process)) == ["Offer for the pump", "Call back"]
    assert desk.titles(TaskFilter(stage_id=desk.quote)) == ["Offer for the pump"]
    assert desk.titles(TaskFilter(text="ROSSI pump")) == ["Offer for the pump"]
    assert desk.titles(TaskFilter(text="rossi back")) == []
    assert desk.titles(TaskFilter(text=f"#{number}")) == ["Something else"]
    assert desk.backend.execute(task_list.count, TaskFilter(text="100%")).number == 0


@pytest.mark.row("U19")
def test_what_stands_still_too_long_or_bounces_is_marked(desk: Desk):
    long_ago, limit = NOW - timedelta(days=8), NOW - timedelta(hours=8)
    stuck = desk.add("stuck", at(9), stage_id=desk.intake, opened_at=long_ago)
    fresh = desk.add("fresh", at(10), stage_id=desk.intake, opened_at=NOW - timedelta(days=6))
    offset = desk.add("over twice its offset", at(11), stage_id=desk.quote, opened_at=limit - timedelta(minutes=1))
    moved = desk.add("moved since", at(12), stage_id=desk.quote, opened_at=long_ago)
    bounced = desk.add("bounced", at(13), stage_id=desk.quote, opened_at=at(7))
    with desk.database.transaction() as session:
        get = session.get_one
        add_step(session, get(Task, moved), at(7), from_stage_id=desk.intake, to_stage_id=desk.quote)
        task = get(Task, bounced)
        hands = [desk.avi, desk.dana, desk.noa, desk.dana]
        for hour, (one, other) in enumerate(pairwise(hands)):
            stage = {"from_stage_id": desk.quote, "to_stage_id": desk.quote}
            add_step(session, task, at(5 + hour), from_user_id=one, to_user_id=other, **stage)
    rows = {row.id: row for row in desk.backend.execute(task_list.page).rows}
    assert {number: row.mark for number, row in rows.items() if row.mark} == {
        stuck: Mark.STUCK,
        offset: Mark.STUCK,
        bounced: Mark.BOUNCING,
    }
    assert rows[fresh].since == NOW - timedelta(days=6)
    assert rows[moved].since == at(7)
    assert rows[bounced].since == at(7), "hand-overs at one stage leave its beginning as it is"


@pytest.mark.row("R-F24")
def test_a_customer_with_an_alert_has_a_bell_until_it_is_dismissed(desk: Desk):
    with desk.database.transaction() as session:
        customer = Customer(name="Rossi", search="rossi")
        session.add(customer)
        session.flush()
        note = Note(customer_id=customer.id, text="Pays late", is_alert=True, at=NOW)
        session.add(note)
        session.flush()
        customer_id, note_id = customer.id, note.id
    task = desk.add("Call", customer_id=customer_id)
    desk.add("Other")
    rows = desk.backend.execute(task_list.page).rows
    assert [row.has_alert for row in rows] == [True, False]
    with desk.database.transaction() as session:
        session.get_one(Note, note_id).dismissed_at = NOW
    assert not desk.backend.execute(task_list.named, [task])[0].has_alert


def test_named_rows_come_with_their_place_and_only_as_the_filter_leaves_them(desk: Desk):
    one, other = desk.add("one", at(9)), desk.add("other", at(10), user_id=desk.avi)
    asked = TaskFilter(Scope.ALL)
    rows = desk.backend.execute(task_list.page, asked).rows
    assert desk.backend.execute(task_list.named, [other, one], asked) == rows
    assert [row.id for row in desk.backend.execute(task_list.named, [other, one])] == [one]
    assert desk.backend.execute(task_list.count, replace(asked, handler_id=desk.avi)).number == 1
