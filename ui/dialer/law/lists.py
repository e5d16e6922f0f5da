"""Wishes, consents, register rules and register answers as Qt models."""

from datetime import tzinfo
from typing import Any

from PySide6.QtCore import Qt

from app.domain.words import N_
from app.i18n import _, _n, format_date, format_number
from app.services.dialer.consents import ConsentRow
from app.services.dialer.registers import BatchRow, RuleRow
from app.services.dialer.wishes import WishRow
from ui.kit import theme
from ui.kit.bidi import isolate
from ui.kit.hints import hint
from ui.widgets.paged import PagedModel

__all__ = ["Answers", "Consents", "Rules", "Wishes"]

_SOURCES = {
    "call": N_("Said in a call"),
    "by_hand": N_("By hand"),
    "file": N_("From a file"),
    "customer": N_("From the customer’s card"),
}


class _Dated(PagedModel):
    """Rows with days in them, in the company's zone; `is_over` rows are quiet."""

    zone: tzinfo | None = None

    def day(self, moment: Any) -> str:
        """The day of a moment."""
        return "" if moment is None else format_date(moment.astimezone(self.zone).date(), "short")

    def texts(self, row: Any) -> tuple[str, ...]:
        """The cells of a row."""
        raise NotImplementedError

    def is_over(self, row: Any) -> bool:
        """Whether the row holds no more."""
        return False

    def place(self, row: Any) -> Any:
        """The newest first."""
        return -row.id

    def cell(self, row: Any, column: int, role: int) -> Any:
        """What a cell shows."""
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme.tokens().color("muted") if self.is_over(row) else None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        texts = self.texts(row)
        text = texts[column] if 0 <= column < len(texts) else ""
        return isolate(text) if role == Qt.ItemDataRole.DisplayRole else hint(text)


class Wishes(_Dated):
    """Who does not want to be called."""

    headers = (N_("Number"), N_("Customer"), N_("Where"), N_("How"), N_("Since"), N_("By"), N_("Lifted"), N_("Reason"))

    def is_over(self, row: WishRow) -> bool:
        """A lifted wish stays on record."""
        return row.lifted_at is not None

    def texts(self, row: WishRow) -> tuple[str, ...]:
        """The cells of a wish."""
        where = row.campaign if row.campaign is not None else _("Everywhere")
        how = _(_SOURCES.get(row.source, row.source))
        lifted = " ".join(filter(None, (self.day(row.lifted_at), row.lifted_by)))
        reason = row.lifted_reason or row.reason
        return (row.person, row.customer or "", where, how, self.day(row.at), row.by or "", lifted, reason)


class Consents(_Dated):
    """Who agreed to be called."""

    headers = (N_("Number"), N_("Customer"), N_("How"), N_("Given"), N_("Until"), N_("Withdrawn"), N_("By"))

    def is_over(self, row: ConsentRow) -> bool:
        """A withdrawn consent stays on record."""
        return row.withdrawn_at is not None

    def texts(self, row: ConsentRow) -> tuple[str, ...]:
        """The cells of a consent."""
        days = (self.day(row.given_at), self.day(row.expires_at), self.day(row.withdrawn_at))
        return (row.person, row.customer or "", row.source, *days, row.by or "")


class Answers(_Dated):
    """The answers of registers that were read in."""

    headers = (N_("Country"), N_("File"), N_("Asked on"), N_("Read on"), N_("Numbers"), N_("Listed"), N_("By"))

    def texts(self, row: BatchRow) -> tuple[str, ...]:
        """The cells of an answer."""
        counts = (format_number(row.count), format_number(row.listed))
        return (row.country, row.name, self.day(row.checked_at), self.day(row.read_at), *counts, row.by or "")


class Rules(_Dated):
    """The registers of countries."""

    headers = (N_("Country"), N_("Numbers begin with"), N_("Holds for"), N_("Numbers in pools"), N_("To be asked"))

    def row_of(self, row_id: int) -> int | None:
        """A register is known by its country."""
        return None

    def place(self, row: RuleRow) -> str:
        """By country."""
        return row.country

    def texts(self, row: RuleRow) -> tuple[str, ...]:
        """The cells of a rule."""
        days = _n("{count} day", "{count} days", row.days)
        return (row.country, row.prefix, days, format_number(row.numbers), format_number(row.too_old))
