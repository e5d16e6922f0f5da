"""From the cells of one row to what it says, whole or not at all: one value class and one reader for each kind.

In the values None means that no column says anything about it (an update leaves it as it is); an empty text or list
means that the cell was empty.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from app.domain.imports import values
from app.domain.imports.fields import Kind
from app.domain.imports.values import Unreadable
from app.domain.phones import Phone
from app.domain.words import N_, Message, message


@dataclass(frozen=True, slots=True)
class Customs:
    """How this company writes things: its time zone, and how a telephone cell is read."""

    zone: tzinfo
    read_phones: Callable[[str], tuple[Phone, ...]]


@dataclass(frozen=True, slots=True)
class CustomerValues:
    """What a row says of a customer."""

    external_key: str | None
    name: str | None
    phones: tuple[Phone, ...] | None
    email: str | None
    address: str | None
    site: str | None
    language: str | None
    notes: str | None


@dataclass(frozen=True, slots=True)
class TechnicianValues:
    """What a row says of a technician."""

    external_key: str | None
    name: str
    login: str | None
    phone: str | None
    email: str | None
    language: str | None
    role: str | None
    groups: tuple[str, ...] | None
    activity_types: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class CallValues:
    """What a row says of a call."""

    external_key: str | None
    customer_key: str | None
    type: str | None
    subtype: str | None
    subject: str | None
    description: str | None
    status: str | None
    priority: int | None
    site: str | None
    address: str | None
    channel: str | None
    created: datetime | None
    closed: datetime | None
    due: datetime | None
    activity_type: str | None
    minutes: int | None


RowValues = CustomerValues | TechnicianValues | CallValues
RowReader = Callable[[Sequence[str]], "RowValues | tuple[Message, ...]"]
"""Reads the cells of a row: its values, or every reason why not."""

_NO_SITE = frozenset({"unspecified", "n/a", "na", "none", "-", "unknown"})


def _site(cell: str) -> str:
    name = values.read_line(cell)
    return "" if name.casefold() in _NO_SITE else name


_READERS: Mapping[str, Callable[[str], object]] = {
    "external_key": values.read_key,
    "customer_key": values.read_key,
    "name": values.read_line,
    "login": values.read_line,
    "phone": values.read_line,
    "email": values.read_email,
    "language": values.read_language,
    "role": values.read_line,
    "groups": values.read_list,
    "activity_types": values.read_list,
    "address": values.read_line,
    "site": _site,
    "notes": values.read_text,
    "type": values.read_line,
    "subtype": values.read_line,
    "subject": values.read_line,
    "description": values.read_text,
    "status": values.read_line,
    "priority": values.read_priority,
    "channel": values.read_line,
    "activity_type": values.read_line,
    "minutes": values.read_minutes,
}

_CLASSES: Mapping[Kind, type[CustomerValues] | type[TechnicianValues] | type[CallValues]] = {
    Kind.CUSTOMERS: CustomerValues,
    Kind.TECHNICIANS: TechnicianValues,
    Kind.CALLS: CallValues,
}


def reader(kind: Kind, mapping: Mapping[int, str], customs: Customs) -> RowReader:
    """The reader of this file's rows; made once, used for each."""
    dates = dict.fromkeys(("created", "closed", "due"), lambda cell: values.read_instant(cell, customs.zone))
    readers = {**_READERS, **dates, "phones": customs.read_phones}
    made = _CLASSES[kind]
    names = [name for name in made.__dataclass_fields__ if name in set(mapping.values())]
    plan = [(name, readers[name], [column for column, field in mapping.items() if field == name]) for name in names]
    blank: dict[str, object] = dict.fromkeys(made.__dataclass_fields__)
    if kind is Kind.TECHNICIANS:
        blank["name"] = ""

    def read(cells: Sequence[str]) -> RowValues | tuple[Message, ...]:
        found = dict(blank)
        reasons: list[Message] = []
        for name, read_cell, columns in plan:
            if len(columns) == 1:
                cell = cells[columns[0]]
            else:
                cell = ", ".join(filter(None, (cells[column].strip() for column in columns)))
            try:
                found[name] = read_cell(cell)
            except Unreadable as error:
                reasons.append(error.why)
        if not reasons:
            reasons.extend(_missing(kind, found))
        return tuple(reasons) if reasons else made(**found)  # type: ignore[arg-type]

    return read


def _missing(kind: Kind, found: Mapping[str, object]) -> list[Message]:
    if kind is Kind.CUSTOMERS and not (found["name"] or found["phones"]):
        return [message(N_("A customer needs a name or a phone."))]
    if kind is Kind.TECHNICIANS and not (found["name"] or found["login"]):
        return [message(N_("A technician needs a name."))]
    if kind is Kind.CALLS and not (found["type"] or found["subject"] or found["description"]):
        return [message(N_("A call needs a type, a subject or a description."))]
    return []
