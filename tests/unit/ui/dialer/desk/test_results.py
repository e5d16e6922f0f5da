"""The row of results: each as wide as its name, one row on an office screen, never more than three."""

import pytest
from PySide6.QtTest import QTest

from app.domain.dialer.statuses import BUILT_IN
from app.services.dialer.card import CardStatus
from app.settings import Settings
from ui.dialer.desk.results import ResultRow
from ui.kit.preferences import Preferences
from ui.kit.translate import apply_language

OFFICE = 1300
"""What a window of 1440 leaves beside the rail and the margins, in pixels."""


def rows_of(row: ResultRow, width: int) -> list[list[str]]:
    """The names of each row at this width."""
    row.resize(width, row.height())
    QTest.qWait(1)
    found: dict[int, list[str]] = {}
    for button in row.buttons:
        assert row.rect().contains(button.geometry())
        found.setdefault(button.y(), []).append(button.text())
    return list(found.values())


@pytest.fixture
def row(qapp, qtbot, tmp_path):
    Preferences(Settings(tmp_path / "settings.json")).dress()
    made = ResultRow()
    qtbot.addWidget(made)
    made.show_statuses(
        [
            CardStatus(number, each.code, None, each.draft.key, each.draft.color, "contact", False, False, None)
            for number, each in enumerate(BUILT_IN, 1)
        ]
    )
    made.show()
    yield made
    apply_language(qapp, "en")


@pytest.mark.parametrize("language", ["en", "he", "it"])
def test_nine_results_stand_in_one_row_of_an_office_screen(qapp, row, language):
    apply_language(qapp, language)
    assert [len(names) for names in rows_of(row, OFFICE)] == [9]


def test_a_short_name_takes_less_room_than_a_long_one(row):
    rows_of(row, OFFICE)
    widths = {button.text(): button.width() for button in row.buttons}
    assert widths["Busy"] < widths["Answering machine"]


def test_in_a_narrow_window_names_are_cut_short_before_a_fourth_row(row):
    rows_of(row, OFFICE)
    tall = row.height()
    assert [len(names) for names in rows_of(row, 330)] == [3, 3, 3]
    assert row.height() < 3 * tall
    assert [len(names) for names in rows_of(row, OFFICE)] == [9]
    assert row.height() == tall
