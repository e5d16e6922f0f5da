"""A list that follows what others change: changed rows are read again while the rest stays in place."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from ui.kit.tasks import Job
from ui.widgets.paged import Ask, Page, PagedModel

__all__ = ["MOST_SHOWN", "ChangedRows"]

MOST_SHOWN = 1000
"""So many rows are read again at once from the start of a list."""
_MOST_NAMED = 300
"""So many changed rows are read by name; beyond, the list is read from its start."""


class ChangedRows(QObject):
    """Reads again the rows that were changed; only the answer to the newest question is taken.

    `ask(limit=...)` starts the reading of the first rows, `named(ids)` that of these rows. With `known_only` rows read
    by name that the list does not show are left out: their reading knows no filter.
    Signal: `taken()` when the list shows what was read.
    """

    taken = Signal()

    def __init__(
        self,
        model: PagedModel,
        ask: Ask,
        named: Callable[[Collection[int]], Job[Any]],
        *,
        page: int,
        known_only: bool = False,
    ) -> None:
        super().__init__(model)
        self._model = model
        self._ask = ask
        self._named = named
        self._page = page
        self._known_only = known_only
        self._stale: frozenset[int] = frozenset()
        self._job: Job[Any] | None = None

    def read(self, ids: Collection[int] | None) -> None:
        """Read changed rows; too many to name are found by reading as many rows as are shown."""
        if ids is not None and len(ids) <= _MOST_NAMED:
            self.read_named(ids)
        elif self._model.has_before:
            self.read_named([row.id for row in self._model.rows])
        else:
            self.read_shown()

    def read_named(self, ids: Collection[int]) -> None:
        """Read these rows."""
        # An answer still under way is dropped by this question, so its rows are asked for again.
        self._stale = self._stale.union(ids)
        self.cancel()
        self._job = self._named(self._stale)
        self._job.then(self._take_named)

    def read_shown(self) -> None:
        """Read as many rows from the start of the list as are shown."""
        rows = self._model.rows
        self._stale = frozenset(row.id for row in rows)
        self.cancel()
        self._job = self._ask(limit=max(self._page, min(len(rows), MOST_SHOWN)))
        self._job.then(self._take_page)

    def cancel(self) -> None:
        """Drop the answer still to come."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _take_named(self, rows: Sequence[Any]) -> None:
        if self._known_only:
            rows = [row for row in rows if self._model.row_of(row.id) is not None]
        self._take(rows, self._stale)

    def _take_page(self, page: Page) -> None:
        place = self._model.place
        last = place(page.rows[-1]) if page.rows and page.has_after else None
        self._take(page.rows, {row.id for row in self._model.rows if last is None or place(row) <= last})

    def _take(self, rows: Sequence[Any], asked: Collection[int]) -> None:
        self._stale = frozenset()
        self._model.take(rows, asked)
        self.taken.emit()
