"""What is done again and again for an office: mail, tasks, reminders, campaigns, points checked, logs cleared."""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread

from app.adapters.credentials import Credentials, Keyring
from app.domain.errors import DatabaseUnavailable, UserError
from app.services.mail.mailroom import Office, Open, Sender, by_smtp

logger = logging.getLogger(__name__)

PERIOD = 5.0
"""Seconds between two rounds."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did."""

    sent: int = 0
    failed: int = 0
    read: int = 0
    rerouted: int = 0
    reminded: int = 0
    laid_out: int = 0
    verified: int = 0
    cleared: int = 0

    @property
    def is_quiet(self) -> bool:
        """Whether there was nothing to do."""
        return self == Round()


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to do every so many seconds; `name` is the figure of the round it counts for.

    Work that takes long ends early when its event is set.
    """

    name: str
    seconds: float
    work: Callable[[Office, Credentials, Event], int]


def _read(office: Office, credentials: Credentials, _stop: Event) -> int:
    from app.services.mail.reading import read_mail

    return read_mail(office.execute, lambda source: credentials.password(source.address)).count


def _reroute(office: Office, _credentials: Credentials, _stop: Event) -> int:
    from app.services.tickets.advancing import reroute_waiting, somebody_came_in

    return len(office.execute(reroute_waiting)) if office.execute(somebody_came_in) else 0


def _remind(office: Office, _credentials: Credentials, _stop: Event) -> int:
    from app.services.mail.reminding import remind, unreminded

    task_ids = office.execute(unreminded)
    return int(office.execute(remind, task_ids)) if task_ids else 0


def _lay_out(office: Office, _credentials: Credentials, _stop: Event) -> int:
    from app.services.dialer.windows import extend, is_behind

    return int(office.execute(extend)) if office.execute(is_behind) else 0


def _verify(office: Office, _credentials: Credentials, stop: Event) -> int:
    from app.services.points.verifying import is_due, verify

    def go_on(_done: int, _whole: int) -> None:
        if stop.is_set():
            raise _Stopped

    if not office.execute(is_due):
        return 0
    try:
        found = verify(office.execute, go_on)
    except _Stopped:
        return 0
    if found.wrong:
        logger.error("points: %s of %s rows and their totals are wrong", found.wrong, found.entries)
    return 1


def _clear(office: Office, _credentials: Credentials, stop: Event) -> int:
    from app.services.company.pruning import clear

    return clear(office.execute, stop)


class _Stopped(Exception):
    """The program ends; the check is made another time."""


_DAY = 24 * 60 * 60.0
DUTIES = (
    Duty("read", 30.0, _read),
    Duty("rerouted", 60.0, _reroute),
    Duty("reminded", 600.0, _remind),
    Duty("laid_out", _DAY, _lay_out),
    # Once a day of the company: asked often, so that it is soon after midnight.
    Duty("verified", 600.0, _verify),
    Duty("cleared", 3600.0, _clear),
)


class Rounds:
    """The rounds of one sender; a duty that fails is tried again in its next turn and stops nothing else."""

    def __init__(self, office: Office, credentials: Credentials, open_box: Open, stop: Event | None = None) -> None:
        self.stop = stop or Event()
        self._office = office
        self._credentials = credentials
        self._sender = Sender(office, open_box, self.stop)
        self._next: dict[str, float] = {}

    def once(self) -> Round:
        """One round: whatever is due of the duties, then the mail."""
        done: dict[str, int] = {}
        for duty in DUTIES:
            if time.monotonic() >= self._next.get(duty.name, 0.0) and not self.stop.is_set():
                self._next[duty.name] = time.monotonic() + duty.seconds
                done[duty.name] = self._guarded(duty)
        sent = self._sender.send()
        return Round(sent=sent.sent, failed=sent.failed, **done)

    def _guarded(self, duty: Duty) -> int:
        try:
            return duty.work(self._office, self._credentials, self.stop)
        except DatabaseUnavailable:
            raise
        except UserError as problem:
            logger.warning("%s: %s", duty.name, problem)
        except Exception:
            logger.exception("%s failed", duty.name)
        return 0

    def run(self, tell: Callable[[Round], object]) -> None:
        """Round after round until `stop` is set; `tell` hears of each that did something."""
        while not self.stop.is_set():
            try:
                done = self.once()
                if not done.is_quiet:
                    tell(done)
            except UserError as problem:
                logger.warning("the round is tried again: %s", problem)
            except Exception:
                logger.exception("the round failed")
            self.stop.wait(PERIOD * random.uniform(0.8, 1.2))


class SeatMail:
    """The mail of a single seat: its desktop sends in the background while it is open."""

    def __init__(self, office: Office) -> None:
        credentials = Keyring()
        self._rounds = Rounds(office, credentials, by_smtp(credentials))
        self._thread = Thread(target=self._rounds.run, args=(_note,), name="mail", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the mail in hand and end."""
        self._rounds.stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    @property
    def is_at_work(self) -> bool:
        """Whether a mail may still be in hand."""
        return self._thread.is_alive()


def _note(done: Round) -> None:
    logger.info("mail: %s", done)
