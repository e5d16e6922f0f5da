"""What the services about the company give back and take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """The company's one row."""

    version: int
    name: str
    country: str
    subdivision: str | None
    time_zone: str
    language: str
    allowed_addresses: str = ""


@dataclass(frozen=True, slots=True)
class CompanyDraft:
    """What is said about the company; holidays follow country and subdivision, their hours the time zone.

    Where `allowed_addresses` names any, only administrators log in from elsewhere.
    """

    name: str
    country: str
    time_zone: str
    language: str
    subdivision: str | None = None
    allowed_addresses: str = ""


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """The first person who may do everything."""

    name: str
    login: str
    password: str
