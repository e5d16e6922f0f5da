"""A new profile from where it is wanted."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.words import N_
from app.services.processes.profiles import WORKER, ProfileRow, save_profile
from ui.kit.screen import Desk
from ui.widgets.dialog import FormDialog
from ui.widgets.form import Form
from ui.widgets.styled import secondary

__all__ = ["ProfileDialog"]

_ABOUT = N_("Tasks of a stage go to the people who hold its profile. Who holds it is set on the card of each user.")


class ProfileDialog(FormDialog):
    """Asks for the name of a worker profile. Signal: `made(id)` when it is saved."""

    made = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(N_("New profile"), messages=desk.messages, parent=parent)
        self._desk = desk
        form = Form()
        self.name = QLineEdit()
        self.name.setMaxLength(200)
        form.row(N_("Name"), self.name)
        self.body.addWidget(form)
        self.body.addWidget(secondary(_ABOUT))
        self.save_requested.connect(self._save)

    @Slot()
    def _save(self) -> None:
        self.saving(on=True)
        self._desk.tasks.write(save_profile, self.name.text(), WORKER).then(self._saved, self.fail)

    @Slot(object)
    def _saved(self, row: ProfileRow) -> None:
        self.made.emit(row.id)
        self.accept()
