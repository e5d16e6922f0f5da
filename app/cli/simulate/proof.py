"""The simulation of the dial desk in a size for a window: a minute, few agents, a database found without asking."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from app.cli.simulate.call_centre import CallCentre, call_centre
from app.cli.simulate.dialer import LEASE, Progress, run
from app.domain.dialer.proof import Proof

AGENTS, CUSTOMERS = 20, 20_000
SECONDS, PACE = 30.0, 2.0


def prove(
    progress: Progress,
    *,
    agents: int = AGENTS,
    customers: int = CUSTOMERS,
    seconds: float = SECONDS,
    pace: float = PACE,
    embedded: bool = False,
) -> Proof:
    """Run it with sudden deaths; `progress` may raise at any step, and nothing is left behind then either."""
    with _somewhere(agents, customers, embedded=embedded) as centre:
        report = run(centre, seconds, kill=True, progress=progress, pace=pace, compares=False)
        return Proof(
            agents,
            centre.is_postgresql,
            report.served,
            report.double_holds,
            report.idle_while_eligible,
            report.max_release_s,
            report.p50_ms,
            report.p99_ms,
        )


@contextmanager
def _somewhere(agents: int, customers: int, *, embedded: bool) -> Iterator[CallCentre]:
    """On a PostgreSQL where one can be started, in a SQLite file otherwise."""
    with ExitStack() as stack:
        try:
            centre = stack.enter_context(call_centre(None, agents, customers, lease=LEASE, embedded=embedded))
        except (RuntimeError, OSError):
            centre = stack.enter_context(call_centre(None, agents, customers, lease=LEASE, embedded=True))
        yield centre
