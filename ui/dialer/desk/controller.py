"""The desk at work: it hands events to the machine and carries out what the machine wants."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import uuid4

from PySide6.QtCore import QObject, Signal, Slot

from app.domain.dialer.desk import step
from app.domain.dialer.desk_events import (
    IN_CALL,
    AtDesk,
    Call,
    CallRefused,
    CallStands,
    CallWanted,
    DeskRules,
    Dialled,
    Do,
    Effect,
    HangUp,
    Loaded,
    LoadFailed,
    Lost,
    Next,
    Nobody,
    Pause,
    Resumed,
    RulesChanged,
    SignedIn,
    SignOut,
    State,
    Timer,
    TimeUp,
)
from app.domain.errors import Refused
from app.domain.words import N_, Message, message
from app.services.dialer.attempts import let_go
from app.services.dialer.campaigns import CampaignChoice
from app.services.dialer.card import CampaignFacts
from app.services.dialer.standing import Nobody as Reasons
from ui.dialer.desk import loading
from ui.dialer.desk.callers import Callers
from ui.dialer.desk.contact import Contact
from ui.dialer.desk.keeper import Keeper
from ui.dialer.desk.line import Line
from ui.dialer.desk.loading import Office, Opening
from ui.dialer.desk.pulse import Heartbeat
from ui.dialer.desk.sending import Sending
from ui.dialer.desk.stretches import Stretches
from ui.dialer.desk.timers import DeskTimers
from ui.kit.bridge import Connection
from ui.kit.messages import Notice
from ui.kit.screen import Desk

__all__ = ["DialController"]

_OVER = frozenset({"CAMPAIGN_CLOSED", "NOT_IN_CAMPAIGN"})


class DialController(QObject):
    """One agent's desk.

    Signals: `changed()` after every event; `opened(Opening)` when it knows where the agent works; `came(Contact)` when
    a customer is to be painted, `left()` when the contact is over; `nobody(Nobody)` with the reasons when there is
    none; `others(names)` who has the customer open too.
    """

    changed = Signal()
    opened = Signal(object)
    came = Signal(object)
    left = Signal()
    nobody = Signal(object)
    others = Signal(object)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._office = cast(Office, desk.backend)
        self.at = AtDesk()
        self.contact: Contact | None = None
        self.campaign: CampaignChoice | None = None
        self.opening: Opening | None = None
        self.filters: Mapping[str, Any] | None = None
        self.number: str | None = None
        self.told: list[Notice] = []
        self._lease = 45.0
        self.keeper = Keeper(desk, self._open_contact, self)
        self.timers = DeskTimers(self)
        self.heart = Heartbeat(desk, self)
        self.stretches = Stretches(desk, self)
        self.line = Line(desk, self)
        self.callers = Callers(desk, self)
        self.sending = Sending(desk, self._office, self)
        self._connect()

    def _connect(self) -> None:
        self.timers.up.connect(self._time_up)
        self.heart.lost.connect(self._lose)
        self.heart.others.connect(self.others)
        self.line.permitted.connect(self._permitted)
        self.line.refused.connect(self._refused)
        self.line.stands.connect(self._stands)
        self.line.failed.connect(self._say_failed)
        self.line.hangs.connect(self._say_failed)
        self.line.moved.connect(self.changed)
        self._desk.tasks.closing.connect(self.heart.release)
        self._desk.bridge.connection_changed.connect(self._reconnect)

    # --- The machine

    def feed(self, event: object) -> None:
        """Let something happen."""
        before = self.at
        self.at, effects = step(before, event)
        for effect in effects:
            _DOING[effect.do](self, effect)
        if self.at.state is State.SIGNED_OUT:
            self.campaign = None
            self.timers.rest()
        elif self.at.state is not before.state:
            self.timers.begin()
        self.stretches.follow(self._lease)
        self.changed.emit()

    # --- Beginning

    def open(self) -> None:
        """Read where the agent works, and what an earlier desk left."""
        job = self._desk.tasks.change(loading.open_desk, self._office, self.keeper.journal, self._desk.person.id)
        job.then(self._take_opening)

    @Slot(object)
    def _reconnect(self, connection: Connection) -> None:
        if connection.takes_changes and self.opening is None:
            self.open()

    def _take_opening(self, opening: Opening) -> None:
        self.opening, self._lease = opening, float(opening.lease_seconds)
        if opening.sent:
            self._desk.messages.success(N_("A result that could not be saved before is saved now."))
        self.opened.emit(opening)
        if opening.contact is not None and self.at.state is State.SIGNED_OUT:
            self._take_back(opening.contact)

    def _take_back(self, contact: Contact) -> None:
        card = contact.card.campaign
        choice = next((each for each in self._campaigns() if each.id == card.id), None)
        self.campaign = choice
        self.feed(SignedIn(_rules(card)))
        self._show(contact)
        self.feed(Resumed(contact.key, is_dialled=contact.typed.dialled_at is not None))
        self._desk.messages.info(
            message(N_("{name} was open when Callboard ended. What you typed is still here."), name=contact.card.name)
        )
        if contact.is_lost:
            self.feed(Lost())

    def _campaigns(self) -> tuple[CampaignChoice, ...]:
        return self.opening.campaigns if self.opening is not None else ()

    def sign_in(self, campaign_id: int) -> bool:
        """Begin to work in a campaign."""
        choice = next((each for each in self._campaigns() if each.id == campaign_id), None)
        if choice is None or self.at.is_open:
            return False
        self.campaign = choice
        self.feed(SignedIn(_rules(choice)))
        return True

    def sign_out(self) -> None:
        """Leave the campaign, after the customer on the desk."""
        self.feed(SignOut())

    def pause(self, reason: int | None) -> None:
        """Be away for a while, after the customer on the desk."""
        self.feed(Pause(reason))

    # --- The next customer

    def _load(self, effect: Effect) -> None:
        assert self.at.rules is not None
        campaign_id, op_id = self.at.rules.campaign_id, str(uuid4())
        if effect.customer_id is None:
            job = self._desk.tasks.change(loading.fetch, self._office, op_id, campaign_id, self.filters)
        else:
            customer_id = effect.customer_id
            job = self._desk.tasks.change(loading.fetch_customer, self._office, op_id, campaign_id, customer_id)
        job.then(self._take, self._fail_load)

    def _take(self, answer: Contact | Reasons) -> None:
        if not isinstance(answer, Contact):
            self.feed(Nobody())
            self.nobody.emit(answer)
            return
        if self.at.state is State.LOADING and not (self.at.wants_out or self.at.wants_pause):
            is_inbound = self.at.is_inbound
            self.feed(RulesChanged(_rules(answer.card.campaign)))
            self._show(answer)
            if is_inbound:
                self.line.adopt(answer)
        self.feed(Loaded(answer.key))

    def _show(self, contact: Contact) -> None:
        self.contact, self.number = contact, None
        if not contact.is_lost:
            lease = (contact.claimed.until_at - contact.claimed.claimed_at).total_seconds()
            self.heart.hold(contact.key, min(lease, self._lease) if lease > 0 else self._lease)
        self.came.emit(contact)

    def _fail_load(self, problem: Exception) -> None:
        is_over = isinstance(problem, Refused) and problem.code in _OVER
        offer = self.callers.offer() if self.at.is_inbound else None
        self.feed(LoadFailed(is_closed=is_over))
        self._desk.messages.show_error(problem, offer=offer)
        if is_over:
            self.open()

    def open_customer(self, campaign_id: int | None, customer_id: int) -> None:
        """Bring this customer to the desk, in this campaign or the one worked in."""
        if self.at.is_open or self.at.state is State.LOADING:
            self._desk.messages.warning(
                N_("There is a customer on the desk. Give a result first, then open the other one.")
            )
            return
        wanted = campaign_id or (self.at.rules.campaign_id if self.at.rules is not None else None)
        if wanted is None and len(self._campaigns()) == 1:
            wanted = self._campaigns()[0].id
        if wanted is None:
            self._desk.messages.info(N_("Choose a campaign first."))
            return
        if (self.at.rules is None or self.at.rules.campaign_id != wanted) and not self.sign_in(wanted):
            self._desk.messages.warning(N_("You do not work in this campaign."))
            return
        self.feed(Next(customer_id))

    def _let_go(self, effect: Effect) -> None:
        assert effect.contact is not None
        self._desk.tasks.write(let_go, effect.contact)

    # --- The call

    def call(self, number: str | None = None) -> None:
        """Call the customer, at another number of his where one is named."""
        self.number = number
        self.feed(CallWanted())

    def _dial(self, _effect: Effect) -> None:
        if self.contact is not None:
            self.line.dial(self.contact, self.number)

    @Slot()
    def _permitted(self) -> None:
        self.feed(Dialled())
        self.keeper.soon()

    @Slot(object)
    def _refused(self, problem: Exception) -> None:
        self.feed(CallRefused())
        if isinstance(problem, Refused) and problem.code == "LEASE":
            self._lose(self.at.contact or "")
            return
        self._desk.messages.show_error(problem)

    @Slot(object)
    def _stands(self, call: Call) -> None:
        self.feed(CallStands(call))
        self.keeper.soon()

    @Slot(object)
    def _say_failed(self, said: Message) -> None:
        if self.at.state in IN_CALL:
            self.told.append(self._desk.messages.warning(said))

    def _hang_up(self, _effect: Effect) -> None:
        self.line.hang_up()

    def hang_up(self) -> None:
        """End the call, that of a caller beside the desk too."""
        if self.at.state in IN_CALL:
            self.feed(HangUp())
        else:
            self.line.hang_up()
        self.keeper.soon()

    def answered_by_hand(self) -> None:
        """Say that somebody has answered, where the telephone cannot."""
        if self.at.state in IN_CALL:
            self.line.answered_by_hand()
            self.feed(CallStands(Call.TALKING))

    def _answer(self, _effect: Effect) -> None:
        self.callers.answer()

    # --- The contact

    def _open_contact(self) -> Contact | None:
        return self.contact if self.at.is_open else None

    def _finish(self, effect: Effect) -> None:
        self.sending.finish(effect.status_id)

    def _skip(self, _effect: Effect) -> None:
        self.sending.send_skip()

    def end_contact(self) -> None:
        """The contact is on record: nothing of it is kept here any more."""
        self.heart.release()
        self.withdraw()
        contact, self.contact = self.contact, None
        if contact is not None:
            self.keeper.drop(contact.key)
        self.left.emit()

    def tell_contact(self, said: Message) -> None:
        """Tell something that matters as long as this contact does; what was told before is over."""
        self.withdraw()
        self.told.append(self._desk.messages.warning(said))

    def withdraw(self) -> None:
        """What was told about this contact is over."""
        told, self.told = self.told, []
        for notice in told:
            self._desk.messages.withdraw(notice)

    # --- Time and loss

    @Slot(object)
    def _time_up(self, timer: Timer) -> None:
        self.feed(TimeUp(timer))

    def _alert(self, effect: Effect) -> None:
        wrap_up = effect.timer is Timer.WRAP_UP
        said = N_("The wrap-up time is over.") if wrap_up else N_("This card has been open for long.")
        self.told.append(self._desk.messages.warning(said, N_("Give a result, and the next customer comes.")))

    @Slot(str)
    def _lose(self, key: str) -> None:
        contact = self.contact
        if contact is not None and contact.key == key:
            gone = N_("{name} is no longer kept for you: your desk gave no sign for too long.")
            self.lose(message(gone, name=contact.card.name))

    def lose(self, said: Message | str) -> None:
        """The customer on the desk is no longer kept for it; what was typed stays until it has a result."""
        contact = self.contact
        if contact is None or contact.is_lost:
            return
        contact.is_lost = True
        self.heart.release()
        self.feed(Lost())
        self.told.append(self._desk.messages.error(said, N_("Your note is kept. Give a result to save it.")))

    def _start(self, effect: Effect) -> None:
        assert effect.timer is not None
        self.timers.start(effect.timer, effect.seconds)

    def _stop(self, effect: Effect) -> None:
        assert effect.timer is not None
        self.timers.stop(effect.timer)


_DOING = {
    Do.LOAD: DialController._load,
    Do.DIAL: DialController._dial,
    Do.HANG_UP: DialController._hang_up,
    Do.ANSWER: DialController._answer,
    Do.FINISH: DialController._finish,
    Do.SKIP: DialController._skip,
    Do.LET_GO: DialController._let_go,
    Do.ALERT: DialController._alert,
    Do.START: DialController._start,
    Do.STOP: DialController._stop,
}


def _rules(campaign: CampaignChoice | CampaignFacts) -> DeskRules:
    return DeskRules(
        campaign.id,
        calls_automatically=campaign.calls_automatically,
        call_delay_seconds=campaign.call_delay_seconds,
        alert_after_seconds=campaign.alert_after_seconds,
        wrap_up_seconds=campaign.wrap_up_seconds,
    )
