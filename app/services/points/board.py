"""The page of points at home: who sees what of it, one's own months, and the team's with who is first."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.domain.periods import month_of
from app.domain.points.board import Board, BoardLine
from app.domain.points.months import same_days_before
from app.domain.points.ranking import Champion, first_places, ranked
from app.domain.words import N_, message
from app.services.context import actor, keep_now, now, reads
from app.services.points.access import ACTOR, RIGHTS, Access, access, access_of
from app.services.points.sums import NONE, Sums, first_scored, sums

__all__ = ["MOST_MONTHS", "Access", "Scores", "access", "home", "mine", "team"]

MOST_MONTHS = 60


@dataclass(frozen=True, slots=True)
class Scores:
    """What the page shows, by the company's `today`, of which `day_left` is still to come.

    `is_begun` when something was scored in the newest month, whatever it comes to; `before` are the points of the same
    people on the same days of the month before. `champions` were first in that month, all who were equal; none are told
    to whoever does not see the team. `unranked` is how many are left out of a team's board and of all its numbers.
    """

    access: Access
    is_team: bool
    board: Board
    today: date
    day_left: timedelta
    is_begun: bool
    before: Decimal
    champions: tuple[Champion, ...] = ()
    unranked: int = 0

    @property
    def points(self) -> Decimal:
        """The points of the newest month."""
        return self.board.totals[-1]

    @property
    def days_before(self) -> int:
        """How many days of the month before `before` is the sum of: as many as this month has had, or all it had."""
        return same_days_before(self.today).day


_PEOPLE = f"""
    SELECT u.id, u.name, u.is_active,
        EXISTS (SELECT 1 FROM user_profiles AS x WHERE x.user_id = u.id) AS holds,
        EXISTS (
            SELECT 1 FROM user_profiles AS x JOIN profiles AS p ON p.id = x.profile_id
            WHERE x.user_id = u.id AND NOT p.is_ranked) AS is_left_out,
        (SELECT c.time_zone FROM company AS c) AS zone, CURRENT_TIMESTAMP AS moment, {RIGHTS}
    FROM users AS u
"""
_EVERYBODY = text(_PEOPLE).bindparams(ACTOR)
_MYSELF = text(f"{_PEOPLE} WHERE u.id = :actor").bindparams(ACTOR)


@reads
def home(session: Session, months: int = 3, *, is_team: bool | None = None) -> Scores:
    """The team's scores or one's own, as wanted and as far as they are to be seen.

    Without a wish whoever sees everybody's rows begins with the team, others with themselves.
    """
    may = access(session)
    wanted = may.rows if is_team is None else is_team
    return team(session, months) if actor(session) is None or (wanted and may.team) else mine(session, months)


@reads
def team(session: Session, months: int = 3) -> Scores:
    """The last months of everybody who is ranked and active, and of those who left where they have points in them.

    Of the active, those without points stand in it too where they hold a worker profile.
    """
    people: Any = session.execute(_EVERYBODY, {"actor": actor(session)}).all()
    may = access_of(people[0]) if people else Access()
    if not may.team:
        raise _hidden()
    today, left = _today(session, people[0])
    found = sums(session, today, _within(months))
    standings, in_ranking, unranked = [], [], 0
    nothing = (NONE,) * len(found.months)
    for user_id, name, is_active, holds, is_left_out, *_rest in people:
        points = tuple(found.by_month.get(user_id, nothing))
        shown, recent = points[-months:], found.last_30_days.get(user_id, NONE)
        is_in = (is_active and holds) or any(shown) or bool(recent)
        if is_left_out:
            unranked += is_in
            continue
        in_ranking.append((user_id, name, points[-2]))
        if is_in:
            standings.append((user_id, name, shown, recent))
    before = sum((found.same_days.get(user_id, NONE) for user_id, _name, _points in in_ranking), NONE)
    board = Board(found.months[-months:], ranked(standings))
    is_begun = any(line.worker_id in found.begun for line in board.lines)
    return Scores(may, True, board, today, left, is_begun, before, first_places(in_ranking), unranked)


@reads
def mine(session: Session, months: int = 3) -> Scores:
    """One's own last months, also of somebody who is not ranked."""
    me = actor(session)
    person: Any = session.execute(_MYSELF, {"actor": me}).one_or_none()
    may = access_of(person) if person else Access()
    if me is None or not may.own:
        raise _hidden()
    today, left = _today(session, person)
    found: Sums = sums(session, today, _within(months), me)
    nothing = [NONE] * len(found.months)
    points = tuple(found.by_month.get(me, nothing)[-months:])
    line = BoardLine(me, person.name, points, found.last_30_days.get(me, NONE))
    champions = first_places(first_scored(session, month_of(today, -1))) if may.team else ()
    before = found.same_days.get(me, NONE)
    board = Board(found.months[-months:], (line,))
    return Scores(may, False, board, today, left, me in found.begun, before, champions)


def _within(months: int) -> int:
    if not 1 <= months <= MOST_MONTHS:
        raise ValueError("a board has 1 to 60 months")
    return months


def _today(session: Session, row: Any) -> tuple[date, timedelta]:
    keep_now(session, row.moment)
    zone = ZoneInfo(row.zone or "UTC")
    today = now(session).astimezone(zone).date()
    # A day of the company may have 23 or 25 hours.
    end = datetime.combine(today + timedelta(days=1), time(), zone).astimezone(UTC)
    return today, end - now(session)


def _hidden() -> Refused:
    return Refused(
        "FORBIDDEN",
        message(N_("Your role and your profiles do not show you these points.")),
        message(N_("Ask your administrator for a profile that does.")),
    )
