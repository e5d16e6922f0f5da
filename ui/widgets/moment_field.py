"""A field for a moment typed as people say it: "tomorrow 10", "lunedì 9", "בעוד שעתיים"."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.domain.dialer.moments import Moment, understand
from app.domain.words import N_, Message
from app.i18n import DateStyle, _, current, format_date, format_time, say
from ui.kit import theme
from ui.kit.bidi import sided
from ui.kit.translate import Texts
from ui.widgets.styled import styled

__all__ = ["Check", "MomentField"]

Check = Callable[[datetime], Message | None]
"""What is to be said against a moment that may still be chosen, for example that the calling hours are over."""

_NO_YEAR = timedelta(days=300)


class MomentField(QWidget):
    """Says below the line what was understood, with the customer's own time where it differs.

    `set_zones(here, there)` tells the clocks of the agent and of the customer; the text is meant by the clock here,
    by the customer's when the button beside it is pressed. The moment stays the one that was shown while it was typed.
    Signals: `changed()` with every edit, `submitted()` when Return is pressed on a moment that holds.
    """

    changed = Signal()
    submitted = Signal()

    def __init__(self, *, check: Check | None = None, optional: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._check, self._optional = check, optional
        self._here: tzinfo = datetime.now().astimezone().tzinfo or UTC
        self._there: tzinfo | None = None
        self._now: Callable[[], datetime] = _this_moment
        self._found: Moment | Message | None = None
        self._is_left = False
        self._build()
        self._understand()

    def _build(self) -> None:
        self.line = QLineEdit()
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._edit)
        self.line.returnPressed.connect(self._submit)
        self.line.installEventFilter(self)
        self.theirs = styled(QToolButton(), "segment")
        self.theirs.setCheckable(True)
        self.theirs.toggled.connect(self._edit)
        self.theirs.hide()
        self.shown = QLabel()
        self.shown.setTextFormat(Qt.TextFormat.PlainText)
        self.shown.setWordWrap(True)
        self.shown.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.setSpacing(theme.scale(8))
        row.addWidget(self.line, 1)
        row.addWidget(self.theirs)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(4))
        column.addLayout(row)
        column.addWidget(self.shown)
        self.setFocusProxy(self.line)
        texts = Texts(self)
        texts.bind(self.line.setPlaceholderText, N_("tomorrow 10, monday 9:30, in 2 hours"))
        texts.bind(self.line.setAccessibleName, N_("When"))
        texts.bind(self.theirs.setText, N_("Customer's time"))
        texts.bind(self.theirs.setToolTip, N_("The time is meant by the customer's clock, not by yours."))
        texts.redo(self._say, key="say")

    # --- What it holds

    def value(self) -> datetime | None:
        """The moment that was understood, in the zone it was meant in; None while there is none that holds."""
        return self._found.at if isinstance(self._found, Moment) and self.problem() is None else None

    def problem(self) -> Message | None:
        """Why there is no moment, in words; None when there is one, or none is needed."""
        if self._optional and self.is_empty():
            return None
        if isinstance(self._found, Moment) and self._found.at <= self._now():
            # It was ahead when it was typed; the clock has gone on.
            late = understand(f"{self._found.at:%d/%m/%Y %H:%M}", self._now(), self._zone(), current().code)
            return late if isinstance(late, Message) else None
        return self._found if isinstance(self._found, Message) else None

    def warning(self) -> Message | None:
        """What is to be said of a moment that may be chosen all the same."""
        found = self._found
        if not isinstance(found, Moment):
            return None
        return (self._check(found.at) if self._check else None) or found.note

    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not self.line.text().strip()

    def set_text(self, text: str) -> None:
        """Type this, as a person would."""
        self.line.setText(text)

    def set_value(self, moment: datetime | None) -> None:
        """Show this moment, by the clock that is meant."""
        self.line.setText("" if moment is None else f"{moment.astimezone(self._zone()):%d/%m/%Y %H:%M}")

    def clear(self) -> None:
        """Empty the field."""
        self._is_left = False
        self.line.clear()

    def set_zones(self, here: tzinfo, there: tzinfo | None = None, *, means_there: bool = False) -> None:
        """Tell the agent's clock and the customer's; `means_there` reads the text by the customer's."""
        self._here, self._there = here, there
        self.theirs.setVisible(self._differs(self._now()))
        self.theirs.setChecked(means_there and there is not None)
        self._understand()

    def set_check(self, check: Check | None) -> None:
        """Tell what may be said against a moment."""
        self._check = check
        self._say()

    def set_clock(self, now: Callable[[], datetime]) -> None:
        """Tell which clock says what this moment is; the computer's own when nobody tells."""
        self._now = now
        self._understand()

    # --- Understanding

    def _zone(self) -> tzinfo:
        return self._there if self._there is not None and self.theirs.isChecked() else self._here

    def _differs(self, moment: datetime) -> bool:
        there = self._there
        return there is not None and moment.astimezone(there).utcoffset() != moment.astimezone(self._here).utcoffset()

    @Slot()
    def _edit(self) -> None:
        self._is_left = False
        self._understand()
        self.changed.emit()

    def _understand(self) -> None:
        self._found = understand(self.line.text(), self._now(), self._zone(), current().code)
        self._say()

    @Slot()
    def _submit(self) -> None:
        self._is_left = True
        self._say()
        if self.value() is not None:
            self.submitted.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What cannot be understood is said calmly while it is typed, as a mistake when the field is left."""
        if watched is self.line and event.type() == QEvent.Type.FocusOut and not self.is_empty():
            self._is_left = True
            self._say()
        return False

    # --- Saying

    def _say(self) -> None:
        text, look = self._words()
        self.shown.setText(sided(text))
        styled(self.shown, look)
        self.shown.setVisible(bool(text))
        self.line.setAccessibleDescription(text)

    def _words(self) -> tuple[str, str]:
        found = self._found
        if self.is_empty() or found is None:
            return "", "secondary"
        if isinstance(found, Message):
            is_mistake = self._is_left or bool(found.fields)
            return say(found), "error" if is_mistake else "secondary"
        told = self._moment(found.at)
        warned = self.warning()
        if warned is None:
            return told, "body"
        return _("{moment}. {warning}", moment=told, warning=say(warned)), "warning"

    def _moment(self, moment: datetime) -> str:
        local = moment.astimezone(self._here)
        here = _day_and_time(local, self._now().astimezone(self._here))
        if not self._differs(moment):
            return here
        theirs = moment.astimezone(self._there)
        there = format_time(theirs)
        if theirs.date() != local.date():
            there = _("{day}, {time}", day=format_date(theirs.date(), "day"), time=there)
        return _("{here} ({there} where the customer is)", here=here, there=there)


def _this_moment() -> datetime:
    return datetime.now(UTC)


def _day_and_time(local: datetime, now: datetime) -> str:
    """Weekday, day and month with the time; the year where it is not near."""
    style: DateStyle = "day" if local - now < _NO_YEAR else "full"
    return _("{day}, {time}", day=format_date(local.date(), style), time=format_time(local))
