"""Help: every language says the same, and names only keys, commands and words that the program has."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from app import i18n
from app.cli import OWN
from app.domain.mail.events import EVENTS
from app.i18n import LANGUAGES
from tests.unit.test_catalogue import catalogue, texts
from ui.help.reading import native
from ui.help.topics import TOPICS, Topic, page, topic_of
from ui.help.window import HelpWindow
from ui.main_window.screens import SCREENS

ROOT = Path(__file__).resolve().parents[4]
CODE = re.compile(r"`([^`]+)`")
BOLD = re.compile(r"\*\*([^*]+)\*\*")
LINK = re.compile(r"\]\(([^)]+)\)")
BESIDE_COMMANDS = {"Ctrl", "Shift", "Enter", "Esc", "Del", "Home"}
"""Keys of lists, the board and forms, which are no commands of the registry."""

pages = pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS)


def _sequence(key: str) -> str:
    return QKeySequence(key).toString()


@cache
def shortcuts() -> frozenset[str]:
    """Every key the source gives to a command or a shortcut of a window."""
    return frozenset(_sequence(key) for file in (ROOT / "ui").rglob("*.py") for key in _keys(file))


def _keys(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            place = {"Command": 3, "QKeySequence": 0}.get(node.func.id)
            wanted = node.args[place] if place is not None and len(node.args) > place else None
            if isinstance(wanted, ast.Constant) and isinstance(wanted.value, str):
                yield from wanted.value.split()


@pages
def test_a_page_says_the_same_in_every_language(topic: Topic) -> None:
    """As many headings, points and steps in the same order, with the same keys, commands, fields and links."""
    shapes = set()
    for code in LANGUAGES:
        text = page(topic, code)
        lines = tuple(line.split(" ")[0] for line in text.splitlines() if re.match(r"#|-|\d", line))
        keys, links = sorted(CODE.findall(text)), sorted(LINK.findall(text))
        shapes.add((lines, tuple(keys), tuple(links), len(BOLD.findall(text))))
    assert len(shapes) == 1


@pages
def test_what_stands_as_code_is_there(topic: Topic) -> None:
    """Keys are those of commands; what is typed is a command of the command line; a field is one of mails."""
    fields = {field for kind in EVENTS.values() for field in kind.fields}
    for code in CODE.findall(page(topic, "en")):
        if code.startswith("callboard "):
            assert code.split()[1] in OWN
        elif code.startswith("{"):
            assert code.strip("{}") in fields
        elif code not in BESIDE_COMMANDS:
            assert _sequence(code) in shortcuts(), f"{code} is no key of any command"


@pages
def test_words_of_the_screen_are_those_of_the_screen(topic: Topic) -> None:
    """Bold words are texts of the program; in another language their translations, as far as there are any."""
    words = {topic.title, *BOLD.findall(page(topic, "en"))}
    assert page(topic, "en").startswith(f"# {topic.title}\n")
    assert words <= set(texts()), words - set(texts())
    for code in ("he", "it"):
        text, known = page(topic, code), catalogue(code)
        said = {text.splitlines()[0].removeprefix("# "), *BOLD.findall(text)}
        translated = {word: found.string for word in words if (found := known.get(word)) and found.string}
        wrong = {word: their for word, their in translated.items() if their not in said}
        assert not wrong, f"{topic.id}.{code}.md calls these otherwise than the screen: {wrong}"


@pages
def test_links_lead_to_pages(topic: Topic) -> None:
    assert set(LINK.findall(page(topic, "en"))) <= set(TOPICS) - {topic.id}


def test_every_screen_has_its_page() -> None:
    named = {screen for topic in TOPICS.values() for screen in topic.screens}
    assert {screen.id for screen in SCREENS} == named
    assert topic_of("processes").id == "administrator"
    assert topic_of(None).id == "agent"


def test_only_keys_are_written_as_keys(qapp: object) -> None:
    assert native("Ctrl+Return") == QKeySequence("Ctrl+Return").toString(QKeySequence.SequenceFormat.NativeText)
    assert [native(each) for each in ("callboard worker", "{customer}", "M")] == ["callboard worker", "{customer}", "M"]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[HelpWindow]:
    """The window at the page of administrators."""
    window = HelpWindow(TOPICS["administrator"])
    qtbot.addWidget(window)
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    window.show()
    yield window
    i18n.use("en")


def _heading(topic: str, code: str) -> str:
    return page(TOPICS[topic], code).splitlines()[0].removeprefix("# ")


def test_the_window_follows_the_language_while_it_is_open(window: HelpWindow) -> None:
    i18n.use("he")
    window.show_topic(TOPICS["agent"])
    assert window.text.toPlainText().startswith(_heading("agent", "he"))
    first = window.text.document().begin()
    assert first.textDirection() is Qt.LayoutDirection.RightToLeft
    # A heading stands at the right edge of the page.
    line = first.layout().lineAt(0)
    assert line.naturalTextRect().right() > window.text.document().textWidth() * 0.8


def test_the_list_and_links_turn_pages(qtbot: QtBot, window: HelpWindow) -> None:
    window.pages.setFocus()
    qtbot.keyClick(window.pages, Qt.Key.Key_Up)
    assert window.text.toPlainText().startswith(_heading("planner", "en"))
    window.text.anchorClicked.emit(QUrl("agent"))
    assert window.topic.id == "agent"
    assert window.text.toPlainText().startswith(_heading("agent", "en"))


def test_a_word_is_found_also_on_another_page(qtbot: QtBot, window: HelpWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(window.search.hasFocus)
    qtbot.keyClicks(window.search, "Rehearsal")
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    assert window.topic.id == "administrator"
    assert window.text.textCursor().selectedText() == "Rehearsal"
    window.search.setText("edge to make it shorter")
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    assert window.topic.id == "planner"
    assert window.text.textCursor().hasSelection()
    assert len(window.text.extraSelections()) == 1


def test_escape_closes(qtbot: QtBot, window: HelpWindow) -> None:
    qtbot.keyClick(window.text, Qt.Key.Key_Escape)
    assert not window.isVisible()
