from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Conflict, Refused
from app.domain.tickets.draft import TicketDraft
from app.domain.tickets.files import LARGEST, clean_name, is_opened
from app.models.customers import Customer
from app.models.mail import IncomingMessage, MailAccount, OutboxMessage
from app.models.people import User
from app.models.processes import Process, Stage
from app.models.tickets import File, Note, NoteKind, Task, TaskStep, Ticket, TicketType
from app.services.tickets import card, duplicates, files, merging, notes, of_customer
from app.services.tickets.timeline import Entry, Kind, timeline
from tests.kit.dial_factory import add_attempt, add_campaign, add_entry, add_pool
from tests.kit.factory import add_group, add_user, at


class Desk:
    """An agent, two customers and a type; the clock goes on by an hour with each call."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.moment: datetime = at(8)
        with database.transaction() as session:
            dana, reader = add_user(session, "Dana", "agent"), add_user(session, "Rina", "read_only")
            self.dana, self.reader = dana.id, reader.id
            add_group(session, "Back office", is_back_office=True)
            rossi, levi = Customer(name="Rossi", search="rossi"), Customer(name="Levi", search="levi")
            support = TicketType(name="Support")
            session.add_all([rossi, levi, support])
            session.flush()
            self.rossi, self.levi, self.support = rossi.id, levi.id, support.id
            kinds = {kind.code: kind.id for kind in session.scalars(select(NoteKind))}
            self.alert = kinds["alert"]
        self.backend = Backend(database, actor=self.dana, clock=lambda: self.moment)

    def create(self, subject: str = "Boiler leaks", **fields: Any) -> card.Saved:
        values = {"subject": subject, "handler_id": self.dana, "customer_id": self.rossi} | fields
        return self.run(card.create, TicketDraft(**values))

    def run(self, service: Any, *args: Any, **kwargs: Any) -> Any:
        answer = self.backend.execute(service, *args, **kwargs)
        self.moment += timedelta(hours=1)
        return answer

    def line(self, number: int, **kwargs: Any) -> tuple[Entry, ...]:
        return self.backend.execute(timeline, number, **kwargs).entries

    def rows(self, model: Any) -> list[Any]:
        with self.database.reading() as session:
            return list(session.scalars(select(model).order_by(model.id)))


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


# --- Notes and alerts


@pytest.mark.row("R-F24")
def test_an_alert_rings_for_its_customer_until_it_is_dismissed(desk):
    saved = desk.create()
    note_id = desk.run(notes.write, "The dog bites", desk.alert, ticket_id=saved.id)
    desk.run(notes.write, "An ordinary note", ticket_id=saved.id)
    (alert,) = desk.run(notes.alerts, desk.rossi)
    assert (alert.id, alert.text, alert.by, alert.ticket_id) == (note_id, "The dog bites", "Dana", saved.id)
    with desk.database.reading() as session:
        assert notes.alerts_of(session, [desk.rossi, desk.levi]) == {desk.rossi}
    desk.run(notes.dismiss, note_id)
    assert desk.run(notes.alerts, desk.rossi) == ()
    (entry,) = (each for each in desk.line(saved.id) if each.is_alert)
    assert entry.is_dismissed


@pytest.mark.row("R-F23")
def test_a_note_is_in_the_customers_trail_with_the_stage_it_was_written_at(desk):
    saved = desk.create()
    with desk.database.transaction() as session:
        process = Process(name="Repairs")
        session.add(process)
        session.flush()
        stage = Stage(process_id=process.id, name="Diagnosis")
        session.add(stage)
        session.flush()
        task = session.scalars(select(Task)).one()
        step = TaskStep(task_id=task.id, at=at(9), to_stage_id=stage.id, rule="by_hand", note="Looked at it")
        session.add(step)
        session.flush()
        notes.add_note(session, "Looked at it", task_id=task.id, step_id=step.id)
    desk.run(notes.write, "Called back", customer_id=desk.rossi)
    rows, has_more = desk.run(notes.trail, desk.rossi)
    assert [row.text for row in rows] == ["Called back", "Looked at it"]
    assert (rows[1].process, rows[1].stage, rows[1].ticket_id) == ("Repairs", "Diagnosis", saved.id)
    assert not has_more
    first, has_more = desk.run(notes.trail, desk.rossi, limit=1)
    assert has_more
    assert desk.run(notes.trail, desk.rossi, before=first[-1].id)[0] == rows[1:]
    assert [entry.text for entry in desk.line(saved.id) if entry.text] == ["Looked at it"]


@pytest.mark.parametrize("written", ["", "  \n "])
def test_an_empty_note_is_refused(desk, written):
    saved = desk.create()
    with pytest.raises(Refused):
        desk.run(notes.write, written, ticket_id=saved.id)


def test_what_was_written_stays_as_it_was_written(desk):
    saved = desk.create()
    desk.run(notes.write, "Said no", ticket_id=saved.id)
    with desk.database.engine.connect() as connection, pytest.raises(DBAPIError, match="callboard:KEPT"):
        connection.execute(text("UPDATE notes SET text = 'Said yes'"))


def test_a_reader_writes_no_notes_and_adds_no_files(desk):
    saved = desk.create()
    reader = desk.backend.acting_as(desk.reader)
    for service, args in ((notes.write, ("Hello",)), (files.add, ("a.txt", b"a"))):
        with pytest.raises(Refused) as told:
            reader.execute(service, *args, ticket_id=saved.id)
        assert told.value.code == "FORBIDDEN"


# --- Files


@pytest.mark.row("R-M2")
def test_a_file_comes_back_as_it_was_added(desk):
    saved = desk.create()
    key = desk.run(files.add, "..\\photos/boiler \u202egpj.exe", b"\x00\xff" * 1000, ticket_id=saved.id)
    content = desk.run(files.read, key)
    assert (content.name, content.content) == ("boiler gpj.exe", b"\x00\xff" * 1000)
    (entry,) = (each for each in desk.line(saved.id) if each.kind is Kind.FILE)
    assert (entry.title, entry.size, entry.who) == ("boiler gpj.exe", 2000, "Dana")


def test_a_file_over_the_limit_is_refused_in_words(desk):
    saved = desk.create()
    with pytest.raises(Refused) as told:
        desk.run(files.add, "film.mp4", bytes(LARGEST + 1), ticket_id=saved.id)
    assert told.value.code == "TOO_LARGE"
    assert desk.rows(File) == []


@pytest.mark.parametrize(
    ("name", "is_shown"),
    [("a.pdf", True), ("A.JPG", True), ("run.exe", False), ("a.pdf.bat", False), ("page.html", False), ("x", False)],
)
def test_only_what_cannot_run_is_opened(name, is_shown):
    assert is_opened(name) is is_shown


@pytest.mark.parametrize(("name", "kept"), [("/etc/passwd", "passwd"), ("..", "file"), ("a" * 400 + ".pdf", None)])
def test_a_name_is_made_safe(name, kept):
    found = clean_name(name)
    assert kept is None or found == kept
    assert len(found) <= 150
    assert kept is not None or found.endswith(".pdf")


# --- The time line


def test_the_time_line_is_read_page_by_page_without_a_gap_or_a_double(desk):
    saved = desk.create()
    for number in range(7):
        # Three notes at one moment: the edge of a page falls among them.
        for _same in range(3):
            desk.backend.execute(notes.write, f"Note {number}", ticket_id=saved.id)
        desk.run(files.add, f"{number}.txt", b"x", ticket_id=saved.id)
    whole = desk.line(saved.id, limit=100)
    found: list[Entry] = []
    while True:
        after = found[-1].edge if found else None
        page = desk.backend.execute(timeline, saved.id, after=after, limit=4)
        found += page.entries
        if not page.has_more:
            break
    assert tuple(found) == whole
    assert len({entry.edge for entry in found}) == len(found) == 7 * 4 + 2
    only = desk.line(saved.id, kinds={Kind.FILE}, limit=100)
    assert {entry.kind for entry in only} == {Kind.FILE}


@pytest.mark.row("R-M2")
def test_mail_in_and_out_hangs_under_the_card(desk):
    saved = desk.create()
    add_mail(desk, saved.id)
    kinds = {entry.kind: entry for entry in desk.line(saved.id)}
    assert (kinds[Kind.MAIL_OUT].person, kinds[Kind.MAIL_OUT].state) == ("r@example.com", "waiting")
    assert (kinds[Kind.MAIL_IN].person, kinds[Kind.MAIL_IN].text) == ("Rossi", "It still leaks")


def add_mail(desk: Desk, number: int) -> None:
    with desk.database.transaction() as session:
        account = MailAccount(is_office=True, address="office@example.com")
        session.add(account)
        session.flush()
        session.add(
            IncomingMessage(
                account_id=account.id,
                uid_validity=1,
                uid=1,
                from_address="r@example.com",
                from_name="Rossi",
                body="It still leaks",
                received_at=at(10),
                outcome="continued",
                ticket_id=number,
            )
        )
        session.add(
            OutboxMessage(
                event="ticket_opened",
                event_key="k",
                to_address="r@example.com",
                language="en",
                subject="Thanks",
                body="Thanks",
                message_id="<1@x>",
                next_at=at(10),
                created_at=at(10),
                ticket_id=number,
            )
        )


# --- Merging


def test_merging_moves_everything_and_closes_the_source(desk):
    source, target = desk.create("Boiler drips"), desk.create("Boiler leaks")
    desk.run(notes.write, "From the source", ticket_id=source.id)
    desk.run(files.add, "a.txt", b"a", ticket_id=source.id)
    add_mail(desk, source.id)
    seen = desk.run(merging.preview, source.id, target.id)
    assert (seen.tasks, seen.notes, seen.files, seen.mails, seen.has_other_customer) == (1, 1, 1, 2, False)
    desk.run(merging.merge, source.id, source.version, target.id)
    for model in (Task, File, OutboxMessage, IncomingMessage):
        assert {row.ticket_id for row in desk.rows(model)} == {target.id}
    told = [(note.ticket_id, note.text) for note in desk.rows(Note)]
    assert told == [
        (target.id, "From the source"),
        (source.id, f"Merged into ticket {target.id}."),
        (target.id, f"Ticket {source.id} was merged into this one: Boiler drips"),
    ]
    known = desk.run(card.load, source.id)
    assert (known.merged_into_id, known.merged_into, known.closed_at is not None) == (target.id, str(target.id), True)
    assert desk.line(source.id, kinds={Kind.CLOSED})[0].number == str(target.id)
    assert all(task.closed_at is None for task in desk.rows(Task))


def test_a_merged_ticket_is_not_opened_again(desk):
    source, target = desk.create(), desk.create()
    desk.run(merging.merge, source.id, source.version, target.id)
    version = desk.run(card.load, source.id).version
    with pytest.raises(Refused) as told:
        desk.run(card.reopen, source.id, version)
    assert told.value.code == "MERGED"


def test_a_merge_is_refused_where_it_makes_no_sense(desk):
    one, two, done = desk.create(), desk.create(), desk.create()
    desk.run(card.close, done.id, done.version)
    refusals = {"SAME": (one.id, one.id), "CLOSED": (one.id, done.id), "GONE": (one.id, 999_999)}
    for code, pair in refusals.items():
        with pytest.raises(Refused) as told:
            desk.run(merging.preview, *pair)
        assert told.value.code == code
    desk.run(merging.merge, one.id, one.version, two.id)
    with pytest.raises(Refused) as told:
        desk.run(merging.merge, two.id, desk.run(card.load, two.id).version, one.id)
    assert told.value.code == "MERGED"


def test_different_customers_are_merged_only_when_somebody_says_so(desk):
    one, two = desk.create(), desk.create(customer_id=desk.levi)
    with pytest.raises(Refused) as told:
        desk.run(merging.merge, one.id, one.version, two.id)
    assert told.value.code == "OTHER_CUSTOMER"
    assert {row.ticket_id for row in desk.rows(Task)} == {one.id, two.id}
    desk.run(merging.merge, one.id, one.version, two.id, with_other_customer=True)
    assert desk.run(card.load, two.id).draft.customer_id == desk.levi


def test_a_merge_of_what_somebody_changed_meanwhile_is_a_conflict(desk):
    one, two = desk.create(), desk.create()
    with desk.database.transaction() as session:
        session.execute(update(Ticket).where(Ticket.id == one.id).values(version=Ticket.version + 1))
    with pytest.raises(Conflict):
        desk.run(merging.merge, one.id, one.version, two.id)
    assert desk.run(card.load, one.id).merged_into_id is None


# --- Doubles


def test_a_double_is_told_for_the_same_customer_by_type_or_by_a_word(desk):
    known = desk.create("Boiler leaks", type_id=desk.support)

    def ask(*args: Any, **kwargs: Any) -> list[int]:
        return [each.id for each in desk.backend.execute(duplicates.alike, *args, **kwargs)]

    assert ask(desk.rossi, desk.support, "") == [known.id]
    assert ask(desk.rossi, None, "The boiler again") == [known.id]
    assert ask(desk.rossi, None, "Invoice") == []
    assert ask(desk.levi, desk.support, "Boiler leaks") == []
    assert ask(None, None, "leaks boiler") == [known.id]
    assert ask(None, None, "boiler") == []
    assert ask(desk.rossi, desk.support, "", except_id=known.id) == []
    desk.moment += timedelta(days=31)
    assert ask(desk.rossi, desk.support, "Boiler leaks") == []


def test_a_closed_ticket_is_no_double(desk):
    known = desk.create("Boiler leaks", type_id=desk.support)
    desk.run(card.close, known.id, known.version)
    assert desk.backend.execute(duplicates.alike, desk.rossi, desk.support, "Boiler") == ()


# --- The tasks of a customer


@pytest.mark.row("R-F22")
def test_the_tasks_of_a_customer_stand_open_ones_first_and_are_read_in_pages(desk):
    done = [desk.create(f"Done {number}") for number in range(3)]
    for saved in done:
        desk.run(card.close, saved.id, saved.version)
    for number in range(4):
        desk.create(f"Open {number}")
    desk.create("Somebody else's", customer_id=desk.levi)
    with desk.database.transaction() as session:
        session.add(Task(title="Without a ticket", customer_id=desk.rossi, user_id=desk.dana, opened_at=at(9)))
    whole = desk.run(of_customer.tasks_of, desk.rossi, limit=50)
    assert [row.title for row in whole.rows] == [
        "Without a ticket",
        *("Open 3", "Open 2", "Open 1", "Open 0"),
        *("Done 2", "Done 1", "Done 0"),
    ]
    found: list[of_customer.TaskRow] = []
    page = desk.run(of_customer.tasks_of, desk.rossi, limit=3)
    while True:
        found += page.rows
        if not page.has_after:
            break
        page = desk.run(of_customer.tasks_of, desk.rossi, after=found[-1].key, limit=3)
    assert tuple(found) == whole.rows
    last = desk.run(of_customer.tasks_of, desk.rossi, at_end=True, limit=3)
    assert (last.rows, last.has_before, last.has_after) == (whole.rows[-3:], True, False)
    before = desk.run(of_customer.tasks_of, desk.rossi, before=last.rows[0].key, limit=3)
    assert before.rows == whole.rows[2:5]


# --- Calls


@pytest.mark.row("R-D3", "R-D15")
def test_calls_with_the_customer_while_the_ticket_was_open_stand_in_its_time_line(desk):
    saved = desk.create()
    with desk.database.transaction() as session:
        dana, noa = session.get_one(User, desk.dana), add_user(session, "Noa", "agent")
        rossi = session.get_one(Customer, desk.rossi)
        campaign = add_campaign(session, "Boilers", dana, noa)
        entry = add_entry(session, add_pool(session, campaign), rossi)
        opened = session.get_one(Ticket, saved.id).opened_at
        add_attempt(session, dana, entry, at=opened + timedelta(hours=1), note="Comes on Monday")
        add_attempt(session, dana, entry, at=opened - timedelta(hours=1), note="Before")
        add_attempt(session, noa, entry, at=opened + timedelta(hours=1), note="Not Dana's to see")
        add_attempt(session, dana, entry, at=opened + timedelta(hours=2), kind="skip")
    (call,) = (each for each in desk.line(saved.id) if each.kind is Kind.CALL)
    assert (call.who, call.text, call.title, call.note_kind) == (
        "Dana",
        "Comes on Monday",
        "Boilers",
        (None, "No answer"),
    )
