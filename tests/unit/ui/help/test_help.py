"""Help: every language says the same, and names only keys, commands and words that the program has."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from pathlib import Path

import click
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot
from sqlalchemy import DefaultClause

from app import i18n
from app.cli import OWN
from app.cli.simulate.dialer import Report, dialer
from app.domain.dialer import rules, script
from app.domain.dialer.desk_events import AtDesk, State
from app.domain.dialer.desk_states import STATES
from app.domain.dialer.moments import Moment, understand
from app.domain.dialer.windows import default_hours
from app.domain.mail.events import EVENTS
from app.i18n import LANGUAGES
from app.models.dialer import RegisterRule
from app.services.dialer.reports import REPORTS
from tests.unit.test_catalogue import catalogue, texts
from ui.dialer.desk.commands import RESULTS
from ui.dialer.desk.words import look_of
from ui.dialer.phone.window import KINDS
from ui.help.reading import native
from ui.help.topics import TOPICS, Topic, page, topic_of
from ui.help.window import HelpWindow
from ui.main_window.screens import SCREENS

ROOT = Path(__file__).resolve().parents[4]
CODE = re.compile(r"`([^`]+)`")
BOLD = re.compile(r"\*\*([^*]+)\*\*")
LINK = re.compile(r"\]\(([^)]+)\)")
NAMED_LINK = re.compile(r"\[([^]]+)\]\(([^)]+)\)")
BESIDE_COMMANDS = {"Ctrl", "Shift", "Enter", "Esc", "Del", "Home"}
"""Keys of lists, the board and forms, which are no commands of the registry."""
PLACES = {"Command": 3, "QKeySequence": 0}
"""Which argument is the key."""
QUOTED = re.compile(r"[“«\"]([^”»\"]+)[”»\"]")

pages = pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS)


def _sequence(key: str) -> str:
    return QKeySequence(key).toString()


@cache
def shortcuts() -> frozenset[str]:
    """Every key the source gives to a command or a shortcut of a window."""
    found = {key for file in (ROOT / "ui").rglob("*.py") for keys in _keys(file) for key in keys.split()}
    return frozenset(map(_sequence, found | {key for each in RESULTS.values() for key in each.keys}))


def _keys(file: Path, made: tuple[str, ...] = tuple(PLACES)) -> Iterator[str]:
    """The keys that a file gives to what is made so, those of one command together."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            place = PLACES.get(node.func.id)
            wanted = node.args[place] if place is not None and len(node.args) > place else None
            if isinstance(wanted, ast.Constant) and isinstance(wanted.value, str) and node.func.id in made:
                yield wanted.value


@cache
def telephony() -> str:
    """What the telephones are told, in their own words."""
    files = [*(ROOT / "app" / "adapters" / "telephony").glob("*.py"), ROOT / "app" / "services" / "dialer" / "lines.py"]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


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
    """Keys are those of commands; what is typed is understood by the command line; a field is one of mails, say."""
    for code in CODE.findall(page(topic, "en")):
        if code.startswith("callboard "):
            _type(code.split()[1:])
        elif code not in BESIDE_COMMANDS and _sequence(code) not in shortcuts():
            assert code in own_words(topic), f"{code} is no key of any command, and nothing else that is known"


def _type(words: list[str]) -> None:
    """Let the command line read this, without doing it."""
    command: click.Command = OWN[words[0]]()
    while isinstance(command, click.Group) and words[1:]:
        words = words[1:]
        command = command.commands[words[0]]
    command.make_context(words[0], words[1:])


