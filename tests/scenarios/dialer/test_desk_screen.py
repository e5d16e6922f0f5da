"""The desk's window: keys for everything, names for those who do not see it, quick to paint, alive behind others."""

import json
from time import monotonic

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit
from sqlalchemy import select, update

from app.db.database import Database
from app.domain.dialer.desk_events import State
from app.models.customers import Customer, CustomerPhone
from app.models.dialer import CallStatus, Campaign, Claim, DialRules
from app.services.dialer.claiming import next_customer
from app.services.dialer.lookup import Caller
from tests.kit.dial_robot import ALT, CTRL, SHIFT, DialDesk, opened
from tests.kit.reading import cut, rich
from ui.dialer.desk import loading
from ui.dialer.panes.filters import FiltersWindow


@pytest.mark.row("F7")
def test_every_act_has_a_key_on_the_sheet_and_stands_in_the_palette(sqlite_url, tmp_path, qtbot):
    database = Database(sqlite_url)
    with opened(database, tmp_path, qtbot) as desk:
        acts = {each.id: each for each in desk.window.desk.commands.declared() if each.context == "dialer"}
        wanted = {"next", "skip", "pause", "call", "hang_up", "why", "callback", "note", "sign_out"}
        wanted |= {f"result.{digit}" for digit in range(1, 10)}
        assert {f"dialer.{each}" for each in wanted} <= set(acts)
        assert [each.id for each in acts.values() if not each.shortcut] == []
        desk.begin()
        offered = {each.id for each in desk.window.desk.commands.possible()}
        assert {"dialer.skip", "dialer.call", "dialer.result.1"} <= offered
        assert "dialer.hang_up" not in offered
    database.close()


@pytest.mark.row("F7")
def test_everything_on_the_card_has_a_name_for_screen_readers(sqlite_url, tmp_path, qtbot):
    database = Database(sqlite_url)
    with opened(database, tmp_path, qtbot) as desk:
        desk.begin()
        screen = desk.screen
        assert screen.band.accessibleName().startswith("Reading")
        assert screen.foot.note.accessibleName() == "Note"
        assert screen.foot.moment.line.accessibleName() == "Call back"
        assert [button.accessibleName() for button in screen.foot.results.buttons][:2] == [
            "No answer, Alt+1",
            "Reached, Alt+2",
        ]
        shown = [each for each in screen.findChildren(QAbstractButton) if each.isVisible()]
        # Qt's own button inside a line is part of that line.
        shown = [each for each in shown if not isinstance(each.parent(), QLineEdit)]
        assert [each for each in shown if not (each.accessibleName() or each.text())] == []
    database.close()


@pytest.mark.row("R-D22")
def test_in_hebrew_the_desk_is_mirrored(sqlite_url, tmp_path, qtbot):
    database = Database(sqlite_url)
    with opened(database, tmp_path, qtbot) as desk:
        desk.begin()
        card = desk.screen.card

        def order() -> list[int]:
            return [pane.mapTo(card, pane.rect().center()).x() for pane in (card.person, card.script, card.history)]

        assert order() == sorted(order())
        desk.preferences.speak("he")
        desk.until(lambda: order() == sorted(order(), reverse=True))
        desk.preferences.speak("en")
    database.close()


class _Painted(QObject):
    """When a widget was last painted."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.at.append(monotonic())
        return super().eventFilter(watched, event)


def test_the_next_card_is_painted_right_after_the_answer(sqlite_url, tmp_path, qtbot, monkeypatch):
    """From the database's last word to the painted card, and before it from the key to the first question."""
    database = Database(sqlite_url)
    with opened(database, tmp_path, qtbot, people=20) as desk:
        contact = desk.begin()
        asked, answered = [], []
        send, fetch = loading.send, loading.fetch
        monkeypatch.setattr(loading, "send", lambda *words: (asked.append(monotonic()), send(*words))[1])

        def timed(*words):
            found = fetch(*words)
            answered.append(monotonic())
            return found

        monkeypatch.setattr(loading, "fetch", timed)
        painted = _Painted()
        desk.screen.person.installEventFilter(painted)
        beyond = []
        for _turn in range(12):
            desk.settle()
            before, seen = monotonic(), len(painted.at)
            desk.give(1)
            contact = desk.contact(besides=contact.key)
            desk.until(lambda seen=seen: len(painted.at) > seen)
            beyond.append((asked[-1] - before) + (painted.at[-1] - answered[-1]))
        # The best of them: what waits for something waits each time, what the machine does meanwhile comes and goes.
        assert min(beyond) < 0.1, beyond
    database.close()


