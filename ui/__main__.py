"""The program `callboard`: the command line with the desktop and the tour; `python -m ui` is the same."""

import sys

import click

from app.bootstrap import VARIABLE
from app.cli import command_line


def _desktop() -> click.Command:
    return desktop


def _tour() -> click.Command:
    from ui.tour.command import tour

    return tour


@click.command()
@click.option("--database", envvar=VARIABLE, metavar="URL", help="Address or file; without it the last one opened.")
def desktop(database: str | None) -> None:
    """Open the desktop; what `callboard` does without a sub-command."""
    from ui.application import run

    sys.exit(run(database))


main = command_line({"desktop": _desktop, "tour": _tour}, default="desktop")

if __name__ == "__main__":
    main()
