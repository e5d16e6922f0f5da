"""`callboard verify`: what the database keeps, held against what it was made of; for scripts and for doubters."""

import sys

import click

from app.cli.options import backend_of, database_option, json_option, tell
from app.domain.points.differences import outcome, words
from app.i18n import say
from app.services.points.verifying import verify as check


@click.group()
def verify() -> None:
    """Hold what the database keeps against what it was made of."""


@verify.command("points")
@click.option("--steps", is_flag=True, help="Look too for steps that should have scored and did not; takes longer.")
@database_option
@json_option
def points(*, steps: bool, database: str, as_json: bool) -> None:
    """Check that every total of points is what its rows come to, and every row what it was written from.

    Exit status 1 when something is wrong. Nobody is held up meanwhile; the result stands in the report of points.
    """
    with backend_of(database) as backend:
        verified = check(backend.execute, steps=steps)
    sentences = (outcome(verified.entries, verified.wrong), *(words(each) for each in verified.differences))
    tell(verified, as_json=as_json, text="\n".join(say(each) for each in sentences))
    if verified.wrong:
        sys.exit(1)
