"""The steps of the schema this program knows, and what is said where a database stands at another.

They are known by their file names, so that looking at the version needs no alembic, whose import costs the start of
every desktop.
"""

import re
from functools import cache
from pathlib import Path

from app.domain.errors import SchemaMismatch
from app.domain.words import N_, message

MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"

FITS = "CASE WHEN version_num <> %s THEN ('callboard:SCHEMA:' || version_num)::integer END"
"""Asked of `alembic_version` with this program's last step: a guard that speaks where the database is at another."""

_STEP = re.compile(r"\d{4}_\d\d_\d\d_(\d{4})_\w+\.py")


@cache
def steps() -> tuple[str, ...]:
    """The revisions this program knows, oldest first."""
    return tuple(sorted(found[1] for path in MIGRATIONS.glob("versions/*.py") if (found := _STEP.match(path.name))))


def mismatch(stands_at: str | None) -> SchemaMismatch:
    """What is told of a database at this step, where the program wants its own last one."""
    if stands_at is None or stands_at in steps():
        return SchemaMismatch(
            message(N_("This database has to be upgraded before this version of Callboard can use it.")),
            message(N_("Ask your administrator to run: callboard db upgrade")),
        )
    return SchemaMismatch(
        message(N_("This database was made by a newer version of Callboard.")),
        message(N_("Nothing was changed. Install the newer version, then open it again.")),
    )
