from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDropEvent
from PySide6.QtTest import QTest
from sqlalchemy import select

from app.domain.tickets.files import LARGEST
from app.models.processes import Process, Profile, Stage, UserProfile
from app.models.tickets import (
    CustomField,
    File,
    Layout,
    Note,
    NoteKind,
    Product,
    ProductGroup,
    StatusField,
    TicketStatus,
    TicketSubtype,
    TicketType,
)
from app.services.tickets import card, files, notes
from tests.kit.tickets_robot import TicketsDesk
from ui.kit.commands import Command
from ui.tickets.card.cells import CheckCell
from ui.tickets.card.timeline import Act

CONTROL = Qt.KeyboardModifier.ControlModifier


@dataclass
class Shaped:
    """What the administrator has put on the cards."""

    serial: str
    parts: str
    insured: str
    closed: int
    alert: int
    product: int
    urgent: int
    leaks: int


@pytest.fixture
def shaped(desk: TicketsDesk) -> Shaped:
    """Own fields on the card of one type, fields that closing asks for, a type that is urgent."""
    with desk.database.transaction() as session:
        own = [CustomField(name=name, kind=kind) for name, kind in
               (("Serial", "text"), ("Parts", "number"), ("Insured", "check"))]  # fmt: skip
        group = ProductGroup(name="Heaters")
        session.add_all([*own, group])
        session.flush()
        product = Product(name="X200", group_id=group.id)
        urgent = TicketType(name="Gas smell", priority=0, due_hours=2)
        leaks = TicketSubtype(type_id=desk.office.boiler, name="Leaks")
        codes = [f"custom.{field.id}" for field in own]
        session.add_all([product, urgent, leaks])
        layout = ["subject", "status_id", "type_id", "product_group_id", "product_id", *codes, "handler_id"]
        session.add(Layout(kind="ticket", ticket_type_id=desk.office.boiler, fields=layout))
        closed = session.scalars(select(TicketStatus.id).where(TicketStatus.code == "closed")).one()
        session.add_all([StatusField(status_id=closed, field=code) for code in ("product_id", codes[0])])
        alert = session.scalars(select(NoteKind.id).where(NoteKind.code == "alert")).one()
        session.flush()
        made = Shaped(*codes, closed, alert, product.id, urgent.id, leaks.id)
    desk.tickets.refresh()
    desk.settle()
    return made


def choose(desk: TicketsDesk, picker: Any, name: str) -> None:
    picker.setFocus()
    desk.write(picker.lineEdit(), name)
    desk.press(Qt.Key.Key_Tab)


def words(desk: TicketsDesk) -> list[str]:
    return [line.translate({0x2068: None, 0x2069: None}) for line in desk.tickets.card.time_line.lines]


# --- Layout, priority, mandatory fields


@pytest.mark.row("R-M3", "R-M4", "R-T43")
def test_the_layout_follows_the_type_and_what_is_typed_stays(desk, shaped):
    desk.press(Qt.Key.Key_N, CONTROL)
    fields = desk.tickets.card.fields
    assert shaped.serial not in fields.shown
    assert "product_id" not in fields.shown
    desk.write(fields.subject, "Boiler leaks")
    desk.write(fields.address, "Herzl 4")
    choose(desk, fields.type, "Boiler")
    assert fields.shown[-5:] == ("product_id", shaped.serial, shaped.parts, shaped.insured, "handler_id")
    assert not fields.address.isVisible()
    desk.write(fields.rows[shaped.serial].widget, "SN 1")
    desk.write(fields.rows[shaped.parts].widget, "2,5")
    fields.rows[shaped.insured].widget.setFocus()
    desk.press(Qt.Key.Key_Space)
    desk.press(Qt.Key.Key_S, CONTROL)
    desk.settle()
    draft = desk.backend.execute(card.load, desk.numbers()[0]).draft
    key = {name: getattr(shaped, name).removeprefix("custom.") for name in ("serial", "parts", "insured")}
    assert draft.custom == {key["serial"]: "SN 1", key["parts"]: "2.5", key["insured"]: True}
    assert draft.address == "Herzl 4"


@pytest.mark.row("R-T43")
def test_what_is_no_number_is_told_at_its_field(desk, shaped):
    desk.tickets.new_ticket()
    fields = desk.tickets.card.fields
    desk.write(fields.subject, "Boiler leaks")
    choose(desk, fields.type, "Boiler")
    desk.write(fields.rows[shaped.parts].widget, "a few")
    desk.press(Qt.Key.Key_S, CONTROL)
    desk.settle()
    assert fields.rows[shaped.parts].has_error
    assert desk.numbers() == []


