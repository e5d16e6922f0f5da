"""What the rows that are shown come to, all of them, counted in the background."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.domain.points.asked import Asked
from app.i18n import _, _n, format_points
from app.services.points import report
from app.services.points.report import Totals
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.screen import Desk
from ui.kit.tasks import Latest
from ui.kit.translate import Texts
from ui.points.rows.again import Again
from ui.widgets.chips import flowing
from ui.widgets.styled import secondary, styled

__all__ = ["TotalsLine"]


class TotalsLine(QWidget):
    """Rows, points of customers and points of workers; each row counts once, whatever it is sliced by."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(self, "statusrow")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk = desk
        self._asked: Asked | None = None
        self.totals: Totals | None = None
        self._reading = Latest(desk.tasks)
        self._again = Again(self)
        self._again.wanted.connect(self._read)
        self.rows, self.customers, self.workers = (styled(QLabel(), "body") for _label in range(3))
        self.note = secondary()
        self.note.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.scale(each) for each in (16, 8, 16, 8)])
        row.setSpacing(theme.scale(24))
        holder, flow = flowing()
        flow.gap = theme.scale(16)
        for label in (self.rows, self.customers, self.workers):
            label.setTextFormat(Qt.TextFormat.PlainText)
            flow.addWidget(label)
        row.addWidget(holder, 1)
        row.addWidget(self.note, 1)
        self._counts_twice = False
        Texts(self).redo(self._speak, key="speak")

    def ask(self, asked: Asked) -> None:
        """Count the rows of this question; what was counted before is not shown any more."""
        self._asked, self.totals = asked, None
        self._speak()
        self._read()

    def again(self) -> None:
        """Rows were written: count soon once more, as often as the counting leaves room for."""
        if self._asked is not None:
            self._again.call()

    def say_twice(self, *, on: bool) -> None:
        """Whether the sums beside it count a row several times, which these do not."""
        self._counts_twice = on
        self._speak()

    @Slot()
    def _read(self) -> None:
        if self._asked is not None and not self._desk.tasks.is_closed:
            self._again.asked()
            self._reading.read(report.totals, self._asked).then(self._show, self._fail)

    def _fail(self, problem: Exception) -> None:
        self._again.answered()
        self._desk.messages.show_error(problem)

    def _show(self, totals: Totals) -> None:
        self._again.answered()
        self.totals = totals
        self._speak()

    def _speak(self) -> None:
        found = self.totals
        if found is None:
            texts = (_("Counting…"), "", "")
        else:
            texts = (
                _n("{count} row", "{count} rows", found.rows),
                _("Customers' points: {points}", points=isolate(format_points(found.customer_points))),
                _("Workers' points: {points}", points=isolate(format_points(found.worker_points))),
            )
        for label, text in zip((self.rows, self.customers, self.workers), texts, strict=True):
            label.setText(text)
        twice = _("A worker counts in each of his groups; this line counts every row once.")
        self.note.setText(twice)
        self.note.setVisible(self._counts_twice)
