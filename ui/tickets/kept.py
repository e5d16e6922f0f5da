"""The filters kept under a name: a button that offers them, and the window that keeps the present one."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QMenu, QToolButton, QWidget

from app.domain.people import Permission
from app.domain.words import N_, message
from app.i18n import _
from app.services.tickets import saved_filters
from app.services.tickets.saved_filters import Kept
from ui.kit import icons
from ui.kit.bidi import isolate
from ui.kit.messages import Offer
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.dialog import FormDialog
from ui.widgets.form import Form

__all__ = ["KeepWindow", "KeptFilters"]


class KeptFilters(QToolButton):
    """Named after the filter in use. `present()` is what would be kept, `take(filter)` puts a kept one in force."""

    def __init__(
        self,
        desk: Desk,
        present: Callable[[], dict[str, Any]],
        take: Callable[[Mapping[str, Any]], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._present, self._take = desk, present, take
        self._asked = Latest(desk.tasks)
        self._known: tuple[Kept, ...] = ()
        self._chosen: int | None = None
        self.window_open: KeepWindow | None = None
        self.setIcon(icons.icon("filter", "muted"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.offered = QMenu(self)
        self.offered.aboutToShow.connect(self._fill)
        self.setMenu(self.offered)
        self._texts = Texts(self)
        self._texts.bind(self.setAccessibleName, N_("Saved filters"))
        self._texts.bind(self.setToolTip, N_("Saved filters"))
        self._texts.redo(self._say, key="say")
        self.read()

    def read(self) -> None:
        """Read what is kept now."""
        if self._desk.person.id is not None:
            self._asked.read(saved_filters.kept).then(self._show)

    def _show(self, known: tuple[Kept, ...]) -> None:
        self._known = known
        self._say()

    @property
    def chosen(self) -> Kept | None:
        """The filter that was put in force last."""
        return next((each for each in self._known if each.id == self._chosen), None)

    def _say(self) -> None:
        chosen = self.chosen
        self.setText(_("Saved filters") if chosen is None else isolate(chosen.name))

    @Slot()
    def _fill(self) -> None:
        self.offered.clear()
        for each in self._known:
            name = isolate(each.name)
            text = name if each.is_mine else _("{name} (of {person})", name=name, person=isolate(each.owner))
            action = self.offered.addAction(text.replace("&", "&&"), partial(self._use, each.id))
            action.setCheckable(True)
            action.setChecked(each.id == self._chosen)
        self.offered.addSeparator()
        self.offered.addAction(icons.icon("save"), _("Save this filter"), self.keep)
        chosen = self.chosen
        if chosen is not None and self._may_change(chosen):
            self.offered.addAction(icons.icon("edit"), _("Rename or share"), self.rename)
            self.offered.addAction(icons.icon("delete"), _("Delete this filter"), self.delete)

    def _may_change(self, kept: Kept) -> bool:
        return kept.is_mine or (kept.is_shared and self._desk.person.may(Permission.ADMINISTER))

    def _use(self, number: int) -> None:
        self._chosen = number
        chosen = self.chosen
        if chosen is not None:
            self._say()
            self._take(chosen.filter)

    @Slot()
    def keep(self) -> None:
        """Ask for a name and keep the present filter under it."""
        self._open(KeepWindow(self._desk, self._present(), self))

    @Slot()
    def rename(self) -> None:
        """Ask for another name for the filter in use."""
        if (chosen := self.chosen) is not None:
            self._open(KeepWindow(self._desk, dict(chosen.filter), self, chosen))

    def _open(self, window: "KeepWindow") -> None:
        self.window_open = window
        window.accepted.connect(self._kept)
        window.open()

    @Slot()
    def _kept(self) -> None:
        if self.window_open is not None:
            self._chosen = self.window_open.number
        self.read()

    @Slot()
    def delete(self) -> None:
        """Take the filter in use away; it can be had back."""
        if (chosen := self.chosen) is not None:
            job = self._desk.tasks.write(saved_filters.delete, chosen.id, chosen.version)
            job.then(partial(self._deleted, chosen), self._desk.messages.show_error)

    def _deleted(self, gone: Kept, _number: int) -> None:
        self._chosen = None
        self.read()
        undo = Offer(N_("Undo"), partial(self._bring_back, gone)) if gone.is_mine else None
        self._desk.messages.success(message(N_("The filter “{name}” is deleted."), name=gone.name), offer=undo)

    def _bring_back(self, gone: Kept) -> None:
        job = self._desk.tasks.write(saved_filters.keep, gone.name, dict(gone.filter), is_shared=gone.is_shared)
        job.then(self._came_back, self._desk.messages.show_error)

    def _came_back(self, number: int) -> None:
        self._chosen = number
        self.read()


class KeepWindow(FormDialog):
    """A name, and whether everybody is offered the filter."""

    def __init__(self, desk: Desk, wanted: dict[str, Any], parent: QWidget, known: Kept | None = None) -> None:
        super().__init__(N_("Save this filter"), messages=desk.messages, parent=parent)
        self._desk, self._wanted, self._known = desk, wanted, known
        self.number: int | None = None if known is None else known.id
        self.name = QLineEdit(known.name if known else "")
        self.is_shared = QCheckBox()
        Texts(self.is_shared).bind(self.is_shared.setText, N_("Offer it to everybody"))
        self.is_shared.setChecked(known is not None and known.is_shared)
        form = Form()
        self._name = form.row(N_("Name"), self.name)
        form.row(N_("Shared"), self.is_shared)
        self.body.addWidget(form)
        self.save_requested.connect(self._save)

    @Slot()
    def _save(self) -> None:
        name, is_shared = self.name.text(), self.is_shared.isChecked()
        if not name.strip():
            self._name.error(N_("The name is missing."))
            return
        self.saving(on=True)
        write, known = self._desk.tasks.write, self._known
        if known is None:
            job = write(saved_filters.keep, name, self._wanted, is_shared=is_shared)
        else:
            job = write(saved_filters.rename, known.id, known.version, name, is_shared=is_shared)
        job.then(self._saved, self.fail)

    def _saved(self, number: int) -> None:
        self.number = number
        self.accept()
