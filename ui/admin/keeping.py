"""What keeps the typing in a form of Set-up safe: the journal, and the choice where two people changed the same row."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from app.domain.merging import Clash, merge
from app.drafts.draft import Draft
from app.i18n import _
from ui.admin.history import card_of
from ui.admin.parts import LinesPart, SecretPart, TextPart
from ui.admin.record_form import RecordForm
from ui.admin.section import Section
from ui.kit.screen import Desk
from ui.widgets.merge.meeting import Meeting
from ui.widgets.merge.window import Asked
from ui.widgets.row_drafts import RowDrafts

__all__ = ["FormKeeping"]


class FormKeeping(QObject):
    """Of one section's form. Signal: `settled()` when the person chose between his values and somebody else's."""

    settled = Signal()

    def __init__(self, desk: Desk, section: Section[Any], form: RecordForm) -> None:
        super().__init__(form)
        self._section, self._form = section, form
        self._names = {entry.key: entry.label for entry in section.entries}
        self._secrets = {key for key, part in form.parts.items() if isinstance(part, SecretPart)}
        self.unsaved = RowDrafts(desk, f"set-up.{section.key}", self._restore)
        form.above.addWidget(self.unsaved)
        self.meeting = Meeting(desk, section.key, form)
        self.meeting.settled.connect(self._settle)
        form.edited.connect(self._follow)

    def _key(self) -> int | None:
        return None if self._form.row is None else self._section.identify(self._form.row)

    @Slot()
    def _follow(self) -> None:
        form = self._form
        is_kept = form.is_open and self._section.save is not None
        self.unsaved.show_row(self._key(), is_open=is_kept)
        if is_kept:
            title = _(self._section.text) if form.row is None else self._section.title(form.row)
            self.unsaved.follow(self._key(), title, self._plain(form.base), self._plain(form.typed()))

    def _plain(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Secrets go nowhere."""
        return {key: value for key, value in values.items() if key not in self._secrets}

    def taken_in(self) -> None:
        """The new row is saved."""
        self.unsaved.drop(None)

    def _restore(self, draft: Draft) -> None:
        typed = {key: value for key, value in draft.typed.items() if key in self._form.parts}
        merged = merge(draft.base, typed, {key: self._form.base.get(key) for key in typed})
        self._form.fill({**self._form.typed(), **typed})
        self.ask(merged.clashes)

    def ask(self, clashes: Sequence[Clash]) -> None:
        """Let the person choose, field by field; mine stand in the form until then."""
        if self._form.row is None:
            return
        table, row_id, _title = card_of(self._section, self._form.row)
        self.meeting.table = table
        self.meeting.ask(row_id, [self._asked(each) for each in clashes if each.field not in self._secrets])

    def _asked(self, clash: Clash) -> Asked:
        part = self._form.parts[clash.field]
        is_line, is_text = isinstance(part, TextPart), isinstance(part, TextPart | LinesPart)
        return Asked(clash, _(self._names[clash.field]), part.words, is_line=is_line, takes_both=is_text)

    @Slot(object)
    def _settle(self, chosen: Mapping[str, Any]) -> None:
        self._form.fill({**self._form.typed(), **chosen})
        self.settled.emit()

    def tell_merged(self, fields: frozenset[str]) -> None:
        """Say that both changes are saved, if there was another one."""
        if fields and self._form.row is not None:
            table, row_id, _title = card_of(self._section, self._form.row)
            self.meeting.table = table
            self.meeting.tell_merged(row_id, [_(self._names[key]) for key in self._names if key in fields])
