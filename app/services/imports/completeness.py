"""The mandatory fields of states, looked at before rows of an import are written, so that a refusal names them all.

The database refuses such a row by itself; on SQLite it can name one field only, and none of the company's own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.tickets.complete import CUSTOM, missing_fields
from app.domain.tickets.fields import FIELDS, missing
from app.models.tickets import StatusField, Ticket
from app.services.tickets.custom_fields import kinds, names

Row = Mapping[str, Any]
_READ = tuple(getattr(Ticket, name) for name in ("id", "merged_into_id", CUSTOM, *FIELDS))


class Completeness:
    """Knows what each state asks for; where no state asks for anything it costs nothing."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._needs: dict[int, list[str]] = {}
        for status_id, field in session.execute(
            select(StatusField.status_id, StatusField.field).order_by(StatusField.id)
        ):
            self._needs.setdefault(status_id, []).append(field)
        self._kinds = kinds(session) if self._needs else {}

    def check(self, added: Sequence[Row], changed: Sequence[Row]) -> None:
        """Refuse when one of these tickets lacks a field its state needs, naming every such field.

        What was empty before in the same state is left: the state asked for it later.
        """
        if not self._needs:
            return
        for row in added:
            self._refuse(self._missing(row))
        asked = [row["id"] for row in changed if row["status_id"] in self._needs]
        known = self._session.execute(select(*_READ).where(Ticket.id.in_(asked))).mappings() if asked else ()
        before = {row["id"]: dict(row) for row in known}
        for row in changed:
            was = before.get(row["id"])
            if was is None or was["merged_into_id"] is not None:
                continue
            is_same_state = was["status_id"] == row["status_id"]
            left = set(self._missing(was)) if is_same_state else set()
            self._refuse([code for code in self._missing(was | dict(row)) if code not in left])

    def _missing(self, row: Row) -> tuple[str, ...]:
        return missing_fields(row, self._needs.get(row["status_id"], ()), self._kinds)

    def _refuse(self, codes: Sequence[str]) -> None:
        if codes:
            raise missing(codes, names(self._session))
