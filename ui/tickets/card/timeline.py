"""Everything done for a ticket, one thing below the other, the newest on top, and what can be done with each."""

from collections.abc import Sequence
from datetime import tzinfo
from enum import Enum
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.domain.tickets.files import is_opened
from app.domain.words import N_
from app.i18n import _, format_datetime
from app.services.tickets.timeline import Entry, Kind, Line
from ui.kit import theme
from ui.kit.translate import Texts
from ui.tickets.card.words import body, headline, picture, remark
from ui.widgets.chips import Flow
from ui.widgets.entries import EntryArea, EntryRow
from ui.widgets.styled import heading, push_button

__all__ = ["Act", "TimeLine"]

_LONGEST = 1500
_ALWAYS = frozenset({Kind.OPENED, Kind.CLOSED})
_PARTS: tuple[tuple[str, frozenset[Kind]], ...] = (
    (N_("Everything"), frozenset(Kind)),
    (N_("Notes"), frozenset({Kind.NOTE})),
    (N_("Tasks"), frozenset({Kind.TASK, Kind.STEP, Kind.TASK_CLOSED}) | _ALWAYS),
    (N_("Visits"), frozenset({Kind.VISIT})),
    (N_("Calls"), frozenset({Kind.CALL})),
    (N_("Mail"), frozenset({Kind.MAIL_IN, Kind.MAIL_OUT})),
    (N_("Files"), frozenset({Kind.FILE})),
)
"""What the time line can be narrowed to."""


class Act(Enum):
    """What can be done with an entry; the value is catalogue text."""

    UPDATE = N_("Update")
    WHY = N_("Why?")
    OPEN_FILE = N_("Open")
    SAVE_FILE = N_("Save as…")
    OPEN_MAIL = N_("Open the mail")


class TimeLine(QWidget):
    """Shows the entries of one ticket.

    Signals: `wanted(Act, Entry)` when something is to be done with one; `narrowed()` when other kinds are wanted;
    `more_wanted()` for what lies further back; `task_wanted()` for a new task.
    """

    wanted = Signal(object, object)
    narrowed = Signal()
    more_wanted = Signal()
    task_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._has_more = False
        self._zone: tzinfo | None = None
        self._may_work = True
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(8))
        column.addLayout(self._head())
        self.above = QVBoxLayout()
        column.addLayout(self.above)
        self._area = EntryArea(160)
        self._area.more_wanted.connect(self.more_wanted)
        column.addWidget(self._area, 1)
        self._texts = Texts(self)
        self._texts.bind(self._area.setAccessibleName, N_("What was done"))
        self._texts.redo(self._fill, key="entries")
        theme.news.changed.connect(self._fill)

    def let_work(self, *, on: bool) -> None:
        """Whether the tasks may be updated from here."""
        if on != self._may_work:
            self._may_work = on
            self._fill()

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.scale(8))
        row.addWidget(heading(N_("What was done")), 1)
        self.kinds = QComboBox()
        self.kinds.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        texts = Texts(self.kinds)
        texts.bind(self.kinds.setAccessibleName, N_("What to show"))
        texts.redo(self._name_kinds, key="kinds")
        self.kinds.currentIndexChanged.connect(self._narrow)
        self.new_task = push_button(N_("New task"), "new")
        self.new_task.clicked.connect(self.task_wanted)
        row.addWidget(self.kinds)
        row.addWidget(self.new_task)
        return row

    def _name_kinds(self) -> None:
        chosen = max(0, self.kinds.currentIndex())
        self.kinds.blockSignals(True)
        self.kinds.clear()
        self.kinds.addItems([_(text) for text, _kinds in _PARTS])
        self.kinds.setCurrentIndex(chosen)
        self.kinds.blockSignals(False)

    @property
    def wanted_kinds(self) -> frozenset[Kind]:
        """The kinds that are to be shown."""
        return _PARTS[max(0, self.kinds.currentIndex())][1]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is shown."""
        return self._entries

    @property
    def lines(self) -> list[str]:
        """What is shown, one line for each entry."""
        return [headline(entry, self._zone) for entry in self._entries]

    def show_line(self, line: Line, zone: tzinfo | None) -> None:
        """Show this stretch; nothing moves where nothing has changed."""
        if (line.entries, line.has_more, zone) != (self._entries, self._has_more, self._zone):
            self._entries, self._has_more, self._zone = line.entries, line.has_more, zone
            self._fill()

    def go_on(self, line: Line) -> None:
        """Show what lies further back below what is shown."""
        self._entries, self._has_more = self._entries + line.entries, line.has_more
        self._fill()

    @Slot()
    def _narrow(self) -> None:
        self.narrowed.emit()

    @Slot()
    def _fill(self) -> None:
        self._area.fill(map(self._row, self._entries), has_more=self._has_more)

    def _row(self, entry: Entry) -> QWidget:
        is_quiet = entry.kind is Kind.VISIT and not entry.is_active
        under = " · ".join(filter(None, [format_datetime(entry.at, self._zone), remark(entry)]))
        texts = [(headline(entry, self._zone), "secondary" if is_quiet else "body"), (under, "secondary")]
        if text := body(entry):
            texts.append((_shortened(text), "body"))
        row = EntryRow(picture(entry), texts)
        if acts := self._acts(entry):
            holder = QWidget()
            flow = Flow(holder, theme.scale(8))
            for act in acts:
                flow.addWidget(self._button(act, entry))
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            holder.setSizePolicy(policy)
            row.add(holder)
        return row

    def _acts(self, entry: Entry) -> Sequence[Act]:
        if entry.kind is Kind.TASK and entry.is_active and self._may_work:
            return (Act.UPDATE,)
        if entry.kind is Kind.STEP:
            return (Act.WHY,)
        if entry.kind is Kind.FILE:
            return (Act.OPEN_FILE, Act.SAVE_FILE) if is_opened(entry.title) else (Act.SAVE_FILE,)
        return (Act.OPEN_MAIL,) if entry.kind is Kind.MAIL_OUT else ()

    def _button(self, act: Act, entry: Entry) -> QPushButton:
        button = push_button(act.value, look="link")
        button.setAccessibleDescription(headline(entry, self._zone))
        button.clicked.connect(partial(self.wanted.emit, act, entry))
        return button


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()}…"
