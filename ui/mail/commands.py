"""What can be done on the mail screen, besides opening a mail or the templates, which work from everywhere."""

from app.domain.words import N_
from ui.kit.commands import Command

__all__ = ["NEW", "RESEND", "SAVE", "SEND_NOW", "TAKE_BACK"]

_SCREEN = "mail"

RESEND = Command("mail.resend", N_("Send again"), "undo", "Ctrl+R", _SCREEN)
SEND_NOW = Command("mail.send_now", N_("Send now"), "mail-out", "Ctrl+Return", _SCREEN)
TAKE_BACK = Command("mail.take_back", N_("Take back"), "cancel", "Ctrl+Backspace", _SCREEN)
SAVE = Command("mail.save", N_("Save"), "save", "Ctrl+S", _SCREEN)
NEW = Command("mail.new_template", N_("New template"), "new", "Ctrl+Shift+N", _SCREEN)
