"""The telephone of the person at this desktop, on the GUI thread: what is asked of it, and how its call goes."""

import logging
from collections.abc import Callable
from functools import partial
from uuid import uuid4

from PySide6.QtCore import QMetaMethod, QObject, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices

from app.domain.dialer import calls
from app.domain.dialer.calls import CallState, Fault, Sign, Stage, Told
from app.domain.errors import UserError
from app.domain.people import Permission
from app.domain.words import N_, message
from app.services.dialer.lines import Line, my_line
from app.services.dialer.lookup import Caller, caller
from app.services.dialer.telephones import Telephone, dialled_form, pretend, telephone
from app.settings import data_folder
from ui.dialer.phone.reception import Reception
from ui.kit.screen import Desk
from ui.kit.tasks import Latest

__all__ = ["Phone"]

_LETS_GO_MS = 5000

log = logging.getLogger(__name__)


class Phone(QObject):
    """One call at a time; its state is `state`, its words `app.domain.dialer.calls.words(state)`.

    Signals: `changed(CallState)` with every step of the call in hand; `incoming(Caller or None, number)` when somebody
    calls, who is told in the message bar where nobody is connected; `ready_changed()` when another telephone was chosen
    or it began or ceased to work: `is_ready`, and `trouble` says why not.
    """

    changed = Signal(object)
    incoming = Signal(object, str)
    ready_changed = Signal()
    # Telephones speak on threads of their own: a signal brings it to this one.
    _heard = Signal(int, object)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.tasks)
        self._desk = desk
        self._latest = Latest(desk.tasks)
        self._telephone: Telephone | None = None
        self._generation = 0
        self._wanted: tuple[str, str] | None = None
        self._callers: dict[str, str] = {}
        self.line: Line | None = None
        self.state: CallState = calls.IDLE
        self.trouble: UserError | None = None
        self.is_ready = False
        self._is_let = True
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._give_up)
        self._clock = _QtClock(self)
        self._reception = Reception(desk, self)
        self._heard.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        desk.bridge.rows_changed.connect(self._follow)
        desk.person.news.changed.connect(self._permit)
        desk.tasks.closing.connect(self.close)
        self.reload()

    @property
    def sees_state(self) -> bool:
        """Whether the telephone tells how its calls go; otherwise the agent says "answered" and "ended" himself."""
        return self._telephone is not None and self._telephone.sees_state

    @property
    def can_answer(self) -> bool:
        """Whether a call that comes in can be taken from here."""
        return self._telephone is not None and self._telephone.can_answer

    # --- What is asked of it

    def dial(self, number: str) -> None:
        """Call this number; one that cannot be one fails in words and is never dialled."""
        if self.state.is_live:
            self._desk.messages.warning(N_("There is a call already. Hang up first."))
            return
        token = uuid4().hex
        self._move(calls.begin(number, token))
        if self.line is None:
            self._wanted = (number, token)
            return
        self._check(number, token)

    def hang_up(self) -> None:
        """End the call in hand."""
        if self._telephone is None or self._wanted is not None:
            self._wanted = None
            self._move(calls.heard(self.state, Sign(Told.ENDED, self.state.token)))
        elif self.state.is_live or self.state.fault is Fault.HUNG:
            self._telephone.hang_up(self.state.token)

    def answer(self) -> None:
        """Take the call that comes in."""
        if self._telephone is None or not self._callers:
            return
        token, number = next(reversed(self._callers.items()))
        if self.state.token != token:
            if self.state.is_live:
                self._desk.messages.warning(N_("There is a call already. Hang up first."))
                return
            self._move(calls.ring(number, token))
        self._telephone.answer(token)

    def set_by_hand(self, stage: Stage) -> None:
        """The agent says how the call goes, whatever the telephone believes; an ended one is hung up too."""
        before = self.state
        self._move(calls.by_hand(before, stage))
        if self.state is not before and not self.state.is_live and self.sees_state and self._telephone is not None:
            self._telephone.hang_up(before.token)

    def call_in(self, number: str) -> None:
        """Let the telephone that only pretends ring; nothing happens with any other."""
        pretend(self._telephone, number, uuid4().hex)

    def reload(self) -> None:
        """Read which telephone was chosen and use it from now on."""
        self._latest.read(my_line).then(self._use, self._cannot)

    @Slot()
    def close(self) -> None:
        """End everything; nothing is heard after that."""
        self._generation += 1
        self._patience.stop()
        if self._telephone is not None:
            self._telephone.close()
            self._telephone = None

    # --- Inside

    @Slot(str, object)
    def _follow(self, table: str, ids: frozenset[int] | None) -> None:
        mine = self._desk.person.id
        if table == "dial_rules" or (table == "phone_lines" and (ids is None or mine in ids)):
            self.reload()

    @Slot()
    def _permit(self) -> None:
        """Whoever may dial no more has no telephone here, once the call in hand is over."""
        if self._desk.person.may(Permission.DIAL):
            self._is_let = True
            self.reload()
        elif self.state.is_live:
            QTimer.singleShot(_LETS_GO_MS, self._permit)
        else:
            self._is_let = self.is_ready = False
            self.close()
            self._reception.forget()
            self.ready_changed.emit()

    def _use(self, line: Line) -> None:
        if not self._is_let:
            return
        if line == self.line and self._telephone is not None:
            return
        if self.state.is_live and self._telephone is not None:
            # Another telephone would cut the call in hand.
            QTimer.singleShot(_LETS_GO_MS, self.reload)
            return
        self.close()
        # A telephone behind a line of its own says itself when it works.
        self.line, self.trouble, self.is_ready = line, None, line.draft.kind in ("handoff", "simulator")
        tell = partial(self._heard.emit, self._generation)
        try:
            self._telephone = telephone(line, tell, self._clock, data_folder())
        except UserError as problem:
            self.trouble = problem
        self.ready_changed.emit()
        if self._wanted is not None:
            (number, token), self._wanted = self._wanted, None
            self._check(number, token)

    def _cannot(self, problem: Exception) -> None:
        """Without the database nobody knows how to telephone; a call somebody asked for says so."""
        log.warning("the telephone is not known: %s", problem)
        if self._wanted is not None:
            self._wanted = None
            self._fail(self.state.token, Fault.NO_TELEPHONE, problem)

    def _check(self, number: str, token: str) -> None:
        """Read the number in the background: the tables of all countries are not loaded on this thread."""
        assert self.line is not None
        job = self._desk.tasks.run(dialled_form, self.line, number)
        job.then(partial(self._dial, token), partial(self._fail, token, Fault.WRONG_NUMBER))

    def _dial(self, token: str, number: str) -> None:
        if self.state.token != token or not self.state.is_live:
            return
        if self._telephone is None:
            self._fail(token, Fault.NO_TELEPHONE, self.trouble)
        else:
            self._telephone.dial(number, token)

    def _fail(self, token: str, fault: Fault, problem: Exception | None) -> None:
        said = problem.what if isinstance(problem, UserError) else None
        self._move(calls.heard(self.state, Sign(Told.FAILED, token, fault, said=said)))

    @Slot(int, object)
    def _hear(self, generation: int, sign: Sign) -> None:
        if generation != self._generation:
            return
        if sign.told is Told.OPEN:
            self._open(sign)
        elif sign.told is Told.INCOMING:
            self._ring(sign)
        elif sign.told in (Told.READY, Told.TROUBLE):
            self._be_in_trouble(UserError(sign.said) if sign.said is not None else None)
        else:
            if sign.told in (Told.ENDED, Told.FAILED):
                self._leave(sign.token)
            self._move(calls.heard(self.state, sign))

    def _leave(self, token: str) -> None:
        if self._callers.pop(token, None) is not None:
            self._reception.forget()

    def _open(self, sign: Sign) -> None:
        if not QDesktopServices.openUrl(QUrl(sign.text, QUrl.ParsingMode.StrictMode)):
            what = message(N_("This computer has no telephone program that takes calls."))
            self._fail(sign.token, Fault.NO_TELEPHONE, UserError(what))

    def _ring(self, sign: Sign) -> None:
        self._callers[sign.token] = sign.text
        if not self.state.is_live:
            self._move(calls.ring(sign.text, sign.token))
        shown = partial(self._announce, sign.token)
        self._desk.tasks.read(caller, sign.text).then(shown, partial(self._announce_unknown, sign.token))

    def _announce(self, token: str, found: Caller | None) -> None:
        number = self._callers.get(token)
        if number is None:
            # Who called has given up meanwhile.
            return
        if self.isSignalConnected(QMetaMethod.fromSignal(self.incoming)):
            self.incoming.emit(found, number)
        else:
            self._reception.announce(found, number, self)

    def _announce_unknown(self, token: str, problem: Exception) -> None:
        log.warning("the caller was not looked up: %s", problem)
        self._announce(token, None)

    def _be_in_trouble(self, problem: UserError | None) -> None:
        self.trouble, self.is_ready = problem, problem is None
        self.ready_changed.emit()

    def _move(self, state: CallState) -> None:
        if state is self.state:
            return
        self.state = state
        seconds = calls.PATIENCE.get(state.stage)
        if seconds is None or state.is_by_hand or not self.sees_state:
            self._patience.stop()
        else:
            self._patience.start(round(seconds * 1000))
        self.changed.emit(state)

    @Slot()
    def _give_up(self) -> None:
        self._move(calls.given_up(self.state))


class _QtClock(QObject):
    """Calls later on the GUI thread, as long as the telephone is there."""

    def later(self, seconds: float, do: Callable[[], object]) -> None:
        """Call this once so many seconds from now."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(do)
        timer.timeout.connect(timer.deleteLater)
        timer.start(round(seconds * 1000))
