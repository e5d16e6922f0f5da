"""The dial desk: a band that says what is going on, the customer, and the note with the results under him."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.dialer.desk_events import IDLE, IN_CALL, OPEN, AtDesk, KeyPressed, Next, State, Timer, Unpause
from app.domain.dialer.giving import Missing
from app.domain.dialer.pauses import pause_name
from app.domain.words import N_, Message, message
from app.services.dialer.standing import Nobody
from ui.dialer.desk import commands as acts
from ui.dialer.desk.any_key import AnyKey
from ui.dialer.desk.band import ActButton, Band
from ui.dialer.desk.card_page import CardPage
from ui.dialer.desk.contact import Contact
from ui.dialer.desk.controller import DialController
from ui.dialer.desk.loading import Opening
from ui.dialer.desk.pages import Chooser, Waiting
from ui.dialer.desk.words import COUNTED, look_of, next_step
from ui.dialer.panes.filters import FiltersWindow, kept_filters
from ui.dialer.panes.nobody import NobodyPane
from ui.dialer.panes.words import in_words
from ui.kit.bidi import isolate
from ui.kit.commands import Command
from ui.kit.screen import Desk
from ui.widgets.standing import StandingLine
from ui.widgets.styled import push_button, tool

__all__ = ["DeskScreen"]

LAST_CAMPAIGN = "dialer/campaign"


class DeskScreen(QWidget):
    """One agent's desk; it goes on while another screen is in front."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._last: tuple[AtDesk, bool] | None = None
        self._wanted: tuple[int | None, int] | None = None
        self._any_key = AnyKey(self)
        self.done = 0
        self.seat = DialController(desk, self)
        self._add_commands()
        self._build()
        self._connect()
        self._follow()
        self.seat.open()

    # --- Putting together

    def _add_commands(self) -> None:
        seat = self.seat
        made = (
            (acts.NEXT, self._next, self._can_ask),
            (acts.CALL, seat.call, lambda: self.seat.at.can_call),
            (acts.CALL_OTHER, self._call_other, self._can_call_other),
            (acts.HANG_UP, seat.hang_up, self._is_in_call),
            (acts.ANSWERED, seat.answered_by_hand, lambda: self.seat.at.can_be_answered),
            (acts.SKIP, seat.sending.skip, lambda: self.seat.at.can_skip),
            (acts.PAUSE, self._pause, self._is_at_work),
            (acts.NOTE, self._focus_note, self._is_open),
            (acts.FORM, self._focus_form, self._is_open),
            (acts.CALLBACK, self._focus_callback, self._is_open),
            (acts.WHY, self.tell_why, self._is_open),
            (acts.TAKE_CALLER, seat.callers.take, lambda: self.seat.at.can_take_caller),
            (acts.LEAVE_CALLER, seat.callers.leave, lambda: self.seat.at.can_take_caller),
            (acts.TRY_AGAIN, seat.sending.try_again, self._can_try_again),
            (acts.FILTER, self._filter, self._may_filter),
            (acts.SIGN_OUT, seat.sign_out, self._is_at_work),
        )
        self.actions_by_id: dict[str, QAction] = {}
        for command, do, can in made:
            self.actions_by_id[command.id] = self._desk.commands.add(command, do, enabled=can, owner=self)
        for digit, command in acts.RESULTS.items():
            self._desk.commands.add(command, partial(self.give_key, digit), enabled=self._is_open, owner=self)

    def _build(self) -> None:
        self.band = Band()
        self.call_button = self._act(acts.CALL, "primary")
        self.answered_button = self._act(acts.ANSWERED)
        self.hang_up_button = self._act(acts.HANG_UP, "danger")
        self.skip_button = self._act(acts.SKIP)
        self.pause_button = self._act(acts.PAUSE)
        self.out_button = tool(self.actions_by_id[acts.SIGN_OUT.id])
        band = (self.call_button, self.answered_button, self.hang_up_button, self.skip_button)
        self.band.add(*band, self.pause_button, self.out_button)
        take, leave = push_button(N_("Answer"), "call", "primary"), push_button(N_("Not now"))
        take.clicked.connect(self.actions_by_id[acts.TAKE_CALLER.id].trigger)
        leave.clicked.connect(self.actions_by_id[acts.LEAVE_CALLER.id].trigger)
        self.caller_line = StandingLine(take, leave)
        self.chooser = Chooser()
        self.waiting = Waiting(self._act(acts.NEXT, "primary"))
        self.card = CardPage(self._desk)
        self.person, self.script, self.foot = self.card.person, self.card.script, self.card.foot
        self.pages = QStackedWidget()
        self.nobody = NobodyPane(self._desk)
        self.nobody.setFocusProxy(self.nobody.again)
        for page in (self.chooser, self.waiting, self.nobody, self.card):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.band, self.caller_line):
            column.addWidget(widget)
        column.addWidget(self.pages, 1)

    def _act(self, command: Command, look: str = "") -> ActButton:
        return ActButton(self.actions_by_id[command.id], command.icon or "", look)

    def _connect(self) -> None:
        seat = self.seat
        seat.changed.connect(self._follow)
        seat.opened.connect(self._take_opening)
        seat.came.connect(self._show_contact)
        seat.left.connect(self._count)
        seat.nobody.connect(self._show_nobody)
        seat.others.connect(self.person.show_others)
        seat.sending.missing.connect(self._ask_for)
        seat.sending.form_problem = self.script.missing
        seat.timers.ticked.connect(self._tick)
        self.chooser.chosen.connect(self._sign_in)
        self.card.typed.connect(self._typed)
        self.foot.given.connect(self._give)
        self.foot.callback_given.connect(self._give_callback)
        self._desk.bridge.rows_changed.connect(self._hear)
        self._any_key.pressed.connect(self._press)
        self.nobody.next_wanted.connect(self._next)
        self.nobody.filters_wanted.connect(self._filter)

    # --- Beginning and coming back

    def shown(self) -> None:
        """In front: the keyboard stands where the work goes on."""
        self._focus()

    def refresh(self) -> None:
        """Read anew where there is something to read."""
        if self.seat.at.state is State.SIGNED_OUT:
            self.seat.open()
        elif self.seat.at.state is State.EMPTY:
            self._next()

    def is_held(self) -> bool:
        """Whether somebody is on the telephone: he is not taken away from it."""
        return self._is_in_call()

    def open_customer(self, campaign_id: int | None, customer_id: int) -> None:
        """Bring this customer to the desk, in this campaign or the one worked in."""
        if self.seat.opening is None:
            self._wanted = (campaign_id, customer_id)
        else:
            self.seat.open_customer(campaign_id, customer_id)

    @Slot(object)
    def _take_opening(self, opening: Opening) -> None:
        kept = self._desk.memory.get(LAST_CAMPAIGN)
        self.chooser.offer(opening.campaigns, int(kept) if kept and kept.isdigit() else None)
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self.seat.open_customer(*wanted)

    @Slot(str, object)
    def _hear(self, table: str, _ids: frozenset[int] | None) -> None:
        if table in ("campaigns", "campaign_users", "pause_reasons") and self.seat.at.state is State.SIGNED_OUT:
            self.seat.open()

    @Slot(object)
    def _sign_in(self, campaign_id: int) -> None:
        if self.seat.sign_in(campaign_id):
            self.done = 0
            self.seat.filters = kept_filters(self._desk.memory, campaign_id) or None
            self._desk.memory.put(LAST_CAMPAIGN, str(campaign_id))

    # --- Showing

    @Slot(object)
    def _show_contact(self, contact: Contact) -> None:
        """Everything of the customer at once."""
        self.setUpdatesEnabled(False)
        self.card.show_contact(contact)
        self.pages.setCurrentWidget(self.card)
        self.setUpdatesEnabled(True)
        if self.isVisible():
            self.foot.note.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _show_nobody(self, reasons: Nobody) -> None:
        choice = self.seat.campaign
        may_filter = choice is not None and choice.agents_set_filters
        self.nobody.show_reasons(reasons, choice.id if choice is not None else None, may_filter=may_filter)

    @Slot()
    def _count(self) -> None:
        if self.seat.at.state is State.WRITING:
            self.done += 1

    @Slot()
    def _follow(self) -> None:
        now, before = (self.seat.at, self.seat.line.state.is_live), self._last
        self._last = now
        at = now[0]
        self._tick()
        if at.state is State.LOADING and self.waiting.button.hasFocus():
            # Its button is about to be disabled; the keys of the desk shall go on working.
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        if now != before:
            # A button takes the keyboard only once it is enabled.
            self._desk.commands.refresh()
        self._turn_page(at)
        self.foot.set_read_only(on=at.is_sending or at.state not in OPEN)
        if now != before:
            self._show_buttons(at)
            self._say_caller()
            self._any_key.listen(on=at.state is State.COUNTING)

    def _turn_page(self, at: AtDesk) -> None:
        if at.state is State.SIGNED_OUT:
            page: QWidget = self.chooser
        elif at.state in IDLE:
            self.waiting.show_state(at, self._pause_words(at), self.done)
            page = self.nobody if at.state is State.EMPTY else self.waiting
        elif at.state is State.LOADING:
            return  # what stands there stays until the next customer is painted
        else:
            page = self.card
        is_other = self.pages.currentWidget() is not page
        self.pages.setCurrentWidget(page)
        if is_other or self.hasFocus():
            self._focus()

    def _show_buttons(self, at: AtDesk) -> None:
        in_call = at.state in IN_CALL
        self.call_button.setVisible(at.state in OPEN and not in_call)
        self.hang_up_button.setVisible(self._is_in_call())
        self.answered_button.setVisible(at.can_be_answered)
        self.skip_button.setVisible(at.can_skip)
        for button in (self.pause_button, self.out_button):
            button.setVisible(at.state is not State.SIGNED_OUT)
        is_away = at.wants_pause or at.state is State.PAUSED
        self.pause_button.rename(N_("End the pause") if is_away else "")
        self.band.setVisible(at.state is not State.SIGNED_OUT)

    @Slot()
    def _tick(self) -> None:
        at, timers = self.seat.at, self.seat.timers
        left = timers.left(COUNTED[at.state]) if at.state in COUNTED else None
        has_clock = at.state not in (State.SIGNED_OUT, State.LOADING)
        seconds = left if left is not None else timers.since() if has_clock else None
        name = self.seat.campaign.name if self.seat.campaign is not None else ""
        step = next_step(at, left=timers.left(Timer.WRAP_UP), pause=self._pause_words(at), campaign=isolate(name))
        self.band.say_state(look_of(at), step, seconds)

    def _pause_words(self, at: AtDesk) -> str | Message:
        opening = self.seat.opening
        found = next((each for each in opening.pauses if each.id == at.pause_reason), None) if opening else None
        return pause_name(found.code, found.name) if found is not None else ""

    def _say_caller(self) -> None:
        current = self.seat.callers.current
        if current is None or self.seat.at.state in IN_CALL:
            self.caller_line.say(None)
            return
        found, number = current
        if found is None:
            self.caller_line.say(message(N_("{number} calls."), number=isolate(number)))
        else:
            said = message(N_("{name} calls: {number}"), name=isolate(found.name), number=isolate(found.number))
            self.caller_line.say(said)

    # --- What may be done now

    def _is_open(self) -> bool:
        return self.seat.at.state in OPEN

    def _is_at_work(self) -> bool:
        return self.seat.at.state is not State.SIGNED_OUT

    def _can_ask(self) -> bool:
        return self.seat.at.state in IDLE

    def _may_filter(self) -> bool:
        return self.seat.campaign is not None and self.seat.campaign.agents_set_filters

    def _can_call_other(self) -> bool:
        return self.seat.at.can_call and bool(self._other_numbers())

    def _is_in_call(self) -> bool:
        return self.seat.at.state in IN_CALL or self.seat.line.state.is_live

    def _can_try_again(self) -> bool:
        contact = self.seat.contact
        return self._is_open() and contact is not None and contact.typed.status_id is not None

    # --- Acts

    @Slot()
    def _next(self) -> None:
        self.seat.feed(Next())

    @Slot()
    def _press(self) -> None:
        self.seat.feed(KeyPressed())

    @Slot()
    def _filter(self) -> None:
        """The agent's own filters, where the campaign lets him set any."""
        if self.seat.campaign is not None:
            window = FiltersWindow(self._desk, self.seat.campaign.id, self)
            window.chosen.connect(self._take_filters)
            window.open()

    @Slot(object)
    def _take_filters(self, filters: Mapping[str, Any]) -> None:
        self.seat.filters = filters or None
        if self.seat.at.state is State.EMPTY:
            self._next()

    @Slot()
    def _pause(self) -> None:
        """A menu of reasons; while one is wished or taken, its end."""
        at = self.seat.at
        if at.wants_pause or at.state is State.PAUSED:
            self.seat.feed(Unpause())
            return
        opening = self.seat.opening
        reasons = [(each.id, in_words(pause_name(each.code, each.name))) for each in opening.pauses] if opening else []
        if reasons:
            self._offer(self.pause_button, [(words, partial(self.seat.pause, key)) for key, words in reasons])
        else:
            self.seat.pause(None)

    @Slot()
    def _call_other(self) -> None:
        """A menu of the customer's other numbers."""
        numbers = self._other_numbers()
        self._offer(self.call_button, [(isolate(each), partial(self.seat.call, each)) for each in numbers])

    def _other_numbers(self) -> list[str]:
        contact = self.seat.contact
        numbers = contact.card.numbers if contact is not None else ()
        return [each.e164 for each in numbers if each.e164 and contact and each.e164 != contact.claimed.person]

    def _offer(self, button: QWidget, acts: Sequence[tuple[str, Callable[[], object]]]) -> None:
        """A menu below a button, each entry with a digit of its own."""
        menu = QMenu(self)
        for number, (words, do) in enumerate(acts, 1):
            text = words.replace("&", "&&")
            menu.addAction(f"&{number}  {text}" if number < 10 else text).triggered.connect(do)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.setActiveAction(menu.actions()[0])
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def give_key(self, digit: str) -> None:
        """Give the result of this digit."""
        contact = self.seat.contact
        status = self.foot.results.by_key(digit) if contact is not None else None
        if status is None:
            self._desk.messages.info(message(N_("No result has the key {key}."), key=digit))
        else:
            self._give(status.id)

    @Slot(object)
    def _give(self, status_id: int) -> None:
        self._take_typed()
        self.seat.sending.give(status_id)

    @Slot()
    def _give_callback(self) -> None:
        """Return in the moment gives the result that means a callback, where there is one."""
        contact = self.seat.contact
        statuses = contact.card.statuses if contact is not None else ()
        found = next((each for each in statuses if each.outcome == "callback"), None)
        if found is not None:
            self._give(found.id)

    @Slot()
    def _typed(self) -> None:
        self._take_typed()
        self.seat.keeper.soon()

    def _take_typed(self) -> None:
        contact = self.seat.contact
        if contact is not None and self.seat.at.is_open:
            self.card.fill(contact.typed)

    @Slot(object)
    def _ask_for(self, what: Missing) -> None:
        {Missing.NOTE: self._focus_note, Missing.CALLBACK: self._focus_callback, Missing.FORM: self._focus_form}[what]()

    @Slot()
    def tell_why(self) -> None:
        """Why this customer, why now."""
        if self._is_open():
            self.person.tell_why()

    # --- The keyboard

    def _focus(self) -> None:
        if self.isVisible():
            page = self.pages.currentWidget()
            (page or self).setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _focus_note(self) -> None:
        self.foot.note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _focus_form(self) -> None:
        self.script.focus_first()

    @Slot()
    def _focus_callback(self) -> None:
        self.foot.moment.setFocus(Qt.FocusReason.ShortcutFocusReason)
