"""The process drawn: whole when it is fitted, turned around with the language, painted in both themes."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.processes.flow import ProcessDraft, StageDraft
from ui.kit import theme
from ui.processes.boxes import StageFacts
from ui.processes.dues import DueField, due_words
from ui.processes.graph import FlowView

DRAFT = ProcessDraft(
    "Requests",
    (
        StageDraft(1, "Enquiry", 7, is_intake=True, due_hours=8, next=(2,)),
        StageDraft(2, "Quote", 7, next=(3, 1), opens=(70, 3)),
        StageDraft(3, "Done", is_final=True),
    ),
)


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[FlowView]:
    """The drawing in a window of its own."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, "light")
    view = FlowView()
    qtbot.addWidget(view)
    view.resize(900, 400)
    facts = {stage.key: StageFacts(stage, "Sales", open_tasks=3) for stage in DRAFT.stages}
    view.show_draft(DRAFT, facts, {70: "Goods: Order", 1: "Enquiry", 2: "Quote", 3: "Done"})
    view.show()
    yield view
    theme.apply(app, "light")
    app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def places(view: FlowView) -> list[int]:
    """Where the boxes stand, from left to right."""
    return [view.boxes[key].x() for key in (1, 2, 3)]


def brightness(colour: QColor) -> float:
    """How bright a colour is, as contrast is reckoned."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_fitted_is_whole_and_never_larger_than_words(view: FlowView) -> None:
    assert view.zoom == 1
    view.resize(300, 200)
    view.fit()
    assert view.canvas.width() <= view.viewport().width()
    assert view.zoom < 0.7
    view.fit_to_read()
    assert view.zoom > 0.7
    before = view.zoom
    middle = QPointF(100, 100)
    turned = QWheelEvent(middle, middle, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                         Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(view.viewport(), turned)
    assert view.zoom > before


def test_it_is_read_from_the_side_the_language_begins_at(view: FlowView) -> None:
    assert places(view) == sorted(places(view))
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert places(view) == sorted(places(view), reverse=True)
    QTest.keyClick(view.boxes[1], Qt.Key.Key_Left)
    assert view.boxes[2].is_chosen


@pytest.mark.parametrize("look", ["light", "dark"])
def test_arrows_stand_out_from_the_ground_in_both_themes(view: FlowView, look: str) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, look)
    QTest.qWait(10)
    picture: QImage = view.canvas.grab().toImage()
    arrow = next(arrow for arrow in view.drawing.arrows if arrow.kind == "back")
    x, y = arrow.points[2][0] - 40, arrow.points[2][1]
    line = [brightness(QColor(picture.pixel(round(x), round(y) + aside))) for aside in (-1, 0, 1)]
    ground = brightness(QColor(picture.pixel(round(x), round(y) + 6)))
    assert max((max(ground, each) + 0.05) / (min(ground, each) + 0.05) for each in line) >= 3


def test_a_click_and_the_keys_choose_and_tell(view: FlowView) -> None:
    chosen: list[object] = []
    opened: list[int] = []
    view.chosen.connect(chosen.append)
    view.opened.connect(opened.append)
    QTest.mouseClick(view.boxes[2], Qt.MouseButton.LeftButton)
    QTest.keyClick(view.boxes[2], Qt.Key.Key_Right)
    QTest.keyClick(view.boxes[3], Qt.Key.Key_Right)
    QTest.keyClick(view.boxes[3], Qt.Key.Key_Return)
    QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert (chosen, opened) == ([2, 3, None], [3])


def test_a_box_says_everything_it_shows(view: FlowView) -> None:
    facts = StageFacts(DRAFT.stages[0], "Sales", ("Quote",), ("Goods: Order",), 2)
    view.boxes[1].tell(facts)
    assert view.boxes[1].accessibleName() == (
        "Enquiry. Intake. Profile: Sales. Due after 8 hours. Next: Quote. Opens: Goods: Order. 2 open tasks"
    )


def test_a_due_time_is_typed_in_hours_or_days(qtbot: QtBot) -> None:
    field = DueField()
    qtbot.addWidget(field)
    for hours, unit in ((48, 1), (5, 0), (None, 0), (24, 1)):
        field.set_value(hours)
        assert (field.value(), field.unit.currentIndex()) == (hours, unit)
    field.unit.setCurrentIndex(0)
    assert field.value() == 1
    assert [due_words(hours) for hours in (1, 36, 72)] == ["1 hour", "36 hours", "3 days"]
