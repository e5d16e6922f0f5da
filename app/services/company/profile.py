"""The company's own row, and the first start that makes it."""

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.addresses import checked_addresses
from app.domain.errors import Refused
from app.domain.people import Permission
from app.domain.words import N_, message
from app.i18n import LANGUAGES, translations
from app.models.company import Company
from app.models.people import Group, Role, User
from app.services.company import holidays
from app.services.company.places import is_zone
from app.services.company.rows import CompanyDraft, CompanyRow, FirstAdministrator
from app.services.context import reads, require, writes
from app.services.mail.templates import install_defaults
from app.services.people.logins import change_password
from app.services.people.users import clean_login, set_groups
from app.services.saving import cleaned, seen, tell, wrong

_BACK_OFFICE = N_("Back office")


@reads
def company(session: Session) -> CompanyRow | None:
    """The company, or None before the first start."""
    found = session.scalars(select(Company)).first()
    return _row(found) if found else None


def _row(found: Company) -> CompanyRow:
    return CompanyRow(
        found.version,
        found.name,
        found.country,
        found.subdivision,
        found.time_zone,
        found.language,
        found.allowed_addresses,
    )


@writes
def set_up(session: Session, draft: CompanyDraft, administrator: FirstAdministrator | None = None) -> int | None:
    """Begin: the company with holidays and mail templates, a group to plan its calls, and the first administrator.

    On a server the administrator is there already and is the one who asks. Gives the administrator's id.
    """
    if session.scalar(select(Company.id)) is not None:
        raise Refused("TAKEN", message(N_("This database has a company already.")))
    if administrator is None:
        require(session, Permission.ADMINISTER)
    session.add(Company(id=1, **_checked(draft)))
    session.flush()
    holidays.fill(session, draft)
    name = translations(draft.language).gettext(_BACK_OFFICE)
    group = Group(name=name, is_back_office=True)
    session.add(group)
    session.flush()
    install_defaults(session)
    tell(session, "company", 1)
    if administrator is None:
        return None
    user_id = first_administrator(session, administrator, draft.language)
    set_groups(session, user_id, [group.id])
    return user_id


@writes
def add_first_administrator(session: Session, draft: FirstAdministrator, language: str) -> int:
    """Make the first user of a server's database, before there is a company; gives the id."""
    return first_administrator(session, draft, language)


def first_administrator(session: Session, draft: FirstAdministrator, language: str) -> int:
    """Make the first user; once somebody is there, users are made by administrators."""
    if session.scalar(select(User.id).limit(1)) is not None:
        raise Refused("TAKEN", message(N_("This database has users already.")))
    role_id = session.scalars(select(Role.id).where(Role.code == "administrator")).one()
    values = {"name": cleaned(draft.name), "login": clean_login(draft.login), "language": language}
    made = insert(User).values(role_id=role_id, **values).returning(User.id)
    user_id = session.execute(made).scalar_one()
    change_password(session, user_id, draft.password)
    return user_id


@writes
def save_company(session: Session, draft: CompanyDraft, version: int) -> CompanyRow:
    """Change the company as it was seen; another country or time zone fills the holidays anew."""
    require(session, Permission.ADMINISTER)
    found = seen(session, Company, 1, version)
    before = CompanyDraft(found.name, found.country, found.time_zone, found.language, found.subdivision)
    for field, value in _checked(draft).items():
        setattr(found, field, value)
    session.flush()
    holidays.move(session, before, draft)
    tell(session, "company", 1)
    return _row(found)


def _checked(draft: CompanyDraft) -> dict[str, str | None]:
    if not is_zone(draft.time_zone):
        raise wrong("ZONE", message(N_("There is no time zone {name}."), name=draft.time_zone))
    if draft.language not in LANGUAGES:
        raise wrong("LANGUAGE", message(N_("Callboard does not speak this language.")))
    if len(draft.country) != 2:
        raise wrong("COUNTRY", message(N_("The country is missing.")))
    return {
        "name": cleaned(draft.name),
        "country": draft.country,
        "subdivision": draft.subdivision or None,
        "time_zone": draft.time_zone,
        "language": draft.language,
        "allowed_addresses": checked_addresses(draft.allowed_addresses),
    }
