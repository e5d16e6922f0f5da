"""The desk: an enquiry finds its handler, says why, goes back to whoever had it, and does not close while it lacks."""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QListWidget, QListWidgetItem, QWidget

from app.domain.processes.routing import Rule
from app.domain.tickets.fields import FIELDS
from app.i18n import say
from app.services.tickets.card import load
from app.services.tickets.lists import lists
from app.services.tickets.offering import Offer, offer
from app.services.tickets.statuses import list_statuses
from app.services.tickets.timeline import Kind, timeline
from app.services.tickets.why import StepRow, why
from ui.admin.screen import SetupScreen
from ui.admin.view import SectionView
from ui.tickets.screen import TicketsScreen
from ui.tickets.tasks.update import UpdateWindow
from ui.tickets.tasks.why import WhyWindow
from ui.tour.hands import TourError, click, press, settle, wait, write
from ui.tour.stage import Stage
from ui.widgets.picker import Picker

__all__ = ["Desk"]

W = TypeVar("W", bound=QWidget)
P = ParamSpec("P")
R = TypeVar("R")

_ADDRESS = "Via Roma 12"
_CTRL = Qt.KeyboardModifier.ControlModifier
_NEEDED = "address"
_SUBJECTS = {
    "en": "Offer for a new alarm",
    "it": "Offerta per un nuovo allarme",
    "he": "הצעה לאזעקה חדשה",
}