def own_words(topic: Topic) -> set[str]:
    """What may stand as code on a page besides keys and commands."""
    if topic.id == "proof":
        return {each.name for each in fields(Report)} | {option for each in dialer.params for option in each.opts}
    if topic.id == "telephone":
        return set(re.findall(r"[\w{}/-]+", telephony().replace("Originate", "originate"))) | {"manager.conf"}
    names = {field for kind in EVENTS.values() for field in kind.fields} | set(script.FIELDS)
    return {f"{{{name}}}" for name in names}


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
def test_links_lead_to_pages_and_are_called_like_them(topic: Topic) -> None:
    assert set(LINK.findall(page(topic, "en"))) <= set(TOPICS) - {topic.id}
    for code in LANGUAGES:
        for said, wanted in NAMED_LINK.findall(page(topic, code)):
            assert said == _heading(wanted, code)


ABOUT = {
    "dialer": ("__init__.py", "desk/commands.py", "panes"),
    "campaigns": ("campaigns", "pools", "law"),
    "wall": ("wall", "reports"),
    "telephone": ("phone",),
}
"""Which part of the dial desk and of the campaigns a page is about."""


@pytest.mark.parametrize("topic", ABOUT)
def test_every_key_of_the_dial_desk_and_of_campaigns_is_told(topic: str) -> None:
    told = set(map(_sequence, CODE.findall(page(TOPICS[topic], "en"))))
    places = [ROOT / "ui" / "dialer" / part for part in ABOUT[topic]]
    files = [file for place in places for file in ([place] if place.is_file() else place.rglob("*.py"))]
    keys = [keys.split() for file in files for keys in _keys(file, ("Command",)) if keys]
    untold = [" ".join(each) for each in keys if not told & set(map(_sequence, each))]
    assert not untold, f"{topic}.en.md says nothing of {untold}"
    assert topic != "dialer" or {_sequence(each.keys[0]) for each in (RESULTS["1"], RESULTS["9"])} <= told


def test_everything_that_is_listed_on_the_screen_is_explained() -> None:
    shown = set(State) - {State.SIGNED_OUT, State.LOADING}
    wanted = {
        "dialer": {look_of(AtDesk(state=state)).word.text for state in shown},
        "campaigns": {group.title for group in rules.GROUPS},
        "wall": {each.text for each in STATES.values()} | {each.title for each in REPORTS.values()},
        "telephone": {each.text for each in KINDS.values()},
    }
    for topic, words in wanted.items():
        untold = words - set(BOLD.findall(page(TOPICS[topic], "en")))
        assert not untold, f"{topic}.en.md says nothing of {untold}"
    assert {each.name for each in fields(Report)} <= set(CODE.findall(page(TOPICS["proof"], "en")))


@pytest.mark.parametrize("code", LANGUAGES)
def test_moments_given_as_examples_are_understood(code: str) -> None:
    monday = datetime(2026, 11, 23, 10, tzinfo=UTC)
    examples = QUOTED.findall(page(TOPICS["dialer"], code))
    assert len(examples) == 4
    meant = [understand(each, monday, UTC, code) for each in examples]
    assert [f"{moment.at:%d/%m %H:%M}" for moment in meant if isinstance(moment, Moment)] == [
        "24/11 10:00", "30/11 09:30", "23/11 12:00", "03/12 16:00",
    ]  # fmt: skip


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_hours_and_days_of_the_law_are_those_of_the_program(code: str) -> None:
    text = page(TOPICS["campaigns"], code)
    law = text[text.rindex("\n## ") :]
    hours = [default_hours(country) for country in ("IT", "IL")]
    stretches = chain.from_iterable((*chain(*each["days"].values()), *each["eve"]) for each in hours)
    said = {int(clock[:2]) for clock in chain.from_iterable(stretches)}
    days = RegisterRule.__table__.c.days.server_default
    assert isinstance(days, DefaultClause)
    assert said | {int(str(days.arg))} <= set(map(int, re.findall(r"\d+", law)))
    assert not any(each["holiday"] for each in hours)


def test_every_screen_has_its_page() -> None:
    named = {screen for topic in TOPICS.values() for screen in topic.screens}
    assert {screen.id for screen in SCREENS} == named
    assert topic_of("processes").id == "administrator"
    assert topic_of("dialer").id == "dialer"
    assert topic_of("campaigns").id == "campaigns"
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
