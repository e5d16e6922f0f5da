"""The card of one ticket: its fields, everything done for it, and edits that nobody else's change takes away."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.domain.errors import Conflict, Incomplete, NotFound
from app.domain.people import Permission
from app.domain.tickets.draft import TicketDraft
from app.domain.words import N_, Message, message
from app.i18n import _, format_datetime
from app.services.tickets import card as service
from app.services.tickets.card import Saved, TicketCard
from app.services.tickets.lists import Lists
from app.services.tickets.timeline import Line, timeline
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.editing import Editing
from ui.kit.messages import Offer
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.tickets import NEW, OPEN
from ui.tickets.fields import NAMES, TicketFields
from ui.tickets.timeline import TimeLine
from ui.widgets.standing import StandingLine
from ui.widgets.styled import push_button, secondary, styled

__all__ = ["TicketCardView"]

_NEW = 0
_TWO_COLUMNS = 620


@dataclass
class _State:
    """A ticket that is or was on the card: what is kept, what is typed."""

    number: int
    editing: Editing[TicketDraft]
    card: TicketCard | None = None
    customer: str = ""
    was_tried: bool = False


class TicketCardView(QWidget):
    """Signals: `titled(text)` when another ticket is shown; `unsaved_changed()` when changes are kept or gone;
    `created(number)` after a new ticket was saved.
    """

    titled = Signal(str)
    unsaved_changed = Signal()
    created = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lists: Lists | None = None
        self._state: _State | None = None
        self._kept: dict[int, _State] = {}
        self._wanted: int | None = None
        self._sent: tuple[_State, TicketDraft] | None = None
        self._cards, self._lines = Latest(desk.tasks), Latest(desk.tasks)
        self._may_write = desk.person.may(Permission.EDIT_TICKETS)
        self.fields = TicketFields(desk)
        self.fields.set_read_only(on=not self._may_write)
        self.time_line = TimeLine()
        self._build()
        self.fields.changed.connect(self._follow_typing)
        self.fields.customer_wanted.connect(self._open_customer)
        self._texts = Texts(self)
        self._texts.redo(self._say, key="say")

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
        column.setContentsMargins(theme.scale(16), 0, theme.scale(16), theme.scale(12))
        column.setSpacing(theme.scale(12))
        self.about = secondary()
        column.addWidget(self.about)
        self.keep_mine = push_button(N_("Keep mine"))
        self.take_theirs = push_button(N_("Take theirs"))
        self.keep_mine.clicked.connect(self._keep_mine)
        self.take_theirs.clicked.connect(self._take_theirs)
        self.line = StandingLine(self.keep_mine, self.take_theirs)
        column.addWidget(self.line)
        column.addWidget(self.fields)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(theme.scale(24))
        self._body.addWidget(self.fields.form, 1)
        self._body.addWidget(self.time_line, 1)
        column.addLayout(self._body, 1)
        area.setWidget(inside)
        self.fields.order_tabs()
        whole.addWidget(area, 1)
        whole.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 12)])
        row.setSpacing(theme.scale(8))
        self.close_button = push_button(N_("Close ticket"), "lock")
        self.reopen_button = push_button(N_("Reopen"), "reset")
        self.note = QLabel()
        self.cancel_button = push_button(N_("Cancel"))
        self.save_button: QPushButton = push_button(N_("Save"), "save")
        self.close_button.clicked.connect(self.close_ticket)
        self.reopen_button.clicked.connect(self.reopen_ticket)
        self.cancel_button.clicked.connect(self.discard)
        self.save_button.clicked.connect(self.save)
        row.addWidget(self.close_button)
        row.addWidget(self.reopen_button)
        row.addStretch(1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.save_button)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fields and time line stand side by side where there is room for both."""
        super().resizeEvent(event)
        is_wide = self.width() >= theme.scale(_TWO_COLUMNS)
        wanted = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        if self._body.direction() != wanted:
            self._body.setDirection(wanted)

    # --- Which ticket

    @property
    def number(self) -> int | None:
        """The number of the ticket on the card; None for a new one or none."""
        return self._state.number or None if self._state else None

    @property
    def is_dirty(self) -> bool:
        """Whether something on the card is changed and not saved."""
        return self._state is not None and self._state.editing.is_dirty

    @property
    def unsaved(self) -> frozenset[int]:
        """The tickets with changes that are kept and not saved."""
        current = {self._state.number} if self._state is not None and self._state.editing.is_dirty else set()
        return frozenset(current | set(self._kept))

    def offer(self, lists: Lists) -> None:
        """Choose from these lists."""
        self._lists = lists
        self.fields.offer(lists)
        state = self._state
        if state is not None and state.number == _NEW and state.editing.draft.status_id is None:
            editing, first = state.editing, self._first_status()
            editing.base, editing.draft = (
                replace(editing.base, status_id=first),
                replace(editing.draft, status_id=first),
            )
            self._show(state)
        self._say()

    def _first_status(self) -> int | None:
        statuses = self._lists.statuses if self._lists else ()
        return next((each.id for each in statuses if not each.is_closed), None)

    def open(self, number: int) -> None:
        """Show a ticket, with the changes that were left on it."""
        if self.number == number:
            self.reload()
            return
        self.leave()
        self._wanted = number
        if (kept := self._kept.pop(number, None)) is not None:
            self._show(kept)
            self.unsaved_changed.emit()
        self.reload()

    def new(self, customer_id: int | None = None, customer: str = "") -> None:
        """Show an empty card, or the one that was begun; responsible and handler are the person at the desk."""
        if self._state is not None and self._state.number == _NEW and self._state.editing.is_dirty:
            self.fields.subject.setFocus()
            return
        self.leave()
        self._cards.cancel()
        self._lines.cancel()
        self._wanted = None
        state = self._kept.pop(_NEW, None)
        if state is None:
            me = self._desk.person.id
            blank = TicketDraft(
                responsible_id=me, handler_id=me, customer_id=customer_id, status_id=self._first_status()
            )
            state = _State(_NEW, Editing(blank), customer=customer)
        self._show(state)
        self.time_line.show_entries((), None)
        self.unsaved_changed.emit()
        self.fields.subject.setFocus()

    def leave(self) -> None:
        """Put the card away; what is not saved is kept until the ticket is shown again."""
        state = self._state
        self._state, self._wanted = None, None
        if state is None or not state.editing.is_dirty:
            return
        self._kept[state.number] = state
        self.unsaved_changed.emit()
        run = self._desk.commands.run
        if state.number == _NEW:
            text, back = message(N_("The new ticket is kept, not saved yet.")), partial(run, NEW.id)
        else:
            kept = N_("The changes to ticket {number} are kept, not saved yet.")
            text, back = message(kept, number=str(state.number)), partial(run, OPEN.id, state.number)
        self._desk.messages.warning(text, offer=Offer(N_("Go back"), back))

    @Slot()
    def reload(self) -> None:
        """Read the ticket and what was done for it anew; typed text stays."""
        number = self._wanted
        if number:
            self._cards.read(service.load, number).then(self._take, self._fail_load)
            self.reload_lines()

    def reload_lines(self) -> None:
        """Read anew what was done."""
        number = self._wanted
        if number:
            self._lines.read(timeline, number).then(self._show_lines)

    def hear(self, ids: Collection[int] | None) -> None:
        """Tickets were changed, here or elsewhere."""
        if self._wanted and (ids is None or self._wanted in ids):
            self.reload()

    # --- Showing

    def _take(self, card: TicketCard) -> None:
        state = self._state
        if state is None or state.number != card.id:
            self._show(_State(card.id, Editing(card.draft, card.version), card, card.customer))
            return
        state.card = card
        if "customer_id" not in state.editing.changed():
            state.customer = card.customer
        # The save that is under way brings its own answer; what the feed tells of it is not somebody else's change.
        if self._sent is None or self._sent[0] is not state:
            state.editing.meet(card.draft, card.version)
        self._show(state)

    def _show(self, state: _State) -> None:
        self._state = state
        self._wanted = state.number or None
        self.fields.show_people(state.card)
        self.fields.fill(state.editing.draft, state.customer)
        self._mark()
        self._say()

    @Slot(object)
    def _show_lines(self, line: Line) -> None:
        self.time_line.show_entries(line.entries, self._zone())

    def _fail_load(self, problem: Exception) -> None:
        if isinstance(problem, NotFound) and self._state is not None:
            self._desk.messages.warning(problem.what)
            return
        self._desk.messages.show_error(problem)

    def _zone(self) -> ZoneInfo | None:
        return ZoneInfo(self._lists.time_zone) if self._lists else None

    def _say(self) -> None:
        """Everything on the card that is said in words."""
        state = self._state
        card = state.card if state else None
        is_dirty = self.is_dirty
        self.titled.emit(_("Ticket {number}", number=str(card.id)) if card else _("New ticket"))
        self.about.setVisible(card is not None)
        self.time_line.setVisible(card is not None)
        if card is not None:
            self.about.setText(self._about(card))
        is_closed = card is not None and card.closed_at is not None
        self.close_button.setVisible(self._may_write and card is not None and not is_closed)
        self.reopen_button.setVisible(self._may_write and is_closed)
        self.save_button.setVisible(self._may_write)
        self.cancel_button.setVisible(self._may_write)
        is_free = self._sent is None
        self.save_button.setEnabled(is_dirty and is_free)
        self.cancel_button.setEnabled(is_dirty and is_free)
        self.close_button.setEnabled(is_free and not is_dirty)
        self.reopen_button.setEnabled(is_free and not is_dirty)
        self.line.say(self._conflict())
        self._desk.commands.refresh()

    def _about(self, card: TicketCard) -> str:
        parts = [_("Opened {time}", time=isolate(format_datetime(card.opened_at, self._zone())))]
        if card.closed_at is not None:
            parts.append(_("Closed {time}", time=isolate(format_datetime(card.closed_at, self._zone()))))
        parts += [isolate(text) for text in (card.external_key, card.channel, card.phone) if text]
        return "  ·  ".join(parts)

    def _conflict(self) -> Message | None:
        editing = self._state.editing if self._state else None
        if editing is None or editing.theirs is None:
            return None
        theirs, _version = editing.theirs
        both = [name for name in editing.changed() if getattr(theirs, name) != getattr(editing.base, name)]
        both = [name for name in NAMES if name in both]
        if len(both) == 1:
            return message(
                N_("Somebody else changed this too: {field}. What you typed is kept."), field=message(NAMES[both[0]])
            )
        return message(N_("Somebody else changed the same fields. What you typed is kept."))

    # --- Typing

    @Slot()
    def _follow_typing(self) -> None:
        state = self._state
        if state is None:
            return
        was_dirty = state.editing.is_dirty
        state.editing.draft = self.fields.value()
        state.customer = self.fields.customer_name()
        self._mark()
        if was_dirty != state.editing.is_dirty:
            self._say()
            self.unsaved_changed.emit()

    def _mark(self) -> None:
        """An old card marks at once what is missing, a new one what was touched or when saving was tried."""
        state = self._state
        if state is None:
            return
        is_all = state.was_tried or (state.number != _NEW and state.editing.is_dirty)
        self.fields.mark(None if is_all else state.editing.changed())

    @Slot()
    def discard(self) -> None:
        """Go back to what is saved."""
        if self._state is None:
            return
        self._state.editing.discard()
        self._state.was_tried = False
        self._state.customer = self._state.card.customer if self._state.card else ""
        self._show(self._state)
        self.unsaved_changed.emit()

    @Slot()
    def _keep_mine(self) -> None:
        if self._state is not None:
            self._state.editing.keep_mine()
            self._show(self._state)

    @Slot()
    def _take_theirs(self) -> None:
        if self._state is not None:
            self._state.editing.take_theirs()
            self._state.customer = self._state.card.customer if self._state.card else ""
            self._show(self._state)
            self.unsaved_changed.emit()

    # --- Saving

    def can_save(self) -> bool:
        """Whether there is something to save."""
        return self._may_write and self.is_dirty and self._sent is None

    @Slot()
    def save(self) -> None:
        """Save what is changed; while it is under way one can go on typing."""
        state = self._state
        if state is None or not self.can_save():
            return
        state.was_tried = True
        draft = self.fields.value()
        if wrong := self._wrong(draft):
            self.fields.show_problems(wrong)
            return
        self._sent = state, draft
        tasks = self._desk.tasks
        if state.number == _NEW:
            tasks.write(service.create, draft).then(self._saved, self._fail)
        else:
            tasks.write(service.save, state.number, state.editing.version or 0, draft).then(self._saved, self._fail)
        self._say()

    def _wrong(self, draft: TicketDraft) -> dict[str, Message]:
        closing = {each.id for each in self._lists.statuses if each.is_closed} if self._lists else set()
        return {} if draft.status_id in closing and self.number else dict(self.fields.mark())

    @Slot()
    def close_ticket(self) -> None:
        """Close the ticket."""
        self._move(is_closed=True)

    @Slot()
    def reopen_ticket(self) -> None:
        """Open it again."""
        self._move(is_closed=False)

    def can_move(self, *, is_closed: bool) -> bool:
        """Whether the ticket can be closed, or opened again."""
        card = self._state.card if self._state else None
        is_free = self._may_write and card is not None and self._sent is None and not self.is_dirty
        return is_free and card is not None and (card.closed_at is None) is is_closed

    def _move(self, *, is_closed: bool) -> None:
        state = self._state
        if state is None or not self.can_move(is_closed=is_closed):
            return
        self._sent = state, state.editing.base
        move = service.close if is_closed else service.reopen
        self._desk.tasks.write(move, state.number, state.editing.version or 0).then(self._saved, self._fail)
        self._say()

    def _saved(self, saved: Saved) -> None:
        assert self._sent is not None
        (state, draft), self._sent = self._sent, None
        is_new = state.number == _NEW
        if is_new and self._kept.pop(_NEW, None) is not None:
            self._kept[saved.id] = state
        state.number, state.was_tried = saved.id, False
        state.editing.saved(draft, saved.version)
        if not state.editing.is_dirty:
            self._kept.pop(saved.id, None)
        if is_new:
            self._desk.messages.success(message(N_("Ticket {number} is taken in."), number=saved.number))
            self.created.emit(saved.id)
        if state is self._state:
            self._wanted = saved.id
            self.reload()
        self._say()
        self.unsaved_changed.emit()

    def _fail(self, problem: Exception) -> None:
        assert self._sent is not None
        (state, _draft), self._sent = self._sent, None
        self._say()
        if isinstance(problem, Incomplete) and state is self._state:
            self.fields.show_problems(problem.problems)
            return
        self._desk.messages.show_error(problem)
        if isinstance(problem, Conflict):
            self.reload()

    @Slot(int)
    def _open_customer(self, customer_id: int) -> None:
        self._desk.commands.run("customers.open", customer_id)
