"""The dial desk by keyboard alone: sign in, call, note, result, a callback, a skip, the reason why; then the wall."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.dialer import reasons
from app.domain.dialer.desk_events import State
from app.i18n import say
from app.services.dialer.claiming import resume
from app.services.dialer.history import HistoryLine, Kind, history
from app.services.dialer.wall import wall
from ui.dialer.campaigns.screen import CampaignsScreen
from ui.dialer.desk.contact import Contact
from ui.dialer.desk.screen import DeskScreen
from ui.dialer.panes.why import WhyThisOne
from ui.dialer.wall.page import WallPage
from ui.tour.hands import TourError, press, settle, wait
from ui.tour.stage import Stage

__all__ = ["Dialling"]

P = ParamSpec("P")
R = TypeVar("R")

_NONE = Qt.KeyboardModifier.NoModifier
_ALT = Qt.KeyboardModifier.AltModifier
_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CALLBACK, _INTERESTED, _AGREED = Qt.Key.Key_4, Qt.Key.Key_5, Qt.Key.Key_6
_HOUR = 10
_MOMENTS = {"en": "tomorrow 10", "it": "domani 10", "he": "מחר ב-10"}
_NOTES = {
    "en": ("Agreed for Tuesday morning", "Is driving, asks to be called again", "Wants the list of checks first"),
    "it": ("D'accordo per martedì mattina", "È in auto, chiede di richiamare", "Vuole prima l'elenco dei controlli"),
    "he": ("סוכם ליום שלישי בבוקר", "בנהיגה, ביקשו שנחזור", "רוצים קודם את רשימת הבדיקות"),
}


class Dialling:
    """An agent's quarter of an hour; after every step the database says what came of it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._dialler: DeskScreen | None = None
        self._key = ""
        self._campaign = 0

    # --- Steps

    def sign_in(self) -> QWidget:
        """Return takes the campaign that is offered."""
        bar = self._stage.desktop.window.message_bar
        while bar.has_current():
            bar.dismiss()
        self._dialler = screen = cast(DeskScreen, self._front("dialer"))
        self._wait(lambda: screen.chooser.list.count() > 0 and screen.seat.line.phone.line is not None, "the campaigns")
        self._press(Qt.Key.Key_Return)
        self._reach(State.READY)
        campaign = screen.seat.campaign
        assert campaign is not None
        self._campaign = campaign.id
        return self._window

    def load(self) -> QWidget:
        """One key: whoever was promised a call comes first, held for this desk alone."""
        self._press(Qt.Key.Key_Return, _CTRL)
        contact = self._next_contact()
        held = self._run(resume)
        if held is None or held.request_id != contact.key or held.rule != "CALLBACK_MINE":
            raise TourError(f"not the customer who was promised a call: {held}")
        return self._window

    def ask_why(self) -> QWidget:
        """Why this one, why now."""
        self._press(Qt.Key.Key_F1, _SHIFT)
        self._wait(lambda: self._why is not None, "the reason")
        window, claimed = self._why, self._contact.claimed
        assert window is not None
        if say(reasons.short(claimed.rule, claimed.reason)) not in window.rule.text() or not window.sentences.text():
            raise TourError(f"it does not say why: {window.rule.text()}")
        return window

    def call(self) -> QWidget:
        """Escape closes the reason; the telephone rings, somebody answers, the note is typed meanwhile."""
        self._press(Qt.Key.Key_Escape)
        self._wait(lambda: self._why is None, "the reason to close")
        self._talk(0)
        return self._window

    def agree(self) -> QWidget:
        """Hung up; one key gives the result, opens a ticket, and the next customer is there."""
        before = self._contact
        line = self._give(_AGREED, "success", _NOTES[self._stage.language][0])
        if line.answered_at is None:
            raise TourError("the call is not on record as answered")
        tickets = self._run(history, before.claimed.customer_id, None, kinds=frozenset({Kind.TICKET})).lines
        if not tickets or tickets[0].at < line.at - timedelta(seconds=5):
            raise TourError("no ticket was opened for what was agreed")
        return self._window

    def promise(self) -> QWidget:
        """The second customer is to be called again; when, is typed as one says it."""
        self._talk(1)
        self._press(Qt.Key.Key_F8)
        self._reach(State.WRITING)
        self._press(Qt.Key.Key_F4)
        self._write(_MOMENTS[self._stage.language])
        self._wait(lambda: self._screen.foot.moment.value() == self._promised(), "the moment to be understood")
        return self._window

    def call_back(self) -> QWidget:
        """The result of a callback takes the moment with it."""
        promised = self._promised()
        line = self._give(_CALLBACK, "callback", _NOTES[self._stage.language][1])
        if line.callback_at != promised or line.callback_who != self._desk.person.name:
            raise TourError(f"promised for {line.callback_at} to {line.callback_who}")
        return self._window

    def skip(self) -> QWidget:
        """The third one is left out; the next one is there and waits for a key."""
        left = self._contact.claimed.customer_id
        self._press(Qt.Key.Key_F7)
        self._next_contact()
        self._reach(State.READING)
        if self._last(left).form != "skip":
            raise TourError("the skip is not on record")
        return self._window

    def note_only(self) -> QWidget:
        """Called, noted, done."""
        self._talk(2)
        self._give(_INTERESTED, "contact", _NOTES[self._stage.language][2])
        return self._window

    def show_wall(self) -> QWidget:
        """The wall: every desk, and the calls of today with those just made."""
        screen = cast(CampaignsScreen, self._front("campaigns"))
        self._wait(lambda: screen.row is not None, "the campaigns")
        screen.open_campaign(self._campaign)
        page = screen.show_tab("wall")
        assert isinstance(page, WallPage)
        self._wait(lambda: page.answer is not None and page.board is not None, "the wall")
        told, answer = self._run(wall), page.answer
        assert answer is not None
        if (answer.total.calls, answer.total.skips) != (told.total.calls, told.total.skips):
            raise TourError(f"the wall shows {answer.total.calls} calls of {told.total.calls}")
        mine = next((part for part in answer.by_agent if part.id == self._desk.person.id), None)
        if mine is None or (mine.figures.calls, mine.figures.skips) != (3, 1):
            raise TourError(f"the wall shows of this desk: {mine}")
        if self._desk.person.id not in {agent.user_id for agent in answer.agents}:
            raise TourError("this desk is not on the wall")
        settle()
        return self._window

    def leave(self) -> QWidget:
        """The customer on the desk goes back to the pool, and the desk is closed."""
        self._front("dialer")
        self._press(Qt.Key.Key_F12)
        if self._screen.seat.at.is_open:
            self._press(Qt.Key.Key_F7)
        self._reach(State.SIGNED_OUT)
        if self._run(resume) is not None:
            raise TourError("somebody is still held")
        return self._window

    # --- A call

    def _talk(self, number: int) -> None:
        """Call, wait for an answer, type the note."""
        self._press(Qt.Key.Key_F9)
        self._reach(State.TALKING)
        self._press(Qt.Key.Key_F2)
        self._write(_NOTES[self._stage.language][number])

    def _give(self, key: Qt.Key, outcome: str, note: str) -> HistoryLine:
        """Hang up if need be and give the result by its key; what is on record then, and the next customer is there."""
        done = self._contact.claimed.customer_id
        if self._screen.seat.at.state is State.TALKING:
            self._press(Qt.Key.Key_F8)
            self._reach(State.WRITING)
        self._press(key, _ALT)
        self._next_contact()
        line = self._last(done)
        if (line.outcome, line.text) != (outcome, note):
            raise TourError(f"on record is {line.outcome}: {line.text}")
        return line

    def _next_contact(self) -> Contact:
        seat = self._screen.seat
        self._wait(
            lambda: seat.at.is_open and seat.at.contact != self._key and seat.contact is not None, "the next customer"
        )
        self._key = seat.at.contact or ""
        return self._contact

    def _last(self, customer_id: int) -> HistoryLine:
        return self._run(history, customer_id, self._campaign, kinds=frozenset({Kind.CALL})).lines[0]

    def _promised(self) -> datetime:
        zone = ZoneInfo(self._contact.card.company_zone)
        tomorrow = datetime.now(zone) + timedelta(days=1)
        return tomorrow.replace(hour=_HOUR, minute=0, second=0, microsecond=0)

    # --- What there is

    @property
    def _window(self) -> QWidget:
        return self._stage.desktop.window

    @property
    def _desk(self) -> Any:
        return self._stage.desktop.window.desk

    @property
    def _screen(self) -> DeskScreen:
        assert self._dialler is not None
        return self._dialler

    @property
    def _contact(self) -> Contact:
        contact = self._screen.seat.contact
        assert contact is not None
        return contact

    @property
    def _why(self) -> WhyThisOne | None:
        found = (each for each in QApplication.topLevelWidgets() if isinstance(each, WhyThisOne) and each.isVisible())
        return next(found, None)

    def _run(self, service: Callable[Concatenate[Any, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        return cast(R, self._desk.backend.execute(service, *args, **kwargs))

    # --- Hands

    def _front(self, screen: str) -> QWidget:
        self._stage.turn_to(self._stage.desktop)
        shown = self._stage.desktop.window.show_screen(screen)
        assert shown is not None
        return shown

    def _wait(self, condition: Callable[[], object], what: str) -> None:
        wait(lambda: condition() and self._stage.desktop.tasks.is_idle, what)
        settle()

    def _reach(self, state: State) -> None:
        self._wait(lambda: self._screen.seat.at.state is state, f"the desk to be {state.value}")

    def _press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = _NONE) -> None:
        """One key, wherever the keyboard is."""
        if QApplication.activeWindow() is None:
            # The off-screen platform forgets the window when a dialog goes; a real one does not.
            self._stage.turn_to(self._stage.desktop)
        press(QApplication.activePopupWidget() or QApplication.focusWidget() or self._window, key, modifiers)
        settle()

    def _write(self, text: str) -> None:
        """Letters, where the cursor is."""
        for letter in text:
            target = QApplication.focusWidget()
            assert target is not None
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(target, QKeyEvent(kind, Qt.Key.Key_unknown, _NONE, letter))
        settle()
