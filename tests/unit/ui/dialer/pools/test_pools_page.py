from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester

from app.services.dialer import entry_list, pools
from tests.kit.pools_robot import PoolsDesk
from ui.customers.screen import CustomersScreen
from ui.dialer.pools.adding import ToPoolWindow
from ui.dialer.pools.entry_model import EntryTable
from ui.imports.screen import ImportScreen
from ui.kit.bidi import bare


def texts(desk: PoolsDesk) -> list[str]:
    model = desk.pools.customers.model
    return [bare(str(model.index(row, 0).data())) for row in range(model.rowCount())]


def counts(desk: PoolsDesk, place: int) -> list[str]:
    item = desk.pools.list.topLevelItem(place)
    assert item is not None
    return [item.text(column) for column in range(2, 6)]


def test_the_model_keeps_qts_rules(desk: PoolsDesk, qtmodeltester: ModelTester):
    model = EntryTable()
    model.start(desk.backend.execute(entry_list.page, desk.pooled.north))
    qtmodeltester.check(model)


@pytest.mark.row("R-D1")
def test_pools_show_their_counts_and_the_customers_of_the_one_that_is_chosen(desk: PoolsDesk):
    assert desk.names() == ["North", "South"]
    assert counts(desk, 0) == ["2", "0", "1", "0"]
    assert texts(desk) == ["Rossi Maria", "לוי דנה", "Nobody’s number"]
    assert bare(str(desk.pools.customers.model.index(2, 2).data())) == "No number that can be called"
    desk.write(desk.pools.customers.search, "rossi")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert texts(desk) == ["Rossi Maria"]
    desk.choose_pool(desk.pooled.south)
    assert texts(desk) == []


