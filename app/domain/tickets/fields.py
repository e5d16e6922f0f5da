"""The fields of a ticket's card: what they are called, which of them a state can make mandatory."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from app.domain.errors import Refused
from app.domain.words import N_, Message, counted, enumeration, message

FIELDS: Mapping[str, Message] = MappingProxyType(
    {
        "subject": message(N_("Subject")),
        "customer_id": message(N_("Customer")),
        "type_id": message(N_("Type")),
        "subtype_id": message(N_("Sub-type")),
        "subtype2_id": message(N_("Sub-type, level 2")),
        "status_id": message(N_("State")),
        "priority": message(N_("Priority")),
        "responsible_id": message(N_("Responsible")),
        "handler_id": message(N_("Handler")),
        "due_at": message(N_("Due")),
        "site_id": message(N_("Site")),
        "address": message(N_("Address")),
        "product_group_id": message(N_("Product group")),
        "product_id": message(N_("Product")),
        "project_id": message(N_("Project")),
        "subproject_id": message(N_("Sub-project")),
        "description": message(N_("Description")),
    }
)
"""The built-in fields by column, in the order in which a card shows them."""

OPTIONAL = frozenset({"subtype2_id", "product_group_id", "product_id", "project_id", "subproject_id"})
"""Fields that are on a card only where the administrator attached them."""

ALWAYS = ("subject", "status_id")
"""Fields no layout can leave out."""

NEVER_EMPTY = frozenset({"status_id", "priority"})
"""Fields that always have a value, so that no state has to ask for them."""

_CUSTOM = "custom."
_SPELLED = "="


def custom_code(field_id: int) -> str:
    """The code of a field of the company's own, such as "custom.12"."""
    return f"{_CUSTOM}{field_id}"


def custom_id(code: str) -> int | None:
    """The key of the company's own field behind a code; None for a built-in field."""
    digits = code.removeprefix(_CUSTOM)
    return int(digits) if digits != code and digits.isdigit() else None


def field_name(code: str, own: Mapping[int, str] | None = None) -> str | Message:
    """What a field is called; `own` are the names of the company's own fields by key."""
    if code.startswith(_SPELLED):
        return code.removeprefix(_SPELLED)
    key = custom_id(code)
    if key is not None or code == "custom":
        return (own or {}).get(key or 0) or message(N_("a field of your own"))
    return FIELDS.get(code, code)


def shown_fields(layout: Iterable[str] | None, required: Iterable[str] = ()) -> tuple[str, ...]:
    """The codes of the fields a card shows, in order: those of its layout and those its state makes mandatory.

    Without a layout it shows the built-in fields that are not optional.
    """
    codes = [code for code in FIELDS if code not in OPTIONAL] if layout is None else list(dict.fromkeys(layout))
    codes = [code for code in codes if code in FIELDS or custom_id(code) is not None]
    codes = [code for code in ALWAYS if code not in codes] + codes
    for code in dict.fromkeys(required):
        if code not in codes:
            codes.insert(_place(code, codes), code)
    return tuple(codes)


def _place(code: str, codes: Sequence[str]) -> int:
    """Before the first field that a card would usually show after it; one of the company's own before the last text."""
    order = list(FIELDS)
    rank = order.index(code) if code in FIELDS else len(order) - 1
    later = (place for place, other in enumerate(codes) if other in FIELDS and order.index(other) >= rank)
    return next(later, len(codes))


def missing(codes: Iterable[str], own: Mapping[int, str] | None = None) -> Refused:
    """The refusal of a state whose mandatory fields are empty; it names every one of them."""
    names = [field_name(code, own) for code in codes]
    return Refused(
        "MISSING",
        counted(
            "This state needs a field that is empty: {fields}.",
            "This state needs {count} fields that are empty: {fields}.",
            len(names),
            fields=enumeration(names),
        ),
        message(N_("The ticket stays as it was. Fill them in, then set the state again.")),
    )
