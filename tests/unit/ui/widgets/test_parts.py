"""Tables, forms, chips, search and panes."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from app.domain.errors import Refused
from app.domain.words import message
from ui.kit.bidi import isolate
from ui.kit.messages import Messages
from ui.kit.remember import Memory
from ui.kit.tasks import Progress, Tasks
from ui.widgets.busy import BusyStrip
from ui.widgets.chips import Chip, ChipBar
from ui.widgets.dialog import FormDialog
from ui.widgets.form import Form
from ui.widgets.pane import DetailPane
from ui.widgets.search import SearchField
from ui.widgets.table import TableView

NOWHERE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class People(QAbstractTableModel):
    """Three people with a telephone."""

    rows = (("Dana", "+39 02 1"), ("Avi", "+972 3 2"), ("Sami", "03\t4"))

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else 3

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        is_name = role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal
        return ("Name", "Telephone")[section] if is_name else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return isolate(self.rows[index.row()][index.column()]) if role == Qt.ItemDataRole.DisplayRole else None


def table(qtbot: QtBot) -> TableView:
    """A shown table of people."""
    view = TableView()
    view.setModel(People(view))
    qtbot.addWidget(view)
    view.show()
    view.setFocus()
    return view


def test_rows_are_copied_for_a_spreadsheet_without_direction_marks(qtbot: QtBot):
    view = table(qtbot)
    view.horizontalHeader().moveSection(0, 1)
    view.selectRow(0)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "+39 02 1\tDana"
    view.selectAll()
    view.copy()
    assert QGuiApplication.clipboard().text().splitlines() == [
        "Telephone\tName",
        "+39 02 1\tDana",
        "+972 3 2\tAvi",
        "03 4\tSami",
    ]


def test_enter_opens_the_row(qtbot: QtBot):
    view = table(qtbot)
    view.selectRow(1)
    with qtbot.waitSignal(view.opened) as told:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert told.args[0].row() == 1


def test_a_row_is_chosen_from_right_to_left_too(qtbot: QtBot):
    view = table(qtbot)
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    view.horizontalHeader().setStretchLastSection(False)
    view.resize(900, 200)
    view.selectRow(2)
    assert view.chosen_rows() == [2]
    view.selectRow(7)
    assert view.chosen_rows() == [2]


def test_columns_are_chosen_remembered_and_never_all_hidden(qtbot: QtBot, tmp_path: Path):
    memory = Memory(tmp_path / "layout.ini")
    view = table(qtbot)
    view.remember(memory, "people", (150, 90))
    menu = view.choose_columns(view.mapToGlobal(view.rect().center()))
    menu.actions()[1].trigger()
    again = view.choose_columns(view.mapToGlobal(view.rect().center()))
    assert [action.isEnabled() for action in again.actions()] == [False, True]
    memory.flush()
    other = table(qtbot)
    other.remember(memory, "people", (150, 90))
    assert other.isColumnHidden(1)
    assert other.columnWidth(0) == view.columnWidth(0)


def test_search_waits_for_a_pause_and_tells_once(qtbot: QtBot):
    field = SearchField("Search", delay_ms=10)
    qtbot.addWidget(field)
    heard: list[str] = []
    field.searched.connect(heard.append)
    qtbot.keyClicks(field, "rossi ")
    qtbot.waitUntil(lambda: heard == ["rossi"])
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert heard == ["rossi", ""]


def test_what_is_wrong_is_said_under_its_field_and_the_cursor_goes_there(qtbot: QtBot):
    form, name, phone = Form(), QLineEdit(), QLineEdit()
    qtbot.addWidget(form)
    first, second = form.row("Name", name), form.row("Telephone", phone)
    form.show()
    second.error(message("{phone} is not a telephone.", phone="12"))
    assert form.first_error() is second
    qtbot.waitUntil(phone.hasFocus)
    assert [label.text() for label in form.findChildren(QLabel) if label.property("look") == "error"] == [
        "",
        "12 is not a telephone.",
    ]
    assert not first.has_error
    form.clear_errors()
    assert form.first_error() is None


def test_a_chip_is_taken_off_by_its_cross(qtbot: QtBot):
    bar = ChipBar()
    qtbot.addWidget(bar)
    bar.show_chips([Chip("group", "Group:", "North"), Chip("state", "State:", "open")])
    bar.show()
    crosses = [each for each in bar.findChildren(QToolButton) if each.accessibleName().startswith("Remove")]
    with qtbot.waitSignal(bar.removed) as told:
        qtbot.mouseClick(crosses[1], Qt.MouseButton.LeftButton)
    assert told.args == ["state"]


def test_chips_read_from_the_side_the_language_does(qtbot: QtBot, qapp: QApplication):
    bar = ChipBar()
    qtbot.addWidget(bar)
    bar.resize(600, 40)
    bar.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    bar.show_chips([Chip("group", "Group:", "North")])
    bar.show()
    qtbot.waitUntil(lambda: bar.add_button.geometry().right() > 300)
    assert bar.add_button.geometry().right() < 600 - 60


def test_escape_closes_the_details(qtbot: QtBot):
    pane = DetailPane()
    qtbot.addWidget(pane)
    pane.show_widget(QLabel("one"))
    with qtbot.waitSignal(pane.closed):
        qtbot.keyClick(pane, Qt.Key.Key_Escape)
    assert pane.isHidden()


def test_a_refused_form_keeps_what_was_typed_and_says_why(qtbot: QtBot):
    dialog = FormDialog("New site", messages=Messages())
    field = QLineEdit("North")
    dialog.body.addWidget(field)
    qtbot.addWidget(dialog)
    dialog.show()
    asked: list[int] = []
    dialog.save_requested.connect(lambda: asked.append(1))
    dialog.request_save()
    dialog.saving(on=True)
    dialog.request_save()
    dialog.fail(Refused("TAKEN", message("There is a site of this name."), message("Choose another name.")))
    assert asked == [1]
    assert dialog.isVisible()
    assert field.text() == "North"
    assert dialog.save_button.isEnabled()
    assert "There is a site of this name.\nChoose another name." in [
        each.text() for each in dialog.findChildren(QLabel)
    ]


def test_long_work_shows_percent_and_can_be_cancelled(qtbot: QtBot):
    class Plain:
        def execute(self, service: Any, *args: Any, **kwargs: Any) -> Any:
            return service(None, *args, **kwargs)

    def work(progress: Progress) -> None:
        while True:
            progress(50, 100)

    tasks, strip = Tasks(Plain()), BusyStrip()
    qtbot.addWidget(strip)
    strip.follow(tasks.long("Importing", work), "Importing")
    qtbot.waitUntil(lambda: "50 %" in [each.text() for each in strip.findChildren(QLabel)])
    with qtbot.waitSignal(strip.finished):
        strip.cancel()
    assert strip.isHidden()
    tasks.close()
