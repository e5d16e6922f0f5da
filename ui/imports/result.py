"""What an import did: five counts, the refused rows with their reasons, and a way to keep them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.domain.words import N_
from app.i18n import format_number
from app.services.imports.report import Report
from ui.imports.model import RefusedTable
from ui.imports.work import ImportWork
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.translate import Texts
from ui.widgets.styled import heading, plain, push_button, secondary, styled
from ui.widgets.table import TableView

__all__ = ["ResultPanel"]

_COUNTS = (
    ("read", N_("Read")),
    ("added", N_("Added")),
    ("updated", N_("Updated")),
    ("unchanged", N_("Unchanged")),
    ("refused", N_("Refused")),
)


class ResultPanel(QWidget):
    """Signals: `save_wanted()` for the refused rows, `closed()`."""

    save_wanted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(self, "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._texts = Texts(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.scale(16)] * 4)
        layout.setSpacing(theme.scale(12))
        self.title = heading()
        self.note = secondary()
        self.figures: dict[str, QLabel] = {}
        self._counts = QHBoxLayout()
        self._counts.setSpacing(theme.scale(24))
        for name, label in _COUNTS:
            self._counts.addLayout(self._figure(name, label))
        self._counts.addStretch(1)
        self.save_button = push_button(N_("Save the refused rows"), "download")
        self.save_button.clicked.connect(self.save_wanted)
        self.close_button = push_button(N_("Close"))
        self.close_button.clicked.connect(self.closed)
        self._counts.addWidget(self.save_button, 0, Qt.AlignmentFlag.AlignBottom)
        self._counts.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignBottom)
        self.rows = RefusedTable()
        self.table = TableView()
        self.table.setModel(self.rows)
        self.table.setColumnWidth(0, theme.scale(80))
        self.table.setFixedHeight(theme.scale(170))
        layout.addWidget(self.title)
        layout.addWidget(self.note)
        self.pooled = secondary()
        layout.addWidget(self.pooled)
        layout.addLayout(self._counts)
        layout.addWidget(self.table)
        self.hide()

    def _figure(self, name: str, label: str) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(0)
        figure = self.figures[name] = styled(plain(), "figure")
        column.addWidget(figure)
        column.addWidget(secondary(label))
        return column

    def show_result(self, work: ImportWork, report: Report) -> None:
        """Show what became of a run."""
        file = isolate(work.sheet.path.name)
        if work.dry_run:
            self._texts.bind(self.title.setText, N_("Dry run of {file}: nothing was kept"), file=file)
        else:
            self._texts.bind(self.title.setText, N_("{file} is imported"), file=file)
        if report.refused:
            self._texts.bind(
                self.note.setText,
                N_("Correct the refused rows in the file they are saved to, and import that file."),
            )
        self.note.setVisible(report.refused > 0)
        self._texts.redo(lambda: self._show_counts(report), key="counts")
        self.pooled.setVisible(report.pooled is not None)
        if (found := report.pooled) is not None:
            text = N_(
                "Into the pool: {count}, {without_number} of them without a number. There already: {folded}. In"
                " another pool: {refused}."
            )
            numbers = {name: format_number(getattr(found, name)) for name in found.__dataclass_fields__}
            self._texts.bind(self.pooled.setText, text, **numbers)
        self.rows.show_rows(work.refused)
        self.table.setVisible(bool(work.refused))
        self.save_button.setVisible(report.refused > 0)
        self.show()

    def _show_counts(self, report: Report) -> None:
        for name, figure in self.figures.items():
            figure.setText(format_number(getattr(report, name)))
