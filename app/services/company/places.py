"""Countries and time zones to choose from, in the reader's language, and the likely ones."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from zoneinfo import available_timezones

from app import i18n

USUAL = ("IL", "IT")
"""Countries of our languages, offered first."""
_SPEAKS = {"he": "IL", "it": "IT"}


@dataclass(frozen=True, slots=True)
class Country:
    """A country whose holidays are known."""

    code: str
    name: str


def countries() -> tuple[Country, ...]:
    """Every country with known holidays, the usual ones first, then by name."""
    from babel import Locale
    from holidays import list_supported_countries

    names = Locale.parse(i18n.current().locale).territories
    known = [Country(code, names.get(code, code)) for code in list_supported_countries(include_aliases=False)]
    return tuple(sorted(known, key=lambda country: (country.code not in USUAL, country.name)))


def subdivisions(country: str) -> tuple[str, ...]:
    """Parts of a country with holidays of their own, by code."""
    from holidays import list_supported_countries

    return tuple(list_supported_countries(include_aliases=False).get(country, ()))


def zones_of(country: str) -> tuple[str, ...]:
    """The time zones of a country, the one most people live in first."""
    return tuple(_zones_by_country().get(country, ()))


@cache
def _zones_by_country() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            country, _place, zone, *_note = line.split("\t")
            found.setdefault(country, []).append(zone)
    return found


@cache
def zones() -> tuple[str, ...]:
    """Every time zone there is, by name."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))


def likely_country(territory: str, language: str, system_zone: str) -> str:
    """The system's country where it speaks the language chosen, else the language's, else the time zone's."""
    from holidays import list_supported_countries

    of_zone = next((country for country in _zones_by_country() if system_zone in zones_of(country)), "")
    known = list_supported_countries(include_aliases=False)
    guesses = (territory, _SPEAKS.get(language, ""), of_zone, USUAL[0])
    return next(guess for guess in guesses if guess in known)


def likely_zone(country: str, system_zone: str = "") -> str:
    """This computer's zone where the country has it, else the country's first."""
    own = zones_of(country)
    if system_zone in own or not own:
        return system_zone or "Europe/London"
    return own[0]


def is_zone(name: str) -> bool:
    """Whether there is such a time zone."""
    return name in available_timezones()
