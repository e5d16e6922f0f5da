"""The rules of handing over: kept, refused, and what a change of who is in sets going; on both engines."""

from datetime import datetime, time, timedelta

import pytest

from app.backend import Backend
from app.db.database import Database
from app.domain.errors import Conflict, Refused
from app.models.tickets import Task, TicketType
from app.services.people.rows import UserDraft
from app.services.people.users import list_users, save_user, set_active
from app.services.planner.absences import absences, add_absences, change_absence, remove_absence
from app.services.planner.hours import DayHours, set_hours
from app.services.processes.rules import RulesDraft, rules, save_rules
from app.services.tickets.tasks import NewTask, create
from tests.kit.factory import add_process, add_profile, add_user, at


class Office:
    """Dana alone takes enquiries in; Root administers. It is Monday, eight o'clock."""

    def __init__(self, database: Database) -> None:
        self.moment: datetime = at(8)
        self.database = database
        with database.transaction() as session:
            dana, root = add_user(session, "Dana", "agent"), add_user(session, "Root", "administrator")
            self.dana, self.root = dana.id, root.id
            service = add_profile(session, "Service", dana)
            self.profile = service.id
            self.stage = add_process(session, "Enquiry", Intake=service)["Intake"].id
            kind = TicketType(name="Enquiry")
            session.add(kind)
            session.flush()
            self.type_id = kind.id
        self.backend = Backend(database, actor=self.root, clock=lambda: self.moment)

    def take_in(self) -> int:
        """An enquiry; the number of its task."""
        self.moment += timedelta(minutes=1)
        return self.backend.execute(create, NewTask("Boiler leaks", stage_id=self.stage)).task_id

    def has(self, task_id: int) -> int | None:
        """Who has the task."""
        with self.database.reading() as session:
            return session.get_one(Task, task_id).user_id

    def save(self, **values: object) -> None:
        """Change the rules."""
        self.backend.execute(save_rules, RulesDraft(**values), self.backend.execute(rules).version)


@pytest.fixture
def office(database: Database) -> Office:
    """An office whose week begins."""
    return Office(database)


@pytest.mark.row("R-F25", "Q4", "Q5")
def test_the_rules_are_kept_and_changed_once(office: Office) -> None:
    first = office.backend.execute(rules)
    assert first.draft == RulesDraft()
    wanted = RulesDraft(office.root, False, True, True, office.type_id, True, 14)
    saved = office.backend.execute(save_rules, wanted, first.version)
    assert office.backend.execute(rules) == saved
    assert saved.draft == wanted
    with pytest.raises(Conflict):
        office.backend.execute(save_rules, RulesDraft(), first.version)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"diary_days": 0}, "DIARY"),
        ({"diary_days": 61}, "DIARY"),
        ({"administrator_id": 4711}, "ADMINISTRATOR"),
        ({"intake_type_id": 4711}, "TYPE"),
    ],
)
def test_rules_that_cannot_be_are_refused(office: Office, values: dict[str, int], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        office.save(**values)
    assert refusal.value.code == code
    assert office.backend.execute(rules).draft == RulesDraft()


def test_who_left_is_no_administrator_of_tasks_and_agents_do_not_set_rules(office: Office) -> None:
    dana = next(user for user in office.backend.execute(list_users) if user.id == office.dana)
    office.backend.execute(set_active, dana.id, dana.version, on=False)
    with pytest.raises(Refused, match="does not work here"):
        office.save(administrator_id=office.dana)
    agent = Backend(office.database, actor=office.dana)
    with pytest.raises(Refused, match="role"):
        agent.execute(save_rules, RulesDraft(), 1)


@pytest.mark.row("R-F25", "Q5")
def test_when_hours_count_no_more_who_waited_gets_in(office: Office) -> None:
    office.backend.execute(set_hours, [office.dana], (DayHours(0, time(12), time(18)),))
    office.save(heeds_hours=True)
    task = office.take_in()
    assert office.has(task) == office.root
    office.save(heeds_hours=False)
    assert office.has(task) == office.dana


@pytest.mark.row("Q3", "Q5")
@pytest.mark.parametrize("by", ["end", "change", "hours", "enable", "profile"])
def test_who_comes_in_gets_what_waited(office: Office, by: str) -> None:
    run = office.backend.execute
    dana = next(user for user in run(list_users) if user.id == office.dana)
    draft = UserDraft(dana.login, dana.name, dana.role_id, profile_ids=())
    if by in ("end", "change"):
        run(add_absences, [office.dana], at(0), at(24))
    elif by == "hours":
        office.save(heeds_hours=True)
        run(set_hours, [office.dana], (DayHours(0, time(12), time(18)),))
    elif by == "enable":
        dana = run(set_active, dana.id, dana.version, on=False)
    else:
        dana = run(save_user, draft, user_id=dana.id, version=dana.version)
        assert dana.profile_names == ()
    task = office.take_in()
    assert office.has(task) == office.root
    office.moment += timedelta(minutes=1)
    if by == "end":
        (absence,) = run(absences, at(0), at(24))
        run(remove_absence, absence.id, absence.version)
    elif by == "change":
        (absence,) = run(absences, at(0), at(24))
        run(change_absence, absence.id, absence.version, at(20), at(24), "")
    elif by == "hours":
        run(set_hours, [office.dana], ())
    elif by == "enable":
        run(set_active, dana.id, dana.version, on=True)
    else:
        back = UserDraft(dana.login, dana.name, dana.role_id, profile_ids=(office.profile,))
        assert run(save_user, back, user_id=dana.id, version=dana.version).profile_names == ("Service",)
    assert office.has(task) == office.dana


@pytest.mark.row("R-F17")
def test_profiles_are_part_of_the_user_and_stay_where_they_are_not_said(office: Office) -> None:
    run = office.backend.execute
    dana = next(user for user in run(list_users) if user.id == office.dana)
    draft = UserDraft(dana.login, "Dana Levi", dana.role_id)
    kept = run(save_user, draft, user_id=dana.id, version=dana.version)
    assert kept.profile_ids == (office.profile,)
    less = UserDraft(dana.login, "Dana Levi", dana.role_id, profile_ids=())
    run(save_user, less, user_id=dana.id, version=kept.version)
    with pytest.raises(Conflict):
        run(save_user, draft, user_id=dana.id, version=kept.version)


@pytest.mark.row("R-F25", "Q5")
def test_working_hours_begin_with_their_first_instant_and_end_before_their_last(office: Office) -> None:
    office.backend.execute(set_hours, [office.dana], (DayHours(0, time(12), time(18)),))
    office.save(heeds_hours=True)
    for moment, is_in in ((at(12), True), (at(18) - timedelta(seconds=1), True), (at(18), False)):
        office.moment = moment - timedelta(minutes=1)
        assert (office.has(office.take_in()) == office.dana) is is_in, moment
