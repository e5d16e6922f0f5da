"""Mail: what is to be sent and was, what came in, and the texts that are written by themselves."""

from PySide6.QtWidgets import QWidget

from app.domain.people import Permission
from app.domain.words import N_
from ui.kit.commands import Command
from ui.kit.screen import Desk, Door, Screen

__all__ = ["OPEN", "SCREEN", "TEMPLATES"]

OPEN = Command("mail.open", N_("Open the mail"), "mail", in_palette=False)
TEMPLATES = Command("mail.templates", N_("Mail templates"), "mail")


def _make(desk: Desk) -> QWidget:
    from ui.mail.screen import MailScreen

    return MailScreen(desk)


SCREEN = Screen(
    "mail",
    N_("Mail"),
    "mail",
    _make,
    needs=Permission.WORK_TASKS,
    doors=(Door(OPEN, "open_mail"), Door(TEMPLATES, "open_templates", Permission.ADMINISTER)),
)
"""Mail's entry in the navigation; `mail.open` takes the id of a mail in the outbox."""
