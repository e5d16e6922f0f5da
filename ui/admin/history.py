"""Of which table the rows of a section are, where the section is called otherwise."""

from typing import Any

from ui.admin.section import Section

__all__ = ["card_of"]

_TABLES = {
    "hand_over": "routing_rules",
    "mailboxes": "mail_accounts",
    "own_fields": "custom_fields",
    "telephony": "dial_rules",
    "ticket_states": "ticket_statuses",
}


def card_of(section: Section[Any], row: Any) -> tuple[str, int, str]:
    """What the history of a row is asked by: its table, its id, and what it is called."""
    row_id = 1 if section.is_single else section.identify(row)
    return _TABLES.get(section.key, section.key), row_id, section.title(row)