@pytest.mark.row("R-D2")
def test_the_order_is_changed_by_keys(desk: PoolsDesk):
    desk.choose_pool(desk.pooled.south)
    desk.pools.list.setFocus()
    QTest.keyClick(desk.pools.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    desk.settle()
    assert desk.names() == ["South", "North"]
    assert [row.name for row in desk.backend.execute(pools.list_pools, desk.pooled.campaign)] == ["South", "North"]
    desk.pools.up()
    desk.settle()
    assert desk.names() == ["South", "North"], "there is no place above the first"


@pytest.mark.row("R-D2", "U30")
def test_an_agent_gets_an_order_of_his_own(desk: PoolsDesk):
    desk.pools.agents_order()
    desk.settle()
    window = desk.pools.order_shown
    window.agent.set_value(desk.shop.dana)
    window._ask()
    desk.settle()
    window.list.setCurrentRow(0)
    window.down.click()
    desk.save(window)
    of_dana = desk.backend.execute(pools.my_pools, desk.pooled.campaign, desk.shop.dana)
    of_avi = desk.backend.execute(pools.my_pools, desk.pooled.campaign, desk.shop.avi)
    assert [pool.name for pool in of_dana] == ["South", "North"]
    assert [pool.name for pool in of_avi] == ["North", "South"]


@pytest.mark.row("R-D1", "R-D23")
def test_a_pool_is_made_and_given_to_chosen_agents(desk: PoolsDesk):
    desk.pools.new()
    window = desk.pools.window_shown
    desk.save(window)
    assert not window._wrong.isHidden(), "a pool needs a name"
    window.name.setText("Coast")
    window.kind.set_value("given")
    window._follow_kind()
    item = window.workers.item(0)
    assert bare(item.text()) == "Avi"
    item.setCheckState(Qt.CheckState.Checked)
    desk.save(window)
    assert desk.names() == ["North", "South", "Coast"]
    row = desk.pools._rows[2]
    assert (row.is_for_all, row.given) == (False, (desk.shop.avi,))
    desk.choose_pool(row.id)
    desk.pools.edit()
    window = desk.pools.window_shown
    window.kind.set_value("own")
    window._follow_kind()
    desk.save(window)
    assert window._owner_field.has_error
    window.owner.set_value(desk.shop.dana)
    desk.save(window)
    assert desk.names() == ["Coast", "North", "South"], "an agent's own book stands before those of the campaign"
    assert bare(desk.pools.list.topLevelItem(0).text(1)) == "Only Dana"


@pytest.mark.row("R-D1")
def test_a_pool_is_removed_after_a_question(desk: PoolsDesk):
    desk.pools.remove_button.click()
    assert "with its 3 customers" in desk.pools.question.words.text()
    desk.pools.keep.click()
    assert desk.names() == ["North", "South"]
    desk.pools.remove_button.click()
    desk.pools.sure.click()
    desk.settle()
    assert desk.names() == ["South"]


def test_customers_are_looked_for_and_put_in(desk: PoolsDesk):
    desk.choose_pool(desk.pooled.south)
    desk.pools.customers.add_customers()
    desk.settle()
    window = desk.pools.customers.adding
    assert not window.save_button.isEnabled()
    window.everybody.setChecked(True)
    desk.save(window)
    # One customer belongs to one pool: three stay where they are.
    assert texts(desk) == ["Bianchi"]
    assert "1 customer" in desk.said_last()
    desk.pools.customers.view.selectRow(0)
    desk.pools.customers._rank(0)
    desk.settle()
    assert bare(str(desk.pools.customers.model.index(0, 3).data())) == "Urgent"
    desk.pools.customers.view.selectRow(0)
    desk.pools.customers.take_out()
    desk.settle()
    assert texts(desk) == []


def test_customers_go_into_a_pool_from_their_own_list(desk: PoolsDesk):
    screen = desk.window.show_screen("customers")
    assert isinstance(screen, CustomersScreen)
    desk.settle()
    screen.open_customer(desk.pooled.free)
    desk.settle()
    screen.add_to_pool()
    desk.settle()
    window = next(each for each in QApplication.topLevelWidgets() if isinstance(each, ToPoolWindow))
    assert window.pool.currentText() == "Spring offer › North"
    desk.save(window)
    assert desk.backend.execute(entry_list.page, desk.pooled.north).rows[-1].customer_id == desk.pooled.free


def test_a_file_goes_into_the_pool_through_the_import(desk: PoolsDesk, tmp_path: Path):
    path = tmp_path / "people.csv"
    path.write_text("name,phone\nVerdi,+390699999999\nMute,abc\nRossi again,050-1234567", encoding="utf-8")
    desk.choose_pool(desk.pooled.north)
    desk.pools.customers.add_file()
    desk.settle()
    screen = desk.window.show_screen("imports")
    assert isinstance(screen, ImportScreen)
    desk.settle()
    assert screen.pool.value() == desk.pooled.north
    screen.open(path)
    desk.settle()
    screen.run()
    desk.settle()
    assert screen.result.pooled.text() == (
        "Into the pool: 2, 1 of them without a number. There already: 1. In another pool: 0."
    )


@pytest.mark.row("U41")
def test_a_long_pool_is_read_a_page_at_a_time(desk: PoolsDesk):
    from tests.kit.dial_factory import add_customer, add_entry

    with desk.database.transaction() as session:
        from app.models.dialer import Pool

        south = session.get_one(Pool, desk.pooled.south)
        for number in range(250):
            add_entry(session, south, add_customer(session, f"Levi {number:03}"))
    desk.choose_pool(desk.pooled.south)
    assert desk.pools.customers.model.rowCount() == 100
    desk.pools.customers.view.end_wanted.emit()
    desk.settle()
    assert texts(desk)[-1] == "Levi 249"
    assert desk.pools.customers.model.rowCount() == 100


def test_customers_are_moved_to_another_pool(desk: PoolsDesk):
    desk.pools.customers.view.selectRow(0)
    menu = desk.pools.customers.offer_moves(QPoint(10, 10))
    assert menu is not None
    action = menu.actions()[0]
    assert bare(action.text()) == "Move to South"
    menu.triggered.emit(action)
    menu.close()
    desk.settle()
    assert texts(desk) == ["לוי דנה", "Nobody’s number"]
    desk.choose_pool(desk.pooled.south)
    assert texts(desk) == ["Rossi Maria"]
