"""The page of the customer on the desk: who and why, what to say and ask, what was done before, note and results."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from ui.dialer.callbacks.hours import HoursBeside
from ui.dialer.desk.contact import Contact, Typed
from ui.dialer.desk.foot import Foot
from ui.dialer.panes.history import HistoryPane
from ui.dialer.panes.person import PersonPane
from ui.dialer.panes.script import ScriptPane
from ui.kit import theme
from ui.kit.screen import Desk
from ui.widgets.styled import hairline

__all__ = ["CardPage"]


class CardPage(QWidget):
    """Mirrored with the layout's direction. Signal: `typed()` with every edit."""

    typed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.person, self.script, self.history = PersonPane(desk), ScriptPane(desk), HistoryPane(desk)
        self.foot = Foot()
        self._hours = HoursBeside(desk.tasks, self.foot.moment)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        panes: tuple[QWidget, ...] = (self.person, self.script, self.history)
        for pane in panes:
            splitter.addWidget(pane)
        splitter.setChildrenCollapsible(False)
        splitter.setSizes([theme.scale(440), theme.scale(480), theme.scale(380)])
        desk.memory.splitter(splitter, "dialer")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(splitter, 1)
        column.addWidget(hairline())
        column.addWidget(self.foot)
        self.setFocusProxy(self.foot.note)
        self.script.changed.connect(self.typed)
        self.foot.typed.connect(self.typed)

    def show_contact(self, contact: Contact) -> None:
        """Everything of a customer at once, with what was typed about him."""
        self.person.show_card(contact.card, contact.claimed)
        self.script.show_card(contact.card, contact.key)
        self.script.put(contact.typed.answers)
        self.history.show_card(contact.card)
        self._hours.follow(contact.claimed.campaign_id, contact.card.zone)
        self.foot.show_contact(contact.card, contact.typed)
        self.foot.set_read_only(on=False)

    def fill(self, typed: Typed) -> None:
        """Put what stands here into the contact."""
        self.foot.fill(typed)
        typed.answers = self.script.answers()
