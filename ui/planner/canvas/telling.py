"""The board in words: tooltips, and what a screen reader is told."""

from datetime import tzinfo
from typing import TYPE_CHECKING

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from app.i18n import N_, _, format_date, format_time
from ui.kit.translate import Texts
from ui.planner.canvas.rows import VisitBar, instant
from ui.planner.canvas.scene import Cursor

if TYPE_CHECKING:
    from ui.planner.canvas.board import Board


def describe(bar: VisitBar, technician: str, zone: tzinfo) -> str:
    """Customer, type, technician and time of a visit, one a line."""
    start, end = format_time(bar.start, zone), format_time(bar.end, zone)
    when = f"{format_date(bar.start.astimezone(zone).date(), 'day')}  {start}–{end}"
    lines = [bar.title, bar.subtitle, technician, when]
    if bar.is_conflicting:
        lines.append(_("Stands outside the technician's presence"))
    return "\n".join(line for line in lines if line)


def plain(text: str) -> str:
    """Text for a tooltip, which would take what looks like markup for markup."""
    from html import escape  # brings in every named character there is

    return "<div style='white-space:pre'>" + escape(text).replace("\n", "<br>") + "</div>"


def introduce(board: "Board") -> None:
    """Give the board its name and say how it is walked."""
    texts = Texts(board)
    texts.bind(board.setAccessibleName, N_("Planner"))
    texts.bind(
        board.setAccessibleDescription,
        N_("Arrow keys walk over visits and free time, Enter opens, Delete takes a visit off the plan"),
    )


def cursor_text(board: "Board", cursor: Cursor | None) -> str:
    """What the keyboard stands on, in one sentence."""
    row = board.model.row_at(cursor.line) if cursor else None
    if cursor is None or row is None:
        return ""
    bar = board.model.bar(cursor.visit_id) if cursor.visit_id is not None else None
    if bar is not None:
        return board.describe(bar).replace("\n", ", ")
    zone = board.scene.zone
    start, end = instant(cursor.start), instant(cursor.end)
    return _(
        "{technician}: free {start}–{end}",
        technician=row.name,
        start=format_time(start, zone),
        end=format_time(end, zone),
    )


def say_cursor(board: "Board") -> None:
    """Tell a screen reader where the keyboard is."""
    announce(board, cursor_text(board, board.scene.cursor))


def announce(board: "Board", text: str) -> None:
    """Speak a sentence, where somebody listens."""
    if text and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(board, text))
