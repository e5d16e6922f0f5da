"""The card of one customer: how to reach them, and their tickets; typed text survives what others save."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.customers import CustomerDraft, problems
from app.domain.errors import Conflict, Incomplete
from app.domain.people import Permission
from app.domain.words import N_, message
from app.drafts.draft import Draft
from app.i18n import _
from app.services.customers import card as service
from app.services.customers.card import CustomerCard, Saved
from app.services.tickets.lists import Lists
from ui.customers import NEW, OPEN
from ui.customers.fields import LABELS, CustomerFields
from ui.customers.safety import CustomerKeeping
from ui.customers.work import CustomerWork
from ui.kit import theme
from ui.kit.editing import Editing
from ui.kit.messages import Offer
from ui.kit.person import shown_to
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.bell import Bell
from ui.widgets.merge.line import MeetingLine
from ui.widgets.picker import Choice
from ui.widgets.styled import push_button, styled

__all__ = ["CustomerCardView"]

_NEW = 0


@dataclass
class _State:
    """A customer that is or was on the card: what is kept, what is typed."""

    number: int
    editing: Editing[CustomerDraft]
    card: CustomerCard | None = None


class CustomerCardView(QWidget):
    """Signals: `titled(text)` when another customer is shown; `created(id)` after a new one was saved;
    `profiles_read(choices)` when the profiles customers may bear were read."""

    titled = Signal(str)
    created = Signal(int)
    profiles_read = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._state: _State | None = None
        self._kept: dict[int, _State] = {}
        self._wanted: int | None = None
        self._sent: tuple[_State, CustomerDraft] | None = None
        self._cards = Latest(desk.tasks)
        self.work = CustomerWork(desk)
        self.bell = Bell(desk)
        self.keeping = CustomerKeeping(desk, self)
        self.fields = CustomerFields(desk)
        self.fields.profiles_read.connect(self.profiles_read)
        self._build()
        self._watch()

    # --- Putting together

    def _build(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = styled(QWidget(), "surface")
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(inside)
        column.setContentsMargins(*[theme.scale(each) for each in (16, 4, 16, 12)])
        column.setSpacing(theme.scale(12))
        self.line = MeetingLine()
        self.keeping.put_into(column)
        column.addWidget(self.line)
        ringing = QHBoxLayout()
        ringing.addStretch(1)
        ringing.addWidget(self.bell)
        column.addLayout(ringing)
        column.addWidget(self.bell.panel)
        self.keeping.name(LABELS, self.fields.rows)
        column.addWidget(self.fields)
        column.addWidget(self.work, 1)
        area.setWidget(inside)
        self.area = area
        whole.addWidget(area, 1)
        whole.addLayout(self._buttons())

    @Slot()
    def _bring(self) -> None:
        self._soon.start()

    @Slot()
    def _show_work(self) -> None:
        """Bring what was chosen below the form into view, where the window is too low for both."""
        self.area.verticalScrollBar().setValue(self.work.y() - theme.scale(4))

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 12)])
        row.setSpacing(theme.scale(8))
        self.cancel_button, self.save_button = push_button(N_("Cancel")), push_button(N_("Save"), "save")
        row.addStretch(1)
        for button in (self.cancel_button, self.save_button):
            row.addWidget(button)
        shown_to(self._desk.person, Permission.EDIT_CUSTOMERS, self.cancel_button, self.save_button)
        return row

    def _watch(self) -> None:
        self.fields.changed.connect(self._follow_typing)
        self._desk.person.news.changed.connect(self._say)
        self.cancel_button.clicked.connect(self.discard)
        self.save_button.clicked.connect(self.save)
        self.line.compare_wanted.connect(self._compare)
        self.keeping.restored.connect(self._restore)
        self.keeping.settled.connect(self._settle)
        self.keeping.save_wanted.connect(self.save)
        self.line.mine_wanted.connect(self._keep_mine)
        self.line.theirs_wanted.connect(self._take_theirs)
        self.work.ticket_wanted.connect(self._begin_ticket)
        # After what was chosen has its place.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._show_work)
        self.work.parts.idClicked.connect(self._bring)
        self._texts = Texts(self)
        self._texts.redo(self._say, key="say")
        self._desk.bridge.rows_changed.connect(self._hear_profiles)
        self.fields.ask_profiles()

    # --- Which customer

    @property
    def number(self) -> int | None:
        """The id of the customer on the card; None for a new one or none."""
        return self._state.number or None if self._state else None

    @property
    def is_dirty(self) -> bool:
        """Whether something on the card is changed and not saved."""
        return self._state is not None and self._state.editing.is_dirty

    def offer(self, lists: Lists) -> None:
        """Choose from these lists."""
        self.fields.site.offer([Choice(each.id, each.name) for each in lists.sites])
        self.work.offer(lists)
        self.bell.keep_time(ZoneInfo(lists.time_zone))
        self.keeping.meeting.zone = ZoneInfo(lists.time_zone)

    def open(self, number: int) -> None:
        """Show a customer, with the changes that were left on the card."""
        if self.number != number:
            self.leave()
            self._wanted = number
            if (kept := self._kept.pop(number, None)) is not None:
                self._show(kept)
        self.reload()
        self.work.hear_tickets()

    def new(self) -> None:
        """Show an empty card, or the one that was begun."""
        if self._state is None or self._state.number != _NEW:
            self.leave()
            self._cards.cancel()
            blank = _State(_NEW, Editing(CustomerDraft()))
            self._show(self._kept.pop(_NEW, blank))
        self.fields.name.setFocus()

    def leave(self) -> None:
        """Put the card away; what is not saved is kept until the customer is shown again."""
        state = self._state
        self._state, self._wanted = None, None
        self.keeping.turn_to(None, is_card=False)
        if state is None or not state.editing.is_dirty:
            return
        self._kept[state.number] = state
        run = self._desk.commands.run
        back = partial(run, OPEN.id, state.number) if state.number else partial(run, NEW.id)
        text = (
            N_("The changes to {name} are kept, not saved yet.")
            if state.number
            else N_("The new customer is kept, not saved yet.")
        )
        self._desk.messages.warning(message(text, name=state.editing.draft.name), offer=Offer(N_("Go back"), back))

    @Slot(str, object)
    def _hear_profiles(self, table: str, _ids: object) -> None:
        if table == "profiles":
            self.fields.ask_profiles()
        elif table == "customer_profiles":
            self.reload()

    @Slot()
    def reload(self) -> None:
        """Read the customer anew; typed text stays."""
        if self._wanted:
            self._cards.read(service.load, self._wanted).then(self._take, self._fail_load)

    def _fail_load(self, problem: Exception) -> None:
        if self._state is None or not self.keeping.loses(problem):
            self._desk.messages.show_error(problem)

    def hear(self, ids: Collection[int] | None) -> None:
        """Customers were changed, here or elsewhere."""
        if self._wanted and (ids is None or self._wanted in ids):
            self.reload()

    def hear_tickets(self) -> None:
        """Tickets were changed."""
        if self._wanted:
            self.work.hear_tickets()

    # --- Showing

    def _take(self, card: CustomerCard) -> None:
        state = self._state
        if state is None or state.number != card.id:
            self._show(_State(card.id, Editing(card.draft, card.version), card))
            return
        state.card = card
        if self._sent is None or self._sent[0] is not state:
            state.editing.meet(card.draft, card.version)
        self._show(state)
        self.keeping.took(state.editing, self.keeping.describe)

    def _show(self, state: _State) -> None:
        self._state, self._wanted = state, state.number or None
        self.work.turn_to(self._wanted)
        self.bell.turn_to(self._wanted)
        self.fields.fill(state.editing.draft, state.editing.base)
        self.fields.phones.flag(state.card.suspect if state.card else ())
        self.keeping.turn_to(self._wanted)
        self._keep(state)
        self.fields.mark({})
        self._say()

    @Slot()
    def _say(self) -> None:
        state = self._state
        draft = state.editing.base if state else CustomerDraft()
        is_new = state is None or state.number == _NEW
        self.titled.emit(_("New customer") if is_new else draft.name or next(iter(draft.phones), ""))
        can_save = self.can_save()
        self.save_button.setEnabled(can_save)
        self.cancel_button.setEnabled(can_save)
        is_met = state is not None and state.editing.theirs is not None
        self.line.say(message(N_("Somebody else changed the same fields. What you typed is kept.")) if is_met else None)
        self._desk.commands.refresh()

    # --- Typing and saving

    @Slot()
    def _follow_typing(self) -> None:
        if self._state is None:
            return
        self._state.editing.draft = self.fields.value(self._state.editing.base)
        self._keep(self._state)
        self.fields.mark({})
        self._say()

    @Slot()
    def discard(self) -> None:
        """Go back to what is saved."""
        if self._state is not None:
            self._state.editing.discard()
            self._show(self._state)

    def _keep(self, state: _State) -> None:
        self.keeping.follow(state.number or None, state.editing)

    @Slot(object)
    def _restore(self, draft: Draft) -> None:
        if self._state is not None:
            self._state.editing.restore(draft.base, draft.typed, draft.version)
            self._show(self._state)

    @Slot()
    def _compare(self) -> None:
        if self._state is not None:
            self.keeping.compare(self._state.editing, self.keeping.describe)

    @Slot(object)
    def _settle(self, chosen: Mapping[str, Any]) -> None:
        """Go on with what was chosen of two people's values, which is saved at once."""
        if self._state is None:
            return
        if not self._state.editing.settle(chosen):
            self._compare()
            return
        self._show(self._state)
        self.save()

    @Slot()
    def _keep_mine(self) -> None:
        if self._state is not None:
            self._state.editing.keep_mine()
            self._show(self._state)

    @Slot()
    def _take_theirs(self) -> None:
        if self._state is not None:
            self._state.editing.take_theirs()
            self._show(self._state)

    def can_save(self) -> bool:
        """Whether there is something to save."""
        may_write = self._desk.person.may(Permission.EDIT_CUSTOMERS)
        return may_write and self.is_dirty and self._sent is None

    @Slot()
    def save(self) -> None:
        """Save what is changed; while it is under way one can go on typing."""
        state = self._state
        if state is None or not self.can_save():
            return
        draft = self.fields.value(state.editing.base)
        if wrong := problems(draft):
            self.fields.tell_wrong(wrong)
            return
        self._sent = state, draft
        write = self.keeping.write
        if state.number == _NEW:
            write(self._saved, self._fail, service.create, draft)
        else:
            write(self._saved, self._fail, service.save, state.number, state.editing.version or 0, draft)
        self._say()

    def _saved(self, saved: Saved) -> None:
        assert self._sent is not None
        (state, draft), self._sent = self._sent, None
        is_new = state.number == _NEW
        self._kept = {number: kept for number, kept in self._kept.items() if kept is not state}
        state.number, followed = saved.id, state.editing.followed
        state.editing.saved(draft, saved.version)
        self._keep(state)
        if is_new:
            self.keeping.forget_new()
            self.created.emit(saved.id)
        if state is self._state:
            self.keeping.tell_merged([message(LABELS[name]) for name in LABELS if name in followed])
            self._wanted = saved.id
            self.work.turn_to(saved.id)
            self.reload()
        elif state.editing.is_dirty:
            self._kept[saved.id] = state
        self._say()

    def _fail(self, problem: Exception) -> None:
        assert self._sent is not None
        (state, _draft), self._sent = self._sent, None
        self._say()
        if isinstance(problem, Incomplete) and state is self._state:
            self.fields.tell_wrong(problem.problems)
            return
        if state is self._state and self.keeping.meets(problem):
            self.reload()
            return
        if state is self._state and self.keeping.loses(problem):
            return
        self._desk.messages.show_error(problem)
        if isinstance(problem, Conflict):
            self.reload()

    # --- What hangs under them

    @Slot()
    def _begin_ticket(self) -> None:
        state = self._state
        if state is not None and state.number:
            label = state.editing.base.name or next(iter(state.editing.base.phones), "")
            self._desk.commands.run("tickets.new", state.number, label)
