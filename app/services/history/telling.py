"""Values of a changed row as a person reads them: names, days, the words of codes, one line a part of a document."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.db.types import Document
from app.domain.history import FieldChange, Value
from app.domain.history.fields import CODES, field_name, is_told
from app.domain.words import Message
from app.models.audit import AuditLog
from app.services.history.names import Name, Names
from app.services.history.values import SECRET, referred, table_named, value_of
from app.services.tickets.custom_fields import names as own_fields

__all__ = ["Telling"]

_KEPT_APART = frozenset({"version", "search", "argon2", "settings", "telephony"})


class Telling:
    """Puts the values of one page of history into what is shown; the names were read before."""

    def __init__(self, session: Session, names: Names, *, is_sqlite: bool) -> None:
        self._session = session
        self._names = names
        self._is_sqlite = is_sqlite
        self._own: dict[int, str] | None = None

    def label(self, entry: AuditLog) -> Name:
        """Which row of its kind a change is about."""
        if entry.row_key is not None:
            return entry.row_key.rpartition("/")[2]
        if entry.row_id is None or not self._names.known(entry.table_name, entry.row_id):
            return ""
        return self._names.of(entry.table_name, entry.row_id)

    def field(self, table: str, column: str, old: Any, new: Any) -> Iterator[FieldChange]:
        """One column as one field, or as one for each of the company's own."""
        if column == "custom":
            yield from self._custom(old or {}, new or {})
            return
        name: str | Message = field_name(table, column) or column
        if SECRET in (old, new):
            yield FieldChange(name, None, None, is_secret=True)
            return
        yield FieldChange(name, self._value(table, column, old), self._value(table, column, new))

    def standing(self, table: str, row: Mapping[str, Any], under: str = "") -> Iterator[tuple[str | Message, Value]]:
        """The fields of a row that held something, with their values; `row` is as the columns are read.

        Of a row under a card of the table `under` it need not be said whose it is.
        """
        model = table_named(table)
        for column in model.c:
            value = row.get(column.name)
            if column.name in _KEPT_APART or not is_told(table, column.name) or value in (None, "", {}, []):
                continue
            if under and referred(model, column.name) == under:
                continue
            if column.name == "custom":
                yield from ((field.name, field.new) for field in self._custom({}, value))
            elif isinstance(value, str | int | Mapping | list) and not isinstance(value, bool):
                yield field_name(table, column.name) or column.name, self._value(table, column.name, value)
            else:
                shown = value.astimezone(self._names.zone) if isinstance(value, datetime) else value
                yield field_name(table, column.name) or column.name, shown

    def _custom(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FieldChange]:
        if self._own is None:
            self._own = own_fields(self._session)
        for key in dict.fromkeys([*old, *new]):
            if old.get(key) != new.get(key):
                name = self._own.get(int(key)) if key.isdigit() else None
                yield FieldChange(name or field_name("tickets", "custom") or key, old.get(key), new.get(key))

    def _value(self, table: str, column: str, raw: Any) -> Value:
        if raw is None:
            return None
        model = table_named(table)
        if (codes := CODES.get((table, column))) is not None:
            return codes.get(raw, str(raw))
        if column in model.c and (target := referred(model, column)) is not None:
            return self._names.of(target, raw)
        if column in model.c and isinstance(model.c[column].type, Document):
            return "\n".join(_lines(raw))
        value: Value = value_of(model, column, raw, is_sqlite=self._is_sqlite)
        return value.astimezone(self._names.zone) if isinstance(value, datetime) else value


def _lines(document: Any, above: str = "") -> Iterator[str]:
    """A document as lines "key: value", parts of parts with their way."""
    if isinstance(document, Mapping):
        for key, value in document.items():
            yield from _lines(value, f"{above} {key}".strip())
    elif isinstance(document, list) and any(isinstance(each, Mapping | list) for each in document):
        for number, value in enumerate(document, start=1):
            yield from _lines(value, f"{above} {number}".strip())
    else:
        shown = ", ".join(str(each) for each in document) if isinstance(document, list) else str(document)
        yield f"{above}: {shown}" if above else shown
