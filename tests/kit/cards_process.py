"""A desktop with the tickets' screen in a process of its own: `python -m tests.kit.cards_process URL LOGIN FOLDER`.

It obeys one command a line, as tests.kit.desktop_process does.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from tests.kit.desktop_process import main, tell
from ui.application import Desktop
from ui.kit.drafts import drafts_of
from ui.tickets import SCREEN
from ui.tickets.screen import TicketsScreen
from ui.tour.hands import TourError, wait
from ui.widgets.merge.window import MergeWindow


class Driver(QObject):
    """Obeys the commands."""

    def __init__(self, desktop: Desktop, quit_program: Callable[[], None]) -> None:
        super().__init__()
        self._desktop = desktop
        self._quit = quit_program
        self._said: list[str] = []
        desktop.window.desk.messages.posted.connect(lambda notice: self._said.append(notice.words()))
        self._begin()

    def _begin(self) -> None:
        screen = self._desktop.window.show_screen("tickets")
        assert isinstance(screen, TicketsScreen)
        self.screen, self.card = screen, screen.card

    @Slot(str)
    def obey(self, line: str) -> None:
        """Carry out one command and answer it."""
        if not line.strip():
            self._quit()
            return
        command = json.loads(line)
        try:
            answer = getattr(self, f"do_{command.pop('do')}")(**command)
        except (TourError, LookupError, TypeError, ValueError, AttributeError) as problem:
            answer = {"problem": f"{type(problem).__name__}: {problem}"}
        tell(answer)

    def do_show(self, ticket: int) -> dict[str, Any]:
        """Open a card and wait until it stands there."""
        self.screen.open_ticket(ticket)
        wait(lambda: self.card.number == ticket and self._desktop.tasks.is_idle, "the card")
        return {}

    def do_type(self, field: str, text: str, *, over: bool = False) -> dict[str, Any]:
        """Type into a field, key by key."""
        widget = getattr(self.card.fields, field)
        self._desktop.window.activateWindow()
        widget.setFocus()
        if over and isinstance(widget, QLineEdit):
            widget.selectAll()
        QTest.keyClicks(widget, text)
        return {"at": time.monotonic()}

    def do_note(self, text: str) -> dict[str, Any]:
        """Type a note."""
        writing = self.card.history.writing.text
        writing.setFocus()
        QTest.keyClicks(writing, text)
        return {"at": time.monotonic()}

    def do_pause(self, seconds: float) -> dict[str, Any]:
        """Sit there."""
        until = time.monotonic() + seconds
        wait(lambda: time.monotonic() >= until, "the pause")
        return {}

    def do_save(self) -> dict[str, Any]:
        """Press Save."""
        self.card.save()
        return {}

    def do_settle(self) -> dict[str, Any]:
        """Wait until everything clicked is answered."""
        wait(lambda: not self._desktop.tasks.waiting and self._desktop.tasks.is_idle, "the answers")
        return {"said": self._said, "is_dirty": self.card.is_dirty}

    def do_fields(self) -> dict[str, Any]:
        """What the card shows."""
        fields = self.card.fields
        return {
            "subject": fields.subject.text(),
            "description": fields.description.toPlainText(),
            "address": fields.address.text(),
            "note": self.card.history.writing.text.toPlainText(),
            "marked": self.card.line.isVisible(),
        }

    def do_await_field(self, field: str, text: str) -> dict[str, Any]:
        """Wait until a field shows this."""
        wait(lambda: self.do_fields()[field] == text, f"{text!r} in {field}: {self.do_fields()}")
        return {"at": time.monotonic()}

    def do_await_present(self, part: str) -> dict[str, Any]:
        """Wait until the line about who else is there says so; with nothing, until it has gone."""
        line = self.card.keeping.present
        wait(lambda: part in line.words.text() if part else not line.isVisible(), f"{part!r}")
        return {"at": time.monotonic()}

    def do_await_choice(self) -> dict[str, Any]:
        """Wait until it is asked whose values stay."""
        wait(lambda: self._choice() is not None, "the choice")
        window = self._choice()
        assert window is not None
        return {"fields": window.fields}

    def do_choose(self, field: str, side: int) -> dict[str, Any]:
        """Choose and go on."""
        window = self._choice()
        assert window is not None
        window.choose(field, side)
        QTest.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        return {}

    def do_left(self) -> dict[str, Any]:
        """What an earlier run left behind, once it is read."""
        drafts = drafts_of(self._desktop.window.desk)
        wait(lambda: bool(drafts.left), "the drafts")
        return {draft.record: dict(draft.typed) for draft in drafts.left}

    def do_restore(self) -> dict[str, Any]:
        """Take the offers of the card."""
        self.card.keeping.unsaved.restore_button.click()
        line = self.card.history.writing.findChild(type(self.card.keeping.unsaved))
        if line is not None and line.draft is not None:
            line.restore_button.click()
        return self.do_fields()

    def _choice(self) -> MergeWindow | None:
        return self.card.keeping.meeting.window


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:], screen=SCREEN, drive=Driver))