@pytest.mark.row("R-M9", "Q6")
def test_the_type_sets_the_priority_on_the_card_until_a_person_does(desk, shaped):
    desk.tickets.new_ticket()
    fields = desk.tickets.card.fields
    choose(desk, fields.type, "Gas smell")
    assert fields.priority.currentText() == "Urgent"
    assert fields.due.value() is not None
    choose(desk, fields.priority, "Low")
    choose(desk, fields.type, "Question")
    choose(desk, fields.type, "Gas smell")
    assert fields.priority.currentText() == "Low"


@pytest.mark.row("R-M5")
def test_another_type_empties_the_sub_type(desk, shaped):
    desk.tickets.new_ticket()
    fields = desk.tickets.card.fields
    fields.choices.lists = replace(fields.choices.lists, layouts={})
    choose(desk, fields.type, "Boiler")
    choose(desk, fields.subtype, "Leaks")
    assert fields.subtype.value() == shaped.leaks
    choose(desk, fields.type, "Question")
    assert fields.subtype.value() is None
    assert not fields.subtype.isEnabled()


@pytest.mark.row("R-M11", "U17")
def test_what_a_state_needs_is_marked_before_saving_and_named_when_it_is_missing(desk, shaped):
    (number,) = desk.take_in("Boiler leaks")
    desk.tickets.open_ticket(number)
    desk.settle()
    view = desk.tickets.card
    assert not view.fields.is_needed("product_id")
    choose(desk, view.fields.status, "Closed")
    assert view.fields.is_needed("product_id")
    assert view.fields.is_needed(shaped.serial)
    desk.press(Qt.Key.Key_S, CONTROL)
    desk.settle()
    assert "Product, Serial" in desk.said_last()
    assert view.fields.rows["product_id"].widget.hasFocus()
    assert desk.backend.execute(card.load, number).closed_at is None


@pytest.mark.row("R-M11")
def test_closing_shows_what_it_needs_and_closes_once_that_is_there(desk, shaped):
    (number,) = desk.take_in("Boiler leaks")
    desk.tickets.open_ticket(number)
    desk.settle()
    view = desk.tickets.card
    view.close_button.click()
    desk.settle()
    assert view.fields.rows["product_id"].has_error
    choose(desk, view.fields.rows["product_id"].widget, "X200")
    desk.write(view.fields.rows[shaped.serial].widget, "SN 1")
    desk.press(Qt.Key.Key_S, CONTROL)
    desk.settle()
    known = desk.backend.execute(card.load, number)
    assert (known.draft.product_id, known.closed_at is not None) == (shaped.product, True)


@pytest.mark.row("R-M13")
def test_a_type_with_a_process_finds_its_handler_by_itself(desk):
    with desk.database.transaction() as session:
        profile, process = Profile(name="Agents", main="worker"), Process(name="Support")
        session.add_all([profile, process])
        session.flush()
        session.add(Stage(process_id=process.id, name="Intake", is_intake=True, profile_id=profile.id))
        session.add(UserProfile(user_id=desk.office.avi, profile_id=profile.id))
        session.add(TicketType(name="Complaint", process_id=process.id))
    desk.tickets.refresh()
    desk.settle()
    desk.tickets.new_ticket()
    fields = desk.tickets.card.fields
    desk.write(fields.subject, "Nobody came")
    choose(desk, fields.type, "Complaint")
    assert fields.handler.currentText() == "Automatic"
    desk.press(Qt.Key.Key_S, CONTROL)
    desk.settle()
    assert fields.handler.currentText() == "Avi"
    assert "Intake: handed over to Avi" in words(desk)


# --- Notes, alerts, files


@pytest.mark.row("R-M2")
def test_a_note_is_written_with_the_keyboard_and_kept_while_one_looks_elsewhere(desk):
    first, second = desk.take_in("One", "Two")
    desk.settle()
    desk.tickets.open_ticket(first)
    desk.settle()
    desk.tickets.card.fields.subject.setFocus()
    desk.press(Qt.Key.Key_E, CONTROL)
    box = desk.tickets.card.history.writing
    assert box.text.hasFocus()
    QTest.keyClicks(box.text, "Called, no answer")
    desk.tickets.open_ticket(second)
    desk.settle()
    assert box.text.toPlainText() == ""
    desk.tickets.open_ticket(first)
    desk.settle()
    assert box.text.toPlainText() == "Called, no answer"
    box.text.setFocus()
    desk.press(Qt.Key.Key_Return, CONTROL)
    desk.settle()
    desk.tickets.open_ticket(second)
    desk.tickets.open_ticket(first)
    desk.settle()
    assert box.text.toPlainText() == ""
    assert "Note by Dana" in words(desk)
    with desk.database.reading() as session:
        assert [(note.ticket_id, note.text) for note in session.scalars(select(Note))] == [(first, "Called, no answer")]


