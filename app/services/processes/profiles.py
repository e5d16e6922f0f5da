"""The profile catalogue, and who holds what of it: tags of customers and suppliers, and what routing goes by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from app.domain.people import Permission
from app.domain.processes.naming import MAIN_PROFILES, listed
from app.domain.words import N_, message
from app.models.customers import Customer
from app.models.people import User
from app.models.processes import CustomerProfile, Process, Profile, ProfileGate, Stage, UserProfile
from app.services.context import reads, require, writes
from app.services.saving import cleaned, refuse_double, seen, tell, wrong
from app.services.tickets.advancing import reroute

WORKER = "worker"
_CONTACT = ("customer", "supplier")


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A profile of the catalogue with what stands on it; `held_by` are the active users who hold it, by name.

    The last three say what points its holders see at home, and whether they take part in rankings.
    """

    id: int
    version: int
    name: str
    main: str
    held_by: tuple[str, ...] = ()
    stages: int = 0
    customers: int = 0
    sees_own_points: bool = False
    sees_team_points: bool = False
    is_ranked: bool = True

    @property
    def holders(self) -> int:
        """How many active users hold it."""
        return len(self.held_by)


@dataclass(frozen=True, slots=True)
class HeldProfile:
    """A profile somebody holds."""

    id: int
    name: str
    main: str


@reads
def list_profiles(session: Session, main: str | None = None) -> tuple[ProfileRow, ...]:
    """The catalogue by main profile and name; only those of one main profile where it is given."""
    return _rows(session, *(() if main is None else (Profile.main == main,)))


def _rows(session: Session, *where: ColumnElement[bool]) -> tuple[ProfileRow, ...]:
    held: dict[int, list[str]] = {}
    holders = select(UserProfile.profile_id, User.name).join(User, User.id == UserProfile.user_id)
    for profile_id, name in session.execute(holders.where(User.is_active).order_by(func.lower(User.name), User.id)):
        held.setdefault(profile_id, []).append(name)
    stages = select(func.count()).where(Stage.profile_id == Profile.id).scalar_subquery()
    customers = select(func.count()).where(CustomerProfile.profile_id == Profile.id).scalar_subquery()
    points = (Profile.sees_own_points, Profile.sees_team_points, Profile.is_ranked)
    asked = select(Profile.id, Profile.version, Profile.name, Profile.main, stages, customers, *points)
    found = session.execute(asked.where(*where).order_by(Profile.main, func.lower(Profile.name), Profile.id))
    return tuple(
        ProfileRow(row_id, version, name, main, tuple(held.get(row_id, ())), *others)
        for row_id, version, name, main, *others in found
    )


@writes
def save_profile(
    session: Session,
    name: str,
    main: str,
    *,
    row_id: int | None = None,
    version: int = 0,
    sees_own_points: bool | None = None,
    sees_team_points: bool | None = None,
    is_ranked: bool | None = None,
) -> ProfileRow:
    """Add a profile under its main profile, or change the one that was seen in this version.

    Once somebody holds it or a stage names it, it stays under its main profile. What is said of points (None leaves it
    as it is) is for workers: the others have none.
    """
    require(session, Permission.ADMINISTER)
    name = cleaned(name)
    if main not in MAIN_PROFILES:
        raise wrong("MAIN", message(N_("A profile is one of customers, suppliers or workers.")))
    refuse_double(session, Profile.name, name, row_id, Profile.main == main)
    if row_id is None:
        profile = Profile(name=name, main=main)
        session.add(profile)
    else:
        profile = seen(session, Profile, row_id, version)
        if profile.main != main:
            _refuse_used(session, profile)
        profile.name, profile.main = name, main
    said = {"sees_own_points": sees_own_points, "sees_team_points": sees_team_points, "is_ranked": is_ranked}
    _set_points(profile, {field: value for field, value in said.items() if value is not None})
    session.flush()
    tell(session, "profiles", profile.id)
    return _rows(session, Profile.id == profile.id)[0]


def _set_points(profile: Profile, said: Mapping[str, bool]) -> None:
    if said and profile.main != WORKER:
        raise wrong("MAIN", message(N_("“{name}” is a profile of another kind."), name=profile.name))
    for field, value in said.items():
        setattr(profile, field, value)


@writes
def delete_profile(session: Session, row_id: int, version: int) -> None:
    """Remove a profile that no stage names and nobody holds; the refusal says which and who."""
    require(session, Permission.ADMINISTER)
    profile = seen(session, Profile, row_id, version)
    _refuse_used(session, profile)
    session.delete(profile)
    session.flush()
    tell(session, "profiles", row_id)


