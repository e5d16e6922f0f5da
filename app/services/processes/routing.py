"""Who gets a task: reads the facts behind the profile's gate, lets the pure rules choose, and says why.

The gate row of the profile is locked first, then the counters of everybody concerned in the order of their numbers
(DESIGN, section 6; lock order ticket, gate, worker). From then until the commit nobody's count can change, so the
choice is right at its moment, whoever else hands out tasks meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, bindparam, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.processes.routing import AUTOMATIC, Candidate, Rule, choose, reason
from app.domain.words import N_, message
from app.models.base import table_of
from app.models.company import Company
from app.models.people import RolePermission, User
from app.models.planner import Absence, Holiday, WorkingHours
from app.models.processes import Profile, ProfileGate, RoutingRules, Stage, UserLoad, UserProfile
from app.models.tickets import Task, TaskStep
from app.services.context import now


@dataclass(frozen=True, slots=True)
class Target:
    """The stage a task goes to, as far as routing asks."""

    stage_id: int | None = None
    name: str = ""
    profile_id: int | None = None
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class Handing:
    """Who gets the task and why; `awaits_profile_id` when it goes to somebody else until a holder comes in."""

    user_id: int
    rule: str
    reason: dict[str, Any]
    is_automatic: bool
    awaits_profile_id: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The company's rules of handing over."""

    administrator_id: int | None
    counts_waiting: bool
    keeps_absent: bool
    heeds_hours: bool
    time_zone: str


RULES = table_of(RoutingRules)
SETTINGS_COLUMNS = (
    RULES.c.administrator_id,
    RULES.c.counts_waiting,
    RULES.c.keeps_absent,
    RULES.c.heeds_hours,
    func.coalesce(select(Company.time_zone).limit(1).scalar_subquery(), "UTC"),
)
_SETTINGS = select(*SETTINGS_COLUMNS).limit(1)

_GATE = select(ProfileGate.profile_id).where(ProfileGate.profile_id == bindparam("profile")).with_for_update()

_TARGET = (
    select(Stage.id, Stage.name, Stage.profile_id, Profile.name)
    .outerjoin(Profile, Profile.id == Stage.profile_id)
    .where(Stage.id == bindparam("stage"))
)


def settings_of(session: Session) -> Settings:
    """The rules as they stand, read once in a call."""
    if "routing" not in session.info:
        session.info["routing"] = Settings(*session.execute(_SETTINGS).one())
    found: Settings = session.info["routing"]
    return found


def keep_settings(session: Session, row: Sequence[Any]) -> None:
    """The rules as another question has brought them along, in the order of `SETTINGS_COLUMNS`."""
    session.info.setdefault("routing", Settings(*row))


def target_of(session: Session, stage_id: int) -> Target:
    """The stage as routing sees it."""
    return Target(*session.execute(_TARGET, {"stage": stage_id}).one())


def route(
    session: Session,
    stage_id: int | None,
    *,
    task_id: int | None = None,
    customer_id: int | None = None,
    is_linked: bool = False,
    is_intake: bool = False,
) -> Handing:
    """Who gets a task at a stage; see `assign`."""
    target = Target() if stage_id is None else target_of(session, stage_id)
    return assign(session, target, task_id=task_id, customer_id=customer_id, is_linked=is_linked, is_intake=is_intake)


def assign(
    session: Session,
    target: Target,
    *,
    task_id: int | None = None,
    customer_id: int | None = None,
    holder_id: int | None = None,
    is_linked: bool = False,
    is_intake: bool = False,
) -> Handing:
    """Choose who gets the task; `holder_id` is who has it now, and stays locked with the others.

    What opens by itself and finds no profile goes to the administrator; a hand-over to a later stage without one is
    refused, and the task stays where it is.
    """
    if target.profile_id is None:
        if not (is_intake or is_linked):
            raise no_profile(target)
        why = reason(Rule.NO_PROFILE, stage=target.name)
        return Handing(administrator(session), Rule.NO_PROFILE.value, why, is_automatic=True)
    rules = settings_of(session)
    session.flush()
    session.connection().execute(_GATE, {"profile": target.profile_id})
    candidates = weigh(
        session,
        target.profile_id,
        task_id=task_id,
        customer_id=customer_id if is_linked else None,
        holder_id=holder_id,
        is_locked=True,
    )
    choice = choose(candidates, is_linked=is_linked, keeps_absent=rules.keeps_absent)
    why = reason(
        choice.rule,
        profile=target.profile,
        profile_id=target.profile_id,
        stage=target.name,
        candidates=candidates,
        counts_waiting=rules.counts_waiting,
        keeps_absent=rules.keeps_absent,
        is_linked=is_linked,
    )
    if choice.user_id is None:
        return Handing(
            administrator(session), choice.rule.value, why, is_automatic=True, awaits_profile_id=target.profile_id
        )
    name = next(each.name for each in candidates if each.user_id == choice.user_id)
    return Handing(choice.user_id, choice.rule.value, why, is_automatic=choice.rule in AUTOMATIC, name=name)


