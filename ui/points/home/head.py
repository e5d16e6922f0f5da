"""The head of the page at home: one number of the month, the last 30 days beside it, and who was first last month."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.i18n import _, format_points
from app.services.points.board import Scores
from ui.kit import icons, theme
from ui.kit.bidi import isolate, sided
from ui.kit.translate import Texts
from ui.points.home import words
from ui.widgets.styled import heading, plain, secondary, styled

__all__ = ["Head"]


class _Figure(QWidget):
    """A number or names in large letters over what they are."""

    def __init__(self, icon: str = "", tone: str = "muted") -> None:
        super().__init__()
        self._icon, self._tone = icon, tone
        self._picture = QLabel()
        self.figure = styled(plain(), "figure") if not icon else heading()
        self.name = secondary()
        self.name.setWordWrap(False)
        top = QHBoxLayout()
        top.setSpacing(theme.scale(8))
        if icon:
            self.figure.setWordWrap(True)
            self.figure.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            top.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.figure, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.name)
        column.addLayout(top)
        theme.news.changed.connect(self._dress)
        self._dress()

    def say(self, figure: str, name: str) -> None:
        """Show this under its name; screen readers hear both."""
        self.figure.setText(sided(figure))
        self.name.setText(sided(name))
        self.figure.setAccessibleName(f"{name}: {figure}")

    @Slot()
    def _dress(self) -> None:
        if self._icon:
            size = theme.scale(18)
            self._picture.setPixmap(icons.icon(self._icon, self._tone).pixmap(QSize(size, size)))


class Head(QWidget):
    """`show_scores()` fills it; what there is nothing to say of is not there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        styled(self, "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._scores: Scores | None = None
        self.month, self.recent, self.first = _Figure(), _Figure(), _Figure("star", "accent")
        self.change, self.kind, self.note = secondary(), secondary(), secondary()
        row = QHBoxLayout(self)
        row.setContentsMargins(*[theme.scale(each) for each in (16, 10, 16, 10)])
        row.setSpacing(theme.scale(32))
        main = QVBoxLayout()
        main.setSpacing(theme.scale(2))
        for part in (self.month, self.change, self.kind, self.note):
            main.addWidget(part)
        main.addStretch(1)
        row.addLayout(main, 4)
        for each, stretch in ((self.recent, 2), (self.first, 3)):
            row.addWidget(each, stretch, Qt.AlignmentFlag.AlignTop)
        Texts(self).redo(self._say, key="say")

    def show_scores(self, scores: Scores) -> None:
        """Show these."""
        self._scores = scores
        self._say()

    def _say(self) -> None:
        scores = self._scores
        for part in (self.month, self.recent):
            part.setVisible(scores is not None)
        self.first.setVisible(scores is not None and bool(scores.champions))
        if scores is None:
            return
        self.month.say(isolate(format_points(scores.points)), words.title(scores))
        said = words.change(scores), words.kind_word(scores), words.left_out(scores)
        for label, text in zip((self.change, self.kind, self.note), said, strict=True):
            label.setText(sided(text))
            label.setVisible(bool(text))
        self.recent.say(isolate(format_points(scores.board.last_30_days)), _("Last 30 days"))
        if scores.champions:
            self.first.say(words.first_names(scores), words.first_title(scores))