@pytest.mark.row("R-F24")
def test_the_bell_rings_beside_the_customer_and_is_silenced(desk, shaped):
    (number,) = desk.take_in("Boiler leaks", customer_id=desk.office.rossi)
    desk.elsewhere.execute(notes.write, "The dog bites", shaped.alert, ticket_id=number)
    desk.tickets.open_ticket(number)
    desk.settle()
    bell = desk.tickets.card.head.bell
    assert bell.isVisible()
    assert not bell.panel.isVisible()
    desk.tickets.card.fields.subject.setFocus()
    desk.press(Qt.Key.Key_B, CONTROL)
    assert bell.panel.isVisible()
    customers: Any = desk.window.show_screen("customers")
    customers.open_customer(desk.office.rossi)
    desk.settle()
    assert customers.card.bell.isVisible()
    button = next(each for each in bell.panel.findChildren(object) if getattr(each, "text", str)() == "Dismiss")
    button.click()
    desk.settle()
    assert not customers.card.bell.isVisible()
    desk.tickets.open_ticket(number)
    desk.settle()
    assert not bell.isVisible()


def drop(desk: TicketsDesk, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys)
    desk.tickets.card.history.dropEvent(event)
    desk.settle()


@pytest.mark.row("R-M2")
def test_a_dropped_file_lies_with_the_ticket_and_is_shown_and_saved(desk, tmp_path, monkeypatch):
    shown: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()) or True)
    (number,) = desk.take_in("Boiler leaks")
    desk.tickets.open_ticket(number)
    desk.settle()
    paper, program = tmp_path / "paper.pdf", tmp_path / "tool.exe"
    paper.write_bytes(b"pages")
    program.write_bytes(b"code")
    drop(desk, paper, program)
    line = desk.tickets.card.time_line
    assert {"paper.pdf", "tool.exe"} <= set(words(desk))
    entries = {entry.title: entry for entry in line.entries}
    line.wanted.emit(Act.OPEN_FILE, entries["paper.pdf"])
    desk.settle()
    assert Path(shown[0]).read_bytes() == b"pages"
    desk.tickets.card.history.files.open(entries["tool.exe"].id)
    desk.settle()
    assert len(shown) == 1
    desk.tickets.card.history.files.save_to(entries["tool.exe"].id, tmp_path / "copy.exe")
    desk.settle()
    assert (tmp_path / "copy.exe").read_bytes() == b"code"
    assert not (tmp_path / "copy.exe").stat().st_mode & 0o111


def test_a_file_too_large_or_gone_is_told_and_not_added(desk, tmp_path):
    (number,) = desk.take_in("Boiler leaks")
    desk.tickets.open_ticket(number)
    desk.settle()
    film = tmp_path / "film.mp4"
    with film.open("wb") as stream:
        stream.truncate(LARGEST + 1)
    drop(desk, film)
    assert "film.mp4 is larger than 25 MB." in desk.said_last()
    drop(desk, tmp_path / "nothing.txt")
    assert "nothing.txt cannot be read." in desk.said_last()
    with desk.database.reading() as session:
        assert session.scalars(select(File)).all() == []


# --- The time line


def test_the_time_line_is_narrowed_and_goes_on(desk):
    (number,) = desk.take_in("Boiler leaks")
    for place in range(45):
        desk.elsewhere.execute(notes.write, f"Note {place}", ticket_id=number)
    desk.elsewhere.execute(files.add, "a.txt", b"a", ticket_id=number)
    desk.tickets.open_ticket(number)
    desk.settle()
    line = desk.tickets.card.time_line
    assert len(line.entries) == 40
    line.more_wanted.emit()
    desk.settle()
    assert len(line.entries) == 48
    assert words(desk)[-1].startswith("Taken in")
    line.kinds.setFocus()
    QTest.keyClicks(line.kinds, "Fil")
    desk.settle()
    assert words(desk) == ["a.txt"]


