"""The program `callboard`: the command line with the desktop and the tour; `python -m ui` is the same."""

import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

VARIABLE = "CALLBOARD_DATABASE"


def main() -> None:
    """Obey the command line; without a word on it, open the desktop by the shortest way.

    A start makes hundreds of thousands of objects that stay: the collector would walk them again and again in vain, so
    it rests until the first window stands, and looks on that window's thread alone from then on (`ui.kit.collector`).
    """
    gc.disable()
    if len(sys.argv) == 1:
        from ui.application import run

        sys.exit(run(os.environ.get(VARIABLE)))
    gc.enable()
    program()()


def program() -> "click.Group":
    """The whole command line."""
    import click

    from app.cli import command_line

    @click.command()
    @click.option("--database", envvar=VARIABLE, metavar="URL", help="Address or file; without it the last one opened.")
    def desktop(database: str | None) -> None:
        """Open the desktop; what `callboard` does without a sub-command."""
        from ui.application import run

        gc.disable()
        sys.exit(run(database))

    def tour() -> click.Command:
        from ui.tour.command import tour as found

        gc.disable()
        return found

    return command_line({"desktop": lambda: desktop, "tour": tour}, default="desktop")


if __name__ == "__main__":
    main()
