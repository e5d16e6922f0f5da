"""The wall: desks and charts that follow what happens, by mouse, keyboard and screen reader, in both directions."""

import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import update

from app.db.database import Database
from app.domain.people import ROLES, Permission
from app.models.dialer import DeskSpan
from tests.kit.wall_robot import NOON, busy_day, call, opened
from ui.dialer import CAMPAIGNS
from ui.dialer.wall.agents import clock
from ui.kit import theme
from ui.kit.screen import Person


@pytest.fixture
def desk(database, tmp_path, qtbot):
    with opened(database, tmp_path, qtbot) as made:
        yield made


@pytest.fixture
def seat(sqlite_url, tmp_path, qtbot):
    """The same on a single seat, for what has nothing to do with the engine."""
    database = Database(sqlite_url)
    with opened(database, tmp_path, qtbot) as made:
        yield made
    database.close()


def rows(page):
    model = page.model
    return [
        [model.index(row, column).data().strip("\u2068\u2069") for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def states(page):
    return {row[2]: row[0] for row in rows(page)}


def test_each_desk_has_its_word_its_timer_its_customer_and_its_figures(desk):
    call(desk.database, desk.office, ("Dana", "Reached", 10), ("Dana", "No answer", 8), ("Dana", None, 5))
    page = desk.wall()
    assert states(page) == {
        "Avi": "Paused: Lunch",
        "Dana": "Talking",
        "Giulia Bianchi": "Dialling",
        "Noa": "No sign of life",
        "רחל כהן": "Waiting",
    }
    dana = next(row for row in rows(page) if row[2] == "Dana")
    assert dana[3:] == ["2", "50 %", "1", "Rossi", "Autumn check-up"]
    # Noa's desk has been silent for seven minutes, whatever it did before.
    assert next(row for row in rows(page) if row[2] == "Noa")[1].startswith("7:0")
    before = dana[1]
    QTest.qWait(1200)
    assert next(row for row in rows(page) if row[2] == "Dana")[1] > before
    assert (page.tiles.figure("talking"), page.tiles.figure("stale"), page.tiles.figure("writing")) == ("1", "1", "0")
    assert (page.tiles.figure("calls"), page.tiles.figure("rate"), page.tiles.figure("skips")) == ("2", "50.0 %", "1")


@pytest.mark.row("F12")
def test_skips_and_the_time_to_the_first_call_stand_there_as_facts(desk):
    call(desk.database, desk.office, ("Dana", None, 90), ("Avi", "Reached", 60), ("Dana", "No answer", 300))
    page = desk.wall()
    # Seven hours after they came into their pools: one was called after two hours, one after six.
    assert page.tiles.figure("skips") == "1"
    assert page.tiles.figure("touch") == "4 h"
    table = {row[0]: row for row in page.board.result_rows.texts}
    assert table["Dana"][4:7] == ("1", "2 h", "2 h")
    assert table["Avi"][4:7] == ("0", "6 h", "6 h")


def test_the_charts_take_new_numbers_without_being_built_anew(desk):
    call(desk.database, desk.office, ("Dana", "Reached", 10))
    page = desk.wall()
    chart = page.board.results
    items, plot = list(chart._bars), chart.plot
    assert chart.names == ("Dana",)
    call(desk.database, desk.office, ("Avi", "Interested", 5), ("Dana", "No answer", 4))
    with desk.database.transaction() as session:
        session.execute(update(DeskSpan).where(DeskSpan.user_id == desk.office.agents["Dana"]).values(ended_at=NOON))
    desk.tell("call_attempts")
    desk.tell("desk_spans")
    desk.qtbot.waitUntil(lambda: chart.names == ("Dana", "Avi"), timeout=60_000)
    desk.settle()
    assert (chart._bars, chart.plot) == (items, plot)
    shown = {part.name: part.values for part in chart.series}
    assert (shown["Success"], shown["Reached"], shown["Nobody reached"]) == ((0, 1), (1, 0), (1, 0))
    assert list(chart._bars[0].opts["width"]) == [0, 1]
    assert sum(page.board.hours.series[0].values) == 2
    assert "Dana" not in states(page)


def test_many_changes_are_one_reading(seat, monkeypatch):
    page = seat.wall()
    asked = []
    monkeypatch.setattr(page._reading, "read", lambda *_args: asked.append(1) or _Nothing())
    for _number in range(50):
        seat.tell("call_attempts")
        QTest.qWait(4)
    seat.qtbot.waitUntil(lambda: bool(asked), timeout=60_000)
    assert len(asked) == 1


class _Nothing:
    def then(self, *_told):
        pass


def test_nothing_is_read_while_nobody_looks(seat, monkeypatch):
    page = seat.wall()
    seat.campaigns.show_tab("rules")
    seat.settle()
    monkeypatch.setattr(page._reading, "read", lambda *_args: pytest.fail("read behind another page"))
    seat.tell("call_attempts")
    QTest.qWait(60)
    page._soon.timeout.emit()
    page.read()
    assert not page._soon.isActive()
    assert not any(timer.isActive() for timer in page._timers)


def test_one_key_shows_the_numbers_of_the_charts_in_tables(seat):
    busy_day(seat.database, seat.office, 60)
    page = seat.wall()
    page.table.setFocus()
    seat.press(Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier)
    assert page.board.shows_tables
    assert page.board.result_table.hasFocus()
    by_name = {row[0]: row for row in page.board.result_rows.texts}
    for place, name in enumerate(page.board.results.names):
        drawn = [str(round(part.values[place])) for part in page.board.results.series]
        assert list(by_name[name][7:]) == drawn
    assert sum(int(row[1]) for row in page.board.hour_rows.texts) == page.answer.total.calls
    assert page.board.result_table.accessibleName() == "Results"
    seat.press(Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier)
    assert not page.board.shows_tables


def test_filters_narrow_the_desks_and_the_numbers(seat):
    call(seat.database, seat.office, ("Dana", "Reached", 10), ("Noa", "Reached", 8))  # North, South
    page = seat.wall()
    pick(seat, page.pool, "South")
    assert page.board.results.names == ("Noa",)
    assert set(states(page)) == {"Noa"}
    pick(seat, page.pool, "All pools")
    pick(seat, page.group, "Haifa")
    assert page.board.results.names == ("Dana",)
    assert set(states(page)) == {"Dana", "Avi"}
    pick(seat, page.group, "All groups")
    pick(seat, page.campaign, "Winter")
    assert states(page) == {}
    assert [page.pool.itemText(place) for place in range(page.pool.count())] == ["All pools", "Far"]
    pick(seat, page.campaign, "All campaigns")
    assert len(states(page)) == 5


def pick(desk, picker, name):
    field = picker.lineEdit()
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, name)
    desk.press(Qt.Key.Key_Return)
    desk.settle()


def test_results_are_shown_by_agent_pool_and_hour(seat):
    call(seat.database, seat.office, ("Dana", "Reached", 10), ("Noa", "Reached", 8), ("Noa", "No answer", 90))
    page = seat.wall()
    assert set(page.board.results.names) == {"Noa", "Dana"}
    pick(seat, page.board.by, "By pool")
    assert set(page.board.results.names) == {"North", "South"}
    pick(seat, page.board.by, "By hour")
    assert page.board.results.names == ("12:00", "14:00")


def test_in_hebrew_the_page_is_mirrored_and_the_charts_are_not(seat):
    busy_day(seat.database, seat.office, 40)
    page = seat.wall()
    seat.preferences.speak("he")
    seat.settle()
    assert page.layoutDirection() == Qt.LayoutDirection.RightToLeft
    for chart in (page.board.hours, page.board.results):
        assert chart.plot.layoutDirection() == Qt.LayoutDirection.LeftToRight
        assert chart.plot.getPlotItem().layoutDirection() == Qt.LayoutDirection.LeftToRight
        # The axis keeps to the side it counts from, the bars to the rest.
        assert chart.plot.getPlotItem().vb.sceneBoundingRect().left() < chart.plot.width() / 3
    assert page.board.hours.plot.grab().width() > 0


def test_the_charts_follow_the_theme(seat):
    page = seat.wall()
    light = page.board.hours.plot.backgroundBrush().color()
    theme.apply(QApplication.instance(), "dark")
    dark = page.board.hours.plot.backgroundBrush().color()
    theme.apply(QApplication.instance(), "light")
    assert (light, dark) == (theme.LIGHT.color("surface"), theme.DARK.color("surface"))


def test_a_day_without_calls_is_an_empty_board(seat):
    page = seat.wall()
    assert page.board.results.names == ()
    assert page.tiles.figure("rate") == "–"
    assert len(page.board.hours.names) == 6


def test_an_agent_has_no_campaigns_in_the_navigation():
    assert CAMPAIGNS.needs is Permission.RUN_CAMPAIGNS
    assert not Person(1, "Dana", frozenset(ROLES["agent"])).may(CAMPAIGNS.needs)
    assert Person(1, "Sara", frozenset(ROLES["manager"])).may(CAMPAIGNS.needs)


def test_the_plotting_library_waits_until_a_wall_is_shown():
    """Half a second, which no start may cost."""
    code = (
        "import sys, ui.dialer, ui.dialer.wall.page, ui.dialer.reports.page;"
        "print([name for name in ('pyqtgraph', 'numpy', 'xlsxwriter') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_timers_read_like_a_stop_watch():
    assert [clock(seconds) for seconds in (-1, 42.9, 725, 3725)] == ["0:00", "0:42", "12:05", "1:02:05"]
