"""What can be imported, kind by kind and field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.domain.words import N_


class Kind(StrEnum):
    """What the rows of a file are."""

    TECHNICIANS = "technicians"
    CUSTOMERS = "customers"
    CALLS = "calls"


KIND_LABELS: Mapping[Kind, str] = MappingProxyType(
    {Kind.TECHNICIANS: N_("Technicians"), Kind.CUSTOMERS: N_("Customers"), Kind.CALLS: N_("Calls to plan")}
)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a row can say: its name in code and its label; `many` takes several columns."""

    name: str
    label: str
    many: bool = False


FIELDS: Mapping[Kind, tuple[Field, ...]] = MappingProxyType(
    {
        Kind.TECHNICIANS: (
            Field("external_key", N_("Key")),
            Field("name", N_("Name")),
            Field("login", N_("Log-in name")),
            Field("phone", N_("Phone")),
            Field("email", N_("E-mail")),
            Field("language", N_("Language")),
            Field("role", N_("Role")),
            Field("groups", N_("Groups"), many=True),
            Field("activity_types", N_("Activity types"), many=True),
        ),
        Kind.CUSTOMERS: (
            Field("external_key", N_("Key")),
            Field("name", N_("Name")),
            Field("phones", N_("Phones"), many=True),
            Field("email", N_("E-mail")),
            Field("address", N_("Address"), many=True),
            Field("site", N_("Site")),
            Field("language", N_("Language")),
            Field("notes", N_("Notes")),
        ),
        Kind.CALLS: (
            Field("external_key", N_("Key")),
            Field("customer_key", N_("Customer key")),
            Field("type", N_("Type")),
            Field("subtype", N_("Sub-type")),
            Field("subject", N_("Subject")),
            Field("description", N_("Description")),
            Field("status", N_("State")),
            Field("priority", N_("Priority")),
            Field("site", N_("Site")),
            Field("address", N_("Address"), many=True),
            Field("channel", N_("Channel")),
            Field("created", N_("Opened")),
            Field("closed", N_("Closed")),
            Field("due", N_("Due")),
            Field("activity_type", N_("Activity type")),
            Field("minutes", N_("Expected minutes")),
        ),
    }
)

KEYS: Mapping[Kind, frozenset[str]] = MappingProxyType(
    {
        Kind.TECHNICIANS: frozenset({"name", "login"}),
        Kind.CUSTOMERS: frozenset({"name", "phones"}),
        Kind.CALLS: frozenset({"type", "subject", "description"}),
    }
)
"""Of each kind, at least one of these must have a column: a row without any of them says nothing."""


def fields_of(kind: Kind) -> Mapping[str, Field]:
    """The fields of a kind by name, in the order they are shown."""
    return {field.name: field for field in FIELDS[kind]}
