"""Which rows of the log are the history of a card: its own, and those of what hangs under it."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Select, select, union

from app.models.audit import AuditLog
from app.services.history.values import table_named

__all__ = ["CARDS", "history_of"]

CARDS = (
    "tickets", "customers", "tasks", "visits", "users", "groups", "roles", "processes", "campaigns", "company",
    "activity_types", "activity_states", "ticket_types", "ticket_statuses", "custom_fields", "layouts", "note_kinds",
    "numerators", "products", "product_groups", "projects", "profiles", "practices", "sites", "mail_templates",
    "mail_accounts", "mailing_lists", "pause_reasons", "routing_rules", "dial_rules", "pools", "call_forms",
    "call_statuses", "stages",
)  # fmt: skip
"""What has a history of its own to be opened."""

_Ids = Select[int]


def history_of(table: str, row_id: int) -> Select[int]:
    """The keys of the log's rows that tell the history of this card."""
    own = _rows(AuditLog.table_name == table, AuditLog.row_id == row_id)
    parts = [own, *_PARTS.get(table, _hanging)(table, row_id)]
    found = union(*parts).subquery()
    return select(found.c.id)


def _rows(*where: Any) -> _Ids:
    return select(AuditLog.id).where(*where)


def _hanging(table: str, row_id: int) -> list[_Ids]:
    return [_rows(AuditLog.of_table == table, AuditLog.of_id == row_id)]


def _referring(table: str, column: str, row_id: Any) -> _Ids:
    """Rows of another table that point at the card, as they do now."""
    model = table_named(table)
    pointing = select(model.c.id).where(
        model.c[column].in_(row_id) if isinstance(row_id, Select) else model.c[column] == row_id
    )
    return _rows(AuditLog.table_name == table, AuditLog.row_id.in_(pointing))


def _under(table: str, ids: Any) -> _Ids:
    return _rows(AuditLog.of_table == table, AuditLog.of_id.in_(ids))


def _ids(table: str, column: str, row_id: int) -> Any:
    model = table_named(table)
    return select(model.c.id).where(model.c[column] == row_id)


def _of_ticket(table: str, row_id: int) -> list[_Ids]:
    tasks = _ids("tasks", "ticket_id", row_id)
    return [
        *_hanging(table, row_id),
        _rows(AuditLog.table_name == "tasks", AuditLog.row_id.in_(tasks)),
        _under("tasks", tasks),
        _referring("hours_entries", "ticket_id", row_id),
        _referring("reminders", "ticket_id", row_id),
    ]


def _of_task(table: str, row_id: int) -> list[_Ids]:
    return [
        *_hanging(table, row_id),
        *(_referring(each, "task_id", row_id) for each in ("notes", "files", "hours_entries", "reminders")),
    ]


def _of_customer(table: str, row_id: int) -> list[_Ids]:
    """His phones, profiles, wishes and notes; tickets and tasks have histories of their own."""
    parts = ("customer_phones", "customer_profiles", "do_not_call", "consents", "notes", "files")
    hanging = (AuditLog.of_table == table, AuditLog.of_id == row_id)
    return [_rows(*hanging, AuditLog.table_name.in_(parts)), _referring("reminders", "customer_id", row_id)]


def _of_user(table: str, row_id: int) -> list[_Ids]:
    """What makes him who he is; his diary is no part of his card."""
    return [
        _rows(AuditLog.of_table == table, AuditLog.of_id == row_id, AuditLog.area == "settings"),
        _referring("group_members", "user_id", row_id),
    ]


def _of_process(table: str, row_id: int) -> list[_Ids]:
    return [*_hanging(table, row_id), _under("stages", _ids("stages", "process_id", row_id))]


def _of_campaign(table: str, row_id: int) -> list[_Ids]:
    return [*_hanging(table, row_id), _under("pools", _ids("pools", "campaign_id", row_id))]


def _of_type(table: str, row_id: int) -> list[_Ids]:
    return [*_hanging(table, row_id), _under("ticket_subtypes", _ids("ticket_subtypes", "type_id", row_id))]


_PARTS: Mapping[str, Callable[[str, int], list[_Ids]]] = {
    "tickets": _of_ticket,
    "tasks": _of_task,
    "customers": _of_customer,
    "users": _of_user,
    "processes": _of_process,
    "campaigns": _of_campaign,
    "ticket_types": _of_type,
}
