"""The changes of one card, one below the other, the newest on top: a sentence each, what long texts were, and who."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.domain.history import Change, FieldChange, is_long, sentences
from app.domain.periods import days_of, offered
from app.domain.words import N_
from app.i18n import _, format_datetime, say
from app.services.history import card
from app.services.history.card import History, Person
from ui.kit import theme
from ui.kit.bidi import by_line, isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.empty import EmptyState
from ui.widgets.entries import EntryArea, EntryRow
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import secondary, styled

__all__ = ["HistoryView"]

_PERIODS = tuple(code for code in offered("1", "7", "30", "365") if code != "own")
_SOON_MS = 300
_ICONS = {"insert": ("new", "muted"), "update": ("edit", "muted"), "delete": ("delete", "muted")}


class HistoryView(QWidget):
    """Reads a page at a time in the background; `turn_to` says of which card."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._card: tuple[str, int] | None = None
        self._zone: ZoneInfo | None = None
        self._changes: tuple[Change, ...] = ()
        self._next_key: int | None = None
        self._pages, self._more, self._people = (Latest(desk.tasks) for _each in range(3))
        self._build()
        self.who.changed.connect(self.reload)
        self.when.currentIndexChanged.connect(self.reload)
        self.area.more_wanted.connect(self._go_on)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self.reload)
        desk.bridge.rows_changed.connect(self._hear)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(8))
        row = QHBoxLayout()
        row.setSpacing(theme.scale(8))
        self.who = Picker(nothing=N_("Everybody"))
        self.when = QComboBox()
        self._texts = Texts(self)
        self._texts.bind(self.who.setAccessibleName, N_("Changed by"))
        self._texts.bind(self.when.setAccessibleName, N_("When"))
        row.addWidget(self.who, 1)
        row.addWidget(self.when, 1)
        column.addLayout(row)
        self.area = EntryArea(160, margin=8)
        self._texts.bind(self.area.setAccessibleName, N_("Changes"))
        self.nothing = EmptyState(
            "history",
            N_("Nothing was changed"),
            N_("Every change shows here: who made it, when, from where, and what stood there before."),
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.area)
        self.stack.addWidget(self.nothing)
        column.addWidget(self.stack, 1)
        self._texts.redo(self._speak, key="words")
        theme.news.changed.connect(self._fill)

    # --- Reading

    def turn_to(self, table: str, row_id: int) -> None:
        """Show the history of this card, of everybody and all the time."""
        if self._card != (table, row_id):
            self._card = (table, row_id)
            self._changes = ()
            self.who.blockSignals(True)
            self.who.set_value(None)
            self.who.blockSignals(False)
            self._fill()
            self._people.read(card.people_of, table, row_id).then(self._offer, self._desk.messages.show_error)
        self.reload()

    @Slot()
    def reload(self) -> None:
        """Read the newest page again."""
        if self._card is None or self._desk.tasks.is_closed:
            return
        self._more.cancel()
        since, until = self._bounds()
        job = self._pages.read(card.read, *self._card, person=self._person(), since=since, until=until)
        job.then(self._show, self._desk.messages.show_error)

    @Slot()
    def _go_on(self) -> None:
        if self._card is not None and self._next_key is not None:
            since, until = self._bounds()
            asked = self._more.read(
                card.read, *self._card, person=self._person(), since=since, until=until, after=self._next_key
            )
            asked.then(self._append, self._desk.messages.show_error)

    def _person(self) -> int | None:
        value = self.who.value()
        return value if isinstance(value, int) else None

    def _bounds(self) -> tuple[datetime | None, datetime | None]:
        today = datetime.now(self._zone).date()
        first, last = days_of(_PERIODS[max(0, self.when.currentIndex())], today)
        start = datetime.combine(first, time(), self._zone).astimezone() if first else None
        end = datetime.combine(last + timedelta(days=1), time(), self._zone).astimezone() if last else None
        return start, end

    @Slot(str, object)
    def _hear(self, table: str, ids: frozenset[int] | None) -> None:
        """The card itself was changed, here or elsewhere."""
        is_mine = self._card is not None and table == self._card[0] and (ids is None or self._card[1] in ids)
        if is_mine and self.isVisible():
            self._soon.start()

    # --- Showing

    def _offer(self, people: tuple[Person, ...]) -> None:
        self.who.offer([Choice(each.id, each.name) for each in people])

    def _show(self, found: History) -> None:
        self._zone = ZoneInfo(found.time_zone)
        self._changes, self._next_key = found.changes, found.next_key
        self._fill()

    def _append(self, found: History) -> None:
        self._changes, self._next_key = self._changes + found.changes, found.next_key
        self._fill()

    def _speak(self) -> None:
        words = offered("1", "7", "30", "365")
        chosen = self.when.currentIndex()
        self.when.blockSignals(True)
        self.when.clear()
        self.when.addItems([say(words[code]) for code in _PERIODS])
        self.when.setCurrentIndex(chosen if chosen >= 0 else _PERIODS.index("all"))
        self.when.blockSignals(False)
        self._fill()

    @Slot()
    def _fill(self) -> None:
        self.stack.setCurrentWidget(self.area if self._changes else self.nothing)
        self.area.fill([self._row(change) for change in self._changes], has_more=self._next_key is not None)

    @property
    def lines(self) -> list[str]:
        """Everything that is shown, one sentence a line."""
        return [say(each) for change in self._changes for each in sentences(change)]

    def _row(self, change: Change) -> EntryRow:
        where = _("from {address}", address=isolate(change.address)) if change.address else ""
        moment = isolate(format_datetime(change.at, self._zone))
        texts = [(say(each), "") for each in sentences(change)]
        row = EntryRow(_ICONS[change.verb], [*texts, ("  ·  ".join(filter(None, (moment, where))), "secondary")])
        for field in change.fields:
            if is_long(field.old) or is_long(field.new):
                row.add(_beside(field))
        return row


def _beside(field: FieldChange) -> QWidget:
    """A long text as it was beside as it became."""
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, theme.scale(4), 0, 0)
    row.setSpacing(theme.scale(12))
    for title, value in ((N_("Before"), field.old), (N_("After"), field.new)):
        side = QVBoxLayout()
        side.setSpacing(theme.scale(2))
        head = secondary()
        head.setText(_(title))
        text = styled(QLabel(by_line(str(value or "")) or _("Empty")), "card")
        text.setMargin(theme.scale(8))
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        side.addWidget(head)
        side.addWidget(text, 1)
        row.addLayout(side, 1)
    return both
