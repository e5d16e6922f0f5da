"""`callboard import`: technicians, customers and calls from a file, without a window."""

import sys
from pathlib import Path

import click

from app.cli.options import backend_of, database_option, json_option, tell
from app.domain.imports import columns
from app.domain.imports.fields import Kind
from app.i18n import _
from app.services.imports.mappings import load_mapping
from app.services.imports.report import Report
from app.services.imports.run import STEPS, run_import
from app.services.imports.sheets import open_sheet


@click.command("import")
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", metavar="NAME", help="Take the columns saved under this name instead of guessing them.")
@click.option("--dry-run", is_flag=True, help="Judge every row and keep nothing.")
@click.option(
    "--errors", type=click.Path(path_type=Path), metavar="FILE", help="Write the refused rows with their reasons."
)
@database_option
@json_option
def import_command(
    kind: str, file: Path, mapping: str | None, dry_run: bool, errors: Path | None, database: str, as_json: bool
) -> None:
    """Import technicians, customers or calls from a CSV or XLSX file.

    Rows that cannot be taken are refused one by one; the exit status is 1 only when the file cannot be read.
    """
    wanted = Kind(kind)
    sheet = open_sheet(file)
    with backend_of(database) as backend:
        if mapping is None:
            found = columns.guess(wanted, sheet.headers)
        else:
            found = backend.execute(load_mapping, wanted, mapping, sheet.headers)
        shown = not as_json and sys.stderr.isatty()
        with click.progressbar(length=STEPS, file=sys.stderr, hidden=not shown) as bar:
            report = backend.execute(
                run_import,
                wanted,
                sheet,
                found,
                dry_run=dry_run,
                refused=errors,
                progress=lambda done, _total: bar.update(done - bar.pos),
            )
    tell(report, as_json=as_json, text=_words(report, dry_run=dry_run))


def _words(report: Report, *, dry_run: bool) -> str:
    counts = {
        "read": report.read,
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "refused": report.refused,
    }
    if dry_run:
        return _(
            "Dry run, nothing was kept. Read {read}: added {added}, updated {updated}, unchanged {unchanged}, "
            "refused {refused}.",
            **counts,
        )
    return _("Read {read}: added {added}, updated {updated}, unchanged {unchanged}, refused {refused}.", **counts)
