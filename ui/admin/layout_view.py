"""The page on which an administrator arranges cards: whose card, its fields by drag, and how it will look."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.errors import Conflict
from app.domain.words import N_, message
from app.i18n import _
from app.services.tickets.layouts import (
    TICKET,
    CardLayout,
    LayoutTarget,
    drop_layout,
    layout_targets,
    load_layout,
    save_layout,
)
from ui.admin.card_preview import CardPreview
from ui.admin.field_lists import FieldBoard
from ui.admin.notice import NoticeStrip
from ui.admin.page import PageView
from ui.kit import theme, translate
from ui.kit.messages import Offer as Remedy
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.picker import Choice, Picker
from ui.widgets.styled import body, heading, primary_button, push_button, secondary, styled

__all__ = ["LayoutView"]

_TABLES = frozenset({"layouts", "custom_fields", "ticket_types", "activity_types"})
_CHANGED = message(N_("Somebody else changed this while you were editing."))
_Key = tuple[str, int | None]


class LayoutView(PageView):
    """What is arranged is saved at once for one kind of card; going to another kind puts it aside."""

    def __init__(self, desk: Desk, text: str, about: str) -> None:
        super().__init__()
        self._desk = desk
        self._targets: dict[str, LayoutTarget] = {}
        self._key: _Key = (TICKET, None)
        self._seen: CardLayout | None = None
        self._newer: CardLayout | None = None
        self._is_saving = False
        self._aside: tuple[_Key, tuple[str, ...], tuple[str, ...]] | None = None
        self._reading, self._listing = Latest(desk.tasks), Latest(desk.tasks)
        self.board, self.preview = FieldBoard(), CardPreview()
        self.strip, self.picker = NoticeStrip(), Picker()
        styled(self, "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusProxy(self.picker)
        self._build(text, about)
        self.board.changed.connect(self._look)
        self.picker.changed.connect(self._choose)
        desk.bridge.rows_changed.connect(self._hear)
        translate.news.switched.connect(self._name_targets)
        self._tell()
        self.refresh()

    # --- Putting together

    def _build(self, text: str, about: str) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = self._row("toolrow")
        texts = QVBoxLayout()
        texts.setSpacing(theme.scale(2))
        texts.addWidget(heading(text))
        texts.addWidget(secondary(about))
        self._layout_of(head).addLayout(texts, 1)
        column.addWidget(head)
        inner = QVBoxLayout()
        inner.setContentsMargins(theme.scale(16), theme.scale(12), theme.scale(16), theme.scale(12))
        inner.setSpacing(theme.scale(12))
        inner.addLayout(self._build_choice())
        inner.addWidget(self.strip)
        inner.addLayout(self._build_middle(), 1)
        column.addLayout(inner, 1)
        column.addWidget(self._build_foot())

    @staticmethod
    def _row(look: str) -> QWidget:
        row = styled(QWidget(), look)
        row.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        line = QHBoxLayout(row)
        line.setContentsMargins(theme.scale(16), theme.scale(8), theme.scale(16), theme.scale(8))
        return row

    @staticmethod
    def _layout_of(row: QWidget) -> QHBoxLayout:
        line = row.layout()
        assert isinstance(line, QHBoxLayout)
        return line

    def _build_choice(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.scale(12))
        label = body(N_("Card of"))
        label.setBuddy(self.picker)
        self.picker.setFixedWidth(theme.scale(300))
        Texts(self.picker).bind(self.picker.setAccessibleName, N_("Card of"))
        self.state = secondary()
        self.state.setWordWrap(False)
        self._state_texts = Texts(self.state)
        self.drop_button = push_button(N_("Follow the general layout"), "reset")
        self.drop_button.clicked.connect(self._ask_drop)
        for widget in (label, self.picker, self.state):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.drop_button)
        return row

    def _build_middle(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.scale(16))
        column = QVBoxLayout()
        column.setSpacing(theme.scale(6))
        column.addWidget(body(N_("Preview")))
        column.addWidget(self.preview, 1)
        row.addLayout(column, 4)
        row.addWidget(self.board, 6)
        return row

    def _build_foot(self) -> QWidget:
        foot = self._row("statusrow")
        line = self._layout_of(foot)
        line.addStretch(1)
        self.cancel_button = push_button(N_("Cancel"))
        self.cancel_button.clicked.connect(self.cancel)
        self.save_button = primary_button(N_("Save"))
        self.save_button.clicked.connect(self.save)
        line.addWidget(self.cancel_button)
        line.addWidget(self.save_button)
        return foot

    # --- Reading

    @Slot()
    def refresh(self) -> None:
        """Read the kinds of cards and the layout in front anew; what is being arranged stays."""
        if self._desk.tasks.is_closed:
            return
        self._listing.read(layout_targets).then(self._show_targets)
        self._read()

    def _read(self) -> None:
        self._reading.read(load_layout, *self._key).then(self._meet)

    @Slot(object)
    def _show_targets(self, targets: Sequence[LayoutTarget]) -> None:
        self._targets = {_spelled((target.kind, target.type_id)): target for target in targets}
        self._name_targets()
        if _spelled(self._key) not in self._targets:
            self._go((TICKET, None))

    @Slot()
    def _name_targets(self) -> None:
        self.picker.offer([Choice(key, _name(target)) for key, target in self._targets.items()])
        self.picker.set_value(_spelled(self._key))

    @Slot(object)
    def _meet(self, layout: CardLayout) -> None:
        """The layout was read: it is shown, unless somebody is arranging and it is another by now."""
        if (layout.kind, layout.type_id) != self._key:
            return
        seen = self._seen
        if seen is None or not self.can_cancel or (seen.kind, seen.type_id) != self._key:
            self._show(layout)
        elif (layout.id, layout.version) != (seen.id, seen.version):
            self._newer = layout
            self.strip.say(_CHANGED, [("show", N_("Show the new values"), self._take_newer)])

    def _show(self, layout: CardLayout) -> None:
        self._seen, self._newer = layout, None
        self.strip.clear()
        self.board.show_layout(layout)
        self._look()

    @Slot()
    def _take_newer(self) -> None:
        if self._newer is not None:
            self._show(self._newer)

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table in _TABLES:
            self.refresh()

    # --- Choosing whose card

    @Slot(object)
    def _choose(self, key: object) -> None:
        target = self._targets.get(str(key))
        if target is not None:
            self._put_aside()
            self._go((target.kind, target.type_id))

    def _go(self, key: _Key) -> None:
        self._key, self._seen = key, None
        self.picker.set_value(_spelled(key))
        self._read()

    def _put_aside(self) -> None:
        if self.can_cancel:
            self._aside = (self._key, self.board.fields(), self.board.required())
            self._desk.messages.info(
                N_("Your changes are not saved."), offer=Remedy(N_("Bring them back"), self._bring_back)
            )

    def _bring_back(self) -> None:
        if self._aside is None:
            return
        key = self._aside[0]
        if key != self._key or self._seen is None:
            self._key, self._seen = key, None
            self.picker.set_value(_spelled(key))
            self._reading.read(load_layout, *key).then(self._show_aside)
        else:
            self._show_aside(self._seen)

    @Slot(object)
    def _show_aside(self, layout: CardLayout) -> None:
        self._show(layout)
        if self._aside is not None and self._aside[0] == self._key:
            (_key, fields, required), self._aside = self._aside, None
            self.board.arrange(fields, required)

    # --- Writing

    @property
    def can_cancel(self) -> bool:
        """Whether something was arranged that is not saved."""
        seen = self._seen
        return seen is not None and (self.board.fields(), self.board.required()) != (seen.fields, seen.required)

    @Slot()
    def save(self) -> None:
        """Save what is arranged; for a type that follows the general layout it becomes its own."""
        seen = self._seen
        if seen is None or self._is_saving or not self.can_cancel:
            return
        self._is_saving = True
        self._tell()
        wanted = (self.board.fields(), self.board.required())
        job = self._desk.tasks.write(save_layout, seen.kind, seen.type_id, seen.version, *wanted)
        job.then(self._saved, self._refused)

    @Slot()
    def cancel(self) -> None:
        """Go back to what is saved; what was arranged can be brought back for a while."""
        if self._seen is not None:
            self._put_aside()
            self._show(self._newer or self._seen)

    @Slot()
    def _ask_drop(self) -> None:
        self.strip.say(
            message(N_("Delete the layout of its own? Its cards then show the fields of the general one.")),
            [("confirm", N_("Follow the general layout"), self._drop), ("keep", N_("Keep"), self.strip.clear)],
            danger=True,
        )

    @Slot()
    def _drop(self) -> None:
        seen = self._seen
        if seen is not None:
            self._is_saving = True
            self.strip.clear()
            job = self._desk.tasks.write(drop_layout, seen.kind, seen.type_id, seen.version)
            job.then(self._saved, self._refused)

    @Slot(object)
    def _saved(self, layout: CardLayout) -> None:
        self._is_saving = False
        if (layout.kind, layout.type_id) == self._key:
            self._show(layout)

    @Slot(object)
    def _refused(self, problem: Exception) -> None:
        self._is_saving = False
        self._tell()
        self._desk.messages.show_error(problem)
        if isinstance(problem, Conflict):
            self._read()

    # --- How it stands

    @Slot()
    def _look(self) -> None:
        if self._seen is not None:
            own = {field.id: field for field in self._seen.own}
            self.preview.show_fields(self._seen.kind, self.board.fields(), self.board.required(), own)
        self._tell()

    def _tell(self) -> None:
        seen = self._seen
        self.save_button.setEnabled(self.can_cancel and not self._is_saving)
        self.cancel_button.setEnabled(self.can_cancel)
        has_own = seen is not None and seen.id is not None
        is_typed = seen is not None and seen.type_id is not None
        self.drop_button.setVisible(has_own and is_typed and not self.can_cancel)
        self.state.setVisible(is_typed)
        said = N_("It has a layout of its own.") if has_own else N_("It follows the general layout.")
        self._state_texts.bind(self.state.setText, said)
        self._desk.commands.refresh()


def _spelled(key: _Key) -> str:
    kind, type_id = key
    return kind if type_id is None else f"{kind}:{type_id}"


def _name(target: LayoutTarget) -> str:
    if target.type_id is None:
        return _("All tickets") if target.kind == TICKET else _("All tasks")
    if target.kind == TICKET:
        return _("Tickets: {name}", name=target.name)
    return _("Tasks: {name}", name=target.name)