@pytest.mark.row("R-D5")
def test_an_open_card_keeps_its_customer(database, tmp_path, qtbot):
    with database.transaction() as session:
        session.execute(update(DialRules).values(lease_seconds=5))

    with opened(database, tmp_path, qtbot, people=1) as desk:
        contact = desk.begin()

        def until_at():
            with database.reading() as session:
                return session.scalars(select(Claim.until_at)).one()

        first = until_at()
        desk.until(lambda: until_at() > first)
        assert desk.elsewhere.execute(next_customer, desk.shift.campaign) is None
        assert desk.seat.at.contact == contact.key


@pytest.mark.row("R-D19")
def test_without_a_lock_the_desk_says_who_else_has_the_customer(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot, people=1, lock_minutes=0) as desk:
        desk.begin()
        assert desk.elsewhere.execute(next_customer, desk.shift.campaign) is not None
        desk.seat.heart.beat()
        desk.until(lambda: "Avi" in desk.screen.person.others.text())


def test_another_number_of_the_customer_is_called(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot, people=1) as desk:
        with database.transaction() as session:
            other = CustomerPhone(customer_id=desk.shift.customers[0], raw="x", e164="+972503999990", position=1)
            session.add(other)
        desk.begin()
        desk.press(Qt.Key.Key_F9, CTRL | SHIFT)
        desk.press(Qt.Key.Key_1)
        desk.reach(State.TALKING)
        assert desk.seat.line.state.number == "+972503999990"


def test_leaving_the_campaign_with_a_customer_waits_for_his_result(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as desk:
        desk.begin()
        desk.press(Qt.Key.Key_F12)
        assert desk.seat.at.state is State.READING
        assert "You leave" in desk.screen.band.step.text()
        desk.give(1)
        desk.reach(State.SIGNED_OUT)
        assert desk.screen.pages.currentWidget() is desk.screen.chooser


def test_the_desk_goes_on_behind_another_screen(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as desk:
        contact = desk.begin()
        desk.write("Half")
        desk.window.show_screen("home")
        desk.settle()
        desk.window.show_screen("dialer")
        assert desk.window.focusWidget() is desk.screen.foot.note
        desk.write(" and half")
        desk.press(Qt.Key.Key_2, ALT)
        desk.contact(besides=contact.key)
        assert [each.note for each in desk.attempts()] == ["Half and half"]


def test_a_language_switch_keeps_what_is_typed(sqlite_url, tmp_path, qtbot):
    database = Database(sqlite_url)
    with opened(database, tmp_path, qtbot) as desk:
        desk.begin()
        desk.write("typed")
        desk.preferences.speak("it")
        assert desk.screen.foot.note.toPlainText() == "typed"
        assert desk.seat.at.state is State.READING
        desk.preferences.speak("en")
    database.close()


def test_nothing_is_cut_in_the_smallest_window_and_no_name_is_markup(sqlite_url, tmp_path, qtbot):
    database = Database(sqlite_url)
    rules = {"calls_automatically": True, "call_delay_seconds": 60, "wrap_up_seconds": 60}
    with opened(database, tmp_path, qtbot, **rules) as desk:
        with database.transaction() as session:
            session.execute(update(Customer).values(name="<b>x</b>"))
            session.execute(update(Campaign).values(name="<b>x</b>", script="<b>x</b>"))
            session.execute(update(CallStatus).where(CallStatus.key == "1").values(name="<b>x</b>"))
        desk.window.resize(900, 560)

        def check() -> None:
            desk.settle()
            assert cut(desk.screen) == []
            assert rich(desk.screen) == []

        desk.screen.refresh()
        check()
        contact = desk.begin()
        check()
        desk.give(1)
        desk.contact(besides=contact.key)
        check()
        desk.call()
        check()
        call_in(desk)
        desk.press(Qt.Key.Key_F8)
        check()
        desk.give(1)
        desk.reach(State.WRAPPING)
        check()
    database.close()


def call_in(desk: DialDesk) -> None:
    """Somebody with a name like markup calls."""
    desk.seat.callers._ring(Caller(1, "<b>x</b>", "+972501234567"), "+972501234567")


@pytest.mark.row("R-D12")
def test_an_agents_own_filters_hold_from_the_first_customer_and_can_be_changed(sqlite_url, tmp_path, qtbot):
    database = Database(sqlite_url)
    with opened(database, tmp_path, qtbot, agents_set_filters=True) as desk:
        only_reached = json.dumps({"statuses": [desk.shift.statuses["Reached"]]})
        desk.window.desk.memory.put(f"dialer.filters.{desk.shift.campaign}", only_reached)
        desk.sign_in()
        desk.press(Qt.Key.Key_Return, CTRL)
        desk.reach(State.EMPTY)
        desk.press(Qt.Key.Key_L, CTRL | SHIFT)
        desk.until(lambda: desk.screen.findChild(FiltersWindow) is not None)
        window = desk.screen.findChild(FiltersWindow)
        desk.settle()
        window.clear_button.click()
        window.save_button.click()
        desk.contact()
    database.close()
