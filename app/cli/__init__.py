"""The command line: one group, each sub-command in a module of its own, imported when it is called."""

from collections.abc import Callable, Mapping

import click

from app.domain.errors import UserError
from app.i18n import say

Load = Callable[[], click.Command]


def _backup() -> click.Command:
    from app.cli.backup import backup

    return backup


def _restore() -> click.Command:
    from app.cli.backup import restore

    return restore


def _db() -> click.Command:
    from app.cli.database import db

    return db


def _server() -> click.Command:
    from app.cli.server import server

    return server


def _user() -> click.Command:
    from app.cli.users import user

    return user


def _doctor() -> click.Command:
    from app.cli.doctor import doctor

    return doctor


def _intake() -> click.Command:
    from app.cli.intake import intake

    return intake


def _import() -> click.Command:
    from app.cli.imports import import_command

    return import_command


def _simulate() -> click.Command:
    from app.cli.simulate import simulate

    return simulate


def _verify() -> click.Command:
    from app.cli.verify import verify

    return verify


def _worker() -> click.Command:
    from app.cli.worker import worker

    return worker


OWN: Mapping[str, Load] = {
    "backup": _backup,
    "db": _db,
    "doctor": _doctor,
    "import": _import,
    "intake": _intake,
    "restore": _restore,
    "server": _server,
    "simulate": _simulate,
    "user": _user,
    "verify": _verify,
    "worker": _worker,
}


class Callboard(click.Group):
    """Sub-commands by name; whatever a person did or met is told in one sentence and exit status 1, without a trace."""

    def __init__(self, loads: Mapping[str, Load], default: str | None) -> None:
        super().__init__("callboard", help="Callboard, the workplace of a service company.")
        self.invoke_without_command = default is not None
        self.no_args_is_help = default is None
        self._loads = loads
        self._default = default

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every sub-command."""
        return sorted(self._loads)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The sub-command, imported now."""
        load = self._loads.get(cmd_name)
        return load() if load else None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without a sub-command the words are those of the default one."""
        if self._default and (not args or (args[0] not in self._loads and args[0] != "--help")):
            args = [self._default, *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the sub-command; errors a person can do something about leave as a sentence."""
        try:
            return super().invoke(ctx)
        except UserError as error:
            parts = [error.what] if error.hint is None else [error.what, error.hint]
            raise click.ClickException(" ".join(say(part) for part in parts)) from error


def command_line(extra: Mapping[str, Load] | None = None, default: str | None = None) -> click.Group:
    """The group `callboard`; `extra` are sub-commands of a layer above, `default` the one that needs no name."""
    return Callboard({**OWN, **(extra or {})}, default)


main = command_line()
"""The group without the desktop, for servers."""
