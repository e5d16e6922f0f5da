"""Filters of the dial desk: which customers a campaign, or an agent in it, calls at all.

A filter names any of `statuses` (ids; 0 is none yet), `sites` (ids; 0 is none), `languages`, `added_from` and
`added_to` (days, ISO, UTC); what it does not name is not limited. PostgreSQL's function `passes` says the same.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any


def passes(
    filters: Mapping[str, Any], status_id: int | None, site_id: int | None, language: str | None, added_at: datetime
) -> bool:
    """Whether a customer meets every limit."""
    day = added_at.astimezone(UTC).date()
    return (
        ("statuses" not in filters or (status_id or 0) in filters["statuses"])
        and ("sites" not in filters or (site_id or 0) in filters["sites"])
        and ("languages" not in filters or (language or "") in filters["languages"])
        and ("added_from" not in filters or day >= date.fromisoformat(filters["added_from"]))
        and ("added_to" not in filters or day <= date.fromisoformat(filters["added_to"]))
    )
