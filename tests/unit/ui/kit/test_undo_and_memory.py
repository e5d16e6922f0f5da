"""Undo over a shared database, and layouts that outlive the window."""

from pathlib import Path

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from app.domain.errors import Refused
from app.domain.words import message
from ui.kit.messages import Messages, Notice
from ui.kit.remember import Memory
from ui.kit.tasks import Job, Tasks
from ui.kit.undo import Undo


def test_undo_asks_anew_and_redo_again(qtbot: QtBot, tasks: Tasks):
    asked: list[str] = []
    undo = Undo(Messages(), lambda: asked.append("reload"))

    def ask(what: str) -> Job[None]:
        return tasks.write(lambda session: asked.append(what))

    undo.saved("Move", undo=lambda: ask("back"), redo=lambda: ask("again"))
    assert asked == []
    undo.undo()
    undo.redo()
    qtbot.waitUntil(lambda: tasks.is_idle)
    assert asked == ["back", "again"]


def test_a_refused_undo_is_told_reloads_and_clears(qtbot: QtBot, tasks: Tasks):
    told: list[Notice] = []
    reloaded: list[int] = []
    messages = Messages()
    messages.posted.connect(told.append)
    undo = Undo(messages, lambda: reloaded.append(1))

    def refuse(session: object) -> None:
        raise Refused("OVERLAP", message("{time} is taken by {name}", time="10:00", name="Ben"))

    undo.saved("Move", undo=lambda: tasks.write(refuse), redo=lambda: tasks.write(refuse))
    undo.undo()
    qtbot.waitUntil(lambda: bool(reloaded))
    assert told[0].words() == "10:00 is taken by Ben"
    assert undo.count() == 0


def test_columns_and_splitters_come_back(qtbot: QtBot, tmp_path: Path):
    def build() -> tuple[QSplitter, QTableWidget]:
        splitter, table = QSplitter(Qt.Orientation.Horizontal), QTableWidget(2, 3)
        splitter.addWidget(table)
        splitter.addWidget(QWidget())
        splitter.resize(800, 300)
        qtbot.addWidget(splitter)
        splitter.show()
        return splitter, table

    path = tmp_path / "layout.ini"
    splitter, table = build()
    memory = Memory(path)
    memory.splitter(splitter, "s")
    memory.header(table.horizontalHeader(), "t")
    table.horizontalHeader().resizeSection(1, 222)
    table.horizontalHeader().moveSection(0, 2)
    splitter.moveSplitter(500, 1)
    memory.flush()

    again, table_again = build()
    kept = Memory(path)
    assert kept.splitter(again, "s")
    assert kept.header(table_again.horizontalHeader(), "t")
    assert table_again.horizontalHeader().sectionSize(1) == 222
    assert table_again.horizontalHeader().visualIndex(0) == 2
    assert again.sizes() == splitter.sizes()


def test_other_columns_do_not_get_the_layout_of_the_old_ones(qtbot: QtBot, tmp_path: Path):
    memory = Memory(tmp_path / "layout.ini")
    old, new = QTableWidget(1, 3), QTableWidget(1, 4)
    qtbot.addWidget(old)
    qtbot.addWidget(new)
    memory.header(old.horizontalHeader(), "t")
    old.horizontalHeader().hideSection(2)
    old.horizontalHeader().resizeSection(0, 33)
    memory.flush()
    assert not memory.header(new.horizontalHeader(), "t")


def test_columns_of_a_window_that_went_at_once_are_no_accident(qtbot: QtBot, tmp_path: Path):
    memory = Memory(tmp_path / "layout.ini")
    view = QTableWidget(1, 2)
    memory.header(view.horizontalHeader(), "gone")
    view.horizontalHeader().resizeSection(0, 55)
    shiboken6.delete(view)
    memory.flush()