def _refuse_used(session: Session, profile: Profile) -> None:
    stages = select(Stage.name, Process.name).join(Process, Process.id == Stage.process_id)
    on = session.execute(stages.where(Stage.profile_id == profile.id).order_by(Process.name, Stage.position)).all()
    if on:
        names = listed([f"{process}: {stage}" for stage, process in on])
        raise wrong("USED", message(N_("Stages use “{name}”: {names}."), name=profile.name, names=names))
    users = select(User.name).join(UserProfile, UserProfile.user_id == User.id)
    people = session.scalars(users.where(UserProfile.profile_id == profile.id).order_by(User.name)).all()
    customers = select(Customer.name).join(CustomerProfile, CustomerProfile.customer_id == Customer.id)
    people = (
        people
        or session.scalars(customers.where(CustomerProfile.profile_id == profile.id).order_by(Customer.name)).all()
    )
    if people:
        raise wrong("USED", message(N_("“{name}” is held by {names}."), name=profile.name, names=listed(people)))


@reads
def profiles_of_user(session: Session, user_id: int) -> tuple[HeldProfile, ...]:
    """The worker profiles a user holds, by name."""
    asked = select(Profile.id, Profile.name, Profile.main).join(UserProfile, UserProfile.profile_id == Profile.id)
    found = session.execute(asked.where(UserProfile.user_id == user_id).order_by(func.lower(Profile.name), Profile.id))
    return tuple(HeldProfile(*row) for row in found)


@reads
def profiles_of_customer(session: Session, customer_id: int) -> tuple[HeldProfile, ...]:
    """The customer and supplier profiles of a customer, by name."""
    asked = select(Profile.id, Profile.name, Profile.main).join(
        CustomerProfile, CustomerProfile.profile_id == Profile.id
    )
    found = session.execute(
        asked.where(CustomerProfile.customer_id == customer_id).order_by(func.lower(Profile.name), Profile.id)
    )
    return tuple(HeldProfile(*row) for row in found)


@writes
def set_user_profiles(session: Session, user_id: int, profile_ids: Iterable[int]) -> tuple[HeldProfile, ...]:
    """Let a user hold exactly these worker profiles; what waited for one of them goes to who came in."""
    require(session, Permission.ADMINISTER)
    wanted = set(profile_ids)
    _refuse_others(session, wanted, (WORKER,))
    held = set(session.scalars(select(UserProfile.profile_id).where(UserProfile.user_id == user_id)))
    coming, going = wanted - held, held - wanted
    _lock(session, coming | going)
    if going:
        session.execute(delete(UserProfile).where(UserProfile.user_id == user_id, UserProfile.profile_id.in_(going)))
    session.add_all(UserProfile(user_id=user_id, profile_id=profile_id) for profile_id in sorted(coming))
    session.flush()
    if coming or going:
        tell(session, "user_profiles")
    if coming and (given := reroute(session)):
        tell(session, "tasks", *given)
    return profiles_of_user(session, user_id)


def _lock(session: Session, profile_ids: Iterable[int]) -> None:
    """Wait for the choices under way: a task they leave for later is seen afterwards, and later ones see us."""
    gates = select(ProfileGate.profile_id).where(ProfileGate.profile_id.in_(sorted(profile_ids)))
    session.execute(gates.order_by(ProfileGate.profile_id).with_for_update()).all()


@writes
def set_customer_profiles(session: Session, customer_id: int, profile_ids: Iterable[int]) -> tuple[HeldProfile, ...]:
    """Let a customer bear exactly these customer and supplier profiles."""
    require(session, Permission.EDIT_CUSTOMERS)
    wanted = set(profile_ids)
    mains = _refuse_others(session, wanted, _CONTACT)
    held = set(session.scalars(select(CustomerProfile.profile_id).where(CustomerProfile.customer_id == customer_id)))
    if going := held - wanted:
        session.execute(
            delete(CustomerProfile).where(
                CustomerProfile.customer_id == customer_id, CustomerProfile.profile_id.in_(going)
            )
        )
    session.add_all(
        CustomerProfile(customer_id=customer_id, profile_id=profile_id, main=mains[profile_id])
        for profile_id in sorted(wanted - held)
    )
    session.flush()
    if wanted != held:
        tell(session, "customer_profiles")
    return profiles_of_customer(session, customer_id)


def _refuse_others(session: Session, profile_ids: set[int], mains: Sequence[str]) -> dict[int, str]:
    asked = select(Profile.id, Profile.main, Profile.name).where(Profile.id.in_(profile_ids))
    found = {profile_id: (main, name) for profile_id, main, name in session.execute(asked)}
    if profile_ids - found.keys():
        raise wrong("GONE", message(N_("One of these profiles is no longer there.")))
    for main, name in found.values():
        if main not in mains:
            raise wrong("MAIN", message(N_("“{name}” is a profile of another kind."), name=name))
    return {profile_id: main for profile_id, (main, _name) in found.items()}
