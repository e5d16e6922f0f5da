"""Who sees which points at home, and that months, days and first places are true on both engines."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Refused
from app.domain.points.asked import Asked
from app.models.company import Company
from app.models.people import User
from app.models.processes import Profile, Stage
from app.services.points import board, report
from app.services.points.access import Access, is_offered
from app.services.points.board import Scores
from app.services.points.verifying import verify
from tests.kit.factory import add_process, add_profile, add_user
from tests.kit.points_factory import add_scored_task, add_setting, enter

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class Team:
    """A company in Israel: Sara manages; Dana, Avi, Noa and Gil and Rut call; Lea is not to be ranked."""

    database: Database
    now: datetime = NOW
    ids: dict[str, int] = field(default_factory=dict)
    profiles: dict[str, int] = field(default_factory=dict)
    stages: dict[str, int] = field(default_factory=dict)

    def score(self, name: str, points: str, at: str) -> None:
        """Somebody scores at a moment (UTC)."""
        with self.database.transaction() as session:
            stage = self._stage(session, points)
            worker = session.get_one(User, self.ids[name])
            task = add_scored_task(session, worker, None)
            enter(session, task, stage, worker, datetime.fromisoformat(at).replace(tzinfo=UTC))

    def _stage(self, session: Session, points: str) -> Stage:
        if points not in self.stages:
            stages = add_process(session, f"Worth {points}", In=None, Done=None)
            add_setting(session, stages["Done"], 0, points)
            self.stages[points] = stages["Done"].id
        return session.get_one(Stage, self.stages[points])

    def ask(self, name: str, service: Any, *args: Any, **kwargs: Any) -> Any:
        """What a service answers to somebody at this moment."""
        with self.database.reading(actor=self.ids.get(name), clock=lambda: self.now) as session:
            return service(session, *args, **kwargs)

    def leave(self, name: str) -> None:
        """Somebody works here no more."""
        with self.database.transaction() as session:
            session.get_one(User, self.ids[name]).is_active = False

    def show(self, profile: str, **flags: bool) -> None:
        """Change what a profile shows."""
        with self.database.transaction() as session:
            row = session.get_one(Profile, self.profiles[profile])
            for name, value in flags.items():
                setattr(row, name, value)

    def lines(self, scores: Scores) -> dict[str, tuple[str, ...]]:
        """The points of the board's lines by name, in their order."""
        return {line.name: tuple(f"{points.normalize():f}" for points in line.points) for line in scores.board.lines}


@pytest.fixture
def office(database: Database) -> Team:
    made = Team(database)
    with database.transaction() as session:
        session.add(Company(id=1, name="A", country="IL", time_zone="Asia/Jerusalem", language="he"))
        people = {name: add_user(session, name, "agent") for name in ("Dana", "Avi", "Noa", "Gil", "Rut", "Lea")}
        people["Sara"] = add_user(session, "Sara", "manager")
        caller = add_profile(session, "Callers", people["Dana"], people["Avi"], people["Noa"], people["Rut"])
        leader = add_profile(session, "Leaders", people["Lea"])
        leader.is_ranked = False
        made.profiles = {"Callers": caller.id, "Leaders": leader.id}
        made.ids = {name: user.id for name, user in people.items()}
    return made


@pytest.mark.row("R-X6", "R-P17", "U43")
@pytest.mark.parametrize(
    ("at", "day"),
    [
        # Winter: two hours ahead; summer: three. The clock is put back on 25 October and on on 27 March.
        ("2026-10-31T21:59:59", date(2026, 10, 31)),
        ("2026-10-31T22:00", date(2026, 11, 1)),
        ("2026-10-31T23:30", date(2026, 11, 1)),
        ("2026-06-30T20:59:59", date(2026, 6, 30)),
        ("2026-06-30T21:00", date(2026, 7, 1)),
        ("2025-12-31T22:00", date(2026, 1, 1)),
    ],
)
def test_the_company_s_clock_says_in_which_month_a_step_counts_and_which_month_it_is(office: Team, at: str, day: date):
    office.score("Dana", "2.5", at)
    office.now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    scores: Scores = office.ask("Sara", board.team, 2)
    assert scores.today == day
    assert scores.board.months[-1] == day.replace(day=1)
    assert office.lines(scores)["Dana"] == ("0", "2.5")
    assert scores.board.lines[0].last_30_days == Decimal("2.5")
    assert timedelta(0) < scores.day_left <= timedelta(hours=25)


