"""The other screens: a file brought in, a ticket opened, everything by keyboard, and another language on the way."""

from pathlib import Path
from typing import cast

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.settings import Settings
from ui.imports.screen import ImportScreen
from ui.tickets.screen import TicketsScreen
from ui.tour.hands import TourError, click, press, settle, wait, write
from ui.tour.stage import Stage

_CTRL = Qt.KeyboardModifier.ControlModifier
_FILE = """Key;Customer;Type;Sub-type;Subject;Zone;Address;Status;Priority
T-1;;Heating;No hot water;No hot water since the morning;QUEENS;12 Broadway;Open;High
T-2;;Heating;Noise;The boiler hums at night;BRONX;4 Hill Road;Open;Medium
T-3;;Meter;Reading;Yearly reading;QUEENS;77 Park Lane;Open;Low
T-4;;Meter;Reading;Yearly reading;;;Opne;Sometime
"""


def drop_file(stage: Stage) -> QWidget:
    """A file of calls is dropped onto the import screen and read by itself."""
    screen = _import_screen(stage)
    path = stage.folder / "calls.csv"
    path.write_text(_FILE, encoding="utf-8")
    click(screen.kind)
    screen.kind.hidePopup()
    press(screen.kind, Qt.Key.Key_End)
    _drop(screen, path)
    wait(screen.import_button.isEnabled, "the file to be read")
    return stage.desktop.window


def import_file(stage: Stage) -> QWidget:
    """A dry run, then the import; the row that cannot be read is refused alone."""
    screen = _import_screen(stage)
    click(screen.dry_run_button)
    wait(lambda: screen.result.isVisible() and stage.desktop.tasks.is_idle, "the dry run")
    click(screen.import_button)
    settle()
    wait(lambda: stage.desktop.tasks.is_idle and screen.import_button.isEnabled(), "the import")
    return stage.desktop.window


def _import_screen(stage: Stage) -> ImportScreen:
    return cast(ImportScreen, stage.desktop.window.show_screen("imports"))


def _drop(target: QWidget, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    middle, copy, left = target.rect().center(), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(middle, copy, data, left, none)
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        raise TourError("the import screen does not take the file")
    QApplication.sendEvent(target, QDropEvent(QPointF(middle), copy, data, left, none))


def open_card(stage: Stage) -> QWidget:
    """One of the calls that were brought in: found by a word of it, its card opened by Enter."""
    stage.turn_to(stage.desktop)
    screen = cast(TicketsScreen, stage.desktop.window.show_screen("tickets"))
    wait(lambda: screen.model.rows and stage.desktop.tasks.is_idle, "the tickets")
    write(screen.search, "hums")
    wait(lambda: len(screen.model.rows) == 1, "the ticket that is looked for")
    wanted = screen.model.rows[0].id
    press(screen.search, Qt.Key.Key_Return)
    screen.view.selectRow(0)
    press(screen.view, Qt.Key.Key_Return)
    wait(lambda: screen.card.number == wanted and stage.desktop.tasks.is_idle, "the card")
    return stage.desktop.window


def find_command(stage: Stage) -> QWidget:
    """Ctrl+K finds every command by a part of its name."""
    stage.turn_to(stage.desktop)
    window = stage.desktop.window
    press(window, Qt.Key.Key_K, _CTRL)
    wait(lambda: _has_focus(window.palette_box), "the palette")
    return window


def _has_focus(widget: QWidget) -> bool:
    focus = QApplication.focusWidget()
    return widget.isVisible() and focus is not None and widget.isAncestorOf(focus)


def show_shortcuts(stage: Stage) -> QWidget:
    """Escape closes the palette; Ctrl+? shows every key."""
    window = stage.desktop.window
    focus = QApplication.focusWidget()
    press(focus if focus is not None else window, Qt.Key.Key_Escape)
    wait(lambda: not window.palette_box.isVisible(), "the palette to close")
    stage.turn_to(stage.desktop)
    before = {widget for widget in QApplication.topLevelWidgets() if widget.isVisible()}
    press(window, Qt.Key.Key_Question, _CTRL)
    wait(lambda: len(_new(before)) > 0 or window.findChild(QWidget, "shortcut-sheet") is not None, "the sheet of keys")
    fresh = _new(before)
    return fresh[0] if fresh else window


def _new(before: set[QWidget]) -> list[QWidget]:
    return [widget for widget in QApplication.topLevelWidgets() if widget.isVisible() and widget not in before]


def close_sheet(stage: Stage) -> QWidget:
    """Escape closes it."""
    active = QApplication.activeModalWidget() or QApplication.activeWindow()
    if active is not None and active is not stage.desktop.window:
        press(active, Qt.Key.Key_Escape)
    settle()
    return stage.desktop.window


def switch_language(stage: Stage) -> QWidget:
    """Another language while something is typed: the window turns, the text stays."""
    hands = stage.planner(stage.desktop)
    search = hands.planner.calls.search
    write(search, "12")
    other = "he" if stage.language != "he" else "it"
    stage.preferences.put(Settings.language, other)
    settle()
    wait(lambda: stage.desktop.tasks.is_idle, "the planner in the other language")
    if search.text() != "12":
        raise TourError("the typed text is gone")
    return stage.desktop.window