@pytest.mark.row("R-M2")
def test_tasks_of_the_time_line_lead_to_their_windows(desk):
    asked: list[tuple[object, ...]] = []
    for name in ("tasks.open", "tasks.why", "tasks.new", "mail.open"):
        if not desk.window.desk.commands.has(name):
            desk.window.desk.commands.add(
                Command(name, "Task", in_palette=False), lambda *args, name=name: asked.append((name, *args))
            )
    (number,) = desk.take_in("A question", customer_id=desk.office.rossi)
    desk.tickets.open_ticket(number)
    desk.settle()
    line = desk.tickets.card.time_line
    (task,) = (entry for entry in line.entries if entry.task_id is not None)
    buttons = {each.text(): each for each in line.findChildren(type(line.new_task))}
    buttons["Update"].click()
    line.new_task.click()
    assert asked == [("tasks.open", task.task_id), ("tasks.new", number, desk.office.rossi)]


# --- Doubles and merging


def test_a_double_is_told_while_one_types_and_what_was_typed_becomes_a_note_there(desk):
    (known,) = desk.take_in("Boiler leaks", customer_id=desk.office.rossi)
    desk.settle()
    desk.tickets.new_ticket(desk.office.rossi, "Rossi")
    view = desk.tickets.card
    desk.write(view.fields.subject, "The boiler again")
    view.fields.description.setFocus()
    QTest.keyClicks(view.fields.description, "Now it smells")
    desk.qtbot.waitUntil(view.alike.line.isVisible)
    said = view.alike.line.words.text().translate({0x2068: None, 0x2069: None})
    assert said == f"Rossi has an open ticket about this: {known} Boiler leaks"
    view.alike.merge_button.click()
    desk.settle()
    assert view.number == known
    assert view.history.writing.text.toPlainText() == "The boiler again\nNow it smells"
    assert view.unsaved == frozenset()
    desk.tickets.new_ticket()
    assert view.fields.subject.text() == ""
    assert not view.alike.isVisible()


def test_a_ticket_is_merged_into_another_that_is_looked_up(desk):
    source, target = desk.take_in("Boiler drips", "Boiler leaks")
    desk.settle()
    desk.tickets.open_ticket(source)
    desk.settle()
    view = desk.tickets.card
    view.head.merge.click()
    dialog = view.others.dialog
    desk.write(dialog.target, "leaks")
    desk.qtbot.waitUntil(dialog.target.list.isVisible)
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert "1 task" in dialog.told.text()
    desk.press(Qt.Key.Key_Return, CONTROL)
    desk.settle()
    assert view.number == target
    assert desk.numbers() == [target]
    desk.tickets.open_ticket(source)
    desk.settle()
    assert view.head.merged.isVisible()
    assert not view.reopen_button.isVisible()
    view.head.open_onward.click()
    desk.settle()
    assert view.number == target


# --- The customer's card


@pytest.mark.row("R-F22", "R-F23")
def test_the_customers_card_lists_tasks_and_notes_and_takes_new_ones(desk):
    asked: list[object] = []
    for name in ("tasks.open", "tasks.new"):
        if not desk.window.desk.commands.has(name):
            desk.window.desk.commands.add(Command(name, "Task", in_palette=False), lambda *args: asked.append(args))
    one, two = desk.take_in("Boiler leaks", "Boiler drips", customer_id=desk.office.rossi)
    known = desk.elsewhere.execute(card.load, one)
    desk.elsewhere.execute(card.close, one, known.version)
    desk.elsewhere.execute(notes.write, "Called back", ticket_id=two)
    customers: Any = desk.window.show_screen("customers")
    customers.open_customer(desk.office.rossi)
    desk.settle()
    work = customers.card.work
    work.parts.button(1).click()
    desk.settle()
    assert [(row.title, row.closed_at is None) for row in work.tasks.rows] == [
        ("Boiler drips", True),
        ("Boiler leaks", False),
    ]
    work.tasks_view.opened.emit(work.tasks.index(0, 0))
    work.new_task.click()
    assert asked == [(work.tasks.rows[0].id,), (None, desk.office.rossi)]
    work.parts.button(2).click()
    desk.settle()
    work.notes.writing.text.setFocus()
    QTest.keyClicks(work.notes.writing.text, "Prefers mornings")
    desk.press(Qt.Key.Key_Return, CONTROL)
    desk.settle()
    shown = [line.translate({0x2068: None, 0x2069: None}) for line in work.notes.lines]
    assert shown == ["Note by Dana: Prefers mornings", "Note: Called back"]


def test_a_tick_box_that_was_never_touched_has_no_value(qapp):
    from PySide6.QtWidgets import QCheckBox

    cell = CheckCell(QCheckBox())
    cell.set_value(None)
    assert cell.value() is None
    cell.set_value(True)
    cell.widget.setChecked(False)
    assert cell.value() is False
