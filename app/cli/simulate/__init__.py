"""`callboard simulate`: proofs anybody can run again, on a throw-away PostgreSQL."""

import click

from app.cli.simulate.dialer import dialer
from app.cli.simulate.intake import intake
from app.cli.simulate.office_day import office

__all__ = ["simulate"]


@click.group()
def simulate() -> None:
    """Prove on a throw-away database what the program promises for many users at once."""


simulate.add_command(dialer)
simulate.add_command(intake)
simulate.add_command(office)