def weigh(
    session: Session,
    profile_id: int,
    *,
    task_id: int | None = None,
    customer_id: int | None = None,
    holder_id: int | None = None,
    is_locked: bool = False,
) -> tuple[Candidate, ...]:
    """The holders of a profile with what a choice looks at; locked until the end of the call where asked."""
    rules = settings_of(session)
    moment = now(session)
    local = moment.astimezone(ZoneInfo(rules.time_zone))
    asked = _candidates(is_served=customer_id is not None, heeds_hours=rules.heeds_hours, is_locked=is_locked)
    facts = {
        "profile": profile_id,
        "holder": holder_id or 0,
        "task": task_id or 0,
        "customer": customer_id,
        "now": moment,
        "weekday": local.weekday(),
        "time": local.time().replace(tzinfo=None),
    }
    found = []
    for row in session.connection().execute(asked, facts):
        if not row.is_holder:
            continue
        waiting = 0 if rules.counts_waiting else row.waiting_tasks
        served = [each for each in (row.given_at, row.had_at) if each is not None]
        found.append(
            Candidate(
                row.user_id,
                row.name,
                row.open_tasks - waiting,
                row.chosen_at,
                row.handled_at,
                max(served, default=None),
                bool(row.is_active),
                bool(row.is_absent),
            )
        )
    return tuple(found)


_STATEMENTS: dict[tuple[bool, bool, bool], Select[Any]] = {}


def _candidates(*, is_served: bool, heeds_hours: bool, is_locked: bool) -> Select[Any]:
    """The question for the holders; each of its few forms is built once."""
    key = is_served, heeds_hours, is_locked
    if key not in _STATEMENTS:
        _STATEMENTS[key] = _build(*key)
    return _STATEMENTS[key]


def _build(is_served: bool, heeds_hours: bool, is_locked: bool) -> Select[Any]:
    user_id = UserLoad.user_id
    holds = exists().where(UserProfile.user_id == user_id, UserProfile.profile_id == bindparam("profile"))
    handled = select(func.max(TaskStep.at)).where(TaskStep.task_id == bindparam("task"), TaskStep.to_user_id == user_id)
    instant = bindparam("now", type_=Absence.starts_at.type)
    absent: Any = exists().where(Absence.user_id == user_id, Absence.starts_at <= instant, Absence.ends_at > instant)
    if heeds_hours:
        absent = or_(absent, _is_off(user_id, instant))
    given: Any = literal(None, TaskStep.at.type)
    had: Any = literal(None, TaskStep.at.type)
    if is_served:
        of_customer = Task.customer_id == bindparam("customer")
        given = (
            select(func.max(TaskStep.at))
            .join(Task, Task.id == TaskStep.task_id)
            .where(of_customer, TaskStep.to_user_id == user_id)
            .scalar_subquery()
        )
        had = (
            select(func.max(func.coalesce(Task.closed_at, Task.opened_at)))
            .where(of_customer, Task.user_id == user_id)
            .scalar_subquery()
        )
    asked = (
        select(
            user_id,
            User.name,
            User.is_active,
            UserLoad.open_tasks,
            UserLoad.waiting_tasks,
            UserLoad.chosen_at,
            handled.scalar_subquery().label("handled_at"),
            given.label("given_at"),
            had.label("had_at"),
            absent.label("is_absent"),
            holds.label("is_holder"),
        )
        .join(User, User.id == user_id)
        .where(
            or_(
                user_id.in_(select(UserProfile.user_id).where(UserProfile.profile_id == bindparam("profile"))),
                user_id == bindparam("holder"),
            )
        )
        .order_by(user_id)
    )
    return asked.with_for_update(of=UserLoad) if is_locked else asked


def _is_off(user_id: Any, instant: Any) -> Any:
    """Outside the working hours somebody has, or on a holiday; who has no hours is always in."""
    hours = exists().where(WorkingHours.user_id == user_id)
    at_work = exists().where(
        WorkingHours.user_id == user_id,
        WorkingHours.weekday == bindparam("weekday"),
        WorkingHours.starts <= bindparam("time", type_=WorkingHours.starts.type),
        WorkingHours.ends > bindparam("time", type_=WorkingHours.ends.type),
    )
    holiday = exists().where(Holiday.starts_at <= instant, Holiday.ends_at > instant)
    return and_(hours, or_(~at_work, holiday))


def administrator(session: Session) -> int:
    """Who gets what nobody else can: the one the rules name, else the first active administrator."""
    named = settings_of(session).administrator_id
    if named is not None and session.scalar(select(User.is_active).where(User.id == named)):
        return named
    asked = (
        select(User.id)
        .join(RolePermission, RolePermission.role_id == User.role_id)
        .where(User.is_active, RolePermission.permission == Permission.ADMINISTER.value)
        .order_by(User.id)
        .limit(1)
    )
    found = session.scalar(asked)
    if found is None:
        raise Refused(
            "NO_ADMINISTRATOR",
            message(N_("There is no active administrator who could take what nobody else can.")),
            message(N_("Nothing was saved. Give a user the role of an administrator, then try again.")),
        )
    return found


def no_profile(target: Target) -> Refused:
    """A later stage without profile: the machine does not know whom to ask, the task stays where it is."""
    return Refused(
        "NO_PROFILE",
        message(N_("The stage “{stage}” has no profile, so nobody can be found automatically."), stage=target.name),
        message(
            N_("The task stays with its handler. Name the next handler, or ask the administrator to set a profile.")
        ),
    )
