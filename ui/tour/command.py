"""`callboard tour`: perform the main job in a real window on a database of the tour's own, leaving pictures."""

import os
import sys
from pathlib import Path

import click

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the pictures.")
@click.option("--language", type=click.Choice(["he", "it", "en"]), default="en", show_default=True)
@click.option("--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True)
@click.option(
    "--database", metavar="URL", expose_value=False, help="Left alone: the tour always makes a database of its own."
)
@click.option("--json", "as_json", is_flag=True, help="Print the transcript as JSON instead of a line a step.")
def tour(out: Path, language: str, theme: str, as_json: bool) -> None:
    """Perform the main job on demo data with real mouse and key events; status 1 when a step fails.

    Writes one picture a step and tour.json into the folder. The database is the tour's own and is thrown away.
    """
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _DISPLAYS):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.tour.perform import perform
    from ui.tour.record import TRANSCRIPT

    held = perform(out, language, theme, (lambda _line: None) if as_json else click.echo)
    if as_json:
        click.echo((out / TRANSCRIPT).read_text(encoding="utf-8"), nl=False)
    sys.exit(0 if held else 1)
