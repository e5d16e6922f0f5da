from datetime import UTC, datetime

import pytest

from app.domain.people import Permission
from app.models.customers import Customer
from app.models.people import User
from tests.kit.dial_factory import add_attempt, add_campaign, add_entry, add_pool
from tests.kit.tickets_robot import TicketsDesk
from ui.customers.screen import CustomersScreen
from ui.customers.work import CustomerWork
from ui.kit.commands import Command

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def shown(desk: TicketsDesk) -> CustomersScreen:
    screen = desk.window.show_screen("customers")
    assert isinstance(screen, CustomersScreen)
    screen.open_customer(desk.office.rossi)
    desk.settle()
    return screen


def called(desk: TicketsDesk, note: str) -> None:
    with desk.database.transaction() as session:
        dana, rossi = session.get_one(User, desk.office.dana), session.get_one(Customer, desk.office.rossi)
        entry = add_entry(session, add_pool(session, add_campaign(session, f"For {note}"), "All"), rossi)
        add_attempt(session, dana, entry, at=NOW, note=note)


@pytest.mark.row("R-D3")
def test_the_customers_card_shows_the_calls_of_every_campaign_and_follows_new_ones(desk: TicketsDesk):
    called(desk, "boilers")
    work = shown(desk).card.work
    work.show_part(3)
    desk.settle()
    assert work.calls is not None
    assert [line.text for line in work.calls.lines] == ["boilers"]
    called(desk, "meters")
    desk.bridge.rows_changed.emit("call_attempts", None)
    desk.settle()
    assert {line.text for line in work.calls.lines} == {"boilers", "meters"}


def test_call_takes_the_customer_to_the_dial_desk(desk: TicketsDesk):
    asked: list[tuple[object, ...]] = []
    desk.window.desk.commands.add(Command("dialer.open_customer", "Call"), lambda *args: asked.append(args))
    work = shown(desk).card.work
    assert work.call.isHidden()
    work.show_part(3)
    work.call.click()
    assert asked == [(None, desk.office.rossi)]


def test_who_neither_calls_nor_runs_campaigns_sees_no_calls(desk: TicketsDesk):
    person = type(desk.window.desk.person)(desk.office.avi, "Avi", frozenset({Permission.WORK_TASKS}))
    without = type(desk.window.desk)(
        **{name: getattr(desk.window.desk, name) for name in desk.window.desk.__slots__} | {"person": person}
    )
    work = CustomerWork(without)
    desk.qtbot.addWidget(work)
    assert work.parts.button(3).isHidden()
