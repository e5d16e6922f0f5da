"""The first start, as somebody with a new computer lives it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.services.company.places import countries
from ui.first_start.assistant import Begin
from ui.first_start.first_time import FirstTime
from ui.tour.hands import click, press, settle, wait, write
from ui.tour.stage import Stage

COMPANIES = {"en": "Bridge Field Service", "it": "Ponte Assistenza", "he": "גשר שירותי שטח"}
COUNTRIES = {"en": "IL", "it": "IT", "he": "IL"}
PASSWORD = "bridge-over-water"
_LOADING_MS = 60_000


def choose_language(stage: Stage) -> QWidget:
    """The assistant comes up by itself; the language changes at once."""
    stage.entrance.start()
    wait(lambda: stage.entrance.assistant is not None, "the assistant")
    click(_assistant(stage).language.cards[stage.language])
    settle()
    return stage.entrance.window


def name_company(stage: Stage) -> QWidget:
    """The company's name, and its country by typing; the time zone follows."""
    _forward(stage)
    page = _assistant(stage).company
    write(page.name, COMPANIES[stage.language])
    wanted = next(country.name for country in countries() if country.code == COUNTRIES[stage.language])
    field = page.country.lineEdit()
    assert field is not None
    write(field, wanted)
    press(field, Qt.Key.Key_Tab)
    wait(page.zone.value, "the time zone")
    return stage.entrance.window


def name_administrator(stage: Stage) -> QWidget:
    """The first administrator, by keyboard."""
    _forward(stage)
    page = _assistant(stage).administrator
    for field, text in (
        (page.name, "Dana Levi"),
        (page.login, "dana"),
        (page.password, PASSWORD),
        (page.again, PASSWORD),
    ):
        write(field, text)
    return stage.entrance.window


def choose_demo(stage: Stage) -> QWidget:
    """What to begin with."""
    _forward(stage)
    click(_assistant(stage).start.cards[Begin.DEMO])
    return stage.entrance.window


def load_demo(stage: Stage) -> QWidget:
    """The demo company is loaded and the planner opens."""
    press(stage.entrance.window, Qt.Key.Key_Return)
    wait(lambda: stage.is_open, "the demo company", _LOADING_MS)
    hands = stage.planner(stage.desktop)
    wait(hands.calls_in_sight, "the calls to plan")
    return stage.desktop.window


def _assistant(stage: Stage) -> FirstTime:
    assistant = stage.entrance.assistant
    assert isinstance(assistant, FirstTime)
    return assistant


def _forward(stage: Stage) -> None:
    before = stage.entrance.window.page
    press(stage.entrance.window, Qt.Key.Key_Return)
    wait(lambda: stage.entrance.window.page is not before, "the next page")
    settle()
