"""Subject and text of a template in each language, with its fields one click away and wrong ones named while typing."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QLineEdit, QTabBar, QTextEdit, QToolButton, QVBoxLayout, QWidget

from app.domain.errors import Refused
from app.domain.mail.rendering import LONGEST_SUBJECT, check
from app.domain.words import N_, Message
from app.i18n import LANGUAGES, current, say
from app.services.mail.rows import TemplateText
from ui.kit import theme
from ui.kit.translate import Texts
from ui.mail.letter import direct
from ui.widgets.chips import Flow
from ui.widgets.styled import secondary, styled

__all__ = ["TextsEditor"]


class TextsEditor(QWidget):
    """One text for each language. Signals: `changed()` when something is typed; `turned(code)` to another language."""

    changed = Signal()
    turned = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: dict[str, TemplateText] = {}
        self._fields: Mapping[str, Message] = {}
        self._chips: list[QToolButton] = []
        self._is_filling = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scale(8))
        self.languages = QTabBar()
        self.languages.setDrawBase(False)
        self.languages.setExpanding(False)
        self._codes = tuple(LANGUAGES)
        for code in self._codes:
            self.languages.addTab(LANGUAGES[code].name)
        column.addWidget(self.languages)
        self.subject = QLineEdit()
        self.subject.setMaxLength(LONGEST_SUBJECT)
        self.body = QTextEdit()
        self.body.setAcceptRichText(False)
        self.body.setTabChangesFocus(True)
        self.body.setMinimumHeight(theme.scale(150))
        self.wrong = styled(QLabel(), "error")
        self.wrong.setTextFormat(Qt.TextFormat.PlainText)
        self.wrong.setWordWrap(True)
        self.wrong.hide()
        self._last: QLineEdit | QTextEdit = self.body
        texts = Texts(self)
        texts.bind(self.subject.setAccessibleName, N_("Subject"))
        texts.bind(self.subject.setPlaceholderText, N_("Subject"))
        texts.bind(self.body.setAccessibleName, N_("Text"))
        texts.bind(self.languages.setAccessibleName, N_("Language"))
        texts.redo(self._name_chips)
        holder = QWidget()
        self._flow = Flow(holder, gap=theme.scale(4))
        policy = holder.sizePolicy()
        policy.setHeightForWidth(True)
        holder.setSizePolicy(policy)
        for widget in (
            self.subject,
            self.body,
            self.wrong,
            secondary(N_("A click puts the field into the text.")),
            holder,
        ):
            column.addWidget(widget)
        self.languages.currentChanged.connect(self._turn)
        self.subject.textChanged.connect(self._take)
        self.body.textChanged.connect(self._take)
        for editor in (self.subject, self.body):
            editor.installEventFilter(self)
        self.languages.setCurrentIndex(self._codes.index(current().code))
        self._turn()

    @property
    def language(self) -> str:
        """The language in front."""
        return self._codes[max(self.languages.currentIndex(), 0)]

    def value(self) -> dict[str, TemplateText]:
        """The texts by language; those with nothing in them are left out."""
        return {code: text for code, text in self._texts.items() if text.subject.strip() or text.body.strip()}

    def set_value(self, texts: Mapping[str, TemplateText]) -> None:
        """Show these texts."""
        self._texts = dict(texts)
        self._mark_tabs()
        self._turn()

    def set_fields(self, fields: Mapping[str, Message]) -> None:
        """The fields there are for this event, with what each stands for."""
        if list(fields) == list(self._fields):
            return
        self._fields = fields
        for old in self._chips:
            self._flow.removeWidget(old)
            old.deleteLater()
        self._chips = []
        for name in fields:
            chip = styled(QToolButton(), "segment")
            chip.setText("{" + name + "}")
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chip.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
            chip.clicked.connect(partial(self.insert, name))
            self._flow.addWidget(chip)
            self._chips.append(chip)
        self._name_chips()
        self._judge()

    def insert(self, name: str) -> None:
        """Put a field where the cursor was last, in the subject or in the text."""
        field = "{" + name + "}"
        here = self.focusWidget()
        if here is self.subject or here is self.body:
            self._last = self.subject if here is self.subject else self.body
        if isinstance(self._last, QLineEdit):
            self._last.insert(field)
        else:
            self._last.insertPlainText(field)
        self._last.setFocus(Qt.FocusReason.OtherFocusReason)

    def problem(self) -> Message | None:
        """What is wrong with the text in front, such as a field that does not exist."""
        return self._problem_of(self._texts.get(self.language, TemplateText()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Remember where the cursor was last."""
        if event.type() is QEvent.Type.FocusIn and isinstance(watched, QLineEdit | QTextEdit):
            self._last = watched
        return super().eventFilter(watched, event)

    def _problem_of(self, text: TemplateText) -> Message | None:
        for part in (text.subject, text.body):
            try:
                check(part, self._fields)
            except Refused as refusal:
                return refusal.what
        return None

    @Slot()
    def _turn(self) -> None:
        text = self._texts.get(self.language, TemplateText())
        is_rtl = LANGUAGES[self.language].is_rtl
        self._is_filling = True
        if self.subject.text() != text.subject:
            self.subject.setText(text.subject)
        if self.body.toPlainText() != text.body:
            self.body.setPlainText(text.body)
        self._is_filling = False
        side = Qt.LayoutDirection.RightToLeft if is_rtl else Qt.LayoutDirection.LeftToRight
        self.subject.setLayoutDirection(side)
        direct(self.body, is_rtl=is_rtl)
        self._judge()
        self.turned.emit(self.language)

    @Slot()
    def _take(self) -> None:
        if self._is_filling:
            return
        text = TemplateText(self.subject.text(), self.body.toPlainText())
        if text != self._texts.get(self.language, TemplateText()):
            self._texts[self.language] = text
            self._judge()
            self._mark_tabs()
            self.changed.emit()

    def _judge(self) -> None:
        problem = self.problem()
        self.wrong.setVisible(problem is not None)
        self.wrong.setText("" if problem is None else say(problem))

    def _mark_tabs(self) -> None:
        """A language with a text is marked, so that a missing one is seen."""
        for number, code in enumerate(self._codes):
            is_written = code in self.value()
            self.languages.setTabText(number, f"{LANGUAGES[code].name} ✓" if is_written else LANGUAGES[code].name)

    def _name_chips(self) -> None:
        for chip, meaning in zip(self._chips, self._fields.values(), strict=True):
            chip.setToolTip(say(meaning))
            chip.setAccessibleName(say(meaning))
        self._judge()
