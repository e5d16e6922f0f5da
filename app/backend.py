"""One user action, one transaction: the only door from the screens, the web and the command line to the data."""

import functools
import importlib
import random
import time
import typing
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.bus import Bus
from app.db.database import Database
from app.domain.errors import Conflict, DatabaseUnavailable, Refused
from app.domain.words import N_, message
from app.models.changes import Operation
from app.services.context import is_call, is_write, now

if TYPE_CHECKING:
    from cattrs.preconf.json import JsonConverter

P = ParamSpec("P")
R = TypeVar("R")

Clock = Callable[[], datetime]

ATTEMPTS = 5
_RETRIED_STATES = ("40001", "40P01", "55P03")
_GUARDS = ("OVERLAP", "GREY", "SCHEDULED", "INACTIVE", "TAKEN")


class Backend:
    """Runs services over one database for one user; safe to use from several threads.

    A service marked `@writes` runs in a transaction that is committed whole or not at all, once for each `op_id`: a
    repeated request gets the stored answer. One marked `@calls` is a single statement that sees to that by itself.
    Reads run in a session that cannot write.
    """

    def __init__(
        self, database: Database, bus: Bus | None = None, actor: int | None = None, clock: Clock | None = None
    ) -> None:
        self.database = database
        self.bus = bus or Bus()
        self.actor = actor
        self._clock = clock

    def acting_as(self, user_id: int | None) -> "Backend":
        """The same database and bus for another user."""
        return Backend(self.database, self.bus, user_id, self._clock)

    def execute(self, service: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run one service and give its answer; refusals and lost connections come as `UserError`."""
        return Request(self, str(uuid4()), is_new=True).execute(service, *args, **kwargs)

    def once(self, op_id: str) -> "Request":
        """A request by a key of the caller's: executing it again after an unknown outcome is safe."""
        return Request(self, op_id, is_new=False)

    def info(self) -> dict[str, Any]:
        """What a service may ask its session."""
        return {"actor": self.actor, "clock": self._clock}


class Request:
    """One request under one `op_id`; a new one need not look for an answer before its first attempt."""

    def __init__(self, backend: Backend, op_id: str, *, is_new: bool) -> None:
        self._backend = backend
        self._op_id = op_id
        self._is_new = is_new

    def execute(self, service: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the service under this key, retrying where that is safe."""

        def call(session: Session) -> R:
            return service(session, *args, **kwargs)

        if not is_write(service):
            return self._retried(lambda: self._read(call))
        if is_call(service):
            return self._retried(lambda: self._call(call))
        return self._retried(lambda: self._write(service, call))

    def _read(self, call: Callable[[Session], R]) -> R:
        with self._backend.database.reading(**self._backend.info()) as session:
            return call(session)

    def _call(self, call: Callable[[Session], R]) -> R:
        _map_all()
        info = self._backend.info() | {"op_id": self._op_id}
        with self._backend.database.calling(**info) as session:
            answer = call(session)
            events = session.info.get("events", ())
        for event in events:
            self._backend.bus.publish(event)
        return answer

    def _write(self, service: Callable[..., R], call: Callable[[Session], R]) -> R:
        _map_all()
        info = self._backend.info() | {"op_id": self._op_id}
        with self._backend.database.transaction(**info) as session:
            if not self._is_new and (stored := _stored(session, self._op_id)) is not None:
                return _restore(service, stored)
            self._is_new = False
            answer = call(session)
            session.flush()
            _store(session, self._op_id, service, answer)
            events = session.info.get("events", ())
        for event in events:
            self._backend.bus.publish(event)
        return answer

    def _retried(self, attempt: Callable[[], R]) -> R:
        is_guarded = False
        for number in range(1, ATTEMPTS + 1):
            try:
                return attempt()
            except StaleDataError as error:
                raise _conflict() from error
            except Refused as refusal:
                # The database's guard spoke because somebody was quicker. Asked again, the service sees the other's
                # row and can say whose it is (or finds the answer to this very request); the guard's own bare words
                # are the last resort.
                if is_guarded or not _is_guard(refusal):
                    raise
                is_guarded = True
            except DatabaseUnavailable:
                if number == ATTEMPTS:
                    raise
                _pause(number)
            except DBAPIError as error:
                if number == ATTEMPTS or not _is_transient(error):
                    raise
                _pause(number)
        raise AssertionError("unreachable: the last attempt returns or raises")


def _is_guard(refusal: Refused) -> bool:
    return isinstance(refusal.__cause__, IntegrityError) and refusal.code in _GUARDS


def _is_transient(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in _RETRIED_STATES or "database is locked" in str(error.orig)


def _pause(number: int) -> None:
    time.sleep(random.uniform(0.02, min(0.5, 0.04 * 2**number)))


def _conflict() -> Conflict:
    return Conflict(
        message(N_("Somebody else changed this in the meantime.")),
        message(N_("Nothing was overwritten. Look at the new values, then save again.")),
    )


def _stored(session: Session, op_id: str) -> dict[str, Any] | None:
    """What this user's own request was answered; nobody gets what another was told under a key he guessed."""
    mine = Operation.user_id.is_not_distinct_from(session.info.get("actor"))
    return session.scalar(select(Operation.result).where(Operation.op_id == op_id, mine))


def _store(session: Session, op_id: str, service: Callable[..., object], answer: object) -> None:
    result = {"value": _converter().unstructure(answer)}
    values = {"op_id": op_id, "service": service.__name__, "user_id": session.info.get("actor")}
    session.execute(insert(Operation), [values | {"at": now(session), "result": result}])


def _restore(service: Callable[..., R], stored: dict[str, Any]) -> R:
    kind = typing.get_type_hints(service)["return"]
    answer: R = _converter().structure(stored["value"], kind)
    return answer


@functools.cache
def _map_all() -> None:
    """Every table, before the first row is written; the start needs only a part of them."""
    importlib.import_module("app.models.whole")


@functools.cache
def _converter() -> "JsonConverter":
    # Needed by the first write, not by the start.
    from cattrs.preconf.json import make_converter

    made = make_converter()
    # As text: a number of JSON would come back as a binary float.
    made.register_unstructure_hook(Decimal, str)
    made.register_structure_hook(Decimal, lambda text, _kind: Decimal(text))
    return made
