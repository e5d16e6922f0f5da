"""The bell beside a customer's name: the alerts nobody has dismissed, shown by a click or a key."""

from datetime import tzinfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.domain.people import Permission
from app.domain.words import N_
from app.i18n import _n, format_datetime
from app.services.tickets import notes
from app.services.tickets.notes import Alert
from ui.kit import icons, theme
from ui.kit.bidi import isolate, sided
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.widgets.styled import ICON, push_button, styled

__all__ = ["Bell"]


class Bell(QToolButton):
    """Hidden while there is no alert; `panel` is where the card shows what they say.

    Signal: `rung(count)` when the alerts are known.
    """

    rung = Signal(int)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._asked = Latest(desk.tasks)
        self._of: tuple[int | None, int | None] = (None, None)
        self._alerts: tuple[Alert, ...] = ()
        self._zone: tzinfo | None = None
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setIcon(icons.icon("alert", "warning"))
        self.setIconSize(ICON)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.panel = QWidget()
        column = QVBoxLayout(self.panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(6))
        self._texts = Texts(self)
        self._texts.redo(self._say, key="say")
        self.toggled.connect(self._follow)
        desk.bridge.rows_changed.connect(self._hear)
        self._follow()

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """What it rings for."""
        return self._alerts

    def has_alerts(self) -> bool:
        """Whether it rings."""
        return bool(self._alerts)

    def keep_time(self, zone: tzinfo | None) -> None:
        """Tell when alerts were written in this zone."""
        if zone != self._zone:
            self._zone = zone
            self._say()

    def turn_to(self, customer_id: int | None, ticket_id: int | None = None) -> None:
        """Ring for this customer, and for this ticket where it has none."""
        if (customer_id, ticket_id) != self._of:
            self._of = customer_id, ticket_id
            self.setChecked(False)
            self._take(())
            self.reload()

    def show_alerts(self, customer_id: int | None, alerts: tuple[Alert, ...]) -> None:
        """Ring for this customer with the alerts that came with his card; later ones are heard of as ever."""
        self._asked.cancel()
        if (customer_id, None) != self._of:
            self._of = customer_id, None
            self.setChecked(False)
        self._take(alerts)

    def reload(self) -> None:
        """Ask anew."""
        customer_id, ticket_id = self._of
        self._asked.cancel()
        if customer_id is not None or ticket_id is not None:
            self._asked.read(notes.alerts, customer_id, ticket_id).then(self._take)

    @Slot(str, object)
    def _hear(self, table: str, _ids: object) -> None:
        if table == "notes":
            self.reload()

    def _take(self, alerts: tuple[Alert, ...]) -> None:
        if alerts != self._alerts:
            self._alerts = alerts
            self._say()
        self._follow()
        self.rung.emit(len(alerts))

    @Slot()
    def _follow(self) -> None:
        self.setVisible(bool(self._alerts))
        self.panel.setVisible(bool(self._alerts) and self.isChecked())

    def _say(self) -> None:
        count = len(self._alerts)
        self.setText(str(count))
        words = _n("{count} alert", "{count} alerts", count)
        self.setAccessibleName(words)
        self.setToolTip(words)
        column = self.panel.layout()
        assert column is not None
        while (item := column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for alert in self._alerts:
            column.addWidget(self._row(alert))

    def _row(self, alert: Alert) -> QWidget:
        row = styled(QWidget(), "card")
        row.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        line = QHBoxLayout(row)
        line.setContentsMargins(*[theme.scale(8)] * 4)
        line.setSpacing(theme.scale(8))
        words = QVBoxLayout()
        words.setSpacing(theme.scale(2))
        for text, look in ((alert.text, "body"), (self._under(alert), "secondary")):
            label = styled(QLabel(sided(text)), look)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            words.addWidget(label)
        line.addLayout(words, 1)
        if self._desk.person.may(Permission.EDIT_TICKETS):
            button = push_button(N_("Dismiss"))
            button.setAccessibleDescription(alert.text)
            button.setProperty("note", alert.id)
            button.clicked.connect(self._dismiss)
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _under(self, alert: Alert) -> str:
        return " · ".join(filter(None, [format_datetime(alert.at, self._zone), isolate(alert.by or "")]))

    @Slot()
    def _dismiss(self) -> None:
        self._desk.tasks.write(notes.dismiss, int(self.sender().property("note")))
