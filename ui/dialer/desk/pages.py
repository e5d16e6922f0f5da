"""What the desk shows without a customer: where to work, and what is waited for."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QStackedWidget, QVBoxLayout, QWidget

from app.domain.dialer.desk_events import AtDesk, State
from app.domain.words import N_, Message
from app.i18n import _, _n, say
from app.services.dialer.campaigns import CampaignChoice
from ui.kit import icons, theme
from ui.kit.bidi import isolate
from ui.kit.translate import Texts
from ui.widgets.empty import EmptyState
from ui.widgets.styled import heading, primary_button, secondary, styled

__all__ = ["Chooser", "Waiting"]

EDGE = 3


class Chooser(QWidget):
    """The campaigns the agent works in. Signal: `chosen(campaign id)`."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(self, "surface").setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._campaigns: tuple[CampaignChoice, ...] = ()
        self.list = styled(QListWidget(), "boxed")
        self.list.itemActivated.connect(self._begin)
        self.begin_button = primary_button(N_("Begin"))
        self.begin_button.clicked.connect(self._begin)
        title = heading(N_("Which campaign do you work in now?"))
        holder = QWidget()
        holder.setMaximumWidth(theme.scale(520))
        column = QVBoxLayout(holder)
        column.setSpacing(theme.scale(12))
        column.addSpacing(theme.scale(32))
        for widget in (title, self.list):
            column.addWidget(widget)
        column.addWidget(self.begin_button, 0, Qt.AlignmentFlag.AlignTrailing)
        column.addStretch(1)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.addStretch(1)
        row.addWidget(holder, 2)
        row.addStretch(1)
        self._empty = EmptyState(
            "campaign",
            N_("You work in no open campaign"),
            N_("A manager adds you to one under Campaigns, on the page People."),
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(middle)
        self._pages.addWidget(self._empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)
        self.setFocusProxy(self.list)
        self._texts = Texts(self)
        self._texts.bind(self.list.setAccessibleName, N_("Campaigns"))
        self._texts.redo(self._fill, key="fill")

    def offer(self, campaigns: Sequence[CampaignChoice], last: int | None) -> None:
        """Offer these, the one of the last time chosen."""
        current = self.list.currentItem()
        kept = current.data(Qt.ItemDataRole.UserRole) if self.list.currentRow() >= 0 else last
        self._campaigns = tuple(campaigns)
        self._fill()
        for row in range(self.list.count()):
            item = self.list.item(row)
            if row == 0 or item.data(Qt.ItemDataRole.UserRole) == kept:
                self.list.setCurrentRow(row)
        self._pages.setCurrentIndex(0 if campaigns else 1)

    def _fill(self) -> None:
        row = self.list.currentRow()
        self.list.clear()
        for each in self._campaigns:
            text = _("{name}, calls by itself", name=isolate(each.name)) if each.calls_automatically else each.name
            item = QListWidgetItem(isolate(text))
            item.setData(Qt.ItemDataRole.UserRole, each.id)
            item.setSizeHint(QSize(0, theme.scale(40)))
            self.list.addItem(item)
        self.list.setCurrentRow(row)
        # As high as its lines and the edge of a boxed list.
        self.list.setFixedHeight(min(8, max(1, self.list.count())) * theme.scale(40) + 2 * EDGE)

    @Slot()
    def _begin(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))


class Waiting(QWidget):
    """Between two customers: ready, paused, or wrapping up."""

    def __init__(self, button: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(self, "surface").setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._at = AtDesk()
        self._pause: str | Message = ""
        self._today: int = 0
        self._picture = QLabel()
        self.title = heading()
        self.text = secondary()
        self.button = button
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.scale(24)] * 4)
        column.setSpacing(theme.scale(12))
        column.addStretch(1)
        for widget in (self._picture, self.title, self.text, self.button):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.text.setMinimumWidth(theme.scale(420))
        column.addStretch(2)
        self.setFocusProxy(button)
        self._texts = Texts(self)
        theme.news.changed.connect(self._fill)

    def show_state(self, at: AtDesk, pause: str | Message, done: int) -> None:
        """What is waited for; `done` contacts were finished since the agent began."""
        self._at, self._pause, self._today = at, pause, done
        self._texts.redo(self._fill, key="fill")

    def _fill(self) -> None:
        state = self._at.state
        icon, title, text = _SAYINGS.get(state, _SAYINGS[State.READY])
        self._picture.setPixmap(icons.icon(icon, "muted").pixmap(QSize(theme.scale(40), theme.scale(40))))
        said = _(title)
        if state is State.PAUSED and self._pause:
            reason = say(self._pause) if isinstance(self._pause, Message) else isolate(self._pause)
            said = _("Paused: {reason}", reason=reason)
        self.title.setText(said)
        counted = _n("{count} contact finished so far.", "{count} contacts finished so far.", self._today)
        self.text.setText(f"{_(text)}\n{counted}" if self._today else _(text))


_SAYINGS = {
    State.READY: ("call", N_("Ready for the next customer"), N_("Ask for the first one when you are.")),
    State.LOADING: ("waiting", N_("The next customer is coming"), ""),
    State.WRAPPING: ("edit", N_("Wrap-up"), N_("The next customer comes by itself.")),
    State.PAUSED: ("pause", N_("Paused"), N_("The next customer ends the pause.")),
}
