"""Rows that an import names by name or key: found in any spelling of case and accents, made when there are none."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.text import fold
from app.models.base import Base


class Names:
    """The ids of one small table by folded name, else by external key, within `scope` (for sub-types: their type)."""

    def __init__(self, session: Session, model: Any, scope: Mapping[str, int] | None = None) -> None:
        self._session = session
        self._model: type[Base] = model
        self._scope = dict(scope or {})
        self._ids: dict[str, int] = {}
        asked = select(model.id, model.name).where(
            *(getattr(model, key) == value for key, value in self._scope.items())
        )
        for row_id, name in session.execute(asked.order_by(model.id)):
            if name:
                self._ids.setdefault(fold(name), row_id)
        if hasattr(model, "external_key"):
            for row_id, key in session.execute(select(model.id, model.external_key).where(model.external_key != "")):
                self._ids.setdefault(fold(key), row_id)

    def find(self, name: str) -> int | None:
        """The id, or None."""
        return self._ids.get(fold(name))

    def find_or_make(self, name: str, **values: object) -> int:
        """The id; a new row gets `values` beside its name."""
        found = self.find(name)
        if found is None:
            model: Any = self._model
            made = insert(model).values(name=name, **self._scope, **values).returning(model.id)
            found = self._ids[fold(name)] = self._session.execute(made).scalar_one()
        return found
