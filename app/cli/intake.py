"""`callboard intake`: take an enquiry in, as a web form sends it."""

import sys
from pathlib import Path

import click

from app.cli.options import backend_of, database_option, json_option, tell
from app.domain.errors import UserError
from app.domain.words import N_, message
from app.i18n import _
from app.services.tickets.form import LARGEST, read_form
from app.services.tickets.intake import accept


@click.command()
@click.argument("file", default="-")
@database_option
@json_option
def intake(file: str, database: str, *, as_json: bool) -> None:
    """Open a ticket from the JSON in FILE, or from the standard input.

    Fields: subject, description, name, email, phone, language, reference. The ticket goes to whoever the intake stage
    names; the same reference again opens nothing new.
    """
    enquiry = read_form(_read(file))
    with backend_of(database) as backend:
        taken = backend.execute(accept, enquiry)
    text = _("Ticket {number} is open.", number=taken.number)
    if not taken.is_new:
        text = _("Ticket {number} was there already.", number=taken.number)
    tell(taken, as_json=as_json, text=text)


def _read(file: str) -> str:
    """No more than can be right is read."""
    try:
        if file == "-":
            return sys.stdin.read(LARGEST + 1)
        with Path(file).open(encoding="utf-8") as source:
            return source.read(LARGEST + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(message(N_("The file {name} cannot be read."), name=file)) from error
