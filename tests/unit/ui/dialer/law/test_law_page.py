from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import select

from app.models.dialer import QueuedCall
from tests.kit.pools_robot import PoolsDesk
from ui.dialer.law.file_window import AnswerWindow, WishFileWindow
from ui.dialer.law.windows import ConsentWindow, LiftWindow, WishWindow
from ui.kit.bidi import bare
from ui.widgets.paged import PagedModel


def row(model: PagedModel, place: int) -> list[str]:
    return [bare(str(model.index(place, column).data())) for column in range(model.columnCount())]


def blocked(desk: PoolsDesk) -> dict[str | None, str | None]:
    with desk.database.reading() as session:
        return {each.person: each.blocked for each in session.scalars(select(QueuedCall)) if each.person}


@pytest.mark.row("R-D24", "U36")
def test_a_number_in_any_form_is_put_on_the_list_and_lifted_with_a_reason(desk: PoolsDesk):
    page = desk.law
    desk.settle()
    page.add_wish()
    window = page.window_shown
    assert isinstance(window, WishWindow)
    window.number.setText("12")
    desk.save(window)
    assert "is not a telephone number" in window._wrong.text()
    window.number.setText("\u200f050-123 4567")
    window.reason.setText("asked for it")
    desk.save(window)
    assert row(page.wishes.model, 0)[:4] == ["+972501234567", "Rossi Maria", "Everywhere", "By hand"]
    assert blocked(desk) == {"+972501234567": "DO_NOT_CALL", "+972521234567": None}
    page.wishes.view.selectRow(0)
    page.lift()
    lifting = page.window_shown
    assert isinstance(lifting, LiftWindow)
    desk.save(lifting)
    assert not lifting._wrong.isHidden(), "nobody lifts it without a reason"
    desk.backend.actor = None
    lifting.reason.setText("called himself")
    desk.save(lifting)
    assert row(page.wishes.model, 0)[-1] == "called himself"
    assert blocked(desk) == {"+972501234567": None, "+972521234567": None}
    page.wishes.view.selectRow(0)
    assert not page.lift_button.isEnabled()


@pytest.mark.row("R-D24")
def test_a_file_of_numbers_goes_on_the_list_and_is_searched(desk: PoolsDesk, tmp_path: Path):
    path = tmp_path / "wishes.csv"
    path.write_text("phone\n050-1234567\n0521234567\nabc", encoding="utf-8")
    page = desk.law
    desk.settle()
    page.add_file(path)
    desk.settle()
    window = page.window_shown
    assert isinstance(window, WishFileWindow)
    desk.save(window)
    assert desk.said[-1].words().startswith("Added to the list: 2. There already: 0.")
    window.keep_refused(tmp_path / "refused.csv")
    desk.settle()
    assert "abc" in (tmp_path / "refused.csv").read_text(encoding="utf-8-sig")
    assert page.wishes.model.rowCount() == 2
    desk.write(page.wishes.search, "052-1234567")
    desk.press(Qt.Key.Key_Return)
    desk.settle()
    assert [row(page.wishes.model, 0)[0], page.wishes.model.rowCount()] == ["+972521234567", 1]


def test_numbers_go_out_to_the_register_and_its_answer_comes_in(desk: PoolsDesk, tmp_path: Path):
    page = desk.law
    page.tabs.setCurrentIndex(1)
    desk.settle()
    assert [row(page.rules, place) for place in range(2)] == [
        ["IL", "+972", "15 days", "2", "2"],
        ["IT", "+39", "15 days", "0", "0"],
    ]
    assert not page.answer_view.isVisible()  # that nothing was read yet stands in its place
    page.export_to(tmp_path / "ask.csv")
    desk.settle()
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("colour,size\nred,12", encoding="utf-8")
    page.read_answer(wrong)
    desk.settle()
    window = page.window_shown
    assert isinstance(window, AnswerWindow)
    desk.save(window)
    assert "No column of this file has telephone numbers" in window._wrong.text()
    window.reject()
    listed = tmp_path / "listed.csv"
    listed.write_text("number\n+972501234567", encoding="utf-8")
    page.read_answer(listed)
    desk.settle()
    window = page.window_shown
    assert isinstance(window, AnswerWindow)
    desk.save(window)
    assert "does not say which numbers are listed" in window._wrong.text()
    window.take_asked(tmp_path / "ask.csv")
    desk.settle()
    desk.save(window)
    assert desk.said[-1].words() == "Numbers checked: 2. Listed: 1."
    assert page.answer_view.isVisible()
    assert row(page.answers, 0)[:2] == ["IL", "listed.csv"]
    assert row(page.rules, 0)[-1] == "0"


def test_a_consent_is_given_and_withdrawn(desk: PoolsDesk):
    page = desk.law
    page.tabs.setCurrentIndex(2)
    desk.settle()
    page.give()
    window = page.window_shown
    assert isinstance(window, ConsentWindow)
    window.number.setText("052-1234567")
    desk.save(window)
    assert "Say how" in window._wrong.text()
    window.source.setText("signed form")
    desk.save(window)
    assert row(page.consents.model, 0)[:3] == ["+972521234567", "לוי דנה", "signed form"]
    page.consents.view.selectRow(0)
    page.withdraw()
    desk.settle()
    assert row(page.consents.model, 0)[5]
    page.consents.view.selectRow(0)
    assert not page.withdraw_button.isEnabled()
