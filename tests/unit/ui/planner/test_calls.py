"""The list of calls as a Qt model."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.services.planner.rows import WaitingRow
from app.services.planner.waiting import WaitingSort
from tests.kit.factory import at
from ui.kit import theme
from ui.planner.calls import CallsModel, CallsView, Column


def call(number: int, **values: object) -> WaitingRow:
    row = WaitingRow(
        number, 1, number, f"Customer {number}", "Boiler leaks", 1, "Repair", "#77AADD", False, 7, "North",
        "1 High st.", 90, 2, at(9), False, 1,
    )  # fmt: skip
    return replace(row, **values)


@pytest.fixture
def model(qtbot: QtBot) -> CallsModel:
    return CallsModel()


@pytest.mark.row("R-T27", "U60")
def test_cells_say_customer_length_and_what_is_overdue(model: CallsModel) -> None:
    model.show_rows([call(1, is_overdue=True, priority=0), call(2)], has_more=False)
    late = model.index(0, Column.DUE)
    assert late.data(Qt.ItemDataRole.ForegroundRole).name().upper() == theme.tokens().danger
    assert late.data(Qt.ItemDataRole.AccessibleTextRole).startswith("Overdue: ")
    assert not late.data(Qt.ItemDataRole.DecorationRole).isNull()
    assert model.index(1, Column.DUE).data(Qt.ItemDataRole.ForegroundRole) is None
    assert model.index(1, Column.MINUTES).data() == "\u20681 h 30 min\u2069"
    assert model.index(0, Column.CUSTOMER).data() == "\u2068Customer 1\u2069"


def test_today_is_called_so(model: CallsModel) -> None:
    model.show_rows([call(1)], has_more=False, today=date(2031, 11, 24))
    assert "Today" in model.index(0, Column.DUE).data()


@pytest.mark.row("R-T27")
def test_rows_come_and_go_under_a_selection_that_stays(
    model: CallsModel, qtbot: QtBot, qtmodeltester: ModelTester
) -> None:
    view = CallsView(model)
    qtbot.addWidget(view)
    model.show_rows([call(number) for number in (1, 2, 3, 4)], has_more=False)
    view.choose(3)
    model.show_rows([call(number) for number in (0, 1, 3, 4, 5)], has_more=False)
    assert view.current() == call(3)
    model.remove(1)
    assert [row.task_id for row in model.rows] == [0, 3, 4, 5]
    model.show_rows([call(3, customer="Renamed"), call(4)], has_more=False)
    current = view.current()
    assert current is not None
    assert current.customer == "Renamed"
    qtmodeltester.check(model, force_py=True)


def test_another_order_and_pages_are_asked_of_the_database(model: CallsModel, qtbot: QtBot) -> None:
    model.show_rows([call(1)], has_more=True)
    with qtbot.waitSignal(model.sort_wanted) as asked:
        model.sort(int(Column.SITE), Qt.SortOrder.DescendingOrder)
    assert asked.args == [WaitingSort.SITE, True]
    with qtbot.waitSignal(model.more_wanted):
        model.fetchMore()
    assert not model.canFetchMore()
    model.append([call(1), call(2)], has_more=False)
    assert [row.task_id for row in model.rows] == [1, 2]


@pytest.mark.row("R-T29")
def test_what_is_picked_up_is_as_long_as_its_type_takes(model: CallsModel, qtbot: QtBot) -> None:
    view = CallsView(model)
    qtbot.addWidget(view)
    view.show()
    model.show_rows([call(1), call(2, any_site=True)], has_more=False)
    first = view.payload_at(view.visualRect(model.index(0, 1)).center())
    second = view.payload_at(view.visualRect(model.index(1, 1)).center())
    assert first is not None
    assert second is not None
    assert (first.task_id, first.length, first.site_id) == (1, timedelta(minutes=90), 7)
    assert second.site_id is None
    assert view.payload_at(view.viewport().rect().bottomRight()) is None
