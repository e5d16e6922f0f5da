"""The work behind the import screen that runs away from the GUI thread."""

import csv
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from app.domain.errors import UserError
from app.domain.imports.fields import Kind
from app.domain.words import N_, message
from app.services.imports.report import Report
from app.services.imports.run import run_import
from app.services.imports.sheets import Sheet
from ui.kit.tasks import Executor, Progress

__all__ = ["MOST_SHOWN", "ImportWork", "RefusedRow", "save_copy"]

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One refused row as the screen shows it."""

    line: int
    reason: str


class ImportWork:
    """One import, called on a worker thread; `report` tells what stands in the database.

    A cancel that comes after the last row is too late: then `report` is there although the job ended as cancelled.
    """

    def __init__(
        self,
        backend: Executor,
        kind: Kind,
        sheet: Sheet,
        mapping: Mapping[int, str],
        folder: Path,
        *,
        dry_run: bool,
        pool_id: int | None = None,
    ) -> None:
        self.report: Report | None = None
        self.refused: tuple[RefusedRow, ...] = ()
        self.refused_path = folder / "refused.csv"
        self.sheet = sheet
        self.dry_run = dry_run
        self.pool_id = pool_id
        self._backend = backend
        self._kind = kind
        self._mapping = dict(mapping)

    def __call__(self, progress: Progress) -> None:
        """Run it."""
        report = self._backend.execute(
            run_import,
            self._kind,
            self.sheet,
            self._mapping,
            dry_run=self.dry_run,
            refused=self.refused_path,
            progress=progress,
            pool_id=self.pool_id,
        )
        if report.refused:
            with self.refused_path.open(encoding="utf-8-sig", newline="") as file:
                rows = islice(csv.reader(file), 1, 1 + MOST_SHOWN)
                self.refused = tuple(RefusedRow(int(line), reason) for line, reason, *_cells in rows)
        self.report = report


def save_copy(source: Path, target: Path) -> Path:
    """Copy the refused rows to where the person wants them, and say where."""
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        raise UserError(
            message(N_("The file {name} cannot be written."), name=target.name),
            message(N_("Nothing was saved. Choose another folder.")),
        ) from error
    return target
