"""Columns take the room of the one that leaves some, until somebody sets a width himself."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.domain.words import N_
from ui.kit.remember import Memory
from ui.widgets.fitting import FittedColumns, shares
from ui.widgets.table import TableView
from ui.widgets.text_table import TextTable

_LONG = "Meetings with everybody who came"


def test_who_lacks_least_is_whole_first():
    assert shares([50, 90, 300], [80, 80, 80], 400) == [50, 90, 260]
    assert shares([50, 90, 300], [80, 80, 80], 100) == [50, 80, 80]
    assert shares([200, 200], [80, 80], 200) == [100, 100]


@pytest.fixture
def fitted(qtbot, tmp_path):
    """A table of three columns, the last of which takes the rest; and its maker, for another run."""

    def make():
        memory.flush()
        view = TableView()
        view.setModel(TextTable((N_("Process"), N_("Points"), N_("Notes")), view, numbers=(1,)))
        columns = FittedColumns(view, (60, 60, 60), 2, 80, memory, "tried")
        qtbot.addWidget(view)
        view.resize(700, 200)
        view.show()
        view.model().show_rows([(_LONG, "5", "")])
        columns.fit()
        return view

    memory = Memory(tmp_path / "layout.ini")
    return make


def test_a_column_is_as_wide_as_what_stands_in_it(fitted):
    view = fitted()
    assert view.columnWidth(0) >= view.fontMetrics().horizontalAdvance(_LONG)
    assert sum(view.columnWidth(at) for at in range(3)) == view.viewport().width()


def test_a_width_somebody_set_stays(fitted, monkeypatch):
    view = fitted()
    monkeypatch.setattr(QGuiApplication, "mouseButtons", lambda: Qt.MouseButton.LeftButton)
    view.horizontalHeader().resizeSection(0, 90)
    monkeypatch.undo()
    view.model().show_rows([(_LONG * 2, "5", "")])
    assert view.columnWidth(0) == 90
    assert fitted().columnWidth(0) == 90