@pytest.mark.row("R-X6", "U43")
def test_a_company_that_moves_to_another_clock_keeps_the_months_it_had(office: Team):
    office.score("Dana", "2.5", "2026-10-31T21:30")
    with office.database.transaction() as session:
        session.get_one(Company, 1).time_zone = "Pacific/Auckland"
    office.now = datetime(2026, 11, 1, 9, tzinfo=UTC)
    office.score("Dana", "4", "2026-10-31T21:30")
    scores: Scores = office.ask("Sara", board.team, 2)
    assert office.lines(scores)["Dana"] == ("2.5", "4")
    asked = Asked(date(2026, 10, 1), date(2026, 10, 31))
    assert office.ask("Sara", report.totals, asked).worker_points == Decimal("2.5")
    found = verify(Backend(office.database, clock=lambda: office.now).execute, steps=True)
    assert (found.entries, found.differences) == (2, ())


@pytest.mark.row("R-P18", "R-P17", "U42", "U50")
def test_each_month_is_the_sum_of_its_rows_exact_and_below_zero_where_it_is(office: Team):
    for points, at in (
        ("0.0001", "2026-11-02T10:00"),
        ("0.0002", "2026-11-02T11:00"),
        ("-3.5", "2026-10-05T10:00"),
        ("1.25", "2026-09-30T10:00"),
        ("7", "2026-08-31T10:00"),
    ):
        office.score("Dana", points, at)
    office.score("Avi", "2", "2026-10-25T10:00")
    scores: Scores = office.ask("Sara", board.team, 3)
    assert [f"{month:%m}" for month in scores.board.months] == ["09", "10", "11"]
    assert office.lines(scores) == {
        "Dana": ("1.25", "-3.5", "0.0003"),
        "Avi": ("0", "2", "0"),
        "Noa": ("0",) * 3,
        "Rut": ("0",) * 3,
    }
    assert scores.board.totals == (Decimal("1.25"), Decimal("-1.5"), Decimal("0.0003"))
    assert scores.points == Decimal("0.0003")


@pytest.mark.row("U53")
def test_at_the_beginning_of_a_month_the_last_thirty_days_are_not_empty(office: Team):
    office.now = datetime(2026, 11, 2, 9, tzinfo=UTC)
    for points, at in (("5", "2026-10-04T10:00"), ("7", "2026-10-03T10:00"), ("1", "2026-10-02T10:00")):
        office.score("Dana", points, at)
    scores: Scores = office.ask("Sara", board.team, 1)
    assert (scores.points, scores.is_begun) == (0, False)
    assert scores.board.last_30_days == Decimal(12) - 7, "4 October is the first of the thirty days"
    assert scores.before == 1, "on 1 and 2 October"
    office.now = datetime(2026, 3, 1, 9, tzinfo=UTC)
    office.score("Avi", "9", "2026-01-31T10:00")
    assert office.ask("Sara", board.team, 1).board.last_30_days == 9


