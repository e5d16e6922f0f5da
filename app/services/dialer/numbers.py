"""Numbers as people type or send them, read for lists that know people by number only."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.adapters.phones import read_phone
from app.domain.errors import Refused, UserError
from app.domain.imports.columns import header_words
from app.domain.words import N_, Message, message
from app.models.company import Company
from app.services.imports.report import RefusedRows
from app.services.imports.sheets import Sheet

NUMBER_HEADERS = """
    number | phone | phone number | telephone | telephone number | tel | mobile | cell | msisdn | e164 | person |
    numero | numero di telefono | telefono | cellulare | numerazione | utenza |
    מספר | טלפון | מספר טלפון | נייד | טלפון נייד | סלולרי
"""
_NOT_A_NUMBER = N_("“{number}” is not a telephone number that can be called.")


@dataclass(frozen=True, slots=True)
class FileReport:
    """How many rows of a file of numbers were read, and what became of them; `known` were there already."""

    read: int
    added: int
    known: int
    refused: int
    listed: int = 0


def read_number(raw: str, country: str | None) -> str:
    """A number in any form people type, as E.164; what cannot be read is refused with the reason."""
    found = number_of(raw, country)
    if isinstance(found, Message):
        raise Refused("NUMBER", found, message(N_("Nothing was saved.")))
    return found


def number_of(raw: str, country: str | None) -> str | Message:
    """The number as E.164, or why it is none."""
    typed = " ".join(raw.split())
    if not typed:
        return message(N_("There is no number."))
    person = read_phone(typed, country or None).e164
    return person or message(_NOT_A_NUMBER, number=typed[:40])


def home_country(session: Session) -> str | None:
    """The company's country, whose numbers are typed without a code."""
    return session.scalar(select(Company.country))


def column_named(headers: tuple[str, ...], words: str) -> int | None:
    """The first column with one of these headers, parted by bars."""
    known = [header_words(word) for word in words.split("|")]
    places = {header_words(header): place for place, header in reversed(list(enumerate(headers)))}
    return next((places[word] for word in known if word in places), None)


def number_column(sheet: Sheet) -> int | None:
    """The column of numbers, by its name."""
    return column_named(sheet.headers, NUMBER_HEADERS)


def check_columns(sheet: Sheet, *columns: int) -> None:
    """Refuse columns the file does not have."""
    if any(not 0 <= column < len(sheet.headers) for column in columns):
        raise no_numbers()


def no_numbers() -> UserError:
    """The file has no column of numbers."""
    return UserError(
        message(N_("No column of this file has telephone numbers.")),
        message(N_("Nothing was imported. Say which column they are in.")),
    )


def numbers_of(
    sheet: Sheet, column: int, country: str | None, aside: RefusedRows
) -> Iterator[tuple[int, list[str], str | None]]:
    """Every row of the file with its number; None where there is none, and the row set aside with its reason."""
    for line, cells in sheet.rows():
        found = number_of(cells[column], country)
        if isinstance(found, Message):
            aside.add(line, [found], cells)
            yield line, cells, None
        else:
            yield line, cells, found


def refuse_same_file(sheet: Sheet, refused: Path | None) -> None:
    """The refused rows go into another file."""
    if refused is not None and refused.exists() and refused.samefile(sheet.path):
        raise UserError(
            message(N_("The refused rows cannot replace the file they come from.")),
            message(N_("Nothing was imported.")),
        )


def nothing_read(report: FileReport) -> None:
    """A file of which not one row could be read is refused whole: it is another file than was meant."""
    if report.read and report.refused == report.read:
        raise UserError(
            message(N_("Not one row of this file has a number that can be read.")),
            message(N_("Nothing was imported. Look whether it is the right file and column.")),
        )
