"""One user action, one transaction: the only door from the screens, the web and the command line to the data."""

import functools
import importlib
import json
import random
import time
import typing
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from threading import Lock
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.bus import Bus, Settled
from app.db.database import Database
from app.db.refusals import out_of_time, outcome_unknown
from app.domain.errors import Conflict, DatabaseUnavailable, NoRoom, OutcomeUnknown, Refused, UserError
from app.domain.letters import refuse_unkeepable
from app.domain.words import N_, message
from app.models.changes import Operation
from app.services.context import is_call, is_write, now

if TYPE_CHECKING:
    from cattrs.preconf.json import JsonConverter

P = ParamSpec("P")
R = TypeVar("R")

Clock = Callable[[], datetime]

ATTEMPTS = 5
_KEPT_FOR = 600.0
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

        self._unsettled: list[Unsettled] = []
        self._lock = Lock()

    def acting_as(self, user_id: int | None) -> "Backend":
        """The same database and bus for another user."""
        return Backend(self.database, self.bus, user_id, self._clock)

    def execute(self, service: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run one service and give its answer; refusals and lost connections come as `UserError`.

        What was asked before with an unknown outcome and is asked again keeps its key: it is done once.
        """
        known = self._asked_before(service, args, kwargs) if self._unsettled and is_write(service) else None
        if known is not None:
            return Request(self, known.op_id, is_new=False).execute(service, *args, **kwargs)
        return Request(self, str(uuid4()), is_new=True).execute(service, *args, **kwargs)

    def once(self, op_id: str) -> "Request":
        """A request by a key of the caller's: executing it again after an unknown outcome is safe."""
        return Request(self, op_id, is_new=False)

    def info(self) -> dict[str, Any]:
        """What a service may ask its session."""
        return {"actor": self.actor, "clock": self._clock}

    def remember(self, unsettled: "Unsettled") -> None:
        """Keep a request whose outcome is not known, until `settle` or the same request finds out."""
        with self._lock:
            fresh = [each for each in self._unsettled if time.monotonic() - each.at < _KEPT_FOR]
            self._unsettled = [each for each in fresh if each.op_id != unsettled.op_id] + [unsettled]

    def settle(self) -> None:
        """Look up what was under way when the server was lost, and tell; call it whenever the server answers.

        What the server is still at is left for the next time.
        """
        for each in [each for each in self._unsettled if not each.is_told]:
            try:
                was_saved = Request(self, each.op_id, is_new=False).was_saved()
            except UserError:
                return
            if was_saved is None:
                continue
            with self._lock:
                others = [other for other in self._unsettled if other is not each]
                if len(others) == len(self._unsettled):
                    continue  # asked again meanwhile, and answered there
                self._unsettled = others
                if was_saved:  # whoever asks for it once more gets the answer of the first time
                    self._unsettled.append(replace(each, is_told=True))
            self.bus.publish(Settled(each.op_id, was_saved))

    def _asked_before(self, service: Callable[..., Any], args: Any, kwargs: Any) -> "Unsettled | None":
        with self._lock:
            for each in self._unsettled:
                if (each.service, each.args, each.kwargs) == (service, args, kwargs):
                    self._unsettled.remove(each)
                    return each if time.monotonic() - each.at < _KEPT_FOR else None
        return None


@dataclass(frozen=True)
class Unsettled:
    """A request that was sent, and whose answer did not come; `is_told` once it is known that it was saved."""

    op_id: str
    service: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    at: float
    is_told: bool = False


class Request:
    """One request under one `op_id`; a new one need not look for an answer before its first attempt.

    Whoever holds on to a request and `resends` it until there is an answer is told nothing of it by `Backend.settle`.
    """

    def __init__(self, backend: Backend, op_id: str, *, is_new: bool, resends: bool = False) -> None:
        self._backend = backend
        self._op_id = op_id
        self._is_new = is_new
        self._resends = resends
        self._is_unknown = False

    def execute(self, service: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the service under this key, retrying where that is safe."""

        def call(session: Session) -> R:
            return service(session, *args, **kwargs)

        refuse_unkeepable(args, kwargs)
        try:
            if not is_write(service):
                return self._retried(lambda: self._read(call))
            if is_call(service):
                return self._retried(lambda: self._call(call))
            return self._retried(lambda: self._write(service, call))
        except (DatabaseUnavailable, DBAPIError) as error:
            if not self._is_unknown or (isinstance(error, DBAPIError) and not _is_transient(error)):
                if isinstance(error, DBAPIError) and (told := out_of_time(error)):
                    raise told from error
                raise
            if not self._resends:
                # A call repeats itself; what a person saved is looked up for him.
                is_told = is_call(service)
                self._backend.remember(Unsettled(self._op_id, service, args, kwargs, time.monotonic(), is_told))
            raise outcome_unknown() from error

    def was_saved(self) -> bool | None:
        """Whether the request's work is committed, and safe where the server keeps a second copy.

        None while the server is still at it: its line is lost, and it has not noticed or its commit takes its time.
        """
        return self._retried(self._look_up)

    def _read(self, call: Callable[[Session], R]) -> R:
        with self._backend.database.reading(**self._backend.info()) as session:
            return call(session)

    def _call(self, call: Callable[[Session], R]) -> R:
        _map_all()
        info = self._backend.info() | {"op_id": self._op_id}
        with self._backend.database.calling(**info) as session:
            session.connection()
            was_unknown, self._is_unknown = self._is_unknown, not self._backend.database.is_sqlite
            answer = self._answered(call, session, was_unknown)
            events = session.info.get("events", ())
        for event in events:
            self._backend.bus.publish(event)
        return answer

    def _answered(self, call: Callable[[Session], R], session: Session, was_unknown: bool) -> R:
        """From its sending on nobody knows whether a call was done; an answer, and a refusal too, says it."""
        try:
            answer = call(session)
        except (UserError, DBAPIError) as error:
            if not getattr(error, "connection_invalidated", False):
                self._is_unknown = was_unknown
            raise
        self._is_unknown = False
        return answer

    def _write(self, service: Callable[..., R], call: Callable[[Session], R]) -> R:
        _map_all()
        database = self._backend.database
        info = self._backend.info() | {"op_id": self._op_id}
        with database.transaction(**info) as session:
            if not self._is_new and (stored := self._stored(session)) is not None:
                return _restore(service, stored)
            self._is_new = False
            answer = call(session)
            session.flush()
            _store(database, session, self._op_id, service, answer)
            events = session.info.get("events", ())
        for event in events:
            self._backend.bus.publish(event)
        return answer

    def _look_up(self) -> bool | None:
        database = self._backend.database
        # Without the key in its info: who looks up does not wait for the key, he asks whether it is free.
        with database.transaction(**self._backend.info()) as session:
            if not database.is_sqlite:
                from app.db.together import is_over

                if not is_over(session, self._op_id):
                    return None
            self._is_unknown = True
            return self._stored(session) is not None

    def _stored(self, session: Session) -> dict[str, Any] | None:
        """The answer of an earlier attempt; somebody else's is none of ours."""
        actor = self._backend.actor
        is_mine = Operation.user_id.is_(None) if actor is None else Operation.user_id == actor
        found = session.scalar(select(Operation.result).where(Operation.op_id == self._op_id, is_mine))
        if found is not None and self._is_unknown and not self._backend.database.is_sqlite:
            # Committed on the one server is not yet safe on its standby: a commit behind it, once granted, says so.
            self._backend.database.end_with(session, _BEHIND_IT, {})
        return found

    def _retried(self, attempt: Callable[[], R]) -> R:
        is_guarded = False
        for number in range(1, ATTEMPTS + 1):
            try:
                return attempt()
            except NoRoom:
                raise
            except DatabaseUnavailable as error:
                self._is_new = False
                self._is_unknown = self._is_unknown or isinstance(error, OutcomeUnknown)
                if number == ATTEMPTS:
                    raise
                _pause(number)
            except DBAPIError as error:
                if number == ATTEMPTS or not _is_transient(error):
                    raise
                _pause(number)
            except (UserError, StaleDataError) as refusal:
                # The database's guard spoke because somebody was quicker. Asked again, the service sees the other's
                # row and can say whose it is (or finds the answer to this very request); the guard's own bare words
                # are the last resort. After an unknown outcome the other may have been this request, committed late.
                # A row that changed between reading and writing is read again: it may be about something else.
                self._is_new = False
                is_overtaken = isinstance(refusal, StaleDataError) or _is_guard(refusal)
                if number == ATTEMPTS or is_guarded or not (self._is_unknown or is_overtaken):
                    if isinstance(refusal, StaleDataError):
                        raise _conflict() from refusal
                    raise
                is_guarded = True
        raise AssertionError("unreachable: the last attempt returns or raises")


def _is_guard(refusal: Exception) -> bool:
    is_ours = isinstance(refusal, Refused) and refusal.code in _GUARDS
    return is_ours and isinstance(refusal.__cause__, IntegrityError)


def _is_transient(error: DBAPIError) -> bool:
    if getattr(error.orig, "sqlstate", None) == "57014":
        # Somebody stopped the statement, not the time that it may take: that would be used up once more.
        return "user request" in str(error.orig)
    return getattr(error.orig, "sqlstate", None) in _RETRIED_STATES or "database is locked" in str(error.orig)


def _pause(number: int) -> None:
    time.sleep(random.uniform(0.02, min(0.5, 0.04 * 2**number)))


def _conflict() -> Conflict:
    return Conflict(
        message(N_("Somebody else changed this in the meantime.")),
        message(N_("Nothing was overwritten. Look at the new values, then save again.")),
    )


_STORE = (
    "INSERT INTO operations (op_id, service, user_id, at, result) "
    "VALUES (%(op_id)s, %(service)s, %(user_id)s, coalesce(%(at)s, now()), %(result)s::jsonb)"
)
_BEHIND_IT = "SELECT pg_logical_emit_message(true, 'callboard', '')"


def _store(database: Database, session: Session, op_id: str, service: Callable[..., object], answer: object) -> None:
    info = session.info
    result = json.dumps({"value": _converter().unstructure(answer)})
    values = {"op_id": op_id, "service": service.__name__, "user_id": info.get("actor"), "result": result}
    if database.is_sqlite:
        session.execute(insert(Operation), [values | {"at": now(session), "result": json.loads(result)}])
        return
    values["at"] = now(session) if info.get("clock") else None
    database.end_with(session, _STORE, values)


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
    # The answer of services that have none.
    made.register_structure_hook(type(None), lambda _value, _kind: None)
    return made
