"""Which mandatory fields of a ticket or task are empty: the rule the database keeps, said before it has to refuse."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.tickets.fields import FIELDS, custom_id

CUSTOM = "custom"
"""Where a row keeps the values of the company's own fields, by the text of their keys."""


def missing_fields(values: Mapping[str, Any], required: Iterable[str], kinds: Mapping[int, str]) -> tuple[str, ...]:
    """The required codes whose field is empty, in the order they are asked.

    `values` are the columns of the row, its own fields under `custom`; `kinds` are the kinds of the company's own
    fields by key. A code of a field that does not exist is not asked.
    """
    return tuple(code for code in required if _is_known(code, kinds) and _is_empty(values, code, kinds))


def _is_known(code: str, kinds: Mapping[int, str]) -> bool:
    key = custom_id(code)
    return code in FIELDS if key is None else key in kinds


def _is_empty(values: Mapping[str, Any], code: str, kinds: Mapping[int, str]) -> bool:
    key = custom_id(code)
    if key is None:
        return _is_blank(values.get(code))
    value = (values.get(CUSTOM) or {}).get(str(key))
    return value is not True if kinds[key] == "check" else _is_blank(value)


def _is_blank(value: object) -> bool:
    """Nothing, or nothing but spaces; tabs and line ends count as something, as they do in the database."""
    return value is None or (isinstance(value, str) and not value.strip(" "))
