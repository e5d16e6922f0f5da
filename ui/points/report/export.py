"""The summary to a file of one's choice, written in the background: what is asked, what is told, what stays."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain.points.asked import Asked, Slice
from app.domain.words import N_, counted, message
from app.i18n import _
from app.services.points.exporting import TITLE, export
from ui.kit import theme
from ui.kit.messages import Offer
from ui.kit.screen import Desk
from ui.kit.tasks import Job
from ui.points.report.pdf import export_pdf

__all__ = ["EXPORTING", "begin_export", "export_to"]

EXPORTING = N_("Exporting")

KINDS: Mapping[str, str] = MappingProxyType({".xlsx": N_("Workbook"), ".csv": "CSV", ".pdf": "PDF"})
"""What a file may be, by its ending; the first is meant where nobody says."""

_FOLDER = "points.folder"


def begin_export(
    desk: Desk, parent: QWidget, asked: Asked, by: Slice | None = None, about: str = ""
) -> Job[tuple[Path, int]] | None:
    """Ask for a file and write the rows asked for, or their sums by one thing, to it; None when nobody named one.

    Says itself what came of it; the job is for a strip that follows it.
    """
    kinds = ";;".join(f"{_(name)} (*{ending})" for ending, name in KINDS.items())
    suggested = Path(desk.memory.get(_FOLDER)) / f"{_(TITLE)}{next(iter(KINDS))}"
    name, kind = QFileDialog.getSaveFileName(parent, _("Export"), str(suggested), kinds)
    if not name:
        return None
    path = Path(name)
    if path.suffix.lower() not in KINDS:
        path = path.with_name(path.name + next((each for each in KINDS if each in kind), next(iter(KINDS))))
    desk.memory.put(_FOLDER, str(path.parent))
    return export_to(desk, path, asked, by, about)


def export_to(desk: Desk, path: Path, asked: Asked, by: Slice | None = None, about: str = "") -> Job[tuple[Path, int]]:
    """Write to this file in the background, of the kind its ending says, and say what came of it."""
    if path.suffix.lower() == ".pdf":
        job = desk.tasks.long(EXPORTING, export_pdf, desk.backend, asked, path, theme.font(), by, about)
    else:
        job = desk.tasks.long(EXPORTING, export, desk.backend, asked, path, by)
    _Telling(desk, job)
    return job


class _Telling(QObject):
    """Says what came of an export, wherever the person is by then."""

    def __init__(self, desk: Desk, job: Job[tuple[Path, int]]) -> None:
        super().__init__(desk.tasks)
        self._desk, self._job = desk, job
        job.then(self._saved, desk.messages.show_error)
        job.ended.connect(self._end)

    @Slot(object)
    def _saved(self, written: tuple[Path, int]) -> None:
        path, count = written
        said = counted("Saved as {name}: {count} row.", "Saved as {name}: {count} rows.", count, name=path.name)
        self._desk.messages.success(said, offer=Offer(N_("Open"), partial(_open, self._desk, path)))

    @Slot()
    def _end(self) -> None:
        if self._job.is_cancelled:
            self._desk.messages.info(message(N_("The export was stopped. Nothing was saved.")))
        self.deleteLater()


def _open(desk: Desk, path: Path) -> None:
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
        desk.messages.warning(message(N_("No program here shows {name}."), name=path.name))
