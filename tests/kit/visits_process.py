"""A desktop with the planner in a process of its own: `python -m tests.kit.visits_process URL LOGIN FOLDER`.

It obeys one command a line, as tests.kit.cards_process does; its card is the form of a visit.
"""

import sys
from datetime import datetime
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QTextEdit

from tests.kit.cards_process import Driver
from tests.kit.desktop_process import main
from ui.kit.drafts import drafts_of
from ui.planner import SCREEN
from ui.planner.screen import PlannerScreen
from ui.planner.visit_form import VisitForm
from ui.tour.hands import wait
from ui.widgets.merge.window import MergeWindow


class Forms(Driver):
    """Obeys the commands at the forms of visits."""

    def _begin(self) -> None:
        screen = self._desktop.window.show_screen("planner")
        assert isinstance(screen, PlannerScreen)
        self.planner = screen

    def _form(self) -> VisitForm:
        return next(form for form in self.planner.findChildren(VisitForm) if form.isVisible())

    def _is_open(self) -> bool:
        return any(form.isVisible() for form in self.planner.findChildren(VisitForm))

    def do_show(self, ticket: int) -> dict[str, Any]:
        """Open the form of a visit."""
        wait(lambda: self.planner.plan is not None, "the board")
        self.planner.handling.edit(ticket)
        wait(lambda: self._is_open() and self._desktop.tasks.is_idle, "the form")
        return {}

    def do_type(self, field: str, text: str, *, over: bool = False) -> dict[str, Any]:
        """Type into a field; a time is set as its arrows do."""
        widget = getattr(self._form(), field)
        if isinstance(widget, QLineEdit | QTextEdit):
            widget.setFocus()
            QTest.keyClicks(widget, text)
        elif field in ("start", "end"):
            widget.set_value(datetime.fromisoformat(text))
        return {}

    def do_save(self) -> dict[str, Any]:
        """Press Save."""
        self._form().request_save()
        return {}

    def do_settle(self) -> dict[str, Any]:
        """Wait until everything clicked is answered."""
        wait(lambda: not self._desktop.tasks.waiting and self._desktop.tasks.is_idle, "the answers")
        refusal = self._form().refusal if self._is_open() else ""
        return {"said": self._said, "is_open": self._is_open(), "refusal": refusal}

    def do_fields(self) -> dict[str, Any]:
        """What the form shows."""
        form = self._form()
        return {
            "title": form.title.text(),
            "notes": form.notes.toPlainText(),
            "start": form.start.value().isoformat(),
            "end": form.end.value().isoformat(),
            "refusal": form.refusal,
        }

    def do_await_refusal(self, part: str) -> dict[str, Any]:
        """Wait until the form says why nothing can be saved."""
        wait(lambda: part in self._form().refusal, f"{part!r}: {self._form().refusal!r}")
        return {"said": self._form().refusal}

    def do_left(self) -> dict[str, Any]:
        """What stands among the unsaved texts."""
        left = drafts_of(self._desktop.window.desk).left
        return {draft.record: {name: str(value) for name, value in draft.typed.items()} for draft in left}

    def _choice(self) -> MergeWindow | None:
        return self._form().keeping.meeting.window


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:], screen=SCREEN, drive=Forms))