class Desk:
    """One enquiry from its intake to the refused close."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._ticket = 0
        self._task = 0
        self._first: int | None = None

    # --- Steps

    def ask_for_fields(self) -> QWidget:
        """The administrator says that a closed ticket names its address."""
        screen = cast(SetupScreen, self._front("admin"))
        screen.show_entry("ticket_states")
        view = screen.stack.currentWidget()
        assert isinstance(view, SectionView)
        self._wait(lambda: view.model.rowCount() > 3, "the states of tickets")
        closing = next(each.id for each in self._run(list_statuses) if each.is_closed)
        view.table.selectRow(view.model.line_of(closing) or 0)
        box = view.form.parts["fields"].widget
        self._wait(lambda: _line(box, _NEEDED) is not None, "the fields to choose from")
        _tick(box, _NEEDED)
        press(view, Qt.Key.Key_S, _CTRL)
        self._wait(lambda: _NEEDED in getattr(view.model.row_of(closing), "fields", ()), "the state to be saved")
        return self._stage.desktop.window

    def take_in(self) -> QWidget:
        """An enquiry is typed in; nobody is named, and the machine hands it over."""
        screen = cast(TicketsScreen, self._front("tickets"))
        write(screen.search, "")
        press(screen, Qt.Key.Key_N, _CTRL)
        card = screen.card
        self._wait(lambda: card.fields.type.count() > 2 and card.fields.subject.isVisible(), "an empty card")
        write(card.fields.subject, _SUBJECTS[self._stage.language])
        _choose(card.fields.type, self._type())
        _choose(card.fields.handler, None)
        press(card, Qt.Key.Key_S, _CTRL)
        self._wait(lambda: bool(card.number), "the ticket to be saved")
        self._ticket = card.number or 0
        self._task = self._open_task()
        step = self._steps()[0]
        if not step.is_automatic:
            raise TourError(f"the machine did not hand it over: {step.rule}")
        self._first = self._offer().task.user_id
        return self._stage.desktop.window

    def ask_why(self) -> QWidget:
        """One key says why it went to whom it did."""
        self._stage.desktop.window.desk.commands.run("tasks.why", self._task)
        return self._window(WhyWindow)

    def pass_on(self) -> QWidget:
        """The next stage, and a colleague named by hand."""
        window = self._open_window()
        found = self._offer()
        meeting = found.stages[1].id
        # Somebody who could not have taken it in, so that the way back leads to the first one.
        colleague = next(worker.id for worker in found.workers if worker.stage_ids == (meeting,))
        window.advance.goals.setCurrentRow(2)
        _choose(window.advance.handler, colleague)
        self._save(window, "the task to be passed on")
        return self._stage.desktop.window

    def advance(self) -> QWidget:
        """Back to a stage on Automatic: whoever had this task before gets it again."""
        window = self._open_window()
        self._goal(window, self._first)
        self._save(window, "the task to be advanced")
        step = self._steps()[0]
        if step.rule != Rule.EARLIER_HANDLER.value or self._offer().task.user_id != self._first:
            raise TourError(f"it did not go to the earlier handler: {step.rule}")
        return self._stage.desktop.window

    def refuse_close(self) -> QWidget:
        """The ticket does not close while its address is not named; the card says which field it is."""
        screen = cast(TicketsScreen, self._front("tickets"))
        self._wait(lambda: screen.card.number == self._ticket, "the card")
        click(screen.card.close_button)
        self._wait(lambda: say(FIELDS[_NEEDED]) in self._stage.said(self._stage.desktop), "the missing field's name")
        return self._stage.desktop.window

    def close(self) -> QWidget:
        """Filled in and saved, it is closed, with its task."""
        screen = cast(TicketsScreen, self._front("tickets"))
        write(screen.card.fields.address, _ADDRESS)
        press(screen.card, Qt.Key.Key_S, _CTRL)
        self._wait(lambda: self._run(load, self._ticket).closed_at is not None, "the ticket to be closed")
        if self._offer().task.closed_at is None:
            raise TourError("its task is still open")
        bar = self._stage.desktop.window.message_bar
        while bar.has_current():
            bar.dismiss()
        settle()
        return self._stage.desktop.window

    # --- Hands

    def _front(self, screen: str) -> QWidget:
        self._stage.turn_to(self._stage.desktop)
        shown = self._stage.desktop.window.show_screen(screen)
        assert shown is not None
        self._wait(lambda: True, screen)
        return shown

    def _wait(self, condition: Callable[[], object], what: str) -> None:
        wait(lambda: condition() and self._stage.desktop.tasks.is_idle, what)
        settle()

    def _open_window(self) -> UpdateWindow:
        self._stage.desktop.window.desk.commands.run("tasks.open", self._task)
        window = self._window(UpdateWindow)
        self._wait(lambda: window.advance.goals.count() > 1, "the stages that can follow")
        return window

    def _window(self, kind: type[W]) -> W:
        self._wait(lambda: _found(kind) is not None, "the window")
        window = _found(kind)
        assert window is not None
        return window

    def _goal(self, window: UpdateWindow, wanted: int | None) -> None:
        """A stage whose profile the earlier handler holds and the present one does not."""
        found = self._offer()
        held = {worker.id: set(worker.stage_ids) for worker in found.workers}
        ways = held[wanted or 0] - held.get(found.task.user_id or 0, set())
        place = next(number for number, each in enumerate(found.stages) if each.id in ways)
        window.advance.goals.setCurrentRow(place + 1)

    def _save(self, window: UpdateWindow, what: str) -> None:
        before = self._offer().task.version
        press(window.advance.note, Qt.Key.Key_Return, _CTRL)
        self._wait(lambda: self._offer().task.version > before, what)
        self._wait(lambda: _found(UpdateWindow) is None, "the window to close")

    # --- What the database says

    def _run(self, service: Callable[Concatenate[Any, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        return self._stage.desktop.window.desk.backend.execute(service, *args, **kwargs)

    def _type(self) -> int:
        """The ticket type that goes through a process."""
        asked = self._run(lists)
        return next(kind.id for kind in asked.types if kind.process_id is not None)

    def _open_task(self) -> int:
        asked = self._run(timeline, self._ticket, kinds=(Kind.TASK,))
        return next(entry.id for entry in asked.entries)

    def _offer(self) -> Offer:
        return self._run(offer, self._task)

    def _steps(self) -> tuple[StepRow, ...]:
        return self._run(why, self._task)


def _choose(picker: Picker, wanted: int | None) -> None:
    """Go to the line as a person would by keys; Picker tells its screen of the choice."""
    picker.set_value(wanted)
    picker.changed.emit(picker.value())


def _found(kind: type[W]) -> W | None:
    return next((each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()), None)


def _line(box: QWidget, wanted: str) -> QListWidgetItem | None:
    """The line of a list to tick that stands for this."""
    lines = box.findChild(QListWidget)
    assert isinstance(lines, QListWidget)
    items = (lines.item(place) for place in range(lines.count()))
    return next((item for item in items if item.data(Qt.ItemDataRole.UserRole) == wanted), None)


def _tick(box: QWidget, wanted: str) -> None:
    """Tick a line with the space bar."""
    lines, item = box.findChild(QListWidget), _line(box, wanted)
    assert isinstance(lines, QListWidget)
    assert item is not None
    lines.setFocus()
    lines.setCurrentItem(item)
    press(lines, Qt.Key.Key_Space)
