"""The page of points at home: who sees what of it, one's own months, and the team's with who is first."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.db.types import BigInt
from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.points.board import Board, BoardLine
from app.domain.points.months import month_of
from app.domain.points.ranking import Champion, first_places, ranked
from app.domain.words import N_, message
from app.models.company import Company
from app.models.people import RolePermission, User
from app.models.processes import Profile, UserProfile
from app.services.context import actor, keep_now, now, reads
from app.services.points.sums import NONE, Sums, first_scored, sums

__all__ = ["MOST_MONTHS", "Access", "Scores", "access", "home", "is_offered", "mine", "team"]

MOST_MONTHS = 60


@dataclass(frozen=True, slots=True)
class Access:
    """What of the points somebody sees: his own, the team's totals, and the rows of everybody."""

    own: bool = False
    team: bool = False
    rows: bool = False


@dataclass(frozen=True, slots=True)
class Scores:
    """What the page shows, by the company's `today`, which ends at `until`.

    `before` are the points of the same people on the same days of the month before. `champions` were first in that
    month, all who were equal; nobody for whom the team is not to see. `unranked` is how many are left out of a team's
    board and of all its numbers.
    """

    access: Access
    is_team: bool
    board: Board
    today: date
    until: datetime
    before: Decimal
    champions: tuple[Champion, ...] = ()
    unranked: int = 0

    @property
    def points(self) -> Decimal:
        """The points of the newest month."""
        return self.board.totals[-1]


_ME = bindparam("actor", type_=BigInt)


def _shown_by(flag: Any) -> ColumnElement[bool]:
    held = select(UserProfile.id).join(Profile, Profile.id == UserProfile.profile_id)
    return held.join(User, User.id == UserProfile.user_id).where(User.id == _ME, User.is_active, flag).exists()


_RIGHTS: tuple[ColumnElement[bool], ...] = (
    or_(
        _ME.is_(None),
        select(RolePermission.permission)
        .join(User, User.role_id == RolePermission.role_id)
        .where(User.id == _ME, User.is_active, RolePermission.permission == Permission.SEE_POINTS.value)
        .exists(),
    ).label("rows"),
    _shown_by(Profile.sees_own_points).label("own"),
    _shown_by(Profile.sees_team_points).label("team"),
)
_MINE = select(*_RIGHTS)
_profiles = select(UserProfile.id).join(Profile, Profile.id == UserProfile.profile_id)
_profiles = _profiles.where(UserProfile.user_id == User.id).correlate(User)
_PEOPLE = select(
    User.id,
    User.name,
    User.is_active,
    _profiles.exists().label("holds"),
    _profiles.where(Profile.is_ranked.is_(False)).exists().label("unranked"),
    select(Company.time_zone).limit(1).scalar_subquery().label("zone"),
    func.now().label("now"),
    *_RIGHTS,
)
_PERSON = _PEOPLE.where(User.id == _ME)


@reads
def access(session: Session) -> Access:
    """What the one who asks sees of the points: by his profiles, or all of it by his role."""
    return _access(session.execute(_MINE, {"actor": actor(session)}).one())


@reads
def is_offered(session: Session) -> bool:
    """Whether the page shows anything to the one who asks."""
    return access(session).own


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
    people: Any = session.execute(_PEOPLE, {"actor": actor(session)}).all()
    may = _access(people[0]) if people else Access()
    if not may.team:
        raise _hidden()
    today, until = _today(session, people[0])
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
    return Scores(may, True, board, today, until, before, first_places(in_ranking), unranked)


@reads
def mine(session: Session, months: int = 3) -> Scores:
    """One's own last months, also of somebody who is not ranked."""
    me = actor(session)
    person: Any = session.execute(_PERSON, {"actor": me}).one_or_none()
    may = _access(person) if person else Access()
    if me is None or not may.own:
        raise _hidden()
    today, until = _today(session, person)
    found: Sums = sums(session, today, _within(months), me)
    nothing = [NONE] * len(found.months)
    points = tuple(found.by_month.get(me, nothing)[-months:])
    line = BoardLine(me, person.name, points, found.last_30_days.get(me, NONE))
    champions = first_places(first_scored(session, month_of(today, -1))) if may.team else ()
    before = found.same_days.get(me, NONE)
    return Scores(may, False, Board(found.months[-months:], (line,)), today, until, before, champions)


def _access(row: Any) -> Access:
    is_shown = bool(row.rows or row.own or row.team)
    return Access(is_shown, bool(row.rows or row.team), bool(row.rows))


def _within(months: int) -> int:
    if not 1 <= months <= MOST_MONTHS:
        raise ValueError("a board has 1 to 60 months")
    return months


def _today(session: Session, row: Any) -> tuple[date, datetime]:
    keep_now(session, row.now)
    zone = ZoneInfo(row.zone or "UTC")
    today = now(session).astimezone(zone).date()
    return today, datetime.combine(today + timedelta(days=1), time(), zone).astimezone(UTC)


def _hidden() -> Refused:
    return Refused(
        "FORBIDDEN",
        message(N_("Your role and your profiles do not show you these points.")),
        message(N_("Ask your administrator for a profile that does.")),
    )
