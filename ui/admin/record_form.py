"""The form of one row: what was seen, what is typed, and what somebody else made of it in the meantime."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.merging import Merged, merge
from app.domain.words import N_, Message, message
from app.i18n import _
from ui.admin.notice import NoticeStrip
from ui.admin.parts import Part, TextPart
from ui.admin.section import Act, Aside, Section
from ui.kit import icons, theme
from ui.kit.translate import Texts
from ui.widgets.form import Field, Form
from ui.widgets.page import ScrolledPage
from ui.widgets.styled import foot_row, heading, icon_button, primary_button, push_button, styled

__all__ = ["RecordForm"]

_CHANGED = message(N_("Somebody else changed this while you were editing."))


class RecordForm(QWidget):
    """Fields of one row of a section.

    Signals: `edited()` when what is typed or shown has changed, `save_wanted()`, `cancel_wanted()`,
    `act_wanted(Act)` once a question was answered, `aside_wanted(Aside)`, `history_wanted()`.
    """

    edited = Signal()
    save_wanted = Signal()
    cancel_wanted = Signal()
    act_wanted = Signal(object)
    aside_wanted = Signal(object)
    history_wanted = Signal()

    def __init__(self, section: Section[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._section = section
        self.row: Any | None = None
        self.is_open = False
        self._base: dict[str, Any] = {}
        self._last: dict[str, Any] = {}
        self._newer: Any | None = None
        self._is_filling = False
        self._is_saving = False
        self.parts: dict[str, Part] = {}
        self.fields: dict[str, Field] = {}
        self._acts: list[tuple[Act[Any], QAbstractButton]] = []
        self._asides: list[tuple[Aside[Any], QPushButton]] = []
        styled(self, "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._build()

    # --- Putting together

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = styled(QWidget(), "pane")
        inner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        lines = QVBoxLayout(inner)
        lines.setContentsMargins(theme.scale(16), theme.scale(12), theme.scale(16), theme.scale(12))
        lines.setSpacing(theme.scale(12))
        lines.addLayout(self._build_head())
        self.above = QVBoxLayout()
        lines.addLayout(self.above)
        self.strip = NoticeStrip()
        lines.addWidget(self.strip)
        # Fields wider than that are harder to read; the rest of a wide window stays free.
        across = QHBoxLayout()
        fields = self._build_fields()
        fields.setMaximumWidth(theme.scale(760 if self._section.is_single else 620))
        across.addWidget(fields, 1000)
        across.addStretch(1)
        lines.addLayout(across)
        lines.addStretch(1)
        column.addWidget(ScrolledPage(inner, theme.scale(320)), 1)
        if self._section.save is not None:
            column.addWidget(self._build_foot())

    def _build_head(self) -> QVBoxLayout:
        lines = QVBoxLayout()
        lines.setSpacing(theme.scale(8))
        head = QHBoxLayout()
        head.setSpacing(theme.scale(4))
        lines.addLayout(head)
        self._title = heading()
        # As wide as its text: a label that is wider puts a name of another script at the other edge.
        self._title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._title.setMinimumWidth(theme.scale(40))
        head.addWidget(self._title)
        head.addStretch(1)
        for aside in self._section.asides:
            link = push_button(aside.text, aside.icon, "quiet")
            link.setObjectName(aside.key)
            link.clicked.connect(partial(self.aside_wanted.emit, aside))
            head.addWidget(link, 0, Qt.AlignmentFlag.AlignTop)
            self._asides.append((aside, link))
        self.history = icon_button("history", N_("History"))
        self.history.clicked.connect(self.history_wanted)
        head.addWidget(self.history, 0, Qt.AlignmentFlag.AlignTop)
        if sum(not act.only_icon for act in self._section.acts) > 1 or len(self._section.acts) > 2:
            # Beside two buttons with words, or three of any kind, there is no room for a name.
            head = QHBoxLayout()
            head.setSpacing(theme.scale(8))
            lines.addLayout(head)
            head.addStretch(1)
        for act in self._section.acts:
            button = self._button(act)
            button.clicked.connect(partial(self._want, act))
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            self._acts.append((act, button))
        self._texts = Texts(self)
        self._texts.redo(self._name)
        return lines

    @staticmethod
    def _button(act: Act[Any]) -> QAbstractButton:
        """Its text depends on the row, so it gets one when a row is shown."""
        button: QAbstractButton = QToolButton() if act.only_icon else QPushButton()
        if isinstance(button, QToolButton):
            button.setAutoRaise(True)
        button.setIcon(icons.icon(act.icon))
        button.setIconSize(QSize(18, 18))
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        button.setObjectName(act.key)
        return button

    def _build_fields(self) -> Form:
        form = Form(wraps=True)
        for entry in self._section.entries:
            part = entry.make()
            if entry.heading:
                form.heading(entry.heading)
            self.parts[entry.key] = part
            self.fields[entry.key] = form.row(entry.label, part.widget, entry.hint)
            if part.changed is not None:
                part.changed.connect(self._look)
            if isinstance(part, TextPart):
                part.line.returnPressed.connect(self.save_wanted)
        self._form = form
        return form

    def _build_foot(self) -> QWidget:
        foot, row = foot_row()
        row.addStretch(1)
        self.cancel_button = push_button(N_("Cancel"))
        self.cancel_button.clicked.connect(self.cancel_wanted)
        self.save_button = primary_button(N_("Save"))
        self.save_button.clicked.connect(self.save_wanted)
        row.addWidget(self.cancel_button)
        row.addWidget(self.save_button)
        return foot

    # --- What is shown

    def show_row(self, row: Any | None) -> None:
        """Show this row, or an empty form for a new one."""
        self.row, self._newer, self.is_open = row, None, True
        self._base = self._section.values(row)
        self._fill(self._base)
        self._form.clear_errors()
        self.strip.clear()
        self._name()
        self._tell()

    def shut(self) -> None:
        """There is no row to show."""
        self.show_row(None)
        self.is_open = False
        self.hide()
        self._tell()

    def fill(self, values: Mapping[str, Any]) -> None:
        """Put back what somebody had typed."""
        self._fill(values)
        self._tell()

    @property
    def base(self) -> Mapping[str, Any]:
        """What the fields held when the row was read."""
        return self._base

    def typed(self) -> dict[str, Any]:
        """What the fields hold now."""
        return {key: part.value() for key, part in self.parts.items()}

    def settle(self) -> None:
        """Take half typed values for typed."""
        for part in self.parts.values():
            part.settle()

    @property
    def is_new(self) -> bool:
        """Whether it is the form of a row that does not exist yet."""
        return self.is_open and self.row is None

    @property
    def is_changed(self) -> bool:
        """Whether something was typed that is not saved."""
        return self.is_open and self.typed() != self._base

    def focus(self) -> None:
        """Put the cursor into the first field."""
        first = next(iter(self.parts.values()), None)
        if first is not None:
            first.widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # --- News from the database

    def meet(self, row: Any) -> None:
        """The list was read again and this is our row now: an untouched form follows, an edited one only says so."""
        if row == self.row:
            return
        values = self._section.values(row)
        if not self.is_changed:
            self._take(row, values)
        elif values == self._base:
            self.row = row
        elif row != self._newer:
            self._newer = row
            self.strip.say(_CHANGED, [("show", N_("Show the new values"), self.take_newer)])

    def lost(self) -> None:
        """Our row was deleted by somebody else; what was typed may be saved as a new one."""
        self.row = None
        self.strip.say(message(N_("Somebody else deleted this while you were editing. Save adds it again.")), [])
        self._name()
        self._tell()

    def rebase(self, row: Any) -> Merged:
        """After a conflict: what was typed stays, beside each field stands what the other made of it."""
        values = self._section.values(row)
        merged = merge(self._base, self.typed(), values)
        before, self._base, self.row, self._newer = self._base, values, row, row
        self._is_filling = True
        for key, value in values.items():
            typed = self.parts[key].value()
            if typed == before.get(key):
                self.parts[key].set_value(value)
            elif value not in (before.get(key), typed):
                said = message(N_("In the meantime: {value}"), value=self.parts[key].words(value))
                self.fields[key].error(said)
        self._is_filling = False
        self._last = self.typed()
        self.strip.say(
            message(N_("Somebody else changed this in the meantime. Save puts your values in place of theirs.")),
            [("show", N_("Show the new values"), self.take_newer)],
        )
        self._name()
        self._tell()
        return merged

    def saved(self, row: Any, sent: Mapping[str, Any]) -> None:
        """The row as it was saved; what was typed since it was sent stays."""
        values, typed = self._section.values(row), self.typed()
        since = {key: value for key, value in typed.items() if value != sent[key]}
        self._take(row, values)
        if since:
            self.fill({**values, **since})

    @Slot()
    def take_newer(self) -> None:
        """Drop what was typed for what is in the database."""
        if self._newer is not None:
            self.show_row(self._newer)

    def _take(self, row: Any, values: dict[str, Any]) -> None:
        """Follow the database without moving the cursor."""
        self.row, self._newer, self._base = row, None, values
        self._fill(values)
        self._form.clear_errors()
        self.strip.clear()
        self._name()
        self._tell()

    # --- What is wrong

    def complain(self, problems: Mapping[str, Message]) -> None:
        """Say under the fields what is wrong with them and put the cursor into the first."""
        for key, field in self.fields.items():
            field.error(problems.get(key))
        self._form.first_error()

    @property
    def fields_with_errors(self) -> list[str]:
        """The fields with something said under them."""
        return [key for key, field in self.fields.items() if field.has_error]

    def saving(self, *, on: bool) -> None:
        """While saving, nothing can be asked twice."""
        self._is_saving = on
        self._tell()

    @property
    def can_save(self) -> bool:
        """Whether there is something to save and nothing under way."""
        return self._section.save is not None and not self._is_saving and (self.is_new or self.is_changed)

    # --- Inside

    def _fill(self, values: Mapping[str, Any]) -> None:
        self._is_filling = True
        for key, part in self.parts.items():
            if part.value() != values[key]:
                part.set_value(values[key])
            self._adapt(key)
        self._is_filling = False
        self._last = self.typed()

    def _adapt(self, key: str) -> None:
        if self._section.adapt is not None:
            self._section.adapt(self.parts, self.row, key)

    @Slot()
    def _look(self) -> None:
        if self._is_filling:
            return
        typed = self.typed()
        changed = [key for key, value in typed.items() if value != self._last.get(key)]
        self._last = typed
        for key in changed:
            self.fields[key].error(None)
            self._adapt(key)
        if changed:
            self._tell()

    def _tell(self) -> None:
        is_changed = self.is_changed
        if self._section.save is not None:
            self.save_button.setEnabled(self.can_save)
            self.cancel_button.setEnabled(self.is_new or is_changed)
        for act, button in self._acts:
            button.setVisible(self.row is not None)
            button.setEnabled(self.row is not None and not is_changed and not self._is_saving and act.can(self.row))
        self.history.setVisible(self.row is not None)
        for aside, link in self._asides:
            link.setVisible(self.row is not None and aside.can(self.typed(), self.row))
        self.edited.emit()

    def _name(self) -> None:
        if self.row is None:
            self._title.setText(_(self._section.new) if self.is_open and self._section.new else "")
        else:
            self._title.setText(self._section.title(self.row))
        for act, button in self._acts:
            if self.row is None:
                continue
            text = _(act.text(self.row))
            button.setAccessibleName(text)
            if act.only_icon:
                button.setToolTip(text)
            else:
                button.setText(text)

    def _want(self, act: Act[Any]) -> None:
        if not act.asks or self.row is None:
            self.act_wanted.emit(act)
            return
        asked = message(act.asks, name=self._section.title(self.row))
        self.strip.say(
            asked,
            [
                ("confirm", act.text(self.row), partial(self.act_wanted.emit, act)),
                ("keep", N_("Keep"), self.strip.clear),
            ],
            danger=True,
        )
