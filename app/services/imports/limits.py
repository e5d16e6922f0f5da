"""What an import file may be at most, and the words for a file that is not one."""

from app.domain.errors import UserError
from app.domain.words import N_, Message, message

MOST_COLUMNS = 200
LONGEST_CELL = 32_767
"""What a spreadsheet itself can hold in a cell."""
MOST_UNPACKED = 1 << 30
MOST_RATIO = 200
RATIO_COUNTS_FROM = 16 << 20

_NOTHING = N_("Nothing was imported.")


def refuse(what: Message, hint: Message | None = None) -> UserError:
    """The error for a file that cannot be read; the database is as it was."""
    return UserError(what, hint or message(_NOTHING))


def not_a_table() -> UserError:
    """The file is something else (a picture, a document, a program)."""
    return refuse(
        message(N_("This file is not a table.")),
        message(N_("Nothing was imported. Save the table as CSV or XLSX and choose that file.")),
    )


def empty() -> UserError:
    """There is no row in the file."""
    return refuse(message(N_("This file is empty.")))


def damaged() -> UserError:
    """The workbook cannot be read to its end."""
    return refuse(
        message(N_("This workbook is damaged.")),
        message(N_("Nothing was imported. Open it in the spreadsheet program, save it again and choose that file.")),
    )


def too_big() -> UserError:
    """The workbook unpacks to more than an honest one would."""
    return refuse(message(N_("This workbook is far larger inside than outside and was not opened.")))


def check_headers(headers: tuple[str, ...]) -> None:
    """Refuse a header row that names too much, the same twice, or nothing."""
    if len(headers) > MOST_COLUMNS:
        raise refuse(
            message(
                N_("This file has {count} columns; at most {limit} are read."), count=len(headers), limit=MOST_COLUMNS
            )
        )
    named = [header for header in headers if header]
    if not named:
        raise refuse(message(N_("The first row of this file does not name the columns.")))
    for header in named:
        if named.count(header) > 1:
            raise refuse(
                message(N_("Two columns are both called “{name}”."), name=header[:60]),
                message(N_("Nothing was imported. Rename one of them in the file.")),
            )


def has_nul() -> UserError:
    """The file has characters that no text has and no database takes."""
    return refuse(
        message(N_("This file has NUL characters in it, so it is not a text.")),
        message(N_("Nothing was imported. Save the table as CSV or XLSX and choose that file.")),
    )


def long_cell(line: int) -> UserError:
    """A row has a cell no spreadsheet could hold."""
    return refuse(message(N_("Line {line} has a cell of more than {limit} characters."), line=line, limit=LONGEST_CELL))


def check_cells(line: int, cells: list[str]) -> None:
    """Refuse the file for a cell that cannot be stored as it is."""
    if "\0" in "".join(cells):
        raise has_nul()
    if cells and max(map(len, cells)) > LONGEST_CELL:
        raise long_cell(line)
