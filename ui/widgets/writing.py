"""Where a note is written: kept for each ticket or customer until it is saved."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QTextEdit, QVBoxLayout, QWidget

from app.domain.tickets.names import note_kind_name
from app.domain.words import N_, Message
from app.drafts.draft import Draft
from app.i18n import say
from app.services.tickets.lists import NoteKindChoice
from ui.kit import theme
from ui.kit.drafts import drafts_of, record_of
from ui.kit.screen import Desk
from ui.kit.translate import Texts
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import icon_button, push_button
from ui.widgets.unsaved import UnsavedLine

if TYPE_CHECKING:
    from ui.kit.drafts.drafts import Drafts

__all__ = ["WritingBox"]


class WritingBox(QWidget):
    """Signals: `written(text, kind id or None)` by the button or Ctrl+Return; `file_wanted()` to add a file.

    With `keep` what is written is on this computer's disk until it is saved, whatever happens to the program.
    """

    written = Signal(str, object)
    file_wanted = Signal()

    def __init__(self, *, takes_files: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds: tuple[NoteKindChoice, ...] = ()
        self._number = 0
        self._kept: dict[int, tuple[str, int | None]] = {}
        self._under_way: set[tuple[int, str]] = set()
        self._drafts: Drafts | None = None
        self._unsaved: UnsavedLine | None = None
        self._prefix = ""
        self._called: Callable[[], str] = str
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(6))
        self.text = QTextEdit()
        self.text.setAcceptRichText(False)
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(theme.scale(64))
        self.text.textChanged.connect(self._follow)
        self.kind = Picker()
        self.kind.setMinimumWidth(theme.scale(90))
        self.file = icon_button("attach", N_("Add a file"))
        self.file.setParent(self)
        self.file.setVisible(takes_files)
        self.file.clicked.connect(self.file_wanted)
        self.save = push_button(N_("Add note"), "note")
        self.save.clicked.connect(self.send)
        row = QHBoxLayout()
        row.setSpacing(theme.scale(8))
        row.addWidget(self.kind, 1)
        row.addStretch(1)
        if takes_files:
            row.addWidget(self.file)
        row.addWidget(self.save)
        column.addWidget(self.text)
        column.addLayout(row)
        texts = Texts(self)
        texts.bind(self.text.setPlaceholderText, N_("Write a note"))
        texts.bind(self.text.setAccessibleName, N_("Note"))
        texts.bind(self.kind.setAccessibleName, N_("Kind of note"))
        texts.redo(self._name_kinds, key="kinds")
        shortcut = QShortcut(QKeySequence("Ctrl+Return"), self, self.send)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._follow()

    def keep(self, desk: Desk, table: str, called: Callable[[], str]) -> None:
        """Keep notes of rows of this table; `called` says whose note it is."""
        self._drafts, self._prefix, self._called = drafts_of(desk), f"{table}.note", called
        self._unsaved = UnsavedLine(desk, self._restore)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, self._unsaved)

    def sent(self, number: int, op_id: str) -> None:
        """The note of this one is on its way, under this key."""
        if self._drafts is not None:
            self._drafts.sent(record_of(self._prefix, number), op_id)

    def failed(self, number: int, text: str) -> None:
        """What was sent for one is not saved; it may be sent again."""
        self._under_way.discard((number, text))

    def _restore(self, draft: Draft) -> None:
        typed = str(draft.typed.get("text", ""))
        self.text.setPlainText("\n".join(filter(None, [self.text.toPlainText(), typed])))

    def offer(self, kinds: Sequence[NoteKindChoice]) -> None:
        """Choose from these kinds; the first one is the usual."""
        self._kinds = tuple(kinds)
        self._name_kinds()
        if self.kind.value() is None and self._kinds:
            self.kind.set_value(self._kinds[0].id)

    def _name_kinds(self) -> None:
        self.kind.offer([Choice(each.id, _in_words(note_kind_name(each.code, each.name))) for each in self._kinds])

    def turn_to(self, number: int) -> None:
        """Write for this one: what was left unsaved there stands here again, what is here is kept."""
        if number == self._number:
            return
        self._keep()
        self._number = number
        if self._unsaved is not None:
            self._unsaved.turn_to(record_of(self._prefix, number) if number else None)
        text, kind = self._kept.pop(number, ("", None))
        self.text.setPlainText(text)
        if self._kinds:
            self.kind.set_value(self._kinds[0].id if kind is None else kind)

    def _keep(self) -> None:
        if self.text.toPlainText().strip():
            chosen = self.kind.value()
            self._kept[self._number] = self.text.toPlainText(), chosen if isinstance(chosen, int) else None

    def put(self, number: int, text: str) -> None:
        """Leave a text to be saved for one."""
        if number == self._number:
            self.text.setPlainText("\n".join(filter(None, [self.text.toPlainText(), text])))
        else:
            self._kept[number] = text, None

    def saved(self, number: int, text: str) -> None:
        """What was sent for one is saved; typed meanwhile, it stays."""
        self._under_way.discard((number, text))
        if self._kept.get(number, ("", None))[0] == text:
            del self._kept[number]
            if self._drafts is not None:
                self._drafts.drop(record_of(self._prefix, number))
        if number == self._number and self.text.toPlainText() == text:
            self.text.clear()
            if self._kinds:
                self.kind.set_value(self._kinds[0].id)

    @Slot()
    def send(self) -> None:
        """Save what is written."""
        note = self._number, self.text.toPlainText()
        if note[1].strip() and self.isEnabled() and note not in self._under_way:
            self._under_way.add(note)
            self.written.emit(note[1], self.kind.value())

    @Slot()
    def _follow(self) -> None:
        text = self.text.toPlainText()
        self.save.setEnabled(bool(text.strip()))
        if self._drafts is not None and self._number:
            self._drafts.follow(record_of(self._prefix, self._number), self._called(), {"text": ""}, {"text": text})


def _in_words(name: str | Message) -> str:
    return say(name) if isinstance(name, Message) else name
