"""Triggers that write `audit_log`: who changed which row, when, from where, and what stood there before.

An insert keeps no values: the row itself and the later differences give them. An update keeps what it changed, as
`{column: [old, new]}`; one that changes nothing writes nothing. A delete keeps the whole row in the same shape. Each
table has one function on PostgreSQL and three triggers on SQLite, made from its columns: whoever adds a column to a
watched table calls `watch` again, and a test fails until he does.

`audit_log` is written by these triggers alone; nobody changes it, its owner neither.
"""

from dataclasses import dataclass, field

import sqlalchemy as sa
from alembic import op

from migrations.auditing import postgresql, sqlite
from migrations.auditing.rules import LEFT_OUT, REDACTED, UNTOLD

__all__ = ["LEFT_OUT", "REDACTED", "Watched", "unwatch", "watch"]


@dataclass(frozen=True, slots=True)
class Watched:
    """What the triggers of one table are made of.

    `of` are the cards a row may belong to, as (table, column), the first that is not empty. `area` is who may see its
    history: "card" (who sees cards), "own" (whose it is, and who administers), "campaigns" (who runs them), "settings"
    (who administers). `key` are the columns of a table that has no `id`; with `only`, a condition on `{row}`, other
    rows are not watched.
    """

    table: str
    of: tuple[tuple[str, str], ...] = ()
    area: str = "card"
    key: tuple[str, ...] = ("id",)
    only: str = ""
    columns: tuple[str, ...] = ()
    documents: frozenset[str] = field(default_factory=frozenset)

    @property
    def numbered(self) -> bool:
        """Whether one number is the key of a row."""
        return self.key in {("id",), ("user_id",)}

    @property
    def told(self) -> tuple[str, ...]:
        """The columns whose changes are written down."""
        untold = {"version", "search", *UNTOLD.get(self.table, ())}
        return tuple(column for column in self.columns if column not in untold)

    def place(self, row: str) -> dict[str, str]:
        """Where a row stands, as values of the log's columns: its key, and the card it belongs to."""
        key = " || '/' || ".join(f"{row}.{column}" for column in self.key)
        whens = " ".join(f"WHEN {row}.{column} IS NOT NULL THEN '{table}'" for table, column in self.of)
        return {
            "row_id": key if self.numbered else "NULL",
            "row_key": "NULL" if self.numbered else key,
            "of_table": f"CASE {whens} END" if self.of else "NULL",
            "of_id": "coalesce({}, NULL)".format(", ".join(f"{row}.{column}" for _, column in self.of))
            if self.of
            else "NULL",
        }

    def secrecy(self, column: str) -> str:
        """How a column is made unreadable before it is written: "", "contact" or "secret"."""
        return REDACTED.get(self.table, {}).get(column, "")


def watch(
    table: str,
    *,
    of: tuple[tuple[str, str], ...] = (),
    area: str = "card",
    key: tuple[str, ...] = ("id",),
    only: str = "",
) -> None:
    """Write down every change of this table from now on; calling it again takes in the columns there are by now."""
    unwatch(table)
    columns, documents = _columns(table)
    for statement in _engine().watching(Watched(table, of, area, key, only, columns, documents)):
        op.execute(statement)


def unwatch(table: str) -> None:
    """Take the triggers away, for a change of the table they would forbid; `watch` it again afterwards."""
    for statement in _engine().leaving(table):
        op.execute(statement)


def prepare() -> None:
    """Let nobody but the triggers write `audit_log`, and nobody change it."""
    for statement in _engine().GUARDS:
        op.execute(statement)


def _engine() -> type[postgresql.Writing] | type[sqlite.Writing]:
    return postgresql.Writing if op.get_context().dialect.name == "postgresql" else sqlite.Writing


def _columns(table: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The columns of a table, and which of them are documents."""
    rows = op.get_bind().execute(sa.text(_engine().COLUMNS), {"name": table}).all()
    return tuple(name for name, _kind in rows), frozenset(name for name, kind in rows if kind.upper() in _DOCUMENTS)


_DOCUMENTS = ("JSON", "JSONB")
