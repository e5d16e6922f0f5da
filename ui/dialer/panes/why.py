"""The answer to "Why this one?": the rule by which the customer came, the pool, and what put him first there."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.dialer import reasons
from app.domain.words import N_
from app.i18n import say
from ui.dialer.panes.words import said_at
from ui.kit import theme
from ui.kit.bidi import sided
from ui.kit.translate import Texts
from ui.widgets.styled import heading, plain, push_button

__all__ = ["WhyThisOne"]


class WhyThisOne(QDialog):
    """Shows a stored reason; its moments are in `zone`. Escape closes it."""

    def __init__(self, rule: str, reason: Mapping[str, Any], zone: tzinfo | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._rule, self._reason, self._zone = rule, reason, zone
        self.setMinimumWidth(theme.scale(420))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[theme.scale(16)] * 4)
        outer.setSpacing(theme.scale(12))
        self.rule = heading()
        self.rule.setWordWrap(True)
        self.sentences = plain()
        self.sentences.setWordWrap(True)
        self.sentences.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for label in (self.rule, self.sentences):
            outer.addWidget(label)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        self.close_button = push_button(N_("Close"))
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        buttons.addWidget(self.close_button)
        outer.addStretch(1)
        outer.addLayout(buttons)
        texts = Texts(self)
        texts.bind(self.setWindowTitle, N_("Why this one?"))
        texts.redo(self._fill, key="fill")

    def _fill(self) -> None:
        self.rule.setText(sided(say(reasons.short(self._rule, self._reason))))
        told = [sided(said_at(each, self._zone)) for each in reasons.tell(self._rule, self._reason)]
        self.sentences.setText("\n".join(told))
        self.setAccessibleDescription("\n".join(told))
