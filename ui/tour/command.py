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
def tour(out: Path, language: str, theme: str) -> None:
    """Perform the main job on demo data with real mouse and key events; status 1 when a step fails.

    Writes one picture a step and tour.json into the folder. The database is the tour's own and is thrown away.
    """
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _DISPLAYS):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.tour.perform import perform

    sys.exit(0 if perform(out, language, theme, click.echo) else 1)
