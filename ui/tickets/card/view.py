"""The card of one ticket: its fields, everything done for it, and edits that nobody else's change takes away."""

from collections.abc import Collection
from dataclasses import replace
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.errors import Conflict, Incomplete
from app.domain.people import Permission
from app.domain.tickets.draft import TicketDraft
from app.domain.words import N_, message
from app.i18n import _
from app.services.tickets import card as service
from app.services.tickets.card import Saved, TicketCard
from app.services.tickets.lists import Lists
from ui.kit import theme
from ui.kit.editing import Editing
from ui.kit.person import shown_to
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.tickets.card.alike import AlikeLine
from ui.tickets.card.checking import is_wrong
from ui.tickets.card.fields import TicketFields
from ui.tickets.card.foot import Foot
from ui.tickets.card.head import Head
from ui.tickets.card.history import History
from ui.tickets.card.others import Others
from ui.tickets.card.page import CardPage
from ui.tickets.card.safety import TicketKeeping
from ui.tickets.card.settling import Settling
from ui.tickets.card.sheets import NEW_SHEET, Sheet, Sheets

__all__ = ["TicketCardView"]


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
        self._sheets = Sheets()
        self._wanted: int | None = None
        self._cards = Latest(desk.tasks)
        self.fields = TicketFields(desk)
        self.head = Head(desk)
        self.alike = AlikeLine(desk)
        self.history = History(desk)
        self.others = Others(desk, self)
        self.time_line = self.history.time_line
        self.keeping = TicketKeeping(desk, self, self.fields, self._zone)
        self.settling = Settling(self._sheets, self.keeping, self)
        self.line = self.settling.line
        self._build()
        self._watch()
        self._texts = Texts(self)
        self._texts.redo(self._say, key="say")

    # --- Putting together

    def _build(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        standing = QVBoxLayout()
        standing.setContentsMargins(theme.scale(16), 0, theme.scale(16), 0)
        self.keeping.put_into(standing)
        standing.addWidget(self.line)
        standing.addWidget(self.alike)
        self._page = CardPage(self.head, self.fields, form=self.fields.form, side=self.history)
        self.fields.order_tabs()
        whole.addLayout(standing)
        whole.addWidget(self._page, 1)
        self.foot = Foot()
        shown_to(self._desk.person, Permission.EDIT_TICKETS, self.foot)
        self.close_button, self.reopen_button = self.foot.close_ticket, self.foot.reopen
        self.cancel_button, self.save_button = self.foot.cancel, self.foot.save
        whole.addWidget(self.foot)

    def _watch(self) -> None:
        self.settling.settled.connect(self._show_again)
        self.settling.save_wanted.connect(self.save)
        self.close_button.clicked.connect(self.close_ticket)
        self.reopen_button.clicked.connect(self.reopen_ticket)
        self.cancel_button.clicked.connect(self.discard)
        self.save_button.clicked.connect(self.save)
        self.fields.changed.connect(self._follow_typing)
        self.fields.customer_wanted.connect(self.others.open_customer)
        self.head.merge_wanted.connect(self.merge)
        self.head.onward_wanted.connect(self.others.open_ticket)
        self.alike.open_wanted.connect(self.others.open_ticket)
        self.alike.merge_wanted.connect(self._write_there)
        self._desk.person.news.changed.connect(self._say)

    # --- Which ticket

    def card_at_hand(self) -> tuple[str, int, str] | None:
        """The ticket on the card, for what is asked about it by key."""
        return self.head.card_at_hand()

    @property
    def number(self) -> int | None:
        """The key of the ticket on the card; None for a new one or none."""
        return self._sheets.current.number or None if self._sheets.current else None

    @property
    def is_dirty(self) -> bool:
        """Whether something on the card is changed and not saved."""
        return self._sheets.is_dirty

    @property
    def unsaved(self) -> frozenset[int]:
        """The tickets with changes that are kept and not saved."""
        return self._sheets.unsaved

    def offer(self, lists: Lists) -> None:
        """Choose from these lists."""
        self._lists = lists
        self.fields.offer(lists)
        self.history.offer(lists)
        sheet = self._sheets.current
        if sheet is not None and sheet.is_new and sheet.editing.draft.status_id is None:
            sheet.begin_with(status_id=self._first_status())
            self._show(sheet)
        self._say()

    def _first_status(self, *, is_closed: bool = False) -> int | None:
        statuses = self._lists.statuses if self._lists else ()
        return next((each.id for each in statuses if each.is_closed is is_closed), None)

    def open(self, number: int) -> None:
        """Show a ticket, with the changes that were left on it."""
        if self.number == number:
            self.reload()
            return
        self.leave()
        self._wanted = number
        if (kept := self._sheets.kept(number)) is not None:
            self._show(kept)
            self.unsaved_changed.emit()
        self.reload()

    def new(self, customer_id: int | None = None, customer: str = "") -> None:
        """Show an empty card, or the one that was begun; responsible and handler are the person at the desk."""
        sheet = self._sheets.current
        if sheet is not None and sheet.is_new and sheet.editing.is_dirty:
            self.fields.subject.setFocus()
            return
        self.leave()
        self._cards.cancel()
        self._wanted = None
        sheet = self._sheets.kept(NEW_SHEET)
        if sheet is None:
            me = self._desk.person.id
            blank = TicketDraft(
                responsible_id=me, handler_id=me, customer_id=customer_id, status_id=self._first_status()
            )
            sheet = Sheet(NEW_SHEET, Editing(blank), customer=customer)
        self._show(sheet)
        self.unsaved_changed.emit()
        self.fields.subject.setFocus()

    def leave(self) -> None:
        """Put the card away; what is not saved is kept until the ticket is shown again."""
        left, self._wanted = self._sheets.put_away(), None
        self.keeping.turn_to(None, is_card=False)
        self.alike.watch(None)
        if left is None:
            return
        self.unsaved_changed.emit()
        self.others.tell_left(left)

    @Slot()
    def reload(self) -> None:
        """Read the ticket and what was done for it anew; typed text stays."""
        if self._wanted:
            self._cards.read(service.load, self._wanted).then(self._take, self._fail_load)
            self.reload_lines()

    def reload_lines(self) -> None:
        """Read anew what was done."""
        self.history.reload()

    def hear(self, ids: Collection[int] | None) -> None:
        """Tickets were changed, here or elsewhere."""
        if self._wanted and (ids is None or self._wanted in ids):
            self.reload()

    # --- Showing

    def _take(self, card: TicketCard) -> None:
        sheet = self._sheets.current
        if sheet is None or sheet.number != card.id:
            self._show(Sheet(card.id, Editing(card.draft, card.version), card, card.customer))
            return
        sheet.take(card, is_being_saved=self._sheets.sent is not None and self._sheets.sent[0] is sheet)
        self._show(sheet)
        self.keeping.read_again(sheet)

    def _show(self, sheet: Sheet) -> None:
        is_other, self._sheets.current = sheet is not self._sheets.current, sheet
        self._wanted = sheet.number or None
        self.fields.show_people(sheet.card)
        self.fields.fill(sheet.editing.draft, sheet.customer, None if sheet.is_new else sheet.editing.base)
        self.history.turn_to(self._wanted, sheet.editing.base.customer_id)
        self.alike.watch(sheet.editing.draft if sheet.is_new else None)
        self.keeping.turn_to(self._wanted)
        self.keeping.follow(sheet)
        self._mark()
        self._say()
        if is_other:
            self._page.to_top()

    def _fail_load(self, problem: Exception) -> None:
        if self._sheets.current is None or not self.keeping.loses(problem):
            self._desk.messages.show_error(problem)

    def _zone(self) -> ZoneInfo | None:
        return ZoneInfo(self._lists.time_zone) if self._lists else None

    @Slot()
    def _say(self) -> None:
        """Everything on the card that is said in words."""
        sheet = self._sheets.current
        card = sheet.card if sheet else None
        self.titled.emit(_("Ticket {number}", number=card.number) if card else _("New ticket"))
        self.head.show_card(card, sheet.editing.draft.customer_id if sheet else None, self._zone())
        self.foot.follow(card, is_free=self._sheets.sent is None, is_dirty=self.is_dirty)
        self.head.merge.setEnabled(self.can_merge())
        self.line.say(sheet.conflict(self.fields.own_names()) if sheet else None)
        self._desk.commands.refresh()

    # --- Typing

    @Slot()
    def _follow_typing(self) -> None:
        sheet = self._sheets.current
        if sheet is None:
            return
        was_dirty, before = sheet.editing.is_dirty, sheet.editing.draft.customer_id
        sheet.editing.draft = draft = self.fields.value()
        sheet.customer = self.fields.customer_name()
        self.keeping.follow(sheet)
        self._mark()
        self.alike.watch(draft if sheet.is_new else None)
        if was_dirty != sheet.editing.is_dirty or draft.customer_id != before:
            self._say()
            self.unsaved_changed.emit()

    def _mark(self) -> None:
        """An old card marks at once what is missing, a new one what was touched or when saving was tried."""
        sheet = self._sheets.current
        if sheet is not None:
            is_all = sheet.was_tried or (not sheet.is_new and sheet.editing.is_dirty)
            self.fields.mark(None if is_all else sheet.editing.changed())

    @Slot()
    def discard(self) -> None:
        """Go back to what is saved."""
        self.settling.drop()

    @Slot()
    def _show_again(self) -> None:
        if self._sheets.current is not None:
            self._show(self._sheets.current)
            self.unsaved_changed.emit()

    # --- Saving

    def can_save(self) -> bool:
        """Whether there is something to save."""
        return self._may_write() and self.is_dirty and self._sheets.sent is None

    def _may_write(self) -> bool:
        return self._desk.person.may(Permission.EDIT_TICKETS)

    @Slot()
    def save(self) -> None:
        """Save what is changed; while it is under way one can go on typing."""
        sheet = self._sheets.current
        if sheet is None or not self.can_save():
            return
        sheet.was_tried = True
        draft = self.fields.value()
        if self._is_wrong(draft):
            return
        self._sheets.sent = sheet, draft
        write = self.keeping.write
        if sheet.is_new:
            write(self._saved, self._fail, service.create, draft)
        else:
            write(self._saved, self._fail, service.save, sheet.number, sheet.editing.version or 0, draft)
        self._say()

    def _is_wrong(self, draft: TicketDraft) -> bool:
        return is_wrong(self.fields, draft, self._lists, self._desk.messages, is_new=self.number is None)

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
        card = self._sheets.current.card if self._sheets.current else None
        is_free = self._may_write() and card is not None and self._sheets.sent is None and not self.is_dirty
        return is_free and card is not None and card.merged_into_id is None and (card.closed_at is None) is is_closed

    def _move(self, *, is_closed: bool) -> None:
        sheet = self._sheets.current
        if sheet is None or not self.can_move(is_closed=is_closed):
            return
        moved = replace(sheet.editing.base, status_id=self._first_status(is_closed=is_closed))
        if self.fields.empty(moved):
            # The card shows the fields which that state needs: filled in and saved, the ticket has moved.
            sheet.editing.draft, sheet.was_tried = moved, True
            self._show(sheet)
            self._is_wrong(self.fields.value())
            self.unsaved_changed.emit()
            return
        self._sheets.sent = sheet, sheet.editing.base
        move = service.close if is_closed else service.reopen
        self._desk.tasks.write(move, sheet.number, sheet.editing.version or 0).then(self._saved, self._fail)
        self._say()

    def _saved(self, saved: Saved) -> None:
        followed = self.keeping.followed(self._sheets.sent[0]) if self._sheets.sent else []
        sheet, is_new = self._sheets.saved(saved)
        self.keeping.follow(sheet)
        if is_new:
            self.keeping.forget_new()
            self._desk.messages.success(message(N_("Ticket {number} is taken in."), number=saved.number))
            self.created.emit(saved.id)
        if sheet is self._sheets.current:
            self.keeping.tell_merged(followed)
            self._wanted = saved.id
            self.alike.watch(None)
            self.reload()
        self._say()
        self.unsaved_changed.emit()

    def _fail(self, problem: Exception) -> None:
        sheet = self._sheets.failed()
        self._say()
        if isinstance(problem, Incomplete) and sheet is self._sheets.current:
            self.fields.show_problems(problem.problems)
            return
        if sheet is self._sheets.current and sheet.editing.is_dirty and self.keeping.meets(problem):
            self.reload()
            return
        if sheet is self._sheets.current and self.keeping.loses(problem):
            return
        self._desk.messages.show_error(problem)
        if isinstance(problem, Conflict):
            self.reload()

    # --- Other tickets

    def can_merge(self) -> bool:
        """Whether this ticket can end in another."""
        card = self._sheets.current.card if self._sheets.current else None
        is_free = self._sheets.sent is None and not self.is_dirty
        return self._may_write() and is_free and card is not None and card.merged_into_id is None

    @Slot()
    def merge(self) -> None:
        """Ask into which ticket this one is merged."""
        sheet = self._sheets.current
        if sheet is None or sheet.card is None or not self.can_merge():
            return
        self.others.merge(sheet.card)

    @Slot(int)
    def _write_there(self, number: int) -> None:
        """What is typed for a new ticket becomes a note of the one that is open about the same."""
        sheet = self._sheets.current
        if sheet is None or not sheet.is_new:
            return
        draft = self.fields.value()
        self.history.writing.put(number, "\n".join(filter(None, [draft.subject.strip(), draft.description.strip()])))
        self._sheets.drop()
        self.unsaved_changed.emit()
        self.others.open_ticket(number)
        self._desk.messages.info(message(N_("What you typed stands here as a note. Add it when it is complete.")))
