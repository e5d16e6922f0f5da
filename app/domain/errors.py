"""What can go wrong for a person: each error carries what happened and what to do, as catalogue sentences."""

from collections.abc import Mapping

from app.domain.words import N_, Message, message


class UserError(Exception):
    """A failure told in words and without a trace: what happened and became of the work, then what to do."""

    def __init__(self, what: Message, hint: Message | None = None) -> None:
        super().__init__(what.text.format(**what.fields) if what.plural is None else what.text)
        self.what = what
        self.hint = hint


class Refused(UserError):
    """A rule said no; `code` is stable (for example OVERLAP) and `fields` of the message hold the facts."""

    def __init__(self, code: str, what: Message, hint: Message | None = None) -> None:
        super().__init__(what, hint)
        self.code = code


class Incomplete(UserError):
    """Fields of a form are missing or wrong; `problems` says which and why."""

    def __init__(self, problems: Mapping[str, Message]) -> None:
        super().__init__(next(iter(problems.values())), message(N_("Nothing was saved. Fill in the marked fields.")))
        self.problems = problems


class Conflict(UserError):
    """Somebody else changed the same row first; nothing of ours was written."""


class NotFound(UserError):
    """The row asked for is not there, or no longer."""


class DatabaseUnavailable(UserError):
    """The database does not answer; what was typed is kept."""


class LogInRefused(DatabaseUnavailable):
    """The server lets this log-in in no longer; what was typed is kept."""


class OutcomeUnknown(DatabaseUnavailable):
    """The line was lost while a change was being saved: it may be saved or not, and will be looked up."""


class ReadOnlyServer(DatabaseUnavailable):
    """The server answers and takes no changes; what is loaded and typed stays."""


class NoRoom(DatabaseUnavailable):
    """The server has no room for changes or people: no use in trying again at once."""


class SchemaMismatch(UserError):
    """The database is newer or older than this program."""