@pytest.mark.row("U55", "U52")
def test_the_team_is_who_is_ranked_and_here_and_who_left_with_points_in_it(office: Team):
    office.score("Lea", "900", "2026-10-02T10:00")
    office.score("Rut", "4", "2026-10-02T10:00")
    office.score("Gil", "1", "2026-11-02T10:00")
    office.leave("Rut")
    scores: Scores = office.ask("Sara", board.team, 2)
    assert office.lines(scores) == {
        "Gil": ("0", "1"), "Avi": ("0", "0"), "Dana": ("0", "0"), "Noa": ("0", "0"), "Rut": ("4", "0"),
    }  # fmt: skip
    assert scores.unranked == 1
    assert [each.name for each in scores.champions] == ["Rut"], "not Lea, whatever she has"
    assert scores.before == 4
    assert "Rut" not in office.lines(office.ask("Sara", board.team, 1))
    with office.database.transaction() as session:
        add_profile(session, "Trainees", session.get_one(User, office.ids["Gil"])).is_ranked = False
    assert "Gil" not in office.lines(office.ask("Sara", board.team, 2))


@pytest.mark.row("U54")
def test_all_who_were_equally_first_last_month_stay_first_all_through_this_one(office: Team):
    for name, points, at in (
        ("Dana", "10", "2026-10-01T10:00"),
        ("Avi", "4", "2026-10-02T10:00"),
        ("Avi", "6", "2026-10-31T21:30"),
        ("Noa", "9", "2026-10-31T10:00"),
        ("Noa", "10", "2026-10-31T22:30"),
        ("Dana", "-10", "2026-11-02T10:00"),
    ):
        office.score(name, points, at)
    for day in (1, 23, 30):
        office.now = datetime(2026, 11, day, 12, tzinfo=UTC)
        scores: Scores = office.ask("Sara", board.team, 1)
        assert [(each.name, each.points) for each in scores.champions] == [("Avi", 10), ("Dana", 10)]
        assert office.ask("Sara", board.mine, 1).champions == scores.champions
    office.now = datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert [each.name for each in office.ask("Sara", board.team, 1).champions] == ["Noa"]


@pytest.mark.row("R-P16", "R-P1")
def test_profiles_and_roles_say_who_sees_what(office: Team):
    office.score("Dana", "3", "2026-11-02T10:00")
    office.score("Avi", "5", "2026-11-02T10:00")
    # Who was first is for those who see the team.
    office.score("Avi", "5", "2026-10-02T10:00")
    assert office.ask("Sara", board.access) == Access(own=True, team=True, rows=True)
    assert office.ask("Dana", board.access) == Access()
    assert not office.ask("Dana", is_offered)
    for service in (board.mine, board.team, board.home):
        with pytest.raises(Refused):
            office.ask("Dana", service)
    office.show("Callers", sees_own_points=True)
    assert office.ask("Dana", board.access) == Access(own=True)
    scores: Scores = office.ask("Dana", board.home, 1, is_team=True)
    assert (scores.is_team, office.lines(scores), scores.champions) == (False, {"Dana": ("3",)}, ())
    with pytest.raises(Refused):
        office.ask("Dana", board.team)
    office.show("Callers", sees_own_points=False, sees_team_points=True)
    assert office.ask("Dana", board.access) == Access(own=True, team=True)
    assert not office.ask("Dana", board.home, 1).is_team
    assert list(office.lines(office.ask("Dana", board.home, 1, is_team=True))) == ["Avi", "Dana", "Noa", "Rut"]
    assert office.ask("Sara", board.home, 1).is_team
    for name in ("Noa", "Sara"):
        office.leave(name)
        assert office.ask(name, board.access) == Access(), "who left sees nothing"


@pytest.mark.row("U55")
def test_who_is_not_ranked_still_sees_his_own(office: Team):
    office.score("Lea", "900", "2026-11-02T10:00")
    office.show("Leaders", sees_own_points=True)
    assert office.lines(office.ask("Lea", board.home, 1)) == {"Lea": ("900",)}


@pytest.mark.row("R-P17")
def test_the_team_takes_two_statements_however_many_there_are(office: Team):
    office.score("Dana", "3", "2026-11-02T10:00")
    asked: list[str] = []
    engine = office.database._at_once

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    office.ask("Sara", board.team, 24)
    event.remove(engine, "before_cursor_execute", note)
    assert len([statement for statement in asked if "FROM" in statement]) == 2
